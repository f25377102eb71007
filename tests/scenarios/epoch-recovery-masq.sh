# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 900
# icount: 1
#
# Two clients behind spinat_masq: the module is reloaded in mid-stream, which
# forgets whose SPIs are whose, and one client gets an in-SPI that the other has
# already, which no NAT can tell apart. Tunnels with gates heal by themselves.
#
# Nor can a Linux server have two SAs to one address with one SPI: charon fails to
# install the second one and deletes the first for that. So the clash cuts off the
# client that had the SPI first, too.
#
#  client1 --+
#            +-- lan0 [R] wan0 ---- server
#  client2 --+    spinat_masq

. tests/lib/common.sh
. tests/lib/charon.sh
. tests/lib/fleet.sh
. tests/lib/gated.sh
. tests/lib/watched.sh
. tests/lib/recovering.sh

masq_reloads()
{
	masq_unload
	must in_ns "$R" conntrack -F
	masq_load
}

# clash: client2 rekeys and takes the in-SPI that client1 has
clash()
{
	local spi monitor

	spi=$(ip -n "${C[1]}" xfrm state | grep -A1 "dst $(client_addr 1)\$" |
		sed -n 's/.*proto esp spi \(0x[0-9a-f]*\).*/\1/p' | head -n 1)
	charon_settings client2 "$fleet_client_settings" "$fleet_daemon_settings
		spi_min = $spi
		spi_max = $spi"
	# the SA may last for moments only, as the server cannot have both
	ip -n "${C[2]}" xfrm monitor SA >"$charon_dir/clash" &
	monitor=$!
	wait_for 5 "the monitor to listen" monitored "$monitor"
	at_once rekey client2
	wait_for 20 "client2 to have client1's in-SPI $spi" clashes "$spi" ||
		bail "the clash cannot be forced"
	kill "$monitor"
	charon_settings client2 "$fleet_client_settings" "$fleet_daemon_settings"
	note "both have the in-SPI $spi"
}
clashes() { grep -q "spi $1 " "$charon_dir/clash"; }
# monitored PROCESS: it has a socket of NETLINK_XFRM, 6
monitored()
{
	in_ns "${C[2]}" awk -v pid="$1" '$2 == 6 && $3 == pid { n = 1 }
		END { exit !n }' /proc/net/netlink
}

recovering_gates client server
recovering_up 2
nat_home
masq_load
watch_start server client1 client2

tunnels_anew
outage "spinat_masq reloaded" "up down" 30000 masq_reloads
healed 20000
tunnels_anew
outage "in-SPI clash" "up down" 40000 clash
healed 30000

# --- without gates, for contrast ----------------------------------------------------
recovering_gates no no
tunnels_anew
outage "without gates: in-SPI clash" "up down" 20000 clash
# The server's failed installation has taken client1's SA with it; what the kernel
# asked charon for instead expires after ten seconds, and only that is noticed.
check "without gates the first client hears nothing for ten seconds" \
	[ "$(traffic_most gap-ms)" -ge 9000 ]
tunnels_anew
outage "without gates: spinat_masq reloaded" "up down" 30000 masq_reloads
plan "$tap_count"
