// SPDX-License-Identifier: GPL-2.0
/*
 * ESP, IKE, ICMP errors about ESP and fragments, more or less damaged, from one
 * address to another. What SPIs are given occur often, so that the packets seem
 * to belong to tunnels that are there.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "opt.h"
#include "packet.h"

static const char help[] =
"Usage: packet-fuzz [OPTION]... FROM TO [SPI]...\n"
"Sends damaged packets from address FROM to TO (both IPv4 or both IPv6); what is\n"
"quoted in errors goes the other way, or from --quote.\n"
"  --netns NS    in this network namespace\n"
"  --quote A     ICMP errors quote packets from this address\n"
"  --seed N      the same number sends the same packets, but for what is\n"
"                encrypted in them; default: the time\n"
"  --for MS      so long; default 10000\n"
"  --rate N      packets a second; default 500\n"
"Prints how many of each kind were sent.\n";

struct fuzz {
	struct addr from, to, quote;
	bool v6;
	uint32_t spi[16];
	int n_spis;
	int fd;
	unsigned long esp, icmp, udp, fragments, raw, refused;
};

static uint64_t chance;

static unsigned int pick(unsigned int below)
{
	chance = chance * 6364136223846793005ULL + 1442695040888963407ULL;
	return (chance >> 33) % below;
}

static bool one_in(unsigned int n)
{
	return !pick(n);
}

static uint32_t spi_of(const struct fuzz *f)
{
	if (f->n_spis && !one_in(4))
		return f->spi[pick(f->n_spis)];
	return one_in(8) ? pick(256) : 0x100 + pick(64);
}

static uint32_t seq_of(void)
{
	return one_in(4) ? pick(UINT32_MAX) : 1 + pick(64);
}

static size_t ip_size(const struct fuzz *f)
{
	return f->v6 ? 40 : 20;
}

static void length_set(const struct fuzz *f, uint8_t *packet, size_t len)
{
	uint16_t v = htons(f->v6 ? len - 40 : len);

	memcpy(packet + (f->v6 ? 4 : 2), &v, 2);
}

/* An IPv6 packet with headers between; returns the new length */
static size_t headers_put(uint8_t *packet, size_t len)
{
	static const uint8_t kinds[] = { 0, 43, 44, 51, 60, 135 };
	uint8_t kind = kinds[pick(sizeof(kinds))], size = 8 * (1 + pick(3));

	memmove(packet + 40 + size, packet + 40, len - 40);
	memset(packet + 40, 0, size);
	packet[40] = packet[6];
	packet[41] = kind == 51 ? size / 4 - 2 : size / 8 - 1;
	if (one_in(4))
		packet[41] = pick(256);
	if (kind == 44)
		packet[43] = one_in(2) ? pick(256) : 0;
	packet[6] = kind;
	return len + size;
}

static void bits_flip(uint8_t *packet, size_t from, size_t len)
{
	unsigned int n;

	for (n = pick(4); n && from < len; n--)
		packet[from + pick(len - from)] ^= 1 << pick(8);
}

static void give(struct fuzz *f, uint8_t *packet, size_t len)
{
	if (!packet_send(f->fd, &f->to, packet, len))
		f->refused++;
}

static size_t esp_put(struct fuzz *f, uint8_t *to, const struct addr *src,
		      const struct addr *dst)
{
	size_t len = one_in(8) ? ESP_MIN : ESP_MIN + pick(one_in(4) ? 1400 : 200);

	len = packet_esp(to, src, dst, spi_of(f), seq_of(), len, one_in(2));
	if (one_in(8)) {
		/* less than its header */
		len = ip_size(f) + pick(8);
		length_set(f, to, len);
	}
	return len;
}

static void send_esp(struct fuzz *f)
{
	uint8_t packet[4096];
	size_t len = esp_put(f, packet, &f->from, &f->to);

	while (f->v6 && one_in(4) && len < 3000)
		len = headers_put(packet, len);
	if (f->v6)
		length_set(f, packet, len);
	if (one_in(4))
		bits_flip(packet, ip_size(f), len);
	give(f, packet, len);
	f->esp++;
}

static void send_icmp(struct fuzz *f)
{
	uint8_t quote[4096], packet[8192];
	const struct addr *src = one_in(2) ? &f->quote : &f->to;
	const struct addr *dst = src == &f->to ? &f->from : &f->to;
	size_t len = esp_put(f, quote, src, dst), cut = pick(len + 1), at;

	/* nobody sends that much, and a path is no narrower than this */
	if (len > 1000)
		len = 1000;
	len = packet_icmp_error(packet, &f->from, &f->to, quote,
				one_in(3) ? cut % (len + 1) : len,
				one_in(2) ? 1280 + pick(200) : 0);
	at = ip_size(f);
	if (one_in(4)) {
		packet[at] = pick(256);
		packet[at + 1] = pick(16);
	}
	/* in the quoted header, too; most have a wrong checksum then */
	if (one_in(4))
		bits_flip(packet, at + 8, len);
	give(f, packet, len);
	f->icmp++;
}

