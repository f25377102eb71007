#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# time: 150
#
# "spinat epoch" where no SA is needed: limits, counters, tunnels and all their
# settings, every refusal of those with its sentence, who is allowed to ask.
# Verbs that need SAs are in epoch-tool-live.sh; what the tool itself refuses
# before it asks the kernel is in tests/host/tool-*.sh.
#
#	A, B	two empty namespaces

. tests/lib/common.sh
. tests/lib/netlink.sh

must modprobe -a xfrm_user nf_conntrack
epoch_load
ns_new A a
ns_new B b
nl_ns=$A

# tunnel_json NAME JQ-PROGRAM: of one tunnel
tunnel_json()
{
	"$SPINAT" -j -n "$A" epoch tunnels name "$1" | jq -cr ".[0] | $2"
}

# --- what there is at the beginning

golden epoch-tool-config "the limits in force are the documented defaults" \
	-j epoch config
golden epoch-tool-stats "all counters are there, and 0" -j epoch stats
prints '[]' "no epochs are an empty array" -j epoch show
prints '[]' "no tunnels are an empty array" -j epoch tunnels
says 'spinat: epoch show: no epochs; they appear when SAs to the peer of a tunnel do' \
	"no epochs: that is explained" epoch show
says 'spinat: epoch show: no epoch matches; "spinat epoch show" lists all' \
	"none of that name: that, too" epoch show tunnel none
says 'spinat: epoch tunnels: no tunnels; "spinat epoch set" makes one' \
	"no tunnels: that, too" epoch tunnels

# --- tunnels

accepts epoch set name home peer 192.0.2.1 role client
golden epoch-tool-tunnel "a new tunnel has the documented defaults" \
	-j epoch tunnels name home
# The man page says "N unless set" of each number.
wrong=''
while read -r key value; do
	awk -v key="$key" -v said="; $value unless set" '
		{ gsub(/\\-/, "-") }
		/^\.SS/ { inside = /spinat epoch set$/ }
		/^\.TP/ { current = "" }
		/^\.BR? / && inside && $2 == key { current = key }
		current && index($0, said) { found = 1 }
		END { exit !found }' userspace/man/spinat.8 || wrong+=" $key=$value"
done < <(tunnel_json home '{"ping-min", "ping-max", tries, "stale-after",
	"idle-interval", ceiling, rekeys, retry, "retry-max", "hold-packets",
	"hold-bytes"} | to_entries[] | "\(.key) \(.value)"')
is "$wrong" "" "the man page has the same defaults"

accepts epoch set name 'say "hi", Straße' peer 2001:db8::1 role server \
	target 10.99.0.1 source 10.98.0.1 if-id 7 mark 0xff \
	ceiling 1000 on-ceiling drop budget 18446744073709551615
is "$(tunnel_json 'say "hi", Straße' '[.name, .peer, .role, .target, .source,
	."if-id", .mark, .ceiling, ."on-ceiling"] | join(" ")')" \
	'say "hi", Straße 2001:db8::1 server 10.99.0.1 10.98.0.1 7 255 1000 drop' \
	"everything that is set is shown"
tool -j epoch tunnels
is "$(grep -c '"budget": 18446744073709551615' <<<"$out")" 1 \
	"a budget may have 64 bits"
is "$(jq -r '.[].name' <<<"$out" | sort)" $'home\nsay "hi", Straße' \
	"both tunnels are listed"
tool epoch tunnels
same "$(sort <<<"$out" | sed 's/ \+/ /g')" \
	"$(sed 's/ \+/ /g' tests/golden/epoch-tool-tunnels)" "also as a table"
tool epoch tunnels name home
is "$(awk '$1 == "ceiling" { print $2, $3 }' <<<"$out")" "10000 ms" \
	"one tunnel is told in full"
is "$(wc -l <<<"$out")" 27 "with all 27 attributes"
tool -j epoch stats
is "$(jq .tunnels <<<"$out")" 2 "they are counted"
nl_ns=$B
prints '[]' "another namespace has none of them" -j epoch tunnels
nl_ns=$A

