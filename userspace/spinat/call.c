// SPDX-License-Identifier: GPL-2.0
#include <errno.h>

#include "call.h"
#include "print.h"

int spinat_call_open(struct spinat_call *call, struct spinat_nl *nl,
		     const char *group)
{
	if (spinat_nl_open(nl, call->object->family, group, &call->err))
		return SPINAT_REFUSED;
	return SPINAT_DONE;
}

static void request_make(struct spinat_call *call, struct spinat_nl *nl,
			 uint8_t request, const struct spinat_set *set)
{
	struct nlmsghdr *nlh = spinat_nl_request(nl, request, set);

	if (call->args.set)
		spinat_nl_put(nlh, &call->args);
}

int spinat_call_change(struct spinat_call *call, struct spinat_nl *nl,
		       uint8_t request, const struct spinat_set *set)
{
	request_make(call, nl, request, set);
	return spinat_nl_do(nl, NULL, &call->err) ? SPINAT_REFUSED :
						    SPINAT_DONE;
}

int spinat_call_one(struct spinat_call *call, struct spinat_nl *nl,
		    uint8_t request, const struct spinat_set *set,
		    struct spinat_msgs *msgs)
{
	int ret;

	msgs->len = 0;
	request_make(call, nl, request, set);
	ret = spinat_nl_do(nl, msgs, &call->err);
	if (!ret && !msgs->len)
		ret = spinat_err_set(&call->err, EPROTO,
				     "the kernel's answer is empty");
	return ret ? SPINAT_REFUSED : SPINAT_DONE;
}

int spinat_call_dump(struct spinat_call *call, struct spinat_nl *nl,
		     uint8_t request, const struct spinat_set *set,
		     struct spinat_msgs *msgs)
{
	request_make(call, nl, request, set);
	if (spinat_nl_dump(nl, msgs, &call->err))
		return SPINAT_REFUSED;
	if (msgs->interrupted)
		spinat_note(call, "the table changed while it was read; what was there all the time is complete");
	return SPINAT_DONE;
}

static int events_print(struct spinat_call *call, struct spinat_nl *nl,
			struct spinat_msgs *msgs,
			void (*print)(const struct spinat_call *call,
				      const struct nlmsghdr *nlh))
{
	const struct nlmsghdr *nlh = NULL;
	int ret = spinat_nl_next(nl, msgs, &call->err);

	if (ret == -ENOBUFS) {
		spinat_note(call, "%s", call->err.text);
		return 0;
	}
	while ((nlh = spinat_msgs_next(msgs, nlh)))
		print(call, nlh);
	return ret ? ret : spinat_print_end(&call->err);
}

int spinat_call_listen(struct spinat_call *call, const char *group,
		       void (*print)(const struct spinat_call *call,
				     const struct nlmsghdr *nlh))
{
	struct spinat_msgs msgs = { 0 };
	struct spinat_nl nl;
	int ret;

	ret = spinat_call_open(call, &nl, group);
	if (ret)
		return ret;
	ret = spinat_nl_listen(&nl, &call->err);
	while (!ret)
		ret = events_print(call, &nl, &msgs, print);
	spinat_msgs_free(&msgs);
	spinat_nl_close(&nl);
	return SPINAT_REFUSED;
}
