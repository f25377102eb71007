# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 90
#
# Both ends are clients with closed gates: each holds what it has, also its
# answers, were they data. Neither may wait for the other. (Through a NAT the
# server's end must not be a client: a stock NAT that gets its ESP first takes it
# for its own, and the real client's tunnel does not come up any more.)
#
#	C[1] role client -- R (no NAT, cut at times) -- S role client

. tests/lib/epoch.sh

lab
lab_without_nat
epoch_load
tunnel_new c role client ping-max 200
tunnel_new s role client ping-max 200

# both TEXT: both gates close on new SAs, open, and nothing is lost
both()
{
	announce s "$1" "$2"
	announce c "$1" "$2"
	policies_set "$1" "$2"
	flow_start both --rate 50 --drain 400 -- up down
	wait_for 5 "the client to hold" held_over c "$1" 5
	wait_for 5 "the server to hold" held_over s "$2" 5
	path_mend
	check "$3: the client's gate opens" wait_epoch c "$1" open 10
	check "$3: the server's gate opens" wait_epoch s "$2" open 10
	flow_stop both
}

path_cut both
sas_add $O1 $I1
both $O1 $I1 "first SAs"
whole both up "first SAs: nothing is lost to the server"
whole both down "first SAs: nothing is lost to the client"

# With loss and delay, and the old SAs gone at once.
wan_netem delay 20ms loss 20%
path_cut both
sas_add $O2 $I2
sa_del c $O1 out
sa_del s $I1 out
both $O2 $I2 "20 % loss"
check "20 % loss: what was held went on ($(flow both up received) up, $(flow both down received) down)" \
	[ "$(flow both up received)" -gt 5 ]
epoch_diag c
epoch_diag s
plan "$tap_count"
