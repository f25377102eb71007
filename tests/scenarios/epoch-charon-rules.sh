# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 300
#
# Rules of a gated connection beyond its gate: who may rekey, and what a peer's
# INITIAL_CONTACT deletes. Both with IKEv2 and IKEv1.
#
#  client1 --+
#  client2 --+-- lan0 [R] wan0 ---- server
#                 masquerade

. tests/lib/common.sh
. tests/lib/charon.sh
. tests/lib/gated.sh

newest_spi()
{
	charon_sas "$1" | awk -v way="$2" '
		$2 ~ /^#/ { use = /, INSTALLED/ }
		use && $1 == way { spi = $2 }
		END { sub(",", "", spi); print spi }'
}
# rekeyed OLD: do both ends use another pair of SAs?
rekeyed()
{
	local new

	new=$(newest_spi client1 out)
	[ -n "$new" ] && [ "$new" != "$1" ] && [ "$(newest_spi server "in")" = "$new" ]
}

# says NAME SENTENCE TEXT
says()
{
	if charon_said_so "$1" "$2"; then
		ok "$3"
	else
		fail "$3"
		charon_diag "$1"
	fi
}

# refuses VERSION
refuses()
{
	local text="IKEv$1, refuse_rekey" old

	charon_drop client1
	wait_for 10 "the server to delete its SAs" charon_established server 0
	charon_conns client1 "$(charon_client_conn 1 "version = $1")"
	charon_conns server "$(charon_server_conn "version = $1")"
	charon_settings client1 "plain_esp = both
		gate = client
		refuse_rekey = yes"
	charon_up client1
	check "$text: proved" wait_for 10 "the proof" gated_proved client1
	charon_mark
	old=$(newest_spi client1 out)
	charon_ctl server --rekey --child net >/dev/null 2>&1
	wait_for 15 "new SAs" rekeyed "$old"
	check "$text: there are new SAs" rekeyed "$old"
	says client1 "refusing to let the peer rekey CHILD_SA 'net' of connection \
'client1'" "$text: the client says so"
	if [ "$1" = 2 ]; then
		says server "received TEMPORARY_FAILURE notify" \
			"$text: the server is told to wait"
	fi
	check "$text: the new SAs are proved" wait_for 10 "the proof" \
		gated_proved client1
	wait_for 10 "one CHILD_SA at the server" charon_established server
	is "$(charon_sas server | grep -c ', INSTALLED')" 1 \
		"$text: the server has one CHILD_SA"
	is "$(ping_count "${C[1]}" "$(inner_client 1)" "$INNER_S" 5)" 5 \
		"$text: packets arrive"

	charon_mark
	old=$(newest_spi client1 out)
	must charon_ctl client1 --rekey --child net
	wait_for 15 "new SAs" rekeyed "$old"
	check "$text: the client itself may rekey" rekeyed "$old"
	if charon_said_so client1 "refusing to let"; then
		fail "$text: and does not refuse it"
	else
		ok "$text: and does not refuse it"
	fi
}

topo_new 2
nat_on
charon_install
epoch_load
charon_inner
for name in client1 client2; do
	charon_conns $name "$(charon_client_conn "${name#client}")"
done
charon_conns server "$(charon_server_conn)"
charon_settings client1 "plain_esp = both"
charon_settings client2 ""
charon_settings server "plain_esp = both"
charon_spawn server "$S"
charon_spawn client1 "${C[1]}"
charon_spawn client2 "${C[2]}"
charon_ready server
charon_ready client1
charon_ready client2

refuses 2
refuses 1
charon_drop client1

# --- INITIAL_CONTACT: two clients with the same identity behind one NAT. With
# ESP in UDP, as a stock NAT gives plain ESP to one of them only.

# forget NAME: its SAs, though the server may not know them any more
forget()
{
	charon_ctl "$1" --terminate --ike "$1" --force --timeout 5 >/dev/null 2>&1
	wait_for 10 "$1 to delete its SAs" charon_established "$1" 0
}

# siblings VERSION SCOPE: both connect, the second one last
siblings()
{
	local i

	for i in 1 2; do
		forget client$i
		charon_settings client$i ""
		charon_conns client$i "$(charon_client_conn $i "version = $1" |
			sed 's/id = client[0-9]/id = someone/')"
	done
	charon_ctl server --terminate --ike clients --force --timeout 5 >/dev/null 2>&1
	wait_for 10 "the server to delete its SAs" charon_established server 0
	charon_conns server "$(charon_server_conn "version = $1")"
	charon_settings server "$2"
	charon_mark
	charon_up client1
	charon_up client2
}

# crash: client1 starts again and has forgotten everything
crash()
{
	charon_kill client1
	charon_start client1 "${C[1]}"
	charon_up client1
}

# count: tunnels of the server
count() { charon_sas server | grep -c ', INSTALLED'; }
count_is() { [ "$(count)" = "$1" ]; }

for version in 2 1; do
	text="IKEv$version, INITIAL_CONTACT"
	siblings $version ""
	wait_for 10 "one to be deleted" count_is 1
	is "$(count)" 1 "$text, not configured: siblings with one identity delete each other"

	siblings $version "initial_contact = tunnel"
	is "$(count)" 2 "$text, tunnel: siblings with one identity live together"
	crash
	wait_for 10 "the obsolete one to go" count_is 2
	is "$(count)" 2 "$text, tunnel: a client that starts again replaces its own tunnel"
	# with IKEv1 charon takes it for a reauthentication, and adopts its SAs
	[ $version = 1 ] ||
		says server "destroying obsolete IKE_SA clients" "$text, tunnel: the server says so"
	for i in 1 2; do
		is "$(ping_count "${C[i]}" "$(inner_client $i)" "$INNER_S" 3)" 3 \
			"$text, tunnel: packets of client $i arrive"
	done
done

# Different identities: charon lets both live, "gateway" deletes all of the address
for i in 1 2; do
	forget client$i
	charon_conns client$i "$(charon_client_conn $i)"
done
wait_for 10 "the server to delete its SAs" charon_established server 0
charon_conns server "$(charon_server_conn)"
charon_settings server ""
charon_up client1
charon_up client2
is "$(count)" 2 "INITIAL_CONTACT, not configured: different identities live together"
for i in 1 2; do
	charon_drop client$i
done
wait_for 10 "the server to delete its SAs" charon_established server 0
charon_settings server "connections { clients { initial_contact = gateway } }"
charon_up client1
charon_up client2
wait_for 10 "one to be deleted" count_is 1
is "$(count)" 1 "INITIAL_CONTACT, gateway: all other tunnels of the address are deleted"
plan "$tap_count"
