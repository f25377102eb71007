# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
#
# What the scenarios of the gate share that need no key manager: one client and
# a server with static keys, whose SAs come, change and go as a key manager
# would do it. Source it from the top of the tree; it brings tests/lib/common.sh.
#
#	lab				C[1] -- R (stock masquerade) -- S
#	epoch_load
#	tunnel_new c role client	a gate for what goes to the server
#	sas_add $O1 $I1			both ends have the SAs
#	announce c $O1 $I1		and the client's gate knows
#	policies_set $O1 $I1		both ends use them
#
# An end is "c" or "s". SPIs are the client's: "OUT IN". Names of the SAs of an
# end differ only in direction, so that most functions take both SPIs.

. tests/lib/common.sh

LAB_TOOLS=tests/tools
SPINAT=${SPINAT:-userspace/spinat/spinat}
TMP=$(mktemp -d)

O1=0xc0000001 I1=0x51000001
O2=0xc0000002 I2=0x51000002
O3=0xc0000003 I3=0x51000003

# outer 4|6, inner 4|6: families of the packets on the wire and in the tunnel
outer()
{
	if [ "$1" = 4 ]; then
		LOCAL=10.0.1.1 SERVER=$SRV NAT=$PUB
	else
		LOCAL=fd00::1:1 SERVER=$SRV6 NAT=$PUB6
	fi
}

inner()
{
	if [ "$1" = 4 ]; then
		IC=10.98.0.1 IS=10.99.0.1 IC_NET=10.98.0.0/24
	else
		IC=fd98::1 IS=fd99::1 IC_NET=fd98::/112
	fi
}
outer 4
inner 4
CIPHER=gcm	# gcm, cbc or null
SA_MORE=''	# of the client's SAs and policies, such as "if_id 7"
SA_ONLY=''	# of the client's SAs only

# lab: topology, inside addresses of both families, NAT, algorithms
lab()
{
	must modprobe -a veth esp4 esp6 xfrm_user nf_conntrack nft_masq \
		nft_chain_nat nft_ct
	# what is held leaves at once, and so it comes to a veth
	must sysctl -qw net.core.netdev_max_backlog=30000
	topo_new 1
	# a name for the client as others have it
	A=${C[1]}
	nat_on
	ip_batch "$S" <<-END
		addr add 10.99.0.1/32 dev lo
		addr add fd99::1/128 dev lo nodad
		route add 10.98.0.0/16 dev wan0 src 10.99.0.1
		route add fd98::/64 dev wan0 src fd99::1
	END
	ip_batch "$A" <<-END
		addr add 10.98.0.1/32 dev lo
		addr add fd98::1/128 dev lo nodad
		route add 10.99.0.0/16 via 10.0.0.1 src 10.98.0.1
		route add fd99::/64 via fd00::1 src fd98::1
	END
	warm_up
	wait_for 20 "the bridge to forward" bridge_forwards || bail "no bridge"
}

bridge_forwards()
{
	bridge -n "$R" link show | grep -q 'state forwarding'
}

# The first SA of an algorithm takes the kernel seconds: it loads and tests it.
warm_up()
{
	local cipher

	for cipher in gcm cbc null; do
		echo "xfrm state add src 192.0.2.1 dst 192.0.2.2 proto esp" \
			"spi 0x100 $(sa_alg 00000100 $cipher)"
		echo "xfrm state del src 192.0.2.1 dst 192.0.2.2 proto esp spi 0x100"
	done | ip_batch "$S"
}

# lab_without_nat: the server knows the client's own address
lab_without_nat()
{
	nat_off
	NAT=$LOCAL
	must ip -n "$S" route add 10.0.0.0/16 via $PUB
	must ip -n "$S" route add fd00::/64 via $PUB6
}

# end_ns c|s
end_ns()
{
	if [ "$1" = c ]; then echo "$A"; else echo "$S"; fi
}

# --- SAs and policies -------------------------------------------------------

