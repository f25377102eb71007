# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 150
#
# Control pings that are none: wrong cookie, wrong SA, replayed, in clear text,
# from hosts behind either end, or from the client's own programs. Each is
# ignored and counted; none opens a gate, is answered by the gate, or harms it.
#
#	H 10.98.0.2 -- C[1] 10.98.0.1 -- R (masquerade) -- S 10.99.0.1
#	   role client, sometimes cut                       role server

. tests/lib/epoch.sh

lab
ns_new H host
link "$A" lan "$H" eth0
ip_batch "$H" <<-END
	addr add 10.98.0.2/32 dev eth0
	route add 10.98.0.1/32 dev eth0
	route add default via 10.98.0.1
END
must ip -n "$A" route add 10.98.0.2/32 dev lan
must in_ns "$A" sysctl -qw net.ipv4.ip_forward=1
epoch_load
tunnel_new c role client ceiling 60000 ping-max 200 tries 1000 stale-after 0
tunnel_new s role server ceiling 60000

forge() { must "$LAB_TOOLS/ping-forge" "$@"; }

# catching: the server has a packet socket
catching() { in_ns "$S" awk 'END { exit NR < 2 }' /proc/net/packet; }

# counted END COUNTER BEFORE N TEXT: it grew by at least N
counted()
{
	wait_for 5 "$2 of $1 to grow" stat_over "$1" "$2" $(($3 + $4 - 1))
	check "$5: counted ($2)" stat_over "$1" "$2" $(($3 + $4 - 1))
}

# shut TEXT: both gates are still closed
shut()
{
	is "$(epoch_get c $O1 state) $(epoch_get s $I1 state)" "held held" \
		"$1: both gates are still closed"
}

# --- in clear text --------------------------------------------------------------
# The client's gate is closed; neighbours on the wire send what would open it.
path_cut both
sas_add $O1 $I1
announce s $O1 $I1
announce c $O1 $I1
policies_set $O1 $I1
wait_epoch c $O1 held
before=$(epoch_stat c refuse-clear)
for type in 1 2 3 4; do
	forge --netns "$R" --reply --type $type --count 5 10.0.0.1 $LOCAL
	forge --netns "$R" --type $type --count 5 10.0.0.1 $LOCAL
done
counted c refuse-clear "$before" 40 "in clear text"
shut "in clear text"
before=$(epoch_stat s refuse-clear)
forge --netns "$R" --type 2 --count 5 $PUB "$SERVER"
counted s refuse-clear "$before" 5 "in clear text, to the server"
shut "in clear text, to the server"
must ip -n "$R" route add 10.98.0.2/32 via "$LOCAL"
before=$(epoch_stat c refuse-clear)
forge --netns "$R" --type 2 --count 5 10.0.0.1 10.98.0.2
counted c refuse-clear "$before" 5 "in clear text, to a host behind the client"

# --- a host behind the client, and a program on it --------------------------------
# Their pings are data: held, and sent when the gate opens.
before=$(epoch_stat c forged-out)
held=$(epoch_get c $O1 held-total)
forge --netns "$H" --type 1 --count 3 10.98.0.2 10.99.0.1
forge --netns "$H" --type 2 --count 3 10.98.0.2 10.99.0.1
forge --netns "$A" --type 2 --count 3 10.98.0.1 10.99.0.1
forge --netns "$A" --reply --type 3 --count 3 10.98.0.1 10.99.0.1
counted c forged-out "$before" 12 "own side's echoes with the magic"
is "$(epoch_get c $O1 held-total)" $((held + 12)) \
	"own side's echoes with the magic are held like data"
shut "own side's echoes with the magic"

# --- through the SA, wrong cookie --------------------------------------------------
# What was held goes to the server now, whose gate must not take it for the word.
before=$(epoch_stat s refuse-cookie)
path_mend
counted s refuse-cookie "$before" 9 "word with a wrong cookie"
check "it is the client's own pings that are answered" wait_epoch c $O1 open 5
check "and its word opens the server's gate" wait_epoch s $I1 open 5
before=$(epoch_stat s refuse-cookie)
forge --netns "$A" --type 1 --number 4000000000 --count 3 10.98.0.1 10.99.0.1
counted s refuse-cookie "$before" 3 "forged numbers"
must gate s close tunnel t
must gate c close tunnel t
check "a forged number does not shut out real ones" wait_epoch c $O1 open 5
check "at the server neither" wait_epoch s $I1 open 5

