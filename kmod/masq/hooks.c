// SPDX-License-Identifier: GPL-2.0
/*
 * The hooks, in the order in which a packet meets them:
 *
 *	PRE_ROUTING, LOCAL_OUT	raw + 1		classify: attach the zone
 *	PRE_ROUTING		conntrack + 1	guard, and refresh the entry
 *	POST_ROUTING		last but one	learn and hold
 *
 * Not raw itself: a user's notrack and zone rules live there, and hooks of
 * equal priority run last-registered first.
 */
#include <linux/inetdevice.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/addrconf.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_zones.h>
#include <net/route.h>

#include "masq.h"

static struct masq_flow *as_flow(struct masq_node *node)
{
	return container_of(node, struct masq_flow, n);
}

static struct masq_site *as_site(struct masq_node *node)
{
	return container_of(node, struct masq_site, n);
}

static struct masq_client *client_of(const struct masq_in *in)
{
	struct masq_out *out = rcu_dereference(in->out);

	return rcu_dereference(out->flow)->client;
}

static bool for_router(const struct sk_buff *skb, const struct masq_addrs *a,
		       const struct nf_hook_state *state)
{
	if (a->family == NFPROTO_IPV4)
		return inet_addr_type_dev_table(state->net, skb->dev,
						a->dst.ip) != RTN_UNICAST;
	return ipv6_addr_is_multicast(&a->dst.in6) ||
	       ipv6_chk_addr(state->net, &a->dst.in6, NULL, 0);
}

/* Nothing is known of these addresses. It may be a client's first packet;
 * only POST_ROUTING can tell, so give it the zone that it would get.
 */
static void classify_new(struct masq_net *mn, struct sk_buff *skb,
			 const struct masq_packet *p,
			 const struct nf_hook_state *state)
{
	const struct masq_client *client;
	bool reply;
	int status;
	u32 when;
	u16 zone;

	if (for_router(skb, &p->addrs, state))
		return;
	/* What conntrack has without a zone began without us: it is left alone
	 * unless it is a client's that NAT rewrites.
	 */
	status = masq_ct_status(state->net, 0, &p->addrs, &reply);
	if (status >= 0 && (reply || !(status & IPS_SRC_NAT)))
		return;
	if (masq_hint_get(mn->skip, &p->addrs, &when) &&
	    masq_now() - when < 600 * HZ)
		return;
	client = masq_client_lookup(mn, p->addrs.family, &p->addrs.src);
	zone = client ? client->zone :
			masq_zone_pick(mn, p->addrs.family, &p->addrs.src);
	if (zone)
		masq_zone_attach(skb, zone);
}

static unsigned int classify_in(struct masq_net *mn, struct sk_buff *skb,
				const struct masq_packet *p,
				struct masq_site *site)
{
	struct masq_in *in = masq_in_lookup(mn, site, p->spi);
	struct masq_verdict verdict;

	if (in && (p->seq > MASQ_SEQ_LOW ||
		   READ_ONCE(in->evidence) == SPINAT_MASQ_EVIDENCE_PINNED ||
		   (masq_strong(READ_ONCE(in->evidence)) &&
		    READ_ONCE(in->packets) > MASQ_SETTLED) ||
		   list_empty_careful(&site->open))) {
		if (READ_ONCE(in->last) != masq_now())
			WRITE_ONCE(in->last, masq_now());
		WRITE_ONCE(in->packets, READ_ONCE(in->packets) + 1);
		masq_count(mn, IN_PACKETS);
		masq_zone_attach(skb, client_of(in)->zone);
		return NF_ACCEPT;
	}

	verdict = masq_judge(mn, skb, p);
	if (verdict.drop)
		return NF_DROP;
	if (verdict.zone)
		masq_zone_attach(skb, verdict.zone);
	return NF_ACCEPT;
}

static unsigned int classify_esp(struct masq_net *mn, struct sk_buff *skb,
				 const struct masq_packet *p,
				 const struct nf_hook_state *state)
{
	struct masq_node *node = masq_node_lookup(mn, &p->addrs);

	if (!node) {
		classify_new(mn, skb, p, state);
		return NF_ACCEPT;
	}
	if (node->kind == MASQ_SITE)
		return classify_in(mn, skb, p, as_site(node));
	masq_count(mn, OUT_PACKETS);
	masq_zone_attach(skb, as_flow(node)->client->zone);
	return NF_ACCEPT;
}

/* The client that an ICMP error is about. It may quote a packet on either side
 * of the NAT: from or to the client, or from or to the NAT's own address.
 */
