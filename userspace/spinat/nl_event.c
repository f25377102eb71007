// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/genetlink.h>

#include "nl.h"

/* The kernel's controller tells of families in the group of its own number. */
#define CTRL_GROUP	GENL_ID_CTRL

/* So many bytes of events may wait, that a burst of thousands is not lost. */
#define EVENT_ROOM	(4 * 1024 * 1024)

static int group_join(struct spinat_nl *nl, int group, struct spinat_err *err)
{
	if (!mnl_socket_setsockopt(nl->sock, NETLINK_ADD_MEMBERSHIP, &group,
				   sizeof(group)))
		return 0;
	if (errno == EPERM)
		return spinat_err_set(err, EPERM,
				      "the kernel wants CAP_NET_ADMIN in this network namespace; run it as root");
	return spinat_nl_io_err(err, "listen to");
}

int spinat_nl_listen(struct spinat_nl *nl, struct spinat_err *err)
{
	int room = EVENT_ROOM;
	int ret;

	/* Only root of the first user namespace may; the default will do. */
	setsockopt(mnl_socket_get_fd(nl->sock), SOL_SOCKET, SO_RCVBUFFORCE,
		   &room, sizeof(room));
	ret = group_join(nl, nl->group, err);
	if (ret)
		return ret;
	return group_join(nl, CTRL_GROUP, err);
}

static bool family_gone(const struct spinat_nl *nl,
			const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;

	if (genl->cmd != CTRL_CMD_DELFAMILY)
		return false;
	mnl_attr_for_each(attr, nlh, sizeof(*genl))
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
			return mnl_attr_get_u16(attr) == nl->family;
	return false;
}

static int event_add(const struct spinat_nl *nl, const struct nlmsghdr *nlh,
		     struct spinat_msgs *msgs, struct spinat_err *err)
{
	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(struct genlmsghdr))
		return 0;
	if (nlh->nlmsg_type == GENL_ID_CTRL && family_gone(nl, nlh))
		return spinat_err_set(err, ENODEV,
				      "the kernel module %s was unloaded",
				      nl->name);
	if (nlh->nlmsg_type != nl->family)
		return 0;
	if (spinat_msgs_add(msgs, nlh))
		return spinat_err_set(err, ENOMEM,
				      "not enough memory for an event");
	return 0;
}

int spinat_nl_next(struct spinat_nl *nl, struct spinat_msgs *msgs,
		   struct spinat_err *err)
{
	const struct nlmsghdr *nlh = (const void *)nl->answer;
	int len = mnl_socket_recvfrom(nl->sock, nl->answer,
				      sizeof(nl->answer));
	int ret = 0;

	msgs->len = 0;
	if (len < 0 && errno == ENOBUFS)
		return spinat_err_set(err, ENOBUFS,
				      "events were lost, they came faster than they were read");
	if (len < 0)
		return spinat_nl_io_err(err, "hear from");
	for (; !ret && mnl_nlmsg_ok(nlh, len);
	     nlh = mnl_nlmsg_next(nlh, &len))
		ret = event_add(nl, nlh, msgs, err);
	return ret;
}
