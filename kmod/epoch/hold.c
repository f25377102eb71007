// SPDX-License-Identifier: GPL-2.0
/*
 * Packets that wait for a gate. They are taken in POST_ROUTING just before
 * conntrack confirms, where all rules and NAT have seen them, and go on behind
 * it: whoever confirms must be called here.
 */
#include <linux/netdevice.h>
#include <net/ip.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/ipv6.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/rtnetlink.h>
#include <net/sock.h>

#include "epoch.h"

/* For xfrm, as a local sender's socket hears of errors */
static struct sock *held_sk(const struct sk_buff *skb)
{
	return skb->sk && sk_fullsock(skb->sk) ? skb->sk : NULL;
}

static bool sa_usable(const struct dst_entry *dst)
{
	return !dst->xfrm ||
	       READ_ONCE(dst->xfrm->km.state) == XFRM_STATE_VALID;
}

/* Behind a new route the packet has seen all rules already. */
static int resend(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	if (skb->protocol == htons(ETH_P_IPV6))
		IP6CB(skb)->flags |= IP6SKB_REROUTED;
	else
		IPCB(skb)->flags |= IPSKB_REROUTED;
	return dst_output(net, sk, skb);
}

/* An SA takes it, or an xfrm interface that finds one: never the clear, and
 * never what belongs to another interface, which may be another tenant's.
 */
static bool is_protected(const struct dst_entry *dst, u32 if_id)
{
	const struct rtnl_link_ops *ops;

	if (dst->xfrm)
		return dst->xfrm->if_id == if_id;
	ops = dst->dev->rtnl_link_ops;
	if (!ops || !ops->kind || strcmp(ops->kind, "xfrm"))
		return false;
	return ((struct xfrm_if *)netdev_priv(dst->dev))->p.if_id == if_id;
}

static int route_anew(struct epoch_net *en, struct sk_buff *skb)
{
	u32 if_id = skb_dst(skb)->xfrm->if_id;
	int err;

	if (skb->protocol == htons(ETH_P_IPV6)) {
		err = ip6_route_me_harder(en->net, held_sk(skb), skb);
	} else {
		err = ip_route_me_harder(en->net, held_sk(skb), skb,
					 RTN_UNSPEC);
	}
	if (err)
		return err;
	return is_protected(skb_dst(skb), if_id) && sa_usable(skb_dst(skb)) ?
	       0 : -EHOSTUNREACH;
}

static void uncount(struct epoch_net *en, const struct sk_buff *skb)
{
	lockdep_assert_held(&en->lock);
	SPINAT_ADD_ONCE(en->n_held, -1);
	SPINAT_ADD_ONCE(en->held_bytes, -skb->truesize);
}

static void epoch_uncount(struct epoch *e, const struct sk_buff *skb)
{
	uncount(e->en, skb);
	e->n_held--;
	e->held_bytes -= skb->truesize;
}

/* Into the queue of an epoch that is closed, behind @after; under its lock */
static void enqueue(struct epoch *e, struct spinat_held *held,
		    struct list_head *after)
{
	list_add(&held->link, after);
	if (!e->n_held)
		e->held_since = epoch_now();
	e->n_held++;
	e->held_total++;
	e->held_bytes += held->skb->truesize;
	SPINAT_ADD_ONCE(e->en->n_held, 1);
	SPINAT_ADD_ONCE(e->en->held_bytes, held->skb->truesize);
}

static bool has_room(const struct epoch *e, const struct sk_buff *skb)
{
	const struct spinat_settings *s = &e->tunnel->settings;
	const struct epoch_net *en = e->en;

	return e->n_held < epoch_setting(s, HOLD_PACKETS) &&
	       (u64)e->held_bytes + skb->truesize <=
	       epoch_setting(s, HOLD_BYTES) &&
	       en->n_held < epoch_limit(en, HOLD_PACKETS) &&
	       (u64)en->held_bytes + skb->truesize <=
	       epoch_limit(en, HOLD_BYTES);
}

/**
 * struct anew - packets on a new route that wait again
 * @e: the epoch they wait for
 * @list: the packets, oldest first
 */
struct anew {
	struct epoch *e;
	struct list_head list;
};

