#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# time: 1500
# long: 1
#
# As fuzz.sh, but searching for 20 minutes. FUZZ_KEEP names a directory that gets
# what new inputs were found.
set -u
# shellcheck source=tests/lib/fuzz.sh
. "$(dirname "$0")/../lib/fuzz.sh"

build_all
declare -A longer=([masq]=480 [epoch]=300)
for target in "${fuzz_targets[@]}"; do
	search "$target" "${longer[$target]:-60}"
done
[ -z "${FUZZ_KEEP:-}" ] || cp -r "$fuzz_work/new/." "$FUZZ_KEEP"
finish
