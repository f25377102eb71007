# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 500
#
# Four clients with real charon behind one masquerade with spinat_masq, all with
# plain ESP to one server. Whatever IKE does with their SAs, with traffic both
# ways in all tunnels, packets have to arrive at every client afterwards, and
# none at another's: the NAT sees new SPIs each time and has to find the owner.
#
#  client1 --+
#  client2 --+-- lan0 [R] wan0 ---- server
#  client3 --+      spinat_masq
#  client4 --+
#
# Nothing proves the pairs here, as no client has a gate: the evidence is
# "serial", a guess as soon as two clients have new SAs at the same moment. What
# is lost during each event is printed, not judged.

. tests/lib/common.sh
. tests/lib/charon.sh
. tests/lib/fleet.sh

SPINAT=${SPINAT:-userspace/spinat/spinat}

plan 35

# healthy: an echo gets through, both ways, for each client
healthy()
{
	fleet_pings_start -c 1 -W 1
	fleet_pings_wait
	[ "$(fleet_counts received)" = "$(fleet_all 1)" ]
}

# after TEXT [RESTARTED]: packets arrive everywhere, and only where they belong;
# RESTARTED is the client whose own old SAs may be unknown to it
after()
{
	local begin

	begin=$(now_ms)
	wait_for 30 "all tunnels to work" healthy
	note "$1: all tunnels worked $(($(now_ms) - begin)) ms later"
	strays
	note "$1: until then at a wrong client: $wrong, without an SA: $none"
	is "$wrong" 0 "$1: no packet at a wrong client"
	[ -n "${2:-}" ] ||
		is "$none" 0 "$1: no client got ESP without an SA"
	before
	fleet_burst 20
	is "$(fleet_counts received)" "$(fleet_all 20)" \
		"$1: all packets arrive then, up/down at each client"
	strays
	is "$wrong $none" "0 0" "$1: and none where it does not belong"
	is "$(wan_seen data4500)" 0 "$1: no ESP in UDP"
	if [ "$tap_failed" != "${failed_before:-0}" ]; then
		failed_before=$tap_failed
		"$SPINAT" -n "$R" masq show | sed 's/^/# /'
		"$SPINAT" -n "$R" masq stats | sed 's/^/# /'
	fi
	before
}

# strays: sets wrong and none, the packets since before at a wrong client and
# without an SA at any
strays()
{
	local i

	wrong=0 none=0
	for ((i = 1; i <= fleet_size; i++)); do
		wrong=$((wrong + $(fleet_wrong "$i") - wrong_before[i]))
		none=$((none + $(fleet_no_states "$i") - none_before[i]))
	done
}

# before: from here on wrong packets count
declare -a wrong_before=() none_before=()
before()
{
	local i

	for ((i = 1; i <= fleet_size; i++)); do
		wrong_before[i]=$(fleet_wrong "$i")
		none_before[i]=$(fleet_no_states "$i")
	done
	wan_watch
}

# under_traffic TEXT COMMAND...: the command, while echoes run both ways
under_traffic()
{
	local text=$1

	shift
	fleet_pings_start -i 0.1
	more_traffic
	"$@" >"$charon_dir/event" 2>&1 || {
		sed 's/^/# /' "$charon_dir/event"
		bail "$text: failed"
	}
	more_traffic
	fleet_pings_stop
	note "$text: sent $(fleet_counts sent)"
	note "$text: received $(fleet_counts received)"
}

# more_traffic: waits until 200 more packets have passed, 12 for each ping
more_traffic()
{
	wait_for 20 "traffic" wan_seen_some plain_esp \
		$(($(wan_seen plain_esp) + 200))
}

# rekeyed NAME COMMAND...: runs it and waits until NAME has another SPI
rekeyed()
{
	local name=$1 old

	shift
	old=$(spi "$name")
	"$@" || return
	wait_for 15 "new SAs of $name" spi_changed "$name" "$old" && return
	charon_sas "$name"
	charon_diag "$name"
	charon_sas server
	charon_diag server
	return 1
}
spi() { charon_sas "$1" | awk '$1 == "in" { print $2; exit }'; }
spi_changed() { charon_established "$1" && [ "$(spi "$1")" != "$2" ]; }