# sa_cmd add|del END SPI out|in: the words for "ip -batch"
sa_cmd()
{
	local src=$LOCAL dst=$SERVER more=''

	case "$2$4" in
	cin) src=$SERVER dst=$LOCAL ;;
	sout) src=$SERVER dst=$NAT ;;
	sin) src=$NAT dst=$SERVER ;;
	esac
	if [ "$1" = del ]; then
		echo "xfrm state del src $src dst $dst proto esp spi $3 ${SA_MARK:-}"
		return
	fi
	[ "$2" = s ] || more="$SA_MORE $SA_ONLY"
	[ "$4" = out ] || more+=" replay-window 32"
	# one SA for packets of both families, as charon makes it
	[ "${MODE:-tunnel}" != tunnel ] || more+=" flag af-unspec"
	echo "xfrm state add src $src dst $dst proto esp spi $3 reqid 1" \
		"mode ${MODE:-tunnel} $more" \
		"$(sa_alg "$(printf '%08x' "$(($3))")" "$CIPHER")"
}

# sas_end END OUT IN: the SAs of one end, the one in first, as a key manager
# has its SPI first
sas_end()
{
	if [ "$1" = c ]; then
		sa_cmd add c "$3" "in"
		sa_cmd add c "$2" out
	else
		sa_cmd add s "$2" "in"
		sa_cmd add s "$3" out
	fi | ip_batch "$(end_ns "$1")"
}

# sas_add OUT IN: both ends
sas_add()
{
	sas_end s "$1" "$2"
	sas_end c "$1" "$2"
}

# sa_del END SPI out|in
sa_del()
{
	sa_cmd del "$1" "$2" "$3" | ip_batch "$(end_ns "$1")"
}

# sas_del OUT IN: all four
sas_del()
{
	sa_del c "$1" out
	sa_del c "$2" "in"
	sa_del s "$2" out
	sa_del s "$1" "in"
}

# policy_end END OUT IN: makes or switches its policies; the one out names the
# SA, as charon's do
policy_end()
{
	local mine=$IC_NET theirs=$IS out=$2 more=$SA_MORE
	local there=$LOCAL,$SERVER back=$SERVER,$LOCAL

	[ "$1" = c ] || {
		mine=$IS theirs=$IC_NET out=$3 more=''
		there=$SERVER,$NAT back=$NAT,$SERVER
	}
	ip_batch "$(end_ns "$1")" <<-END
		xfrm policy update src $mine dst $theirs dir out $more tmpl src ${there%,*} dst ${there#*,} proto esp spi $out reqid 1 mode ${MODE:-tunnel}
		xfrm policy update src $theirs dst $mine dir in $more tmpl src ${back%,*} dst ${back#*,} proto esp reqid 1 mode ${MODE:-tunnel}
		xfrm policy update src $theirs dst $mine dir fwd $more tmpl src ${back%,*} dst ${back#*,} proto esp reqid 1 mode ${MODE:-tunnel}
	END
}

policies_set()
{
	policy_end s "$1" "$2"
	policy_end c "$1" "$2"
}

# ipsec_flush: no SA and no policy at either end
ipsec_flush()
{
	local ns

	for ns in "$A" "$S"; do
		must ip -n "$ns" xfrm policy flush
		must ip -n "$ns" xfrm state flush
	done
}

# --- the gate ---------------------------------------------------------------

# gate END WORD...: "spinat epoch" there
gate()
{
	local ns

	ns=$(end_ns "$1")
	shift
	"$SPINAT" -n "$ns" epoch "$@"
}

# tunnel_new END KEY VALUE...: tunnel "t" to the other end, whose own inside
# address is the target if none is given
tunnel_new()
{
	local end=$1 peer=$SERVER source=$IC target=$IS

	shift
	[ "$end" = c ] || peer=$NAT source=$IS target=$IC
	case " $* " in
	*" target "*) ;;
	*) set -- target "$target" "$@" ;;
	esac
	must gate "$end" set name t peer "$peer" source "$source" "$@"
}

tunnel_set() { must gate "$1" set name t "${@:2}"; }

# announce END OUT IN
announce() { must try_announce "$@"; }

try_announce()
{
	if [ "$1" = c ]; then
		gate c add tunnel t peer "$SERVER" out-spi "$2" in-spi "$3"
	else
		gate s add tunnel t peer "$NAT" out-spi "$3" in-spi "$2"
	fi
}

# epoch_of END SPI: one epoch as JSON; SPI is that end's out-SPI
epoch_of()
{
	"$SPINAT" -j -n "$(end_ns "$1")" epoch show |
		jq -c --arg spi "$(printf '0x%08x' "$(($2))")" \
			'[.[] | select(."out-spi" == $spi)][0] // {}'
}

# epoch_get END SPI KEY: one value of it; "null" if there is none
epoch_get()
{
	epoch_of "$1" "$2" | jq -r ".\"$3\""
}

# epoch_is END SPI STATE, for wait_for; STATE "null": it is gone
epoch_is() { [ "$(epoch_get "$1" "$2" state)" = "$3" ]; }

# held_over END SPI N, for wait_for: does it hold more than N packets?
held_over() { [ "$(epoch_get "$1" "$2" held)" -gt "$3" ]; }

# wait_epoch END SPI STATE [SECONDS]
wait_epoch()
{
	wait_for "${4:-10}" "epoch $2 of $1 to be $3 (it is: $(epoch_of "$1" "$2"))" \
		epoch_is "$1" "$2" "$3"
}

# epoch_stat END KEY: a counter
epoch_stat()
{
	"$SPINAT" -j -n "$(end_ns "$1")" epoch stats | jq ".\"$2\""
}

# stat_over END KEY N: is it above N? For wait_for.
stat_over() { [ "$(epoch_stat "$1" "$2")" -gt "$3" ]; }

# epoch_diag END: what is not zero, as a diagnostic
epoch_diag()
{
	note "$1: $("$SPINAT" -j -n "$(end_ns "$1")" epoch stats |
		jq -c 'with_entries(select(.value != 0))')"
	"$SPINAT" -j -n "$(end_ns "$1")" epoch show | jq -c '.[]' | sed 's/^/# /'
}

