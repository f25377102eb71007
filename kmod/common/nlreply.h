/* SPDX-License-Identifier: GPL-2.0 */
/* Generic netlink: replies, parts of dumps, refusals. */
#ifndef _SPINAT_NLREPLY_H
#define _SPINAT_NLREPLY_H

#include <net/genetlink.h>

#include "counters.h"

/**
 * spinat_nl_reply() - begin the answer to a request
 * @info: the request
 * @family: its family
 * @skb: set, for spinat_nl_answer()
 * @hdr: set, likewise
 *
 * Return: 0, -ENOMEM or -EMSGSIZE.
 */
static inline int spinat_nl_reply(struct genl_info *info,
				  const struct genl_family *family,
				  struct sk_buff **skb, void **hdr)
{
	*skb = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!*skb)
		return -ENOMEM;
	*hdr = genlmsg_put_reply(*skb, info, family, 0, info->genlhdr->cmd);
	if (*hdr)
		return 0;
	nlmsg_free(*skb);
	return -EMSGSIZE;
}

/* Send the answer, or forget it if @err says that there is none */
static inline int spinat_nl_answer(struct genl_info *info, struct sk_buff *skb,
				   void *hdr, int err)
{
	if (err) {
		nlmsg_free(skb);
		return err;
	}
	genlmsg_end(skb, hdr);
	return genlmsg_reply(skb, info);
}

/* Begin one message of a dump; NULL if it has no room */
static inline void *spinat_nl_part(struct sk_buff *skb,
				   const struct netlink_callback *cb,
				   const struct genl_family *family, u8 cmd)
{
	return genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			   family, NLM_F_MULTI, cmd);
}

/* End it, or take it back; returns @err */
static inline int spinat_nl_part_end(struct sk_buff *skb, void *hdr, int err)
{
	if (err)
		genlmsg_cancel(skb, hdr);
	else
		genlmsg_end(skb, hdr);
	return err;
}

/* Counters @first to @end - 1, each an attribute of its number */
static inline int spinat_nl_put_counters(struct sk_buff *skb,
					 struct spinat_counters __percpu *stats,
					 int first, int end, int pad)
{
	int i, err = 0;

	for (i = first; !err && i < end; i++)
		err = nla_put_u64_64bit(skb, i, spinat_counters_read(stats, i),
					pad);
	return err;
}

/* Say what is wrong, where the sentence is not a literal; returns @err. The
 * attribute may not be given: zone-min collides with a zone-max that was set.
 */
static inline int spinat_nl_refuse(struct genl_info *info, int attr, int err,
				   const char *sentence)
{
	if (info->extack) {
		info->extack->_msg = sentence;
		info->extack->bad_attr = info->attrs[attr];
	}
	return err;
}

#endif
