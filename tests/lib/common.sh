# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# For scenarios: TAP, waiting, namespaces, a NAT router with clients, IPsec
# with static keys. A scenario sources it first, as tests/vm/run starts it at
# the top of the tree:
#
#	. tests/lib/common.sh
#	plan 2
#	topo_new 2
#	nat_on
#
# Setup that fails ends the scenario (bail); only ok, fail, is, check and skip
# make results.

[ -n "${SPINAT_VM:-}" ] || {
	echo "$0: this runs in the test VM: tests/vm/run $0" >&2
	exit 2
}
set -uo pipefail

# --- TAP -------------------------------------------------------------------

tap_count=0 tap_failed=0

plan() { echo "1..$1"; }

ok()
{
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $*"
}

fail()
{
	tap_count=$((tap_count + 1))
	tap_failed=$((tap_failed + 1))
	echo "not ok $tap_count - $*"
}

# skip TEXT WHY
skip()
{
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $1 # SKIP $2"
}

note() { echo "# $*"; }

# is ACTUAL EXPECTED TEXT
is()
{
	if [ "$1" = "$2" ]; then
		ok "$3"
	else
		fail "$3"
		note "expected '$2', got '$1'"
	fi
}

# check TEXT COMMAND...: ok if the command succeeds, else its output is shown
check()
{
	local text=$1 output

	shift
	if output=$("$@" 2>&1); then
		ok "$text"
	else
		fail "$text"
		sed 's/^/# /' <<<"$output"
	fi
}

# bail TEXT: ends the scenario, which then counts as failed
bail()
{
	echo "Bail out! $*"
	exit 99
}

# must COMMAND...: for setup: bails out with the command and its words
must()
{
	local output

	output=$("$@" 2>&1) || bail "'$*' failed: $output"
}

# --- waiting ---------------------------------------------------------------

