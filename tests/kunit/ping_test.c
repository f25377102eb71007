// SPDX-License-Identifier: GPL-2.0
/* kmod/epoch/ping.c: what control pings hold, and how long they are. */
#include "test.h"

#include "../../kmod/epoch/ping.c"

static void written_is_read(struct kunit *test)
{
	struct spinat_ping out = { .type = PING_WORD, .len = 0x1234,
				   .number = 0x89abcdef,
				   .cookie = 0x0123456789abcdefULL }, in;
	const u8 want[SPINAT_PING_HEADER] = "SpNt\1\2\x12\x34\x89\xab\xcd\xef"
					    "\x01\x23\x45\x67\x89\xab\xcd";
	/* odd addresses, and nothing behind may be touched */
	u8 *room = kunit_kmalloc(test, SPINAT_PING_HEADER + 1, GFP_KERNEL);
	u8 *payload = room + 1;
	int i, bad = 0;

	must(room);
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
}

static void cookie_covers(struct kunit *test)
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
static void window_of_peer(struct kunit *test)
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

static void window_of_own(struct kunit *test)
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

static void lengths(struct kunit *test)
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

static struct kunit_case cases[] = {
	KUNIT_CASE(written_is_read),
	KUNIT_CASE(cookie_covers),
	KUNIT_CASE(window_of_peer),
	KUNIT_CASE(window_of_own),
	KUNIT_CASE(lengths),
	{}
};

static struct kunit_suite suite = {
	.name = "epoch-ping",
	.test_cases = cases,
};

kunit_test_suite(suite);
