// SPDX-License-Identifier: GPL-2.0
/*
 * The tables: nodes (flows and sites), out-SPIs, in-SPIs. Clients and their
 * zones are in client.c.
 */
#include <linux/jhash.h>
#include <linux/slab.h>

#include "masq.h"
#include "trace.h"

static struct kmem_cache *out_cache __read_mostly;
static struct kmem_cache *in_cache __read_mostly;

struct out_key {
	const union nf_inet_addr *server;
	__be32 spi;
	u8 family;
};

struct in_key {
	const struct masq_site *site;
	__be32 spi;
};

static u32 addr_hash(u8 family, const union nf_inet_addr *a, u32 more, u32 seed)
{
	if (family == NFPROTO_IPV4)
		return jhash_2words((__force u32)a->ip, more, seed);
	return jhash2((const u32 *)a->all, 4, more ^ seed);
}

static bool addr_equal(u8 family, const union nf_inet_addr *a,
		       const union nf_inet_addr *b)
{
	if (family == NFPROTO_IPV4)
		return a->ip == b->ip;
	return nf_inet_addr_cmp(a, b);
}

static u32 node_key_hash(const void *data, u32 len, u32 seed)
{
	const struct masq_addrs *a = data;
	u32 src = a->family == NFPROTO_IPV4 ? (__force u32)a->src.ip :
		  jhash2((const u32 *)a->src.all, 4, seed);

	return addr_hash(a->family, &a->dst, src, seed);
}

static u32 node_hash(const void *data, u32 len, u32 seed)
{
	return node_key_hash(&((const struct masq_node *)data)->addrs, 0, seed);
}

static int node_cmp(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct masq_addrs *k = arg->key;
	const struct masq_addrs *a = &((const struct masq_node *)obj)->addrs;

	return !(a->family == k->family &&
		 addr_equal(k->family, &a->src, &k->src) &&
		 addr_equal(k->family, &a->dst, &k->dst));
}

static const struct rhashtable_params node_params = {
	.head_offset = offsetof(struct masq_node, node),
	.hashfn = node_key_hash,
	.obj_hashfn = node_hash,
	.obj_cmpfn = node_cmp,
	.automatic_shrinking = true,
};

/* Where an out-SPI leads; a grace period keeps it through any move. */
static const struct masq_flow *out_flow(const struct masq_out *out)
{
	return rcu_dereference_raw(out->flow);
}

static u32 out_key_hash(const void *data, u32 len, u32 seed)
{
	const struct out_key *k = data;

	return addr_hash(k->family, k->server, (__force u32)k->spi, seed);
}

static u32 out_hash(const void *data, u32 len, u32 seed)
{
	const struct masq_out *out = data;
	const struct masq_addrs *a = &out_flow(out)->n.addrs;

	return addr_hash(a->family, &a->dst, (__force u32)out->spi, seed);
}

static int out_cmp(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct out_key *k = arg->key;
	const struct masq_out *out = obj;
	const struct masq_addrs *a;

	if (out->spi != k->spi)
		return 1;
	a = &out_flow(out)->n.addrs;
	return !(a->family == k->family &&
		 addr_equal(k->family, &a->dst, k->server));
}

static const struct rhashtable_params out_params = {
	.head_offset = offsetof(struct masq_out, node),
	.hashfn = out_key_hash,
	.obj_hashfn = out_hash,
	.obj_cmpfn = out_cmp,
	.automatic_shrinking = true,
};

static u32 in_key_hash(const void *data, u32 len, u32 seed)
{
	const struct in_key *k = data;
	unsigned long site = (unsigned long)k->site;

	return jhash_3words((u32)site, (u32)((u64)site >> 32),
			    (__force u32)k->spi, seed);
}

static u32 in_hash(const void *data, u32 len, u32 seed)
{
	const struct masq_in *in = data;
	struct in_key k = { .site = in->site, .spi = in->spi };

	return in_key_hash(&k, 0, seed);
}

static int in_cmp(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct in_key *k = arg->key;
	const struct masq_in *in = obj;

	return in->spi != k->spi || in->site != k->site;
}

