#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# time: 300
#
# Long tables: 100,000 pairs of 1,000 clients are restored and dumped, each
# exactly once; so are pairs that stay while others come and go around them.
# What one router saves another restores, with its evidence.
#
#	A, B	two empty namespaces

. tests/lib/common.sh
. tests/lib/netlink.sh

masq_load
ns_new A a
ns_new B b
nl_ns=$A

# timed TEXT COMMAND...
timed()
{
	local text=$1 start

	start=$(now_ms)
	shift
	"$@"
	note "$text: $(($(now_ms) - start)) ms"
}

# --- 100,000 pairs

saved "$TMP/all" 100000
timed "restore 100,000 pairs" accepts masq restore "$TMP/all"
timed "dump 100,000 pairs" tool masq save
mv "$TMP/out" "$TMP/saved"
is "$code|$err" "0|" "100,000 pairs are saved without complaint"
check "each of 100,000 pairs is dumped once" \
	cmp <(pins "$TMP/all") <(pins "$TMP/saved")
is "$(grep -c '^pin' "$TMP/saved")" 100000 "and these are 100,000"
tool -j masq clients
is "$(grep -c '"pairs": 100,' <<<"$out")" 1000 "1,000 clients have 100 each"
tool -j masq show client 10.0.3.7
is "$(grep -c '"client": "10.0.3.7"' <<<"$out")|$(grep -c '"client"' <<<"$out")" \
	"100|100" "a dump of one client has its 100 pairs only"
timed "flush 100,000 pairs" accepts masq flush
prints '[]' "and none after a flush" -j masq show

# --- restored on another router: evidence and everything else survives

cat >"$TMP/mixed" <<END
# my pairs
version 1

pin client 10.0.0.2 server 192.0.2.1 public 198.51.100.1 out-spi 0x1000 in-spi 0x2000 evidence serial out-seq 9	# a guess
pin client 10.0.0.2 server 192.0.2.1 public 198.51.100.1 out-spi 0x1000 in-spi 0x2001 evidence only out-seq 9
pin client 10.0.0.3 server 192.0.2.1 out-spi 0x1001 in-spi 0x2002 evidence echo out-seq 4294967295
pin client fd00::2 server 2001:db8::1 public 2001:db8::2 out-spi 0x1000 in-spi 0x2000
END
accepts masq restore "$TMP/mixed"
tool masq save
same "$(pins "$TMP/out")" "$(<tests/golden/masq-saved)" \
	"save prints what was restored"
mv "$TMP/out" "$TMP/saved"
nl_ns=$B
accepts masq restore "$TMP/saved"
tool masq save
same "$(pins "$TMP/out")" "$(pins "$TMP/saved")" \
	"a second router gets the pairs with their evidence"
accepts masq restore "$TMP/saved"
tool masq save
same "$(pins "$TMP/out")" "$(pins "$TMP/saved")" "twice changes nothing"

# Lines that the kernel refuses do not keep the others away.
nl_ns=$A
accepts masq flush
cat >"$TMP/bad" <<END
version 1
pin client 10.0.0.2 server 192.0.2.1 out-spi 0x1000 in-spi 0x2000
pin client 10.0.0.3 server 192.0.2.1 out-spi 0x1000 in-spi 0x2001
pin client 0.0.0.0 server 192.0.2.1 out-spi 0x1001 in-spi 0x2001
pin client 10.0.0.3 server 192.0.2.1 out-spi 0x1002 in-spi 0x2002
END
tool masq restore "$TMP/bad"
same "$code|$err" "1|spinat: masq restore: line 3: Another client has this out-SPI at that server (in out-spi)
spinat: masq restore: line 4: The unspecified address is nobody's (in client)
spinat: masq restore: 2 of 4 pairs were refused" \
	"refused lines are reported"
tool masq save
is "$(grep -c ^pin <<<"$out")" 2 "the others are restored"
accepts masq flush
sed -i '5s/in-spi/in_spi/' "$TMP/bad"
refuses 'line 5: unknown key "in_spi", it takes: client, server, public, out-spi, in-spi, evidence, out-seq' \
	masq restore "$TMP/bad"
prints '[]' "a wrong line keeps all of them away" -j masq show

# --- dump under change

saved "$TMP/stay" 5000 50
accepts masq restore "$TMP/stay"
{
	echo "version 1"
	# the same clients and others, at another server
	awk 'NR > 1 && NR % 5 == 0 { sub("192.0.2.1", "192.0.2.2")
		print; sub("client 10.0", "client 10.7"); sub(/out-spi 0x0000/,
		"out-spi 0x0077"); sub(/in-spi 0x01/, "in-spi 0x02"); print }' \
		"$TMP/stay"
} >"$TMP/go"
churn()
{
	while :; do
		"$SPINAT" -n "$A" masq restore "$TMP/go"
		"$SPINAT" -n "$A" masq flush server 192.0.2.2
	done
}
churn 2>"$TMP/churn" &
churn_pid=$!
added() { "$SPINAT" -n "$A" -j masq stats | sed 's/.*"learn-pinned": \([0-9]*\).*/\1/'; }
begin=$(added)
wrong=0 told=0
pins "$TMP/stay" >"$TMP/want"
for _ in {1..10}; do
	tool masq save
	[ -z "$err" ] || told=$((told + 1))
	grep '^pin.* server 192.0.2.1 ' "$TMP/out" | sort |
		cmp -s - "$TMP/want" || wrong=$((wrong + 1))
	case "$err" in
	''|"spinat: masq save: the table changed while it was read; what was there all the time is complete") ;;
	*) note "$err"; wrong=$((wrong + 1)) ;;
	esac
done
end=$(added)
kill "$churn_pid"
wait "$churn_pid" 2>/dev/null
is "$wrong" 0 "pairs that stay are in each of 10 dumps exactly once"
note "$((end - begin)) pairs came and went meanwhile; $told dumps said so"
check "pairs did come and go meanwhile" [ $((end - begin)) -ge 1000 ]
is "$(<"$TMP/churn")" "" "none of the changes was refused"
plan "$tap_count"
