// SPDX-License-Identifier: GPL-2.0
/* spinat masq monitor: a line for each change. */
#include <linux/genetlink.h>
#include <linux/spinat_masq.h>

#include "call.h"
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
		spinat_print_object(&spinat_masq_pair, nlh, "event",
				    event[genl->cmd].name);
	else
		spinat_print_line(&spinat_masq_pair, nlh,
				  event[genl->cmd].label, UINT64_MAX);
}

int spinat_masq_monitor(struct spinat_call *call)
{
	return spinat_call_listen(call, SPINAT_MASQ_MCGRP_PAIRS, event_print);
}
