#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The whole bench; run by tests/bench/run. Every case has its own router, all in
# one boot: first those of the stock kernel, then the module is loaded.
# time: 3600
. "$(dirname "$0")/lib.sh"
. "$here/memory.sh"
. "$here/pktgen.sh"

sizes="100 1400" runs=5 count=2000
many=100000 clients=1000
TIMEFORMAT="%R %S"

stock_cases()
{
	router_new plain
	there plain measure_own own
	there plain measure_own own-encap encap=1
	there plain measure plain public=$client
	router_new stock masq
	there stock measure stock
	there stock measure encap encap=1
	cross_check
}

# What those pay who do not need the module
loaded_cases()
{
	there plain measure plain-loaded public=$client
	there stock measure encap-loaded encap=1
}

one_pair()
{
	router_new one masq
	there one job count=10 steps=o100,i100 reset=1
	count=300 there one measure masq-young
	there one settle
	there one measure masq-1
	no_drops one
	ip netns del one
}

# pinned NETNS PAIRS CLIENTS
pinned()
{
	router_new "$1" masq
	spinat -n "$1" masq show >/dev/null 2>&1
	pins "$2" "$3" >"/run/$1.pins"
	memory_mark /run/before
	{ time spinat -n "$1" masq restore "/run/$1.pins"; } 2>/run/restore ||
		die "cannot restore the pairs: $(head -n 1 /run/restore)"
	there "$1" open_all "$2" "$3"
	memory_mark /run/after
}

thousand_pairs()
{
	pinned some 1000 10
	there some measure masq-1k pairs=1000 clients=10 order=random
	no_drops some
	ip netns del some
}

hundred_thousand_pairs()
{
	pinned many $many $clients
	echo "fact restore $(cut -d ' ' -f 1 /run/restore)"
	memory_fact memory-pinned $many /run/before /run/after
	there many measure masq-100k pairs=$many clients=$clients order=random
	no_drops many
	dump_time
	ip netns del many
}

dump_time()
{
	local real kernel lines

	{ time spinat -n many masq show >/run/pairs; } 2>/run/dump
	lines=$(grep -c 0x /run/pairs)
	[ "$lines" = $many ] || die "the dump has $lines pairs, not $many"
	read -r real kernel </run/dump
	echo "fact dump-tool $real"
	echo "fact dump-kernel $kernel"
}

# one_more NAME VALUE LATER OWN: what a first packet costs, and that it costs more
one_more()
{
	echo "fact $1 $(awk "BEGIN { printf \"%.0f\", $2 - $4 }")"
	echo "fact $1-more $(awk "BEGIN { printf \"%.0f\", $2 - $3 }")"
}

# A lone client opens SA after SA: "only"
learn_only()
{
	local first own later n=1000
	local new=("pairs=$((n + 1))" first=1 "count=$n" "steps=o100,i100")

	router_new learn masq
	spinat -n learn masq set client-open 65536 client-pairs 65536
	# its conntrack entry is there before; then n pairs, all different
	there learn job count=1 steps=o100,i100 reset=1
	own=$(there learn once "${new[@]}" sink=free) || exit 1
	first=$(there learn once "${new[@]}" reset=1) || exit 1
	[ "$(stat learn learn-only)" = $((n + 1)) ] ||
		die "$(stat learn learn-only) of $((n + 1)) pairs were learned as only"
	later=$(there learn once "${new[@]}") || exit 1
	no_drops learn
	one_more open "${first% *}" "${later% *}" "${own% *}"
	one_more only "${first#* }" "${later#* }" "${own#* }"
	ip netns del learn
}

# A thousand clients, each opening a hundred tunnels as a gate does: "echo", 200
# tunnels a second. Whose lengths another had too tries again.
learn_echo()
{
	local i all=(pairs="$many" clients="$clients" count="$many" order=linear
		"steps=oa,ob,ia,ib" every=50 pause=250)

	router_new learn masq
	spinat -n learn masq show >/dev/null 2>&1
	memory_mark /run/before
	clock_fly
	there learn job "${all[@]}" reset=1 seed=1
	for ((i = 2; i <= 6; i++)); do
		[ "$(stat learn learn-echo)" -lt $many ] || break
		echo "$(stat learn learn-echo) pairs learned by echo, another try"
		there learn job "${all[@]}" seed=$i
	done
	[ "$(stat learn learn-echo)" -ge $many ] ||
		die "$(stat learn learn-echo) of $many pairs were learned by echo"
	clock_walk
	memory_mark /run/after
	memory_fact memory-learned $many /run/before /run/after
	ip netns del learn
}

# What the four packets of one echo cost, with nobody else pinging
echo_cost()
{
	local first own
	local some=(pairs=20 clients=20 count=20 order=linear
		"steps=oa,ob,ia,ib" seed=7)

	router_new calm masq
	clock_fly
	first=$(there calm once "${some[@]}" every=1 pause=300 reset=1) || exit 1
	clock_walk
	own=$(there calm once "${some[@]}" sink=free) || exit 1
	echo "fact echo $(echo "$first $own" |
		awk '{ printf "%.0f", $1 + $2 + $3 + $4 - $5 - $6 - $7 - $8 }')"
	ip netns del calm
}

bench_init
memory_init
echo "fact kernel $(uname -r) ($(uname -v))"
stock_cases
masq_load
loaded_cases
one_pair
thousand_pairs
hundred_thousand_pairs
learn_only
echo_cost
learn_echo
echo "done"
