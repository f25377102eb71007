#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# time: 3600
# long: 1
#
# What tests/host/model.sh searches, in bigger configurations: gates at both ends
# and an in-SPI that both clients may choose.
set -u
. "$(dirname "$0")/../model/search.sh"
search_time=1200
search_depth=5000000
search_optimize=-O2
search_begin

search "gates at both ends, one in-SPI of two clients" "safe up_0" -DACTORS=1 \
	-DCLASH=1
search "likewise, on-ceiling drop" "safe up_0" -DACTORS=1 -DCLASH=1 -DDROP=1
finish
