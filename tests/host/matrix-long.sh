#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The modules build without a warning for Debian's kernels from 5.10 to the
# newest, with gcc and clang, and for other processors: 64 bits, 32 bits and big
# endian, there with sparse. On each that can be booted here a smoke test runs;
# SPINAT_MATRIX=all runs all scenarios instead, which takes hours.
# Needs root, the network and, the first time, a lot of patience.
# long: 1
# time: 7200
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib/header.sh

boots="5.10 6.1-cloud 6.1-rt 6.12 newest"
declare -A crosses=(
	[arm64]=aarch64-linux-gnu- [armhf]=arm-linux-gnueabihf-
	[s390x]=s390x-linux-gnu-)
declare -A arches=([arm64]=arm64 [armhf]=arm [s390x]=s390)
smoke="masq-netlink masq-netlink-raw masq-identity masq-turn masq-restart
	epoch-netlink-raw epoch-odd-sas epoch-gate-basic epoch-two-gates
	epoch-reroute epoch-netns-unload"
count=0 failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# report STATUS TEXT: with what is in $work/out
report()
{
	count=$((count + 1))
	if [ "$1" = 0 ]; then
		echo "ok $count - $2"
	else
		echo "not ok $count - $2"
		sed 's/^/# /' "$work/out" | tail -n 40
		failed=1
	fi
}

# builds TEXT COMMAND...: succeeds, and no compiler warns
builds()
{
	local text=$1 status

	shift
	"$@" >"$work/out" 2>&1
	status=$?
	! grep -E '(warning|error):' "$work/out" |
		grep -qv 'pahole version differs' || status=1
	report $status "$text"
}

# scenarios: those to run on each kernel, one a line
scenarios()
{
	local name path

	if [ "${SPINAT_MATRIX:-}" != all ]; then
		for name in $smoke; do
			echo "tests/scenarios/$name.sh"
		done
		return
	fi
	for path in tests/scenarios/*.sh; do
		[ "$(header "$path" long 0)" != 0 ] || echo "$path"
	done
}

scripts/deps matrix >"$work/out" 2>&1 || {
	echo 1..1
	report 1 "what cross compiling needs is installed"
	exit 1
}
mapfile -t paths < <(scenarios)
for kernel in $boots; do
	clang=$PWD/scripts/clang-kernel
	case "$kernel" in
	6.12|newest) clang=/mnt/scripts/clang-kernel ;;
	esac
	builds "$kernel builds with gcc" \
		scripts/debian-kernel --build "$kernel" "$work/$kernel"
	builds "$kernel builds with clang" \
		scripts/debian-kernel --build "$kernel" "$work/clang" "CC=$clang" \
		OBJECT_FILES_NON_STANDARD=y
	rm -rf "$work/clang"
	image=$(scripts/debian-kernel "$kernel") &&
		tests/vm/run --kernel "$image" --modules "$work/$kernel" \
			--results "$work/vm-$kernel" "${paths[@]}" \
			>"$work/out" 2>&1
	report $? "$kernel: $(tail -n 1 "$work/out")"
done
for arch in "${!crosses[@]}"; do
	builds "6.1 builds for $arch, and sparse is content" \
		scripts/debian-kernel --build "6.1-$arch" "$work/$arch" \
		"ARCH=${arches[$arch]}" "CROSS_COMPILE=${crosses[$arch]}" \
		"CC=${crosses[$arch]}gcc" C=2 CF=-D__CHECK_ENDIAN__
done
echo "1..$count"
exit $failed
