// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	include/netlink/specs/spinat_masq.yaml */
/* YNL-GEN kernel source */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "netlink_gen.h"

#include <uapi/linux/spinat_masq.h>

/* SPINAT_MASQ_CMD_PAIR_GET - do */
const struct nla_policy spinat_masq_pair_get_nl_policy[SPINAT_MASQ_A_PAIR_IN_SPI + 1] = {
	[SPINAT_MASQ_A_PAIR_CLIENT] = { .type = NLA_BINARY, },
	[SPINAT_MASQ_A_PAIR_SERVER] = { .type = NLA_BINARY, },
	[SPINAT_MASQ_A_PAIR_OUT_SPI] = { .type = NLA_U32, },
	[SPINAT_MASQ_A_PAIR_IN_SPI] = { .type = NLA_U32, },
};

/* SPINAT_MASQ_CMD_PAIR_NEW - do */
const struct nla_policy spinat_masq_pair_new_nl_policy[SPINAT_MASQ_A_PAIR_OUT_SEQ + 1] = {
	[SPINAT_MASQ_A_PAIR_CLIENT] = { .type = NLA_BINARY, },
	[SPINAT_MASQ_A_PAIR_SERVER] = { .type = NLA_BINARY, },
	[SPINAT_MASQ_A_PAIR_PUBLIC] = { .type = NLA_BINARY, },
	[SPINAT_MASQ_A_PAIR_OUT_SPI] = { .type = NLA_U32, },
	[SPINAT_MASQ_A_PAIR_IN_SPI] = { .type = NLA_U32, },
	[SPINAT_MASQ_A_PAIR_EVIDENCE] = NLA_POLICY_MAX(NLA_U32, 4),
	[SPINAT_MASQ_A_PAIR_OUT_SEQ] = { .type = NLA_U32, },
};

/* SPINAT_MASQ_CMD_PAIR_DEL - do */
const struct nla_policy spinat_masq_pair_del_nl_policy[SPINAT_MASQ_A_PAIR_IN_SPI + 1] = {
	[SPINAT_MASQ_A_PAIR_CLIENT] = { .type = NLA_BINARY, },
	[SPINAT_MASQ_A_PAIR_SERVER] = { .type = NLA_BINARY, },
	[SPINAT_MASQ_A_PAIR_OUT_SPI] = { .type = NLA_U32, },
	[SPINAT_MASQ_A_PAIR_IN_SPI] = { .type = NLA_U32, },
};

/* SPINAT_MASQ_CMD_PAIR_FLUSH - do */
const struct nla_policy spinat_masq_pair_flush_nl_policy[SPINAT_MASQ_A_PAIR_SERVER + 1] = {
	[SPINAT_MASQ_A_PAIR_CLIENT] = { .type = NLA_BINARY, },
	[SPINAT_MASQ_A_PAIR_SERVER] = { .type = NLA_BINARY, },
};

/* SPINAT_MASQ_CMD_CLIENT_GET - do */
const struct nla_policy spinat_masq_client_get_nl_policy[SPINAT_MASQ_A_CLIENT_CLIENT + 1] = {
	[SPINAT_MASQ_A_CLIENT_CLIENT] = { .type = NLA_BINARY, },
};

/* SPINAT_MASQ_CMD_CONFIG_GET - do */
const struct nla_policy spinat_masq_config_get_nl_policy[SPINAT_MASQ_A_CONFIG_PAIR_TIMEOUT + 1] = {
	[SPINAT_MASQ_A_CONFIG_PAIR_TIMEOUT] = { .type = NLA_U32, },
};

