// SPDX-License-Identifier: GPL-2.0
/* spinat masq save: the pairs as text that "restore" and people can read. */
#include <linux/spinat_masq.h>

#include "call.h"
#include "print.h"
#include "record.h"
#include "saved.h"

static const char header[] =
	"# Pairs of spinat_masq, for \"spinat masq restore\"\n"
	"version " SPINAT_SAVED_VERSION "\n";

/* An out-SPI without an in-SPI tells another router nothing. */
static bool is_answered(const struct nlmsghdr *nlh)
{
	struct spinat_record rec;

	spinat_record_read(&rec, &spinat_masq_pair, nlh);
	return spinat_record_has(&rec, SPINAT_MASQ_A_PAIR_IN_SPI);
}

static void pairs_print(const struct spinat_msgs *msgs)
{
	const struct nlmsghdr *nlh = NULL;
	unsigned int open = 0;

	while ((nlh = spinat_msgs_next(msgs, nlh))) {
		if (is_answered(nlh))
			spinat_print_line(&spinat_masq_pair, nlh, "pin",
					  SPINAT_PIN_MUST | SPINAT_PIN_MAY);
		else
			open++;
	}
	if (open)
		printf("# without an in-SPI, not saved: %u\n", open);
}

int spinat_masq_save(struct spinat_call *call)
{
	struct spinat_msgs msgs = { 0 };
	struct spinat_nl nl;
	int ret;

	ret = spinat_call_open(call, &nl, NULL);
	if (ret)
		return ret;
	ret = spinat_call_dump(call, &nl, SPINAT_MASQ_CMD_PAIR_GET,
			       &spinat_masq_pair, &msgs);
	spinat_nl_close(&nl);
	if (!ret) {
		fputs(header, stdout);
		pairs_print(&msgs);
	}
	spinat_msgs_free(&msgs);
	return ret;
}
