// SPDX-License-Identifier: GPL-2.0
/* Generic netlink: the family, clients, settings and counters. */
#include <linux/module.h>
#include <net/sock.h>

#include "netlink.h"

static const struct genl_multicast_group masq_mcgrps[] = {
	[SPINAT_MASQ_NLGRP_PAIRS] = {
		.name = SPINAT_MASQ_MCGRP_PAIRS,
		.flags = GENL_MCAST_CAP_NET_ADMIN,
	},
};

struct genl_family spinat_masq_nl_family __ro_after_init = {
	.name = SPINAT_MASQ_FAMILY_NAME,
	.version = SPINAT_MASQ_FAMILY_VERSION,
	.netnsok = true,
	.parallel_ops = true,
	.module = THIS_MODULE,
	.ops = spinat_masq_nl_ops,
	.n_ops = ARRAY_SIZE(spinat_masq_nl_ops),
	.resv_start_op = __SPINAT_MASQ_CMD_MAX,
	.mcgrps = masq_mcgrps,
	.n_mcgrps = ARRAY_SIZE(masq_mcgrps),
};

int spinat_masq_nl_init(void)
{
	int err = genl_register_family(&spinat_masq_nl_family);

	if (!err)
		masq_notify_enable(true);
	return err;
}

void spinat_masq_nl_exit(void)
{
	masq_notify_enable(false);
	genl_unregister_family(&spinat_masq_nl_family);
}

/**
 * masq_nl_addr() - read an address
 * @attr: the attribute, 4 or 16 bytes
 * @family: set, or must agree if it is not NFPROTO_UNSPEC
 * @addr: set; unused bytes are zero
 * @extack: says what is wrong
 */
int masq_nl_addr(const struct nlattr *attr, u8 *family,
		 union nf_inet_addr *addr, struct netlink_ext_ack *extack)
{
	u8 agreed = *family;
	int err = spinat_nl_addr(attr, family, addr, extack);

	if (err || agreed == NFPROTO_UNSPEC || agreed == *family)
		return err;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "All addresses must be IPv4, or all IPv6");
	return -EINVAL;
}

static int client_fill(struct sk_buff *skb, const struct masq_client *client)
{
	if (spinat_nl_put_addr(skb, SPINAT_MASQ_A_CLIENT_CLIENT, client->family,
			       &client->addr) ||
	    nla_put_u16(skb, SPINAT_MASQ_A_CLIENT_ZONE, client->zone) ||
	    nla_put_u32(skb, SPINAT_MASQ_A_CLIENT_SERVERS, client->n_flows) ||
	    nla_put_u32(skb, SPINAT_MASQ_A_CLIENT_PAIRS, client->n_outs) ||
	    nla_put_u32(skb, SPINAT_MASQ_A_CLIENT_OPEN, client->n_open) ||
	    nla_put_u32(skb, SPINAT_MASQ_A_CLIENT_HELD, client->n_held) ||
	    (client->n_spraying &&
	     nla_put_flag(skb, SPINAT_MASQ_A_CLIENT_SPRAYING)))
		return -EMSGSIZE;
	return 0;
}

int spinat_masq_nl_client_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct masq_net *mn = masq_pernet(genl_info_net(info));
	struct nlattr *attr = info->attrs[SPINAT_MASQ_A_CLIENT_CLIENT];
	const struct masq_client *client;
	union nf_inet_addr addr;
	u8 family = NFPROTO_UNSPEC;
	struct sk_buff *reply;
	void *hdr;
	int err;

	if (!attr) {
		NL_SET_ERR_MSG(info->extack,
			       "Which client? Its address is required");
		return -EINVAL;
	}
	err = masq_nl_addr(attr, &family, &addr, info->extack);
	if (err)
		return err;
	err = spinat_nl_reply(info, &spinat_masq_nl_family, &reply, &hdr);
	if (err)
		return err;

	masq_lock(mn);
	client = masq_client_lookup(mn, family, &addr);
	err = client ? client_fill(reply, client) : -ENOENT;
	masq_unlock(mn);
	if (err == -ENOENT)
		NL_SET_ERR_MSG_ATTR(info->extack, attr, "No such client");
	return spinat_nl_answer(info, reply, hdr, err);
}

struct client_dump_ctx {
	unsigned long zone;
};

