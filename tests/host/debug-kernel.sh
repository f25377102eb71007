# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 2400
#
# The debug kernel is there, or can be built, and the modules build for it without
# a warning. The scenarios that run on it come later.

. scripts/lib.sh
. tests/lib/tap.sh

log=$(mktemp)
trap 'rm -f "$log"' EXIT
kernel=$(scripts/debug-kernel 2>"$log")
report $? "the kernel with KASAN, lockdep, kmemleak and faults: $(basename "$kernel")" \
	"$log"
scripts/debug-kernel --vm >"$log" 2>&1 && ! grep -q warning: "$log"
report $? "the modules build for it without a warning" "$log"
finish
