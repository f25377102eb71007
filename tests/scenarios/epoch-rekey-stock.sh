# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 600
# icount: 1
#
# As epoch-rekey-traffic.sh, behind a stranger's NAT with one client, with a gate on
# the client only and on both ends.
#
#  client1 ---- lan0 [R] wan0 --20 ms-- server
#             stock masquerade

. tests/lib/common.sh
. tests/lib/charon.sh
. tests/lib/fleet.sh
. tests/lib/gated.sh
. tests/lib/watched.sh
. tests/lib/rekeying.sh

RK_STOCK_NAT=1
rekeying_gates client no
rekeying_up 1
for who in client1 server; do
	rekeying_case "stock NAT and server, up and down, by $who" "up down" "$who"
	whole_case 1
	rekeying_case "stock NAT and server, down, by $who" "down" "$who"
	whole_case 1
done
rekeying_gates client server
for who in client1 server; do
	rekeying_case "stock NAT, gates on both ends, up and down, by $who" \
		"up down" "$who"
	whole_case 2
done
plan "$tap_count"
