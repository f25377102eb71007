# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154
#
# For scenarios in which the path of running tunnels breaks and has to heal without
# a person: numbered packets go on and on, something happens, and then the longest
# time in which nothing arrived is told, with what the gate did when. Source it
# after common.sh, charon.sh, fleet.sh, gated.sh and watched.sh. Instructions
# should be the clock ("icount: 1"), as times are judged.
#
#	recovering_up 1 client server
#	outage "NAT restarted" "up down" 30000 nat_restarts
#	healed 10000

poll=0.2
charon_limit=600	# files take long by the VM's clock

# recovering_gates CLIENT SERVER [CLIENT_LINES [SERVER_LINES]]: "no" for none
recovering_gates()
{
	fleet_client_settings="plain_esp = both
		gate = $1
		${3:-}"
	fleet_server_settings="plain_esp = both
		gate = $2
		${4:-}"
	[ -n "${charon_pid[server]:-}" ] || return 0
	charon_settings server "$fleet_server_settings" "$fleet_daemon_settings"
	for ((i = 1; i <= fleet_size; i++)); do
		charon_settings "client$i" "$fleet_client_settings" \
			"$fleet_daemon_settings"
	done
}

# recovering_up N: N clients, no tunnels yet
recovering_up()
{
	fleet_daemon_settings="retransmit_timeout = 1.0
		retransmit_tries = 3
		${fleet_daemon_settings:-}"
	fleet_up "$1"
	epoch_load
	# what a VM has not read yet from its host takes long by its clock
	in_ns "$R" conntrack -L >/dev/null 2>&1
	in_ns "$R" nft list ruleset >/dev/null 2>&1
}

# tunnels_anew: all clients have a tunnel that was just made
tunnels_anew()
{
	local i

	for ((i = 1; i <= fleet_size; i++)); do
		charon_ctl "client$i" --terminate --ike "client$i" --force \
			--timeout 5 >/dev/null 2>&1
	done
	charon_ctl server --terminate --ike clients --force --timeout 5 \
		>/dev/null 2>&1
	wait_for 20 "the server to delete its SAs" charon_established server 0
	for ((i = 1; i <= fleet_size; i++)); do
		charon_up "client$i"
		wait_for 20 "client$i's first echo" \
			in_ns "${C[i]}" ping -q -c 1 -W 1 "$INNER_S"
	done
}

# rest MS
rest() { wait_for $(($1 / 1000 + 60)) "$1 ms" past $(($(now_ms) + $1)); }
past() { [ "$(now_ms)" -ge "$1" ]; }

# outage TEXT WAYS MS COMMAND...: the command under 25 packets a second in each
# tunnel, which go on for so long afterwards, and did for $out_lead ms before
out_lead=1500
outage()
{
	local ways=$2 ms=$3 flows=() i way

	out_text=$1
	shift 3
	for ((i = 1; i <= fleet_size; i++)); do
		for way in $ways; do
			flows+=("$way$i")
		done
	done
	traffic_start --rate 25 --drain 1000 -- "${flows[@]}"
	rest "$out_lead"
	watch_mark
	"$@"
	rest "$ms"
	out_total=$(($(now_ms) - traffic_begin))
	traffic_stop
	note "$out_text: lost $(traffic_sum lost) of $(traffic_sum sent), nothing" \
		"arrived for up to $(traffic_most gap-ms) ms;" \
		"by way: $(sed -n 's/\([a-z0-9]*\) .* gap-ms=\([0-9]*\) .*/\1 \2/p' \
			"$charon_dir/traffic" | xargs)"
	for ((i = 1; i <= fleet_size; i++)); do
		note "$out_text: client$i: $(watch_tell "client$i")"
	done
	note "$out_text: server: $(watch_tell server)"
}

