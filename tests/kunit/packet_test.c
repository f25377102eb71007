// SPDX-License-Identifier: GPL-2.0
/* kmod/masq/packet.c: what a packet is, and that no garbage hurts. */
#include "test.h"

#include "../../kmod/masq/packet.c"

#define SPI	0xc0ffee01
#define SEQ	0x01020304

static const u8 client6[16] = { 0xfd, [15] = 1 };
static const u8 server6[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 2 };

/* A packet is put together here */
struct bytes {
	u8 at[256];
	int n;
};

static void put(struct bytes *b, const void *what, int n)
{
	memcpy(b->at + b->n, what, n);
	b->n += n;
}

static void put_zero(struct bytes *b, int n)
{
	memset(b->at + b->n, 0, n);
	b->n += n;
}

/* @payload: bytes that the header says come after it and its @options */
static void put_ipv4(struct bytes *b, u8 proto, int payload, int options)
{
	struct iphdr iph = {
		.version = 4,
		.ihl = 5 + options / 4,
		.protocol = proto,
		.tot_len = htons(20 + options + payload),
		.saddr = htonl(0x0a000001),
		.daddr = htonl(0xc6336401),
	};

	put(b, &iph, sizeof(iph));
	put_zero(b, options);
}

static void put_ipv6(struct bytes *b, u8 next, int payload)
{
	struct ipv6hdr ip6h = {
		.version = 6,
		.nexthdr = next,
		.payload_len = htons(payload),
	};

	memcpy(&ip6h.saddr, client6, 16);
	memcpy(&ip6h.daddr, server6, 16);
	put(b, &ip6h, sizeof(ip6h));
}

static void put_esp(struct bytes *b, u32 spi, int len)
{
	const __be32 esp[] = { htonl(spi), htonl(SEQ) };

	put(b, esp, sizeof(esp));
	put_zero(b, len - (int)sizeof(esp));
}

static void put_icmp(struct bytes *b, u8 type)
{
	const u8 icmp[8] = { type };

	put(b, icmp, sizeof(icmp));
}

static void put_udp(struct bytes *b, u16 from, u16 to, int payload)
{
	const struct udphdr udp = {
		.source = htons(from),
		.dest = htons(to),
		.len = htons(8 + payload),
	};

	put(b, &udp, sizeof(udp));
}

/* As linear data, or as in fragments of which the first bytes are none */
static struct sk_buff *skb_of(const struct bytes *b, int n, bool paged)
{
	struct sk_buff *skb = alloc_skb(16 + 256, GFP_KERNEL);
	struct page *page;

	if (!skb)
		return NULL;
	/* somewhere in the middle, as behind an Ethernet header */
	skb_reserve(skb, 14);
	if (!paged) {
		skb_put_data(skb, b->at, n);
	} else {
		page = alloc_page(GFP_KERNEL);
		if (!page) {
			kfree_skb(skb);
			return NULL;
		}
		memcpy(page_address(page) + 3, b->at, n);
		skb_add_rx_frag(skb, 0, page, 3, n, PAGE_SIZE);
	}
	skb_reset_network_header(skb);
	return skb;
}

static enum masq_what parse_n(struct kunit *test, const struct bytes *b, int n,
			      u8 family, struct masq_packet *p)
{
	struct masq_packet q;
	enum masq_what what, again;
	struct sk_buff *skb;

	/* garbage, so that what is not set shows */
	memset(p, 0xa5, sizeof(*p));
	memset(&q, 0xa5, sizeof(q));
	skb = skb_of(b, n, false);
	must(skb);
	what = masq_packet_parse(skb, family, p);
	kfree_skb(skb);
	skb = skb_of(b, n, true);
	must(skb);
	again = masq_packet_parse(skb, family, &q);
	kfree_skb(skb);
	ok(what == again && (what != MASQ_ESP || (p->spi == q.spi &&
	   p->seq == q.seq && p->len == q.len &&
	   !memcmp(&p->addrs, &q.addrs, sizeof(p->addrs)))),
	   "it is the same in a page");
	return what;
}

static enum masq_what parse4(struct kunit *test, const struct bytes *b,
			     struct masq_packet *p)
{
	return parse_n(test, b, b->n, NFPROTO_IPV4, p);
}

static enum masq_what parse6(struct kunit *test, const struct bytes *b,
			     struct masq_packet *p)
{
	return parse_n(test, b, b->n, NFPROTO_IPV6, p);
}

