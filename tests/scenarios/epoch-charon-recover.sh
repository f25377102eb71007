# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 500
#
# What gets a stuck tunnel going again without a person, by charon's jobs: the
# kernel asks for new CHILD_SAs and then for a new IKE_SA. With a stock server,
# and charon's settings for dead peers left at "do nothing".
#
#  client1 ---- lan0 [R] wan0 ---- server
#                masquerade

. tests/lib/common.sh
. tests/lib/charon.sh
. tests/lib/gated.sh

no_drops() { [ -z "$(charon_ctl client1 --list-pols)" ]; }

# traffic_start, traffic_stop: the client's, so that it notices
traffic_start()
{
	in_ns "${C[1]}" ping -q -i 0.2 -I "$(inner_client 1)" "$INNER_S" \
		>/dev/null 2>&1 &
	traffic=$!
}
traffic_stop() { kill "$traffic" 2>/dev/null; }

# answered: does a packet come back?
answered()
{
	in_ns "${C[1]}" ping -q -c 1 -W 1 -I "$(inner_client 1)" "$INNER_S"
}

# recovers SECONDS TEXT: from now on
recovers()
{
	local begin

	begin=$(now_ms)
	if wait_for "$1" "the tunnel" answered; then
		ok "$2: recovered within $1 s"
		note "$2: after $(($(now_ms) - begin)) ms"
	else
		fail "$2: recovered within $1 s"
		gated_diag client1
		charon_diag client1
	fi
	check "$2: proved" wait_for 10 "the proof" gated_proved client1
	wait_for 5 "a single CHILD_SA" charon_established client1
	is "$(charon_sas client1 | grep -c ', INSTALLED')" 1 "$2: there is one CHILD_SA"
}

# said NAME SENTENCE TEXT
said()
{
	if charon_said_so "$1" "$2"; then
		ok "$3"
	else
		fail "$3"
		charon_diag "$1"
	fi
}

# clear_watch, clear_seen: packets that leave the client in clear text
clear_watch()
{
	in_ns "$R" nft -f - <<-END || bail "nft refused to watch for clear text"
		table inet clear {
			counter seen { }
			chain pre {
				type filter hook prerouting priority -400
				ip saddr { 10.98.0.0/16, 10.99.0.0/16 } counter name seen
			}
		}
	END
}
clear_seen()
{
	in_ns "$R" nft list counter inet clear seen |
		sed -n 's/.*packets \([0-9]\+\) .*/\1/p'
}

# path_cut RULE..., path_mend: the router drops what matches
path_cut()
{
	in_ns "$R" nft -f - <<-END || bail "nft refused to cut the path"
		table inet cut {
			chain pre {
				type filter hook prerouting priority -300
				$*
			}
		}
	END
}
path_mend() { must in_ns "$R" nft delete table inet cut; }

topo_new 1
nat_on
charon_install
epoch_load
charon_inner
charon_conns client1 "$(charon_client_conn 1)"
charon_conns server "$(charon_server_conn)"
charon_settings client1 "plain_esp = both
	gate = client
	retry = 1000
	retry_max = 8000"
charon_settings server "plain_esp = both"
charon_spawn server "$S"
charon_spawn client1 "${C[1]}"
charon_ready server
charon_ready client1
charon_up client1
check "proved" wait_for 10 "the proof" gated_proved client1
traffic_start

clear_watch

# --- a pair of SAs that does not work: its ESP is dropped, no other's
charon_mark
bad=$(gated_newest client1 out-spi)
path_cut "esp spi $bad drop"
recovers 30 "one pair of SAs is dropped"
path_mend
said client1 "no proof of 'client1.net' by epoch" "one pair of SAs is dropped: rekeyed"
if charon_said_so client1 "starting a new IKE_SA"; then
	fail "one pair of SAs is dropped: the IKE_SA stays"
else
	ok "one pair of SAs is dropped: the IKE_SA stays"
fi

# --- the server starts again and knows nothing
charon_mark
charon_kill server
charon_start server "$S"
recovers 40 "the server starts again"
said client1 "starting a new IKE_SA" "the server starts again: by a new IKE_SA"

