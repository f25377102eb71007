#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# kmod/epoch/gate.c does what tests/model/gate.table says, no more and no less:
# the model has its gates from that table.
set -u
here=$(cd "$(dirname "$0")" && pwd)
model=$here/../model
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

echo 1..2
if ! ${CC:-cc} -std=gnu11 -g -O1 -Wall -Wextra -Werror -Wno-unused-parameter \
	-Wno-missing-field-initializers -Wno-parentheses \
	-fsanitize=address,undefined -fno-sanitize-recover \
	-I"$here/shim" -I"$here/../../include" \
	-o "$work/gate-table" "$model/gate-table.c" >"$work/log" 2>&1; then
	sed 's/^/# /' "$work/log"
	echo "Bail out! gate-table.c does not compile"
	exit 1
fi

failed=0
if timeout 60 "$work/gate-table" >"$work/gate"; then
	echo "ok 1 - state, role and event decide what a gate does, nothing else"
else
	grep '^#' "$work/gate"
	echo "not ok 1 - state, role and event decide what a gate does, nothing else"
	failed=1
fi

# lines FILE: its lines without comments, one space between words, sorted
lines()
{
	awk '!/^#/ && NF { $1 = $1; print }' "$1" | sort
}

if diff <(lines "$model/gate.table") <(lines "$work/gate") >"$work/diff"; then
	echo "ok 2 - gate.c does what gate.table says"
else
	echo "# < gate.table, > gate.c"
	sed 's/^/# /' "$work/diff"
	echo "not ok 2 - gate.c does what gate.table says"
	failed=1
fi
exit $failed
