#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The modules build without a warning with clang, too, and for a processor of 32
# bits; nothing in them asks for the version of the kernel. Other kernels and
# processors are matrix-long.sh's.
# time: 600
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib/matrix.sh

for_clang "$PWD/scripts/clang-kernel"
headers=/usr/src/linux-headers-$(scripts/kernel-image --release)
builds "the modules build with clang, which has nothing to say" \
	scripts/modules "$headers" "$work/clang" "${clang[@]}"
cross armhf

git grep -nE 'LINUX_VERSION|KERNEL_VERSION|linux/version.h' -- kmod \
	>"$work/out" 2>&1
# 1: nothing was found
report $(($? != 1)) "no source asks for the kernel's version" "$work/out"
finish
