#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Why spinat exists: behind a stock masquerade the first ESP client of a server
# works and the second does not. Two clients with static keys, no module.
#
#   C[1] --+
#          +-- [R: masquerade] ---- [S]
#   C[2] --+
#
# time: 60
. tests/lib/common.sh

# tunnel I: out-SPI 0xc000000I, in-SPI 0xd000000I, inside 10.9.I.1 - 10.8.0.1
tunnel()
{
	sa_pair "${C[$1]}" "$S" "$(client_addr "$1")" "$SRV" "$PUB" \
		"0xc000000$1" "0xd000000$1" "10.9.$1.1" 10.8.0.1
}

plan 6
topo_new 2
nat_on
tunnel 1
tunnel 2
esp_watch "$S" 0xc0000001 0xc0000002
esp_watch "${C[1]}" 0xd0000001 0xd0000002
esp_watch "${C[2]}" 0xd0000001 0xd0000002

is "$(ping_count "${C[1]}" 10.9.1.1 10.8.0.1 5)" 5 \
	"the first client's pings are answered"
is "$(ping_count "${C[2]}" 10.9.2.1 10.8.0.1 5)" 0 \
	"none of the second client's is"
is "$(esp_seen "$S" 0xc0000001)" 5 "the server got the first client's ESP"
is "$(esp_seen "$S" 0xc0000002)" 0 "and nothing of the second's"

# The server speaks to the second client: its packets go to the first.
ping_count "$S" 10.8.0.1 10.9.2.1 5 >/dev/null
is "$(esp_seen "${C[2]}" 0xd0000002)" 0 \
	"nothing that the server sends to the second client arrives there"
is "$(esp_seen "${C[1]}" 0xd0000002)" 5 "all of it arrives at the first"
