# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
#
# What the spinat_masq scenarios share: a laboratory of N static-key clients
# behind one router, and short words for the module, the tool and the packet
# tools. Source it from the top of the tree; it brings tests/lib/common.sh.
#
# The topology is that of common.sh (clients C[1]..C[N], router R with lan0 and
# wan0, server S), made in fewer steps; inside the tunnels the server has
# 10.99.0.1 and fd99::1, a client its LAN address. $NAT, $SERVER, $INNER and
# lan I are of the family that use_family chose; IPv4 at first.

. tests/lib/common.sh

LAB_TOOLS=tests/tools
SPINAT=${SPINAT:-userspace/spinat/spinat}
TMP=$(mktemp -d)

use_family()
{
	FAMILY=$1
	if [ "$1" = 4 ]; then
		NAT=$PUB SERVER=$SRV INNER=10.99.0.1
	else
		NAT=$PUB6 SERVER=$SRV6 INNER=fd99::1
	fi
}
use_family 4

# lan I: LAN address of client I
lan()
{
	if [ "$FAMILY" = 4 ]; then
		client_addr "$1"
	else
		client_addr6 "$1"
	fi
}

# lab_up N: as topo_new of common.sh, but for many clients: a process costs
# 50 ms in a VM, so that everything is done with "ip -batch", and a device that
# comes up or joins a bridge waits for RCU, which may hurry meanwhile; with many
# clients it hurries to the end, as closing packet sockets waits for it, too.
lab_up()
{
	local i

	# without esp4 and esp6 a kernel answers ESP with "protocol unreachable"
	must modprobe -a veth bridge esp4 esp6 xfrm_user nf_conntrack nft_masq \
		nft_chain_nat nft_ct
	echo 1 >/sys/kernel/rcu_expedited
	topo_new 0
	lab_routes
	for ((i = 1; i <= $1; i++)); do
		C[i]=client$i-$$
		namespaces+=("${C[i]}")
		echo "netns add ${C[i]}"
	done >"$TMP/batch"
	must ip -batch "$TMP/batch"
	for ((i = 1; i <= $1; i++)); do
		echo "link add lan$i type veth peer name eth0 netns ${C[i]}"
		echo "link set lan$i master lan0"
		echo "link set lan$i up"
	done | ip_batch "$R"
	for ((i = 1; i <= $1; i++)); do
		client_up "$i"
	done
	LAB_N=$1
	wait_for 20 "the bridge to forward" bridge_forwards || bail "no bridge"
	[ "$1" -gt 8 ] || echo 0 >/sys/kernel/rcu_expedited
}

# The server's ends of the tunnels. Inside addresses have routes only so that
# the kernel looks for a policy; as they are, nobody answers for them.
lab_routes()
{
	ip_batch "$S" <<-END
		addr add 10.99.0.1/32 dev lo
		addr add fd99::1/128 dev lo nodad
		route add 10.0.0.0/16 dev wan0
		route add fd00::/64 dev wan0
	END
}

client_up()
{
	ip_batch "${C[$1]}" <<-END
		link set lo up
		link set eth0 up
		addr add $(client_addr "$1")/16 dev eth0
		addr add $(client_addr6 "$1")/64 dev eth0 nodad
		route add default via 10.0.0.1
		route add default via fd00::1
	END
}

bridge_forwards()
{
	[ "$(bridge -n "$R" link show | grep -c 'state forwarding')" = "$LAB_N" ]
}

# ns_sysctl NS KEY=VALUE...
ns_sysctl()
{
	local ns=$1

	shift
	must in_ns "$ns" sysctl -qw "$@"
}

# nft_rules [NS] <rules: replaces the whole ruleset of the router
nft_rules()
{
	{ echo "flush ruleset"; cat; } | in_ns "${1:-$R}" nft -f - ||
		bail "nft refused the ruleset"
}

# masq ARGS...: the tool on the router
masq()
{
	"$SPINAT" -n "$R" masq "$@"
}

# counter KEY: one counter of the module
counter()
{
	"$SPINAT" -j -n "$R" masq stats | jq ".\"$1\""
}

# counter_over KEY N: is the counter above N? For wait_for.
counter_over()
{
	[ "$(counter "$1")" -gt "$2" ]
}

# pairs [FILTER]: how many pairs the module shows that the jq filter selects
pairs()
{
	"$SPINAT" -j -n "$R" masq show | jq "[.[] | select(${1:-true})] | length"
}

# pair_field OUT-SPI FIELD: of the (first) pair with this out-SPI, or "none"
pair_field()
{
	local spi

	printf -v spi '0x%08x' "$(($1))"
	"$SPINAT" -j -n "$R" masq show |
		jq -r "[.[] | select(.\"out-spi\" == \"$spi\")][0].\"$2\" // \"none\""
}

# drops: all drop counters that are not zero, for diagnostics
drops()
{
	"$SPINAT" -j -n "$R" masq stats |
		jq -c 'with_entries(select(.value != 0 and (.key | startswith("drop"))))'
}

# A fresh start: no module state, no conntrack
forget_all()
{
	! [ -d /sys/module/spinat_masq ] || masq flush
	ip netns exec "$R" conntrack -F 2>/dev/null
	:
}

# objects CACHE...: objects of these slab caches in use. Shrinking them first
# takes back what the processors keep at hand, which would count as in use.
objects()
{
	local cache

	for cache in "$@"; do
		echo 1 >"/sys/kernel/slab/$cache/shrink"
		awk -v name="$cache" '$1 == name { print $2 }' /proc/slabinfo
	done | awk '{ n += $1 } END { print n + 0 }'
}

