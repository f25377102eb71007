// SPDX-License-Identifier: GPL-2.0
/* Generic netlink: pairs that are set, deleted and flushed. */
#include "netlink.h"

static int refuse(struct genl_info *info, int err)
{
	switch (err) {
	case -ENOSPC:
		NL_SET_ERR_MSG(info->extack,
			       "No room: raise client-pairs, client-open, prefix-clients or max-pairs");
		break;
	case -EADDRNOTAVAIL:
		NL_SET_ERR_MSG(info->extack,
			       "No conntrack zone is free for one more client: flush clients, or widen zone-min and zone-max up to 1 and 65535");
		return -ENOSPC;
	case -EEXIST:
		NL_SET_ERR_MSG(info->extack,
			       "These addresses are already in use as a server's or client's");
		break;
	}
	return err;
}

static struct masq_flow *new_flow(struct masq_net *mn, struct genl_info *info,
				  const struct masq_request *r, int *err)
{
	const union nf_inet_addr *public = NULL;
	struct masq_addrs addrs;
	struct masq_node *node;
	struct masq_flow *flow;

	if (masq_nl_given(&r->q, SPINAT_MASQ_A_PAIR_PUBLIC))
		public = &r->q.public;
	masq_addrs_set(&addrs, r->q.family, &r->q.client, &r->q.server);
	node = masq_node_lookup(mn, &addrs);
	if (!node) {
		flow = masq_flow_make(mn, &addrs, public, 0, err);
		if (!flow)
			*err = refuse(info, *err);
		return flow;
	}
	if (node->kind != MASQ_FLOW) {
		*err = refuse(info, -EEXIST);
		return NULL;
	}
	flow = container_of(node, struct masq_flow, n);
	if (!public || (flow->site &&
			nf_inet_addr_cmp(&flow->site->n.addrs.dst, public)))
		return flow;
	if (flow->site) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[SPINAT_MASQ_A_PAIR_PUBLIC],
				    "This client's packets to that server leave from another NAT address");
		*err = -EEXIST;
		return NULL;
	}
	*err = masq_flow_resite(mn, flow, public);
	return *err ? NULL : flow;
}

/* Pair @r's in-SPI with @out, using up @in if that succeeds */
static int new_in(struct masq_net *mn, struct genl_info *info,
		  const struct masq_request *r, struct masq_out *out,
		  struct masq_in **in, u8 evidence)
{
	struct masq_flow *flow = masq_out_flow(out);
	struct masq_in *known;
	int err;

	known = flow->site ? masq_in_lookup(mn, flow->site, r->in_spi) :
			     masq_nl_in_of(out, r->in_spi);
	if (known && masq_in_out(known) != out) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[SPINAT_MASQ_A_PAIR_IN_SPI],
				    "Another out-SPI has this in-SPI at that server");
		return -EEXIST;
	}
	if (known) {
		evidence = max(known->s.evidence, evidence);
		WRITE_ONCE(known->s.evidence, evidence);
		masq_in_move(mn, known, out, evidence);
	} else {
		known = *in;
		*in = NULL;
		err = masq_in_bind(mn, known, out, r->in_spi, evidence);
		if (err)
			return refuse(info, err);
	}
	if (evidence == SPINAT_MASQ_EVIDENCE_PINNED)
		masq_count(mn, LEARN_PINNED);
	masq_out_answered(mn, out);
	masq_notify(mn, SPINAT_MASQ_CMD_PAIR_NEW_NTF, out, known,
		    SPINAT_MASQ_REASON_ASKED);
	return 0;
}

