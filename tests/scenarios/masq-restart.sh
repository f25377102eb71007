# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 300
# cpus: 2
#
# The module goes and comes while tunnels are in use, and the NAT's address
# changes. Four clients with real SAs ping through their tunnels all the time,
# all with one length, which is the hard case: the NAT has forgotten
# everything and the ends know nothing of it.
#
#	C[1]..C[4] ---- R (masquerade) ------ S

. tests/lib/masq.sh

plan 14
lab_up 4
nat_on
masq_load
mapfile -t clients < <(load_clients 1 4)
load "${clients[@]}"
is "$(loaded answered)" 4 "four clients have tunnels"

pings=()
for i in 1 2 3 4; do
	in_ns "${C[i]}" ping -n -i 0.1 "$INNER" >"$TMP/ping.$i" 2>/dev/null &
	pings+=($!)
done

replies()
{
	grep -c 'bytes from' "$TMP/ping.$1"
}

# all_over MIN...: has each client more replies than its number?
all_over()
{
	local i

	for i in 1 2 3 4; do
		[ "$(replies $i)" -gt $((${!i} + 3)) ] || return 1
	done
}

# recovers LIMIT TEXT: all four clients get answers again
recovers()
{
	local begin now=()

	begin=$(now_ms)
	now=("$(replies 1)" "$(replies 2)" "$(replies 3)" "$(replies 4)")
	if wait_for "$1" "answers to all four clients" all_over "${now[@]}"; then
		ok "$2: all four clients are served"
	else
		fail "$2: all four clients are served"
		note "new answers: $(for i in 1 2 3 4; do
			echo $(($(replies $i) - now[i - 1])); done | xargs)"
		note "$(drops)"
		"$SPINAT" -n "$R" masq show | sed 's/^/# /'
	fi
	note "$2: took $(($(now_ms) - begin)) ms"
}

recovers 10 "at first"

masq_unload
is "$(in_ns "$R" conntrack -L 2>/dev/null | grep -c 'zone=')" 0 \
	"unloaded under traffic: no entry of a client's zone is left"
masq_load
recovers 30 "module loaded again"

masq_unload
in_ns "$R" conntrack -F 2>/dev/null
masq_load
recovers 30 "router restarted, all forgotten"
note "evidence: $("$SPINAT" -j -n "$R" masq show | jq -c 'map(.evidence)'), wrong packets $(counter wrong-packets)"

# Now with a flood besides: hundreds of clients that wait for their turn, and
# unknown SPIs from the server, while the module goes and comes.
for ((i = 0; i < 3; i++)); do
	"$LAB_TOOLS/esp-send" --netns "${C[1]}" --next-source --next-spi \
		--count 60000 --gap-us 1000 10.0.50.1 "$SERVER" >/dev/null &
	flood=$!
	"$LAB_TOOLS/esp-send" --netns "$S" --random-spi --count 60000 \
		--gap-us 1000 "$SERVER" "$NAT" >/dev/null &
	flood+=" $!"
	masq_unload
	masq_load
	wait_for 10 "the flood to be learned" counter_over clients 20
	masq_unload
	masq_load
	# shellcheck disable=SC2086 # two of them
	kill $flood 2>/dev/null
	# shellcheck disable=SC2086
	wait $flood 2>/dev/null
done
masq_unload
masq_load
ok "unloaded and loaded six times under traffic"
recovers 30 "after six restarts"
in_ns "$R" conntrack -F 2>/dev/null
recovers 10 "conntrack flushed"

# Without the module a second client does not recover: the test can fail.
masq_unload
in_ns "$R" conntrack -F 2>/dev/null
now=("$(replies 1)" "$(replies 2)" "$(replies 3)" "$(replies 4)")
! wait_for 3 "answers to all four clients (it should be)" \
	all_over "${now[@]}"
is $? 0 "without the module they do not recover"

kill "${pings[@]}"
wait "${pings[@]}" 2>/dev/null

# --- saved and restored ------------------------------------------------------
masq_load
in_ns "$R" conntrack -F 2>/dev/null
load "${clients[@]}"
"$SPINAT" -n "$R" masq save >"$TMP/saved"
masq_unload
in_ns "$R" conntrack -F 2>/dev/null
masq_load
check "the saved pairs are taken back" \
	"$SPINAT" -n "$R" masq restore "$TMP/saved"
is "$(pairs '.evidence == "echo"')" 4 "with the evidence that they had"
got=0
for i in 1 2 3 4; do
	got=$((got + $(ping_count "${C[i]}" "$(lan $i)" "$INNER" 5)))
done
is "$got" 20 "and not one packet is lost"

# --- the NAT's address changes -----------------------------------------------
forget_all
must masq set echo-window 5000 echo-patience 30000
pair_up 1 $O1 $I1
new=203.0.113.9
must ip -n "$R" addr add $new/24 dev wan0
must ip -n "$R" addr del "$PUB/24" dev wan0
ip -n "$R" addr show dev wan0 | grep -q "$new" || must ip -n "$R" addr add $new/24 dev wan0
from_client 1 --spi $O1 --seq 21 --count 2
is "$(pair_field $O1 public)" $new "new NAT address: the pair has it"
count_start c "${C[1]}" eth0
esp "$S" "$SERVER" $new --spi $I1 --seq 21 --count 5
count_stop c
is "$(counted c $I1)" 5 "new NAT address: the server's packets arrive"
