# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 120
#
# The router has IPsec of its own with the same server, while clients behind it
# do. The router's packets are its own: also when an SA wants a mark that a
# rule sets later than the module looks, and while clients open tunnels.
#
#	C[1]..C[4] ---- R ------ S     tunnels C-S and R-S, one public address
#	           10.77.0.1    10.88.0.1, .2

. tests/lib/masq.sh

plan 9
lab_up 4
nft_rules <<END
table inet t {
	chain post {
		type nat hook postrouting priority srcnat
		oifname "wan0" ip saddr != 10.77.0.0/16 masquerade
	}
	chain mangle {
		type filter hook prerouting priority mangle
		esp spi 0x77000003 meta mark set 0x42
	}
}
END
ip_batch "$R" <<-END
	addr add 10.77.0.1/32 dev lo
	addr add 10.77.0.2/32 dev lo
	route add 10.88.0.1/32 via $SRV src 10.77.0.1
	route add 10.88.0.2/32 via $SRV src 10.77.0.2
END
ip_batch "$S" <<-END
	addr add 10.88.0.1/32 dev lo
	addr add 10.88.0.2/32 dev lo
	route add 10.77.0.0/16 dev wan0
END
key="aead rfc4106(gcm(aes)) 0x0102030405060708090a0b0c0d0e0f1011121314 128"

# own N OUT-SPI IN-SPI [MARK]: a tunnel of the router, 10.77.0.N - 10.88.0.N
own()
{
	local ends="proto esp reqid 77$1 mode tunnel"

	ip_batch "$R" <<-END
		xfrm state add src $PUB dst $SRV spi $2 $ends $key
		xfrm state add src $SRV dst $PUB spi $3 $ends replay-window 32 ${4:-} $key
		xfrm policy update src 10.77.0.$1 dst 10.88.0.$1 dir out tmpl src $PUB dst $SRV $ends
		xfrm policy update src 10.88.0.$1 dst 10.77.0.$1 dir in tmpl src $SRV dst $PUB $ends
	END
	ip_batch "$S" <<-END
		xfrm state add src $SRV dst $PUB spi $3 $ends $key
		xfrm state add src $PUB dst $SRV spi $2 $ends replay-window 32 $key
		xfrm policy update src 10.88.0.$1 dst 10.77.0.$1 dir out tmpl src $SRV dst $PUB $ends
		xfrm policy update src 10.77.0.$1 dst 10.88.0.$1 dir in tmpl src $PUB dst $SRV $ends
	END
}

# router_pings TEXT N: through its own tunnel; what comes back
router_pings()
{
	is "$(ping_count "$R" 10.77.0.$2 10.88.0.$2 10)" 10 "$1"
}

own 1 0x77000011 0x77000001
router_pings "stock kernel: the router's tunnel works" 1
own 2 0x77000013 0x77000003 "mark 0x42 mask 0xff"
router_pings "stock kernel: so does the one whose SA wants a mark" 2

masq_load
router_pings "alone with the module" 1
router_pings "alone with the module, marked" 2

# esp-load replaces the SAs of the server, so the router and the server rekey
# as soon as that is done, which is when the clients begin to open.
mapfile -t clients < <(load_clients 1 4)
must ip -n "$R" xfrm state flush
load --window 2000 --more 60 "${clients[@]}" &
loading=$!
wait_for 20 "the clients to open" counter_over learn-open 0
own 1 0x77000021 0x77000002
own 2 0x77000023 0x77000003 "mark 0x42 mask 0xff"
router_pings "while clients open" 1
router_pings "while clients open, marked" 2
wait $loading
load_diag "clients"
is "$(loaded answered)" 4 "the clients are served"
is "$(loaded esp-wrong)" 0 "and got nothing that was the router's"
check "the router's packets were known as its own ($(counter own))" \
	[ "$(counter own)" -ge 20 ]
