# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 300
# debug: 2
# long: 1
#
# Each place where spinat_epoch allocates memory is failed once. Nothing crashes,
# leaks or leaves in clear text, and afterwards gates work as before.
#
#	C[1] gate -- R (masquerade, cut at times, watches for clear text) -- S gate

. tests/lib/epoch.sh
. tests/lib/faults.sh

plan 6

# tunnels: the first of a namespace, and what the tool reads
tunnels()
{
	local ns=first$fault_round err=0 tool=("$SPINAT" -n "first$fault_round" epoch)

	ip netns add "$ns" || return
	"${tool[@]}" set name t peer 192.0.2.1 target 192.0.2.2 \
		source 192.0.2.3 role client || err=1
	"${tool[@]}" tunnels name t | grep -q client || err=1
	"${tool[@]}" stats | grep -q . || err=1
	"${tool[@]}" config | grep -q . || err=1
	ip netns del "$ns"
	return $err
}

# pair N: two pairs that no other round has
pair()
{
	printf -v O1 '0x%08x' $((0xc0000000 + $1 * 16))
	printf -v I1 '0x%08x' $((0x51000000 + $1 * 16))
	printf -v O2 '0x%08x' $((O1 + 1))
	printf -v I2 '0x%08x' $((I1 + 1))
}

# opened OUT-SPI: asked often, so with few processes
opened() { "$SPINAT" -j -n "$A" epoch show out-spi "$1" | grep -q '"state": *"open"'; }

# proof: a gate opens
proof()
{
	pair "$fault_round"
	sas_add "$O1" "$I1"
	try_announce s "$O1" "$I1"
	try_announce c "$O1" "$I1"
	policies_set "$O1" "$I1"
	wait_for "$patience" "the gate to open" opened "$O1"
}

# unrouted: the same when the target has no route of its own, and needs none. Only a
# new route of IPv6 has to make something of it for a packet.
unrouted()
{
	local err=0

	case "$IS" in
	*:*)
		must ip -n "$A" -6 route del default
		must ip -n "$A" -6 route add default via fd00::1 dev eth0
		;;
	esac
	must ip -n "$A" route add unreachable "$IS"
	proof || err=1
	must ip -n "$A" route del unreachable "$IS"
	return $err
}

# first: the same when there is no epoch yet
first()
{
	ipsec_flush
	proof
}

# held: the out-SA of a gate that holds packets is deleted, so that they wait for
# the next
held()
{
	pair "$fault_round"
	path_cut up
	sas_add "$O1" "$I1"
	try_announce c "$O1" "$I1"
	policies_set "$O1" "$I1"
	# nobody waits for the answers
	in_ns "$A" ping -q -i 0.01 -W 1 -c 3 -I "$IC" "$IS" >"$TMP/echoes"
	sas_add "$O2" "$I2"
	try_announce s "$O2" "$I2"
	try_announce c "$O2" "$I2"
	policies_set "$O2" "$I2"
	sa_del c "$O1" out
	must in_ns "$R" nft delete table inet cut_up
	wait_for "$patience" "the next gate to open" opened "$O2"
}

# family 4|6: tunnels of this family
family()
{
	gate c unset name t 2>/dev/null
	gate s unset name t 2>/dev/null
	ipsec_flush
	outer "$1"
	inner "$1"
	tunnel_new c role client ping-max 100 ceiling 60000 stale-after 0
	tunnel_new s role server
}

# works COMMAND: without faults
works()
{
	fault_run 20 "$1" >"$TMP/plain" ||
		bail "$1 fails without faults: $(tail -n 1 "$TMP/plain")"
}

faults_begin spinat_epoch
modprobe -a nf_conntrack esp4 esp6
# one namespace more, so that what fails in it is undone in the first
ns_new X another
fault_insmod
epoch_loaded=1
is "$fault_careless" "" "it does not start when any of $fault_starts allocations of its start fails"
lab
clear_watch
works tunnels
fault_each 'hooks_register|epoch_setup|xmit_init|_nl_|tunnel_set|netlink_unicast' tunnels
family 4
gate c monitor >"$TMP/events" &
works proof
fault_each 'epoch_make.*xa_alloc' first
fault_each 'epoch_make|through_sa|route4|epoch_xmit|epoch_notify|epoch_get_doit' proof
works unrouted
fault_each 'route4' unrouted
works held
fault_each 'epoch_hold|held_send.* ip_' held
family 6
works proof
works unrouted
fault_each 'route6' unrouted
works held
fault_each 'held_send.* ip6_' held
faults_end
is "$fault_broken" "" "after each of these faults everything works again"
faults_missed >"$TMP/missed"
grep -vE ' (rht_bucket_nested_insert|rhashtable_insert_slow)$' "$TMP/missed" >"$TMP/left"
sed 's/^/# not failed: /' "$TMP/missed"
is "$(<"$TMP/left")" "" "each of $(wc -l <"$TMP/sites") allocation sites was failed, but hash tables that grow"
check "at the end a gate opens as ever" fault_run 20 proof
is "$(clear_seen)" 0 "nothing was sent in clear text"
ipsec_flush
epoch_unload
ok "the module goes"
