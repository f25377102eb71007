# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Searches of the model, each a line of TAP, for tests/host/model*.sh. Sourced,
# never run.

model=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=tests/lib/tap.sh
. "$model/../lib/tap.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# What one search may take
search_memory=4000000	# KB
search_time=600		# s
search_depth=1000000	# steps; it is a failure if that is too few
search_optimize=-O0	# compiling takes longer than a small search

# search_build PROPERTY DEFINE...: makes the program that searches the model, with
# these defines, for a violation of PROPERTY
search_build()
{
	local options=("$search_optimize" -w -DNOFAIR -DNOREDUCE)

	[ "$1" != safe ] || options+=(-DNOCLAIM -DSAFETY)
	shift
	(
		cd "$work" && rm -f pan* && spin -a "$@" spinat.pml &&
		${CC:-cc} "${options[@]}" -o pan pan.c
	) >"$work/log" 2>&1
}

# search_run PROPERTY: "safe" (assertions, and nobody is stuck), or the name of
# what must be so again and again. States and time go to search_cost.
search_run()
{
	local how=(-a -N "$1") seconds states

	[ "$1" != safe ] || how=()
	seconds=$(
		TIMEFORMAT=%U
		cd "$work" && ulimit -v "$search_memory" &&
		{ time timeout "$search_time" ./pan "${how[@]}" -b -n \
			-m"$search_depth" >log 2>&1; } 2>&1
	)
	states=$(sed -n 's/^ *\([0-9.e+]*\) states, stored.*/\1/p' "$work/log")
	search_cost="${states:-no} states, ${seconds##*$'\n'} s"
	grep -q 'errors: 0$' "$work/log" &&
		! grep -q -E 'Search not completed|max search depth' "$work/log"
}

# search TEXT PROPERTIES DEFINE...: all of it is searched and nothing is found
search()
{
	local text=$1 properties=$2 property status

	shift 2
	for property in $properties; do
		search_cost="not searched"
		search_build "$property" "$@" && search_run "$property"
		status=$?
		report "$status" "$text: $property ($search_cost)" "$work/log"
	done
}

# mutant TEXT PROPERTY FOUND DEFINE...: the mistake is found, and by what it
# breaks: the log matches FOUND
mutant()
{
	local text=$1 property=$2 found=$3 status=1

	shift 3
	search_cost="not searched"
	if search_build "$property" "$@" && ! search_run "$property" &&
		grep -q -E "$found" "$work/log"; then
		status=0
	fi
	report "$status" "found: $text ($search_cost)" "$work/log"
}

# search_begin: the files of the model, with the gates of gate.table
search_begin()
{
	if ! cp "$model/spinat.pml" "$work" ||
		! "$model/table-to-promela" "$model/gate.table" \
			>"$work/gate.pml"; then
		echo "Bail out! the gates cannot be made from gate.table"
		exit 1
	fi
	command -v spin >/dev/null || {
		echo "Bail out! spin is not installed: run scripts/deps model"
		exit 1
	}
}
