# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# For tests of the spinat tool that need no kernel module: runs it, keeps what
# it printed, and judges that. TAP, the plan comes last.

# shellcheck source=tests/lib/tap.sh
. "$(dirname "${BASH_SOURCE[0]}")/tap.sh"

tool_top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
tool="$tool_top/userspace/spinat/spinat"
tool_work=$(mktemp -d)
trap 'rm -rf "$tool_work"' EXIT

if [ ! -x "$tool" ]; then
	make -s -C "$tool_top/userspace" >"$tool_work/make" 2>&1 || {
		sed 's/^/# /' "$tool_work/make"
		echo "Bail out! the tool does not build"
		exit 1
	}
fi

# same ACTUAL EXPECTED TEXT
same()
{
	local result=0

	[ "$1" = "$2" ] || result=1
	report $result "$3" <(diff <(printf '%s\n' "$2") <(printf '%s\n' "$1"))
}

# run ARGUMENT...: the tool; leaves $code, $out (stdout) and $err (stderr)
run()
{
	code=0
	"$tool" "$@" >"$tool_work/out" 2>"$tool_work/err" </dev/null || code=$?
	out=$(<"$tool_work/out")
	err=$(<"$tool_work/err")
}

# refuses CODE SENTENCE ARGUMENT...: the tool exits with CODE, prints nothing
# to stdout, and the first line on stderr is the sentence
refuses()
{
	local want_code=$1 want=$2

	shift 2
	run "$@"
	same "$code|$out|${err%%$'\n'*}" "$want_code||$want" \
		"refused: spinat $*"
}
