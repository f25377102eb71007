// SPDX-License-Identifier: GPL-2.0
/*
 * Sending a control ping through a certain SA, whatever the policies say.
 *
 * When a pair of SAs is new, the policy names the old one still; at a responder
 * it does so until the initiator deletes that. A ping that waited for the
 * switch would come when the data does. So the route is made with a policy of
 * our own, that of a socket nobody else knows, whose template names the SA by
 * its SPI. It is the same xfrm_lookup() that data uses, and all that it takes
 * into account (marks, interfaces, path MTU) is the same.
 *
 * In POST_ROUTING and LOCAL_OUT no hook sees the inner packet: rules that NAT
 * or drop an echo are no business of the tunnel's, and the gate lets it pass.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <net/inet_common.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ip6_route.h>
#include <net/route.h>
#include <net/sock.h>

#include "epoch.h"

int spinat_epoch_xmit_init(struct epoch_net *en)
{
	int err;

	err = inet_ctl_sock_create(&en->ctl_sk, PF_INET, SOCK_RAW,
				   IPPROTO_ICMP, en->net);
	if (err)
		en->ctl_sk = NULL;
	return err;
}

void spinat_epoch_xmit_exit(struct epoch_net *en)
{
	if (en->ctl_sk)
		inet_ctl_sock_destroy(en->ctl_sk);
	en->ctl_sk = NULL;
}

/* A policy for everything of a family that wants this one SA */
static struct xfrm_policy *policy_of(struct epoch *e, u16 family)
{
	const struct xfrm_state *x = e->out.x;
	struct xfrm_policy *policy;
	struct xfrm_tmpl *tmpl;

	policy = xfrm_policy_alloc(e->en->net, GFP_ATOMIC | __GFP_NOWARN);
	if (!policy)
		return NULL;
	/* It is in no list, so that whoever lets go of it last may free it. */
	policy->walk.dead = 1;
	policy->type = XFRM_POLICY_TYPE_MAIN;
	policy->action = XFRM_POLICY_ALLOW;
	policy->family = family;
	policy->selector.family = family;
	policy->mark = x->mark;
	policy->if_id = x->if_id;
	policy->xfrm_nr = 1;
	tmpl = &policy->xfrm_vec[0];
	tmpl->id = x->id;
	tmpl->saddr = x->props.saddr;
	tmpl->encap_family = x->props.family;
	tmpl->reqid = x->props.reqid;
	tmpl->mode = x->props.mode;
	tmpl->allalgs = 1;
	return policy;
}

/* Consumes dst. */
static struct dst_entry *through_sa(struct epoch *e, struct dst_entry *dst,
				    const struct flowi *fl)
{
	const struct xfrm_state *x = e->out.x;
	struct epoch_net *en = e->en;
	struct xfrm_policy *policy;

	policy = policy_of(e, dst->ops->family);
	/* A template that no valid SA fits would make the kernel ask for one. */
	if (!policy || READ_ONCE(x->km.state) != XFRM_STATE_VALID) {
		dst_release(dst);
		dst = ERR_PTR(policy ? -ENOENT : -ENOMEM);
		goto put;
	}
	spin_lock_bh(&en->ctl_lock);
	WRITE_ONCE(en->ctl_sk->sk_mark, x->mark.v & x->mark.m);
	rcu_assign_pointer(en->ctl_sk->sk_policy[XFRM_POLICY_OUT], policy);
	dst = xfrm_lookup_with_ifid(en->net, dst, fl, en->ctl_sk, 0, x->if_id);
	RCU_INIT_POINTER(en->ctl_sk->sk_policy[XFRM_POLICY_OUT], NULL);
	spinat_xfrm_policy_forget(policy);
	spin_unlock_bh(&en->ctl_lock);
	if (!IS_ERR(dst) && dst->xfrm != x) {
		dst_release(dst);
		dst = ERR_PTR(-ENOENT);
	}
put:
	if (policy)
		xfrm_pol_put(policy);
	return dst;
}

/* Where the inner packet would go without IPsec matters in transport mode only:
 * in a tunnel any route of its family is good enough.
 */
