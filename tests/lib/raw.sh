# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Requests that no proper tool sends, by the names of a family's header. Source
# it after tests/lib/netlink.sh.
#
#	raw_family masq
#	raw_set() { ... }	prints the set of a command's attributes
#	raw_judge <<'END'
#	do PAIR_GET SERVER=c0000201 | EINVAL A pair is ... @SERVER
#	END

declare -A raw_number

# raw_family OBJECT: numbers of its commands and attributes, from the header;
# each enum's first member is 1 and has a line of its own
raw_family()
{
	local name value

	raw_object=$1
	raw_prefix=SPINAT_${1^^}
	raw_number=()
	while read -r name value; do
		raw_number[$name]=$value
	done < <(awk -v member="^\t${raw_prefix}_(CMD|A)_[A-Z_]+( = 1)?,\$" '
		/^enum \{/ { n = 0 }
		$0 ~ member { sub(/,/, "", $1); print $1, ++n }
	' "include/uapi/linux/spinat_$1.h")
}

# raw_attr SET NAME: its number; what has none stays
raw_attr()
{
	echo "${raw_number[${raw_prefix}_A_$1_$2]:-$2}"
}

# raw_encode do|dump COMMAND [ATTRIBUTE=HEX]...: a line for genl-raw
raw_encode()
{
	local line=$1 cmd=$2 set word

	shift 2
	set=$(raw_set "$cmd")
	line+=" ${raw_number[${raw_prefix}_CMD_$cmd]:-$cmd}"
	for word in "$@"; do
		line+=" $(raw_attr "$set" "${word%%=*}")=${word#*=}"
	done
	echo "$line"
}

# raw_send < LINES: of raw_encode, in namespace $nl_ns
raw_send()
{
	in_ns "$nl_ns" tests/tools/genl-raw "spinat_$raw_object"
}

# raw_judge < LINES "do|dump COMMAND ATTRIBUTE=HEX... | ANSWER"; they are sent
# in one go, as a process costs more than a request
raw_judge()
{
	local words want name word answers texts=() wanted=() i got

	while IFS='|' read -r words want; do
		read -r -a word <<<"$words"
		texts+=("${word[*]}")
		wanted+=("${want# }")
		raw_encode "${word[@]}"
	done >"$TMP/requests"
	raw_send <"$TMP/requests" >"$TMP/answers" || bail "genl-raw failed"
	mapfile -t answers <"$TMP/answers"
	for i in "${!wanted[@]}"; do
		want=${wanted[i]}
		name=${want##*@}
		read -r -a word <<<"${texts[i]}"
		[ "$name" = "$want" ] ||
			want="${want%@*}@$(raw_attr "$(raw_set "${word[1]}")" "$name")"
		got=${answers[i]:-}
		# before 6.11 the end of a dump does not point at an attribute
		[ "${word[0]}" = "do" ] || got=${got%% @*}
		is "$got" "$want" "${texts[i]}"
	done
	is "${#answers[@]}" "${#wanted[@]}" "every request was answered"
}
