// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/genetlink.h>

#include "nl.h"
#include "nl_err.h"

#define DUMP_TRIES	4

int spinat_msgs_add(struct spinat_msgs *msgs, const struct nlmsghdr *nlh)
{
	size_t len = MNL_ALIGN(nlh->nlmsg_len);

	if (msgs->len + len > msgs->room) {
		size_t room = msgs->room * 2 + 4096 + len;
		char *data = realloc(msgs->data, room);

		if (!data)
			return -ENOMEM;
		msgs->data = data;
		msgs->room = room;
	}
	memcpy(msgs->data + msgs->len, nlh, nlh->nlmsg_len);
	msgs->len += len;
	return 0;
}

const struct nlmsghdr *spinat_msgs_next(const struct spinat_msgs *msgs,
					const struct nlmsghdr *nlh)
{
	const char *end = msgs->data + msgs->len;
	const char *next = msgs->data;

	if (nlh)
		next = (const char *)nlh + MNL_ALIGN(nlh->nlmsg_len);
	return next < end ? (const void *)next : NULL;
}

void spinat_msgs_free(struct spinat_msgs *msgs)
{
	free(msgs->data);
	memset(msgs, 0, sizeof(*msgs));
}

struct nlmsghdr *spinat_nl_request(struct spinat_nl *nl, uint8_t cmd,
				   const struct spinat_set *set)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(nl->request);
	struct genlmsghdr *genl;

	nlh->nlmsg_type = nl->family;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = 1;
	nl->set = set;
	return nlh;
}

static void value_put(struct nlmsghdr *nlh, unsigned int attr,
		      const struct spinat_field *field,
		      const struct spinat_value *value)
{
	switch (field->type) {
	case SPINAT_ADDR:
		mnl_attr_put(nlh, attr, value->addr.len, value->addr.byte);
		break;
	case SPINAT_SPI:
		mnl_attr_put_u32(nlh, attr, htonl(value->number));
		break;
	case SPINAT_U16:
		mnl_attr_put_u16(nlh, attr, value->number);
		break;
	case SPINAT_U64:
		mnl_attr_put_u64(nlh, attr, value->number);
		break;
	case SPINAT_NAME:
		mnl_attr_put_strz(nlh, attr, value->name);
		break;
	default:
		mnl_attr_put_u32(nlh, attr, value->number);
		break;
	}
}

/*
 * Never overflows: a set has fewer than 64 attributes of at most 20 bytes, and
 * one or two names of at most 68.
 */
void spinat_nl_put(struct nlmsghdr *nlh, const struct spinat_args *args)
{
	for (unsigned int i = 1; i <= args->set->max; i++)
		if (args->given & SPINAT_BIT(i) &&
		    args->set->field[i].only != SPINAT_AS_KEY)
			value_put(nlh, i, &args->set->field[i],
				  &args->value[i]);
}

/*
 * mnl_cb_run() gives up at the first message of an interrupted dump and does
 * not hand out the kernel's sentence, therefore the loop is here.
 * Returns 1 when more has to be received.
 */
static int answer_read(struct spinat_nl *nl, int len, struct spinat_msgs *msgs,
		       struct spinat_err *err)
{
	const struct nlmsghdr *request = (const void *)nl->request;
	const struct nlmsghdr *nlh = (const void *)nl->answer;

	for (; mnl_nlmsg_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len)) {
		if (nlh->nlmsg_seq != nl->seq)
			continue;
		if (msgs && nlh->nlmsg_flags & NLM_F_DUMP_INTR)
			msgs->interrupted = true;
		if (nlh->nlmsg_type == NLMSG_ERROR ||
		    nlh->nlmsg_type == NLMSG_DONE)
			return spinat_nl_result(nlh, request, nl->set, err);
		if (nlh->nlmsg_type < NLMSG_MIN_TYPE || !msgs)
			continue;
		if (spinat_msgs_add(msgs, nlh))
			return spinat_err_set(err, ENOMEM,
					      "not enough memory for the answer");
	}
	return 1;
}

int spinat_nl_io_err(struct spinat_err *err, const char *what)
{
	return spinat_err_set(err, errno, "cannot %s the kernel: %s", what,
			      strerror(errno));
}

int spinat_nl_do(struct spinat_nl *nl, struct spinat_msgs *msgs,
		 struct spinat_err *err)
{
	struct nlmsghdr *nlh = (void *)nl->request;
	int ret;

	nlh->nlmsg_seq = ++nl->seq;
	if (mnl_socket_sendto(nl->sock, nlh, nlh->nlmsg_len) < 0)
		return spinat_nl_io_err(err, "send to");
	do {
		ret = mnl_socket_recvfrom(nl->sock, nl->answer,
					  sizeof(nl->answer));
		if (ret < 0)
			return spinat_nl_io_err(err, "hear from");
		ret = answer_read(nl, ret, msgs, err);
	} while (ret > 0);
	return ret;
}

int spinat_nl_dump(struct spinat_nl *nl, struct spinat_msgs *msgs,
		   struct spinat_err *err)
{
	struct nlmsghdr *nlh = (void *)nl->request;
	int ret;

	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	for (int try = 0; try < DUMP_TRIES; try++) {
		msgs->len = 0;
		msgs->interrupted = false;
		ret = spinat_nl_do(nl, msgs, err);
		if (ret || !msgs->interrupted)
			break;
	}
	return ret;
}
