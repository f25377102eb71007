// SPDX-License-Identifier: GPL-2.0
#include <linux/math64.h>

#include "budget.h"

static void roll(struct spinat_budget *b, u64 now)
{
	if (now - b->since < BUDGET_MONTH_MS)
		return;
	b->since = now;
	b->month = 0;
}

/**
 * spinat_budget_spend() - count bytes
 * @b: the budget
 * @now: milliseconds, of the same clock as @b->since
 * @bytes: sent or received
 */
void spinat_budget_spend(struct spinat_budget *b, u64 now, u32 bytes)
{
	roll(b, now);
	b->month += bytes;
	b->total += bytes;
}

/**
 * spinat_budget_interval() - how seldom to ping, so that the money lasts
 * @b: the budget
 * @limit: bytes for 30 days, 0 for any
 * @now: milliseconds
 * @cost: bytes of a ping and its answer
 * @wanted: the interval that would be taken with money enough
 *
 * What is left is spread evenly over what is left of the 30 days. What a bad
 * day cost is so saved later; nothing left means none until the next month.
 *
 * Return: milliseconds, @wanted or more; 0 stays 0 (never).
 */
u64 spinat_budget_interval(struct spinat_budget *b, u64 limit, u64 now,
			   u32 cost, u64 wanted)
{
	u64 left, remaining, interval;

	if (!limit || !wanted)
		return wanted;
	roll(b, now);
	remaining = BUDGET_MONTH_MS - (now - b->since);
	left = limit > b->month ? limit - b->month : 0;
	if (!left || left < cost)
		return remaining > wanted ? remaining : wanted;
	/* Below 2^32 ms a month and 2^17 bytes a ping there is no overflow. */
	interval = div64_u64(remaining * cost, left);
	return interval > wanted ? interval : wanted;
}
