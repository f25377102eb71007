// SPDX-License-Identifier: GPL-2.0
/*
 * Feeds damaged files to the reader of saved pairs, and with it to all parsers
 * of the tool. Whatever is accepted has to be a pair that the kernel could be
 * told, and whatever is refused has to come with a sentence. Run with a number
 * of tries; the same number gives the same tries.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../userspace/spinat/err.c"
#include "../../userspace/spinat/parse.c"
#include "../../userspace/spinat/field.c"
#include "../../userspace/spinat/field_masq.c"
#undef PAIR
#undef CLIENT
#include "../../userspace/spinat/saved.c"

static const char seed_text[] =
	"# a comment\nversion 1\n"
	"pin client 10.0.0.2 server 192.0.2.1 public 198.51.100.1 "
	"out-spi 0xc0ffee01 in-spi 256 evidence echo out-seq 4294967295\n"
	"\tpin client fd00::2 server 2001:db8::1 out-spi 0x100 "
	"in-spi 0xffffffff evidence serial # why\r\n\n";

/* What damage consists of: bytes that mean something to a parser. */
static const char *const piece[] = {
	"\n", " ", "#", "pin", "version", "1", "0x", "0", "255", "256", "::",
	"::ffff:1.2.3.4", "%", "client", "in-spi", "evidence", "unspec",
	"99999999999999999999", "\t", "\r", ".", "-", "\xff", "x",
};

static unsigned long long state = 1;

static unsigned int pick(unsigned int below)
{
	state = state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (state >> 33) % below;
}

static void damage(char *text, size_t size)
{
	size_t len = strlen(text);
	size_t at = pick(len + 1);
	const char *add = piece[pick(sizeof(piece) / sizeof(piece[0]))];
	size_t cut = pick(4) ? 0 : pick(len - at + 1);

	if (len - cut + strlen(add) >= size)
		return;
	memmove(text + at + strlen(add), text + at + cut, len - at - cut + 1);
	memcpy(text + at, add, strlen(add));
}

static int broken(const char *what, const char *text)
{
	printf("%s:\n%s\n", what, text);
	return 1;
}

static int pair_judge(const struct spinat_args *args, const char *text)
{
	const struct spinat_value *v = args->value;
	unsigned int len = v[SPINAT_MASQ_A_PAIR_CLIENT].addr.len;

	if ((args->given & SPINAT_PIN_MUST) != SPINAT_PIN_MUST ||
	    args->given & ~(SPINAT_PIN_MUST | SPINAT_PIN_MAY))
		return broken("wrong keys were accepted", text);
	if ((len != 4 && len != 16) ||
	    v[SPINAT_MASQ_A_PAIR_SERVER].addr.len != len)
		return broken("two families were accepted", text);
	if (v[SPINAT_MASQ_A_PAIR_OUT_SPI].number < SPINAT_SPI_MIN ||
	    v[SPINAT_MASQ_A_PAIR_IN_SPI].number < SPINAT_SPI_MIN)
		return broken("a reserved SPI was accepted", text);
	return 0;
}

static int text_judge(const char *text, unsigned int *pairs)
{
	struct spinat_saved saved = { .next = text };
	struct spinat_err err = { "" };
	struct spinat_args args;
	int ret;

	while ((ret = spinat_saved_next(&saved, &args, &err)) > 0) {
		++*pairs;
		if (pair_judge(&args, text))
			return 1;
	}
	if (ret && !err.text[0])
		return broken("refused without a sentence", text);
	return 0;
}

int main(int argc, char **argv)
{
	unsigned int tries = argc > 1 ? atoi(argv[1]) : 1000;
	unsigned int pairs = 0;
	char text[2048];

	for (unsigned int i = 0; i < tries; i++) {
		strcpy(text, seed_text);
		for (unsigned int n = pick(6); n; n--)
			damage(text, sizeof(text));
		if (text_judge(text, &pairs))
			return 1;
	}
	printf("%u tries, %u pairs accepted\n", tries, pairs);
	/* Damage that always breaks everything, or never, proves nothing. */
	return pairs < tries / 10 || pairs > tries * 2 - tries / 10;
}
