/* SPDX-License-Identifier: GPL-2.0 */
/* Settings of a tunnel; what each means is in the netlink spec. Pure. */
#ifndef _SPINAT_EPOCH_SETTINGS_H
#define _SPINAT_EPOCH_SETTINGS_H

#include <linux/types.h>
#include <uapi/linux/spinat_epoch.h>

#define EPOCH_SETTING_FIRST	SPINAT_EPOCH_A_TUNNEL_PING_MIN
#define EPOCH_SETTING_LAST	SPINAT_EPOCH_A_TUNNEL_HOLD_BYTES

/**
 * struct spinat_settings - how an epoch's gate behaves
 * @role: enum spinat_epoch_role
 * @v: by SPINAT_EPOCH_A_TUNNEL_*, from EPOCH_SETTING_FIRST on; read without
 *	the lock where a single value is enough
 * @budget: bytes for pings in 30 days, 0 for any
 */
struct spinat_settings {
	u32 role;
	u32 v[EPOCH_SETTING_LAST + 1];
	u64 budget;
};

#define epoch_setting(s, name)	((s)->v[SPINAT_EPOCH_A_TUNNEL_##name])

void spinat_settings_init(struct spinat_settings *s);
const char *spinat_settings_check(const struct spinat_settings *s,
				  unsigned int *bad);

#endif
