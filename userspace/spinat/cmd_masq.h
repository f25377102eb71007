/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SPINAT_CMD_MASQ_H
#define SPINAT_CMD_MASQ_H

#include <stdint.h>

#include "cmd.h"
#include "nl.h"

/* Opens @nl for the family; the exit code, as in the commands. */
int spinat_masq_open(struct spinat_call *call, struct spinat_nl *nl,
		     const char *group);
/*
 * One request with the keys of the call; what it brings goes to @msgs, which
 * is NULL for a request without an answer. Returns an exit code.
 */
int spinat_masq_ask(struct spinat_call *call, uint8_t cmd,
		    const struct spinat_set *set, struct spinat_msgs *msgs);
/* A dump, narrowed by the keys of the call. Returns an exit code. */
int spinat_masq_dump(struct spinat_call *call, uint8_t cmd,
		     const struct spinat_set *set, struct spinat_msgs *msgs);

#endif
