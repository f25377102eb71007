# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 1800
# icount: 1
# long: 1
#
# epoch-rekey-client.sh, 60 s for each case.
RK_MS=60000
. tests/scenarios/epoch-rekey-client.sh
