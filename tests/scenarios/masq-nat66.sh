# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 200
#
# The main cases again over IPv6, where NAT66 is the exception: clients of
# fd00::/64 behind one address, a prefix translation (NPT), and no translation
# at all, which must stay as it is (RFC 6092 wants ESP there by address only).
#
#	C[1]..C[16] fd00::1:I ---- R (masquerade, 2001:db8::1) ------ S

. tests/lib/masq.sh

plan 25
lab_up 16
use_family 6
nat_on
mapfile -t clients < <(load_clients 1 16)

load --totals --limit 2 "${clients[@]}"
load_diag "stock kernel, 2 s"
check "without the module one client is answered, not 16" \
	[ "$(loaded answered)" -le 1 ]
masq_load

# --- gates, with and without loss, the server first --------------------------
verify()
{
	load_diag "$1"
	is "$(loaded answered)" 16 "$1: all clients are answered"
	is "$(pairs '.evidence == "echo"')" "$2" "$1: $2 pairs with evidence echo"
	is "$(loaded esp-wrong) $(loaded no-states)" "0 0" \
		"$1: no ESP packet reached a wrong client, none was without its SA"
}

forget_all
load --totals --more 3 "${clients[@]}"
verify "no loss" 16
load --totals --server-first 8 --more 3 "${clients[@]}"
verify "rekey, server first" 32
forget_all
wan_netem delay 20ms loss 5% reorder 5%
load --totals --more 10 "${clients[@]}"
verify "20 ms, 5 % loss, reordering" 16
wan_clear

# --- without gates -----------------------------------------------------------
forget_all
load --totals --same 64 --limit 30 "${clients[@]}"
load_diag "one length"
is "$(loaded answered)" 16 "one length: all clients are answered"
is "$(loaded esp-wrong)" 0 "one length: no ESP packet reached a wrong client"
check "one length: the pairs are shown as guesses" \
	[ "$(pairs '.evidence == "serial"')" -ge 14 ]

# --- restart -----------------------------------------------------------------
masq_unload
in_ns "$R" conntrack -F 2>/dev/null
masq_load
got=0
for i in 1 2 3 4; do
	in_ns "${C[i]}" ping -q -c 20 -i 0.1 -W 1 "$INNER" >"$TMP/ping.$i" 2>&1 &
done
wait
for i in 1 2 3 4; do
	[ "$(sed -n 's/.* \([0-9]\+\) received.*/\1/p' "$TMP/ping.$i")" -lt 5 ] ||
		got=$((got + 1))
done
is "$got" 4 "the module was loaded anew: four clients go on with their old SAs"

# --- who owns an SPI ---------------------------------------------------------
forget_all
must masq set echo-window 5000 echo-patience 30000 roam-silence 60000
pair_up 1 $O1 $I1
victim_fine "raw"
from_client 1 --spi $O1 --seq 50
count_start s "$S" wan0
from_client 2 --spi $O1 --seq 51 --count 5
count_stop s
is "$(counted s)" 0 "another client cannot use its out-SPI"
count_start 2 "${C[2]}" eth0
raw_echo 2 0xc0000002 $I1 104,312
raw_echo 2 0xc0000002 $I1 412,204
count_stop 2
is "$(counted 2)" 0 "nor get its in-SPI"
must masq set roam-silence 0
must ip -n "${C[1]}" addr add fd00::77:1/64 dev eth0 nodad
count_start 1 "${C[1]}" eth0
esp "${C[1]}" fd00::77:1 "$SERVER" --spi $O1 --seq 60 --count 2
from_server --spi $I1 --seq 60 --count 5
count_stop 1
is "$(pair_field $O1 client) $(counted 1 $I1)" "fd00::77:1 5" \
	"it moves to another address with its SPIs"
opens_fine "after that"

# --- the WAN floods ----------------------------------------------------------
before=$(objects masq_out masq_in)
from_server --random-spi --count 5000
esp "$S" 2001:db8::77 "$NAT" --random-spi --count 5000
is "$(objects masq_out masq_in)" "$before" "unsolicited packets allocate nothing"

# --- prefix translation ------------------------------------------------------
# Each client has an outside address of its own; the module must not harm.
ip_batch "$S" <<-END
	route add 2001:db8:5::/64 via 2001:db8::1
	route replace fd00::/64 via 2001:db8::1
END
# exchange TEXT ADDRESS...: outside addresses of clients 1 and 2; raw packets
# out and in, not one may be lost
exchange()
{
	local i text=$1

	forget_all
	count_start s "$S" wan0
	count_start 1 "${C[1]}" eth0
	count_start 2 "${C[2]}" eth0
	for i in 1 2; do
		shift
		from_client $i --spi $((O1 + i)) --count 10
		esp "$S" "$SERVER" "$1" --spi $((I1 + i)) --count 10
		from_client $i --spi $((O1 + i)) --seq 11 --count 10
	done
	count_stop s 1 2
	is "$(counted s) $(counted 1) $(counted 2)" "40 10 10" \
		"$text: not one packet is lost"
}

nft_rules <<END
table ip6 t {
	chain post {
		type nat hook postrouting priority srcnat
		oifname "wan0" snat ip6 prefix to 2001:db8:5::/64
	}
}
END
exchange "NPT" 2001:db8:5::1:1 2001:db8:5::1:2
nft_rules <<END
table ip6 t {
	chain forwarded {
		type filter hook forward priority filter; policy drop
		ct state established,related accept
		iifname "lan0" accept
	}
}
END
exchange "no translation, stateful" "$(lan 1)" "$(lan 2)"
is "$(pairs)" 0 "what is not translated is in no table"

# RFC 6092: an inside host may be called, if the ruleset lets it.
nft_off=$(counter unknown)
in_ns "$R" nft flush ruleset
forget_all
count_start 1 "${C[1]}" eth0
esp "$S" "$SERVER" "$(lan 1)" --spi $I1 --count 10
from_client 1 --spi $O1 --count 1
esp "$S" "$SERVER" "$(lan 1)" --spi $I1 --seq 11 --count 10
count_stop 1
is "$(counted 1)" 20 "no translation: a call from outside is not touched"
is "$(counter unknown)" "$nft_off" "nor judged"
