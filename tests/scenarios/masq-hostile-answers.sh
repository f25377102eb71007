# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 90
#
# A client that behaves as no client should must not keep others from their
# answers, whether they have a gate or not: long packets between a ping and its
# echo, more new SAs than there are turns, and openings like a gate's that
# never end.
#
#	C[1], C[3], C[4] misbehave ---+
#	C[2] victim ------------------+-- R (masquerade) ------ S

. tests/lib/masq.sh

plan 8
lab_up 4
nat_on
masq_load

# misbehave COMMAND...: over and over in the background, until behave
misbehave()
{
	while :; do
		"$@"
	done &
	misbehaving+=($!)
}

behave()
{
	kill "${misbehaving[@]}"
	wait "${misbehaving[@]}" 2>/dev/null
	misbehaving=()
}
misbehaving=()

# --- long packets between a ping and its echo --------------------------------
# processes take long in a VM: time for an echo made of two of them
must masq set echo-window 5000 echo-patience 30000
from_client 1 --spi 0xb1000001 --len 1400
raw_echo 2 0xb0000001 0x52000001 104,312
is "$(pair_field 0xb0000001 evidence)" echo "quiet: a gate is paired by lengths"
from_client 2 --spi 0xb0000002 --len 108,316 --count 2
from_client 1 --spi 0xb1000001 --len 1400 --seq 2
from_server --spi 0x52000002 --len 108,316 --count 2
is "$(pair_field 0xb0000002 evidence)" echo \
	"long packets of another client: a gate is paired by lengths"
is "$(pair_field 0xb1000001 in-spi)" none \
	"long packets of another client: their sender gets none of the answers"
forget_all

# --- more new SAs than there are turns ---------------------------------------
# Three clients keep 20 unanswered SAs each; one place of the queue for each SA
# would be a round of several hold-times.
must masq set echo-patience 50 turn-time 100 turn-gap 10 hold-time 750

crowd()
{
	"$LAB_TOOLS/esp-send" --netns "${C[$1]}" --next-spi \
		--spi $((0xc0000000 + 0x1000000 * $1)) --count 20 \
		--gap-us 60000 "$(lan "$1")" "$SERVER" >/dev/null
}

for i in 1 3 4; do
	misbehave crowd $i
done
wait_for 10 "others' packets to be held" counter_over hold 24
held=$(counter hold)
count_start s "$S" wan0
for ((i = 1; i <= 8; i++)); do
	from_client 2 --spi 0xc2000001 --seq $i
	sleep 1	# the victim's pace, which is no wait for anything
done
held=$(($(counter hold) - held))
behave
count_stop s
note "left: $(counted s 0xc2000001) of 8, turns $(counter turn), $(drops)"
check "crowd of new SAs: packets do wait for turns ($held)" [ $held -ge 16 ]
check "crowd of new SAs: a client without a gate gets out ($(counted s 0xc2000001) of 8 times)" \
	[ "$(counted s 0xc2000001)" -ge 7 ]
forget_all
must masq set turn-time 1000 turn-gap 50 hold-time 4000

# --- openings like a gate's that never end -----------------------------------
# While a gate opens nobody's guess is taken, as it would be a wrong one. The
# third client is there so that nobody is ever the only one.
must masq set echo-window 250 echo-patience 1000

# retry OUT-SPI IN-SPI: the victim sends; the server answers what it gets, which
# may have waited for its turn, at once: a guess is taken during the turn only
retry()
{
	local got

	sequence=$((sequence + 1))
	rm -f "$TMP/ready.v"
	"$LAB_TOOLS/esp-count" --netns "$S" --ready "$TMP/ready.v" --spi "$1" \
		--until 1 --for 4000 wan0 >/dev/null &
	got=$!
	wait_for 4 "esp-count to listen" test -e "$TMP/ready.v"
	from_client 2 --spi "$1" --seq $sequence
	wait $got || return 1
	from_server --spi "$2" --len 148 --seq $sequence
	[ "$(pair_field "$1" in-spi)" != none ]
}

# paired TEXT OUT-SPI IN-SPI: the victim, retrying, is answered in time
paired()
{
	local begin

	begin=$(now_ms)
	sequence=0
	wait_for 20 "the victim's answer" retry "$2" "$3"
	note "took $(($(now_ms) - begin)) ms, $sequence tries, $(drops)"
	is "$(pair_field "$2" evidence)" serial "$1: a client without a gate is answered"
}

opening=0xa1000000
open_again()
{
	opening=$((opening + 1))
	from_client 1 --spi $opening --len 100,200 --count 2
	sleep 0.2	# its pace, several within the patience
}

from_client 3 --spi 0xa3000001
paired "quiet" 0xa2000001 0x52000011
forget_all
from_client 3 --spi 0xa3000001
misbehave open_again
wait_for 10 "the first openings" counter_over learn-open 5
paired "endless openings" 0xa2000002 0x52000012
sent=$(counter learn-open)
check "endless openings: they went on all the time" \
	wait_for 10 "one more opening" counter_over learn-open "$sent"
behave
