#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The netlink specifications, the spinat tool's tables, the man page and the
# completion say the same.
set -u
# shellcheck source=tests/lib/tool.sh
. "$(dirname "$0")/../lib/tool.sh"

man="$tool_top/userspace/man/spinat.8"

# spec OBJECT: the specification of its family
spec()
{
	echo "$tool_top/include/netlink/specs/spinat_$1.yaml"
}

# spec_names OBJECT SET: its attributes in the specification, one a line
spec_names()
{
	awk -v set="$2" '
		/^attribute-sets:/ { inside = 1; next }
		/^[a-z]/ { inside = 0 }
		!inside { next }
		/^    name: / { current = $2 }
		/^        name: / && current == set && $2 != "pad" { print $2 }
	' "$(spec "$1")"
}

# spec_words OBJECT: enum and word of each value that there can be
spec_words()
{
	awk '/^definitions:/ { inside = 1; next }
		/^[a-z]/ { inside = 0 }
		!inside { next }
		/^    name: / { current = $2 }
		/^        name: / && $2 != "unspec" { print current, $2 }
	' "$(spec "$1")"
}

# spec_request OBJECT OPERATION: the attributes of its request
spec_request()
{
	awk -v operation="$2" '
		# once over it for the lists that others refer to
		NR == FNR && /^ *attributes: &/ { anchor = substr($2, 2); next }
		NR == FNR && NF == 2 && $1 == "-" && anchor {
			named[anchor] = named[anchor] $2 "\n"; next }
		NR == FNR { anchor = ""; next }
		/^      name: / { inside = $2 == operation }
		!inside { next }
		/^ *attributes: *\[/ { gsub(/.*\[|\].*|,/, "")
			for (i = 1; i <= NF; i++) print $i
			exit }
		/^ *attributes: \*/ { printf "%s", named[substr($2, 2)]; exit }
		/^ *attributes:/ { list = 1; next }
		list && ($1 != "-" || NF != 2) { exit }
		list { print $2 }
	' "$(spec "$1")" "$(spec "$1")"
}

# spec_ranges OBJECT SET: name and range of each attribute that has one
spec_ranges()
{
	awk -v set="$2" '
		function tell()
		{
			if (current == set && match(doc, /[0-9]+ to [0-9]+/))
				print name, substr(doc, RSTART, RLENGTH)
			doc = ""
		}
		/^    name: / || /^        name: / { tell() }
		/^    name: / { current = $2 }
		/^        name: / { name = $2; next }
		/^operations:/ { exit }
		{ sub(/^ +/, ""); doc = doc " " $0 }
	' "$(spec "$1")"
}

table=$("$tool" --table)

# table_keys OBJECT VERB: the keys it takes
table_keys()
{
	awk -v object="$1" -v verb="$2" '
		$1 == object && $2 == verb && $3 != "-" { print $3 }
	' <<<"$table"
}

# takes OBJECT VERB OPERATION [KEY]...: exactly the attributes of the request,
# and those keys that are the tool's own
takes()
{
	local object=$1 verb=$2 operation=$3

	shift 3
	same "$(table_keys "$object" "$verb" | sort)" \
		"$({ spec_request "$object" "$operation"
			[ $# = 0 ] || printf '%s\n' "$@"; } | sort)" \
		"$object $verb takes exactly the attributes of $operation"
}

same "$(table_keys masq set)" "$(spec_names masq config)" \
	"masq set takes exactly the settings of the specification"
takes masq pin pair-new
takes masq del pair-del
takes masq flush pair-flush
takes epoch show epoch-get
takes epoch tunnels tunnel-get
takes epoch config config-set
takes epoch set tunnel-set
takes epoch unset tunnel-del
takes epoch add epoch-new
takes epoch del epoch-del
takes epoch ping epoch-ping wait
takes epoch open epoch-open
takes epoch close epoch-close

# The sections of the man page about one object's commands, one word a line.
words()
{
	sed -n "/^\.SH COMMANDS/,/^\.SH EXIT/p" "$man" |
		awk -v object="$1" '/^\.SS spinat / { on = $3 == object } on' |
		sed 's/\\-/-/g; s/\\f[A-Z]//g' | tr -cs 'a-z0-9-' '\n' |
		sort -u
}
declare -A manual
for object in masq epoch; do
	manual[$object]=$(words $object)
done

# said OBJECT WORD: the man page has it there, as a word of its own
said()
{
	grep -qxF -- "$2" <<<"${manual[$1]}"
}

# tells OBJECT SET...: the man page has their attributes
tells()
{
	local object=$1 set name absent

	shift
	for set in "$@"; do
		absent=''
		for name in $(spec_names "$object" "$set"); do
			said "$object" "$name" || absent+=" $name"
		done
		same "$absent" '' \
			"the man page has every attribute of $object's $set"
	done
}

tells masq pair client config stats
tells epoch tunnel epoch config stats

# The words of enums are in the man page, and in the tool in this order.
for object in masq epoch; do
	absent=''
	while read -r enum word; do
		said $object "$word" || absent+=" $enum:$word"
	done < <(spec_words $object)
	same "$absent" '' "the man page has every word of $object's enums"
	while read -r enum; do
		same "$(awk -v enum="${enum//-/_}_word[]" '
			/^};/ { inside = 0 }
			inside && match($0, /"[a-z-]+"/) && !/"unspec"/ {
				print substr($0, RSTART + 1, RLENGTH - 2) }
			/^static const char/ && index($0, enum) { inside = 1 }
			' "$tool_top/userspace/spinat/field_$object.c")" \
			"$(spec_words $object |
				awk -v enum="$enum" '$1 == enum { print $2 }')" \
			"the tool knows the words of $object's $enum"
	done < <(spec_words $object | awk '!seen[$1]++ { print $1 }')
done

absent=''
while read -r object verb key value; do
	grep -q "^\.SS spinat $object $verb\$" "$man" ||
		absent+=" $object:$verb"
	[ "$key" = - ] || said "$object" "$key" || absent+=" $verb:$key"
	for word in ${value//|/ }; do
		case "$word" in
		[A-Z]*) ;;
		*) said "$object" "$word" || absent+=" $verb:$key:$word" ;;
		esac
	done
