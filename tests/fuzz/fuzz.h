/* SPDX-License-Identifier: GPL-2.0 */
/* What the fuzz targets share: reading the input, claims, what was reached. */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What has to be true whatever the input is; the sentence says what is not. */
#define claim(good, ...) \
	do { \
		if (!(good)) { \
			fprintf(stderr, "%s:%d: ", __FILE__, __LINE__); \
			fprintf(stderr, __VA_ARGS__); \
			fputc('\n', stderr); \
			abort(); \
		} \
	} while (0)

/**
 * struct fuzz_input - the rest of an input
 * @at: next byte
 * @end: behind the last one
 */
struct fuzz_input {
	const uint8_t *at;
	const uint8_t *end;
};

/* Bytes as a number, the last missing ones zero */
static inline uint64_t fuzz_take(struct fuzz_input *in, int bytes)
{
	uint64_t v = 0;

	while (bytes--)
		v = v << 8 | (in->at < in->end ? *in->at++ : 0);
	return v;
}

static inline uint8_t fuzz_u8(struct fuzz_input *in)
{
	return fuzz_take(in, 1);
}

static inline size_t fuzz_left(const struct fuzz_input *in)
{
	return in->end - in->at;
}

/* At most @len bytes, in memory of exactly that size: for malloc's red zones */
static inline uint8_t *fuzz_bytes(struct fuzz_input *in, size_t *len)
{
	uint8_t *copy;

	if (*len > fuzz_left(in))
		*len = fuzz_left(in);
	copy = malloc(*len ? *len : 1);
	memcpy(copy, in->at, *len);
	in->at += *len;
	return copy;
}

/*
 * Places that a target has to get to. It names them all at the begin, and they
 * are listed at the end of a run: tests/lib/fuzz.sh wants none of them zero.
 */
struct fuzz_reached {
	const char *name;
	unsigned long times;
};

extern struct fuzz_reached fuzz_reached[];

#define reached(i)	(fuzz_reached[i].times++)

#endif
