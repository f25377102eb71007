# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 90
#
# SAs that cannot carry a control ping, or hide its length: TFC padding is said
# of the epoch, transport mode between the ends works, and what cannot be pinged
# is refused with a sentence, its data is not gated in silence. (IPComp: see
# epoch-charon-refusals.)
#
#	C[1] role client -- R -- S stock

. tests/lib/epoch.sh

lab
epoch_load

# refused SENTENCE TEXT: the client's announcement of O2 and I2 fails like that
refused()
{
	local said

	said=$(try_announce c $O2 $I2 2>&1)
	check "$2: refused: $said" [ "$said" != "${said/$1/}" ]
}

# --- TFC padding ----------------------------------------------------------------
tunnel_new c role client ping-max 200 tries 1000
wire_start
SA_ONLY="tfcpad 1200"
sas_add $O1 $I1
SA_ONLY=
announce c $O1 $I1
policies_set $O1 $I1
check "TFC padding: the epoch is proved" wait_epoch c $O1 open 5
is "$(epoch_get c $O1 lengths-hidden)" true "TFC padding: it is said that lengths are hidden"
check "and by the text output, too" grep -q "lengths-hidden" \
	<("$SPINAT" -n "$A" epoch show peer "$SERVER" out-spi $O1)
flow_start tfc --rate 50 --count 20 -- up
flow_wait tfc
whole tfc up "TFC padding: data passes"
wire_stop
is "$(awk '$2 == "up" { print $4 }' "$TMP/wire" | sort -u | wc -l)" 1 \
	"indeed all packets have one length on the wire"
ipsec_flush
sas_add $O2 $I2
announce c $O2 $I2
is "$(epoch_get c $O2 lengths-hidden)" null "without TFC padding it is not said"
ipsec_flush

# --- selectors --------------------------------------------------------------------
# This SA is for other addresses than the ping's.
SA_ONLY="sel src 10.98.0.1/32 dst 10.99.0.44/32"
sas_add $O2 $I2
SA_ONLY=
refused selector "an SA whose selector has no place for the ping"
ipsec_flush
SA_ONLY="sel src 10.98.0.1/32 dst 10.99.0.1/32 proto udp"
sas_add $O2 $I2
SA_ONLY=
refused selector "an SA for UDP only"
ipsec_flush

# --- transport mode -----------------------------------------------------------------
lab_without_nat
MODE=transport
IC=$LOCAL IS=$SERVER IC_NET=$LOCAL
must gate c unset name t
tunnel_new c role client ping-max 200 tries 1000
path_cut up
sas_add $O3 $I3
announce c $O3 $I3
policies_set $O3 $I3
flow_start transport --rate 50 --drain 400 -- up
wait_for 5 "data to be held" held_over c $O3 5
path_mend
check "transport mode: the gate opens" wait_epoch c $O3 open 5
flow_stop transport
whole transport up "transport mode: what was held arrives, in order"
epoch_diag c
plan "$tap_count"