done <<<"$table"
same "$absent" '' "the man page has every verb, key and word"

# ranges OBJECT VERB SET: those of the settings are in the specification and
# in the section of the verb
ranges()
{
	local name range wrong=''

	while read -r name range; do
		awk -v name="$name" -v range="$range" -v section="$1 $2" '
			{ gsub(/\\-/, "-") }
			/^\.SS/ { inside = $0 == ".SS spinat " section }
			/^\.TP/ { current = "" }
			/^\.BR? / && inside && $2 == name { current = name }
			current == name && index($0, range) == 1 { found = 1 }
			END { exit !found }' "$man" || wrong+=" $name($range)"
	done < <(spec_ranges "$1" "$3" | grep -v '^zone-')
	same "$wrong" '' "the man page has the ranges of $1's $3"
}

ranges masq set config
ranges epoch set tunnel
ranges epoch config config

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

completes "spinat," "epoch masq"
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
completes "spinat,epoch," \
	"add close config del monitor open ping set show stats tunnels unset"
completes "spinat,epoch,s" "set show stats"
completes "spinat,epoch,close," "out-spi peer tunnel"
completes "spinat,epoch,ping,tunnel,home," "out-spi peer wait"
completes "spinat,epoch,tunnels," "name"
completes "spinat,epoch,set,name,home,role," "client server"
completes "spinat,epoch,set,name,home,on-" "on-ceiling"
completes "spinat,epoch,set,name,on-ceiling," \
	"budget ceiling hold-bytes hold-packets idle-interval if-id mark on-ceiling peer ping-max ping-min rekeys retry retry-max role source stale-after target tries"
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
