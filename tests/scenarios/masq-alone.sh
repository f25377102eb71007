# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 300
#
# One client alone: whatever it and the server do, no packet may be lost that
# the stock kernel delivers. Every case runs on the stock kernel first and then
# with the module, with the same raw packets; what arrives is counted at both
# ends.
#
#	C[1] eth0 ---- R (masquerade) ------ wan0 S
#	  in <-------------------------------- from_server
#	  from_client ---------------------------> out

. tests/lib/masq.sh

O1=0xc0000001 O2=0xc0000002
I1=0x51000001 I2=0x51000002

plain()
{
	from_client 1 --spi $O1 --count 5
	from_server --spi $I1 --count 5
}

# After a rekey the server uses its new SA before the client does.
rekey_server_first()
{
	plain
	from_server --spi $I2 --count 5
	from_client 1 --spi $O2 --count 5
	from_server --spi $I2 --seq 6 --count 5
}

# The same, several times over with no client packet between.
rekey_server_only()
{
	local i

	plain
	for ((i = 1; i <= 8; i++)); do
		from_server --spi $((I2 + i)) --count 3
	done
	from_server --spi $I1 --seq 6 --count 3
}

# The conntrack entry's own time runs out, then the server speaks.
idle_expiry()
{
	ns_sysctl "$R" net.netfilter.nf_conntrack_generic_timeout=1
	plain
	sleep 2		# this idle time is the case
	from_server --spi $I1 --seq 6 --count 5
	from_client 1 --spi $O1 --seq 6 --count 5
	from_server --spi $I1 --seq 11 --count 5
	ns_sysctl "$R" net.netfilter.nf_conntrack_generic_timeout=600
}

# The answer comes later than any patience of the module.
late_answer()
{
	from_client 1 --spi $O1
	sleep 3		# this idle time is the case
	from_server --spi $I1 --count 5
}

late_answer_impatient()
{
	[ ! -d /sys/module/spinat_masq ] || masq set open-timeout 1
	late_answer
	[ ! -d /sys/module/spinat_masq ] || masq set open-timeout 60
}

# Many SAs at once, all of them new; the answers come in another order.
many_spis()
{
	from_client 1 --spi $O1 --next-spi --count 30
	from_server --spi $((I1 + 20)) --next-spi --count 10
	from_server --spi $I1 --next-spi --count 20
}

# SAs that are older than the router's memory
old_sas()
{
	from_client 1 --spi $O1 --seq 100000 --count 5
	from_server --spi $I1 --seq 200000 --count 5
	from_server --spi $I2 --seq 300000 --count 5
}

# The server speaks to a client that the router has never heard of.
server_first_ever()
{
	from_server --spi $I1 --count 5
	from_client 1 --spi $O1 --count 5
	from_server --spi $I1 --seq 6 --count 5
}

# SPIs that RFC 4303 reserves: somebody may use them all the same.
reserved_spis()
{
	from_client 1 --spi 1 --count 3
	from_server --spi 2 --count 3
	from_client 1 --spi 0 --count 3
	from_server --spi 0 --count 3
}

# Two servers at once, and the client's first packets are a gate's.
two_servers()
{
	plain
	esp "${C[1]}" "$(lan 1)" "$SERVER2" --spi $O2 --len 100,200 --count 4
	esp "$S" "$SERVER2" "$NAT" --spi $I2 --len 100,200 --count 4
	from_server --spi $I1 --seq 6 --count 5
}

# Packets longer than the link, as fragments
fragments()
{
	plain
	from_client 1 --spi $O1 --seq 6 --len 3000 --fragment 1400 --count 3
	from_server --spi $I1 --seq 6 --len 3000 --fragment 1400 --count 3
	from_server --spi $I2 --len 3000 --fragment 1400 --count 3
}

# A thousand lengths, as a busy tunnel has them
sprayed_lengths()
{
	from_client 1 --spi $O1 --spray --count 300
	from_server --spi $I1 --spray --count 300
	from_server --spi $I2 --spray --count 300
}

# Somebody flushes conntrack; both go on, the client first.
flushed()
{
	plain
	in_ns "$R" conntrack -F 2>/dev/null
	from_client 1 --spi $O1 --seq 6 --count 5
	from_server --spi $I1 --seq 6 --count 5
}

cases="plain rekey_server_first rekey_server_only idle_expiry late_answer
	late_answer_impatient many_spis old_sas server_first_ever
	reserved_spis two_servers fragments sprayed_lengths flushed"
cases6="plain rekey_server_first idle_expiry fragments"

# run_case CASE RESULT-PREFIX
seen_out=0 seen_in=0
run_case()
{
	local out=$seen_out in=$seen_in

	forget_all
	"$1"
	settle_traffic
	seen_out=$(esp_seen "$S" all)
	seen_in=$(esp_seen "${C[1]}" all)
	printf -v "$2_out_$1" '%s' $((seen_out - out))
	printf -v "$2_in_$1" '%s' $((seen_in - in))
}

# run_all RESULT-PREFIX
run_all()
{
	local case

	for case in $cases; do
		run_case "$case" "$1"
	done
}

compare()
{
	local case stock_out=stock_out_$1 stock_in=stock_in_$1
	local masq_out=masq_out_$1 masq_in=masq_in_$1

	note "IPv$FAMILY $1: out ${!stock_out} stock, ${!masq_out} masq;" \
		"in ${!stock_in} stock, ${!masq_in} masq"
	check "IPv$FAMILY $1: never fewer packets from the client" \
		[ "${!masq_out}" -ge "${!stock_out}" ]
	check "IPv$FAMILY $1: never fewer packets from the server" \
		[ "${!masq_in}" -ge "${!stock_in}" ]
}

plan $((2 * $(wc -w <<<"$cases $cases6") + 4))
lab_up 1
nat_on
esp_watch "$S"
esp_watch "${C[1]}"
ip_batch "$S" <<-END
	addr add 203.0.113.3/24 dev wan0
	addr add 2001:db8::3/64 dev wan0 nodad
END
for family in 4 6; do
	use_family $family
	SERVER2=203.0.113.3
	[ $family = 4 ] || { SERVER2=2001:db8::3 cases=$cases6; }
	run_all stock
	masq_load
	run_all masq
	masq_unload
	for case in $cases; do
		compare "$case"
	done
	# What only the module can do shows that it was there.
	check "IPv$family: stock loses packets when idle entries expire" \
		[ "$stock_in_idle_expiry" -lt 15 ]
	is "$masq_in_idle_expiry" 15 \
		"IPv$family: with the module none of them is lost"
done
