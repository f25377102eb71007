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
	insmod "$here/espgen/espgen.ko" || die "cannot load espgen.ko"
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

# forwarded NETNS DEVICE: packets that left by the device
forwarded()
{
	inside "$1" awk -v dev="$2:" '$1 == dev { print $11 }' /proc/net/dev
}

# job NETNS KEY=VALUE...: runs an espgen job; its result is in $result
job()
{
	local ns=$1

	shift
	# the redirection must happen inside: the job runs in its writer's
	# namespace
	inside "$ns" bash -c 'echo "$*" >"$0"' $espgen lan=lan0 wan=wan0 \
		client=$client server=$server public=$public out-spi=$out_spi \
		in-spi=$in_spi clients=1 pairs=1 "$@" ||
		die "job '$*' failed: $(dmesg | tail -n 1)"
	result=$(cat $espgen)
}

# checked_job NETNS DEVICE PACKETS KEY=VALUE...: all of them must come out there
checked_job()
{
	local ns=$1 dev=$2 want=$3 before

	shift 3
	before=$(forwarded "$ns" "$dev")
	job "$ns" "$@"
	[ $(($(forwarded "$ns" "$dev") - before)) = "$want" ] ||
		die "only $(($(forwarded "$ns" "$dev") - before)) of $want packets left $ns by $dev: $*"
}

# measure NETNS CASE [KEY=VALUE...]: both directions and sizes, $runs times
measure()
{
	local ns=$1 name=$2 size i

	shift 2
	for size in $sizes; do
		for ((i = 0; i < runs; i++)); do
			checked_job "$ns" wan0 "$count" count="$count" \
				"steps=o$size" "$@"
			echo "run $name out $size $result"
			checked_job "$ns" lan0 "$count" count="$count" \
				"steps=i$size" "$@"
			echo "run $name in $size $result"
		done
	done
}

# measure_own NETNS CASE [KEY=VALUE...]: what the generator itself costs
measure_own()
{
	local ns=$1 name=$2 size i

	shift 2
	for size in $sizes; do
		for ((i = 0; i < runs; i++)); do
			job "$ns" sink=free count="$count" "steps=o$size" "$@"
			echo "run $name out $size $result"
			job "$ns" sink=free count="$count" "steps=i$size" "$@"
			echo "run $name in $size $result"
		done
	done
}

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
		for (p = 0; p < pairs; p++) {
			c = p % clients
			printf "pin client 10.0.%d.%d server %s public %s out-spi 0x%08x in-spi 0x%08x evidence pinned\n",
				1 + int(c / 256), c % 256, server, public,
				out + p, in_ + p
		}
	}'
}
