// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "json.h"
#include "print.h"
#include "record.h"

/* Two units at most: 850ms, 12s, 3m05s, 2h14m, 3d04h. */
static void duration_text(uint64_t msec, char *text)
{
	uint64_t sec = msec / 1000;

	if (msec < 1000)
		snprintf(text, SPINAT_TEXT, "%" PRIu64 "ms", msec);
	else if (sec < 60)
		snprintf(text, SPINAT_TEXT, "%" PRIu64 "s", sec);
	else if (sec < 3600)
		snprintf(text, SPINAT_TEXT, "%" PRIu64 "m%02" PRIu64 "s",
			 sec / 60, sec % 60);
	else if (sec < 86400)
		snprintf(text, SPINAT_TEXT, "%" PRIu64 "h%02" PRIu64 "m",
			 sec / 3600, sec / 60 % 60);
	else
		snprintf(text, SPINAT_TEXT, "%" PRIu64 "d%02" PRIu64 "h",
			 sec / 86400, sec / 3600 % 24);
}

/* 850us, 21.3ms, 4s. */
static void short_text(uint64_t usec, char *text)
{
	if (usec < 1000)
		snprintf(text, SPINAT_TEXT, "%" PRIu64 "us", usec);
	else if (usec < 1000000)
		snprintf(text, SPINAT_TEXT, "%" PRIu64 ".%" PRIu64 "ms",
			 usec / 1000, usec / 100 % 10);
	else
		duration_text(usec / 1000, text);
}

static void flag_text(const struct spinat_record *rec, unsigned int attr,
		      char *text)
{
	const struct spinat_field *field = &rec->set->field[attr];
	bool there = spinat_record_has(rec, attr);

	snprintf(text, SPINAT_TEXT, "%s",
		 field->words ? field->words[there] :
		 there ? field->name : "");
}

static void cell_text(const struct spinat_record *rec, unsigned int attr,
		      char *text)
{
	const struct spinat_field *field = &rec->set->field[attr];

	if (field->type == SPINAT_FLAG)
		flag_text(rec, attr, text);
	else if (!spinat_record_has(rec, attr))
		strcpy(text, "-");
	else if (field->unit == SPINAT_MSEC)
		duration_text(spinat_record_number(rec, attr), text);
	else if (field->unit == SPINAT_USEC)
		short_text(spinat_record_number(rec, attr), text);
	else if (field->type == SPINAT_ENUM && !spinat_record_number(rec, attr))
		strcpy(text, "-");
	else
		spinat_record_text(rec, attr, text);
}

/* In characters of UTF-8, which names may have. */
static int text_width(const char *text)
{
	int width = 0;

	for (; *text; text++)
		width += (*text & 0xc0) != 0x80;
	return width;
}

static void widen(int *width, const char *text)
{
	int needed = text_width(text);

	if (needed > *width)
		*width = needed;
}

static void table_measure(const struct spinat_set *set,
			  const struct spinat_msgs *msgs, int *width)
{
	const struct nlmsghdr *nlh = NULL;
	struct spinat_record rec;
	char text[SPINAT_TEXT];

	for (unsigned int i = 1; i <= set->max; i++)
		if (set->field[i].column)
			widen(&width[i], set->field[i].column);
	while ((nlh = spinat_msgs_next(msgs, nlh))) {
		spinat_record_read(&rec, set, nlh);
		for (unsigned int i = 1; i <= set->max; i++) {
			if (!set->field[i].column)
				continue;
			cell_text(&rec, i, text);
			widen(&width[i], text);
		}
	}
}

static void padded_print(const char *text, int width, bool right)
{
	width += strlen(text) - text_width(text);
	printf("%*s", right ? width : -width, text);
}

/* Numbers to the right, so that they compare at a glance. */
static void cell_print(const struct spinat_field *field, int width,
		       const char *text, const char *gap)
{
	bool right = field->type == SPINAT_U16 || field->type == SPINAT_U32 ||
		     field->type == SPINAT_U64;

	fputs(gap, stdout);
	padded_print(text, width, right);
}

