// SPDX-License-Identifier: GPL-2.0
/* Out-SPIs, the in-SPIs that answer them, and the probes that watch both. */
#include <linux/slab.h>

#include "masq.h"
#include "trace.h"

static struct kmem_cache *out_cache __read_mostly;
static struct kmem_cache *in_cache __read_mostly;

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
	struct masq_client *client = masq_out_flow(out)->client;
	const struct masq_in *in;
	u8 evidence = SPINAT_MASQ_EVIDENCE_UNSPEC;

	for (in = out->ins; in; in = in->next)
		evidence = max(evidence, in->s.evidence);
	if (!out->s.evidence && evidence)
		client->n_open--;
	if (out->s.evidence && !evidence) {
		client->n_open++;
		if (out->probe)
			list_add_tail(&out->probe->client_link, &client->open);
	}
	WRITE_ONCE(out->s.evidence, evidence);
}

static void in_link(struct masq_in *in, struct masq_out *out)
{
	rcu_assign_pointer(in->out, out);
	in->next = out->ins;
	out->ins = in;
	out->s.n_ins++;
	out_update(out);
}

static void in_unlink(struct masq_in *in)
{
	struct masq_out *out = masq_in_out(in);
	struct masq_in **p;

	for (p = &out->ins; *p != in; p = &(*p)->next)
		;
	*p = in->next;
	out->s.n_ins--;
	out_update(out);
}

/* Put an in-SPI where packets from @site find it; nowhere if that is NULL */
static void in_place(struct masq_net *mn, struct masq_in *in,
		     struct masq_site *site)
{
	masq_spi_remove(mn, &in->s);
	if (!site)
		return;
	rcu_assign_pointer(in->s.at, &site->n);
	WRITE_ONCE(in->s.queued, masq_early_bound(mn, site, in->s.spi));
	masq_spi_insert(mn, &in->s);
}

/* The in-SPI of @out that was silent for longest and is believed for @evidence
 * at most
 */
static struct masq_in *in_oldest(struct masq_out *out, u8 evidence)
{
	struct masq_in *in, *oldest = NULL;
	u32 now = masq_now(), longest = 0;

	for (in = out->ins; in; in = in->next) {
		u32 idle = now - READ_ONCE(in->s.last);

		if (in->s.evidence > evidence || (oldest && idle <= longest))
			continue;
		oldest = in;
		longest = idle;
	}
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
 * Return: 0, or -ENOSPC if @out has strong in-SPIs only.
 */
int masq_in_bind(struct masq_net *mn, struct masq_in *in, struct masq_out *out,
		 __be32 spi, u8 evidence)
{
	struct masq_in *oldest;

	lockdep_assert_held(&mn->lock);
	if (out->s.n_ins >= MASQ_IN_MAX) {
		oldest = in_oldest(out, SPINAT_MASQ_EVIDENCE_ONLY);
		if (!oldest) {
			masq_in_free(in);
			return -ENOSPC;
		}
		if (out->probe)
			out->probe->evicted += READ_ONCE(oldest->s.packets);
		masq_in_del(mn, oldest, SPINAT_MASQ_REASON_EVICTED);
	}

	memset(in, 0, sizeof(*in));
	in->s.spi = spi;
	in->s.inbound = true;
	in->s.evidence = evidence;
	in->s.last = masq_now();
	rcu_assign_pointer(in->out, out);
	in_place(mn, in, masq_out_flow(out)->site);
	in_link(in, out);
	return 0;
}

/* Give an in-SPI to another out-SPI of the same site. Where that has all it may
 * have, the one that was silent for longest goes; false if all are pinned.
 */
bool masq_in_move(struct masq_net *mn, struct masq_in *in,
		  struct masq_out *to, u8 evidence)
{
	struct masq_in *oldest;

