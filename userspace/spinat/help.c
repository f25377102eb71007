// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "cmd.h"

static bool same(const char *wanted, const char *word)
{
	return !wanted || !strcmp(wanted, word);
}

static bool key_is(const struct spinat_cmd *cmd, uint64_t among,
		   unsigned int attr)
{
	return among & SPINAT_BIT(attr) && cmd->set->field[attr].name;
}

static void usage_keys(FILE *out, const struct spinat_cmd *cmd,
		       uint64_t among, const char *open, const char *close)
{
	char buf[200] = "";

	for (unsigned int i = 1; i <= cmd->set->max; i++)
		if (key_is(cmd, among, i))
			fprintf(out, " %s%s %s%s", open,
				cmd->set->field[i].name,
				spinat_field_placeholder(&cmd->set->field[i],
							 buf, sizeof(buf)),
				close);
}

void spinat_help_usage(FILE *out, const struct spinat_cmd *cmd)
{
	fprintf(out, "spinat %s %s", cmd->object, cmd->verb);
	if (cmd->file) {
		fputs(" [FILE]", out);
	} else if (cmd->some) {
		fputs(" KEY VALUE...", out);
	} else if (cmd->set) {
		usage_keys(out, cmd, cmd->must, "", "");
		usage_keys(out, cmd, cmd->may, "[", "]");
	}
	fputc('\n', out);
}

static void help_keys(FILE *out, const struct spinat_cmd *cmd)
{
	char buf[200] = "";

	for (unsigned int i = 1; i <= cmd->set->max; i++) {
		const struct spinat_field *field = &cmd->set->field[i];

		if (key_is(cmd, cmd->must | cmd->may, i))
			fprintf(out, "      %-14s %-11s %-2s  %s\n",
				field->name,
				spinat_field_placeholder(field, buf,
							 sizeof(buf)),
				spinat_unit_name[field->unit], field->help);
	}
}

static void help_command(FILE *out, const struct spinat_cmd *cmd, bool keys)
{
	fputs("  ", out);
	spinat_help_usage(out, cmd);
	fprintf(out, "      %s\n", cmd->help);
	if (keys && cmd->set)
		help_keys(out, cmd);
}

void spinat_help(FILE *out, const char *object, const char *verb)
{
	fputs("Usage: spinat [-j] [-n NETNS] OBJECT VERB [KEY VALUE]...\n\n",
	      out);
	for (const struct spinat_cmd *c = spinat_cmds; c->object; c++)
		if (same(object, c->object) && same(verb, c->verb))
			help_command(out, c, verb);
	fputs("\n"
	      "  -j, --json         print JSON; its keys are those of the netlink specification\n"
	      "  -n, --netns NETNS  work in this network namespace (a name or a path)\n"
	      "  -V, --version      print the version\n"
	      "  -h, --help         print this; with OBJECT VERB, the keys of that command\n"
	      "\n"
	      "Exit code: 0 done, 1 refused by the kernel or failed input or output, 2 usage.\n"
	      "See spinat(8).\n", out);
}

/* A line for each key of each command: object, verb, key, kind, words. */
void spinat_help_table(void)
{
	char buf[200] = "";

	for (const struct spinat_cmd *c = spinat_cmds; c->object; c++) {
		printf("%s %s %s\n", c->object, c->verb,
		       c->file ? "- FILE" : "-");
		for (unsigned int i = 1; c->set && i <= c->set->max; i++)
			if (key_is(c, c->must | c->may, i))
				printf("%s %s %s %s\n", c->object, c->verb,
				       c->set->field[i].name,
				       spinat_field_placeholder(
						&c->set->field[i], buf,
						sizeof(buf)));
	}
}
