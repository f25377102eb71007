/* SPDX-License-Identifier: GPL-2.0 */
/* Limits of a network namespace; what each means is in the netlink spec. Pure. */
#ifndef _SPINAT_EPOCH_LIMITS_H
#define _SPINAT_EPOCH_LIMITS_H

#include <linux/types.h>
#include <uapi/linux/spinat_epoch.h>

/* By SPINAT_EPOCH_A_CONFIG_*; index 0 is not used */
#define EPOCH_LIMITS	(SPINAT_EPOCH_A_CONFIG_MAX + 1)

void spinat_epoch_limits_init(u32 *limits, bool trusted);
const char *spinat_epoch_limits_check(const u32 *limits, unsigned int *bad);

#endif
