/* SPDX-License-Identifier: GPL-2.0 */
/* A packet that a hook in POST_ROUTING keeps for a while. */
#ifndef _SPINAT_HELD_H
#define _SPINAT_HELD_H

#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <net/dst.h>

/**
 * struct spinat_held - a packet that waits
 * @link: in whatever it waits in
 * @skb: the packet, as it was in POST_ROUTING, conntrack confirmed
 * @dev: skb->dev with a reference, or NULL
 * @since: jiffies
 * @okfn: what comes after POST_ROUTING
 */
struct spinat_held {
	struct list_head link;
	struct sk_buff *skb;
	struct net_device *dev;
	u32 since;
	int (*okfn)(struct net *net, struct sock *sk, struct sk_buff *skb);
};

/**
 * spinat_held_alloc() - make a packet fit to be kept
 * @skb: the packet; its route gets a reference
 * @state: of the hook
 *
 * Return: what keeps it, NULL for lack of memory or of a route. The packet is
 * the caller's still.
 */
static inline struct spinat_held *
spinat_held_alloc(struct sk_buff *skb, const struct nf_hook_state *state)
{
	struct spinat_held *held;

	held = kmalloc(sizeof(*held), GFP_ATOMIC | __GFP_NOWARN);
	if (!held || (skb_dst(skb) && !skb_dst_force(skb))) {
		kfree(held);
		return NULL;
	}
	INIT_LIST_HEAD(&held->link);
	held->skb = skb;
	held->dev = skb->dev;
	held->since = (u32)jiffies;
	held->okfn = state->okfn;
	dev_hold(held->dev);
	return held;
}

/* The packet was sent, or is the caller's again. */
static inline void spinat_held_free(struct spinat_held *held)
{
	dev_put(held->dev);
	kfree(held);
}

static inline void spinat_held_drop(struct spinat_held *held)
{
	kfree_skb(held->skb);
	spinat_held_free(held);
}

#endif
