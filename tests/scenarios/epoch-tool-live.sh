#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# time: 150
#
# "spinat epoch" with SAs: what a tunnel with static keys shows and says in each
# state, ping, open and close, events, warnings, and the refusals that need SAs.
# The server is a stock one. epoch-tool.sh has what needs no SA.
#
#	C[1] 10.98.0.1 -- R (masquerade) -- S 10.99.0.1

. tests/lib/epoch.sh
. tests/lib/netlink.sh

lab
epoch_load
nl_ns=$A
spi() { printf '0x%08x' "$1"; }
P="peer $SERVER"
EPOCH1="tunnel t $P out-spi $(spi $O1) in-spi $(spi $I1)"

# --- born

accepts epoch set name t peer "$SERVER" role client source "$IC" target "$IS" \
	idle-interval 0 stale-after 0 ceiling 3600000 tries 1000 ping-max 200
path_cut both
events_start c
"$SPINAT" -n "$A" epoch monitor >"$TMP/monitor" 2>"$TMP/monitor.err" &
monitor=$!
wait_for 5 "the second monitor to listen" monitors "$monitor"
sas_add $O1 $I1
wait_epoch c $O1 born
tool -j epoch show
same "$(jq -c '.[] | del(.age, ."state-age")' <<<"$out")" \
	"{\"tunnel\":\"t\",\"peer\":\"$SERVER\",\"local\":\"$LOCAL\",\"out-spi\":\"$(spi $O1)\",\"target\":\"$IS\",\"source\":\"$IC\",\"state\":\"born\",\"tries\":0,\"stall\":0,\"held\":0,\"held-bytes\":0,\"held-total\":0,\"held-dropped\":0,\"pings\":0,\"proofs\":0,\"answers\":0,\"refused\":0}" \
	"born, as JSON: no in-SPI, no proof, no packet"
tool epoch show
same "$(sed -E 's/ [0-9]+(m?s) / N\1 /; s/ +/ /g' <<<"$out" | tail -n 1 |
	sed 's/Nms/Ns/')" \
	"t $SERVER $(spi $O1) - born Ns - - - 0 0 0 unproved" "and as a table"
for verb in ping close; do
	refuses 'The epoch was not announced yet: its in-SPI is not known' \
		epoch $verb tunnel t
done

# --- refusals of an announcement

refuses "No valid ESP SA to the out-SA's source address has this SPI (in in-spi)" \
	epoch add tunnel t out-spi $O1 in-spi $I2
refuses 'No valid ESP SA to the peer has this SPI (in out-spi)' \
	epoch add tunnel t out-spi $O2 in-spi $I1
# shellcheck disable=SC2086
refuses 'A ping needs both, a source and a target' \
	epoch add $EPOCH1 target 10.99.0.1
refuses 'The tunnel has another peer' \
	epoch add tunnel t peer 192.0.2.77 out-spi $O1 in-spi $I1
accepts epoch set name bare peer "$SERVER" role client
refuses 'A client needs a source and a target to ping, here or in its tunnel' \
	epoch add tunnel bare out-spi $O1 in-spi $I1
accepts epoch unset name bare
is "$(epoch_get c $O1 state)" born "what was refused changed nothing"

# --- announced

# shellcheck disable=SC2086
accepts epoch add $EPOCH1
is "$(epoch_of c $O1 | jq -r '[.state, ."in-spi"] | join(" ")')" \
	"held $(spi $I1)" "announced: its in-SPI is known"
# shellcheck disable=SC2086
accepts epoch add $EPOCH1
sas_add $O2 $I2
wait_epoch c $O2 born
refuses 'The epoch has another in-SPI, or the in-SPI another epoch (in in-spi)' \
	epoch add tunnel t out-spi $O2 in-spi $I1
refuses 'The epoch has another in-SPI, or the in-SPI another epoch (in in-spi)' \
	epoch add tunnel t out-spi $O1 in-spi $I2
wait_for 5 "some tries" stat_over c pings 4

# --- ping

tool epoch ping tunnel t wait 200
is "$code|$err" \
	"1|spinat: epoch ping: 1 of 1 epochs were not proved within 200 ms" \
	"a ping without an answer fails"
is "$(sed -E 's/tries [0-9]+/tries N/' <<<"$out")" \
	"unproved $EPOCH1 state held tries N" "and says whose"
