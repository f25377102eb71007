// SPDX-License-Identifier: GPL-2.0
/*
 * The hash tables: nodes (flows and sites) by addresses, SPIs by addresses and
 * SPI, out-SPIs by server and SPI. Clients and their zones are in client.c.
 *
 * All look-ups run under RCU, or under masq_net.lock, and take no reference. An
 * SPI that roams is taken out and put back under its new addresses at once: a
 * reader may miss it, or what is behind it, and goes the slow way.
 */
#include <linux/jhash.h>
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

static __always_inline u32 hash_of_words(u32 src, u32 dst, __be32 spi)
{
	return ((__force u32)spi * multipliers[8] + src * multipliers[0] +
		dst * multipliers[4]) >> 32;
}

static __always_inline u32 hash_of(const union nf_inet_addr *src,
				   const union nf_inet_addr *dst, u8 family,
				   __be32 spi)
{
	u64 mix = (__force u32)spi * multipliers[8];

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

/* Nodes. rhashtable gives up on chains of more than 16 unless another seed mends
 * them, and addresses in a row make such chains under a linear hash.
 */

static u32 node_key_hash(const void *data, u32 len, u32 seed)
{
	const struct masq_addrs *a = data;

	if (likely(a->family == NFPROTO_IPV4))
		return jhash_2words((__force u32)a->src.ip,
				    (__force u32)a->dst.ip, seed);
	return jhash2((const u32 *)a, offsetof(struct masq_addrs, family) /
				      sizeof(u32), seed);
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

static u32 spi_hash(const struct masq_link *link)
{
	const struct masq_spi *s = container_of(link, struct masq_spi, link);
	const struct masq_addrs *a = &rcu_dereference_raw(s->at)->addrs;

	return hash_of(&a->src, &a->dst, a->family, s->spi);
}

static __always_inline bool spi_matches(const struct masq_spi *s,
					const struct masq_addrs *addrs,
					__be32 spi)
{
	return s->spi == spi &&
	       addrs_equal(addrs, &rcu_dereference_raw(s->at)->addrs);
}

static struct masq_spi *spi_find(const struct masq_buckets *b, u32 hash,
				 const struct masq_addrs *addrs, __be32 spi)
{
	struct masq_link *link;
	struct masq_spi *s;

	for (link = masq_hash_first(b, hash); link;
	     link = masq_hash_next(link)) {
		s = container_of(link, struct masq_spi, link);
		if (spi_matches(s, addrs, spi))
			return s;
	}
	return NULL;
}

struct masq_spi *masq_spi_lookup(struct masq_net *mn,
				 const struct masq_addrs *addrs, __be32 spi)
{
	u32 hash = hash_of(&addrs->src, &addrs->dst, addrs->family, spi);
	const struct masq_buckets *old;
	struct masq_spi *s;

	s = spi_find(rcu_dereference_raw(mn->spis.now), hash, addrs, spi);
	if (likely(s))
		return s;
	smp_rmb(); /* see masq_hash_resize() */
	old = rcu_dereference_raw(mn->spis.old);
	return old ? spi_find(old, hash, addrs, spi) : NULL;
}

/* The same for IPv4, with all in registers, and without the old array: who
 * does not find it looks again.
 */
struct masq_spi *masq_spi_lookup4(struct masq_net *mn, __be32 src, __be32 dst,
				  __be32 spi)
{
	u32 hash = hash_of_words((__force u32)src, (__force u32)dst, spi);
	const struct masq_addrs *a;
	struct masq_link *link;
	struct masq_spi *s;

	for (link = masq_hash_first(rcu_dereference_raw(mn->spis.now), hash);
	     link; link = masq_hash_next(link)) {
		s = container_of(link, struct masq_spi, link);
		if (s->spi != spi)
			continue;
		a = &rcu_dereference_raw(s->at)->addrs;
		if (a->src.ip == src && a->dst.ip == dst &&
		    a->family == NFPROTO_IPV4)
			return s;
	}
	return NULL;
}

/* Put an SPI in */
void masq_spi_insert(struct masq_net *mn, struct masq_spi *s)
{
	masq_hash_add(&mn->spis, &s->link);
	s->placed = true;
	spinat_masq_gc_hurry(mn);
}

/* Take an SPI out, if it is in */
void masq_spi_remove(struct masq_net *mn, struct masq_spi *s)
{
	if (s->placed)
		masq_hash_del(&mn->spis, &s->link);
	s->placed = false;
}

struct masq_in *masq_in_lookup(struct masq_net *mn,
			       const struct masq_site *site, __be32 spi)
{
	struct masq_spi *s = masq_spi_lookup(mn, &site->n.addrs, spi);

	return s && s->inbound ? container_of(s, struct masq_in, s) : NULL;
}

/* Out-SPIs by server: it keeps its own SPIs unique, whoever uses them */

static u32 out_hash(const struct masq_link *link)
{
	const struct masq_out *out = container_of(link, struct masq_out,
						  by_server);
	const struct masq_addrs *a = &masq_out_flow(out)->n.addrs;

	return hash_of(NULL, &a->dst, a->family, out->s.spi);
}

static struct masq_out *out_find(const struct masq_buckets *b, u32 hash,
				 u8 family, const union nf_inet_addr *server,
				 __be32 spi)
{
	const struct masq_addrs *a;
	struct masq_link *link;
	struct masq_out *out;

	for (link = masq_hash_first(b, hash); link;
	     link = masq_hash_next(link)) {
		out = container_of(link, struct masq_out, by_server);
		a = &masq_out_flow(out)->n.addrs;
		if (out->s.spi == spi && a->family == family &&
		    addr_equal(family, &a->dst, server))
			return out;
	}
	return NULL;
}

struct masq_out *masq_out_lookup(struct masq_net *mn, u8 family,
				 const union nf_inet_addr *server, __be32 spi)
{
	u32 hash = hash_of(NULL, server, family, spi);
	const struct masq_buckets *old;
	struct masq_out *out;

	out = out_find(rcu_dereference_raw(mn->outs.now), hash, family, server,
		       spi);
	if (out)
		return out;
	smp_rmb(); /* see masq_hash_resize() */
	old = rcu_dereference_raw(mn->outs.old);
	return old ? out_find(old, hash, family, server, spi) : NULL;
}

void masq_out_insert(struct masq_net *mn, struct masq_out *out)
{
	masq_hash_add(&mn->outs, &out->by_server);
}

void masq_out_remove(struct masq_net *mn, struct masq_out *out)
{
	masq_hash_del(&mn->outs, &out->by_server);
}

/* Do the tables fit what is in them? */
bool masq_table_wants_resize(const struct masq_net *mn)
{
	return masq_hash_wants_resize(&mn->spis) ||
	       masq_hash_wants_resize(&mn->outs);
}

/* Make them fit; sleeps */
void masq_table_resize(struct masq_net *mn)
{
	if (masq_hash_wants_resize(&mn->spis))
		masq_hash_resize(&mn->spis, &mn->lock);
	if (masq_hash_wants_resize(&mn->outs))
		masq_hash_resize(&mn->outs, &mn->lock);
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
	err = masq_hash_init(&mn->spis, spi_hash);
	if (err)
		goto destroy_nodes;
	err = masq_hash_init(&mn->outs, out_hash);
	if (err)
		goto exit_spis;
	return 0;

exit_spis:
	masq_hash_exit(&mn->spis);
destroy_nodes:
	rhashtable_destroy(&mn->nodes);
	return err;
}

void spinat_masq_table_exit(struct masq_net *mn)
{
	masq_hash_exit(&mn->outs);
	masq_hash_exit(&mn->spis);
	rhashtable_destroy(&mn->nodes);
}
