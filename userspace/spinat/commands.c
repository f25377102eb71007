// SPDX-License-Identifier: GPL-2.0
#include <stddef.h>

#include <linux/spinat_masq.h>

#include "cmd.h"
#include "saved.h"

#define P(attr)	SPINAT_BIT(SPINAT_MASQ_A_PAIR_##attr)
#define C(attr)	SPINAT_BIT(SPINAT_MASQ_A_CLIENT_##attr)
/* All of them from 1 on. */
#define CONFIG_ALL	(SPINAT_BIT(SPINAT_MASQ_A_CONFIG_MAX + 1) - 2)

const struct spinat_cmd spinat_cmds[] = {
	{ "masq", "show", spinat_masq_show,
	  "list the pairs: which client owns which SPIs, and why",
	  &spinat_masq_pair, 0,
	  P(CLIENT) | P(SERVER) | P(OUT_SPI) | P(IN_SPI) },
	{ "masq", "clients", spinat_masq_clients,
	  "list the clients",
	  &spinat_masq_client, 0, C(CLIENT) },
	{ "masq", "stats", spinat_masq_stats_show,
	  "show the counters" },
	{ "masq", "config", spinat_masq_config_show,
	  "show the settings" },
	{ "masq", "set", spinat_masq_set,
	  "change settings, all that are given or none",
	  &spinat_masq_config, 0, CONFIG_ALL, .some = true },
	{ "masq", "pin", spinat_masq_pin,
	  "tell the NAT a pair",
	  &spinat_masq_pair, SPINAT_PIN_MUST, SPINAT_PIN_MAY },
	{ "masq", "del", spinat_masq_del,
	  "forget an out-SPI, or one in-SPI of it",
	  &spinat_masq_pair, P(SERVER) | P(OUT_SPI), P(IN_SPI) | P(CLIENT) },
	{ "masq", "flush", spinat_masq_flush,
	  "forget all pairs, or those of a client, a server, or both",
	  &spinat_masq_pair, 0, P(CLIENT) | P(SERVER) },
	{ "masq", "monitor", spinat_masq_monitor,
	  "print changes of pairs as they happen" },
	{ "masq", "save", spinat_masq_save,
	  "print the pairs for restore" },
	{ "masq", "restore", spinat_masq_restore,
	  "bring saved pairs back, with their evidence", .file = true },
	{ NULL }
};