tool -j epoch ping out-spi $O1 wait 50
is "$code|$(jq -r '[.ping, ."out-spi"] | join(" ")' <<<"$out")" \
	"1|unproved $(spi $O1)" "also as JSON"
policies_set $O1 $I1
flow_start held --rate 20 --drain 300 -- up
wait_for 10 "data to be held" held_over c $O1 3
tool epoch show tunnel t
is "$(awk -v spi="$(spi $O1)" '$3 == spi { print $5, $NF, $7 ~ /ms$/ }' \
	<<<"$out")" "held unproved 1" "the table tells that data is sent and held"
path_mend
check "the path works: open" wait_epoch c $O1 open 10
flow_stop held
whole held up "held data is sent, all of it"
tool epoch ping tunnel t
is "$code|$err" "0|" "a ping with an answer succeeds"
is "$(sed -E 's/rtt [0-9]+/rtt N/' <<<"$out")" \
	"proved $EPOCH1 state open rtt N" "and tells the round trip"
tool -j epoch ping $P out-spi $O1
is "$code|$(jq -r '[.ping, .proved, .rtt > 0] | map(tostring) | join(" ")' \
	<<<"$out")" "0|proved true true" "also as JSON"
path_cut both
tool epoch ping tunnel t wait 300
is "$code|${out%% *}|$err" \
	"1|unproved|spinat: epoch ping: 1 of 1 epochs were not proved within 300 ms" \
	"an older proof is none for this ping"
path_mend
refuses 'No such epoch' epoch ping tunnel t $P out-spi $O3
refuses 'No such epoch' epoch ping tunnel other

# --- what is shown of an epoch that works

tool -j epoch show $P out-spi $O1
is "$(jq -r '.[0] | [.state, .proved, ."lengths-hidden", ."held-total" > 3,
	.stall > 0, .held, ."held-dropped", .proofs >= 2, .pings >= .proofs,
	."received-ago" < 60000] | map(tostring) | join(" ")' <<<"$out")" \
	"open true null true true 0 0 true true true" "one epoch, as JSON"
tool epoch show out-spi $O1
is "$(awk '$1 == "state" || $1 == "proved" || $1 == "rtt" {
	print $1, $2 ~ /^[0-9]+$/ ? "N" : $2 }' <<<"$out" | paste -sd ' ')" \
	"state open proved proved rtt N" "and in full"
is "$(wc -l <<<"$out")" 25 "with all 25 attributes"
tool epoch show
is "$(awk -v spi="$(spi $O1)" '$3 == spi { print $5, NF }' <<<"$out")" \
	"open 12" "the table has nothing to note about it"
tool -j epoch show $P
is "$(jq length <<<"$out")" 2 "both epochs of the peer"
prints '[]' "none of another peer" -j epoch show peer 192.0.2.77
prints '[]' "none of another tunnel" -j epoch show tunnel other
refuses 'No such epoch' epoch show peer 192.0.2.77 out-spi $O1
tool -j epoch tunnels name t
is "$(jq -r '.[0] | [.epochs, .failures, .pings > 4, .proofs >= 2,
	."month-bytes" > 100, ."ping-bytes" == ."month-bytes"] |
	map(tostring) | join(" ")' <<<"$out")" "2 0 true true true true" \
	"the tunnel counts, too"
tool -j epoch stats
is "$(jq -r '[.born, .announced, .proved, .epochs, .tunnels, .held,
	.hold == .release] | map(tostring) | join(" ")' <<<"$out")" \
	"2 1 1 2 1 0 true" "so does the namespace"

# --- close, open, del

path_cut both
accepts epoch close out-spi $O1
is "$(epoch_get c $O1 state) $(epoch_get c $O1 proved)" "held true" \
	"closed: held, but proved once"
accepts epoch open $P out-spi $O1
is "$(epoch_get c $O1 state)" open "opened without a proof"
accepts epoch close tunnel t
path_mend
check "closed again, it is proved anew" wait_epoch c $O1 open 10
accepts epoch del tunnel t out-spi $O2
is "$(epoch_get c $O2 state)" null "an epoch is forgotten"
is "$(epoch_get c $O1 state)" open "another is not"
sas_del $O2 $I2
accepts epoch del tunnel t
prints '[]' "all of a tunnel are" -j epoch show
is "$(ping_count "$A" "$IC" "$IS" 3)" 3 "and data flows without a gate"

# --- events

