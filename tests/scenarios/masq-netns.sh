# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 400
# cpus: 2
#
# A router's network namespace is deleted a hundred times while ESP goes
# through it both ways and packets of several clients wait for their turn in
# it. Nothing may leak, hang or crash; the kernel log and the module's slab
# caches tell.
#
#	L eth0 (many LAN addresses) ---- R ------ wan0 S

. tests/lib/masq.sh

plan 4
must modprobe -a veth esp4 nf_conntrack nft_masq nft_chain_nat nft_ct
masq_load
ns_new L lan
ns_new S server
echo 1 >/sys/kernel/rcu_expedited

# learned: what the router of this round has learned
learned()
{
	R=$1
	counter learn-open
}

cat >"$TMP/inside" <<-END
	echo 1 >/proc/sys/net/ipv4/ip_forward
	nft -f - <<-NFT
		table inet nat {
			chain post {
				type nat hook postrouting priority srcnat
				oifname "wan0" masquerade
			}
		}
	NFT
END

# round I: a new router between L and S, traffic, and it goes in the midst of it
round()
{
	local router=round$1-$$ senders

	ip -batch - <<-END || return
		netns add $router
		link add name lan0 netns $router type veth peer name eth0 netns $L
		link add name wan0 netns $router type veth peer name wan0 netns $S
	END
	ip -n "$router" -batch - <<-END || return
		addr add 10.0.0.1/16 dev lan0
		addr add 203.0.113.1/24 dev wan0
		link set lan0 up
		link set wan0 up
	END
	ip -n "$L" -batch - <<-END || return
		addr add 10.0.1.1/16 dev eth0
		link set eth0 up
		route add default via 10.0.0.1
	END
	ip -n "$S" -batch - <<-END || return
		addr add 203.0.113.2/24 dev wan0
		link set wan0 up
	END
	ip netns exec "$router" sh "$TMP/inside" || return
	# some to have clients and held packets, then more until the end
	send_out 60 0
	send_in 60 0
	[ $(($1 % 10)) != 0 ] || note_learned "$router"
	send_out 1000 500 &
	senders=$!
	send_in 1000 500 &
	senders+=" $!"
	ip netns del "$router" || return
	# shellcheck disable=SC2086 # two of them
	kill $senders 2>/dev/null
	# shellcheck disable=SC2086
	wait $senders 2>/dev/null
	return 0
}

# send_out COUNT GAP: every packet is another client's
send_out()
{
	exec_if_background "$LAB_TOOLS/esp-send" --netns "$L" --next-source \
		--next-spi --spi 0xc0000000 --count "$1" --gap-us "$2" \
		10.0.1.1 203.0.113.2
}

send_in()
{
	exec_if_background "$LAB_TOOLS/esp-send" --netns "$S" --random-spi \
		--count "$1" --gap-us "$2" 203.0.113.2 203.0.113.1
}

# A background function's process must be the program's, to be killed.
exec_if_background()
{
	if [ "$BASHPID" = $$ ]; then
		"$@" >/dev/null 2>&1
	else
		exec "$@" >/dev/null 2>&1
	fi
}

note_learned()
{
	local n

	n=$(learned "$1")
	[ "$n" -ge "$least" ] || least=$n
}

least=1000000
rounds=0
for ((i = 1; i <= 100; i++)); do
	round "$i" || break
	rounds=$i
done
is "$rounds" 100 "a hundred namespaces were deleted under traffic"
check "they had at least $least clients, of 60" [ "$least" -ge 30 ]
wait_for 30 "the objects of all namespaces to be gone" \
	objects_at_most 0 masq_out masq_in
is "$(objects masq_out masq_in)" 0 "their objects are gone"
echo 0 >/sys/kernel/rcu_expedited
masq_unload
ok "the module goes after that"