# The server's side: its users write echo replies that look like answers.
path_cut up
must gate c close tunnel t
wait_epoch c $O1 held
before=$(epoch_stat c refuse-cookie)
last=$(epoch_get c $O1 pings)
forge --netns "$S" --reply --type 1 --number $((last - 5)) --count 12 10.99.0.1 10.98.0.1
forge --netns "$S" --reply --type 3 --number $((last - 5)) --count 12 10.99.0.1 10.98.0.1
forge --netns "$S" --reply --type 4 --number $((last - 5)) --count 12 10.99.0.1 10.98.0.1
forge --netns "$S" --type 2 --count 3 10.99.0.1 10.98.0.1
counted c refuse-cookie "$before" 39 "answers with a wrong cookie"
is "$(epoch_get c $O1 state)" held "answers with a wrong cookie: the gate is still closed"
check "and counted for the epoch" [ "$(epoch_get c $O1 refused)" -ge 39 ]
path_mend
wait_epoch c $O1 open 5

# --- truncated, too long, other versions --------------------------------------------
path_cut up
must gate c close tunnel t
for len in 4 8 19 20 21 1400; do
	forge --netns "$S" --reply --type 3 --len $len 10.99.0.1 10.98.0.1
	forge --netns "$S" --type 1 --len $len 10.99.0.1 10.98.0.1
done
forge --netns "$S" --reply --type 3 --version 2 10.99.0.1 10.98.0.1
forge --netns "$S" --reply --type 0 10.99.0.1 10.98.0.1
forge --netns "$S" --reply --type 255 10.99.0.1 10.98.0.1
wait_epoch c $O1 held
is "$(epoch_get c $O1 state)" held "malformed ones: the gate is still closed"
path_mend
wait_epoch c $O1 open 5

# --- replayed -----------------------------------------------------------------------
# Nobody sees what comes out of an epoch's SA, not even packet sockets. A stock
# server does, and it answers with what it got: anybody there can do it again.
must gate s unset name t
"$LAB_TOOLS/ping-forge" --netns "$S" --catch wan0 >"$TMP/request" &
catcher=$!
wait_for 5 "it to listen" catching
must gate c ping tunnel t
check "a stock server can see a request" wait $catcher
before=$(epoch_stat c refuse-replay)
path_cut up
must gate c close tunnel t
wait_epoch c $O1 held
forge --netns "$S" --reply --payload "$(cat "$TMP/request")" --count 3 10.99.0.1 10.98.0.1
counted c refuse-replay "$before" 3 "a replayed answer"
is "$(epoch_get c $O1 state)" held "a replayed answer: the gate is still closed"
path_mend
wait_epoch c $O1 open 5
tunnel_new s role server ceiling 60000
announce s $O1 $I1
answers=$(epoch_stat s answers)
forge --netns "$A" --payload "$(cat "$TMP/request")" 10.98.0.1 10.99.0.1
counted s answers "$answers" 1 "a request that the server's new gate has not seen"
"$LAB_TOOLS/ping-forge" --netns "$S" --for 500 --catch wan0 >/dev/null &
catcher=$!
wait_for 5 "it to listen" catching
before=$(epoch_stat s refuse-replay)
answers=$(epoch_stat s answers)
forge --netns "$A" --payload "$(cat "$TMP/request")" --count 3 10.98.0.1 10.99.0.1
counted s refuse-replay "$before" 3 "a replayed request"
is "$(epoch_stat s answers)" "$answers" "a replayed request is not answered by the gate"
wait $catcher
is $? 3 "and nobody else sees it"

# --- through another SA ---------------------------------------------------------------
# A server without a gate whose policy names the old SA sends the answers to the
# new SA's pings through the old one: they prove nothing about the new one.
must gate s unset name t
before=$(epoch_stat c refuse-spi)
sas_add $O2 $I2
announce c $O2 $I2
counted c refuse-spi "$before" 2 "answers by the old SA"
is "$(epoch_get c $O2 state)" held "answers by the old SA: the new gate is still closed"
policy_end s $O2 $I2
check "answers by its own SA open it" wait_epoch c $O2 open 5

policy_end c $O2 $I2
is "$(ping_count "$H" 10.98.0.2 10.99.0.1 5)" 5 \
	"ordinary pings of a host behind the client are not touched"
epoch_diag c
plan "$tap_count"
