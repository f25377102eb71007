# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 120
# debug: 1
#
# What a closed gate holds when its SA goes: it leaves through the new SA, or is
# dropped, but never in clear text, whatever the policies say by then.
#
#	C[1] -- R (masquerade, cut at times, watches for clear text) -- S

. tests/lib/epoch.sh

lab
epoch_load
clear_watch
tunnel_new c role client ping-max 200 ceiling 60000 stale-after 0

# held_up OUT IN: new SAs whose path does not work hold data of flow "held"
held_up()
{
	path_cut up
	sas_add "$1" "$2"
	announce c "$1" "$2"
	policies_set "$1" "$2"
	flow_start held --rate 50 --drain "${3:-400}" "${@:4}" -- up
	wait_for 5 "data to be held" held_over c "$1" 10
}

none_held() { [ "$(epoch_stat c held)" = 0 ]; }

# --- a newer SA -----------------------------------------------------------------
held_up $O1 $I1
sas_add $O2 $I2
announce c $O2 $I2
policies_set $O2 $I2
sa_del c $O1 out
wait_for 5 "the new epoch to hold what the old one held" held_over c $O2 10
is "$(epoch_get c $O1 state)" null "the epoch goes with its SA"
check "what it held waits for the new one now" held_over c $O2 10
check "which is counted" stat_over c reroute 10
path_mend
check "the new one is proved" wait_epoch c $O2 open 5
flow_stop held
is "$(flow held up errors lost duplicated)" "0 0 0" \
	"each packet arrives once, $(flow held up reordered) reordered"
is "$(clear_seen)" 0 "nothing was sent in clear text"

# --- the in-SA goes -----------------------------------------------------------
held_up $O3 $I3
sa_del c $I3 "in"
wait_for 5 "the epoch to be gone" epoch_is c $O3 null
is "$(epoch_get c $O3 state)" null "the epoch goes with its in-SA, too"
path_mend
flow_stop held
note "$(flow held up received) of $(flow held up sent) went by the out-SA, which nobody watches any more"
is "$(clear_seen)" 0 "the epoch goes with its in-SA: nothing was sent in clear text"
ipsec_flush

# --- no other SA ------------------------------------------------------------------
# The policies are still there, and nobody makes SAs for them.
dropped=$(epoch_stat c drop-gone)
held_up $O1 $I1
sa_del c $O1 out
wait_for 5 "what was held to be dropped" stat_over c drop-gone $((dropped + 10))
check "no SA is left: what was held is dropped and counted" \
	stat_over c drop-gone $((dropped + 10))
path_mend
flow_stop held
is "$(flow held up received)" 0 "no SA is left: nothing arrives"
is "$(clear_seen)" 0 "no SA is left: nothing was sent in clear text"
ipsec_flush

# --- the tunnel is taken down: policies first, then SAs ----------------------------
# The flow has ended by then; its packets would now leave in clear text.
held_up $O1 $I1 4000 --count 30
wait_for 5 "all to be held" held_over c $O1 29
must ip -n "$A" xfrm policy flush
sa_del c $O1 out
wait_for 5 "nothing to be held" none_held
path_mend
flow_wait held
is "$(flow held up received)" 0 "no policy is left: nothing arrives"
is "$(clear_seen)" 0 "no policy is left: nothing was sent in clear text"
ipsec_flush

# --- nobody watches it any more -----------------------------------------------------
held_up $O1 $I1
must gate c unset name t
is "$(epoch_get c $O1 state)" null "tunnel forgotten: its epochs, too"
is "$(epoch_stat c held)" 0 "tunnel forgotten: nothing is held"
path_mend
flow_stop held
flow_start later --rate 50 --count 10 -- up
flow_wait later
is "$(flow later up received)" 10 "tunnel forgotten: data flows again"
is "$(clear_seen)" 0 "tunnel forgotten: nothing was sent in clear text"
ipsec_flush

# --- the device goes down --------------------------------------------------------
tunnel_new c role client ping-max 200 ceiling 60000 stale-after 0
held_up $O2 $I2
flow_stop held
must ip -n "$A" link set eth0 down
check "device down: nothing is held for it" wait_for 5 "nothing to be held" none_held
must ip -n "$A" link set eth0 up
path_mend
is "$(clear_seen)" 0 "device down: nothing was sent in clear text"
epoch_diag c
plan "$tap_count"
