/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SPINAT_COMPAT_NF_CONNTRACK_CORE_H
#define _SPINAT_COMPAT_NF_CONNTRACK_CORE_H

#include_next <net/netfilter/nf_conntrack_core.h>

#ifndef SPINAT_HAS_NF_CT_SET_TIMEOUT
static inline void __nf_ct_set_timeout(struct nf_conn *ct, u64 timeout)
{
	u32 ticks = min_t(u64, timeout, INT_MAX);

	if (nf_ct_is_confirmed(ct))
		WRITE_ONCE(ct->timeout, nfct_time_stamp + ticks);
	else
		ct->timeout = ticks;
}
#endif

/* Since 6.2 nf_confirm() is the hook of both families. Before, it was what they
 * had in common.
 */
#ifndef SPINAT_HAS_NF_CONFIRM_HOOK
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/l3mdev.h>

static inline unsigned int
spinat_compat_nf_confirm(void *priv, struct sk_buff *skb,
			 const struct nf_hook_state *state)
{
	enum ip_conntrack_info ctinfo;
	struct nf_conn *ct = nf_ct_get(skb, &ctinfo);
	int protoff = skb_network_offset(skb);
	__be16 frag_off;
	u8 nexthdr;

	if (!ct || ctinfo == IP_CT_RELATED_REPLY)
		return nf_conntrack_confirm(skb);
	if (state->hook == NF_INET_POST_ROUTING &&
	    netif_is_l3_master(state->out))
		return NF_ACCEPT;
	if (state->pf == NFPROTO_IPV4)
		return nf_confirm(skb, protoff + ip_hdrlen(skb), ct, ctinfo);
	nexthdr = ipv6_hdr(skb)->nexthdr;
	protoff = ipv6_skip_exthdr(skb, sizeof(struct ipv6hdr), &nexthdr,
				   &frag_off);
	if (protoff < 0 || (frag_off & htons(~0x7)))
		return nf_conntrack_confirm(skb);
	return nf_confirm(skb, protoff, ct, ctinfo);
}

#define nf_confirm spinat_compat_nf_confirm
#endif

#endif
