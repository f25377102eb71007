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
lab_up 2
# what goes to .77 is not masqueraded: such ESP is left to the stock NAT
in_ns "$R" nft -f - <<-END || bail "nft refused the masquerade"
	table inet nat {
		chain post {
			type nat hook postrouting priority srcnat
			oifname "wan0" ip daddr != 203.0.113.77 masquerade
		}
	}
END

# namespace: one comes and goes
namespace()
{
	ip netns add "extra$fault_round" && ip netns del "extra$fault_round"
}

# by_hand: what the tool writes and reads
by_hand()
{
	local pair

	pair=(client 10.0.1.9 server "$SERVER" out-spi 0xc9000000 in-spi 0x59000000)
	masq flush && masq pin "${pair[@]}" &&
		masq show "${pair[@]}" | grep -q pinned &&
		masq stats | grep -q . && masq flush
}

# traffic: two new clients open tunnels and wait, one whose packets are not
# masqueraded; then a pair of client 1 must be believed
traffic()
{
	local n=$((fault_round * 2 + patience % 2)) client out in

	client=10.0.$((100 + n / 200)).$((1 + n % 200))
	printf -v out '0x%08x' $((0xc1000000 + n * 16))
	printf -v in '0x%08x' $((0x52000000 + n * 16))
	masq flush
	esp "${C[2]}" "$client" "$SERVER" --spi $((out + 1))
	esp "${C[2]}" "${client%.*}.$((201 + n % 50))" "$SERVER" \
		--spi $((out + 2)) --count 3
	esp "${C[2]}" "$client" 203.0.113.77 --spi $((out + 3))
	from_server --random-spi --count 4
	masq flush
	if [ "$patience" -gt 1 ]; then
		pair_up 1 "$out" "$in" || { echo "no pair: $(drops)"; return 1; }
	else
		from_client 1 --spi "$out" --len 100,200 --count 2
		from_server --spi "$in" --len 100,200 --count 2
	fi
}

# queued: one packet waits between the hook that gives it a zone and conntrack, so
# that the next needs a template of its own
queued()
{
	esp "${C[2]}" 10.0.90.1 "$SERVER" --spi 0xca000000
	esp "${C[1]}" 10.0.90.2 "$SERVER" --spi 0xca000001
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

faults_begin spinat_masq
modprobe -a nf_conntrack_netlink
fault_insmod
masq_loaded=1
check "it starts when none of its $fault_starts allocations fails, and not in $fault_refused cases" \
	[ "$fault_refused" -gt 10 ]
must masq set echo-window 5000
"$SPINAT" -n "$R" masq monitor >"$TMP/events" &
for work in namespace by_hand traffic queued; do
	[ $work != queued ] || queue_on
	fault_run 20 $work >"$TMP/plain" ||
		bail "$work fails without faults: $(<"$TMP/plain")"
	fault_each $work
done
faults_end
sort -u "$TMP/hits" | sed 's/^/# failed: /'
is "$fault_broken" "" "after each of these faults everything works again"
faults_missed >"$TMP/missed"
# Growing hash tables: what fails there is tried again by their own worker, and a
# nested table is what the kernel makes when that fails for long.
grep -vE ' (rht_bucket_nested_insert|rhashtable_insert_slow)$' "$TMP/missed" >"$TMP/left"
sed 's/^/# not failed: /' "$TMP/missed"
is "$(<"$TMP/left")" "" "each of $(wc -l <"$TMP/sites") allocation sites was failed, but hash tables that grow"
must in_ns "$R" nft delete table ip keep
check "at the end a client pairs as ever" fault_run 20 traffic
masq_unload
ok "the module goes"
