# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 600
# icount: 1
#
# As epoch-rekey-traffic.sh, but only the clients have gates: the server does what
# any server does. Their gates refuse its rekeyings and rekey themselves.
#
# Such a server sends data by the new SA at once, before the NAT has seen the
# answers to the pings: what comes down in the first round trip waits in the NAT
# until it knows for whom that is.
#
#  client1 --+
#            +-- lan0 [R] wan0 --20 ms-- server
#  client2 --+      spinat_masq

. tests/lib/common.sh
. tests/lib/charon.sh
. tests/lib/fleet.sh
. tests/lib/gated.sh
. tests/lib/watched.sh
. tests/lib/rekeying.sh

rekeying_gates client no "refuse_rekey = yes"
rekeying_up
for who in client1 clients server; do
	for ways in "up down" up down; do
		rekeying_case "gates of the clients, ${ways/ / and }, by $who" \
			"$ways" "$who"
		case "$who $ways" in
		client1*) whole_case 1 ;;
		*) whole_case 2 ;;
		esac
	done
done
plan "$tap_count"
