# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash

# header TEST WORD DEFAULT: the number that a test states as "# WORD: N" in its
# first lines: time (limit in seconds), cpus and memory (MB) of its VM, icount (1:
# instructions are its clock), long, debug and race (see tests/run)
header()
{
	local value

	value=$(sed -n "1,30s/^# $2: *\([0-9]\+\).*/\1/p" "$1" | head -n 1)
	echo "${value:-$3}"
}
