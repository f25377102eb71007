#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The spinat tool's command line: wrong ones are refused with a sentence that
# says what is wrong, exit code 2 and the usage of the command; help names
# everything that there is.
set -u
# shellcheck source=tests/lib/tool.sh
. "$(dirname "$0")/../lib/tool.sh"

verbs="show clients stats config set pin del flush monitor save restore"
epoch_verbs="show tunnels stats config set unset add del ping open close monitor"
# among WORD...: as a sentence lists them
among()
{
	local list

	printf -v list '%s, ' "$@"
	echo "${list%, }"
}
# shellcheck disable=SC2086
there="there are: $(among $verbs); see: spinat --help"

refuses 2 'spinat: no OBJECT given, there are: masq, epoch; see: spinat --help'
refuses 2 'spinat: unknown object "mask", there are: masq, epoch; see: spinat --help' \
	mask show
refuses 2 "spinat: no VERB given for \"masq\", $there" masq
refuses 2 "spinat: unknown verb \"sho\", $there" masq sho
# shellcheck disable=SC2086
refuses 2 "spinat: unknown verb \"pin\", there are: $(among $epoch_verbs); see: spinat --help" \
	epoch pin
refuses 2 'spinat: masq stats: it takes no keys, but "all" is given' \
	masq stats all
refuses 2 'spinat: masq show: unknown key "peer", it takes: client, server, out-spi, in-spi' \
	masq show peer 192.0.2.1
refuses 2 'spinat: masq show: unknown key "-j", it takes: client, server, out-spi, in-spi' \
	masq show -j
refuses 2 'spinat: masq show: server needs a value' masq show server
refuses 2 'spinat: masq show: server is given twice' \
	masq show server 192.0.2.1 server 192.0.2.1
refuses 2 'spinat: masq set: nothing to set is given' masq set
refuses 2 'spinat: masq restore: only one FILE is read' masq restore a b

pin=(client 10.0.0.2 server 192.0.2.1 out-spi 0x1000 in-spi 0x2000)
for i in 0 2 4 6; do
	without=("${pin[@]:0:i}" "${pin[@]:i+2}")
	refuses 2 "spinat: masq pin: ${pin[i]} is missing" \
		masq pin "${without[@]}"
done
refuses 2 'spinat: masq pin: unknown key "zone", it takes: client, server, public, out-spi, in-spi, evidence, out-seq' \
	masq pin "${pin[@]}" zone 7
refuses 2 'spinat: masq del: server is missing' masq del out-spi 0x1000
refuses 2 'spinat: masq del: out-spi is missing' masq del server 192.0.2.1

add=(tunnel home out-spi 0x1000 in-spi 0x2000)
for i in 0 2 4; do
	without=("${add[@]:0:i}" "${add[@]:i+2}")
	refuses 2 "spinat: epoch add: ${add[i]} is missing" \
		epoch add "${without[@]}"
done
refuses 2 'spinat: epoch add: unknown key "state", it takes: tunnel, peer, out-spi, in-spi, target, source' \
	epoch add "${add[@]}" state open
refuses 2 'spinat: epoch set: name is missing' epoch set peer 192.0.2.1
refuses 2 'spinat: epoch set: nothing to set is given' epoch set name home
refuses 2 'spinat: epoch set: unknown key "proofs", it takes: name, peer, role, target, source, if-id, mark, ping-min, ping-max, tries, stale-after, idle-interval, ceiling, on-ceiling, rekeys, retry, retry-max, hold-packets, hold-bytes, budget' \
	epoch set name home proofs 1
refuses 2 'spinat: epoch unset: name is missing' epoch unset
refuses 2 'spinat: epoch show: unknown key "wait", it takes: tunnel, peer, out-spi' \
	epoch show wait 1
for verb in del ping open close; do
	refuses 2 "spinat: epoch $verb: nothing to $verb is given" epoch $verb
done
refuses 2 'spinat: epoch ping: nothing to ping is given' epoch ping wait 100

run masq pin
same "${err#*$'\n'}" "usage: spinat masq pin client ADDR server ADDR out-spi SPI in-spi SPI [public ADDR] [evidence serial|only|echo|pinned] [out-seq N]" \
	"a usage error shows the usage of that command"
run epoch set
same "${err#*$'\n'}" "usage: spinat epoch set name NAME KEY VALUE..." \
	"many keys are not listed in the usage"
run --bogus
same "$code|$out" "2|" "an unknown option is a usage error"
run -n
same "$code|$out" "2|" "-n without a name is a usage error"

refuses 1 'spinat: masq show: there is no network namespace "no-such-ns"; "ip netns list" shows their names' \
	-n no-such-ns masq show
refuses 1 "spinat: masq show: \"/proc/self/status\" is not a network namespace" \
	-n /proc/self/status masq show
refuses 1 'spinat: masq restore: cannot open /no/such/file: No such file or directory' \
	masq restore /no/such/file
if [ ! -d /sys/module/spinat_masq ]; then
	for verb in show clients stats config flush monitor save; do
		refuses 1 "spinat: masq $verb: the kernel module spinat_masq is not loaded; load it with: modprobe spinat_masq" \
			masq $verb
	done
fi
if [ ! -d /sys/module/spinat_epoch ]; then
	while read -r -a words; do
		refuses 1 "spinat: epoch ${words[0]}: the kernel module spinat_epoch is not loaded; load it with: modprobe spinat_epoch" \
			epoch "${words[@]}"
	done <<-END
	show
	tunnels
	stats
	config
	config max-epochs 1
	set name home role client
	unset name home
	add ${add[*]}
	del tunnel home
	ping tunnel home
	open tunnel home
	close tunnel home
	monitor
	END
fi

run --version
same "$code|${out% *}|$err" "0|spinat|" "--version prints name and version"

# helps OBJECT VERB...: --help has exactly these
helps()
{
	local object=$1 verb

	shift
	for verb in "$@"; do
		grep -q "^  spinat $object $verb\>" <<<"$out"
		report $? "--help has $object $verb" "$tool_work/out"
	done
	same "$(grep -c "^  spinat $object " <<<"$out")" $# \
		"--help has no verb of $object that is not tested here"
}

run --help
# shellcheck disable=SC2086
{
	helps masq $verbs
	helps epoch $epoch_verbs
}
for option in -j,\ --json -n,\ --netns -V,\ --version -h,\ --help; do
	grep -q -- "^  $option" <<<"$out"
	report $? "--help has $option" "$tool_work/out"
done
run -h masq set
grep -q '^      echo-window .* ms  a packet to its echo' <<<"$out"
report $? "-h masq set explains its keys with their units" "$tool_work/out"
grep -q spinat\ epoch <<<"$out"
report $((! $?)) "and nothing else" "$tool_work/out"
refuses 2 "spinat: unknown verb \"nothing\", $there" -h masq nothing

"$tool" --help >/dev/full 2>"$tool_work/err"
same "$?|$(<"$tool_work/err")" \
	"1|spinat: cannot write the output: No space left on device" \
	"output that cannot be written is an error"
finish
