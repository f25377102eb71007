# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 200
#
# Damaged packets and requests, while two tunnels that were told carry counted
# traffic. Nobody's packets may go to another client, and the tunnels must not
# notice: forged ESP fails at their ends, and no error says anything that matters.
#
#	C[1], C[2] tunnels ----+
#	C[3] sends damage -----+-- R (masquerade) ---- S, in whose name damage comes

. tests/lib/masq.sh
. tests/lib/fuzzing.sh

lab_up 3
nat_on
masq_load

# of none that is sent by chance
OUT1=0x1110 IN1=0x1120 OUT2=0x1111 IN2=0x1121
# told_tunnel I OUT IN: a tunnel of client I that the NAT need not learn
told_tunnel()
{
	sa_pair "${C[$1]}" "$S" "$(lan "$1")" "$SERVER" "$NAT" "$2" "$3" \
		10.97.0."$1" 10.99.0.1
	must masq pin client "$(lan "$1")" server "$SERVER" public "$NAT" \
		out-spi "$2" in-spi "$3"
}

# flows_start: counted packets both ways through both tunnels
flows_start()
{
	rm -f "$TMP/ready"
	"$LAB_TOOLS/udp-flow" --ready "$TMP/ready" --rate 20 --drain 1000 \
		--for $((FUZZ_SECONDS * 1000)) \
		up1,"${C[1]}",10.97.0.1,"$S",10.99.0.1 \
		down1,"$S",10.99.0.1,"${C[1]}",10.97.0.1 \
		up2,"${C[2]}",10.97.0.2,"$S",10.99.0.1 \
		down2,"$S",10.99.0.1,"${C[2]}",10.97.0.2 >"$TMP/flow" 2>&1 &
	flows=$!
	wait_for 10 "udp-flow to be ready" test -e "$TMP/ready"
}

# flow NAME KEY
flow() { sed -n "s/^$1 .*\\b$2=\\(-\\?[0-9]*\\).*/\\1/p" "$TMP/flow"; }

told_tunnel 1 $OUT1 $IN1
told_tunnel 2 $OUT2 $IN2
is "$(ping_count "${C[1]}" 10.97.0.1 10.99.0.1 5) $(ping_count "${C[2]}" 10.97.0.2 10.99.0.1 5)" \
	"5 5" "the tunnels work"

# --- packets ------------------------------------------------------------------
esp_watch "${C[1]}" $IN2
esp_watch "${C[2]}" $IN1
esp_watch "${C[3]}" $IN1 $IN2
flows_start
fuzz_packets "${C[3]}" "$(lan 3)" "$SERVER" $OUT1 $OUT2 0x112
fuzz_packets "$S" "$SERVER" "$NAT" $IN1 $IN2 0x122 $OUT1
fuzz_packets "${C[3]}" "$(client_addr6 3)" "$SRV6" 0x112 0x113
fuzz_packets "$S" "$SRV6" "$PUB6" 0x122 0x123
wait $flows
sed 's/^/# /' "$TMP/flow"
fuzz_packets_wait
for name in up1 down1 up2 down2; do
	hardly_lost "$(flow $name received)" "$(flow $name sent)" "$name"
done
is "$(esp_seen "${C[1]}" $IN2) $(esp_seen "${C[2]}" $IN1) $(esp_seen "${C[3]}" $IN1) $(esp_seen "${C[3]}" $IN2)" \
	"0 0 0 0" "nobody got a packet of another's tunnel"
note "$(drops)"

# --- requests -----------------------------------------------------------------
# They change and forget everything; packets come meanwhile.
fuzz_packets "${C[3]}" "$(lan 3)" 192.0.2.1 0x100 0x101
fuzz_packets "$S" "$SERVER" "$NAT" 0x100 0x101 $IN1
fuzz_requests masq pairs "$R"
fuzz_packets_wait

# --- afterwards -----------------------------------------------------------------
must masq flush
is "$(pairs)" 0 "all pairs can be forgotten"
must rmmod spinat_masq
masq_load
for i in 1 2; do
	must masq pin client "$(lan $i)" server "$SERVER" public "$NAT" \
		out-spi $((OUT1 + i - 1)) in-spi $((IN1 + i - 1))
done
must in_ns "$R" conntrack -F
is "$(ping_count "${C[1]}" 10.97.0.1 10.99.0.1 5) $(ping_count "${C[2]}" 10.97.0.2 10.99.0.1 5)" \
	"5 5" "the tunnels work after all that"
plan "$tap_count"
