# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 250
#
# The strongSwan plugin's modes with IKEv1, which detects NATs in other messages
# and negotiates encapsulation with each CHILD_SA; and what works with neither
# version: transport mode.
#
#  client1 ---- lan0 [R] wan0 ---- server
#                masquerade

. tests/lib/common.sh
. tests/lib/charon.sh

plan 26

# begin CLIENT_SETTINGS SERVER_SETTINGS
begin()
{
	charon_drop client1
	wait_for 10 "the server to delete its SAs" charon_established server 0
	must in_ns "$R" conntrack -F
	charon_mark
	charon_settings client1 "$1"
	charon_settings server "$2" \
		"i_dont_care_about_security_and_use_aggressive_mode_psk = yes"
	wan_watch
}

# tunnel plain|encapsulated TEXT
tunnel()
{
	local esp=20 data=0

	[ "$1" = plain ] || { esp=0 data=20; }
	if ! charon_initiate client1; then
		charon_diag client1
		charon_diag server
	fi
	is "$(ping_count "${C[1]}" "$(inner_client 1)" "$INNER_S" 10)" 10 \
		"$2: all packets arrive"
	is "$(wan_seen plain_esp) $(wan_seen data4500)" "$esp $data" \
		"$2: $esp packets of plain ESP, $data in UDP"
}

# refused SIDE SENTENCE TEXT
refused()
{
	if charon_initiate client1; then
		fail "$3: refused"
	else
		ok "$3: refused"
	fi
	if charon_said_so "$1" "$2"; then
		ok "$3: the $1 says so"
	else
		fail "$3: the $1 says so"
		charon_diag "$1"
	fi
}

both="plain_esp = both"
alone="plain_esp = alone"

# use LINES CHILD_LINES: connections of both ends
use()
{
	charon_conns client1 "$(charon_client_conn 1 "$1" "${2:-}")"
	charon_conns server "$(charon_server_conn "$1" "${2:-}")"
}

topo_new 1
nat_on
charon_install
charon_inner
use "version = 1"
charon_spawn server "$S"
charon_spawn client1 "${C[1]}"
charon_ready server
charon_ready client1

begin "" ""
tunnel encapsulated "IKEv1, not configured"
begin "$both" "$both"
tunnel plain "IKEv1, both"
begin "$alone" ""
tunnel plain "IKEv1, alone on the client"
begin "" "$alone"
tunnel plain "IKEv1, alone on the server"
begin "$both" ""
refused client1 "but the peer does not agree" "IKEv1, both on the client only"
begin "$both
	fallback = alone" ""
tunnel plain "IKEv1, both on the client only, with fallback"
begin "" "$both"
refused server "but the peer did not ask for it" \
	"IKEv1, both on the server only"
begin "" "$both
	fallback = alone"
tunnel plain "IKEv1, both on the server only, with fallback"

use "version = 1
	aggressive = yes"
begin "$both" "$both"
tunnel plain "IKEv1 aggressive mode, both"
begin "$alone" ""
tunnel plain "IKEv1 aggressive mode, alone on the client"
begin "$both" ""
refused client1 "but the peer does not agree" \
	"IKEv1 aggressive mode, both on the client only"

use "version = 2" "mode = transport
	local_ts = dynamic
	remote_ts = dynamic"
begin "$both" "$both"
refused server "plain ESP in transport mode does not get through a NAT" \
	"transport mode, both"
begin "" ""
check "transport mode, not configured: as always" charon_initiate client1
check "transport mode, not configured: encapsulated" \
	charon_encapsulated "${C[1]}"
