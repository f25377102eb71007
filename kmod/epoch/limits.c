// SPDX-License-Identifier: GPL-2.0
#include <linux/kernel.h>

#include "limits.h"

static const struct {
	u32 def;
	u32 min;
	u32 max;
	const char *text;
} limits[EPOCH_LIMITS] = {
#define LIMIT(NAME, name, def, min, max) \
	[SPINAT_EPOCH_A_CONFIG_##NAME] = { def, min, max, \
		name " must be from " #min " to " #max }
	LIMIT(MAX_TUNNELS, "max-tunnels", 65536, 1, 1048576),
	LIMIT(MAX_EPOCHS, "max-epochs", 65536, 1, 1048576),
	LIMIT(HOLD_PACKETS, "hold-packets", 16384, 0, 1048576),
	LIMIT(HOLD_BYTES, "hold-bytes", 67108864, 0, 1073741824),
};

/* What an unprivileged user's namespace gets of them */
#define UNTRUSTED_SHARE	16

/**
 * spinat_epoch_limits_init() - set all defaults
 * @v: limits, by SPINAT_EPOCH_A_CONFIG_*
 * @trusted: the namespace is the machine's own, not some user's
 */
void spinat_epoch_limits_init(u32 *v, bool trusted)
{
	int i;

	for (i = 1; i < EPOCH_LIMITS; i++)
		v[i] = limits[i].def / (trusted ? 1 : UNTRUSTED_SHARE);
}

/**
 * spinat_epoch_limits_check() - may these limits be?
 * @v: limits, by SPINAT_EPOCH_A_CONFIG_*
 * @bad: set to the attribute that may not
 *
 * Return: NULL, or the sentence that says what is wrong.
 */
const char *spinat_epoch_limits_check(const u32 *v, unsigned int *bad)
{
	for (*bad = 1; *bad < EPOCH_LIMITS; (*bad)++)
		if (v[*bad] < limits[*bad].min || v[*bad] > limits[*bad].max)
			return limits[*bad].text;
	return NULL;
}
