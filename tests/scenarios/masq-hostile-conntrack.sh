# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 80
# debug: 1
#
# Entries of conntrack that are none of the module's: it must leave their zones,
# their timeouts and their packets alone, whatever ESP is in them.
#
#	C[1] ---+
#	C[2] ---+-- R (masquerade) ------ S  203.0.113.2 and .77
#	            gre1 10.77.0.1 ------ gre1 10.77.0.2

. tests/lib/masq.sh

plan 10
lab_up 2
must modprobe -a nf_conntrack_netlink ip_gre
other=203.0.113.77
must ip -n "$S" addr add $other/24 dev wan0

# --- zones that the user has given out ---------------------------------------
# All ESP is in the user's zone 5000, which is also one that the module might
# give a client. Two clients talk to a server each, which stock Linux can do.
nft_rules <<END
	table inet nat {
		chain post {
			type nat hook postrouting priority srcnat
			oifname "wan0" masquerade
		}
	}
	table inet raw {
		chain pre {
			type filter hook prerouting priority raw
			ct zone set 5000
		}
	}
END

# both_out TEXT: each client's three packets leave, and three answers arrive
both_out()
{
	count_start s "$S" wan0
	count_start c1 "${C[1]}" eth0
	count_start c2 "${C[2]}" eth0
	from_client 1 --spi $O1 --count 3
	esp "${C[2]}" "$(lan 2)" $other --spi 0xc0000002 --count 3
	from_server --spi $I1 --count 3
	esp "$S" $other "$NAT" --spi 0x51000002 --count 3
	count_stop s c1 c2
	is "$(counted s $O1) $(counted s 0xc0000002)" "3 3" \
		"$1: two clients' packets to two servers leave"
	is "$(counted c1 $I1) $(counted c2 0x51000002)" "3 3" \
		"$1: and are answered"
}

both_out "user's zone, stock"
in_ns "$R" conntrack -F 2>/dev/null
masq_load
both_out "user's zone"
is "$(counter clients)" 0 "user's zone: none of its owner is made a client"
is "$(in_ns "$R" conntrack -L 2>/dev/null | grep -c 'zone=5000')" 2 \
	"user's zone: both entries stay in it"
forget_all

# --- ESP that leaves in a tunnel of the router -------------------------------
# The same packet passes the router's hooks a second time, as GRE. A pin takes
# the client's packets to the fast path at once.
nft_rules <<END
	table inet nat {
		chain post {
			type nat hook postrouting priority srcnat
			oifname "gre1" masquerade
		}
	}
END
ip_batch "$R" <<-END
	tunnel add gre1 mode gre local $PUB remote $SRV ttl 64
	link set gre1 up
	addr add 10.77.0.1/24 dev gre1
END
ip_batch "$S" <<-END
	tunnel add gre1 mode gre local $SRV remote $PUB ttl 64
	link set gre1 up
	addr add 10.77.0.2/24 dev gre1
END
must masq pin client "$(lan 1)" server 10.77.0.2 public 10.77.0.1 \
	out-spi $O1 in-spi $I1
count_start s "$S" gre1
count_start c "${C[1]}" eth0
esp "${C[1]}" "$(lan 1)" 10.77.0.2 --spi $O1 --count 30
esp "$S" 10.77.0.2 10.77.0.1 --spi $I1 --count 30
esp "${C[1]}" "$(lan 1)" 10.77.0.2 --spi $O1 --seq 31 --count 30
count_stop s c
is "$(counted s $O1) $(counted c $I1)" "60 30" \
	"ESP in GRE: nothing is lost either way"

# timeout_of PROTOCOL: seconds that the longest-lived entry has left, or none
timeout_of()
{
	in_ns "$R" conntrack -L -p "$1" 2>/dev/null | awk '
		$3 > most { most = $3 }
		END { print most ? most : "none" }'
}

gre=$(timeout_of gre)
note "$(in_ns "$R" conntrack -L 2>/dev/null | tr '\n' ';')"
check "ESP in GRE: the client's own entry has its pair's lifetime" \
	[ "$(timeout_of esp)" -gt 600 ]
check "ESP in GRE: the tunnel's entry exists" [ "$gre" != none ]
check "ESP in GRE: and expires like any other (after $gre s)" [ "$gre" -le 600 ]
