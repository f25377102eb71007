# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 200
#
# ICMP errors that quote ESP, and ESP that is longer than the link. Path MTU
# discovery must work for every client in both directions, IPv4 and NAT66.
#
#	C[1]..C[3] ---- R (masquerade) ------ S
#	        M in the LAN              M on the WAN   routers with a small MTU
#
# M exists in its errors only: nobody else needs it. All SAs are real, and the
# kernel that gets an error believes it only if it has the quoted SA.

. tests/lib/masq.sh

plan 27
lab_up 3
nat_on
# Errors must be believed at once, and be forgotten between the cases.
mapfile -t all < <(printf '%s\n' "${C[@]:1:3}" "$S")

# mtu NS TO: the path MTU that a kernel uses, or "none"
mtu()
{
	local value

	value=$(ip -n "$1" route get "$2" | grep -o 'mtu [0-9]*')
	echo "${value:-none}"
}

forget_mtu()
{
	local ns

	for ns in "${all[@]}"; do
		ip -n "$ns" route flush cache
		ip -n "$ns" -6 route flush cache
	done
}

has_mtu()
{
	[ "$(mtu "$1" "$2")" = "mtu $3" ]
}

# wan_error I MTU: M on the WAN tells client I that its ESP was too big
wan_error()
{
	"$LAB_TOOLS/esp-icmp" --netns "$S" --mtu "$2" \
		--spi "$(loaded_client "$1" out-spi)" "$FAR" "$NAT" "$SERVER"
}

# lan_error I MTU: M in the LAN tells the server that its ESP to I was too big
lan_error()
{
	"$LAB_TOOLS/esp-icmp" --netns "${C[$1]}" --mtu "$2" \
		--spi "$(loaded_client "$1" in-spi)" "$NEAR" "$SERVER" \
		"$(lan "$1")"
}

# big_pings TEXT: 3,000 bytes each way, in fragments
big_pings()
{
	local i got=0

	for i in 1 2 3; do
		got=$((got + $(in_ns "${C[i]}" ping -q -c 5 -i 0.1 -W 1 -s 3000 \
			-I "$(lan $i)" "$INNER" 2>&1 |
			sed -n 's/.* \([0-9]\+\) received.*/\1/p')))
	done
	is "$got" 15 "$1"
}

errors()
{
	local i errors

	# On the WAN: each client hears its own error, nobody another's.
	for i in 1 2 3; do
		forget_mtu
		wan_error $i $((1300 + i))
		wait_for 5 "client $i to believe" has_mtu "${C[i]}" "$SERVER" $((1300 + i))
		is "$(mtu "${C[1]}" "$SERVER"),$(mtu "${C[2]}" "$SERVER"),$(mtu "${C[3]}" "$SERVER")" \
			"$(expected $i)" \
			"IPv$FAMILY: an error on the WAN reaches client $i alone"
	done
	# In the LAN: the server hears of each tunnel.
	for i in 1 2 3; do
		forget_mtu
		lan_error $i $((1310 + i))
		wait_for 5 "the server to believe" has_mtu "$S" "$NAT" $((1310 + i))
		is "$(mtu "$S" "$NAT")" "mtu $((1310 + i))" \
			"IPv$FAMILY: an error in the LAN of client $i reaches the server"
	done
	forget_mtu
}

# expected I: what errors() expects of all clients
expected()
{
	local i line=

	for i in 1 2 3; do
		[ "$i" = "$1" ] && line+=",mtu $((1300 + i))" || line+=",none"
	done
	echo "${line#,}"
}

# The router's own links get smaller: its errors must be right as well.
router_errors()
{
	forget_mtu
	must ip -n "$R" link set wan0 mtu 1400
	in_ns "${C[2]}" ping -q -c 3 -i 0.1 -W 1 -M "do" -s 1370 -I "$(lan 2)" \
		"$INNER" >/dev/null 2>&1
	wait_for 5 "client 2 to believe" has_mtu "${C[2]}" "$SERVER" 1400
	is "$(mtu "${C[2]}" "$SERVER")" "mtu 1400" \
		"IPv$FAMILY: a small WAN link of the router's own"
	must ip -n "$R" link set wan0 mtu 1500
	must ip -n "$R" link set lan0 mtu 1400
	in_ns "$S" ping -q -c 3 -i 0.1 -W 1 -M "do" -s 1370 -I "$INNER" \
		"$(lan 2)" >/dev/null 2>&1
	wait_for 5 "the server to believe" has_mtu "$S" "$NAT" 1400
	is "$(mtu "$S" "$NAT")" "mtu 1400" \
		"IPv$FAMILY: a small LAN link of the router's own"
	must ip -n "$R" link set lan0 mtu 1500
	forget_mtu
}

# other_errors: what is no path MTU error, or of nobody
other_errors()
{
	local before

	before=$(counter icmp-errors)
	"$LAB_TOOLS/esp-icmp" --netns "$S" --spi "$(loaded_client 1 out-spi)" \
		"$FAR" "$NAT" "$SERVER"
	is "$(($(counter icmp-errors) - before))" 1 \
		"IPv$FAMILY: unreachable errors are classified too"
	"$LAB_TOOLS/esp-icmp" --netns "$S" --mtu 1333 --spi 0x99999999 \
		"$FAR" "$NAT" 192.0.2.1 2>/dev/null ||
		"$LAB_TOOLS/esp-icmp" --netns "$S" --mtu 1333 \
			--spi 0x99999999 "$FAR" "$NAT" 2001:db8:77::1
	settle_traffic
	is "$(mtu "${C[1]}" "$SERVER"),$(mtu "${C[2]}" "$SERVER"),$(mtu "${C[3]}" "$SERVER")" \
		"none,none,none" "IPv$FAMILY: an error about nobody's ESP reaches nobody"
}

# Two clients on the stock kernel: the second one's error goes astray.
mapfile -t clients < <(load_clients 1 3)
FAR=203.0.113.99
load --limit 2 "${clients[@]}"
heard=0
for i in 1 2 3; do
	forget_mtu
	wan_error $i 1300
	settle_traffic
	! has_mtu "${C[i]}" "$SERVER" 1300 || heard=$((heard + 1))
done
check "stock kernel: not all clients hear of their path MTU ($heard of 3)" \
	[ "$heard" -lt 3 ]

masq_load
for family in 4 6; do
	use_family $family
	FAR=203.0.113.99 NEAR=10.0.99.99
	[ $family = 4 ] || FAR=2001:db8::99 NEAR=fd00::99:99
	forget_all
	mapfile -t clients < <(load_clients 1 3)
	load "${clients[@]}"
	is "$(loaded answered)" 3 "IPv$family: three clients have tunnels"
	errors
	router_errors
	other_errors
	big_pings "IPv$family: ESP in fragments, both ways"
	# and as the first packets that the NAT ever sees of a tunnel
	forget_all
	big_pings "IPv$family: fragments open a tunnel"
done