# One setting changes, the others stay.
before=$(tunnel_json home 'del(.tries)')
accepts epoch set name home tries 3
is "$(tunnel_json home .tries)" 3 "a setting is changed"
same "$(tunnel_json home 'del(.tries)')" "$before" "and no other"
accepts epoch set name home peer 192.0.2.9 target fd00::1 source fd00::2
is "$(tunnel_json home '[.peer, .target, .role] | join(" ")')" \
	"192.0.2.9 fd00::1 client" "a tunnel may get another peer"

# --- refusals about tunnels

refuses 'The role is required: client or server' \
	epoch set name new peer 192.0.2.1
refuses 'No such tunnel; a new one needs a peer' epoch set name new role client
refuses 'A ping needs both, a source and a target' \
	epoch set name home target 10.0.0.1
refuses 'The source must be a unicast address' \
	epoch set name home source 224.0.0.1 target 10.0.0.1
refuses 'The target must be a unicast address' \
	epoch set name home source fd00::1 target ff02::1
refuses "The unspecified address is nobody's (in peer)" \
	epoch set name home peer 0.0.0.0
refuses 'No such tunnel (in name)' epoch tunnels name new
refuses 'No such tunnel (in name)' epoch unset name new
is "$(tunnel_json home '[.peer, .target, .tries] | join(" ")')" \
	"192.0.2.9 fd00::1 3" "what is refused changes nothing"
while read -r key below above range; do
	[ "$below" = - ] ||
		refuses "$key must be from ${range/-/ to }" \
			epoch set name home "$key" "$below"
	refuses "$key must be from ${range/-/ to }" \
		epoch set name home "$key" "$above"
	# the other end of a pair as wide as can be: the two must agree
	must "$SPINAT" -n "$A" epoch set name range peer 192.0.2.1 role client \
		ping-max 600000 retry-max 86400000
	accepts epoch set name range "$key" "${range%-*}"
	accepts epoch set name range "$key" "${range#*-}"
	must "$SPINAT" -n "$A" epoch unset name range
done <<END
ping-min 19 10001 20-10000
tries 0 1001 1-1000
ceiling 9 3600001 10-3600000
rekeys - 1001 0-1000
retry 99 3600001 100-3600000
hold-packets - 65537 0-65536
hold-bytes - 268435457 0-268435456
END
refuses 'ping-max must be from 20 to 600000' epoch set name home ping-max 19
refuses 'ping-max must be from 20 to 600000' epoch set name home ping-max 600001
refuses 'ping-max must not be below ping-min' epoch set name home ping-max 29
# The one that is not given is not named as the culprit.
refuses 'ping-max must not be below ping-min' epoch set name home ping-min 1001
refuses 'retry-max must be from 100 to 86400000' epoch set name home retry-max 99
refuses 'retry-max must be from 100 to 86400000' \
	epoch set name home retry-max 86400001
refuses 'retry-max must not be below retry' epoch set name home retry-max 2999
refuses 'stale-after must be 0 or from 100 to 3600000' \
	epoch set name home stale-after 99
accepts epoch set name home stale-after 0
accepts epoch set name home stale-after 100
refuses 'idle-interval must be 0 or from 1000 to 86400000' \
	epoch set name home idle-interval 999
accepts epoch set name home idle-interval 0
accepts epoch set name home idle-interval 1000
before=$(tunnel_json home .)
refuses 'tries must be from 1 to 1000' \
	epoch set name home peer 192.0.2.7 ceiling 20 tries 0
same "$(tunnel_json home .)" "$before" \
	"of several settings with a bad one none is changed"

# --- refusals about epochs where there is none

refuses 'No such epoch' epoch show out-spi 0x1000
refuses "The unspecified address is nobody's" epoch show peer ::
refuses 'No such tunnel' \
	epoch add tunnel new out-spi 0x1000 in-spi 0x2000
refuses 'No valid ESP SA to the peer has this SPI (in out-spi)' \
	epoch add tunnel home out-spi 0x1000 in-spi 0x2000
refuses 'The tunnel has another peer' \
	epoch add tunnel home peer 192.0.2.1 out-spi 0x1000 in-spi 0x2000
