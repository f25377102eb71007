#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The plugin builds for the strongSwan of Debian 13, without a warning, and for
# exactly the version that is there. tests/scenarios/epoch-charon-6.sh runs it.
# Needs root and, the first time, the network and some minutes.
# time: 1200
set -u
cd "$(dirname "$0")/../.." || exit 1

echo 1..2
if [ "$(id -u)" != 0 ]; then
	echo "ok 1 - the plugin builds for Debian 13 # SKIP needs root"
	echo "ok 2 - it is for the version that is there # SKIP needs root"
	exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# report N STATUS TEXT: with what is in $work/out
report()
{
	if [ "$2" = 0 ]; then
		echo "ok $1 - $3"
	else
		echo "not ok $1 - $3"
		sed 's/^/# /' "$work/out"
		failed=1
	fi
}

rm -f charon-plugin/.debian13
scripts/deps debian13 >"$work/out" 2>&1 &&
	tree=$(scripts/debian13 2>>"$work/out") &&
	scripts/debian13 plugin "$work" >>"$work/out" 2>&1
status=$?
! grep -q 'warning:' "$work/out" || status=1
report 1 $status "the plugin builds for Debian 13, without a warning"
[ $status = 0 ] || exit 1

version=$(dpkg-query --root="$tree" -W -f '${Version}' strongswan-libcharon)
version=${version#*:}
version=${version%-*}
echo "expected version $version" >"$work/out"
grep -qaw -e "$version" "$work/libstrongswan-spinat.so"
report 2 $? "it is for the version that is there, $version"
# for the scenario
echo "$tree" >charon-plugin/.debian13
exit $failed
