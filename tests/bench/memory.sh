# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Memory before and after; sourced by full.sh after lib.sh. Two independent
# counts: what MemAvailable lost, which misses nothing, and the slab objects
# (with what their pages waste) and vmalloc areas, which say where it went.

# memory_init: before the first mark
memory_init()
{
	# Free pages that a CPU keeps to itself count as used, up to several
	# megabytes of them; this makes it some hundred pages.
	sysctl -qw vm.percpu_pagelist_high_fraction=1000000
}

# available: sets $free, bytes in MemAvailable without what can be dropped
available()
{
	echo 3 >/proc/sys/vm/drop_caches
	free=$(awk '$1 == "MemAvailable:" { print $2 }' /proc/meminfo)
	free=$((free * 1024))
}

# memory_mark FILE: everything that is needed later, once it is at rest: tables
# that have grown give back what they were a moment later
memory_mark()
{
	local free last=0 i

	sync
	for ((i = 0; i < 20; i++)); do
		available
		[ $((free - last)) -gt 65536 ] || [ $i -lt 3 ] || break
		last=$free
		sleep 0.2
	done
	{
		echo "available $free"
		awk '$1 == "VmallocUsed:" { printf "vmalloc %d\n", $2 * 1024 }' \
			/proc/meminfo
		# name, active objects, bytes of an object, bytes of all slabs
		awk 'NR > 2 { printf "slab %s %d %d %d\n", $1, $2, $4, $15 * $6 * 4096 }' \
			/proc/slabinfo
	} >"$1"
}

# memory_fact NAME PAIRS BEFORE AFTER: facts, bytes a pair; and the slab caches
# that grew. conntrack's own entries are not the module's and are left out, its
# extensions are in kmalloc caches and stay in.
memory_fact()
{
	awk -v name="$1" -v pairs="$2" '
		FNR == NR {
			if ($1 == "slab") {
				n[$2] = $3
				bytes[$2] = $5
			} else {
				mem[$1] = $2
			}
			next
		}
		$1 != "slab" {
			mem[$1] = $2 - mem[$1]
			next
		}
		$2 == "nf_conntrack" { conntrack = $5 - bytes[$2] }
		# what else has changed is the noise of the machine itself
		$2 ~ /^(masq_|kmalloc-|radix_tree_node)/ {
			slab += $5 - bytes[$2]
			if ($5 - bytes[$2] > pairs)
				printf "%s: %d more objects of %s (%d bytes each)\n",
					name, $3 - n[$2], $2, $4
		}
		END {
			printf "fact %s %.1f\n", name,
				(-mem["available"] - conntrack) / pairs
			printf "fact %s-slab %.1f\n", name,
				(slab + mem["vmalloc"]) / pairs
		}' "$3" "$4"
}
