# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 300
#
# Gates by charon's connections: at the client with a stock server, and on both
# ends. Each new pair of SAs is gated from its birth, announced and proved,
# whoever rekeys; what the kernel knows ends with the SAs.
#
#  client1 ---- lan0 [R] wan0 ---- server
#                masquerade

. tests/lib/common.sh
. tests/lib/charon.sh
. tests/lib/gated.sh

# proved TEXT NAME...: the newest epoch of each is proved, and IKE's newest
proved()
{
	local text=$1 name

	shift
	for name; do
		check "$text: proved at $name" wait_for 10 "the proof" gated_proved "$name"
		is "$(gated_newest "$name" out-spi)" "0x$(newest_spi "$name" out)" \
			"$text: it is the newest pair at $name"
	done
	is "$(ping_count "${C[1]}" "$(inner_client 1)" "$INNER_S" 5)" 5 \
		"$text: packets arrive"
	if [ "$tap_failed" != "${failed_before:-0}" ]; then
		failed_before=$tap_failed
		gated_diag client1
		gated_diag server
	fi
}

# newest_spi NAME in|out: of the CHILD_SA that was installed last
newest_spi()
{
	charon_sas "$1" | awk -v way="$2" '
		$2 ~ /^#/ { use = /, INSTALLED/ }
		use && $1 == way { spi = $2 }
		END { sub(",", "", spi); print spi }'
}

# rekey NAME: CHILD_SA, and wait until both ends have the new one only
rekey()
{
	local old

	old=$(newest_spi client1 out)
	must charon_ctl "$1" --rekey --child net
	wait_for 10 "the rekeyed SA" rekeyed "$old" || charon_diag "$1"
}
rekeyed() { charon_established client1 && [ "$(newest_spi client1 out)" != "$1" ]; }

one_epoch() { [ "$(gated_epochs client1 | jq length)" = 1 ]; }

topo_new 1
nat_on
charon_install
epoch_load
charon_inner
charon_conns client1 "$(charon_client_conn 1)"
charon_conns server "$(charon_server_conn)"
charon_settings client1 "plain_esp = both
	gate = client"
charon_settings server "plain_esp = both"
charon_spawn server "$S"
charon_spawn client1 "${C[1]}"
charon_ready server
charon_ready client1

# --- the client only
charon_up client1
proved "stock server" client1
is "$(gated_tunnels client1)" client1.net "the tunnel has the names of charon"
is "$(gated_newest client1 target) $(gated_newest client1 source)" \
	"$INNER_S $(inner_client 1)" "the addresses are from the traffic selectors"
rekey client1
proved "stock server, rekeyed by the client" client1
rekey server
proved "stock server, rekeyed by the server" client1
is "$(gated_stat client1 born) $(gated_stat client1 announced)" "3 3" \
	"three epochs were gated from birth and announced"
is "$(gated_stat server tunnels)" 0 "the server's module knows of nothing"

# another connection to the same server, which has no gate, must not be held
must ip -n "${C[1]}" addr add 10.98.1.1/32 dev lo
charon_conns client1 "$(charon_client_conn 1)
$(charon_client_conn 1 | sed 's/client1/other/; s/id = client1/id = other/; s/net {/more {/; s|local_ts.*|local_ts = 10.98.1.1/32|')"
charon_settings client1 "plain_esp = both
	connections { client1 { gate = client } }"
must charon_ctl client1 --initiate --child more --timeout 20
is "$(ping_count "${C[1]}" 10.98.1.1 "$INNER_S" 5)" 5 \
	"a connection without a gate to the same server: packets arrive"
is "$(gated_epochs client1 | jq length)" 1 \
	"a connection without a gate to the same server: it has no epoch"
must charon_ctl client1 --rekey --child more
wait_for 10 "one epoch" one_epoch
is "$(gated_epochs client1 | jq length)" 1 \
	"a connection without a gate to the same server: nor when it is rekeyed"
must charon_ctl client1 --terminate --ike other

charon_drop client1
wait_for 10 "the epochs to go" gated_none client1
is "$(gated_epochs client1)" "[]" "deleted: no epochs are left at the client"
is "$(gated_tunnels client1)" client1.net "deleted: the client's tunnel stays"
wait_for 10 "the server to delete its SAs" charon_established server 0

# --- both ends
charon_settings server "plain_esp = both
	gate = server"
charon_up client1
proved "both" client1 server
check "both: the server's tunnel has the number of its IKE_SA" \
	grep -qx 'clients.net#[0-9]*' <<<"$(gated_tunnels server)"
is "$(gated_tunnel server "$(gated_tunnels server)" ceiling)" 1000 \
	"both: the server's ceiling is 1000 ms"
rekey client1
proved "both, rekeyed by the client" client1 server
rekey server
proved "both, rekeyed by the server" client1 server
is "$(gated_stat client1 ceiling) $(gated_stat server ceiling)" "0 0" \
	"no gate was closed for too long"

# the IKE_SA is replaced: the tunnel goes on
old=$(gated_tunnels server)
must charon_ctl client1 --rekey --ike client1
rekey server
proved "both, IKE_SA rekeyed, then its CHILD_SA" client1 server
is "$(gated_tunnels server)" "$old" "IKE_SA rekeyed: the server's tunnel stays"

must charon_ctl client1 --rekey --ike client1 --reauth
wait_for 10 "the new IKE_SA" charon_established client1
proved "both, reauthenticated" client1 server
is "$(gated_tunnels server | wc -w)" 1 "reauthenticated: the server has one tunnel"

# both daemons are killed and start again, the kernel keeps what it has till then
charon_kill client1
charon_kill server
is "$(gated_tunnels server | wc -w)" 1 "killed: the kernel has the server's tunnel"
charon_start server "$S"
charon_start client1 "${C[1]}"
wait_for 10 "the old tunnel to go" gated_untunneled server
is "$(gated_tunnels server)" "" "started again: the old tunnel is gone"
charon_up client1
proved "both, started again" client1 server

charon_drop client1
wait_for 10 "the server to delete its SAs" charon_established server 0
wait_for 10 "the server's tunnel to go" gated_untunneled server
is "$(gated_tunnels server)" "" "deleted: the server's tunnel is gone"

# --- off again
charon_mark
charon_settings client1 "plain_esp = both"
charon_settings server "plain_esp = both"
wait_for 5 "the client's tunnel to go" gated_untunneled client1
is "$(gated_tunnels client1)" "" "gate = no: the client's tunnel is gone"
note "$(grep "since the start" "$charon_dir/client1/log" | tail -n 1)"
check "what was done is logged with a reload" charon_said_so client1 \
	"epochs announced, 0 CHILD_SAs not gated, 0 rekeyed"
charon_up client1
is "$(ping_count "${C[1]}" "$(inner_client 1)" "$INNER_S" 5)" 5 \
	"gate = no: packets arrive"
is "$(gated_epochs client1)" "[]" "gate = no: nothing is gated"
plan "$tap_count"