event_last() { [ "$(tail -n 1 "$TMP/monitor" | cut -d' ' -f1)" = "$1" ]; }
sas_del $O1 $I1
sas_add $O3 $I3
wait_epoch c $O3 born
sa_del c $O3 out
check "the end of an SA is told" wait_for 5 "the last event" event_last gone
want="born announced born proved asked asked asked proved asked asked born gone"
is "$(events c)" "$want" "all events came, in order, as JSON"
is "$(cut -d' ' -f1 "$TMP/monitor" | paste -sd ' ')" "$want" "and as text"
is "$(grep -c -F "proved $EPOCH1 state open proved age " "$TMP/monitor")" 2 \
	"a line of text says which epoch, and its state"
is "$(jq -r 'select(.event == "proved") | [.tunnel, ."out-spi", .failures] |
	map(tostring) | join(" ")' "$TMP/events.c" | sort -u)" \
	"t $(spi $O1) 0" "so does JSON"
is "$(jq -c 'keys | length' "$TMP/events.c" | wc -l)" 12 \
	"each line is an object of its own"
ipsec_flush

# --- SAs that are odd

# A SA's words as the laboratory has them, and more
odd()
{
	SA_ONLY=$1 sas_end c $O1 $I1
	wait_epoch c $O1 born
}

odd "tfcpad 1400"
tool epoch add tunnel t out-spi $O1 in-spi $I1
is "$code|$out|$err" \
	"0||spinat: epoch add: warning: TFC padding hides the lengths of the control pings: they prove the epoch, but no NAT can learn from them" \
	"hidden lengths are a warning"
tool epoch show
is "$(awk -v spi="$(spi $O1)" '$3 == spi { print $(NF - 1), $NF }' <<<"$out")" \
	"unproved, lengths-hidden" "and noted in the table"
tool -j epoch show
is "$(jq '.[0]."lengths-hidden"' <<<"$out")" true "and in JSON"
ipsec_flush
odd "sel proto udp"
refuses "The SA's selector has a protocol that is not ICMP: no control ping can go through it" \
	epoch add tunnel t out-spi $O1 in-spi $I1
ipsec_flush
MODE=transport odd ''
refuses 'The SA is in transport mode: source and target must be its own addresses (with IPComp no control ping can go through it)' \
	epoch add tunnel t out-spi $O1 in-spi $I1
ipsec_flush

# An SA from an address to itself can be both, but not of one epoch.
ip_batch "$A" <<-END
	xfrm state add src 192.0.2.1 dst 192.0.2.1 proto esp spi 0x1000 mode tunnel $(sa_alg 00001000)
	xfrm state add src 192.0.2.1 dst 192.0.2.1 proto esp spi 0x2000 mode tunnel $(sa_alg 00002000)
END
accepts epoch set name self peer 192.0.2.1 role server
refuses 'Out-SPI and in-SPI name one SA (in in-spi)' \
	epoch add tunnel self out-spi 0x1000 in-spi 0x1000
accepts epoch add tunnel self out-spi 0x1000 in-spi 0x2000
refuses 'This SA is the in-SA of another epoch (in out-spi)' \
	epoch add tunnel self out-spi 0x2000 in-spi 0x1000
accepts epoch unset name self
ipsec_flush

# --- limits

prints '[]' "a flush of all SAs leaves no epoch" -j epoch show
accepts epoch unset name t
accepts epoch config max-epochs 1
sas_add $O1 $I1
accepts epoch set name t peer "$SERVER" role server
sas_add $O2 $I2
wait_epoch c $O2 born
refuses 'There are as many epochs as max-epochs allows' \
	epoch add tunnel t out-spi $O1 in-spi $I1
sas_add $O3 $I3
is "$(epoch_stat c ungated)" 1 "an SA past the limit is counted"
accepts epoch add tunnel t out-spi $O2 in-spi $I2
refuses 'Nobody said whom to ping: give its tunnel a source and a target' \
	epoch ping tunnel t
accepts epoch set name t source "$IC" target "$IS"
policies_set $O2 $I2
tool epoch ping tunnel t
is "$code|${out%% *}" "0|proved" "a server pings when it is asked to"

# --- the end of the module

epoch_unload
wait "$monitor"
is "$?|$(<"$TMP/monitor.err")" \
	"1|spinat: epoch monitor: the kernel module spinat_epoch was unloaded" \
	"the end of the module ends the monitor"
plan "$tap_count"