static const struct masq_client *client_of_quote(struct masq_net *mn,
						 const struct masq_packet *p)
{
	const struct masq_site *site;
	const struct masq_flow *flow;
	struct masq_addrs back;
	struct masq_node *node;
	struct masq_out *out;
	struct masq_in *in;

	node = masq_node_lookup(mn, &p->addrs);
	if (node && node->kind == MASQ_FLOW)
		return as_flow(node)->client;
	if (node) {
		in = masq_in_lookup(mn, as_site(node), p->spi);
		return in ? client_of(in) : NULL;
	}
	out = masq_out_lookup(mn, p->addrs.family, &p->addrs.dst, p->spi);
	if (out) {
		flow = rcu_dereference(out->flow);
		site = READ_ONCE(flow->site);
		if (site && nf_inet_addr_cmp(&site->n.addrs.dst, &p->addrs.src))
			return flow->client;
	}
	masq_addrs_set(&back, p->addrs.family, &p->addrs.dst, &p->addrs.src);
	node = masq_node_lookup(mn, &back);
	return node && node->kind == MASQ_FLOW ? as_flow(node)->client : NULL;
}

static void classify_quote(struct masq_net *mn, struct sk_buff *skb,
			   const struct masq_packet *p)
{
	const struct masq_client *client = client_of_quote(mn, p);

	if (client && masq_zone_attach(skb, client->zone))
		masq_count(mn, ICMP_ERRORS);
}

static unsigned int classify(void *priv, struct sk_buff *skb,
			     const struct nf_hook_state *state)
{
	struct masq_net *mn = masq_pernet(state->net);
	struct masq_packet p;

	/* Somebody else's template, an entry (loopback), or notrack */
	if (skb->_nfct)
		return NF_ACCEPT;
	switch (masq_packet_parse(skb, state->pf, &p)) {
	case MASQ_ESP:
		return classify_esp(mn, skb, &p, state);
	case MASQ_QUOTE:
		classify_quote(mn, skb, &p);
		break;
	case MASQ_IKE:
		masq_hint_set(mn->ike, &p.addrs);
		break;
	case MASQ_OTHER:
		break;
	}
	return NF_ACCEPT;
}

/* Errors about clients' ESP that the router itself sends */
static unsigned int classify_local(void *priv, struct sk_buff *skb,
				   const struct nf_hook_state *state)
{
	struct masq_net *mn = masq_pernet(state->net);
	struct masq_packet p;

	if (!skb->_nfct && READ_ONCE(mn->n_clients) &&
	    masq_packet_parse(skb, state->pf, &p) == MASQ_QUOTE) {
		local_bh_disable();
		classify_quote(mn, skb, &p);
		local_bh_enable();
	}
	return NF_ACCEPT;
}

/*
 * A server's packet that is new to its client's zone: the client's own entry
 * is gone (conntrack -F, a full table). Confirmed, this one would be a local
 * flow that makes the client's packets clash until it expires, and every
 * further packet of the server would refresh it. Drop it; the client's next
 * packet repairs everything.
 */
static bool would_block(struct masq_net *mn, const struct sk_buff *skb,
			const struct nf_hook_state *state)
{
	struct masq_packet p;
	struct masq_node *node;

	if (masq_packet_parse(skb, state->pf, &p) != MASQ_ESP)
		return false;
	node = masq_node_lookup(mn, &p.addrs);
	return node && node->kind == MASQ_SITE;
}

static unsigned int guard_inbound(void *priv, struct sk_buff *skb,
				  const struct nf_hook_state *state)
{
	struct masq_net *mn = masq_pernet(state->net);
	enum ip_conntrack_info ctinfo;
	struct nf_conn *ct = nf_ct_get(skb, &ctinfo);

	if (!ct || nf_ct_protonum(ct) != IPPROTO_ESP ||
	    !masq_zone_is_ours(mn, ct))
		return NF_ACCEPT;
	if (ctinfo == IP_CT_NEW && !nf_ct_is_confirmed(ct)) {
		if (!would_block(mn, skb, state))
			return NF_ACCEPT;
		masq_count(mn, DROP_GUARD);
		return NF_DROP;
	}
	if (test_bit(IPS_SEEN_REPLY_BIT, &ct->status))
		masq_zone_believe(ct, masq_config(mn, PAIR_TIMEOUT));
	return NF_ACCEPT;
}

/*
 * No rule rewrote the first packet of a flow: it is none of ours. Track it as
 * if it had never had a zone. Its next packets find that entry, and
 * classify_new() leaves them alone.
 */
static unsigned int leave_to_stock(struct masq_net *mn, struct sk_buff *skb,
				   struct nf_conn *ct,
				   const struct nf_hook_state *state)
{
	const struct nf_conntrack_tuple *orig = nf_ct_tuple(ct, IP_CT_DIR_ORIGINAL);
	struct nf_hook_state pre = *state;
	enum ip_conntrack_info ctinfo;
	struct masq_addrs addrs;
	unsigned int verdict;
	u32 mark = 0;

	masq_count(mn, UNTOUCHED);
	if (ct->status & IPS_DST_NAT) {
		/* Rewritten already, and cannot be tracked anew; from the next
		 * packet on stock does it.
		 */
		masq_addrs_set(&addrs, state->pf, &orig->src.u3, &orig->dst.u3);
		masq_hint_set(mn->skip, &addrs);
		nf_reset_ct(skb);
		return NF_ACCEPT;
	}
#if IS_ENABLED(CONFIG_NF_CONNTRACK_MARK)
	mark = READ_ONCE(ct->mark);
#endif
	nf_reset_ct(skb);
	pre.hook = NF_INET_PRE_ROUTING;
	verdict = nf_conntrack_in(skb, &pre);
	ct = nf_ct_get(skb, &ctinfo);
#if IS_ENABLED(CONFIG_NF_CONNTRACK_MARK)
	if (verdict == NF_ACCEPT && ct && !nf_ct_is_confirmed(ct))
		WRITE_ONCE(ct->mark, mark);
#endif
	return verdict;
}

