# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 900
# long: 1
#
# As epoch-fuzz.sh, for ten minutes.

FUZZ_SECONDS=${FUZZ_SECONDS:-300}
. tests/scenarios/epoch-fuzz.sh