static struct dst_entry *route4(struct epoch *e, const struct epoch_shot *shot)
{
	const struct xfrm_state *x = e->out.x;
	struct net *net = e->en->net;
	struct flowi4 fl4 = {
		.daddr = shot->inner.target.ip,
		.saddr = shot->inner.source.ip,
		.flowi4_flags = FLOWI_FLAG_ANYSRC,
		.flowi4_mark = x->mark.v & x->mark.m,
	};
	struct rtable *rt = ip_route_output_key(net, &fl4);

	if (IS_ERR(rt) && x->props.family == AF_INET) {
		struct flowi4 outer = { .daddr = x->id.daddr.a4 };

		rt = ip_route_output_key(net, &outer);
	}
	if (IS_ERR(rt))
		return ERR_CAST(rt);
	fl4.daddr = shot->inner.target.ip;
	fl4.saddr = shot->inner.source.ip;
	fl4.flowi4_oif = 0;
	fl4.flowi4_proto = IPPROTO_ICMP;
	fl4.fl4_icmp_type = shot->reply ? ICMP_ECHOREPLY : ICMP_ECHO;
	return through_sa(e, &rt->dst, flowi4_to_flowi(&fl4));
}

static struct dst_entry *route6(struct epoch *e, const struct epoch_shot *shot)
{
	const struct xfrm_state *x = e->out.x;
	struct net *net = e->en->net;
	struct flowi6 fl6 = {
		.daddr = shot->inner.target.in6,
		.saddr = shot->inner.source.in6,
		.flowi6_mark = x->mark.v & x->mark.m,
	};
	struct dst_entry *dst = ip6_route_output(net, NULL, &fl6);

	if (dst->error && x->props.family == AF_INET6) {
		struct flowi6 outer = { .daddr = x->id.daddr.in6 };

		dst_release(dst);
		dst = ip6_route_output(net, NULL, &outer);
	}
	if (dst->error) {
		int err = dst->error;

		dst_release(dst);
		return ERR_PTR(err);
	}
	fl6.saddr = shot->inner.source.in6;
	fl6.flowi6_oif = 0;
	fl6.flowi6_proto = IPPROTO_ICMPV6;
	fl6.fl6_icmp_type = shot->reply ? ICMPV6_ECHO_REPLY :
					  ICMPV6_ECHO_REQUEST;
	return through_sa(e, dst, flowi6_to_flowi(&fl6));
}

static unsigned int header_len(const struct epoch_shot *shot)
{
	return shot->inner.family == NFPROTO_IPV4 ?
	       sizeof(struct iphdr) + sizeof(struct icmphdr) :
	       sizeof(struct ipv6hdr) + sizeof(struct icmp6hdr);
}

static unsigned int choose_length(struct epoch *e,
				  const struct epoch_shot *shot,
				  const struct dst_entry *dst,
				  unsigned int not_this)
{
	unsigned int shortest = spinat_ping_shortest(header_len(shot), e->step);

	if (!shot->len)
		return shortest;
	if (shot->len != EPOCH_ANY_LENGTH)
		return shot->len;
	return spinat_ping_length(shortest, dst_mtu(dst), e->step,
				  get_random_u32(), not_this);
}

static void put_ipv4(struct sk_buff *skb, const struct epoch_shot *shot)
{
	struct iphdr *iph = skb_push(skb, sizeof(*iph));

	skb_reset_network_header(skb);
	*iph = (struct iphdr) {
		.version = 4,
		.ihl = 5,
		.tot_len = htons(skb->len),
		.frag_off = htons(IP_DF),
		.ttl = IPDEFTTL,
		.protocol = IPPROTO_ICMP,
		.saddr = shot->inner.source.ip,
		.daddr = shot->inner.target.ip,
	};
	ip_send_check(iph);
	skb->protocol = htons(ETH_P_IP);
	IPCB(skb)->flags = IPSKB_REROUTED;
}

