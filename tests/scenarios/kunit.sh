# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 60
# debug: 2
#
# The unit tests of tests/kunit as a module of the debug kernel, which sees what
# User-Mode Linux (tests/host/kunit.sh) cannot: memory that they leave behind, and
# the context that they run in.

. tests/lib/common.sh

suites=$(cat /run/spinat-vm/modules)/tests/kunit/spinat_kunit.ko
log=$(mktemp)
must modprobe kunit enable=1
log_mark
must insmod "$suites"
{
	echo "KTAP version 1"
	log_since
} >"$log"
awk -f tests/lib/ktap.awk "$log" 2>"$log.count"
tap_failed=$?
count=$(<"$log.count")
must rmmod spinat_kunit
must modprobe -r kunit
plan "$count"
