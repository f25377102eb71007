# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 240
#
# The ways on which a packet comes out of an SA: a control ping is found on each
# of them, and taken, before an interface or a namespace can lose sight of the
# SA. None is an error of the interface, and ordinary packets are not touched.
#
#	T (tenant) . C[1] -- R -- S		the interface is in C[1] or in T

. tests/lib/epoch.sh

lab
must modprobe -a xfrm_interface ip_vti
ns_new T tenant
ip_batch "$T" <<-END
	link set lo up
	addr add 10.98.0.1/32 dev lo
END
epoch_load

# route_by NETNS DEVICE: who has the client's inside address
route_by()
{
	ip_batch "$1" <<-END
		link set $2 up
		route replace 10.99.0.0/16 dev $2 src 10.98.0.1
	END
}

# proves TEXT NETNS DEVICE|- [KEY VALUE...]: data waits, its gate opens, which
# only an answer does, data passes, and the device counts no error
proves()
{
	local text=$1 ns=$2 dev=$3 waiting

	shift 3
	tunnel_new c role client ping-max 200 ceiling 60000 on-ceiling drop "$@"
	sas_new
	policies_set $O1 $I1
	in_ns "$ns" ping -q -c 1 -W 20 -I "$IC" "$IS" >/dev/null &
	waiting=$!
	check "$text: data is held" wait_for 10 "a packet to be held" held_over c $O1 0
	announce c $O1 $I1
	check "$text: the gate opens" wait_epoch c $O1 open 10
	[ "$(epoch_get c $O1 state)" = open ] || epoch_diag c
	check "$text: what was held is answered" wait "$waiting"
	is "$(ping_count "$ns" "$IC" "$IS" 5)" 5 "$text: later data, too"
	[ "$dev" = - ] || is "$(ip -j -s -n "$ns" link show "$dev" |
		jq -c '.[0].stats64.rx | [.errors, .dropped]')" "[0,0]" \
		"$text: the interface counts no error"
	must gate c unset name t
	ipsec_flush
}

sas_new() { sas_add $O1 $I1; }

SA_MORE="if_id 7"
must ip -n "$A" link add ipsec0 type xfrm dev eth0 if_id 7
route_by "$A" ipsec0
proves "xfrm interface" "$A" ipsec0 if-id 7

must ip -n "$A" route replace 10.99.0.0/16 via 10.0.0.1 src 10.98.0.1
must ip -n "$A" link set ipsec0 netns "$T"
route_by "$T" ipsec0
proves "xfrm interface of another namespace" "$T" ipsec0 if-id 7

SA_MORE="mark 7"
must ip -n "$A" link add vti7 type vti local "$LOCAL" remote "$SERVER" key 7
route_by "$A" vti7
proves VTI "$A" vti7 mark 7
must ip -n "$A" link set vti7 down
must ip -n "$A" route replace 10.99.0.0/16 via 10.0.0.1 src 10.98.0.1
SA_MORE=''

# The crypto layer in threads: xfrm goes on where the packet comes back. tcrypt
# makes such an algorithm, and fails because it is not to stay.
must modprobe pcrypt
modprobe tcrypt type=3 alg='pcrypt(rfc4106(gcm(aes)))' 2>/dev/null
users()
{
	awk '$1 == "driver" { mine = /pcrypt\(/ } mine && $1 == "refcnt" { n += $3 }
		END { print n + 0 }' /proc/crypto
}
before=$(users)
[ "$before" -gt 0 ] || bail "no asynchronous algorithm"
sas_add $O1 $I1
check "asynchronous: SAs use such an algorithm" [ "$(users)" -gt "$before" ]
ipsec_flush
proves asynchronous "$A" -

# In transport mode the ends themselves are pinged, which a NAT makes pointless.
lab_without_nat
MODE=transport
for family in 4 6; do
	outer $family
	NAT=$LOCAL IC=$LOCAL IS=$SERVER IC_NET=$LOCAL
	proves "transport mode, IPv$family" "$A" -
done

# BEET: the inner header is that of the SA's selector.
outer 4
inner 4
NAT=$LOCAL IC_NET=$IC MODE=beet
beet()
{
	echo "xfrm state add src $1 dst $2 proto esp spi $3 reqid 1 mode beet" \
		"sel src $4 dst $5 $(sa_alg "$(printf '%08x' "$(($3))")" "$CIPHER")"
}
sas_new()
{
	local end

	for end in "$S" "$A"; do
		ip_batch "$end" <<-END
			$(beet "$SERVER" "$LOCAL" $I1 "$IS" "$IC")
			$(beet "$LOCAL" "$SERVER" $O1 "$IC" "$IS")
		END
	done
}
proves BEET "$A" -
plan "$tap_count"
