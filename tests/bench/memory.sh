# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Memory before and after; sourced by full.sh after lib.sh. Two independent
# counts: what MemAvailable lost, which misses nothing, and the slab objects
# (with what their pages waste) and vmalloc areas, which say where it went.

# memory_mark FILE: everything that is needed later
memory_mark()
{
	sync
	# twice: what the first frees may let the second free more
	echo 3 >/proc/sys/vm/drop_caches
	echo 3 >/proc/sys/vm/drop_caches
	{
		awk '/^(MemAvailable|VmallocUsed):/ {
			sub(":", "", $1); print "mem", $1, $2 * 1024 }' /proc/meminfo
		# name, active objects, bytes of an object, bytes of all slabs
		awk 'NR > 2 { print "slab", $1, $2, $4, $15 * $6 * 4096 }' \
			/proc/slabinfo
	} >"$1"
}

# memory_fact NAME PAIRS BEFORE AFTER: facts, bytes a pair; and the slab caches
# that grew. conntrack's own entries are not the module's and are left out, its
# extensions are in kmalloc caches and stay in.
memory_fact()
{
	awk -v name="$1" -v pairs="$2" '
		$1 == "mem" && FNR == NR { mem[$2] = $3 }
		$1 == "mem" && FNR != NR { mem[$2] = $3 - mem[$2] }
		$1 == "slab" && FNR == NR { n[$2] = $3; bytes[$2] = $5 }
		$1 == "slab" && FNR != NR {
			d = $5 - bytes[$2]
			if ($2 == "nf_conntrack")
				conntrack = d
			# the rest is the noise of the machine itself
			else if ($2 ~ /^(masq_|kmalloc-)/) {
				slab += d
				if (d > pairs)
					printf "%s: %d more objects of %s (%d bytes each)\n",
						name, $3 - n[$2], $2, $4
			}
		}
		END {
			printf "fact %s %.1f\n", name,
				(-mem["MemAvailable"] - conntrack) / pairs
			printf "fact %s-slab %.1f\n", name,
				(slab + mem["VmallocUsed"]) / pairs
		}' "$3" "$4"
}
