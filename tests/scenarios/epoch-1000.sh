# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 240
#
# A thousand epochs made and destroyed under traffic: a hundred tunnels of one
# host to one server, rekeyed ten times, with gates at both ends. Afterwards
# nothing is left of them.
#
#	C[1] 100 tunnels -- R (masquerade) -- S

. tests/lib/epoch.sh

lab
epoch_load
N=100

# inside addresses 10.98.1.1 ... 10.98.1.N on the client
for ((i = 1; i <= N; i++)); do
	echo "addr add 10.98.1.$i/32 dev lo"
done | ip_batch "$A"
members=() flows=()
for ((i = 1; i <= N; i++)); do
	members+=("$A,eth0,$LOCAL,10.98.1.$i")
done
for i in 1 $((N / 2)) "$N"; do
	flows+=("up$i,$A,10.98.1.$i,$S,$IS" "down$i,$S,$IS,$A,10.98.1.$i")
done

"$LAB_TOOLS/udp-flow" --rate 50 --losses --ready "$TMP/ready" "${flows[@]}" >"$TMP/flow.all" &
flow_pid[all]=$!
wait_for 10 "udp-flow to be ready" test -e "$TMP/ready"
"$LAB_TOOLS/epoch-fleet" --server-ns "$S" --server "$SERVER" --public "$NAT" \
	--inner "$IS" --server-gate --rounds 10 --pause 200 --limit 20 \
	"${members[@]}" >"$TMP/fleet"
sed 's/^/# /' "$TMP/fleet"
flow_stop all
is "$(sed -n 's/^total .*\(stuck=.*\) no-states.*/\1/p' "$TMP/fleet")" "stuck=0 wrong=0" \
	"10 rounds of $N tunnels: none got stuck"
is "$(epoch_stat c announced) $(epoch_stat c proved)" "$((N * 10)) $((N * 10))" \
	"1,000 epochs were announced and proved at the client"
is "$(epoch_stat s announced) $(epoch_stat s proved)" "$((N * 10)) $((N * 10))" \
	"and at the server"
# What was sent before the first policies were made was not in any tunnel; from
# then on nothing may be lost, in either direction.
for i in 1 $((N / 2)) "$N"; do
	for way in up down; do
		is "$(sed -n "s/^# $way$i lost \([0-9]*\)-.*/\1/p" "$TMP/flow.all" | paste -sd ' ')" 0 \
			"tunnel $i, $way: once it is there nothing is lost"
	done
done
is "$(epoch_stat c epochs) $(epoch_stat c tunnels)" "$N $N" "the newest epochs are left"
ipsec_flush
is "$(epoch_stat c epochs) $(epoch_stat s epochs) $(epoch_stat c held)" "0 0 0" \
	"without SAs no epochs are left, and nothing is held"
for ((i = 0; i < N; i++)); do
	must gate c unset name client-$i
done
is "$(epoch_stat c tunnels)" 0 "all tunnels can be forgotten"
note "backlog: $(head -c 26 /proc/net/softnet_stat)"
epoch_unload
ok "the module goes"
plan "$tap_count"
