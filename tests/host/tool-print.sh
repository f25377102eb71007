#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# How the tool prints messages of another version's module, and what it makes
# of refusals: compared with tests/golden/tool-print. tool-print.c makes them.
set -u
# shellcheck source=tests/lib/tool.sh
. "$(dirname "$0")/../lib/tool.sh"

source=$tool_top/userspace/spinat
if ! ${CC:-cc} -g -O1 -Wall -Wextra -Werror -D_GNU_SOURCE \
	-Wno-missing-field-initializers -fsanitize=address,undefined \
	-fno-sanitize-recover -I"$tool_top/include/uapi" \
	-o "$tool_work/print" "$tool_top/tests/host/tool-print.c" \
	"$source"/{print,json,utf8,record,field,field_masq,field_epoch,parse,err,nl,nl_err}.c \
	-lmnl >"$tool_work/log" 2>&1; then
	sed 's/^/# /' "$tool_work/log"
	echo "Bail out! tool-print.c does not compile"
	exit 1
fi
"$tool_work/print" >"$tool_work/got" 2>"$tool_work/log"
report $? "printing finishes" "$tool_work/log"
same "$(<"$tool_work/got")" "$(<"$tool_top/tests/golden/tool-print")" \
	"tables, JSON, events, settings and refusals are as they should"
finish
