// SPDX-License-Identifier: GPL-2.0
/* Generic netlink: epochs and their events. */
#include <linux/slab.h>
#include <net/sock.h>

#include "netlink.h"

static bool notify_enabled __read_mostly;

/* Nobody notifies before the family is there, nor after it is gone. */
void epoch_notify_enable(bool on)
{
	WRITE_ONCE(notify_enabled, on);
	/* Whoever notifies has bottom halves off. */
	if (!on)
		synchronize_rcu();
}

static u32 ago(unsigned long when)
{
	return jiffies_to_msecs(jiffies - when);
}

static int put_sa(struct sk_buff *skb, int attr, const struct epoch_sa *sa)
{
	return sa->x ? nla_put_be32(skb, attr, sa->x->id.spi) : 0;
}

static int put_outer(struct sk_buff *skb, int attr, u16 family,
		     const xfrm_address_t *addr)
{
	return nla_put(skb, attr, family == AF_INET ? 4 : 16, addr);
}

static int epoch_fill_gate(struct sk_buff *skb, struct epoch *e)
{
	unsigned long sent, received;
	u64 now = epoch_now();

	epoch_look(e, jiffies);
	if (nla_put_u32(skb, SPINAT_EPOCH_A_EPOCH_STATE, e->gate.state) ||
	    (e->gate.proved &&
	     nla_put_flag(skb, SPINAT_EPOCH_A_EPOCH_PROVED)) ||
	    (e->lengths_hidden &&
	     nla_put_flag(skb, SPINAT_EPOCH_A_EPOCH_LENGTHS_HIDDEN)) ||
	    nla_put_u32(skb, SPINAT_EPOCH_A_EPOCH_AGE,
			min_t(u64, now - e->born, U32_MAX)) ||
	    nla_put_u32(skb, SPINAT_EPOCH_A_EPOCH_STATE_AGE,
			min_t(u64, now - e->gate.since, U32_MAX)) ||
	    (epoch_sent(e, &sent) &&
	     nla_put_u32(skb, SPINAT_EPOCH_A_EPOCH_SENT_AGO, ago(sent))) ||
	    (epoch_received(e, &received) &&
	     nla_put_u32(skb, SPINAT_EPOCH_A_EPOCH_RECEIVED_AGO,
			 ago(received))) ||
	    nla_put_u32(skb, SPINAT_EPOCH_A_EPOCH_TRIES, e->gate.tries) ||
	    (e->proofs && nla_put_u32(skb, SPINAT_EPOCH_A_EPOCH_RTT, e->rtt)))
		return -EMSGSIZE;
	return 0;
}

static int epoch_fill_counters(struct sk_buff *skb, const struct epoch *e)
{
	if (nla_put_u32(skb, SPINAT_EPOCH_A_EPOCH_STALL, e->stall) ||
	    nla_put_u32(skb, SPINAT_EPOCH_A_EPOCH_HELD, e->n_held) ||
	    nla_put_u32(skb, SPINAT_EPOCH_A_EPOCH_HELD_BYTES, e->held_bytes) ||
	    nla_put_u32(skb, SPINAT_EPOCH_A_EPOCH_HELD_TOTAL, e->held_total) ||
	    nla_put_u32(skb, SPINAT_EPOCH_A_EPOCH_HELD_DROPPED,
			e->held_dropped) ||
	    nla_put_u32(skb, SPINAT_EPOCH_A_EPOCH_PINGS, e->pings) ||
	    nla_put_u32(skb, SPINAT_EPOCH_A_EPOCH_PROOFS, e->proofs) ||
	    nla_put_u32(skb, SPINAT_EPOCH_A_EPOCH_ANSWERS, e->answers) ||
	    nla_put_u32(skb, SPINAT_EPOCH_A_EPOCH_REFUSED, e->refused))
		return -EMSGSIZE;
	return 0;
}

