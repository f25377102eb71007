# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
#
# For scenarios that let allocations of a module fail, one site after another, on
# the debug kernel. A site is a call of a function that allocates, as the module's
# machine code has it: "FUNCTION+0xOFFSET CALLEE", the offset being where the call
# returns to. The kernel's stack filter aims a fault at exactly one of them, and its
# own trace of the fault proves that it hit.
#
#	faults_begin spinat_masq	# finds the sites, module not loaded
#	fault_insmod			# those of its start
#	fault_each workload		# those that workload comes to
#	faults_missed			# those that no fault hit
#
# Sourced after tests/lib/common.sh.

FAULTS=/sys/kernel/debug
# functions of the kernel that allocate with kmalloc, a slab or per CPU inside
ALLOCATORS='kmalloc_trace|__kmalloc|kmem_cache_alloc|kmem_cache_alloc_node'
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
ALLOCATORS+='|nf_conntrack_in|netlink_broadcast|nf_ct_netns_get'
# where modules live on x86-64; nothing but the module under test is one here
MODULE_SPACE='0xffffffffa0000000 0xffffffffff000000'

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
	# the marks in the log come faster than the kernel takes them by itself
	echo on >/proc/sys/kernel/printk_devkmsg
	fault_set interval 1
	fault_set verbose 2
	fault_set stacktrace-depth 32
	echo N >$FAULTS/failslab/ignore-gfp-wait
	# kmemleak's own notes: without them it would give up
	read -r start end < <(awk '$3 == "__create_object" { from = $1; next }
		from { print "0x" from, "0x" $1; exit }' <(sort /proc/kallsyms))
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

# fault_take: notes which sites the faults since the last call hit. A trace names
# every function that was being called, and one of them is the site.
fault_take()
{
	log_since | grep -aoE '[A-Za-z0-9_.]+\+0x[0-9a-f]+/0x' |
		sed 's,/0x$,,' | sort -u >"$TMP/frames"
	awk 'NR == FNR { frame[$1] = 1; next } $3 in frame { print $3 }' \
		"$TMP/frames" "$TMP/sites" >>"$TMP/hits"
	log_mark
}

# fault_hit FUNCTION+0xOFFSET
fault_hit() { grep -qxF "$1" "$TMP/hits"; }

# fault_insmod ARGUMENT...: fails the first allocation of the module's start, then
# the second, until there is none left to fail and it runs; some it can do without.
# $fault_starts says how many there were, $fault_refused how often it did not start.
fault_insmod()
{
	# shellcheck disable=SC2086 # two numbers
	fault_aim $MODULE_SPACE
	for ((fault_starts = 0; fault_starts < 300; fault_starts++)); do
		log_mark
		sh -c 'echo "$1" >/proc/self/fail-nth; shift; exec insmod "$@"' \
			sh $((fault_starts + 1)) "$fault_ko" "$@" 2>"$TMP/insmod" ||
			fault_refused=$((fault_refused + 1))
		# some faults in whole pages have no trace
		if [ -d "/sys/module/$fault_module" ] &&
		    ! log_since | grep -q 'forcing a failure'; then
			return
		fi
		fault_take
		[ ! -d "/sys/module/$fault_module" ] || must rmmod "$fault_module"
	done
	bail "$fault_module does not start: $(<"$TMP/insmod")"
}
fault_starts=0 fault_refused=0

# fault_each COMMAND...: for each site that was not hit yet, runs the command with
# every allocation of that site failing, and then without: then it must succeed
fault_each()
{
	local section offset site callee base at

	while read -r section offset site callee <&3; do
		fault_round=$((fault_round + 1))
		! fault_hit "$site" || continue
		[ -e "/sys/module/$fault_module/sections/$section" ] || continue
		base=$(<"/sys/module/$fault_module/sections/$section")
		at=$(printf '0x%x' $((base + offset)))
		fault_aim "$at" "$(printf '0x%x' $((at + 1)))"
		fault_set times -1
		log_mark
		fault_set probability 100
		fault_run 1 "$@" >/dev/null
		fault_set probability 0
		fault_take
		fault_hit "$site" || continue
		fault_run 20 "$@" >"$TMP/after" ||
			fault_broken+="$site ($callee): $(tail -n 1 "$TMP/after"); "
	done 3<"$TMP/sites"
}
fault_broken='' fault_round=0

# fault_run PATIENCE COMMAND...: what fails in it ends only it; $patience says how
# many seconds to wait for what a fault may prevent, $fault_round is another each time
fault_run()
(
	trap - EXIT
	patience=$1
	shift
	"$@" 2>&1
)

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
