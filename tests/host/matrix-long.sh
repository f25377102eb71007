#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The modules build without a warning for Debian's kernels from 5.10 to the
# newest, with gcc and clang, and for other processors. On each kernel that can
# be booted here the scenarios run that need no strongSwan, all with
# SPINAT_MATRIX=all; a name of a kernel there instead runs that kernel only.
# Needs root and the network; half an hour a kernel on a quiet machine.
# long: 1
# time: 14400
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib/header.sh
. tests/lib/matrix.sh

# scenarios: those to run on each kernel, one a line
scenarios()
{
	local path

	for path in tests/scenarios/*.sh; do
		[ "$(header "$path" long 0)" = 0 ] || continue
		# on the debug kernel only
		[ "$(header "$path" debug 0)" != 2 ] || continue
		[ "${SPINAT_MATRIX:-}" = all ] ||
			! grep -q '^\. tests/lib/charon.sh' "$path" || continue
		echo "$path"
	done
}

# boots KERNEL: builds for it, and the scenarios pass. A kernel whose scheduler or
# drivers are slower must not fail for it, nor because this machine is busy.
boots()
{
	local compiler=$PWD/scripts/clang-kernel image

	case "$1" in
	6.12|newest) compiler=/mnt/scripts/clang-kernel ;;
	esac
	for_clang "$compiler"
	builds "$1 builds with gcc" \
		scripts/debian-kernel --build "$1" "$work/$1"
	builds "$1 builds with clang" \
		scripts/debian-kernel --build "$1" "$work/clang" "${clang[@]}"
	rm -rf "$work/clang"
	image=$(scripts/debian-kernel "$1") &&
		tests/vm/run --steady --kernel "$image" --modules "$work/$1" \
			"${paths[@]}" >"$work/out" 2>&1
	report $? "$1, $(basename "$image"/boot/vmlinuz-*): $(
		tail -n 1 "$work/out")" "$work/out"
}

scripts/deps matrix >"$work/out" 2>&1 || {
	report 1 "what cross compiling needs is installed" "$work/out"
	finish
}
mapfile -t paths < <(scenarios)
case "${SPINAT_MATRIX:-all}" in
all) kernels=(5.10 6.1-cloud 6.1-rt 6.12 newest) ;;
*) kernels=("$SPINAT_MATRIX") ;;
esac
for kernel in "${kernels[@]}"; do
	boots "$kernel"
done
for arch in "${!tools[@]}"; do
	cross "$arch"
done
finish
