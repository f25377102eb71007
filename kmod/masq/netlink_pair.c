// SPDX-License-Identifier: GPL-2.0
/* Generic netlink: pairs, and the events about them. */
#include <net/sock.h>

#include "netlink.h"

/**
 * masq_nl_query() - read the addresses of a request
 * @attrs: attributes of the pair set
 * @max: the highest of them
 * @q: filled in
 * @extack: says what is wrong
 */
int masq_nl_query(struct nlattr **attrs, int max, struct masq_query *q,
		  struct netlink_ext_ack *extack)
{
	const struct {
		int attr;
		union nf_inet_addr *addr;
	} want[] = {
		{ SPINAT_MASQ_A_PAIR_CLIENT, &q->client },
		{ SPINAT_MASQ_A_PAIR_SERVER, &q->server },
		{ SPINAT_MASQ_A_PAIR_PUBLIC, &q->public },
	};
	int i, err;

	memset(q, 0, sizeof(*q));
	for (i = 0; i < ARRAY_SIZE(want); i++) {
		if (want[i].attr > max || !attrs[want[i].attr])
			continue;
		err = masq_nl_addr(attrs[want[i].attr], &q->family,
				   want[i].addr, extack);
		if (err)
			return err;
		q->given |= 1 << want[i].attr;
	}
	return 0;
}

/* Does the pair answer the question? Under the lock. */
bool masq_nl_matches(const struct masq_query *q, const struct masq_out *out)
{
	const struct masq_addrs *a = &masq_out_flow(out)->n.addrs;

	if (q->family != NFPROTO_UNSPEC && q->family != a->family)
		return false;
	if (masq_nl_given(q, SPINAT_MASQ_A_PAIR_CLIENT) &&
	    !nf_inet_addr_cmp(&q->client, &a->src))
		return false;
	return !masq_nl_given(q, SPINAT_MASQ_A_PAIR_SERVER) ||
	       nf_inet_addr_cmp(&q->server, &a->dst);
}

static u32 idle_of(const struct masq_out *out, const struct masq_in *in)
{
	u32 last = READ_ONCE(out->s.last);

	if (in && (s32)(READ_ONCE(in->s.last) - last) > 0)
		last = READ_ONCE(in->s.last);
	return masq_since(last);
}

static u32 held_of(const struct masq_out *out)
{
	u32 n = 0;
	const struct spinat_held *held;

	if (out->probe)
		list_for_each_entry(held, &out->probe->held, link)
			n++;
	return n;
}

static int in_fill(struct sk_buff *skb, const struct masq_in *in)
{
	return nla_put_be32(skb, SPINAT_MASQ_A_PAIR_IN_SPI, in->s.spi) ||
	       nla_put_u32(skb, SPINAT_MASQ_A_PAIR_IN_PACKETS,
			   READ_ONCE(in->s.packets));
}

static int pair_fill(struct sk_buff *skb, const struct masq_out *out,
		     const struct masq_in *in, enum spinat_masq_reason why)
{
	const struct masq_flow *flow = masq_out_flow(out);
	const struct masq_addrs *a = &flow->n.addrs;

	if (spinat_nl_put_addr(skb, SPINAT_MASQ_A_PAIR_CLIENT, a->family,
			       &a->src) ||
	    spinat_nl_put_addr(skb, SPINAT_MASQ_A_PAIR_SERVER, a->family,
			       &a->dst) ||
	    (flow->site &&
	     spinat_nl_put_addr(skb, SPINAT_MASQ_A_PAIR_PUBLIC, a->family,
				&flow->site->n.addrs.dst)) ||
	    nla_put_be32(skb, SPINAT_MASQ_A_PAIR_OUT_SPI, out->s.spi) ||
	    (in && in_fill(skb, in)) ||
	    nla_put_u32(skb, SPINAT_MASQ_A_PAIR_EVIDENCE,
			in ? in->s.evidence : SPINAT_MASQ_EVIDENCE_UNSPEC) ||
	    nla_put_u16(skb, SPINAT_MASQ_A_PAIR_ZONE, flow->client->zone) ||
	    nla_put_u32(skb, SPINAT_MASQ_A_PAIR_IDLE, idle_of(out, in)) ||
	    nla_put_u32(skb, SPINAT_MASQ_A_PAIR_AGE, masq_since(out->first)) ||
	    nla_put_u32(skb, SPINAT_MASQ_A_PAIR_OUT_PACKETS,
			READ_ONCE(out->s.packets)) ||
	    nla_put_u32(skb, SPINAT_MASQ_A_PAIR_OUT_SEQ,
			READ_ONCE(out->s.seq)) ||
	    nla_put_u32(skb, SPINAT_MASQ_A_PAIR_HELD, held_of(out)) ||
	    (flow->pool_mismatch &&
	     nla_put_flag(skb, SPINAT_MASQ_A_PAIR_POOL_MISMATCH)) ||
	    (why && nla_put_u32(skb, SPINAT_MASQ_A_PAIR_REASON, why)))
		return -EMSGSIZE;
	return 0;
}

