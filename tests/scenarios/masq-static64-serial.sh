# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 240
#
# 64 clients without a gate: one ping each, all of one length, again after a
# second. Lengths tell nothing, so the NAT lets one client at a time speak and
# takes the answer for its own: a guess, shown as "serial". Without loss every
# guess must be right, and nobody may wait for more than 30 s.
#
#	C[1] ---+
#	 ...    +-- R (masquerade) ------ S    64 tunnels, one public address
#	C[64] --+

. tests/lib/masq.sh

plan 9
lab_up 64
nat_on
mapfile -t clients < <(load_clients 1 64)

load --totals --same 64 --limit 2 "${clients[@]}"
load_diag "stock kernel, 2 s"
check "without the module one client is answered, not 64" \
	[ "$(loaded answered)" -le 1 ]

masq_load
forget_all
load --totals --same 64 --limit 40 "${clients[@]}"
load_diag "no loss"
note "drops: $(drops)"
note "turns $(counter turn), missed $(counter turn-missed)," \
	"wrong packets $(counter wrong-packets)"
is "$(loaded answered)" 64 "all clients are answered"
check "the last one within 30 s" [ "$(loaded last-ms)" -le 30000 ]
is "$(loaded esp-wrong)" 0 "no ESP packet reached a wrong client"
is "$(loaded no-states)" 0 "no client counted XfrmInNoStates"
is "$(pairs '.evidence == "serial" or .evidence == "only"')" 64 \
	"all pairs say that they are guesses"
check "and nearly all that they are serial ones" \
	[ "$(pairs '.evidence == "serial"')" -ge 60 ]

# With loss a guess may be wrong; it is counted, and people come through.
forget_all
wan_netem delay 20ms loss 5% reorder 5%
load --totals --same 64 --limit 40 "${clients[@]}"
load_diag "20 ms, 5 % loss, reordering"
note "wrong deliveries: $(loaded esp-wrong) of $(loaded esp-in) packets;" \
	"the module says $(counter wrong-packets)"
check "with loss nearly all clients are answered" \
	[ "$(loaded answered)" -ge 60 ]
check "with loss at most 5 of 64 clients are served wrongly" \
	[ "$(loaded esp-wrong)" -le 5 ]
