# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 240
#
# The users' own rulesets: what they do to ESP must go on, and clients must be
# served under every one of them that translates.
#
#	C[1]..C[3] ---- R (many rulesets) ------ S 203.0.113.2, .3

. tests/lib/masq.sh

plan 25
lab_up 3
must modprobe -a nft_flow_offload nf_flow_table nf_flow_table_inet nft_reject
ip_batch "$S" <<-END
	addr add 203.0.113.3/24 dev wan0
	route replace 10.0.0.0/16 via 203.0.113.1
	route replace fd00::/64 via 2001:db8::1
END
mapfile -t clients < <(load_clients 1 3)

MASQUERADE='chain post {
	type nat hook postrouting priority srcnat
	oifname "wan0" masquerade
}'

# served TEXT: three clients open at once and are all answered
served()
{
	forget_all
	load --limit 10 "${clients[@]}"
	load_diag "$1"
	is "$(loaded answered)" 3 "$1: three clients are served"
}

# --- rulesets that translate -------------------------------------------------
nft_rules <<END
table inet t {
	$MASQUERADE
	chain inward {
		type filter hook input priority filter; policy drop
		ct state established,related accept
		meta l4proto ipv6-icmp accept
	}
	chain forwarded {
		type filter hook forward priority filter; policy drop
		ct state invalid drop
		ct state established,related accept
		iifname "lan0" accept
	}
}
END
load --limit 2 "${clients[@]}"
is "$(loaded answered)" 1 "stateful, stock kernel: one client is served"
masq_load
served "stateful, invalid dropped"

nft_rules <<END
table inet t {
	flowtable fast {
		hook ingress priority filter
		devices = { "lan0", "wan0" }
	}
	$MASQUERADE
	chain forwarded {
		type filter hook forward priority filter; policy drop
		ct state established,related flow add @fast
		ct state invalid drop
		ct state established,related accept
		iifname "lan0" accept
	}
}
END
served "flowtable"

nft_rules <<END
table inet t {
	chain post {
		type nat hook postrouting priority srcnat
		oifname "wan0" ip saddr 10.0.0.0/16 snat to $PUB
	}
	chain raw {
		type filter hook prerouting priority raw
		udp dport 53 notrack
		iifname "lan0" udp dport 5060 ct zone set 7
	}
}
END
served "snat, with raw rules for others"

# --- rulesets that keep the packets for themselves ---------------------------
# A user's own zone for all: as on the stock kernel, one client is served.
nft_rules <<END
table inet t {
	$MASQUERADE
	chain raw {
		type filter hook prerouting priority raw
		iifname { "lan0", "wan0" } ct zone set 5
	}
}
END
forget_all
learned=$(counter learn-open)
load --limit 2 "${clients[@]}"
is "$(loaded answered) $(($(counter learn-open) - learned))" "1 0" \
	"the user's zone: left alone, one client as on the stock kernel"

# exchange TEXT FAMILY: raw packets of two clients and back, no translation;
# not one may be lost. What leaves has the inside address.
exchange()
{
	local i

	use_family "$2"
	forget_all
	count_start s "$S" wan0
	count_start 1 "${C[1]}" eth0
	count_start 2 "${C[2]}" eth0
	for i in 1 2; do
		from_client $i --spi $((O1 + i)) --count 10
		esp "$S" "$SERVER" "$(lan $i)" --spi $((I1 + i)) --count 10
		from_client $i --spi $((O1 + i)) --seq 11 --count 10
	done
	count_stop s 1 2
	is "$(counted s) $(counted 1) $(counted 2)" "40 10 10" \
		"$1, IPv$2: not one packet is lost"
	use_family 4
}

nft_rules <<END
table inet t {
	$MASQUERADE
	chain raw {
		type filter hook prerouting priority raw
		meta l4proto esp notrack
	}
}
END
exchange "notrack" 4
exchange "notrack" 6

in_ns "$R" nft flush ruleset
exchange "no ruleset at all" 4
exchange "no ruleset at all" 6

