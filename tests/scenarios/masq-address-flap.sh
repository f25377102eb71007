# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 90
#
# The NAT's address is away for a moment (a DHCP renewal, a PPP flap) while the
# server sends: its packets to that address are forwarded, leave by the WAN
# again, and masquerade rewrites them, so that the server looks like a client.
# When the address is back, the real clients must get out.
#
#	C[1], C[2] ---- R (masquerade, loses its address) ---- S

. tests/lib/masq.sh

plan 4
lab_up 2
must ip -n "$R" addr add 203.0.113.9/24 dev wan0
ns_sysctl "$R" net.ipv4.conf.all.promote_secondaries=1
nat_on
masq_load

# flap: the address goes, the server sends, the address comes back
flap()
{
	must ip -n "$R" addr add 203.0.113.9/24 dev wan0
	must ip -n "$R" addr del "$PUB/24" dev wan0
	from_server --spi "$I1" --count 20 --gap-us 20000
	must ip -n "$R" addr add "$PUB/24" dev wan0
	must ip -n "$R" addr del 203.0.113.9/24 dev wan0
}

# leave TEXT: both clients send five packets, five of each arrive
leave()
{
	count_start s "$S" wan0
	from_client 1 --spi "$O1" --count 5
	from_client 2 --spi 0xc0000002 --count 5
	count_stop s
	is "$(counted s "$O1")" 5 "$1: the first client's packets leave"
	# the other's may wait for its turn
	check "$1: the other client's leave or wait" \
		[ "$(counter drop-nomem)" = 0 ]
}

# The server has to know where the address is before it is gone.
from_server --spi 0x51009999
wait_for 5 "the neighbour" eval 'ip -n "$S" neigh | grep -q "^$PUB.*lladdr"'
must ip -n "$R" addr del 203.0.113.9/24 dev wan0
flap
leave "before there was a client"
flap
leave "with clients"
