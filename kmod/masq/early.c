// SPDX-License-Identifier: GPL-2.0
/*
 * Packets that come too early: a server may use a new SA before the NAT has
 * seen whose it is, and until the echo of a gate's pings is complete they wait
 * here, for a short time, and are delivered in order or dropped.
 *
 * Nothing is allocated for a packet from outside: the slots are made when a
 * second client begins to talk to a server, and packets are linked by their
 * own pointers. A slot belongs to one in-SPI of a site and to one device, and
 * goes through these states, all under masq_net.lock:
 *
 *	free		in early_free
 *	waiting		in early_waiting, oldest first: nobody has the in-SPI
 *	ready		in early_ready: somebody has it, masq_spi.queued is set
 *	flushing	in no list: one CPU delivers what is in it
 *
 * While masq_spi.queued is set the packets of the in-SPI go the slow way and
 * to the end of the slot, so that none overtakes those that came before it.
 *
 * What waits was taken in PRE_ROUTING by our hook, and goes on with the hook
 * after it: taps, tc, the device's counters and the rules before ours have
 * seen it once, conntrack, NAT and all later rules see it now.
 */
#include <linux/hash.h>
#include <linux/netdevice.h>
#include <linux/slab.h>

#include "masq.h"

#define SLOTS		256
#define CHAINS		64
/* One site has at most this share of the slots and of the bytes */
#define SITE_SHARE	2
/* Packets of one in-SPI; while it is flushed, twice as many */
#define SLOT_PACKETS	64
/* An in-SPI that brought one packet, and nothing more within this time, makes
 * room for another one: that is how sprayed SPIs look.
 */
#define LONE_TIME	(HZ / 20)
/* The next packet of an in-SPI takes along what waited for it, on its own CPU:
 * from two CPUs they might overtake each other in the queues that follow. If
 * none comes for so long the timer does it.
 */
#define FOLLOW_TIME	(HZ / 50)
/* A server that sends faster than a CPU delivers may not keep it for ever: the
 * rest waits for the next packet or the timer.
 */
#define FLUSH_ROUNDS	16

/**
 * struct masq_early - the packets of an in-SPI that came too early
 * @node: in masq_early_table.chain unless free
 * @link: in a list of masq_net, see above
 * @site: where it came from; NULL if that has gone while it was flushed
 * @spi: the in-SPI
 * @seq: ESP sequence number of the last packet
 * @since: jiffies of the first packet
 * @turn_at: when the turn began that was young when the last packet came
 * @late: it was, and masq_judge_late() is to be asked
 * @n_waited: packets that came before somebody had the in-SPI
 * @packets: the packets; only its list and length are used, not its lock
 * @dev: device they came in by, with a reference
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @okfn: what comes after PRE_ROUTING
 */
struct masq_early {
	struct hlist_node node;
	struct list_head link;
	struct masq_site *site;
	__be32 spi;
	u32 seq;
	u32 since;
	u32 turn_at;
	bool late;
	u32 n_waited;
	struct sk_buff_head packets;
	struct net_device *dev;
	u8 family;
	int (*okfn)(struct net *net, struct sock *sk, struct sk_buff *skb);
};

struct masq_early_table {
	struct hlist_head chain[CHAINS];
	struct masq_early slot[SLOTS];
};

static struct hlist_head *chain_of(struct masq_net *mn, __be32 spi)
{
	return &mn->early->chain[hash_32((__force u32)spi, ilog2(CHAINS))];
}

static struct masq_early *slot_find(struct masq_net *mn,
				    const struct masq_site *site, __be32 spi)
{
	struct masq_early *slot;

	if (!site->n_early)
		return NULL;
	hlist_for_each_entry(slot, chain_of(mn, spi), node)
		if (slot->spi == spi && slot->site == site)
			return slot;
	return NULL;
}

static void account(struct masq_net *mn, struct masq_early *slot,
		    const struct sk_buff *skb, int sign)
{
	SPINAT_ADD_ONCE(mn->n_early, sign);
	mn->early_bytes += sign * (int)skb->truesize;
	slot->site->early_bytes += sign * (int)skb->truesize;
}

/* Drop what came by a device, or all */
static void slot_purge(struct masq_net *mn, struct masq_early *slot,
		       const struct net_device *dev)
{
	struct sk_buff *skb;

	if (dev && slot->dev != dev)
		return;
	while ((skb = __skb_dequeue(&slot->packets))) {
		account(mn, slot, skb, -1);
		masq_count(mn, DROP_EARLY);
		kfree_skb(skb);
	}
}

