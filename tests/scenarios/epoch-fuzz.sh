# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 200
# debug: 1
#
# Damaged control pings through a tunnel with gates at both ends, damaged ESP and
# ICMP errors around it, and damaged requests. The gates stay open, and the traffic
# that is counted meanwhile does not notice.
#
#	C[1] 10.98.0.1 -- R (masquerade) -- S 10.99.0.1
#	role client                         role server

. tests/lib/epoch.sh
. tests/lib/fuzzing.sh

lab
epoch_load
new_tunnels()
{
	tunnel_new c role client ping-max 200 tries 1000 ceiling 600000
	tunnel_new s role server ceiling 600000
}
new_tunnels
# of those that genl-fuzz likes
O=0x101 I=0x102
sas_add $O $I
announce s $O $I
announce c $O $I
policies_set $O $I
check "the client's gate opens" wait_epoch c $O open
check "the server's gate opens" wait_epoch s $I open

# --- control pings ----------------------------------------------------------------
# Nobody sees what comes out of an SA with a gate; a stock server does.
must gate s unset name t
"$LAB_TOOLS/ping-forge" --netns "$S" --catch wan0 --for 20000 >"$TMP/request" &
catcher=$!
caught() { gate c ping tunnel t; [ -s "$TMP/request" ]; }
check "a real request is caught" wait_for 10 "one" caught
wait $catcher
tunnel_new s role server ceiling 600000
announce s $O $I
must gate c close tunnel t
check "the client's gate opens again" wait_epoch c $O open
check "the server's gate opens again" wait_epoch s $I open

# forge END [OPTION]: damaged ones, through the tunnel
forge()
{
	local ns from=$IC to=$IS

	ns=$(end_ns "$1")
	[ "$1" = c ] || { from=$IS to=$IC; }
	# shellcheck disable=SC2086 # words
	$LAST "$LAB_TOOLS/ping-forge" --netns "$ns" \
		--payload "$(<"$TMP/request")" --mutate "$FUZZ_SEED" \
		--for $((FUZZ_SECONDS * 1000)) --count 100000 --gap-us 10000 \
		"${@:2}" "$from" "$to" >"$TMP/forge.${#forges[@]}" &
	forges+=($!)
}

# forges_wait TEXT: until they have ended
forges_wait()
{
	local i sent few=0

	for i in "${!forges[@]}"; do
		wait "${forges[i]}"
		sent=$(sed 's/.*=//' "$TMP/forge.$i")
		note "damaged pings: ${sent:=0}"
		[ "$sent" -ge $((FUZZ_SECONDS * FORGES_LEAST)) ] || few=1
	done
	is $few 0 "$1"
	forges=()
}
# a second; at most 100
FORGES_LEAST=5
forges=()
flow_start pings --rate 50 --drain 1000 --for $((FUZZ_SECONDS * 1000)) -- up down
forge c
forge c --reply
forge s
forge s --reply
fuzz_packets "$A" "$LOCAL" "$SERVER" $O $I
fuzz_packets "$S" "$SERVER" "$NAT" $O $I
flow_wait pings
packets_wait
forges_wait "damaged pings were sent"
fuzz_packets_wait
for way in up down; do
	hardly_lost "$(flow pings $way received)" "$(flow pings $way sent)" "$way"
done
is "$(flow pings up duplicated) $(flow pings down duplicated)" "0 0" \
	"and none came twice"
flow_start quiet --rate 50 --count 50 --drain 2000 -- up down
flow_wait quiet
for way in up down; do
	whole quiet $way "afterwards nothing is lost ($way)"
done
is "$(epoch_get c $O state) $(epoch_get s $I state)" "open open" \
	"the gates are open still"
check "pings with a wrong cookie are counted at the client" \
	stat_over c refuse-cookie 0
check "and at the server" stat_over s refuse-cookie 0
epoch_diag c
epoch_diag s
for ns in "$A" "$S"; do
	note "$(in_ns "$ns" awk '$2 { printf "%s %s ", $1, $2 }' /proc/net/xfrm_stat)"
done

# closed gates stay closed
path_cut both
must gate c close tunnel t
must gate s close tunnel t
FUZZ_SECONDS=2 forge c
FUZZ_SECONDS=2 forge s --reply
FUZZ_SECONDS=2 forges_wait "damaged pings were sent again"
is "$(epoch_get c $O state) $(epoch_get s $I state)" "held held" \
	"no damaged ping opens a gate"
path_mend
check "the client's own pings do" wait_epoch c $O open

# --- requests ---------------------------------------------------------------------
# Those that send pings find SAs: peers 192.0.2.1 to .4, SPIs 0x100 to 0x107.
for peer in 1 2; do
	for spi in 0 1 2 3; do
		echo "xfrm state add src 10.0.0.1 dst 192.0.2.$peer proto esp" \
			"spi 0x10$spi reqid 1 mode tunnel" \
			"$(sa_alg 0000010$spi gcm)"
		echo "xfrm state add src 192.0.2.$peer dst 10.0.0.1 proto esp" \
			"spi 0x10$((spi + 4)) reqid 1 mode tunnel" \
			"$(sa_alg 0000011$spi gcm)"
	done | if [ $peer = 1 ]; then cat; else grep 'dst 192'; fi
done | ip_batch "$A"
flow_start requests --rate 50 --drain 1000 --for $((FUZZ_SECONDS * 1000)) -- up
fuzz_requests epoch epochs "$A"
flow_wait requests

# --- afterwards ---------------------------------------------------------------------
# remove all tunnels, by the names they have
tunnels() { "$SPINAT" -j -n "$A" epoch tunnels | jq -r '.[].name'; }
gone() { tunnels | while read -r name; do gate c unset name "$name"; done; [ -z "$(tunnels)" ]; }
check "all tunnels can be removed" wait_for 20 "them to go" gone
is "$("$SPINAT" -j -n "$A" epoch show)" "[]" "and their epochs went with them"
must rmmod spinat_epoch
epoch_load
new_tunnels
announce s $O $I
announce c $O $I
check "after all that the gate opens again" wait_epoch c $O open
plan "$tap_count"
