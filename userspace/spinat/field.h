/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The attributes of the netlink specification as tables: what one is called,
 * how it is read, written and shown. Arguments, JSON, columns, help and
 * completion all follow these tables. No netlink calls and no output here.
 */
#ifndef SPINAT_FIELD_H
#define SPINAT_FIELD_H

#include <stdint.h>

#include "err.h"
#include "parse.h"

enum spinat_type {
	SPINAT_ADDR,
	SPINAT_SPI,
	SPINAT_U16,
	SPINAT_U32,
	SPINAT_U64,
	SPINAT_ENUM,
	SPINAT_FLAG,
	SPINAT_NAME,
};

enum spinat_unit {
	SPINAT_PLAIN,
	SPINAT_MSEC,
	SPINAT_SEC,
	SPINAT_USEC,
	SPINAT_BYTE,
};

enum spinat_where {
	SPINAT_EVERYWHERE,
	SPINAT_IN_EVENTS,	/* not in answers */
	SPINAT_AS_KEY,		/* for the tool, in no message at all */
};

struct spinat_field {
	const char *name;		/* as in the YAML file, NULL: unused */
	const char *help;
	const char *column;		/* heading; NULL: not in the table */
	/*
	 * Of an enum, ends with NULL. Of a flag: the notes in a table if it is
	 * absent and if it is there; NULL: none and its name.
	 */
	const char *const *words;
	enum spinat_type type;
	enum spinat_unit unit;
	enum spinat_where only;
};

/* Attribute numbers stay below 64, so that a set of them fits a word. */
#define SPINAT_ATTRS	64
#define SPINAT_BIT(attr)	(1ULL << (attr))

/* One attribute set; @field is indexed by attribute number. */
struct spinat_set {
	const char *name;
	const struct spinat_field *field;
	unsigned int max;
	uint64_t same;		/* SPINAT_BIT of addresses of one family */
	const char *why;	/* they have to be */
};

struct spinat_value {
	struct spinat_addr addr;
	uint64_t number;	/* host order, SPIs too */
	char name[SPINAT_NAME_MAX + 1];
};

struct spinat_args {
	const struct spinat_set *set;
	uint64_t given;		/* SPINAT_BIT of each value that is there */
	struct spinat_value value[SPINAT_ATTRS];
};

/*
 * Reads KEY VALUE... of which all in @must have to be there and those in @may
 * can be. Besides, some addresses have to be of one family, as @set says.
 */
int spinat_args_parse(const struct spinat_set *set, uint64_t must,
		      uint64_t may, int argc, char *const *argv,
		      struct spinat_args *args, struct spinat_err *err);

/* What stands for the value in a usage line: "ADDR", "SPI", "N", ... */
const char *spinat_field_placeholder(const struct spinat_field *field,
				     char *buf, size_t size);

extern const char *const spinat_unit_name[];

extern const struct spinat_set spinat_masq_pair;
extern const struct spinat_set spinat_masq_client;
extern const struct spinat_set spinat_masq_config;
extern const struct spinat_set spinat_masq_stats;

extern const struct spinat_set spinat_epoch_tunnel;
extern const struct spinat_set spinat_epoch_epoch;
extern const struct spinat_set spinat_epoch_config;
extern const struct spinat_set spinat_epoch_stats;

/* Key of "spinat epoch ping", in no message. */
#define SPINAT_EPOCH_WAIT	(SPINAT_ATTRS - 1)

#endif
