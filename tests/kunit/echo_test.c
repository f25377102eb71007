// SPDX-License-Identifier: GPL-2.0
/* kmod/masq/echo.c: pairs of lengths, as echo.h tells of them. */
#include "test.h"

#include "../../kmod/masq/echo.c"

#define QUICK	4
#define WINDOW	60

/* Near the end of 32 bits, so that every test crosses it */
#define START	(U32_MAX - 20)

static void pair_matches(struct kunit *test)
{
	struct spinat_echo_ring ring = {};

	ok(!spinat_echo_ring_add(&ring, 100, START, QUICK), "one is no pair");
	ok(!spinat_echo_ring_has_pair(&ring, 100, 100, START, WINDOW),
	   "nor with itself");
	ok(spinat_echo_ring_add(&ring, 200, START + QUICK, QUICK),
	   "two of different lengths in quick succession are");
	is(ring.total, 1, "it is counted");
	ok(spinat_echo_ring_has_pair(&ring, 100, 200, START + QUICK, WINDOW),
	   "both lengths in order match");
	ok(!spinat_echo_ring_has_pair(&ring, 200, 100, START + QUICK, WINDOW),
	   "not the other way round");
	ok(!spinat_echo_ring_has_pair(&ring, 100, 204, START + QUICK, WINDOW) &&
	   !spinat_echo_ring_has_pair(&ring, 96, 200, START + QUICK, WINDOW),
	   "not one of them");
	ok(spinat_echo_ring_has_pair(&ring, 100, 200, START + QUICK + WINDOW,
				     WINDOW), "as long as the window is open");
	ok(!spinat_echo_ring_has_pair(&ring, 100, 200,
				      START + QUICK + WINDOW + 1, WINDOW),
	   "and no longer");
}

static void no_pair(struct kunit *test)
{
	struct spinat_echo_ring ring = {};

	spinat_echo_ring_add(&ring, 100, START, QUICK);
	ok(!spinat_echo_ring_add(&ring, 100, START + 1, QUICK),
	   "two of one length are none");
	ok(!spinat_echo_ring_add(&ring, 200, START + 1 + QUICK + 1, QUICK),
	   "two that are too far apart are none");
	is(ring.total, 0, "none was counted");
	spinat_echo_ring_add(&ring, 300, START + 10, QUICK);
	ok(!spinat_echo_ring_add(&ring, SPINAT_ECHO_MAX_LEN + 1, START + 11,
				 QUICK),
	   "what is longer than a ping may be is none");
	ok(!spinat_echo_ring_add(&ring, 200, START + 12, QUICK),
	   "and parts what is before and after it");
	ok(spinat_echo_ring_add(&ring, SPINAT_ECHO_MAX_LEN, START + 13, QUICK),
	   "the longest ping counts");
}

static void lost_ping(struct kunit *test)
{
	struct spinat_echo_ring ring = {};

	/* pairs (1, 2), (3, 4); where 2 is lost on its way to the NAT, 3
	 * follows 1 at once here
	 */
	spinat_echo_ring_add(&ring, 10, START, QUICK);
	spinat_echo_ring_add(&ring, 30, START + 1, QUICK);
	spinat_echo_ring_add(&ring, 40, START + 2, QUICK);
	ok(spinat_echo_ring_has_pair(&ring, 30, 40, START + 2, WINDOW),
	   "the pair after a lost ping is known nevertheless");
	ok(spinat_echo_ring_has_pair(&ring, 10, 30, START + 2, WINDOW),
	   "and the one across it");
	ok(!spinat_echo_ring_has_pair(&ring, 10, 40, START + 2, WINDOW),
	   "but not what was not in a row");
}

static void empty_ring(struct kunit *test)
{
	struct spinat_echo_ring ring = {};
	u32 now, found = 0;

	/* All times of a new ring are 0, so is its clock at some time. */
	for (now = 0; now < 3; now++)
		found += spinat_echo_ring_has_pair(&ring, 0, 0, now, WINDOW) +
			 spinat_echo_ring_begins(&ring, 0, now, WINDOW) +
			 spinat_echo_ring_has_length(&ring, 0, now, WINDOW) +
			 spinat_echo_ring_has_length(&ring, 100, now, WINDOW);
	is(found, 0, "a new ring matches nothing, not even length 0");
}

static void last_eight(struct kunit *test)
{
	struct spinat_echo_ring ring = {};
	u32 i, now = START, bad = 0;

	for (i = 0; i <= 2 * SPINAT_ECHO_PAIRS + 3; i++)
		spinat_echo_ring_add(&ring, 100 + i, now, QUICK);
	/* i is one more than the last length */
	for (i = 1; i <= 2 * SPINAT_ECHO_PAIRS + 3; i++)
		bad += spinat_echo_ring_has_pair(&ring, 99 + i, 100 + i, now,
						 WINDOW) !=
		       (i > SPINAT_ECHO_PAIRS + 3);
	is(bad, 0, "the last eight pairs are known, and no others");
	is(ring.total, 2 * SPINAT_ECHO_PAIRS + 3, "all are counted");
}

