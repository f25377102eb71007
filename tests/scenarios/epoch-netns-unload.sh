# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 240
#
# Namespaces are deleted and the module is removed under traffic, with open gates
# and with closed ones that hold packets. Nothing leaks, hangs or crashes, and
# what was held when the module goes is sent.
#
#	C[1] role client -- R (masquerade, cut at times) -- S

. tests/lib/epoch.sh

lab
clear_watch

# closed: new SAs, whose path does not work, hold data of a flow
closed()
{
	tunnel_new c role client ceiling 60000 ping-max 200 stale-after 0
	path_cut up
	sas_add $O1 $I1
	announce c $O1 $I1
	policies_set $O1 $I1
	flow_start held --rate 50 --drain 400 -- up
	wait_for 5 "data to be held" held_over c $O1 20
}

gone() { [ ! -d /sys/module/spinat_epoch ]; }
all_gone() { [ "$(ip netns list | wc -l)" = 0 ]; }

# --- the module goes, closed gates ------------------------------------------------
epoch_load
closed
held=$(epoch_get c $O1 held)
# no answer may open it, but what it lets go must arrive
path_cut down
path_mend up
epoch_unload
path_mend
flow_stop held
check "the module goes while $held packets are held" gone
is "$(flow held up received lost duplicated)" "$(flow held up sent) 0 0" \
	"what was held is sent, and what comes after it"
is "$(clear_seen)" 0 "nothing was sent in clear text"
ipsec_flush

# --- the module goes, open gates, under traffic; ten times ---------------------------
for ((i = 1; i <= 10; i++)); do
	epoch_load
	tunnel_new c role client
	tunnel_new s role server
	sas_add $O1 $I1
	announce s $O1 $I1
	announce c $O1 $I1
	policies_set $O1 $I1
	flow_start open --rate 500 --drain 300 -- up down
	wait_epoch c $O1 open 5
	wait_epoch s $I1 open 5
	epoch_unload
	flow_stop open >"$TMP/quiet"
	[ "$(flow open up lost) $(flow open down lost)" = "0 0" ] || break
	ipsec_flush
done
is $i 11 "ten times the module goes under traffic through open gates, without loss"
cat "$TMP/quiet"
ipsec_flush

# --- namespaces go, with closed and open gates, under traffic -------------------------
epoch_load
removed=0
for ((i = 1; i <= 4; i++)); do
	# a new laboratory each time
	[ $i = 1 ] || lab
	if [ $((i % 2)) = 0 ]; then
		closed
	else
		tunnel_new c role client
		tunnel_new s role server
		sas_add $O2 $I2
		announce s $O2 $I2
		announce c $O2 $I2
		policies_set $O2 $I2
		wait_epoch c $O2 open 5
		flow_start held --rate 500 -- up down
	fi
	for ns in "$A" "$S" "$R"; do
		ns_del "$ns" && removed=$((removed + 1))
	done
	# its sockets keep the namespaces alive until it ends
	kill "${flow_pid[held]}"
	wait "${flow_pid[held]}"
done
is $removed 12 "12 namespaces went under traffic"
wait_for 20 "the namespaces to be gone" all_gone
epoch_unload
ok "the module goes after that"
plan "$tap_count"
