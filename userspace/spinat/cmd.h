/* SPDX-License-Identifier: GPL-2.0 */
/* The commands. Their tables drive dispatch, help and completion. */
#ifndef SPINAT_CMD_H
#define SPINAT_CMD_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "err.h"
#include "field.h"

#define SPINAT_VERSION	"0.1"

/* Exit codes, which are negative errnos inside: 0 done, -EINVAL usage, ... */
enum {
	SPINAT_DONE = 0,
	SPINAT_REFUSED = 1,	/* by the kernel, or input or output failed */
	SPINAT_USAGE = 2,
};

struct spinat_call {
	const struct spinat_object *object;
	const struct spinat_cmd *cmd;
	bool json;
	const char *file;	/* operand, NULL: none given */
	struct spinat_args args;
	struct spinat_err err;
};

struct spinat_object {
	const char *name;
	const char *family;	/* of generic netlink, and its module */
	const struct spinat_cmd *cmd;	/* ends with verb NULL */
};

struct spinat_cmd {
	const char *verb;
	/*
	 * Returns an exit code. If that is not 0, err of the call says why,
	 * or is empty when the command has said so itself.
	 */
	int (*run)(struct spinat_call *call);
	const char *help;
	const struct spinat_set *set;	/* of its keys, NULL: takes none */
	uint64_t must;			/* SPINAT_BIT of each needed key */
	uint64_t may;			/* of each optional one */
	uint64_t some;			/* of which one is needed at least */
	bool file;			/* takes [FILE] instead of keys */
	/* For the verbs of cmd_common.c: */
	uint8_t get;			/* the request that asks */
	uint8_t change;			/* the request that changes */
	const struct spinat_set *answer;
	uint64_t one;			/* keys that ask for one record */
	bool full;			/* as text, one record is told in full */
	const char *none;		/* if there is nothing to list */
};

extern const struct spinat_object spinat_objects[];	/* ends with name NULL */
extern const struct spinat_cmd spinat_masq_cmds[];
extern const struct spinat_cmd spinat_epoch_cmds[];

int spinat_cmd_list(struct spinat_call *call);
int spinat_cmd_record(struct spinat_call *call);
int spinat_cmd_change(struct spinat_call *call);
int spinat_cmd_config(struct spinat_call *call);

int spinat_masq_monitor(struct spinat_call *call);
int spinat_masq_save(struct spinat_call *call);
int spinat_masq_restore(struct spinat_call *call);

int spinat_epoch_ping(struct spinat_call *call);
int spinat_epoch_monitor(struct spinat_call *call);

/* A message that is no error. */
void spinat_note(const struct spinat_call *call, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* help.c: everything, one object, one command; the table for completion. */
void spinat_help(FILE *out, const char *object, const char *verb);
void spinat_help_usage(FILE *out, const struct spinat_object *object,
		       const struct spinat_cmd *cmd);
void spinat_help_table(void);

int spinat_netns_enter(const char *name, struct spinat_err *err);

#endif