# --- the server is gone for a while, with a rekeying under way: the exchange
# without an answer is no obstacle, and there is no storm meanwhile
charon_mark
path_cut "iifname wan0 drop"
charon_ctl client1 --rekey --child net --timeout 1 >/dev/null 2>&1
wait_for 40 "a new IKE_SA" charon_said_so client1 "starting a new IKE_SA"
wan_watch
charon_kill server
charon_start server "$S"
wait_for 30 "some tries" wan_seen_some ike500 3
note "gone: $(wan_seen ike500) first packets of IKE_SAs, $(wan_seen ike4500) others"
check "the server is gone: no storm" [ "$(wan_seen ike500)" -lt 30 ]
path_mend
recovers 60 "the server is gone and comes back"

is "$(clear_seen)" 0 "while there were no SAs nothing left in clear text"
wait_for 10 "the drop policies to go" no_drops
is "$(charon_ctl client1 --list-pols)" "" "the drop policies are gone"

# --- the NAT forgets everything, and takes time to come back
charon_mark
path_cut "meta l4proto { esp, udp } drop"
must in_ns "$R" conntrack -F
wait_for 30 "the gate to notice" charon_said_so client1 "no proof of"
path_mend
must in_ns "$R" conntrack -F
recovers 40 "the NAT starts again"

# --- the client's address changes and IKE has no MOBIKE
traffic_stop
charon_drop client1
wait_for 10 "the server to delete its SAs" charon_established server 0
charon_conns client1 "$(charon_client_conn 1 "version = 2
	mobike = no")"
charon_up client1
traffic_start
ip_batch "${C[1]}" <<-END
	addr del 10.0.1.1/16 dev eth0
	addr add 10.0.1.77/16 dev eth0
	route replace default via 10.0.0.1
	route replace $INNER_S/32 via 10.0.0.1 src $(inner_client 1)
END
must in_ns "$R" conntrack -F
recovers 40 "another address, no MOBIKE"

# --- charon gives up an unanswered exchange before the kernel asks for more
charon_settings client1 "plain_esp = both
	gate = client
	retry = 5000
	retry_max = 8000" "retransmit_tries = 1
	retransmit_timeout = 0.5"
traffic_stop
charon_drop client1
wait_for 10 "the server to delete its SAs" charon_established server 0
charon_up client1
check "proved" wait_for 10 "the proof" gated_proved client1
traffic_start
must in_ns "$R" nft reset counters table inet clear
charon_mark
charon_kill server
wait_for 40 "charon to give up" charon_said_so client1 "initiating it again"
said client1 "'client1.net' is down, initiating it again" \
	"charon gives up: the plugin does not"
check "charon gives up: what the tunnel would carry is dropped" \
	grep -q DROP <<<"$(charon_ctl client1 --list-pols)"
charon_start server "$S"
recovers 40 "charon gives up, and the server comes back"
is "$(clear_seen)" 0 "charon gives up: nothing leaves in clear text"

# --- the path works, but nothing answers the pings: data goes on after the
# ceiling, and the log names what else it can be
charon_mark
must in_ns "$S" sysctl -qw net.ipv4.icmp_echo_ignore_all=1
charon_ctl client1 --rekey --child net >/dev/null 2>&1
wait_for 90 "the log to tell" charon_said_so client1 "nothing answers the pings"
said client1 "target must be an address of that peer that answers" \
	"nothing answers pings: the log says what to do"
must in_ns "$S" sysctl -qw net.ipv4.icmp_echo_ignore_all=0
recovers 60 "something answers again"

# --- without a gate there is nobody to try
charon_mark
charon_kill server
wait_for 40 "charon to give up" charon_said_so client1 "initiating it again"
charon_settings client1 "plain_esp = both"
wait_for 30 "the tries to end" charon_said_so client1 "is given up"
said client1 "'client1.net' is given up" "gate = no: the tries end"
wait_for 10 "the drop policies to go" no_drops
is "$(charon_ctl client1 --list-pols)" "" "gate = no: the drop policies are gone"
charon_start server "$S"
charon_settings client1 "plain_esp = both
	gate = client"
charon_up client1
wait_for 10 "the proof" gated_proved client1

# --- charon ends itself by kill -9: traffic flows on, and the next one takes over
charon_mark
{
	kill -KILL "${charon_pid[client1]}"
	wait "${charon_pid[client1]}"
} 2>/dev/null
unset "charon_pid[client1]"
is "$(ping_count "${C[1]}" "$(inner_client 1)" "$INNER_S" 5)" 5 \
	"charon is killed: packets arrive"
must ip -n "${C[1]}" xfrm state flush
must ip -n "${C[1]}" xfrm policy flush
charon_start client1 "${C[1]}"
charon_up client1
recovers 10 "charon is started again"
traffic_stop
plan "$tap_count"
