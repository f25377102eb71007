/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	include/netlink/specs/spinat_masq.yaml */
/* YNL-GEN kernel header */

#ifndef _LINUX_SPINAT_MASQ_GEN_H
#define _LINUX_SPINAT_MASQ_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/linux/spinat_masq.h>

extern const struct nla_policy spinat_masq_pair_get_nl_policy[SPINAT_MASQ_A_PAIR_IN_SPI + 1];

extern const struct nla_policy spinat_masq_pair_new_nl_policy[SPINAT_MASQ_A_PAIR_OUT_SEQ + 1];

extern const struct nla_policy spinat_masq_pair_del_nl_policy[SPINAT_MASQ_A_PAIR_IN_SPI + 1];

extern const struct nla_policy spinat_masq_pair_flush_nl_policy[SPINAT_MASQ_A_PAIR_SERVER + 1];

extern const struct nla_policy spinat_masq_client_get_nl_policy[SPINAT_MASQ_A_CLIENT_CLIENT + 1];

extern const struct nla_policy spinat_masq_config_get_nl_policy[SPINAT_MASQ_A_CONFIG_PAIR_TIMEOUT + 1];

extern const struct nla_policy spinat_masq_config_set_nl_policy[SPINAT_MASQ_A_CONFIG_AMBIGUOUS + 1];

extern const struct nla_policy spinat_masq_stats_get_nl_policy[SPINAT_MASQ_A_STATS_OUT_PACKETS + 1];

/* Ops table for spinat_masq */
extern const struct genl_ops spinat_masq_nl_ops[8];

int spinat_masq_nl_pair_get_doit(struct sk_buff *skb, struct genl_info *info);
int spinat_masq_nl_pair_get_dumpit(struct sk_buff *skb,
				   struct netlink_callback *cb);
int spinat_masq_nl_pair_new_doit(struct sk_buff *skb, struct genl_info *info);
int spinat_masq_nl_pair_del_doit(struct sk_buff *skb, struct genl_info *info);
int spinat_masq_nl_pair_flush_doit(struct sk_buff *skb, struct genl_info *info);
int spinat_masq_nl_client_get_doit(struct sk_buff *skb, struct genl_info *info);
int spinat_masq_nl_client_get_dumpit(struct sk_buff *skb,
				     struct netlink_callback *cb);
int spinat_masq_nl_config_get_doit(struct sk_buff *skb, struct genl_info *info);
int spinat_masq_nl_config_set_doit(struct sk_buff *skb, struct genl_info *info);
int spinat_masq_nl_stats_get_doit(struct sk_buff *skb, struct genl_info *info);

enum {
	SPINAT_MASQ_NLGRP_PAIRS,
};

#endif /* _LINUX_SPINAT_MASQ_GEN_H */