/* SPINAT_MASQ_CMD_CONFIG_SET - do */
const struct nla_policy spinat_masq_config_set_nl_policy[SPINAT_MASQ_A_CONFIG_AMBIGUOUS + 1] = {
	[SPINAT_MASQ_A_CONFIG_PAIR_TIMEOUT] = { .type = NLA_U32, },
	[SPINAT_MASQ_A_CONFIG_OPEN_TIMEOUT] = { .type = NLA_U32, },
	[SPINAT_MASQ_A_CONFIG_ECHO_WINDOW] = { .type = NLA_U32, },
	[SPINAT_MASQ_A_CONFIG_ECHO_PATIENCE] = { .type = NLA_U32, },
	[SPINAT_MASQ_A_CONFIG_TURN_TIME] = { .type = NLA_U32, },
	[SPINAT_MASQ_A_CONFIG_TURN_GAP] = { .type = NLA_U32, },
	[SPINAT_MASQ_A_CONFIG_HOLD_TIME] = { .type = NLA_U32, },
	[SPINAT_MASQ_A_CONFIG_HOLD_CLIENT] = { .type = NLA_U32, },
	[SPINAT_MASQ_A_CONFIG_HOLD_TOTAL] = { .type = NLA_U32, },
	[SPINAT_MASQ_A_CONFIG_EARLY_TIME] = { .type = NLA_U32, },
	[SPINAT_MASQ_A_CONFIG_EARLY_BYTES] = { .type = NLA_U32, },
	[SPINAT_MASQ_A_CONFIG_CLIENT_PAIRS] = { .type = NLA_U32, },
	[SPINAT_MASQ_A_CONFIG_CLIENT_OPEN] = { .type = NLA_U32, },
	[SPINAT_MASQ_A_CONFIG_PREFIX_CLIENTS] = { .type = NLA_U32, },
	[SPINAT_MASQ_A_CONFIG_MAX_PAIRS] = { .type = NLA_U32, },
	[SPINAT_MASQ_A_CONFIG_ZONE_MIN] = { .type = NLA_U16, },
	[SPINAT_MASQ_A_CONFIG_ZONE_MAX] = { .type = NLA_U16, },
	[SPINAT_MASQ_A_CONFIG_ROAM_SILENCE] = { .type = NLA_U32, },
	[SPINAT_MASQ_A_CONFIG_AMBIGUOUS] = NLA_POLICY_MAX(NLA_U32, 2),
};

/* SPINAT_MASQ_CMD_STATS_GET - do */
const struct nla_policy spinat_masq_stats_get_nl_policy[SPINAT_MASQ_A_STATS_OUT_PACKETS + 1] = {
	[SPINAT_MASQ_A_STATS_OUT_PACKETS] = { .type = NLA_U64, },
};

/* Ops table for spinat_masq */
const struct genl_ops spinat_masq_nl_ops[8] = {
	{
		.cmd		= SPINAT_MASQ_CMD_PAIR_GET,
		.doit		= spinat_masq_nl_pair_get_doit,
		.dumpit		= spinat_masq_nl_pair_get_dumpit,
		.policy		= spinat_masq_pair_get_nl_policy,
		.maxattr	= SPINAT_MASQ_A_PAIR_IN_SPI,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SPINAT_MASQ_CMD_PAIR_NEW,
		.doit		= spinat_masq_nl_pair_new_doit,
		.policy		= spinat_masq_pair_new_nl_policy,
		.maxattr	= SPINAT_MASQ_A_PAIR_OUT_SEQ,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SPINAT_MASQ_CMD_PAIR_DEL,
		.doit		= spinat_masq_nl_pair_del_doit,
		.policy		= spinat_masq_pair_del_nl_policy,
		.maxattr	= SPINAT_MASQ_A_PAIR_IN_SPI,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SPINAT_MASQ_CMD_PAIR_FLUSH,
		.doit		= spinat_masq_nl_pair_flush_doit,
		.policy		= spinat_masq_pair_flush_nl_policy,
		.maxattr	= SPINAT_MASQ_A_PAIR_SERVER,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SPINAT_MASQ_CMD_CLIENT_GET,
		.doit		= spinat_masq_nl_client_get_doit,
		.dumpit		= spinat_masq_nl_client_get_dumpit,
		.policy		= spinat_masq_client_get_nl_policy,
		.maxattr	= SPINAT_MASQ_A_CLIENT_CLIENT,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SPINAT_MASQ_CMD_CONFIG_GET,
		.doit		= spinat_masq_nl_config_get_doit,
		.policy		= spinat_masq_config_get_nl_policy,
		.maxattr	= SPINAT_MASQ_A_CONFIG_PAIR_TIMEOUT,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SPINAT_MASQ_CMD_CONFIG_SET,
		.doit		= spinat_masq_nl_config_set_doit,
		.policy		= spinat_masq_config_set_nl_policy,
		.maxattr	= SPINAT_MASQ_A_CONFIG_AMBIGUOUS,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SPINAT_MASQ_CMD_STATS_GET,
		.doit		= spinat_masq_nl_stats_get_doit,
		.policy		= spinat_masq_stats_get_nl_policy,
		.maxattr	= SPINAT_MASQ_A_STATS_OUT_PACKETS,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
};

static const struct genl_multicast_group spinat_masq_nl_mcgrps[] = {
	[SPINAT_MASQ_NLGRP_PAIRS] = { "pairs", },
};
