// SPDX-License-Identifier: GPL-2.0
/*
 * Settings and limits of both modules, and the budget of pings: what is refused
 * has a sentence that names the value, what is accepted lies within the ranges
 * that the netlink specs promise.
 */
#include "epoch/budget.h"
#include "epoch/settings.h"
#include "masq/config.h"

#include <uapi/linux/spinat_masq.h>

enum { TUNNEL_GOOD, TUNNEL_BAD, CONFIG_GOOD, CONFIG_BAD, GROWS, SPENT, NONE };

struct fuzz_reached fuzz_reached[] = {
	[TUNNEL_GOOD] = { "settings accepted" },
	[TUNNEL_BAD] = { "settings refused" },
	[CONFIG_GOOD] = { "limits accepted" },
	[CONFIG_BAD] = { "limits refused" },
	[GROWS] = { "limits that grow" },
	[SPENT] = { "an interval stretched" },
	[NONE] = { "nothing left" },
	{}
};

/* Values near what a sentence may name: a power of ten, one more or less */
static u32 value(struct fuzz_input *in)
{
	u8 how = fuzz_u8(in), i;
	u32 v = 1;

	if (how & 0x80)
		return fuzz_take(in, 4);
	for (i = 0; i < (how & 7); i++)
		v *= 10;
	return v * (how >> 5 & 3) + (how >> 3 & 3) - 1;
}

static void tunnel(struct fuzz_input *in)
{
	struct spinat_settings s, again;
	const char *sentence;
	unsigned int bad = 0, i;

	spinat_settings_init(&s);
	claim(!spinat_settings_check(&s, &bad), "the defaults are refused");
	for (i = 0; i < 4 && fuzz_left(in); i++)
		s.v[EPOCH_SETTING_FIRST + fuzz_u8(in) %
		    (EPOCH_SETTING_LAST - EPOCH_SETTING_FIRST + 1)] = value(in);
	again = s;
	sentence = spinat_settings_check(&s, &bad);
	claim(!memcmp(&s, &again, sizeof(s)), "the check changes settings");
	if (sentence) {
		reached(TUNNEL_BAD);
		claim(*sentence && bad >= EPOCH_SETTING_FIRST &&
		      bad <= EPOCH_SETTING_LAST, "a sentence about nothing");
		return;
	}
	reached(TUNNEL_GOOD);
	claim(epoch_setting(&s, PING_MIN) >= 20 &&
	      epoch_setting(&s, PING_MIN) <= epoch_setting(&s, PING_MAX) &&
	      epoch_setting(&s, PING_MAX) <= 600000, "pings");
	claim(epoch_setting(&s, TRIES) >= 1 && epoch_setting(&s, TRIES) <= 1000,
	      "tries");
	claim(epoch_setting(&s, CEILING) >= 10 &&
	      epoch_setting(&s, CEILING) <= 3600000, "ceiling");
	claim(epoch_setting(&s, RETRY) >= 100 &&
	      epoch_setting(&s, RETRY) <= epoch_setting(&s, RETRY_MAX) &&
	      epoch_setting(&s, RETRY_MAX) <= 86400000, "retry");
	claim(epoch_setting(&s, ON_CEILING) == SPINAT_EPOCH_ON_CEILING_OPEN ||
	      epoch_setting(&s, ON_CEILING) == SPINAT_EPOCH_ON_CEILING_DROP,
	      "on-ceiling");
	claim(epoch_setting(&s, HOLD_PACKETS) <= 65536 &&
	      epoch_setting(&s, HOLD_BYTES) <= 268435456, "hold");
}

static void config(struct fuzz_input *in)
{
	struct spinat_masq_config old, new;
	bool trusted = fuzz_u8(in) & 1;
	const char *sentence;
	unsigned int bad = 0, i, attr;

	spinat_masq_config_init(&old, trusted);
	claim(!spinat_masq_config_check(&old, &bad), "the defaults are refused");
	new = old;
	for (i = 0; i < 4 && fuzz_left(in); i++) {
		attr = 1 + fuzz_u8(in) % SPINAT_MASQ_A_CONFIG_MAX;
		new.v[attr] = value(in);
	}
	sentence = spinat_masq_config_check(&new, &bad);
	claim(!sentence || (*sentence && bad &&
			    bad <= SPINAT_MASQ_A_CONFIG_MAX),
	      "a sentence about nothing");
	reached(sentence ? CONFIG_BAD : CONFIG_GOOD);
	if (!sentence) {
		claim(new.v[SPINAT_MASQ_A_CONFIG_ZONE_MIN] >= 1 &&
		      new.v[SPINAT_MASQ_A_CONFIG_ZONE_MIN] <=
		      new.v[SPINAT_MASQ_A_CONFIG_ZONE_MAX] &&
		      new.v[SPINAT_MASQ_A_CONFIG_ZONE_MAX] <= U16_MAX, "zones");
		claim(new.v[SPINAT_MASQ_A_CONFIG_MAX_PAIRS] <= 16777216 &&
		      new.v[SPINAT_MASQ_A_CONFIG_HOLD_TOTAL] <= 65536,
		      "memory without a bound");
	}
	if (spinat_masq_config_grows(&old, &new, &bad)) {
		reached(GROWS);
		claim(new.v[bad] > old.v[bad], "what does not grow is named");
	} else {
		claim(new.v[SPINAT_MASQ_A_CONFIG_MAX_PAIRS] <=
		      old.v[SPINAT_MASQ_A_CONFIG_MAX_PAIRS], "it grows");
	}
}

static void budget(struct fuzz_input *in)
{
	u64 now = fuzz_take(in, 5), limit = fuzz_take(in, 4), spent = 0, v;
	struct spinat_budget b = { .since = now };
	u32 cost = 1 + (fuzz_take(in, 2) & 0x1ffff), wanted = fuzz_take(in, 3);
	u32 bytes;

	while (fuzz_left(in)) {
		now += fuzz_take(in, 4);
		bytes = fuzz_take(in, 2);
		spinat_budget_spend(&b, now, bytes);
		spent += bytes;
		claim(b.total == spent && b.month <= spent, "bytes are lost");
		claim(now - b.since < BUDGET_MONTH_MS, "a month of %llu ms",
		      (unsigned long long)(now - b.since));
		v = spinat_budget_interval(&b, limit, now, cost, wanted);
		claim(v >= wanted && (wanted || !v), "sooner than wanted");
		if (!limit || !wanted)
			continue;
		if (b.month + cost > limit) {
			reached(NONE);
			claim(v >= BUDGET_MONTH_MS - (now - b.since),
			      "a ping that is not paid for");
		} else if (v > wanted) {
			reached(SPENT);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, data + size };

	switch (fuzz_u8(&in) % 3) {
	case 0:
		tunnel(&in);
		break;
	case 1:
		config(&in);
		break;
	case 2:
		budget(&in);
		break;
	}
	return 0;
}
