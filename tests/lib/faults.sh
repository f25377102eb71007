# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
#
# For scenarios that let allocations of a module fail, one site after another, on
# the debug kernel. A site is a call of a function that allocates, as the module's
# machine code has it: "FUNCTION+0xOFFSET CALLEE", the offset being where the call
# returns to. The kernel's stack filter aims faults at exactly one of them, and the
# kernel's own count of faults proves that it was hit.
#
#	faults_begin spinat_masq	# finds the sites, module not loaded
#	fault_insmod			# those of its start
#	fault_each PATTERN workload	# those that workload comes to
#	faults_missed			# those that no fault hit
#
# Sourced after tests/lib/common.sh.

FAULTS=/sys/kernel/debug
# functions of the kernel that allocate with kmalloc, a slab or per CPU inside
ALLOCATORS='kmalloc_trace|__kmalloc|kmalloc_large|kmem_cache_alloc|kmem_cache_alloc_node'
ALLOCATORS+='|kmem_cache_alloc_lru|kmalloc_node_trace|__kmalloc_node|kvmalloc_node'
ALLOCATORS+='|kmemdup|kstrdup|__alloc_percpu|__alloc_percpu_gfp|__alloc_skb'
ALLOCATORS+='|__netdev_alloc_skb|skb_clone|skb_copy|pskb_copy|__pskb_copy_fclone'
ALLOCATORS+='|pskb_expand_head|__pskb_pull_tail|skb_ensure_writable'
ALLOCATORS+='|skb_realloc_headroom|skb_cow_data|__skb_ext_alloc|skb_ext_add'
ALLOCATORS+='|nf_ct_tmpl_alloc|nf_ct_ext_add|kmem_cache_create'
ALLOCATORS+='|rhashtable_init|rhltable_init|rhashtable_insert_slow'
ALLOCATORS+='|register_pernet_subsys|genl_register_family|nf_register_net_hooks'
ALLOCATORS+='|inet_ctl_sock_create|ip_route_output_flow|ip6_dst_lookup_flow'
ALLOCATORS+='|xfrm_lookup_with_ifid|xfrm_lookup|ip_route_me_harder|ip6_route_me_harder'
ALLOCATORS+='|alloc_workqueue|bitmap_zalloc|bitmap_alloc|xa_store|__xa_alloc|__xa_alloc_cyclic'
ALLOCATORS+='|rht_bucket_nested_insert|xfrm_policy_alloc|ip6_route_output_flags'
ALLOCATORS+='|nf_conntrack_in|netlink_broadcast|netlink_unicast|nf_ct_netns_get'

