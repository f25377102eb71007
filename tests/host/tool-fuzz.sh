#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Damaged files for "spinat masq restore", damaged words for "spinat epoch": no
# parser reads or writes where it must not (address and undefined behaviour
# sanitizers), and what is accepted makes sense. tool-fuzz.c says how.
set -u
# shellcheck source=tests/lib/tool.sh
. "$(dirname "$0")/../lib/tool.sh"

if ! ${CC:-cc} -g -O1 -Wall -Wextra -Werror -D_GNU_SOURCE \
	-Wno-missing-field-initializers -fsanitize=address,undefined \
	-fno-sanitize-recover -I"$tool_top/include/uapi" \
	-o "$tool_work/fuzz" "$tool_top/tests/host/tool-fuzz.c" \
	"$tool_top"/userspace/spinat/{err,parse,field,field_masq,field_epoch,saved}.c \
	>"$tool_work/log" 2>&1; then
	sed 's/^/# /' "$tool_work/log"
	echo "Bail out! tool-fuzz.c does not compile"
	exit 1
fi
timeout 60 "$tool_work/fuzz" 50000 >"$tool_work/log" 2>&1
report $? "50,000 damaged files and lines are read or refused" "$(<"$tool_work/log")"
echo "# $(tail -n 1 "$tool_work/log")"
finish