/* An out-SPI that is known, answered and where it was */
static bool is_settled(const struct masq_out *out, u16 zone,
		       const struct masq_packet *p)
{
	const struct masq_flow *flow;
	const struct masq_site *site;

	if (!out || READ_ONCE(out->probe) || !READ_ONCE(out->evidence))
		return false;
	flow = rcu_dereference(out->flow);
	site = READ_ONCE(flow->site);
	return flow->client->zone == zone && site &&
	       nf_inet_addr_cmp(&site->n.addrs.dst, &p->addrs.src) &&
	       READ_ONCE(flow->client->n_spare) == MASQ_SPARE_MAX;
}

static unsigned int learn(void *priv, struct sk_buff *skb,
			  const struct nf_hook_state *state)
{
	struct masq_net *mn = masq_pernet(state->net);
	enum ip_conntrack_info ctinfo;
	struct masq_packet p;
	struct masq_out *out;
	struct nf_conn *ct;
	u16 zone;

	ct = nf_ct_get(skb, &ctinfo);
	if (!ct)
		return NF_ACCEPT;
	zone = nf_ct_zone(ct)->id;
	if (nf_ct_is_template(ct)) {
		/* Conntrack is off here. */
		if (zone && zone >= masq_config(mn, ZONE_MIN) &&
		    zone <= masq_config(mn, ZONE_MAX))
			nf_reset_ct(skb);
		return NF_ACCEPT;
	}
	if (nf_ct_protonum(ct) != IPPROTO_ESP || !zone ||
	    (ctinfo != IP_CT_NEW && ctinfo != IP_CT_ESTABLISHED))
		return NF_ACCEPT;
	if (!masq_zone_is_ours(mn, ct) &&
	    (zone < masq_config(mn, ZONE_MIN) ||
	     zone > masq_config(mn, ZONE_MAX) || nf_ct_is_confirmed(ct)))
		return NF_ACCEPT;
	if (!(READ_ONCE(ct->status) & IPS_SRC_NAT))
		return nf_ct_is_confirmed(ct) ? NF_ACCEPT :
		       leave_to_stock(mn, skb, ct, state);
	if (masq_packet_parse(skb, state->pf, &p) != MASQ_ESP)
		return NF_ACCEPT;

	out = masq_out_lookup(mn, state->pf, &p.addrs.dst, p.spi);
	if (likely(is_settled(out, zone, &p))) {
		if (READ_ONCE(out->last) != masq_now())
			WRITE_ONCE(out->last, masq_now());
		WRITE_ONCE(out->seq, p.seq);
		WRITE_ONCE(out->packets, READ_ONCE(out->packets) + 1);
		return NF_ACCEPT;
	}
	return masq_learn(mn, skb, ct, &p, state);
}

#define HOOK(fn, family, num, prio) \
	{ .hook = fn, .pf = family, .hooknum = num, .priority = prio }

static const struct nf_hook_ops hooks[] = {
	HOOK(classify, NFPROTO_IPV4, NF_INET_PRE_ROUTING, NF_IP_PRI_RAW + 1),
	HOOK(classify, NFPROTO_IPV6, NF_INET_PRE_ROUTING, NF_IP6_PRI_RAW + 1),
	HOOK(classify_local, NFPROTO_IPV4, NF_INET_LOCAL_OUT,
	     NF_IP_PRI_RAW + 1),
	HOOK(classify_local, NFPROTO_IPV6, NF_INET_LOCAL_OUT,
	     NF_IP6_PRI_RAW + 1),
	HOOK(guard_inbound, NFPROTO_IPV4, NF_INET_PRE_ROUTING,
	     NF_IP_PRI_CONNTRACK + 1),
	HOOK(guard_inbound, NFPROTO_IPV6, NF_INET_PRE_ROUTING,
	     NF_IP6_PRI_CONNTRACK + 1),
	HOOK(learn, NFPROTO_IPV4, NF_INET_POST_ROUTING,
	     NF_IP_PRI_CONNTRACK_CONFIRM - 1),
	HOOK(learn, NFPROTO_IPV6, NF_INET_POST_ROUTING,
	     NF_IP6_PRI_LAST - 1),
};

int spinat_masq_hooks_register(struct net *net)
{
	return nf_register_net_hooks(net, hooks, ARRAY_SIZE(hooks));
}

void spinat_masq_hooks_unregister(struct net *net)
{
	nf_unregister_net_hooks(net, hooks, ARRAY_SIZE(hooks));
}
