/* SPDX-License-Identifier: GPL-2.0 */
/* SAs and what tells of them, hashes of their keys. */
#ifndef SHIM_XFRM_H
#define SHIM_XFRM_H

#include <linux/xfrm.h>

enum { XFRM_STATE_VALID = 2, XFRM_STATE_DEAD = 5 };

struct crypto_aead {
	unsigned int block, auth;
};

#define crypto_aead_blocksize(a)	((a)->block)
#define crypto_aead_authsize(a)		((a)->auth)

struct xfrm_state {
	struct net *net;
	int refs;
	struct xfrm_id id;
	struct xfrm_selector sel;
	struct xfrm_mark mark;
	struct {
		u8 state;
	} km;
	struct {
		u32 reqid;
		u8 mode;
		u16 family;
		xfrm_address_t saddr;
		int header_len;
	} props;
	u32 if_id;
	u32 tfcpad;
	struct xfrm_lifetime_cur curlft;
	struct xfrm_algo *ealg;
	struct xfrm_algo_auth *aalg;
	struct xfrm_algo_aead *aead;
	void *data;
};

#define xs_net(x)	((x)->net)

static inline struct xfrm_state *xfrm_state_hold(struct xfrm_state *x)
{
	claim(x->refs > 0, "a reference to an SA that is gone");
	x->refs++;
	return x;
}

static inline void xfrm_state_put(struct xfrm_state *x)
{
	if (!--x->refs)
		free(x);
}

struct xfrm_state *xfrm_state_lookup(struct net *net, u32 mark,
				     const xfrm_address_t *daddr, __be32 spi,
				     u8 proto, u16 family);
struct xfrm_state *xfrm_state_lookup_byspi(struct net *net, __be32 spi,
					   u16 family);

static inline bool addr_match(const void *a, const void *b, unsigned int bits)
{
	const u8 *p = a, *q = b;

	for (; bits >= 8; bits -= 8)
		if (*p++ != *q++)
			return false;
	return !bits || !((*p ^ *q) >> (8 - bits));
}

/* The key manager */
struct km_event {
	union {
		u32 hard;
	} data;
	u32 event;
	struct net *net;
};

struct xfrm_tmpl;
struct xfrm_policy;

struct xfrm_mgr {
	int (*notify)(struct xfrm_state *x, const struct km_event *c);
	int (*acquire)(struct xfrm_state *x, struct xfrm_tmpl *tmpl,
		       struct xfrm_policy *policy);
	struct xfrm_policy *(*compile_policy)(struct sock *sk, int opt,
					      u8 *data, int len, int *dir);
};

extern struct xfrm_mgr *shim_km;

#define xfrm_register_km(km)	(shim_km = (km))
#define xfrm_unregister_km(km)	(shim_km = NULL)

/* Who is asked about what came out of an SA */
struct sec_path {
	int len;
	struct xfrm_state *xvec[6];
};

struct inet6_skb_parm;
struct dst_entry;

struct xfrm4_protocol {
	int (*handler)(struct sk_buff *skb);
	int (*input_handler)(struct sk_buff *skb, int nexthdr, __be32 spi,
			     int encap_type);
	int (*cb_handler)(struct sk_buff *skb, int err);
	int (*err_handler)(struct sk_buff *skb, u32 info);
	int priority;
};

struct xfrm6_protocol {
	int (*handler)(struct sk_buff *skb);
	int (*input_handler)(struct sk_buff *skb, int nexthdr, __be32 spi,
			     int encap_type);
	int (*cb_handler)(struct sk_buff *skb, int err);
	int (*err_handler)(struct sk_buff *skb, struct inet6_skb_parm *opt,
			   u8 type, u8 code, int offset, __be32 info);
	int priority;
};

extern struct xfrm4_protocol *shim_esp4;
extern struct xfrm6_protocol *shim_esp6;

#define xfrm4_protocol_register(p, proto)	(shim_esp4 = (p), 0)
#define xfrm6_protocol_register(p, proto)	(shim_esp6 = (p), 0)
/* They stay: a module that is loaded again has new static data, and ours has not. */
#define xfrm4_protocol_deregister(p, proto) \
	claim(shim_esp4 == (p), "deregistered, but never registered")
#define xfrm6_protocol_deregister(p, proto) \
	claim(shim_esp6 == (p), "deregistered, but never registered")

#define skb_sec_path(skb)	((skb)->sp)
#define XFRM_MODE_SKB_CB(skb)	((struct { u8 protocol; } *)(skb)->cb)

#ifndef ETH_P_IP
#define ETH_P_IP	0x0800
#define ETH_P_IPV6	0x86dd
#endif
#define noinline	__attribute__((noinline))

/* No hash that anybody should use, but every bit counts. */
struct blake2s_ctx {
	u64 state;
};

void blake2s_init(struct blake2s_ctx *ctx, size_t out);
void blake2s_update(struct blake2s_ctx *ctx, const void *data, size_t len);
void blake2s_final(struct blake2s_ctx *ctx, u8 *out);

#endif
