#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# time: 60
#
# Requests that no proper tool sends: each is refused with the right errno and
# a sentence, and changes nothing.
#
#	A	an empty namespace

. tests/lib/common.sh
. tests/lib/netlink.sh

masq_load
ns_new A a
nl_ns=$A
must "$SPINAT" -n "$A" masq pin client 10.0.0.2 server 192.0.2.1 \
	out-spi 0x1000 in-spi 0x2000

header=include/uapi/linux/spinat_masq.h
# number NAME: of a command or an attribute, from the header; each enum's
# first member is 1 and has a line of its own
declare -A number
while read -r name value; do
	number[$name]=$value
done < <(awk '/^enum \{/ { n = 0 }
	/^\tSPINAT_MASQ_(CMD|A)_[A-Z_]+( = 1)?,$/ { sub(/,/, "", $1)
		print $1, ++n }' $header)

# encode COMMAND... : a line for genl-raw
encode()
{
	local how=$1 cmd=$2 set=${2%%_*} word line

	shift 2
	case "$cmd" in STATS*|CONFIG*|CLIENT*) ;; *) set=PAIR ;; esac
	line="$how ${number[SPINAT_MASQ_CMD_$cmd]:-$cmd}"
	for word in "$@"; do
		line+=" ${number[SPINAT_MASQ_A_${set}_${word%%=*}]:-${word%%=*}}"
		line+="=${word#*=}"
	done
	echo "$line"
}

# The kernel's answers come in one go: a process costs more than a request.
wanted=() texts=()
while IFS='|' read -r words want; do
	read -r -a word <<<"$words"
	texts+=("${word[*]}")
	wanted+=("${want# }")
	encode "${word[@]}"
done >"$TMP/requests" <<'END'
do PAIR_GET | EINVAL A pair is named by server and out-spi: both are required
do PAIR_GET SERVER=c0000201 | EINVAL A pair is named by server and out-spi: both are required
do PAIR_GET OUT_SPI=00001000 | EINVAL A pair is named by server and out-spi: both are required
do PAIR_GET SERVER=c0000201 OUT_SPI=00001000 | ok
do PAIR_GET SERVER=c00002 OUT_SPI=00001000 | EINVAL An address has 4 or 16 bytes @SERVER
do PAIR_GET SERVER= OUT_SPI=00001000 | EINVAL An address has 4 or 16 bytes @SERVER
do PAIR_GET SERVER=c000020101 OUT_SPI=00001000 | EINVAL An address has 4 or 16 bytes @SERVER
do PAIR_GET SERVER=00000000 OUT_SPI=00001000 | EINVAL The unspecified address is nobody's @SERVER
do PAIR_GET SERVER=c0000201 OUT_SPI=000000ff | EINVAL SPIs up to 255 are reserved (RFC 4303) @OUT_SPI
do PAIR_GET SERVER=c0000201 OUT_SPI=00001000 IN_SPI=00000001 | EINVAL SPIs up to 255 are reserved (RFC 4303) @IN_SPI
do PAIR_GET SERVER=c0000201 OUT_SPI=1000 | EINVAL invalid attribute length @OUT_SPI
do PAIR_GET CLIENT=fd000000000000000000000000000001 SERVER=c0000201 OUT_SPI=00001000 | EINVAL All addresses must be IPv4, or all IPv6 @SERVER
dump PAIR_GET CLIENT=fd000000000000000000000000000001 SERVER=c0000201 | EINVAL All addresses must be IPv4, or all IPv6
dump PAIR_GET CLIENT=0a0000 | EINVAL An address has 4 or 16 bytes
dump PAIR_GET | ok
do PAIR_NEW SERVER=c0000201 OUT_SPI=00005000 IN_SPI=00006000 | EINVAL Whose pair? The client's address is required
do PAIR_NEW CLIENT=0a000003 OUT_SPI=00005000 IN_SPI=00006000 | EINVAL A pair is named by server and out-spi: both are required
do PAIR_NEW CLIENT=0a000003 SERVER=c0000201 IN_SPI=00006000 | EINVAL A pair is named by server and out-spi: both are required
do PAIR_NEW CLIENT=0a000003 SERVER=c0000201 OUT_SPI=00005000 | EINVAL An in-spi needs evidence, and evidence needs an in-spi
do PAIR_NEW CLIENT=0a000003 SERVER=c0000201 OUT_SPI=00005000 EVIDENCE=04000000 | EINVAL An in-spi needs evidence, and evidence needs an in-spi
do PAIR_NEW CLIENT=0a000003 SERVER=c0000201 OUT_SPI=00005000 IN_SPI=00006000 EVIDENCE=00000000 | EINVAL An in-spi needs evidence, and evidence needs an in-spi
do PAIR_NEW CLIENT=0a000003 SERVER=c0000201 OUT_SPI=00005000 IN_SPI=00006000 EVIDENCE=05000000 | ERANGE integer out of range @EVIDENCE
do PAIR_NEW CLIENT=0a000003 SERVER=c0000201 OUT_SPI=00005000 IN_SPI=00006000 ZONE=0100 | EINVAL Unsupported attribute @ZONE
do PAIR_NEW CLIENT=0a000003 SERVER=c0000201 PUBLIC=fd000000000000000000000000000001 OUT_SPI=00005000 IN_SPI=00006000 | EINVAL All addresses must be IPv4, or all IPv6 @PUBLIC
do PAIR_DEL | EINVAL A pair is named by server and out-spi: both are required
do PAIR_DEL SERVER=c0000201 OUT_SPI=00000000 | EINVAL SPIs up to 255 are reserved (RFC 4303) @OUT_SPI
do PAIR_FLUSH CLIENT=0a | EINVAL An address has 4 or 16 bytes @CLIENT
do PAIR_FLUSH CLIENT=0a000002 PUBLIC=c0000201 | EINVAL Unknown attribute type @PUBLIC
do CLIENT_GET | EINVAL Which client? Its address is required
do CLIENT_GET CLIENT=0a0000 | EINVAL An address has 4 or 16 bytes @CLIENT
do CLIENT_GET CLIENT=0a000002 | ok
do CONFIG_SET | EINVAL Nothing to set was given
do CONFIG_SET PAIR_TIMEOUT=0a00 | EINVAL invalid attribute length @PAIR_TIMEOUT
do CONFIG_SET AMBIGUOUS=00000000 | ERANGE ambiguous must be serial or drop @AMBIGUOUS
do CONFIG_SET AMBIGUOUS=03000000 | ERANGE integer out of range @AMBIGUOUS
do CONFIG_SET 18=00000000 | EINVAL Unknown attribute type @18
do CONFIG_GET | ok
do STATS_GET | ok
dump STATS_GET | EOPNOTSUPP
dump PAIR_DEL SERVER=c0000201 OUT_SPI=00001000 | EOPNOTSUPP
do PAIR_NEW_NTF | EOPNOTSUPP
do 99 | EOPNOTSUPP
END
before=$(in_ns "$A" "$SPINAT" masq save; in_ns "$A" "$SPINAT" masq config)
in_ns "$A" tests/tools/genl-raw spinat_masq <"$TMP/requests" \
	>"$TMP/answers" || bail "genl-raw failed"
