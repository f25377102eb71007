// SPDX-License-Identifier: GPL-2.0
#include <stdint.h>
#include <stdio.h>

#include "json.h"
#include "utf8.h"

/* What is no UTF-8 becomes U+FFFD. */
static void string(const char *text)
{
	putchar('"');
	while (*text) {
		int len = spinat_utf8_len(text);

		if (!len)
			fputs("\\ufffd", stdout);
		else if ((uint8_t)*text < ' ' || *text == 0x7f)
			printf("\\u%04x", *text);
		else
			printf("%s%.*s", *text == '"' || *text == '\\' ?
			       "\\" : "", len, text);
		text += len ? len : 1;
	}
	putchar('"');
}

/*
 * Only names need escaping: members are names of attributes, the other strings
 * are addresses, SPIs and words of our own tables.
 */
static void json_member(const struct spinat_record *rec, unsigned int attr)
{
	const struct spinat_field *field = &rec->set->field[attr];
	char text[SPINAT_TEXT];

	printf("\"%s\": ", field->name);
	spinat_record_text(rec, attr, text);
	switch (field->type) {
	case SPINAT_FLAG:
		fputs("true", stdout);
		break;
	case SPINAT_NAME:
		string(spinat_record_name(rec, attr));
		break;
	case SPINAT_ADDR:
	case SPINAT_SPI:
	case SPINAT_ENUM:
		printf("\"%s\"", text);
		break;
	default:
		fputs(text, stdout);
		break;
	}
}

void spinat_json_object(const struct spinat_record *rec, const char *key,
			const char *word)
{
	const char *comma = "";

	putchar('{');
	if (key) {
		printf("\"%s\": \"%s\"", key, word);
		comma = ", ";
	}
	for (unsigned int i = 1; i <= rec->set->max; i++) {
		if (!spinat_record_has(rec, i))
			continue;
		fputs(comma, stdout);
		json_member(rec, i);
		comma = ", ";
	}
	putchar('}');
}

void spinat_json_list(const struct spinat_set *set,
		      const struct spinat_msgs *msgs)
{
	const struct nlmsghdr *nlh = NULL;
	struct spinat_record rec;
	const char *comma = "\n";

	putchar('[');
	while ((nlh = spinat_msgs_next(msgs, nlh))) {
		spinat_record_read(&rec, set, nlh);
		fputs(comma, stdout);
		spinat_json_object(&rec, NULL, NULL);
		comma = ",\n";
	}
	puts(msgs->len ? "\n]" : "]");
}
