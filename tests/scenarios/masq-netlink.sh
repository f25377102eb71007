#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# time: 150
#
# The netlink interface and the tool in front of it: what each command shows
# and changes, every refusal with its sentence, who is allowed to ask.
#
#	A, B	two empty namespaces: pairs are pinned, no packet is sent
#
# What the tool itself refuses before it asks the kernel is in
# tests/host/tool-*.sh; what only a broken program would send is in
# masq-netlink-raw.sh.

. tests/lib/common.sh
. tests/lib/netlink.sh

masq_load
ns_new A a
ns_new B b
nl_ns=$A

# --- what there is at the beginning

golden masq-config "the settings in force are the documented defaults" \
	-j masq config
golden masq-stats "all counters are there, and 0" -j masq stats
prints '[]' "no pairs are an empty array" -j masq show
prints '[]' "no clients are an empty array" -j masq clients
says 'spinat: masq show: no pairs yet; they appear when ESP leaves that a NAT rule rewrites' \
	"an empty table is explained" masq show
says 'spinat: masq clients: no clients yet; they appear when ESP leaves that a NAT rule rewrites' \
	"so is an empty list of clients" masq clients

# --- pairs

# shellcheck disable=SC2046
{
	accepts masq pin $(pair 10.0.0.2 192.0.2.1 0x1000 0x2000)
	accepts masq pin $(pair 10.0.0.2 192.0.2.1 0x1000 0x2001 \
		evidence serial public 198.51.100.1)
	accepts masq pin $(pair 10.0.0.3 192.0.2.1 4096000 256 \
		evidence echo public 198.51.100.1 out-seq 77)
	accepts masq pin $(pair fd00::2 2001:db8::1 0xffffffff 0xc0ffee01 \
		evidence only public 2001:db8::2)
}
# Clients are listed by zone, which follows from a hash: sort.
sorted() { sed 's/,$//' <<<"$out" | normal | LC_ALL=C sort; }
tool -j masq show
same "$(sorted)" "$(<tests/golden/masq-show)" "pairs as JSON"
tool -j masq clients
same "$(sorted)" "$(<tests/golden/masq-clients)" "clients as JSON"
tool masq show
same "$(sed -E 's/ +[0-9]+ +[0-9]+m?s +[0-9]+m?s +/ N T T /; s/ +/ /g' \
	<<<"$out" | LC_ALL=C sort)" \
	"$(<tests/golden/masq-table)" "pairs as a table"
golden masq-show-client "pairs of one client" -j masq show client 10.0.0.3
golden masq-show-client "the same, by server and out-SPI" \
	-j masq show server 192.0.2.1 out-spi 4096000
golden masq-show-server "pairs of one server" -j masq show server 2001:db8::1
prints '[]' "no pair of these two" \
	-j masq show client 10.0.0.3 server 192.0.2.2
says 'spinat: masq show: no pair matches; "spinat masq show" lists all' \
	"and that is explained" masq show client 10.0.0.99
golden masq-clients-one "one client" -j masq clients client fd00::2
nl_ns=$B
prints '[]' "another namespace has none of it" -j masq show
nl_ns=$A

# --- refusals

# shellcheck disable=SC2046
{
	refuses 'Another client has this out-SPI at that server (in out-spi)' \
		masq pin $(pair 10.0.0.9 192.0.2.1 0x1000 0x3000)
	refuses 'Another out-SPI has this in-SPI at that server (in in-spi)' \
		masq pin $(pair 10.0.0.3 192.0.2.1 0x5000 0x2001)
	refuses "This client's packets to that server leave from another NAT address (in public)" \
		masq pin $(pair 10.0.0.3 192.0.2.1 0x5000 0x3001 \
		public 198.51.100.9)
	refuses "The unspecified address is nobody's (in client)" \
		masq pin $(pair 0.0.0.0 192.0.2.1 0x5000 0x3000)
	refuses "These addresses are already in use as a server's or client's" \
		masq pin $(pair 192.0.2.1 198.51.100.1 0x5000 0x3000)
}
tool -j masq clients
is "$(grep -c '"client"' <<<"$out")" 3 "refused pins leave no client behind"
refuses 'No such out-SPI at that server (in out-spi)' \
	masq show server 192.0.2.1 out-spi 0x1001
