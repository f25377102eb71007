// SPDX-License-Identifier: GPL-2.0
/*
 * The hooks, in the order in which a packet meets them:
 *
 *	PRE_ROUTING, LOCAL_OUT	raw + 1		classify: attach the zone
 *	LOCAL_IN		last but one	guard the zones
 *	POST_ROUTING		last but one	learn and hold, renew the entry
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
#include "zone.h"

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
	struct masq_out *out = masq_in_out(in);

	return masq_out_flow(out)->client;
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
	else if (!READ_ONCE(mn->zones_full))
		/* Room is made in POST_ROUTING, for a packet that is NATed. */
		WRITE_ONCE(mn->zones_full, true);
}

/* Addresses of a server's packets: whose is the in-SPI? */
static unsigned int classify_in(struct masq_net *mn, struct sk_buff *skb,
				const struct masq_packet *p,
				const struct nf_hook_state *state)
{
	struct masq_verdict verdict = masq_judge(mn, skb, p, state);

	if (verdict.took)
		return NF_STOLEN;
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
		return classify_in(mn, skb, p, state);
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
		flow = masq_out_flow(out);
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

static unsigned int classify_slow(struct masq_net *mn, struct sk_buff *skb,
				  const struct nf_hook_state *state)
{
	struct masq_packet p;

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

/*
 * The packet that this CPU found settled in PRE_ROUTING: there is nothing to
 * learn of it in POST_ROUTING. Every ESP packet that is classified overwrites
 * it. A packet that was queued in between, or a pointer used anew, may be taken
 * for another one; then one packet goes unlearned, which the next makes good.
 */
static DEFINE_PER_CPU(unsigned long, settled_skb);

/* In settled_skb: the conntrack entry has to be renewed, once a jiffy */
#define SETTLED_RENEW	1UL

/* Return: true if it is the SPI's first packet in this jiffy. */
static __always_inline bool touch(struct masq_spi *s, u32 seq)
{
	bool first = READ_ONCE(s->last) != masq_now();

	if (first)
		WRITE_ONCE(s->last, masq_now());
	if ((s32)(seq - READ_ONCE(s->seq)) > 0)
		WRITE_ONCE(s->seq, seq);
	WRITE_ONCE(s->packets, READ_ONCE(s->packets) + 1);
	return first;
}

/* May a packet of this in-SPI still change whose it is? */
static bool in_doubt(const struct masq_in *in, u8 evidence, u32 seq)
{
	const struct masq_site *site;

	if (masq_strong(evidence) &&
	    (evidence == SPINAT_MASQ_EVIDENCE_PINNED || seq > MASQ_SEQ_LOW ||
	     READ_ONCE(in->s.packets) > MASQ_SETTLED))
		return false;
	site = masq_in_site(in);
	return !list_empty_careful(&site->open) &&
	       (seq <= MASQ_SEQ_LOW || masq_turn_unanswered(site));
}

/* The client of an SPI about which nothing is left to learn, else NULL */
static const struct masq_client *settled(struct masq_spi *s, u32 seq)
{
	const struct masq_client *client;
	const struct masq_out *out;
	const struct masq_in *in;
	u8 evidence = READ_ONCE(s->evidence);

	if (s->inbound) {
		in = container_of(s, struct masq_in, s);
		if (unlikely(READ_ONCE(s->queued) ||
			     in_doubt(in, evidence, seq)))
			return NULL;
		return client_of(in);
	}
	out = container_of(s, struct masq_out, s);
	client = masq_out_flow(out)->client;
	if (READ_ONCE(out->probe) || !evidence ||
	    READ_ONCE(client->n_spare) != MASQ_SPARE_MAX)
		return NULL;
	return client;
}

/* Find the SPI of ESP without options or extension headers in linear data,
 * which is nearly all there is
 */
static __always_inline struct masq_spi *plain_esp(struct masq_net *mn,
						  const struct sk_buff *skb,
						  u8 family, const __be32 **esp)
{
	const struct ipv6hdr *ip6h;
	const struct iphdr *iph;
	struct masq_addrs addrs;

	if (family == NFPROTO_IPV4) {
		iph = ip_hdr(skb);
		*esp = (const __be32 *)(iph + 1);
		if (iph->ihl != 5 ||
		    (iph->frag_off & htons(IP_OFFSET | IP_MF)) ||
		    skb_headlen(skb) < sizeof(*iph) + 8)
			return NULL;
		return masq_spi_lookup4(mn, iph->saddr, iph->daddr, (*esp)[0]);
	}
	ip6h = ipv6_hdr(skb);
	*esp = (const __be32 *)(ip6h + 1);
	if (skb_headlen(skb) < sizeof(*ip6h) + 8)
		return NULL;
	addrs.family = family;
	addrs.src.in6 = ip6h->saddr;
	addrs.dst.in6 = ip6h->daddr;
	return masq_spi_lookup(mn, &addrs, (*esp)[0]);
}

static __always_inline unsigned int classify(struct masq_net *mn,
					     struct sk_buff *skb, u8 proto,
					     const struct nf_hook_state *state,
					     u8 family)
{
	const struct masq_client *client;
	const __be32 *esp;
	struct masq_spi *s;
	bool renew;

	/* Somebody else's template, an entry (loopback), or notrack */
	if (skb->_nfct)
		return NF_ACCEPT;
	if (proto != IPPROTO_ESP)
		return classify_slow(mn, skb, state);

	s = plain_esp(mn, skb, family, &esp);
	client = s ? settled(s, ntohl(esp[1])) : NULL;
	if (unlikely(!client)) {
		this_cpu_write(settled_skb, 0);
		return classify_slow(mn, skb, state);
	}

	renew = touch(s, ntohl(esp[1]));
	if (s->inbound)
		masq_count(mn, IN_PACKETS);
	else
		masq_count(mn, OUT_PACKETS);
	this_cpu_write(settled_skb,
		       masq_zone_attach(skb, client->zone) ?
				(unsigned long)skb | renew : 0);
	return NF_ACCEPT;
}

static unsigned int classify_ipv4(void *priv, struct sk_buff *skb,
				  const struct nf_hook_state *state)
{
	u8 proto = ip_hdr(skb)->protocol;

	/* Most of all traffic, and nothing to us */
	if (proto == IPPROTO_TCP)
		return NF_ACCEPT;
	return classify(priv, skb, proto, state, NFPROTO_IPV4);
}

static unsigned int classify_ipv6(void *priv, struct sk_buff *skb,
				  const struct nf_hook_state *state)
{
	u8 proto = ipv6_hdr(skb)->nexthdr;

	if (proto == IPPROTO_TCP)
		return NF_ACCEPT;
	return classify(priv, skb, proto, state, NFPROTO_IPV6);
}

/**
 * masq_resume() - let a packet go on that was taken in PRE_ROUTING
 * @mn: per netns
 * @skb: the packet; bottom halves are off
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @zone: its client's
 * @okfn: what comes after PRE_ROUTING
 *
 * It meets the hooks after ours as if it had just come.
 */
void masq_resume(struct masq_net *mn, struct sk_buff *skb, u8 family, u16 zone,
		 int (*okfn)(struct net *net, struct sock *sk,
			     struct sk_buff *skb))
{
	const struct nf_hook_entries *e;
	struct nf_hook_state state;
	nf_hookfn *ours;
	u32 i = 0;

	if (family == NFPROTO_IPV4) {
		e = rcu_dereference(mn->net->nf.hooks_ipv4[NF_INET_PRE_ROUTING]);
		ours = classify_ipv4;
	} else {
		e = rcu_dereference(mn->net->nf.hooks_ipv6[NF_INET_PRE_ROUTING]);
		ours = classify_ipv6;
	}
	while (e && i < e->num_hook_entries && e->hooks[i].hook != ours)
		i++;
	if (!e || i == e->num_hook_entries || !masq_zone_attach(skb, zone)) {
		/* Our hooks were just taken out, or memory is short. */
		kfree_skb(skb);
		return;
	}
	nf_hook_state_init(&state, NF_INET_PRE_ROUTING, family, skb->dev, NULL,
			   NULL, mn->net, okfn);
	if (nf_hook_slow(skb, &state, e, i + 1) == 1)
		okfn(mn->net, NULL, skb);
}

/* Errors about clients' ESP that the router itself sends */
static unsigned int classify_local(void *priv, struct sk_buff *skb,
				   const struct nf_hook_state *state)
{
	struct masq_net *mn = priv;
	struct masq_packet p;

	if (!skb->_nfct && READ_ONCE(mn->n_clients) &&
	    masq_packet_parse(skb, state->pf, &p) == MASQ_QUOTE) {
		local_bh_disable();
		classify_quote(mn, skb, &p);
		local_bh_enable();
	}
	return NF_ACCEPT;
}

static bool is_inbound(struct masq_net *mn, const struct nf_conn *ct)
{
	const struct nf_conntrack_tuple *orig =
		nf_ct_tuple(ct, IP_CT_DIR_ORIGINAL);
	struct masq_addrs addrs;
	struct masq_node *node;

	masq_addrs_set(&addrs, orig->src.l3num, &orig->src.u3, &orig->dst.u3);
	node = masq_node_lookup(mn, &addrs);
	return node && node->kind == MASQ_SITE;
}

/*
 * A server's packet that is new to its client's zone: the client's own entry
 * is gone (conntrack -F, a full table), so nothing sends it on to the client
 * and it has come to the router itself. Confirmed, it would be a local flow
 * that makes the client's packets clash until it expires, and every further
 * packet of the server would refresh it. Drop it; the client's next packet
 * repairs everything.
 */
static unsigned int guard_local_in(void *priv, struct sk_buff *skb,
				   const struct nf_hook_state *state)
{
	struct masq_net *mn = priv;
	enum ip_conntrack_info ctinfo;
	struct nf_conn *ct = nf_ct_get(skb, &ctinfo);

	if (!ct || ctinfo != IP_CT_NEW || nf_ct_is_confirmed(ct) ||
	    !masq_zone_is_ours(ct) || !is_inbound(mn, ct))
		return NF_ACCEPT;
	masq_count(mn, DROP_GUARD);
	return NF_DROP;
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

/* Would this packet have got a zone if one had been free? */
static bool wants_zone(const struct sk_buff *skb, const struct nf_conn *ct,
		       enum ip_conntrack_info ctinfo)
{
	return nf_ct_protonum(ct) == IPPROTO_ESP && ctinfo == IP_CT_NEW &&
	       !nf_ct_is_confirmed(ct) && !nf_ct_zone(ct)->id &&
	       (ct->status & IPS_SRC_NAT) && skb->skb_iif;
}

static unsigned int learn_slow(struct masq_net *mn, struct sk_buff *skb,
			       struct nf_conn *ct,
			       enum ip_conntrack_info ctinfo,
			       const struct nf_hook_state *state)
{
	struct masq_packet p;

	if (!masq_zone_is_ours(ct))
		return unlikely(READ_ONCE(mn->zones_full)) &&
		       wants_zone(skb, ct, ctinfo) &&
		       masq_zone_make_room(mn) ? NF_DROP : NF_ACCEPT;
	if (nf_ct_is_template(ct)) {
		/* Conntrack is off here. */
		nf_reset_ct(skb);
		return NF_ACCEPT;
	}
	if (ctinfo == IP_CT_ESTABLISHED_REPLY) {
		masq_zone_believe(mn, ct);
		return NF_ACCEPT;
	}
	if (ctinfo != IP_CT_NEW && ctinfo != IP_CT_ESTABLISHED)
		return NF_ACCEPT;
	if (!nf_ct_is_confirmed(ct) && is_inbound(mn, ct)) {
		/* As in guard_local_in(), but a DNAT rule took it, or the
		 * router has just lost its address and sends it back.
		 */
		masq_count(mn, DROP_GUARD);
		return NF_DROP;
	}
	if (!(READ_ONCE(ct->status) & IPS_SRC_NAT))
		return nf_ct_is_confirmed(ct) ? NF_ACCEPT :
		       leave_to_stock(mn, skb, ct, state);
	if (masq_packet_parse(skb, state->pf, &p) != MASQ_ESP)
		return NF_ACCEPT;
	return masq_learn(mn, skb, ct, &p, state);
}

static unsigned int learn(void *priv, struct sk_buff *skb,
			  const struct nf_hook_state *state)
{
	const unsigned long known = IPS_CONFIRMED | IPS_TEMPLATE;
	enum ip_conntrack_info ctinfo;
	struct nf_conn *ct;
	unsigned long note;

	ct = nf_ct_get(skb, &ctinfo);
	if (!ct)
		return NF_ACCEPT;
	note = this_cpu_read(settled_skb);
	if ((note & ~SETTLED_RENEW) == (unsigned long)skb) {
		/* Once only: it may come by again, inside another tunnel. */
		this_cpu_write(settled_skb, 0);
		/* What is not confirmed yet may have a new NAT address. */
		if (likely(masq_zone_is_ours(ct) &&
			   (READ_ONCE(ct->status) & known) == IPS_CONFIRMED)) {
			if (note & SETTLED_RENEW)
				masq_zone_believe(priv, ct);
			return NF_ACCEPT;
		}
	}
	return learn_slow(priv, skb, ct, ctinfo, state);
}

#define HOOK(fn, family, num, prio) \
	{ .hook = fn, .pf = family, .hooknum = num, .priority = prio }

static const struct nf_hook_ops hooks[] = {
	HOOK(classify_ipv4, NFPROTO_IPV4, NF_INET_PRE_ROUTING,
	     NF_IP_PRI_RAW + 1),
	HOOK(classify_ipv6, NFPROTO_IPV6, NF_INET_PRE_ROUTING,
	     NF_IP6_PRI_RAW + 1),
	HOOK(classify_local, NFPROTO_IPV4, NF_INET_LOCAL_OUT,
	     NF_IP_PRI_RAW + 1),
	HOOK(classify_local, NFPROTO_IPV6, NF_INET_LOCAL_OUT,
	     NF_IP6_PRI_RAW + 1),
	HOOK(guard_local_in, NFPROTO_IPV4, NF_INET_LOCAL_IN,
	     NF_IP_PRI_CONNTRACK_CONFIRM - 1),
	HOOK(guard_local_in, NFPROTO_IPV6, NF_INET_LOCAL_IN,
	     NF_IP6_PRI_LAST - 1),
	HOOK(learn, NFPROTO_IPV4, NF_INET_POST_ROUTING,
	     NF_IP_PRI_CONNTRACK_CONFIRM - 1),
	HOOK(learn, NFPROTO_IPV6, NF_INET_POST_ROUTING,
	     NF_IP6_PRI_LAST - 1),
};

/* The hooks get their namespace's state as private data: looking it up would
 * cost more than the rest of what they do for most packets.
 */
int spinat_masq_hooks_register(struct masq_net *mn)
{
	int i, err;

	mn->hooks = kmemdup(hooks, sizeof(hooks), GFP_KERNEL);
	if (!mn->hooks)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(hooks); i++)
		mn->hooks[i].priv = mn;
	err = nf_register_net_hooks(mn->net, mn->hooks, ARRAY_SIZE(hooks));
	if (err)
		kfree(mn->hooks);
	return err;
}

/* mn->hooks is freed after a grace period, by the caller */
void spinat_masq_hooks_unregister(struct masq_net *mn)
{
	nf_unregister_net_hooks(mn->net, mn->hooks, ARRAY_SIZE(hooks));
}
