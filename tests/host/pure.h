/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For programs that try a module's pure files, which they include: random
 * numbers that are the same in every run.
 */
#ifndef TESTS_PURE_H
#define TESTS_PURE_H

#include <stdio.h>
#include <stdlib.h>

#include <linux/types.h>

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
