# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 120
# debug: 1
#
# Epochs come and go as they should where SAs do so in odd ways: an update of an
# SA that exists, a refused announcement, a newer epoch that is given up, and a
# namespace that ends while its SAs expire.

. tests/lib/epoch.sh

lab
epoch_load

# epochs END SPI: how many epochs have this out-SPI
epochs()
{
	"$SPINAT" -j -n "$(end_ns "$1")" epoch show |
		jq --arg spi "$(printf '0x%08x' "$(($2))")" \
			'[.[] | select(."out-spi" == $spi)] | length'
}

refused() { ! "$@" 2>/dev/null; }
pings_over() { [ "$(epoch_get c $O1 pings)" -gt "$1" ]; }

tunnel_new s role server ceiling 1000
tunnel_new c role client idle-interval 1000
sas_add $O1 $I1
is "$(epochs c $O1)" 1 "an SA gets an epoch"

sa_cmd add c $O1 out | sed 's/state add/state update/' | ip_batch "$A"
is "$(epochs c $O1)" 1 "an update of it gets none"

announce s $O1 $I1
announce c $O1 $I1
policies_set $O1 $I1
check "the epoch opens" wait_epoch c $O1 open 5

sas_add $O2 $I2
must gate c del peer "$SERVER" out-spi $O2
check "an in-SPI that is another epoch's is refused" \
	refused try_announce c $O2 $I1
is "$(epochs c $O2)" 0 "and leaves no epoch behind"

announce s $O2 $I2
announce c $O2 $I2
check "a newer epoch opens" wait_epoch c $O2 open 5
before=$(epoch_get c $O1 pings)
sa_del c $O2 out
check "when it is given up, the older one is pinged again ($before before)" \
	wait_for 10 "idle pings" pings_over "$before"

# Two hundred SAs expire about when their namespace ends.
for delay in 0.8 1.0 1.2; do
	must ip netns add "end$$"
	must "$SPINAT" -n "end$$" epoch set name t peer 192.0.2.1 role server
	for ((i = 0; i < 200; i++)); do
		echo "xfrm state add src 192.0.2.2 dst 192.0.2.1 proto esp" \
			"spi $((0x1000 + i)) reqid 1 mode tunnel limit time-hard 1" \
			"$(sa_alg "$(printf '%08x' "$i")" "$CIPHER")"
	done | ip_batch "end$$"
	read -r -t "$delay" <> <(:)
	must ip netns del "end$$"
done
check "namespaces end while their SAs expire" true
plan "$tap_count"
