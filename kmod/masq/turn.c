// SPDX-License-Identifier: GPL-2.0
/*
 * Turns: where lengths say nothing, one unanswered out-SPI at a time goes out
 * to a server, and the in-SPI that comes back is taken for its answer. The
 * packets of the others wait here.
 *
 * A packet is taken in POST_ROUTING just before its conntrack entry would be
 * confirmed; we confirm it and keep what comes after (okfn). Nothing is sent
 * under masq_net.lock: packets whose time has come are collected on a list of
 * the caller's and go to masq_release() after the lock is dropped.
 */
#include <linux/netdevice.h>
#include <linux/netfilter_bridge.h>
#include <linux/slab.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>

#include "masq.h"
#include "trace.h"

static struct masq_flow *probe_flow(const struct masq_probe *probe)
{
	return masq_out_flow(probe->out);
}

static void timer_arm(struct masq_net *mn)
{
	if (!timer_pending(&mn->turn_timer))
		mod_timer(&mn->turn_timer, jiffies + 1);
}

/* Does the out-SPI open as a gate does, and may its answer still come? */
bool masq_opens_like_gate(struct masq_net *mn, const struct masq_probe *probe)
{
	const struct masq_flow *flow = probe_flow(probe);
	u32 patience = msecs_to_jiffies(masq_config(mn, ECHO_PATIENCE));

	return probe->ring.total &&
	       probe->ring.total <= SPINAT_ECHO_MAX_UNANSWERED &&
	       flow->gate_spent && masq_now() - flow->gate_at <= patience &&
	       !flow->spraying;
}

static void turn_begin(struct masq_net *mn, struct masq_probe *probe)
{
	struct masq_site *site = probe_flow(probe)->site;

	WRITE_ONCE(site->turn, probe);
	site->turn_at = masq_now();
	WRITE_ONCE(site->turn_answered, false);
	masq_count(mn, TURN);
}

static void turn_end(struct masq_net *mn, struct masq_site *site)
{
	if (!site->turn_answered) {
		masq_count(mn, TURN_MISSED);
		site->quiet_since = masq_now();
	}
	WRITE_ONCE(site->turn, NULL);
}

static bool turn_overdue(struct masq_net *mn, const struct masq_site *site)
{
	return masq_now() - site->turn_at >
	       msecs_to_jiffies(masq_config(mn, TURN_TIME));
}

/**
 * masq_turn_answered() - an in-SPI was paired with the one whose turn it is
 * @mn: per netns
 * @site: the site
 * @beyond_doubt: by strong evidence
 *
 * After a guess the turn goes on until somebody else has it or its time is
 * over: the first answer may have been a spoofed packet.
 */
void masq_turn_answered(struct masq_net *mn, struct masq_site *site,
			bool beyond_doubt)
{
	lockdep_assert_held(&mn->lock);
	if (!site->turn_answered)
		site->quiet_since = masq_now();
	WRITE_ONCE(site->turn_answered, true);
	if (beyond_doubt)
		WRITE_ONCE(site->turn, NULL);
}

/* Would an in-SPI that is new now be an answer to the one whose turn it is?
 * Beyond his first answer only for a while, and if nobody else waits.
 */
bool masq_turn_awaits(struct masq_net *mn, const struct masq_site *site)
{
	return masq_turn_unanswered(site) ||
	       (site->turn && list_empty(&site->queue) &&
		!turn_overdue(mn, site));
}

/* Does somebody wait for his first answer? Also without the lock, as a hint. */
bool masq_turn_unanswered(const struct masq_site *site)
{
	return READ_ONCE(site->turn) && !READ_ONCE(site->turn_answered);
}

/* Is the turn nobody's, or his who needs it no more? */
static bool turn_free(struct masq_net *mn, const struct masq_site *site)
{
	return (!site->turn || site->turn_answered) &&
	       masq_now() - site->quiet_since >=
	       msecs_to_jiffies(masq_config(mn, TURN_GAP));
}

