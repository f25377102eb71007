# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 900
# icount: 1
#
# The server reboots in mid-stream, and the daemons are killed with open and with
# closed gates. A gate outlives its daemon: what is open stays open, what is closed
# opens by a proof, or at its ceiling does as it was told.
#
#  client1 ---- lan0 [R] wan0 ---- server
#            home router, stock

. tests/lib/common.sh
. tests/lib/charon.sh
. tests/lib/fleet.sh
. tests/lib/gated.sh
. tests/lib/watched.sh
. tests/lib/recovering.sh

recovering_gates client server
recovering_up 1
nat_home
watch_start server client1

tunnels_anew
outage "server reboots" "up down" 60000 server_reboots
healed 25000
detected 10000

# --- killed with open gates ------------------------------------------------------
both_crash()
{
	charon_crash client1
	charon_crash server
}
both_start()
{
	for name in server client1; do
		must ip -n "${charon_ns[$name]}" xfrm state flush
		must ip -n "${charon_ns[$name]}" xfrm policy flush
		charon_start "$name" "${charon_ns[$name]}"
	done
	charon_up client1
}
tunnels_anew
outage "both daemons killed, gates open" "up down" 12000 both_crash
is "$(traffic_sum lost duplicated reordered)" "0 0 0" \
	"daemons killed: open gates stay open, nothing is lost"
both_start

# --- killed with closed gates: the path is back before the ceiling ------------------
# closed SECONDS: new SAs while nothing passes, both daemons killed, and after so
# long the path is mended
closed()
{
	esp_cut
	at_once rekey client1
	wait_for 10 "a closed gate" gated_is client1 held
	both_crash
	rest $(($1 * 1000))
	esp_mend
}
outage "killed, closed, mended before the ceiling" "up" 10000 closed 4
healed 12000
check "the kernel proves the epoch without a daemon" watch_seen client1 proved
is "$(watch_seen client1 ceiling; echo $?)" 1 "and before the ceiling"
both_start

# --- after the ceiling ---------------------------------------------------------------
outage "killed, closed, ceiling opens" "up" 10000 closed 14
healed 25000
check "on_ceiling = open: the ceiling comes" watch_seen client1 ceiling
is "$(gated_stat client1 drop-dead)" 0 "on_ceiling = open: it drops nothing"
both_start
recovering_gates client server "on_ceiling = drop"
outage "killed, closed, ceiling drops" "up" 10000 closed 14
healed 25000
check "on_ceiling = drop: packets are dropped from then on" \
	[ "$(gated_stat client1 drop-dead)" -gt 20 ]
check "on_ceiling = drop: until the proof" watch_seen client1 proved
plan "$tap_count"
