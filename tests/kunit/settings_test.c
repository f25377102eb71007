// SPDX-License-Identifier: GPL-2.0
/* kmod/epoch: what control pings may cost, and which settings and limits are
 * refused.
 */
#include "test.h"

#include "../../kmod/epoch/budget.c"
#include "../../kmod/epoch/limits.c"
#include "../../kmod/epoch/settings.c"

static void budget(struct kunit *test)
{
	const u64 limit = 1000000;
	struct spinat_budget b = { .since = 5000 };
	u64 now = 5000, interval, spent = 0, bad = 0;
	u32 cost = 200, pings = 0, months;

	is(spinat_budget_interval(&b, 0, now, cost, 60000), 60000,
	   "without a budget the interval is the wanted one");
	is(spinat_budget_interval(&b, limit, now, cost, 0), 0,
	   "never stays never");
	/* wanted: one a second, 518 MB a month; affordable: 1 MB */
	for (months = 0; months < 3; months++) {
		u64 end = 5000 + (months + 1) * BUDGET_MONTH_MS;

		for (spent = 0, pings = 0; now < end; pings++) {
			interval = spinat_budget_interval(&b, limit, now, cost,
							  1000);
			bad += interval < 1000;
			now += interval;
			if (now >= end)
				break;
			spinat_budget_spend(&b, now, cost);
			spent += cost;
		}
		now = end;
		bad += spent > limit || spent < limit * 9 / 10;
	}
	is(bad, 0, "a budget is spent in a month, and not exceeded");
	kunit_info(test, "%u pings, %llu bytes in the last month\n", pings,
		   spent);
	is(b.month <= limit && b.total > 2 * limit, 1,
	   "a new month begins, the total goes on");
	spinat_budget_spend(&b, now, 10 * limit);
	interval = spinat_budget_interval(&b, limit, now + 1000, cost, 1000);
	is(interval, BUDGET_MONTH_MS - 1000,
	   "what is overdrawn waits for the next month");
	interval = spinat_budget_interval(&b, limit, now + BUDGET_MONTH_MS - 10,
					  cost, 1000);
	is(interval, 1000, "but not less than the wanted interval");
	interval = spinat_budget_interval(&b, U64_MAX, now, U32_MAX, 1000);
	is(interval, 1000, "a huge budget stretches nothing");
}

/* A setting or limit as the netlink spec has it; beside the range, 0 may be
 * allowed, for never
 */
struct range_spec {
	u32 attribute;
	const char *name;
	u32 min;
	u32 max;
	bool or_zero;
};