/* They are older than what waits there already, and go before it. */
static void anew_enqueue(struct epoch_net *en, struct anew *anew)
{
	struct spinat_held *held, *next;
	struct epoch *e = anew->e;
	LIST_HEAD(refused);

	if (list_empty(&anew->list))
		return;
	epoch_lock(en);
	if (!e->gone && !e->passes) {
		list_for_each_entry_safe_reverse(held, next, &anew->list, link) {
			if (spinat_gate_drops(&e->gate, &e->tunnel->settings) ||
			    !has_room(e, held->skb) ||
			    !skb_dst_force(held->skb)) {
				epoch_count(en, DROP_HOLD_FULL);
				e->held_dropped++;
				list_move(&held->link, &refused);
				continue;
			}
			held->okfn = resend;
			list_del(&held->link);
			enqueue(e, held, &e->held);
		}
	}
	epoch_unlock(en);
	list_for_each_entry_safe(held, next, &refused, link)
		spinat_held_drop(held);
	list_for_each_entry_safe(held, next, &anew->list, link) {
		resend(en->net, held_sk(held->skb), held->skb);
		spinat_held_free(held);
	}
	INIT_LIST_HEAD(&anew->list);
}

/* Its SA is gone: look for another, and wait again if that is closed, too. */
static void send_anew(struct epoch_net *en, struct spinat_held *held,
		      struct anew *anew)
{
	struct epoch *e;

	if (route_anew(en, held->skb)) {
		epoch_count(en, DROP_GONE);
		spinat_held_drop(held);
		return;
	}
	epoch_count(en, REROUTE);
	e = epoch_of_dst(en, skb_dst(held->skb));
	if (e && !READ_ONCE(e->passes)) {
		if (anew->e != e)
			anew_enqueue(en, anew);
		anew->e = e;
		list_add_tail(&held->link, &anew->list);
		return;
	}
	anew_enqueue(en, anew);
	resend(en->net, held_sk(held->skb), held->skb);
	spinat_held_free(held);
}

/* Under RCU, bottom halves off, without the lock */
static void held_send(struct epoch_net *en, struct list_head *ready)
{
	struct anew anew = { .list = LIST_HEAD_INIT(anew.list) };
	struct spinat_held *held, *next;

	list_for_each_entry_safe(held, next, ready, link) {
		list_del(&held->link);
		if (!sa_usable(skb_dst(held->skb))) {
			send_anew(en, held, &anew);
			continue;
		}
		epoch_count(en, RELEASE);
		held->okfn(en->net, held_sk(held->skb), held->skb);
		spinat_held_free(held);
	}
	anew_enqueue(en, &anew);
}

/* NF_ACCEPT: it may go; NF_DROP: it may not; NF_QUEUE: it may wait */
static unsigned int admit(struct epoch *e, const struct sk_buff *skb)
{
	lockdep_assert_held(&e->en->lock);
	if (e->passes)
		return NF_ACCEPT;
	if (spinat_gate_drops(&e->gate, &e->tunnel->settings)) {
		epoch_count(e->en, DROP_DEAD);
		e->held_dropped++;
		return NF_DROP;
	}
	if (!has_room(e, skb)) {
		epoch_count(e->en, DROP_HOLD_FULL);
		e->held_dropped++;
		return NF_DROP;
	}
	return NF_QUEUE;
}

/**
 * epoch_hold() - a packet meets a gate that is closed
 * @e: its epoch
 * @skb: the packet, in POST_ROUTING
 * @state: of the hook
 *
 * Return: verdict of the hook.
 */
unsigned int epoch_hold(struct epoch *e, struct sk_buff *skb,
			const struct nf_hook_state *state)
{
	struct epoch_net *en = e->en;
	struct spinat_held *held;
	unsigned int verdict;

	epoch_lock(en);
	verdict = admit(e, skb);
	epoch_unlock(en);
	if (verdict != NF_QUEUE)
		return verdict;
	held = spinat_held_alloc(skb, state);
	if (!held) {
		epoch_count(en, DROP_NOMEM);
		return NF_DROP;
	}
	/* What the hook that is skipped would do: helpers, sequence adjustment
	 * and the confirmation itself. Without the lock, as helpers take others.
	 * It is done only once:
	 * from here on the packet goes on behind the hook in any case.
	 */
	verdict = nf_confirm(NULL, skb, state);
	if (verdict != NF_ACCEPT) {
		/* Nor may a helper in user space give it back: it would come
		 * out behind this hook.
		 */
		epoch_count(en, DROP_NOMEM);
		spinat_held_free(held);
		return verdict == NF_STOLEN ? NF_STOLEN : NF_DROP;
	}

	epoch_lock(en);
	verdict = admit(e, skb);
	if (verdict == NF_QUEUE) {
		enqueue(e, held, e->held.prev);
		epoch_count(en, HOLD);
		held = NULL;
	}
	epoch_unlock(en);
	if (!held)
		return NF_STOLEN;
	spinat_held_free(held);
	if (verdict == NF_DROP)
		return NF_DROP;
	state->okfn(state->net, state->sk, skb);
	return NF_STOLEN;
}

