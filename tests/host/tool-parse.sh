#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What the spinat tool refuses to read as an address, an SPI, a number, a word
# or a saved line, and the sentence that says why. All of it happens before
# the kernel is asked, so no module is needed: what is accepted here ends with
# the sentence that the module is missing.
set -u
# shellcheck source=tests/lib/tool.sh
. "$(dirname "$0")/../lib/tool.sh"

missing='the kernel module spinat_masq is not loaded; load it with: modprobe spinat_masq'
epoch_missing=${missing//masq/epoch}
for module in spinat_masq spinat_epoch; do
	[ -d /sys/module/$module ] || continue
	echo "1..0 # SKIP $module is loaded on this machine"
	exit 0
done

addr()
{
	refuses "$1" "spinat: masq show: $3" masq show server "$2"
}

# pin_with KEY VALUE: the arguments of a correct pin but for that key
pin_with()
{
	local key value

	args=(masq pin)
	while read -r key value; do
		[ "$key" != "$1" ] || value=$2
		args+=("$key" "$value")
	done <<-END
	client 10.0.0.2
	server 192.0.2.1
	public 198.51.100.1
	out-spi 0x1000
	in-spi 0x2000
	evidence pinned
	out-seq 1
	END
}

pin()
{
	pin_with "$2" "$3"
	refuses "$1" "spinat: masq pin: $4" "${args[@]}"
}

for a in 192.0.2.1 ::1 2001:db8::1 fe80::1 64:ff9b::192.0.2.1; do
	addr 1 "$a" "$missing"
done
for a in 192.0.2 192.0.2.256 192.0.2.1/32 host.example 0x7f000001 2001:db8 \
	'' ' 192.0.2.1' 2001:db8::1::2; do
	addr 2 "$a" "server: \"$a\" is not an IPv4 or IPv6 address"
done
addr 2 ::ffff:192.0.2.1 \
	'server: "::ffff:192.0.2.1" is an IPv4 address in IPv6 form; give it as IPv4'
addr 2 fe80::1%eth0 \
	'server: "fe80::1%eth0" has a scope; scoped addresses are not routed, give one without "%"'
refuses 2 'spinat: masq show: client and server are not of one family; a NAT does not change IPv4 to IPv6' \
	masq show client 10.0.0.2 server 2001:db8::1
pin 2 public 2001:db8::1 'client and public are not of one family; a NAT does not change IPv4 to IPv6'

for spi in 256 0x100 0X1000 0xffffffff 4294967295 0xC0FFEE01 00256; do
	pin 1 out-spi "$spi" "$missing"
done
for spi in 0 1 255 0xff 0x0; do
	pin 2 in-spi "$spi" "in-spi: \"$spi\" is no SPI of a tunnel; RFC 4303 reserves 0 to 255"
done
for spi in 4294967296 0x100000000 99999999999999999999999999; do
	pin 2 in-spi "$spi" "in-spi: \"$spi\" is too large for an SPI, which has 32 bits"
done
for spi in c0ffee01 0x -256 +256 '0x10 00' 0x1g 1e3 ''; do
	pin 2 in-spi "$spi" "in-spi: \"$spi\" is not an SPI; write 0x and hexadecimal digits, or a decimal number"
done
for word in unspec Echo echoes 3 ''; do
	pin 2 evidence "$word" "evidence: \"$word\" is none of: serial, only, echo, pinned"
done
for word in serial only echo pinned; do
	pin 1 evidence $word "$missing"
done
pin 1 out-seq 4294967295 "$missing"
pin 2 out-seq 4294967296 'out-seq: "4294967296" is too large, at most 4294967295 fits'
pin 2 out-seq -1 'out-seq: "-1" is not a number'
refuses 2 'spinat: masq set: zone-max: "65536" is too large, at most 65535 fits' \
	masq set zone-max 65536
refuses 2 'spinat: masq set: ambiguous: "never" is none of: serial, drop' \
	masq set ambiguous never
refuses 2 'spinat: masq set: pair-timeout: "1h" is not a number' \
	masq set pair-timeout 1h

# What "spinat epoch" adds: names, numbers of 64 bits, families that differ.
tunnel()
{
	refuses "$1" "spinat: epoch set: $4" epoch set name home "$2" "$3"
}

name()
{
	refuses "$1" "spinat: epoch unset: $3" epoch unset name "$2"
}

long=$(printf 'n%.0s' {1..63})
for n in h 'two words' 'quo"te' $'\xff' "$long" name; do
	name 1 "$n" "$epoch_missing"
done
name 2 '' 'name: a name is not empty'
name 2 "${long}n" "name: \"${long}n\" is too long, a name has 63 bytes at most"
tunnel 1 budget 18446744073709551615 "$epoch_missing"
tunnel 2 budget 18446744073709551616 \
	'budget: "18446744073709551616" is too large, at most 18446744073709551615 fits'
tunnel 2 hold-bytes 4294967296 \
	'hold-bytes: "4294967296" is too large, at most 4294967295 fits'
tunnel 1 mark 0xffffffff "$epoch_missing"
tunnel 2 ceiling 10s 'ceiling: "10s" is not a number'
for word in client server; do
	tunnel 1 role $word "$epoch_missing"
done
tunnel 2 role both 'role: "both" is none of: client, server'
for word in open drop; do
	tunnel 1 on-ceiling $word "$epoch_missing"
done
tunnel 2 on-ceiling unspec 'on-ceiling: "unspec" is none of: open, drop'
refuses 1 "spinat: epoch set: $epoch_missing" epoch set name home \
	peer 192.0.2.1 target fd00::1 source fd00::2
refuses 2 'spinat: epoch set: target and source are not of one family; a ping has one' \
	epoch set name home peer 192.0.2.1 target fd00::1 source 10.0.0.1
refuses 2 'spinat: epoch add: target and source are not of one family; a ping has one' \
	epoch add tunnel home peer 192.0.2.1 out-spi 256 in-spi 257 \
	target fd00::1 source 10.0.0.1
refuses 2 'spinat: epoch del: out-spi: "255" is no SPI of a tunnel; RFC 4303 reserves 0 to 255' \
	epoch del out-spi 255
refuses 1 "spinat: epoch ping: $epoch_missing" \
	epoch ping tunnel home wait 4294967295
refuses 2 'spinat: epoch ping: wait: "soon" is not a number' \
	epoch ping tunnel home wait soon

# restored CODE SENTENCE TEXT NAME: "restore" of the text
restored()
{
	printf '%b' "$3" >"$tool_work/saved"
	run masq restore "$tool_work/saved"
	same "$code|$out|$err" "$1||spinat: masq restore: $2" "restore: $4"
}

pair='pin client 10.0.0.2 server 192.0.2.1 out-spi 0x1000 in-spi 0x2000'
restored 1 "$missing" "version 1\n$pair evidence echo\n" "a pair"
restored 1 "$missing" "# a\n\n  version  1 # b\n\t$pair#\n$pair" \
	"comments, blanks, a last line without its end"
restored 1 "$missing" "version 1\r\n$pair\r\n" "lines that end as on DOS"
restored 1 'nothing to restore, not even the line "version 1"' '' "nothing"
restored 1 'nothing to restore, not even the line "version 1"' '# x\n' \
	"only a comment"
restored 1 'line 1: the first line has to be "version 1"; is this from "spinat masq save"?' \
	"$pair\n" "no version"
restored 1 'line 2: version "2" is unknown, this tool reads version 1' \
	"# x\nversion 2\n" "another version"
restored 1 'line 3: "del" is unknown, a line begins with "pin"' \
	"version 1\n$pair\ndel server 192.0.2.1\n" "another verb"
restored 1 'line 3: in-spi is missing' \
	"version 1\n\n${pair% in-spi*}\n" "a key is missing"
restored 1 'line 2: in-spi needs a value' "version 1\n${pair% *}\n" \
	"a value is missing"
restored 1 'line 2: out-spi: "0x10" is no SPI of a tunnel; RFC 4303 reserves 0 to 255' \
	"version 1\n${pair/0x1000/0x10}\n" "a reserved SPI"
restored 1 'line 2: client and server are not of one family; a NAT does not change IPv4 to IPv6' \
	"version 1\n${pair/10.0.0.2/2001:db8::1}\n" "two families"
restored 1 'line 2: longer than 1000 characters' \
	"version 1\n$(printf '%01001d' 0)\n" "a long line"
restored 1 'line 2: more than 32 words' \
	"version 1\n$(printf 'x %.0s' {1..33})\n" "many words"
restored 1 'line 3: "0" is unknown, a line begins with "pin"' \
	"version 1\n$pair\n0\n$pair\n" \
	"a wrong line is found before any pair is sent"
finish
