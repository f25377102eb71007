// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "cmd.h"

/* More optional keys than these fill no usage line, but have a list. */
#define KEYS_SHOWN	6

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

void spinat_help_usage(FILE *out, const struct spinat_object *object,
		       const struct spinat_cmd *cmd)
{
	fprintf(out, "spinat %s %s", object->name, cmd->verb);
	if (cmd->file)
		fputs(" [FILE]", out);
	if (cmd->set) {
		usage_keys(out, cmd, cmd->must, "", "");
		if (__builtin_popcountll(cmd->may) > KEYS_SHOWN)
			fputs(" KEY VALUE...", out);
		else
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
			fprintf(out, "      %-14s %-13s %-2s  %s\n",
				field->name,
				spinat_field_placeholder(field, buf,
							 sizeof(buf)),
				spinat_unit_name[field->unit], field->help);
	}
}

static void help_command(FILE *out, const struct spinat_object *object,
			 const struct spinat_cmd *cmd, bool keys)
{
	fputs("  ", out);
	spinat_help_usage(out, object, cmd);
	fprintf(out, "      %s\n", cmd->help);
	if (keys && cmd->set)
		help_keys(out, cmd);
}

static void help_object(FILE *out, const struct spinat_object *object,
			const char *verb)
{
	for (const struct spinat_cmd *c = object->cmd; c->verb; c++)
		if (same(verb, c->verb))
			help_command(out, object, c, verb);
}

void spinat_help(FILE *out, const char *object, const char *verb)
{
	fputs("Usage: spinat [-j] [-n NETNS] OBJECT VERB [KEY VALUE]...\n\n",
	      out);
	for (const struct spinat_object *o = spinat_objects; o->name; o++)
		if (same(object, o->name))
			help_object(out, o, verb);
	fputs("\n"
	      "  -j, --json         print JSON; its keys are those of the netlink specification\n"
	      "  -n, --netns NETNS  work in this network namespace (a name or a path)\n"
	      "  -V, --version      print the version\n"
	      "  -h, --help         print this; with OBJECT VERB, the keys of that command\n"
	      "\n"
	      "Exit code: 0 done, 1 refused by the kernel or failed input or output, 2 usage.\n"
	      "See spinat(8).\n", out);
}

static void table_key(const struct spinat_object *object,
		      const struct spinat_cmd *cmd,
		      const struct spinat_field *field)
{
	char buf[200] = "";

	printf("%s %s %s %s\n", object->name, cmd->verb, field->name,
	       spinat_field_placeholder(field, buf, sizeof(buf)));
}

static void table_command(const struct spinat_object *object,
			  const struct spinat_cmd *cmd)
{
	printf("%s %s %s\n", object->name, cmd->verb,
	       cmd->file ? "- FILE" : "-");
	for (unsigned int i = 1; cmd->set && i <= cmd->set->max; i++)
		if (key_is(cmd, cmd->must | cmd->may, i))
			table_key(object, cmd, &cmd->set->field[i]);
}

/* A line for each key of each command: object, verb, key, kind or words. */
void spinat_help_table(void)
{
	for (const struct spinat_object *o = spinat_objects; o->name; o++)
		for (const struct spinat_cmd *c = o->cmd; c->verb; c++)
			table_command(o, c);
}
