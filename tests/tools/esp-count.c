// SPDX-License-Identifier: GPL-2.0
/* Counts the ESP packets that arrive at an interface, by SPI. */
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "opt.h"
#include "packet.h"

static const char help[] =
"Usage: esp-count [OPTION]... INTERFACE\n"
"Counts ESP packets that arrive at INTERFACE for this host, before any\n"
"IPsec processing, until SIGINT, SIGTERM or a limit below. Then prints\n"
"{\"total\": N, \"wanted\": N, \"late\": N, \"fragments\": N, \"max-len\": N,\n"
" \"spis\": {\"0x...\": N}}\n"
"  --netns NS       listen in this network namespace\n"
"  --ready FILE     create FILE when listening has begun\n"
"  --spi X          only packets with this SPI are \"wanted\"; else all are\n"
"  --until N        stop when N wanted packets have arrived\n"
"  --for MS         stop after so many milliseconds\n"
"  --outgoing       count what leaves the interface instead\n"
"Exit status 3 if --until was not reached. Later fragments have no SPI and\n"
"are counted as \"fragments\" only; max-len is of IP packets. \"late\" are packets\n"
"whose sequence number is not above those that came before with their SPI.\n";

#define SPIS_MAX 65536

struct count {
	uint32_t spi[SPIS_MAX];
	uint32_t seq[SPIS_MAX];
	unsigned long packets[SPIS_MAX];
	unsigned int n;
	unsigned long total, wanted, late, fragments, max_len;
	uint32_t only;
	bool outgoing;
};

static volatile sig_atomic_t stop;

static void on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

static void count_spi(struct count *count, uint32_t spi, uint32_t seq)
{
	unsigned int i;

	count->total++;
	if (!count->only || count->only == spi)
		count->wanted++;
	for (i = 0; i < count->n; i++)
		if (count->spi[i] == spi)
			break;
	if (i == SPIS_MAX)
		return;
	if (i == count->n)
		count->spi[count->n++] = spi;
	else if (seq <= count->seq[i])
		count->late++;
	if (seq > count->seq[i])
		count->seq[i] = seq;
	count->packets[i]++;
}

static void count_packet(struct count *count, const uint8_t *buf, size_t len)
{
	const struct ip6_hdr *ip6 = (const void *)buf;
	const struct iphdr *ip = (const void *)buf;
	const struct ip6_frag *frag;
	uint32_t spi, seq;
	uint8_t proto;
	size_t off;
	bool later;

	if (len < sizeof(*ip))
		return;
	if (ip->version == 4) {
		proto = ip->protocol;
		off = ip->ihl * 4;
		later = ntohs(ip->frag_off) & IP_OFFMASK;
	} else {
		if (len < sizeof(*ip6) + sizeof(*frag))
			return;
		proto = ip6->ip6_nxt;
		off = sizeof(*ip6);
		later = false;
		if (proto == IPPROTO_FRAGMENT) {
			frag = (const void *)(buf + off);
			proto = frag->ip6f_nxt;
			later = ntohs(frag->ip6f_offlg & IP6F_OFF_MASK);
			off += sizeof(*frag);
		}
	}
	if (proto != IPPROTO_ESP)
		return;
	if (len > count->max_len)
		count->max_len = len;
	if (later) {
		count->fragments++;
		return;
	}
	if (len < off + ESP_MIN)
		return;
	memcpy(&spi, buf + off, 4);
	memcpy(&seq, buf + off + 4, 4);
	count_spi(count, ntohl(spi), ntohl(seq));
}

static void receive(struct count *count, int fd)
{
	struct sockaddr_ll from;
	uint8_t buf[PACKET_MAX];
	socklen_t from_len = sizeof(from);
	ssize_t len;

	len = recvfrom(fd, buf, sizeof(buf), MSG_DONTWAIT,
		       (struct sockaddr *)&from, &from_len);
	if (len < 0)
		return;
	if (from.sll_pkttype ==
	    (count->outgoing ? PACKET_OUTGOING : PACKET_HOST))
		count_packet(count, buf, len);
}

static int listen_on(const char *name)
{
	struct sockaddr_ll where = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = if_nametoindex(name),
	};
	int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int size = 32 << 20;

	if (!where.sll_ifindex)
		die_errno("looking for interface %s", name);
	if (fd < 0)
		die_errno("opening a packet socket");
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	if (bind(fd, (struct sockaddr *)&where, sizeof(where)))
		die_errno("listening on %s", name);
	return fd;
}

static void print(const struct count *count)
{
	unsigned int i;

	printf("{\"total\": %lu, \"wanted\": %lu, \"late\": %lu, "
	       "\"fragments\": %lu, \"max-len\": %lu, \"spis\": {",
	       count->total, count->wanted, count->late, count->fragments,
	       count->max_len);
	for (i = 0; i < count->n; i++)
		printf("%s\"0x%08x\": %lu", i ? ", " : "", count->spi[i],
		       count->packets[i]);
	printf("}}\n");
}

static void run(struct count *count, int fd, unsigned long until,
		unsigned long limit_ms)
{
	struct pollfd poller = { .fd = fd, .events = POLLIN };
	int64_t end = now_us() + limit_ms * 1000;
	int64_t left = 100000;

	while (!stop && !(until && count->wanted >= until)) {
		if (limit_ms)
			left = end - now_us();
		if (left <= 0)
			break;
		if (poll(&poller, 1, left / 1000 < 100 ? left / 1000 + 1 : 100) > 0)
			receive(count, fd);
	}
	/* what had arrived before the signal belongs to the result */
	while (stop && poll(&poller, 1, 0) > 0)
		receive(count, fd);
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = on_signal };
	unsigned long until = 0, limit_ms = 0;
	static struct count count;
	char *ready = NULL;
	const struct opt opts[] = {
		OPT_NETNS,
		OPT_TEXT("ready", &ready),
		OPT_NUMBER("spi", &count.only, 1, UINT32_MAX),
		OPT_NUMBER("until", &until, 1, 100000000),
		OPT_NUMBER("for", &limit_ms, 1, 3600000),
		OPT_FLAG("outgoing", &count.outgoing),
	};
	int first, fd;
	FILE *file;

	first = opt_parse(argc, argv, opts, help);
	if (argc - first != 1)
		opt_usage(help);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	fd = listen_on(argv[first]);
	if (ready) {
		file = fopen(ready, "w");
		if (!file || fclose(file))
			die_errno("creating %s", ready);
	}
	run(&count, fd, until, limit_ms);
	print(&count);
	return until && count.wanted < until ? 3 : 0;
}