static int epoch_fill(struct sk_buff *skb, struct epoch *e)
{
	const struct xfrm_state *x = e->out.x;

	lockdep_assert_held(&e->en->lock);
	if (nla_put_string(skb, SPINAT_EPOCH_A_EPOCH_TUNNEL, e->tunnel->name) ||
	    put_outer(skb, SPINAT_EPOCH_A_EPOCH_PEER, x->props.family,
		      &x->id.daddr) ||
	    put_outer(skb, SPINAT_EPOCH_A_EPOCH_LOCAL, x->props.family,
		      &x->props.saddr) ||
	    put_sa(skb, SPINAT_EPOCH_A_EPOCH_OUT_SPI, &e->out) ||
	    put_sa(skb, SPINAT_EPOCH_A_EPOCH_IN_SPI, &e->in) ||
	    (e->inner.family &&
	     (spinat_nl_put_addr(skb, SPINAT_EPOCH_A_EPOCH_TARGET,
				 e->inner.family, &e->inner.target) ||
	      spinat_nl_put_addr(skb, SPINAT_EPOCH_A_EPOCH_SOURCE,
				 e->inner.family, &e->inner.source))) ||
	    epoch_fill_gate(skb, e) || epoch_fill_counters(skb, e))
		return -EMSGSIZE;
	return 0;
}

/**
 * epoch_notify() - tell those who listen about an epoch
 * @e: the epoch, locked
 * @event: enum spinat_epoch_event
 *
 * Nothing is allocated while nobody listens.
 */
void epoch_notify(struct epoch *e, u32 event)
{
	struct net *net = e->en->net;
	struct sk_buff *skb;
	void *hdr;

	if (!READ_ONCE(notify_enabled) ||
	    !genl_has_listeners(&spinat_epoch_nl_family, net,
				SPINAT_EPOCH_NLGRP_EPOCHS))
		return;
	skb = genlmsg_new(NLMSG_GOODSIZE, GFP_ATOMIC);
	if (!skb)
		return;
	hdr = genlmsg_put(skb, 0, 0, &spinat_epoch_nl_family, 0,
			  SPINAT_EPOCH_CMD_EPOCH_NTF);
	if (!hdr || epoch_fill(skb, e) ||
	    nla_put_u32(skb, SPINAT_EPOCH_A_EPOCH_EVENT, event) ||
	    nla_put_u32(skb, SPINAT_EPOCH_A_EPOCH_FAILURES,
			e->tunnel->asks.failures)) {
		nlmsg_free(skb);
		return;
	}
	genlmsg_end(skb, hdr);
	genlmsg_multicast_netns(&spinat_epoch_nl_family, net, skb, 0,
				SPINAT_EPOCH_NLGRP_EPOCHS, GFP_ATOMIC);
}

/**
 * struct choice - which epochs a request is about
 * @tunnel: name, NULL for any
 * @family: of @peer, NFPROTO_UNSPEC for any
 * @peer: outer address
 * @out_spi: 0 for any
 */
struct choice {
	const char *tunnel;
	u8 family;
	union nf_inet_addr peer;
	__be32 out_spi;
};

static int choice_read(struct nlattr **attrs, struct choice *c,
		       struct netlink_ext_ack *extack)
{
	struct nlattr *spi = attrs[SPINAT_EPOCH_A_EPOCH_OUT_SPI];
	int err = 0;

	memset(c, 0, sizeof(*c));
	if (attrs[SPINAT_EPOCH_A_EPOCH_TUNNEL])
		c->tunnel = nla_data(attrs[SPINAT_EPOCH_A_EPOCH_TUNNEL]);
	if (attrs[SPINAT_EPOCH_A_EPOCH_PEER])
		err = spinat_nl_addr(attrs[SPINAT_EPOCH_A_EPOCH_PEER],
				     &c->family, &c->peer, extack);
	if (err || !spi)
		return err;
	c->out_spi = nla_get_be32(spi);
	if (ntohl(c->out_spi) < 256) {
		NL_SET_ERR_MSG_ATTR(extack, spi,
				    "SPIs below 256 are reserved");
		return -EINVAL;
	}
	return 0;
}

static bool chosen(const struct epoch *e, const struct choice *c)
{
	const struct xfrm_state *x = e->out.x;

	if (c->tunnel && strcmp(c->tunnel, e->tunnel->name))
		return false;
	if (c->out_spi && c->out_spi != x->id.spi)
		return false;
	if (!c->family)
		return true;
	return c->family == epoch_family(x->props.family) &&
	       !memcmp(&c->peer, &x->id.daddr,
		       c->family == NFPROTO_IPV4 ? 4 : 16);
}

