// SPDX-License-Identifier: GPL-2.0
/*
 * Feeds damaged files to the reader of saved pairs, and damaged words to the
 * parsers behind "spinat epoch set" and "add". Whatever is accepted has to be
 * something that the kernel could be told, and whatever is refused has to come
 * with a sentence. Run with a number of tries; the same number gives the same
 * tries.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/spinat_epoch.h>

#include "../../userspace/spinat/saved.h"

static const char saved_text[] =
	"# a comment\nversion 1\n"
	"pin client 10.0.0.2 server 192.0.2.1 public 198.51.100.1 "
	"out-spi 0xc0ffee01 in-spi 256 evidence echo out-seq 4294967295\n"
	"\tpin client fd00::2 server 2001:db8::1 out-spi 0x100 "
	"in-spi 0xffffffff evidence serial # why\r\n\n";

static const char tunnel_text[] =
	"name a-name-of-some-length-that-damage-can-make-too-long-for-it "
	"peer 192.0.2.1 role client target fd00::1 source fd00::2 mark 0xff "
	"on-ceiling drop budget 18446744073709551615 hold-bytes 4294967295";

static const char epoch_text[] =
	"tunnel home peer 2001:db8::1 out-spi 0xc0ffee01 in-spi 256 "
	"target 10.0.0.1 source 10.0.0.2";

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

/* Every value that is given has to be one of its field. */
static int value_judge(const struct spinat_args *args, unsigned int i,
		       const char *text)
{
	const struct spinat_field *field = &args->set->field[i];
	const struct spinat_value *value = &args->value[i];
	size_t len = strnlen(value->name, sizeof(value->name));

	switch (field->type) {
	case SPINAT_SPI:
		if (value->number < SPINAT_SPI_MIN || value->number >> 32)
			return broken("a reserved SPI was accepted", text);
		return 0;
	case SPINAT_U32:
		if (value->number >> 32)
			return broken("a large number was accepted", text);
		return 0;
	case SPINAT_ENUM:
		if (!value->number)
			return broken("\"unspec\" was accepted", text);
		return 0;
	case SPINAT_NAME:
		if (!len || len > SPINAT_NAME_MAX)
			return broken("a wrong name was accepted", text);
		return 0;
	case SPINAT_ADDR:
		if (value->addr.len != 4 && value->addr.len != 16)
			return broken("no address was accepted", text);
		return 0;
	default:
		return 0;
	}
}

static int families_judge(const struct spinat_args *args, const char *text)
{
	unsigned int len = 0;

	for (unsigned int i = 1; i <= args->set->max; i++) {
		if (!(args->given & args->set->same & SPINAT_BIT(i)))
			continue;
		if (len && args->value[i].addr.len != len)
			return broken("two families were accepted", text);
		len = args->value[i].addr.len;
	}
	return 0;
}

static int args_judge(const struct spinat_args *args, uint64_t must,
		      uint64_t may, const char *text)
{
	if ((args->given & must) != must || args->given & ~(must | may))
		return broken("wrong keys were accepted", text);
	for (unsigned int i = 1; i <= args->set->max; i++)
		if (args->given & SPINAT_BIT(i) && value_judge(args, i, text))
			return 1;
	return families_judge(args, text);
}

static int saved_judge(const char *text, unsigned int *accepted)
{
	struct spinat_saved saved = { .next = text };
	struct spinat_err err = { "" };
	struct spinat_args args;
	int ret;

	while ((ret = spinat_saved_next(&saved, &args, &err)) > 0) {
		++*accepted;
		if (args_judge(&args, SPINAT_PIN_MUST, SPINAT_PIN_MAY, text))
			return 1;
	}
	if (ret && !err.text[0])
		return broken("refused without a sentence", text);
	return 0;
}

static int words_judge(const struct spinat_set *set, uint64_t must,
		       uint64_t may, char *text, unsigned int *accepted)
{
	struct spinat_err err = { "" };
	struct spinat_args args;
	char line[2048];
	char *word[64];
	int ret;

	strcpy(line, text);
	ret = spinat_line_split(line, word, 64, &err);
	if (ret >= 0)
		ret = spinat_args_parse(set, must, may, ret, word, &args, &err);
	if (ret)
		return err.text[0] ? 0 :
		       broken("refused without a sentence", text);
	++*accepted;
	return args_judge(&args, must, may, text);
}

static void damaged(char *text, size_t size, const char *seed)
{
	strcpy(text, seed);
	for (unsigned int n = pick(6); n; n--)
		damage(text, size);
}

static int try(unsigned int *pairs, unsigned int *tunnels,
	       unsigned int *epochs)
{
	const uint64_t name = SPINAT_BIT(SPINAT_EPOCH_A_TUNNEL_NAME);
	const uint64_t spis = SPINAT_BIT(SPINAT_EPOCH_A_EPOCH_OUT_SPI) |
			      SPINAT_BIT(SPINAT_EPOCH_A_EPOCH_IN_SPI);
	const uint64_t addrs = SPINAT_BIT(SPINAT_EPOCH_A_EPOCH_PEER) |
			       SPINAT_BIT(SPINAT_EPOCH_A_EPOCH_TARGET) |
			       SPINAT_BIT(SPINAT_EPOCH_A_EPOCH_SOURCE);
	char text[2048];
	int ret;

	damaged(text, sizeof(text), saved_text);
	ret = saved_judge(text, pairs);
	if (ret)
		return ret;
	damaged(text, sizeof(text), tunnel_text);
	ret = words_judge(&spinat_epoch_tunnel, name,
			  SPINAT_BIT(SPINAT_EPOCH_A_TUNNEL_EPOCHS) - 2 * name,
			  text, tunnels);
	if (ret)
		return ret;
	damaged(text, sizeof(text), epoch_text);
	return words_judge(&spinat_epoch_epoch, spis, addrs |
			   SPINAT_BIT(SPINAT_EPOCH_A_EPOCH_TUNNEL), text,
			   epochs);
}

/* Damage that always breaks everything, or never, proves nothing. */
static int proves_nothing(unsigned int accepted, unsigned int offered)
{
	return accepted < offered / 20 || accepted > offered - offered / 20;
}

int main(int argc, char **argv)
{
	unsigned int tries = argc > 1 ? atoi(argv[1]) : 1000;
	unsigned int pairs = 0, tunnels = 0, epochs = 0;

	for (unsigned int i = 0; i < tries; i++)
		if (try(&pairs, &tunnels, &epochs))
			return 1;
	printf("%u tries, accepted: %u pairs, %u tunnels, %u epochs\n", tries,
	       pairs, tunnels, epochs);
	return proves_nothing(pairs, 2 * tries) ||
	       proves_nothing(tunnels, tries) || proves_nothing(epochs, tries);
}