# --- events -----------------------------------------------------------------

# events_start END: into $TMP/events.END from now on
events_start()
{
	"$SPINAT" -j -n "$(end_ns "$1")" epoch monitor >"$TMP/events.$1" &
	event_pids+=" $!"
	wait_for 5 "the monitor of $1 to listen" monitors "$!"
}

# Its socket is a member of a group: the kernel shows the groups of a socket.
monitors()
{
	awk -v pid="$1" '$3 == pid && $4 != "00000000" { n = 1 } END { exit !n }' \
		"/proc/$1/net/netlink"
}

# events END: the names that came so far, in one line
events() { jq -r .event "$TMP/events.$1" | paste -sd ' '; }

# event_seen END NAME [TIMES], for wait_for
event_seen()
{
	[ "$(jq -r .event "$TMP/events.$1" | grep -cx "$2")" -ge "${3:-1}" ]
}

# --- the path ---------------------------------------------------------------

# path_cut up|down|both: the router drops ESP to the server, from it, or both,
# before it can make anything of it
path_cut()
{
	local way

	for way in up down; do
		[ "$1" = $way ] || [ "$1" = both ] || continue
		echo "table inet cut_$way {"
		echo "chain pre { type filter hook prerouting priority -300;"
		if [ $way = up ]; then
			echo "iifname != wan0 meta l4proto esp drop"
		else
			echo "iifname wan0 meta l4proto esp drop"
		fi
		echo "}"
		echo "}"
	done | in_ns "$R" nft -f - || bail "nft refused to cut the path"
}

# path_mend [up|down]: that way works again, or whatever was cut
path_mend()
{
	local table

	for table in $(in_ns "$R" nft list tables | awk '$3 ~ /^cut_/ { print $3 }'); do
		[ -n "${1:-}" ] && [ "$table" != "cut_$1" ] ||
			must in_ns "$R" nft delete table inet "$table"
	done
}

