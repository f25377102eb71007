/* SPDX-License-Identifier: GPL-2.0 */
/* Netlink messages as text or JSON; both follow the tables of field.h. */
#ifndef SPINAT_PRINT_H
#define SPINAT_PRINT_H

#include <stdbool.h>

#include "field.h"
#include "nl.h"

/* A dump: a table with a heading, or an array of objects. */
void spinat_print_list(const struct spinat_set *set,
		       const struct spinat_msgs *msgs, bool json);
/* A single record: a line for each attribute, or one object. */
void spinat_print_record(const struct spinat_set *set,
			 const struct nlmsghdr *nlh, bool json);
/* One line: @label, then those attributes in @which that are there. */
void spinat_print_line(const struct spinat_set *set,
		       const struct nlmsghdr *nlh, const char *label,
		       uint64_t which);
/* One line: an object whose first member is "event": "@name". */
void spinat_print_event(const struct spinat_set *set,
			const struct nlmsghdr *nlh, const char *name);

/* Pushes everything out. Returns a negative errno if that fails. */
int spinat_print_end(struct spinat_err *err);

#endif
