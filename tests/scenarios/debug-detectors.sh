# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 120
# memory: 2176
# debug: 2
#
# The debug kernel reports what a module does wrong on purpose, in words that the
# judge of the tests knows: else its silence about the others would mean nothing.
# It has a VM of its own (by its memory), as the last report ends the checks of locks.

. tests/lib/common.sh
. tests/vm/judge.sh

modules=$(cat /run/spinat-vm/modules)

# planted BUG: loads the module and removes it; the kernel's words in $report, and
# no longer in its log, where they would count
planted()
{
	dmesg --clear
	must insmod "$modules/planted/spinat_planted.ko" "bug=$1"
	must rmmod spinat_planted
	report=$(dmesg --read-clear)
}

# finds BUG PATTERN: it is reported, and the judge takes it for trouble
finds()
{
	local text="$1 is found"

	planted "$1"
	if grep -qE "$2" <<<"$report" && grep -qE "$kernel_trouble" <<<"$report"; then
		ok "$text"
	else
		fail "$text"
		sed 's/^/# /' <<<"$report"
	fi
}

plan 6
finds sleep 'BUG: sleeping function called from invalid context'
finds rcu 'suspicious RCU usage'
finds timer 'ODEBUG: free active'
check "locks are still checked" grep -q 'debug_locks: *1$' /proc/lockdep_stats

planted leak
leaks=/sys/kernel/debug/kmemleak
old=$(($(now_ms) + 6000))
old_enough() { [ "$(now_ms)" -ge $old ]; }
echo scan >$leaks
wait_for 20 "the memory to be old enough" old_enough
echo scan >$leaks
grep -A 20 'unreferenced object' $leaks | head -n 12 | sed 's/^/# /'
check "lost memory is found" grep -q 'unreferenced object' $leaks
echo clear >$leaks

touch /run/spinat-vm/blind
finds use-after-free 'KASAN: (slab-)?use-after-free'
dmesg --clear
