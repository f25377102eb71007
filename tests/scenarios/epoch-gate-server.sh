# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 120
#
# A server that waits: it holds the data of new SAs until the client says by a
# control ping that the epoch is proved, or its ceiling comes. Its kernel
# answers the client's pings, so any target will do and no firewall is in the
# way.
#
#	C[1] role client -- R (masquerade, cut at times) -- S role server

. tests/lib/epoch.sh

lab

# --- without, for contrast ----------------------------------------------------
path_cut both
sas_add $O1 $I1
policies_set $O1 $I1
flow_start contrast --rate 50 --count 20 -- down
flow_wait contrast
path_mend
check "without it what the server sends too early is lost ($(flow contrast down lost) of 20)" \
	[ "$(flow contrast down lost)" -gt 10 ]
ipsec_flush

# --- it waits -----------------------------------------------------------------
epoch_load
# nobody has this address, and the server refuses to be pinged
in_ns "$S" nft -f - <<-END
	table inet firewall {
		chain in { type filter hook input priority filter; meta l4proto icmp drop; }
	}
END
tunnel_new c role client ping-max 200 stale-after 0 target 10.99.0.77
tunnel_new s role server ceiling 8000
path_cut both
wire_start
events_start s
sas_add $O1 $I1
announce s $O1 $I1
announce c $O1 $I1
policies_set $O1 $I1
flow_start both --rate 50 --drain 300 -- up down
wait_for 5 "the server to hold" held_over s $I1 5
is "$(epoch_get s $I1 state) $(epoch_get c $O1 state)" "held held" \
	"both ends hold data"
is "$(epoch_stat s pings)" 0 "the server sends no pings"
path_mend
check "the client's gate opens" wait_epoch c $O1 open 5
check "the server's opens by its word" wait_epoch s $I1 open 2
flow_stop both
wire_stop
whole both up "what the client held arrives, each packet once, in order"
whole both down "what the server held arrives, each packet once, in order"
is "$(events s)" "born announced proved" "the server's events are born, announced, proved"
check "it answered pings for an address that nobody has" stat_over s answers 0
is "$(epoch_stat c refuse-cookie) $(epoch_stat s refuse-cookie)" "0 0" \
	"no ping was refused"
# all that the server sends before its first answer would be data
sent=$(wire_count down $I1)
check "on the wire: $sent packets from the server, none before the client's ping" \
	awk -v out="$(printf '0x%08x' $O1)" '$3 == out { seen = 1 }
		$2 == "down" && !seen { bad = 1 } END { exit bad || !seen }' "$TMP/wire"

# --- the word gets lost ---------------------------------------------------------
wan_netem delay 10ms loss 30%
tunnel_set s ceiling 60000
sas_add $O2 $I2
announce s $O2 $I2
announce c $O2 $I2
policies_set $O2 $I2
check "30 % loss: the client's gate opens" wait_epoch c $O2 open 10
check "30 % loss: the server's gate opens, too" wait_epoch s $I2 open 10
note "the client's pings $(epoch_get c $O2 pings), the server's answers $(epoch_get s $I2 answers)"
wan_clear
sas_del $O1 $I1
sas_del $O2 $I2

# --- the ceiling ------------------------------------------------------------------
# ceiling POLICY: the client never pings, for it has no gate
ceiling()
{
	must gate s unset name t
	tunnel_new s role server ceiling 3000 on-ceiling "$1"
	sas_add $O3 $I3
	announce s $O3 $I3
	policies_set $O3 $I3
	flow_start "$1" --rate 50 --for 4500 --drain 300 -- down
	wait_epoch s $I3 dead 5
	is "$(epoch_stat s ceiling)" "$2" "on-ceiling $1: the ceiling comes"
	flow_wait "$1"
	epoch_diag s
}

must gate c unset name t
ceiling open 1
whole open down "on-ceiling open: held packets and all later ones arrive"
check "on-ceiling open: after its 3 s, not before ($(flow open down delay-max-ms) ms)" \
	[ "$(flow open down delay-max-ms)" -ge 500 ]
sas_del $O3 $I3
ceiling drop 2
is "$(flow drop down received)" 0 "on-ceiling drop: nothing arrives"
check "on-ceiling drop: that is counted" stat_over s drop-dead 10
plan "$tap_count"
