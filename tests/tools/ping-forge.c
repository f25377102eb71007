// SPDX-License-Identifier: GPL-2.0
/*
 * Echoes that look like control pings of spinat_epoch and are not, or are
 * copies of real ones. How they look: kmod/epoch/ping.c.
 */
#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "opt.h"
#include "packet.h"

static const char help[] =
"Usage: ping-forge [OPTION]... SOURCE DESTINATION\n"
"       ping-forge [--netns NS] [--reply] --catch INTERFACE\n"
"Sends ICMP echo requests with the payload of a control ping, or waits for one\n"
"that arrives in clear text (decrypted) and prints its payload.\n"
"  --netns NS       in this network namespace\n"
"  --reply          echo replies, not requests\n"
"  --type N         of the control ping; 1 to 4, default 1\n"
"  --number N       of the control ping; default 1, then counts up\n"
"  --cookie HEX     of the control ping; random\n"
"  --version N      of the control ping; default 1\n"
"  --len N          bytes of payload; default 20\n"
"  --payload HEX    this payload instead\n"
"  --mutate SEED    damage each payload: bits, bytes, length\n"
"  --count N        so many packets; default 1\n"
"  --gap-us N       so long between them; default 0\n"
"  --catch DEV      wait for a control ping there\n"
"  --after N        catch only one with a higher number\n"
"  --for MS         give up after so long; default 5000 to wait, without end to\n"
"                   send\n"
"Prints how many damaged ones were sent. Exit status 3: nothing was caught.\n";

/* What control pings begin with, big-endian. */
struct control {
	uint32_t magic;
	uint8_t version, type;
	uint16_t len;
	uint32_t number;
	uint64_t cookie;
} __attribute__((packed));

#define MAGIC 0x53704e74

struct forge {
	bool reply, cookie_given, mutate;
	uint64_t chance;
	struct control control;
	const char *payload, *catch;
	unsigned long len, count, gap_us, for_ms, after;
};

static void parse_cookie(void *to, char *text)
{
	struct forge *forge = to;

	forge->control.cookie = strtoull(text, NULL, 16);
	forge->cookie_given = true;
}

static void parse_mutate(void *to, char *text)
{
	struct forge *forge = to;

	forge->chance = number(text, "--mutate", 0, UINT32_MAX);
	forge->mutate = true;
}

/* Returns the index of the first address. */
static int parse(struct forge *forge, int argc, char **argv)
{
	const struct opt opts[] = {
		OPT_NETNS,
		OPT_FLAG("reply", &forge->reply),
		OPT_NUMBER("type", &forge->control.type, 0, 255),
		OPT_NUMBER("number", &forge->control.number, 0, UINT32_MAX),
		OPT_CALL("cookie", forge, parse_cookie),
		OPT_NUMBER("version", &forge->control.version, 0, 255),
		OPT_NUMBER("len", &forge->len, 0, 60000),
		OPT_TEXT("payload", &forge->payload),
		OPT_CALL("mutate", forge, parse_mutate),
		OPT_NUMBER("count", &forge->count, 1, 100000000),
		OPT_NUMBER("gap-us", &forge->gap_us, 0, 10000000),
		OPT_TEXT("catch", &forge->catch),
		OPT_NUMBER("after", &forge->after, 0, UINT32_MAX),
		OPT_NUMBER("for", &forge->for_ms, 1, 3600000),
	};
	int first = opt_parse(argc, argv, opts, help);

	if (argc - first != (forge->catch ? 0 : 2))
		opt_usage(help);
	return first;
}

static size_t hex(uint8_t *out, size_t room, const char *text)
{
	size_t len = 0;

	for (; *text && len < room; text += 2)
		if (sscanf(text, "%2hhx", &out[len++]) != 1)
			die("not hexadecimal: %s", text);
	return len;
}

static size_t payload(const struct forge *forge, uint8_t *out, size_t room,
		      uint32_t add)
{
	struct control control = forge->control;
	size_t i;

	if (forge->payload)
		return hex(out, room, forge->payload);
	for (i = 0; i < forge->len; i++)
		out[i] = random_range(0, 255);
	control.magic = htonl(MAGIC);
	control.len = htons(forge->len);
	control.number = htonl(control.number + add);
	control.cookie = htobe64(control.cookie);
	if (!forge->cookie_given)
		control.cookie = (uint64_t)random_range(0, UINT32_MAX - 1) << 32 |
				 random_range(0, UINT32_MAX - 1);
	memcpy(out, &control,
	       forge->len < sizeof(control) ? forge->len : sizeof(control));
	return forge->len;
}