# rekey_both: two clients at the same moment
rekey_both()
{
	local old1 old2

	old1=$(spi client1)
	old2=$(spi client2)
	charon_ctl client1 --rekey --child net &
	charon_ctl client2 --rekey --child net &
	wait $! || return
	wait_for 15 "new SAs of client1" spi_changed client1 "$old1" &&
		wait_for 15 "new SAs of client2" spi_changed client2 "$old2"
}

restart()
{
	charon_kill client3
	charon_start client3 "${C[3]}"
	charon_up client3
}

# child_id CLIENT: the server's number of the CHILD_SA with this client
child_id()
{
	charon_sas server | awk -v id="'$1'" '
		$1 == "remote" && /@/ { found = $2 == id }
		found && $1 == "net:" { gsub("[#,]", "", $2); print $2; exit }'
}

nat_and_module()
{
	nat_on
	masq_load
}

fleet_up 4
nat_and_module
wan_watch
fleet_watch
# Each client speaks first, as the clients of a server do.
for i in 1 2 3 4; do
	charon_up "client$i"
	wait_for 10 "client$i's first echo" \
		in_ns "${C[i]}" ping -q -c 1 -W 1 "$INNER_S"
done
before
after "four new tunnels"

under_traffic "CHILD_SA rekeyed by a client" \
	rekeyed client1 charon_ctl client1 --rekey --child net
after "CHILD_SA rekeyed by a client"

under_traffic "CHILD_SA rekeyed by the server" \
	rekeyed client2 charon_ctl server --rekey --child-id "$(child_id client2)"
after "CHILD_SA rekeyed by the server"

under_traffic "IKE_SA rekeyed by a client" \
	charon_ctl client3 --rekey --ike client3
after "IKE_SA rekeyed by a client"

under_traffic "IKE_SA reauthenticated" \
	rekeyed client4 charon_ctl client4 --rekey --ike client4 --reauth
after "IKE_SA reauthenticated" 4

under_traffic "client restarted" restart
after "client restarted" 3

# Two clients at the same moment. Without a gate the NAT can only guess which of
# the two new in-SPIs is whose, and a guess may be wrong: short of the goal, that
# both work at once each time. The others must not notice, and the next rekeying
# must put everything right.
# total received|sent: of the echoes of the two others, both ways
total()
{
	echo $(($(fleet_ping_count up3 "$1") + $(fleet_ping_count up4 "$1") +
		$(fleet_ping_count down3 "$1") + $(fleet_ping_count down4 "$1")))
}
under_traffic "two clients rekey at once" rekey_both
# each of the four pings may have one under way when it is stopped
is "$(($(total sent) - $(total received) <= 4))" 1 \
	"two clients rekey at once: the others lose nothing"
if wait_for 10 "the two to work" healthy; then
	note "two clients rekey at once: guessed right"
else
	note "two clients rekey at once: guessed wrong, until the next rekeying"
fi
strays
note "two clients rekey at once: $wrong packets at a wrong client"
under_traffic "the first of them rekeys again" \
	rekeyed client1 charon_ctl client1 --rekey --child net
under_traffic "the second of them rekeys again" \
	rekeyed client2 charon_ctl client2 --rekey --child net
wait_for 30 "all tunnels to work" healthy
before
after "two clients rekeyed at once, and then again"

# the contrast: without the module only one client has a working tunnel
masq_unload
must in_ns "$R" conntrack -F
fleet_burst 5
note "without the module: received $(fleet_counts received) of 5"
if [ "$(fleet_counts received)" = "$(fleet_all 5)" ]; then
	fail "without the module not all of them get through"
else
	ok "without the module not all of them get through"
fi
