/* SPDX-License-Identifier: GPL-2.0 */
/* Netlink messages as text or JSON; both follow the tables of field.h. */
#ifndef SPINAT_PRINT_H
#define SPINAT_PRINT_H

#include <stdbool.h>

#include "field.h"
#include "nl.h"

/*
 * A dump: a table with a heading, or an array of objects. Flags are notes at
 * the end of a line.
 */
void spinat_print_list(const struct spinat_set *set,
		       const struct spinat_msgs *msgs, bool json);
/* A single record: a line for each attribute of answers, or one object. */
void spinat_print_record(const struct spinat_set *set,
			 const struct nlmsghdr *nlh, bool json);
/* One line: @label, then those attributes in @which that are there. */
void spinat_print_line(const struct spinat_set *set,
		       const struct nlmsghdr *nlh, const char *label,
		       uint64_t which);
/*
 * One line: an object. Unless @key is NULL, its first member is @key, and
 * @word its value.
 */
void spinat_print_object(const struct spinat_set *set,
			 const struct nlmsghdr *nlh, const char *key,
			 const char *word);

/* Pushes everything out. Returns a negative errno if that fails. */
int spinat_print_end(struct spinat_err *err);

#endif
