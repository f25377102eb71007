// SPDX-License-Identifier: GPL-2.0
/*
 * What a packet is: ESP, an ICMP error that quotes ESP, or IKE.
 *
 * Fragments are "other": where conntrack is on, its defragmentation (priority
 * -400) has put them together before any of our hooks; where it is off there
 * is nothing for us to do.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "masq.h"

#define IKE_PORT	500
#define IKE_NATT_PORT	4500

/* Address fields and place of the payload of an IPv4 header at @off */
static int ipv4_header(const struct sk_buff *skb, int off,
		       struct masq_addrs *a, u8 *proto, int *len)
{
	const struct iphdr *iph;
	struct iphdr _iph;

	iph = skb_header_pointer(skb, off, sizeof(_iph), &_iph);
	if (!iph || iph->version != 4 || iph->ihl < 5 ||
	    (iph->frag_off & htons(IP_OFFSET | IP_MF)))
		return -1;
	memset(a, 0, sizeof(*a));
	a->family = NFPROTO_IPV4;
	a->src.ip = iph->saddr;
	a->dst.ip = iph->daddr;
	*proto = iph->protocol;
	*len = ntohs(iph->tot_len) - iph->ihl * 4;
	return off + iph->ihl * 4;
}

static int ipv6_header(const struct sk_buff *skb, int off,
		       struct masq_addrs *a, u8 *proto, int *len)
{
	const struct ipv6hdr *ip6h;
	struct ipv6hdr _ip6h;
	__be16 frag = 0;
	int at;

	ip6h = skb_header_pointer(skb, off, sizeof(_ip6h), &_ip6h);
	if (!ip6h || ip6h->version != 6)
		return -1;
	a->family = NFPROTO_IPV6;
	a->src.in6 = ip6h->saddr;
	a->dst.in6 = ip6h->daddr;
	*proto = ip6h->nexthdr;
	at = off + sizeof(*ip6h);
	*len = ntohs(ip6h->payload_len);
	if (likely(*proto == IPPROTO_ESP))
		return at;

	at = ipv6_skip_exthdr(skb, at, proto, &frag);
	if (at < 0 || frag)
		return -1;
	*len -= at - off - (int)sizeof(*ip6h);
	return at;
}

static int ip_header(const struct sk_buff *skb, int off, u8 family,
		     struct masq_addrs *a, u8 *proto, int *len)
{
	if (family == NFPROTO_IPV4)
		return ipv4_header(skb, off, a, proto, len);
	return ipv6_header(skb, off, a, proto, len);
}

static bool esp_header(const struct sk_buff *skb, int off,
		       struct masq_packet *p)
{
	const __be32 *esp;
	__be32 _esp[2];

	esp = skb_header_pointer(skb, off, sizeof(_esp), _esp);
	/* SPIs up to 255 are reserved (RFC 4303, 2.1). */
	if (!esp || ntohl(esp[0]) <= 255)
		return false;
	p->spi = esp[0];
	p->seq = ntohl(esp[1]);
	return true;
}

static bool is_icmp_error(const struct sk_buff *skb, int off, u8 family)
{
	const u8 *type;
	u8 _type;

	type = skb_header_pointer(skb, off, sizeof(_type), &_type);
	if (!type)
		return false;
	if (family == NFPROTO_IPV6)
		return *type >= ICMPV6_DEST_UNREACH &&
		       *type <= ICMPV6_PARAMPROB;
	return *type == ICMP_DEST_UNREACH || *type == ICMP_TIME_EXCEEDED ||
	       *type == ICMP_PARAMETERPROB;
}

/* An ICMP error quotes at least the SPI (RFC 792: 8 bytes after the header) */
static bool quotes_esp(const struct sk_buff *skb, int off, u8 family,
		       struct masq_packet *p)
{
	u8 proto;
	int len;

	if (!is_icmp_error(skb, off, family))
		return false;
	/* ICMP and ICMPv6 errors have 8 bytes before what they quote. */
	off = ip_header(skb, off + 8, family, &p->addrs, &proto, &len);
	return off >= 0 && proto == IPPROTO_ESP && esp_header(skb, off, p);
}

/* IKE is UDP 500, or 4500 with four zero bytes first (RFC 3948, 2.2) */
static bool is_ike(const struct sk_buff *skb, int off)
{
	const struct udphdr *udp;
	struct udphdr _udp;
	const __be32 *marker;
	__be32 _marker;

	udp = skb_header_pointer(skb, off, sizeof(_udp), &_udp);
	if (!udp)
		return false;
	if (udp->dest == htons(IKE_PORT))
		return true;
	if (udp->dest != htons(IKE_NATT_PORT))
		return false;
	marker = skb_header_pointer(skb, off + sizeof(_udp), sizeof(_marker),
				    &_marker);
	return marker && !*marker;
}

/**
 * masq_packet_parse() - what is this packet?
 * @skb: any packet; its network header is set
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @p: filled in unless MASQ_OTHER is returned
 *
 * Reads through skb_header_pointer() only, so any garbage is safe.
 */
enum masq_what masq_packet_parse(const struct sk_buff *skb, u8 family,
				 struct masq_packet *p)
{
	int off, len;
	u8 proto;

	off = ip_header(skb, skb_network_offset(skb), family, &p->addrs,
			&proto, &len);
	if (off < 0)
		return MASQ_OTHER;

	switch (proto) {
	case IPPROTO_ESP:
		p->len = clamp(len, 0, U16_MAX);
		return esp_header(skb, off, p) ? MASQ_ESP : MASQ_OTHER;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		if (proto != (family == NFPROTO_IPV4 ? IPPROTO_ICMP :
						       IPPROTO_ICMPV6))
			return MASQ_OTHER;
		return quotes_esp(skb, off, family, p) ? MASQ_QUOTE :
							 MASQ_OTHER;
	case IPPROTO_UDP:
		return is_ike(skb, off) ? MASQ_IKE : MASQ_OTHER;
	}
	return MASQ_OTHER;
}