static void send_udp(struct fuzz *f)
{
	static const uint16_t ports[] = { 500, 4500, 4500, 501 };
	uint8_t packet[4096];
	size_t len = packet_esp(packet, &f->from, &f->to, 0x100, 1,
				8 + pick(300), false), at = ip_size(f);
	uint16_t v;

	packet[f->v6 ? 6 : 9] = IPPROTO_UDP;
	v = htons(ports[pick(4)]);
	memcpy(packet + at, &v, 2);
	v = htons(ports[pick(4)]);
	memcpy(packet + at + 2, &v, 2);
	v = htons(one_in(8) ? pick(65536) : len - at);
	memcpy(packet + at + 4, &v, 2);
	memset(packet + at + 6, 0, 2);
	/* the marker of IKE on 4500, or an SPI */
	if (len >= at + 12)
		memset(packet + at + 8, 0, one_in(2) ? 4 : pick(4));
	give(f, packet, len);
	f->udp++;
}

static void send_fragments(struct fuzz *f)
{
	uint8_t packet[4096];
	size_t len = packet_esp(packet, &f->from, &f->to, spi_of(f), seq_of(),
				100 + pick(2000), false);

	if (!packet_send_fragments(f->fd, &f->to, packet, len,
				   8 * (1 + pick(100))))
		f->refused++;
	/* and one that lies about where it belongs */
	if (!f->v6) {
		packet[6] = pick(256) & 0x3f;
		packet[7] = pick(256);
		give(f, packet, 20 + pick(200));
	}
	f->fragments++;
}

/* Any protocol, any header */
static void send_raw(struct fuzz *f)
{
	uint8_t packet[2048];
	size_t len = packet_esp(packet, &f->from, &f->to, spi_of(f), seq_of(),
				ESP_MIN + pick(100), false);

	if (f->v6) {
		packet[6] = one_in(2) ? IPPROTO_ESP : pick(256);
	} else {
		packet[9] = one_in(2) ? IPPROTO_ESP : pick(256);
		if (one_in(2))
			packet[0] = 0x40 | pick(16);
	}
	bits_flip(packet, ip_size(f), len);
	give(f, packet, len);
	f->raw++;
}

static void send_one(struct fuzz *f)
{
	switch (pick(10)) {
	case 0 ... 3:
		send_esp(f);
		break;
	case 4 ... 5:
		send_icmp(f);
		break;
	case 6:
		send_udp(f);
		break;
	case 7:
		send_fragments(f);
		break;
	default:
		send_raw(f);
	}
}

int main(int argc, char **argv)
{
	unsigned long seed = now_us() % 1000000000, for_ms = 10000, rate = 500;
	struct fuzz f = {};
	const struct opt opts[] = {
		OPT_NETNS,
		OPT_ADDR("quote", &f.quote),
		OPT_NUMBER("seed", &seed, 0, UINT32_MAX),
		OPT_NUMBER("for", &for_ms, 1, 86400000),
		OPT_NUMBER("rate", &rate, 1, 1000000),
	};
	int64_t next, end;
	int arg;

	arg = opt_parse(argc, argv, opts, help);
	if (argc - arg < 2)
		opt_usage(help);
	f.from = addr_parse(argv[arg++]);
	f.to = addr_parse(argv[arg++]);
	f.v6 = f.from.family == AF_INET6;
	if (!f.quote.family)
		f.quote = f.to;
	while (arg < argc && f.n_spis < 16)
		f.spi[f.n_spis++] = number(argv[arg++], "SPI", 0, UINT32_MAX);
	f.fd = packet_socket(f.from.family);
	chance = seed;
	next = now_us();
	end = next + for_ms * 1000;
	while (next < end) {
		send_one(&f);
		next += 1000000 / rate;
		sleep_until_us(next);
		/* who was kept from sending does not make up for it */
		if (next < now_us() - 100000)
			next = now_us();
	}
	printf("seed=%lu esp=%lu icmp=%lu udp=%lu fragments=%lu raw=%lu refused=%lu\n",
	       seed, f.esp, f.icmp, f.udp, f.fragments, f.raw, f.refused);
	return 0;
}
