// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	include/netlink/specs/spinat_epoch.yaml */
/* YNL-GEN kernel source */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "netlink_gen.h"

#include <uapi/linux/spinat_epoch.h>

/* SPINAT_EPOCH_CMD_TUNNEL_GET - do */
const struct nla_policy spinat_epoch_tunnel_get_nl_policy[SPINAT_EPOCH_A_TUNNEL_NAME + 1] = {
	[SPINAT_EPOCH_A_TUNNEL_NAME] = { .type = NLA_NUL_STRING, .len = 63, },
};

/* SPINAT_EPOCH_CMD_TUNNEL_SET - do */
const struct nla_policy spinat_epoch_tunnel_set_nl_policy[SPINAT_EPOCH_A_TUNNEL_BUDGET + 1] = {
	[SPINAT_EPOCH_A_TUNNEL_NAME] = { .type = NLA_NUL_STRING, .len = 63, },
	[SPINAT_EPOCH_A_TUNNEL_PEER] = { .type = NLA_BINARY, },
	[SPINAT_EPOCH_A_TUNNEL_ROLE] = NLA_POLICY_MAX(NLA_U32, 2),
	[SPINAT_EPOCH_A_TUNNEL_TARGET] = { .type = NLA_BINARY, },
	[SPINAT_EPOCH_A_TUNNEL_SOURCE] = { .type = NLA_BINARY, },
	[SPINAT_EPOCH_A_TUNNEL_IF_ID] = { .type = NLA_U32, },
	[SPINAT_EPOCH_A_TUNNEL_MARK] = { .type = NLA_U32, },
	[SPINAT_EPOCH_A_TUNNEL_PING_MIN] = { .type = NLA_U32, },
	[SPINAT_EPOCH_A_TUNNEL_PING_MAX] = { .type = NLA_U32, },
	[SPINAT_EPOCH_A_TUNNEL_TRIES] = { .type = NLA_U32, },
	[SPINAT_EPOCH_A_TUNNEL_STALE_AFTER] = { .type = NLA_U32, },
	[SPINAT_EPOCH_A_TUNNEL_IDLE_INTERVAL] = { .type = NLA_U32, },
	[SPINAT_EPOCH_A_TUNNEL_CEILING] = { .type = NLA_U32, },
	[SPINAT_EPOCH_A_TUNNEL_ON_CEILING] = NLA_POLICY_MAX(NLA_U32, 2),
	[SPINAT_EPOCH_A_TUNNEL_REKEYS] = { .type = NLA_U32, },
	[SPINAT_EPOCH_A_TUNNEL_RETRY] = { .type = NLA_U32, },
	[SPINAT_EPOCH_A_TUNNEL_RETRY_MAX] = { .type = NLA_U32, },
	[SPINAT_EPOCH_A_TUNNEL_HOLD_PACKETS] = { .type = NLA_U32, },
	[SPINAT_EPOCH_A_TUNNEL_HOLD_BYTES] = { .type = NLA_U32, },
	[SPINAT_EPOCH_A_TUNNEL_BUDGET] = { .type = NLA_U64, },
};

/* SPINAT_EPOCH_CMD_TUNNEL_DEL - do */
const struct nla_policy spinat_epoch_tunnel_del_nl_policy[SPINAT_EPOCH_A_TUNNEL_NAME + 1] = {
	[SPINAT_EPOCH_A_TUNNEL_NAME] = { .type = NLA_NUL_STRING, .len = 63, },
};

/* SPINAT_EPOCH_CMD_EPOCH_GET - do */
const struct nla_policy spinat_epoch_epoch_get_nl_policy[SPINAT_EPOCH_A_EPOCH_OUT_SPI + 1] = {
	[SPINAT_EPOCH_A_EPOCH_TUNNEL] = { .type = NLA_NUL_STRING, .len = 63, },
	[SPINAT_EPOCH_A_EPOCH_PEER] = { .type = NLA_BINARY, },
	[SPINAT_EPOCH_A_EPOCH_OUT_SPI] = { .type = NLA_U32, },
};

