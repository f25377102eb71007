/* SPDX-License-Identifier: GPL-2.0 */
/* A netlink message taken apart by the tables of field.h. */
#ifndef SPINAT_RECORD_H
#define SPINAT_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include <libmnl/libmnl.h>

#include "field.h"

struct spinat_record {
	const struct spinat_set *set;
	const struct nlattr *attr[SPINAT_ATTRS];	/* NULL: absent */
};

/* Attributes that are unknown or too short for their type count as absent. */
void spinat_record_read(struct spinat_record *rec,
			const struct spinat_set *set,
			const struct nlmsghdr *nlh);
static inline bool spinat_record_has(const struct spinat_record *rec,
				     unsigned int attr)
{
	return rec->attr[attr];
}

uint64_t spinat_record_number(const struct spinat_record *rec,
			      unsigned int attr);

/* A name as it is; it may hold any byte. */
const char *spinat_record_name(const struct spinat_record *rec,
			       unsigned int attr);

/* Large enough for any value as text. */
#define SPINAT_TEXT	(SPINAT_NAME_MAX + 1)

/*
 * As in the key value grammar: what a command would read back. In a name, what
 * is no UTF-8 or could command a terminal becomes question marks.
 */
void spinat_record_text(const struct spinat_record *rec, unsigned int attr,
			char *text);

#endif
