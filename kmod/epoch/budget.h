/* SPDX-License-Identifier: GPL-2.0 */
/* What control pings may cost. Pure. */
#ifndef _SPINAT_EPOCH_BUDGET_H
#define _SPINAT_EPOCH_BUDGET_H

#include <linux/types.h>

#define BUDGET_MONTH_MS	(30ULL * 24 * 3600 * 1000)

/**
 * struct spinat_budget - bytes spent
 * @since: when the current 30 days began, in milliseconds
 * @month: bytes spent in them
 * @total: bytes spent in all
 */
struct spinat_budget {
	u64 since;
	u64 month;
	u64 total;
};

void spinat_budget_spend(struct spinat_budget *b, u64 now, u32 bytes);
u64 spinat_budget_interval(struct spinat_budget *b, u64 limit, u64 now,
			   u32 cost, u64 wanted);

#endif
