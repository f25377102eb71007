// SPDX-License-Identifier: GPL-2.0
/* spinat masq show, clients, stats, config: what there is. */
#include <linux/spinat_masq.h>

#include "cmd_masq.h"
#include "print.h"

static int list(struct spinat_call *call, uint8_t cmd,
		const struct spinat_set *set, const char *none)
{
	struct spinat_msgs msgs = { 0 };
	int ret;

	ret = spinat_masq_dump(call, cmd, set, &msgs);
	if (!ret)
		spinat_print_list(set, &msgs, call->json);
	if (!ret && !call->json && !msgs.len)
		spinat_note(call, "%s", none);
	spinat_msgs_free(&msgs);
	return ret;
}

/* The one record that the keys name, still as a list. */
static int list_one(struct spinat_call *call, uint8_t cmd,
		    const struct spinat_set *set)
{
	struct spinat_msgs msgs = { 0 };
	int ret;

	ret = spinat_masq_ask(call, cmd, set, &msgs);
	if (!ret)
		spinat_print_list(set, &msgs, call->json);
	spinat_msgs_free(&msgs);
	return ret;
}

int spinat_masq_show(struct spinat_call *call)
{
	const uint64_t spis = SPINAT_BIT(SPINAT_MASQ_A_PAIR_OUT_SPI) |
			      SPINAT_BIT(SPINAT_MASQ_A_PAIR_IN_SPI);

	if (call->args.given & spis)
		return list_one(call, SPINAT_MASQ_CMD_PAIR_GET,
				&spinat_masq_pair);
	return list(call, SPINAT_MASQ_CMD_PAIR_GET, &spinat_masq_pair,
		    call->args.given ?
		    "no pair matches; \"spinat masq show\" lists all" :
		    "no pairs yet; they appear when ESP leaves that a NAT rule rewrites");
}

int spinat_masq_clients(struct spinat_call *call)
{
	if (call->args.given)
		return list_one(call, SPINAT_MASQ_CMD_CLIENT_GET,
				&spinat_masq_client);
	return list(call, SPINAT_MASQ_CMD_CLIENT_GET, &spinat_masq_client,
		    "no clients yet; they appear when ESP leaves that a NAT rule rewrites");
}

static int record(struct spinat_call *call, uint8_t cmd,
		  const struct spinat_set *set)
{
	struct spinat_msgs msgs = { 0 };
	int ret;

	ret = spinat_masq_ask(call, cmd, set, &msgs);
	if (!ret)
		spinat_print_record(set, spinat_msgs_next(&msgs, NULL),
				    call->json);
	spinat_msgs_free(&msgs);
	return ret;
}

int spinat_masq_stats_show(struct spinat_call *call)
{
	return record(call, SPINAT_MASQ_CMD_STATS_GET, &spinat_masq_stats);
}

int spinat_masq_config_show(struct spinat_call *call)
{
	return record(call, SPINAT_MASQ_CMD_CONFIG_GET, &spinat_masq_config);
}
