// SPDX-License-Identifier: GPL-2.0
#include <linux/build_bug.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <uapi/linux/spinat_masq.h>

#include "config.h"

#define RANGE(NAME, name, def, min, max) \
	[SPINAT_MASQ_A_CONFIG_##NAME] = { def, min, max, \
		name " must be from " #min " to " #max }

const struct spinat_masq_config_range spinat_masq_config_ranges[] = {
	/* Four hours outlive the usual SA (strongSwan rekeys after one), and
	 * keep what a departed client leaves behind within a working day.
	 */
	RANGE(PAIR_TIMEOUT, "pair-timeout", 14400, 10, 604800),
	RANGE(OPEN_TIMEOUT, "open-timeout", 60, 1, 3600),
	RANGE(ECHO_WINDOW, "echo-window", 250, 10, 5000),
	RANGE(ECHO_PATIENCE, "echo-patience", 3000, 50, 60000),
	RANGE(TURN_TIME, "turn-time", 400, 10, 60000),
	RANGE(TURN_GAP, "turn-gap", 50, 0, 10000),
	RANGE(HOLD_TIME, "hold-time", 3000, 0, 60000),
	RANGE(HOLD_CLIENT, "hold-client", 8, 1, 1024),
	RANGE(HOLD_TOTAL, "hold-total", 1024, 1, 65536),
	RANGE(EARLY_TIME, "early-time", 400, 0, 5000),
	RANGE(EARLY_BYTES, "early-bytes", 2097152, 65536, 268435456),
	RANGE(CLIENT_PAIRS, "client-pairs", 1024, 1, 1048576),
	RANGE(CLIENT_OPEN, "client-open", 64, 1, 65536),
	RANGE(PREFIX_CLIENTS, "prefix-clients", 256, 1, 65535),
	RANGE(MAX_PAIRS, "max-pairs", 1048576, 1, 16777216),
	/* The first thousand zones are what people number by hand. */
	RANGE(ZONE_MIN, "zone-min", 1024, 1, 65535),
	RANGE(ZONE_MAX, "zone-max", 65535, 1, 65535),
	RANGE(ROAM_SILENCE, "roam-silence", 5000, 0, 3600000),
	[SPINAT_MASQ_A_CONFIG_AMBIGUOUS] = {
		SPINAT_MASQ_AMBIGUOUS_SERIAL, SPINAT_MASQ_AMBIGUOUS_SERIAL,
		SPINAT_MASQ_AMBIGUOUS_DROP, "ambiguous must be serial or drop" },
};

/* Pairs that a namespace of an unprivileged user may have: its memory is the
 * machine's
 */
#define UNTRUSTED_PAIRS	16384
/* A pair takes a quarter of a kilobyte, in the worst case (every SPI at a server
 * of its own, none answered) one and a half: at most a tenth of the memory.
 */
#define BYTES_PER_PAIR	16384

/**
 * spinat_masq_config_init() - set all defaults
 * @config: the settings
 * @trusted: the namespace is the machine's own, not some user's
 */
void spinat_masq_config_init(struct spinat_masq_config *config, bool trusted)
{
	int i;

	BUILD_BUG_ON(ARRAY_SIZE(spinat_masq_config_ranges) !=
		     ARRAY_SIZE(config->v));
	BUILD_BUG_ON(ARRAY_SIZE(config->v) != SPINAT_MASQ_A_CONFIG_MAX + 1);

	for (i = 1; i <= SPINAT_MASQ_A_CONFIG_MAX; i++)
		config->v[i] = spinat_masq_config_ranges[i].def;
	config->v[SPINAT_MASQ_A_CONFIG_MAX_PAIRS] =
		clamp_t(u64, (u64)totalram_pages() * PAGE_SIZE / BYTES_PER_PAIR,
			1024, trusted ? 1048576 : UNTRUSTED_PAIRS);
}

/**
 * spinat_masq_config_grows() - could this take more of the machine's memory?
 * @old: settings in force
 * @new: settings to come
 * @bad: set to the attribute that could
 */
bool spinat_masq_config_grows(const struct spinat_masq_config *old,
			      const struct spinat_masq_config *new,
			      unsigned int *bad)
{
	static const unsigned int caps[] = {
		SPINAT_MASQ_A_CONFIG_MAX_PAIRS,
		SPINAT_MASQ_A_CONFIG_HOLD_TOTAL,
		SPINAT_MASQ_A_CONFIG_EARLY_BYTES,
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(caps); i++) {
		*bad = caps[i];
		if (new->v[caps[i]] > old->v[caps[i]])
			return true;
	}
	return false;
}

/**
 * spinat_masq_config_check() - may these settings be used together?
 * @config: the settings
 * @bad: set to the attribute that may not
 *
 * Return: NULL, or the sentence that says what is wrong.
 */
const char *spinat_masq_config_check(const struct spinat_masq_config *config,
				     unsigned int *bad)
{
	const struct spinat_masq_config_range *range;
	unsigned int i;

	for (i = 1; i <= SPINAT_MASQ_A_CONFIG_MAX; i++) {
		range = &spinat_masq_config_ranges[i];
		*bad = i;
		if (config->v[i] < range->min || config->v[i] > range->max)
			return range->text;
	}
	*bad = SPINAT_MASQ_A_CONFIG_ZONE_MAX;
	if (config->v[SPINAT_MASQ_A_CONFIG_ZONE_MIN] >
	    config->v[SPINAT_MASQ_A_CONFIG_ZONE_MAX])
		return "zone-max must not be below zone-min";
	return NULL;
}