/**
 * epoch_flush() - the gate opens: send what is held, in order
 * @e: the epoch; under RCU, bottom halves off
 *
 * What comes meanwhile is queued behind it and sent in the next round. Where
 * sending makes more packets, as with TCP, that need not end: after some rounds
 * the gate is opened first.
 */
void epoch_flush(struct epoch *e)
{
	struct epoch_net *en = e->en;
	struct spinat_held *held;
	struct list_head ready;
	int round;

	for (round = 0; ; round++) {
		INIT_LIST_HEAD(&ready);
		epoch_lock(en);
		if (e->gone || (!round && e->flushing))
			break;
		e->flushing = true;
		if (!spinat_gate_passes(&e->gate, &e->tunnel->settings)) {
			e->flushing = false;
			break;
		}
		if (!round && e->n_held)
			e->stall = epoch_now() - e->held_since;
		list_for_each_entry(held, &e->held, link)
			epoch_uncount(e, held->skb);
		list_splice_init(&e->held, &ready);
		if (list_empty(&ready) || round == EPOCH_FLUSH_ROUNDS) {
			WRITE_ONCE(e->passes, true);
			e->flushing = false;
			break;
		}
		epoch_unlock(en);
		held_send(en, &ready);
	}
	epoch_unlock(en);
	held_send(en, &ready);
}

/* Data is not wanted any more; under the lock */
void epoch_held_drop(struct epoch *e)
{
	struct spinat_held *held, *next;

	list_for_each_entry_safe(held, next, &e->held, link) {
		epoch_uncount(e, held->skb);
		list_del(&held->link);
		epoch_count(e->en, DROP_DEAD);
		e->held_dropped++;
		spinat_held_drop(held);
	}
}

/* The epoch dies; its packets are sent on where locks allow it */
void epoch_held_orphan(struct epoch *e)
{
	if (list_empty(&e->held))
		return;
	list_splice_tail_init(&e->held, &e->en->orphans);
	schedule_work(&e->en->reroute);
}

static void orphans_send(struct work_struct *work)
{
	struct epoch_net *en = container_of(work, struct epoch_net, reroute);
	struct spinat_held *held;
	LIST_HEAD(ready);

	rcu_read_lock();
	local_bh_disable();
	epoch_lock(en);
	list_for_each_entry(held, &en->orphans, link)
		uncount(en, held->skb);
	list_splice_init(&en->orphans, &ready);
	epoch_unlock(en);
	held_send(en, &ready);
	local_bh_enable();
	rcu_read_unlock();
}

/* Packets that wait on a device that goes away would keep it from going. */
static void drop_dev(struct epoch_net *en, struct list_head *list,
		     struct epoch *e, const struct net_device *dev)
{
	struct spinat_held *held, *next;

	list_for_each_entry_safe(held, next, list, link) {
		if (dev && held->dev != dev && skb_dst(held->skb)->dev != dev)
			continue;
		if (e) {
			epoch_uncount(e, held->skb);
			e->held_dropped++;
		} else {
			uncount(en, held->skb);
		}
		list_del(&held->link);
		epoch_count(en, DROP_GONE);
		spinat_held_drop(held);
	}
}

void epoch_dev_down(struct epoch_net *en, const struct net_device *dev)
{
	unsigned long id;
	struct epoch *e;

	if (!READ_ONCE(en->n_held))
		return;
	epoch_lock(en);
	drop_dev(en, &en->orphans, NULL, dev);
	xa_for_each(&en->epochs, id, e)
		drop_dev(en, &e->held, e, dev);
	epoch_unlock(en);
}

void spinat_epoch_hold_init(struct epoch_net *en)
{
	INIT_LIST_HEAD(&en->orphans);
	INIT_WORK(&en->reroute, orphans_send);
}

/* After all epochs are gone */
void spinat_epoch_hold_exit(struct epoch_net *en)
{
	flush_work(&en->reroute);
	epoch_lock(en);
	drop_dev(en, &en->orphans, NULL, NULL);
	epoch_unlock(en);
}
