// SPDX-License-Identifier: GPL-2.0
/* Generic netlink: tunnels. */
#include <linux/ctype.h>
#include <linux/slab.h>
#include <net/sock.h>

#include "netlink.h"

/**
 * epoch_nl_tunnel() - the tunnel that a request names
 * @en: per netns, locked
 * @info: the request
 * @attr: attribute with the name, given
 *
 * Return: the tunnel, or NULL; then extack says so.
 */
struct epoch_tunnel *epoch_nl_tunnel(struct epoch_net *en,
				     struct genl_info *info, int attr)
{
	struct epoch_tunnel *t;

	t = epoch_tunnel_lookup(en, nla_data(info->attrs[attr]));
	if (!t)
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[attr],
				    "No such tunnel");
	return t;
}

static int name_check(struct genl_info *info)
{
	struct nlattr *attr = info->attrs[SPINAT_EPOCH_A_TUNNEL_NAME];
	const char *name;

	if (!attr) {
		NL_SET_ERR_MSG(info->extack,
			       "Which tunnel? Its name is required");
		return -EINVAL;
	}
	name = nla_data(attr);
	if (!*name)
		return EPOCH_REFUSE(info, SPINAT_EPOCH_A_TUNNEL_NAME, -EINVAL,
				    "A tunnel's name must not be empty");
	for (; *name; name++)
		if (iscntrl(*name) && isascii(*name))
			return EPOCH_REFUSE(info, SPINAT_EPOCH_A_TUNNEL_NAME,
					    -EINVAL,
					    "A tunnel's name must not have control characters");
	return 0;
}

static int tunnel_put_settings(struct sk_buff *skb,
			       const struct spinat_settings *s)
{
	int i, err = 0;

	for (i = EPOCH_SETTING_FIRST; !err && i <= EPOCH_SETTING_LAST; i++)
		err = nla_put_u32(skb, i, s->v[i]);
	return err ?: nla_put_u64_64bit(skb, SPINAT_EPOCH_A_TUNNEL_BUDGET,
					s->budget, SPINAT_EPOCH_A_TUNNEL_PAD);
}

static int put_u64(struct sk_buff *skb, int attr, u64 v)
{
	return nla_put_u64_64bit(skb, attr, v, SPINAT_EPOCH_A_TUNNEL_PAD);
}

static int tunnel_fill(struct sk_buff *skb, struct epoch_tunnel *t)
{
	u64 idle = spinat_budget_interval(&t->budget, t->settings.budget,
					  epoch_now(), t->ping_cost,
					  epoch_setting(&t->settings,
							IDLE_INTERVAL));

	if (nla_put_string(skb, SPINAT_EPOCH_A_TUNNEL_NAME, t->name) ||
	    spinat_nl_put_addr(skb, SPINAT_EPOCH_A_TUNNEL_PEER, t->family,
			       &t->peer) ||
	    nla_put_u32(skb, SPINAT_EPOCH_A_TUNNEL_ROLE, t->settings.role) ||
	    nla_put_u32(skb, SPINAT_EPOCH_A_TUNNEL_IF_ID, t->if_id) ||
	    nla_put_u32(skb, SPINAT_EPOCH_A_TUNNEL_MARK, t->mark) ||
	    (t->inner.family &&
	     (spinat_nl_put_addr(skb, SPINAT_EPOCH_A_TUNNEL_TARGET,
				 t->inner.family, &t->inner.target) ||
	      spinat_nl_put_addr(skb, SPINAT_EPOCH_A_TUNNEL_SOURCE,
				 t->inner.family, &t->inner.source))) ||
	    tunnel_put_settings(skb, &t->settings) ||
	    nla_put_u32(skb, SPINAT_EPOCH_A_TUNNEL_EPOCHS, t->n_epochs) ||
	    nla_put_u32(skb, SPINAT_EPOCH_A_TUNNEL_FAILURES,
			t->asks.failures) ||
	    nla_put_u32(skb, SPINAT_EPOCH_A_TUNNEL_IDLE_NOW,
			min_t(u64, idle, U32_MAX)) ||
	    put_u64(skb, SPINAT_EPOCH_A_TUNNEL_MONTH_BYTES, t->budget.month) ||
	    put_u64(skb, SPINAT_EPOCH_A_TUNNEL_PING_BYTES, t->budget.total) ||
	    put_u64(skb, SPINAT_EPOCH_A_TUNNEL_PINGS, t->pings) ||
	    put_u64(skb, SPINAT_EPOCH_A_TUNNEL_PROOFS, t->proofs))
		return -EMSGSIZE;
	return 0;
}

