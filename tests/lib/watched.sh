# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
#
# For scenarios with a fleet of real charons: the events of all gates by one
# clock, numbered packets in all tunnels, and IKE commands to many daemons in the
# same instant. Source it after common.sh, charon.sh and fleet.sh.
#
#	watch_start server client1 client2
#	traffic_start --rate 100 -- up1 down1 up2 down2
#	watch_mark
#	at_once rekey client1 client2
#	wait_for 10 "the proofs" watch_proved client1 client2
#	traffic_stop
#	traffic up1 lost

# --- events -----------------------------------------------------------------

# watch_start NAME...: the gates of these ends, from now on
watch_start()
{
	local name places=()

	for name; do
		places+=("$name,${charon_ns[$name]}")
	done
	rm -f "$charon_dir/watch.ready"
	tests/tools/epoch-watch "$charon_dir/watch.ready" "${places[@]}" \
		>"$charon_dir/watch" &
	watch_pid=$!
	watch_from=1
	wait_for 10 "epoch-watch to listen" test -e "$charon_dir/watch.ready"
}

watch_stop()
{
	kill "$watch_pid"
	wait "$watch_pid" 2>/dev/null
}

# watch_mark: from here on the other functions look
watch_mark()
{
	watch_from=$(($(wc -l <"$charon_dir/watch") + 1))
	watch_begin=$(now_ms)
}

# watch_events: "MS NAME TUNNEL EVENT OUT-SPI IN-SPI AGE PINGS" since then
watch_events() { tail -n "+$watch_from" "$charon_dir/watch"; }

# watch_epochs [NAME]: each epoch, of all ends, that was born and proved since
# then, as "NAME OUT-SPI IN-SPI MS-TO-PROOF PINGS MS-FROM-MARK-TO-PROOF"
watch_epochs()
{
	watch_events | awk -v name="${1:-}" -v begin="$watch_begin" '
		name && $2 != name { next }
		$4 == "born" { born[$2, $5] = 1 }
		$4 == "proved" && born[$2, $5] {
			print $2, $5, $6, $7, $8, $1 - begin
			delete born[$2, $5]
		}'
}

# watch_proved NAME...: has each a new epoch that is proved? For wait_for.
watch_proved()
{
	watch_events | awk -v names="$*" '
		$4 == "born" { born[$2, $5] = 1 }
		$4 == "proved" && born[$2, $5] { proved[$2] = 1 }
		END {
			n = split(names, name, " ")
			for (i = 1; i <= n; i++)
				if (!proved[name[i]])
					exit 1
		}'
}

# watch_unproved NAME...: those that have not
watch_unproved()
{
	local name

	for name; do
		watch_proved "$name" || printf '%s ' "$name"
	done
}

# watch_seen NAME EVENT, for wait_for
watch_seen()
{
	watch_events | awk -v name="$1" -v event="$2" '
		$2 == name && $4 == event { n = 1 } END { exit !n }'
}

# watch_ms NAME EVENT: milliseconds from the mark to its first such event, or "-"
watch_ms()
{
	watch_events | awk -v name="$1" -v event="$2" -v begin="$watch_begin" '
		$2 == name && $4 == event && !n { print $1 - begin; n = 1 }
		END { if (!n) print "-" }'
}

# watch_tell NAME: its events since then in one line, "EVENT@MS"
watch_tell()
{
	watch_events | awk -v name="$1" -v begin="$watch_begin" '
		$2 == name { printf "%s%s@%d", n++ ? " " : "", $4, $1 - begin }'
}

# --- IKE --------------------------------------------------------------------

# at_once COMMAND NAME...: for the CHILD_SA "net" of these daemons
at_once()
{
	local command=$1 name sockets=()

	shift
	for name; do
		sockets+=("$charon_dir/$name/vici")
	done
	must tests/tools/vici-at-once "$command" child=net "${sockets[@]}"
}

# --- traffic ----------------------------------------------------------------

# traffic_start OPTION... -- upI|downI...: numbered packets, from client I to
# the server and back; OPTIONs are those of udp-flow
traffic_start()
{
	local options=() flow i

	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	for flow; do
		case "$flow" in
		up*)
			i=${flow#up}
			options+=("$flow,${C[i]},$(inner_client "$i"),$S,$INNER_S")
			;;
		down*)
			i=${flow#down}
			options+=("$flow,$S,$INNER_S,${C[i]},$(inner_client "$i")")
			;;
		esac
	done
	rm -f "$charon_dir/traffic.ready"
	tests/tools/udp-flow --ready "$charon_dir/traffic.ready" "${options[@]}" \
		>"$charon_dir/traffic" &
	traffic_pid=$!
	wait_for 10 "udp-flow to be ready" test -e "$charon_dir/traffic.ready"
	traffic_begin=$(now_ms)
}

# traffic_wait: until it has ended
traffic_wait() { wait "$traffic_pid"; }

# traffic_stop: no more packets, then as traffic_wait
traffic_stop()
{
	kill -INT "$traffic_pid"
	traffic_wait
}

# traffic FLOW KEY...: values of a flow, in one line
traffic()
{
	local flow=$1 key line=''

	shift
	for key; do
		line+=" $(sed -n "s/^$flow .*\\b$key=\\(-\\?[0-9]*\\).*/\\1/p" \
			"$charon_dir/traffic")"
	done
	echo "${line# }"
}

# traffic_sum KEY..., traffic_most KEY: over all flows
traffic_sum()
{
	local key line=''

	for key; do
		line+=" $(sed -n "s/.*\\b$key=\\(-\\?[0-9]*\\).*/\\1/p" \
			"$charon_dir/traffic" | awk '{ n += $1 } END { print n + 0 }')"
	done
	echo "${line# }"
}

traffic_most()
{
	sed -n "s/.*\\b$1=\\(-\\?[0-9]*\\).*/\\1/p" "$charon_dir/traffic" |
		sort -n | tail -n 1
}

# traffic_tell: all of it, as a diagnostic
traffic_tell() { sed 's/^/# /' "$charon_dir/traffic"; }

# --- numbers ----------------------------------------------------------------

# median, most: of the numbers in stdin
median() { sort -n | awk '{ v[NR] = $1 } END { print NR ? v[int((NR + 1) / 2)] : "-" }'; }
most() { sort -n | tail -n 1; }
