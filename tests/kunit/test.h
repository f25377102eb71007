/* SPDX-License-Identifier: GPL-2.0 */
/* What the suites share: short words for results, and random numbers that are
 * the same in every run.
 */
#ifndef TESTS_KUNIT_TEST_H
#define TESTS_KUNIT_TEST_H

#include <kunit/test.h>

/* One result; the function has its struct kunit as "test" */
#define ok(good, ...)	KUNIT_EXPECT_TRUE_MSG(test, good, __VA_ARGS__)

/* One result of numbers */
#define is(actual, expected, text) \
	KUNIT_EXPECT_EQ_MSG(test, (u64)(actual), (u64)(expected), text)

/* Likewise, and nothing after it makes sense if it fails */
#define must(good)	KUNIT_ASSERT_TRUE(test, good)

u32 random_u32(void);

static inline u32 random_below(u32 n)
{
	return random_u32() % n;
}

#endif
