// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "print.h"
#include "record.h"

/*
 * Nothing needs escaping: members are names of attributes, strings are
 * addresses, SPIs and words of our own tables.
 */
static void json_member(const struct spinat_record *rec, unsigned int attr)
{
	const struct spinat_field *field = &rec->set->field[attr];
	char text[SPINAT_TEXT];
	const char *quote = "";

	spinat_record_text(rec, attr, text);
	if (field->type == SPINAT_FLAG)
		strcpy(text, "true");
	else if (field->type == SPINAT_ADDR || field->type == SPINAT_SPI ||
		 field->type == SPINAT_ENUM)
		quote = "\"";
	printf("\"%s\": %s%s%s", field->name, quote, text, quote);
}

static void json_object(const struct spinat_record *rec, const char *event)
{
	const char *comma = "";

	putchar('{');
	if (event) {
		printf("\"event\": \"%s\"", event);
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

static void json_list(const struct spinat_set *set,
		      const struct spinat_msgs *msgs)
{
	const struct nlmsghdr *nlh = NULL;
	struct spinat_record rec;
	const char *comma = "\n";

	putchar('[');
	while ((nlh = spinat_msgs_next(msgs, nlh))) {
		spinat_record_read(&rec, set, nlh);
		fputs(comma, stdout);
		json_object(&rec, NULL);
		comma = ",\n";
	}
	puts(msgs->len ? "\n]" : "]");
}

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

static void cell_text(const struct spinat_record *rec, unsigned int attr,
		      char *text)
{
	const struct spinat_field *field = &rec->set->field[attr];

	if (!spinat_record_has(rec, attr))
		strcpy(text, field->type == SPINAT_FLAG ? "" : "-");
	else if (field->unit == SPINAT_MSEC)
		duration_text(spinat_record_number(rec, attr), text);
	else if (field->type == SPINAT_ENUM && !spinat_record_number(rec, attr))
		strcpy(text, "-");
	else
		spinat_record_text(rec, attr, text);
}

static void widen(int *width, const char *text)
{
	int len = strlen(text);

	if (len > *width)
		*width = len;
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

/* Numbers to the right, so that they compare at a glance. */
static void cell_print(const struct spinat_field *field, int width,
		       const char *text, const char *gap)
{
	bool right = field->type == SPINAT_U16 || field->type == SPINAT_U32 ||
		     field->type == SPINAT_U64;

	printf("%s%*s", gap, right ? width : -width, text);
}

/* The last column are notes; without one the line ends before it. */
static void row_print(const struct spinat_set *set, const int *width,
		      const struct spinat_record *rec)
{
	const char *gap = "";
	char text[SPINAT_TEXT];

	for (unsigned int i = 1; i <= set->max; i++) {
		const struct spinat_field *field = &set->field[i];

		if (!field->column)
			continue;
		if (rec)
			cell_text(rec, i, text);
		else
			strcpy(text, field->column);
		if (field->type != SPINAT_FLAG)
			cell_print(field, width[i], text, gap);
		else if (*text)
			printf("  %s", text);
		gap = "  ";
	}
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
		json_list(set, msgs);
	else
		table_print(set, msgs);
}

static void record_line(const struct spinat_record *rec, unsigned int attr)
{
	const struct spinat_field *field = &rec->set->field[attr];
	char text[SPINAT_TEXT];

	if (!field->name)
		return;
	strcpy(text, "-");
	if (spinat_record_has(rec, attr))
		spinat_record_text(rec, attr, text);
	printf("%-14s %10s %-2s  %s\n", field->name, text,
	       spinat_unit_name[field->unit], field->help);
}

void spinat_print_record(const struct spinat_set *set,
			 const struct nlmsghdr *nlh, bool json)
{
	struct spinat_record rec;

	spinat_record_read(&rec, set, nlh);
	if (json) {
		json_object(&rec, NULL);
		putchar('\n');
		return;
	}
	for (unsigned int i = 1; i <= set->max; i++)
		record_line(&rec, i);
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

void spinat_print_event(const struct spinat_set *set,
			const struct nlmsghdr *nlh, const char *name)
{
	struct spinat_record rec;

	spinat_record_read(&rec, set, nlh);
	json_object(&rec, name);
	putchar('\n');
}

int spinat_print_end(struct spinat_err *err)
{
	if (!fflush(stdout) && !ferror(stdout))
		return 0;
	return spinat_err_set(err, EIO, "cannot write the output: %s",
			      strerror(errno));
}
