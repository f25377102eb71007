# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 300
# cpus: 2
#
# Packets of an in-SPI that nobody has yet, while a client opens as a gate does:
# they wait, a bounded time and within bounds, and arrive once, in order, when it
# is known whose they are. Whatever goes away meanwhile takes them with it.
#
#	C[1] established ---+
#	C[2] opens ---------+-- R (masquerade) ------ S

. tests/lib/masq.sh

plan 38
lab_up 2
nat_on
masq_load

# begin: client 1 has its pair again, client 2 nothing; times as long as the
# processes need
begin()
{
	forget_all
	must masq set echo-window 5000 echo-patience 60000 early-time 5000 \
		early-bytes 2097152
	raw_echo 1 $O1 $I1 148,244
}

# opens OUT-SPI [LEN,LEN]: client 2's gate begins to ping
opens()
{
	from_client 2 --spi "$1" --len "${2:-100,200}" --count 2
}

# early: inbound packets that wait now
early() { counter early; }

# Each early packet went on, was dropped or waits.
books()
{
	masq_json stats | jq '.["early-hold"] - .["early-release"] - .["drop-early"] - .early'
}
masq_json() { "$SPINAT" -j -n "$R" masq "$@"; }

count_both()
{
	count_start 1 "${C[1]}" eth0
	count_start 2 "${C[2]}" eth0
}

# late NAME: packets that came behind one that was sent after them
late() { jq .late "$TMP/count.$1"; }

# --- they arrive, once, in order ---------------------------------------------
# whole TEXT: five packets come too early, then the echo
whole()
{
	begin
	from_server --spi 0x52000000 --count 3
	is "$(early)" 0 "$1: nothing waits while no client opens"
	count_both
	opens 0xd0000001
	from_server --spi 0x52000001 --len 300 --count 5
	is "$(early) $(pair_field 0xd0000001 evidence)" "5 unspec" \
		"$1: what comes before the echo waits"
	from_server --spi 0x52000001 --seq 6 --len 100,200 --count 2
	from_server --spi 0x52000001 --seq 8 --len 300 --count 3
	count_stop 1 2
	is "$(pair_field 0xd0000001 evidence)" echo "$1: the echo is believed"
	is "$(counted 2 0x52000001) $(counted 2)" "10 10" \
		"$1: all arrive, the echo, too, and each once"
	is "$(counted 1) $(late 2)" "0 0" "$1: in order, none at the other client"
	is "$(early) $(books)" "0 0" "$1: nothing waits any more"
}
whole IPv4
use_family 6
whole IPv6
use_family 4

# --- in vain -----------------------------------------------------------------
begin
must masq set early-time 200
count_both
opens 0xd0000001
dropped=$(counter drop-early)
from_server --spi 0x52000001 --len 300 --count 3
wait_for 10 "patience to end" eval '[ "$(early)" = 0 ]'
count_stop 1 2
is "$(counted 1) $(counted 2) $(($(counter drop-early) - dropped))" "0 0 3" \
	"no echo: they are dropped and counted"
is "$(books)" 0 "no echo: and not forgotten in the books"
must masq set early-time 0
count_both
from_server --spi 0x52000002 --len 300 --count 3
is "$(early)" 0 "early-time 0: nothing waits"
count_stop 1 2
is "$(counted 1) $(counted 2)" "0 0" "early-time 0: nobody gets them"

# refused: packets that found no room; they were judged as if nothing could wait
refused()
{
	masq_json stats | jq '.["drop-wait"] + .["drop-ambiguous"] + .["drop-early"] + .unknown'
}
refused_since() { echo $(($(refused) - refused)); }

# --- the pair is pinned while the server sends on ----------------------------
begin
count_both
refused=$(refused)
opens 0xd0000001
# as from a network card: all by the same processor, while the pair comes by any
taskset -c 0 "$LAB_TOOLS/esp-send" --netns "$S" --spi 0x52000001 --len 300 \
	--count 1000 --gap-us 3000 "$SERVER" "$NAT" >/dev/null &
sender=$!
wait_for 10 "packets to wait" counter_over early 4
must masq pin client "$(lan 2)" server "$SERVER" out-spi 0xd0000001 \
	in-spi 0x52000001