int spinat_epoch_nl_tunnel_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct epoch_net *en = epoch_pernet(genl_info_net(info));
	struct epoch_tunnel *t;
	struct sk_buff *reply;
	void *hdr;
	int err;

	err = name_check(info);
	if (err)
		return err;
	err = spinat_nl_reply(info, &spinat_epoch_nl_family, &reply, &hdr);
	if (err)
		return err;
	epoch_lock(en);
	t = epoch_nl_tunnel(en, info, SPINAT_EPOCH_A_TUNNEL_NAME);
	err = t ? tunnel_fill(reply, t) : -ENOENT;
	epoch_unlock(en);
	return spinat_nl_answer(info, reply, hdr, err);
}

int spinat_epoch_nl_tunnel_get_dumpit(struct sk_buff *skb,
				      struct netlink_callback *cb)
{
	struct epoch_net *en = epoch_pernet(sock_net(skb->sk));
	unsigned long id = cb->args[0];
	struct epoch_tunnel *t;
	void *hdr;
	int err = 0;

	epoch_lock(en);
	xa_for_each_start(&en->tunnels, id, t, id) {
		hdr = spinat_nl_part(skb, cb, &spinat_epoch_nl_family,
				     SPINAT_EPOCH_CMD_TUNNEL_GET);
		err = hdr ? tunnel_fill(skb, t) : -EMSGSIZE;
		if (spinat_nl_part_end(skb, hdr, err))
			break;
	}
	epoch_unlock(en);
	cb->args[0] = err ? id : ULONG_MAX;
	return err && !skb->len ? err : skb->len;
}

/**
 * struct wish - what tunnel-set asks for
 * @family: of @peer, NFPROTO_UNSPEC if it is not given
 * @peer: outer address
 * @inner: whom to ping
 */
struct wish {
	u8 family;
	union nf_inet_addr peer;
	struct epoch_inner inner;
};

static int wish_read(struct genl_info *info, struct wish *w)
{
	struct nlattr *peer = info->attrs[SPINAT_EPOCH_A_TUNNEL_PEER];
	int err = 0;

	memset(w, 0, sizeof(*w));
	if (peer)
		err = spinat_nl_addr(peer, &w->family, &w->peer, info->extack);
	return err ?: epoch_nl_inner(info, SPINAT_EPOCH_A_TUNNEL_SOURCE,
				     SPINAT_EPOCH_A_TUNNEL_TARGET, &w->inner);
}

static int settings_read(struct genl_info *info, struct spinat_settings *s)
{
	struct nlattr **attrs = info->attrs;
	const char *sentence;
	unsigned int i, bad;

	for (i = EPOCH_SETTING_FIRST; i <= EPOCH_SETTING_LAST; i++)
		if (attrs[i])
			s->v[i] = nla_get_u32(attrs[i]);
	if (attrs[SPINAT_EPOCH_A_TUNNEL_BUDGET])
		s->budget = nla_get_u64(attrs[SPINAT_EPOCH_A_TUNNEL_BUDGET]);
	if (attrs[SPINAT_EPOCH_A_TUNNEL_ROLE])
		s->role = nla_get_u32(attrs[SPINAT_EPOCH_A_TUNNEL_ROLE]);
	if (s->role == SPINAT_EPOCH_ROLE_UNSPEC) {
		NL_SET_ERR_MSG(info->extack,
			       "The role is required: client or server");
		return -EINVAL;
	}
	sentence = spinat_settings_check(s, &bad);
	if (!sentence)
		return 0;
	return spinat_nl_refuse(info, bad, -ERANGE, sentence);
}

