# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# For scenarios with real IKE: Debian's own charon-systemd in namespaces of the
# topology of tests/lib/common.sh, each with its own configuration and socket.
# Source it after common.sh.
#
#	charon_install
#	charon_conns server "$(charon_server_conn)"
#	charon_conns client1 "$(charon_client_conn 1)"
#	charon_start server "$S"
#	charon_start client1 "${C[1]}"
#	charon_up client1
#
# A daemon has a name; a client's is client1, client2, ..., and so are its
# identity and its connection. The server's connection is named "clients".
# Tunnels go from 10.98.0.I to 10.99.0.1, addresses on the ends' lo, so that
# they stay when a client moves.

readonly INNER_S=10.99.0.1
charon_dir=$(mktemp -d /run/charon.XXXXXX)
declare -A charon_ns=() charon_pid=()

# What IKE needs with a PSK, and no more: each plugin costs start-up time.
readonly charon_plugins="random nonce aes sha1 sha2 hmac kdf gmp \
	kernel-netlink socket-default vici"

inner_client() { echo "10.98.0.$1"; }

# charon_install: the plugin, from the tree into the VM
charon_install()
{
	must make -s -C charon-plugin install
	must modprobe -a xfrm_user esp4 esp6 gcm ctr ghash_generic seqiv
	# The first SA takes the kernel several seconds, for it loads and tests
	# the algorithms; not in the middle of a scenario.
	wait_for 300 "the kernel's algorithms" \
		ip -n "$S" xfrm state add src 192.0.2.1 dst 192.0.2.2 proto esp \
		spi 1 aead 'rfc4106(gcm(aes))' "0x$(printf '%040d' 1)" 128 ||
		bail "the kernel has no AES-GCM"
	must ip -n "$S" xfrm state flush
}

# charon_inner: the tunnels' inner addresses, on the server and all clients
charon_inner()
{
	local i

	ip_batch "$S" <<-END
		addr add $INNER_S/32 dev lo
		route add 10.98.0.0/16 dev wan0 src $INNER_S
	END
	for i in "${!C[@]}"; do
		ip_batch "${C[i]}" <<-END
			addr add $(inner_client "$i")/32 dev lo
			route add $INNER_S/32 via 10.0.0.1 src $(inner_client "$i")
		END
	done
}

# --- configuration ---------------------------------------------------------

# charon_client_conn I [LINES [CHILD_LINES]]: connection "client$I"; LINES and
# CHILD_LINES are more settings of it and of its CHILD_SA
charon_client_conn()
{
	cat <<-END
		client$1 {
			local_addrs = %any
			remote_addrs = $SRV
			proposals = aes128-sha256-modp2048
			rekey_time = 0
			local { auth = psk
				id = client$1 }
			remote { auth = psk
				id = server }
			children { net {
				local_ts = $(inner_client "$1")/32
				remote_ts = $INNER_S/32
				esp_proposals = aes128gcm16
				rekey_time = 0
				${3:-}
			} }
			${2:-version = 2}
		}
	END
}

# charon_server_conn [LINES [CHILD_LINES [NAME [CLIENT_ID]]]]: one connection for
# all clients, or for one
charon_server_conn()
{
	cat <<-END
		${3:-clients} {
			local_addrs = $SRV
			remote_addrs = %any
			proposals = aes128-sha256-modp2048
			rekey_time = 0
			local { auth = psk
				id = server }
			remote { auth = psk
				${4:+id = $4} }
			children { net {
				local_ts = $INNER_S/32
				remote_ts = 10.98.0.0/16
				esp_proposals = aes128gcm16
				rekey_time = 0
				${2:-}
			} }
			${1:-version = 2}
		}
	END
}

# charon_conns NAME CONNECTIONS: what NAME gets as swanctl.conf; a running daemon
# takes it over at once
charon_conns()
{
	mkdir -p "$charon_dir/$1"
	cat >"$charon_dir/$1/swanctl.conf" <<-END
		connections {
		$2
		}
		secrets { ike-all { secret = "all of them share this" } }
	END
	[ -z "${charon_pid[$1]:-}" ] || charon_load "$1"
}

