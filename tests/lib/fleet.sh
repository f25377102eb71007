# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# A fleet: several clients with real charon, all behind one NAT and with tunnels
# to one server at the same time. Source it after common.sh and charon.sh.
#
#	fleet_up 4		daemons with their connections, no tunnels yet
#	fleet_watch		count what arrives at each client, by SPI
#	charon_up client1 ...
#	fleet_burst 10		echoes both ways, all clients at once

declare -A fleet_pings=()
fleet_size=0

# What each end gets in the spinat section, and all of them in the daemon's
fleet_client_settings="plain_esp = both"
fleet_server_settings="plain_esp = both"
fleet_daemon_settings=

# fleet_up N: topology, server and N clients
fleet_up()
{
	local i

	fleet_size=$1
	topo_new "$1"
	charon_install
	charon_inner
	charon_conns server "$(charon_server_conn)"
	charon_settings server "$fleet_server_settings" "$fleet_daemon_settings"
	charon_spawn server "$S"
	for ((i = 1; i <= fleet_size; i++)); do
		charon_conns "client$i" "$(charon_client_conn "$i")"
		charon_settings "client$i" "$fleet_client_settings" \
			"$fleet_daemon_settings"
		charon_spawn "client$i" "${C[i]}"
	done
	charon_ready server
	for ((i = 1; i <= fleet_size; i++)); do
		charon_ready "client$i"
	done
}

# fleet_watch: at each client count arriving ESP by SPI and note all SPIs that
# its own SAs ever had
fleet_watch()
{
	local i

	for ((i = 1; i <= fleet_size; i++)); do
		in_ns "${C[i]}" nft -f - <<-END || bail "nft refused to count SPIs"
			table inet watch {
				set arrived {
					typeof esp spi
					size 1024
					flags dynamic
					counter
				}
				chain in {
					type filter hook prerouting priority -400
					iifname "eth0" update @arrived { esp spi }
				}
			}
		END
		ip -n "${C[i]}" xfrm monitor SA >"$charon_dir/client$i.sas" &
	done
}

# fleet_arrived I: "SPI PACKETS" of what arrived at client I
fleet_arrived()
{
	in_ns "${C[$1]}" nft -j list set inet watch arrived |
		jq -r '.nftables[] | select(.set) | .set.elem[]?.elem |
			"\(.val) \(.counter.packets)"'
}

# fleet_own I: the SPIs that client I ever had for itself. charon allocates one
# before the NAT can have seen it, so each was in the monitor in time.
fleet_own()
{
	grep -A1 "dst $(client_addr "$1")\$" "$charon_dir/client$1.sas" |
		sed -n 's/.*proto esp spi \(0x[0-9a-f]*\).*/\1/p' | sort -u |
		while read -r spi; do
			echo $((spi))
		done
}

# fleet_wrong I: ESP packets that arrived at client I but are none of its own
fleet_wrong()
{
	awk 'NR == FNR { own[$1]; next } !($1 in own) { n += $2 }
		END { print n + 0 }' \
		<(fleet_own "$1") <(fleet_arrived "$1")
}

# fleet_no_states I: its kernel's count of ESP without an SA
fleet_no_states() { xfrm_stat "${C[$1]}" XfrmInNoStates; }

# fleet_ping NAME NS TARGET [OPTION]...: echoes in the background
fleet_ping()
{
	local name=$1 ns=$2 target=$3

	shift 3
	ip netns exec "$ns" ping -q "$@" "$target" \
		>"$charon_dir/$name.ping" 2>&1 &
	fleet_pings[$name]=$!
}

# fleet_pings_start [OPTION]...: from each client to the server and back
fleet_pings_start()
{
	local i

	fleet_pings=()
	for ((i = 1; i <= fleet_size; i++)); do
		fleet_ping "up$i" "${C[i]}" "$INNER_S" "$@"
		fleet_ping "down$i" "$S" "$(inner_client "$i")" -I "$INNER_S" "$@"
	done
}

fleet_pings_wait()
{
	local name

	for name in "${!fleet_pings[@]}"; do
		wait "${fleet_pings[$name]}"
	done
}

fleet_pings_stop()
{
	kill -INT "${fleet_pings[@]}" 2>/dev/null
	fleet_pings_wait
}

# fleet_ping_count NAME sent|received
fleet_ping_count()
{
	sed -n 's/^\([0-9]*\) packets transmitted, \([0-9]*\) received.*/sent \1 received \2/p' \
		"$charon_dir/$1.ping" |
		awk -v what="$2" '{ print what == "sent" ? $2 : $4; n = 1 }
			END { if (!n) print 0 }'
}

# fleet_burst N: N echoes both ways, all clients at once
fleet_burst()
{
	fleet_pings_start -c "$1" -i 0.05 -W 2
	fleet_pings_wait
}

# fleet_counts received|sent: "UP/DOWN" of each client, in one line
fleet_counts()
{
	local i line=

	for ((i = 1; i <= fleet_size; i++)); do
		line+=" $(fleet_ping_count "up$i" "$1")/$(fleet_ping_count "down$i" "$1")"
	done
	echo "${line# }"
}

# fleet_all N: what fleet_counts says when nothing got lost
fleet_all()
{
	local i line=

	for ((i = 1; i <= fleet_size; i++)); do
		line+=" $1/$1"
	done
	echo "${line# }"
}
