// SPDX-License-Identifier: GPL-2.0
/*
 * Prints messages that no module of today sends: attributes that are missing,
 * too short, of unknown number or with unknown words; and refusals in every
 * form that kernels have. tool-print.sh compares with tests/golden.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <linux/genetlink.h>
#include <linux/spinat_epoch.h>
#include <linux/spinat_masq.h>

#include "../../userspace/spinat/nl_err.h"
#include "../../userspace/spinat/print.h"

static struct nlmsghdr *message(char *buf)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);

	nlh->nlmsg_type = NLMSG_MIN_TYPE;
	mnl_nlmsg_put_extra_header(nlh, sizeof(struct genlmsghdr));
	return nlh;
}

static void full(char *buf, struct spinat_msgs *msgs)
{
	static const unsigned char client[] = { 10, 0, 0, 2 };
	static const unsigned char server[] = { 192, 0, 2, 1 };
	static const unsigned char public[] = { 198, 51, 100, 1 };
	struct nlmsghdr *nlh = message(buf);

	mnl_attr_put(nlh, SPINAT_MASQ_A_PAIR_CLIENT, 4, client);
	mnl_attr_put(nlh, SPINAT_MASQ_A_PAIR_SERVER, 4, server);
	mnl_attr_put(nlh, SPINAT_MASQ_A_PAIR_PUBLIC, 4, public);
	mnl_attr_put_u32(nlh, SPINAT_MASQ_A_PAIR_OUT_SPI, htobe32(0xc0ffee01));
	mnl_attr_put_u32(nlh, SPINAT_MASQ_A_PAIR_IN_SPI, htobe32(0x100));
	mnl_attr_put_u32(nlh, SPINAT_MASQ_A_PAIR_EVIDENCE,
			 SPINAT_MASQ_EVIDENCE_ECHO);
	mnl_attr_put_u16(nlh, SPINAT_MASQ_A_PAIR_ZONE, 1024);
	mnl_attr_put_u32(nlh, SPINAT_MASQ_A_PAIR_IDLE, 850);
	mnl_attr_put_u32(nlh, SPINAT_MASQ_A_PAIR_AGE, 185000);
	mnl_attr_put_u32(nlh, SPINAT_MASQ_A_PAIR_OUT_PACKETS, 4294967295u);
	mnl_attr_put_u32(nlh, SPINAT_MASQ_A_PAIR_IN_PACKETS, 12);
	mnl_attr_put_u32(nlh, SPINAT_MASQ_A_PAIR_OUT_SEQ, 13);
	mnl_attr_put_u32(nlh, SPINAT_MASQ_A_PAIR_HELD, 0);
	mnl_attr_put(nlh, SPINAT_MASQ_A_PAIR_POOL_MISMATCH, 0, NULL);
	spinat_msgs_add(msgs, nlh);
}

static void odd(char *buf, struct spinat_msgs *msgs)
{
	static const unsigned char client[16] = {
		0xfd, [7] = 1, [15] = 0x12
	};
	struct nlmsghdr *nlh = message(buf);

	mnl_attr_put(nlh, SPINAT_MASQ_A_PAIR_CLIENT, 16, client);
	mnl_attr_put(nlh, SPINAT_MASQ_A_PAIR_SERVER, 5, client);
	mnl_attr_put_u16(nlh, SPINAT_MASQ_A_PAIR_OUT_SPI, 7);
	mnl_attr_put_u32(nlh, SPINAT_MASQ_A_PAIR_EVIDENCE, 77);
	mnl_attr_put_u32(nlh, SPINAT_MASQ_A_PAIR_IDLE, 0);
	mnl_attr_put_u32(nlh, SPINAT_MASQ_A_PAIR_AGE, 4294967295u);
	mnl_attr_put_u32(nlh, 60, 1);
	mnl_attr_put_u32(nlh, 600, 1);
	spinat_msgs_add(msgs, nlh);
}

static void list(void)
{
	struct spinat_msgs msgs = { 0 };
	char buf[2048];

	spinat_print_list(&spinat_masq_pair, &msgs, false);
	spinat_print_list(&spinat_masq_pair, &msgs, true);
	full(buf, &msgs);
	odd(buf, &msgs);
	spinat_msgs_add(&msgs, message(buf));
	spinat_print_list(&spinat_masq_pair, &msgs, false);
	spinat_print_list(&spinat_masq_pair, &msgs, true);
	spinat_print_line(&spinat_masq_pair, spinat_msgs_next(&msgs, NULL),
			  "new", UINT64_MAX);
	spinat_print_object(&spinat_masq_pair, spinat_msgs_next(&msgs, NULL),
			    "event", "pair-new-ntf");
	spinat_msgs_free(&msgs);
}

static void record(void)
{
	char buf[2048];
	struct nlmsghdr *nlh = message(buf);

	mnl_attr_put_u32(nlh, SPINAT_MASQ_A_CONFIG_PAIR_TIMEOUT, 14400);
	mnl_attr_put_u32(nlh, SPINAT_MASQ_A_CONFIG_ECHO_WINDOW, 250);
	mnl_attr_put_u16(nlh, SPINAT_MASQ_A_CONFIG_ZONE_MAX, 65535);
	mnl_attr_put_u32(nlh, SPINAT_MASQ_A_CONFIG_AMBIGUOUS,
			 SPINAT_MASQ_AMBIGUOUS_DROP);
	spinat_print_record(&spinat_masq_config, nlh, false);
	spinat_print_record(&spinat_masq_config, nlh, true);
	nlh = message(buf);
	mnl_attr_put_u64(nlh, SPINAT_MASQ_A_STATS_OUT_PACKETS, UINT64_MAX);
	spinat_print_record(&spinat_masq_stats, nlh, true);
}

#define E(attr)	SPINAT_EPOCH_A_EPOCH_##attr

static void proved(char *buf, struct spinat_msgs *msgs)
{
	static const unsigned char peer[] = { 192, 0, 2, 1 };
	static const unsigned char target[16] = { 0xfd, [15] = 1 };
	struct nlmsghdr *nlh = message(buf);

	mnl_attr_put_strz(nlh, E(TUNNEL), "home");
	mnl_attr_put(nlh, E(PEER), 4, peer);
	mnl_attr_put_u32(nlh, E(OUT_SPI), htobe32(0xc0ffee01));
	mnl_attr_put_u32(nlh, E(IN_SPI), htobe32(0x2000));
	mnl_attr_put(nlh, E(TARGET), 16, target);
	mnl_attr_put_u32(nlh, E(STATE), SPINAT_EPOCH_STATE_OPEN);
	mnl_attr_put(nlh, E(PROVED), 0, NULL);
	mnl_attr_put(nlh, E(LENGTHS_HIDDEN), 0, NULL);
	mnl_attr_put_u32(nlh, E(AGE), 3600000);
	mnl_attr_put_u32(nlh, E(SENT_AGO), 12);
	mnl_attr_put_u32(nlh, E(RECEIVED_AGO), 1999);
	mnl_attr_put_u32(nlh, E(RTT), 21345);
	mnl_attr_put_u32(nlh, E(HELD), 0);
	mnl_attr_put_u32(nlh, E(PINGS), 20);
	mnl_attr_put_u32(nlh, E(PROOFS), 19);
	mnl_attr_put_u32(nlh, E(EVENT), SPINAT_EPOCH_EVENT_PROVED);
	mnl_attr_put_u32(nlh, E(FAILURES), 2);
	/* The number of a key that no message has. */
	mnl_attr_put_u32(nlh, SPINAT_EPOCH_WAIT, 7);
	spinat_msgs_add(msgs, nlh);
}

