// SPDX-License-Identifier: GPL-2.0
/* Generic netlink: the family, limits and counters. */
#include <linux/ipv6.h>
#include <linux/module.h>
#include <net/sock.h>

#include "netlink.h"

static const struct genl_multicast_group epoch_mcgrps[] = {
	[SPINAT_EPOCH_NLGRP_EPOCHS] = {
		.name = SPINAT_EPOCH_MCGRP_EPOCHS,
		.flags = GENL_MCAST_CAP_NET_ADMIN,
	},
};

struct genl_family spinat_epoch_nl_family __ro_after_init = {
	.name = SPINAT_EPOCH_FAMILY_NAME,
	.version = SPINAT_EPOCH_FAMILY_VERSION,
	.netnsok = true,
	.parallel_ops = true,
	.module = THIS_MODULE,
	.ops = spinat_epoch_nl_ops,
	.n_ops = ARRAY_SIZE(spinat_epoch_nl_ops),
	.resv_start_op = __SPINAT_EPOCH_CMD_MAX,
	.mcgrps = epoch_mcgrps,
	.n_mcgrps = ARRAY_SIZE(epoch_mcgrps),
};

int spinat_epoch_nl_init(void)
{
	int err = genl_register_family(&spinat_epoch_nl_family);

	if (!err)
		epoch_notify_enable(true);
	return err;
}

void spinat_epoch_nl_exit(void)
{
	epoch_notify_enable(false);
	genl_unregister_family(&spinat_epoch_nl_family);
}

static bool is_unicast(u8 family, const union nf_inet_addr *addr)
{
	if (family == NFPROTO_IPV4)
		return !ipv4_is_multicast(addr->ip) &&
		       !ipv4_is_lbcast(addr->ip) &&
		       !ipv4_is_loopback(addr->ip);
	return !ipv6_addr_is_multicast(&addr->in6) &&
	       !ipv6_addr_loopback(&addr->in6) &&
	       !(ipv6_addr_type(&addr->in6) & IPV6_ADDR_LINKLOCAL);
}

/**
 * epoch_nl_inner() - read whom to ping, if it is given
 * @info: the request
 * @source: attribute of the inner address on this side
 * @target: attribute of the other
 * @inner: set; its family stays unspecified if neither is given
 */
int epoch_nl_inner(struct genl_info *info, int source, int target,
		   struct epoch_inner *inner)
{
	struct nlattr **attrs = info->attrs;
	u8 family;
	int err;

	memset(inner, 0, sizeof(*inner));
	if (!attrs[source] && !attrs[target])
		return 0;
	if (!attrs[source] || !attrs[target]) {
		NL_SET_ERR_MSG(info->extack,
			       "A ping needs both, a source and a target");
		return -EINVAL;
	}
	err = spinat_nl_addr(attrs[source], &inner->family, &inner->source,
			     info->extack);
	if (err)
		return err;
	err = spinat_nl_addr(attrs[target], &family, &inner->target,
			     info->extack);
	if (err)
		return err;
	if (family != inner->family)
		return EPOCH_REFUSE(info, target, -EINVAL,
				    "Source and target must be of one family");
	/* There are no tables then that a route could be looked up in. */
	if (family == NFPROTO_IPV6 && !ipv6_mod_enabled())
		return EPOCH_REFUSE(info, target, -EAFNOSUPPORT,
				    "The kernel was booted without IPv6");
	if (!is_unicast(family, &inner->source))
		return EPOCH_REFUSE(info, source, -EINVAL,
				    "The source must be a unicast address");
	if (!is_unicast(family, &inner->target))
		return EPOCH_REFUSE(info, target, -EINVAL,
				    "The target must be a unicast address");
	return 0;
}

int spinat_epoch_nl_config_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct epoch_net *en = epoch_pernet(genl_info_net(info));
	struct sk_buff *reply;
	void *hdr;
	int i, err;

	err = spinat_nl_reply(info, &spinat_epoch_nl_family, &reply, &hdr);
	if (err)
		return err;
	for (i = 1; !err && i <= SPINAT_EPOCH_A_CONFIG_MAX; i++)
		err = nla_put_u32(reply, i, READ_ONCE(en->limits[i]));
	return spinat_nl_answer(info, reply, hdr, err);
}

int spinat_epoch_nl_config_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct epoch_net *en = epoch_pernet(genl_info_net(info));
	u32 limits[EPOCH_LIMITS];
	unsigned int bad, given = 0, grows = 0;
	bool trusted = netlink_capable(skb, CAP_NET_ADMIN);
	const char *sentence;
	int i, err = 0;

	epoch_lock(en);
	memcpy(limits, en->limits, sizeof(limits));
	for (i = 1; i <= SPINAT_EPOCH_A_CONFIG_MAX; i++) {
		if (!info->attrs[i])
			continue;
		limits[i] = nla_get_u32(info->attrs[i]);
		if (limits[i] > en->limits[i])
			grows = i;
		given++;
	}
	sentence = spinat_epoch_limits_check(limits, &bad);
	if (!given) {
		err = -EINVAL;
		NL_SET_ERR_MSG(info->extack, "Nothing to set was given");
	} else if (sentence) {
		err = spinat_nl_refuse(info, bad, -ERANGE, sentence);
	} else if (grows && !trusted) {
		err = EPOCH_REFUSE(info, grows, -EPERM,
				   "Raising this needs CAP_NET_ADMIN in the initial user namespace");
	} else {
		for (i = 1; i <= SPINAT_EPOCH_A_CONFIG_MAX; i++)
			WRITE_ONCE(en->limits[i], limits[i]);
	}
	epoch_unlock(en);
	return err;
}

int spinat_epoch_nl_stats_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct epoch_net *en = epoch_pernet(genl_info_net(info));
	struct sk_buff *reply;
	void *hdr;
	int err;

	err = spinat_nl_reply(info, &spinat_epoch_nl_family, &reply, &hdr);
	if (err)
		return err;
	if (spinat_nl_put_counters(reply, en->stats, SPINAT_EPOCH_A_STATS_BORN,
				   EPOCH_N_STATS, SPINAT_EPOCH_A_STATS_PAD) ||
	    nla_put_u32(reply, SPINAT_EPOCH_A_STATS_TUNNELS,
			READ_ONCE(en->n_tunnels)) ||
	    nla_put_u32(reply, SPINAT_EPOCH_A_STATS_EPOCHS,
			READ_ONCE(en->n_epochs)) ||
	    nla_put_u32(reply, SPINAT_EPOCH_A_STATS_HELD,
			READ_ONCE(en->n_held)) ||
	    nla_put_u32(reply, SPINAT_EPOCH_A_STATS_HELD_BYTES,
			READ_ONCE(en->held_bytes)))
		err = -EMSGSIZE;
	return spinat_nl_answer(info, reply, hdr, err);
}
