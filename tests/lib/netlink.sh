# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the masq-netlink scenarios share: run the tool in namespace $nl_ns and
# judge what it says. Sourced after tests/lib/common.sh, which brings TAP.

SPINAT=${SPINAT:-userspace/spinat/spinat}
TMP=$(mktemp -d)
nl_ns=''

# tool ARGUMENT...: leaves $code, $out and $err
tool()
{
	code=0
	"$SPINAT" -n "$nl_ns" "$@" >"$TMP/out" 2>"$TMP/err" </dev/null ||
		code=$?
	out=$(<"$TMP/out")
	err=$(<"$TMP/err")
}

# same ACTUAL EXPECTED TEXT: as "is", but shows a difference of many lines
same()
{
	if [ "$1" = "$2" ]; then
		ok "$3"
	else
		fail "$3"
		diff <(echo "$2") <(echo "$1") | sed 's/^/# /'
	fi
}

# accepts ARGUMENT...: exit code 0 and nothing to say
accepts()
{
	tool "$@"
	same "$code|$out|$err" "0||" "accepted: $*"
}

# refuses SENTENCE OBJECT VERB...: exit code 1 and exactly this sentence
refuses()
{
	local sentence=$1

	shift
	tool "$@"
	same "$code|$out|$err" "1||spinat: $1 $2: $sentence" "refused: $*"
}

# prints WANTED TEXT ARGUMENT...: exit code 0, this on stdout
prints()
{
	local want=$1 text=$2

	shift 2
	tool "$@"
	same "$code|$out" "0|$want" "$text"
}

# says WANTED TEXT ARGUMENT...: exit code 0, this on stderr
says()
{
	local want=$1 text=$2

	shift 2
	tool "$@"
	same "$code|$err" "0|$want" "$text"
}

# normal: what differs from run to run becomes N: times, and zones, which
# follow from a hash
# max-pairs follows the memory of the machine
normal()
{
	sed -E 's/"(idle|age|zone|max-pairs)": [0-9]+/"\1": N/g
		s/ (idle|age|zone) [0-9]+/ \1 N/g'
}

# golden FILE TEXT ARGUMENT...: the output is that of tests/golden/FILE
golden()
{
	local file=$1 text=$2

	shift 2
	tool "$@"
	same "$code|$(normal <<<"$out")" "0|$(<"tests/golden/$file")" "$text"
}

# pair CLIENT SERVER OUT-SPI IN-SPI [KEY VALUE]...: the words of a pin
pair()
{
	echo "client $1 server $2 out-spi $3 in-spi $4 ${*:5}"
}

# saved FILE NUMBER [CLIENTS]: a file of so many pairs of so many clients
# (1000), as "save" would print it: at one server, each client in turn
saved()
{
	awk -v n="$2" -v clients="${3:-1000}" 'BEGIN {
		print "version 1"
		for (i = 0; i < n; i++) {
			c = i % clients
			printf "pin client 10.%d.%d.%d server 192.0.2.1 " \
				"public 198.51.100.1 " \
				"out-spi 0x%08x in-spi 0x%08x " \
				"evidence pinned out-seq %d\n",
				c / 62500, (c / 250) % 250, c % 250 + 1,
				4096 + i, 16777216 + i, i % 1000
		}
	}' >"$1"
}

# pins FILE: its pairs without comments, in an order of their own
pins()
{
	grep '^pin' "$1" | sort
}
