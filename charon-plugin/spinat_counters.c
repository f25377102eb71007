/* SPDX-License-Identifier: GPL-2.0 */

#include "spinat_counters.h"

#include <daemon.h>

/** The counters, as threads of many IKE_SAs add to them */
static refcount_t counters[SPINAT_COUNT_MAX];

/*
 * Described in header
 */
void spinat_count(spinat_counter_t counter)
{
	ref_get(&counters[counter]);
}

/*
 * Described in header
 */
void spinat_counters_log()
{
	u_int sum = 0;
	int i;

	for (i = 0; i < SPINAT_COUNT_MAX; i++)
	{
		sum += ref_cur(&counters[i]);
	}
	if (!sum)
	{	/* who doesn't use it does not want to hear of it */
		return;
	}
	DBG1(DBG_CFG, "spinat: since the start %u epochs announced, %u CHILD_SAs "
		 "not gated, %u rekeyed and %u IKE_SAs started for lack of a proof, "
		 "%u rekeyings of peers refused, %u obsolete SAs destroyed",
		 ref_cur(&counters[SPINAT_COUNT_ANNOUNCED]),
		 ref_cur(&counters[SPINAT_COUNT_UNGATED]),
		 ref_cur(&counters[SPINAT_COUNT_REKEYED]),
		 ref_cur(&counters[SPINAT_COUNT_SESSIONS]),
		 ref_cur(&counters[SPINAT_COUNT_REFUSED]),
		 ref_cur(&counters[SPINAT_COUNT_OBSOLETE]));
}