/* SPINAT_EPOCH_CMD_EPOCH_NEW - do */
const struct nla_policy spinat_epoch_epoch_new_nl_policy[SPINAT_EPOCH_A_EPOCH_SOURCE + 1] = {
	[SPINAT_EPOCH_A_EPOCH_TUNNEL] = { .type = NLA_NUL_STRING, .len = 63, },
	[SPINAT_EPOCH_A_EPOCH_PEER] = { .type = NLA_BINARY, },
	[SPINAT_EPOCH_A_EPOCH_OUT_SPI] = { .type = NLA_U32, },
	[SPINAT_EPOCH_A_EPOCH_IN_SPI] = { .type = NLA_U32, },
	[SPINAT_EPOCH_A_EPOCH_TARGET] = { .type = NLA_BINARY, },
	[SPINAT_EPOCH_A_EPOCH_SOURCE] = { .type = NLA_BINARY, },
};

/* SPINAT_EPOCH_CMD_EPOCH_DEL - do */
const struct nla_policy spinat_epoch_epoch_del_nl_policy[SPINAT_EPOCH_A_EPOCH_OUT_SPI + 1] = {
	[SPINAT_EPOCH_A_EPOCH_TUNNEL] = { .type = NLA_NUL_STRING, .len = 63, },
	[SPINAT_EPOCH_A_EPOCH_PEER] = { .type = NLA_BINARY, },
	[SPINAT_EPOCH_A_EPOCH_OUT_SPI] = { .type = NLA_U32, },
};

/* SPINAT_EPOCH_CMD_EPOCH_PING - do */
const struct nla_policy spinat_epoch_epoch_ping_nl_policy[SPINAT_EPOCH_A_EPOCH_OUT_SPI + 1] = {
	[SPINAT_EPOCH_A_EPOCH_TUNNEL] = { .type = NLA_NUL_STRING, .len = 63, },
	[SPINAT_EPOCH_A_EPOCH_PEER] = { .type = NLA_BINARY, },
	[SPINAT_EPOCH_A_EPOCH_OUT_SPI] = { .type = NLA_U32, },
};

/* SPINAT_EPOCH_CMD_EPOCH_OPEN - do */
const struct nla_policy spinat_epoch_epoch_open_nl_policy[SPINAT_EPOCH_A_EPOCH_OUT_SPI + 1] = {
	[SPINAT_EPOCH_A_EPOCH_TUNNEL] = { .type = NLA_NUL_STRING, .len = 63, },
	[SPINAT_EPOCH_A_EPOCH_PEER] = { .type = NLA_BINARY, },
	[SPINAT_EPOCH_A_EPOCH_OUT_SPI] = { .type = NLA_U32, },
};

/* SPINAT_EPOCH_CMD_EPOCH_CLOSE - do */
const struct nla_policy spinat_epoch_epoch_close_nl_policy[SPINAT_EPOCH_A_EPOCH_OUT_SPI + 1] = {
	[SPINAT_EPOCH_A_EPOCH_TUNNEL] = { .type = NLA_NUL_STRING, .len = 63, },
	[SPINAT_EPOCH_A_EPOCH_PEER] = { .type = NLA_BINARY, },
	[SPINAT_EPOCH_A_EPOCH_OUT_SPI] = { .type = NLA_U32, },
};

/* SPINAT_EPOCH_CMD_CONFIG_GET - do */
const struct nla_policy spinat_epoch_config_get_nl_policy[SPINAT_EPOCH_A_CONFIG_MAX_TUNNELS + 1] = {
	[SPINAT_EPOCH_A_CONFIG_MAX_TUNNELS] = { .type = NLA_U32, },
};

/* SPINAT_EPOCH_CMD_CONFIG_SET - do */
const struct nla_policy spinat_epoch_config_set_nl_policy[SPINAT_EPOCH_A_CONFIG_HOLD_BYTES + 1] = {
	[SPINAT_EPOCH_A_CONFIG_MAX_TUNNELS] = { .type = NLA_U32, },
	[SPINAT_EPOCH_A_CONFIG_MAX_EPOCHS] = { .type = NLA_U32, },
	[SPINAT_EPOCH_A_CONFIG_HOLD_PACKETS] = { .type = NLA_U32, },
	[SPINAT_EPOCH_A_CONFIG_HOLD_BYTES] = { .type = NLA_U32, },
};

