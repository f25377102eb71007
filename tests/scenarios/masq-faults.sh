# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 300
# debug: 2
# long: 1
#
# Each place where spinat_masq allocates memory is failed once. Nothing crashes or
# leaks, the module says so or does without, and afterwards everything works.
#
#	C[1], C[2] ---- R (masquerade) ------ S

. tests/lib/masq.sh
. tests/lib/faults.sh

plan 5

# by_hand: what the tool writes and reads
by_hand()
{
	local pair err=0

	pair=(client "fd00::$fault_round" server "$SRV6" out-spi 0xc9000000
		in-spi 0x59000000)
	masq pin "${pair[@]}" || err=1
	masq show "${pair[@]}" | grep -q pinned || err=1
	masq clients client "fd00::$fault_round" | grep -q . || err=1
	masq stats | grep -q . || err=1
	masq config | grep -q . || err=1
	masq flush || err=1
	return $err
}

# spis: of this round
spis()
{
	printf -v out '0x%08x' $((0xc1000000 + fault_round * 16))
	printf -v in '0x%08x' $((0x52000000 + fault_round * 16))
}

# paired: client 1 sends pings, and where no fault is in the way the echo is believed
paired()
{
	local out in

	spis
	if [ "$patience" -gt 1 ]; then
		pair_up 1 "$out" "$in" || { echo "no pair: $(drops)"; return 1; }
	else
		raw_echo 1 "$out" "$in"
	fi
}

# waiting: two new clients; what the second sends waits for its turn, what comes in
# is of nobody yet
waiting()
{
	local out in

	spis
	masq flush
	esp "${C[1]}" "10.0.80.$fault_round" "$SERVER" --spi "$out"
	esp "${C[2]}" "10.0.81.$fault_round" "$SERVER" --spi $((out + 1)) --count 3
	from_server --random-spi --count 4
	[ "$patience" = 1 ] || paired
}

# stock: what is not masqueraded passes
stock()
{
	local out in before

	spis
	before=$(esp_seen "$S" all)
	esp "${C[2]}" "10.0.82.$fault_round" 203.0.113.77 --spi "$out"
	[ "$patience" = 1 ] || [ "$(esp_seen "$S" all)" -gt "$before" ]
}

# growing: more pairs than the tables begin with; when they are gone, the collector
# makes the tables small again
growing()
{
	masq restore "$TMP/many" && masq flush || return
	[ "$patience" -gt 1 ] || wait_for 5 "the collector" faulted
}
faulted() { fault_read; [ "$fault_count" -gt 0 ]; }

# queued: one packet waits between the hook that gives it a zone and conntrack, so
# that the next needs a template of its own
queued()
{
	esp "${C[2]}" 10.0.90.1 "$SERVER" --spi 0xca000000
	esp "${C[1]}" 10.0.90.2 "$SERVER" --spi 0xca000001
	[ "$patience" = 1 ] || paired
}

# queue_on: who takes the packets of 10.0.90.1, and keeps them
queue_on()
{
	"$LAB_TOOLS/queue-keep" "$R" 7 >"$TMP/queue" &
	wait_for 10 "the queue" grep -q ready "$TMP/queue" || bail "no queue"
	in_ns "$R" nft -f - <<-END || bail "nft refused the queue"
		table ip keep {
			chain pre {
				type filter hook prerouting priority -250
				ip saddr 10.0.90.1 queue num 7
			}
		}
	END
}

# works COMMAND: without faults
works()
{
	fault_run 20 "$1" >"$TMP/plain" ||
		bail "$1 fails without faults: $(tail -n 1 "$TMP/plain")"
}

faults_begin spinat_masq
modprobe -a nf_conntrack_netlink
# one namespace more, so that what fails in it is undone in the first
ns_new X another
fault_insmod
masq_loaded=1
is "$fault_careless" "" "it does not start when any of $fault_starts allocations of its start fails"
lab_up 2
# what goes to .77 is not masqueraded: such ESP is left to the stock NAT
in_ns "$R" nft -f - <<-END || bail "nft refused the masquerade"
	table inet nat {
		chain post {
			type nat hook postrouting priority srcnat
			oifname "wan0" ip daddr != 203.0.113.77 masquerade
			oifname "wan0" meta nfproto ipv6 masquerade
		}
	}
END
must ip -n "$S" addr add 203.0.113.77/32 dev lo
must ip -n "$R" route add 203.0.113.77/32 via "$SERVER"
esp_watch "$S"
{
	echo "version 1"
	for i in {1..700}; do
		printf 'pin client 10.0.1.1 server %s out-spi %#x in-spi %#x evidence pinned\n' \
			"$SERVER" $((0xcb000000 + i)) $((0x5b000000 + i))
	done
} >"$TMP/many"
must masq set echo-window 5000
"$SPINAT" -n "$R" masq monitor >"$TMP/events" &
# made once, when a second client begins to talk to a server
fault_each 'kmalloc_large' waiting
works by_hand
fault_each 'hooks_register|masq_client_make|flow_make|_out_make|in_alloc|nl_|reply|notify' by_hand
works growing
# hit when the module started; the tables are made there, too
sed -i '/^buckets_alloc/d' "$TMP/hits"
fault_each 'buckets_alloc' growing
works paired
fault_each 'spare_fill|probe_make' paired
works waiting
fault_each 'client_make|site_make|seen_grow|hold' waiting
works stock
fault_each 'leave_to_stock' stock
queue_on
works queued
sed -i '/^tmpl_alloc/d' "$TMP/hits"
fault_each 'tmpl_alloc' queued
faults_end
is "$fault_broken" "" "after each of these faults everything works again"
faults_missed >"$TMP/missed"
# Growing hash tables: what fails there is tried again by their own worker, and a
# nested table is what the kernel makes when that fails for long.
grep -vE ' (rht_bucket_nested_insert|rhashtable_insert_slow)$' "$TMP/missed" >"$TMP/left"
sed 's/^/# not failed: /' "$TMP/missed"
is "$(<"$TMP/left")" "" "each of $(wc -l <"$TMP/sites") allocation sites was failed, but hash tables that grow"
must in_ns "$R" nft delete table ip keep
check "at the end a client pairs as ever" fault_run 20 paired
masq_unload
ok "the module goes"
