#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The short bench: stock masquerade of one ESP client against the same with the
# module and one pair. Run by tests/bench/run --quick.
# time: 60
. "$(dirname "$0")/lib.sh"

# shellcheck disable=SC2034 # lib.sh uses them
sizes=100 runs=3 count=5000
bench_init
router_new router masq
there router measure_own own
there router measure_own own-encap encap=1
there router measure stock
there router measure encap encap=1
masq_load
there router job count=10 steps=o100,i100 reset=1
there router settle
there router measure masq-1
no_drops router
