// SPDX-License-Identifier: GPL-2.0
/* Sends one ICMP or ICMPv6 error that quotes an ESP packet. */
#include <stdio.h>
#include <stdlib.h>

#include "opt.h"
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
	uint8_t quote[PACKET_MAX], buf[PACKET_MAX];
	uint32_t spi = 0, seq = 1, mtu = 0;
	struct addr from, src, dst, to;
	size_t len, quoted = 0;
	char *to_text = NULL;
	const struct opt opts[] = {
		OPT_NETNS,
		OPT_NUMBER("spi", &spi, 1, UINT32_MAX),
		OPT_NUMBER("seq", &seq, 0, UINT32_MAX),
		OPT_NUMBER("mtu", &mtu, 68, 65535),
		OPT_NUMBER("quote", &quoted, 0, 1000),
		OPT_TEXT("to", &to_text),
	};
	int first = opt_parse(argc, argv, opts, help);

	if (argc - first != 3 || !spi)
		opt_usage(help);
	from = addr_parse(argv[first]);
	src = addr_parse(argv[first + 1]);
	dst = addr_parse(argv[first + 2]);
	to = to_text ? addr_parse(to_text) : src;
	if (!quoted)
		quoted = src.family == AF_INET ? 8 : 100;

	len = packet_esp(quote, &src, &dst, spi, seq, 1400, true) - 1400;
	len = packet_icmp_error(buf, &from, &to, quote, len + quoted, mtu);
	if (!packet_send(packet_socket(src.family), &to, buf, len))
		die_errno("sending the ICMP error");
	return 0;
}
