# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 900
# memory: 3072
# icount: 1
# long: 1
#
# Twenty rounds of epoch-charon16.sh.
ROUNDS=20
. tests/scenarios/epoch-charon16.sh
