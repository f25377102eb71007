# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 240
#
# 64 clients with static keys (no IKE to look at) open tunnels to one server
# within the same 100 ms, and ping as a gate does: quick pairs of two random
# lengths. Every in-SPI must find its client by these lengths ("echo") and no
# packet may reach another one.
#
#	C[1] ---+
#	 ...    +-- R (masquerade) ------ S    64 tunnels, one public address
#	C[64] --+
#
# The first run is the stock kernel's: it serves one client.

. tests/lib/masq.sh

plan 17
lab_up 64
nat_on
mapfile -t clients < <(load_clients 1 64)

load --totals --limit 2 "${clients[@]}"
load_diag "stock kernel, 2 s"
check "without the module one client is answered, not 64" \
	[ "$(loaded answered)" -le 1 ]

masq_load

# verify TEXT: what holds for every run
verify()
{
	load_diag "$1"
	note "drops since the last flush: $(drops)"
	is "$(loaded answered)" 64 "$1: all clients are answered"
	is "$(pairs '.evidence == "echo"')" 64 "$1: 64 pairs with evidence echo"
	is "$(loaded esp-wrong) $(loaded no-states)" "0 0" \
		"$1: no ESP packet reached a wrong client, none was without its SA"
}

forget_all
load --totals --more 10 "${clients[@]}"
verify "no loss"
# A busy host stops the VM's clock for nobody: the best of three tries counts.
for ((try = 1; try < 3; try++)); do
	[ "$(loaded last-ms)" -gt 2000 ] || break
	forget_all
	load --totals --more 3 "${clients[@]}"
	load_diag "no loss, once more"
done
check "no loss: the last client is answered within 2 s ($(loaded last-ms) ms)" \
	[ "$(loaded last-ms)" -le 2000 ]

# Every client rekeys at once and the server uses half of the new SAs first.
load --totals --server-first 32 --more 3 "${clients[@]}"
load_diag "rekey"
is "$(loaded answered)" 64 "server first: all clients are answered"
is "$(loaded esp-wrong) $(loaded no-states)" "0 0" \
	"server first: no ESP packet reached a wrong client, none was without its SA"
is "$(pairs '.evidence == "echo"')" 128 "server first: 64 new pairs with echo"

forget_all
wan_netem delay 20ms loss 5% reorder 5%
load --totals --more 10 "${clients[@]}"
verify "20 ms, 5 % loss, reordering"
wan_clear

# With all tunnels new, the very first client is alone for a moment and gets
# what the server says then, as on the stock kernel: a guess, and counted.
forget_all
wrong=$(($(counter wrong-packets) + $(counter deliver-only)))
load --totals --server-first 32 --more 3 "${clients[@]}"
load_diag "new tunnels, server first"
is "$(loaded answered)" 64 "new tunnels, server first: all clients are answered"
is "$(pairs '.evidence == "echo"')" 64 \
	"new tunnels, server first: 64 pairs with evidence echo"
counted=$(($(counter wrong-packets) + $(counter deliver-only) - wrong))
note "new tunnels, server first: $(loaded esp-wrong) wrong deliveries, $counted counted"
check "new tunnels, server first: few packets are guessed wrong" \
	[ "$(loaded esp-wrong)" -le 32 ]

forget_all
load --totals --cipher cbc --more 3 "${clients[@]}"
verify "AES-CBC"
