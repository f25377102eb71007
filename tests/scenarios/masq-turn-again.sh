# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 60
#
# A client without a gate that had the last turn opens another SA, as with each
# rekey: that has to be a turn of its own, else the server's answer finds nobody
# who waits for it.
#
#	C[1] ---+
#	C[2] ---+-- R (masquerade) ------ S

. tests/lib/masq.sh

plan 4
lab_up 2
nat_on
masq_load
must masq set turn-time 100

# opens I OUT-SPI IN-SPI TEXT: client I sends, the server's answers reach it
opens()
{
	count_start c "${C[$1]}" eth0
	from_client "$1" --spi "$2"
	wait_for 5 "the packet to leave" eval "[ \"\$(pair_field $2 held)\" = 0 ]"
	from_server --spi "$3" --count 3
	count_stop c
	is "$(counted c "$3")" 3 "$4"
}

opens 2 0xc0000002 0x51000002 "a client opens"
opens 1 0xc0000001 0x51000001 "another opens"
opens 1 0xc0000011 0x51000011 "it opens again, having had the last turn"
opens 1 0xc0000021 0x51000021 "and again"
