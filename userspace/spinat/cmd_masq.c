// SPDX-License-Identifier: GPL-2.0
/* The verbs of "spinat masq". */
#include <stddef.h>

#include <linux/spinat_masq.h>

#include "cmd.h"
#include "saved.h"

#define P(attr)	SPINAT_BIT(SPINAT_MASQ_A_PAIR_##attr)
#define C(attr)	SPINAT_BIT(SPINAT_MASQ_A_CLIENT_##attr)
/* All of them from 1 on. */
#define CONFIG_ALL	(SPINAT_BIT(SPINAT_MASQ_A_CONFIG_MAX + 1) - 2)

const struct spinat_cmd spinat_masq_cmds[] = {
	{ "show", spinat_cmd_list,
	  "list the pairs: which client owns which SPIs, and why",
	  &spinat_masq_pair, 0,
	  P(CLIENT) | P(SERVER) | P(OUT_SPI) | P(IN_SPI),
	  .get = SPINAT_MASQ_CMD_PAIR_GET, .answer = &spinat_masq_pair,
	  .one = P(OUT_SPI) | P(IN_SPI),
	  .none = "no pairs yet; they appear when ESP leaves that a NAT rule rewrites" },
	{ "clients", spinat_cmd_list,
	  "list the clients",
	  &spinat_masq_client, 0, C(CLIENT),
	  .get = SPINAT_MASQ_CMD_CLIENT_GET, .answer = &spinat_masq_client,
	  .one = C(CLIENT),
	  .none = "no clients yet; they appear when ESP leaves that a NAT rule rewrites" },
	{ "stats", spinat_cmd_record,
	  "show the counters",
	  .get = SPINAT_MASQ_CMD_STATS_GET, .answer = &spinat_masq_stats },
	{ "config", spinat_cmd_record,
	  "show the settings",
	  .get = SPINAT_MASQ_CMD_CONFIG_GET, .answer = &spinat_masq_config },
	{ "set", spinat_cmd_change,
	  "change settings, all that are given or none",
	  &spinat_masq_config, 0, CONFIG_ALL, .some = CONFIG_ALL,
	  .change = SPINAT_MASQ_CMD_CONFIG_SET },
	{ "pin", spinat_cmd_change,
	  "tell the NAT a pair",
	  &spinat_masq_pair, SPINAT_PIN_MUST, SPINAT_PIN_MAY,
	  .change = SPINAT_MASQ_CMD_PAIR_NEW },
	{ "del", spinat_cmd_change,
	  "forget an out-SPI, or one in-SPI of it",
	  &spinat_masq_pair, P(SERVER) | P(OUT_SPI), P(IN_SPI) | P(CLIENT),
	  .change = SPINAT_MASQ_CMD_PAIR_DEL },
	{ "flush", spinat_cmd_change,
	  "forget all pairs, or those of a client, a server, or both",
	  &spinat_masq_pair, 0, P(CLIENT) | P(SERVER),
	  .change = SPINAT_MASQ_CMD_PAIR_FLUSH },
	{ "monitor", spinat_masq_monitor,
	  "print changes of pairs as they happen" },
	{ "save", spinat_masq_save,
	  "print the pairs for restore" },
	{ "restore", spinat_masq_restore,
	  "bring saved pairs back, with their evidence", .file = true },
	{ NULL }
};
