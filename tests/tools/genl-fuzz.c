// SPDX-License-Identifier: GPL-2.0
/*
 * Requests to a generic netlink family as nobody should send them: commands and
 * attributes as the family's specification names them, values and structure more
 * or less broken, from several processes at once, dumps left in the middle. Looks
 * at what comes back: whole messages, and for those without rights EPERM only.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "genl.h"
#include "opt.h"

static const char help[] =
"Usage: genl-fuzz [OPTION]... FAMILY GROUP <TABLE\n"
"Sends damaged requests; TABLE is what tests/fuzz/genl-table prints.\n"
"  --netns NS    in this network namespace\n"
"  --seed N      the same number sends the same requests; default: the time\n"
"  --for MS      so long; default 10000\n"
"  --workers N   so many processes; default 3\n"
"  --user        without any rights: whatever is sent, the answer is EPERM\n"
"  --own         as root of a user namespace and network namespace of its own\n"
"Prints what came of it. Exit status 1: an answer that should not be.\n";

#define OPS_MAX		32
#define ATTRS_MAX	40

enum type { U16, U32, U64, BINARY, STRING, FLAG, SPI };

struct attr {
	uint16_t number;
	enum type type;
};

struct op {
	uint8_t number;
	bool can_do, can_dump, write;
	unsigned int n_attrs;
	struct attr attr[ATTRS_MAX];
};

static struct op ops[OPS_MAX];
static unsigned int n_ops;

/* Shared by all processes */
struct counts {
	unsigned long sent, accepted, refused, denied, messages, dumps, left,
		      events;
};

static struct counts *counts;
static uint64_t chance;
static bool user;

static unsigned int pick(unsigned int below)
{
	chance = chance * 6364136223846793005ULL + 1442695040888963407ULL;
	return (chance >> 33) % below;
}

static bool one_in(unsigned int n)
{
	return !pick(n);
}

static void take_attr(struct op *op, char *word)
{
	struct attr *attr = &op->attr[op->n_attrs];
	char *type = strchr(word, ':'), *name = type ? strchr(type + 1, ':') : NULL;

	if (!name || op->n_attrs == ATTRS_MAX)
		die("no line of genl-table: %s", word);
	attr->number = atoi(word);
	if (strstr(name, "spi"))
		attr->type = SPI;
	else if (!strncmp(type, ":binary", 7))
		attr->type = BINARY;
	else if (!strncmp(type, ":string", 7))
		attr->type = STRING;
	else if (!strncmp(type, ":u64", 4))
		attr->type = U64;
	else if (!strncmp(type, ":u16", 4))
		attr->type = U16;
	else
		attr->type = !strncmp(type, ":flag", 5) ? FLAG : U32;
	op->n_attrs++;
}

static void take_table(FILE *from)
{
	char line[4096], *word;

	while (fgets(line, sizeof(line), from) && n_ops < OPS_MAX) {
		struct op *op = &ops[n_ops++];

		if (!strtok(line, " \n"))
			die("an empty line in the table");
		op->number = atoi(strtok(NULL, " \n"));
		word = strtok(NULL, " \n");
		op->can_do = strcmp(word, "dump");
		op->can_dump = strcmp(word, "do");
		op->write = !strcmp(strtok(NULL, " \n"), "write");
		while ((word = strtok(NULL, " \n")))
			take_attr(op, word);
	}
	if (!n_ops)
		die("the table is empty");
}

/* Values that a request may well have, and some that it may not */
static uint64_t value(void)
{
	static const uint64_t edges[] = {
		0, 1, 2, 3, 4, 5, 10, 255, 256, 1000, 1024, 65535, 65536,
		1000000, INT32_MAX, 0x80000000, UINT32_MAX, UINT64_MAX,
	};

	if (one_in(4))
		return (uint64_t)pick(UINT32_MAX) << 32 | pick(UINT32_MAX);
	return edges[pick(sizeof(edges) / sizeof(edges[0]))];
}

