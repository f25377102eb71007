# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 400
# icount: 1
#
# 64 gated clients with static keys behind one spinat_masq rekey in the same
# instant, 20 times, under traffic both ways, with 20 ms delay and 3 % loss. No
# packet may reach a wrong client, no tunnel may get stuck, and the NAT must
# know each pair by its lengths ("echo"). Instructions are the clock, so that a
# busy machine changes nothing.
#
#	C[1] ---+
#	 ...    +-- R (spinat_masq) ------ S    64 tunnels, one public address
#	C[64] --+

. tests/lib/masq.sh

ROUNDS=20
lab_up 64
nat_on
masq_load
epoch_load

mapfile -t clients < <(load_clients 1 64)

# fleet NAME OPTIONS...: into $TMP/fleet.NAME, under traffic both ways
fleet()
{
	local name=$1 flows=() i status

	shift
	for ((i = 1; i <= 64; i++)); do
		flows+=("up$i,${C[i]},$(lan "$i"),$S,$INNER")
		flows+=("down$i,$S,$INNER,${C[i]},$(lan "$i")")
	done
	"$LAB_TOOLS/udp-flow" --rate 4 "${flows[@]}" >"$TMP/flow.$name" &
	flow_pid=$!
	"$LAB_TOOLS/epoch-fleet" --server-ns "$S" --server "$SERVER" \
		--public "$NAT" --inner "$INNER" --nat-ns "$R" "$@" \
		"${clients[@]}" >"$TMP/fleet.$name"
	status=$?
	kill -INT $flow_pid
	wait $flow_pid
	sed 's/^/# /' "$TMP/fleet.$name"
	note "traffic: $(awk '{ for (i = 2; i <= NF; i++) {
		split($i, kv, "="); sum[kv[1]] += kv[2] } }
		END { printf "sent %d lost %d reordered %d", sum["sent"],
			sum["lost"], sum["reordered"] }' "$TMP/flow.$name")"
	return $status
}

# total NAME KEY...
total()
{
	local key line=''

	for key in "${@:2}"; do
		line+=" $(sed -n "s/^total .*\\b$key=\\(-\\?[0-9]*\\).*/\\1/p" "$TMP/fleet.$1")"
	done
	echo "${line# }"
}

# For contrast: the same clients, nobody gated, two rounds.
wan_netem delay 20ms loss 3%
fleet bare --no-gate --rounds 2 --limit 4
check "without gates packets reach wrong clients ($(total bare wrong)) or tunnels are stuck ($(total bare stuck))" \
	[ $(($(total bare wrong) + $(total bare stuck))) -gt 10 ]
forget_all

fleet both --server-gate --rounds $ROUNDS
is "$(total both wrong)" 0 "gates at both ends: no packet reached a wrong client"
is "$(total both stuck)" 0 "gates at both ends: no tunnel got stuck"
is "$(grep -c "^round=.* paired=64 " "$TMP/fleet.both")" "$ROUNDS" \
	"gates at both ends: all rounds ended with 64 pairs by evidence echo"
check "gates at both ends: all are paired after $(total both all-median-ms) ms (median; at most 500)" \
	[ "$(total both all-median-ms)" -le 500 ]
check "gates at both ends: in the worst round after $(total both all-worst-ms) ms (at most 2000)" \
	[ "$(total both all-worst-ms)" -le 2000 ]

note "NAT: $("$SPINAT" -j -n "$R" masq stats | jq -c 'with_entries(select(.value != 0))')"
plan "$tap_count"
