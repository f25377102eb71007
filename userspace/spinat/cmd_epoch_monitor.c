// SPDX-License-Identifier: GPL-2.0
/* spinat epoch monitor: a line for each event. */
#include <stdio.h>

#include <linux/genetlink.h>
#include <linux/spinat_epoch.h>

#include "call.h"
#include "print.h"
#include "record.h"

#define E(attr)	SPINAT_BIT(SPINAT_EPOCH_A_EPOCH_##attr)
/* What a line of text has; JSON has everything. */
#define TOLD	(E(TUNNEL) | E(PEER) | E(OUT_SPI) | E(IN_SPI) | E(STATE) | \
		 E(PROVED) | E(AGE) | E(TRIES) | E(RTT) | E(STALL) | E(HELD) | \
		 E(HELD_DROPPED) | E(FAILURES))

static void line_print(const struct nlmsghdr *nlh)
{
	char label[SPINAT_TEXT] = "event";
	struct spinat_record rec;

	spinat_record_read(&rec, &spinat_epoch_epoch, nlh);
	if (spinat_record_has(&rec, SPINAT_EPOCH_A_EPOCH_EVENT))
		spinat_record_text(&rec, SPINAT_EPOCH_A_EPOCH_EVENT, label);
	spinat_print_line(&spinat_epoch_epoch, nlh, label, TOLD);
}

static void event_print(const struct spinat_call *call,
			const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);

	if (genl->cmd != SPINAT_EPOCH_CMD_EPOCH_NTF)
		return;
	if (call->json)
		spinat_print_object(&spinat_epoch_epoch, nlh, NULL, NULL);
	else
		line_print(nlh);
}

int spinat_epoch_monitor(struct spinat_call *call)
{
	return spinat_call_listen(call, SPINAT_EPOCH_MCGRP_EPOCHS, event_print);
}
