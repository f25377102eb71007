// SPDX-License-Identifier: GPL-2.0
/*
 * Control pings: what is read from any bytes, what was written and is read again,
 * numbers in any order against a plain list, and lengths.
 */
#include "epoch/ping.h"

enum { READ, UNREAD, SEEN, ARRIVED, LENGTH, NOROOM };

struct fuzz_reached fuzz_reached[] = {
	[READ] = { "a ping read" },
	[UNREAD] = { "no ping" },
	[SEEN] = { "a number seen before" },
	[ARRIVED] = { "an answer awaited" },
	[LENGTH] = { "a length" },
	[NOROOM] = { "no room for a second length" },
	{}
};

/* Anything that depends on all it is given */
u64 siphash_2u64(u64 a, u64 b, const siphash_key_t *key)
{
	return (a ^ key->key[0]) * 0x9e3779b97f4a7c15 + (b ^ key->key[1]);
}

static void any_bytes(struct fuzz_input *in)
{
	size_t len = SPINAT_PING_HEADER;
	unsigned int said = fuzz_take(in, 2);
	u8 *bytes = fuzz_bytes(in, &len), again[SPINAT_PING_HEADER];
	struct spinat_ping p;

	if (len < SPINAT_PING_HEADER)
		goto end;
	if (!spinat_ping_read(bytes, said, &p)) {
		reached(UNREAD);
		goto end;
	}
	reached(READ);
	claim(spinat_ping_is(bytes), "read, but it does not look like one");
	claim(p.type >= PING_REQUEST && p.type <= PING_WORD_ANSWER,
	      "type %u", p.type);
	claim(p.len == said, "length %u of %u", p.len, said);
	spinat_ping_write(again, &p);
	claim(!memcmp(again, bytes, len), "written differently than read");
end:
	free(bytes);
}

/* What changes a ping changes its cookie */
static void cookies(struct fuzz_input *in)
{
	siphash_key_t key = { { fuzz_take(in, 8), fuzz_take(in, 8) } };
	struct spinat_ping p = {
		.type = fuzz_u8(in), .len = fuzz_take(in, 2),
		.number = fuzz_take(in, 4),
	}, q = p;
	u32 to = fuzz_take(in, 4), from = fuzz_take(in, 4);
	u64 cookie = spinat_ping_cookie(&p, to, from, &key);

	q.type ^= 1;
	claim(spinat_ping_cookie(&q, to, from, &key) != cookie, "type");
	q = p;
	q.len ^= 1 << (p.number & 15);
	claim(spinat_ping_cookie(&q, to, from, &key) != cookie, "length");
	q = p;
	q.number++;
	claim(spinat_ping_cookie(&q, to, from, &key) != cookie, "number");
	claim(spinat_ping_cookie(&p, to + 1, from, &key) != cookie, "out-SPI");
	claim(spinat_ping_cookie(&p, to, from + 1, &key) != cookie, "in-SPI");
}

/* A number is taken once, and none that is 32 behind the highest */
static void numbers_seen(struct fuzz_input *in)
{
	struct spinat_ping_window w = {};
	u32 taken[64], n = 0, i, highest = 0, base = fuzz_take(in, 4), number;
	bool seen, before;

	while (fuzz_left(in) && n < ARRAY_SIZE(taken)) {
		number = base + (s32)(int8_t)fuzz_u8(in);
		before = n && (s32)(number - highest) <= -32;
		for (i = 0; i < n; i++)
			before |= taken[i] == number;
		seen = spinat_ping_seen(&w, number);
		claim(seen == before, "number %u: %d", number, seen);
		if (seen) {
			reached(SEEN);
			continue;
		}
		taken[n++] = number;
		if (n == 1 || (s32)(number - highest) > 0)
			highest = number;
	}
}

/* An answer is taken once, for a number that was asked for, among the last 32 */
static void numbers_awaited(struct fuzz_input *in)
{
	struct spinat_ping_window w = {};
	u32 first = fuzz_take(in, 4), next = first, number, i;
	bool came[512] = {}, arrived, want;
	u8 what;

	for (i = 0; fuzz_left(in) && next - first < ARRAY_SIZE(came); i++) {
		what = fuzz_u8(in);
		if (what & 1) {
			spinat_ping_await(&w, next++);
			continue;
		}
		number = next - 1 - (s32)(int8_t)what / 2;
		want = next != first && next - 1 - number < 32 &&
		       number - first < next - first &&
		       !came[number - first];
		/* nothing was asked for: it has no number that can be wrong */
		if (next == first)
			continue;
		arrived = spinat_ping_arrived(&w, number);
		claim(arrived == want, "answer %u of %u: %d", number, next,
		      arrived);
		if (!arrived)
			continue;
		came[number - first] = true;
		reached(ARRIVED);
	}
}

static void lengths(struct fuzz_input *in)
{
	static const unsigned int steps[] = { 4, 8, 16, 32 };
	unsigned int step = steps[fuzz_u8(in) & 3], not_this = 0, len, i;
	unsigned int headers = fuzz_u8(in), longest = fuzz_take(in, 2);
	unsigned int shortest = spinat_ping_shortest(headers, step);

	claim(shortest >= headers + SPINAT_PING_HEADER &&
	      (shortest + 2) % step == 0, "shortest %u", shortest);
	for (i = 0; i < 4; i++) {
		len = spinat_ping_length(shortest, longest, step,
					 fuzz_take(in, 4), not_this);
		claim(len >= shortest && (len - shortest) % step == 0,
		      "length %u of %u", len, shortest);
		claim(len == shortest ||
		      (len <= longest && len <= SPINAT_PING_MAX),
		      "length %u of %u", len, longest);
		if (min_t(unsigned int, longest, SPINAT_PING_MAX) <
		    shortest + step) {
			reached(NOROOM);
			return;
		}
		claim(len != not_this, "length %u again", len);
		not_this = len;
		reached(LENGTH);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, data + size };

	switch (fuzz_u8(&in) % 5) {
	case 0:
		any_bytes(&in);
		break;
	case 1:
		cookies(&in);
		break;
	case 2:
		numbers_seen(&in);
		break;
	case 3:
		numbers_awaited(&in);
		break;
	case 4:
		lengths(&in);
		break;
	}
	return 0;
}