# objects_at_most N CACHE...: for wait_for
objects_at_most()
{
	local limit=$1

	shift
	[ "$(objects "$@")" -le "$limit" ]
}

# load_clients FROM TO: the arguments of esp-load for these clients
load_clients()
{
	local i

	for ((i = $1; i <= $2; i++)); do
		echo "${C[i]},eth0,$(lan "$i")"
	done
}

# load OPTIONS... -- CLIENTS...: esp-load on this lab; JSON in $TMP/load
load()
{
	"$LAB_TOOLS/esp-load" --server-ns "$S" --server "$SERVER" --public "$NAT" \
		--inner "$INNER" "$@" >"$TMP/load"
}

# loaded KEY: a total of the last load
loaded()
{
	jq "if .totals then .totals.\"$1\" else .\"$1\" end" "$TMP/load"
}

# loaded_client I KEY: a value of the I-th client of the last load
loaded_client()
{
	jq -r ".clients[$(($1 - 1))].\"$2\"" "$TMP/load"
}

# load_diag TEXT: the totals of the last load as a diagnostic
load_diag()
{
	echo "# $1: $(jq -c '.totals // .' "$TMP/load")"
}

# esp NS SOURCE DESTINATION OPTIONS...: raw ESP packets, quietly
esp()
{
	local ns=$1 src=$2 dst=$3

	shift 3
	"$LAB_TOOLS/esp-send" --netns "$ns" "$@" "$src" "$dst" >"$TMP/esp"
}

# raw_echo I OUT-SPI IN-SPI [LEN,LEN]: a gate's pair of pings and its echo, from
# raw packets; the echo window must be long enough for these processes
raw_echo()
{
	from_client "$1" --spi "$2" --len "${4:-100,200}" --count 2
	from_server --spi "$3" --len "${4:-100,200}" --count 2
}

# pair_up I OUT-SPI IN-SPI: as a gate does, ping until the pair is believed, each
# time with other lengths: on a busy machine one try may be too slow
lengths_used=0
pair_up()
{
	local seq len

	for ((seq = 1; seq < 20; seq += 2)); do
		lengths_used=$(((lengths_used + 8) % 640))
		len=$((104 + lengths_used)),$((308 + lengths_used))
		from_client "$1" --spi "$2" --seq $seq --len $len --count 2
		from_server --spi "$3" --seq $seq --len $len --count 2
		[ "$(pair_field "$2" evidence)" != echo ] || return 0
	done
	return 1
}

# from_client I OPTIONS...: raw ESP of client I to the server
from_client()
{
	local i=$1

	shift
	esp "${C[i]}" "$(lan "$i")" "$SERVER" "$@"
}

# from_server OPTIONS...: raw ESP of the server to the NAT
from_server()
{
	esp "$S" "$SERVER" "$NAT" "$@"
}

# count_start NAME NS DEV OPTIONS...: counts ESP in the background
count_start()
{
	local name=$1 ns=$2 dev=$3

	shift 3
	rm -f "$TMP/ready.$name"
	"$LAB_TOOLS/esp-count" --netns "$ns" --ready "$TMP/ready.$name" "$@" \
		"$dev" >"$TMP/count.$name" &
	echo $! >"$TMP/pid.$name"
	wait_for 10 "esp-count $name listens" test -e "$TMP/ready.$name"
}

# count_stop NAME...: ends counting, once no more packets arrive
count_stop()
{
	local name pid

	settle_traffic
	for name in "$@"; do
		pid=$(cat "$TMP/pid.$name")
		kill -INT "$pid" 2>/dev/null
		wait "$pid"
	done
}

# counted NAME [SPI]: packets in all, or with this SPI
counted()
{
	if [ $# = 1 ]; then
		jq .total "$TMP/count.$1"
	else
		jq ".spis.\"$(printf '0x%08x' "$2")\" // 0" "$TMP/count.$1"
	fi
}

# settle_traffic: waits until no packet has moved on the router for 100 ms
settle_traffic()
{
	local i before='' now

	for ((i = 0; i < 100; i++)); do
		now=$(in_ns "$R" cat /proc/net/dev)
		[ "$now" != "$before" ] || return 0
		before=$now
		sleep 0.1
	done
}

# --- an established client and one that opens, while others misbehave --------
# Client 1 has the pair $O1/$I1; client 2 opens a new tunnel each time.

O1=0xc0000001 I1=0x51000001
victim_seq=21	# after those of pair_up
opened=0

# victim_fine TEXT: 20 packets each way between client 1 and the server
victim_fine()
{
	count_start s "$S" wan0
	count_start c "${C[1]}" eth0
	from_client 1 --spi $O1 --seq $victim_seq --count 20
	from_server --spi $I1 --seq $victim_seq --count 20
	count_stop s c
	victim_seq=$((victim_seq + 20))
	is "$(counted s $O1) $(counted c $I1)" "20 20" "$1: the established client loses nothing"
}

# opens_fine TEXT: client 2 opens one more tunnel, as a gate does
opens_fine()
{
	local out in

	opened=$((opened + 1))
	out=$((0xd0000000 + opened)) in=$((0x52000000 + opened))
	pair_up 2 $out $in
	is "$(pair_field $out evidence)" echo "$1: another client's new tunnel is paired"
}