static bool addrs4(const struct masq_packet *p)
{
	const union nf_inet_addr src = { .ip6 = { htonl(0x0a000001) } };
	const union nf_inet_addr dst = { .ip6 = { htonl(0xc6336401) } };

	return p->addrs.family == NFPROTO_IPV4 &&
	       nf_inet_addr_cmp(&p->addrs.src, &src) &&
	       nf_inet_addr_cmp(&p->addrs.dst, &dst);
}

static bool addrs6(const struct masq_packet *p)
{
	return p->addrs.family == NFPROTO_IPV6 &&
	       !memcmp(&p->addrs.src, client6, 16) &&
	       !memcmp(&p->addrs.dst, server6, 16);
}

static void esp_ipv4(struct kunit *test)
{
	struct masq_packet p;
	struct bytes b = {};
	int options;

	for (options = 0; options <= 40; options += 8) {
		b.n = 0;
		put_ipv4(&b, IPPROTO_ESP, 100, options);
		put_esp(&b, SPI, 100);
		is(parse4(test, &b, &p), MASQ_ESP, "ESP");
		ok(addrs4(&p) && p.spi == htonl(SPI) && p.seq == SEQ &&
		   p.len == 100, "%d bytes of options", options);
	}
}

static void esp_ipv6(struct kunit *test)
{
	const u8 hop_by_hop[8] = { IPPROTO_DSTOPTS, 0, 1, 4 };
	const u8 dst_opts[16] = { IPPROTO_ESP, 1, 1, 12 };
	struct masq_packet p;
	struct bytes b = {};

	put_ipv6(&b, IPPROTO_ESP, 100);
	put_esp(&b, SPI, 100);
	is(parse6(test, &b, &p), MASQ_ESP, "ESP");
	ok(addrs6(&p) && p.spi == htonl(SPI) && p.seq == SEQ && p.len == 100,
	   "right after the header");

	b.n = 0;
	put_ipv6(&b, NEXTHDR_HOP, 124);
	put(&b, hop_by_hop, sizeof(hop_by_hop));
	put(&b, dst_opts, sizeof(dst_opts));
	put_esp(&b, SPI, 100);
	is(parse6(test, &b, &p), MASQ_ESP, "ESP");
	ok(addrs6(&p) && p.spi == htonl(SPI) && p.seq == SEQ && p.len == 100,
	   "behind extension headers, which are not of its length");
}

static void reserved_spi(struct kunit *test)
{
	struct masq_packet p;
	struct bytes b = {};
	u32 spi, bad = 0;

	for (spi = 0; spi < 300; spi++) {
		b.n = 0;
		put_ipv4(&b, IPPROTO_ESP, 40, 0);
		put_esp(&b, spi, 40);
		bad += parse4(test, &b, &p) !=
		       (spi <= 255 ? MASQ_OTHER : MASQ_ESP);
	}
	is(bad, 0, "SPIs up to 255 are reserved");
}

static void cut_short(struct kunit *test)
{
	struct masq_packet p;
	struct bytes b = {};
	int n, bad = 0;

	put_ipv4(&b, IPPROTO_ESP, 40, 8);
	put_esp(&b, SPI, 40);
	for (n = 0; n < b.n; n++)
		bad += parse_n(test, &b, n, NFPROTO_IPV4, &p) !=
		       (n < 28 + 8 ? MASQ_OTHER : MASQ_ESP);
	b.n = 0;
	put_ipv6(&b, IPPROTO_ESP, 40);
	put_esp(&b, SPI, 40);
	for (n = 0; n < b.n; n++)
		bad += parse_n(test, &b, n, NFPROTO_IPV6, &p) !=
		       (n < 40 + 8 ? MASQ_OTHER : MASQ_ESP);
	is(bad, 0, "without SPI and sequence number it is none");
}

static void fragments(struct kunit *test)
{
	struct masq_packet p;
	struct bytes b = {};
	struct frag_hdr frag = { .nexthdr = IPPROTO_ESP };
	struct iphdr *iph = (struct iphdr *)b.at;

	put_ipv4(&b, IPPROTO_ESP, 40, 0);
	put_esp(&b, SPI, 40);
	iph->frag_off = htons(IP_MF);
	is(parse4(test, &b, &p), MASQ_OTHER, "a first fragment");
	iph->frag_off = htons(100);
	is(parse4(test, &b, &p), MASQ_OTHER, "another");
	iph->frag_off = htons(IP_DF);
	is(parse4(test, &b, &p), MASQ_ESP, "whole, and not to be cut");

	b.n = 0;
	frag.frag_off = htons(8);
	put_ipv6(&b, NEXTHDR_FRAGMENT, 48);
	put(&b, &frag, sizeof(frag));
	put_esp(&b, SPI, 40);
	is(parse6(test, &b, &p), MASQ_OTHER, "a fragment of IPv6");
}

