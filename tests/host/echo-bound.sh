#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The bound on a false "echo" that the README and echo.h state holds for the
# code that the module runs: the simulation agrees with the formula within four
# standard deviations and stays below the bound.
set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/lib/tap.sh
. "$here/../lib/tap.sh"
runs=100000
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

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
	awk -v runs=$runs "
	    function near(p) { return 4 * sqrt(p * (1 - p) / runs) }
	    function abs(x) { return x < 0 ? -x : x }
	    /^#/ { next }
	    { rows++; bound = \$4; formula = \$5; distinct = \$6; random = \$7
	      two = \$8; refused = \$9; tries = \$10; worst = \$11
	      crowd = (\$2 > 8)
	      by_chance = (\$2 - 1) * \$3 / (\$1 * (\$1 - 1))
	      if (!($2)) { bad = 1; print \"does not hold: \" \$0 } }
	    END { exit bad || rows != 12 }" "$work/table" >"$work/out"
	report $? "$1" "$work/out"
}

check "a server that repeats no length is as bad as the formula says" \
	'(crowd && distinct < formula) || abs(distinct - formula) <= near(formula)'
check "nor is one that sends random lengths worse than the bound" \
	'random <= bound + near(bound)'
check "one that alternates two lengths is less bad" \
	'two < distinct || two <= formula'
check "in a crowd it gains nothing by matching the same pings again" \
	'!crowd || two <= formula'
check "outside of a crowd a true answer is refused by chance only" \
	'crowd || refused <= by_chance + near(by_chance)'
check "a true answer needs hardly more than one try, two in a crowd, at 5 % loss" \
	'tries >= 1 + crowd && tries < 1.25 + 1.25 * crowd && worst < 14'

# defined NAME HEADER: the number that the header defines
defined()
{
	awk -v name="$1" '$1 == "#define" && $2 == name { print $3 }' "$here/../$2"
}

masq=$(for name in MASQ_QUICK_MS MASQ_PAIR_GAP MASQ_CROWD; do
	defined $name ../kmod/masq/masq.h
done)
[ "$masq" = "$(for name in QUICK GAP CROWD; do
	defined $name sim/echo-bound.c
done)" ]
report $? "the simulation has the module's limits"
finish
