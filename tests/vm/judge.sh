# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Judges test scripts by their TAP output, exit status and kernel log. Sourced
# by tests/vm/run and tests/run.

passed=0 failed=0 skipped=0
failures=()	# a line for each failure, shown again at the end
skips=()	# the same for each skip

# What no healthy kernel writes. "BUG:" covers soft lockups, KASAN and sleeping
# in atomic context, "WARNING:" lockdep and RCU too.
kernel_trouble='WARNING:|BUG:|Oops|KASAN|KCSAN|UBSAN|KFENCE|Kernel panic|Call Trace|RIP:'
kernel_trouble+='|general protection fault|suspicious RCU|possible (recursive|circular)'
kernel_trouble+='|inconsistent lock state|blocked for more than|detected stall|self-detected'
kernel_trouble+='|unregister_netdevice: waiting|refcount_t:|list_(add|del) corruption'
kernel_trouble+='|still has objects|Objects remaining|leaked|use-after-free|scheduling while atomic'
kernel_trouble+='|unreferenced object|ODEBUG|INFO: possible|kmemleak: .*disabled'

# count_failure TEXT
count_failure()
{
	failed=$((failed + 1))
	failures+=("$judge_name: $1")
}

# count_skip TEXT
count_skip()
{
	skipped=$((skipped + 1))
	skips+=("$judge_name: $1")
}

# judge_problem TEXT: a failure which the script did not report itself
judge_problem()
{
	count_failure "$1"
	echo "not ok - $judge_name: $1"
}

judge_begin()
{
	judge_name=$1
	judge_plan='' judge_points=0 judge_bad=0
}

# judge_line LINE: takes account of one line of the script's output
judge_line()
{
	case "$1" in
	"ok"|"ok "*)
		judge_points=$((judge_points + 1))
		case "$1" in
		*"# SKIP"*|*"# skip"*) count_skip "$1" ;;
		*) passed=$((passed + 1)) ;;
		esac
		;;
	"not ok"|"not ok "*)
		judge_points=$((judge_points + 1))
		judge_bad=$((judge_bad + 1))
		count_failure "$1"
		;;
	1..*)
		judge_plan=${1#1..}
		judge_plan=${judge_plan%%[!0-9]*}
		;;
	esac
}

# judge_end STATUS LIMIT: the script has ended
judge_end()
{
	case "$1" in
	0|1)
		if [ "$1" = 1 ] && [ "$judge_bad" = 0 ]; then
			judge_problem "ended with status 1 although no test of it failed"
		elif [ -z "$judge_plan" ]; then
			judge_problem "ended without a plan"
		elif [ "$judge_plan" != "$judge_points" ]; then
			judge_problem "planned $judge_plan tests, ran $judge_points"
		fi
		;;
	4)
		[ "$judge_points" != 0 ] || count_skip "skipped as a whole"
		;;
	124|137)
		judge_problem "was stopped at its time limit of $2 s"
		;;
	*)
		judge_problem "ended with status $1"
		;;
	esac
}

# log_part wanted|races FILE: "wanted" is the log without the traces of faults that a
# scenario injects, and without data races of the kernel's own: those none of whose
# stacks has a function of ours. "races" are the headlines of these.
log_part()
{
	awk -v part="$1" '
	function flush() {
		if (block ~ /BUG: KCSAN:/ && block !~ /\[spinat_/) {
			if (part == "races") {
				sub(/.*BUG: KCSAN: /, "", block)
				sub(/\n.*/, "", block)
				print block
			}
		} else if (part == "wanted") {
			printf "%s", block
		}
		block = ""
	}
	/FAULT_INJECTION: forcing a failure/ { fault = 1 }
	/kmem_cache_create.* failed with error -12/ { fault = 1 }
	fault {
		if (/<\/TASK>/)
			fault = 0
		next
	}
	/====================/ { inside = !inside }
	{ block = block $0 "\n" }
	!inside { flush() }
	END { flush() }' "$2"
}

# judge_kernel_log FILE: fails the script if the kernel complained
judge_kernel_log()
{
	local first

	log_part races "$1" | sort | uniq -c | sort -rn |
		sed 's/^ *\([0-9]*\)/# the kernel'\''s own, \1 times:/'
	first=$(log_part wanted "$1" | grep -m 1 -aE "$kernel_trouble") || return 0
	sed 's/^/# kernel: /' "$1" | tail -n 200
	judge_problem "the kernel complained: $first"
}

# judge_save DIRECTORY: the counts and what failed, for tests/run to add up
judge_save()
{
	echo "$passed $failed $skipped" >"$1/counts"
	printf '%s\n' "${failures[@]}" | sed '/^$/d' >"$1/failures"
	printf '%s\n' "${skips[@]}" | sed '/^$/d' >"$1/skips"
}

# judge_summary: the closing line; the status says whether nothing failed
judge_summary()
{
	if [ ${#failures[@]} -gt 0 ]; then
		echo "Failures:"
		printf '  %s\n' "${failures[@]}"
	fi
	echo "$passed passed, $failed failed, $skipped skipped"
	[ "$failed" = 0 ]
}
