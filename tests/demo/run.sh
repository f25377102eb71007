# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What "make demo" shows, in the VM: four IPsec clients behind one address, with
# real strongSwan and plain ESP to one server; first on the stock router, then
# with spinat_masq, then with gates at the ends while things happen to them.
# Exit status 0 if the modules make the difference.

. tests/lib/common.sh
. tests/lib/charon.sh
. tests/lib/fleet.sh

SPINAT=${SPINAT:-userspace/spinat/spinat}
clients=4
echoes=20

title()
{
	echo
	echo "=== $*"
	echo
}

step() { printf '  . %s\n' "$*"; }
show() { sed 's/^/      /'; }
sort_below_header() { sed -u 1q; sort -V; }

# common.sh speaks TAP there
bail()
{
	echo "demo: $*" >&2
	exit 2
}

topology()
{
	cat <<-END

	  Four IPsec clients behind one address, plain ESP to one server
	  kernel $(uname -r), strongSwan $(dpkg-query -W \
		-f '${Version}' charon-systemd)

	    client1 10.0.1.1 --+
	    client2 10.0.1.2 --+--  router with nftables  --------- server
	    client3 10.0.1.3 --+    masquerade: 203.0.113.1      203.0.113.2
	    client4 10.0.1.4 --+
	END
}

# dial: sets up each client's tunnel, the clients speak first
dial()
{
	local i word

	for ((i = 1; i <= clients; i++)); do
		word="no tunnel"
		! charon_initiate "client$i" || word="tunnel is up"
		step "client$i dials: $word"
		in_ns "${C[i]}" ping -q -c 1 -W 1 "$INNER_S" >/dev/null
	done
}

# hang_up: deletes all tunnels, so that each part starts from nothing
hang_up()
{
	local i

	for ((i = 1; i <= clients; i++)); do
		charon_drop "client$i"
	done
	must in_ns "$R" conntrack -F
	wrong_mark
}

# wrong_mark: packets at wrong clients count from here on
declare -a wrong_before=()
wrong_mark()
{
	local i

	for ((i = 1; i <= clients; i++)); do
		wrong_before[i]=$(fleet_wrong "$i")
	done
	wan_watch
}

# traffic: echoes in all tunnels at once; sets working, wrong and the WAN's
# counts, prints the table
traffic()
{
	local i up down astray verdict

	wan_watch
	step "$echoes echoes in each tunnel and direction, all at once ..."
	fleet_burst "$echoes"
	working=0 wrong=0
	echo
	printf '      %-9s %13s %13s %15s\n' "" "client asks," "server asks," \
		"ESP of others"
	printf '      %-9s %13s %13s %15s\n' "" "gets answers" "gets answers" \
		"that came here"
	for ((i = 1; i <= clients; i++)); do
		up=$(fleet_ping_count "up$i" received)
		down=$(fleet_ping_count "down$i" received)
		astray=$(($(fleet_wrong "$i") - wrong_before[i]))
		verdict="does not work"
		if [ "$up $down" = "$echoes $echoes" ]; then
			verdict=works
			working=$((working + 1))
		fi
		wrong=$((wrong + astray))
		printf '      %-9s %7d of %2d %7d of %2d %15d   %s\n' \
			"client$i" "$up" "$echoes" "$down" "$echoes" "$astray" \
			"$verdict"
	done
	esp=$(wan_seen plain_esp)
	data4500=$(wan_seen data4500)
	echo
	step "on the WAN: $esp packets of plain ESP, $data4500 data packets in UDP 4500"
}

conntrack_view()
{
	step "conntrack's view of ESP:"
	in_ns "$R" conntrack -L -p 50 2>/dev/null |
		sed 's/^unknown  *//; s/ mark=0//; s/ use=[0-9]*//' | show
}

topology
title "Starting the server's and the clients' strongSwan"
fleet_up "$clients"
nat_on
fleet_watch
wrong_mark
step "five daemons run, IKEv2 with a pre-shared key"
step "the spinat plugin on both ends agrees to plain ESP (plain_esp = both)"

title "1. The stock router"
dial
traffic
stock_working=$working stock_wrong=$wrong
conntrack_view
step "all ESP between two addresses is one entry: it has one owner, and"
step "what the server sends to the others goes there or nowhere"

title "2. The same router after: insmod spinat_masq.ko"
hang_up
masq_load
dial
traffic
step "spinat masq show:"
"$SPINAT" -n "$R" masq show | sort_below_header | show
conntrack_view
step "each client has a zone of its own, in it stock NAT does the rest"

works_nat=$working wrong_nat=$wrong esp_nat=$esp udp_nat=$data4500

. tests/demo/gate.sh

title "Result"
printf '  stock router:     %d of %d clients work, %d packets at a wrong client\n' \
	"$stock_working" "$clients" "$stock_wrong"
printf '  with spinat_masq: %d of %d clients work, %d packets at a wrong client\n' \
	"$works_nat" "$clients" "$wrong_nat"
printf '  all rekey at once, no gate:    %d packets lost, %d at a wrong client\n' \
	"$free_lost" "$free_wrong"
printf '  all rekey at once, with gates: %d packets lost, %d at a wrong client, longest gap %d ms\n' \
	"$gate_lost" "$gate_wrong" "$gate_gap"
printf '  NAT reloaded, with gates:      works again: %s, longest gap %d ms\n' \
	"${nat_works:-no}" "$nat_gap"
printf '  server vanished, with gates:   works again: %s, by itself\n' \
	"${server_works:-no}"
echo
if [ "$stock_working" -lt "$clients" ] && [ "$works_nat" = "$clients" ] &&
   [ "$wrong_nat" = 0 ] && [ "$udp_nat" = 0 ] && [ "$esp_nat" -gt 0 ] &&
   [ "$gate_lost" = 0 ] && [ "$gate_other" = 0 ] && [ "$gate_wrong" = 0 ] &&
   [ "$nat_works" = yes ] && [ "$server_works" = yes ]; then
	echo "PASS: all clients work behind one address, with plain ESP only,"
	echo "      lose nothing when they rekey, and get up again by themselves"
	exit 0
fi
echo "FAIL: this is not what spinat promises"
exit 1
