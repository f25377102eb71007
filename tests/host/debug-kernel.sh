# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 2400
#
# The debug kernel is there, or can be built, and the modules build for it without
# a warning. The scenarios that run on it come later.

. scripts/lib.sh

log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "1..2"
if kernel=$(scripts/debug-kernel 2>"$log"); then
	echo "ok 1 - the kernel with KASAN, lockdep, kmemleak and faults: $(basename "$kernel")"
else
	echo "not ok 1 - the debug kernel is built"
fi
sed 's/^/# /' "$log"
if scripts/debug-kernel --vm >"$log" 2>&1 && ! grep -q warning: "$log"; then
	echo "ok 2 - the modules build for it without a warning"
else
	echo "not ok 2 - the modules build for it without a warning"
	sed 's/^/# /' "$log"
fi