refuses 'That out-SPI has no such in-SPI (in in-spi)' \
	masq show server 192.0.2.1 out-spi 0x1000 in-spi 0x2002
refuses 'A pair is named by server and out-spi: both are required' \
	masq show out-spi 0x1000
refuses 'No such client' masq clients client 10.0.0.99
refuses 'No such out-SPI at that server (in out-spi)' \
	masq del server 192.0.2.2 out-spi 0x1000
refuses 'No such out-SPI at that server (in out-spi)' \
	masq del server 192.0.2.1 out-spi 0x1000 client 10.0.0.3
refuses 'That out-SPI has no such in-SPI (in in-spi)' \
	masq del server 192.0.2.1 out-spi 0x1000 in-spi 0x2002

# --- settings

accepts masq set echo-window 500 ambiguous drop zone-min 5000 zone-max 5002
tool masq config
same "$(awk '$1 ~ /^(echo-window|ambiguous|zone-min|zone-max)$/ {
	print $1, $2 }' <<<"$out" | paste -sd ' ')" \
	"echo-window 500 zone-min 5000 zone-max 5002 ambiguous drop" \
	"settings are what they were set to"
nl_ns=$B
golden masq-config "those of another namespace are what they were" \
	-j masq config
nl_ns=$A
while read -r key min max range; do
	refuses "$key must be from ${range/-/ to }" masq set "$key" "$max"
	[ "$min" = - ] ||
		refuses "$key must be from ${range/-/ to }" masq set "$key" "$min"
	accepts masq set "$key" "${range%-*}"
	accepts masq set "$key" "${range#*-}"
done <<END
pair-timeout 9 604801 10-604800
open-timeout 0 3601 1-3600
echo-window 9 5001 10-5000
echo-patience 49 60001 50-60000
turn-gap - 10001 0-10000
hold-time - 60001 0-60000
hold-client 0 1025 1-1024
hold-total 0 65537 1-65536
early-time - 5001 0-5000
early-bytes 65535 268435457 65536-268435456
client-pairs 0 1048577 1-1048576
client-open 0 65537 1-65536
prefix-clients 0 65536 1-65535
max-pairs 0 16777217 1-16777216
roam-silence - 3600001 0-3600000
END
refuses 'turn-time must be from 10 to 60000' masq set turn-time 9
refuses 'turn-time must be from 10 to 60000' masq set turn-time 60001
refuses 'zone-min must be from 1 to 65535' masq set zone-min 0
refuses 'zone-max must be from 1 to 65535' masq set zone-max 0
refuses 'zone-max must not be below zone-min' masq set zone-min 5003
refuses 'zone-max must not be below zone-min' masq set zone-max 4999
tool masq config
before=$out
refuses 'pair-timeout must be from 10 to 604800' \
	masq set echo-window 1000 pair-timeout 1
tool masq config
same "$out" "$before" "of several settings with a bad one none is changed"

# --- caps

