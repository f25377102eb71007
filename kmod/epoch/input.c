// SPDX-License-Identifier: GPL-2.0
/*
 * What comes out of the SAs of epochs: control pings.
 *
 * The handlers of ESP are asked about every packet that has just been decrypted,
 * until one of them says that it is its own. We are the first, and take what is
 * a control ping. No other packet is touched, nor does one pay for a netfilter
 * hook. The SAs are known still; VTI, and xfrm interfaces of other namespaces,
 * make the packet forget them.
 *
 * What this leaves out: SAs of IPComp and AH do not ask here. Gates do not work
 * with the former (see can_ping()), and with the latter only outside of ESP.
 */
#include <linux/if_ether.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "epoch.h"

static int pass(struct sk_buff *skb)
{
	return -EINVAL;
}

static int pass_input(struct sk_buff *skb, int nexthdr, __be32 spi,
		      int encap_type)
{
	return -EINVAL;
}

static int pass_err4(struct sk_buff *skb, u32 info)
{
	return -ENOENT;
}

static int pass_err6(struct sk_buff *skb, struct inet6_skb_parm *opt, u8 type,
		     u8 code, int offset, __be32 info)
{
	return -ENOENT;
}

/* Was it taken? The caller has bottom halves off, and is under RCU. */
static noinline bool take(const struct sk_buff *skb)
{
	const struct sec_path *sp = skb_sec_path(skb);
	struct xfrm_state *last;
	const struct epoch_sa *sa;
	struct epoch_net *en;
	bool transport;
	u8 family;
	int i;

	if (!sp || !sp->len)
		return false;
	last = sp->xvec[sp->len - 1];
	en = epoch_pernet(xs_net(last));
	/* It has no tunnels, or is about to end. */
	if (!READ_ONCE(en->peers))
		return false;
	family = skb->protocol == htons(ETH_P_IP) ? NFPROTO_IPV4 :
						    NFPROTO_IPV6;
	transport = last->props.mode == XFRM_MODE_TRANSPORT;
	if (transport && XFRM_MODE_SKB_CB(skb)->protocol !=
			 (family == NFPROTO_IPV4 ? IPPROTO_ICMP :
						   IPPROTO_ICMPV6))
		return false;
	/* The innermost SA comes last. */
	for (i = sp->len - 1; i >= 0; i--) {
		sa = epoch_sa_lookup(en, sp->xvec[i]);
		if (sa && sa->inbound)
			return epoch_control_in(sa->epoch, skb, family,
						transport);
	}
	return false;
}

/* What was inside of ESP: an IP packet in tunnel mode, whose header follows, and
 * else the message itself. Most packets pay for these questions only.
 */
static bool may_be_control(const struct sk_buff *skb)
{
	switch (XFRM_MODE_SKB_CB(skb)->protocol) {
	case IPPROTO_IPIP:
		return unlikely(ip_hdr(skb)->protocol == IPPROTO_ICMP);
	case IPPROTO_IPV6:
		return unlikely(ipv6_hdr(skb)->nexthdr == IPPROTO_ICMPV6);
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		return true;
	}
	return false;
}

static noinline int take_or_pass(struct sk_buff *skb, int err)
{
	/* It is dropped, for some reason; we are asked because interfaces count
	 * errors. What we took is none.
	 */
	if (err)
		return skb->protocol ? 1 : 0;
	if (!take(skb))
		return 1;
	/* xfrm drops it now. Nobody else looks at the protocol of a packet that
	 * goes, and no other has 0: that one was taken.
	 */
	skb->protocol = 0;
	return -ECANCELED;
}

static int decrypted(struct sk_buff *skb, int err)
{
	if (likely(!err && !may_be_control(skb)))
		return 1;
	return take_or_pass(skb, err);
}

/* Two handlers must not have one priority; that of VTI is 100. */
#define INPUT_PRIORITY	(INT_MAX - 50)

static struct xfrm4_protocol esp4 = {
	.handler = pass,
	.input_handler = pass_input,
	.cb_handler = decrypted,
	.err_handler = pass_err4,
	.priority = INPUT_PRIORITY,
};

static struct xfrm6_protocol esp6 = {
	.handler = pass,
	.input_handler = pass_input,
	.cb_handler = decrypted,
	.err_handler = pass_err6,
	.priority = INPUT_PRIORITY,
};

/* They are for all namespaces: protected by the mutex, there from the first
 * tunnel on until the module goes.
 */
static DEFINE_MUTEX(input_mutex);
static bool registered;

int spinat_epoch_input_register(void)
{
	int err = 0;

	mutex_lock(&input_mutex);
	if (registered)
		goto unlock;
	err = xfrm4_protocol_register(&esp4, IPPROTO_ESP);
	if (err)
		goto unlock;
	err = xfrm6_protocol_register(&esp6, IPPROTO_ESP);
	if (err)
		xfrm4_protocol_deregister(&esp4, IPPROTO_ESP);
	else
		registered = true;
unlock:
	mutex_unlock(&input_mutex);
	return err;
}

/* The module goes. Grace periods pass, so that no packet is with us after it. */
void spinat_epoch_input_unregister(void)
{
	if (!registered)
		return;
	xfrm6_protocol_deregister(&esp6, IPPROTO_ESP);
	xfrm4_protocol_deregister(&esp4, IPPROTO_ESP);
}
