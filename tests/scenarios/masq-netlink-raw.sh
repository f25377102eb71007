#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# time: 60
# debug: 1
#
# Requests that no proper tool sends: each is refused with the right errno and
# a sentence, and changes nothing.
#
#	A	an empty namespace

. tests/lib/common.sh
. tests/lib/netlink.sh
. tests/lib/raw.sh

masq_load
ns_new A a
nl_ns=$A
must "$SPINAT" -n "$A" masq pin client 10.0.0.2 server 192.0.2.1 \
	out-spi 0x1000 in-spi 0x2000

raw_family masq
raw_set()
{
	case "$1" in
	CONFIG*|STATS*|CLIENT*) echo "${1%%_*}" ;;
	*) echo PAIR ;;
	esac
}

before=$(in_ns "$A" "$SPINAT" masq save; in_ns "$A" "$SPINAT" masq config)
raw_judge <<'END'
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
do CONFIG_SET 99=00000000 | EINVAL Unknown attribute type @99
do CONFIG_GET | ok
do STATS_GET | ok
dump STATS_GET | EOPNOTSUPP
dump PAIR_DEL SERVER=c0000201 OUT_SPI=00001000 | EOPNOTSUPP
do PAIR_NEW_NTF | EOPNOTSUPP
do 99 | EOPNOTSUPP
END
same "$(in_ns "$A" "$SPINAT" masq save; in_ns "$A" "$SPINAT" masq config)" \
	"$before" "nothing was changed"

# An out-SPI may be told without an in-SPI: then it is one never answered.
is "$(raw_encode "do" PAIR_NEW CLIENT=0a000003 SERVER=c0000201 \
	OUT_SPI=00005000 EVIDENCE=00000000 | raw_send)" ok \
	"an out-SPI without an in-SPI is accepted with evidence unspec"
tool masq show client 10.0.0.3
same "$(awk 'NR == 2 { print $1, $2, $3, $4, $5, $6 }' <<<"$out")" \
	"10.0.0.3 192.0.2.1 - 0x00005000 - -" "and shown without one"
tool masq save
is "$(tail -n 1 <<<"$out")" "# without an in-SPI, not saved: 1" \
	"and save says that it leaves it out"
plan "$tap_count"