refuses 'A ping needs both, a source and a target' \
	epoch add tunnel home out-spi 0x1000 in-spi 0x2000 source 10.0.0.1
for verb in del ping open close; do
	refuses 'No such epoch' epoch $verb tunnel home
	refuses 'No such epoch' epoch $verb out-spi 0x1000 peer 192.0.2.9
	refuses 'Which epoch? A tunnel or an out-SPI is required' \
		epoch $verb peer 192.0.2.9
done

# --- limits

accepts epoch config max-epochs 100 hold-bytes 0
tool epoch config
same "$(awk '{ print $1, $2 }' <<<"$out" | paste -sd ' ')" \
	"max-tunnels 65536 max-epochs 100 hold-packets 16384 hold-bytes 0" \
	"limits are what they were set to"
nl_ns=$B
golden epoch-tool-config "those of another namespace are what they were" \
	-j epoch config
nl_ns=$A
while read -r key below above range; do
	[ "$below" = - ] ||
		refuses "$key must be from ${range/-/ to }" \
			epoch config "$key" "$below"
	refuses "$key must be from ${range/-/ to }" epoch config "$key" "$above"
	accepts epoch config "$key" "${range%-*}"
	accepts epoch config "$key" "${range#*-}"
done <<END
max-tunnels 0 1048577 1-1048576
max-epochs 0 1048577 1-1048576
hold-packets - 1048577 0-1048576
hold-bytes - 1073741825 0-1073741824
END
tool -j epoch config
before=$out
refuses 'max-epochs must be from 1 to 1048576' \
	epoch config max-tunnels 5 max-epochs 0
prints "$before" "of several limits with a bad one none is changed" \
	-j epoch config
accepts epoch config max-tunnels 2
refuses 'There are as many tunnels as max-tunnels allows' \
	epoch set name third peer 192.0.2.3 role client
accepts epoch set name home tries 5
accepts epoch unset name home
accepts epoch set name third peer 192.0.2.3 role client
is "$(unshare -Urn sh -c "'$SPINAT' epoch config max-epochs 4000 &&
	'$SPINAT' epoch config max-epochs 4001" 2>&1)" \
	"spinat: epoch config: Raising this needs CAP_NET_ADMIN in the initial user namespace (in max-epochs)" \
	"root of a user namespace may lower his limits, not raise them"

# --- more than one message of a dump

accepts epoch config max-tunnels 1000
for i in {1..300}; do
	echo "epoch set name many$i peer 192.0.2.$((i % 250 + 1)) role client"
done >"$TMP/many"
while read -r -a words; do
	must "$SPINAT" -n "$A" "${words[@]}"
done <"$TMP/many"
tool -j epoch tunnels
is "$(jq length <<<"$out") $(jq -r '.[].name' <<<"$out" | sort -u | wc -l)" \
	"302 302" "302 tunnels are listed, each once"

# --- who may ask

rights='the kernel wants CAP_NET_ADMIN in this network namespace; run it as root'
while read -r -a words; do
	message=$(in_ns "$A" timeout 10 setpriv --bounding-set=-net_admin \
		"$SPINAT" epoch "${words[@]}" 2>&1 </dev/null)
	is "$?|$message" "1|spinat: epoch ${words[0]}: $rights" \
		"without CAP_NET_ADMIN: epoch ${words[*]}"
done <<END
show
show out-spi 0x1000
tunnels
tunnels name third
stats
config
config max-epochs 1
set name third tries 1
unset name third
add tunnel third out-spi 0x1000 in-spi 0x2000
del tunnel third
ping tunnel third
open tunnel third
close tunnel third
monitor
END
message=$(in_ns "$A" unshare -Ur "$SPINAT" epoch show 2>&1)
is "$message" "spinat: epoch show: $rights" \
	"root of a user namespace may not ask about the network of another"
is "$(unshare -Urn "$SPINAT" -j epoch show 2>&1)" '[]' \
	"but may ask about his own"

epoch_unload
refuses 'the kernel module spinat_epoch is not loaded; load it with: modprobe spinat_epoch' \
	epoch show
plan "$tap_count"
