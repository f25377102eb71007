# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 80
#
# What one LAN host may take of the router. Caps are easily kept where things
# are made; here they are attacked where things move: an SPI that goes on from
# another address, an answer that turns out to be another SA's, a /64 that makes
# room of the very client that moves. And what makes no client may cost none.
#
#	C[1] ... C[4] ------ R (masquerade) ------ S
#	C[4] also as many more LAN addresses

. tests/lib/masq.sh

plan 13
lab_up 4
nat_on
masq_load
# processes take long in a VM: time for an echo made of two of them
must masq set echo-window 5000 echo-patience 30000

# --- SPIs that go on from another address ------------------------------------
must masq set client-pairs 2 client-open 2 roam-silence 0
for i in 1 2 3; do
	from_client $i --spi $((0xa0000000 + i))
	from_client $i --spi $((0xa0000100 + i))
done
for i in 1 2 3; do
	from_client 4 --spi $((0xa0000000 + i)) --seq 2
	from_client 4 --spi $((0xa0000100 + i)) --seq 2
done
has=$(pairs ".client == \"$(lan 4)\"")
check "roaming: SPIs do move to the new address" [ "$(counter move)" -ge 2 ]
is "$has" 2 "roaming: a client that collects others' SPIs has no more than its cap"
must masq set client-pairs 1024 client-open 64 roam-silence 5000
forget_all

# --- in-SPIs that go to another SA of their client ---------------------------
# Serving itself, a client binds an in-SPI to its newest SA and then proves
# that it answers its oldest, again and again.
A=0xa1000001
raw_echo 1 $A 0x51000000
from_client 1 --spi 0xa1000002
for ((i = 1; i <= 12; i++)); do
	from_client 1 --spi $A --len $((100 + 4 * i)),$((300 + 4 * i)) \
		--count 2 --seq $((2 + 2 * i))
	from_server --spi $((0x51000000 + i)) \
		--len $((100 + 4 * i)),$((300 + 4 * i)) --count 2
done
has=$(pairs ".\"out-spi\" == \"$A\"")
is "$(pair_field $A evidence)" echo "in-SPIs: the SA is paired by lengths"
check "in-SPIs: an SA has at most four (has $has)" [ "$has" -ge 1 -a "$has" -le 4 ]
forget_all

# --- packets that make no client, while all zones are taken ------------------
nft_rules <<END
	table inet nat {
		chain post {
			type nat hook postrouting priority srcnat
			oifname "wan0" ip daddr $SERVER masquerade
		}
		chain forward {
			type filter hook forward priority filter
			ip daddr 203.0.113.78 drop
		}
	}
END
must masq set zone-min 1024 zone-max 1087
esp "${C[4]}" 10.0.100.1 "$SERVER" --next-source --next-spi --spi 0xf0000000 \
	--count 64
is "$(counter clients)" 64 "zones full: as many clients as there are zones"
evicted=$(counter evict)
esp "${C[4]}" 10.0.110.1 203.0.113.77 --next-source --count 300
is "$(($(counter evict) - evicted))" 0 \
	"zones full: packets that no rule rewrites push nobody out"
esp "${C[4]}" 10.0.120.1 203.0.113.78 --next-source --count 300
is "$(($(counter evict) - evicted))" 0 \
	"zones full: packets that the firewall drops push nobody out"
nft_rules <<END
	table inet nat {
		chain post {
			type nat hook postrouting priority srcnat
			oifname "wan0" masquerade
		}
	}
END
must masq set zone-max 65535
forget_all

# --- settings, by a user who is root only in a namespace of his own ----------
as_user()
{
	setpriv --reuid 65534 --regid 65534 --clear-groups unshare -Urn \
		"$SPINAT" masq "$@"
}

check "an ordinary user sets what he likes in his own namespace" \
	as_user set turn-time 100 max-pairs 1024
for setting in "max-pairs 16777216" "hold-total 65536" \
	"early-bytes 4194304"; do
	# shellcheck disable=SC2086 # name and value
	as_user set $setting >"$TMP/user" 2>&1
	is $? 1 "but not ${setting% *}, which is the machine's memory, above the default"
done

# --- a /64 at its cap makes room of the client whose SPI moves ---------------
# Last: where this fails, the router is dead.
use_family 6
must masq set prefix-clients 2 roam-silence 0
from_client 1 --spi 0xd0000001
from_client 2 --spi 0xd0000002
from_client 3 --spi 0xd0000001 --seq 2
for ((i = 1; i <= 3; i++)); do
	from_client 1 --spi $((0xd0000010 + i))
	from_client 2 --spi $((0xd0000020 + i))
	from_client 3 --spi $((0xd0000030 + i))
done
has=$("$SPINAT" -j -n "$R" masq show | jq '[.[].client] | unique | length')
is "$has" 2 "one /64: an SPI goes on from one address more than the cap allows"
masq flush
from_client 1 --spi 0xd0000041
is "$(pair_field 0xd0000041 client)" "$(lan 1)" \
	"one /64: the router works on after that"
