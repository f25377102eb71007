# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 300
#
# What can't be gated is said in a sentence and never silently left without a
# gate: no kernel module, IPComp, traffic selectors that carry no echo, a target
# outside of them, settings that do not fit. What on_ceiling says is done then.
#
#  client1 ---- lan0 [R] wan0 ---- server
#                masquerade

. tests/lib/common.sh
. tests/lib/charon.sh
. tests/lib/gated.sh

base="plain_esp = both"
gate="$base
	gate = client"

gated_has_default()
{
	[ "$(gated_tunnel client1 client1.net ceiling)" = 10000 ]
}

# begin CLIENT_SETTINGS [CHILD_LINES]: a case, from a clean state
begin()
{
	charon_drop client1
	wait_for 10 "the server to delete its SAs" charon_established server 0
	charon_mark
	charon_settings client1 "$1"
	charon_conns client1 "$(charon_client_conn 1 "" "${2:-}")"
	charon_conns server "$(charon_server_conn "" "${3:-}")"
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

# works TEXT, blocked TEXT: do packets arrive?
works()
{
	is "$(ping_count "${C[1]}" "$(inner_client 1)" "$INNER_S" 5)" 5 "$1"
}
blocked()
{
	is "$(ping_count "${C[1]}" "$(inner_client 1)" "$INNER_S" 3)" 0 "$1"
}

topo_new 1
nat_on
charon_install
charon_inner
charon_conns client1 "$(charon_client_conn 1)"
charon_conns server "$(charon_server_conn)"
charon_settings server "$base"
charon_spawn server "$S"
charon_spawn client1 "${C[1]}"
charon_ready server
charon_ready client1

# --- the module is absent
begin "$gate"
charon_up client1
says client1 "CHILD_SA 'net' of connection 'client1' is not gated, as its gate \
needs the kernel module spinat_epoch and that is not loaded: run \
'modprobe spinat_epoch'" "no module: the sentence tells what to do"
works "no module, on_ceiling = open: packets arrive"
charon_mark
epoch_load
check "the module is loaded: the tunnel that is up gets its gate" \
	wait_for 10 "the proof" gated_proved client1
says client1 "the kernel module spinat_epoch was loaded" \
	"the module is loaded: charon noticed"
works "the module is loaded: packets arrive"
old=$(gated_newest client1 out-spi)
epoch_unload
works "the module is unloaded: packets arrive"
must charon_ctl client1 --rekey --child net
wait_for 10 "the rekeyed SA" charon_established client1
works "the module is unloaded, rekeyed: packets arrive"
epoch_load
check "the module is loaded again: the new SAs get their gate" \
	wait_for 10 "the proof" gated_proved client1
check "and they are not the old ones" [ "$old" != "$(gated_newest client1 out-spi)" ]

charon_drop client1
epoch_unload
begin "$gate
	on_ceiling = drop"
if charon_initiate client1; then
	fail "no module, on_ceiling = drop: no CHILD_SA"
else
	ok "no module, on_ceiling = drop: no CHILD_SA"
fi
says client1 "CHILD_SA 'net' of connection 'client1' is refused, as its gate \
needs the kernel module" "no module, on_ceiling = drop: the sentence"
epoch_load

# --- IPComp
begin "$gate" "ipcomp = yes" "ipcomp = yes"
charon_up client1
says client1 "CHILD_SA 'net' of connection 'client1' can't be gated and is \
open, as on_ceiling = open, because it uses IPComp" "IPComp: the sentence"
works "IPComp, on_ceiling = open: packets arrive"
is "$(gated_epochs client1)" "[]" "IPComp, on_ceiling = open: no epoch is left"
begin "$gate
	on_ceiling = drop" "ipcomp = yes" "ipcomp = yes"
charon_up client1
says client1 "can't be gated and stays closed, as on_ceiling = drop, because \
it uses IPComp" "IPComp, on_ceiling = drop: the sentence"
blocked "IPComp, on_ceiling = drop: no packet gets out"

# --- traffic selectors
begin "$gate" "remote_ts = $INNER_S/32[udp/9]" "local_ts = $INNER_S/32[udp/9]"
charon_up client1
says client1 "because its traffic selectors are restricted to protocols or \
ports" "UDP only: the sentence"
is "$(gated_epochs client1)" "[]" "UDP only, on_ceiling = open: no epoch is left"
begin "$gate
	target = 192.0.2.1"
charon_up client1
says client1 "because the configured target is not in its remote traffic \
selector" "a target outside: the sentence"
works "a target outside, on_ceiling = open: packets arrive"
begin "$gate
	target = 192.0.2.1, $INNER_S
	source = $(inner_client 1)"
charon_up client1
check "a list of targets: proved" wait_for 10 "the proof" gated_proved client1

# --- settings
begin "$gate
	gate = maybe
	tries = 0
	ceiling = 5
	budget = much
	on_ceiling = never
	target = here
	refuse_rekey = perhaps
	initial_contact = all"
for setting in "gate = maybe in the spinat section, using 'no': set it to no, \
client or server" "tries = 0 in the spinat section, using the default: set it \
to a number from 1 to 1000" "ceiling = 5 in" "budget = much in" \
	"on_ceiling = never in the spinat section, using 'open'" \
	"target = here in" "refuse_rekey = perhaps in" "initial_contact = all in"; do
	says client1 "invalid $setting" "invalid ${setting%% in *} is named"
done
begin "$gate
	ping_min = 500
	ping_max = 400"
charon_up client1
says client1 "making the tunnel 'client1.net' failed: ping-max must not be \
below ping-min" "settings that do not fit: the kernel's sentence"
check "settings that do not fit: proved with the defaults" \
	wait_for 10 "the proof" gated_proved client1
is "$(gated_tunnel client1 client1.net ping-min)" 30 \
	"settings that do not fit: the kernel has the defaults"
begin "$gate
	connections { client1 {
		ceiling = 7000
		idle_interval = 0
		budget = 16000000
	} }"
charon_up client1
is "$(gated_tunnel client1 client1.net ceiling) $(gated_tunnel client1 \
	client1.net idle-interval) $(gated_tunnel client1 client1.net budget)" \
	"7000 0 16000000" "settings of a connection reach the kernel"
charon_settings client1 "$gate"
wait_for 5 "the default" gated_has_default
is "$(gated_tunnel client1 client1.net ceiling)" 10000 \
	"and are the defaults again after a reload"
check "the tunnel is still gated" wait_for 10 "the proof" gated_proved client1
plan "$tap_count"