static void bad_headers(struct kunit *test)
{
	struct masq_packet p;
	struct bytes b = {};
	int ihl;

	put_ipv4(&b, IPPROTO_ESP, 40, 0);
	put_esp(&b, SPI, 40);
	for (ihl = 0; ihl < 5; ihl++) {
		b.at[0] = 0x40 | ihl;
		is(parse4(test, &b, &p), MASQ_OTHER, "a header too short");
	}
	b.at[0] = 0x65;
	is(parse4(test, &b, &p), MASQ_OTHER, "not version 4");
	b.at[0] = 0x45;
	/* It says that there is no payload, and there is. */
	b.at[3] = 20;
	if (parse4(test, &b, &p) == MASQ_ESP)
		is(p.len, 0, "what the header says counts");
	b.at[3] = 10;
	if (parse4(test, &b, &p) == MASQ_ESP)
		is(p.len, 0, "and nothing is negative");

	b.n = 0;
	put_ipv6(&b, IPPROTO_ESP, 40);
	put_esp(&b, SPI, 40);
	b.at[0] = 0x40;
	is(parse6(test, &b, &p), MASQ_OTHER, "not version 6");
}

static bool quote4(u8 type)
{
	return type == ICMP_DEST_UNREACH || type == ICMP_TIME_EXCEEDED ||
	       type == ICMP_PARAMETERPROB;
}

static bool quote6(u8 type)
{
	return type == ICMPV6_DEST_UNREACH || type == ICMPV6_PKT_TOOBIG ||
	       type == ICMPV6_TIME_EXCEED || type == ICMPV6_PARAMPROB;
}

static void icmp_errors(struct kunit *test)
{
	struct masq_packet p;
	struct bytes b;
	int type, bad = 0;

	for (type = 0; type < 256; type++) {
		/* from another router: its addresses are not those quoted */
		b.n = 0;
		put_ipv4(&b, IPPROTO_ICMP, 36, 0);
		b.at[12] = 99;
		put_icmp(&b, type);
		put_ipv4(&b, IPPROTO_ESP, 1400, 0);
		put_esp(&b, SPI, 8);
		bad += parse4(test, &b, &p) !=
		       (quote4(type) ? MASQ_QUOTE : MASQ_OTHER);
		if (quote4(type))
			bad += !addrs4(&p) || p.spi != htonl(SPI) ||
			       p.seq != SEQ;
		b.n = 0;
		put_ipv6(&b, IPPROTO_ICMPV6, 56);
		b.at[8] = 99;
		put_icmp(&b, type);
		put_ipv6(&b, IPPROTO_ESP, 1400);
		put_esp(&b, SPI, 8);
		bad += parse6(test, &b, &p) !=
		       (quote6(type) ? MASQ_QUOTE : MASQ_OTHER);
		if (quote6(type))
			bad += !addrs6(&p) || p.spi != htonl(SPI) ||
			       p.seq != SEQ;
	}
	is(bad, 0, "errors that quote ESP have the quoted addresses and SPI");
}

static void other_quotes(struct kunit *test)
{
	struct masq_packet p;
	struct bytes b = {};
	int n, whole;

	put_ipv4(&b, IPPROTO_ICMP, 36, 0);
	put_icmp(&b, ICMP_DEST_UNREACH);
	put_ipv4(&b, IPPROTO_UDP, 100, 0);
	put_udp(&b, 500, 500, 92);
	is(parse4(test, &b, &p), MASQ_OTHER, "a quote of UDP");
	b.n = 0;
	put_ipv4(&b, IPPROTO_ICMP, 44, 0);
	put_icmp(&b, ICMP_DEST_UNREACH);
	put_ipv4(&b, IPPROTO_ICMP, 16, 0);
	put_icmp(&b, ICMP_DEST_UNREACH);
	put_esp(&b, SPI, 8);
	is(parse4(test, &b, &p), MASQ_OTHER, "a quote of an error");
	b.n = 0;
	put_ipv4(&b, IPPROTO_ICMP, 36, 0);
	put_icmp(&b, ICMP_DEST_UNREACH);
	put_ipv4(&b, IPPROTO_ESP, 1400, 0);
	put_esp(&b, SPI, 8);
	whole = b.n;
	for (n = 0; n < whole; n++)
		is(parse_n(test, &b, n, NFPROTO_IPV4, &p), MASQ_OTHER,
		   "a quote cut short");
	b.n = 0;
	put_ipv4(&b, IPPROTO_ICMPV6, 36, 0);
	put_icmp(&b, ICMPV6_DEST_UNREACH);
	put_ipv4(&b, IPPROTO_ESP, 1400, 0);
	put_esp(&b, SPI, 8);
	is(parse4(test, &b, &p), MASQ_OTHER, "ICMPv6 in IPv4");
	b.n = 0;
	put_ipv6(&b, IPPROTO_ICMP, 56);
	put_icmp(&b, ICMP_DEST_UNREACH);
	put_ipv6(&b, IPPROTO_ESP, 1400);
	put_esp(&b, SPI, 8);
	is(parse6(test, &b, &p), MASQ_OTHER, "ICMP in IPv6");
}

