#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The plugin builds for the strongSwan of Debian 13, without a warning, and for
# exactly the version that is there. tests/scenarios/epoch-charon-6.sh runs it.
# Needs root and, the first time, the network and some minutes.
# time: 1200
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib/tap.sh

if [ "$(id -u)" != 0 ]; then
	report 0 "the plugin builds for Debian 13 # SKIP needs root"
	report 0 "it is for the version that is there # SKIP needs root"
	finish
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

rm -f charon-plugin/.debian13
scripts/deps debian13 >"$work/out" 2>&1 &&
	tree=$(scripts/debian13 2>>"$work/out") &&
	scripts/debian13 plugin "$work" >>"$work/out" 2>&1
status=$?
! grep -q 'warning:' "$work/out" || status=1
report $status "the plugin builds for Debian 13, without a warning" "$work/out"
[ $status = 0 ] || finish

version=$(dpkg-query --root="$tree" -W -f '${Version}' strongswan-libcharon)
version=${version#*:}
version=${version%-*}
echo "expected version $version" >"$work/out"
grep -qaw -e "$version" "$work/libstrongswan-spinat.so"
report $? "it is for the version that is there, $version" "$work/out"
# for the scenario
echo "$tree" >charon-plugin/.debian13
finish
