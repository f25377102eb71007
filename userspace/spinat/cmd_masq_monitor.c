// SPDX-License-Identifier: GPL-2.0
/* spinat masq monitor: a line for each change, until it is interrupted. */
#include <errno.h>

#include <linux/genetlink.h>
#include <linux/spinat_masq.h>

#include "cmd_masq.h"
#include "print.h"

/* For people, and as in the specification for JSON. */
static const struct {
	const char *label;
	const char *name;
} event[] = {
	[SPINAT_MASQ_CMD_PAIR_NEW_NTF] = { "new", "pair-new-ntf" },
	[SPINAT_MASQ_CMD_PAIR_SET_NTF] = { "set", "pair-set-ntf" },
	[SPINAT_MASQ_CMD_PAIR_DEL_NTF] = { "del", "pair-del-ntf" },
};

static void event_print(const struct spinat_call *call,
			const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);

	if (genl->cmd >= sizeof(event) / sizeof(event[0]) ||
	    !event[genl->cmd].label)
		return;
	if (call->json)
		spinat_print_event(&spinat_masq_pair, nlh,
				   event[genl->cmd].name);
	else
		spinat_print_line(&spinat_masq_pair, nlh,
				  event[genl->cmd].label, UINT64_MAX);
}

static int events_print(struct spinat_call *call, struct spinat_nl *nl,
			struct spinat_msgs *msgs)
{
	const struct nlmsghdr *nlh = NULL;
	int ret = spinat_nl_next(nl, msgs, &call->err);

	if (ret == -ENOBUFS) {
		spinat_note(call, "%s", call->err.text);
		return 0;
	}
	while ((nlh = spinat_msgs_next(msgs, nlh)))
		event_print(call, nlh);
	return ret ? ret : spinat_print_end(&call->err);
}

int spinat_masq_monitor(struct spinat_call *call)
{
	struct spinat_msgs msgs = { 0 };
	struct spinat_nl nl;
	int ret;

	ret = spinat_masq_open(call, &nl, SPINAT_MASQ_MCGRP_PAIRS);
	if (ret)
		return ret;
	ret = spinat_nl_listen(&nl, &call->err);
	while (!ret)
		ret = events_print(call, &nl, &msgs);
	spinat_msgs_free(&msgs);
	spinat_nl_close(&nl);
	return SPINAT_REFUSED;
}
