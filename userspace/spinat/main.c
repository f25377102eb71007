// SPDX-License-Identifier: GPL-2.0
#include <getopt.h>
#include <stdarg.h>
#include <string.h>

#include "cmd.h"
#include "print.h"

enum { OPTION_TABLE = 256 };

struct options {
	bool json;
	int instead;	/* an option that asks for no command, or 0 */
	const char *netns;
};

static const struct option long_options[] = {
	{ "json", no_argument, NULL, 'j' },
	{ "netns", required_argument, NULL, 'n' },
	{ "version", no_argument, NULL, 'V' },
	{ "help", no_argument, NULL, 'h' },
	{ "table", no_argument, NULL, OPTION_TABLE },	/* for completion */
	{ NULL, 0, NULL, 0 }
};

void spinat_note(const struct spinat_call *call, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "spinat: %s %s: ", call->object->name,
		call->cmd->verb);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

static int usage(const char *what, const char *word, const char *list)
{
	fprintf(stderr, "spinat: %s%s%s%s%s%s; see: spinat --help\n", what,
		word ? " \"" : "", word ? word : "", word ? "\"" : "",
		*list ? ", there are: " : "", list);
	return SPINAT_USAGE;
}

static void list_add(char *list, size_t size, const char *word)
{
	size_t used = strlen(list);

	snprintf(list + used, size - used, "%s%s", used ? ", " : "", word);
}

static int usage_object(const char *what, const char *word)
{
	char list[200] = "";

	for (const struct spinat_object *o = spinat_objects; o->name; o++)
		list_add(list, sizeof(list), o->name);
	return usage(what, word, list);
}

static int usage_verb(const char *what, const char *word,
		      const struct spinat_object *object)
{
	char list[200] = "";

	for (const struct spinat_cmd *c = object->cmd; c->verb; c++)
		list_add(list, sizeof(list), c->verb);
	return usage(what, word, list);
}

static int usage_of(const struct spinat_call *call)
{
	spinat_note(call, "%s", call->err.text);
	fputs("usage: ", stderr);
	spinat_help_usage(stderr, call->object, call->cmd);
	return SPINAT_USAGE;
}

static const struct spinat_object *object_find(const char *name)
{
	for (const struct spinat_object *o = spinat_objects; o->name; o++)
		if (!strcmp(o->name, name))
			return o;
	return NULL;
}

static const struct spinat_cmd *cmd_find(const struct spinat_object *object,
					 const char *verb)
{
	for (const struct spinat_cmd *c = object->cmd; c->verb; c++)
		if (!strcmp(c->verb, verb))
			return c;
	return NULL;
}

/* Finds OBJECT and VERB. Returns an exit code. */
static int words_find(struct spinat_call *call, int argc, char **argv)
{
	if (argc < 1)
		return usage_object("no OBJECT given", NULL);
	call->object = object_find(argv[0]);
	if (!call->object)
		return usage_object("unknown object", argv[0]);
	if (argc < 2)
		return usage_verb("no VERB given for", argv[0], call->object);
	call->cmd = cmd_find(call->object, argv[1]);
	if (!call->cmd)
		return usage_verb("unknown verb", argv[1], call->object);
	return SPINAT_DONE;
}

static int file_parse(struct spinat_call *call, int argc, char **argv)
{
	if (argc > 1)
		return spinat_err_set(&call->err, 1, "only one FILE is read");
	call->file = argc ? argv[0] : NULL;
	return 0;
}

static int args_parse(struct spinat_call *call, int argc, char **argv)
{
	const struct spinat_cmd *cmd = call->cmd;
	int ret;

	if (cmd->file)
		return file_parse(call, argc, argv);
	if (!cmd->set && argc)
		return spinat_err_set(&call->err, 1,
				      "it takes no keys, but \"%.80s\" is given",
				      argv[0]);
	if (!cmd->set)
		return 0;
	ret = spinat_args_parse(cmd->set, cmd->must, cmd->may, argc, argv,
				&call->args, &call->err);
	if (!ret && cmd->some && !(call->args.given & cmd->some))
		ret = spinat_err_set(&call->err, 1, "nothing to %s is given",
				     cmd->verb);
	return ret;
}

/* A sentence although all went well is a warning of the kernel. */
static int call_run(struct spinat_call *call, const char *netns)
{
	int code = SPINAT_REFUSED;

	if (!netns || !spinat_netns_enter(netns, &call->err))
		code = call->cmd->run(call);
	if (call->err.text[0])
		spinat_note(call, "%s%s", code ? "" : "warning: ",
			    call->err.text);
	if (!spinat_print_end(&call->err))
		return code;
	spinat_note(call, "%s", call->err.text);
	return SPINAT_REFUSED;
}

static int command(const struct options *opt, int argc, char **argv)
{
	static struct spinat_call call;
	int code;

	code = words_find(&call, argc, argv);
	if (code)
		return code;
	call.json = opt->json;
	if (args_parse(&call, argc - 2, argv + 2))
		return usage_of(&call);
	return call_run(&call, opt->netns);
}

static int help(int argc, char **argv)
{
	struct spinat_call call;
	int code = SPINAT_DONE;

	if (argc > 1)
		code = words_find(&call, argc, argv);
	else if (argc && !object_find(argv[0]))
		code = usage_object("unknown object", argv[0]);
	if (code)
		return code;
	spinat_help(stdout, argc > 0 ? argv[0] : NULL,
		    argc > 1 ? argv[1] : NULL);
	return SPINAT_DONE;
}

/* What was printed may not have arrived. */
static int finish(int code)
{
	struct spinat_err err;

	if (code || !spinat_print_end(&err))
		return code;
	fprintf(stderr, "spinat: %s\n", err.text);
	return SPINAT_REFUSED;
}

static int options_read(struct options *opt, int argc, char **argv)
{
	int c;

	/* "+": the options are global, they end where OBJECT begins. */
	while ((c = getopt_long(argc, argv, "+jn:Vh", long_options,
				NULL)) != -1) {
		switch (c) {
		case 'j':
			opt->json = true;
			break;
		case 'n':
			opt->netns = optarg;
			break;
		case 'V':
		case 'h':
		case OPTION_TABLE:
			opt->instead = c;
			break;
		default:
			fputs("see: spinat --help\n", stderr);
			return SPINAT_USAGE;
		}
	}
	return SPINAT_DONE;
}

int main(int argc, char **argv)
{
	struct options opt = { 0 };
	int ret = options_read(&opt, argc, argv);

	if (ret)
		return ret;
	argc -= optind;
	argv += optind;
	switch (opt.instead) {
	case 'V':
		puts("spinat " SPINAT_VERSION);
		return finish(SPINAT_DONE);
	case OPTION_TABLE:
		spinat_help_table();
		return finish(SPINAT_DONE);
	case 'h':
		return finish(help(argc, argv));
	default:
		return command(&opt, argc, argv);
	}
}
