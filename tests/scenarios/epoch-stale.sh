# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 180
#
# A proven epoch whose path dies: noticed within 10 s of traffic, asked for by
# events with doubling waits, and open again as soon as the path is back. The
# gate does not stop data meanwhile, unless it shall.
#
#	C[1] role client -- R (masquerade, cut at times) -- S stock

. tests/lib/epoch.sh

lab
epoch_load

# watch_events: "MILLISECONDS EVENT FAILURES" of the client into $TMP/times
watch_events()
{
	"$SPINAT" -j -n "$A" epoch monitor |
		while IFS= read -r line; do
			echo "$(now_ms) $line"
		done >"$TMP/lines" &
	wait_for 5 "somebody to listen to events" anybody_listens
}

anybody_listens()
{
	in_ns "$A" awk '$2 == 16 && $4 != "00000000" { n = 1 } END { exit !n }' \
		/proc/net/netlink
}

# at EVENT [NTH]: when it came, ms
at()
{
	grep "\"event\": *\"$1\"" "$TMP/lines" | sed -n "${2:-1}s/ .*//p"
}

# back: when it was opened again
back() { sed -n -E "/\"event\": *\"(proved|heard)\"/s/ .*//p" "$TMP/lines" | sed -n 2p; }
seen_back() { [ -n "$(back)" ]; }

seen() { [ -n "$(at "$@")" ]; }

received_something() { [ "$(epoch_get c $O1 received-ago)" != null ]; }

# --- the path dies under traffic ---------------------------------------------------
tunnel_new c role client ceiling 60000 retry 500 retry-max 2000 rekeys 2
watch_events
sas_add $O1 $I1
announce c $O1 $I1
policies_set $O1 $I1
wait_epoch c $O1 open 5
flow_start life --rate 20 -- up down
wait_for 5 "traffic" received_something
cut_at=$(now_ms)
path_cut both
check "it is stale" wait_for 8 "stale" seen stale
check "after $(($(at stale) - cut_at)) ms, stale-after being 3000" \
	[ $(($(at stale) - cut_at)) -ge 2800 ]
check "then dead" wait_for 10 "dead" seen dead
check "and new SAs are asked for after $(($(at rekey) - cut_at)) ms (at most 10 s)" \
	[ $(($(at rekey) - cut_at)) -le 10000 ]
check "then once more" wait_for 10 "a second request" seen rekey 2
check "then a new IKE session is asked for" wait_for 10 "a session" seen session
check "again and again" wait_for 15 "a third session request" seen session 3
waits="$(($(at rekey 2) - $(at rekey))) $(($(at session) - $(at rekey 2)))"
waits+=" $(($(at session 2) - $(at session))) $(($(at session 3) - $(at session 2)))"
note "waits between the requests: $waits ms"
check "the waits double up to retry-max ($waits)" awk '
	{ exit !($1 >= 450 && $1 < 1300 && $2 >= 950 && $2 < 2300 &&
		$3 >= 1900 && $3 < 4000 && $4 >= 1900 && $4 < 4000) }' <<<"$waits"
is "$("$SPINAT" -j -n "$A" epoch tunnels | jq '.[0].failures')" \
	"$(grep -c -E '"(rekey|session)"' "$TMP/lines")" "the requests are counted"
path_mend
mended_at=$(now_ms)
# by an answer, or by data that the server sends: whichever comes first
check "the path is back: open" wait_for 5 "a proof, or data" seen_back
check "$(($(back) - mended_at)) ms after the path came back (at most 2.5 s)" \
	[ $(($(back) - mended_at)) -le 2500 ]
is "$("$SPINAT" -j -n "$A" epoch tunnels | jq '.[0].failures')" 0 \
	"and no failure is remembered"
flow_stop life
check "what was sent while it was stale or dead was not held back (delay at most $(flow life up delay-max-ms) ms)" \
	[ "$(flow life up delay-max-ms)" -lt 1000 ]
check "the outage lasted from the cut to the mend: $(flow life down gap-ms) ms" \
	[ "$(flow life down gap-ms)" -lt $((mended_at - cut_at + 1500)) ]

# --- one-way traffic ------------------------------------------------------------
# Nothing comes back but the answers to pings: that is no reason to worry.
rekeys=$(epoch_stat c rekey)
pings=$(epoch_stat c pings)
flow_start oneway --rate 20 --for 8000 -- up
flow_wait oneway
is "$(epoch_stat c rekey)" "$rekeys" "one-way traffic asks for no new SAs"
is "$(epoch_get c $O1 state)" open "one-way traffic: open in the end"
check "as $(($(epoch_stat c pings) - pings)) pings were answered" \
	[ "$(epoch_stat c pings)" -gt "$pings" ]
whole oneway up "one-way traffic: nothing is lost"
ipsec_flush

# --- an end that only receives -----------------------------------------------------
# It sends nothing that could go unanswered, but asks when the stream ends; not
# when it would have asked a silent tunnel.
lasted() { [ "$(epoch_get c $O3 state-age)" -gt 13000 ]; }
must gate c unset name t
tunnel_new c role client idle-interval 12000 stale-after 1000
sas_add $O3 $I3
announce c $O3 $I3
policies_set $O3 $I3
wait_epoch c $O3 open 5
pings=$(epoch_stat c pings)
flow_start listen --rate 20 -- down
wait_for 30 "the stream to last for longer than the idle interval" lasted
pings=$(($(epoch_stat c pings) - pings))
stales=$(epoch_stat c stale)
cut_at=$(now_ms)
path_cut down
check "a stream that ends: stale" wait_for 8 "stale" stat_over c stale "$stales"
note "$(($(now_ms) - cut_at)) ms after the cut"
path_mend
check "a stream that ends: open when it goes on" wait_epoch c $O3 open 5
flow_stop listen
check "a stream that lasts costs no pings ($pings)" [ "$pings" -le 2 ]
ipsec_flush

# --- never proved --------------------------------------------------------------
# ceiling open|drop
ceiling()
{
	must gate c unset name t
	tunnel_new c role client ceiling 1000 on-ceiling "$1"
	path_cut down
	sas_add $O2 $I2
	announce c $O2 $I2
	policies_set $O2 $I2
	flow_start "$1" --rate 20 --for 2500 --drain 500 -- up
	check "on-ceiling $1: never proved, dead" wait_epoch c $O2 dead 5
	flow_wait "$1"
	path_mend
	check "on-ceiling $1: open when the path is back" wait_epoch c $O2 open 5
	ipsec_flush
}

ceiling open
whole open up "on-ceiling open: after the ceiling what was held is sent, and the rest"
check "on-ceiling open: held until the ceiling, of the SA's age ($(flow open up delay-max-ms) ms)" \
	[ "$(flow open up delay-max-ms)" -ge 300 ]
ceiling drop
is "$(flow drop up received)" 0 "on-ceiling drop: nothing is sent"
epoch_diag c
plan "$tap_count"