/* Everything is checked before anything is changed. */
static int tunnel_change(struct epoch_net *en, struct epoch_tunnel *t,
			 struct genl_info *info, const struct wish *w,
			 bool linked)
{
	struct nlattr **attrs = info->attrs;
	struct spinat_settings s = t->settings;
	int err;

	err = settings_read(info, &s);
	if (err)
		return err;
	if (!linked && !w->family) {
		NL_SET_ERR_MSG(info->extack,
			       "No such tunnel; a new one needs a peer");
		return -EINVAL;
	}
	if (s.role == SPINAT_EPOCH_ROLE_CLIENT && t->newest &&
	    !w->inner.family && !t->newest->inner.family) {
		NL_SET_ERR_MSG(info->extack,
			       "A client needs a source and a target to ping, and this tunnel has epochs already");
		return -EINVAL;
	}
	if (linked)
		epoch_tunnel_unlink(en, t);
	if (w->family) {
		t->family = w->family;
		t->peer = w->peer;
	}
	if (w->inner.family)
		t->inner = w->inner;
	if (attrs[SPINAT_EPOCH_A_TUNNEL_IF_ID])
		t->if_id = nla_get_u32(attrs[SPINAT_EPOCH_A_TUNNEL_IF_ID]);
	if (attrs[SPINAT_EPOCH_A_TUNNEL_MARK])
		t->mark = nla_get_u32(attrs[SPINAT_EPOCH_A_TUNNEL_MARK]);
	t->settings = s;
	epoch_tunnel_link(en, t);
	return 0;
}

static int tunnel_make(struct epoch_net *en, struct genl_info *info,
		       const struct wish *w)
{
	struct epoch_tunnel *t;
	int err;

	if (en->n_tunnels >= epoch_limit(en, MAX_TUNNELS)) {
		NL_SET_ERR_MSG(info->extack,
			       "There are as many tunnels as max-tunnels allows");
		return -ENOSPC;
	}
	t = kzalloc(sizeof(*t), GFP_ATOMIC);
	if (!t)
		return -ENOMEM;
	nla_strscpy(t->name, info->attrs[SPINAT_EPOCH_A_TUNNEL_NAME],
		    sizeof(t->name));
	INIT_LIST_HEAD(&t->epochs);
	spinat_settings_init(&t->settings);
	t->budget.since = epoch_now();
	err = xa_alloc_cyclic(&en->tunnels, &t->id, t, xa_limit_31b,
			      &en->next_tunnel, GFP_ATOMIC);
	if (err < 0)
		goto free;
	err = tunnel_change(en, t, info, w, false);
	if (err)
		goto erase;
	SPINAT_ADD_ONCE(en->n_tunnels, 1);
	return 0;

erase:
	xa_erase(&en->tunnels, t->id);
free:
	kfree(t);
	return err;
}

/* One epoch at a time, as each may have something to send. They are found by
 * rising id, so that none comes twice.
 */
static void settings_tell(struct epoch_net *en, const char *name)
{
	struct epoch_todo todo;
	struct epoch_tunnel *t;
	struct epoch *e, *next;
	u32 last = 0;

	rcu_read_lock();
	do {
		memset(&todo, 0, sizeof(todo));
		next = NULL;
		epoch_lock(en);
		t = epoch_tunnel_lookup(en, name);
		if (t)
			list_for_each_entry(e, &t->epochs, link)
				if (e->id > last && (!next || e->id < next->id))
					next = e;
		if (next) {
			last = next->id;
			epoch_settings_changed(next, &todo);
		}
		epoch_unlock(en);
		if (next)
			epoch_do(next, &todo);
	} while (next);
	rcu_read_unlock();
}

int spinat_epoch_nl_tunnel_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct epoch_net *en = epoch_pernet(genl_info_net(info));
	struct epoch_tunnel *t;
	struct wish w;
	int err;

	err = name_check(info);
	if (err)
		return err;
	err = wish_read(info, &w);
	if (err)
		return err;
	err = epoch_setup(en);
	if (err)
		return err;
	epoch_lock(en);
	t = epoch_tunnel_lookup(en, nla_data(info->attrs[SPINAT_EPOCH_A_TUNNEL_NAME]));
	err = t ? tunnel_change(en, t, info, &w, true) :
		  tunnel_make(en, info, &w);
	epoch_unlock(en);
	if (!err && t)
		settings_tell(en, nla_data(info->attrs[SPINAT_EPOCH_A_TUNNEL_NAME]));
	return err;
}

int spinat_epoch_nl_tunnel_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct epoch_net *en = epoch_pernet(genl_info_net(info));
	struct epoch_tunnel *t;
	int err;

	err = name_check(info);
	if (err)
		return err;
	epoch_lock(en);
	t = epoch_nl_tunnel(en, info, SPINAT_EPOCH_A_TUNNEL_NAME);
	if (t)
		epoch_tunnel_kill(en, t);
	epoch_unlock(en);
	return t ? 0 : -ENOENT;
}