/* SPINAT_EPOCH_CMD_STATS_GET - do */
const struct nla_policy spinat_epoch_stats_get_nl_policy[SPINAT_EPOCH_A_STATS_BORN + 1] = {
	[SPINAT_EPOCH_A_STATS_BORN] = { .type = NLA_U64, },
};

/* Ops table for spinat_epoch */
const struct genl_ops spinat_epoch_nl_ops[12] = {
	{
		.cmd		= SPINAT_EPOCH_CMD_TUNNEL_GET,
		.doit		= spinat_epoch_nl_tunnel_get_doit,
		.dumpit		= spinat_epoch_nl_tunnel_get_dumpit,
		.policy		= spinat_epoch_tunnel_get_nl_policy,
		.maxattr	= SPINAT_EPOCH_A_TUNNEL_NAME,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SPINAT_EPOCH_CMD_TUNNEL_SET,
		.doit		= spinat_epoch_nl_tunnel_set_doit,
		.policy		= spinat_epoch_tunnel_set_nl_policy,
		.maxattr	= SPINAT_EPOCH_A_TUNNEL_BUDGET,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SPINAT_EPOCH_CMD_TUNNEL_DEL,
		.doit		= spinat_epoch_nl_tunnel_del_doit,
		.policy		= spinat_epoch_tunnel_del_nl_policy,
		.maxattr	= SPINAT_EPOCH_A_TUNNEL_NAME,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SPINAT_EPOCH_CMD_EPOCH_GET,
		.doit		= spinat_epoch_nl_epoch_get_doit,
		.dumpit		= spinat_epoch_nl_epoch_get_dumpit,
		.policy		= spinat_epoch_epoch_get_nl_policy,
		.maxattr	= SPINAT_EPOCH_A_EPOCH_OUT_SPI,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SPINAT_EPOCH_CMD_EPOCH_NEW,
		.doit		= spinat_epoch_nl_epoch_new_doit,
		.policy		= spinat_epoch_epoch_new_nl_policy,
		.maxattr	= SPINAT_EPOCH_A_EPOCH_SOURCE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SPINAT_EPOCH_CMD_EPOCH_DEL,
		.doit		= spinat_epoch_nl_epoch_del_doit,
		.policy		= spinat_epoch_epoch_del_nl_policy,
		.maxattr	= SPINAT_EPOCH_A_EPOCH_OUT_SPI,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SPINAT_EPOCH_CMD_EPOCH_PING,
		.doit		= spinat_epoch_nl_epoch_ping_doit,
		.policy		= spinat_epoch_epoch_ping_nl_policy,
		.maxattr	= SPINAT_EPOCH_A_EPOCH_OUT_SPI,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SPINAT_EPOCH_CMD_EPOCH_OPEN,
		.doit		= spinat_epoch_nl_epoch_open_doit,
		.policy		= spinat_epoch_epoch_open_nl_policy,
		.maxattr	= SPINAT_EPOCH_A_EPOCH_OUT_SPI,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SPINAT_EPOCH_CMD_EPOCH_CLOSE,
		.doit		= spinat_epoch_nl_epoch_close_doit,
		.policy		= spinat_epoch_epoch_close_nl_policy,
		.maxattr	= SPINAT_EPOCH_A_EPOCH_OUT_SPI,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SPINAT_EPOCH_CMD_CONFIG_GET,
		.doit		= spinat_epoch_nl_config_get_doit,
		.policy		= spinat_epoch_config_get_nl_policy,
		.maxattr	= SPINAT_EPOCH_A_CONFIG_MAX_TUNNELS,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SPINAT_EPOCH_CMD_CONFIG_SET,
		.doit		= spinat_epoch_nl_config_set_doit,
		.policy		= spinat_epoch_config_set_nl_policy,
		.maxattr	= SPINAT_EPOCH_A_CONFIG_HOLD_BYTES,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SPINAT_EPOCH_CMD_STATS_GET,
		.doit		= spinat_epoch_nl_stats_get_doit,
		.policy		= spinat_epoch_stats_get_nl_policy,
		.maxattr	= SPINAT_EPOCH_A_STATS_BORN,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
};

static const struct genl_multicast_group spinat_epoch_nl_mcgrps[] = {
	[SPINAT_EPOCH_NLGRP_EPOCHS] = { "epochs", },
};
