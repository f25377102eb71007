/* SPDX-License-Identifier: GPL-2.0 */
/* What commands do with the kernel. All return an exit code. */
#ifndef SPINAT_CALL_H
#define SPINAT_CALL_H

#include <stdint.h>

#include "cmd.h"
#include "nl.h"

/* Opens @nl for the family of the object. */
int spinat_call_open(struct spinat_call *call, struct spinat_nl *nl,
		     const char *group);
/* One request with the keys of the call, without an answer. */
int spinat_call_change(struct spinat_call *call, struct spinat_nl *nl,
		       uint8_t request, const struct spinat_set *set);
/* The same for one record, which goes to @msgs. */
int spinat_call_one(struct spinat_call *call, struct spinat_nl *nl,
		    uint8_t request, const struct spinat_set *set,
		    struct spinat_msgs *msgs);
/* A dump, narrowed by the keys of the call. */
int spinat_call_dump(struct spinat_call *call, struct spinat_nl *nl,
		     uint8_t request, const struct spinat_set *set,
		     struct spinat_msgs *msgs);

/*
 * Prints the events of @group with @print until it is interrupted or the
 * module goes.
 */
int spinat_call_listen(struct spinat_call *call, const char *group,
		       void (*print)(const struct spinat_call *call,
				     const struct nlmsghdr *nlh));

#endif
