// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <linux/genetlink.h>
#include <stdio.h>
#include <string.h>

#include "genl.h"

static int take_group(const struct nlattr *attr, void *data)
{
	const struct nlattr *member;
	struct genl *genl = data;
	uint32_t id = 0;

	mnl_attr_for_each_nested(member, attr) {
		if (mnl_attr_get_type(member) == CTRL_ATTR_MCAST_GRP_ID)
			id = mnl_attr_get_u32(member);
		if (mnl_attr_get_type(member) == CTRL_ATTR_MCAST_GRP_NAME &&
		    !strcmp(mnl_attr_get_str(member), genl->sentence))
			genl->group = UINT32_MAX;
	}
	if (genl->group == UINT32_MAX)
		genl->group = id;
	return MNL_CB_OK;
}

static int take_family(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr, *group;
	struct genl *genl = data;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
			genl->family = mnl_attr_get_u16(attr);
		if (mnl_attr_get_type(attr) != CTRL_ATTR_MCAST_GROUPS)
			continue;
		mnl_attr_for_each_nested(group, attr)
			take_group(group, genl);
	}
	return MNL_CB_OK;
}

void genl_open(struct genl *genl, const char *family, const char *group)
{
	struct nlmsghdr *nlh;
	int on = 1, err;

	memset(genl, 0, sizeof(*genl));
	genl->socket = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);
	if (!genl->socket || mnl_socket_bind(genl->socket, 0, 0) < 0)
		die_errno("opening generic netlink");
	mnl_socket_setsockopt(genl->socket, NETLINK_EXT_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(genl->socket, NETLINK_CAP_ACK, &on, sizeof(on));
	genl->family = GENL_ID_CTRL;
	nlh = genl_begin(genl, CTRL_CMD_GETFAMILY, NLM_F_ACK);
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, family);
	/* the wanted group's name, until its number is known */
	if (group)
		strcpy(genl->sentence, group);
	err = genl_talk(genl, take_family, genl);
	if (err)
		die("looking for the family %s: %s", family, strerror(err));
	if (group && !genl->group)
		die("%s has no group %s", family, group);
}

void genl_listen(struct genl *genl)
{
	int size = 4 << 20;

	if (mnl_socket_setsockopt(genl->socket, NETLINK_ADD_MEMBERSHIP,
				  &genl->group, sizeof(genl->group)) < 0)
		die_errno("listening to events");
	setsockopt(genl_fd(genl), SOL_SOCKET, SO_RCVBUFFORCE, &size,
		   sizeof(size));
}

int genl_fd(const struct genl *genl)
{
	return mnl_socket_get_fd(genl->socket);
}

struct nlmsghdr *genl_begin(struct genl *genl, uint8_t cmd, uint16_t flags)
{
	static uint32_t seq;
	struct genlmsghdr *head;
	struct nlmsghdr *nlh;

	nlh = mnl_nlmsg_put_header(genl->buf);
	nlh->nlmsg_type = genl->family;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	nlh->nlmsg_seq = ++seq;
	head = mnl_nlmsg_put_extra_header(nlh, sizeof(*head));
	head->cmd = cmd;
	head->version = 1;
	return nlh;
}

void genl_put_addr(struct nlmsghdr *nlh, uint16_t type, const struct addr *addr)
{
	mnl_attr_put(nlh, type, addr->family == AF_INET ? 4 : 16, addr->bytes);
}

static void take_sentence(struct genl *genl, const struct nlmsghdr *nlh)
{
	const struct nlattr *attr;

	genl->sentence[0] = '\0';
	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	mnl_attr_for_each(attr, nlh, sizeof(struct nlmsgerr))
		if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG)
			snprintf(genl->sentence, sizeof(genl->sentence), "%s",
				 mnl_attr_get_str(attr));
}

int genl_talk(struct genl *genl, mnl_cb_t each, void *data)
{
	struct nlmsghdr *request = (struct nlmsghdr *)genl->buf;
	const struct nlmsgerr *error;
	char answer[32768];
	const struct nlmsghdr *nlh;
	int len;

	if (mnl_socket_sendto(genl->socket, request, request->nlmsg_len) < 0)
		die_errno("sending to generic netlink");
	for (;;) {
		len = mnl_socket_recvfrom(genl->socket, answer, sizeof(answer));
		if (len < 0)
			die_errno("receiving from generic netlink");
		for (nlh = (void *)answer; mnl_nlmsg_ok(nlh, len);
		     nlh = mnl_nlmsg_next(nlh, &len)) {
			if (nlh->nlmsg_seq != request->nlmsg_seq)
				continue;
			if (nlh->nlmsg_type == NLMSG_DONE)
				return 0;
			if (nlh->nlmsg_type == NLMSG_ERROR) {
				error = mnl_nlmsg_get_payload(nlh);
				take_sentence(genl, nlh);
				return -error->error;
			}
			if (each)
				each(nlh, data);
		}
	}
}

void genl_events(struct genl *genl, mnl_cb_t each, void *data)
{
	const struct nlmsghdr *nlh;
	char buf[32768];
	ssize_t got;
	int len;

	while ((got = recv(genl_fd(genl), buf, sizeof(buf), MSG_DONTWAIT)) > 0) {
		len = got;
		for (nlh = (void *)buf; mnl_nlmsg_ok(nlh, len);
		     nlh = mnl_nlmsg_next(nlh, &len))
			each(nlh, data);
	}
	if (got < 0 && errno == ENOBUFS)
		die("events were lost: the socket's buffer is too small");
}
