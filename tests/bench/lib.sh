# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the benches share; sourced in the VM. Topology of every namespace:
#
#   espgen -> lan0 | router | wan0 -> packets end here     (outbound, "out")
#   packets end here <- lan0 | router | wan0 <- espgen     (inbound, "in")
#
# Both are dummy devices: what goes in by netif_receive_skb() comes out at the
# other's transmit function, which frees it. No driver and no wire is timed.
#
# The output has lines for report.awk, "run CASE DIRECTION SIZE INSTRUCTIONS"
# and "fact NAME VALUE", everything else is for people.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
espgen=/sys/kernel/debug/espgen
PATH=$top/userspace/spinat:$PATH

client=10.0.1.0
server=198.51.100.1
public=203.0.113.1
out_spi=0x10000000
in_spi=0x20000000

die()
{
	echo "bench: $*" >&2
	exit 1
}

bench_init()
{
	modprobe -a dummy nf_conntrack nf_conntrack_netlink nft_masq \
		nft_chain_nat || die "cannot load the stock modules"
	[ -e $espgen ] || insmod "$here/espgen/espgen.ko" || die "cannot load espgen.ko"
	clock_walk
}

# An idle guest's clock jumps ahead to its next timer, so that time would fly
# while a file is read from the host. A process that is never idle and never in
# the way prevents it; where a bench only waits, time may fly.
clock_walk()
{
	chrt -i 0 bash -c 'while :; do :; done' &
	walker=$!
}

clock_fly()
{
	kill "$walker"
	wait "$walker" 2>/dev/null
}

masq_load()
{
	insmod "$top/kmod/masq/spinat_masq.ko" ||
		die "cannot load spinat_masq.ko: was it built for $(uname -r)?"
}

# router_new NETNS [masq]: a router, with a masquerade rule if wanted
router_new()
{
	ip netns add "$1"
	# its own packets would be counted among those forwarded
	inside "$1" sysctl -qw net.ipv6.conf.default.disable_ipv6=1
	ip -n "$1" -batch - <<-END || die "cannot set up the router $1"
		link add lan0 type dummy
		link add wan0 type dummy
		link set lo up
		link set lan0 up
		link set wan0 up
		addr add 10.0.0.1/16 dev lan0
		addr add $public/24 dev wan0
		route add default via 203.0.113.254
	END
	inside "$1" sysctl -qw net.ipv4.ip_forward=1
	[ "${2:-}" != masq ] || inside "$1" nft -f - <<-END
		table ip nat {
			chain post {
				type nat hook postrouting priority srcnat
				oifname "wan0" masquerade
			}
		}
	END
}

# inside NETNS COMMAND...: unlike "ip netns exec" keeps /sys as it is, with debugfs
inside()
{
	nsenter --net="/run/netns/$1" "${@:2}"
}

# there NETNS FUNCTION...: runs one of the functions below in the namespace; it
# ends the bench if that fails
there()
{
	export sizes runs count
	inside "$1" bash -c '. "$0" && . "${0%lib.sh}pktgen.sh" && "$@"' "$here/lib.sh" "${@:2}" || exit 1
}

# The functions down to the next such line run in the router's namespace. They
# start no program: that would cost more instructions than what they measure.

# forwarded DEVICE: sets $packets, what left by the device so far
forwarded()
{
	local -a word

	while read -ra word; do
		[ "${word[0]}" != "$1:" ] || packets=${word[10]}
	done </proc/net/dev
}

# job KEY=VALUE...: runs an espgen job; its result is in $result
job()
{
	echo lan=lan0 wan=wan0 client=$client server=$server public=$public \
		out-spi=$out_spi in-spi=$in_spi clients=1 pairs=1 "$*" \
		>$espgen || die "job '$*' failed: $(dmesg | tail -n 1)"
	read -r result <$espgen
}

# checked_job DEVICE PACKETS KEY=VALUE...: all of them must come out there
checked_job()
{
	local before packets

	forwarded "$1"
	before=$packets
	job "${@:3}"
	forwarded "$1"
	[ $((packets - before)) = "$2" ] ||
		die "only $((packets - before)) of $2 packets left by $1: ${*:3}"
}

# measure CASE [KEY=VALUE...]: both directions and sizes, $runs times
measure()
{
	local name=$1 size i

	shift
	for size in $sizes; do
		for ((i = 0; i < runs; i++)); do
			checked_job wan0 "$count" count="$count" \
				"steps=o$size" "$@"
			echo "run $name out $size $result"
			checked_job lan0 "$count" count="$count" \
				"steps=i$size" "$@"
			echo "run $name in $size $result"
		done
	done
}

# measure_own CASE [KEY=VALUE...]: what the generator itself costs
measure_own()
{
	local name=$1 size i

	shift
	for size in $sizes; do
		for ((i = 0; i < runs; i++)); do
			job sink=free count="$count" "steps=o$size" "$@"
			echo "run $name out $size $result"
			job sink=free count="$count" "steps=i$size" "$@"
			echo "run $name in $size $result"
		done
	done
}

# settle: a guessed pair is watched while it is young, which costs more. Waits
# until its packets have become cheaper, for at most 10 s.
settle()
{
	local i young

	job count=100 steps=o100
	young=${result%.*}
	# no server's first packets any more, by their sequence number
	job count=5000 steps=o100,i100
	for ((i = 0; i < 20; i++)); do
		job count=500 steps=o100
		[ "${result%.*}" -gt $((young * 95 / 100)) ] || return 0
		sleep 0.5
	done
}

# open_all PAIRS CLIENTS: the first packet each way of every pair
open_all()
{
	checked_job wan0 "$1" pairs="$1" clients="$2" count="$1" \
		order=linear steps=o100 reset=1
	checked_job lan0 "$1" pairs="$1" clients="$2" count="$1" \
		order=linear steps=i100
}

# once KEY=VALUE...: a job whose result is printed for the caller
once()
{
	job "$@"
	echo "$result"
}

# The functions from here on run anywhere.

# stat NETNS KEY: one counter of the module
stat()
{
	spinat -j -n "$1" masq stats |
		grep -o "\"$2\": *[0-9]*" | grep -o '[0-9]*$'
}

# no_drops NETNS: dies if the module dropped anything there
no_drops()
{
	local drops

	drops=$(spinat -j -n "$1" masq stats | tr ',{}' '\n' |
		grep '"drop-' | grep -v ': *0$')
	[ -z "$drops" ] || die "the module dropped packets in $1: $drops"
}

# pins PAIRS CLIENTS: as "spinat masq restore" reads them
pins()
{
	awk -v pairs="$1" -v clients="$2" -v server=$server -v public=$public \
	    -v out=$((out_spi)) -v in_=$((in_spi)) 'BEGIN {
		print "version 1"
		for (p = 0; p < pairs; p++) {
			c = p % clients
			printf "pin client 10.0.%d.%d server %s public %s out-spi 0x%08x in-spi 0x%08x evidence pinned\n",
				1 + int(c / 256), c % 256, server, public,
				out + p, in_ + p
		}
	}'
}