static size_t address(uint8_t *to)
{
	static const uint8_t head[4][4] = {
		{ 10, 0, 0 }, { 192, 0, 2 }, { 198, 51, 100 }, { 224, 0, 0 },
	};
	bool v6 = one_in(4);

	memset(to, 0, 16);
	memcpy(to, v6 ? (uint8_t[]){ 0xfd } : head[pick(one_in(8) ? 4 : 3)],
	       v6 ? 1 : 3);
	to[v6 ? 15 : 3] = 1 + pick(4);
	return v6 ? 16 : 4;
}

static size_t payload(enum type type, uint8_t *to)
{
	uint64_t v = value();
	uint32_t spi;

	switch (type) {
	case U16:
		memcpy(to, &v, 2);
		return 2;
	case U64:
		memcpy(to, &v, 8);
		return 8;
	case SPI:
		spi = htonl(one_in(16) ? v : 0x100 + pick(8));
		memcpy(to, &spi, 4);
		return 4;
	case BINARY:
		return address(to);
	case STRING:
		return sprintf((char *)to, "t%u", pick(6)) + 1;
	case FLAG:
		return 0;
	default:
		memcpy(to, &v, 4);
		return 4;
	}
}

/* Wrong lengths, wrong types, nests without end, the same twice */
static void attr_damage(struct nlmsghdr *nlh, struct nlattr *attr)
{
	switch (pick(6)) {
	case 0:
		attr->nla_len = pick(UINT16_MAX);
		break;
	case 1:
		attr->nla_len = pick(attr->nla_len + 1);
		break;
	case 2:
		attr->nla_type ^= one_in(2) ? NLA_F_NESTED : NLA_F_NET_BYTEORDER;
		break;
	case 3:
		attr->nla_type = pick(64);
		break;
	case 4:
		mnl_attr_put(nlh, attr->nla_type, mnl_attr_get_payload_len(attr),
			     mnl_attr_get_payload(attr));
		break;
	default:
		memset(mnl_attr_get_payload(attr), pick(256),
		       mnl_attr_get_payload_len(attr));
	}
}

static void attr_put(struct nlmsghdr *nlh, const struct attr *as, bool damaged)
{
	uint8_t data[2048];
	struct nlattr *attr = mnl_nlmsg_get_payload_tail(nlh);
	size_t len = payload(as->type, data), more;

	if (damaged && one_in(6)) {
		/* longer than anything that is meant */
		more = pick(one_in(4) ? sizeof(data) - len : 80);
		memset(data + len, pick(256), more);
		len += more;
	}
	mnl_attr_put(nlh, as->number, len, data);
	if (damaged && one_in(3))
		attr_damage(nlh, attr);
}

static bool request(struct nlmsghdr *nlh, uint16_t family, const struct op *op)
{
	bool damaged = one_in(2), dump = op->can_dump && (!op->can_do || one_in(3));
	/* many given or few */
	unsigned int rarely = 1 + pick(4), i;
	struct genlmsghdr *head;

	mnl_nlmsg_put_header(nlh);
	nlh->nlmsg_type = family;
	nlh->nlmsg_seq = pick(UINT32_MAX);
	nlh->nlmsg_flags = NLM_F_REQUEST | (dump ? NLM_F_DUMP : NLM_F_ACK);
	if (damaged && one_in(4))
		nlh->nlmsg_flags ^= 1 << pick(12);
	head = mnl_nlmsg_put_extra_header(nlh, sizeof(*head));
	head->cmd = damaged && one_in(16) ? pick(256) : op->number;
	head->version = one_in(8) ? pick(256) : 1;
	for (i = 0; i < op->n_attrs; i++)
		if (one_in(rarely))
			attr_put(nlh, &op->attr[i], damaged);
	if (damaged && one_in(6))
		nlh->nlmsg_len -= pick(8);
	return dump;
}

static void wrong(const char *what)
{
	fprintf(stderr, "genl-fuzz: %s\n", what);
	exit(1);
}

static void add(unsigned long *counter)
{
	__atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
}

