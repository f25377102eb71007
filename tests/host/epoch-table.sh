#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# kmod/epoch/gate.c does what tests/model/gate.table says, no more and no less:
# the model has its gates from that table.
set -u
here=$(cd "$(dirname "$0")" && pwd)
model=$here/../model
# shellcheck source=tests/lib/tap.sh
. "$here/../lib/tap.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if ! ${CC:-cc} -std=gnu11 -g -O1 -Wall -Wextra -Werror -Wno-unused-parameter \
	-Wno-missing-field-initializers -Wno-parentheses \
	-fsanitize=address,undefined -fno-sanitize-recover \
	-I"$here/shim" -I"$here/../../include" \
	-o "$work/gate-table" "$model/gate-table.c" >"$work/log" 2>&1; then
	sed 's/^/# /' "$work/log"
	echo "Bail out! gate-table.c does not compile"
	exit 1
fi

timeout 60 "$work/gate-table" >"$work/gate"
report $? "state, role and event decide what a gate does, nothing else" \
	<(grep '^#' "$work/gate")

# lines FILE: its lines without comments, one space between words, sorted
lines()
{
	awk '!/^#/ && NF { $1 = $1; print }' "$1" | sort
}

diff -u <(lines "$model/gate.table") <(lines "$work/gate") >"$work/diff"
report $? "gate.c (+) does what gate.table (-) says" "$work/diff"
finish
