// SPDX-License-Identifier: GPL-2.0
/* SAs of the router itself: their packets are none of a client's. */
#include <net/xfrm.h>

#include "masq.h"

/* Slow look-ups a second: each walks all SAs of the namespace */
#define OWN_RATE	200
/* Jiffies for which an SA need not be looked up again */
#define OWN_TTL		(10 * HZ)

/* Has the router an SA for this packet? A mark that a later rule will set is
 * not known here, so an SA that wants one is found by its SPI alone.
 */
static bool own_lookup(struct masq_net *mn, const struct sk_buff *skb,
		       const struct masq_packet *p)
{
	xfrm_address_t daddr;
	struct xfrm_state *x;
	bool own;

	memset(&daddr, 0, sizeof(daddr));
	memcpy(&daddr, &p->addrs.dst, sizeof(p->addrs.dst));
	x = xfrm_state_lookup(mn->net, skb->mark, &daddr, p->spi, IPPROTO_ESP,
			      p->addrs.family);
	if (x) {
		xfrm_state_put(x);
		return true;
	}

	if (masq_now() - mn->own_at >= HZ) {
		mn->own_at = masq_now();
		mn->own_tokens = OWN_RATE;
	}
	if (!mn->own_tokens)
		return false;
	mn->own_tokens--;
	x = xfrm_state_lookup_byspi(mn->net, p->spi, p->addrs.family);
	if (!x)
		return false;
	own = x->id.proto == IPPROTO_ESP &&
	      !memcmp(&x->id.daddr, &daddr,
		      p->addrs.family == NFPROTO_IPV4 ? 4 : 16);
	xfrm_state_put(x);
	return own;
}

/**
 * masq_own_sa() - is this packet for an SA of the router itself?
 * @mn: per netns, locked
 * @skb: the packet, for its mark
 * @p: what is in it
 * @site: where it comes from; remembers the answer
 */
bool masq_own_sa(struct masq_net *mn, const struct sk_buff *skb,
		 const struct masq_packet *p, struct masq_site *site)
{
	struct masq_sighting *s = masq_seen_find(site, p->spi);

	if (s && s->own && masq_now() - s->when < OWN_TTL)
		return true;
	if (!own_lookup(mn, skb, p))
		return false;
	s = masq_seen_note(site, p);
	if (s)
		s->own = true;
	return true;
}