	lockdep_assert_held(&mn->lock);
	if (masq_in_out(in) != to && to->s.n_ins >= MASQ_IN_MAX) {
		oldest = in_oldest(to, SPINAT_MASQ_EVIDENCE_ECHO);
		if (!oldest)
			return false;
		if (to->probe && !masq_strong(oldest->s.evidence))
			to->probe->evicted += READ_ONCE(oldest->s.packets);
		masq_in_del(mn, oldest, SPINAT_MASQ_REASON_EVICTED);
	}
	in_unlink(in);
	WRITE_ONCE(in->s.evidence, evidence);
	WRITE_ONCE(in->s.packets, 0);
	in_link(in, to);
	return true;
}

void masq_in_del(struct masq_net *mn, struct masq_in *in,
		 enum spinat_masq_reason why)
{
	lockdep_assert_held(&mn->lock);
	masq_notify(mn, SPINAT_MASQ_CMD_PAIR_DEL_NTF, masq_in_out(in), in, why);
	masq_spi_remove(mn, &in->s);
	in_unlink(in);
	call_rcu(&in->rcu, in_free_rcu);
}

/* Strong evidence came: what was only guessed of @out was wrong, as it has one
 * in-SPI.
 */
void masq_out_flush_guesses(struct masq_net *mn, struct masq_out *out)
{
	struct masq_in *in;

	while ((in = in_oldest(out, SPINAT_MASQ_EVIDENCE_ONLY))) {
		spinat_counters_add(mn->stats,
				    SPINAT_MASQ_A_STATS_WRONG_PACKETS,
				    READ_ONCE(in->s.packets));
		masq_in_del(mn, in, SPINAT_MASQ_REASON_CORRECTED);
	}
	if (out->probe) {
		spinat_counters_add(mn->stats,
				    SPINAT_MASQ_A_STATS_WRONG_PACKETS,
				    out->probe->evicted);
		out->probe->evicted = 0;
	}
}

/**
 * masq_out_resite() - the in-SPIs of an out-SPI come to another NAT address now
 * @mn: per netns
 * @out: the out-SPI; its flow has the new site
 *
 * Those that somebody else has there are forgotten.
 */
void masq_out_resite(struct masq_net *mn, struct masq_out *out)
{
	struct masq_site *site = masq_out_flow(out)->site;
	struct masq_in *in, *next;

	lockdep_assert_held(&mn->lock);
	for (in = out->ins; in; in = next) {
		next = in->next;
		if (masq_in_site(in) == site)
			continue;
		if (site && masq_in_lookup(mn, site, in->s.spi))
			masq_in_del(mn, in, SPINAT_MASQ_REASON_ADDRESS);
		else
			in_place(mn, in, site);
	}
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

	out->id = ++client->next_id;
	list_add_tail(&out->client_link, &client->outs);
	flow->n_outs++;
	client->n_outs++;
	if (!out->s.evidence)
		client->n_open++;
}

static struct masq_flow *out_unlink(struct masq_out *out)
{
	struct masq_flow *flow = masq_out_flow(out);

	list_del(&out->client_link);
	flow->n_outs--;
	flow->client->n_outs--;
	if (!out->s.evidence)
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

	out->s.spi = spi;
	out->first = masq_now();
	out->s.last = out->first;
	RCU_INIT_POINTER(out->s.at, &flow->n);
	masq_out_insert(mn, out);
	masq_spi_insert(mn, &out->s);
	out_link(out, flow);
	SPINAT_ADD_ONCE(mn->n_outs, 1);
	*err = 0;
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

	lockdep_assert_held(&mn->lock);
	masq_probe_close(mn, out);
	masq_spi_remove(mn, &out->s);
	from = out_unlink(out);
	out->s.prev_zone = from->client->zone;
	to->gated |= from->gated;
	out->first = masq_now();
	rcu_assign_pointer(out->s.at, &to->n);
	out_link(out, to);
	masq_spi_insert(mn, &out->s);
	if (out->s.evidence)
		masq_out_answered(mn, out);
	masq_out_resite(mn, out);
	SPINAT_ADD_ONCE(mn->gen, 1);
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
	trace_spinat_masq_expire(out, out->ins ? ntohl(out->ins->s.spi) : 0,
				 why);
	if (!out->ins)
		masq_notify(mn, SPINAT_MASQ_CMD_PAIR_DEL_NTF, out, NULL, why);
	masq_probe_close(mn, out);
	while (out->ins)
		masq_in_del(mn, out->ins, why);
	masq_spi_remove(mn, &out->s);
	masq_out_remove(mn, out);
	flow = out_unlink(out);
	SPINAT_ADD_ONCE(mn->n_outs, -1);
	call_rcu(&out->rcu, out_free_rcu);
	masq_flow_release(mn, flow);
}

/*
 * Probes
 */

/* Begin to watch an out-SPI whose answer is not beyond doubt */
struct masq_probe *masq_probe_make(struct masq_out *out, u32 seq)
{
	struct masq_flow *flow = masq_out_flow(out);
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
	if (!out->s.evidence)
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
	struct masq_client *client = masq_out_flow(out)->client;

	if (out->probe)
		list_del_init(&out->probe->client_link);
	if (!client->answered) {
		client->answered = true;
		list_del_init(&client->unanswered);
		list_del_init(&client->prefix_link);
	}
}
