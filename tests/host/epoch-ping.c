// SPDX-License-Identifier: GPL-2.0
/* Tests of kmod/epoch: what control pings hold, how long they are, what they
 * cost, and which settings are refused.
 */
#include <string.h>

#include "pure.h"

#include "../../kmod/epoch/budget.c"
#include "../../kmod/epoch/ping.c"
#include "../../kmod/epoch/settings.c"

/* Not SipHash, but no two inputs of a test have the same value. */
u64 siphash_2u64(u64 first, u64 second, const siphash_key_t *key)
{
	return first * 0x9e3779b97f4a7c15ULL ^ second * 0xc2b2ae3d27d4eb4fULL ^
	       key->key[0] * 0x165667b19e3779f9ULL ^ key->key[1];
}

static void written_is_read(void)
{
	struct spinat_ping out = { .type = PING_WORD, .len = 0x1234,
				   .number = 0x89abcdef,
				   .cookie = 0x0123456789abcdefULL }, in;
	const u8 want[SPINAT_PING_HEADER] = "SpNt\1\2\x12\x34\x89\xab\xcd\xef"
					    "\x01\x23\x45\x67\x89\xab\xcd";
	/* odd addresses, and nothing behind may be touched */
	u8 *room = malloc(SPINAT_PING_HEADER + 1), *payload = room + 1;
	int i, bad = 0;

	spinat_ping_write(payload, &out);
	ok(!memcmp(payload, want, SPINAT_PING_HEADER - 1) &&
	   payload[SPINAT_PING_HEADER - 1] == 0xef,
	   "a ping is written as it is documented");
	ok(spinat_ping_read(payload, 0x1234, &in) && in.type == out.type &&
	   in.len == out.len && in.number == out.number &&
	   in.cookie == out.cookie, "and read as it was written");
	ok(!spinat_ping_read(payload, 0x1233, &in) &&
	   !spinat_ping_read(payload, 0x1235, &in), "another length is refused");
	for (i = 0; i < 256; i++) {
		payload[5] = i;
		bad += spinat_ping_read(payload, 0x1234, &in) !=
		       (i >= PING_REQUEST && i <= PING_WORD_ANSWER);
	}
	is(bad, 0, "types that do not exist are refused");
	payload[5] = PING_REQUEST;
	for (i = 0; i < 5; i++) {
		payload[i] ^= 1;
		bad += spinat_ping_read(payload, 0x1234, &in);
		payload[i] ^= 1;
	}
	is(bad, 0, "another magic or version is refused");
	free(room);
}

static void cookie_covers(void)
{
	const siphash_key_t key = { { 1, 2 } }, other = { { 1, 3 } };
	const struct spinat_ping base = { PING_REQUEST, 100, 7, 0 };
	struct spinat_ping p = base;
	u64 cookie = spinat_ping_cookie(&p, 0x100, 0x200, &key);
	int same = 0;

	p.cookie = 99;
	is(spinat_ping_cookie(&p, 0x100, 0x200, &key), cookie,
	   "a cookie does not depend on what stands in its place");
	for (p = base, p.type++; p.type <= PING_WORD_ANSWER; p.type++)
		same += spinat_ping_cookie(&p, 0x100, 0x200, &key) == cookie;
	for (p = base, p.len = 0; p.len < 1100; p.len++)
		same += p.len != base.len &&
			spinat_ping_cookie(&p, 0x100, 0x200, &key) == cookie;
	for (p = base, p.number = 0; p.number < 1000; p.number++)
		same += p.number != base.number &&
			spinat_ping_cookie(&p, 0x100, 0x200, &key) == cookie;
	p = base;
	same += spinat_ping_cookie(&p, 0x200, 0x100, &key) == cookie;
	same += spinat_ping_cookie(&p, 0x101, 0x200, &key) == cookie;
	same += spinat_ping_cookie(&p, 0x100, 0x201, &key) == cookie;
	same += spinat_ping_cookie(&p, 0x100, 0x200, &other) == cookie;
	is(same, 0, "a cookie covers type, length, number, both SPIs and the key");
}

/* Against a list of all numbers, 32 at most behind the highest */
static void window_of_peer(void)
{
	static bool seen[1 << 16];
	struct spinat_ping_window w = {};
	u32 base, highest = 0, number, i, bad = 0;
	bool got, want;

	is(spinat_ping_seen(&w, 0) << 1 | spinat_ping_seen(&w, 0), 1,
	   "number 0 is new once");
	w = (struct spinat_ping_window){};
	/* across the wrap of 32 bits */
	base = -(1U << 15);
	for (i = 0; i < 200000; i++) {
		number = highest + random_below(80);
		number = number > 40 ? number - 40 : 0;
		if (number >= ARRAY_SIZE(seen))
			break;
		got = spinat_ping_seen(&w, base + number);
		want = seen[number] || number + 32 <= highest;
		bad += got != want;
		seen[number] = true;
		if (number > highest)
			highest = number;
	}
	is(bad, 0, "a number is new once, and never when it is too old to tell");
	ok(highest > 50000, "up to %u numbers, over the wrap", highest);
}