nft_rules <<END
table inet t {
	chain forwarded {
		type filter hook forward priority filter; policy drop
		ct state invalid drop
		ct state established,related accept
		iifname "lan0" accept
	}
}
END
exchange "stateful without NAT" 4
exchange "stateful without NAT" 6

nft_rules <<END
table inet t {
	chain post {
		type nat hook postrouting priority srcnat
		oifname "wan0" ip saddr 172.16.0.0/12 masquerade
		oifname "wan0" ip6 saddr fd77::/64 masquerade
	}
	chain forwarded {
		type filter hook forward priority filter; policy drop
		ct state invalid drop
		ct state established,related accept
		iifname "lan0" accept
	}
}
END
untouched=$(counter untouched)
exchange "NAT for others only" 4
exchange "NAT for others only" 6
check "flows that no rule translates are counted" \
	[ "$(counter untouched)" -gt "$untouched" ]
is "$(counter pairs)" 0 "and are in no table"

# --- address pools -----------------------------------------------------------
# ike I: a packet of client I's IKE, source port 500
ike()
{
	in_ns "${C[$1]}" perl -MIO::Socket::INET -e '
		my $s = IO::Socket::INET->new(Proto => "udp", LocalPort => 500,
			PeerAddr => $ARGV[0], PeerPort => 500) or die;
		$s->send("x" x 40)' "$SERVER"
}

pool()
{
	local i

	nft_rules <<-END
		table ip t {
			chain post {
				type nat hook postrouting priority srcnat
				oifname "wan0" snat to 203.0.113.16-203.0.113.47 ${1:-}
			}
		}
	END
	forget_all
	for i in 1 2 3; do
		ike $i
		from_client $i --spi $((O1 + i)) --count 2
	done
}

log_mark
mismatch=$(counter pool-mismatch)
pool persistent
is "$(counter pool-mismatch)" "$mismatch" "persistent pool: ESP leaves as IKE does"
pool
check "pool without persistent: the mismatch is counted" \
	[ "$(counter pool-mismatch)" -gt "$mismatch" ]
check "and shown" [ "$(pairs '."pool-mismatch"')" -gt 0 ]
is "$(log_since | grep -c 'spinat_masq: .*persistent')" 1 \
	"and the log has the remedy, once"

# --- an inside server behind a DNAT rule -------------------------------------
nft_rules <<END
table inet t {
	$MASQUERADE
	chain pre {
		type nat hook prerouting priority dstnat
		iifname "wan0" ip saddr 203.0.113.3 meta l4proto esp dnat ip to $(lan 3)
	}
}
END
# dnat TEXT: the peer .3 talks to the inside server, and it answers
dnat()
{
	count_start s "$S" wan0
	count_start 3 "${C[3]}" eth0
	esp "$S" 203.0.113.3 "$PUB" --spi 0x3300000a --count 10
	esp "${C[3]}" "$(lan 3)" 203.0.113.3 --spi 0x3300000b --count 10
	esp "$S" 203.0.113.3 "$PUB" --spi 0x3300000c --count 10
	count_stop s 3
	is "$(counted s) $(counted 3)" "10 20" "$1: the inside server loses nothing"
}

forget_all
dnat "DNAT"
# Now clients talk to the same peer.
must masq set echo-window 5000 echo-patience 30000
SERVER=203.0.113.3
pair_up 1 $O1 $I1
count_start 1 "${C[1]}" eth0
from_client 1 --spi $O1 --seq 3 --count 10
from_server --spi $I1 --seq 3 --count 10
count_stop 1
is "$(pair_field $O1 evidence)" echo "DNAT: a client of the same peer is paired"
is "$(counted 1)" 10 "DNAT: it gets its packets"
dnat "DNAT with a client at the same peer"
use_family 4

# --- the stock behaviour was never left --------------------------------------
nat_off
nat_on
served "plain masquerade again"
is "$(counter drop-guard)" 0 "the guard had nothing to do"