# out_silent: how many ways were silent at the end
out_silent()
{
	sed -n 's/.* gap-ms=\([0-9]*\) gap-at-ms=\([0-9]*\) .*/\1 \2/p' \
		"$charon_dir/traffic" |
		awk -v total="$out_total" '$1 > 1000 && $1 + $2 > total - 1000 { n++ }
			END { print n + 0 }'
}

# healed MS: all ways work again, none was silent for longer
healed()
{
	is "$(out_silent)" 0 "$out_text: it heals by itself"
	check "$out_text: after $(traffic_most gap-ms) ms, limit $1 ms" \
		[ "$(traffic_most gap-ms)" -le "$1" ]
	out_diag
}

# out_diag: after failures, what may help to see why
out_diag()
{
	[ "$tap_failed" != "${out_failed:-0}" ] || return 0
	out_failed=$tap_failed
	traffic_tell
	for ((i = 1; i <= fleet_size; i++)); do
		gated_diag "client$i"
	done
	gated_diag server
	in_ns "$R" conntrack -L -p 50 2>/dev/null | sed 's/^/# /'
}

# detected MS: the gate of client1 noticed so soon after the first packet was lost
detected()
{
	local ms lost

	lost=$(sed -n 's/.*lost-from-ms=\([0-9]*\) .*/\1/p' "$charon_dir/traffic" |
		sort -n | head -n 1)
	ms=$(watch_events | awk -v begin=$((traffic_begin + ${lost:-0})) '
		$2 == "client1" && ($4 == "stale" || $4 == "dead" || $4 == "rekey") {
			print $1 - begin
			exit
		}')
	check "$out_text: noticed after ${ms:--} ms, limit $1 ms" [ "${ms:-$1}" -lt "$1" ]
}

# --- what happens ----------------------------------------------------------------

# nat_home: a masquerade as in any home, nothing may come in by itself
nat_home()
{
	in_ns "$R" nft -f - <<-END || bail "nft refused the masquerade"
		table inet nat {
			chain post {
				type nat hook postrouting priority srcnat
				oifname "wan0" masquerade
			}
			chain in {
				type filter hook input priority filter
				iifname "wan0" ct state established,related accept
				iifname "wan0" drop
			}
			chain forward {
				type filter hook forward priority filter
				iifname "wan0" ct state established,related accept
				iifname "wan0" drop
			}
		}
	END
}

nat_forgets() { must in_ns "$R" conntrack -F; }

# nat_restarts: away for two seconds, and all forgotten
nat_restarts()
{
	must ip -n "$R" link set lan0 down
	must ip -n "$R" link set wan0 down
	nat_off
	must in_ns "$R" conntrack -F
	rest 2000
	nat_home
	must ip -n "$R" link set wan0 up
	must ip -n "$R" link set lan0 up
}

# wan_moves ADDRESS: the NAT has another address now
wan_moves()
{
	local old

	old=$(ip -n "$R" -4 -o addr show dev wan0 | awk '{ print $4 }')
	must ip -n "$R" addr add "$1/24" dev wan0
	must ip -n "$R" addr del "$old" dev wan0
	# a secondary address of the same network goes with the first one
	ip -n "$R" addr replace "$1/24" dev wan0
}

# server_reboots: a crash, and started again
server_reboots()
{
	charon_kill server
	charon_start server "$S"
	note "the server is back after $(($(now_ms) - watch_begin)) ms"
}

# charon_crash NAME: killed; the kernel's SAs and gates stay
charon_crash()
{
	{
		kill -KILL "${charon_pid[$1]}"
		wait "${charon_pid[$1]}"
	} 2>/dev/null
	unset "charon_pid[$1]"
}

# esp_cut, esp_mend: the router lets no ESP pass
esp_cut()
{
	in_ns "$R" nft -f - <<-END || bail "nft refused to cut the path"
		table inet cut {
			chain pre {
				type filter hook prerouting priority -350
				meta l4proto esp drop
			}
		}
	END
}

esp_mend() { must in_ns "$R" nft delete table inet cut; }
