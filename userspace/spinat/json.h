/* SPDX-License-Identifier: GPL-2.0 */
/* Netlink messages as JSON, by the tables of field.h. */
#ifndef SPINAT_JSON_H
#define SPINAT_JSON_H

#include "nl.h"
#include "record.h"

/* Unless @key is NULL, it is the first member, and @word its value. */
void spinat_json_object(const struct spinat_record *rec, const char *key,
			const char *word);
void spinat_json_list(const struct spinat_set *set,
		      const struct spinat_msgs *msgs);

#endif
