// SPDX-License-Identifier: GPL-2.0
#include "stats.h"

/**
 * spinat_epoch_stats_alloc() - a zeroed set of counters for every CPU
 *
 * Return: the counters, to be freed by free_percpu(), or NULL.
 */
struct spinat_epoch_stats __percpu *spinat_epoch_stats_alloc(void)
{
	struct spinat_epoch_stats __percpu *stats;
	int cpu;

	stats = alloc_percpu(struct spinat_epoch_stats);
	if (!stats)
		return NULL;
	for_each_possible_cpu(cpu)
		u64_stats_init(&per_cpu_ptr(stats, cpu)->sync);
	return stats;
}

/**
 * spinat_epoch_stats_read() - one counter, summed up
 * @stats: the counters
 * @i: which, SPINAT_EPOCH_A_STATS_*
 */
u64 spinat_epoch_stats_read(struct spinat_epoch_stats __percpu *stats, int i)
{
	const struct spinat_epoch_stats *s;
	unsigned int start;
	u64 sum = 0, v;
	int cpu;

	for_each_possible_cpu(cpu) {
		s = per_cpu_ptr(stats, cpu);
		do {
			start = u64_stats_fetch_begin(&s->sync);
			v = u64_stats_read(&s->v[i]);
		} while (u64_stats_fetch_retry(&s->sync, start));
		sum += v;
	}
	return sum;
}
