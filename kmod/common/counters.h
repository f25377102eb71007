/* SPDX-License-Identifier: GPL-2.0 */
/* Counters of a network namespace, one set per CPU. */
#ifndef _SPINAT_COUNTERS_H
#define _SPINAT_COUNTERS_H

#include <linux/bottom_half.h>
#include <linux/overflow.h>
#include <linux/percpu.h>
#include <linux/u64_stats_sync.h>

struct spinat_counters {
	struct u64_stats_sync sync;
	u64 v[];
};

/**
 * spinat_counters_alloc() - a zeroed set of counters for every CPU
 * @n: how many
 *
 * Return: the counters, to be freed by free_percpu(), or NULL.
 */
static inline struct spinat_counters __percpu *spinat_counters_alloc(size_t n)
{
	struct spinat_counters __percpu *counters;
	int cpu;

	counters = __alloc_percpu(struct_size_t(struct spinat_counters, v, n),
				  __alignof__(struct spinat_counters));
	if (!counters)
		return NULL;
	for_each_possible_cpu(cpu)
		u64_stats_init(&per_cpu_ptr(counters, cpu)->sync);
	return counters;
}

/**
 * spinat_counters_read() - one counter, summed up
 * @counters: the counters
 * @i: which
 */
static inline u64
spinat_counters_read(const struct spinat_counters __percpu *counters, int i)
{
	const struct spinat_counters *c;
	unsigned int start;
	u64 sum = 0, v;
	int cpu;

	for_each_possible_cpu(cpu) {
		c = per_cpu_ptr(counters, cpu);
		do {
			start = u64_stats_fetch_begin(&c->sync);
			v = READ_ONCE(c->v[i]);
		} while (u64_stats_fetch_retry(&c->sync, start));
		sum += v;
	}
	return sum;
}

/**
 * spinat_counters_add() - count
 * @counters: the counters
 * @i: which
 * @n: how many
 *
 * In any context but that of an interrupt. Where a word holds a counter it is
 * one instruction that nothing gets between.
 */
static inline void
spinat_counters_add(struct spinat_counters __percpu *counters, int i, u32 n)
{
#if BITS_PER_LONG == 64
	this_cpu_add(counters->v[i], n);
#else
	struct spinat_counters *c;

	local_bh_disable();
	c = this_cpu_ptr(counters);
	u64_stats_update_begin(&c->sync);
	c->v[i] += n;
	u64_stats_update_end(&c->sync);
	local_bh_enable();
#endif
}

#endif
