# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154
#
# For scenarios that rekey again and again under numbered packets: two clients
# with real charon behind one masquerade, a WAN with 20 ms each way. Source it
# after common.sh, charon.sh, fleet.sh, gated.sh and watched.sh. Instructions
# should be the clock ("icount: 1"), as times are judged.
#
#	rekeying_up
#	rekeying_gates client server
#	rekeying_case "both ways, by the clients" "up down" clients
#	whole_case

# A case lasts so long, with a rekeying every RK_EVERY ms
RK_MS=${RK_MS:-10000}
RK_EVERY=5000
readonly RK_DELAY=20	# ms, each way
# two round trips and 50 ms
readonly RK_STALL=$((4 * RK_DELAY + 50))
rekeying_clients=(client1 client2)
poll=0.5

# rekeying_gates CLIENT SERVER [CLIENT_LINES]: their gates, "no" for none; more
# lines for the clients
rekeying_gates()
{
	fleet_client_settings="plain_esp = both
		gate = $1
		${3:-}"
	fleet_server_settings="plain_esp = both
		gate = $2"
	[ -n "${charon_pid[server]:-}" ] || return 0
	charon_settings server "$fleet_server_settings"
	for name in "${rekeying_clients[@]}"; do
		charon_settings "$name" "$fleet_client_settings"
	done
	at_once rekey "${rekeying_clients[@]}"
	rk_pause 6000	# old SAs live for 5 s
}

# rekeying_up [N]: N (2) clients with tunnels, gates as rekeying_gates said
rekeying_up()
{
	local i

	charon_limit=600	# files take long by the VM's clock
	rekeying_clients=()
	for ((i = 1; i <= ${1:-2}; i++)); do
		rekeying_clients+=("client$i")
	done
	fleet_up "${1:-2}"
	nat_on
	epoch_load
	[ -n "${RK_STOCK_NAT:-}" ] || masq_load
	fleet_watch
	watch_start server "${rekeying_clients[@]}"
	for i in "${rekeying_clients[@]}"; do
		charon_up "$i"
	done
	wan_netem delay ${RK_DELAY}ms
	rk_pause 1000
}

# rk_pause MS
rk_pause() { wait_for $(($1 / 1000 + 60)) "$1 ms" rk_past $(($(now_ms) + $1)); }
rk_past() { [ "$(now_ms)" -ge "$1" ]; }

# rk_strays: packets at a wrong client, and those without an SA, so far
rk_strays()
{
	local i wrong=0 none=0

	for i in "${!rekeying_clients[@]}"; do
		wrong=$((wrong + $(fleet_wrong $((i + 1)))))
		none=$((none + $(fleet_no_states $((i + 1)))))
	done
	echo "$wrong $none"
}

# rekeying_case TEXT WAYS WHO...: numbered packets in the tunnels of all clients,
# WAYS "up down", "up" or "down"; WHO rekey: "clients", "server", or names. Sets
# rk_text, rk_strays_now and rk_proofs
rekeying_case()
{
	local ways=$2 flows=() i way n before who=("${@:3}")

	rk_text=$1
	[ "$3" != clients ] || who=("${rekeying_clients[@]}")
	for i in "${!rekeying_clients[@]}"; do
		for way in $ways; do
			flows+=("$way$((i + 1))")
		done
	done
	before=$(rk_strays)
	watch_mark
	traffic_start --rate 100 --drain 1000 -- "${flows[@]}"
	for ((n = 0; n < RK_MS / RK_EVERY; n++)); do
		rk_pause $((RK_EVERY / 2))
		at_once rekey "${who[@]}"
		rk_pause $((RK_EVERY / 2))
	done
	traffic_stop
	rk_strays_now=$(echo "$before $(rk_strays)" | awk '{ print $3 - $1, $4 - $2 }')
	rk_proofs=$(watch_epochs | wc -l)
	note "$rk_text: $(traffic_sum sent) packets, lost $(traffic_sum lost)," \
		"duplicated $(traffic_sum duplicated), reordered $(traffic_sum reordered)," \
		"at a wrong client and without an SA $rk_strays_now; $rk_proofs proofs," \
		"longest stall $(rk_delay) ms"
}

# rk_delay: how much longer than the fastest packet of its flow one took, at most
rk_delay()
{
	sed -n 's/.*delay-min-ms=\([0-9]*\) delay-max-ms=\([0-9]*\).*/\1 \2/p' \
		"$charon_dir/traffic" | awk '$2 - $1 > m { m = $2 - $1 } END { print m + 0 }'
}

# whole_case [PROOFS [LOST]]: nothing got lost in the last case, or no more than
# LOST for each rekeying, and each had so many proofs
whole_case()
{
	if [ "${2:-0}" = 0 ]; then
		is "$(traffic_sum errors lost duplicated reordered)" "0 0 0 0" \
			"$rk_text: no packet is lost, duplicated or reordered"
	else
		is "$(traffic_sum errors duplicated reordered)" "0 0 0" \
			"$rk_text: no packet is duplicated or reordered"
		check "$rk_text: no more are lost than $2 for each rekeying" \
			[ "$(traffic_sum lost)" -le $(($2 * RK_MS / RK_EVERY)) ]
	fi
	is "${rk_strays_now% *}" 0 "$rk_text: none arrives at a wrong client"
	check "$rk_text: no packet waits for more than two round trips and 50 ms" \
		[ "$(rk_delay)" -le $RK_STALL ]
	check "$rk_text: each rekeying is proved" \
		[ "$rk_proofs" -ge $((${1:-1} * RK_MS / RK_EVERY)) ]
	if [ "$tap_failed" != "${rk_failed:-0}" ]; then
		rk_failed=$tap_failed
		traffic_tell
		watch_events | tail -n 60 | sed 's/^/# /'
		for name in server "${rekeying_clients[@]}"; do
			gated_diag "$name"
		done
		[ -n "${RK_STOCK_NAT:-}" ] ||
			"$SPINAT" -n "$R" masq stats | grep -v ' 0$' | sed 's/^/# /'
	fi
}
