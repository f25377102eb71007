#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What needs no run to be judged: generated code is up to date, kernel code is
# clean to checkpatch --strict, sparse and W=1, scripts to shellcheck, and each
# source file names its licence.
# time: 400
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib/tap.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# clean TEXT: whatever is in $work/out is wrong
clean()
{
	report "$([ -s "$work/out" ] && echo 1 || echo 0)" "$1" "$work/out"
}

# sources SUFFIX...: the files of the tree, committed or about to be
sources()
{
	git ls-files -co --exclude-standard -- "$@"
}

scripts/ynl-regen --check >"$work/out" 2>&1
report $? "the generated netlink code is what the specification gives" "$work/out"

# Ignored: there is no MAINTAINERS file to change; what simulations and tests
# include, too, makes the kernel types from the standard ones and has no BIT(); the
# macros of a trace header have an alignment of their own in all of the kernel;
# headers for older kernels ask for the version.
checkpatch()
{
	local ignore=$1

	shift
	perl "$(scripts/linux-source)/scripts/checkpatch.pl" --strict --no-tree \
		--terse --no-summary --show-types --ignore "$ignore" -f "$@"
}

mapfile -t files < <(sources 'kmod/*.c' 'kmod/*.h' |
	grep -v -e netlink_gen -e /trace.h -e ^kmod/compat/)
{
	checkpatch FILE_PATH_CHANGES,PREFER_KERNEL_TYPES,BIT_MACRO "${files[@]}"
	for file in $(sources 'kmod/compat/*.h'); do
		checkpatch FILE_PATH_CHANGES,LINUX_VERSION_CODE,CONSTANT_COMPARISON \
			"$file"
	done
	for file in $(sources 'kmod/*/trace.h'); do
		checkpatch PARENTHESIS_ALIGNMENT,OPEN_ENDED_LINE "$file"
	done
} >"$work/out" 2>&1
clean "checkpatch --strict has nothing to say about kmod"

# A copy, so that the objects of the normal build stay as they are.
mkdir "$work/build"
sources Kbuild 'kmod/*' 'include/*' | while read -r file; do
	install -D -m 644 "$file" "$work/build/$file"
done
headers=/usr/src/linux-headers-$(scripts/kernel-image --release)
make -C "$headers" M="$work/build" W=1 C=2 CF=-D__CHECK_ENDIAN__ modules \
	>"$work/log" 2>&1
status=$?
tail -n 30 "$work/log" >"$work/out"
report $status "the modules build with W=1 and sparse" "$work/out"
grep -E "^$work/build.*(warning|error):" "$work/log" |
	sed "s|$work/build/||" >"$work/out"
clean "and neither warns"

mapfile -t files < <(
	sources '*.sh'
	sources | grep -v '\.sh$' | xargs grep -lE '^#!/bin/(ba|busybox )?sh'
)
shellcheck -x -P "SCRIPTDIR:$PWD" -S warning -e SC2034,SC2054,SC2154 \
	-f gcc "${files[@]}" >"$work/out" 2>&1
clean "shellcheck has nothing to say about ${#files[@]} scripts"

for file in $(sources '*.c' '*.h' '*.sh' '*Makefile' '*Kbuild' '*.yaml' .ci scripts); do
	head -n 3 "$file" | grep -q 'SPDX-License-Identifier:' || echo "$file"
done >"$work/out"
clean "every source file names its licence"
finish
