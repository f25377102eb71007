// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include <linux/genetlink.h>

#include "nl.h"

static int group_cb(const struct nlattr *attr, void *data)
{
	const struct nlattr **tb = data;

	if (mnl_attr_get_type(attr) <= CTRL_ATTR_MCAST_GRP_MAX)
		tb[mnl_attr_get_type(attr)] = attr;
	return MNL_CB_OK;
}

static uint32_t group_find(const struct nlattr *groups, const char *name)
{
	const struct nlattr *group;

	mnl_attr_for_each_nested(group, groups) {
		const struct nlattr *tb[CTRL_ATTR_MCAST_GRP_MAX + 1] = { 0 };

		mnl_attr_parse_nested(group, group_cb, tb);
		if (tb[CTRL_ATTR_MCAST_GRP_NAME] &&
		    tb[CTRL_ATTR_MCAST_GRP_ID] &&
		    !strcmp(mnl_attr_get_str(tb[CTRL_ATTR_MCAST_GRP_NAME]),
			    name))
			return mnl_attr_get_u32(tb[CTRL_ATTR_MCAST_GRP_ID]);
	}
	return 0;
}

static void family_read(struct spinat_nl *nl, const struct nlmsghdr *nlh,
			const char *group)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		unsigned int type = mnl_attr_get_type(attr);

		if (type == CTRL_ATTR_FAMILY_ID)
			nl->family = mnl_attr_get_u16(attr);
		else if (type == CTRL_ATTR_MCAST_GROUPS && group)
			nl->group = group_find(attr, group);
	}
}

static int family_find(struct spinat_nl *nl, const char *group,
		       struct spinat_err *err)
{
	struct spinat_msgs msgs = { 0 };
	const struct nlmsghdr *nlh = NULL;
	int ret;

	mnl_attr_put_strz(spinat_nl_request(nl, CTRL_CMD_GETFAMILY, NULL),
			  CTRL_ATTR_FAMILY_NAME, nl->name);
	ret = spinat_nl_do(nl, &msgs, err);
	if (ret == -ENOENT)
		spinat_err_set(err, ENOENT,
			       "the kernel module %s is not loaded; load it with: modprobe %s",
			       nl->name, nl->name);
	while ((nlh = spinat_msgs_next(&msgs, nlh)))
		family_read(nl, nlh, group);
	spinat_msgs_free(&msgs);
	if (!ret && (nl->family == GENL_ID_CTRL || (group && !nl->group)))
		ret = spinat_err_set(err, EPROTO,
				     "the kernel does not tell the numbers of %s",
				     nl->name);
	return ret;
}

int spinat_nl_open(struct spinat_nl *nl, const char *family,
		   const char *group, struct spinat_err *err)
{
	int on = 1;
	int ret;

	memset(nl, 0, sizeof(*nl));
	nl->name = family;
	nl->family = GENL_ID_CTRL;	/* whom to ask first */
	nl->seq = time(NULL);
	nl->sock = mnl_socket_open(NETLINK_GENERIC);
	if (!nl->sock)
		return spinat_nl_io_err(err, "open a netlink socket to");
	/* Both are missing before Linux 4.12; then errors are just shorter. */
	mnl_socket_setsockopt(nl->sock, NETLINK_EXT_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(nl->sock, NETLINK_CAP_ACK, &on, sizeof(on));
	if (mnl_socket_bind(nl->sock, 0, MNL_SOCKET_AUTOPID) < 0)
		ret = spinat_nl_io_err(err, "bind a netlink socket to");
	else
		ret = family_find(nl, group, err);
	if (ret)
		spinat_nl_close(nl);
	return ret;
}

void spinat_nl_close(struct spinat_nl *nl)
{
	if (nl->sock)
		mnl_socket_close(nl->sock);
	nl->sock = NULL;
}