static void ike(struct kunit *test)
{
	const u8 marker[4] = {}, esp[4] = { 1 };
	struct masq_packet p;
	struct bytes b = {};

	put_ipv4(&b, IPPROTO_UDP, 40, 0);
	put_udp(&b, 12345, 500, 32);
	put_zero(&b, 32);
	is(parse4(test, &b, &p), MASQ_IKE, "to port 500, from any");
	ok(addrs4(&p), "its addresses are known");
	b.n = 0;
	put_ipv6(&b, IPPROTO_UDP, 40);
	put_udp(&b, 500, 500, 32);
	put_zero(&b, 32);
	is(parse6(test, &b, &p), MASQ_IKE, "to port 500");
	ok(addrs6(&p), "its addresses are known");

	b.n = 0;
	put_ipv4(&b, IPPROTO_UDP, 40, 0);
	put_udp(&b, 4500, 4500, 32);
	put(&b, marker, sizeof(marker));
	is(parse4(test, &b, &p), MASQ_IKE, "to port 4500 behind four zeros");
	b.n -= sizeof(marker);
	put(&b, esp, sizeof(esp));
	is(parse4(test, &b, &p), MASQ_OTHER, "ESP in UDP is none");
	b.n -= sizeof(esp);
	is(parse_n(test, &b, b.n + 1, NFPROTO_IPV4, &p), MASQ_OTHER,
	   "nor is a keepalive");
	is(parse_n(test, &b, b.n - 1, NFPROTO_IPV4, &p), MASQ_OTHER,
	   "nor half a header");
	b.n = 0;
	put_ipv4(&b, IPPROTO_UDP, 40, 0);
	put_udp(&b, 500, 53, 32);
	put_zero(&b, 32);
	is(parse4(test, &b, &p), MASQ_OTHER, "nor is another port");
	b.n = 0;
	put_ipv4(&b, IPPROTO_TCP, 40, 0);
	put_udp(&b, 500, 500, 32);
	put_zero(&b, 32);
	is(parse4(test, &b, &p), MASQ_OTHER, "nor is TCP");
}

/* Address sanitizers of this kernel watch. */
static void garbage(struct kunit *test)
{
	static const u8 protos[] = { IPPROTO_ESP, IPPROTO_ICMP, IPPROTO_UDP,
				     IPPROTO_ICMPV6, NEXTHDR_HOP,
				     NEXTHDR_ROUTING, NEXTHDR_FRAGMENT };
	struct masq_packet p;
	struct bytes b;
	int i, j, seen = 0;
	u8 family;

	for (i = 0; i < 6000; i++) {
		for (j = 0; j < 128; j++)
			b.at[j] = random_u32();
		family = random_below(2) ? NFPROTO_IPV4 : NFPROTO_IPV6;
		if (random_below(8))
			b.at[0] = family == NFPROTO_IPV4 ?
				  0x40 | (random_below(8) + 4) : 0x60;
		if (random_below(8))
			b.at[6] = 0;
		if (random_below(8))
			b.at[7] = 0;
		b.at[family == NFPROTO_IPV4 ? 9 : 6] =
			protos[random_below(ARRAY_SIZE(protos))];
		seen += parse_n(test, &b, random_below(128), family, &p) !=
			MASQ_OTHER;
	}
	ok(seen > 100, "%d of 6000 were something", seen);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(esp_ipv4),
	KUNIT_CASE(esp_ipv6),
	KUNIT_CASE(reserved_spi),
	KUNIT_CASE(cut_short),
	KUNIT_CASE(fragments),
	KUNIT_CASE(bad_headers),
	KUNIT_CASE(icmp_errors),
	KUNIT_CASE(other_quotes),
	KUNIT_CASE(ike),
	KUNIT_CASE(garbage),
	{}
};

static struct kunit_suite suite = {
	.name = "masq-packet",
	.test_cases = cases,
};

kunit_test_suite(suite);
