# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The second act of "make demo", sourced by run.sh: the same clients with numbered
# packets in all tunnels, while things happen to them; rekeying without a gate,
# and everything with one at both ends.

. tests/lib/gated.sh
. tests/lib/watched.sh

names=() flows=()
for ((i = 1; i <= clients; i++)); do
	names+=("client$i")
	flows+=("up$i" "down$i")
done

gates_on()
{
	epoch_load
	charon_settings server "plain_esp = both
		gate = server"
	for i in "${names[@]}"; do
		charon_settings "$i" "plain_esp = both
			gate = client
			retry = 1000
			retry_max = 4000"
	done
	wait_for 20 "all tunnels to be proved" all_proved
}

all_proved()
{
	local name

	for name in "${names[@]}"; do
		gated_proved "$name" || return 1
	done
}

# begin: numbered packets from here on, what goes astray counts anew
begin()
{
	wrong_mark
	counters >"$charon_dir/before"
	traffic_start --rate 50 --drain 1000 -- "${flows[@]}"
	more 400
}

# more N: waits until N more packets have passed the WAN, each takes 2.5 ms
more() { wait_for 60 "traffic" wan_seen_some plain_esp $(($(wan_seen plain_esp) + $1)); }

# counters: of the four clients' gates together, as "KEY VALUE"
counters()
{
	[ -d /sys/module/spinat_epoch ] || return 0
	for i in "${!names[@]}"; do
		"$SPINAT" -j -n "${C[i + 1]}" epoch stats
	done | jq -rs 'map(to_entries[]) | group_by(.key)[] |
		"\(.[0].key) \(map(.value) | add)"'
}

# changed KEY...: what each counter grew by, since begin
changed()
{
	counters | awk -v keys="$*" '
		NR == FNR { before[$1] = $2; next }
		{ now[$1] = $2 }
		END {
			n = split(keys, key, " ")
			for (i = 1; i <= n; i++)
				printf "%s%s %d", (i > 1 ? ", " : ""), key[i],
					now[key[i]] - before[key[i]]
		}' "$charon_dir/before" -
}

# end: the table; sets lost, other (duplicated or out of order) and wrong
end()
{
	traffic_stop
	echo
	printf '      %-9s %25s %25s %17s\n' "" "to the server" \
		"from the server" "ESP of others"
	printf '      %-9s %25s %25s %17s\n' "" "lost of  longest gap" \
		"lost of  longest gap" "that came here"
	wrong=0
	for ((i = 1; i <= clients; i++)); do
		# shellcheck disable=SC2046,SC2183 # three words each
		printf '      %-9s %7d %5d %8d ms %7d %5d %8d ms %17d\n' \
			"client$i" $(traffic "up$i" lost sent gap-ms) \
			$(traffic "down$i" lost sent gap-ms) \
			$(($(fleet_wrong "$i") - wrong_before[i]))
		wrong=$((wrong + $(fleet_wrong "$i") - wrong_before[i]))
	done
	read -r lost other <<<"$(traffic_sum lost duplicated) "
	other=$((other + $(traffic_sum reordered)))
	longest=$(traffic_most gap-ms)
	[ ! -d /sys/module/spinat_epoch ] || {
		echo
		step "the clients' gates meanwhile: $(changed proved hold release)"
		step "$(changed stale dead rekey session pings)"
	}
}

# rekey_at_once: all of them, and then all at the server's wish
rekey_at_once()
{
	at_once rekey "${names[@]}"
	more 800
	at_once rekey server
	more 800
}

# nat_reload: the router forgets everything
nat_reload()
{
	masq_unload
	must in_ns "$R" conntrack -F
	masq_load
}

# working: does an echo get through to the server from each client?
working()
{
	for ((i = 1; i <= clients; i++)); do
		in_ns "${C[i]}" ping -q -c 1 -W 1 "$INNER_S" >/dev/null || return 1
	done
}

title "3. All clients rekey in the same instant, no gate yet"
step "50 numbered packets a second each way in all tunnels, four rekey"
step "at once, then the server rekeys with all four at once"
begin
rekey_at_once
end
free_lost=$lost free_wrong=$wrong

title "4. The same with insmod spinat_epoch.ko and gate = client, gate = server"
for i in "${names[@]}"; do
	charon_drop "$i"
done
dial >/dev/null
gates_on
step "all tunnels are up and proved; spinat epoch show, on client1:"
"$SPINAT" -n "${C[1]}" epoch show | show
begin
rekey_at_once
end
gate_lost=$lost gate_other=$other gate_wrong=$wrong gate_gap=$longest
step "spinat masq show: $("$SPINAT" -n "$R" masq show | grep -c ' echo ') pairs with evidence \"echo\""

title "5. The NAT module is unloaded, conntrack flushed, the module loaded again"
step "the NAT guesses anew whose SAs are whose, until the gates ping"
begin
nat_reload
wait_for 30 "all tunnels" working
more 400
end
nat_gap=$longest nat_works=$(working && echo yes)

title "6. The server vanishes: its charon is killed, its SAs are gone"
step "for ten seconds nobody is there; then it starts, and knows nothing"
begin
charon_kill server
down=$(now_ms)
sleep 10	# as long as it is to be gone
charon_start server "$S"
up=$(now_ms)
wait_for 60 "all tunnels" working
back=$(now_ms)
more 400
end
step "gone for $(((up - down) / 100))00 ms; all tunnels worked $(((back - up) / 100))00 ms after it was back"
server_works=$(working && echo yes)
