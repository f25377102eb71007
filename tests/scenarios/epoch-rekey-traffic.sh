# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 600
# icount: 1
#
# Rekeyings under 100 numbered packets a second in each tunnel and way, with gates
# on both ends: nothing may be lost, duplicated or reordered, whoever rekeys and
# whichever way the packets go, though both tunnels are rekeyed in the same instant
# and the NAT has to find two new pairs. The same without gates, for contrast.
#
#  client1 --+
#            +-- lan0 [R] wan0 --20 ms-- server
#  client2 --+      spinat_masq
#
# epoch-rekey-traffic-long.sh does each case for 60 s.

. tests/lib/common.sh
. tests/lib/charon.sh
. tests/lib/fleet.sh
. tests/lib/gated.sh
. tests/lib/watched.sh
. tests/lib/rekeying.sh

rekeying_gates client server
rekeying_up
for who in clients server; do
	for ways in "up down" up down; do
		rekeying_case "gates on both ends, ${ways/ / and }, by the $who" \
			"$ways" "$who"
		whole_case 4
	done
done

# --- without gates, for contrast ------------------------------------------------
RK_MS=5000
rekeying_gates no no
rekeying_case "without gates, up and down, by the clients" "up down" clients
lost=$(traffic_sum lost)
rekeying_case "without gates, down, by the clients" down clients
check "without gates packets are lost" [ $((lost + $(traffic_sum lost))) -gt 0 ]
plan "$tap_count"
