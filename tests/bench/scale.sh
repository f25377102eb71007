#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# One pair, ten, ... a million: what a packet, a pair's making, its listing and
# its end cost, and the memory it takes. Run by tests/bench/run --scale.
# time: 3600
. "$(dirname "$0")/lib.sh"
. "$here/memory.sh"

# shellcheck disable=SC2034 # lib.sh uses them
sizes=100 runs=3 count=2000
most=${1:-1000000}

# at_work: CPU time of all kernel workers so far, ns
at_work()
{
	local dir sum=0 name ns

	for dir in /proc/[0-9]*; do
		{ read -r name <"$dir/comm"; } 2>/dev/null || continue
		[ "${name#kworker}" != "$name" ] || continue
		{ read -r ns _ <"$dir/schedstat"; } 2>/dev/null || continue
		sum=$((sum + ns))
	done
	echo $sum
}

# each SECONDS PAIRS: instructions a pair
each() { awk -v s="$1" -v n="$2" 'BEGIN { printf "%.0f\n", s * 1e9 / n }'; }

# make NETNS PAIRS CLIENTS SERVERS: sets $seconds
make()
{
	seconds=$("$top/tests/tools/masq-many" "$@" $client $server $public \
		$out_spi $in_spi) || die "cannot make $2 pairs: $seconds"
}

# packets NETNS PAIRS CLIENTS SERVERS: random ones, which were seen before
packets()
{
	local some=(pairs="$2" clients="$3" servers="$4" order=random seed=1)

	there "$1" checked_job wan0 $count "${some[@]}" count=$count \
		steps=o100 reset=1
	there "$1" checked_job lan0 $count "${some[@]}" count=$count steps=i100
	there "$1" measure "scale-$2" "${some[@]}"
	no_drops "$1"
}

# expire NETNS PAIRS: all at once, and what the kernel's workers do for it
expire()
{
	local before i

	before=$(at_work)
	spinat -n "$1" masq set pair-timeout 10 || die "cannot set the timeout"
	for ((i = 0; i < 600; i++)); do
		[ "$(stat "$1" pairs)" != 0 ] || break
		sleep 1
	done
	[ "$(stat "$1" pairs)" = 0 ] || die "$(stat "$1" pairs) of $2 pairs do not expire"
	echo "fact expire-$2 $((($(at_work) - before) / $2))"
}

# scale PAIRS
scale()
{
	local pairs=$1 clients servers ns=scale$1 n
	local seconds

	clients=$((pairs < 1000 ? pairs : 1000))
	servers=$((pairs / clients))
	servers=$((servers < 100 ? servers : 100))
	router_new "$ns" masq
	spinat -n "$ns" masq set max-pairs 1048576 ||
		die "cannot set max-pairs"
	memory_mark /run/before
	make "$ns" "$pairs" "$clients" "$servers"
	memory_mark /run/after
	memory_fact "scale-memory-$pairs" "$pairs" /run/before /run/after
	echo "fact insert-$pairs $(each "$seconds" "$pairs")"
	read -r n seconds < <("$top/tests/tools/masq-many" "$ns")
	[ "$n" = "$pairs" ] || die "the dump has $n pairs, not $pairs"
	echo "fact dump-$pairs $(each "$seconds" "$pairs")"
	packets "$ns" "$pairs" "$clients" "$servers"
	inside "$ns" conntrack -F 2>/dev/null
	clock_fly
	expire "$ns" "$pairs"
	clock_walk
	ip netns del "$ns"
}

bench_init
memory_init
sysctl -qw net.netfilter.nf_conntrack_max=1048576
echo "fact kernel $(uname -r) ($(uname -v))"
router_new own
there own measure_own own
masq_load
for ((pairs = 1; pairs <= most; pairs *= 10)); do
	scale $pairs
done
echo "done"
