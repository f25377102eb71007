# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 9000
# icount: 1
# long: 1
#
# An hour of bad luck: 64 gated clients of one spinat_masq, gates at both ends,
# send and receive now and then. By chance SAs are rekeyed, clients crash and get
# other addresses, the NAT forgets all, is loaded anew and gets another address,
# and the network loses up to 20 % each way and reorders. No packet may come to a
# wrong client, every tunnel must recover, and every packet that did not arrive
# must be in some counter. The NAT is told never to guess ("ambiguous drop"), as
# all its clients have gates; the pairs expire after two idle minutes.
#
# The kernel's command line makes a run another one, or happen again:
#	tests/vm/run --append "chaos.seed=7 chaos.seconds=600 chaos.clients=16" ...
#
#	C[1] ---+
#	 ...    +-- R (spinat_masq) ------ S    64 tunnels, one public address
#	C[64] --+

. tests/lib/masq.sh

# parameter NAME DEFAULT
parameter()
{
	local value

	value=$(sed -n "s/.*\\bchaos\\.$1=\\([^ ]*\\).*/\\1/p" /proc/cmdline)
	echo "${value:-$2}"
}

N=$(parameter clients 64)
BOUND=120		# seconds until a tunnel works again, at most
OTHER=203.0.113.77	# the NAT's address at times

# Each client has two homes and an address inside the tunnel. None is ever taken
# away, so that what is sent to an old one ends where it can be counted.
other_home() { echo "10.0.$((101 + $1 / 250)).$(($1 % 250))"; }
inside_addr() { echo "10.98.$((1 + $1 / 250)).$(($1 % 250))"; }

clients_up()
{
	local i

	clients=()
	for ((i = 1; i <= N; i++)); do
		ip_batch "${C[i]}" <<-END
			addr add $(other_home "$i")/16 dev eth0
			addr add $(inside_addr "$i")/32 dev lo
			route add $INNER/32 via 10.0.0.1 src $(inside_addr "$i")
		END
		clients+=("${C[i]},eth0,$(lan "$i"),$(other_home "$i"),$(inside_addr "$i")")
	done
}

# wan_of NS: its MAC address
wan_of() { ip -n "$1" -j link show dev wan0 | jq -r '.[0].address'; }

# Nothing but ESP on the WAN, so that its queues count packets
wan_quiet()
{
	local ns

	# without an address for a moment the router would forget its neighbour
	ns_sysctl "$R" net.ipv6.conf.wan0.disable_ipv6=1 \
		net.ipv4.conf.wan0.promote_secondaries=1
	ns_sysctl "$S" net.ipv6.conf.wan0.disable_ipv6=1
	ip_batch "$S" <<-END
		route add 10.98.0.0/16 dev wan0
		neigh replace $NAT lladdr $(wan_of "$R") dev wan0 nud permanent
		neigh replace $OTHER lladdr $(wan_of "$R") dev wan0 nud permanent
	END
	ip_batch "$R" <<-END
		neigh replace $SERVER lladdr $(wan_of "$S") dev wan0 nud permanent
	END
	for ns in "$R" "$S"; do
		in_ns "$ns" nft -f - <<-END || bail "nft refused to keep ARP quiet"
			table arp quiet {
				chain out {
					type filter hook output priority 0
					oifname "wan0" drop
				}
			}
		END
		must tc -n "$ns" qdisc add dev wan0 root handle 1: \
			netem limit 10000 delay 20ms
	done
}

# What comes to the router, and what it drops without spinat_masq: while it is
# shut, for nobody it knows, for an address that it has no more
count_all()
{
	in_ns "$R" nft -f - <<-END || bail "nft refused to count"
		table inet count {
			counter up { }
			counter down { }
			counter up_shut { }
			counter down_shut { }
			counter unknown { }
			counter moved { }
			set shut {
				type ifname
			}
			chain pre {
				type filter hook prerouting priority -450
				meta l4proto != esp return
				iifname "lan0" counter name up
				iifname "wan0" counter name down
				iifname != @shut return
				iifname "lan0" counter name up_shut
				iifname "wan0" counter name down_shut
				drop
			}
			chain input {
				type filter hook input priority 300
				meta l4proto esp counter name unknown drop
			}
			chain forward {
				type filter hook forward priority 300
				meta l4proto esp iifname "wan0" oifname "wan0" counter name moved drop
			}
		}
	END
}

