// SPDX-License-Identifier: GPL-2.0
/* spinat masq set, pin, del, flush: one request each. */
#include <linux/spinat_masq.h>

#include "cmd_masq.h"

int spinat_masq_set(struct spinat_call *call)
{
	return spinat_masq_ask(call, SPINAT_MASQ_CMD_CONFIG_SET,
			       &spinat_masq_config, NULL);
}

int spinat_masq_pin(struct spinat_call *call)
{
	return spinat_masq_ask(call, SPINAT_MASQ_CMD_PAIR_NEW,
			       &spinat_masq_pair, NULL);
}

int spinat_masq_del(struct spinat_call *call)
{
	return spinat_masq_ask(call, SPINAT_MASQ_CMD_PAIR_DEL,
			       &spinat_masq_pair, NULL);
}

int spinat_masq_flush(struct spinat_call *call)
{
	return spinat_masq_ask(call, SPINAT_MASQ_CMD_PAIR_FLUSH,
			       &spinat_masq_pair, NULL);
}
