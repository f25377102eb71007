# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 600
#
# Gates on both ends over the life of a tunnel: each time the kernel gets other
# SAs, be it with the same SPIs, they are gated and proved, and packets arrive.
# With plain ESP, with ESP in UDP, and with IKEv1.
#
#  client1 ---- lan0 [R] wan0 ---- server
#                masquerade

. tests/lib/common.sh
. tests/lib/charon.sh
. tests/lib/gated.sh

# both_proved TEXT: the newest epoch of both ends is proved, packets arrive, and
# there is one tunnel at each end
both_proved()
{
	wait_for 15 "proof at both ends" both_are_proved
	is "$(gated_newest client1 state) $(gated_newest client1 proved)" \
		"open true" "$1: proved at the client"
	is "$(gated_newest server state) $(gated_newest server proved)" \
		"open true" "$1: proved at the server"
	is "$(ping_count "${C[1]}" "$(inner_client 1)" "$INNER_S" 5)" 5 \
		"$1: packets arrive"
	wait_for 10 "one tunnel at the server" one_tunnel
	is "$(gated_tunnels client1 | wc -w) $(gated_tunnels server | wc -w)" "1 1" \
		"$1: one tunnel at each end"
	if [ "$tap_failed" != "${failed_before:-0}" ]; then
		failed_before=$tap_failed
		gated_diag client1
		gated_diag server
		charon_diag client1
		charon_diag server
	fi
}
both_are_proved() { gated_proved client1 && gated_proved server; }
one_tunnel() { [ "$(gated_tunnels server | wc -w)" = 1 ]; }

spi() { charon_sas client1 | awk '$1 == "out" { sub(",", "", $2); print $2 }' | tail -n 1; }
ike_spi() { charon_sas client1 | awk 'NR == 1 { print $5 }'; }
spi_changed() { charon_established client1 && [ "$(spi)" != "$1" ]; }
ike_changed() { charon_established client1 && [ "$(ike_spi)" != "$1" ]; }

# rekey NAME
rekey()
{
	local old

	old=$(spi)
	must charon_ctl "$1" --rekey --child net
	wait_for 15 "new SAs" spi_changed "$old" || charon_diag "$1"
}

# ike NAME CONNECTION [WORD]: rekeys or reauthenticates the IKE_SA
ike()
{
	local old

	old=$(ike_spi)
	must charon_ctl "$1" --rekey --ike "$2" ${3:+"$3"}
	wait_for 15 "a new IKE_SA" ike_changed "$old" || charon_diag "$1"
}

# life VERSION TEXT: what happens to every tunnel
life()
{
	charon_up client1
	both_proved "$2"
	rekey client1
	both_proved "$2, rekeyed by the client"
	rekey server
	both_proved "$2, rekeyed by the server"
	if [ "$1" = 2 ]; then
		ike client1 client1
		rekey client1
		both_proved "$2, IKE_SA rekeyed by the client"
		ike server clients
		rekey server
		both_proved "$2, IKE_SA rekeyed by the server"
	fi
	ike client1 client1 --reauth
	both_proved "$2, reauthenticated"
}

# ends NAME CONNECTION TEXT: it is deleted from there
ends()
{
	must charon_ctl "$1" --terminate --ike "$2" --timeout 10
	wait_for 10 "no SAs" charon_established client1 0
	wait_for 10 "no tunnel" gated_untunneled server
	is "$(gated_epochs client1)$(gated_epochs server) $(gated_tunnels server)" \
		"[][] " "$3: no epochs are left, and no tunnel at the server"
}

# address OLD NEW: the client's
address()
{
	ip_batch "${C[1]}" <<-END
		addr del $1/16 dev eth0
		addr add $2/16 dev eth0
		route replace default via 10.0.0.1
		route replace $INNER_S/32 via 10.0.0.1 src $(inner_client 1)
	END
	must in_ns "$R" conntrack -F
	wait_for 20 "the client's SAs to move" has_moved "$2"
}
has_moved() { ip -n "${C[1]}" xfrm state | grep -q "src $1 "; }
# the server's idea of the peer
server_peer() { ip -n "$S" xfrm state | grep -q "dst $1\$"; }

topo_new 1
nat_on
charon_install
epoch_load
charon_inner
charon_conns client1 "$(charon_client_conn 1)"
charon_conns server "$(charon_server_conn)"
charon_settings client1 "plain_esp = both
	gate = client"
charon_settings server "plain_esp = both
	gate = server"
charon_spawn server "$S"
charon_spawn client1 "${C[1]}"
charon_ready server
charon_ready client1

life 2 "IKEv2"

# --- the same SPIs at other addresses
proofs=$(gated_stat client1 proofs)
address 10.0.1.1 10.0.1.77
wait_for 10 "a proof of the moved SAs" gated_stat_over client1 proofs "$proofs"
both_proved "MOBIKE, another address of the client"
must ip -n "$S" route add 10.0.0.0/16 via "$PUB"
nat_off
must in_ns "$R" conntrack -F
address 10.0.1.77 10.0.1.78
wait_for 20 "the server to see the client's own address" server_peer 10.0.1.78
both_proved "MOBIKE, another address for the server, too"
is "$(gated_tunnel server "$(gated_tunnels server)" peer)" 10.0.1.78 \
	"MOBIKE: the server's tunnel has moved"
nat_on
must ip -n "$S" route del 10.0.0.0/16
address 10.0.1.78 10.0.1.1
wait_for 20 "the server to see the NAT's address" server_peer "$PUB"
both_proved "MOBIKE, behind the NAT again"

# --- another port of IKE at the NAT is no reason to close the gate. Only without
# MOBIKE an end takes it from the next message.
ends client1 client1 "deleted by the client"
charon_up client1
both_proved "set up again"
ends server clients "deleted by the server"
charon_conns client1 "$(charon_client_conn 1 "version = 2
	mobike = no")"
charon_up client1
wait_for 15 "proof at both ends" both_are_proved
charon_mark
ceilings=$(gated_stat server ceiling)
must in_ns "$R" nft insert rule inet nat post oifname wan0 udp sport 4500 \
	masquerade to :6000-6100
must in_ns "$R" conntrack -F
must charon_ctl client1 --rekey --ike client1
wait_for 10 "the server to see another port" charon_said_so server \
	"remote endpoint changed" || charon_diag server
is "$(ping_count "${C[1]}" "$(inner_client 1)" "$INNER_S" 5)" 5 \
	"another port of IKE: packets arrive"
is "$(gated_newest server state)" open "another port of IKE: open at the server"
is "$(gated_stat server ceiling)" "$ceilings" "another port of IKE: the server did not wait"
must in_ns "$R" nft flush ruleset
nat_on
must in_ns "$R" conntrack -F
ends client1 client1 "another port of IKE, deleted"

charon_settings client1 "gate = client"
charon_settings server "gate = server"
life 2 "ESP in UDP"
ends client1 client1 "ESP in UDP"

charon_settings client1 "plain_esp = both
	gate = client"
charon_settings server "plain_esp = both
	gate = server"
charon_conns client1 "$(charon_client_conn 1 "version = 1")"
charon_conns server "$(charon_server_conn "version = 1")"
life 1 "IKEv1"
ends server clients "IKEv1, deleted by the server"
plan "$tap_count"
