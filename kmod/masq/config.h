/* SPDX-License-Identifier: GPL-2.0 */
/* Settings of spinat_masq; what each means is in the netlink spec. */
#ifndef _SPINAT_MASQ_CONFIG_H
#define _SPINAT_MASQ_CONFIG_H

#include <linux/types.h>

struct nlattr;

/* Indexed by SPINAT_MASQ_A_CONFIG_*; index 0 is not used */
struct spinat_masq_config {
	u32 v[20];
};

#define masq_config(mn, name) \
	READ_ONCE((mn)->config.v[SPINAT_MASQ_A_CONFIG_##name])

/**
 * struct spinat_masq_config_range - what a setting may be
 * @def: default
 * @min: smallest value
 * @max: largest value
 * @text: the refusal of anything else
 */
struct spinat_masq_config_range {
	u32 def;
	u32 min;
	u32 max;
	const char *text;
};

extern const struct spinat_masq_config_range spinat_masq_config_ranges[];

void spinat_masq_config_init(struct spinat_masq_config *config, bool trusted);
bool spinat_masq_config_grows(const struct spinat_masq_config *old,
			      const struct spinat_masq_config *new,
			      unsigned int *bad);
const char *spinat_masq_config_check(const struct spinat_masq_config *config,
				     unsigned int *bad);

#endif
