// SPDX-License-Identifier: GPL-2.0
#include <linux/kernel.h>

#include "settings.h"

#define RANGE(NAME, name, def, min, max) \
	[SPINAT_EPOCH_A_TUNNEL_##NAME] = { def, min, max, \
		name " must be from " #min " to " #max }

static const struct {
	u32 def;
	u32 min;
	u32 max;
	const char *text;
} ranges[] = {
	/* A NAT that learns by lengths wants tries at least 20 ms apart. */
	RANGE(PING_MIN, "ping-min", 30, 20, 10000),
	RANGE(PING_MAX, "ping-max", 1000, 20, 600000),
	/* Ten take about three seconds. */
	RANGE(TRIES, "tries", 10, 1, 1000),
	RANGE(STALE_AFTER, "stale-after", 3000, 0, 3600000),
	/* Below the ten minutes that stock Linux keeps an ESP flow, and cheap:
	 * 43,200 pings of some 200 bytes in 30 days.
	 */
	RANGE(IDLE_INTERVAL, "idle-interval", 60000, 0, 86400000),
	RANGE(CEILING, "ceiling", 10000, 10, 3600000),
	[SPINAT_EPOCH_A_TUNNEL_ON_CEILING] = {
		SPINAT_EPOCH_ON_CEILING_OPEN, SPINAT_EPOCH_ON_CEILING_OPEN,
		SPINAT_EPOCH_ON_CEILING_DROP,
		"on-ceiling must be open or drop" },
	RANGE(REKEYS, "rekeys", 2, 0, 1000),
	RANGE(RETRY, "retry", 3000, 100, 3600000),
	RANGE(RETRY_MAX, "retry-max", 300000, 100, 86400000),
	RANGE(HOLD_PACKETS, "hold-packets", 512, 0, 65536),
	RANGE(HOLD_BYTES, "hold-bytes", 2097152, 0, 268435456),
};

/**
 * spinat_settings_init() - set all defaults
 * @s: the settings; their role is left unspecified
 */
void spinat_settings_init(struct spinat_settings *s)
{
	int i;

	s->role = SPINAT_EPOCH_ROLE_UNSPEC;
	s->budget = 0;
	for (i = EPOCH_SETTING_FIRST; i <= EPOCH_SETTING_LAST; i++)
		s->v[i] = ranges[i].def;
}

/**
 * spinat_settings_check() - may these settings be used together?
 * @s: the settings
 * @bad: set to the attribute that may not
 *
 * Return: NULL, or the sentence that says what is wrong.
 */
const char *spinat_settings_check(const struct spinat_settings *s,
				  unsigned int *bad)
{
	unsigned int i;

	for (i = EPOCH_SETTING_FIRST; i <= EPOCH_SETTING_LAST; i++) {
		*bad = i;
		if (s->v[i] < ranges[i].min || s->v[i] > ranges[i].max)
			return ranges[i].text;
	}
	*bad = SPINAT_EPOCH_A_TUNNEL_PING_MAX;
	if (epoch_setting(s, PING_MAX) < epoch_setting(s, PING_MIN))
		return "ping-max must not be below ping-min";
	*bad = SPINAT_EPOCH_A_TUNNEL_RETRY_MAX;
	if (epoch_setting(s, RETRY_MAX) < epoch_setting(s, RETRY))
		return "retry-max must not be below retry";
	*bad = SPINAT_EPOCH_A_TUNNEL_STALE_AFTER;
	if (epoch_setting(s, STALE_AFTER) && epoch_setting(s, STALE_AFTER) < 100)
		return "stale-after must be 0 or from 100 to 3600000";
	*bad = SPINAT_EPOCH_A_TUNNEL_IDLE_INTERVAL;
	if (epoch_setting(s, IDLE_INTERVAL) &&
	    epoch_setting(s, IDLE_INTERVAL) < 1000)
		return "idle-interval must be 0 or from 1000 to 86400000";
	return NULL;
}
