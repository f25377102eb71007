/* SPDX-License-Identifier: GPL-2.0 */
/* A program's options, as a table: their names, and where their values go. */
#ifndef TESTS_OPT_H
#define TESTS_OPT_H

#include "util.h"

enum opt_kind { OPT_IS_SET, OPT_IS_NUMBER, OPT_IS_TEXT, OPT_IS_ADDR,
		OPT_IS_NETNS, OPT_IS_CALL };

struct opt {
	const char *name;
	enum opt_kind kind;
	void *to;
	size_t size;			/* of what it points to */
	unsigned long min, max;
	void (*call)(void *to, char *text);
};

/* "--name N": an integer of any size, within limits */
#define OPT_NUMBER(name, p, min, max) \
	{ name, OPT_IS_NUMBER, p, sizeof(*(p)), min, max, NULL }
/* "--name": this value, to an integer, an enum or a bool */
#define OPT_SET(name, p, value) \
	{ name, OPT_IS_SET, p, sizeof(*(p)), value, value, NULL }
#define OPT_FLAG(name, p)	OPT_SET(name, p, true)
/* "--name TEXT", to a char pointer; "--name ADDRESS" */
#define OPT_TEXT(name, p)	{ name, OPT_IS_TEXT, p, 0, 0, 0, NULL }
#define OPT_ADDR(name, p)	{ name, OPT_IS_ADDR, p, 0, 0, 0, NULL }
/* "--name TEXT": call(p, TEXT) */
#define OPT_CALL(name, p, call)	{ name, OPT_IS_CALL, p, 0, 0, 0, call }
/* "--netns NS": all that is opened from then on is there */
#define OPT_NETNS		{ "netns", OPT_IS_NETNS, NULL, 0, 0, 0, NULL }

/* Returns the index of the first argument that is no option. --help prints the
 * help and ends the program, what is no option ends it with status 2.
 */
#define opt_parse(argc, argv, opts, help) \
	opt_parse_n(argc, argv, opts, sizeof(opts) / sizeof((opts)[0]), help)
int opt_parse_n(int argc, char **argv, const struct opt *opts, unsigned int n,
		const char *help);
/* The arguments are not as they should: says how, with status 2. */
void opt_usage(const char *help) NORETURN;

#endif
