#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The short bench: stock masquerade of one ESP client against the same with the
# module and one pair. Run by tests/bench/run --quick.
# time: 60
. "$(dirname "$0")/lib.sh"

sizes=100 runs=3 count=5000
bench_init
router_new router masq
measure_own router own
measure_own router own-encap encap=1
measure router stock
measure router encap encap=1
masq_load
measure router masq-1
no_drops router