static const struct rhashtable_params in_params = {
	.head_offset = offsetof(struct masq_in, node),
	.hashfn = in_key_hash,
	.obj_hashfn = in_hash,
	.obj_cmpfn = in_cmp,
	.automatic_shrinking = true,
};

int spinat_masq_cache_init(void)
{
	out_cache = KMEM_CACHE(masq_out, 0);
	if (!out_cache)
		return -ENOMEM;
	in_cache = KMEM_CACHE(masq_in, 0);
	if (!in_cache) {
		kmem_cache_destroy(out_cache);
		return -ENOMEM;
	}
	return 0;
}

void spinat_masq_cache_exit(void)
{
	/* The callbacks that free into the caches, and are our code. */
	rcu_barrier();
	kmem_cache_destroy(in_cache);
	kmem_cache_destroy(out_cache);
}

int spinat_masq_table_init(struct masq_net *mn)
{
	int err;

	err = rhashtable_init(&mn->nodes, &node_params);
	if (err)
		return err;
	err = rhashtable_init(&mn->outs, &out_params);
	if (err)
		goto destroy_nodes;
	err = rhashtable_init(&mn->ins, &in_params);
	if (err)
		goto destroy_outs;
	return 0;

destroy_outs:
	rhashtable_destroy(&mn->outs);
destroy_nodes:
	rhashtable_destroy(&mn->nodes);
	return err;
}

