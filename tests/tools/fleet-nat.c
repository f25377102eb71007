// SPDX-License-Identifier: GPL-2.0
#include <linux/genetlink.h>
#include <linux/spinat_masq.h>
#include <string.h>

#include "fleet.h"

struct pair {
	uint32_t out_spi, in_spi, evidence;
	uint8_t client[16];
};

static void note_pair(struct fleet *fleet, const struct pair *pair)
{
	struct member *member = member_of_spi(fleet, pair->out_spi);
	const struct addr *lan;

	if (pair->evidence != SPINAT_MASQ_EVIDENCE_ECHO || !member)
		return;
	lan = &member->now.local;
	if (member->paired_at || pair->out_spi != member->now.out_spi ||
	    pair->in_spi != member->now.in_spi ||
	    memcmp(pair->client, lan->bytes, lan->family == AF_INET ? 4 : 16))
		return;
	member->paired_at = now_us();
}

static int take_pair(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr;
	struct pair pair = {};

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		switch (mnl_attr_get_type(attr)) {
		case SPINAT_MASQ_A_PAIR_OUT_SPI:
			pair.out_spi = ntohl(mnl_attr_get_u32(attr));
			break;
		case SPINAT_MASQ_A_PAIR_IN_SPI:
			pair.in_spi = ntohl(mnl_attr_get_u32(attr));
			break;
		case SPINAT_MASQ_A_PAIR_EVIDENCE:
			pair.evidence = mnl_attr_get_u32(attr);
			break;
		case SPINAT_MASQ_A_PAIR_CLIENT:
			memcpy(pair.client, mnl_attr_get_payload(attr),
			       mnl_attr_get_payload_len(attr) == 4 ? 4 : 16);
			break;
		}
	}
	note_pair(data, &pair);
	return MNL_CB_OK;
}

void nat_look(struct fleet *fleet)
{
	int err;

	genl_begin(&fleet->nat, SPINAT_MASQ_CMD_PAIR_GET, NLM_F_DUMP);
	err = genl_talk(&fleet->nat, take_pair, fleet);
	if (err)
		die("asking the NAT for its pairs: %s (%s)", strerror(err),
		    fleet->nat.sentence);
}
