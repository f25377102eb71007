// SPDX-License-Identifier: GPL-2.0
/*
 * The hash tables: nodes (flows and sites) by addresses, SPIs by addresses and
 * SPI, out-SPIs by server and SPI. Clients and their zones are in client.c.
 *
 * All look-ups run under RCU and take no reference. An SPI that roams is taken
 * out and put back under its new addresses at once; a reader that follows it
 * into another bucket's chain notices by the chain's end and starts again
 * (rhashtable.h), so at worst one packet does not find it.
 */
#include <linux/random.h>

#include "masq.h"

/* Multipliers of the hash functions: odd, random, secret. Multiplying each word
 * by its own one is universal (Dietzfelbinger), and half as long as jhash.
 */
static u64 multipliers[9] __read_mostly;

void spinat_masq_table_seed(void)
{
	int i;

	get_random_bytes(multipliers, sizeof(multipliers));
	for (i = 0; i < ARRAY_SIZE(multipliers); i++)
		multipliers[i] |= 1;
}

static __always_inline u64 addr_mix(u8 family, const union nf_inet_addr *a,
				    const u64 *m)
{
	if (likely(family == NFPROTO_IPV4))
		return (__force u32)a->ip * m[0];
	return (u64)(__force u32)a->all[0] * m[0] +
	       (u64)(__force u32)a->all[1] * m[1] +
	       (u64)(__force u32)a->all[2] * m[2] +
	       (u64)(__force u32)a->all[3] * m[3];
}

static __always_inline u32 hash_of(const union nf_inet_addr *src,
				   const union nf_inet_addr *dst, u8 family,
				   __be32 spi, u32 seed)
{
	u64 mix = (u64)(__force u32)spi * multipliers[8] + seed;

	if (src)
		mix += addr_mix(family, src, multipliers);
	mix += addr_mix(family, dst, multipliers + 4);
	return mix >> 32;
}

static __always_inline bool addr_equal(u8 family, const union nf_inet_addr *a,
				       const union nf_inet_addr *b)
{
	if (likely(family == NFPROTO_IPV4))
		return a->ip == b->ip;
	return nf_inet_addr_cmp(a, b);
}

static __always_inline bool addrs_equal(const struct masq_addrs *a,
					const struct masq_addrs *b)
{
	return a->family == b->family &&
	       addr_equal(a->family, &a->src, &b->src) &&
	       addr_equal(a->family, &a->dst, &b->dst);
}

/* Nodes */

static u32 node_key_hash(const void *data, u32 len, u32 seed)
{
	const struct masq_addrs *a = data;

	return hash_of(&a->src, &a->dst, a->family, 0, seed);
}

static u32 node_hash(const void *data, u32 len, u32 seed)
{
	return node_key_hash(&((const struct masq_node *)data)->addrs, 0, seed);
}

static int node_cmp(struct rhashtable_compare_arg *arg, const void *obj)
{
	return !addrs_equal(arg->key, &((const struct masq_node *)obj)->addrs);
}

static const struct rhashtable_params node_params = {
	.head_offset = offsetof(struct masq_node, node),
	.hashfn = node_key_hash,
	.obj_hashfn = node_hash,
	.obj_cmpfn = node_cmp,
	.automatic_shrinking = true,
};

struct masq_node *masq_node_lookup(struct masq_net *mn,
				   const struct masq_addrs *addrs)
{
	return rhashtable_lookup(&mn->nodes, addrs, node_params);
}

/* Return: 0, -EEXIST these addresses mean something already, or -ENOMEM. */
int masq_node_insert(struct masq_net *mn, struct masq_node *node)
{
	return rhashtable_lookup_insert_key(&mn->nodes, &node->addrs,
					    &node->node, node_params);
}

void masq_node_remove(struct masq_net *mn, struct masq_node *node)
{
	rhashtable_remove_fast(&mn->nodes, &node->node, node_params);
}

/* SPIs of both directions */

struct spi_key {
	const struct masq_addrs *addrs;
	__be32 spi;
};

static __always_inline u32 spi_key_hash(const void *data, u32 len, u32 seed)
{
	const struct spi_key *k = data;

	return hash_of(&k->addrs->src, &k->addrs->dst, k->addrs->family,
		       k->spi, seed);
}

static u32 spi_hash(const void *data, u32 len, u32 seed)
{
	const struct masq_spi *s = data;
	struct spi_key k = {
		.addrs = &rcu_dereference_raw(s->at)->addrs,
		.spi = s->spi,
	};

	return spi_key_hash(&k, 0, seed);
}

static __always_inline int spi_cmp(struct rhashtable_compare_arg *arg,
				   const void *obj)
{
	const struct spi_key *k = arg->key;
	const struct masq_spi *s = obj;

	return s->spi != k->spi ||
	       !addrs_equal(k->addrs, &rcu_dereference_raw(s->at)->addrs);
}

static const struct rhashtable_params spi_params = {
	.head_offset = offsetof(struct masq_spi, node),
	.hashfn = spi_key_hash,
	.obj_hashfn = spi_hash,
	.obj_cmpfn = spi_cmp,
	.automatic_shrinking = true,
};

struct masq_spi *masq_spi_lookup(struct masq_net *mn,
				 const struct masq_addrs *addrs, __be32 spi)
{
	struct spi_key k = { .addrs = addrs, .spi = spi };

	return rhashtable_lookup(&mn->spis, &k, spi_params);
}