static void slot_free(struct masq_net *mn, struct masq_early *slot)
{
	if (slot->site) {
		slot_purge(mn, slot, NULL);
		slot->site->n_early--;
	}
	hlist_del(&slot->node);
	list_move(&slot->link, &mn->early_free);
	dev_put(slot->dev);
	slot->dev = NULL;
	slot->site = NULL;
}

/* A slot that may be had for another in-SPI of @site */
static struct masq_early *slot_victim(struct masq_net *mn,
				      const struct masq_site *site, bool full)
{
	struct masq_early *slot;

	list_for_each_entry(slot, &mn->early_waiting, link) {
		if (masq_now() - slot->since < LONE_TIME)
			break;
		if (slot->packets.qlen == 1 && (!full || slot->site == site))
			return slot;
	}
	return NULL;
}

static struct masq_early *slot_make(struct masq_net *mn, struct masq_site *site,
				    __be32 spi,
				    const struct nf_hook_state *state)
{
	bool full = site->n_early >= SLOTS / SITE_SHARE;
	struct masq_early *slot;

	if (full || list_empty(&mn->early_free)) {
		slot = slot_victim(mn, site, full);
		if (!slot)
			return NULL;
		slot_free(mn, slot);
	}
	slot = list_first_entry(&mn->early_free, struct masq_early, link);
	slot->site = site;
	slot->spi = spi;
	slot->since = masq_now();
	slot->n_waited = 0;
	slot->late = false;
	slot->dev = state->in;
	slot->family = state->pf;
	slot->okfn = state->okfn;
	dev_hold(slot->dev);
	hlist_add_head(&slot->node, chain_of(mn, spi));
	list_move_tail(&slot->link, &mn->early_waiting);
	site->n_early++;
	return slot;
}

static bool slot_add(struct masq_net *mn, struct masq_early *slot,
		     struct sk_buff *skb, const struct nf_hook_state *state,
		     u32 most)
{
	if (slot->dev != state->in || slot->okfn != state->okfn ||
	    slot->packets.qlen >= most ||
	    (skb_dst(skb) && !skb_dst_force(skb)))
		return false;
	__skb_queue_tail(&slot->packets, skb);
	account(mn, slot, skb, 1);
	masq_count(mn, EARLY_HOLD);
	return true;
}

static void timer_arm(struct masq_net *mn)
{
	const struct masq_early *slot;
	u32 left;

	slot = list_first_entry_or_null(&mn->early_waiting, struct masq_early,
					link);
	if (!slot || timer_pending(&mn->early_timer))
		return;
	left = slot->since + msecs_to_jiffies(masq_config(mn, EARLY_TIME)) -
	       masq_now();
	mod_timer(&mn->early_timer, jiffies + max_t(s32, left, 0) + 1);
}

/**
 * masq_early_hold() - keep a packet until somebody has its in-SPI
 * @mn: per netns
 * @site: where it came from
 * @p: what is in it
 * @skb: the packet, in PRE_ROUTING
 * @state: of the hook
 * @late: ask masq_judge_late() once the turn is not young any more
 *
 * Return: true if the packet is ours now.
 */
bool masq_early_hold(struct masq_net *mn, struct masq_site *site,
		     const struct masq_packet *p, struct sk_buff *skb,
		     const struct nf_hook_state *state, bool late)
{
	u32 bytes = masq_config(mn, EARLY_BYTES);
	struct masq_early *slot;

	lockdep_assert_held(&mn->lock);
	/* A VRF's own device takes back what passes its hooks at once only. */
	if (!mn->early || !masq_config(mn, EARLY_TIME) ||
	    skb->dev != state->in || netif_is_l3_master(state->in) ||
	    mn->early_bytes + skb->truesize > bytes ||
	    site->early_bytes + skb->truesize > bytes / SITE_SHARE)
		return false;
	slot = slot_find(mn, site, p->spi);
	if (!slot)
		slot = slot_make(mn, site, p->spi, state);
	if (!slot || !slot_add(mn, slot, skb, state, SLOT_PACKETS))
		return false;
	slot->seq = p->seq;
	slot->late = late;
	slot->turn_at = site->turn_at;
	if (late)
		timer_reduce(&mn->early_timer, jiffies + 1 +
			     msecs_to_jiffies(MASQ_QUICK_MS));
	else
		timer_arm(mn);
	return true;
}