wait $sender
count_stop 1 2
note "pinned: $(counted 2) of 1000 arrived, $(late 2) late, $(masq_json stats |
	jq -c 'with_entries(select(.value != 0 and (.key | test("early|wait|ambig"))))')"
is "$(counted 2)" $((1000 - $(refused_since))) \
	"pinned: what waited arrives, and what follows; no more than 64 can wait"
is "$(late 2)" 0 "pinned: nothing overtakes what waited"
is "$(counted 1) $(early) $(books)" "0 0 0" "pinned: nothing is left"

# --- bounds ------------------------------------------------------------------
begin
opens 0xd0000001
count_both
from_server --spi 0x52000001 --len 300 --count 100
is "$(early)" 64 "one in-SPI: 64 packets wait"
from_server --spi 0x52000001 --seq 101 --len 100,200 --count 2
count_stop 1 2
is "$(counted 2) $(late 2)" "65 0" "one in-SPI: and arrive before the echo's end"

begin
count_both
opens 0xd0000001
from_server --spi 0x52000001 --len 300 --count 5
from_server --random-spi --len 300 --count 1000
n=$(early)
from_server --spi 0x52000001 --seq 6 --len 100,200 --count 2
count_stop 1 2
is "$n" $((128 + 4)) \
	"sprayed SPIs: half of the slots is the most that one server takes"
is "$(counted 2 0x52000001)" 7 "sprayed SPIs: push out nobody who sent twice"
opens 0xd0000002 108,208
count_both
from_server --spi 0x52000002 --len 300 --count 5
from_server --spi 0x52000002 --seq 6 --len 108,208 --count 2
count_stop 1 2
is "$(counted 2 0x52000002)" 7 "sprayed SPIs: make room for who comes after them"
is "$(counted 1) $(books)" "0 0" "sprayed SPIs: reach nobody"

begin
must masq set early-bytes 65536
opens 0xd0000001
for ((i = 1; i <= 8; i++)); do
	from_server --spi $((0x52000000 + i)) --len 300 --count 50
done
n=$(early)
check "early-bytes: $n packets of 400 wait, less than 43 of 768 bytes" \
	[ "$n" -gt 0 -a "$n" -lt 43 ]

# --- what waits for goes away ------------------------------------------------
# waits: ten packets wait
waits()
{
	begin
	opens 0xd0000001
	from_server --spi 0x52000001 --len 300 --count 5
	from_server --spi 0x52000002 --len 300 --count 5
	is "$(early)" 10 "$1: ten packets wait"
}
waits "flush"
must masq flush
is "$(early) $(books)" "0 0" "flush: they go with the last client of the server"

waits "the client forgotten"
must masq del server "$SERVER" out-spi 0xd0000001
is "$(pairs) $(early)" "1 10" "the client forgotten: they wait on"
must masq set early-time 100
from_client 1 --spi 0xd0000009 --len 108,204 --count 2
from_server --spi 0x52000003 --len 108
wait_for 10 "patience to end" eval '[ "$(early)" = 0 ]'
is "$(books)" 0 "the client forgotten: until their time is over"

waits "device down"
must ip -n "$R" link set wan0 down
is "$(early) $(books)" "0 0" "device down: they go with it"
must ip -n "$R" link set wan0 up
wait_for 10 "the WAN" in_ns "$S" ping -c 1 -W 1 $PUB >/dev/null

waits "module removed"
masq_unload
ok "module removed: it goes"
masq_load

waits "namespace removed"
count_both
"$LAB_TOOLS/esp-send" --netns "$S" --spi 0x52000004 --len 300 --count 2000 \
	--gap-us 500 "$SERVER" "$NAT" >/dev/null 2>&1 &
sender=$!
must ip netns del "$R"
wait $sender
count_stop_now() { kill "$(cat "$TMP/pid.$1")"; wait "$(cat "$TMP/pid.$1")"; }
count_stop_now 1
count_stop_now 2
wait_for 30 "its objects to be gone" objects_at_most 0 masq_out masq_in
is "$(objects masq_out masq_in)" 0 "namespace removed: its objects are gone"
masq_unload
ok "namespace removed: the module goes after that"
