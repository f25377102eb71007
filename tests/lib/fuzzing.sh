# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
#
# What the fuzzing scenarios share; sourced after tests/lib/masq.sh or epoch.sh.
#
# FUZZ_SEED replays a run as far as time allows, FUZZ_SECONDS is how long each
# part takes.

FUZZ_SEED=${FUZZ_SEED:-$(date +%s)}
FUZZ_SECONDS=${FUZZ_SECONDS:-12}
note "FUZZ_SEED=$FUZZ_SEED FUZZ_SECONDS=$FUZZ_SECONDS"

# Who sends damage gets what time the processor has left when all packets that are
# there have been dealt with (this looks at single processes, not sessions). Else, on
# a slow machine, thousands of them wait in its queues, and packets that are counted
# are seconds late behind them: lost, as it seems.
LAST="chrt --idle 0"
[ ! -e /proc/sys/kernel/sched_autogroup_enabled ] ||
	must sysctl -qw kernel.sched_autogroup_enabled=0

# packets_wait: how many wait for the processor, as a diagnostic
packets_wait()
{
	local words n=0

	while read -r -a words; do
		n=$((n + 0x${words[11]}))
	done </proc/net/softnet_stat
	note "$n packets wait for the processor"
}

# fuzz_genl NAME OBJECT GROUP OPTION...: requests to spinat_OBJECT, as the table in
# $TMP/table says; what comes of it into $TMP/genl.NAME
fuzz_genl()
{
	"$LAB_TOOLS/genl-fuzz" --seed "$FUZZ_SEED" \
		--for $((FUZZ_SECONDS * 1000)) "${@:4}" "spinat_$2" "$3" \
		<"$TMP/table" >"$TMP/genl.$1" 2>&1
	echo $? >"$TMP/genl.$1.status"
}

# genl_said NAME KEY: a number of what it printed
genl_said()
{
	sed -n "s/.*\\b$2=\\([0-9]*\\).*/\\1/p" "$TMP/genl.$1"
}

# genl_judge NAME TEXT
genl_judge()
{
	note "$2: $(tr '\n' ' ' <"$TMP/genl.$1")"
	is "$(<"$TMP/genl.$1.status")" 0 "$2: no answer that should not be"
}

# fuzz_requests OBJECT GROUP NS: as root, in a user's own namespaces, and without
# any rights, at the same time
fuzz_requests()
{
	local key

	tests/fuzz/genl-table "include/netlink/specs/spinat_$1.yaml" \
		>"$TMP/table" || bail "no table"
	fuzz_genl own "$1" "$2" --own --workers 1 &
	fuzz_genl user "$1" "$2" --netns "$3" --user --workers 2 &
	fuzz_genl root "$1" "$2" --netns "$3"
	wait_for 60 "the fuzzers to end" fuzzers_ended
	genl_judge root "root"
	for key in accepted refused messages left events; do
		check "root: some requests are $key ($(genl_said root $key))" \
			[ "$(genl_said root $key)" -gt 0 ]
	done
	genl_judge own "root of a user's own namespaces"
	check "root of a user's own namespaces: requests are accepted" \
		[ "$(genl_said own accepted)" -gt 0 ]
	genl_judge user "without rights"
	check "without rights: EPERM ($(genl_said user denied) times)" \
		[ "$(genl_said user denied)" -gt 0 ]
}

fuzzers_ended()
{
	[ -e "$TMP/genl.root.status" ] && [ -e "$TMP/genl.own.status" ] &&
		[ -e "$TMP/genl.user.status" ]
}

# fuzz_packets NS FROM TO SPI...: in the background; fuzz_packets_wait waits
fuzz_packets()
{
	local n=${#fuzz_pids[@]}

	# shellcheck disable=SC2086 # words
	$LAST "$LAB_TOOLS/packet-fuzz" --netns "$1" --seed $((FUZZ_SEED + n)) \
		--for $((FUZZ_SECONDS * 1000)) --rate "${FUZZ_RATE:-200}" "${@:2}" \
		>"$TMP/packets.$n" 2>&1 &
	fuzz_pids+=($!)
}
fuzz_pids=()

fuzz_packets_wait()
{
	local i good=0

	for i in "${!fuzz_pids[@]}"; do
		wait "${fuzz_pids[i]}" || good=1
		note "packets: $(<"$TMP/packets.$i")"
	done
	is $good 0 "all kinds of packets were sent"
	fuzz_pids=()
}

# hardly_lost RECEIVED SENT TEXT: a busy machine loses one in a hundred by itself
hardly_lost()
{
	check "$3: $1 of $2 packets came" \
		[ "$2" -gt 0 -a $((100 * ${1:-0})) -ge $((99 * $2)) ]
}