mapfile -t answers <"$TMP/answers"
for i in "${!wanted[@]}"; do
	want=${wanted[i]}
	name=${want##*@}
	if [ "$name" != "$want" ]; then
		set=PAIR
		case "${texts[i]}" in
		*CONFIG*) set=CONFIG ;;
		*CLIENT_*) set=CLIENT ;;
		esac
		want="${want%@*}@${number[SPINAT_MASQ_A_${set}_$name]:-$name}"
	fi
	got=${answers[i]:-}
	# before 6.11 the end of a dump does not point at an attribute
	[ "${texts[i]%% *}" = "do" ] || got=${got%% @*}
	is "$got" "$want" "${texts[i]}"
done
is "${#answers[@]}" "${#wanted[@]}" "every request was answered"
same "$(in_ns "$A" "$SPINAT" masq save; in_ns "$A" "$SPINAT" masq config)" \
	"$before" "nothing was changed"

# An out-SPI may be told without an in-SPI: then it is one never answered.
is "$(encode "do" PAIR_NEW CLIENT=0a000003 SERVER=c0000201 OUT_SPI=00005000 \
	EVIDENCE=00000000 | in_ns "$A" tests/tools/genl-raw spinat_masq)" ok \
	"an out-SPI without an in-SPI is accepted with evidence unspec"
tool masq show client 10.0.0.3
same "$(awk 'NR == 2 { print $1, $2, $3, $4, $5, $6 }' <<<"$out")" \
	"10.0.0.3 192.0.2.1 - 0x00005000 - -" "and shown without one"
tool masq save
is "$(tail -n 1 <<<"$out")" "# without an in-SPI, not saved: 1" \
	"and save says that it leaves it out"
plan "$tap_count"
