#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# time: 60
# debug: 1
#
# Requests to spinat_epoch that no proper tool sends: each is refused with the
# right errno and a sentence, and changes nothing.
#
#	A	an empty namespace

. tests/lib/common.sh
. tests/lib/netlink.sh
. tests/lib/raw.sh

must modprobe -a xfrm_user nf_conntrack
epoch_load
ns_new A a
nl_ns=$A
# "home" is 686f6d6500, 192.0.2.1 is c0000201; numbers are as of this machine
must "$SPINAT" -n "$A" epoch set name home peer 192.0.2.1 role client

raw_family epoch
raw_set() { echo "${1%%_*}"; }
state()
{
	in_ns "$A" "$SPINAT" -j epoch tunnels
	in_ns "$A" "$SPINAT" -j epoch config
	in_ns "$A" "$SPINAT" -j epoch show
}

before=$(state)
raw_judge <<'END'
do TUNNEL_GET | EINVAL Which tunnel? Its name is required
do TUNNEL_GET NAME=686f6d6500 | ok
do TUNNEL_GET NAME=00 | EINVAL A tunnel's name must not be empty @NAME
do TUNNEL_GET NAME=6f6e6500 | ENOENT No such tunnel @NAME
do TUNNEL_GET NAME=686f6d65 | EINVAL Attribute failed policy validation @NAME
dump TUNNEL_GET | ok
do TUNNEL_SET ROLE=01000000 | EINVAL Which tunnel? Its name is required
do TUNNEL_SET NAME=00 PEER=c0000201 ROLE=01000000 | EINVAL A tunnel's name must not be empty @NAME
do TUNNEL_SET NAME=6f6e6500 PEER=c00002 ROLE=01000000 | EINVAL An address has 4 or 16 bytes @PEER
do TUNNEL_SET NAME=6f6e6500 PEER= ROLE=01000000 | EINVAL An address has 4 or 16 bytes @PEER
do TUNNEL_SET NAME=6f6e6500 PEER=c0000201 ROLE=00000000 | EINVAL The role is required: client or server
do TUNNEL_SET NAME=6f6e6500 PEER=c0000201 ROLE=03000000 | ERANGE integer out of range @ROLE
do TUNNEL_SET NAME=686f6d6500 ON_CEILING=00000000 | ERANGE on-ceiling must be open or drop @ON_CEILING
do TUNNEL_SET NAME=686f6d6500 ON_CEILING=03000000 | ERANGE integer out of range @ON_CEILING
do TUNNEL_SET NAME=686f6d6500 TRIES=0100 | EINVAL invalid attribute length @TRIES
do TUNNEL_SET NAME=686f6d6500 BUDGET=01000000 | EINVAL invalid attribute length @BUDGET
do TUNNEL_SET NAME=686f6d6500 SOURCE=0a0000 TARGET=0a000001 | EINVAL An address has 4 or 16 bytes @SOURCE
do TUNNEL_SET NAME=686f6d6500 SOURCE=0a000001 TARGET=fd000000000000000000000000000001 | EINVAL Source and target must be of one family @TARGET
do TUNNEL_SET NAME=686f6d6500 PROOFS=0100000000000000 | EINVAL Unknown attribute type @PROOFS
do TUNNEL_DEL | EINVAL Which tunnel? Its name is required
do TUNNEL_DEL NAME=00 | EINVAL A tunnel's name must not be empty @NAME
do EPOCH_GET | EINVAL Which epoch? Its out-SPI is required
do EPOCH_GET PEER=c0000201 | EINVAL Which epoch? Its out-SPI is required
do EPOCH_GET PEER=c0000201 OUT_SPI=000000ff | EINVAL SPIs below 256 are reserved @OUT_SPI
do EPOCH_GET PEER=c00002 OUT_SPI=00001000 | EINVAL An address has 4 or 16 bytes @PEER
dump EPOCH_GET PEER=c00002 | EINVAL An address has 4 or 16 bytes
dump EPOCH_GET OUT_SPI=00000001 | EINVAL SPIs below 256 are reserved
dump EPOCH_GET | ok
do EPOCH_NEW | EINVAL An epoch needs a tunnel, an out-SPI and an in-SPI
do EPOCH_NEW OUT_SPI=00001000 IN_SPI=00002000 | EINVAL An epoch needs a tunnel, an out-SPI and an in-SPI
do EPOCH_NEW TUNNEL=686f6d6500 IN_SPI=00002000 | EINVAL An epoch needs a tunnel, an out-SPI and an in-SPI
do EPOCH_NEW TUNNEL=686f6d6500 OUT_SPI=00001000 | EINVAL An epoch needs a tunnel, an out-SPI and an in-SPI
do EPOCH_NEW TUNNEL=686f6d6500 OUT_SPI=000000ff IN_SPI=00002000 | EINVAL SPIs below 256 are reserved @OUT_SPI
do EPOCH_NEW TUNNEL=686f6d6500 OUT_SPI=1000 IN_SPI=00002000 | EINVAL invalid attribute length @OUT_SPI
do EPOCH_NEW TUNNEL=686f6d6500 OUT_SPI=00001000 IN_SPI=00002000 LOCAL=c0000202 | EINVAL Unsupported attribute @LOCAL
do EPOCH_NEW TUNNEL=686f6d6500 OUT_SPI=00001000 IN_SPI=00002000 STATE=03000000 | EINVAL Unknown attribute type @STATE
do EPOCH_DEL | EINVAL Which epoch? A tunnel or an out-SPI is required
do EPOCH_PING PEER=c0000201 | EINVAL Which epoch? A tunnel or an out-SPI is required
do EPOCH_OPEN TUNNEL=686f6d6500 OUT_SPI=00000000 | EINVAL SPIs below 256 are reserved @OUT_SPI
do EPOCH_CLOSE TUNNEL=686f6d6500 IN_SPI=00002000 | EINVAL Unknown attribute type @IN_SPI
do EPOCH_NTF | EOPNOTSUPP
dump EPOCH_DEL TUNNEL=686f6d6500 | EOPNOTSUPP
do CONFIG_SET | EINVAL Nothing to set was given
do CONFIG_SET MAX_EPOCHS=0a00 | EINVAL invalid attribute length @MAX_EPOCHS
do CONFIG_SET 5=00000000 | EINVAL Unknown attribute type @5
do CONFIG_GET | ok
do STATS_GET | ok
dump STATS_GET | EOPNOTSUPP
do 99 | EOPNOTSUPP
END
same "$(state)" "$before" "nothing was changed"
plan "$tap_count"
