# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 300
#
# A LAN host that sprays lengths or new SPIs, strangers that flood the WAN: who
# did it may suffer, others not, and memory stays within its caps.
#
#	C[1] victim, established ---+
#	C[2] opens meanwhile -------+-- R (masquerade) ------ S, strangers
#	C[3] floods ----------------+

. tests/lib/masq.sh

plan 18
lab_up 3
nat_on

entries()
{
	in_ns "$R" conntrack -C
}

masq_load
forget_all
must masq set echo-window 5000 echo-patience 30000
pair_up 1 $O1 $I1
is "$(pair_field $O1 evidence)" echo "the victim is paired by lengths"
opens_fine "quiet"

# --- unsolicited inbound -----------------------------------------------------
before=$(objects masq_out masq_in) pairs_before=$(counter pairs) ct_before=$(entries)
from_server --random-spi --count 20000
from_server --random-spi --spray --count 5000
esp "$S" 203.0.113.77 "$NAT" --random-spi --count 10000
note "objects before: $before, after 35,000 packets: $(objects masq_out masq_in)"
is "$(objects masq_out masq_in)" "$before" "inbound flood: nothing was allocated for it"
is "$(counter pairs)" "$pairs_before" "inbound flood: no pair was made"
check "inbound flood: conntrack has at most one entry for each source" \
	[ $(($(entries) - ct_before)) -le 2 ]
victim_fine "inbound flood"
opens_fine "inbound flood"

# --- a LAN host sprays lengths -----------------------------------------------
spray()
{
	exec "$LAB_TOOLS/esp-send" --netns "${C[3]}" --spi 0xe0000001 --spray \
		--count 60000 --gap-us 100 "$(lan 3)" "$SERVER" >/dev/null
}

# Low sequence numbers only: later ones are no pings in any case
spray_more()
{
	while :; do
		from_client 3 --spi 0xe0000001 --spray --count 200
	done
}
spray_more &
flooder=$!
wait_for 20 "the sprayer to be known as one" \
	eval '"$SPINAT" -j -n "$R" masq clients | grep -q spraying'
check "spray: the sprayer is shown as one" \
	test -n "$("$SPINAT" -j -n "$R" masq clients | grep spraying)"
victim_fine "spray of lengths"
opens_fine "spray of lengths"
kill $flooder
wait $flooder 2>/dev/null
check "spray: the sprayer itself has no strong pair" \
	[ "$(pair_field 0xe0000001 evidence)" != echo ]
must masq flush client "$(lan 3)"

# --- a LAN host sends 100,000 new SPIs ---------------------------------------
learned=$(counter learn-open) before=$(objects masq_out)
"$LAB_TOOLS/esp-send" --netns "${C[3]}" --spi 0xa0000000 --next-spi \
	--count 100000 "$(lan 3)" "$SERVER" >"$TMP/flood" &
flooder=$!
victim_fine "100,000 SPIs"
opens_fine "100,000 SPIs"
wait $flooder
settle_traffic
note "before: $before, after: $(objects masq_out); $(cat "$TMP/flood")"
note "learned $(($(counter learn-open) - learned)), pairs $(counter pairs)," \
	"evicted $(counter evict), drops $(drops)"
check "100,000 SPIs: the router saw them all" \
	[ "$(jq .sent "$TMP/flood")" = 100000 ]
check "100,000 SPIs: the flooder holds no more than its cap" \
	[ "$("$SPINAT" -j -n "$R" masq show | jq "[.[] | select(.client == \"$(lan 3)\")] | length")" -le 64 ]
wait_for 10 "freed objects to be gone" objects_at_most $((before + 66)) masq_out
after=$(objects masq_out)
check "100,000 SPIs: memory is capped ($after objects, $before before)" \
	[ "$after" -le $((before + 66)) ]
victim_fine "after 100,000 SPIs"
opens_fine "after 100,000 SPIs"
must masq flush client "$(lan 3)"
