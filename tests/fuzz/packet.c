// SPDX-License-Identifier: GPL-2.0
/*
 * The parser of ESP, IKE and ICMP quotes: any bytes, with any part of them in
 * the linear data. What it says must be in the packet, wherever the packet is
 * cut into linear data and rest.
 */
#include "masq/masq.h"

struct fuzz_reached fuzz_reached[] = {
	[MASQ_OTHER] = { "neither" },
	[MASQ_ESP] = { "ESP" },
	[MASQ_QUOTE] = { "a quote of ESP" },
	[MASQ_IKE] = { "IKE" },
	{}
};

bool shim_addr_is_router(const union nf_inet_addr *addr)
{
	return false;
}

static enum masq_what parse(const u8 *bytes, size_t len, size_t head,
			    u8 family, struct masq_packet *p)
{
	struct sk_buff *skb = shim_skb(bytes, len, head, NULL);
	enum masq_what what;

	memset(p, 0, sizeof(*p));
	what = masq_packet_parse(skb, family, p);
	kfree_skb(skb);
	return what;
}

static bool has(const u8 *bytes, size_t len, const void *what, size_t n)
{
	return memmem(bytes, len, what, n) != NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, data + size };
	u8 how = fuzz_u8(&in), family = how & 1 ? NFPROTO_IPV6 : NFPROTO_IPV4;
	size_t len = fuzz_left(&in), n = family == NFPROTO_IPV4 ? 4 : 16;
	const u8 *bytes = in.at;
	struct masq_packet whole, cut;
	enum masq_what what;
	__be32 seq;

	what = parse(bytes, len, len, family, &whole);
	reached(what);
	claim(parse(bytes, len, how >> 1, family, &cut) == what,
	      "another kind of packet when it is cut");
	if (what == MASQ_OTHER)
		return 0;
	claim(!memcmp(&whole.addrs, &cut.addrs, sizeof(cut.addrs)) &&
	      whole.spi == cut.spi && whole.seq == cut.seq &&
	      whole.len == cut.len, "another packet when it is cut");
	claim(whole.addrs.family == family, "another family");
	claim(has(bytes, len, &whole.addrs.src, n) &&
	      has(bytes, len, &whole.addrs.dst, n), "addresses from elsewhere");
	if (what == MASQ_IKE)
		return 0;
	claim(ntohl(whole.spi) > 255, "a reserved SPI");
	seq = htonl(whole.seq);
	claim(has(bytes, len, &whole.spi, 4) && has(bytes, len, &seq, 4),
	      "an SPI or a sequence number from elsewhere");
	return 0;
}
