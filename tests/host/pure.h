/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For programs that test a module's pure files, which they include: TAP, and
 * random numbers that are the same in every run.
 */
#ifndef TESTS_PURE_H
#define TESTS_PURE_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <linux/types.h>

static int tap_count, tap_failed;

/* One result */
static inline void ok(bool good, const char *format, ...)
{
	va_list args;

	printf("%sok %d - ", good ? "" : "not ", ++tap_count);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	tap_failed += !good;
}

/* One result of numbers */
static inline void is(u64 actual, u64 expected, const char *text)
{
	ok(actual == expected, "%s", text);
	if (actual != expected)
		printf("# expected %llu, got %llu\n",
		       (unsigned long long)expected,
		       (unsigned long long)actual);
}

static inline int tap_end(void)
{
	printf("1..%d\n", tap_count);
	return tap_failed != 0;
}

static u64 random_state = 88172645463325252ULL;

/* xorshift64 */
static inline u32 random_u32(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state >> 16;
}

static inline u32 random_below(u32 n)
{
	return random_u32() % n;
}

#endif
