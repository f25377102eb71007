// SPDX-License-Identifier: GPL-2.0
/*
 * What the tool reads: files of saved pairs, words of commands, messages of the
 * kernel or of whoever claims to be it. What is accepted has to be something that
 * the kernel could be told, what is refused comes with a sentence, and what is
 * printed is text. The first byte says which.
 */
#include <linux/genetlink.h>
#include <linux/spinat_epoch.h>

#include "fuzz.h"
#include "record.h"
#include "saved.h"
#include "utf8.h"

enum { PAIR, TUNNEL, EPOCH, CONFIG, REFUSED, RECORD, NAME };

struct fuzz_reached fuzz_reached[] = {
	[PAIR] = { "a saved pair accepted" },
	[TUNNEL] = { "a tunnel accepted" },
	[EPOCH] = { "an epoch accepted" },
	[CONFIG] = { "settings accepted" },
	[REFUSED] = { "words refused" },
	[RECORD] = { "a message printed" },
	[NAME] = { "a name printed" },
	{}
};

/* Every value that is given has to be one of its field. */
static void value_judge(const struct spinat_args *args, unsigned int i)
{
	const struct spinat_field *field = &args->set->field[i];
	const struct spinat_value *value = &args->value[i];
	size_t len = strnlen(value->name, sizeof(value->name));

	switch (field->type) {
	case SPINAT_SPI:
		claim(value->number >= SPINAT_SPI_MIN && !(value->number >> 32),
		      "a reserved SPI was accepted");
		return;
	case SPINAT_U16:
		claim(!(value->number >> 16), "a large number was accepted");
		return;
	case SPINAT_U32:
		claim(!(value->number >> 32), "a large number was accepted");
		return;
	case SPINAT_ENUM:
		claim(value->number, "\"unspec\" was accepted");
		return;
	case SPINAT_NAME:
		claim(len && len <= SPINAT_NAME_MAX, "a name of %zu bytes", len);
		return;
	case SPINAT_ADDR:
		claim(value->addr.len == 4 || value->addr.len == 16,
		      "an address of %u bytes", value->addr.len);
		return;
	default:
		return;
	}
}

static void args_judge(const struct spinat_args *args, uint64_t must,
		       uint64_t may)
{
	unsigned int i, len = 0;

	claim((args->given & must) == must && !(args->given & ~(must | may)),
	      "wrong keys were accepted");
	for (i = 1; i <= args->set->max; i++) {
		if (!(args->given & SPINAT_BIT(i)))
			continue;
		value_judge(args, i);
		if (!(args->set->same & SPINAT_BIT(i)))
			continue;
		claim(!len || args->value[i].addr.len == len,
		      "two families were accepted");
		len = args->value[i].addr.len;
	}
}

static void saved(const char *text)
{
	struct spinat_saved file = { .next = text };
	struct spinat_err err = { "" };
	struct spinat_args args;
	int ret;

	while ((ret = spinat_saved_next(&file, &args, &err)) > 0) {
		reached(PAIR);
		args_judge(&args, SPINAT_PIN_MUST, SPINAT_PIN_MAY);
	}
	claim(!ret || err.text[0], "refused without a sentence");
	if (ret)
		reached(REFUSED);
}

static void words(char *line, const struct spinat_set *set, uint64_t must,
		  uint64_t may, int what)
{
	struct spinat_err err = { "" };
	struct spinat_args args;
	char *word[64];
	int ret;

	ret = spinat_line_split(line, word, 64, &err);
	if (ret >= 0)
		ret = spinat_args_parse(set, must, may, ret, word, &args, &err);
	if (ret) {
		claim(err.text[0], "refused without a sentence");
		reached(REFUSED);
		return;
	}
	reached(what);
	args_judge(&args, must, may);
}

static void text_judge(const char *text)
{
	int step;

	claim(memchr(text, 0, SPINAT_TEXT), "text without an end");
	for (; *text; text += step) {
		step = spinat_utf8_len(text);
		claim(step > 0 && (unsigned char)*text >= ' ' && *text != 0x7f,
		      "byte %02x is printed", *text & 0xff);
	}
}

/* A message with any bytes for attributes */
static void record(const uint8_t *data, size_t len, const struct spinat_set *set)
{
	size_t size = NLMSG_HDRLEN + GENL_HDRLEN + len;
	/* a message is padded in what is received, and libmnl counts on it */
	struct nlmsghdr *nlh = calloc(1, NLMSG_ALIGN(size));
	struct spinat_record rec;
	char text[SPINAT_TEXT];
	unsigned int i;

	nlh->nlmsg_len = size;
	memcpy((char *)nlh + NLMSG_HDRLEN + GENL_HDRLEN, data, len);
	spinat_record_read(&rec, set, nlh);
	for (i = 0; i <= set->max; i++) {
		if (!spinat_record_has(&rec, i))
			continue;
		memset(text, 'x', sizeof(text));
		spinat_record_text(&rec, i, text);
		text_judge(text);
		reached(set->field[i].type == SPINAT_NAME ? NAME : RECORD);
	}
	free(nlh);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint64_t name = SPINAT_BIT(SPINAT_EPOCH_A_TUNNEL_NAME);
	const uint64_t spis = SPINAT_BIT(SPINAT_EPOCH_A_EPOCH_OUT_SPI) |
			      SPINAT_BIT(SPINAT_EPOCH_A_EPOCH_IN_SPI);
	const uint64_t addrs = SPINAT_BIT(SPINAT_EPOCH_A_EPOCH_PEER) |
			       SPINAT_BIT(SPINAT_EPOCH_A_EPOCH_TARGET) |
			       SPINAT_BIT(SPINAT_EPOCH_A_EPOCH_SOURCE);
	static const struct spinat_set *const sets[] = {
		&spinat_masq_pair, &spinat_masq_client, &spinat_masq_stats,
		&spinat_epoch_tunnel, &spinat_epoch_epoch, &spinat_epoch_stats,
	};
	char *text;

	if (!size)
		return 0;
	/* in memory that ends where it ends */
	text = malloc(size);
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	switch (*data) {
	case 'p':
		saved(text);
		break;
	case 't':
		words(text, &spinat_epoch_tunnel, name,
		      SPINAT_BIT(SPINAT_EPOCH_A_TUNNEL_EPOCHS) - 2 * name,
		      TUNNEL);
		break;
	case 'e':
		words(text, &spinat_epoch_epoch, spis, addrs |
		      SPINAT_BIT(SPINAT_EPOCH_A_EPOCH_TUNNEL), EPOCH);
		break;
	case 'c':
		words(text, &spinat_masq_config, 0,
		      2 * SPINAT_BIT(SPINAT_MASQ_A_CONFIG_MAX) - 2, CONFIG);
		break;
	default:
		record(data + 1, size - 1, sets[*data % 6]);
	}
	free(text);
	return 0;
}
