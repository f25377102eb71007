# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 300
#
# strongSwan 6.0 of Debian 13, in a chroot that tests/host/debian13.sh has made,
# with one of Debian 12: the plugin loads, gates work as the client's and as the
# server's, and so do rekeyings, their refusal, and recovery.
#
#  client1 ---- lan0 [R] wan0 ---- server
#                masquerade

. tests/lib/common.sh
. tests/lib/charon.sh
. tests/lib/gated.sh

tree=$(cat charon-plugin/.debian13 2>/dev/null)
plugin=$tree/root/spinat/charon-plugin/libstrongswan-spinat.so
if [ -z "$tree" ] || [ ! -e "$plugin" ]; then
	plan 1
	skip "strongSwan 6.0" "no Debian 13 here: run tests/host/debian13.sh"
	exit 0
fi

# spawn NAME NS [6]: starts a daemon, of Debian 13 with "6"
spawn()
{
	if [ -z "${3:-}" ]; then
		charon_spawn "$1" "$2"
		return
	fi
	# what 5.9 has as plugins of their own is all in openssl there
	sed -i "s/load = random nonce.*vici/load = random nonce openssl kernel-netlink socket-default vici/" \
		"$charon_dir/$1/strongswan.conf"
	rm -f "$charon_dir/$1/vici"
	: >"$charon_dir/$1/log"
	STRONGSWAN_CONF=$charon_dir/$1/strongswan.conf ip netns exec "$2" \
		chroot "$tree" charon-systemd >"$charon_dir/$1/output" 2>&1 &
	charon_ns[$1]=$2
	charon_pid[$1]=$!
}

newest_spi()
{
	charon_sas "$1" | awk -v way="$2" '
		$2 ~ /^#/ { use = /, INSTALLED/ }
		use && $1 == way { spi = $2 }
		END { sub(",", "", spi); print spi }'
}
# rekeyed OLD: do both ends use another pair of SAs?
rekeyed()
{
	local new

	new=$(newest_spi client1 out)
	[ -n "$new" ] && [ "$new" != "$1" ] && [ "$(newest_spi server "in")" = "$new" ]
}

# proved TEXT: both ends, and packets arrive
proved()
{
	check "$1: proved at the client" wait_for 15 "the proof" gated_proved client1
	check "$1: proved at the server" wait_for 15 "the proof" gated_proved server
	is "$(ping_count "${C[1]}" "$(inner_client 1)" "$INNER_S" 5)" 5 \
		"$1: packets arrive"
	if [ "$tap_failed" != "${failed_before:-0}" ]; then
		failed_before=$tap_failed
		gated_diag client1
		gated_diag server
		charon_diag client1
		charon_diag server
	fi
}

# rekey NAME TEXT
rekey()
{
	local old

	old=$(newest_spi client1 out)
	charon_ctl "$1" --rekey --child net >/dev/null 2>&1
	wait_for 20 "new SAs" rekeyed "$old"
	proved "$2"
}

client="plain_esp = both
	gate = client
	retry = 1000"

# pair CLIENT SERVER TEXT: versions, "6" or nothing
pair()
{
	charon_settings client1 "$client"
	charon_settings server "plain_esp = both
		gate = server"
	charon_conns client1 "$(charon_client_conn 1)"
	charon_conns server "$(charon_server_conn)"
	spawn server "$S" "$2"
	spawn client1 "${C[1]}" "$1"
	charon_ready server
	charon_ready client1
	charon_up client1
	proved "$3"
	rekey client1 "$3, rekeyed by the client"
	rekey server "$3, rekeyed by the server"
	must charon_ctl client1 --rekey --ike client1
	rekey server "$3, IKE_SA rekeyed, then its CHILD_SA"
	if [ -z "$1" ]; then
		charon_settings client1 "$client
			refuse_rekey = yes"
	else
		# the list of plugins is another one there
		sed -i 's/gate = client/gate = client\nrefuse_rekey = yes/' \
			"$charon_dir/client1/strongswan.conf"
		must charon_ctl client1 --reload-settings
	fi
	charon_mark
	rekey server "$3, a rekeying refused"
	check "$3: the client has refused it" charon_said_so client1 \
		"refusing to let the peer rekey"

	charon_kill server
	spawn server "$S" "$2"
	charon_ready server
	in_ns "${C[1]}" ping -q -i 0.2 -I "$(inner_client 1)" "$INNER_S" \
		>/dev/null 2>&1 &
	wait_for 60 "a new IKE_SA" charon_said_so client1 "starting a new IKE_SA"
	wait_for 60 "a new tunnel" charon_established server
	proved "$3, the server has started again"
	kill $!
	charon_stop client1
	charon_stop server
}

topo_new 1
nat_on
charon_install
epoch_load
charon_inner
for dir in run proc dev; do
	must mount --bind "/$dir" "$tree/$dir"
done
must cp "$plugin" "$tree/usr/lib/ipsec/plugins/"

pair 6 "" "6.0 with 5.9"
check "6.0: the plugin is loaded" grep -q 'loaded plugins:.*spinat' \
	"$charon_dir/client1/log"
pair "" 6 "5.9 with 6.0"
plan "$tap_count"