static int pair_new(struct masq_net *mn, struct genl_info *info,
		    const struct masq_request *r, struct masq_in **in,
		    u8 evidence, u32 seq)
{
	struct masq_flow *flow;
	struct masq_out *out;
	int err = 0;

	out = masq_out_lookup(mn, r->q.family, &r->q.server, r->out_spi);
	if (out && !nf_inet_addr_cmp(&masq_out_flow(out)->n.addrs.src,
				     &r->q.client)) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[SPINAT_MASQ_A_PAIR_OUT_SPI],
				    "Another client has this out-SPI at that server");
		return -EEXIST;
	}
	flow = new_flow(mn, info, r, &err);
	if (!flow)
		return err;
	if (out) {
		if (seq)
			WRITE_ONCE(out->s.seq, seq);
		return r->in_spi ?
			new_in(mn, info, r, out, in, evidence) : 0;
	}

	out = masq_out_make(mn, flow, r->out_spi, GFP_ATOMIC, &err);
	if (!out) {
		masq_flow_release(mn, flow);
		return refuse(info, err);
	}
	WRITE_ONCE(out->s.seq, seq);
	if (r->in_spi)
		err = new_in(mn, info, r, out, in, evidence);
	if (err || !r->in_spi)
		masq_notify(mn, SPINAT_MASQ_CMD_PAIR_NEW_NTF, out, NULL,
			    SPINAT_MASQ_REASON_ASKED);
	if (err)
		masq_out_del(mn, out, SPINAT_MASQ_REASON_ASKED);
	return err;
}

int spinat_masq_nl_pair_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *evidence = info->attrs[SPINAT_MASQ_A_PAIR_EVIDENCE];
	struct nlattr *seq = info->attrs[SPINAT_MASQ_A_PAIR_OUT_SEQ];
	struct masq_net *mn = masq_pernet(genl_info_net(info));
	u32 why = SPINAT_MASQ_EVIDENCE_PINNED;
	struct masq_request r;
	struct masq_in *in;
	int err;

	err = masq_nl_request_parse(info, SPINAT_MASQ_A_PAIR_PUBLIC, &r);
	if (err)
		return err;
	if (!masq_nl_given(&r.q, SPINAT_MASQ_A_PAIR_CLIENT)) {
		NL_SET_ERR_MSG(info->extack,
			       "Whose pair? The client's address is required");
		return -EINVAL;
	}
	if (evidence)
		why = nla_get_u32(evidence);
	if (!r.in_spi != !why ||
	    (!r.in_spi && !evidence)) {
		NL_SET_ERR_MSG(info->extack,
			       "An in-spi needs evidence, and evidence needs an in-spi");
		return -EINVAL;
	}
	in = masq_in_alloc(GFP_KERNEL);
	if (!in)
		return -ENOMEM;

	masq_lock(mn);
	err = pair_new(mn, info, &r, &in, why, seq ? nla_get_u32(seq) : 0);
	masq_unlock(mn);
	if (in)
		masq_in_free(in);
	return err;
}

int spinat_masq_nl_pair_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct masq_net *mn = masq_pernet(genl_info_net(info));
	struct masq_request r;
	struct masq_out *out;
	struct masq_in *in;
	int err;

	err = masq_nl_request_parse(info, SPINAT_MASQ_A_PAIR_SERVER, &r);
	if (err)
		return err;
	masq_lock(mn);
	err = masq_nl_request_find(mn, info, &r, &out, &in);
	if (!err && r.in_spi)
		masq_in_del(mn, in, SPINAT_MASQ_REASON_ASKED);
	else if (!err)
		masq_out_del(mn, out, SPINAT_MASQ_REASON_ASKED);
	masq_unlock(mn);
	return err;
}

static int out_flush(struct masq_net *mn, struct masq_out *out, void *query)
{
	if (!masq_nl_matches(query, out))
		return 0;
	masq_out_del(mn, out, SPINAT_MASQ_REASON_ASKED);
	SPINAT_ADD_ONCE(mn->gen, 1);
	return MASQ_GONE;
}

int spinat_masq_nl_pair_flush_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct masq_net *mn = masq_pernet(genl_info_net(info));
	struct masq_place place = {};
	struct masq_query q;
	int err;

	err = masq_nl_query(info->attrs, SPINAT_MASQ_A_PAIR_SERVER, &q,
			    info->extack);
	if (err)
		return err;
	while (masq_walk(mn, &place, out_flush, &q))
		cond_resched();
	return 0;
}
