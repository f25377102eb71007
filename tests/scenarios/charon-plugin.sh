# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 300
#
# The strongSwan plugin's modes of plain ESP through a NAT, with Debian's own
# charon on both ends:
#
#  client1 ---- lan0 [R] wan0 ---- server
#                masquerade        counters on wan0 tell what was sent
#
# One client only, so that a stock router's NAT can forward its ESP. Packets are
# sent in each case: plain ESP on one end and encapsulated ESP on the other
# would set up the tunnel and then lose all of them without a word.

. tests/lib/common.sh
. tests/lib/charon.sh

plan 56

# begin CLIENT_SETTINGS SERVER_SETTINGS: a case, from a clean state
begin()
{
	charon_drop client1
	wait_for 10 "the server to delete its SAs" charon_established server 0
	must in_ns "$R" conntrack -F
	charon_mark
	charon_settings client1 "$1" "keep_alive = 1s"
	charon_settings server "$2"
	wan_watch
}

# tunnel plain|encapsulated 500|4500 TEXT: it comes up, all packets arrive, ESP
# is sent so, and IKE by this port
tunnel()
{
	local esp=20 data=0

	[ "$1" = plain ] || { esp=0 data=20; }
	if ! charon_initiate client1; then
		charon_diag client1
		charon_diag server
	fi
	is "$(ping_count "${C[1]}" "$(inner_client 1)" "$INNER_S" 10)" 10 \
		"$3: all packets arrive"
	is "$(wan_seen plain_esp) $(wan_seen data4500)" "$esp $data" \
		"$3: $esp packets of plain ESP, $data in UDP"
	if [ "$2" = 4500 ]; then
		check "$3: IKE on port 4500" wan_seen_some ike4500
	else
		is "$(wan_seen ike4500) $(wan_seen keepalive)" "0 0" \
			"$3: nothing on port 4500"
	fi
}

# under_traffic COUNTER N TEXT: more than N of it while there is traffic
under_traffic()
{
	local traffic

	wan_watch
	ip netns exec "${C[1]}" ping -q -i 0.2 "$INNER_S" >/dev/null &
	traffic=$!
	check "$3" wait_for 20 "packets" wan_seen_some "$1" "$2"
	kill $traffic
}

# refused SIDE SENTENCE TEXT: no tunnel, and SIDE's log says why
refused()
{
	if charon_initiate client1; then
		fail "$3: refused"
	else
		ok "$3: refused"
	fi
	says "$1" "$2" "$3: the $1 says so"
	wait_for 10 "no SAs" no_sas
	is "$(no_sas && echo none)" none "$3: no SAs are left on any end"
}

no_sas()
{
	[ -z "$(ip -n "$S" xfrm state)$(ip -n "${C[1]}" xfrm state)" ]
}

# says NAME SENTENCE TEXT: NAME logged it in this case
says()
{
	if charon_said_so "$1" "$2"; then
		ok "$3"
	else
		fail "$3"
		charon_diag "$1"
	fi
}

# silent TEXT: no daemon's plugin had anything to say in this case
silent()
{
	if charon_said_so client1 spinat: || charon_said_so server spinat:; then
		fail "$1"
	else
		ok "$1"
	fi
}

both="plain_esp = both"
alone="plain_esp = alone"
falls_back="fallback = alone"

topo_new 1
nat_on
charon_install
charon_inner
charon_conns client1 "$(charon_client_conn 1 "version = 2
	dpd_delay = 2s")"
charon_conns server "$(charon_server_conn)"
charon_spawn server "$S"
charon_spawn client1 "${C[1]}"
charon_ready server
charon_ready client1

# --- off unless configured, and the counters do tell the difference
begin "" ""
tunnel encapsulated 4500 "not configured"
silent "not configured: the plugin is silent"

# --- both
begin "$both" "$both"
tunnel plain 4500 "both"
says client1 "peer agreed to plain ESP" "both: the client says so"
check "both: NAT keepalives are sent" \
	wait_for 5 "a keepalive" wan_seen_some keepalive
# charon itself takes ESP for a keepalive, but this ESP isn't on port 4500
under_traffic keepalive 1 "both: NAT keepalives are sent while there is traffic"

begin "connections { client1 { $both } }" \
	"connections { clients { $both } }"
tunnel plain 4500 "both, for the connections only"

begin "$both
	connections { client1 { plain_esp = no } }" "$both
	connections { clients { plain_esp = no } }"
tunnel encapsulated 4500 "both by default, but not for the connections"

# --- alone
begin "$alone" ""
tunnel plain 500 "alone on the client"
under_traffic ike500 4 \
	"alone on the client: DPD requests are sent while there is traffic"

begin "" "$alone"
tunnel plain 500 "alone on the server"

begin "$alone" "$alone"
tunnel plain 500 "alone on both"

# --- both on one side only
begin "$both" ""
refused client1 "connection 'client1' refused, plain_esp = both is configured \
but the peer does not agree" "both on the client only"

begin "$both
	$falls_back" ""
tunnel plain 500 "both on the client only, with fallback"
says client1 "starting anew with plain_esp = alone" \
	"both on the client only, with fallback: the client says so"

begin "" "$both"
refused server "connection 'clients' refused, plain_esp = both is configured \
but the peer did not ask for it" "both on the server only"

begin "" "$both
	$falls_back"
tunnel plain 500 "both on the server only, with fallback"

# --- several connections possible for the client's address
charon_conns server "$(charon_server_conn "" "" clients client1
	charon_server_conn "" "" others client2)"

begin "" "connections { others { $both } }"
tunnel encapsulated 4500 "another connection is set to both"

begin "" "connections { others { $alone } }"
tunnel encapsulated 4500 "another connection is set to alone"
says server "plain_esp = alone is not used, the connections 'others' and \
'clients' are both possible" \
	"another connection is set to alone: the server says so"

begin "$both" "connections { others { $both } }"
refused server "connection 'clients' refused, the peer got plain ESP agreed as \
another connection" "both, but the server's connection is not set to it"

# --- what can't be used
begin "plain_esp = maybe
	fallback = none
	connections { client1 { plain = both } }" ""
says client1 "invalid plain_esp = maybe in the spinat section, using 'no'" \
	"an invalid mode is named"
says client1 "invalid fallback = none in the spinat section" \
	"an invalid fallback is named"
says client1 "unknown setting 'plain' in connection 'client1' is ignored" \
	"an unknown setting is named"
tunnel encapsulated 4500 "invalid settings"

# A plugin built for another version: the only version in it is replaced
charon_drop client1
charon_stop client1
charon_settings client1 "$both"
plugin=/usr/lib/ipsec/plugins/libstrongswan-spinat.so
sed -i 's/5\.9\.8/5.9.7/g' $plugin
charon_start client1 "${C[1]}"
charon_lines=()
says client1 "not loaded, it was built for strongSwan 5.9.7 and this daemon is \
of another version" "a plugin for another version is not loaded, and says so"