void spinat_masq_table_exit(struct masq_net *mn)
{
	rhashtable_destroy(&mn->ins);
	rhashtable_destroy(&mn->outs);
	rhashtable_destroy(&mn->nodes);
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

struct masq_node *masq_node_lookup(struct masq_net *mn,
				   const struct masq_addrs *addrs)
{
	return rhashtable_lookup(&mn->nodes, addrs, node_params);
}

struct masq_out *masq_out_lookup(struct masq_net *mn, u8 family,
				 const union nf_inet_addr *server, __be32 spi)
{
	struct out_key k = { .server = server, .spi = spi, .family = family };

	return rhashtable_lookup(&mn->outs, &k, out_params);
}

struct masq_in *masq_in_lookup(struct masq_net *mn,
			       const struct masq_site *site, __be32 spi)
{
	struct in_key k = { .site = site, .spi = spi };

	return rhashtable_lookup(&mn->ins, &k, in_params);
}

/*
 * In-SPIs
 */

struct masq_in *masq_in_alloc(gfp_t gfp)
{
	return kmem_cache_zalloc(in_cache, gfp | __GFP_NOWARN);
}

void masq_in_free(struct masq_in *in)
{
	kmem_cache_free(in_cache, in);
}

static void in_free_rcu(struct rcu_head *rcu)
{
	masq_in_free(container_of(rcu, struct masq_in, rcu));
}

/**
 * masq_spare_fill() - make entries for the answers to come
 * @client: who just sent a packet
 *
 * Only a client's own packets come here; whatever arrives from outside finds
 * an entry ready or goes without.
 */
void masq_spare_fill(struct masq_client *client)
{
	struct masq_in *in;

	while (client->n_spare < MASQ_SPARE_MAX) {
		in = masq_in_alloc(GFP_ATOMIC);
		if (!in)
			return;
		in->next = client->spare;
		client->spare = in;
		WRITE_ONCE(client->n_spare, client->n_spare + 1);
	}
}

/* A spare entry, or NULL */
struct masq_in *masq_spare_take(struct masq_client *client)
{
	struct masq_in *in = client->spare;

	if (in) {
		client->spare = in->next;
		WRITE_ONCE(client->n_spare, client->n_spare - 1);
	}
	return in;
}

/* @out's evidence follows from its in-SPIs; keep the client's count of open
 * out-SPIs with it.
 */
static void out_update(struct masq_out *out)
{
	struct masq_client *client = out_flow(out)->client;
	const struct masq_in *in;
	u8 evidence = SPINAT_MASQ_EVIDENCE_UNSPEC;

	for (in = out->ins; in; in = in->next)
		evidence = max(evidence, in->evidence);
	if (!out->evidence && evidence)
		client->n_open--;
	else if (out->evidence && !evidence)
		client->n_open++;
	WRITE_ONCE(out->evidence, evidence);
}

static void in_link(struct masq_in *in, struct masq_out *out)
{
	rcu_assign_pointer(in->out, out);
	in->next = out->ins;
	out->ins = in;
	out->n_ins++;
	out_update(out);
}

static void in_unlink(struct masq_in *in)
{
	struct masq_out *out = rcu_dereference_raw(in->out);
	struct masq_in **p;

	for (p = &out->ins; *p != in; p = &(*p)->next)
		;
	*p = in->next;
	out->n_ins--;
	out_update(out);
}

/* The in-SPI of @out that was silent for longest and is no strong one */
static struct masq_in *in_oldest_guess(struct masq_out *out)
{
	struct masq_in *in, *oldest = NULL;

	for (in = out->ins; in; in = in->next)
		if (!masq_strong(in->evidence) &&
		    (!oldest || (s32)(in->last - oldest->last) < 0))
			oldest = in;
	return oldest;
}

/**
 * masq_in_bind() - pair an in-SPI with an out-SPI
 * @mn: per netns
 * @in: an entry that nobody has; used up also on error
 * @out: the out-SPI
 * @spi: the in-SPI, not known at @out's site
 * @evidence: why
 *
 * Where an out-SPI has all the candidates it may have, the one that was silent
 * for longest goes.
 *
 * Return: 0, -ENOSPC if @out has strong in-SPIs only, or what the table says.
 */
int masq_in_bind(struct masq_net *mn, struct masq_in *in, struct masq_out *out,
		 __be32 spi, u8 evidence)
{
	struct masq_in *oldest;
	int err = -ENOSPC;

	lockdep_assert_held(&mn->lock);
	if (out->n_ins >= MASQ_IN_MAX) {
		oldest = in_oldest_guess(out);
		if (!oldest)
			goto free;
		masq_in_del(mn, oldest);
	}

	memset(in, 0, sizeof(*in));
	in->site = out_flow(out)->site;
	in->spi = spi;
	in->bound = masq_now();
	in->last = in->bound;
	in->evidence = evidence;
	rcu_assign_pointer(in->out, out);
	if (in->site) {
		err = rhashtable_insert_fast(&mn->ins, &in->node, in_params);
		if (err)
			goto free;
	}
	in_link(in, out);
	return 0;

free:
	masq_in_free(in);
	return err;
}

/* Give an in-SPI to another out-SPI of the same site */
void masq_in_move(struct masq_net *mn, struct masq_in *in,
		  struct masq_out *to, u8 evidence)
{
	lockdep_assert_held(&mn->lock);
	in_unlink(in);
	in->evidence = evidence;
	in->bound = masq_now();
	WRITE_ONCE(in->packets, 0);
	in_link(in, to);
}

void masq_in_del(struct masq_net *mn, struct masq_in *in)
{
	lockdep_assert_held(&mn->lock);
	if (in->site)
		rhashtable_remove_fast(&mn->ins, &in->node, in_params);
	in_unlink(in);
	call_rcu(&in->rcu, in_free_rcu);
}

/* Strong evidence came: what was only guessed of @out is over. */
void masq_out_flush_guesses(struct masq_net *mn, struct masq_out *out)
{
	struct masq_in *in;

	while ((in = in_oldest_guess(out)))
		masq_in_del(mn, in);
}

/*
 * Sites and flows
 */

static struct masq_site *site_make(struct masq_net *mn, u8 family,
				   const union nf_inet_addr *server,
				   const union nf_inet_addr *public, int *err)
{
	struct masq_addrs addrs;
	struct masq_node *node;
	struct masq_site *site;

	masq_addrs_set(&addrs, family, server, public);
	node = masq_node_lookup(mn, &addrs);
	if (node) {
		*err = -EEXIST;
		return node->kind == MASQ_SITE ?
			container_of(node, struct masq_site, n) : NULL;
	}

	*err = -ENOMEM;
	site = kzalloc(sizeof(*site), GFP_ATOMIC | __GFP_NOWARN);
	if (!site)
		return NULL;
	site->n.addrs = addrs;
	site->n.kind = MASQ_SITE;
	site->quiet_until = masq_now();
	INIT_LIST_HEAD(&site->flows);
	INIT_LIST_HEAD(&site->open);
	INIT_LIST_HEAD(&site->queue);
	INIT_LIST_HEAD(&site->busy);
	masq_seen_grow(site, 1);
	*err = rhashtable_insert_fast(&mn->nodes, &site->n.node, node_params);
	if (!*err)
		return site;
	kfree(site->seen);
	kfree(site);
	return NULL;
}

static void site_release(struct masq_net *mn, struct masq_site *site)
{
	if (!site || !list_empty(&site->flows))
		return;
	list_del(&site->busy);
	rhashtable_remove_fast(&mn->nodes, &site->n.node, node_params);
	kfree(site->seen);
	kfree_rcu(site, rcu);
}

static void site_join(struct masq_site *site, struct masq_flow *flow)
{
	list_add_tail(&flow->site_link, &site->flows);
	site->n_flows++;
	masq_seen_grow(site, site->n_flows);
	WRITE_ONCE(flow->site, site);
}

static void site_leave(struct masq_net *mn, struct masq_site *site,
		       struct masq_flow *flow)
{
	list_del(&flow->site_link);
	site->n_flows--;
	site_release(mn, site);
}

/**
 * masq_flow_make() - a client begins to talk to a server
 * @mn: per netns
 * @addrs: client and server; there is no such flow yet
 * @public: address that the NAT gives it, or NULL if that is not known yet
 * @zone: zone that its first packet has, 0 to choose one
 * @err: set on failure
 *
 * The new flow has no out-SPI yet: give it one, or masq_flow_release() it.
 *
 * Return: the flow, or NULL: -ENOMEM, -ENOSPC no zone or over a cap, -EBUSY
 * @zone is another client's, -EEXIST the addresses already mean something else.
 */
struct masq_flow *masq_flow_make(struct masq_net *mn,
				 const struct masq_addrs *addrs,
				 const union nf_inet_addr *public,
				 u16 zone, int *err)
{
	struct masq_client *client;
	struct masq_site *site = NULL;
	struct masq_flow *flow;

	lockdep_assert_held(&mn->lock);
	*err = -ENOMEM;
	flow = kzalloc(sizeof(*flow), GFP_ATOMIC | __GFP_NOWARN);
	if (!flow)
		return NULL;

	client = masq_client_make(mn, addrs->family, &addrs->src, zone, err);
	if (!client)
		goto free_flow;
	if (public) {
		site = site_make(mn, addrs->family, &addrs->dst, public, err);
		if (!site)
			goto release_client;
	}

	flow->n.addrs = *addrs;
	flow->n.kind = MASQ_FLOW;
	flow->client = client;
	flow->tokens = MASQ_LENGTH_BURST;
	flow->tokens_at = masq_now();
	*err = rhashtable_lookup_insert_key(&mn->nodes, addrs, &flow->n.node,
					    node_params);
	if (*err)
		goto release_site;
	client->n_flows++;
	if (site)
		site_join(site, flow);
	return flow;

release_site:
	site_release(mn, site);
release_client:
	masq_client_release(mn, client);
free_flow:
	kfree(flow);
	return NULL;
}

/* Let go of a flow that has no out-SPI any more */
void masq_flow_release(struct masq_net *mn, struct masq_flow *flow)
{
	lockdep_assert_held(&mn->lock);
	if (flow->n_outs)
		return;
	/* Whoever gets the zone next must not find this entry in it. */
	masq_zone_forget(mn->net, flow->client->zone, &flow->n.addrs);
	rhashtable_remove_fast(&mn->nodes, &flow->n.node, node_params);
	if (flow->site)
		site_leave(mn, flow->site, flow);
	flow->client->n_flows--;
	masq_client_release(mn, flow->client);
	kfree_rcu(flow, rcu);
}

/* An in-SPI cannot change its place in the table while others look: copy it */
static void in_resite(struct masq_net *mn, struct masq_in *old,
		      struct masq_out *out)
{
	struct masq_in *in = masq_in_alloc(GFP_ATOMIC);
	struct masq_in was = *old;

	masq_in_del(mn, old);
	if (!in || masq_in_lookup(mn, out_flow(out)->site, was.spi)) {
		if (in)
			masq_in_free(in);
		return;
	}
	if (masq_in_bind(mn, in, out, was.spi, was.evidence))
		return;
	in->bound = was.bound;
	in->last = was.last;
	in->seq = was.seq;
	in->packets = was.packets;
}

/**
 * masq_flow_resite() - the NAT address of a flow became known, or changed
 * @mn: per netns
 * @flow: the flow
 * @public: its NAT address from now on
 *
 * The server goes on with the SPIs it has (MOBIKE) or negotiates new ones;
 * either way the known in-SPIs are still this client's.
 *
 * Return: 0 or -ENOMEM, -EEXIST.
 */
int masq_flow_resite(struct masq_net *mn, struct masq_flow *flow,
		     const union nf_inet_addr *public)
{
	struct masq_site *old = flow->site, *site;
	struct masq_in *in, *next;
	struct masq_out *out;
	int err;

	lockdep_assert_held(&mn->lock);
	site = site_make(mn, flow->n.addrs.family, &flow->n.addrs.dst, public,
			 &err);
	if (!site)
		return err;

	list_for_each_entry(out, &flow->client->outs, client_link)
		if (out_flow(out) == flow)
			masq_probe_close(mn, out);
	if (old)
		site_leave(mn, old, flow);
	site_join(site, flow);
	list_for_each_entry(out, &flow->client->outs, client_link) {
		if (out_flow(out) != flow)
			continue;
		for (in = out->ins; in; in = next) {
			next = in->next;
			in_resite(mn, in, out);
		}
		if (old)
			masq_notify(mn, SPINAT_MASQ_CMD_PAIR_SET_NTF, out,
				    out->ins, SPINAT_MASQ_REASON_ADDRESS);
	}
	if (old)
		masq_count(mn, ADDRESS_CHANGE);
	return 0;
}

/*
 * Out-SPIs
 */

static void out_free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(out_cache, container_of(rcu, struct masq_out, rcu));
}

