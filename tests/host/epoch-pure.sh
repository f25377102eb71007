#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The files of kmod/epoch that need no kernel: the gate's state machine, control
# pings, budget, settings. epoch-*.c include them; address and undefined
# behaviour sanitizers watch.
set -u
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

failed=0 count=0
for name in epoch-gate epoch-ping; do
	# The kernel's own set of warnings has no unused parameters.
	if ! ${CC:-cc} -std=gnu11 -g -O1 -Wall -Wextra -Werror \
		-Wno-unused-parameter -Wno-missing-field-initializers \
		-Wno-parentheses \
		-fsanitize=address,undefined -fno-sanitize-recover \
		-I"$here/shim" -I"$here/../../include" \
		-o "$work/$name" "$here/$name.c" >"$work/log" 2>&1; then
		sed 's/^/# /' "$work/log"
		echo "Bail out! $name.c does not compile"
		exit 1
	fi
	timeout 100 "$work/$name" >"$work/out" 2>&1
	status=$?
	# one plan for both
	awk -v count="$count" '
		/^1\.\./ { next }
		/^(not )?ok / {
			i = $1 == "ok" ? 2 : 3
			$i = ++count
		}
		{ print }' "$work/out"
	count=$((count + $(grep -c -E '^(not )?ok ' "$work/out")))
	if [ $status != 0 ] || ! grep -q '^1\.\.' "$work/out"; then
		failed=1
		grep -q '^not ok' "$work/out" ||
			echo "not ok $((++count)) - $name.c came to its end (exit $status)"
	fi
done
echo "1..$count"
exit $failed