/* Hooks run before the family is registered and after it is gone; its group
 * numbers are somebody else's then.
 */
static bool notify_enabled __read_mostly;

void masq_notify_enable(bool on)
{
	WRITE_ONCE(notify_enabled, on);
	/* Whoever notifies has bottom halves off. */
	if (!on)
		synchronize_rcu();
}

/**
 * masq_notify() - tell those who listen about a pair
 * @mn: per netns, locked
 * @cmd: SPINAT_MASQ_CMD_PAIR_*_NTF
 * @out: the out-SPI
 * @in: the in-SPI, or NULL
 * @why: the reason
 *
 * Nothing is allocated while nobody listens.
 */
void masq_notify(struct masq_net *mn, u8 cmd, const struct masq_out *out,
		 const struct masq_in *in, enum spinat_masq_reason why)
{
	struct sk_buff *skb;
	void *hdr;

	lockdep_assert_held(&mn->lock);
	if (!READ_ONCE(notify_enabled) ||
	    !genl_has_listeners(&spinat_masq_nl_family, mn->net,
				SPINAT_MASQ_NLGRP_PAIRS))
		return;
	skb = genlmsg_new(NLMSG_GOODSIZE, GFP_ATOMIC);
	if (!skb)
		return;
	hdr = genlmsg_put(skb, 0, 0, &spinat_masq_nl_family, 0, cmd);
	if (!hdr || pair_fill(skb, out, in, why)) {
		nlmsg_free(skb);
		return;
	}
	genlmsg_end(skb, hdr);
	genlmsg_multicast_netns(&spinat_masq_nl_family, mn->net, skb, 0,
				SPINAT_MASQ_NLGRP_PAIRS, GFP_ATOMIC);
}

static int spi_get(const struct nlattr *attr, __be32 *spi,
		   struct netlink_ext_ack *extack)
{
	*spi = nla_get_be32(attr);
	if (ntohl(*spi) > 255)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "SPIs up to 255 are reserved (RFC 4303)");
	return -EINVAL;
}

struct masq_in *masq_nl_in_of(const struct masq_out *out, __be32 spi)
{
	struct masq_in *in;

	for (in = out->ins; in; in = in->next)
		if (in->s.spi == spi)
			return in;
	return NULL;
}

/* Read a request for one pair; @max is the highest attribute that it may have. */
int masq_nl_request_parse(struct genl_info *info, int max,
			  struct masq_request *r)
{
	struct nlattr *out_spi = info->attrs[SPINAT_MASQ_A_PAIR_OUT_SPI];
	struct nlattr *in_spi = info->attrs[SPINAT_MASQ_A_PAIR_IN_SPI];
	int err;

	r->in_spi = 0;
	err = masq_nl_query(info->attrs, max, &r->q, info->extack);
	if (err)
		return err;
	if (!masq_nl_given(&r->q, SPINAT_MASQ_A_PAIR_SERVER) || !out_spi) {
		NL_SET_ERR_MSG(info->extack,
			       "A pair is named by server and out-spi: both are required");
		return -EINVAL;
	}
	err = spi_get(out_spi, &r->out_spi, info->extack);
	if (!err && in_spi)
		err = spi_get(in_spi, &r->in_spi, info->extack);
	return err;
}