static void out_link(struct masq_out *out, struct masq_flow *flow)
{
	struct masq_client *client = flow->client;

	rcu_assign_pointer(out->flow, flow);
	out->id = ++client->next_id;
	list_add_tail(&out->client_link, &client->outs);
	flow->n_outs++;
	client->n_outs++;
	if (!out->evidence)
		client->n_open++;
}

static struct masq_flow *out_unlink(struct masq_out *out)
{
	struct masq_flow *flow = rcu_dereference_raw(out->flow);

	list_del(&out->client_link);
	flow->n_outs--;
	flow->client->n_outs--;
	if (!out->evidence)
		flow->client->n_open--;
	return flow;
}

/**
 * masq_out_make() - a new out-SPI
 * @mn: per netns
 * @flow: whose it is
 * @spi: the SPI, not known at that server
 * @gfp: how to allocate
 * @err: set on failure
 *
 * Return: the out-SPI, or NULL: -ENOSPC a cap is reached and nothing may be
 * evicted for it, -ENOMEM. @flow stays in any case.
 */
struct masq_out *masq_out_make(struct masq_net *mn, struct masq_flow *flow,
			       __be32 spi, gfp_t gfp, int *err)
{
	struct masq_out *out;

	lockdep_assert_held(&mn->lock);
	/* Making room may take the flow's last out-SPI. */
	flow->n_outs++;
	*err = -ENOSPC;
	out = NULL;
	if (!masq_client_make_room(mn, flow->client))
		goto done;
	*err = -ENOMEM;
	out = kmem_cache_zalloc(out_cache, gfp | __GFP_NOWARN);
	if (!out)
		goto done;

	out->spi = spi;
	out->first = masq_now();
	out->last = out->first;
	RCU_INIT_POINTER(out->flow, flow);
	*err = rhashtable_insert_fast(&mn->outs, &out->node, out_params);
	if (*err) {
		kmem_cache_free(out_cache, out);
		out = NULL;
		goto done;
	}
	out_link(out, flow);
	mn->n_outs++;
done:
	flow->n_outs--;
	return out;
}

