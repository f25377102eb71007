# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
#
# What builds of the modules by other compilers and for other machines share: each
# is a result in TAP, and a warning is a failure. Sourced from the top of the tree.

. tests/lib/tap.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The prefix of each architecture's tools, and the kernel's name for it: 32 bits,
# big endian, and what most new routers have
declare -A tools=(
	[armhf]=arm-linux-gnueabihf- [s390x]=s390x-linux-gnu-
	[arm64]=aarch64-linux-gnu-)
declare -A arches=([armhf]=arm [s390x]=s390 [arm64]=arm64)

# for_clang COMPILER: make's arguments to build by scripts/clang-kernel, which is
# there, for a kernel that gcc has built; objtool would miss what only gcc does
for_clang()
{
	clang=("CC=$1" CONFIG_OBJTOOL= CONFIG_STACK_VALIDATION=)
}

# builds TEXT COMMAND...: it succeeds, and no compiler warns
builds()
{
	local text=$1 status

	shift
	"$@" >"$work/out" 2>&1
	status=$?
	! grep -E '(warning|error):' "$work/out" |
		grep -qv 'pahole version differs' || status=1
	report $status "$text" "$work/out"
}

# cross ARCHITECTURE: Debian 12's kernel for it, with sparse
cross()
{
	builds "they build for $1, and sparse has nothing to say" \
		scripts/debian-kernel --build "6.1-$1" "$work/$1" \
		"ARCH=${arches[$1]}" "CROSS_COMPILE=${tools[$1]}" \
		"CC=${tools[$1]}gcc" C=2 CF=-D__CHECK_ENDIAN__
	rm -rf "${work:?}/$1"
}
