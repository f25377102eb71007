#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The spinat tool's command line: wrong ones are refused with a sentence that
# says what is wrong, exit code 2 and the usage of the command; help names
# everything that there is.
set -u
# shellcheck source=tests/lib/tool.sh
. "$(dirname "$0")/../lib/tool.sh"

refuses 2 'spinat: no OBJECT given; see: spinat --help'
refuses 2 'spinat: unknown object "mask"; see: spinat --help' mask show
refuses 2 'spinat: no VERB given for "masq"; see: spinat --help' masq
refuses 2 'spinat: unknown verb "sho"; see: spinat --help' masq sho
refuses 2 'spinat: masq stats: it takes no keys, but "all" is given' \
	masq stats all
refuses 2 'spinat: masq show: unknown key "peer"' masq show peer 192.0.2.1
refuses 2 'spinat: masq show: unknown key "-j"' masq show -j
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
refuses 2 'spinat: masq pin: unknown key "zone"' masq pin "${pin[@]}" zone 7
refuses 2 'spinat: masq del: server is missing' masq del out-spi 0x1000
refuses 2 'spinat: masq del: out-spi is missing' masq del server 192.0.2.1

run masq pin
same "${err#*$'\n'}" "usage: spinat masq pin client ADDR server ADDR out-spi SPI in-spi SPI [public ADDR] [evidence serial|only|echo|pinned] [out-seq N]" \
	"a usage error shows the usage of that command"
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

run --version
same "$code|${out% *}|$err" "0|spinat|" "--version prints name and version"

verbs="show clients stats config set pin del flush monitor save restore"
run --help
for verb in $verbs; do
	grep -q "^  spinat masq $verb" <<<"$out"
	report $? "--help has masq $verb" "$out"
done
same "$(grep -c '^  spinat masq' <<<"$out")" "$(wc -w <<<"$verbs")" \
	"--help has no verb that is not tested here"
for option in -j,\ --json -n,\ --netns -V,\ --version -h,\ --help; do
	grep -q -- "^  $option" <<<"$out"
	report $? "--help has $option" "$out"
done
run -h masq set
grep -q '^      echo-window .* ms  a packet to its echo' <<<"$out"
report $? "-h masq set explains its keys with their units" "$out"
refuses 2 'spinat: unknown verb "nothing"; see: spinat --help' \
	-h masq nothing

"$tool" --help >/dev/full 2>"$tool_work/err"
same "$?|$(<"$tool_work/err")" \
	"1|spinat: cannot write the output: No space left on device" \
	"output that cannot be written is an error"
finish