/**
 * masq_out_move() - an out-SPI goes on from another inside address
 * @mn: per netns
 * @out: the out-SPI; its in-SPIs go with it
 * @to: flow of the other client to the same server
 */
void masq_out_move(struct masq_net *mn, struct masq_out *out,
		   struct masq_flow *to)
{
	struct masq_flow *from;
	struct masq_in *in, *next;

	lockdep_assert_held(&mn->lock);
	masq_probe_close(mn, out);
	from = out_unlink(out);
	out->prev_zone = from->client->zone;
	out->moved_at = masq_now();
	out_link(out, to);
	if (out->evidence && !to->client->answered)
		masq_out_answered(mn, out);
	if (to->site != from->site)
		for (in = out->ins; in; in = next) {
			next = in->next;
			in_resite(mn, in, out);
		}
	mn->gen++;
	masq_flow_release(mn, from);
	masq_notify(mn, SPINAT_MASQ_CMD_PAIR_SET_NTF, out, out->ins,
		    SPINAT_MASQ_REASON_MOVED);
}

/**
 * masq_out_del() - forget an out-SPI and all that hangs on it
 * @mn: per netns
 * @out: the out-SPI
 * @why: for those who listen
 */
void masq_out_del(struct masq_net *mn, struct masq_out *out,
		  enum spinat_masq_reason why)
{
	struct masq_flow *flow;

