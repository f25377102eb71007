// SPDX-License-Identifier: GPL-2.0
/*
 * Generic netlink's end of a family: requests are checked against the policies
 * as the kernel does it for new commands (strict), and what comes back is looked
 * at: every message and attribute ends where it says, and every refusal has a
 * sentence, about an attribute of the request if about any.
 */
#include "kernel.h"

bool shim_listens = true, shim_trusted = true;

static const struct genl_family *family;

int genl_register_family(struct genl_family *f)
{
	if (shim_fail_at && !--shim_fail_at)
		return -ENOMEM;
	family = f;
	return 0;
}

int genl_unregister_family(const struct genl_family *f)
{
	family = NULL;
	return 0;
}

/* Messages */

static struct sk_buff *message_new(size_t size)
{
	struct sk_buff *skb = calloc(1, sizeof(*skb));

	skb->size = size;
	skb->data = calloc(1, size);
	shim_skbs++;
	return skb;
}

struct sk_buff *nlmsg_new(size_t size, gfp_t gfp)
{
	void *p = shim_alloc(1, gfp);

	if (!p)
		return NULL;
	kfree(p);
	return message_new(size + NLMSG_HDRLEN);
}

static void *append(struct sk_buff *skb, size_t len)
{
	void *at = skb->data + skb->len;

	if (skb->len + NLMSG_ALIGN(len) > skb->size)
		return NULL;
	skb->len += NLMSG_ALIGN(len);
	return at;
}

int nla_put(struct sk_buff *skb, int type, int len, const void *data)
{
	struct nlattr *a = append(skb, NLA_HDRLEN + len);

	if (!a)
		return -EMSGSIZE;
	a->nla_type = type;
	a->nla_len = NLA_HDRLEN + len;
	if (len)
		memcpy(a + 1, data, len);
	return 0;
}

void nlmsg_trim(struct sk_buff *skb, const void *mark)
{
	claim((const u8 *)mark >= skb->data &&
	      (const u8 *)mark <= skb->data + skb->len, "trimmed to nowhere");
	skb->len = (const u8 *)mark - skb->data;
}

void *genlmsg_put(struct sk_buff *skb, u32 portid, u32 seq,
		  const struct genl_family *f, int flags, u8 cmd)
{
	struct nlmsghdr *nlh = append(skb, NLMSG_HDRLEN + GENL_HDRLEN);
	struct genlmsghdr *head;

	if (!nlh)
		return NULL;
	head = NLMSG_DATA(nlh);
	memset(nlh, 0, NLMSG_HDRLEN + GENL_HDRLEN);
	nlh->nlmsg_flags = flags;
	head->cmd = cmd;
	return head + 1;
}

static struct nlmsghdr *message_of(void *hdr)
{
	return (void *)((u8 *)hdr - GENL_HDRLEN - NLMSG_HDRLEN);
}

void genlmsg_end(struct sk_buff *skb, void *hdr)
{
	struct nlmsghdr *nlh = message_of(hdr);

	nlh->nlmsg_len = skb->data + skb->len - (u8 *)nlh;
}

void genlmsg_cancel(struct sk_buff *skb, void *hdr)
{
	if (hdr)
		nlmsg_trim(skb, message_of(hdr));
}

/* Whole messages with whole attributes and nothing else */
static void message_judge(const struct sk_buff *skb)
{
	const struct nlmsghdr *nlh;
	const struct nlattr *a;
	unsigned int at = 0, i;

	while (at < skb->len) {
		nlh = (const void *)(skb->data + at);
		claim(nlh->nlmsg_len >= NLMSG_HDRLEN + GENL_HDRLEN &&
		      nlh->nlmsg_len <= skb->len - at,
		      "a message of %u bytes in %u", nlh->nlmsg_len,
		      skb->len - at);
		for (i = NLMSG_HDRLEN + GENL_HDRLEN; i < nlh->nlmsg_len;
		     i += NLA_ALIGN(a->nla_len)) {
			a = (const void *)(skb->data + at + i);
			claim(a->nla_len >= NLA_HDRLEN &&
			      a->nla_len <= nlh->nlmsg_len - i,
			      "an attribute that does not fit");
		}
		at += NLMSG_ALIGN(nlh->nlmsg_len);
	}
}

int genlmsg_reply(struct sk_buff *skb, struct genl_info *info)
{
	claim(skb->len, "an empty reply");
	message_judge(skb);
	kfree_skb(skb);
	return 0;
}

int genlmsg_multicast_netns(const struct genl_family *f, struct net *net,
			    struct sk_buff *skb, u32 portid, unsigned int group,
			    gfp_t gfp)
{
	claim(group < f->n_mcgrps, "a group that the family has not");
	message_judge(skb);
	kfree_skb(skb);
	return 0;
}

/* Requests */

size_t shim_attr_put(u8 *to, u16 type, const void *data, u16 len)
{
	struct nlattr a = { .nla_type = type, .nla_len = NLA_HDRLEN + len };

	memset(to, 0, NLA_ALIGN(a.nla_len));
	memcpy(to, &a, sizeof(a));
	memcpy(to + NLA_HDRLEN, data, len);
	return NLA_ALIGN(a.nla_len);
}

#define ATTRS_MAX	64