# seen COUNTER
seen()
{
	in_ns "$R" nft -j list counter inet count "$1" |
		jq '.nftables[] | select(.counter).counter.packets'
}

# queue NS packets|drops
queue() { tc -n "$1" -s -j qdisc show dev wan0 | jq ".[0].$2"; }

# total KEY: of the last line
total() { sed -n "s/^total .*\\b$1=\\([0-9]*\\).*/\\1/p" "$TMP/chaos"; }

# of_nat PATTERN: counters of spinat_masq, of all times it was loaded
of_nat()
{
	jq -s "[.[] | to_entries[] | select(.key | test(\"^($1)\$\")).value] | add" \
		"$TMP"/stats.*
}

lab_up "$N"
nat_on
masq_load
cat >"$TMP/configure" <<END
#!/bin/sh
exec "$SPINAT" -n "$R" masq set ambiguous drop pair-timeout 120
END
chmod +x "$TMP/configure"
must "$TMP/configure"
epoch_load
must modprobe -a gcm ctr ghash_generic seqiv
clients_up
wan_quiet
count_all
# The first SA takes the kernel several seconds, as it tests the algorithms
wait_for 600 "the kernel's algorithms" ip -n "$S" xfrm state add src 192.0.2.1 \
	dst 192.0.2.2 proto esp spi 1 aead 'rfc4106(gcm(aes))' \
	"0x$(printf '%040d' 1)" 128 || bail "the kernel has no AES-GCM"

export R S SPINAT CHAOS_DIR=$TMP
"$LAB_TOOLS/epoch-chaos" --server-ns "$S" --server "$SERVER" \
	--public "$NAT,$OTHER" --inner "$INNER" --hook tests/lib/chaos-hook \
	--server-gate --seconds "$(parameter seconds 3600)" --calm "$BOUND" \
	--seed "$(parameter seed "$(date +%s)")" --log "$TMP/log" \
	"${clients[@]}" >"$TMP/chaos"
sed 's/^/# /' "$TMP/chaos"
"$SPINAT" -j -n "$R" masq stats >"$TMP/stats.last"

up_drops=$(of_nat 'drop-(refused|held|hold-full|full|zone|nomem)')
down_drops=$(of_nat 'drop-(wait|early|ambiguous|guard)')
note "up, ESP: sent $(seen up); dropped: NAT away $(seen up_shut), by the NAT" \
	"$up_drops, by the network $(queue "$R" drops); arrived $(queue "$R" packets)"
note "down, ESP: sent $(($(queue "$S" packets) + $(queue "$S" drops)));" \
	"dropped: by the network $(queue "$S" drops), NAT away $(seen down_shut)," \
	"to its former address $(seen moved), SPI unknown $(seen unknown)," \
	"owner not proved $down_drops; arrived $(total esp-in)"
note "NAT: $(jq -cs 'map(to_entries) | flatten | group_by(.key) | map({key: .[0].key,
	value: (map(.value) | add)}) | from_entries | with_entries(select(.value != 0))' \
	"$TMP"/stats.*)"
note "server's gates: $("$SPINAT" -j -n "$S" epoch stats |
	jq -c 'with_entries(select(.value != 0))')"

# where what is in no counter of ours may have ended
note "router: $(in_ns "$R" nstat -asz | awk '$2 > 0 && /IpIn|IpOut|NoRoute|Discard/ { print $1, $2 }' | paste -sd ' ')"
note "router: $(in_ns "$R" conntrack -S | paste -sd ' ')"

is "$(total wrong)" 0 "no packet came to a wrong client"
is "$(total open)" 0 "every tunnel works at the end"
is "$(total duplicated)" 0 "nothing came twice"
worst=$(sed -n 's/.*worst-ms=\([0-9]*\) .*/\1/p' "$TMP/chaos" | sort -n | tail -n 1)
check "the worst recovery took ${worst:=-} ms, at most $((BOUND * 1000))" \
	[ "$worst" -le $((BOUND * 1000)) ]
is $(($(seen up) - $(seen up_shut) - up_drops - $(queue "$R" drops) - $(queue "$R" packets))) \
	0 "up: every ESP packet arrived or was counted where it was dropped"
is $(($(queue "$S" packets) - $(seen down_shut) - $(seen moved) - $(seen unknown) -
	down_drops - $(total esp-in))) \
	0 "down: every ESP packet arrived or was counted where it was dropped"
[ "$tap_failed" = 0 ] || tail -n 300 "$TMP/log" | sed 's/^/# /'
plan "$tap_count"
