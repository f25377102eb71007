/* SPDX-License-Identifier: GPL-2.0 */
/* Counters of spinat_epoch, one set per CPU; meanings are in the netlink spec. */
#ifndef _SPINAT_EPOCH_STATS_H
#define _SPINAT_EPOCH_STATS_H

#include <linux/percpu.h>
#include <linux/u64_stats_sync.h>
#include <uapi/linux/spinat_epoch.h>

/* Indexed by SPINAT_EPOCH_A_STATS_*, up to the last 64-bit one */
#define SPINAT_EPOCH_N_STATS	(SPINAT_EPOCH_A_STATS_UNGATED + 1)

struct spinat_epoch_stats {
	u64_stats_t v[SPINAT_EPOCH_N_STATS];
	struct u64_stats_sync sync;
};

struct spinat_epoch_stats __percpu *spinat_epoch_stats_alloc(void);
u64 spinat_epoch_stats_read(struct spinat_epoch_stats __percpu *stats, int i);

/**
 * spinat_epoch_stats_add() - count
 * @stats: the counters
 * @i: which, SPINAT_EPOCH_A_STATS_*
 * @n: how many
 *
 * Bottom halves are off.
 */
static inline void spinat_epoch_stats_add(struct spinat_epoch_stats __percpu *stats,
					 int i, u32 n)
{
	struct spinat_epoch_stats *s = this_cpu_ptr(stats);

	u64_stats_update_begin(&s->sync);
	u64_stats_add(&s->v[i], n);
	u64_stats_update_end(&s->sync);
}

#define spinat_epoch_stats_inc(stats, name) \
	spinat_epoch_stats_add(stats, SPINAT_EPOCH_A_STATS_##name, 1)

#endif