struct request {
	u8 *bytes;
	struct nlattr *attrs[ATTRS_MAX];
	struct netlink_ext_ack extack;
};

static int attr_check(const struct nla_policy *p, const struct nlattr *a)
{
	static const u8 size[] = {
		[NLA_U8] = 1, [NLA_U16] = 2, [NLA_U32] = 4, [NLA_U64] = 8,
	};
	int len = nla_len(a);

	switch (p->type) {
	case NLA_U8:
	case NLA_U16:
	case NLA_U32:
	case NLA_U64:
		if (len != size[p->type])
			return -EINVAL;
		if (p->most && p->type == NLA_U32 && nla_get_u32(a) > p->most)
			return -ERANGE;
		return 0;
	case NLA_FLAG:
		return len ? -EINVAL : 0;
	case NLA_NUL_STRING:
		if (!memchr(nla_data(a), 0, p->len ? min(len, p->len + 1) : len))
			return -EINVAL;
		/* and no bytes but that one behind it */
		return p->len && len > p->len + 1 ? -EINVAL : 0;
	case NLA_BINARY:
		return p->len && len > p->len ? -ERANGE : 0;
	}
	return -EINVAL;
}

static int request_parse(struct request *r, const struct genl_ops *op,
			 const u8 *bytes, size_t len)
{
	struct nlattr *a;
	size_t at;
	int err;

	memset(r, 0, sizeof(*r));
	r->bytes = malloc(len + 1);
	memcpy(r->bytes, bytes, len);
	for (at = 0; at + NLA_HDRLEN <= len; at += NLA_ALIGN(a->nla_len)) {
		a = (struct nlattr *)(r->bytes + at);
		if (a->nla_len < NLA_HDRLEN || a->nla_len > len - at)
			return -EINVAL;
		if (!nla_type(a) || nla_type(a) > op->maxattr ||
		    (a->nla_type & NLA_F_NESTED))
			return -EINVAL;
		err = attr_check(&op->policy[nla_type(a)], a);
		if (err)
			return err;
		r->attrs[nla_type(a)] = a;
	}
	return at < len ? -EINVAL : 0;
}

static void refusal_judge(const struct request *r, int err)
{
	const struct nlattr *bad = r->extack.bad_attr;
	int i;

	if (!err || err == -ENOMEM || err == -EMSGSIZE)
		return;
	claim(r->extack._msg, "refused with %d and no sentence", err);
	for (i = 0; bad && i < ATTRS_MAX; i++)
		if (r->attrs[i] == bad)
			return;
	claim(!bad, "refused for an attribute that was not given");
}

/* The dump that goes on */
static struct {
	struct request r;
	struct genl_dumpit_info info;
	struct netlink_callback cb;
	const struct genl_ops *op;
} dump;

void shim_dump_stop(void)
{
	free(dump.r.bytes);
	memset(&dump, 0, sizeof(dump));
}

bool shim_dump_more(unsigned int room)
{
	struct sock sk = { .net = &init_net };
	struct sk_buff *skb;
	int ret;

	if (!dump.op)
		return false;
	skb = message_new(room);
	skb->sk = &sk;
	dump.cb.skb = skb;
	ret = dump.op->dumpit(skb, &dump.cb);
	if (ret > 0) {
		claim(ret == (int)skb->len, "a dump of %d bytes has %u", ret,
		      skb->len);
		message_judge(skb);
	} else if (ret < 0) {
		refusal_judge(&dump.r, ret);
	}
	kfree_skb(skb);
	if (ret <= 0)
		shim_dump_stop();
	return ret > 0;
}

static struct nlmsghdr dump_head;

static int dump_begin(const struct genl_ops *op, const u8 *attrs, size_t len)
{
	int err;

	shim_dump_stop();
	err = request_parse(&dump.r, op, attrs, len);
	if (err) {
		shim_dump_stop();
		return err;
	}
	dump.op = op;
	dump.info.attrs = dump.r.attrs;
	dump.cb.extack = &dump.r.extack;
	dump.cb.shim_info = &dump.info;
	dump.cb.nlh = &dump_head;
	return 0;
}

static int request_do(const struct genl_ops *op, const u8 *attrs, size_t len)
{
	struct genlmsghdr head = { .cmd = op->cmd };
	struct nlmsghdr nlh = {};
	struct sk_buff skb = {};
	struct request r;
	struct genl_info info = {
		.nlhdr = &nlh, .genlhdr = &head, .attrs = r.attrs,
		.extack = &r.extack, .net = &init_net,
	};
	int err;

	err = request_parse(&r, op, attrs, len);
	if (!err) {
		err = op->doit(&skb, &info);
		refusal_judge(&r, err);
	}
	free(r.bytes);
	return err;
}

int shim_request(u8 cmd, bool want_dump, const u8 *attrs, size_t len)
{
	const struct genl_ops *op;
	int i;

	for (i = 0; family && i < family->n_ops; i++) {
		op = &family->ops[i];
		if (op->cmd != cmd)
			continue;
		if (!op->maxattr)
			len = 0;
		if (want_dump)
			return op->dumpit ? dump_begin(op, attrs, len) :
					    -EOPNOTSUPP;
		return op->doit ? request_do(op, attrs, len) : -EOPNOTSUPP;
	}
	return -EOPNOTSUPP;
}
