# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 60
#
# Tens of thousands of clients at servers, each with its own pair, whose addresses
# follow one another as they do in a LAN: every one finds its place in the tables.
#
#	R (spinat_masq) alone; the pairs come by netlink

. tests/lib/masq.sh

plan 4
ns_new R router
masq_load

# many PAIRS CLIENTS SERVERS: from 10.0.0.0 and 198.51.0.0 on
many()
{
	"$LAB_TOOLS/masq-many" "$R" "$@" 10.0.0.0 198.51.0.0 "$PUB" \
		0x10000000 0x20000000
}

check "1,000 clients at each of 24 servers" many 24000 1000 24
is "$(counter pairs)" 24000 "they have a pair each"
masq flush
check "24 clients at each of 1,000 servers" many 24000 24 1000
is "$("$LAB_TOOLS/masq-many" "$R" | cut -d ' ' -f 1)" 24000 "a dump has them all"
