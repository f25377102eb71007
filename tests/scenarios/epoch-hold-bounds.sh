# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 240
#
# What a closed gate holds is bounded, by packets and by memory, for each epoch
# and for all together; what comes after that is dropped and counted. Floods of
# small packets, TCP SYNs, GSO bursts of a bulk transfer and echo replies; then
# the gate opens and lets go what it held in little time, while more comes.
#
#	C[1] role client -- R (masquerade, cut at times) -- S stock

. tests/lib/epoch.sh

lab
epoch_load
closed() { tunnel_new c role client ceiling 60000 ping-max 200 tries 1000 "$@"; }

# again [KEY VALUE...]: new SAs, held
again()
{
	must gate c unset name t
	ipsec_flush
	closed "$@"
	path_cut up
	sas_add $O1 $I1
	announce c $O1 $I1
	policies_set $O1 $I1
}

# dropped_over N, for wait_for
dropped_over() { [ "$(epoch_get c $O1 held-dropped)" -gt "$1" ]; }

listens() { in_ns "$1" ss -Htln "sport = :$2" | grep -q .; }
repeats()
{
	in_ns "$1" ss -Htno "dport = :$2" | grep -Eq 'timer:\(on,[^,]*,[1-9]'
}
none_held() { [ "$(epoch_stat c held)" = 0 ]; }

# --- packets ----------------------------------------------------------------
closed
again hold-packets 50
flow_start many --rate 1000 --count 1000 --drain 60000 -- up
wait_for 10 "drops" dropped_over 900
is "$(epoch_get c $O1 held) $(epoch_get c $O1 held-dropped)" "50 950" \
	"1,000 packets into a gate that holds 50: 950 are dropped"
is "$(epoch_stat c drop-hold-full)" 950 "and counted (drop-hold-full)"
path_mend
wait_epoch c $O1 open 5
flow_stop many
is "$(flow many up received lost reordered errors)" "50 0 0 950" \
	"what was held arrives in order, of the others the sender is told"

# --- bytes ------------------------------------------------------------------
again hold-bytes 100000
flow_start big --rate 500 --count 500 --len 1300 --drain 60000 -- up
wait_for 10 "drops" dropped_over 300
held=$(epoch_get c $O1 held)
bytes=$(epoch_get c $O1 held-bytes)
check "500 packets of 1,300 bytes: $held are held in $bytes bytes of memory, 100,000 being allowed" \
	[ "$bytes" -le 100000 ]
check "each is counted with all of its memory" [ $((bytes / held)) -ge 1300 ]
path_mend
wait_epoch c $O1 open 5
flow_stop big
is "$(flow big up received)" "$held" "these arrive"

# --- all epochs together -------------------------------------------------------
must gate c config hold-packets 30
again
flow_start net --rate 500 --count 100 --drain 60000 -- up
wait_for 10 "drops" dropped_over 69
is "$(epoch_get c $O1 held)" 30 "the namespace's limit of 30 packets holds, too"
path_mend
wait_epoch c $O1 open 5
flow_stop net
is "$(flow net up received)" 30 "these arrive"
must gate c config hold-packets 8192

# none held: a gate that holds nothing drops all
again hold-packets 0
flow_start none --rate 100 --count 20 --drain 100 -- up
flow_wait none
is "$(epoch_get c $O1 held) $(epoch_get c $O1 held-dropped)" "0 20" \
	"hold-packets 0: everything is dropped"
path_mend

# --- TCP SYNs -----------------------------------------------------------------
again hold-packets 200
in_ns "$A" perl -MSocket -MIO::Handle -e '
	for my $i (1 .. 600) {
		socket(my $s, PF_INET, SOCK_STREAM, 0) or die;
		bind($s, pack_sockaddr_in(0, inet_aton("10.98.0.1")));
		$s->blocking(0);
		connect($s, pack_sockaddr_in(1 + $i, inet_aton("10.99.0.1")));
		push @all, $s;
	}' || bail "perl failed"
check "600 TCP SYNs: $(epoch_get c $O1 held) are held" \
	[ "$(epoch_get c $O1 held)" -le 200 ]
check "the others dropped" [ "$(epoch_get c $O1 held-dropped)" -ge 400 ]
path_mend
check "the gate opens behind them" wait_epoch c $O1 open 5
is "$(epoch_get c $O1 held)" 0 "and holds nothing any more"

# --- a bulk transfer, with GSO --------------------------------------------------
again hold-packets 40
path_mend
wait_epoch c $O1 open 5
head -c 20000000 /dev/urandom >"$TMP/file"
ip netns exec "$S" perl -MIO::Socket::INET -MFile::Copy -e '
	$l = IO::Socket::INET->new(Listen => 1, LocalAddr => "10.99.0.1",
		LocalPort => 5001) or die; copy(scalar $l->accept, $ARGV[0]) or die' \
	"$TMP/copy" &
receiver=$!
wait_for 5 "somebody to listen" listens "$S" 5001
ip netns exec "$A" perl -MIO::Socket::INET -MFile::Copy -e '
	$s = IO::Socket::INET->new("10.99.0.1:5001") or die;
	copy($ARGV[0], $s) or die' "$TMP/file" &
sender=$!
wait_for 10 "the transfer to begin" test -s "$TMP/copy"
path_cut up
must gate c close tunnel t
wait_for 10 "TCP to have sent all it may, and to repeat" repeats "$A" 5001
held=$(epoch_get c $O1 held)
note "held in mid-transfer: $held packets, $(epoch_get c $O1 held-bytes) bytes"
check "a bulk transfer into a closed gate: no more than 40 are held" [ "$held" -le 40 ]
check "but something is" [ "$held" -ge 1 ]
is "$(epoch_get c $O1 state)" held "the gate stays closed"
path_mend
check "the gate opens under the transfer" wait_epoch c $O1 open 5
wait $sender
wait $receiver
check "the transfer is whole" cmp "$TMP/file" "$TMP/copy"

# --- echo replies ---------------------------------------------------------------
# What the peer's users ask for must not fill the gate without bounds either.
again hold-packets 100
in_ns "$S" ping -q -c 500 -i 0.002 -W 1 -I 10.99.0.1 10.98.0.1 >/dev/null
check "500 pings from the server: $(epoch_get c $O1 held) replies are held" \
	[ "$(epoch_get c $O1 held)" -le 100 ]
check "the others dropped" [ "$(epoch_get c $O1 held-dropped)" -ge 300 ]

# --- the flush takes little time, and ends, although more comes --------------------
again hold-packets 20000 hold-bytes 60000000
must gate c config hold-packets 20000 hold-bytes 60000000
flow_start flood --rate 800 --drain 1000 -- up
wait_for 20 "2,000 packets to be held" held_over c $O1 2000
path_mend
wait_epoch c $O1 open 5
opened=$(now_ms)
wait_for 20 "nothing to be held" none_held
check "more than 2,000 held packets are gone $(($(now_ms) - opened)) ms later, under a flood" \
	[ $(($(now_ms) - opened)) -lt 5000 ]
flow_stop flood
is "$(flow flood up lost duplicated reordered)" "0 0 0" \
	"all $(flow flood up sent) arrive once and in order"
epoch_diag c
plan "$tap_count"
