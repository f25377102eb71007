#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The bound on a false "echo" that the README and echo.h state holds for the
# code that the module runs: the simulation agrees with the formula within four
# standard deviations and stays below the bound.
set -u
here=$(cd "$(dirname "$0")" && pwd)
runs=100000
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

echo 1..6
if ! ${CC:-cc} -O2 -Wall -Wextra -Werror -o "$work/echo-bound" \
	"$here/../sim/echo-bound.c" -lm; then
	echo "Bail out! echo-bound.c does not compile"
	exit 1
fi
"$work/echo-bound" $runs >"$work/table" || exit 1
sed 's/^#*/# /' "$work/table"

# check TEXT CONDITION: the awk condition holds in every row; p is a probability
# and near(p) four standard deviations of its measurement
check()
{
	if awk -v runs=$runs "
	    function near(p) { return 4 * sqrt(p * (1 - p) / runs) }
	    function abs(x) { return x < 0 ? -x : x }
	    /^#/ { next }
	    { rows++; bound = \$4; formula = \$5; distinct = \$6; random = \$7
	      two = \$8; refused = \$9; tries = \$10; worst = \$11
	      by_chance = (\$2 - 1) * \$3 / (\$1 * (\$1 - 1))
	      if (!($2)) { bad = 1; print \"# does not hold: \" \$0 } }
	    END { exit bad || rows != 12 }" "$work/table"; then
		echo "ok $((++n)) - $1"
	else
		echo "not ok $((++n)) - $1"
		failed=1
	fi
}
n=0
failed=0

check "a server that repeats no length is as bad as the formula says" \
	'abs(distinct - formula) <= near(formula)'
check "no server is worse than the bound" \
	'distinct <= bound + near(bound) && random <= bound + near(bound)'
check "a server that repeats its lengths is less bad" 'two < distinct'
check "a true answer is refused no more often than two packets match by chance" \
	'refused <= by_chance + near(by_chance)'
check "a true answer needs hardly more than one try, at 5 % loss too" \
	'tries >= 1 && tries < 1.25 && worst < 12'

# defined NAME HEADER: the number that the header defines
defined()
{
	awk -v name="$1" '$1 == "#define" && $2 == name { print $3 }' "$here/../$2"
}

if [ "$(defined MASQ_QUICK_MS ../kmod/masq/masq.h) $(defined MASQ_PAIR_GAP ../kmod/masq/masq.h)" = \
    "$(defined QUICK sim/echo-bound.c) $(defined GAP sim/echo-bound.c)" ]; then
	echo "ok $((++n)) - the simulation has the module's limits"
else
	echo "not ok $((++n)) - the simulation has the module's limits"
	failed=1
fi
exit $failed