/**
 * masq_early_follow() - put a packet of a known in-SPI behind what waits
 * @mn: per netns
 * @in: its in-SPI; @in->s.queued is set
 * @skb: the packet, in PRE_ROUTING
 * @state: of the hook
 * @took: set to whether the packet is ours now; else it must be dropped
 *
 * Return: false if nothing waits and the packet may go.
 */
bool masq_early_follow(struct masq_net *mn, struct masq_in *in,
		       struct sk_buff *skb, const struct nf_hook_state *state,
		       bool *took)
{
	struct masq_early *slot = slot_find(mn, masq_in_site(in), in->s.spi);

	lockdep_assert_held(&mn->lock);
	if (!slot) {
		/* The in-SPI went to another site before the flush. */
		WRITE_ONCE(in->s.queued, false);
		return false;
	}
	*took = slot_add(mn, slot, skb, state, 2 * SLOT_PACKETS);
	return true;
}

/**
 * masq_early_bound() - somebody has an in-SPI now
 * @mn: per netns
 * @site: its site
 * @spi: the in-SPI
 *
 * What waits goes with the next masq_early_flush(), which the timer calls if
 * nobody does; see FOLLOW_TIME.
 *
 * Return: true if something waits: further packets must go behind it.
 */
bool masq_early_bound(struct masq_net *mn, struct masq_site *site, __be32 spi)
{
	struct masq_early *slot = slot_find(mn, site, spi);

	lockdep_assert_held(&mn->lock);
	if (!slot)
		return false;
	if (!list_empty(&slot->link)) {
		slot->n_waited = slot->packets.qlen;
		list_move_tail(&slot->link, &mn->early_ready);
		timer_reduce(&mn->early_timer, jiffies + FOLLOW_TIME);
	}
	return true;
}

/* Take what is in a slot that is flushed. Return: zone of the client that it
 * is for, 0 if nobody has the in-SPI any more.
 */
static u16 slot_take(struct masq_net *mn, struct masq_early *slot,
		     struct masq_in *in, struct sk_buff_head *batch)
{
	struct sk_buff *skb;
	u32 waited;

	skb_queue_walk(&slot->packets, skb)
		account(mn, slot, skb, -1);
	skb_queue_splice_tail_init(&slot->packets, batch);
	waited = min(slot->n_waited, batch->qlen);
	slot->n_waited = 0;
	spinat_counters_add(mn->stats, SPINAT_MASQ_A_STATS_EARLY_RELEASE,
			    batch->qlen);
	spinat_counters_add(mn->stats, SPINAT_MASQ_A_STATS_IN_PACKETS, waited);
	/* A strong pair is settled by what came after its proof, not before. */
	if (!masq_strong(in->s.evidence))
		WRITE_ONCE(in->s.packets,
			   READ_ONCE(in->s.packets) + waited);
	return masq_out_flow(masq_in_out(in))->client->zone;
}

/* One more round of a flush. Packets of the in-SPI pass by only when there is
 * nothing left, or they would overtake what waits; then the slot is free.
 */
static u16 slot_next(struct masq_net *mn, struct masq_early *slot, int round,
		     struct sk_buff_head *batch)
{
	struct masq_in *in;
	u16 zone = 0;

	masq_lock(mn);
	in = slot->site ? masq_in_lookup(mn, slot->site, slot->spi) : NULL;
	if (!in || skb_queue_empty(&slot->packets)) {
		if (in)
			WRITE_ONCE(in->s.queued, false);
		slot_free(mn, slot);
	} else if (round < FLUSH_ROUNDS) {
		zone = slot_take(mn, slot, in, batch);
	} else {
		list_add_tail(&slot->link, &mn->early_ready);
		timer_reduce(&mn->early_timer, jiffies + 1);
	}
	masq_unlock(mn);
	return zone;
}

/* Return: false if there is more than can be delivered now. */
static bool slot_flush(struct masq_net *mn, struct masq_early *slot)
{
	struct sk_buff_head batch;
	struct sk_buff *skb;
	int round;
	u16 zone;

	__skb_queue_head_init(&batch);
	for (round = 0; (zone = slot_next(mn, slot, round, &batch)); round++) {
		local_bh_disable();
		rcu_read_lock();
		while ((skb = __skb_dequeue(&batch)))
			masq_resume(mn, skb, slot->family, zone,
				    slot->okfn);
		rcu_read_unlock();
		local_bh_enable();
	}
	return round < FLUSH_ROUNDS;
}