/* A flag is a column only in the heading, NULL for @rec, and only the first. */
static void notes_print(const struct spinat_set *set,
			const struct spinat_record *rec)
{
	const char *gap = "  ";
	char text[SPINAT_TEXT];

	for (unsigned int i = 1; i <= set->max; i++) {
		const struct spinat_field *field = &set->field[i];

		if (!field->column || field->type != SPINAT_FLAG)
			continue;
		if (!rec) {
			printf("  %s", field->column);
			return;
		}
		flag_text(rec, i, text);
		if (!*text)
			continue;
		printf("%s%s", gap, text);
		gap = ", ";
	}
}

static void row_print(const struct spinat_set *set, const int *width,
		      const struct spinat_record *rec)
{
	const char *gap = "";
	char text[SPINAT_TEXT];

	for (unsigned int i = 1; i <= set->max; i++) {
		const struct spinat_field *field = &set->field[i];

		if (!field->column || field->type == SPINAT_FLAG)
			continue;
		if (rec)
			cell_text(rec, i, text);
		else
			strcpy(text, field->column);
		cell_print(field, width[i], text, gap);
		gap = "  ";
	}
	notes_print(set, rec);
	putchar('\n');
}

static void table_print(const struct spinat_set *set,
			const struct spinat_msgs *msgs)
{
	const struct nlmsghdr *nlh = NULL;
	int width[SPINAT_ATTRS] = { 0 };
	struct spinat_record rec;

	table_measure(set, msgs, width);
	row_print(set, width, NULL);
	while ((nlh = spinat_msgs_next(msgs, nlh))) {
		spinat_record_read(&rec, set, nlh);
		row_print(set, width, &rec);
	}
}

void spinat_print_list(const struct spinat_set *set,
		       const struct spinat_msgs *msgs, bool json)
{
	if (json)
		spinat_json_list(set, msgs);
	else
		table_print(set, msgs);
}

static bool is_answer(const struct spinat_field *field)
{
	return field->name && field->only == SPINAT_EVERYWHERE;
}

static void value_text(const struct spinat_record *rec, unsigned int attr,
		       char *text)
{
	strcpy(text, "-");
	if (spinat_record_has(rec, attr))
		spinat_record_text(rec, attr, text);
}

static void record_lines(const struct spinat_record *rec)
{
	const struct spinat_set *set = rec->set;
	char text[SPINAT_TEXT];
	int width = 10;

	for (unsigned int i = 1; i <= set->max; i++) {
		if (!is_answer(&set->field[i]))
			continue;
		value_text(rec, i, text);
		widen(&width, text);
	}
	for (unsigned int i = 1; i <= set->max; i++) {
		const struct spinat_field *field = &set->field[i];

		if (!is_answer(field))
			continue;
		value_text(rec, i, text);
		printf("%-14s ", field->name);
		padded_print(text, width, true);
		printf(" %-2s  %s\n", spinat_unit_name[field->unit], field->help);
	}
}

void spinat_print_record(const struct spinat_set *set,
			 const struct nlmsghdr *nlh, bool json)
{
	struct spinat_record rec;

	spinat_record_read(&rec, set, nlh);
	if (!json) {
		record_lines(&rec);
		return;
	}
	spinat_json_object(&rec, NULL, NULL);
	putchar('\n');
}

void spinat_print_line(const struct spinat_set *set,
		       const struct nlmsghdr *nlh, const char *label,
		       uint64_t which)
{
	struct spinat_record rec;
	char text[SPINAT_TEXT];

	spinat_record_read(&rec, set, nlh);
	fputs(label, stdout);
	for (unsigned int i = 1; i <= set->max; i++) {
		if (!(which & SPINAT_BIT(i)) || !spinat_record_has(&rec, i))
			continue;
		if (set->field[i].type != SPINAT_FLAG)
			printf(" %s", set->field[i].name);
		spinat_record_text(&rec, i, text);
		printf(" %s", text);
	}
	putchar('\n');
}

void spinat_print_object(const struct spinat_set *set,
			 const struct nlmsghdr *nlh, const char *key,
			 const char *word)
{
	struct spinat_record rec;

	spinat_record_read(&rec, set, nlh);
	spinat_json_object(&rec, key, word);
	putchar('\n');
}

int spinat_print_end(struct spinat_err *err)
{
	if (!fflush(stdout) && !ferror(stdout))
		return 0;
	return spinat_err_set(err, EIO, "cannot write the output: %s",
			      strerror(errno));
}
