// SPDX-License-Identifier: GPL-2.0
/*
 * spinat epoch ping: asks for pings, then looks until all epochs that were
 * pinged have one more proof than before, or the time is over. There are no
 * events to wait for: the proof of an epoch that is open changes nothing.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <linux/spinat_epoch.h>

#include "call.h"
#include "print.h"
#include "record.h"

#define WAIT_DEFAULT	2000	/* ms */
#define LOOK_INTERVAL	20	/* ms */

#define E(attr)	SPINAT_BIT(SPINAT_EPOCH_A_EPOCH_##attr)
#define TOLD	(E(TUNNEL) | E(PEER) | E(OUT_SPI) | E(IN_SPI) | E(STATE))

struct tally {
	unsigned int pinged;
	unsigned int proved;
};

static int epochs_get(struct spinat_call *call, struct spinat_nl *nl,
		      struct spinat_msgs *msgs)
{
	const struct spinat_cmd *cmd = call->cmd;

	return (call->args.given & cmd->one ? spinat_call_one :
					      spinat_call_dump)
		(call, nl, cmd->get, cmd->answer, msgs);
}

static bool same_attr(const struct nlattr *a, const struct nlattr *b)
{
	return a && b && a->nla_len == b->nla_len &&
	       !memcmp(a, b, a->nla_len);
}

static bool same_epoch(const struct spinat_record *a,
		       const struct spinat_record *b)
{
	static const unsigned int key[] = {
		SPINAT_EPOCH_A_EPOCH_PEER, SPINAT_EPOCH_A_EPOCH_OUT_SPI,
		SPINAT_EPOCH_A_EPOCH_IN_SPI,
	};

	for (size_t i = 0; i < sizeof(key) / sizeof(key[0]); i++)
		if (!same_attr(a->attr[key[i]], b->attr[key[i]]))
			return false;
	return true;
}

/* The message of the same epoch in @msgs, NULL if it is gone. */
static const struct nlmsghdr *epoch_find(const struct spinat_msgs *msgs,
					 const struct spinat_record *wanted)
{
	const struct nlmsghdr *nlh = NULL;
	struct spinat_record rec;

	while ((nlh = spinat_msgs_next(msgs, nlh))) {
		spinat_record_read(&rec, wanted->set, nlh);
		if (same_epoch(&rec, wanted))
			break;
	}
	return nlh;
}

static bool has_proof(const struct spinat_record *before,
		      const struct nlmsghdr *nlh)
{
	const unsigned int proofs = SPINAT_EPOCH_A_EPOCH_PROOFS;
	struct spinat_record now;

	if (!nlh)
		return false;
	spinat_record_read(&now, before->set, nlh);
	return !same_attr(before->attr[proofs], now.attr[proofs]);
}

static void epoch_print(const struct spinat_call *call,
			const struct nlmsghdr *nlh, bool proof)
{
	const struct spinat_set *set = call->cmd->answer;

	if (call->json)
		spinat_print_object(set, nlh, "ping",
				    proof ? "proved" : "unproved");
	else if (proof)
		spinat_print_line(set, nlh, "proved", TOLD | E(RTT));
	else
		spinat_print_line(set, nlh, "unproved", TOLD | E(TRIES));
}

/* Compares what was and what is, and prints it if @print. */
static struct tally epochs_compare(const struct spinat_call *call,
				   const struct spinat_msgs *before,
				   const struct spinat_msgs *now, bool print)
{
	const struct nlmsghdr *was = NULL, *is;
	struct tally tally = { 0 };
	struct spinat_record rec;
	bool proof;

	while ((was = spinat_msgs_next(before, was))) {
		spinat_record_read(&rec, call->cmd->answer, was);
		if (!spinat_record_has(&rec, SPINAT_EPOCH_A_EPOCH_IN_SPI))
			continue;
		is = epoch_find(now, &rec);
		proof = has_proof(&rec, is);
		tally.pinged++;
		tally.proved += proof;
		if (print)
			epoch_print(call, is ? is : was, proof);
	}
	return tally;
}

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000ULL + now.tv_nsec / 1000000;
}

static int proofs_await(struct spinat_call *call, struct spinat_nl *nl,
			uint64_t limit, const struct spinat_msgs *before,
			struct spinat_msgs *now)
{
	const struct timespec pause = { .tv_nsec = LOOK_INTERVAL * 1000000 };
	uint64_t end = now_ms() + limit;
	struct tally tally;
	bool over;
	int ret;

	do {
		nanosleep(&pause, NULL);
		over = now_ms() >= end;
		ret = epochs_get(call, nl, now);
		if (ret)
			return ret;
		tally = epochs_compare(call, before, now, false);
	} while (tally.proved < tally.pinged && !over);
	epochs_compare(call, before, now, true);
	if (tally.pinged && tally.proved == tally.pinged)
		return SPINAT_DONE;
	if (tally.pinged)
		spinat_err_set(&call->err, ETIMEDOUT,
			       "%u of %u epochs were not proved within %llu ms",
			       tally.pinged - tally.proved, tally.pinged,
			       (unsigned long long)limit);
	else
		spinat_err_set(&call->err, EBUSY,
			       "no epoch was pinged, none of them is announced");
	return SPINAT_REFUSED;
}

static int ping(struct spinat_call *call, struct spinat_nl *nl,
		struct spinat_msgs *before, struct spinat_msgs *now)
{
	uint64_t limit = WAIT_DEFAULT;
	int ret;

	if (call->args.given & SPINAT_BIT(SPINAT_EPOCH_WAIT))
		limit = call->args.value[SPINAT_EPOCH_WAIT].number;
	ret = epochs_get(call, nl, before);
	if (!ret)
		ret = spinat_call_change(call, nl, call->cmd->change,
					 call->cmd->set);
	return ret ? ret : proofs_await(call, nl, limit, before, now);
}

int spinat_epoch_ping(struct spinat_call *call)
{
	struct spinat_msgs before = { 0 }, now = { 0 };
	struct spinat_nl nl;
	int ret;

	ret = spinat_call_open(call, &nl, NULL);
	if (ret)
		return ret;
	ret = ping(call, &nl, &before, &now);
	spinat_msgs_free(&before);
	spinat_msgs_free(&now);
	spinat_nl_close(&nl);
	return ret;
}