# clear_watch, clear_seen: packets with an inside address that leave an end in
# clear text, as the router sees them
clear_watch()
{
	in_ns "$R" nft -f - <<-END || bail "nft refused to watch for clear text"
		table inet clear {
			counter seen { }
			chain pre {
				type filter hook prerouting priority -400
				ip saddr { 10.98.0.0/16, 10.99.0.0/16 } counter name seen
				ip6 saddr { fd98::/64, fd99::/64 } counter name seen
			}
		}
	END
}

clear_seen()
{
	in_ns "$R" nft list counter inet clear seen |
		sed -n 's/.*packets \([0-9]\+\) .*/\1/p'
}

# wire_start, wire_stop: ESP on the WAN into $TMP/wire, a line a packet:
# "SECONDS up|down SPI LENGTH"
wire_start()
{
	ip netns exec "$R" tcpdump -n -tt -l --immediate-mode \
		-i wan0 esp >"$TMP/tcpdump" 2>"$TMP/tcpdump.err" &
	wire_pid=$!
	wait_for 10 "tcpdump to listen" grep -q listening "$TMP/tcpdump.err"
}

# sleeps PID: it waits for something
sleeps() { grep -q '^State:.S' "/proc/$1/status"; }

wire_stop()
{
	wait_for 5 "tcpdump to have read all" sleeps "$wire_pid"
	kill "$wire_pid"
	wait "$wire_pid"
	sed -nE 's/^([0-9.]+) IP6? ([^ ]+) > ([^ ]+): ESP\(spi=(0x[0-9a-f]+),seq=[^)]*\), length ([0-9]+).*/\1 \2 \4 \5/p' \
		"$TMP/tcpdump" |
		awk -v server="$SERVER" '{ $2 = $2 == server ? "down" : "up"; print }' \
			>"$TMP/wire"
}

# wire_count up|down SPI
wire_count()
{
	awk -v way="$1" -v spi="$(printf '0x%08x' "$(($2))")" \
		'$2 == way && $3 == spi { n++ } END { print n + 0 }' "$TMP/wire"
}

# --- traffic ----------------------------------------------------------------

# flow_args up|down|forwarded...: arguments of udp-flow between the inside
# addresses; "forwarded" is from H, a host behind the client that a scenario made
flow_args()
{
	local way

	for way; do
		case "$way" in
		up) echo "up,$A,$IC,$S,$IS" ;;
		down) echo "down,$S,$IS,$A,$IC" ;;
		forwarded) echo "forwarded,$H,10.98.0.2,$S,$IS" ;;
		esac
	done
}

# flow_start NAME OPTIONS... -- up|down...: in the background
flow_start()
{
	local name=$1 options=()

	shift
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	rm -f "$TMP/ready.$name"
	# shellcheck disable=SC2046 # one word each
	"$LAB_TOOLS/udp-flow" --ready "$TMP/ready.$name" "${options[@]}" \
		$(flow_args "$@") >"$TMP/flow.$name" &
	flow_pid[$name]=$!
	wait_for 10 "udp-flow to be ready" test -e "$TMP/ready.$name"
}
declare -A flow_pid=()

# flow_wait NAME: until it has ended; its lines are shown
flow_wait()
{
	wait "${flow_pid[$1]}"
	sed 's/^/# /' "$TMP/flow.$1"
}

# flow_stop NAME: no more packets, then as flow_wait
flow_stop()
{
	kill -INT "${flow_pid[$1]}"
	flow_wait "$1"
}

# flow NAME up|down KEY...: values of the flow, in one line
flow()
{
	local key line=''

	for key in "${@:3}"; do
		line+=" $(sed -n "s/^$2 .*\\b$key=\\(-\\?[0-9]*\\).*/\\1/p" "$TMP/flow.$1")"
	done
	echo "${line# }"
}

# whole NAME up|down TEXT: nothing lost, doubled, reordered, refused
whole()
{
	is "$(flow "$1" "$2" errors lost duplicated reordered)" "0 0 0 0" "$3"
}