# charon_settings NAME SETTINGS [DAEMON_SETTINGS]: the spinat section, and more
# settings, of NAME's strongswan.conf; a running daemon reads them again
charon_settings()
{
	mkdir -p "$charon_dir/$1"
	cat >"$charon_dir/$1/strongswan.conf" <<-END
		charon {
			load_modular = no
			load = $charon_plugins ${charon_load-spinat}
			# no shared file for the process ID, no resolver
			install_virtual_ip = no
			retransmit_tries = 3
			retransmit_timeout = 2.0
			${3:-}
			plugins {
				vici { socket = unix://$charon_dir/$1/vici }
				spinat {
					$2
				}
			}
		}
		charon-systemd {
			journal { default = -1 }
			filelog {
				file {
					path = $charon_dir/$1/log
					default = 1
					time_format = %T
					flush_line = yes
				}
			}
		}
		swanctl { load = random aes sha1 sha2 hmac }
	END
	[ -z "${charon_pid[$1]:-}" ] || must charon_ctl "$1" --reload-settings
}

# --- daemons ---------------------------------------------------------------

# charon_ctl NAME VERB...: swanctl for a daemon
charon_ctl()
{
	local name=$1 verb=$2

	shift 2
	STRONGSWAN_CONF=$charon_dir/$name/strongswan.conf \
		timeout "${charon_limit:-30}" swanctl "$verb" \
		--uri "unix://$charon_dir/$name/vici" "$@"
}

# charon_spawn NAME NS: starts a daemon without waiting for it
charon_spawn()
{
	local dir=$charon_dir/$1

	mkdir -p "$dir"
	[ -e "$dir/strongswan.conf" ] || charon_settings "$1" ""
	rm -f "$dir/vici"
	: >"$dir/log"
	STRONGSWAN_CONF=$dir/strongswan.conf ip netns exec "$2" \
		charon-systemd >"$dir/output" 2>&1 &
	charon_ns[$1]=$2
	charon_pid[$1]=$!
}

# charon_ready NAME: waits until a spawned daemon listens, loads its connections
charon_ready()
{
	wait_for 30 "charon $1" test -S "$charon_dir/$1/vici" ||
		bail "charon $1 does not start: $(tail -n 3 "$charon_dir/$1/output")"
	charon_load "$1"
}

# charon_start NAME NS
charon_start()
{
	charon_spawn "$1" "$2"
	charon_ready "$1"
}

charon_load()
{
	must charon_ctl "$1" --load-all --noprompt \
		--file "$charon_dir/$1/swanctl.conf"
}

# charon_stop NAME: an orderly end, which deletes its IKE_SAs
charon_stop()
{
	kill "${charon_pid[$1]}"
	wait "${charon_pid[$1]}" 2>/dev/null
	unset "charon_pid[$1]"
}

# charon_kill NAME: a crash; the kernel's SAs stay, as after a real one, so they
# are flushed to have the state of a machine that booted again
charon_kill()
{
	{
		kill -KILL "${charon_pid[$1]}"
		wait "${charon_pid[$1]}"
	} 2>/dev/null
	unset "charon_pid[$1]"
	must ip -n "${charon_ns[$1]}" xfrm state flush
	must ip -n "${charon_ns[$1]}" xfrm policy flush
}

# --- tunnels ---------------------------------------------------------------

# charon_initiate NAME [CHILD]: sets up the tunnel; its words in $charon_said
charon_initiate()
{
	charon_said=$(charon_ctl "$1" --initiate --child "${2:-net}" \
		--timeout 20 2>&1)
}

# charon_up NAME: sets up the tunnel, or ends the scenario
charon_up()
{
	charon_initiate "$1" && charon_established "$1" && return 0
	charon_diag "$1"
	bail "$1 does not get its tunnel: $(tail -n 1 <<<"$charon_said")"
}

# charon_sas NAME: its SAs as text
charon_sas() { charon_ctl "$1" --list-sas; }

# charon_established NAME [N]: has it N installed CHILD_SAs (1)?
charon_established()
{
	[ "$(charon_sas "$1" | grep -c ', INSTALLED')" = "${2:-1}" ]
}

# charon_drop NAME: deletes a client's IKE_SA, on both ends
charon_drop()
{
	charon_ctl "$1" --terminate --ike "$1" --timeout 10 >/dev/null 2>&1
	wait_for 10 "$1 to delete its SAs" charon_established "$1" 0
}

# charon_said_so NAME TEXT: is it in the daemon's log since charon_mark?
charon_said_so()
{
	tail -n "+$((1 + ${charon_lines[$1]:-0}))" "$charon_dir/$1/log" |
		grep -qF -e "$2"
}

# charon_mark: from here on charon_said_so looks
declare -A charon_lines=()
charon_mark()
{
	local name

	for name in "${!charon_pid[@]}"; do
		charon_lines[$name]=$(wc -l <"$charon_dir/$name/log")
	done
}

# charon_diag NAME: the end of its log, as a diagnostic
charon_diag()
{
	tail -n 25 "$charon_dir/$1/log" | sed "s/^/# $1: /"
}

# charon_plain NS, charon_encapsulated NS: are the kernel's SAs there, and so?
charon_plain()
{
	local sas

	sas=$(ip -n "$1" xfrm state)
	grep -q 'proto esp' <<<"$sas" && ! grep -q encap <<<"$sas"
}

charon_encapsulated()
{
	local sas

	sas=$(ip -n "$1" xfrm state)
	[ "$(grep -c 'proto esp' <<<"$sas")" = "$(grep -c encap <<<"$sas")" ] &&
		grep -q encap <<<"$sas"
}

# --- packets on the WAN ----------------------------------------------------

# wan_watch: counts what passes the router's WAN interface, in both directions,
# with rules that need no conntrack; called again it starts from zero
#
# What UDP port 4500 carries: IKE after four zero bytes, a keepalive of one
# byte, or else ESP data.
wan_watch()
{
	local rules='
		meta l4proto esp counter name plain_esp
		udp sport 500 goto port500
		udp dport 500 goto port500
		udp sport 4500 goto port4500
		udp dport 4500 goto port4500'

	# tables are made, deleted and made again: deleting needs one to be there
	in_ns "$R" nft -f - <<-END || bail "nft refused the WAN's counters"
		table inet watch { }
		delete table inet watch
		table inet watch {
			counter plain_esp { }
			counter ike500 { }
			counter ike4500 { }
			counter keepalive { }
			counter data4500 { }
			chain port500 {
				counter name ike500
			}
			chain port4500 {
				udp length 9 counter name keepalive return
				@th,64,32 0 counter name ike4500 return
				counter name data4500
			}
			chain in {
				type filter hook prerouting priority -400
				iifname != "wan0" return
				$rules
			}
			chain out {
				type filter hook postrouting priority 400
				oifname != "wan0" return
				$rules
			}
		}
	END
}

# wan_seen COUNTER: packets since wan_watch
wan_seen()
{
	in_ns "$R" nft list counter inet watch "$1" |
		sed -n 's/.*packets \([0-9]\+\) .*/\1/p'
}

# wan_seen_some COUNTER [N]: more than N (0) of it? For wait_for.
wan_seen_some() { [ "$(wan_seen "$1")" -gt "${2:-0}" ]; }
