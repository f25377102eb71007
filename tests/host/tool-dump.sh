#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Dumps that the kernel calls interrupted are read again, a few times; nothing
# of a dump that is read again is kept; what belongs to another request does
# not count. tool-dump.c plays the kernel.
set -u
# shellcheck source=tests/lib/tool.sh
. "$(dirname "$0")/../lib/tool.sh"

source=$tool_top/userspace/spinat
if ! ${CC:-cc} -g -O1 -Wall -Wextra -Werror -D_GNU_SOURCE \
	-Wno-missing-field-initializers -fsanitize=address,undefined \
	-fno-sanitize-recover -I"$tool_top/include/uapi" \
	-o "$tool_work/dump" "$tool_top/tests/host/tool-dump.c" \
	"$source"/{field,field_masq,parse,err,nl,nl_err}.c -lmnl \
	>"$tool_work/log" 2>&1; then
	sed 's/^/# /' "$tool_work/log"
	echo "Bail out! tool-dump.c does not compile"
	exit 1
fi
mapfile -t got < <(timeout 20 "$tool_work/dump" 2>&1)
mapfile -t want <<'END'
d: 0 after 1 requests, 0 records
rrr d: 0 after 1 requests, 3 records
rr rrd: 0 after 1 requests, 4 records
srsrsd: 0 after 1 requests, 2 records
ri r d rrrr d: 0 after 2 requests, 4 records
id id rd: 0 after 3 requests, 1 records
id id id iid rd: 0 after 4 requests, 2 records, interrupted
rr rx: -16 after 1 requests, 3 records: Device or resource busy
e: -16 after 1 requests, 0 records: Device or resource busy
rr : -5 after 1 requests, 2 records: cannot hear from the kernel: Input/output error
END
for i in "${!want[@]}"; do
	same "${got[i]:-nothing}" "${want[i]}" "a dump: ${want[i]%%:*}"
done
same "${#got[@]}" "${#want[@]}" "nothing else was said"
finish
