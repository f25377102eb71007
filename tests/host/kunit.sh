#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The unit tests of tests/kunit in a User-Mode Linux kernel, and how much of the
# files without hooks, netlink or packets they ran. The first run builds the
# kernel, which takes minutes.
# time: 1200
set -u
cd "$(dirname "$0")/../.." || exit 1
. scripts/lib.sh

# Everything in these files can be tried without a network: at least so many
# per cent of their lines must have been run.
least=95
pure=(epoch/budget.c epoch/gate.c epoch/limits.c epoch/ping.c epoch/settings.c
	masq/config.c masq/echo.c masq/hash.c masq/hint.c masq/judge.c
	masq/packet.c masq/seen.c masq/walk.c)
# Told only: what the suites need of these, the scenarios try the rest
others=(masq/client.c masq/flow.c masq/learn.c masq/spi.c masq/table.c
	masq/turn.c)

# Kept, so that the next run builds what has changed
build=$SPINAT_CACHE/kunit-$(pwd | sha256sum | cut -c 1-16)
mkdir -p "$build"
exec 9>"$build/lock"
flock 9
log=$build/log

if ! tests/kunit/run "$build" >"$log" 2>&1; then
	tail -n 40 "$log" | sed 's/^/# /'
	echo "Bail out! the suites cannot be built or run"
	exit 1
fi

awk -f tests/lib/ktap.awk "$log" 2>"$build/count"
failed=$?
count=$(<"$build/count")

# coverage: "PER-CENT LINES FILE" of each file of kmod
coverage()
{
	(
		cd "$build/gcov" && cp "$build"/tests/kunit/*.gcno . &&
			gcov ./*.gcda 2>/dev/null
	) | awk '
		/^File / { file = $2; gsub(/\047/, "", file) }
		/^Lines executed:/ && file ~ /\/kmod\/.*\.c$/ {
			sub(/.*\/kmod\//, "", file)
			split($2, part, /[:%]/)
			print part[2], $4, file
			file = ""
		}'
}

coverage >"$build/coverage"
for file in "${pure[@]}" "${others[@]}"; do
	read -r percent lines < <(awk -v file="$file" \
		'$3 == file { print $1, $2 }' "$build/coverage") ||
		percent=0 lines=0
	case " ${pure[*]} " in
	*" $file "*) ;;
	*)
		echo "# $file: $percent % of $lines lines"
		continue
		;;
	esac
	count=$((count + 1))
	if awk -v percent="$percent" -v least="$least" \
		'BEGIN { exit !(percent >= least) }'; then
		echo "ok $count - $file: $percent % of $lines lines were run, at least $least % must be"
	else
		echo "not ok $count - $file: $percent % of $lines lines were run, at least $least % must be"
		grep -h '#####:' "$build/gcov/$(basename "$file").gcov" |
			head -n 20 | sed 's/^/# /'
		failed=1
	fi
done
echo "1..$count"
exit $failed
