// SPDX-License-Identifier: GPL-2.0
/* The verbs that are one request each, as the table of commands says. */
#include "call.h"
#include "print.h"

static int get(struct spinat_call *call, struct spinat_msgs *msgs, bool one)
{
	const struct spinat_cmd *cmd = call->cmd;
	struct spinat_nl nl;
	int ret;

	ret = spinat_call_open(call, &nl, NULL);
	if (ret)
		return ret;
	ret = (one ? spinat_call_one : spinat_call_dump)
		(call, &nl, cmd->get, cmd->answer, msgs);
	spinat_nl_close(&nl);
	return ret;
}

static void list_print(const struct spinat_call *call,
		       const struct spinat_msgs *msgs, bool one)
{
	const struct spinat_cmd *cmd = call->cmd;

	if (one && cmd->full && !call->json)
		spinat_print_record(cmd->answer, spinat_msgs_next(msgs, NULL),
				    false);
	else
		spinat_print_list(cmd->answer, msgs, call->json);
	if (msgs->len || call->json)
		return;
	if (call->args.given)
		spinat_note(call, "no %s matches; \"spinat %s %s\" lists all",
			    cmd->answer->name, call->object->name, cmd->verb);
	else
		spinat_note(call, "%s", cmd->none);
}

int spinat_cmd_list(struct spinat_call *call)
{
	bool one = call->args.given & call->cmd->one;
	struct spinat_msgs msgs = { 0 };
	int ret;

	ret = get(call, &msgs, one);
	if (!ret)
		list_print(call, &msgs, one);
	spinat_msgs_free(&msgs);
	return ret;
}

int spinat_cmd_record(struct spinat_call *call)
{
	struct spinat_msgs msgs = { 0 };
	int ret;

	ret = get(call, &msgs, true);
	if (!ret)
		spinat_print_record(call->cmd->answer,
				    spinat_msgs_next(&msgs, NULL), call->json);
	spinat_msgs_free(&msgs);
	return ret;
}

int spinat_cmd_change(struct spinat_call *call)
{
	struct spinat_nl nl;
	int ret;

	ret = spinat_call_open(call, &nl, NULL);
	if (ret)
		return ret;
	ret = spinat_call_change(call, &nl, call->cmd->change, call->cmd->set);
	spinat_nl_close(&nl);
	return ret;
}

int spinat_cmd_config(struct spinat_call *call)
{
	return call->args.given ? spinat_cmd_change(call) :
				  spinat_cmd_record(call);
}
