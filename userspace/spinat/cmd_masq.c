// SPDX-License-Identifier: GPL-2.0
/* What the masq commands have in common. */
#include <errno.h>

#include <linux/spinat_masq.h>

#include "cmd_masq.h"

int spinat_masq_open(struct spinat_call *call, struct spinat_nl *nl,
		     const char *group)
{
	if (spinat_nl_open(nl, SPINAT_MASQ_FAMILY_NAME, group, &call->err))
		return SPINAT_REFUSED;
	return SPINAT_DONE;
}

static void request(struct spinat_call *call, struct spinat_nl *nl,
		    uint8_t cmd, const struct spinat_set *set)
{
	struct nlmsghdr *nlh = spinat_nl_request(nl, cmd, set);

	if (call->args.set)
		spinat_nl_put(nlh, &call->args);
}

int spinat_masq_ask(struct spinat_call *call, uint8_t cmd,
		    const struct spinat_set *set, struct spinat_msgs *msgs)
{
	struct spinat_nl nl;
	int ret;

	ret = spinat_masq_open(call, &nl, NULL);
	if (ret)
		return ret;
	request(call, &nl, cmd, set);
	ret = spinat_nl_do(&nl, msgs, &call->err);
	spinat_nl_close(&nl);
	if (!ret && msgs && !msgs->len)
		ret = spinat_err_set(&call->err, EPROTO,
				     "the kernel's answer is empty");
	return ret ? SPINAT_REFUSED : SPINAT_DONE;
}

int spinat_masq_dump(struct spinat_call *call, uint8_t cmd,
		     const struct spinat_set *set, struct spinat_msgs *msgs)
{
	struct spinat_nl nl;
	int ret;

	ret = spinat_masq_open(call, &nl, NULL);
	if (ret)
		return ret;
	request(call, &nl, cmd, set);
	ret = spinat_nl_dump(&nl, msgs, &call->err);
	spinat_nl_close(&nl);
	if (ret)
		return SPINAT_REFUSED;
	if (msgs->interrupted)
		spinat_note(call, "the table changed while it was read; what was there all the time is complete");
	return SPINAT_DONE;
}