# now_ms: milliseconds since boot
now_ms()
{
	local up _

	read -r up _ </proc/uptime
	echo $((10#${up/./} * 10))
}

# wait_for SECONDS WHAT COMMAND...: until the command succeeds; fails with a
# note after the limit, which is longer on a slow kernel. Asks every $poll seconds,
# as fast as a VM can without it.
wait_for()
{
	local limit=$(($1 * ${SPINAT_SLOW:-1})) what=$2 end

	shift 2
	end=$(($(now_ms) + limit * 1000))
	until "$@" >/dev/null 2>&1; do
		if [ "$(now_ms)" -ge "$end" ]; then
			note "waited $limit s in vain for $what"
			return 1
		fi
		sleep "${poll:-0.05}"
	done
}

# log_mark: later log_since prints the kernel log from here on
log_mark()
{
	log_marker="mark $RANDOM$RANDOM"
	echo "spinat-test: $log_marker" >/dev/kmsg
}

log_since()
{
	dmesg | sed "1,/spinat-test: $log_marker/d"
}

# --- namespaces ------------------------------------------------------------

namespaces=()
masq_loaded=
epoch_loaded=

# ns_new VARIABLE NAME: a namespace with a random name, kept in VARIABLE
ns_new()
{
	# the caller's VARIABLE may have any name but this one
	local ns_new_name

	printf -v ns_new_name '%s-%04x%04x' "$2" "$RANDOM" "$RANDOM"
	must ip netns add "$ns_new_name"
	must ip -n "$ns_new_name" link set lo up
	namespaces+=("$ns_new_name")
	printf -v "$1" '%s' "$ns_new_name"
}

# ns_del NS
ns_del()
{
	must ip netns del "$1"
	mapfile -t namespaces < <(printf '%s\n' "${namespaces[@]}" | grep -vxF "$1")
}

# in_ns NS COMMAND...
in_ns()
{
	local ns=$1

	shift
	ip netns exec "$ns" "$@"
}

# link NS1 IF1 NS2 IF2: a cable between two namespaces, up
link()
{
	must ip -n "$1" link add "$2" type veth peer name "$4" netns "$3"
	must ip -n "$1" link set "$2" up
	must ip -n "$3" link set "$4" up
}

# ip_batch NS < COMMANDS: many ip commands for the price of one process
ip_batch()
{
	local output

	output=$(ip -n "$1" -batch - 2>&1) || bail "ip -n $1 -batch: $output"
}

cleanup()
{
	local status=$? ns pid

	trap - EXIT
	for pid in $(jobs -p); do
		kill "$pid" 2>/dev/null
	done
	wait 2>/dev/null
	for ns in "${namespaces[@]}"; do
		ip netns del "$ns" 2>/dev/null
	done
	[ -z "$masq_loaded" ] || masq_unload
	[ -z "$epoch_loaded" ] || epoch_unload
	[ "$status" != 0 ] || [ "$tap_failed" = 0 ] || status=1
	exit "$status"
}
trap cleanup EXIT
trap 'exit 143' TERM
trap 'exit 130' INT

# --- topology --------------------------------------------------------------
#
#  C[1] 10.0.1.1 fd00::1:1 --+
#  C[2] 10.0.1.2 fd00::1:2 --+-- lan0 [R] wan0 ---------------- wan0 [S]
#  ...                       |   10.0.0.1    203.0.113.1      203.0.113.2
#  C[n] eth0                -+   fd00::1     2001:db8::1      2001:db8::2
#
# R is the NAT router, lan0 its bridge, S the server. S has no route to the
# inside addresses, so what leaves R with one of them finds no answer.

R='' S='' C=()
readonly PUB=203.0.113.1 SRV=203.0.113.2
readonly PUB6=2001:db8::1 SRV6=2001:db8::2

# client_addr I, client_addr6 I
client_addr() { echo "10.0.$((1 + $1 / 250)).$(($1 % 250))"; }
client_addr6() { printf 'fd00::1:%x\n' "$1"; }

# topo_new N: router, server, N clients; no NAT rule yet
topo_new()
{
	local i

	ns_new R router
	ns_new S server
	must in_ns "$R" sysctl -qw net.ipv4.ip_forward=1 \
		net.ipv6.conf.all.forwarding=1
	link "$R" wan0 "$S" wan0
	ip_batch "$R" <<-END
		link add lan0 type bridge
		link set lan0 up
		addr add 10.0.0.1/16 dev lan0
		addr add fd00::1/64 dev lan0 nodad
		addr add $PUB/24 dev wan0
		addr add $PUB6/64 dev wan0 nodad
	END
	ip_batch "$S" <<-END
		addr add $SRV/24 dev wan0
		addr add $SRV6/64 dev wan0 nodad
	END
	for ((i = 1; i <= $1; i++)); do
		client_new "$i"
	done
}

# client_new I: one more client, C[I]
client_new()
{
	local ns

	ns_new ns "client$1"
	C[$1]=$ns
	ip_batch "$R" <<-END
		link add lan$1 type veth peer name eth0 netns $ns
		link set lan$1 master lan0
		link set lan$1 up
	END
	ip_batch "$ns" <<-END
		link set eth0 up
		addr add $(client_addr "$1")/16 dev eth0
		addr add $(client_addr6 "$1")/64 dev eth0 nodad
		route add default via 10.0.0.1
		route add default via fd00::1 dev eth0
	END
}

# nat_on: an ordinary masquerade, IPv4 and IPv6
nat_on()
{
	in_ns "$R" nft -f - <<-END || bail "nft refused the masquerade"
		table inet nat {
			chain post {
				type nat hook postrouting priority srcnat
				oifname "wan0" masquerade
			}
		}
	END
}

nat_off() { must in_ns "$R" nft flush ruleset; }

# wan_netem ARGUMENT...: delay, loss, ... on the WAN, each way
wan_netem()
{
	must tc -n "$R" qdisc replace dev wan0 root netem "$@"
	must tc -n "$S" qdisc replace dev wan0 root netem "$@"
}

wan_clear()
{
	must tc -n "$R" qdisc del dev wan0 root
	must tc -n "$S" qdisc del dev wan0 root
}

# masq_load [PARAMETER=VALUE]..., masq_unload
masq_load()
{
	must modprobe nf_conntrack	# insmod brings no dependencies
	must insmod kmod/masq/spinat_masq.ko "$@"
	masq_loaded=1
}

masq_unload()
{
	must rmmod spinat_masq
	masq_loaded=
}

# epoch_load, epoch_unload: the gate
epoch_load()
{
	must modprobe -a nf_conntrack esp4 esp6
	must insmod kmod/epoch/spinat_epoch.ko
	epoch_loaded=1
}

epoch_unload()
{
	must rmmod spinat_epoch
	epoch_loaded=
}

# --- IPsec with static keys ------------------------------------------------

# sa_alg [NAME]: what ip xfrm wants to hear for gcm (the default) or cbc
sa_alg()
{
	local key=$1

	case "${2:-gcm}" in
	gcm) echo "aead rfc4106(gcm(aes)) 0x$key$key$key$key$key 128" ;;
	cbc)
		echo "enc cbc(aes) 0x$key$key$key$key" \
			"auth-trunc hmac(sha256) 0x$key$key$key$key$key$key$key$key 128"
		;;
	null) echo "enc ecb(cipher_null) \"\"" \
			"auth-trunc hmac(sha256) 0x$key$key$key$key$key$key$key$key 128"
		;;
	*) bail "sa_pair knows no algorithm '$2'" ;;
	esac
}

