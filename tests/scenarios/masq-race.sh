# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 300
# cpus: 2
# race: 1
#
# Everything at once, on two processors: eight clients and the server send ESP
# with ever new SPIs, while pairs are pinned, deleted, flushed, listed, saved and
# restored, settings change, conntrack is flushed, the NAT's address changes,
# interfaces go down, a client's namespace is deleted, and the module is
# unloaded and loaded. The kernel log tells whether anything raced; what is left
# must serve new tunnels as if nothing had been.
#
#	C[1] ... C[6] IPv4 ---+
#	C[7] IPv6 ------------+-- R (masquerade) ------ S
#	C[8] comes and goes --+   203.0.113.1 or .9

. tests/lib/masq.sh

SECONDS_OF_RACE=30
OTHER=203.0.113.9

# every actor and how often it must have succeeded, for the race to be one; a
# process takes long in a VM on a busy machine
declare -A least=(
	[client]=32 [server]=4 [pin]=2 [del]=2 [flush]=2 [list]=2 [monitor]=2
	[restore]=2 [set]=2 [conntrack]=2 [address]=2 [down]=2 [namespace]=2
	[module]=2
)

plan $((${#least[@]} + 6))
lab_up 8
ns_sysctl "$R" net.ipv6.conf.wan0.keep_addr_on_down=1 \
	net.ipv4.conf.all.promote_secondaries=1
# A bridge takes the lowest address of its ports, and clients would go on with
# the old one for 8 s whenever it changes.
must ip -n "$R" link set lan0 address 02:00:00:00:00:01
nat_on
masq_load

# --- the actors: one step each -----------------------------------------------
# do_NAME is what the actor NAME does. Some steps find no module, no address or no namespace; that is the race.

# pause SECONDS, without a process
exec {never}<> <(:)
pause() { read -rt "$1" -u "$never"; }

# Sixteen SPIs are common to all clients, and pinned and deleted as well.
common_spi() { echo $((0xcf000000 + RANDOM % 16)); }

do_client()
{
	local src dst=$SERVER kind=$((RANDOM % 3))

	src=$(lan "$1")
	[ "$1" != 7 ] || { src=$(client_addr6 7) dst=$SRV6; }
	set -- --netns "${C[$1]}" --len 100,200 --gap-us 500 --count 1000
	case $kind in
	0) set -- "$@" --next-spi --spi $((0xc0000000 + RANDOM * 32)) ;;
	1) set -- "$@" --spi "$(common_spi)" --seq $((1 + RANDOM % 50)) ;;
	2) set -- "$@" --random-spi ;;
	esac
	"$LAB_TOOLS/esp-send" "$@" "$src" "$dst"
}

do_server()
{
	local src=$SERVER dst=$NAT kind=$((RANDOM % 3))

	case $((RANDOM % 4)) in
	0) dst=$OTHER ;;
	1) src=$SRV6 dst=$PUB6 ;;
	esac
	set -- --netns "$S" --len 100,200 --gap-us 100 --count 4000
	case $kind in
	0) set -- "$@" --next-spi --spi $((0x51000000 + RANDOM * 32)) ;;
	1) set -- "$@" --spi $((0x5f000000 + RANDOM % 16)) ;;
	2) set -- "$@" --random-spi ;;
	esac
	"$LAB_TOOLS/esp-send" "$@" "$src" "$dst"
}

do_pin()
{
	masq pin client "$(lan $((1 + RANDOM % 8)))" server "$SERVER" \
		public "$NAT" out-spi "$(common_spi)" \
		in-spi $((0x5f000000 + RANDOM % 16))
}

# What is learned is gone before a second process could delete it.
do_del()
{
	local spi

	spi=$(common_spi)
	masq pin client "$(lan $((1 + RANDOM % 8)))" server "$SERVER" \
		out-spi "$spi" in-spi $((0x5f000000 + RANDOM % 16))
	masq del server "$SERVER" out-spi "$spi"
}

do_flush()
{
	case $((RANDOM % 3)) in
	0) masq flush ;;
	1) masq flush client "$(lan $((1 + RANDOM % 8)))" ;;
	2) masq flush server "$SERVER" ;;
	esac
}

do_list()
{
	case $((RANDOM % 5)) in
	0|1) masq show ;;
	2) masq clients && masq stats ;;
	3) masq show client "$(lan 1)" ;;
	4) masq show server "$SERVER" ;;
	esac
}

# ends by itself when the module goes, else after a while
do_monitor()
{
	timeout 2 "$SPINAT" -n "$R" masq monitor
	[ $? = 124 ]
}

do_restore()
{
	masq save >"$TMP/race.saved" && masq restore "$TMP/race.saved"
}

