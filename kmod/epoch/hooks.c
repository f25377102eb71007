// SPDX-License-Identifier: GPL-2.0
/* The packet path. */
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/slab.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "epoch.h"

/* The epoch whose out-SA takes what has this route, or NULL. Of the SAs that
 * apply one after the other any may be an epoch's.
 */
struct epoch *epoch_of_dst(struct epoch_net *en, const struct dst_entry *dst)
{
	const struct epoch_sa *sa;

	for (; dst && dst->xfrm; dst = xfrm_dst_child(dst)) {
		sa = epoch_sa_lookup(en, dst->xfrm);
		if (sa && !sa->inbound)
			return sa->epoch;
	}
	return NULL;
}

/* Written once a jiffy, so that packets of all CPUs share the line. */
static void note_sent(struct epoch *e)
{
	unsigned long now = jiffies, sent = READ_ONCE(e->sent), received;

	if (likely(sent == now))
		return;
	/* Before this packet, which may be the first that waits */
	epoch_look(e, now - 1);
	if (!READ_ONCE(e->has_sent) ||
	    (epoch_received(e, &received) && !time_after(sent, received))) {
		u32 ticks = READ_ONCE(e->stale_ticks);
		unsigned long expires;

		WRITE_ONCE(e->waiting, now);
		/* Pairs with epoch_sent(), as does the next. */
		smp_store_release(&e->has_sent, true);
		/* Who sees it sees since when something is waited for. */
		smp_store_release(&e->sent, now);
		/* It may be armed just now; epoch_kick() looks again. */
		expires = data_race(READ_ONCE(e->timer.expires));
		if (ticks && (!timer_pending(&e->timer) ||
			      time_after(expires, now + ticks + 1)))
			epoch_kick(e);
		return;
	}
	WRITE_ONCE(e->sent, now);
}

/* Most packets are none, and pay for this question only. */
static bool may_be_control(const struct sk_buff *skb, u8 family)
{
	if (family == NFPROTO_IPV4)
		return unlikely(ip_hdr(skb)->protocol == IPPROTO_ICMP);
	return unlikely(ipv6_hdr(skb)->nexthdr == IPPROTO_ICMPV6);
}

/* Nobody's word, as no SA brought it: counted, not believed. */
static noinline unsigned int gate_clear(struct epoch_net *en,
					const struct sk_buff *skb, u8 family)
{
	if (!secpath_exists(skb) && epoch_control_looks(skb, family))
		epoch_count(en, REFUSE_CLEAR);
	return NF_ACCEPT;
}

/* What most packets need is in functions of their own, that call nothing and so
 * save no registers.
 */
static noinline unsigned int gate_out_xfrm(struct epoch_net *en,
					   struct sk_buff *skb,
					   const struct nf_hook_state *state)
{
	struct epoch *e = epoch_of_dst(en, skb_dst(skb));

	if (!e)
		return NF_ACCEPT;
	note_sent(e);
	/* Own pings do not come here: what looks like one is a forgery. */
	if (may_be_control(skb, state->pf) &&
	    epoch_control_looks(skb, state->pf))
		epoch_count(en, FORGED_OUT);
	if (likely(READ_ONCE(e->passes)))
		return NF_ACCEPT;
	return epoch_hold(e, skb, state);
}

static __always_inline unsigned int gate_out(void *priv, struct sk_buff *skb,
					     const struct nf_hook_state *state,
					     u8 family)
{
	const struct dst_entry *dst = skb_dst(skb);

	if (dst && dst->xfrm)
		return gate_out_xfrm(priv, skb, state);
	/* What this host sends itself came from nowhere. */
	if (may_be_control(skb, family) && skb->skb_iif)
		return gate_clear(priv, skb, family);
	return NF_ACCEPT;
}

static unsigned int gate_out4(void *priv, struct sk_buff *skb,
			      const struct nf_hook_state *state)
{
	return gate_out(priv, skb, state, NFPROTO_IPV4);
}

static unsigned int gate_out6(void *priv, struct sk_buff *skb,
			      const struct nf_hook_state *state)
{
	return gate_out(priv, skb, state, NFPROTO_IPV6);
}

static unsigned int gate_local4(void *priv, struct sk_buff *skb,
				const struct nf_hook_state *state)
{
	if (!may_be_control(skb, NFPROTO_IPV4))
		return NF_ACCEPT;
	return gate_clear(priv, skb, NFPROTO_IPV4);
}

static unsigned int gate_local6(void *priv, struct sk_buff *skb,
				const struct nf_hook_state *state)
{
	if (!may_be_control(skb, NFPROTO_IPV6))
		return NF_ACCEPT;
	return gate_clear(priv, skb, NFPROTO_IPV6);
}

#define HOOK(fn, family, num, prio) \
	{ .hook = fn, .pf = family, .hooknum = num, .priority = prio }

static const struct nf_hook_ops hooks[] = {
	/* Before anything that counts, tracks or filters */
	HOOK(gate_local4, NFPROTO_IPV4, NF_INET_LOCAL_IN, NF_IP_PRI_FIRST),
	HOOK(gate_local6, NFPROTO_IPV6, NF_INET_LOCAL_IN, NF_IP6_PRI_FIRST),
	/* After everything but the confirmation */
	HOOK(gate_out4, NFPROTO_IPV4, NF_INET_POST_ROUTING,
	     NF_IP_PRI_CONNTRACK_CONFIRM - 1),
	HOOK(gate_out6, NFPROTO_IPV6, NF_INET_POST_ROUTING,
	     NF_IP6_PRI_LAST - 1),
};

/* As private data the hooks get what they would have to look up. */
int spinat_epoch_hooks_register(struct epoch_net *en)
{
	struct nf_hook_ops *ops;
	int i, err;

	ops = kmemdup(hooks, sizeof(hooks), GFP_KERNEL);
	if (!ops)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(hooks); i++)
		ops[i].priv = en;
	err = nf_register_net_hooks(en->net, ops, ARRAY_SIZE(hooks));
	if (err)
		kfree(ops);
	else
		en->hooks = ops;
	return err;
}

/* en->hooks is freed after a grace period, by the caller */
void spinat_epoch_hooks_unregister(struct epoch_net *en)
{
	if (en->hooks)
		nf_unregister_net_hooks(en->net, en->hooks, ARRAY_SIZE(hooks));
}
