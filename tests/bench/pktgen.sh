# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Does the kernel's own generator see the same? pktgen makes no ESP, but UDP
# through both routers; the difference between them is what masquerade costs,
# whoever makes the packets. Sourced by full.sh after lib.sh.

# pktgen_udp: nanoseconds a packet; run by "there"
pktgen_udp()
{
	local mac word

	mac=$(ip -br link show lan0 | awk '{ print $3 }')
	cd /proc/net/pktgen || exit 1
	echo rem_device_all >kpktgend_0
	echo add_device lan0 >kpktgend_0
	for word in "count 5000" "pkt_size 122" "delay 0" "dst_mac $mac" \
	    "xmit_mode netif_receive" "dst $server" \
	    "src_min $client" "src_max $client" \
	    "udp_src_min 4500" "udp_src_max 4500" \
	    "udp_dst_min 4500" "udp_dst_max 4500"; do
		echo "$word" >lan0 || die "pktgen refuses '$word'"
	done
	echo start >pgctrl
	sed -n 's/^Result: OK: \([0-9]*\)(.*/\1/p' lan0 |
		awk '{ printf "%.0f\n", $1 * 1000 / 5000 }'
	# its thread does not outlive the namespace well with a device in hand
	echo rem_device_all >kpktgend_0
}

cross_check()
{
	local plain nat

	modprobe pktgen || die "cannot load pktgen"
	# routers made before the module have no pktgen
	router_new plain2
	router_new nat2 masq
	plain=$(there plain2 pktgen_udp) && nat=$(there nat2 pktgen_udp) ||
		exit 1
	echo "fact nat-pktgen $((nat - plain))"
	plain=$(there plain2 once count=5000 encap=1 steps=o100) &&
		nat=$(there nat2 once count=5000 encap=1 steps=o100) || exit 1
	echo "fact nat-espgen $(awk "BEGIN { printf \"%.0f\", $nat - $plain }")"
	ip netns del plain2
	ip netns del nat2
	modprobe -r pktgen
}
