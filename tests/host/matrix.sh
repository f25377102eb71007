#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The modules build without a warning with clang, too, and nothing in them asks
# for the version of the kernel. Other kernels are matrix-long.sh's.
# long: 1
# time: 900
set -u
cd "$(dirname "$0")/../.." || exit 1

echo 1..2
failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# report N STATUS TEXT: with what is in $work/out
report()
{
	if [ "$2" = 0 ]; then
		echo "ok $1 - $3"
	else
		echo "not ok $1 - $3"
		sed 's/^/# /' "$work/out" | tail -n 40
		failed=1
	fi
}

headers=/usr/src/linux-headers-$(scripts/kernel-image --release)
scripts/modules "$headers" "$work/build" "CC=$PWD/scripts/clang-kernel" \
	OBJECT_FILES_NON_STANDARD=y >"$work/out" 2>&1
status=$?
! grep -qE '(warning|error):' "$work/out" || status=1
report 1 $status "the modules build with clang, which has nothing to say"

git grep -nE 'LINUX_VERSION|KERNEL_VERSION|linux/version.h' -- kmod >"$work/out"
report 2 $(($? == 0)) "no source asks for the kernel's version"
exit $failed