accepts masq flush
accepts masq set zone-min 5000 zone-max 5001 client-pairs 2 max-pairs 4
no_room='No room: raise client-pairs, client-open, prefix-clients or max-pairs'
no_zone='No conntrack zone is free for one more client: flush clients, or widen zone-min and zone-max up to 1 and 65535'
# shellcheck disable=SC2046
{
	accepts masq pin $(pair 10.0.0.1 192.0.2.1 0x1000 0x1000)
	accepts masq pin $(pair 10.0.0.2 192.0.2.1 0x2000 0x2000)
	refuses "$no_zone" masq pin $(pair 10.0.0.3 192.0.2.1 0x3000 0x3000)
	accepts masq pin $(pair 10.0.0.1 192.0.2.1 0x1001 0x1001)
	refuses "$no_room" masq pin $(pair 10.0.0.1 192.0.2.1 0x1002 0x1002)
	accepts masq set client-pairs 9
	accepts masq pin $(pair 10.0.0.1 192.0.2.1 0x1003 0x1003)
	refuses "$no_room" masq pin $(pair 10.0.0.1 192.0.2.1 0x1004 0x1004)
}
tool -j masq clients
same "$(grep -o '"zone": [0-9]*' <<<"$out" | sort)" \
	'"zone": 5000'$'\n''"zone": 5001' "zones are taken from the range"
accepts masq flush
accepts masq set zone-max 5099 max-pairs 100 prefix-clients 1
# shellcheck disable=SC2046
{
	accepts masq pin $(pair fd00::1 2001:db8::1 0x1000 0x1000)
	accepts masq pin $(pair fd00:0:0:1::1 2001:db8::1 0x1001 0x1001)
	refuses "$no_room" masq pin $(pair fd00::2 2001:db8::1 0x1002 0x1002)
}

# --- del and flush

accepts masq flush
# shellcheck disable=SC2046
for i in 1 2 3; do
	must "$SPINAT" -n "$A" masq pin \
		$(pair 10.0.0.$i 192.0.2.1 0x100$i 0x200$i)
	must "$SPINAT" -n "$A" masq pin \
		$(pair 10.0.0.$i 192.0.2.2 0x300$i 0x400$i)
done
left() { tool -j masq show; grep -o '"in-spi": "0x[0-9a-f]*"' <<<"$out" |
	sed 's/.*0x0000//; s/"//' | sort | paste -sd ' '; }
is "$(left)" "2001 2002 2003 4001 4002 4003" "six pairs"
accepts masq flush client 10.0.0.1 server 192.0.2.2
is "$(left)" "2001 2002 2003 4002 4003" "flush of a client at a server"
accepts masq flush client 10.0.0.2
is "$(left)" "2001 2003 4003" "flush of a client"
accepts masq flush server 192.0.2.1
is "$(left)" "4003" "flush of a server"
accepts masq pin client 10.0.0.3 server 192.0.2.2 out-spi 0x3003 in-spi 0x4009
accepts masq del server 192.0.2.2 out-spi 0x3003 in-spi 0x4003
is "$(left)" "4009" "del of one in-SPI"
accepts masq del server 192.0.2.2 out-spi 0x3003 client 10.0.0.3
is "$(left)" "" "del of an out-SPI"
prints '[]' "no client without a pair stays" -j masq clients

# --- who may ask

rights='the kernel wants CAP_NET_ADMIN in this network namespace; run it as root'
while read -r -a words; do
	message=$(in_ns "$A" timeout 10 setpriv --bounding-set=-net_admin \
		"$SPINAT" masq "${words[@]}" 2>&1 </dev/null)
	is "$?|$message" "1|spinat: masq ${words[0]}: $rights" \
		"without CAP_NET_ADMIN: masq ${words[*]}"
done <<END
show
show server 192.0.2.1 out-spi 0x1000
clients
clients client 10.0.0.1
stats
config
save
monitor
set echo-window 300
flush
del server 192.0.2.1 out-spi 0x1000
pin $(pair 10.0.0.1 192.0.2.1 0x1000 0x2000)
END
message=$(in_ns "$A" unshare -Ur "$SPINAT" masq show 2>&1)
is "$message" "spinat: masq show: $rights" \
	"root of a user namespace may not ask about the network of another"
is "$(unshare -Urn "$SPINAT" -j masq show 2>&1)" '[]' \
	"but may ask about his own"

masq_unload
refuses 'the kernel module spinat_masq is not loaded; load it with: modprobe spinat_masq' \
	masq show
plan "$tap_count"
