# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 120
#
# Turns, holding and forgetting, as the settings say: one unanswered client at
# a time, who negotiates IKE first, caps on what waits, no guesses at all where
# "ambiguous drop" is set.
#
#	C[1]..C[4] ---- R (masquerade) ------ S

. tests/lib/masq.sh

A1=0xc0000001 A2=0xc0000002 A3=0xc0000003 A4=0xc0000004

plan 19
lab_up 4
nat_on
masq_load

# ike PORT I: a packet of client I's IKE; on 4500 with the non-ESP marker
ike()
{
	local marker=

	[ "$1" = 500 ] || marker='\0\0\0\0'
	in_ns "${C[$2]}" bash -c "printf '${marker}IKE IKE IKE IKE IKE IKE IKE ' >/dev/udp/$SERVER/$1"
}

# order: SPIs in the order in which the server saw them first
order()
{
	jq -r '.spis | keys_unsorted | join(" ")' "$TMP/count.s"
}

# --- the order of turns ------------------------------------------------------
must masq set turn-time 2000 hold-time 20000
turns=$(counter turn)
count_start s "$S" wan0 --until 4
from_client 1 --spi $A1
from_client 2 --spi $A2
ike 500 3
from_client 3 --spi $A3
ike 4500 4
from_client 4 --spi $A4
is "$(pairs '.held > 0')" 3 "three clients wait while the first has its turn"
wait_for 20 "all four to have had a turn" counter_over turn $((turns + 3))
count_stop s
is "$(order)" "$A1 $A4 $A3 $A2" \
	"they leave one by one, who negotiated last goes first"
is "$(counter turn-missed)" 3 "turns without an answer are counted"
is "$(counter held)" 0 "nobody waits any more"

# IKE orders, but never decides: the turn is client 1's, IKE is client 2's.
forget_all
count_start 1 "${C[1]}" eth0
count_start 2 "${C[2]}" eth0
from_client 1 --spi $A1
ike 500 2
from_client 2 --spi $A2
from_server --spi 0x51000001 --count 3
count_stop 1 2
is "$(counted 1) $(counted 2)" "3 0" "the answer is his whose turn it is"
wait_for 5 "the second client's turn" eval '[ "$(pairs ".held > 0")" = 0 ]'
count_start 1 "${C[1]}" eth0
count_start 2 "${C[2]}" eth0
from_server --spi 0x51000002 --count 3
from_server --spi 0x51000001 --seq 4 --count 3
count_stop 1 2
is "$(counted 1) $(counted 2)" "3 3" "the next one is the second client's"
is "$(pair_field $A1 in-spi) $(pair_field $A2 in-spi)" "0x51000001 0x51000002" \
	"and so the table says"

# --- caps on what waits ------------------------------------------------------
forget_all
must masq set hold-client 2 turn-time 20000
full=$(counter drop-hold-full)
from_client 1 --spi $A1
from_client 2 --spi $A2 --count 5
is "$(pair_field $A2 held)" 2 "two packets of a client are held"
is "$(($(counter drop-hold-full) - full))" 3 "the others are dropped and counted"
must masq set hold-total 3
from_client 3 --spi $A3 --count 5
is "$(counter held)" 3 "three are held in all"
old=$(counter drop-held)
must masq set hold-time 100
wait_for 5 "patience to end" counter_over drop-held $((old + 2))
is "$(counter held)" 0 "none is held for longer than hold-time"
must masq set hold-client 8 hold-total 1024

# --- never hold --------------------------------------------------------------
forget_all
must masq set hold-time 0
count_start s "$S" wan0
from_client 1 --spi $A1
from_client 2 --spi $A2
from_client 3 --spi $A3
count_stop s
is "$(counted s)" 3 "hold-time 0: everybody's packets leave at once"
must masq set hold-time 3000

# --- never guess -------------------------------------------------------------
forget_all
must masq set ambiguous drop echo-window 5000 echo-patience 30000
count_start s "$S" wan0
for i in 1 2; do
	count_start $i "${C[i]}" eth0
done
from_client 1 --spi $A1
from_client 2 --spi $A2
from_server --spi 0x51000001 --count 3
from_server --spi 0x51000002 --count 3
count_stop s 1 2
is "$(counted s)" 2 "ambiguous drop: nobody is held"
is "$(counted 1) $(counted 2)" "0 0" "ambiguous drop: nobody gets a guess"
pair_up 1 0xc1000001 0x52000001
pair_up 2 0xc1000002 0x52000002
is "$(pair_field 0xc1000001 evidence) $(pair_field 0xc1000002 evidence)" \
	"echo echo" "ambiguous drop: lengths are believed"
must masq set ambiguous serial

# --- forgetting --------------------------------------------------------------
# A client's last out-SPI stays as long as conntrack has its entry, because the
# stock kernel delivers a late answer until then.
forget_all
must masq set open-timeout 1 pair-timeout 10 turn-time 100
ns_sysctl "$R" net.netfilter.nf_conntrack_generic_timeout=2
from_client 1 --spi $A1
from_client 2 --spi $A2
from_server --spi 0x51000001
is "$(pairs)" 2 "an answered and an unanswered one"
begin=$(now_ms)
wait_for 10 "the unanswered one to expire" eval '[ "$(pairs)" = 1 ]'
is "$(pairs '."in-spi"')" 1 "the unanswered one goes first"
wait_for 30 "the other to expire" eval '[ "$(counter clients)" = 0 ]'
check "the other after at least 10 s" [ $(($(now_ms) - begin)) -ge 9000 ]
is "$(in_ns "$R" conntrack -L 2>/dev/null | grep -c 'zone=')" 0 \
	"and leaves no conntrack entry in its zone"