static void window_of_own(void)
{
	struct spinat_ping_window w = { .last = U32_MAX - 10 };
	u32 number, early = 0, twice = 0, missed = 0, late = 0;
	int i;

	for (i = 0; i < 100; i++) {
		number = w.last + 1;
		early += spinat_ping_arrived(&w, number);
		spinat_ping_await(&w, number);
		early += spinat_ping_arrived(&w, number + 1);
		if (i % 3 == 0)
			continue;
		missed += !spinat_ping_arrived(&w, number);
		twice += spinat_ping_arrived(&w, number);
	}
	is(early, 0, "no answer arrives before its ping was sent");
	is(missed, 0, "an answer arrives");
	is(twice, 0, "but once");
	/* the last thirds left open are at ages 1, 4, ... (i = 99 is age 0) */
	number = w.last;
	ok(spinat_ping_arrived(&w, number - 30) &&
	   !spinat_ping_arrived(&w, number - 30), "one of 30 pings ago arrives");
	for (i = 32; i < 200; i++)
		late += spinat_ping_arrived(&w, number - i);
	is(late, 0, "an older one does not");
}

static void lengths(void)
{
	unsigned int step, headers, shortest, longest, a, b, i, bad = 0;
	unsigned int same = 0, n, covered;
	static bool used[SPINAT_PING_MAX + 1];

	for (i = 0; i < 300000; i++) {
		step = 4 << random_below(3);
		headers = random_below(2) ? 28 : 48;
		shortest = spinat_ping_shortest(headers, step);
		longest = 60 + random_below(1500);
		a = spinat_ping_length(shortest, longest, step, random_u32(), 0);
		b = spinat_ping_length(shortest, longest, step, random_u32(), a);
		bad += a < headers + SPINAT_PING_HEADER || b < shortest;
		bad += (a + 2) % step || (b + 2) % step;
		bad += shortest >= headers + SPINAT_PING_HEADER + step;
		if (longest >= shortest)
			bad += a > longest || b > longest;
		bad += a > SPINAT_PING_MAX || b > SPINAT_PING_MAX;
		same += a == b && longest >= shortest + step;
	}
	is(bad, 0, "lengths hold the header, fill ESP's blocks, fit the path");
	is(same, 0, "the two of a pair differ wherever there is room");
	for (step = 4; step <= 16; step *= 4) {
		memset(used, 0, sizeof(used));
		shortest = spinat_ping_shortest(28, step);
		n = (SPINAT_PING_MAX - shortest) / step + 1;
		for (i = 0; i < 40 * n; i++)
			used[spinat_ping_length(shortest, 9000, step,
						random_u32(), 0)] = true;
		for (i = 0, covered = 0; i <= SPINAT_PING_MAX; i++)
			covered += used[i];
		ok(covered == n, "steps of %u: all %u lengths are used", step, n);
	}
}

static void budget(void)
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
	printf("# %u pings, %llu bytes in the last month\n", pings,
	       (unsigned long long)spent);
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

static bool refused(u32 attribute, u32 value)
{
	struct spinat_settings s;
	const char *why;
	unsigned int bad = 0;

	spinat_settings_init(&s);
	s.v[attribute] = value;
	why = spinat_settings_check(&s, &bad);
	if (!why || !*why || (bad != attribute &&
			      bad != SPINAT_EPOCH_A_TUNNEL_PING_MAX &&
			      bad != SPINAT_EPOCH_A_TUNNEL_RETRY_MAX))
		printf("# attribute %u, value %u: %s, bad %u\n", attribute,
		       value, why ?: "accepted", bad);
	return why && *why;
}

static void settings(void)
{
	struct spinat_settings s;
	unsigned int bad, i, wrong = 0;

	spinat_settings_init(&s);
	ok(!spinat_settings_check(&s, &bad), "the defaults are accepted");
	for (i = EPOCH_SETTING_FIRST; i <= EPOCH_SETTING_LAST; i++)
		wrong += !refused(i, U32_MAX);
	is(wrong, 0, "2^32 - 1 is too much for every setting");
	ok(refused(SPINAT_EPOCH_A_TUNNEL_PING_MIN, 19) &&
	   refused(SPINAT_EPOCH_A_TUNNEL_PING_MIN, 1001) &&
	   refused(SPINAT_EPOCH_A_TUNNEL_RETRY, 300001) &&
	   refused(SPINAT_EPOCH_A_TUNNEL_STALE_AFTER, 99) &&
	   refused(SPINAT_EPOCH_A_TUNNEL_STALE_AFTER, 1) &&
	   refused(SPINAT_EPOCH_A_TUNNEL_IDLE_INTERVAL, 999) &&
	   refused(SPINAT_EPOCH_A_TUNNEL_CEILING, 9) &&
	   refused(SPINAT_EPOCH_A_TUNNEL_TRIES, 0) &&
	   refused(SPINAT_EPOCH_A_TUNNEL_ON_CEILING, 0) &&
	   refused(SPINAT_EPOCH_A_TUNNEL_ON_CEILING, 3),
	   "what is too little, or does not go together, is refused");
	s.v[SPINAT_EPOCH_A_TUNNEL_STALE_AFTER] = 0;
	s.v[SPINAT_EPOCH_A_TUNNEL_IDLE_INTERVAL] = 0;
	ok(!spinat_settings_check(&s, &bad), "0 is never for those that have it");
}

int main(void)
{
	written_is_read();
	cookie_covers();
	window_of_peer();
	window_of_own();
	lengths();
	budget();
	settings();
	return tap_end();
}