int spinat_masq_nl_client_get_dumpit(struct sk_buff *skb,
				     struct netlink_callback *cb)
{
	struct masq_net *mn = masq_pernet(sock_net(skb->sk));
	struct client_dump_ctx *ctx = (void *)cb->ctx;
	struct masq_client *client;
	void *hdr;
	int err = 0;

	BUILD_BUG_ON(sizeof(*ctx) > sizeof(cb->ctx));
	masq_lock(mn);
	for (;; ctx->zone++) {
		client = xa_find(&mn->zones, &ctx->zone, U16_MAX, XA_PRESENT);
		if (!client)
			break;
		hdr = spinat_nl_part(skb, cb, &spinat_masq_nl_family,
				     SPINAT_MASQ_CMD_CLIENT_GET);
		err = hdr ? client_fill(skb, client) : -EMSGSIZE;
		if (spinat_nl_part_end(skb, hdr, err))
			break;
	}
	masq_unlock(mn);
	return err && !skb->len ? err : skb->len;
}

static bool is_u16(int attr)
{
	return attr == SPINAT_MASQ_A_CONFIG_ZONE_MIN ||
	       attr == SPINAT_MASQ_A_CONFIG_ZONE_MAX;
}

int spinat_masq_nl_config_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct masq_net *mn = masq_pernet(genl_info_net(info));
	struct sk_buff *reply;
	void *hdr;
	int i, err;
	u32 v;

	err = spinat_nl_reply(info, &spinat_masq_nl_family, &reply, &hdr);
	if (err)
		return err;
	for (i = 1; !err && i <= SPINAT_MASQ_A_CONFIG_MAX; i++) {
		v = READ_ONCE(mn->config.v[i]);
		err = is_u16(i) ? nla_put_u16(reply, i, v) :
				  nla_put_u32(reply, i, v);
	}
	return spinat_nl_answer(info, reply, hdr, err);
}

int spinat_masq_nl_config_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct masq_net *mn = masq_pernet(genl_info_net(info));
	struct spinat_masq_config config;
	unsigned int bad, given = 0;
	bool trusted = capable(CAP_NET_ADMIN);
	const char *sentence;
	int i, err = 0;

	masq_lock(mn);
	config = mn->config;
	for (i = 1; i <= SPINAT_MASQ_A_CONFIG_MAX; i++) {
		if (!info->attrs[i])
			continue;
		config.v[i] = is_u16(i) ? nla_get_u16(info->attrs[i]) :
					  nla_get_u32(info->attrs[i]);
		given++;
	}
	sentence = spinat_masq_config_check(&config, &bad);
	if (!given) {
		err = -EINVAL;
		NL_SET_ERR_MSG(info->extack, "Nothing to set was given");
	} else if (!sentence && !trusted &&
		   spinat_masq_config_grows(&mn->config, &config, &bad)) {
		err = -EPERM;
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[bad],
				    "Raising this needs CAP_NET_ADMIN in the initial user namespace");
	} else if (sentence) {
		err = spinat_nl_refuse(info, bad, -ERANGE, sentence);
	} else {
		for (i = 1; i <= SPINAT_MASQ_A_CONFIG_MAX; i++)
			WRITE_ONCE(mn->config.v[i], config.v[i]);
	}
	masq_unlock(mn);
	return err;
}

int spinat_masq_nl_stats_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct masq_net *mn = masq_pernet(genl_info_net(info));
	struct sk_buff *reply;
	void *hdr;
	int err;

	err = spinat_nl_reply(info, &spinat_masq_nl_family, &reply, &hdr);
	if (err)
		return err;
	if (spinat_nl_put_counters(reply, mn->stats,
				   SPINAT_MASQ_A_STATS_OUT_PACKETS,
				   MASQ_N_STATS, SPINAT_MASQ_A_STATS_PAD) ||
	    nla_put_u32(reply, SPINAT_MASQ_A_STATS_CLIENTS,
			READ_ONCE(mn->n_clients)) ||
	    nla_put_u32(reply, SPINAT_MASQ_A_STATS_PAIRS,
			READ_ONCE(mn->n_outs)) ||
	    nla_put_u32(reply, SPINAT_MASQ_A_STATS_HELD,
			READ_ONCE(mn->n_held)) ||
	    nla_put_u32(reply, SPINAT_MASQ_A_STATS_EARLY,
			READ_ONCE(mn->n_early)))
		err = -EMSGSIZE;
	return spinat_nl_answer(info, reply, hdr, err);
}
