#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# time: 120
#
# "spinat masq monitor": every change made by netlink is told, in order, to
# those who listen in the same namespace; lost events and the end of the module
# are told too.
#
#	A, B	two empty namespaces

. tests/lib/common.sh
. tests/lib/netlink.sh

masq_load
ns_new A a
ns_new B b
nl_ns=$A

# marker SPI: an event that is not part of what is tested
marker()
{
	"$SPINAT" -n "${2:-$A}" masq pin client 10.9.9.9 server 192.0.2.9 \
		out-spi "$1" in-spi "$1"
	"$SPINAT" -n "${2:-$A}" masq del server 192.0.2.9 out-spi "$1"
}

# marker_seen NAME SPI [NS]: sets a marker until the monitor has seen one
marker_seen()
{
	marker "$2" "${3:-$A}"
	grep -q "$(printf '0x%08x' "$2")" "$TMP/events.$1"
}

declare -A monitors

# monitor NAME [NS] [OPTION]: starts to listen, and waits until it does
monitor()
{
	local ns=${2:-$A}

	# shellcheck disable=SC2086
	"$SPINAT" -n "$ns" ${3:-} masq monitor >>"$TMP/events.$1" \
		2>>"$TMP/events.$1.err" &
	monitors[$1]=$!
	wait_for 20 "the monitor listens" marker_seen "$1" 0xa000 "$ns" ||
		bail "no event ever came"
}

# events NAME: those since monitor, without the markers
events()
{
	wait_for 20 "the last event" marker_seen "$1" 0xb000 ||
		bail "events stopped coming"
	grep -v '192\.0\.2\.9' "$TMP/events.$1" | normal
}

monitor json "$A" -j
monitor text "$A"
monitor other "$B"
accepts masq pin client 10.0.0.2 server 192.0.2.1 out-spi 0x1000 in-spi 0x2000
accepts masq pin client 10.0.0.2 server 192.0.2.1 out-spi 0x1000 \
	in-spi 0x2001 evidence serial public 198.51.100.1
accepts masq del server 192.0.2.1 out-spi 0x1000 in-spi 0x2000
accepts masq pin client fd00::2 server 2001:db8::1 out-spi 0x3000 \
	in-spi 0x4000 evidence echo
accepts masq flush server 2001:db8::1
accepts masq del server 192.0.2.1 out-spi 0x1000
same "$(events json)" "$(<tests/golden/masq-events)" "events as JSON"
same "$(events text)" "$(<tests/golden/masq-events-text)" "events as text"
is "$(grep -vc '192\.0\.2\.9' "$TMP/events.other")" 0 \
	"another namespace hears nothing of it"

# What nobody uses any more is told when it goes.
accepts masq set pair-timeout 10
accepts masq pin client 10.0.0.5 server 192.0.2.1 out-spi 0xf0000 \
	in-spi 0xf0000 evidence serial
accepts masq pin client 10.0.0.6 server 192.0.2.1 out-spi 0xf0001 \
	in-spi 0xf0001
check "an idle pair expires" wait_for 25 "the pair expires" \
	grep -q '^del client 10.0.0.5 .* reason expired' "$TMP/events.text"
is "$(grep -c '^del client 10.0.0.6' "$TMP/events.text")" 0 \
	"a pinned one does not"

# A listener that does not listen for a while misses events, and says so.
saved "$TMP/many" 20000
kill -STOP "${monitors[text]}"
nl_ns=$A
accepts masq restore "$TMP/many"
kill -CONT "${monitors[text]}"
check "lost events are reported" wait_for 20 "a word about lost events" \
	grep -qx 'spinat: masq monitor: events were lost, they came faster than they were read' \
	"$TMP/events.text.err"
check "and listening goes on" wait_for 20 "a new event" marker_seen text 0xc000

masq_unload
wait "${monitors[json]}"
is "$?" 1 "the end of the module ends the monitor with exit code 1"
is "$(<"$TMP/events.json.err")" \
	"spinat: masq monitor: the kernel module spinat_masq was unloaded" \
	"and a sentence"
plan "$tap_count"