# sa_pair CLIENT_NS SERVER_NS CLIENT SERVER PUBLIC OUT_SPI IN_SPI INNER_C \
#	INNER_S [tunnel|transport [gcm|cbc|null]]
# A tunnel that needs no IKE: the client knows its own address, the server the
# NAT's. INNER_C and INNER_S are put on the lo of each end and routed.
# Client and server address each other's SAs by reqid, the out-SPI, so one
# server holds many.
sa_pair()
{
	local cns=$1 sns=$2 client=$3 server=$4 public=$5 out=$6 in=$7
	local inner_c=$8 inner_s=$9 mode=${10:-tunnel} alg=${11:-gcm}
	local reqid=$((out)) out_alg in_alg bits=32 via

	out_alg=$(sa_alg "$(printf '%08x' "$((out))")" "$alg") || bail "no algorithm"
	in_alg=$(sa_alg "$(printf '%08x' "$((in))")" "$alg") || bail "no algorithm"
	case "$inner_c" in *:*) bits=128 ;; esac
	# ip wants a packed negative number for what is above 2^31
	[ "$reqid" -lt 2147483648 ] || reqid=$((reqid - 2147483648))

	if [ "$mode" = tunnel ]; then
		via=$(ip -n "$cns" route show default | head -n 1)
		case "$inner_c" in
		*:*) via=$(ip -n "$cns" -6 route show default | head -n 1) ;;
		esac
		ip_batch "$cns" <<-END
			addr replace $inner_c/$bits dev lo
			route replace $inner_s/$bits ${via#default } src $inner_c
		END
		ip_batch "$sns" <<-END
			addr replace $inner_s/$bits dev lo
			route replace $inner_c/$bits dev wan0 src $inner_s
		END
	fi
	sa_install "$cns" "$client" "$server" "$out" "$out_alg" \
		"$server" "$client" "$in" "$in_alg" "$inner_c" "$inner_s"
	sa_install "$sns" "$server" "$public" "$in" "$in_alg" \
		"$public" "$server" "$out" "$out_alg" "$inner_s" "$inner_c"
}

# sa_install NS OUT_SRC OUT_DST OUT_SPI OUT_ALG IN_SRC IN_DST IN_SPI IN_ALG \
#	MINE THEIRS: one end, with $reqid and $mode of sa_pair
sa_install()
{
	ip_batch "$1" <<-END
		xfrm state add src $2 dst $3 proto esp spi $4 reqid $reqid mode $mode $5
		xfrm state add src $6 dst $7 proto esp spi $8 reqid $reqid mode $mode replay-window 32 $9
		xfrm policy add src ${10} dst ${11} dir out tmpl src $2 dst $3 proto esp reqid $reqid mode $mode
		xfrm policy add src ${11} dst ${10} dir in tmpl src $6 dst $7 proto esp reqid $reqid mode $mode
	END
}

# xfrm_stat NS NAME: a counter of /proc/net/xfrm_stat, such as XfrmInNoStates
xfrm_stat()
{
	in_ns "$1" awk -v name="$2" '$1 == name { print $2 }' /proc/net/xfrm_stat
}

# ping_count NS SOURCE TARGET COUNT: how many of COUNT echoes came back
ping_count()
{
	in_ns "$1" ping -q -c "$4" -i 0.05 -W 1 -I "$2" "$3" 2>&1 |
		sed -n 's/.* \([0-9]\+\) received.*/\1/p'
}

# esp_watch NS SPI...: counts ESP packets that arrive in NS, by SPI
esp_watch()
{
	local ns=$1 spi

	shift
	{
		echo "table inet esp_watch {"
		for spi in "$@"; do
			echo "counter spi_$((spi)) { }"
		done
		echo "counter any { }"
		echo "chain in { type filter hook prerouting priority -400;"
		echo "meta l4proto esp counter name any"
		for spi in "$@"; do
			# what has no sequence number is no ESP, and left to
			# stock conntrack
			echo "esp spi $((spi)) meta length > 27 counter name spi_$((spi))"
		done
		echo "}"
		echo "}"
	} | in_ns "$ns" nft -f - || bail "nft refused the ESP counters"
}

# esp_seen NS SPI|all: how many came since esp_watch
esp_seen()
{
	local name=any

	[ "$2" = all ] || name=spi_$(($2))
	in_ns "$1" nft list counter inet esp_watch "$name" |
		sed -n 's/.*packets \([0-9]\+\) .*/\1/p'
}