#define SETTING(NAME, name, min, max) \
	{ SPINAT_EPOCH_A_TUNNEL_##NAME, name, min, max }

static const struct range_spec settings[] = {
	SETTING(PING_MIN, "ping-min", 20, 10000),
	SETTING(PING_MAX, "ping-max", 20, 600000),
	SETTING(TRIES, "tries", 1, 1000),
	{ SPINAT_EPOCH_A_TUNNEL_STALE_AFTER, "stale-after", 100, 3600000, true },
	{ SPINAT_EPOCH_A_TUNNEL_IDLE_INTERVAL, "idle-interval", 1000, 86400000,
	  true },
	SETTING(CEILING, "ceiling", 10, 3600000),
	SETTING(ON_CEILING, "on-ceiling", SPINAT_EPOCH_ON_CEILING_OPEN,
		SPINAT_EPOCH_ON_CEILING_DROP),
	SETTING(REKEYS, "rekeys", 0, 1000),
	SETTING(RETRY, "retry", 100, 3600000),
	SETTING(RETRY_MAX, "retry-max", 100, 86400000),
	SETTING(HOLD_PACKETS, "hold-packets", 0, 65536),
	SETTING(HOLD_BYTES, "hold-bytes", 0, 268435456),
};

/* Refused with a sentence that names the attribute, which is told too? */
static bool refused(const struct spinat_settings *s,
		    const struct range_spec *spec)
{
	unsigned int bad = 0;
	const char *why = spinat_settings_check(s, &bad);

	return why && bad == spec->attribute &&
	       !strncmp(why, spec->name, strlen(spec->name)) &&
	       strstr(why, " must ");
}

static bool accepted(const struct spinat_settings *s)
{
	unsigned int bad;

	return !spinat_settings_check(s, &bad);
}

/* As loose as may be, so that a single value decides */
static struct spinat_settings loose(void)
{
	struct spinat_settings s;

	spinat_settings_init(&s);
	epoch_setting(&s, PING_MIN) = 20;
	epoch_setting(&s, PING_MAX) = 600000;
	epoch_setting(&s, RETRY) = 100;
	epoch_setting(&s, RETRY_MAX) = 86400000;
	return s;
}

static void setting_defaults(struct kunit *test)
{
	struct spinat_settings s = { .role = 99, .budget = 99 };

	spinat_settings_init(&s);
	ok(accepted(&s), "the defaults are accepted");
	ok(s.role == SPINAT_EPOCH_ROLE_UNSPEC && !s.budget,
	   "no role and no budget unless they are given");
	is(ARRAY_SIZE(settings), EPOCH_SETTING_LAST - EPOCH_SETTING_FIRST + 1,
	   "all settings are tested here");
}

static void setting_ranges(struct kunit *test)
{
	const struct range_spec *spec;
	struct spinat_settings s;
	int i;

	for (i = 0; i < ARRAY_SIZE(settings); i++) {
		spec = &settings[i];
		s = loose();
		s.v[spec->attribute] = spec->min;
		ok(accepted(&s), "%s: its least value", spec->name);
		s.v[spec->attribute] = spec->min - 1;
		ok(refused(&s, spec), "%s: one less", spec->name);
		s.v[spec->attribute] = spec->max;
		if (spec->attribute == SPINAT_EPOCH_A_TUNNEL_RETRY)
			epoch_setting(&s, RETRY_MAX) = spec->max;
		ok(accepted(&s), "%s: its greatest value", spec->name);
		s.v[spec->attribute] = spec->max + 1;
		ok(refused(&s, spec), "%s: one more", spec->name);
		s.v[spec->attribute] = U32_MAX;
		ok(refused(&s, spec), "%s: 2^32 - 1", spec->name);
		s.v[spec->attribute] = 0;
		ok(accepted(&s) == (spec->or_zero || !spec->min),
		   "%s: 0", spec->name);
		if (!spec->or_zero)
			continue;
		s.v[spec->attribute] = 1;
		ok(refused(&s, spec), "%s: 1 is not never", spec->name);
	}
}

static void setting_pairs(struct kunit *test)
{
	struct spinat_settings s = loose();
	unsigned int bad;

	epoch_setting(&s, PING_MIN) = 500;
	epoch_setting(&s, PING_MAX) = 500;
	epoch_setting(&s, RETRY) = 5000;
	epoch_setting(&s, RETRY_MAX) = 5000;
	ok(accepted(&s), "both the same");
	epoch_setting(&s, PING_MAX) = 499;
	ok(spinat_settings_check(&s, &bad) &&
	   bad == SPINAT_EPOCH_A_TUNNEL_PING_MAX, "ping-max below ping-min");
	epoch_setting(&s, PING_MAX) = 500;
	epoch_setting(&s, RETRY_MAX) = 4999;
	ok(spinat_settings_check(&s, &bad) &&
	   bad == SPINAT_EPOCH_A_TUNNEL_RETRY_MAX, "retry-max below retry");
}

#define LIMIT_SPEC(NAME, name, min, max) \
	{ SPINAT_EPOCH_A_CONFIG_##NAME, name, min, max }

static const struct range_spec specs[] = {
	LIMIT_SPEC(MAX_TUNNELS, "max-tunnels", 1, 1048576),
	LIMIT_SPEC(MAX_EPOCHS, "max-epochs", 1, 1048576),
	LIMIT_SPEC(HOLD_PACKETS, "hold-packets", 0, 1048576),
	LIMIT_SPEC(HOLD_BYTES, "hold-bytes", 0, 1073741824),
};

static void limit_ranges(struct kunit *test)
{
	u32 v[EPOCH_LIMITS], mine[EPOCH_LIMITS], old;
	const struct range_spec *spec;
	const char *why;
	unsigned int bad;
	int i;

	is(ARRAY_SIZE(specs), SPINAT_EPOCH_A_CONFIG_MAX,
	   "all limits are tested here");
	spinat_epoch_limits_init(v, true);
	spinat_epoch_limits_init(mine, false);
	ok(!spinat_epoch_limits_check(v, &bad), "the defaults are accepted");
	ok(!spinat_epoch_limits_check(mine, &bad), "a user's, too");
	for (i = 0; i < ARRAY_SIZE(specs); i++) {
		spec = &specs[i];
		old = v[spec->attribute];
		ok(mine[spec->attribute] < old,
		   "%s: an unprivileged user has less", spec->name);
		v[spec->attribute] = spec->min;
		ok(!spinat_epoch_limits_check(v, &bad),
		   "%s: its least value", spec->name);
		v[spec->attribute] = spec->max;
		ok(!spinat_epoch_limits_check(v, &bad),
		   "%s: its greatest value", spec->name);
		v[spec->attribute] = spec->min - 1;
		why = spinat_epoch_limits_check(v, &bad);
		ok(why && bad == spec->attribute &&
		   !strncmp(why, spec->name, strlen(spec->name)),
		   "%s: one less", spec->name);
		v[spec->attribute] = spec->max + 1;
		why = spinat_epoch_limits_check(v, &bad);
		ok(why && bad == spec->attribute &&
		   !strncmp(why, spec->name, strlen(spec->name)),
		   "%s: one more", spec->name);
		v[spec->attribute] = old;
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE(budget),
	KUNIT_CASE(setting_defaults),
	KUNIT_CASE(setting_ranges),
	KUNIT_CASE(setting_pairs),
	KUNIT_CASE(limit_ranges),
	{}
};

static struct kunit_suite suite = {
	.name = "epoch-settings",
	.test_cases = cases,
};

kunit_test_suite(suite);
