# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 160
#
# Tables that are full: conntrack's, the module's pairs, its zones, the clients
# of one IPv6 prefix. Established tunnels survive, and who was never answered
# makes room for new ones.
#
#	C[1] victim, established ---+
#	C[2] opens meanwhile -------+-- R (masquerade) ------ S
#	C[3] fills -----------------+

. tests/lib/masq.sh

plan 15
lab_up 3
nat_on

# --- conntrack table full, first on the stock kernel -------------------------
max=$(sysctl -n net.netfilter.nf_conntrack_max)
# Early drop looks into eight buckets only: few buckets make it thorough.
sysctl -qw net.netfilter.nf_conntrack_buckets=512

# More UDP flows than the table holds, as a busy LAN makes them
fill_conntrack()
{
	sysctl -qw net.netfilter.nf_conntrack_max=64
	in_ns "${C[3]}" bash -c "for ((i = 0; i < 1000; i++)); do
		echo >/dev/udp/$SERVER/\$((10000 + i)); done" 2>/dev/null
	sysctl -qw net.netfilter.nf_conntrack_max="$max"
}

from_client 1 --spi $O1 --count 2
fill_conntrack
count_start c "${C[1]}" eth0
from_server --spi $I1 --count 20
count_stop c
check "conntrack full, stock: the tunnel's entry is thrown out" \
	[ "$(counted c)" = 0 ]

masq_load
forget_all
must masq set echo-window 5000 echo-patience 30000
pair_up 1 $O1 $I1
is "$(pair_field $O1 evidence)" echo "the victim is paired by lengths"
opens_fine "quiet"

fill_conntrack
count_start c "${C[1]}" eth0
from_server --spi $I1 --seq 21 --count 20
count_stop c
is "$(counted c)" 20 "conntrack full: the established tunnel survives"
victim_seq=41
victim_fine "conntrack full"

# --- pair table full ---------------------------------------------------------
used=$(counter pairs)
must masq set max-pairs $((used + 2))
from_client 3 --spi 0xb0000000 --next-spi --count 50
victim_fine "pair table full"
check "pair table full: it is not over its cap" \
	[ "$(counter pairs)" -le $((used + 2)) ]
is "$(pair_field $O1 evidence)" echo "pair table full: who was answered stays"
opens_fine "pair table full"
must masq set max-pairs 1048576
must masq flush client "$(lan 3)"

# --- zones full --------------------------------------------------------------
# As many spoofed LAN addresses as there are zones left; then a real one.
must masq set zone-min 1024 zone-max 1500
esp "${C[3]}" 10.0.100.1 "$SERVER" --next-source --next-spi --spi 0xf0000000 \
	--count 600
note "clients $(counter clients), evicted $(counter evict), drops $(drops)"
check "zones full: all are taken" [ "$(counter clients)" -ge 470 ]
victim_fine "zones full"
from_client 3 --spi 0xb1000000
from_client 3 --spi 0xb1000000 --seq 2
is "$(pair_field 0xb1000000 client)" "$(lan 3)" \
	"zones full: a new client still gets one"

# --- clients of one IPv6 /64 -------------------------------------------------
use_family 6
must masq set zone-max 65535 prefix-clients 10
raw_echo 1 0xc6000001 0x56000001
esp "${C[3]}" fd00::2:1 "$SERVER" --next-source --next-spi --spi 0xf1000000 \
	--count 200
in_prefix=$(pairs '.client | startswith("fd00:")')
check "one /64: no more clients than its cap ($in_prefix)" [ "$in_prefix" -le 10 ]
check "one /64: who was answered stays" [ "$(pair_field 0xc6000001 client)" = "$(lan 1)" ]
from_client 2 --spi 0xc6000002
is "$(pair_field 0xc6000002 client)" "$(lan 2)" "one /64: a new client gets in"
