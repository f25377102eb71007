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
lab
clear_watch

# namespace: one comes and goes
namespace()
{
	ip netns add "extra$fault_round" && ip netns del "extra$fault_round"
}

# tunnels: the first of a namespace, and what the tool reads
tunnels()
{
	local ns=first$fault_round err=0 tool=("$SPINAT" -n "first$fault_round" epoch)

	ip netns add "$ns" || return
	"${tool[@]}" set name t peer 192.0.2.1 target 192.0.2.2 \
		source 192.0.2.3 role client || err=1
	"${tool[@]}" tunnels name t | grep -q client || err=1
	"${tool[@]}" stats | grep -q . || err=1
	ip netns del "$ns"
	return $err
}

# spis N: three pairs that no round had before
spis()
{
	local i

	for i in 1 2 3; do
		printf -v "O$i" '0x%08x' $((0xc0000000 + $1 * 16 + i))
		printf -v "I$i" '0x%08x' $((0x51000000 + $1 * 16 + i))
	done
}

# echoes OPTION...: pings through the tunnel; nobody waits for the answers
echoes()
{
	in_ns "$A" ping -q -i 0.01 -W 1 "$@" -I "$IC" "$IS" >"$TMP/echoes"
}

# gated FAMILY: a gate opens; the next one holds packets when its SA is deleted,
# so that they wait for a third, which opens
gated()
{
	outer "$1"
	inner "$1"
	gate c unset name t 2>/dev/null
	gate s unset name t 2>/dev/null
	path_mend
	ipsec_flush
	spis $((fault_round * 4 + patience % 2 * 2 + $1 / 6))
	tunnel_new c role client ping-max 100 ceiling 60000 stale-after 0
	tunnel_new s role server
	sas_add "$O1" "$I1"
	announce s "$O1" "$I1"
	announce c "$O1" "$I1"
	policies_set "$O1" "$I1"
	wait_epoch c "$O1" open "$patience" || echo "the first gate"
	path_cut up
	sas_add "$O2" "$I2"
	try_announce c "$O2" "$I2"
	policies_set "$O2" "$I2"
	echoes -c 3
	sas_add "$O3" "$I3"
	try_announce s "$O3" "$I3"
	try_announce c "$O3" "$I3"
	policies_set "$O3" "$I3"
	sa_del c "$O2" out
	path_mend
	wait_epoch c "$O3" open "$patience"
}
gated4() { gated 4; }
gated6() { gated 6; }

faults_begin spinat_epoch
modprobe -a nf_conntrack esp4 esp6
fault_insmod
epoch_loaded=1
check "it starts when none of its $fault_starts allocations fails, and not in $fault_refused cases" \
	[ "$fault_refused" -gt 10 ]
for work in namespace tunnels gated4 gated6; do
	[ "$work" != gated4 ] || {
		gate c monitor >"$TMP/events" &
	}
	fault_run 20 $work >"$TMP/plain" ||
		bail "$work fails without faults: $(<"$TMP/plain")"
	fault_each $work
done
faults_end
sort -u "$TMP/hits" | sed 's/^/# failed: /'
is "$fault_broken" "" "after each of these faults everything works again"
faults_missed >"$TMP/missed"
grep -vE ' (rht_bucket_nested_insert|rhashtable_insert_slow)$' "$TMP/missed" >"$TMP/left"
sed 's/^/# not failed: /' "$TMP/missed"
is "$(<"$TMP/left")" "" "each of $(wc -l <"$TMP/sites") allocation sites was failed, but hash tables that grow"
check "at the end a gate opens as ever" fault_run 20 gated4
is "$(clear_seen)" 0 "nothing was sent in clear text"
ipsec_flush
epoch_unload
ok "the module goes"
