# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 600
# memory: 3072
# icount: 1
#
# Sixteen clients with real charon and gates behind one masquerade with
# spinat_masq, 20 ms of delay and 3 % loss each way, and numbered packets in all
# tunnels both ways. All of them rekey in the same instant, by turns asked
# themselves and all asked by the server. Each round the NAT has to find sixteen
# new pairs, in parallel and without doubt.
#
#  client1  --+
#   ...       +-- lan0 [R] wan0 ---- server
#  client16 --+      spinat_masq
#
# Instructions are the clock, so that times are those of an idle machine.
# epoch-charon16-long.sh does all twenty rounds.

. tests/lib/common.sh
. tests/lib/charon.sh
. tests/lib/fleet.sh
. tests/lib/gated.sh
. tests/lib/watched.sh

ROUNDS=${ROUNDS:-4}
N=16
poll=0.3	# asking takes the processor from those who are asked
clients=() flows=()
for ((i = 1; i <= N; i++)); do
	clients+=("client$i")
	flows+=("up$i" "down$i")
done

gates_on()
{
	fleet_client_settings="plain_esp = both
		gate = client"
	fleet_server_settings="plain_esp = both
		gate = server"
}

# newest: the newest epoch of each client that was proved since the mark, as
# watch_epochs
newest()
{
	watch_epochs | awk '$1 != "server" { line[$1] = $0 }
		END { for (name in line) print line[name] }'
}

# weak: how many of the newest pairs, $charon_dir/newest, the NAT does not know
# by "echo"
weak()
{
	"$SPINAT" -j -n "$R" masq show |
		jq -r '.[] | select(.evidence == "echo") |
			"\(."out-spi") \(."in-spi")"' |
		awk 'NR == FNR { echo[$1, $2] = 1; next }
			!echo[$2, $3] { n++ } END { print n + 0 }' \
			- "$charon_dir/newest"
}

# strays: sets wrong and none, the packets at a wrong client and those that
# a client had no SA for, so far
strays()
{
	local i

	wrong=0 none=0
	for ((i = 1; i <= N; i++)); do
		wrong=$((wrong + $(fleet_wrong "$i")))
		none=$((none + $(fleet_no_states "$i")))
	done
}

# round NUMBER: adds to stuck and unsure, and to the files worst and all
round()
{
	local who=clients left worst

	watch_mark
	if [ $(($1 % 2)) = 1 ]; then
		at_once rekey "${clients[@]}"
	else
		who=server
		at_once rekey server
	fi
	wait_for 20 "sixteen proofs" watch_proved "${clients[@]}"
	left=$(watch_unproved "${clients[@]}")
	stuck=$((stuck + $(wc -w <<<"$left")))
	for name in $left; do
		gated_diag "$name"
	done
	newest >"$charon_dir/newest"
	wait_for 5 "the NAT to know all pairs" not_weak
	unsure=$((unsure + $(weak)))
	awk '{ print $4 }' "$charon_dir/newest" >"$charon_dir/times"
	cat "$charon_dir/times" >>"$charon_dir/all"
	worst=$(most <"$charon_dir/times")
	echo "$worst" >>"$charon_dir/worst"
	note "round $1, by $who: all paired within $worst ms of their birth" \
		"(median $(median <"$charon_dir/times")), $(awk '
			$6 > ms { ms = $6 } { n += $5 }
			END { print ms, "ms after the command;", n, "pings" }' \
			"$charon_dir/newest")"
}
not_weak() { [ "$(weak)" = 0 ]; }
# wan_only SENT LOST: can 3 % of loss have done that? Four standard deviations.
wan_only()
{
	awk -v n="$1" -v lost="$2" 'BEGIN {
		exit !(lost <= n * 0.03 + 4 * sqrt(n * 0.03 * 0.97))
	}'
}

past() { [ "$(now_ms)" -ge "$1" ]; }