static unsigned int pick(struct forge *forge, unsigned int below)
{
	forge->chance = forge->chance * 6364136223846793005ULL +
			1442695040888963407ULL;
	return (forge->chance >> 33) % below;
}

/* Bits of its header or a byte of any, sometimes shorter or longer */
static size_t mutate(struct forge *forge, uint8_t *data, size_t len)
{
	size_t header = len < sizeof(struct control) ? len :
			sizeof(struct control);
	unsigned int n;

	for (n = pick(forge, 4); n && header; n--)
		data[pick(forge, header)] ^= 1 << pick(forge, 8);
	if (len && !pick(forge, 4))
		data[pick(forge, len)] = pick(forge, 256);
	if (!pick(forge, 4))
		len = pick(forge, len + 40);
	return len;
}

static void send_all(struct forge *forge, const char *from, const char *to)
{
	struct addr src = addr_parse(from), dst = addr_parse(to);
	uint8_t data[PACKET_MAX], buf[PACKET_MAX];
	int fd = packet_socket(src.family);
	int64_t next = now_us(), end = INT64_MAX;
	unsigned long i;
	size_t len;

	if (forge->for_ms)
		end = next + (int64_t)forge->for_ms * 1000;
	for (i = 0; i < forge->count && next < end; i++) {
		len = payload(forge, data, sizeof(data), i);
		if (forge->mutate)
			len = mutate(forge, data, len);
		len = packet_icmp_echo(buf, &src, &dst, forge->reply, data, len);
		if (!packet_send(fd, &dst, buf, len))
			die_errno("sending");
		next += forge->gap_us;
		/* who was kept from sending does not make up for it */
		if (next < now_us())
			next = now_us();
		else
			sleep_until_us(next);
	}
	if (forge->mutate)
		printf("sent=%lu\n", i);
}

/* Offset of the ICMP header in an echo of the wanted kind, or 0. */
static size_t echo_at(const uint8_t *buf, size_t len, bool reply)
{
	if (len > 40 && buf[0] >> 4 == 6 && buf[6] == IPPROTO_ICMPV6)
		return buf[40] == (reply ? 129 : 128) ? 40 : 0;
	if (len > 28 && buf[0] >> 4 == 4 && buf[9] == IPPROTO_ICMP)
		return buf[20] == (reply ? 0 : 8) ? 20 : 0;
	return 0;
}

static bool is_wanted(const struct forge *forge, const uint8_t *buf, size_t len)
{
	struct control control;

	if (len < sizeof(control))
		return false;
	memcpy(&control, buf, sizeof(control));
	return ntohl(control.magic) == MAGIC &&
	       ntohl(control.number) > forge->after;
}

static bool catch_one(const struct forge *forge)
{
	struct sockaddr_ll where = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = if_nametoindex(forge->catch),
	};
	int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct pollfd poller = { .fd = fd, .events = POLLIN };
	int64_t end = now_us() + (int64_t)(forge->for_ms ?: 5000) * 1000;
	uint8_t buf[PACKET_MAX];
	ssize_t got;
	size_t at;

	if (fd < 0 || bind(fd, (struct sockaddr *)&where, sizeof(where)))
		die_errno("listening on %s", forge->catch);
	while (now_us() < end) {
		if (poll(&poller, 1, (end - now_us()) / 1000 + 1) <= 0)
			continue;
		got = recv(fd, buf, sizeof(buf), MSG_DONTWAIT);
		if (got <= 0)
			continue;
		at = echo_at(buf, got, forge->reply);
		if (!at || !is_wanted(forge, buf + at + 8, got - at - 8))
			continue;
		for (at += 8; at < (size_t)got; at++)
			printf("%02x", buf[at]);
		putchar('\n');
		return true;
	}
	return false;
}

int main(int argc, char **argv)
{
	struct forge forge = {
		.control = { .version = 1, .type = 1, .number = 1 },
		.len = sizeof(struct control), .count = 1,
	};
	int first;

	first = parse(&forge, argc, argv);
	if (forge.catch)
		return catch_one(&forge) ? 0 : 3;
	send_all(&forge, argv[first], argv[first + 1]);
	return 0;
}