static void put_ipv6(struct sk_buff *skb, const struct epoch_shot *shot)
{
	struct ipv6hdr *ip6h;
	unsigned int len = skb->len;

	ip6h = skb_push(skb, sizeof(*ip6h));
	skb_reset_network_header(skb);
	*ip6h = (struct ipv6hdr) {
		.version = 6,
		.payload_len = htons(len),
		.nexthdr = IPPROTO_ICMPV6,
		.hop_limit = IPDEFTTL,
		.saddr = shot->inner.source.in6,
		.daddr = shot->inner.target.in6,
	};
	skb->protocol = htons(ETH_P_IPV6);
	IP6CB(skb)->flags = IP6SKB_REROUTED;
}

/* The ICMP message; header and checksum are alike in both families. */
static void put_icmp(struct sk_buff *skb, const struct epoch_shot *shot,
		     unsigned int len)
{
	bool v4 = shot->inner.family == NFPROTO_IPV4;
	struct icmphdr *icmph;
	u8 *payload;
	__wsum sum;

	icmph = skb_put_zero(skb, sizeof(*icmph));
	skb_reset_transport_header(skb);
	if (v4)
		icmph->type = shot->reply ? ICMP_ECHOREPLY : ICMP_ECHO;
	else
		icmph->type = shot->reply ? ICMPV6_ECHO_REPLY :
					    ICMPV6_ECHO_REQUEST;
	icmph->un.echo.id = shot->id;
	icmph->un.echo.sequence = shot->seq;
	payload = skb_put(skb, shot->ping.len);
	spinat_ping_write(payload, &shot->ping);
	get_random_bytes(payload + SPINAT_PING_HEADER,
			 shot->ping.len - SPINAT_PING_HEADER);
	sum = csum_partial(icmph, skb->len, 0);
	icmph->checksum = v4 ? csum_fold(sum) :
			  csum_ipv6_magic(&shot->inner.source.in6,
					  &shot->inner.target.in6, skb->len,
					  IPPROTO_ICMPV6, sum);
}

static struct sk_buff *build(struct epoch *e, struct epoch_shot *shot,
			     struct dst_entry *dst, unsigned int len)
{
	struct epoch_sa *request = shot->reply ? &e->in : &e->out;
	struct epoch_sa *answer = shot->reply ? &e->out : &e->in;
	unsigned int headroom;
	struct sk_buff *skb;

	shot->ping.len = len - header_len(shot);
	shot->ping.cookie =
		spinat_ping_cookie(&shot->ping, ntohl(request->x->id.spi),
				   ntohl(answer->x->id.spi), &request->key);
	headroom = LL_RESERVED_SPACE(dst->dev) + dst->header_len;
	skb = alloc_skb(headroom + len + dst->dev->needed_tailroom +
			dst->trailer_len, GFP_ATOMIC | __GFP_NOWARN);
	if (!skb)
		return NULL;
	skb_reserve(skb, headroom + (len - shot->ping.len -
				     sizeof(struct icmphdr)));
	put_icmp(skb, shot, len);
	if (shot->inner.family == NFPROTO_IPV4)
		put_ipv4(skb, shot);
	else
		put_ipv6(skb, shot);
	skb->ip_summed = CHECKSUM_NONE;
	skb->priority = TC_PRIO_CONTROL;
	skb->mark = e->out.x->mark.v & e->out.x->mark.m;
	return skb;
}

/**
 * epoch_xmit() - send a control ping, or the answer to one
 * @e: the epoch, announced; the packet goes through its out-SA
 * @shot: the ping; length and cookie are filled in
 * @not_this: length that a random one must not have
 *
 * Under RCU, bottom halves off, without the lock.
 *
 * Return: length of the inner packet, or a negative errno.
 */
int epoch_xmit(struct epoch *e, struct epoch_shot *shot, unsigned int not_this)
{
	struct dst_entry *dst;
	struct sk_buff *skb;
	int len;

	dst = shot->inner.family == NFPROTO_IPV4 ? route4(e, shot) :
						   route6(e, shot);
	if (IS_ERR(dst))
		return PTR_ERR(dst);
	len = choose_length(e, shot, dst, not_this);
	skb = len <= dst_mtu(dst) ? build(e, shot, dst, len) : NULL;
	if (!skb) {
		dst_release(dst);
		return -ENOMEM;
	}
	skb_dst_set(skb, dst);
	skb->dev = dst->dev;
	dst_output(e->en->net, NULL, skb);
	return len;
}