/* The pair that is asked for; under the lock */
int masq_nl_request_find(struct masq_net *mn, struct genl_info *info,
			 const struct masq_request *r, struct masq_out **out,
			 struct masq_in **in)
{
	*in = NULL;
	*out = masq_out_lookup(mn, r->q.family, &r->q.server, r->out_spi);
	if (!*out || !masq_nl_matches(&r->q, *out)) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[SPINAT_MASQ_A_PAIR_OUT_SPI],
				    "No such out-SPI at that server");
		return -ENOENT;
	}
	*in = r->in_spi ? masq_nl_in_of(*out, r->in_spi) : (*out)->ins;
	if (r->in_spi && !*in) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[SPINAT_MASQ_A_PAIR_IN_SPI],
				    "That out-SPI has no such in-SPI");
		return -ENOENT;
	}
	return 0;
}

int spinat_masq_nl_pair_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct masq_net *mn = masq_pernet(genl_info_net(info));
	struct masq_request r;
	struct sk_buff *reply;
	struct masq_out *out;
	struct masq_in *in;
	void *hdr;
	int err;

	err = masq_nl_request_parse(info, SPINAT_MASQ_A_PAIR_SERVER, &r);
	if (err)
		return err;
	err = spinat_nl_reply(info, &spinat_masq_nl_family, &reply, &hdr);
	if (err)
		return err;
	masq_lock(mn);
	err = masq_nl_request_find(mn, info, &r, &out, &in);
	if (!err)
		err = pair_fill(reply, out, in, 0);
	masq_unlock(mn);
	return spinat_nl_answer(info, reply, hdr, err);
}

static int pair_dump_one(struct sk_buff *skb, struct netlink_callback *cb,
			 const struct masq_out *out, const struct masq_in *in)
{
	void *hdr;

	hdr = spinat_nl_part(skb, cb, &spinat_masq_nl_family,
			     SPINAT_MASQ_CMD_PAIR_GET);
	if (!hdr)
		return -EMSGSIZE;
	genl_dump_check_consistent(cb, hdr);
	return spinat_nl_part_end(skb, hdr, pair_fill(skb, out, in, 0));
}

/**
 * struct pair_dump - a part of a dump
 * @skb: to be filled
 * @cb: the dump; where it goes on is in its ctx
 * @q: what is asked for
 */
struct pair_dump {
	struct sk_buff *skb;
	struct netlink_callback *cb;
	struct masq_query q;
};

/* All in-SPIs of an out-SPI or none, as they may change before the next part */
static int out_dump(struct masq_net *mn, struct masq_out *out, void *data)
{
	const struct masq_in *in = out->ins;
	struct pair_dump *dump = data;
	void *mark = skb_tail_pointer(dump->skb);
	int err;

	if (!masq_nl_matches(&dump->q, out))
		return 0;
	/* 0 would mean that consistency is not looked after. */
	dump->cb->seq = mn->gen + 1;
	do {
		err = pair_dump_one(dump->skb, dump->cb, out, in);
		in = in ? in->next : NULL;
	} while (!err && in);
	if (err)
		nlmsg_trim(dump->skb, mark);
	return err;
}

int spinat_masq_nl_pair_get_dumpit(struct sk_buff *skb,
				   struct netlink_callback *cb)
{
	struct nlattr **attrs = genl_info_dump(cb)->attrs;
	struct masq_net *mn = masq_pernet(sock_net(skb->sk));
	struct pair_dump dump = { .skb = skb, .cb = cb };
	struct masq_place *place = (void *)cb->ctx;
	int err;

	BUILD_BUG_ON(sizeof(*place) > sizeof(cb->ctx));
	err = masq_nl_query(attrs, SPINAT_MASQ_A_PAIR_SERVER, &dump.q,
			    cb->extack);
	if (err)
		return err;

	while ((err = masq_walk(mn, place, out_dump, &dump)) > 0)
		cond_resched();
	cb->seq = READ_ONCE(mn->gen) + 1;
	return err && !skb->len ? err : skb->len;
}