do_set()
{
	case $((RANDOM % 4)) in
	0) masq set turn-time 10 turn-gap 0 hold-time 0 client-open 4 ;;
	1) masq set turn-time 400 hold-time 3000 client-open 64 hold-client 1 ;;
	2) masq set zone-min 2000 zone-max 2010 max-pairs 30 prefix-clients 1 ;;
	3) masq set zone-min 1024 zone-max 65535 max-pairs 16384 \
		roam-silence 0 ambiguous drop ;;
	esac
}

defaults()
{
	masq set turn-time 400 turn-gap 50 hold-time 3000 hold-client 8 \
		client-open 64 zone-min 1024 zone-max 65535 max-pairs 16384 \
		prefix-clients 256 roam-silence 5000 ambiguous serial
}

do_conntrack() { in_ns "$R" conntrack -F; }

do_address()
{
	ip -n "$R" addr add $OTHER/24 dev wan0
	ip -n "$R" addr del "$PUB/24" dev wan0
	pause 0.3	# in use for a while
	ip -n "$R" addr add "$PUB/24" dev wan0
	ip -n "$R" addr del $OTHER/24 dev wan0
}

do_down()
{
	local dev=wan0

	[ $((RANDOM % 2)) = 0 ] || dev=lan$((1 + RANDOM % 7))
	ip -n "$R" link set "$dev" down
	pause 0.1	# down for a while
	ip -n "$R" link set "$dev" up
}

# Its interface, with packets on their way, goes with the namespace.
do_namespace()
{
	ip netns del "${C[8]}"
	wait_for 5 "lan8 to be gone" lan8_gone
	client8_new
}

lan8_gone() { ! ip -n "$R" link show lan8; }

client8_new()
{
	ip netns add "${C[8]}" &&
		ip -n "$R" link add lan8 type veth peer name eth0 netns "${C[8]}" &&
		ip -n "$R" link set lan8 master lan0 &&
		ip -n "$R" link set lan8 up &&
		client_up 8
}

# A listing that is under way keeps the module, as it should.
do_module()
{
	wait_for 5 "the module to go" rmmod spinat_masq &&
		insmod kmod/masq/spinat_masq.ko
}

# --- the race ----------------------------------------------------------------

# act NAME PAUSE [ARGUMENT]: one actor, until $TMP/stop exists; a dot for each
# step that succeeded. The pause is its pace.
act()
{
	until [ -e "$TMP/stop" ]; do
		! "do_$1" ${3:+"$3"} || printf . >>"$TMP/done.$1"
		pause "$2"
	done >/dev/null 2>&1
}

before=$(now_ms)
actors=()
start() { act "$@" & actors+=($!); }

for i in 1 2 3 4 5 6 7 8; do
	start client 0.05 $i
done
start server 0.05
start server 0.05
start pin 0.1
start del 0.1
start flush 1
start list 0.1
start monitor 0.5
start restore 1
start set 0.7
start conntrack 1
start address 1
start down 1
start namespace 1
start module 3

# steps NAME: how often the actor has succeeded
steps()
{
	local dots=''

	# no newline ends them, so read fails
	[ ! -e "$TMP/done.$1" ] || read -r dots <"$TMP/done.$1" || :
	echo ${#dots}
}

all_took_part()
{
	local name

	for name in "${!least[@]}"; do
		[ "$(steps "$name")" -ge "${least[$name]}" ] || return 1
	done
}

sleep $SECONDS_OF_RACE	# what the race lasts, longer on a busy machine
wait_for 60 "all to have taken part" all_took_part
touch "$TMP/stop"
wait "${actors[@]}"
note "the race took $(($(now_ms) - before)) ms"

for name in client server pin del flush list monitor restore set conntrack \
    address down namespace module; do
	n=$(steps $name)
	check "race: '$name' took part ($n times)" [ "$n" -ge "${least[$name]}" ]
done

# --- what is left ------------------------------------------------------------
check "afterwards: the module is there" [ -d /sys/module/spinat_masq ]
[ -d /sys/module/spinat_masq ] || masq_load
ip netns list | grep -q "${C[8]}" || client8_new
check "afterwards: its settings can be set" defaults
in_ns "$R" conntrack -L >"$TMP/entries" 2>/dev/null
note "$("$SPINAT" -j -n "$R" masq stats | jq -c 'with_entries(select(.value != 0))')"
LAB_N=8
wait_for 20 "the bridge to forward" bridge_forwards
mapfile -t clients < <(load_clients 1 8)
load "${clients[@]}"
load_diag "new tunnels"
note "slow: $(jq -c '[.clients[] | select(."answer-ms" > 2000 or ."answer-ms" == null)]' "$TMP/load")"
is "$(loaded answered)" 8 "afterwards: new tunnels of all eight clients are served"
check "afterwards: all pairs can be flushed" masq flush
wait_for 10 "all objects to be gone" objects_at_most 0 masq_out masq_in
is "$(objects masq_out masq_in)" 0 "afterwards: no memory is left behind"
masq_unload
ok "afterwards: the module goes"
