# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Results in TAP, for the tests that run on this machine. Sourced, never run. The
# plan comes last, from finish.

tap_count=0 tap_failed=0

# report STATUS TEXT [FILE]: one result; if it is a bad one also the end of FILE
report()
{
	tap_count=$((tap_count + 1))
	if [ "$1" = 0 ]; then
		echo "ok $tap_count - $2"
		return
	fi
	echo "not ok $tap_count - $2"
	tap_failed=1
	[ -z "${3:-}" ] || tail -n 100 "$3" | sed 's/^/# /'
}

# finish: the plan and the exit status
finish()
{
	echo "1..$tap_count"
	exit $tap_failed
}