/* One that waits; its round trip, of another epoch, is @rtt. */
static void waiting(char *buf, struct spinat_msgs *msgs, const char *name,
		    uint32_t rtt)
{
	struct nlmsghdr *nlh = message(buf);

	mnl_attr_put_strz(nlh, E(TUNNEL), name);
	mnl_attr_put_u32(nlh, E(OUT_SPI), htobe32(0x1000));
	mnl_attr_put_u32(nlh, E(STATE), SPINAT_EPOCH_STATE_HELD);
	mnl_attr_put_u32(nlh, E(RTT), rtt);
	mnl_attr_put_u32(nlh, E(HELD), 512);
	spinat_msgs_add(msgs, nlh);
}

/* Names may hold any byte but NUL, and end without one in a bad message. */
static void names(char *buf, struct spinat_msgs *msgs)
{
	waiting(buf, msgs, "say \"a\\b\"", 999);
	waiting(buf, msgs, "\033[2J\t\177", 999999);
	waiting(buf, msgs, "Stra\303\237e \342\202\254 \360\237\224\220", 1000000);
	waiting(buf, msgs, "\377\300\257\355\240\200\340\200\257\303", 0);
	mnl_attr_put(message(buf), E(TUNNEL), 4, "home");
	spinat_msgs_add(msgs, (void *)buf);
}

static void epochs(void)
{
	struct spinat_msgs msgs = { 0 };
	const struct nlmsghdr *nlh;
	char buf[2048];

	spinat_print_list(&spinat_epoch_epoch, &msgs, false);
	proved(buf, &msgs);
	names(buf, &msgs);
	spinat_print_list(&spinat_epoch_epoch, &msgs, false);
	spinat_print_list(&spinat_epoch_epoch, &msgs, true);
	nlh = spinat_msgs_next(&msgs, NULL);
	spinat_print_record(&spinat_epoch_epoch, nlh, false);
	spinat_print_line(&spinat_epoch_epoch, nlh, "proved", UINT64_MAX);
	spinat_print_object(&spinat_epoch_epoch, nlh, NULL, NULL);
	spinat_msgs_free(&msgs);
}