/* A request about one epoch, or all of a tunnel, must say which. */
static int choice_narrow(struct genl_info *info, struct choice *c)
{
	int err = choice_read(info->attrs, c, info->extack);

	if (!err && !c->tunnel && !c->out_spi) {
		NL_SET_ERR_MSG(info->extack,
			       "Which epoch? A tunnel or an out-SPI is required");
		return -EINVAL;
	}
	return err;
}

static struct epoch *choose(struct epoch_net *en, const struct choice *c,
			    unsigned long *id)
{
	struct epoch *e;

	lockdep_assert_held(&en->lock);
	xa_for_each_start(&en->epochs, *id, e, *id)
		if (chosen(e, c))
			return e;
	return NULL;
}

int spinat_epoch_nl_epoch_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct epoch_net *en = epoch_pernet(genl_info_net(info));
	unsigned long id = 0;
	struct sk_buff *reply;
	struct choice c;
	struct epoch *e;
	void *hdr;
	int err;

	err = choice_read(info->attrs, &c, info->extack);
	if (err)
		return err;
	if (!c.out_spi) {
		NL_SET_ERR_MSG(info->extack,
			       "Which epoch? Its out-SPI is required");
		return -EINVAL;
	}
	err = spinat_nl_reply(info, &spinat_epoch_nl_family, &reply, &hdr);
	if (err)
		return err;
	epoch_lock(en);
	e = choose(en, &c, &id);
	err = e ? epoch_fill(reply, e) : -ENOENT;
	epoch_unlock(en);
	if (err == -ENOENT)
		NL_SET_ERR_MSG(info->extack, "No such epoch");
	return spinat_nl_answer(info, reply, hdr, err);
}

int spinat_epoch_nl_epoch_get_dumpit(struct sk_buff *skb,
				     struct netlink_callback *cb)
{
	struct epoch_net *en = epoch_pernet(sock_net(skb->sk));
	unsigned long id = cb->args[0];
	struct choice c;
	struct epoch *e;
	int err;
	void *hdr;

	err = choice_read(genl_info_dump(cb)->attrs, &c, cb->extack);
	if (err)
		return err;
	epoch_lock(en);
	for (;; id++) {
		e = choose(en, &c, &id);
		if (!e)
			break;
		hdr = spinat_nl_part(skb, cb, &spinat_epoch_nl_family,
				     SPINAT_EPOCH_CMD_EPOCH_GET);
		err = hdr ? epoch_fill(skb, e) : -EMSGSIZE;
		if (spinat_nl_part_end(skb, hdr, err))
			break;
	}
	epoch_unlock(en);
	cb->args[0] = err ? id : ULONG_MAX;
	return err && !skb->len ? err : skb->len;
}

/* Are these the SA's own addresses? */
static bool is_transport(const struct xfrm_state *out,
			 const struct epoch_inner *inner)
{
	u8 family = epoch_family(out->props.family);
	size_t len = family == NFPROTO_IPV4 ? 4 : 16;

	return inner->family == family &&
	       !memcmp(&inner->target, &out->id.daddr, len) &&
	       !memcmp(&inner->source, &out->props.saddr, len);
}

/* Can the SA carry a control ping between these two? */
static int can_ping(struct genl_info *info, const struct xfrm_state *out,
		    const struct epoch_inner *inner)
{
	const struct xfrm_selector *sel = &out->sel;

	if (sel->proto && sel->proto != IPPROTO_ICMP &&
	    sel->proto != IPPROTO_ICMPV6)
		NL_SET_ERR_MSG(info->extack,
			       "The SA's selector has a protocol that is not ICMP: no control ping can go through it");
	else if (sel->family && sel->family != epoch_xfrm_family(inner->family))
		NL_SET_ERR_MSG(info->extack,
			       "The SA's selector is of another family than source and target");
	else if (sel->family &&
		 (!addr_match(&inner->target, &sel->daddr, sel->prefixlen_d) ||
		  !addr_match(&inner->source, &sel->saddr, sel->prefixlen_s)))
		NL_SET_ERR_MSG(info->extack,
			       "The SA's selector does not cover source and target: no control ping can go through it");
	else if (out->props.mode == XFRM_MODE_TRANSPORT &&
		 !is_transport(out, inner))
		NL_SET_ERR_MSG(info->extack,
			       "The SA is in transport mode: source and target must be its own addresses (with IPComp no control ping can go through it)");
	else
		return 0;
	return -EOPNOTSUPP;
}