/**
 * masq_turn_may_send() - may an unanswered out-SPI's packet leave now?
 * @mn: per netns
 * @probe: of the out-SPI
 *
 * Yes for whoever opens like a gate (lengths will tell) or is alone; else only
 * in turn. With nobody waiting a turn lasts until its answer comes, however
 * late.
 */
bool masq_turn_may_send(struct masq_net *mn, struct masq_probe *probe)
{
	struct masq_flow *flow = probe_flow(probe);
	struct masq_site *site = flow->site;
	bool alone = site->n_flows == 1;

	lockdep_assert_held(&mn->lock);
	if (masq_opens_like_gate(mn, probe)) {
		if (site->turn == probe)
			WRITE_ONCE(site->turn, NULL);
		return true;
	}
	/* Whoever has the turn may open more while he waits for an answer. */
	if (masq_turn_unanswered(site) && probe_flow(site->turn) == flow)
		return true;
	if (masq_config(mn, AMBIGUOUS) == SPINAT_MASQ_AMBIGUOUS_DROP)
		return true;
	if (list_empty(&site->queue) && (turn_free(mn, site) || alone)) {
		turn_begin(mn, probe);
		return true;
	}
	return alone || !masq_config(mn, HOLD_TIME);
}

static void held_drop(struct masq_net *mn, struct spinat_held *held)
{
	list_del(&held->link);
	SPINAT_ADD_ONCE(mn->n_held, -1);
	masq_count(mn, DROP_HELD);
	spinat_held_drop(held);
}

/**
 * masq_turn_unqueue() - all packets of a probe may go
 * @probe: the probe
 * @ready: list for masq_release()
 */
void masq_turn_unqueue(struct masq_probe *probe, struct list_head *ready)
{
	struct masq_client *client = probe_flow(probe)->client;
	struct spinat_held *held;

	list_for_each_entry(held, &probe->held, link)
		client->n_held--;
	list_splice_tail_init(&probe->held, ready);
	list_del_init(&probe->queue_link);
}

/* The probe goes away, its packets with it */
void masq_turn_drop(struct masq_net *mn, struct masq_probe *probe)
{
	struct masq_flow *flow = probe_flow(probe);
	struct spinat_held *held, *next;

	lockdep_assert_held(&mn->lock);
	if (flow->site->turn == probe)
		turn_end(mn, flow->site);
	list_for_each_entry_safe(held, next, &probe->held, link) {
		flow->client->n_held--;
		held_drop(mn, held);
	}
	list_del_init(&probe->queue_link);
}

/**
 * masq_hold() - keep a packet until its turn comes
 * @mn: per netns
 * @probe: of its out-SPI
 * @skb: the packet, in POST_ROUTING
 * @state: of the hook
 *
 * Return: true if the packet is ours now; false if it must be dropped.
 */
bool masq_hold(struct masq_net *mn, struct masq_probe *probe,
	       struct sk_buff *skb, const struct nf_hook_state *state)
{
	struct masq_flow *flow = probe_flow(probe);
	struct spinat_held *held;

	lockdep_assert_held(&mn->lock);
	if (mn->n_held >= masq_config(mn, HOLD_TOTAL) ||
	    flow->client->n_held >= masq_config(mn, HOLD_CLIENT)) {
		masq_count(mn, DROP_HOLD_FULL);
		return false;
	}
	held = spinat_held_alloc(skb, state);
	if (!held || nf_conntrack_confirm(skb) != NF_ACCEPT) {
		if (held)
			spinat_held_free(held);
		masq_count(mn, DROP_NOMEM);
		return false;
	}
	list_add_tail(&held->link, &probe->held);
	if (list_empty(&probe->queue_link))
		list_add_tail(&probe->queue_link, &flow->site->queue);
	if (list_empty(&flow->site->busy))
		list_add_tail(&flow->site->busy, &mn->busy);
	SPINAT_ADD_ONCE(mn->n_held, 1);
	flow->client->n_held++;
	masq_count(mn, HOLD);
	timer_arm(mn);
	return true;
}

/**
 * masq_release() - send packets whose time has come
 * @mn: per netns; the lock is not held
 * @ready: what masq_turn_unqueue() collected
 */
