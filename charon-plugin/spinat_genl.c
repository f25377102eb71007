/* SPDX-License-Identifier: GPL-2.0 */

#include "spinat_genl.h"

#include <linux/netlink.h>

#include <errno.h>
#include <limits.h>

/**
 * What is looked up about a family.
 */
typedef struct {
	/** ID of the family */
	uint16_t id;
	/** name of the group to look up, or NULL */
	char *group;
	/** ID of the group */
	uint32_t group_id;
} family_t;

/*
 * Described in header
 */
struct mnl_socket *spinat_genl_open()
{
	struct mnl_socket *nl;
	int on = 1;

	nl = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);
	if (!nl)
	{
		return NULL;
	}
	if (mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0)
	{
		mnl_socket_close(nl);
		return NULL;
	}
	/* without them only the kernel's sentences get lost */
	mnl_socket_setsockopt(nl, NETLINK_EXT_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(nl, NETLINK_CAP_ACK, &on, sizeof(on));
	return nl;
}

/*
 * Described in header
 */
struct nlmsghdr *spinat_genl_begin(char *buf, uint16_t family, uint8_t cmd,
								   uint16_t flags)
{
	struct nlmsghdr *nlh;
	struct genlmsghdr *genl;

	nlh = mnl_nlmsg_put_header(buf);
	nlh->nlmsg_type = family;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = 1;
	return nlh;
}

/*
 * Described in header
 */
uint32_t spinat_genl_u32(const struct nlattr *attr)
{
	return mnl_attr_validate(attr, MNL_TYPE_U32) < 0 ? 0
		 : mnl_attr_get_u32(attr);
}

/*
 * Described in header
 */
char *spinat_genl_str(const struct nlattr *attr)
{
	return mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) < 0 ? NULL
		 : (char*)mnl_attr_get_str(attr);
}

/**
 * Read the kernel's sentence from an error message.
 */
static void read_why(const struct nlmsghdr *nlh, int code, char *why)
{
	const struct nlmsgerr *err = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;
	size_t offset = sizeof(*err);
	char *text;

	snprintf(why, SPINAT_GENL_WHY, "%s", strerror(code));
	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
	{
		return;
	}
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
	{	/* the request comes back, its header is part of err */
		offset = sizeof(err->error) + MNL_ALIGN(err->msg.nlmsg_len);
	}
	if (offset > mnl_nlmsg_get_payload_len(nlh))
	{
		return;
	}
	mnl_attr_for_each(attr, nlh, offset)
	{
		text = spinat_genl_str(attr);
		if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG && text)
		{
			snprintf(why, SPINAT_GENL_WHY, "%s", text);
		}
	}
}

/**
 * Handle one message of an answer, TRUE if more are to come.
 */
static bool handle(const struct nlmsghdr *nlh, mnl_cb_t cb, void *data,
				   int *code, char *why)
{
	const struct nlmsgerr *err = mnl_nlmsg_get_payload(nlh);

	switch (nlh->nlmsg_type)
	{
		case NLMSG_ERROR:
			if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*err) ||
				err->error == INT_MIN)
			{
				*code = EBADMSG;
				snprintf(why, SPINAT_GENL_WHY, "%s", strerror(*code));
				return FALSE;
			}
			*code = -err->error;
			if (*code)
			{
				read_why(nlh, *code, why);
			}
			return FALSE;
		case NLMSG_DONE:
			return FALSE;
		default:
			if (cb)
			{
				cb(nlh, data);
			}
			return TRUE;
	}
}

/*
 * Described in header
 */
int spinat_genl_talk(struct mnl_socket *nl, struct nlmsghdr *request,
					 mnl_cb_t cb, void *data, char *why)
{
	static refcount_t seq = 0;
	char buf[MNL_SOCKET_BUFFER_SIZE];
	const struct nlmsghdr *nlh;
	int len, code = 0;
	bool more = TRUE;

	request->nlmsg_seq = ref_get(&seq);
	if (mnl_socket_sendto(nl, request, request->nlmsg_len) < 0)
	{
		code = errno;
		snprintf(why, SPINAT_GENL_WHY, "%s", strerror(code));
		return code;
	}
	while (more)
	{
		len = mnl_socket_recvfrom(nl, buf, sizeof(buf));
		if (len < 0 && errno == EINTR)
		{
			continue;
		}
		if (len < 0)
		{
			code = errno;
			snprintf(why, SPINAT_GENL_WHY, "%s", strerror(code));
			return code;
		}
		nlh = (struct nlmsghdr*)buf;
		for (; more && mnl_nlmsg_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len))
		{
			/* what is left of a request that failed is skipped */
			if (nlh->nlmsg_seq == request->nlmsg_seq)
			{
				more = handle(nlh, cb, data, &code, why);
			}
		}
	}
	return code;
}

/**
 * Read the ID of a multicast group, if it is the one looked for.
 */
static void read_group(const struct nlattr *nest, family_t *family)
{
	const struct nlattr *attr;
	const char *name = NULL;
	uint32_t id = 0;

	mnl_attr_for_each_nested(attr, nest)
	{
		switch (mnl_attr_get_type(attr))
		{
			case CTRL_ATTR_MCAST_GRP_NAME:
				name = spinat_genl_str(attr);
				break;
			case CTRL_ATTR_MCAST_GRP_ID:
				id = spinat_genl_u32(attr);
				break;
		}
	}
	if (name && family->group && streq(name, family->group))
	{
		family->group_id = id;
	}
}

/**
 * Read the answer to CTRL_CMD_GETFAMILY.
 */
static int read_family(const struct nlmsghdr *nlh, void *data)
{
	family_t *family = data;
	const struct nlattr *attr, *group;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
	{
		switch (mnl_attr_get_type(attr))
		{
			case CTRL_ATTR_FAMILY_ID:
				if (mnl_attr_validate(attr, MNL_TYPE_U16) >= 0)
				{
					family->id = mnl_attr_get_u16(attr);
				}
				break;
			case CTRL_ATTR_MCAST_GROUPS:
				mnl_attr_for_each_nested(group, attr)
				{
					read_group(group, family);
				}
				break;
		}
	}
	return MNL_CB_OK;
}

/*
 * Described in header
 */
uint16_t spinat_genl_family(struct mnl_socket *nl, char *name, char *group,
							uint32_t *group_id)
{
	char buf[MNL_SOCKET_BUFFER_SIZE], why[SPINAT_GENL_WHY];
	struct nlmsghdr *request;
	family_t family = {
		.group = group,
	};

	request = spinat_genl_begin(buf, GENL_ID_CTRL, CTRL_CMD_GETFAMILY,
								NLM_F_ACK);
	mnl_attr_put_strz(request, CTRL_ATTR_FAMILY_NAME, name);
	if (spinat_genl_talk(nl, request, read_family, &family, why) != 0)
	{
		return 0;
	}
	if (group_id)
	{
		*group_id = family.group_id;
	}
	return family.id;
}