/**
 * masq_early_flush() - deliver what waited for in-SPIs that have a client now
 * @mn: per netns; the lock is not held
 */
void masq_early_flush(struct masq_net *mn)
{
	struct masq_early *slot;

	while (!list_empty_careful(&mn->early_ready)) {
		masq_lock(mn);
		slot = list_first_entry_or_null(&mn->early_ready,
						struct masq_early, link);
		if (slot)
			list_del_init(&slot->link);
		masq_unlock(mn);
		if (slot && !slot_flush(mn, slot))
			return;
	}
}

static void slot_late(struct masq_net *mn, struct masq_early *slot,
		      struct list_head *ready)
{
	struct masq_packet p = {
		.addrs = slot->site->n.addrs,
		.spi = slot->spi,
		.seq = slot->seq,
	};
	u32 quick = msecs_to_jiffies(MASQ_QUICK_MS);

	if (masq_now() - slot->turn_at <= quick) {
		timer_reduce(&mn->early_timer, jiffies + 1 + quick);
		return;
	}
	slot->late = false;
	masq_judge_late(mn, slot->site, &p, slot->turn_at, ready);
}

static void early_timer(struct timer_list *t)
{
	struct masq_net *mn = container_of(t, struct masq_net, early_timer);
	u32 patience = msecs_to_jiffies(masq_config(mn, EARLY_TIME));
	struct masq_early *slot, *next;
	LIST_HEAD(ready);

	masq_lock(mn);
	list_for_each_entry_safe(slot, next, &mn->early_waiting, link) {
		if (masq_now() - slot->since > patience)
			slot_free(mn, slot);
		else if (slot->late)
			slot_late(mn, slot, &ready);
	}
	timer_arm(mn);
	masq_unlock(mn);
	masq_release(mn, &ready);
	masq_early_flush(mn);
}

/* The site goes away; its slots are free, or will be once they are flushed */
void masq_early_site_gone(struct masq_net *mn, struct masq_site *site)
{
	struct masq_early *slot;
	int i;

	lockdep_assert_held(&mn->lock);
	for (i = 0; site->n_early && i < SLOTS; i++) {
		slot = &mn->early->slot[i];
		if (slot->site != site)
			continue;
		if (!list_empty(&slot->link)) {
			slot_free(mn, slot);
			continue;
		}
		slot_purge(mn, slot, NULL);
		slot->site = NULL;
		site->n_early--;
	}
}

/* Packets that wait for a device that goes away would keep it from going. */
void masq_early_dev_down(struct masq_net *mn, const struct net_device *dev)
{
	struct masq_early *slot, *next;
	int i;

	masq_lock(mn);
	list_for_each_entry_safe(slot, next, &mn->early_waiting, link)
		if (slot->dev == dev)
			slot_free(mn, slot);
	for (i = 0; mn->early && i < SLOTS; i++)
		if (mn->early->slot[i].site)
			slot_purge(mn, &mn->early->slot[i], dev);
	masq_unlock(mn);
}

/**
 * masq_early_prepare() - make the slots, unless they are there
 * @mn: per netns
 *
 * Only clients' own packets come here, when an in-SPI may be one of several
 * clients'. Without memory early packets are dropped.
 */
void masq_early_prepare(struct masq_net *mn)
{
	struct masq_early_table *table;
	int i;

	lockdep_assert_held(&mn->lock);
	if (mn->early)
		return;
	table = kzalloc(sizeof(*table), GFP_ATOMIC | __GFP_NOWARN);
	if (!table)
		return;
	for (i = 0; i < SLOTS; i++) {
		__skb_queue_head_init(&table->slot[i].packets);
		list_add_tail(&table->slot[i].link, &mn->early_free);
	}
	mn->early = table;
}

void spinat_masq_early_init(struct masq_net *mn)
{
	INIT_LIST_HEAD(&mn->early_free);
	INIT_LIST_HEAD(&mn->early_waiting);
	INIT_LIST_HEAD(&mn->early_ready);
	timer_setup(&mn->early_timer, early_timer, 0);
}

/* After the hooks and all sites are gone, so that nothing arms it again */
void spinat_masq_early_exit(struct masq_net *mn)
{
	timer_delete_sync(&mn->early_timer);
	kfree(mn->early);
}
