// SPDX-License-Identifier: GPL-2.0
/* kmod/masq/config.c: which settings are refused, as the netlink spec has it. */
#include "test.h"

#include "../../kmod/masq/config.c"

struct range_spec {
	u32 attribute;
	const char *name;
	u32 min;
	u32 max;
};

#define SPEC(NAME, name, min, max) \
	{ SPINAT_MASQ_A_CONFIG_##NAME, name, min, max }

static const struct range_spec specs[] = {
	SPEC(PAIR_TIMEOUT, "pair-timeout", 10, 604800),
	SPEC(OPEN_TIMEOUT, "open-timeout", 1, 3600),
	SPEC(ECHO_WINDOW, "echo-window", 10, 5000),
	SPEC(ECHO_PATIENCE, "echo-patience", 50, 60000),
	SPEC(TURN_TIME, "turn-time", 10, 60000),
	SPEC(TURN_GAP, "turn-gap", 0, 10000),
	SPEC(HOLD_TIME, "hold-time", 0, 60000),
	SPEC(HOLD_CLIENT, "hold-client", 1, 1024),
	SPEC(HOLD_TOTAL, "hold-total", 1, 65536),
	SPEC(EARLY_TIME, "early-time", 0, 5000),
	SPEC(EARLY_BYTES, "early-bytes", 65536, 268435456),
	SPEC(CLIENT_PAIRS, "client-pairs", 1, 1048576),
	SPEC(CLIENT_OPEN, "client-open", 1, 65536),
	SPEC(PREFIX_CLIENTS, "prefix-clients", 1, 65535),
	SPEC(MAX_PAIRS, "max-pairs", 1, 16777216),
	SPEC(ZONE_MIN, "zone-min", 1, 65535),
	SPEC(ZONE_MAX, "zone-max", 1, 65535),
	SPEC(ROAM_SILENCE, "roam-silence", 0, 3600000),
	SPEC(AMBIGUOUS, "ambiguous", SPINAT_MASQ_AMBIGUOUS_SERIAL,
	     SPINAT_MASQ_AMBIGUOUS_DROP),
};

static bool accepted(const struct spinat_masq_config *config)
{
	unsigned int bad;

	return !spinat_masq_config_check(config, &bad);
}

/* Refused with a sentence that names the attribute, which is told too? */
static bool refused(const struct spinat_masq_config *config,
		    const struct range_spec *spec)
{
	unsigned int bad = 0;
	const char *why = spinat_masq_config_check(config, &bad);

	return why && bad == spec->attribute &&
	       !strncmp(why, spec->name, strlen(spec->name)) &&
	       strstr(why, " must ");
}

static void defaults(struct kunit *test)
{
	struct spinat_masq_config own, users;
	u32 own_pairs, pairs, i, other = 0;

	memset(&own, 0xff, sizeof(own));
	memset(&users, 0xff, sizeof(users));
	spinat_masq_config_init(&own, true);
	spinat_masq_config_init(&users, false);
	ok(accepted(&own), "the machine's own are accepted");
	ok(accepted(&users), "a user's are accepted");
	is(ARRAY_SIZE(specs), SPINAT_MASQ_A_CONFIG_MAX,
	   "all settings are tested here");
	own_pairs = own.v[SPINAT_MASQ_A_CONFIG_MAX_PAIRS];
	pairs = users.v[SPINAT_MASQ_A_CONFIG_MAX_PAIRS];
	is(own_pairs, min_t(u64, (u64)totalram_pages() * PAGE_SIZE >> 14,
			    1048576), "a pair for 16 KiB of memory");
	is(pairs, min_t(u32, own_pairs, 16384), "a user has 16384 at most");
	for (i = 1; i <= SPINAT_MASQ_A_CONFIG_MAX; i++)
		other += i != SPINAT_MASQ_A_CONFIG_MAX_PAIRS &&
			 own.v[i] != users.v[i];
	is(other, 0, "all else is the same for both");
}

static void ranges(struct kunit *test)
{
	struct spinat_masq_config config;
	const struct range_spec *spec;
	int i;

	for (i = 0; i < ARRAY_SIZE(specs); i++) {
		spec = &specs[i];
		spinat_masq_config_init(&config, true);
		/* so that neither end of the zones is beyond the other */
		config.v[SPINAT_MASQ_A_CONFIG_ZONE_MIN] = 1;
		config.v[SPINAT_MASQ_A_CONFIG_ZONE_MAX] = 65535;
		config.v[spec->attribute] = spec->min;
		ok(accepted(&config), "%s: its least value", spec->name);
		config.v[spec->attribute] = spec->max;
		ok(accepted(&config), "%s: its greatest value", spec->name);
		config.v[spec->attribute] = spec->min - 1;
		ok(refused(&config, spec), "%s: one less", spec->name);
		config.v[spec->attribute] = spec->max + 1;
		ok(refused(&config, spec), "%s: one more", spec->name);
		config.v[spec->attribute] = U32_MAX;
		ok(refused(&config, spec), "%s: 2^32 - 1", spec->name);
	}
}

static void zones(struct kunit *test)
{
	struct spinat_masq_config config;
	unsigned int bad = 0;

	spinat_masq_config_init(&config, true);
	config.v[SPINAT_MASQ_A_CONFIG_ZONE_MIN] = 5000;
	config.v[SPINAT_MASQ_A_CONFIG_ZONE_MAX] = 5000;
	ok(accepted(&config), "a single zone");
	config.v[SPINAT_MASQ_A_CONFIG_ZONE_MAX] = 4999;
	ok(spinat_masq_config_check(&config, &bad) &&
	   bad == SPINAT_MASQ_A_CONFIG_ZONE_MAX, "none is refused");
}

/* What takes memory of the machine's wants more than a user's rights. */
static void grows(struct kunit *test)
{
	static const unsigned int caps[] = { SPINAT_MASQ_A_CONFIG_MAX_PAIRS,
					     SPINAT_MASQ_A_CONFIG_HOLD_TOTAL,
					     SPINAT_MASQ_A_CONFIG_EARLY_BYTES };
	struct spinat_masq_config old, new;
	unsigned int bad, i;

	spinat_masq_config_init(&old, false);
	new = old;
	ok(!spinat_masq_config_grows(&old, &new, &bad), "not what is equal");
	for (i = 0; i < ARRAY_SIZE(caps); i++) {
		new = old;
		new.v[caps[i]]++;
		ok(spinat_masq_config_grows(&old, &new, &bad) &&
		   bad == caps[i], "%s", specs[caps[i] - 1].name);
		new.v[caps[i]] -= 2;
		ok(!spinat_masq_config_grows(&old, &new, &bad),
		   "not less of %s", specs[caps[i] - 1].name);
	}
	new = old;
	new.v[SPINAT_MASQ_A_CONFIG_CLIENT_PAIRS]++;
	ok(!spinat_masq_config_grows(&old, &new, &bad),
	   "not what has another bound");
}

static struct kunit_case cases[] = {
	KUNIT_CASE(defaults),
	KUNIT_CASE(ranges),
	KUNIT_CASE(zones),
	KUNIT_CASE(grows),
	{}
};

static struct kunit_suite suite = {
	.name = "masq-config",
	.test_cases = cases,
};

kunit_test_suite(suite);
