# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 600
# icount: 1
#
# What an idle tunnel costs on a metered link: two hours without traffic at the
# default settings, measured on the wire; then with packets that come in now and
# then, and with a budget that is too small for the default interval. Time is the
# guest's, which leaps while it idles.
#
#	C[1] role client -- R (counts ESP) -- S stock

. tests/lib/epoch.sh

lab
epoch_load
in_ns "$R" nft -f - <<-END
	table inet bill {
		counter wire { }
		chain pre { type filter hook prerouting priority -400;
			meta l4proto esp counter name wire
		}
	}
END
# bytes: ESP packets through the router, both ways, IP headers included
bytes()
{
	in_ns "$R" nft list counter inet bill wire |
		sed -n 's/.*bytes \([0-9]\+\).*/\1/p'
}

# measure SECONDS: bytes in 30 days, from what that time costs, in $month
measure()
{
	local from start

	start=$(now_ms) from=$(bytes)
	sleep "$1"	# nothing is waited for: the time itself is measured
	took=$(($(now_ms) - start))
	spent=$(($(bytes) - from))
	month=$((spent * 2592000000 / took))
}

tunnel_new c role client
sas_add $O1 $I1
announce c $O1 $I1
policies_set $O1 $I1
wait_epoch c $O1 open 60
before=$(epoch_get c $O1 proofs)
counted=$(bytes)
own=$("$SPINAT" -j -n "$A" epoch tunnels | jq '.[0]."ping-bytes"')

measure 3600
note "an hour: $spent bytes in $took ms, that is $month bytes in 30 days"
check "default settings: $month bytes in 30 days, less than 16 MB" [ "$month" -lt 16000000 ]
check "it is not nothing: $(($(epoch_get c $O1 proofs) - before)) pings were answered" \
	[ $(($(epoch_get c $O1 proofs) - before)) -ge 50 ]
is "$(epoch_get c $O1 state)" open "the epoch is open all the time"
own=$(($("$SPINAT" -j -n "$A" epoch tunnels | jq '.[0]."ping-bytes"') - own))
counted=$(($(bytes) - counted))
check "the kernel's own account ($own) is what was seen on the wire ($counted) within 5 %" \
	[ $((own * 100)) -ge $((counted * 95)) -a $((own * 100)) -le $((counted * 105)) ]

# --- packets that come in now and then -------------------------------------------
# Each may have been the last, and its client asks; not more often than if it were.
tunnel_set c stale-after 300
before=$(epoch_stat c pings)
flow_start rare --rate 1 --for 1200000 -- down
flow_wait rare
tunnel_set c stale-after 3000
asked=$(($(epoch_stat c pings) - before))
check "gaps in what comes in cost $asked pings in 20 minutes, at most one each minute" \
	[ "$asked" -ge 10 -a "$asked" -le 21 ]

# --- a budget of 1 MB in 30 days ------------------------------------------------
tunnel_set c budget 1000000
before=$(epoch_get c $O1 proofs)
measure 7200
note "budget of 1,000,000: $spent bytes in $took ms, that is $month in 30 days;" \
	"idle-now $("$SPINAT" -j -n "$A" epoch tunnels | jq '.[0]."idle-now"') ms"
check "a budget stretches the interval: $month bytes in 30 days, 1,000,000 being allowed" \
	[ "$month" -le 1050000 ]
check "but does not stop the pings" [ "$(epoch_get c $O1 proofs)" -gt "$before" ]

# --- a budget does not stop what matters -----------------------------------------
tunnel_set c budget 1
sas_add $O2 $I2
announce c $O2 $I2
policy_end s $O2 $I2
check "a new epoch is proved whatever the budget" wait_epoch c $O2 open 60
epoch_diag c
plan "$tap_count"
