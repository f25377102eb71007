#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What an open gate costs a tunnel endpoint; run by tests/bench/run. Topology of
# a case, two namespaces that share nothing but a tape of packets:
#
#   espgen -> lan0 | G | wan0 -> packets end here             ("out")
#   packets end here <- lan0 | G | wan0 <- espgen, the tape   ("in")
#   espgen -> lan0 | P | wan0 -> espgen, records the tape
#
# G is the endpoint and P its peer, with static keys. Inner hosts are 10.0.1.0
# and up behind G, 10.99.0.1 behind P; each epoch serves one of those behind G.
# The tables of SAs and policies are the same with and without the module, which
# comes in between.
# time: 1800
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

inner=10.99.0.1
peer=198.51.100.1
sizes=${sizes:-100 1400} runs=${runs:-5} count=${count:-2000}
many=${many:-10000}

# Null without a checksum is the cheapest that there is: no bench could be harder
# on the gate.
declare -A cipher=(
	[null]='enc ecb(cipher_null) ""'
	[gcm]="aead rfc4106(gcm(aes)) 0x$(printf '%040d' 7) 128"
)

# sas CIPHER PAIRS G|P: one end's SAs and policies, for ip -batch
sas()
{
	local p host rest
	local out="src $public dst $peer proto esp"
	local in="src $peer dst $public proto esp"

	for ((p = 0; p < $2; p++)); do
		host=10.0.$((1 + p / 256)).$((p % 256))
		rest="reqid $((p + 1)) mode tunnel"
		echo "xfrm state add $in spi $((in_spi + p)) $rest replay-window 32 ${cipher[$1]}"
		if [ "$3" = P ]; then
			echo "xfrm policy add src $inner dst $host dir out tmpl $in $rest"
			continue
		fi
		echo "xfrm policy add src $inner dst $host dir fwd tmpl $in $rest"
		echo "xfrm state add $out spi $((out_spi + p)) $rest ${cipher[$1]}"
		echo "xfrm policy add src $host dst $inner dir out tmpl $out $rest"
	done
}

# end_new NETNS CIPHER PAIRS G|P: inner hosts are behind one more router, or each
# would be a neighbour of its own, and those are few at a time
end_new()
{
	local mine=$public hosts=10.0.0.0/16

	[ "$4" = G ] || mine=$peer hosts=$inner
	router_new "$1"
	ip -n "$1" -batch - <<-END || die "no addresses in $1"
		addr flush dev lan0
		addr flush dev wan0
		addr add 10.1.0.1/24 dev lan0
		addr add $mine/24 dev wan0
		route add $hosts via 10.1.0.2
		route add default dev wan0
	END
	sas "$2" "$3" "$4" | ip -n "$1" -batch - ||
		die "cannot install the SAs of $1"
}

# case_new NAME CIPHER PAIRS
case_new()
{
	end_new "$1" "$2" "$3" G
	end_new "$1-peer" "$2" "$3" P
}

# hosts PAIRS: sets $hosts, espgen's words for so many epochs
hosts()
{
	hosts=(inner=1 "server=$inner" "pairs=$1" "clients=$1")
}

# record NETNS SIZE KEY=VALUE...: what its peer sends to it, onto the tape
record()
{
	there "$1-peer" job "${hosts[@]}" "${@:3}" late=1 lan=wan0 wan=lan0 \
		record=wan0 "steps=i$2"
}

# first_packets NETNS PAIRS: one each way through every SA, for the first one of
# an SA costs more, and sets a timer
first_packets()
{
	hosts "$2"
	there "$1" job "${hosts[@]}" count="$2" steps=o100
	record "$1" 100 count="$2"
	there "$1" job count="$2" late=1 steps=p
}

# gate_measure NETNS CASE PAIRS: both directions and sizes, $runs times
gate_measure()
{
	local size i hosts

	hosts "$3"
	for size in $sizes; do
		for ((i = 1; i <= runs; i++)); do
			set -- "$1" "$2" "$3" order=random seed=$i count="$count"
			there "$1" gate_out "$2" "$size" "${hosts[@]}" "${@:4}"
			record "$1" "$size" "${@:4}"
			there "$1" gate_in "$2" "$size" count="$count"
		done
	done
}

# gate_out CASE SIZE KEY=VALUE..., gate_in CASE SIZE KEY=VALUE...: one run; what
# the generator itself costs is measured with it
gate_out()
{
	job "${@:3}" late=1 sink=free "steps=o$2"
	echo "run own-$1 out $2 $result"
	checked_job wan0 "$count" "${@:3}" late=1 "steps=o$2"
	echo "run $1 out $2 $result"
}

gate_in()
{
	job "${@:3}" late=1 sink=free steps=p
	echo "run own-$1 in $2 $result"
	checked_job lan0 "$count" "${@:3}" late=1 steps=p
	echo "run $1 in $2 $result"
}

export -f gate_out gate_in

# gate_open NETNS PAIRS: puts a gate before its SAs, and opens it. Nobody answers
# here, so that a gate which missed its answers would ping on and on.
gate_open()
{
	local open

	spinat -n "$1" epoch config max-epochs 100000
	spinat -n "$1" epoch set name bench peer "$peer" role client \
		target "$inner" source 10.0.1.0 ping-min 10000 ping-max 10000 \
		stale-after 3600000 idle-interval 0 ceiling 3600000 ||
		die "cannot make the tunnel of $1"
	inside "$1" "$top/tests/tools/epoch-many" bench $out_spi $in_spi "$2" ||
		die "cannot announce the epochs of $1"
	spinat -n "$1" epoch open tunnel bench || die "cannot open the gates"
	open=$(spinat -j -n "$1" epoch show | grep -o '"open"' | wc -l)
	[ "$open" = "$2" ] || die "$open of $2 gates are open in $1"
}

# all_flowed NETNS: dies if a gate held or dropped anything
all_flowed()
{
	local stopped

	stopped=$(spinat -j -n "$1" epoch stats | tr ',{}' '\n' |
		grep -E '"(hold|drop-.*|stale|dead|ungated)"' | grep -v ': *0$')
	[ -z "$stopped" ] || die "the gates of $1 were not open: $stopped"
}

measure_all()
{
	gate_measure null "$1-null" 1
	gate_measure gcm "$1-gcm" 1
	[ "$many" = 0 ] || gate_measure many "$1-many" "$many"
}

# rest: tables of SAs and policies grow in the background, timers run out
rest()
{
	clock_fly
	sleep 10
	clock_walk
}

bench_init
modprobe -a esp4 xfrm_user crypto_null authenc ||
	die "cannot load the stock modules"
case_new null null 1
case_new gcm gcm 1
netns="null gcm"
if [ "$many" != 0 ]; then
	netns+=" many"
	case_new many null "$many"
	first_packets many "$many"
fi
rest
measure_all bare
insmod "$top/kmod/epoch/spinat_epoch.ko" ||
	die "cannot load spinat_epoch.ko: was it built for $(uname -r)?"
gate_measure null loaded-null 1
gate_open null 1
gate_open gcm 1
[ "$many" = 0 ] || gate_open many "$many"
rest
measure_all gate
for end in $netns; do
	all_flowed "$end"
done
echo "done"
