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

echo 1..5
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

check "a server that repeats no step is as bad as the formula says" \
	'abs(distinct - formula) <= near(formula)'
check "no server is worse than the bound" \
	'distinct <= bound + near(bound) && random <= bound + near(bound)'
check "a server that repeats its lengths is less bad" 'two < distinct'
check "a true answer is refused no more often than one step of the bound" \
	'refused <= bound / 7 + near(bound / 7)'
check "a true answer needs hardly more than one try, at 5 % loss too" \
	'tries >= 1 && tries < 1.25 && worst < 12'
exit $failed
