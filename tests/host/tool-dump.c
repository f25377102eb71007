// SPDX-License-Identifier: GPL-2.0
/*
 * A kernel made of two functions: it answers the tool's dumps as a real one
 * rarely does. What is defined here takes the place of libmnl's functions of
 * the same name. tool-dump.sh compares what is printed.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <linux/genetlink.h>
#include <linux/spinat_masq.h>

#include "../../userspace/spinat/nl.h"

/*
 * What to answer, a letter a message: r a record, i a record of a dump that
 * was interrupted, s a record of an older request, d the end, x the end with
 * an error, e a refusal; a blank begins the next datagram. A dump takes what
 * is left where the last one stopped.
 */
static const char *script;
static uint32_t seq;
static int requests;

ssize_t mnl_socket_sendto(const struct mnl_socket *nl, const void *buf,
			  size_t len)
{
	(void)nl;
	seq = ((const struct nlmsghdr *)buf)->nlmsg_seq;
	requests++;
	return len;
}

static struct nlmsghdr *answer_one(char *buf, char kind)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	int code = -EBUSY;

	nlh->nlmsg_seq = kind == 's' ? seq - 1 : seq;
	nlh->nlmsg_type = strchr("dx", kind) ? NLMSG_DONE :
			  kind == 'e' ? NLMSG_ERROR : NLMSG_MIN_TYPE;
	nlh->nlmsg_flags = NLM_F_MULTI | (kind == 'i' ? NLM_F_DUMP_INTR : 0);
	if (kind == 'd')
		code = 0;
	if (nlh->nlmsg_type == NLMSG_MIN_TYPE)
		mnl_nlmsg_put_extra_header(nlh, sizeof(struct genlmsghdr));
	else
		memcpy(mnl_nlmsg_put_extra_header(nlh,
						  sizeof(struct nlmsgerr)),
		       &code, sizeof(code));
	return nlh;
}

ssize_t mnl_socket_recvfrom(const struct mnl_socket *nl, void *buf,
			    size_t size)
{
	size_t len = 0;

	(void)nl;
	(void)size;
	if (!*script) {
		errno = EIO;
		return -1;
	}
	for (; *script && *script != ' '; script++)
		len += MNL_ALIGN(answer_one((char *)buf + len,
					    *script)->nlmsg_len);
	if (*script)
		script++;
	return len;
}

static unsigned int count(const struct spinat_msgs *msgs)
{
	const struct nlmsghdr *nlh = NULL;
	unsigned int n = 0;

	while ((nlh = spinat_msgs_next(msgs, nlh)))
		n++;
	return n;
}

static void dump(const char *answers)
{
	static struct spinat_nl nl;
	struct spinat_msgs msgs = { 0 };
	struct spinat_err err = { "" };
	int ret;

	script = answers;
	requests = 0;
	spinat_nl_request(&nl, SPINAT_MASQ_CMD_PAIR_GET, &spinat_masq_pair);
	ret = spinat_nl_dump(&nl, &msgs, &err);
	printf("%s: %d after %d requests, %u records%s%s%s\n", answers, ret,
	       requests, count(&msgs), msgs.interrupted ? ", interrupted" : "",
	       err.text[0] ? ": " : "", err.text);
	spinat_msgs_free(&msgs);
}

int main(void)
{
	dump("d");
	dump("rrr d");
	dump("rr rrd");
	dump("srsrsd");
	dump("ri r d rrrr d");
	dump("id id rd");
	dump("id id id iid rd");
	dump("rr rx");
	dump("e");
	dump("rr ");
	return 0;
}
