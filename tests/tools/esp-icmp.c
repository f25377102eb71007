// SPDX-License-Identifier: GPL-2.0
/* Sends one ICMP or ICMPv6 error that quotes an ESP packet. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "packet.h"

static const char help[] =
"Usage: esp-icmp [OPTION]... FROM QUOTED-SOURCE QUOTED-DESTINATION\n"
"FROM tells QUOTED-SOURCE that its ESP packet could not go on.\n"
"  --netns NS    send from this network namespace\n"
"  --spi X       SPI of the quoted packet; needed\n"
"  --seq N       sequence number of the quoted packet; default 1\n"
"  --mtu N       \"too big\" with this MTU; without it \"host unreachable\"\n"
"  --quote N     quote only N bytes behind the IP header; default 8 (IPv4)\n"
"                or 100 (IPv6)\n"
"  --to A        send to A instead of QUOTED-SOURCE\n";

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "netns", required_argument, NULL, 'n' },
		{ "spi", required_argument, NULL, 's' },
		{ "seq", required_argument, NULL, 'q' },
		{ "mtu", required_argument, NULL, 'm' },
		{ "quote", required_argument, NULL, 'u' },
		{ "to", required_argument, NULL, 't' },
		{ "help", no_argument, NULL, 'h' },
		{}
	};
	uint8_t quote[PACKET_MAX], buf[PACKET_MAX];
	uint32_t spi = 0, seq = 1, mtu = 0;
	struct addr from, src, dst, to;
	size_t len, quoted = 0;
	char *to_text = NULL;
	int c;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (c) {
		case 'n':
			ns_enter(optarg);
			break;
		case 's':
			spi = number(optarg, "--spi", 1, UINT32_MAX);
			break;
		case 'q':
			seq = number(optarg, "--seq", 0, UINT32_MAX);
			break;
		case 'm':
			mtu = number(optarg, "--mtu", 68, 65535);
			break;
		case 'u':
			quoted = number(optarg, "--quote", 0, 1000);
			break;
		case 't':
			to_text = optarg;
			break;
		case 'h':
			fputs(help, stdout);
			return 0;
		default:
			return 2;
		}
	}
	if (argc - optind != 3 || !spi) {
		fputs(help, stderr);
		return 2;
	}
	from = addr_parse(argv[optind]);
	src = addr_parse(argv[optind + 1]);
	dst = addr_parse(argv[optind + 2]);
	to = to_text ? addr_parse(to_text) : src;
	if (!quoted)
		quoted = src.family == AF_INET ? 8 : 100;

	len = packet_esp(quote, &src, &dst, spi, seq, 1400, true) - 1400;
	len = packet_icmp_error(buf, &from, &to, quote, len + quoted, mtu);
	if (!packet_send(packet_socket(src.family), &to, buf, len))
		die_errno("sending the ICMP error");
	return 0;
}