/**
 * struct sas - the two SAs of an announcement, with references
 * @out: to the peer
 * @in: from the peer
 */
struct sas {
	struct xfrm_state *out;
	struct xfrm_state *in;
};

static void sas_put(struct sas *sas)
{
	if (sas->out)
		xfrm_state_put(sas->out);
	if (sas->in)
		xfrm_state_put(sas->in);
}

static int sas_find(struct epoch_net *en, struct genl_info *info,
		    const struct epoch_tunnel *t, const struct choice *c,
		    struct sas *sas)
{
	u16 family = epoch_xfrm_family(t->family);
	__be32 in_spi = nla_get_be32(info->attrs[SPINAT_EPOCH_A_EPOCH_IN_SPI]);

	if (c->family && (c->family != t->family ||
			  !nf_inet_addr_cmp(&c->peer, &t->peer)))
		return EPOCH_REFUSE(info, SPINAT_EPOCH_A_EPOCH_PEER, -EINVAL,
				    "The tunnel has another peer");
	sas->out = xfrm_state_lookup(en->net, t->mark,
				     (const xfrm_address_t *)&t->peer,
				     c->out_spi, IPPROTO_ESP, family);
	if (!sas->out || sas->out->km.state != XFRM_STATE_VALID)
		return EPOCH_REFUSE(info, SPINAT_EPOCH_A_EPOCH_OUT_SPI, -ENOENT,
				    "No valid ESP SA to the peer has this SPI");
	sas->in = xfrm_state_lookup(en->net, t->mark, &sas->out->props.saddr,
				    in_spi, IPPROTO_ESP, family);
	if (!sas->in || sas->in->km.state != XFRM_STATE_VALID)
		return EPOCH_REFUSE(info, SPINAT_EPOCH_A_EPOCH_IN_SPI, -ENOENT,
				    "No valid ESP SA to the out-SA's source address has this SPI");
	if (sas->in == sas->out)
		return EPOCH_REFUSE(info, SPINAT_EPOCH_A_EPOCH_IN_SPI, -EINVAL,
				    "Out-SPI and in-SPI name one SA");
	return 0;
}

static int announce(struct epoch_net *en, struct genl_info *info,
		    struct epoch_tunnel *t, struct sas *sas,
		    const struct epoch_inner *own, struct epoch **e,
		    struct epoch_todo *todo)
{
	const struct epoch_inner *inner = own->family ? own : &t->inner;
	struct epoch_sa *sa;
	int err;

	if (!inner->family && t->settings.role == SPINAT_EPOCH_ROLE_CLIENT) {
		NL_SET_ERR_MSG(info->extack,
			       "A client needs a source and a target to ping, here or in its tunnel");
		return -EINVAL;
	}
	err = inner->family ? can_ping(info, sas->out, inner) : 0;
	if (err)
		return err;
	sa = epoch_sa_lookup(en, sas->out);
	if (sa && sa->inbound)
		return EPOCH_REFUSE(info, SPINAT_EPOCH_A_EPOCH_OUT_SPI, -EEXIST,
				    "This SA is the in-SA of another epoch");
	*e = sa ? sa->epoch : epoch_make(en, t, sas->out, &err);
	if (!*e) {
		if (err == -ENOSPC)
			NL_SET_ERR_MSG(info->extack,
				       "There are as many epochs as max-epochs allows");
		return err;
	}
	err = epoch_announce(*e, t, sas->in, own->family ? own : NULL, todo);
	/* What is refused leaves no gate behind. */
	if (err && !sa)
		epoch_kill(*e, SPINAT_EPOCH_EVENT_ASKED);
	if (err)
		return EPOCH_REFUSE(info, SPINAT_EPOCH_A_EPOCH_IN_SPI, err,
				    "The epoch has another in-SPI, or the in-SPI another epoch");
	/* An acknowledgment may carry a sentence, too: a warning. */
	if ((*e)->lengths_hidden)
		NL_SET_ERR_MSG(info->extack,
			       "TFC padding hides the lengths of the control pings: they prove the epoch, but no NAT can learn from them");
	return 0;
}

