# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 60
# cpus: 2
# race: 2
# long: 1
#
# The kernel that finds data races finds one that a module has on purpose, and the
# judge of the tests takes it for trouble: else its silence about the others would
# mean nothing. Races of the kernel's own are told, and no trouble.

. tests/lib/common.sh
. tests/vm/judge.sh

log=$(mktemp)

# trouble: what the judge says of $log
trouble()
{
	log_part wanted "$log" | grep -aE "$kernel_trouble"
}

plan 3
dmesg --clear
must insmod "$(cat /run/spinat-vm/modules)/planted/spinat_planted.ko" bug=race
must rmmod spinat_planted
dmesg --read-clear >"$log"
grep -A 14 'KCSAN.*count_plainly' "$log" | head -n 16 | sed 's/^/# /'
check "a race is found" grep -q 'KCSAN: data-race in count_plainly \[spinat_planted\]' "$log"
check "it is trouble" trouble

# what is left when the names of modules go is a report of the kernel's own
sed -i 's/ \[spinat_planted\]//g' "$log"
is "$(log_part races "$log" | grep -c count_plainly)/$(trouble | wc -l)" \
	"$(grep -c 'KCSAN.*count_plainly' "$log")/0" \
	"one of the kernel's own is told, and is none"
