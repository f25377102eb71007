// SPDX-License-Identifier: GPL-2.0
/* The verbs of "spinat epoch". */
#include <stddef.h>

#include <linux/spinat_epoch.h>

#include "cmd.h"

#define T(attr)	SPINAT_BIT(SPINAT_EPOCH_A_TUNNEL_##attr)
#define E(attr)	SPINAT_BIT(SPINAT_EPOCH_A_EPOCH_##attr)
/* The settings: from the peer on, up to the first attribute that only tells. */
#define TUNNEL_SETTINGS	(T(EPOCHS) - T(PEER))
/* All of them from 1 on. */
#define CONFIG_ALL	(SPINAT_BIT(SPINAT_EPOCH_A_CONFIG_MAX + 1) - 2)
/* What names epochs. */
#define WHICH		(E(TUNNEL) | E(PEER) | E(OUT_SPI))

const struct spinat_cmd spinat_epoch_cmds[] = {
	{ "show", spinat_cmd_list,
	  "list the epochs: SAs to the peers of tunnels, and their gates",
	  &spinat_epoch_epoch, 0, WHICH,
	  .get = SPINAT_EPOCH_CMD_EPOCH_GET, .answer = &spinat_epoch_epoch,
	  .one = E(OUT_SPI), .full = true,
	  .none = "no epochs; they appear when SAs to the peer of a tunnel do" },
	{ "tunnels", spinat_cmd_list,
	  "list the tunnels, or show all settings of one",
	  &spinat_epoch_tunnel, 0, T(NAME),
	  .get = SPINAT_EPOCH_CMD_TUNNEL_GET, .answer = &spinat_epoch_tunnel,
	  .one = T(NAME), .full = true,
	  .none = "no tunnels; \"spinat epoch set\" makes one" },
	{ "stats", spinat_cmd_record,
	  "show the counters",
	  .get = SPINAT_EPOCH_CMD_STATS_GET, .answer = &spinat_epoch_stats },
	{ "config", spinat_cmd_config,
	  "show the limits, or change those given, all or none",
	  &spinat_epoch_config, 0, CONFIG_ALL,
	  .get = SPINAT_EPOCH_CMD_CONFIG_GET, .answer = &spinat_epoch_config,
	  .change = SPINAT_EPOCH_CMD_CONFIG_SET },
	{ "set", spinat_cmd_change,
	  "make a tunnel, or change settings of one, all or none",
	  &spinat_epoch_tunnel, T(NAME), TUNNEL_SETTINGS,
	  .some = TUNNEL_SETTINGS,
	  .change = SPINAT_EPOCH_CMD_TUNNEL_SET },
	{ "unset", spinat_cmd_change,
	  "forget a tunnel and its epochs; what they hold is sent",
	  &spinat_epoch_tunnel, T(NAME), 0,
	  .change = SPINAT_EPOCH_CMD_TUNNEL_DEL },
	{ "add", spinat_cmd_change,
	  "announce an epoch: the two SPIs of SAs that exist",
	  &spinat_epoch_epoch, E(TUNNEL) | E(OUT_SPI) | E(IN_SPI),
	  E(PEER) | E(TARGET) | E(SOURCE),
	  .change = SPINAT_EPOCH_CMD_EPOCH_NEW },
	{ "del", spinat_cmd_change,
	  "forget epochs; what they hold is sent, their SAs are not gated",
	  &spinat_epoch_epoch, 0, WHICH, .some = WHICH,
	  .change = SPINAT_EPOCH_CMD_EPOCH_DEL },
	{ "ping", spinat_epoch_ping,
	  "ping through epochs now, and tell who answered",
	  &spinat_epoch_epoch, 0, WHICH | SPINAT_BIT(SPINAT_EPOCH_WAIT),
	  .some = WHICH,
	  .get = SPINAT_EPOCH_CMD_EPOCH_GET, .answer = &spinat_epoch_epoch,
	  .one = E(OUT_SPI),
	  .change = SPINAT_EPOCH_CMD_EPOCH_PING },
	{ "open", spinat_cmd_change,
	  "open gates without a proof",
	  &spinat_epoch_epoch, 0, WHICH, .some = WHICH,
	  .change = SPINAT_EPOCH_CMD_EPOCH_OPEN },
	{ "close", spinat_cmd_change,
	  "close gates until the next proof, or the ceiling",
	  &spinat_epoch_epoch, 0, WHICH, .some = WHICH,
	  .change = SPINAT_EPOCH_CMD_EPOCH_CLOSE },
	{ "monitor", spinat_epoch_monitor,
	  "print what happens to epochs as it happens" },
	{ NULL }
};