static void saturation(struct kunit *test)
{
	struct spinat_echo_ring ring = {};
	u32 i, bad = 0, least = 0;

	for (i = 1; i < 200000; i++) {
		spinat_echo_ring_add(&ring, 1 + i % 1000, i, QUICK);
		bad += i > 1 && !spinat_echo_ring_has_pair(&ring,
				1 + (i - 1) % 1000, 1 + i % 1000, i, WINDOW);
		bad += i > SPINAT_ECHO_PAIRS &&
		       !spinat_echo_ring_has_pair(&ring,
				1 + (i - SPINAT_ECHO_PAIRS) % 1000,
				1 + (i - SPINAT_ECHO_PAIRS + 1) % 1000, i,
				WINDOW);
		least += i > SPINAT_ECHO_MAX_UNANSWERED + 1 &&
			 ring.total <= SPINAT_ECHO_MAX_UNANSWERED;
	}
	is(bad, 0, "pair 65,536 and all others are known while they are young");
	is(least, 0, "the count stays beyond what counts as a gate");
}

static void begins(struct kunit *test)
{
	struct spinat_echo_ring ring = {};

	spinat_echo_ring_add(&ring, 100, START, QUICK);
	ok(spinat_echo_ring_begins(&ring, 100, START + 1, WINDOW),
	   "the answer to the first may be here before the second has left");
	ok(!spinat_echo_ring_has_length(&ring, 100, START + 1, WINDOW),
	   "though there is no pair yet");
	ok(!spinat_echo_ring_begins(&ring, 100, START + WINDOW + 1, WINDOW),
	   "but not for ever");
	spinat_echo_ring_add(&ring, 200, START + 2, QUICK);
	spinat_echo_ring_add(&ring, SPINAT_ECHO_MAX_LEN + 1, START + 3, QUICK);
	ok(spinat_echo_ring_begins(&ring, 100, START + 3, WINDOW),
	   "the first of a pair begins it");
	ok(!spinat_echo_ring_begins(&ring, 200, START + 3, WINDOW),
	   "the second does not");
	ok(spinat_echo_ring_has_length(&ring, 100, START + 3, WINDOW) &&
	   spinat_echo_ring_has_length(&ring, 200, START + 3, WINDOW),
	   "both are lengths of it");
	ok(!spinat_echo_ring_has_length(&ring, 300, START + 3, WINDOW),
	   "another is not");
	ok(!spinat_echo_ring_begins(&ring, 100, START + 3 + WINDOW, WINDOW) &&
	   !spinat_echo_ring_has_length(&ring, 200, START + 3 + WINDOW, WINDOW),
	   "nor are they when the window is over");
}

static void forget(struct kunit *test)
{
	struct spinat_echo_ring ring = {};
	u32 len, found = 0, now = START + 2;

	spinat_echo_ring_add(&ring, 100, START, QUICK);
	spinat_echo_ring_add(&ring, 200, START + 1, QUICK);
	spinat_echo_ring_add(&ring, 300, START + 2, QUICK);
	spinat_echo_ring_forget(&ring);
	for (len = 0; len <= 300; len += 100)
		found += spinat_echo_ring_begins(&ring, len, now, WINDOW) +
			 spinat_echo_ring_has_length(&ring, len, now, WINDOW) +
			 spinat_echo_ring_has_pair(&ring, len, len + 100, now,
						   WINDOW);
	is(found, 0, "nothing matches what is forgotten");
	is(ring.total, 2, "how many there were is not forgotten");
	ok(!spinat_echo_ring_add(&ring, 400, now, QUICK),
	   "nothing pairs with what is forgotten");
	ok(spinat_echo_ring_add(&ring, 500, now, QUICK) &&
	   spinat_echo_ring_has_pair(&ring, 400, 500, now, WINDOW),
	   "then it goes on");
}

static struct kunit_case cases[] = {
	KUNIT_CASE(pair_matches),
	KUNIT_CASE(no_pair),
	KUNIT_CASE(lost_ping),
	KUNIT_CASE(empty_ring),
	KUNIT_CASE(last_eight),
	KUNIT_CASE(saturation),
	KUNIT_CASE(begins),
	KUNIT_CASE(forget),
	{}
};

static struct kunit_suite suite = {
	.name = "masq-echo",
	.test_cases = cases,
};

kunit_test_suite(suite);
