// SPDX-License-Identifier: GPL-2.0
/* What every target says at its end. */
#include "fuzz.h"

static void report(void)
{
	const struct fuzz_reached *r;

	for (r = fuzz_reached; r->name; r++)
		fprintf(stderr, "reached %lu %s\n", r->times, r->name);
}

static __attribute__((constructor)) void begin(void)
{
	atexit(report);
}