static void judge(const struct nlmsghdr *nlh, uint16_t family)
{
	const struct nlmsgerr *error = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;

	if (nlh->nlmsg_type == NLMSG_ERROR) {
		if (!error->error)
			add(&counts->accepted);
		else if (error->error == -EPERM)
			add(&counts->denied);
		else
			add(&counts->refused);
		/* What is no request is acknowledged, and nothing else done. */
		if (user && !error->error && error->msg.nlmsg_type == family &&
		    error->msg.nlmsg_flags & NLM_F_REQUEST)
			wrong("a request was accepted from somebody without rights");
		return;
	}
	if (nlh->nlmsg_type != family)
		return;
	if (user)
		wrong("somebody without rights was told something");
	add(&counts->messages);
	if (!nlh->nlmsg_seq)
		add(&counts->events);
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
		if (!mnl_attr_get_type(attr))
			wrong("an attribute of type 0");
	if ((char *)attr - (char *)nlh != (long)NLMSG_ALIGN(nlh->nlmsg_len))
		wrong("a message with half an attribute");
}

/* What there is to be read, or a part of it */
static void answers(int fd, uint16_t family, unsigned int most)
{
	static char buf[32768];
	const struct nlmsghdr *nlh;
	ssize_t got;
	int len;

	while (most-- && (got = recv(fd, buf, sizeof(buf), MSG_DONTWAIT)) > 0) {
		len = got;
		for (nlh = (void *)buf; mnl_nlmsg_ok(nlh, len);
		     nlh = mnl_nlmsg_next(nlh, &len))
			judge(nlh, family);
	}
}

static int open_socket(const struct genl *genl, bool listens)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	int on = 1, size = 1 << 20, ret;

	if (fd < 0)
		die_errno("opening a netlink socket");
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (!listens)
		return fd;
	ret = setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &genl->group,
			 sizeof(genl->group));
	if (ret && !user)
		die_errno("joining the group");
	if (!ret && user)
		wrong("somebody without rights may listen");
	return fd;
}

static void work(const struct genl *genl, int worker, int64_t end)
{
	int fd = open_socket(genl, worker == 0);
	static char buf[1 << 17] __attribute__((aligned(8)));
	struct nlmsghdr *nlh = (void *)buf;
	bool dump;

	while (now_us() < end) {
		dump = request(nlh, genl->family, &ops[pick(n_ops)]);
		if (send(fd, nlh, nlh->nlmsg_len, 0) > 0)
			add(&counts->sent);
		if (dump)
			add(&counts->dumps);
		if (dump && one_in(3)) {
			answers(fd, genl->family, pick(3));
			add(&counts->left);
			close(fd);
			fd = open_socket(genl, worker == 0);
			continue;
		}
		answers(fd, genl->family, 1000);
	}
	exit(0);
}

static void own_namespaces(void)
{
	if (unshare(CLONE_NEWUSER | CLONE_NEWNET))
		die_errno("making namespaces");
}

/* What is not root's may not be root's again. */
static void drop_rights(void)
{
	if (setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534))
		die_errno("becoming nobody");
}

int main(int argc, char **argv)
{
	unsigned long seed = now_us() % 1000000000, for_ms = 10000, workers = 3;
	bool own = false;
	const struct opt opts[] = {
		OPT_NETNS,
		OPT_NUMBER("seed", &seed, 0, UINT32_MAX),
		OPT_NUMBER("for", &for_ms, 1, 86400000),
		OPT_NUMBER("workers", &workers, 1, 64),
		OPT_FLAG("user", &user),
		OPT_SET("own", &own, true),
	};
	int first, c, status, bad = 0;
	struct genl genl;
	int64_t end;

	first = opt_parse(argc, argv, opts, help);
	if (argc - first != 2)
		opt_usage(help);
	if (own)
		own_namespaces();
	take_table(stdin);
	genl_open(&genl, argv[first], argv[first + 1]);
	counts = mmap(NULL, sizeof(*counts), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (counts == MAP_FAILED)
		die_errno("sharing memory");
	if (user)
		drop_rights();
	end = now_us() + for_ms * 1000;
	for (c = 0; c < (int)workers; c++) {
		chance = seed * 64 + c;
		if (!fork())
			work(&genl, c, end);
	}
	while (wait(&status) > 0)
		bad |= status;
	printf("seed=%lu sent=%lu accepted=%lu refused=%lu denied=%lu "
	       "messages=%lu dumps=%lu left=%lu events=%lu\n", seed,
	       counts->sent, counts->accepted, counts->refused, counts->denied,
	       counts->messages, counts->dumps, counts->left, counts->events);
	return bad != 0;
}