void masq_release(struct masq_net *mn, struct list_head *ready)
{
	struct spinat_held *held, *next;
	u32 n = 0;

	if (list_empty(ready))
		return;
	list_for_each_entry_safe(held, next, ready, link) {
		rcu_read_lock();
		held->okfn(mn->net, NULL, held->skb);
		rcu_read_unlock();
		spinat_held_free(held);
		n++;
	}
	INIT_LIST_HEAD(ready);
	masq_lock(mn);
	SPINAT_ADD_ONCE(mn->n_held, -n);
	spinat_counters_add(mn->stats, SPINAT_MASQ_A_STATS_RELEASE, n);
	masq_unlock(mn);
}

static void drop_stale(struct masq_net *mn, struct masq_site *site,
		       const struct net_device *dev)
{
	u32 patience = msecs_to_jiffies(masq_config(mn, HOLD_TIME));
	struct masq_probe *probe, *next_probe;
	struct spinat_held *held, *next;

	list_for_each_entry_safe(probe, next_probe, &site->queue, queue_link) {
		list_for_each_entry_safe(held, next, &probe->held, link) {
			if (dev ? held->dev != dev :
				  masq_now() - held->since <= patience)
				continue;
			probe_flow(probe)->client->n_held--;
			held_drop(mn, held);
		}
		if (list_empty(&probe->held))
			list_del_init(&probe->queue_link);
	}
}

/* The longest waiting, but whoever negotiated IKE last goes first. IKE only
 * orders here; it never decides whose an answer is.
 */
static struct masq_probe *queue_best(struct masq_net *mn,
				     struct masq_site *site)
{
	struct masq_probe *probe, *best = NULL;
	u32 now = masq_now(), when, youngest = 10 * HZ;

	list_for_each_entry(probe, &site->queue, queue_link) {
		if (!best)
			best = probe;
		if (masq_hint_get(mn->ike, &probe_flow(probe)->n.addrs, &when) &&
		    now - when < youngest) {
			youngest = now - when;
			best = probe;
		}
	}
	return best;
}

static void site_tick(struct masq_net *mn, struct masq_site *site,
		      struct list_head *ready)
{
	struct masq_probe *best, *probe, *next;
	struct masq_flow *flow;

	drop_stale(mn, site, NULL);
	if (list_empty(&site->queue)) {
		list_del_init(&site->busy);
		return;
	}
	if (site->turn && !site->turn_answered && turn_overdue(mn, site))
		turn_end(mn, site);
	if (!turn_free(mn, site))
		return;
	best = queue_best(mn, site);
	turn_begin(mn, best);
	/* All that its client has waiting: one place for each, however many
	 * SPIs it opens.
	 */
	flow = probe_flow(best);
	list_for_each_entry_safe(probe, next, &site->queue, queue_link)
		if (probe_flow(probe) == flow)
			masq_turn_unqueue(probe, ready);
}

static void turn_timer(struct timer_list *t)
{
	struct masq_net *mn = container_of(t, struct masq_net, turn_timer);
	struct masq_site *site, *next;
	LIST_HEAD(ready);

	masq_lock(mn);
	list_for_each_entry_safe(site, next, &mn->busy, busy)
		site_tick(mn, site, &ready);
	if (!list_empty(&mn->busy))
		timer_arm(mn);
	masq_unlock(mn);
	masq_release(mn, &ready);
}

/* Packets that wait for a device that goes away would keep it from going. */
void masq_turn_dev_down(struct masq_net *mn, const struct net_device *dev)
{
	struct masq_site *site;

	masq_lock(mn);
	list_for_each_entry(site, &mn->busy, busy)
		drop_stale(mn, site, dev);
	masq_unlock(mn);
}

void spinat_masq_turn_init(struct masq_net *mn)
{
	INIT_LIST_HEAD(&mn->busy);
	timer_setup(&mn->turn_timer, turn_timer, 0);
}

/* After the hooks and all objects are gone, so that nothing arms it again */
void spinat_masq_turn_exit(struct masq_net *mn)
{
	timer_delete_sync(&mn->turn_timer);
}
