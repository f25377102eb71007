# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 900
# icount: 1
#
# A stranger's NAT, without spinat and with one client behind it, forgets, restarts,
# lets its mapping expire, and moves to another address, in mid-stream. Tunnels
# with gates heal by themselves; how long that takes is printed, and what happens
# without gates.
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
outage "NAT forgets, up and down" "up down" 10000 nat_forgets
healed 5000
outage "NAT restarts, up and down" "up down" 20000 nat_restarts
healed 15000
outage "NAT restarts, up" "up" 20000 nat_restarts
healed 17000
# A client that sends nothing asks once a minute at most, when a stream ends too.
# Whether anything came is looked up four times in it: 60 s and 15 s, and a few more.
outage "NAT forgets, down" "down" 90000 nat_forgets
healed 85000
# For longer streams it is soon.
out_lead=80000
outage "NAT forgets, a long stream down" "down" 20000 nat_forgets
healed 10000
out_lead=1500
outage "WAN address changes" "up down" 35000 wan_moves 203.0.113.9
healed 30000
detected 10000

# --- the mapping expires ------------------------------------------------------------
must in_ns "$R" sysctl -qw net.netfilter.nf_conntrack_generic_timeout=5
tunnels_anew
rest 10000
outage "mapping expired, down" "down" 90000 true
healed 85000
recovering_gates client server "idle_interval = 3000"
tunnels_anew
rest 10000
outage "mapping kept by idle pings, down" "down" 5000 true
is "$(traffic_sum lost)" 0 "an idle ping each 3 s keeps a mapping of 5 s: no packet is lost"
must in_ns "$R" sysctl -qw net.netfilter.nf_conntrack_generic_timeout=600

# --- without gates, for contrast ----------------------------------------------------
recovering_gates no no
tunnels_anew
outage "without gates: NAT forgets, down" "down" 130000 nat_forgets
is "$(out_silent)" 1 "without gates a client that only listens is cut off for good"
outage "without gates: WAN address changes" "up down" 40000 wan_moves $PUB
is "$(out_silent)" 1 "without gates nothing comes down any more after the change"
plan "$tap_count"
