// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "saved.h"

#define LINE_MAX_LEN	1000
#define LINE_MAX_WORDS	32

/* Copies the next line without its end, false at the end of the text. */
static int line_take(struct spinat_saved *saved, char *line, size_t size,
		     struct spinat_err *err)
{
	size_t len = strcspn(saved->next, "\n");

	if (!*saved->next)
		return 0;
	saved->line++;
	if (len >= size)
		return spinat_err_set(err, E2BIG, "longer than %zu characters",
				      size - 1);
	memcpy(line, saved->next, len);
	line[len] = '\0';
	saved->next += len;
	if (*saved->next == '\n')
		saved->next++;
	return 1;
}

static int version_check(struct spinat_saved *saved, int argc, char **argv,
			 struct spinat_err *err)
{
	if (argc != 2 || strcmp(argv[0], "version"))
		return spinat_err_set(err, EINVAL,
				      "the first line has to be \"version " SPINAT_SAVED_VERSION "\"; is this from \"spinat masq save\"?");
	if (strcmp(argv[1], SPINAT_SAVED_VERSION))
		return spinat_err_set(err, EINVAL,
				      "version \"%.80s\" is unknown, this tool reads version "
				      SPINAT_SAVED_VERSION, argv[1]);
	saved->versioned = true;
	return 0;
}

static int pair_check(int argc, char **argv, struct spinat_args *args,
		      struct spinat_err *err)
{
	if (strcmp(argv[0], "pin"))
		return spinat_err_set(err, EINVAL,
				      "\"%.80s\" is unknown, a line begins with \"pin\"",
				      argv[0]);
	return spinat_args_parse(&spinat_masq_pair,
				 SPINAT_PIN_MUST, SPINAT_PIN_MAY,
				 argc - 1, argv + 1, args, err);
}

/* Returns 1 when @args has a pair, 0 when there is more to read. */
static int line_check(struct spinat_saved *saved, char *line,
		      struct spinat_args *args, struct spinat_err *err)
{
	char *word[LINE_MAX_WORDS];
	int n = spinat_line_split(line, word, LINE_MAX_WORDS, err);
	int ret;

	if (n <= 0)
		return n;
	if (!saved->versioned)
		return version_check(saved, n, word, err);
	ret = pair_check(n, word, args, err);
	return ret ? ret : 1;
}

int spinat_saved_next(struct spinat_saved *saved, struct spinat_args *args,
		      struct spinat_err *err)
{
	char line[LINE_MAX_LEN + 1];
	struct spinat_err why;
	int ret;

	do {
		ret = line_take(saved, line, sizeof(line), &why);
		if (!ret && !saved->versioned)
			return spinat_err_set(err, EINVAL,
					      "nothing to restore, not even the line \"version "
					      SPINAT_SAVED_VERSION "\"");
		if (!ret)
			return 0;
		if (ret > 0)
			ret = line_check(saved, line, args, &why);
	} while (!ret);
	if (ret < 0)
		spinat_err_set(err, -ret, "line %u: %s", saved->line, why.text);
	return ret;
}