static void tunnels(void)
{
	struct spinat_msgs msgs = { 0 };
	char buf[2048];
	struct nlmsghdr *nlh = message(buf);

	mnl_attr_put_strz(nlh, SPINAT_EPOCH_A_TUNNEL_NAME, "home");
	mnl_attr_put_u32(nlh, SPINAT_EPOCH_A_TUNNEL_ROLE,
			 SPINAT_EPOCH_ROLE_CLIENT);
	mnl_attr_put_u32(nlh, SPINAT_EPOCH_A_TUNNEL_CEILING, 10000);
	mnl_attr_put_u64(nlh, SPINAT_EPOCH_A_TUNNEL_BUDGET, UINT64_MAX);
	mnl_attr_put_u32(nlh, SPINAT_EPOCH_A_TUNNEL_IDLE_NOW, 90000);
	mnl_attr_put_u64(nlh, SPINAT_EPOCH_A_TUNNEL_PINGS, 7);
	spinat_msgs_add(&msgs, nlh);
	spinat_print_list(&spinat_epoch_tunnel, &msgs, false);
	spinat_print_list(&spinat_epoch_tunnel, &msgs, true);
	spinat_print_record(&spinat_epoch_tunnel, nlh, false);
	spinat_msgs_free(&msgs);
}

/*
 * A refusal of the request @sent: the type of the answer decides where its
 * attributes begin.
 */
static void refusal(const struct nlmsghdr *sent, uint16_t type, uint16_t flags,
		    int code, const char *text, int offset, int missing)
{
	struct nlmsgerr body = { .error = -code, .msg = *sent };
	struct spinat_err err = { "nothing" };
	struct nlmsghdr *nlh;
	char buf[2048];
	int ret;

	nlh = mnl_nlmsg_put_header(buf);
	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = flags;
	if (type == NLMSG_DONE)
		memcpy(mnl_nlmsg_put_extra_header(nlh, 4), &body, 4);
	else
		memcpy(mnl_nlmsg_put_extra_header(nlh, sizeof(body)), &body,
		       sizeof(body));
	if (type == NLMSG_ERROR && !(flags & NLM_F_CAPPED))
		memcpy(mnl_nlmsg_put_extra_header(nlh, sent->nlmsg_len -
						  sizeof(*sent)),
		       sent + 1, sent->nlmsg_len - sizeof(*sent));
	if (text)
		mnl_attr_put_strz(nlh, NLMSGERR_ATTR_MSG, text);
	if (offset)
		mnl_attr_put_u32(nlh, NLMSGERR_ATTR_OFFS, offset);
	if (missing)
		mnl_attr_put_u32(nlh, 5, missing);
	ret = spinat_nl_result(nlh, sent, &spinat_masq_pair, &err);
	printf("%d %s\n", ret, err.text);
}

static void refusals(void)
{
	const uint16_t tlv = NLM_F_ACK_TLVS, capped = tlv | NLM_F_CAPPED;
	const uint16_t error = NLMSG_ERROR, done = NLMSG_DONE;
	char buf[2048];
	struct nlmsghdr *sent = message(buf);
	int server = sent->nlmsg_len, spi;

	mnl_attr_put(sent, SPINAT_MASQ_A_PAIR_SERVER, 4, "\1\2\3\4");
	spi = sent->nlmsg_len;
	mnl_attr_put_u32(sent, SPINAT_MASQ_A_PAIR_OUT_SPI, 1);

	refusal(sent, error, 0, 0, NULL, 0, 0);
	refusal(sent, done, 0, 0, NULL, 0, 0);
	refusal(sent, error, capped, 0, "it is a warning", 0, 0);
	refusal(sent, error, capped, 0, "it is one, too", spi, 0);
	refusal(sent, error, capped, EINVAL, "it is odd", 0, 0);
	refusal(sent, error, capped, EINVAL, "it is odd", server, 0);
	refusal(sent, error, tlv, EINVAL, "it is odd", spi, 0);
	refusal(sent, error, tlv, EINVAL, "it is odd", spi + 4, 0);
	refusal(sent, error, capped, EINVAL, "this server is odd", server, 0);
	refusal(sent, error, capped, EINVAL, "it is odd", 4000, 0);
	refusal(sent, error, capped, EINVAL, "it is odd", 0,
		SPINAT_MASQ_A_PAIR_IN_SPI);
	refusal(sent, error, capped, EINVAL, NULL, 0,
		SPINAT_MASQ_A_PAIR_CLIENT);
	refusal(sent, error, capped, EINVAL, NULL, 0, 77);
	refusal(sent, done, tlv, EINVAL, "it is odd", server, 0);
	refusal(sent, error, 0, EPERM, NULL, 0, 0);
	refusal(sent, error, 0, EOPNOTSUPP, NULL, 0, 0);
	refusal(sent, error, 0, ENOENT, NULL, 0, 0);
	refusal(sent, error, 0, ENOSPC, NULL, 0, 0);
}

int main(void)
{
	list();
	record();
	epochs();
	tunnels();
	refusals();
	return 0;
}