int spinat_epoch_nl_epoch_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct epoch_net *en = epoch_pernet(genl_info_net(info));
	struct epoch_todo todo = {};
	struct epoch_tunnel *t;
	struct epoch_inner own;
	struct epoch *e = NULL;
	struct sas sas = {};
	struct choice c;
	int err;

	err = choice_read(info->attrs, &c, info->extack);
	if (err)
		return err;
	if (!c.tunnel || !c.out_spi ||
	    !info->attrs[SPINAT_EPOCH_A_EPOCH_IN_SPI]) {
		NL_SET_ERR_MSG(info->extack,
			       "An epoch needs a tunnel, an out-SPI and an in-SPI");
		return -EINVAL;
	}
	err = epoch_nl_inner(info, SPINAT_EPOCH_A_EPOCH_SOURCE,
			     SPINAT_EPOCH_A_EPOCH_TARGET, &own);
	if (err)
		return err;
	rcu_read_lock();
	epoch_lock(en);
	t = epoch_nl_tunnel(en, info, SPINAT_EPOCH_A_EPOCH_TUNNEL);
	err = t ? sas_find(en, info, t, &c, &sas) : -ENOENT;
	if (!err)
		err = announce(en, info, t, &sas, &own, &e, &todo);
	epoch_unlock(en);
	if (e)
		epoch_do(e, &todo);
	rcu_read_unlock();
	sas_put(&sas);
	return err;
}

/* Do something to every epoch that is chosen; what it leaves to do is done
 * before the next.
 */
static int for_chosen(struct genl_info *info,
		      int (*act)(struct epoch *e, struct epoch_todo *todo))
{
	struct epoch_net *en = epoch_pernet(genl_info_net(info));
	int err, done = 0, refused = 0;
	struct epoch_todo todo;
	unsigned long id = 0;
	struct choice c;
	struct epoch *e;

	err = choice_narrow(info, &c);
	if (err)
		return err;
	for (;; id++) {
		memset(&todo, 0, sizeof(todo));
		rcu_read_lock();
		epoch_lock(en);
		e = choose(en, &c, &id);
		err = e ? act(e, &todo) : 0;
		epoch_unlock(en);
		if (e)
			epoch_do(e, &todo);
		rcu_read_unlock();
		if (!e)
			break;
		if (err)
			refused = err;
		else
			done++;
	}
	if (done)
		return 0;
	if (!refused) {
		NL_SET_ERR_MSG(info->extack, "No such epoch");
		return -ENOENT;
	}
	if (refused == -EBUSY)
		NL_SET_ERR_MSG(info->extack,
			       "The epoch was not announced yet: its in-SPI is not known");
	else if (refused == -EOPNOTSUPP)
		NL_SET_ERR_MSG(info->extack,
			       "Nobody said whom to ping: give its tunnel a source and a target");
	return refused;
}

static int act_del(struct epoch *e, struct epoch_todo *todo)
{
	epoch_kill(e, SPINAT_EPOCH_EVENT_ASKED);
	return 0;
}

static int act_ping(struct epoch *e, struct epoch_todo *todo)
{
	if (!e->in.x)
		return -EBUSY;
	if (!e->inner.family)
		return -EOPNOTSUPP;
	epoch_run(e, GATE_PING, false, todo);
	return 0;
}

static int act_open(struct epoch *e, struct epoch_todo *todo)
{
	epoch_run(e, GATE_OPEN, false, todo);
	return 0;
}

static int act_close(struct epoch *e, struct epoch_todo *todo)
{
	if (!e->in.x)
		return -EBUSY;
	epoch_run(e, GATE_CLOSE, false, todo);
	return 0;
}

int spinat_epoch_nl_epoch_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	return for_chosen(info, act_del);
}

int spinat_epoch_nl_epoch_ping_doit(struct sk_buff *skb, struct genl_info *info)
{
	return for_chosen(info, act_ping);
}

int spinat_epoch_nl_epoch_open_doit(struct sk_buff *skb, struct genl_info *info)
{
	return for_chosen(info, act_open);
}

int spinat_epoch_nl_epoch_close_doit(struct sk_buff *skb,
				     struct genl_info *info)
{
	return for_chosen(info, act_close);
}
