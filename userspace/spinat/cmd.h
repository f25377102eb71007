/* SPDX-License-Identifier: GPL-2.0 */
/* The commands. The table in commands.c drives dispatch, help, completion. */
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
	const struct spinat_cmd *cmd;
	bool json;
	const char *file;	/* operand, NULL: none given */
	struct spinat_args args;
	struct spinat_err err;
};

struct spinat_cmd {
	const char *object;
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
	bool some;			/* needs one of the optional keys */
	bool file;			/* takes [FILE] instead of keys */
};

extern const struct spinat_cmd spinat_cmds[];	/* ends with object NULL */

int spinat_masq_show(struct spinat_call *call);
int spinat_masq_clients(struct spinat_call *call);
int spinat_masq_stats_show(struct spinat_call *call);
int spinat_masq_config_show(struct spinat_call *call);
int spinat_masq_set(struct spinat_call *call);
int spinat_masq_pin(struct spinat_call *call);
int spinat_masq_del(struct spinat_call *call);
int spinat_masq_flush(struct spinat_call *call);
int spinat_masq_monitor(struct spinat_call *call);
int spinat_masq_save(struct spinat_call *call);
int spinat_masq_restore(struct spinat_call *call);

/* A message that is no error. */
void spinat_note(const struct spinat_call *call, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* help.c: everything, one object, one command; the table for completion. */
void spinat_help(FILE *out, const char *object, const char *verb);
void spinat_help_usage(FILE *out, const struct spinat_cmd *cmd);
void spinat_help_table(void);

int spinat_netns_enter(const char *name, struct spinat_err *err);

#endif
