# SPDX-License-Identifier: GPL-2.0
#
# The kernel log of the suites of tests/kunit, as TAP without its plan: one result
# for each case, with the suite's name. A suite that did not come to its end, or a
# case that is missing, is a failure. Writes the number of results to stderr.

function result(good, text)
{
	print (good ? "ok " : "not ok ") ++count " - " text
	failed += !good
}
{ sub(/^\[ *[0-9.]+\] /, "") }
/^KTAP version/ { begun = 1; next }
!begun { next }
/^1\.\.[0-9]+$/ { suites = substr($0, 4) + 0; next }
/^    # Subtest: / { suite = $3; cases = -1; next }
/^    1\.\.[0-9]+$/ { cases = substr($1, 4); seen = 0; next }
/^    (not )?ok [0-9]+ / {
	good = $1 == "ok"
	name = $(good ? 3 : 4)
	if (name == "-")
		name = $(good ? 4 : 5)
	result(good, suite ": " name)
	seen++
	next
}
/^(not )?ok [0-9]+ / {
	if (seen != cases)
		result(0, suite ": " seen " of " cases " cases ran")
	done++
	next
}
/^    # / { sub(/^ */, ""); print; next }
/BUG|WARNING|KASAN|possible .*lock|suspicious|INFO: |Kernel panic/ {
	reports++
	print "# " $0
}
END {
	if (!suites || done + 0 != suites)
		result(0, done + 0 " of " suites + 0 " suites came to their end")
	result(!reports, "the kernel has nothing to report")
	print count > "/dev/stderr"
	exit failed > 0
}
