/* SPDX-License-Identifier: GPL-2.0 */

/**
 * @defgroup spinat_counters spinat_counters
 * @{ @ingroup spinat
 *
 * What the plugin did, as opposed to what the kernel module counts itself.
 *
 * They are logged whenever the settings are reloaded (swanctl
 * --reload-settings, or SIGHUP), as no plugin can add to what swanctl --stats
 * prints: the command is answered by the vici plugin alone, whose dispatcher is
 * not accessible to others.
 */

#ifndef SPINAT_COUNTERS_H_
#define SPINAT_COUNTERS_H_

#include <library.h>

typedef enum spinat_counter_t spinat_counter_t;

/**
 * What is counted.
 */
enum spinat_counter_t {
	/** epochs announced */
	SPINAT_COUNT_ANNOUNCED,
	/** CHILD_SAs that could not be gated */
	SPINAT_COUNT_UNGATED,
	/** CHILD_SAs rekeyed for lack of a proof */
	SPINAT_COUNT_REKEYED,
	/** IKE_SAs replaced or initiated for lack of a proof */
	SPINAT_COUNT_SESSIONS,
	/** rekeyings by the peer that were refused */
	SPINAT_COUNT_REFUSED,
	/** SAs destroyed because of INITIAL_CONTACT */
	SPINAT_COUNT_OBSOLETE,

	SPINAT_COUNT_MAX
};

/**
 * Count something.
 *
 * @param counter	what to count
 */
void spinat_count(spinat_counter_t counter);

/**
 * Log all counters.
 */
void spinat_counters_log();

#endif /** SPINAT_COUNTERS_H_ @}*/