# faults_begin MODULE
faults_begin()
{
	local start end

	[ -d $FAULTS/failslab ] ||
		bail "this kernel injects no faults: run it with scripts/debug-kernel"
	fault_module=$1
	fault_ko=kmod/${1#spinat_}/$1.ko
	fault_sites >"$TMP/sites"
	: >"$TMP/hits"
	modprobe nf_conntrack
	# marks in the log come faster than the kernel takes them by itself
	echo on >/proc/sys/kernel/printk_devkmsg
	fault_set interval 1
	fault_set verbose 0
	fault_set stacktrace-depth 32
	echo N >$FAULTS/failslab/ignore-gfp-wait
	# kmemleak's own notes: without them it would give up. The list is in the
	# order of addresses, and long.
	read -r start end < <(awk '$3 == "__create_object" { from = $1; next }
		from { print "0x" from, "0x" $1; exit }' /proc/kallsyms)
	fault_set reject-start "$start"
	fault_set reject-end "$end"
	# the bigger tables come from whole pages
	echo N >$FAULTS/fail_page_alloc/ignore-gfp-wait
	echo 0 >$FAULTS/fail_page_alloc/min-order
}

# fault_sites: a line each, "SECTION OFFSET FUNCTION+0xOFFSET CALLEE"
fault_sites()
{
	local a b c d section='' name='' base=0 at

	objdump -dr --no-show-raw-insn "$fault_ko" | grep -E \
		"^Disassembly|^[0-9a-f]+ <.*>:|R_X86_64_P.*	($ALLOCATORS)[-+]0x" |
		while read -r a b c d _; do
			case "$a $b" in
			Disassembly*)
				section=${d%:}
				;;
			*" <"*)
				name=${b#<} name=${name%>:} base=$((16#$a))
				;;
			*)
				# of the call's last four bytes
				at=$((16#${a%:} + 4))
				printf '%s %#x %s+%#x %s\n' "$section" $at \
					"$name" $((at - base)) "${c%[-+]0x*}"
				;;
			esac
		done
}

# fault_set NAME VALUE: for slabs and for pages
fault_set()
{
	echo "$2" >"$FAULTS/failslab/$1"
	echo "$2" >"$FAULTS/fail_page_alloc/$1"
}

# fault_aim START END: what this range of code allocates
fault_aim()
{
	fault_set require-start "$1"
	fault_set require-end "$2"
}

# fault_zero, fault_read: $fault_count says how many faults there were between. The
# kernel counts down, for pages even where it writes no trace.
FAULTS_MOST=1000000
fault_zero() { fault_set times $FAULTS_MOST; }

fault_read()
{
	local slabs pages

	read -r slabs <$FAULTS/failslab/times
	read -r pages <$FAULTS/fail_page_alloc/times
	fault_count=$((2 * FAULTS_MOST - slabs - pages))
}

# fault_hit FUNCTION+0xOFFSET
fault_hit() { grep -qxF "$1" "$TMP/hits"; }

# fault_bases: where the module's sections are; while nothing else is loaded it comes
# to the same place again
fault_bases()
{
	local path

	for path in "/sys/module/$fault_module/sections"/.*text*; do
		fault_base[${path##*/}]=$(<"$path")
	done
}
declare -A fault_base=()

# fault_try SECTION OFFSET COMMAND...: runs it while each allocation of this site
# fails; $fault_count says how often one did
fault_try()
{
	local at=$((${fault_base[$1]} + $2))

	shift 2
	fault_aim "$(printf '%#x' $at)" "$(printf '%#x' $((at + 1)))"
	fault_zero
	fault_set probability 100
	"$@"
	fault_set probability 0
	fault_read
}

# fault_insmod: loads the module, once with each of the sites failing and then
# without. $fault_starts says how many sites its start comes to, $fault_careless at
# which of them it started all the same. Hash tables ask again, without leave to fail.
fault_insmod()
{
	local section offset site callee begin=$SECONDS

	must insmod "$fault_ko"
	fault_bases
	while read -r section offset site callee <&3; do
		must rmmod "$fault_module"
		fault_try "$section" "$offset" \
			insmod "$fault_ko" >"$TMP/insmod" 2>&1
		if [ "$fault_count" -gt 0 ]; then
			echo "$site" >>"$TMP/hits"
			fault_starts=$((fault_starts + 1))
			note "failed $fault_count times by insmod: $site ($callee): $(<"$TMP/insmod")"
		fi
		if [ ! -d "/sys/module/$fault_module" ]; then
			[ "$fault_count" -gt 0 ] || bail "insmod: $(<"$TMP/insmod")"
			must insmod "$fault_ko"
		elif [ "$fault_count" -gt 0 ] && [ "$callee" != rhashtable_init ]; then
			fault_careless+="$site ($callee); "
		fi
	done 3<"$TMP/sites"
	fault_bases
	note "insmod took $((SECONDS - begin)) s"
}
fault_starts=0 fault_careless=''

# fault_each PATTERN COMMAND...: for each site "FUNCTION+0xOFFSET CALLEE" that matches
# the extended regular expression and was not hit yet, runs the command with every
# allocation of that site failing, and then without: then it must succeed. The
# pattern saves time only: what no workload hits is missed in the end.
fault_each()
{
	local section offset site callee begin=$SECONDS pattern=$1

	shift
	while read -r section offset site callee <&3; do
		[[ "$site $callee" =~ $pattern ]] || continue
		! fault_hit "$site" || continue
		echo "spinat-test: faults at $site ($callee) with $*" >/dev/kmsg
		fault_try "$section" "$offset" fault_run 1 "$@" >"$TMP/faulty"
		[ "$fault_count" -gt 0 ] || {
			note "not by $*: $site ($callee)"
			continue
		}
		echo "$site" >>"$TMP/hits"
		note "failed $fault_count times by $*: $site ($callee)"
		fault_run 20 "$@" >"$TMP/after" ||
			fault_broken+="$site ($callee): $(tail -n 1 "$TMP/after"); "
	done 3<"$TMP/sites"
	note "$* took $((SECONDS - begin)) s"
}
fault_broken=''

# fault_run PATIENCE COMMAND...: what fails in it ends only it; $patience says how
# many seconds to wait for what a fault may prevent, $fault_round is another each time
fault_run()
{
	fault_round=$((fault_round + 1))
	patience=$1
	shift
	(
		trap - EXIT
		"$@" 2>&1
	)
}
fault_round=0

# faults_missed: those that were never hit, one a line
faults_missed()
{
	sort -u "$TMP/hits" | awk 'NR == FNR { hit[$1] = 1; next }
		!($3 in hit) { print $3, $4 }' - "$TMP/sites"
}

# faults_end: no more of them
faults_end()
{
	fault_set probability 0
	fault_aim 0 0xffffffffffffffff
}
