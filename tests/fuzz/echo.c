// SPDX-License-Identifier: GPL-2.0
/*
 * The NAT's rule of lengths against a plain list of all that was sent: a pair is
 * known if it was sent in the window, quickly, with two lengths of a ping, as
 * one of the last eight; a pair that was not is never known.
 */
#include "masq/echo.h"

#define SENT_MAX	256

enum { KNOWN, UNKNOWN, LATE, LONG };

struct fuzz_reached fuzz_reached[] = {
	[KNOWN] = { "a pair known" },
	[UNKNOWN] = { "a pair unknown" },
	[LATE] = { "a pair too late" },
	[LONG] = { "a packet too long" },
	{}
};

static struct pair {
	u16 first, second;
	u32 when;
} pairs[SENT_MAX];
static int n_pairs;

static bool listed(u16 first, u16 second, u32 now, u32 window)
{
	int i;

	for (i = max(0, n_pairs - SPINAT_ECHO_PAIRS); i < n_pairs; i++)
		if (pairs[i].first == first && pairs[i].second == second) {
			if (now - pairs[i].when <= window)
				return true;
			reached(LATE);
		}
	return false;
}

static void ask(const struct spinat_echo_ring *ring, u16 first, u16 second,
		u32 now, u32 window)
{
	bool has = spinat_echo_ring_has_pair(ring, first, second, now, window);

	/* 0 is no length: what the ring was made with */
	if (!first)
		return;
	claim(has == listed(first, second, now, window),
	      "pair %u, %u: %d", first, second, has);
	reached(has ? KNOWN : UNKNOWN);
	if (!has)
		return;
	claim(spinat_echo_ring_begins(ring, first, now, window),
	      "a pair that does not begin");
	claim(spinat_echo_ring_has_length(ring, first, now, window) &&
	      spinat_echo_ring_has_length(ring, second, now, window),
	      "a pair without its lengths");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, data + size };
	struct spinat_echo_ring ring = {};
	/* near the end of time, too */
	u32 now = 0U - (fuzz_u8(&in) << 4), quick = fuzz_u8(&in), last_when = 0;
	u16 last = 0, len, total = 0;
	u32 window = fuzz_u8(&in);
	bool added, want;
	u8 what;

	n_pairs = 0;
	while (fuzz_left(&in) && n_pairs < SENT_MAX) {
		what = fuzz_u8(&in);
		now += what >> 4;
		switch (what & 3) {
		case 0:
		case 1:
			len = what & 4 ? fuzz_take(&in, 2) : fuzz_u8(&in);
			if (len > SPINAT_ECHO_MAX_LEN) {
				reached(LONG);
				want = false;
			} else {
				want = last && last != len &&
				       now - last_when <= quick;
			}
			if (want)
				pairs[n_pairs++] = (struct pair){ last, len, now };
			added = spinat_echo_ring_add(&ring, len, now, quick);
			claim(added == want, "pair %u, %u: %d", last, len, added);
			claim(ring.total >= total, "the total went back");
			total = ring.total;
			last = len > SPINAT_ECHO_MAX_LEN ? 0 : len;
			last_when = now;
			break;
		case 2:
			ask(&ring, fuzz_u8(&in), fuzz_u8(&in), now, window);
			if (n_pairs)
				ask(&ring, pairs[n_pairs - 1].first,
				    pairs[n_pairs - 1].second, now, window);
			break;
		case 3:
			if (what & 4) {
				spinat_echo_ring_forget(&ring);
				n_pairs = 0;
				last = 0;
			} else {
				now += fuzz_u8(&in) << 2;
			}
			break;
		}
	}
	return 0;
}
