# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 240
#
# A new pair of SAs whose path does not work at first: the gate holds data from
# birth, pings in quick pairs of different lengths, opens when the path works,
# and lets go what it held, in order and without loss. For each cipher, family
# and kind of SA. The server is a stock one, its own address is the target.
#
#	H 10.98.0.2 -- C[1] 10.98.0.1 -- R (masquerade) -- S 10.99.0.1
#	               fd98::1           cut at times      fd99::1

. tests/lib/epoch.sh

lab
must modprobe -a xfrm_interface
ns_new H host
link "$A" lan "$H" eth0
ip_batch "$H" <<-END
	addr add 10.98.0.2/32 dev eth0
	route add 10.98.0.1/32 dev eth0
	route add 10.99.0.0/16 via 10.98.0.1 src 10.98.0.2
END
must ip -n "$A" route add 10.98.0.2/32 dev lan
must in_ns "$A" sysctl -qw net.ipv4.ip_forward=1

# --- without the gate, for contrast -----------------------------------------
path_cut up
sas_add $O1 $I1
policies_set $O1 $I1
flow_start contrast --rate 50 --count 20 -- up
flow_wait contrast
path_mend
check "without the gate what is sent too early is lost ($(flow contrast up lost) of 20)" \
	[ "$(flow contrast up lost)" -gt 10 ]
ipsec_flush

epoch_load

# --- step by step, AES-GCM ----------------------------------------------------
tunnel_new c role client ping-max 200 tries 1000 stale-after 0
path_cut down
events_start c
wire_start
sas_add $O1 $I1
policies_set $O1 $I1
wait_epoch c $O1 born
is "$(epoch_get c $O1 "in-spi")" null "born: its in-SPI is not known"
flow_start held --rate 50 --drain 300 -- up
wait_for 5 "data to be held" held_over c $O1 5
is "$(epoch_stat c pings)" 0 "born: no pings"
announce c $O1 $I1
is "$(epoch_get c $O1 state)" held "announced: held"
wait_for 5 "five tries" stat_over c pings 9
path_mend
check "the path works: open" wait_epoch c $O1 open 5
flow_stop held
whole held up "held packets are sent, each once and in order"
wire_stop
is "$(epoch_get c $O1 held) $(epoch_get c $O1 held-dropped)" "0 0" \
	"nothing is held any more, nothing was dropped"
check "$(epoch_get c $O1 held-total) packets were held, the first for $(epoch_get c $O1 stall) ms" \
	[ "$(epoch_get c $O1 held-total)" -gt 5 ]
is "$(epoch_stat c hold)" "$(epoch_stat c release)" "the counters say so, too"
is "$(epoch_get c $O1 proved)" true "it is said to be proved"
is "$(events c)" "born announced proved" "the events are born, announced, proved"

# Of the SPI's first packets all but the last are pings: the gate was closed.
pings=$(epoch_get c $O1 pings)
awk -v spi="$(printf '0x%08x' $O1)" '$2 == "up" && $3 == spi' "$TMP/wire" |
	head -n "$pings" >"$TMP/pings"
note "on the wire: $(awk '{ printf "%.3f:%d ", $1 % 100, $4 }' "$TMP/pings")"
# one pair may be torn apart by a busy machine
check "pings go in pairs within 16 ms, tries at least 20 ms apart" awk '
	NR % 2 == 0 && $1 - t > 0.016 { bad++ }
	NR % 2 == 1 && NR > 1 && $1 - t < 0.020 { bad++ }
	{ t = $1 } END { exit bad > 1 || NR < 10 }' "$TMP/pings"
check "the two of a pair have different lengths" awk '
	NR % 2 == 0 && $4 == len { bad = 1 } { len = $4 }
	END { exit bad || NR < 10 }' "$TMP/pings"
check "and they are random: $(cut -d' ' -f4 "$TMP/pings" | sort -un | wc -l) different ones" \
	[ "$(cut -d' ' -f4 "$TMP/pings" | sort -un | wc -l)" -gt 6 ]
check "none is longer than 1,152 bytes" awk '$4 > 1152 { bad = 1 } END { exit bad }' \
	"$TMP/pings"

# A rekey: the old SAs carry the client's data until the new ones are proved. A
# stock server's answers come by the SA that its policy names, so that must be
# the new one.
path_cut down
sas_add $O2 $I2
announce c $O2 $I2
policy_end s $O2 $I2
flow_start rekey --rate 50 --drain 300 -- up
check "rekey: the old epoch is not touched" wait_for 3 "data by the old SA" \
	stat_over c pings $((pings + 3))
is "$(epoch_get c $O1 state) $(epoch_get c $O2 state)" "open held" \
	"rekey: the old one is open, the new one held"
path_mend
check "rekey: it is proved before the client's policy names it" wait_epoch c $O2 open 5
policy_end c $O2 $I2
sa_del c $O1 out
sa_del s $I1 out
flow_stop rekey
whole rekey up "rekey: nothing is lost to the server"
is "$(epoch_get c $O1 state)" null "rekey: the old epoch is gone with its SA"
epoch_diag c

# --- other kinds --------------------------------------------------------------
# variant TEXT FLOW [KEY VALUE...]: what holds for each
variant()
{
	local text=$1 way=$2

	shift 2
	must gate c unset name t
	tunnel_new c role client ping-max 200 stale-after 0 "$@"
	path_cut up
	sas_add $O3 $I3
	policies_set $O3 $I3
	announce c $O3 $I3
	# shellcheck disable=SC2086 # words
	flow_start kind --rate 50 --drain 300 ${FLOW_MORE:-} -- "$way"
	wait_for 5 "data to be held" held_over c $O3 5
	path_mend
	check "$text: it opens" wait_epoch c $O3 open 5
	flow_stop kind
	whole kind "$way" "$text: each held packet arrives once, in order"
	[ "$(epoch_get c $O3 state)" = open ] || epoch_diag c
	ipsec_flush
}

ipsec_flush
CIPHER=cbc
variant "AES-CBC, SHA-256" up
CIPHER=null
variant "null cipher, SHA-256" up
CIPHER=gcm
variant "forwarded" forwarded
inner 6
variant "IPv6 in IPv4" up
outer 6
variant "IPv6 in IPv6" up
inner 4
variant "IPv4 in IPv6" up
outer 4

ip_batch "$A" <<-END
	link add ipsec0 type xfrm dev eth0 if_id 7
	link set ipsec0 up
	route replace 10.99.0.0/16 dev ipsec0 src 10.98.0.1
END
SA_MORE="if_id 7"
variant "xfrm interface" up if-id 7
SA_MORE=
must ip -n "$A" route replace 10.99.0.0/16 via 10.0.0.1 src 10.98.0.1

# Marks choose the SAs: of the client's packets, and of what comes for it.
in_ns "$A" nft -f - <<-END || bail "nft refused the mark"
	table inet marks {
		chain pre {
			type filter hook prerouting priority -300
			meta l4proto esp meta mark set 5
		}
	}
END
SA_MORE="mark 5 mask 0xffffffff" FLOW_MORE="--mark 5"
variant "SAs with a mark" up mark 5
SA_MORE='' FLOW_MORE=''

plan "$tap_count"
