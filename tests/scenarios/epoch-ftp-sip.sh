# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 200
#
# What the gate takes is taken before conntrack's helpers have seen it, unless
# care is taken. An FTP transfer in active mode and a SIP call that begin while
# the gate is closed: their data connections and media are announced inside of
# packets that are held, and the router at the client's side, which is the client
# itself, masquerades its host and has to rewrite them.
#
#	H 10.97.0.2 -- C[1] 10.98.0.1 -- R (cut at times) -- S 10.99.0.1
#	curl, sipp     masquerades H                          vsftpd, sipp

. tests/lib/epoch.sh

lab
must modprobe -a nf_conntrack_ftp nf_nat_ftp nf_conntrack_sip nf_nat_sip
ns_new H host
link "$A" lan "$H" eth0
ip_batch "$H" <<-END
	addr add 10.97.0.2/24 dev eth0
	route add default via 10.97.0.1
END
must ip -n "$A" addr add 10.97.0.1/24 dev lan
must in_ns "$A" sysctl -qw net.ipv4.ip_forward=1
in_ns "$A" nft -f - <<-END || bail "nft refused the helpers"
	table ip helpers {
		ct helper ftp { type "ftp" protocol tcp; }
		ct helper sip { type "sip" protocol udp; }
		chain pre {
			type filter hook prerouting priority 0
			tcp dport 21 ct helper set "ftp"
			udp dport 5060 ct helper set "sip"
		}
		chain forward {
			type filter hook forward priority 0; policy drop
			ip saddr 10.97.0.0/24 counter accept
			ct state established,related accept
		}
		chain post {
			type nat hook postrouting priority srcnat
			ip saddr 10.97.0.0/24 ip daddr 10.99.0.1 snat to 10.98.0.1
		}
	}
END
epoch_load

listens() { in_ns "$S" ss -Hln "$1" "sport = :$2" | grep -q .; }

# --- the servers ------------------------------------------------------------------
mkdir -p "$TMP/ftp" "$TMP/empty"
head -c 300000 /dev/urandom >"$TMP/ftp/file"
chmod -R a+rX "$TMP"
cat >"$TMP/vsftpd.conf" <<-END
	listen=YES
	background=NO
	anonymous_enable=YES
	no_anon_password=YES
	anon_root=$TMP/ftp
	secure_chroot_dir=$TMP/empty
	port_enable=YES
	connect_from_port_20=YES
	seccomp_sandbox=NO
	isolate_network=NO
	xferlog_enable=NO
END
ip netns exec "$S" vsftpd "$TMP/vsftpd.conf" >"$TMP/vsftpd.log" 2>&1 &
ip netns exec "$S" sipp -sn uas -i 10.99.0.1 -p 5060 -nostdin \
	>"$TMP/uas.log" 2>&1 &
wait_for 10 "vsftpd to listen" listens -t 21
wait_for 10 "sipp to listen" listens -u 5060

# again: new SAs whose path does not work
again()
{
	must gate c unset name t
	ipsec_flush
	path_cut up
	tunnel_new c role client ceiling 60000 ping-max 200 tries 1000
	sas_add $O1 $I1
	announce c $O1 $I1
	policies_set $O1 $I1
}

# --- FTP ------------------------------------------------------------------------------
# ftp NAME: fetches the file in active mode, in the background
ftp()
{
	ip netns exec "$H" curl -sS --max-time 60 --ftp-port - --disable-eprt \
		-o "$TMP/$1" ftp://10.99.0.1/file >"$TMP/curl.$1" 2>&1 &
	ftp_pid=$!
}

tunnel_new c role client ceiling 60000
again
ftp first
wait_for 10 "curl's SYN to be held" held_over c $O1 0
path_mend
check "FTP begins while the gate is closed: it opens" wait_epoch c $O1 open 5
wait $ftp_pid
is $? 0 "FTP in active mode goes through"
check "and the file is whole" cmp "$TMP/ftp/file" "$TMP/first"
sed 's/^/# /' "$TMP/curl.first"

# --- SIP ----------------------------------------------------------------------------
again
# -nr: sipp's server stumbles over retransmissions that come in one burst
ip netns exec "$H" sipp -sn uac -i 10.97.0.2 -p 5060 -m 3 -r 1 -d 300 -nr -nostdin \
	-trace_err -timeout 60 10.99.0.1:5060 >"$TMP/uac.log" 2>&1 &
caller=$!
wait_for 10 "INVITE to be held" held_over c $O1 0
path_mend
check "SIP begins while the gate is closed: it opens" wait_epoch c $O1 open 5
wait $caller
is $? 0 "three SIP calls are made and ended"
tail -n 30 "$TMP/uac.log" | grep -a -E 'Successful|Failed' | sed 's/^/# /'

epoch_diag c
plan "$tap_count"
