#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The netlink specification, the spinat tool's tables, the man page and the
# completion say the same.
set -u
# shellcheck source=tests/lib/tool.sh
. "$(dirname "$0")/../lib/tool.sh"

spec="$tool_top/include/netlink/specs/spinat_masq.yaml"
man="$tool_top/userspace/man/spinat.8"

# spec_names SET: its attributes in the specification, one a line
spec_names()
{
	awk -v set="$1" '
		/^attribute-sets:/ { inside = 1; next }
		/^[a-z]/ { inside = 0 }
		!inside { next }
		/^    name: / { current = $2 }
		/^        name: / && current == set && $2 != "pad" { print $2 }
	' "$spec"
}

# said WORD: the man page has it, as a word of its own
manual=$(sed 's/\\-/-/g; s/\\f[A-Z]//g' "$man" | tr -cs 'a-z0-9-' '\n' |
	sort -u)
said()
{
	grep -qxF -- "$1" <<<"$manual"
}

table=$("$tool" --table)
same "$(awk '$2 == "set" && $3 != "-" { print $3 }' <<<"$table")" \
	"$(spec_names config)" "set takes exactly the settings of the specification"
same "$(awk '$2 == "pin" && $3 != "-" { print $3 }' <<<"$table" | sort)" \
	"$(awk '/name: pair-new$/ { found = 1 }
		found && /attributes:/ { gsub(/[][,]/, "")
			for (i = 2; i <= NF; i++) print $i
			exit }' "$spec" | sort)" \
	"pin takes exactly the attributes of pair-new"
same "$(awk '$2 == "del" && $3 != "-" { print $3 }' <<<"$table" | sort)" \
	"$(awk '/name: pair-del$/ { found = 1 }
		found && /attributes:/ { gsub(/[][,]/, "")
			for (i = 2; i <= NF; i++) print $i
			exit }' "$spec" | sort)" \
	"del takes exactly the attributes of pair-del"

for set in pair client config stats; do
	absent=''
	for name in $(spec_names $set); do
		said "$name" || absent+=" $name"
	done
	same "$absent" '' "the man page has every attribute of $set"
done
absent=''
while read -r object verb key value; do
	grep -q "^\.SS spinat $object $verb\$" "$man" ||
		absent+=" $object:$verb"
	[ "$key" = - ] || said "$key" || absent+=" $verb:$key"
	for word in ${value//|/ }; do
		case "$word" in
		[A-Z]*) ;;
		*) said "$word" || absent+=" $verb:$key:$word" ;;
		esac
	done
done <<<"$table"
same "$absent" '' "the man page has every verb, key and word"

# The ranges of the settings are in the specification and the man page.
wrong=''
while read -r name range; do
	awk -v name="$name" -v range="$range" '
		{ gsub(/\\-/, "-") }
		/^\.TP/ { current = "" }
		/^\.BR? / && $2 == name { current = name }
		current == name && $0 == range "." { found = 1 }
		END { exit !found }' "$man" || wrong+=" $name($range)"
done < <(awk '/^    name: config/ { inside = 1 } /^    name: stats/ { inside = 0 }
	inside && /^        name: / { name = $2 }
	inside && match($0, /[0-9]+ to [0-9]+/) {
		print name, substr($0, RSTART, RLENGTH) }' "$spec" |
	grep -v '^zone-')
same "$wrong" '' "the man page has the ranges of the specification"

if command -v mandoc >/dev/null; then
	same "$(mandoc -T lint -W warning "$man" 2>&1)" '' \
		"mandoc finds nothing wrong with the man page"
elif command -v man >/dev/null && command -v groff >/dev/null; then
	same "$(man --warnings -E UTF-8 -l -Tutf8 -Z "$man" 2>&1 >/dev/null)" \
		'' "man finds nothing wrong with the man page"
else
	report 0 "man page lint # SKIP neither mandoc nor man is installed"
fi

# completes "WORDS" "EXPECTED": the last word is the one being completed
completes()
{
	local got

	got=$(TOOL=$tool bash -c '
		. "$0"
		spinat() { "$TOOL" "$@"; }
		compopt() { :; }
		IFS="," read -r -a COMP_WORDS <<<"$1"
		[ "${1%,}" = "$1" ] || COMP_WORDS+=("")
		COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
		_spinat
		echo "${COMPREPLY[*]-}"
	' "$tool_top/userspace/completion/spinat" "$1")
	same "$(tr ' ' '\n' <<<"$got" | sort | paste -sd ' ')" "$2" \
		"completion of ${1//,/ }"
}

completes "spinat," "masq"
completes "spinat,m" "masq"
completes "spinat,--j" "--json"
completes "spinat,masq," \
	"clients config del flush monitor pin restore save set show stats"
completes "spinat,-j,masq,s" "save set show stats"
completes "spinat,masq,flush," "client server"
completes "spinat,masq,flush,client,10.0.0.2," "server"
completes "spinat,masq,show,cl" "client"
completes "spinat,masq,pin,client,10.0.0.2,server,192.0.2.1,out-spi,0x1000,in-spi,0x2000," \
	"evidence out-seq public"
completes "spinat,masq,pin,evidence," "echo only pinned serial"
completes "spinat,masq,set,ambiguous," "drop serial"
completes "spinat,masq,set,echo-" "echo-patience echo-window"
completes "spinat,masq,set,echo-window," ""
completes "spinat,masq,stats," ""
mkdir "$tool_work/files"
touch "$tool_work/files/pairs.saved"
completes "spinat,masq,restore,$tool_work/files/p" \
	"$tool_work/files/pairs.saved"
completes "spinat,masq,restore,one," ""
if ip netns add "spinat-t$$" 2>/dev/null; then
	completes "spinat,-n,spinat-t$$" "spinat-t$$"
	completes "spinat,-n,spinat-t$$,masq,fl" "flush"
	ip netns del "spinat-t$$"
else
	report 0 "completion of names # SKIP no network namespace can be made"
fi
finish
