/* SPDX-License-Identifier: GPL-2.0 */
/* Generic netlink: attributes, policies, families, dumps. */
#ifndef SHIM_NETLINK_H
#define SHIM_NETLINK_H

#include <linux/genetlink.h>
#include <linux/netlink.h>

#define NLMSG_GOODSIZE	3776

struct netlink_ext_ack {
	const char *_msg;
	const struct nlattr *bad_attr;
};

#define NL_SET_ERR_MSG(extack, msg) \
	({ struct netlink_ext_ack *e_ = (extack); if (e_) e_->_msg = msg; })
#define NL_SET_ERR_MSG_ATTR(extack, attr, msg) \
	({ struct netlink_ext_ack *e_ = (extack); \
	   if (e_) { e_->_msg = msg; e_->bad_attr = attr; } })

enum {
	NLA_UNSPEC, NLA_U8, NLA_U16, NLA_U32, NLA_U64, NLA_STRING, NLA_FLAG,
	NLA_NESTED, NLA_NUL_STRING, NLA_BINARY, NLA_REJECT,
};

struct nla_policy {
	u8 type;
	u16 len;
	s64 most;	/* NLA_POLICY_MAX, or 0 */
};

#define NLA_POLICY_MAX(t, m)	{ .type = t, .most = m }
#define NLA_POLICY_RANGE(t, l, m) { .type = t, .most = m }

#define nla_data(a)	((void *)((char *)(a) + NLA_HDRLEN))
#define nla_len(a)	((int)(a)->nla_len - NLA_HDRLEN)
#define nla_type(a)	((a)->nla_type & NLA_TYPE_MASK)

#define SHIM_NLA_GET(name, type) \
	static inline type nla_get_##name(const struct nlattr *a) \
	{ \
		type v; \
		memcpy(&v, nla_data(a), sizeof(v)); \
		return v; \
	}
SHIM_NLA_GET(u8, u8)
SHIM_NLA_GET(u16, u16)
SHIM_NLA_GET(u32, u32)
SHIM_NLA_GET(u64, u64)
SHIM_NLA_GET(be32, __be32)

int nla_put(struct sk_buff *skb, int type, int len, const void *data);

#define SHIM_NLA_PUT(name, type) \
	static inline int nla_put_##name(struct sk_buff *skb, int attr, type v) \
	{ \
		return nla_put(skb, attr, sizeof(v), &v); \
	}
SHIM_NLA_PUT(u8, u8)
SHIM_NLA_PUT(u16, u16)
SHIM_NLA_PUT(u32, u32)
SHIM_NLA_PUT(be32, __be32)

#define nla_strscpy(to, a, size)	snprintf(to, size, "%s", (char *)nla_data(a))
#define nla_put_flag(skb, attr)		nla_put(skb, attr, 0, NULL)
#define nla_put_string(skb, attr, s)	nla_put(skb, attr, strlen(s) + 1, s)

static inline int nla_put_u64_64bit(struct sk_buff *skb, int attr, u64 v,
				    int pad)
{
	return nla_put(skb, attr, sizeof(v), &v);
}

struct sk_buff *nlmsg_new(size_t size, gfp_t gfp);
#define genlmsg_new(size, gfp)	nlmsg_new((size) + GENL_HDRLEN, gfp)
#define nlmsg_free(skb)		kfree_skb(skb)
void nlmsg_trim(struct sk_buff *skb, const void *mark);

struct genl_info;
struct netlink_callback;

struct genl_ops {
	int (*doit)(struct sk_buff *skb, struct genl_info *info);
	int (*start)(struct netlink_callback *cb);
	int (*dumpit)(struct sk_buff *skb, struct netlink_callback *cb);
	int (*done)(struct netlink_callback *cb);
	const struct nla_policy *policy;
	unsigned int maxattr;
	u8 cmd, flags, validate;
};

enum { GENL_DONT_VALIDATE_STRICT = 1, GENL_DONT_VALIDATE_DUMP = 2 };
#define GENL_MCAST_CAP_NET_ADMIN	1

struct genl_multicast_group {
	const char *name;
	u8 flags;
};

struct genl_family {
	const char *name;
	unsigned int version, maxattr;
	bool netnsok, parallel_ops;
	void *module;
	const struct genl_ops *ops;
	const struct genl_multicast_group *mcgrps;
	u8 n_ops, n_mcgrps, resv_start_op;
};

struct genl_info {
	u32 snd_seq, snd_portid;
	struct nlmsghdr *nlhdr;
	struct genlmsghdr *genlhdr;
	struct nlattr **attrs;
	struct netlink_ext_ack *extack;
	struct net *net;
};

struct genl_dumpit_info {
	struct nlattr **attrs;
};

struct netlink_callback {
	struct sk_buff *skb;
	const struct nlmsghdr *nlh;
	struct netlink_ext_ack *extack;
	struct genl_dumpit_info *shim_info;
	unsigned int seq, prev_seq;
	union {
		u8 ctx[48];
		long args[6];
	};
};

#define NETLINK_CB(skb)			((struct { u32 portid; }){ 1 })
#define genl_info_net(info)		((info)->net)
#define genl_dumpit_info(cb)		((cb)->shim_info)
#define genl_info_dump(cb)		((cb)->shim_info)
#define genl_dump_check_consistent(cb, h)	((cb)->prev_seq = (cb)->seq)
#define genl_has_listeners(f, net, g)	(shim_listens)
#define CAP_NET_ADMIN			12
#define capable(c)			(shim_trusted)
#define netlink_capable(skb, c)		(shim_trusted)

extern bool shim_listens, shim_trusted;

int genl_register_family(struct genl_family *family);
int genl_unregister_family(const struct genl_family *family);
void *genlmsg_put(struct sk_buff *skb, u32 portid, u32 seq,
		  const struct genl_family *family, int flags, u8 cmd);
#define genlmsg_put_reply(skb, info, family, flags, cmd) \
	genlmsg_put(skb, (info)->snd_portid, (info)->snd_seq, family, flags, cmd)
void genlmsg_end(struct sk_buff *skb, void *hdr);
void genlmsg_cancel(struct sk_buff *skb, void *hdr);
int genlmsg_reply(struct sk_buff *skb, struct genl_info *info);
int genlmsg_multicast_netns(const struct genl_family *family, struct net *net,
			    struct sk_buff *skb, u32 portid, unsigned int group,
			    gfp_t gfp);

/* Writes an attribute, returns its size. */
size_t shim_attr_put(u8 *to, u16 type, const void *data, u16 len);
/* A request of @cmd with these attributes, which are taken as they are. What
 * came of it: the kernel's errno.
 */
int shim_request(u8 cmd, bool dump, const u8 *attrs, size_t len);
/* Goes on with the dump that was begun last; false at its end. */
bool shim_dump_more(unsigned int room);
void shim_dump_stop(void);

#endif
