/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	include/netlink/specs/spinat_epoch.yaml */
/* YNL-GEN kernel header */

#ifndef _LINUX_SPINAT_EPOCH_GEN_H
#define _LINUX_SPINAT_EPOCH_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/linux/spinat_epoch.h>

extern const struct nla_policy spinat_epoch_tunnel_get_nl_policy[SPINAT_EPOCH_A_TUNNEL_NAME + 1];

extern const struct nla_policy spinat_epoch_tunnel_set_nl_policy[SPINAT_EPOCH_A_TUNNEL_BUDGET + 1];

extern const struct nla_policy spinat_epoch_tunnel_del_nl_policy[SPINAT_EPOCH_A_TUNNEL_NAME + 1];

extern const struct nla_policy spinat_epoch_epoch_get_nl_policy[SPINAT_EPOCH_A_EPOCH_OUT_SPI + 1];

extern const struct nla_policy spinat_epoch_epoch_new_nl_policy[SPINAT_EPOCH_A_EPOCH_SOURCE + 1];

extern const struct nla_policy spinat_epoch_epoch_del_nl_policy[SPINAT_EPOCH_A_EPOCH_OUT_SPI + 1];

extern const struct nla_policy spinat_epoch_epoch_ping_nl_policy[SPINAT_EPOCH_A_EPOCH_OUT_SPI + 1];

extern const struct nla_policy spinat_epoch_epoch_open_nl_policy[SPINAT_EPOCH_A_EPOCH_OUT_SPI + 1];

extern const struct nla_policy spinat_epoch_epoch_close_nl_policy[SPINAT_EPOCH_A_EPOCH_OUT_SPI + 1];

extern const struct nla_policy spinat_epoch_config_get_nl_policy[SPINAT_EPOCH_A_CONFIG_MAX_TUNNELS + 1];

extern const struct nla_policy spinat_epoch_config_set_nl_policy[SPINAT_EPOCH_A_CONFIG_HOLD_BYTES + 1];

extern const struct nla_policy spinat_epoch_stats_get_nl_policy[SPINAT_EPOCH_A_STATS_BORN + 1];

/* Ops table for spinat_epoch */
extern const struct genl_ops spinat_epoch_nl_ops[12];

int spinat_epoch_nl_tunnel_get_doit(struct sk_buff *skb,
				    struct genl_info *info);
int spinat_epoch_nl_tunnel_get_dumpit(struct sk_buff *skb,
				      struct netlink_callback *cb);
int spinat_epoch_nl_tunnel_set_doit(struct sk_buff *skb,
				    struct genl_info *info);
int spinat_epoch_nl_tunnel_del_doit(struct sk_buff *skb,
				    struct genl_info *info);
int spinat_epoch_nl_epoch_get_doit(struct sk_buff *skb, struct genl_info *info);
int spinat_epoch_nl_epoch_get_dumpit(struct sk_buff *skb,
				     struct netlink_callback *cb);
int spinat_epoch_nl_epoch_new_doit(struct sk_buff *skb, struct genl_info *info);
int spinat_epoch_nl_epoch_del_doit(struct sk_buff *skb, struct genl_info *info);
int spinat_epoch_nl_epoch_ping_doit(struct sk_buff *skb,
				    struct genl_info *info);
int spinat_epoch_nl_epoch_open_doit(struct sk_buff *skb,
				    struct genl_info *info);
int spinat_epoch_nl_epoch_close_doit(struct sk_buff *skb,
				     struct genl_info *info);
int spinat_epoch_nl_config_get_doit(struct sk_buff *skb,
				    struct genl_info *info);
int spinat_epoch_nl_config_set_doit(struct sk_buff *skb,
				    struct genl_info *info);
int spinat_epoch_nl_stats_get_doit(struct sk_buff *skb, struct genl_info *info);

enum {
	SPINAT_EPOCH_NLGRP_EPOCHS,
};

#endif /* _LINUX_SPINAT_EPOCH_GEN_H */
