// SPDX-License-Identifier: GPL-2.0
/* Who is told of SAs; hashes. */
#include "kernel.h"

struct xfrm_mgr *shim_km;
struct xfrm4_protocol *shim_esp4;
struct xfrm6_protocol *shim_esp6;

static u64 stir(u64 state, u64 more)
{
	state = (state ^ more) * 0x9e3779b97f4a7c15ULL;
	return state ^ state >> 29;
}

u64 siphash_2u64(u64 a, u64 b, const siphash_key_t *key)
{
	return stir(stir(stir(stir(1, key->key[0]), key->key[1]), a), b);
}

void blake2s_init(struct blake2s_ctx *ctx, size_t out)
{
	ctx->state = out;
}

void blake2s_update(struct blake2s_ctx *ctx, const void *data, size_t len)
{
	const u8 *p = data;

	while (len--)
		ctx->state = stir(ctx->state, *p++);
}

void blake2s_final(struct blake2s_ctx *ctx, u8 *out)
{
	shim_put(stir(ctx->state, 1), out, 8);
	shim_put(stir(ctx->state, 2), out + 8, 8);
}