/* The same for IPv4, with everything in registers */

struct spi_key4 {
	__be32 src;
	__be32 dst;
	__be32 spi;
};

static __always_inline u32 spi_key4_hash(const void *data, u32 len, u32 seed)
{
	const struct spi_key4 *k = data;

	return ((u64)(__force u32)k->spi * multipliers[8] + seed +
		(__force u32)k->src * multipliers[0] +
		(__force u32)k->dst * multipliers[4]) >> 32;
}

static __always_inline int spi_cmp4(struct rhashtable_compare_arg *arg,
				    const void *obj)
{
	const struct spi_key4 *k = arg->key;
	const struct masq_spi *s = obj;
	const struct masq_addrs *a;

	if (s->spi != k->spi)
		return 1;
	a = &rcu_dereference_raw(s->at)->addrs;
	return a->src.ip != k->src || a->dst.ip != k->dst ||
	       a->family != NFPROTO_IPV4;
}

static const struct rhashtable_params spi4_params = {
	.head_offset = offsetof(struct masq_spi, node),
	.hashfn = spi_key4_hash,
	.obj_hashfn = spi_hash,
	.obj_cmpfn = spi_cmp4,
	.automatic_shrinking = true,
};

struct masq_spi *masq_spi_lookup4(struct masq_net *mn, __be32 src, __be32 dst,
				  __be32 spi)
{
	struct spi_key4 k = { .src = src, .dst = dst, .spi = spi };

	return rhashtable_lookup(&mn->spis, &k, spi4_params);
}

int masq_spi_insert(struct masq_net *mn, struct masq_spi *s)
{
	int err = rhashtable_insert_fast(&mn->spis, &s->node, spi_params);

	s->placed = !err;
	return err;
}

/* Take an SPI out, if it is in */
void masq_spi_remove(struct masq_net *mn, struct masq_spi *s)
{
	if (s->placed)
		rhashtable_remove_fast(&mn->spis, &s->node, spi_params);
	s->placed = false;
}

struct masq_in *masq_in_lookup(struct masq_net *mn,
			       const struct masq_site *site, __be32 spi)
{
	struct masq_spi *s = masq_spi_lookup(mn, &site->n.addrs, spi);

	return s && s->inbound ? container_of(s, struct masq_in, s) : NULL;
}

/* Out-SPIs by server: it keeps its own SPIs unique, whoever uses them */

struct out_key {
	const union nf_inet_addr *server;
	__be32 spi;
	u8 family;
};

static u32 out_key_hash(const void *data, u32 len, u32 seed)
{
	const struct out_key *k = data;

	return hash_of(NULL, k->server, k->family, k->spi, seed);
}

static u32 out_hash(const void *data, u32 len, u32 seed)
{
	const struct masq_out *out = data;
	const struct masq_addrs *a = &masq_out_flow(out)->n.addrs;

	return hash_of(NULL, &a->dst, a->family, out->s.spi, seed);
}

static int out_cmp(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct out_key *k = arg->key;
	const struct masq_out *out = obj;
	const struct masq_addrs *a = &masq_out_flow(out)->n.addrs;

	return !(out->s.spi == k->spi && a->family == k->family &&
		 addr_equal(k->family, &a->dst, k->server));
}

static const struct rhashtable_params out_params = {
	.head_offset = offsetof(struct masq_out, by_server),
	.hashfn = out_key_hash,
	.obj_hashfn = out_hash,
	.obj_cmpfn = out_cmp,
	.automatic_shrinking = true,
};

struct masq_out *masq_out_lookup(struct masq_net *mn, u8 family,
				 const union nf_inet_addr *server, __be32 spi)
{
	struct out_key k = { .server = server, .spi = spi, .family = family };

	return rhashtable_lookup(&mn->outs, &k, out_params);
}

int masq_out_insert(struct masq_net *mn, struct masq_out *out)
{
	return rhashtable_insert_fast(&mn->outs, &out->by_server, out_params);
}

void masq_out_remove(struct masq_net *mn, struct masq_out *out)
{
	rhashtable_remove_fast(&mn->outs, &out->by_server, out_params);
}

/* Addresses as a key: what the family does not use is zero. */
void masq_addrs_set(struct masq_addrs *a, u8 family,
		    const union nf_inet_addr *src,
		    const union nf_inet_addr *dst)
{
	memset(a, 0, sizeof(*a));
	a->family = family;
	if (family == NFPROTO_IPV4) {
		a->src.ip = src->ip;
		a->dst.ip = dst->ip;
	} else {
		a->src = *src;
		a->dst = *dst;
	}
}

int spinat_masq_table_init(struct masq_net *mn)
{
	int err;

	err = rhashtable_init(&mn->nodes, &node_params);
	if (err)
		return err;
	err = rhashtable_init(&mn->spis, &spi_params);
	if (err)
		goto destroy_nodes;
	err = rhashtable_init(&mn->outs, &out_params);
	if (err)
		goto destroy_spis;
	return 0;

destroy_spis:
	rhashtable_destroy(&mn->spis);
destroy_nodes:
	rhashtable_destroy(&mn->nodes);
	return err;
}

void spinat_masq_table_exit(struct masq_net *mn)
{
	rhashtable_destroy(&mn->outs);
	rhashtable_destroy(&mn->spis);
	rhashtable_destroy(&mn->nodes);
}
