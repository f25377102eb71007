// SPDX-License-Identifier: GPL-2.0
/*
 * Sends generic netlink requests that no proper tool would send, and prints
 * the kernel's refusals. Each line of stdin is a request:
 *
 *	do|dump COMMAND [ATTRIBUTE=HEX]...
 *
 * COMMAND and ATTRIBUTE are numbers. Each answer is a line on stdout: "ok", or
 * the errno's name, the kernel's sentence, and "@ATTRIBUTE" where it points at
 * one or "!ATTRIBUTE" where one is missing.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/genetlink.h>
#include <linux/netlink.h>

#include "util.h"

#define ATTR_MISS_TYPE	5	/* NLMSGERR_ATTR_MISS_TYPE of Linux 6.1 */

static union {
	struct nlmsghdr nlh;
	char byte[8192];
} request, answer;

static struct nlattr *attr_of(const void *from, size_t at)
{
	return (struct nlattr *)((char *)from + at);
}

static void request_begin(uint16_t type, uint16_t flags, uint8_t cmd)
{
	struct genlmsghdr *genl = NLMSG_DATA(&request.nlh);

	memset(&request, 0, sizeof(request));
	request.nlh.nlmsg_type = type;
	request.nlh.nlmsg_flags = NLM_F_REQUEST | flags;
	request.nlh.nlmsg_len = NLMSG_LENGTH(sizeof(*genl));
	genl->cmd = cmd;
	genl->version = 1;
}

static void attr_add(uint16_t type, const void *data, size_t len)
{
	struct nlattr *attr = attr_of(&request, request.nlh.nlmsg_len);

	attr->nla_type = type;
	attr->nla_len = NLA_HDRLEN + len;
	memcpy(attr + 1, data, len);
	request.nlh.nlmsg_len += NLMSG_ALIGN(attr->nla_len);
}

static void send_request(int fd)
{
	static uint32_t seq;

	request.nlh.nlmsg_seq = ++seq;
	if (send(fd, &request, request.nlh.nlmsg_len, 0) < 0)
		die_errno("cannot send");
}

/* The next message of the answer; the kernel sends several in one datagram. */
static struct nlmsghdr *next_message(int fd)
{
	static struct nlmsghdr *nlh;
	static int left;

	if (left > 0)
		nlh = NLMSG_NEXT(nlh, left);
	if (left <= 0 || !NLMSG_OK(nlh, left)) {
		left = recv(fd, &answer, sizeof(answer), 0);
		if (left < 0)
			die_errno("cannot receive");
		nlh = &answer.nlh;
	}
	return nlh;
}

/* The attribute of the request that has this byte; 0 for none. */
static int attr_at(uint32_t offset)
{
	size_t at = NLMSG_LENGTH(sizeof(struct genlmsghdr));

	while (at < request.nlh.nlmsg_len) {
		const struct nlattr *attr = attr_of(&request, at);

		if (offset >= at && offset < at + attr->nla_len)
			return attr->nla_type & NLA_TYPE_MASK;
		at += NLMSG_ALIGN(attr->nla_len);
	}
	return 0;
}

static void print_attr(const struct nlattr *attr)
{
	const uint32_t *number = (const void *)(attr + 1);

	if (attr->nla_type == NLMSGERR_ATTR_MSG)
		printf(" %s", (const char *)(attr + 1));
	else if (attr->nla_type == NLMSGERR_ATTR_OFFS && attr_at(*number))
		printf(" @%d", attr_at(*number));
	else if (attr->nla_type == ATTR_MISS_TYPE)
		printf(" !%u", *number);
}

static void print_result(const struct nlmsghdr *nlh)
{
	int code = -*(const int *)NLMSG_DATA(nlh);
	size_t at = NLMSG_HDRLEN;

	if (!code) {
		puts("ok");
		return;
	}
	fputs(strerrorname_np(code), stdout);
	at += nlh->nlmsg_type == NLMSG_DONE ? sizeof(int) :
					      sizeof(struct nlmsgerr);
	while (nlh->nlmsg_flags & NLM_F_ACK_TLVS && at < nlh->nlmsg_len) {
		print_attr(attr_of(nlh, at));
		at += NLMSG_ALIGN(attr_of(nlh, at)->nla_len);
	}
	putchar('\n');
}

static struct nlmsghdr *wait_end(int fd)
{
	struct nlmsghdr *nlh;

	do {
		nlh = next_message(fd);
	} while (nlh->nlmsg_type != NLMSG_ERROR &&
		 nlh->nlmsg_type != NLMSG_DONE);
	return nlh;
}

static uint16_t family_id(int fd, const char *name)
{
	size_t at = NLMSG_LENGTH(sizeof(struct genlmsghdr));
	uint16_t id = 0;
	struct nlmsghdr *nlh;

	request_begin(GENL_ID_CTRL, NLM_F_ACK, CTRL_CMD_GETFAMILY);
	attr_add(CTRL_ATTR_FAMILY_NAME, name, strlen(name) + 1);
	send_request(fd);
	nlh = next_message(fd);
	if (nlh->nlmsg_type != GENL_ID_CTRL)
		die("there is no family %s", name);
	while (at < nlh->nlmsg_len) {
		const struct nlattr *attr = attr_of(nlh, at);

		if (attr->nla_type == CTRL_ATTR_FAMILY_ID)
			id = *(const uint16_t *)(attr + 1);
		at += NLMSG_ALIGN(attr->nla_len);
	}
	wait_end(fd);
	return id;
}

static void attr_parse(const char *word)
{
	unsigned char data[256];
	size_t len = 0;
	int type, used;

	if (sscanf(word, "%d=%n", &type, &used) < 1)
		die("not ATTRIBUTE=HEX: %s", word);
	for (word += used; *word && len < sizeof(data); word += 2)
		if (sscanf(word, "%2hhx", &data[len++]) != 1)
			die("not hexadecimal: %s", word);
	attr_add(type, data, len);
}

static void line_send(int fd, uint16_t family, char *line)
{
	char *how = strtok(line, " \n"), *cmd = strtok(NULL, " \n"), *word;

	if (!how || !cmd)
		die("a line wants do or dump, and a command");
	request_begin(family, strcmp(how, "dump") ? NLM_F_ACK : NLM_F_DUMP,
		      atoi(cmd));
	while ((word = strtok(NULL, " \n")))
		attr_parse(word);
	send_request(fd);
	print_result(wait_end(fd));
}

int main(int argc, char **argv)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	int on = 1;
	uint16_t family;
	char line[4096];

	if (argc != 2)
		die("usage: genl-raw FAMILY <REQUESTS");
	if (fd < 0)
		die_errno("cannot open a netlink socket");
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	family = family_id(fd, argv[1]);
	while (fgets(line, sizeof(line), stdin))
		line_send(fd, family, line);
	return 0;
}
