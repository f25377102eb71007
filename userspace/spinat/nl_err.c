// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <linux/genetlink.h>
#include <linux/netlink.h>

#include "nl_err.h"

/* Linux 6.1 and later; older headers lack it. */
#define ATTR_MISS_TYPE	5

struct extack {
	const char *text;
	const char *attr;	/* name of the attribute, NULL: not told */
	bool missing;
};

static const char *attr_name(const struct spinat_set *set, unsigned int type)
{
	if (!set || type > set->max)
		return NULL;
	return set->field[type].name;
}

/* The kernel tells where in the request the attribute is that it dislikes. */
static const char *attr_at(const struct nlmsghdr *request,
			   const struct spinat_set *set, uint32_t offset)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, request, sizeof(struct genlmsghdr)) {
		uint32_t begin = (const char *)attr - (const char *)request;

		if (offset >= begin && offset < begin + attr->nla_len)
			return attr_name(set, mnl_attr_get_type(attr));
	}
	return NULL;
}

static void extack_attr(const struct nlattr *attr, struct extack *ack,
			const struct nlmsghdr *request,
			const struct spinat_set *set)
{
	switch (mnl_attr_get_type(attr)) {
	case NLMSGERR_ATTR_MSG:
		if (mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) >= 0)
			ack->text = mnl_attr_get_str(attr);
		break;
	case NLMSGERR_ATTR_OFFS:
		if (mnl_attr_validate(attr, MNL_TYPE_U32) >= 0)
			ack->attr = attr_at(request, set,
					    mnl_attr_get_u32(attr));
		break;
	case ATTR_MISS_TYPE:
		if (mnl_attr_validate(attr, MNL_TYPE_U32) < 0)
			break;
		ack->attr = attr_name(set, mnl_attr_get_u32(attr));
		ack->missing = ack->attr;
		break;
	}
}

static void extack_read(const struct nlmsghdr *nlh, size_t offset,
			struct extack *ack, const struct nlmsghdr *request,
			const struct spinat_set *set)
{
	const struct nlattr *attr;

	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS) ||
	    offset > mnl_nlmsg_get_payload_len(nlh))
		return;
	mnl_attr_for_each(attr, nlh, offset)
		extack_attr(attr, ack, request, set);
}

static const char *errno_text(int code)
{
	switch (code) {
	case EPERM:
		return "the kernel wants CAP_NET_ADMIN in this network namespace; run it as root";
	case EOPNOTSUPP:
		return "the loaded module does not know this request; load the one of this version";
	case ENOENT:
		return "there is none such";
	default:
		return strerror(code);
	}
}

/* The attribute is named unless the kernel's sentence names it already. */
static int result_set(int code, const struct extack *ack,
		      struct spinat_err *err)
{
	const char *text = ack->text ? ack->text : errno_text(code);

	if (!ack->attr || strstr(text, ack->attr))
		return spinat_err_set(err, code, "%s", text);
	if (ack->missing)
		return spinat_err_set(err, code, "%s (%s is missing)", text,
				      ack->attr);
	return spinat_err_set(err, code, "%s (in %s)", text, ack->attr);
}

static size_t extack_offset(const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *body = mnl_nlmsg_get_payload(nlh);

	if (nlh->nlmsg_type == NLMSG_DONE)
		return sizeof(int);
	if (nlh->nlmsg_flags & NLM_F_CAPPED)
		return sizeof(*body);
	return sizeof(body->error) + MNL_ALIGN(body->msg.nlmsg_len);
}

int spinat_nl_result(const struct nlmsghdr *nlh,
		     const struct nlmsghdr *request,
		     const struct spinat_set *set, struct spinat_err *err)
{
	size_t least = nlh->nlmsg_type == NLMSG_DONE ?
		       sizeof(int) : sizeof(struct nlmsgerr);
	struct extack ack = { 0 };
	int code;

	if (mnl_nlmsg_get_payload_len(nlh) < least)
		return spinat_err_set(err, EPROTO,
				      "the kernel's answer is too short");
	code = -*(const int *)mnl_nlmsg_get_payload(nlh);
	if (code < 0)
		code = 0;
	extack_read(nlh, extack_offset(nlh), &ack, request, set);
	return code || ack.text ? result_set(code, &ack, err) : 0;
}