# silent_flows: how many had nothing arrive any more in the last seconds
silent_flows()
{
	sed -n 's/.* received=\([0-9]*\) .*gap-ms=\([0-9]*\) gap-at-ms=.*/\2/p' \
		"$charon_dir/traffic" | awk '$1 > 5000 { n++ } END { print n + 0 }'
}

charon_limit=600	# what a VM reads from its host takes long by its clock
gates_on
# 3 % loss hits IKE, too: it asks again soon. By itself charon takes five clients
# at once that set up a tunnel from one address for an attack.
fleet_daemon_settings="retransmit_timeout = 0.4
	retransmit_tries = 10
	dos_protection = no"
fleet_up $N
nat_on
masq_load
epoch_load
fleet_watch
watch_start server "${clients[@]}"
begin=$(now_ms)
at_once initiate "${clients[@]}"
note "sixteen tunnels at once: $(($(now_ms) - begin)) ms"
check "sixteen tunnels set up at once are proved" \
	wait_for 20 "sixteen proofs" watch_proved "${clients[@]}"

wan_netem delay 20ms loss 3%
traffic_start --rate 10 --drain 1000 -- "${flows[@]}"
stuck=0 unsure=0
for ((r = 1; r <= ROUNDS; r++)); do
	round "$r"
done
traffic_stop
is "$stuck" 0 "$ROUNDS rounds: no tunnel is stuck"
is "$unsure" 0 "$ROUNDS rounds: the evidence of each new pair is \"echo\""
strays
is "$wrong" 0 "$ROUNDS rounds: no packet at a wrong client"
note "packets that a client had no SA for: $none"
median=$(median <"$charon_dir/worst") worst=$(most <"$charon_dir/worst")
note "time to all sixteen paired: median of the rounds $median ms, worst $worst ms;" \
	"of single tunnels: median $(median <"$charon_dir/all") ms"
check "time to all paired: the median is under 0.5 s" [ "$median" -lt 500 ]
check "time to all paired: the worst is under 2 s" [ "$worst" -lt 2000 ]
read -r sent lost duplicated reordered < <(traffic_sum sent lost duplicated reordered)
note "numbered packets: $sent sent, $lost lost" \
	"($(awk "BEGIN { printf \"%.2f\", 100 * $lost / $sent }") %, the WAN's share is 3 %)," \
	"longest gap $(traffic_most gap-ms) ms"
is "$duplicated $reordered" "0 0" "no packet is doubled or reordered"
check "no more is lost than on the WAN" wan_only "$sent" "$lost"
note "the server's gates held $(gated_stat server hold) packets"

wan_clear
fleet_burst 10
is "$(fleet_counts received)" "$(fleet_all 10)" "afterwards all packets arrive"
if [ "$tap_failed" != 0 ]; then
	traffic_tell
	"$SPINAT" -n "$R" masq stats | sed 's/^/# /'
	"$SPINAT" -n "$R" masq show | sed 's/^/# /'
	gated_diag server
fi

# --- the same without gates, for contrast -------------------------------------
charon_settings server "plain_esp = both" "$fleet_daemon_settings"
for name in "${clients[@]}"; do
	charon_settings "$name" "plain_esp = both" "$fleet_daemon_settings"
done
wait_for 10 "the gates to go" gated_untunneled client$N
wan_netem delay 20ms loss 3%
traffic_start --rate 10 --drain 1000 -- "${flows[@]}"
wrong_before=$wrong
at_once rekey "${clients[@]}"
# as long as two rounds with gates would take
wait_for 20 "ten seconds of traffic" past $(($(now_ms) + 10000))
traffic_stop
strays
read -r sent lost < <(traffic_sum sent lost)
silent=$(silent_flows)
note "without gates, one round: $sent packets sent, $lost lost," \
	"$((wrong - wrong_before)) at a wrong client, longest gap" \
	"$(traffic_most gap-ms) ms; ways silent to the end: $silent of $((2 * N))"
if wan_only "$sent" "$lost"; then
	fail "without gates more is lost than on the WAN"
else
	ok "without gates more is lost than on the WAN"
fi
plan "$tap_count"
