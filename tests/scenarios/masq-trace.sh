# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 90
#
# The tracepoints are the packet path's only log: each decision that they tell of
# must show in the trace, with the client's address and the SPIs.
#
#	C[1] ---+
#	C[2] ---+-- R (masquerade) ------ S

. tests/lib/masq.sh

TRACE=/sys/kernel/tracing

plan 5
lab_up 2
nat_on
masq_load
mountpoint -q $TRACE || must mount -t tracefs tracefs $TRACE
echo 1 >$TRACE/events/spinat_masq/enable ||
	bail "the module has no tracepoints"
: >$TRACE/trace

# traced EVENT WORDS TEXT: an event's line has these words
traced()
{
	if grep "spinat_masq_$1: " $TRACE/trace | grep -q -- "$2"; then
		ok "$3"
	else
		fail "$3"
		grep spinat_masq_ $TRACE/trace | tail -n 20 | sed 's/^/# /'
	fi
}

first=::ffff:$(lan 1) second=::ffff:$(lan 2)

from_client 1 --spi 0xc0000001
traced learn "client=$first .*out=0xc0000001 in=0x00000000" \
	"a new out-SPI is traced"
from_server --spi 0x51000001
traced learn "client=$first .*out=0xc0000001 in=0x51000001" \
	"its in-SPI is traced"
from_client 2 --spi 0xc0000001 --seq 2
traced refuse "client=$second .*out=0xc0000001" \
	"a packet with another's out-SPI is traced"
must masq set roam-silence 0
from_client 2 --spi 0xc0000001 --seq 3
traced move "client=$second .*out=0xc0000001" \
	"an out-SPI that moves is traced with its new client"
must masq flush
traced expire "client=$second .*out=0xc0000001" \
	"a forgotten one is traced"

echo 0 >$TRACE/events/spinat_masq/enable
