#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The short bench of the gate: one epoch, small packets.
# time: 120
sizes=100 runs=3 count=2000 many=0
. "$(dirname "${BASH_SOURCE[0]}")/gate.sh"