	lockdep_assert_held(&mn->lock);
	trace_spinat_masq_expire(out, out->ins ? ntohl(out->ins->spi) : 0,
				 why);
	masq_notify(mn, SPINAT_MASQ_CMD_PAIR_DEL_NTF, out, out->ins, why);
	masq_probe_close(mn, out);
	while (out->ins)
		masq_in_del(mn, out->ins);
	rhashtable_remove_fast(&mn->outs, &out->node, out_params);
	flow = out_unlink(out);
	mn->n_outs--;
	call_rcu(&out->rcu, out_free_rcu);
	masq_flow_release(mn, flow);
}

/*
 * Probes
 */

/* Begin to watch an out-SPI whose answer is not beyond doubt */
struct masq_probe *masq_probe_make(struct masq_out *out, u32 seq)
{
	struct masq_flow *flow = rcu_dereference_raw(out->flow);
	struct masq_probe *probe;

	probe = kzalloc(sizeof(*probe), GFP_ATOMIC | __GFP_NOWARN);
	if (!probe)
		return NULL;
	probe->out = out;
	probe->first_seq = seq;
	INIT_LIST_HEAD(&probe->held);
	INIT_LIST_HEAD(&probe->queue_link);
	INIT_LIST_HEAD(&probe->client_link);
	list_add_tail(&probe->site_link, &flow->site->open);
	if (!out->evidence)
		list_add_tail(&probe->client_link, &flow->client->open);
	WRITE_ONCE(out->probe, probe);
	return probe;
}

/* Stop watching; packets that still wait are dropped */
void masq_probe_close(struct masq_net *mn, struct masq_out *out)
{
	struct masq_probe *probe = out->probe;

	lockdep_assert_held(&mn->lock);
	if (!probe)
		return;
	masq_turn_drop(mn, probe);
	list_del(&probe->site_link);
	list_del(&probe->client_link);
	WRITE_ONCE(out->probe, NULL);
	kfree(probe);
}

/* The first in-SPI was paired with @out */
void masq_out_answered(struct masq_net *mn, struct masq_out *out)
{
	struct masq_client *client = out_flow(out)->client;

	if (out->probe)
		list_del_init(&out->probe->client_link);
	if (!client->answered) {
		client->answered = true;
		list_del_init(&client->unanswered);
		list_del_init(&client->prefix_link);
	}
}
