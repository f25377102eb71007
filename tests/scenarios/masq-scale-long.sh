# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 900
# memory: 3072
# long: 1
#
# As much as the tables take: a million pairs of a thousand clients at a hundred
# servers, and as many clients as there are conntrack zones. Who comes after them
# is refused in one clear sentence, and nobody else notices.
#
#	C[1] established --+
#	C[2] comes late ---+-- R (masquerade) ------ S
#	64,511 more, by netlink

. tests/lib/masq.sh

PAIRS=1000000
ZONES=$((65535 - 1024 + 1))
plan 11
lab_up 2
nat_on
masq_load

# many PAIRS CLIENTS SERVERS SPI: clients from 10.1.0.0 on
many()
{
	"$LAB_TOOLS/masq-many" "$R" "$1" "$2" "$3" 10.1.0.0 198.51.0.0 "$NAT" \
		"$4" "$4"
}

# available: sets $free to bytes
available()
{
	echo 3 >/proc/sys/vm/drop_caches
	free=$(awk '$1 == "MemAvailable:" { printf "%.0f\n", $2 * 1024 }' /proc/meminfo)
}

# clients_now
clients_now() { counter clients; }

pair_up 1 $O1 $I1
is "$(pair_field $O1 evidence)" echo "a client is established"

# --- pairs -------------------------------------------------------------------
must masq set max-pairs $((PAIRS + 100))
available
before=$free
seconds=$(many $PAIRS 1000 100 0x10000000)
is "$(counter pairs)" $((PAIRS + 1)) "$PAIRS pairs are accepted"
available
bytes=$(((before - free) / PAIRS))
check "a pair takes $bytes bytes, at most 256" [ "$bytes" -le 256 ]
read -r n dump < <("$LAB_TOOLS/masq-many" "$R")
is "$n" $((PAIRS + 1)) "a dump has them all"
victim_fine "$PAIRS pairs"
note "$PAIRS pairs: made in $seconds s, listed in $dump s"
must masq flush server 198.51.0.0
is "$(counter pairs)" $((PAIRS - PAIRS / 100 + 1)) "one server of a hundred is forgotten"
begin=$(now_ms)
must masq flush
note "flushed in $(($(now_ms) - begin)) ms"

# --- clients -----------------------------------------------------------------
pair_up 1 $O1 $I1
victim_seq=21
many $((ZONES - 1)) $((ZONES - 1)) 1 0x10000000 >"$TMP/many" ||
	note "$(cat "$TMP/many")"
is "$(clients_now)" $ZONES "$ZONES clients have a conntrack zone"
said=$(masq pin client 10.9.9.9 server "$SERVER" public "$NAT" out-spi 0xd0000001 \
	in-spi 0xd0000001 2>&1)
check "one more is refused: $said" \
	grep -qF "No conntrack zone is free for one more client" <<<"$said"
from_client 2 --spi 0xd0000002 --count 3
check "packets of one more are left to stock conntrack and counted" \
	[ "$(counter zone-full)" -ge 1 ]
victim_fine "all zones are taken"
is "$(clients_now) $(counter evict)" "$ZONES 0" "nobody had to go"
