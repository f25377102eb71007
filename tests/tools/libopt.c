// SPDX-License-Identifier: GPL-2.0
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "opt.h"

#define OPTS_MAX 32

static void store(const struct opt *opt, unsigned long value)
{
	uint64_t v64 = value;
	uint32_t v32 = value;
	uint16_t v16 = value;
	uint8_t v8 = value;

	switch (opt->size) {
	case 1:
		memcpy(opt->to, &v8, 1);
		break;
	case 2:
		memcpy(opt->to, &v16, 2);
		break;
	case 4:
		memcpy(opt->to, &v32, 4);
		break;
	case 8:
		memcpy(opt->to, &v64, 8);
		break;
	default:
		die("--%s has a value of %zu bytes", opt->name, opt->size);
	}
}

static void take(const struct opt *opt, char *text)
{
	char name[64];

	switch (opt->kind) {
	case OPT_IS_SET:
		store(opt, opt->min);
		break;
	case OPT_IS_NUMBER:
		snprintf(name, sizeof(name), "--%s", opt->name);
		store(opt, number(text, name, opt->min, opt->max));
		break;
	case OPT_IS_TEXT:
		*(char **)opt->to = text;
		break;
	case OPT_IS_ADDR:
		*(struct addr *)opt->to = addr_parse(text);
		break;
	case OPT_IS_NETNS:
		ns_enter(text);
		break;
	case OPT_IS_CALL:
		opt->call(opt->to, text);
		break;
	}
}

int opt_parse_n(int argc, char **argv, const struct opt *opts, unsigned int n,
		const char *help)
{
	struct option longs[OPTS_MAX + 2] = {};
	unsigned int i;
	int c;

	if (n > OPTS_MAX)
		die("there may be %u options, not %u", OPTS_MAX, n);
	for (i = 0; i < n; i++) {
		longs[i].name = opts[i].name;
		longs[i].has_arg = opts[i].kind == OPT_IS_SET ?
				   no_argument : required_argument;
		longs[i].val = 256 + i;
	}
	longs[n].name = "help";
	longs[n].val = 'h';
	while ((c = getopt_long(argc, argv, "h", longs, NULL)) != -1) {
		if (c == 'h') {
			fputs(help, stdout);
			exit(0);
		}
		if (c < 256)
			exit(2);
		take(&opts[c - 256], optarg);
	}
	return optind;
}

void opt_usage(const char *help)
{
	fputs(help, stderr);
	exit(2);
}
