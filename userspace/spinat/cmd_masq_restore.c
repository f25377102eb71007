// SPDX-License-Identifier: GPL-2.0
/*
 * spinat masq restore: all lines are checked before the first is sent. What
 * the kernel refuses is reported line by line, the rest is restored.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/spinat_masq.h>

#include "call.h"
#include "saved.h"

static char *stream_read(FILE *in, struct spinat_err *err)
{
	size_t room = 64 * 1024, len = 0;
	char *text = malloc(room);

	while (text) {
		char *more;

		len += fread(text + len, 1, room - len - 1, in);
		if (len < room - 1)
			break;
		room *= 2;
		more = realloc(text, room);
		if (!more)
			free(text);
		text = more;
	}
	if (text && !ferror(in)) {
		text[len] = '\0';
		return text;
	}
	spinat_err_set(err, EIO, "cannot read the pairs: %s", strerror(errno));
	free(text);
	return NULL;
}

static char *file_read(const char *path, struct spinat_err *err)
{
	FILE *in = fopen(path, "r");
	char *text;

	if (!in) {
		spinat_err_set(err, errno, "cannot open %.200s: %s", path,
			       strerror(errno));
		return NULL;
	}
	text = stream_read(in, err);
	fclose(in);
	return text;
}

static int lines_check(const char *text, struct spinat_err *err)
{
	struct spinat_saved saved = { .next = text };
	struct spinat_args args;
	int ret;

	do {
		ret = spinat_saved_next(&saved, &args, err);
	} while (ret > 0);
	return ret;
}

static int pair_send(struct spinat_nl *nl, const struct spinat_args *args,
		     struct spinat_err *err)
{
	spinat_nl_put(spinat_nl_request(nl, SPINAT_MASQ_CMD_PAIR_NEW,
					&spinat_masq_pair), args);
	return spinat_nl_do(nl, NULL, err);
}

/* Those errors are not about one pair; the next one would meet them too. */
static bool is_hopeless(int ret)
{
	return ret == -EPERM || ret == -EOPNOTSUPP || ret == -ENOBUFS;
}

static int lines_send(struct spinat_call *call, const char *text)
{
	struct spinat_saved saved = { .next = text };
	unsigned int sent = 0, refused = 0;
	struct spinat_args args;
	struct spinat_nl nl;
	int ret;

	ret = spinat_call_open(call, &nl, NULL);
	if (ret)
		return ret;
	while (spinat_saved_next(&saved, &args, &call->err) > 0) {
		ret = pair_send(&nl, &args, &call->err);
		sent++;
		if (!ret)
			continue;
		if (is_hopeless(ret))
			break;
		refused++;
		spinat_note(call, "line %u: %s", saved.line, call->err.text);
	}
	spinat_nl_close(&nl);
	if (is_hopeless(ret))
		return SPINAT_REFUSED;
	if (!refused)
		return SPINAT_DONE;
	spinat_err_set(&call->err, EINVAL, "%u of %u pairs were refused",
		       refused, sent);
	return SPINAT_REFUSED;
}

int spinat_masq_restore(struct spinat_call *call)
{
	char *text;
	int ret;

	if (call->file)
		text = file_read(call->file, &call->err);
	else
		text = stream_read(stdin, &call->err);
	if (!text)
		return SPINAT_REFUSED;
	ret = lines_check(text, &call->err);
	ret = ret ? SPINAT_REFUSED : lines_send(call, text);
	free(text);
	return ret;
}
