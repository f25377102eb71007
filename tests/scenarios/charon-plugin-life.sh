# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 300
#
# plain_esp = both over the life of a tunnel: charon decides on encapsulation
# anew whenever it installs a CHILD_SA, and detects NATs anew with MOBIKE. ESP
# has to stay plain, and packets have to arrive, after each of them.
#
#  client1 ---- lan0 [R] wan0 ---- server
#                masquerade, and at times not

. tests/lib/common.sh
. tests/lib/charon.sh

plan 31

# still_plain TEXT: all packets arrive as plain ESP, no SA encapsulates
still_plain()
{
	wan_watch
	is "$(ping_count "${C[1]}" "$(inner_client 1)" "$INNER_S" 10)" 10 \
		"$1: all packets arrive"
	is "$(wan_seen plain_esp) $(wan_seen data4500)" "20 0" \
		"$1: they are plain ESP"
	if charon_plain "$S" && charon_plain "${C[1]}"; then
		ok "$1: no SA encapsulates"
	else
		fail "$1: no SA encapsulates"
		charon_diag client1
		charon_diag server
	fi
}

# never_encapsulated: did no end, at no time, add or update an SA with
# encapsulation? The monitors see the kernel's own notifications.
monitor_start()
{
	local name ns

	for name in server client1; do
		ns=$S
		[ $name = server ] || ns=${C[1]}
		ip -n "$ns" xfrm monitor SA >"$charon_dir/$name.monitor" 2>&1 &
	done
}

never_encapsulated()
{
	[ "$(cat "$charon_dir"/*.monitor | grep -c 'proto esp')" -gt 0 ] &&
		! grep -H encap "$charon_dir"/*.monitor
}

# spi NAME: the client's inbound SPI; spi_changed: it is not the one noted
spi() { charon_sas "$1" | awk '$1 == "in" { print $2; exit }'; }
spi_changed() { charon_established client1 && [ "$(spi client1)" != "$old" ]; }

# rekey NAME CONNECTION WHAT...: and wait until the client has another SA
rekey()
{
	local name=$1

	shift
	old=$(spi client1)
	must charon_ctl "$name" --rekey "$@"
	wait_for 10 "the rekeyed SA" spi_changed ||
		bail "no rekeying: $(charon_diag "$name")"
}

# ike_spi, ike_changed: the same for the IKE_SA
ike_spi() { charon_sas client1 | awk 'NR == 1 { print $5 }'; }
ike_changed()
{
	charon_established client1 && [ "$(ike_spi)" != "$old" ]
}

# server_peer ADDRESS: do the server's SAs go there?
server_peer() { ip -n "$S" xfrm state | grep -q "dst $1\$"; }

# move OLD NEW: the client's address, and its SAs
move()
{
	ip_batch "${C[1]}" <<-END
		addr del $1/16 dev eth0
		addr add $2/16 dev eth0
		route replace default via 10.0.0.1
		route replace $INNER_S/32 via 10.0.0.1 src $(inner_client 1)
	END
	must in_ns "$R" conntrack -F
	wait_for 20 "the client's SAs to move" has_moved "$2" ||
		charon_diag client1
}
has_moved() { ip -n "${C[1]}" xfrm state | grep -q "src $1 "; }

topo_new 1
nat_on
charon_install
charon_inner
monitor_start
charon_conns client1 "$(charon_client_conn 1 "version = 2
	dpd_delay = 2s")"
charon_conns server "$(charon_server_conn)"
charon_settings client1 "plain_esp = both" "keep_alive = 1s"
charon_settings server "plain_esp = both"
charon_spawn server "$S"
charon_spawn client1 "${C[1]}"
charon_ready server
charon_ready client1
charon_up client1
still_plain "new tunnel"

rekey client1 --child net
still_plain "CHILD_SA rekeyed by the client"
rekey server --child net
still_plain "CHILD_SA rekeyed by the server"

old=$(ike_spi)
must charon_ctl client1 --rekey --ike client1
wait_for 10 "the rekeyed IKE_SA" ike_changed || bail "no rekeying of the IKE_SA"
rekey client1 --child net
still_plain "IKE_SA rekeyed by the client, then its CHILD_SA"

old=$(ike_spi)
must charon_ctl server --rekey --ike clients
wait_for 10 "the rekeyed IKE_SA" ike_changed || bail "no rekeying of the IKE_SA"
rekey server --child net
still_plain "IKE_SA rekeyed by the server, then its CHILD_SA"

old=$(ike_spi)
must charon_ctl client1 --rekey --ike client1 --reauth
wait_for 10 "the new IKE_SA" ike_changed || bail "no reauthentication"
still_plain "reauthenticated"

old=$(ike_spi)
charon_settings client1 "plain_esp = both" "keep_alive = 1s
	make_before_break = yes"
must charon_ctl client1 --rekey --ike client1 --reauth
wait_for 10 "the new IKE_SA" ike_changed || bail "no reauthentication"
still_plain "reauthenticated, make before break"

# MOBIKE: the client gets another address. A stock router gives the server's
# ESP to one client, so it has to forget the old address.
move 10.0.1.1 10.0.1.77
still_plain "the client moved to another address"

# The NAT vanishes: the client's next DPD detects it
must ip -n "$S" route add 10.0.0.0/16 via "$PUB"
nat_off
must in_ns "$R" conntrack -F
wait_for 20 "the server to see the client's own address" \
	server_peer 10.0.1.77 || charon_diag server
still_plain "the NAT is gone"

# The client moves to where a NAT is: without the plugin both ends would
# encapsulate from now on, with half of it one of them.
nat_on
move 10.0.1.77 10.0.1.1
wait_for 20 "the server to see the NAT's address" server_peer "$PUB" ||
	charon_diag server
still_plain "the client moved behind a NAT"
check "no SA was encapsulated at any time" never_encapsulated
