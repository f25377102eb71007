// SPDX-License-Identifier: GPL-2.0
/* As many pairs as are wanted, by netlink and nothing else. */
#include <errno.h>
#include <linux/spinat_masq.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "genl.h"

static const char help[] =
"Usage: masq-many NETNS PAIRS CLIENTS SERVERS CLIENT SERVER PUBLIC OUT-SPI IN-SPI\n"
"       masq-many NETNS\n"
"Makes PAIRS pairs: pair p is of client p % CLIENTS, which are the addresses from\n"
"CLIENT on, at server p / CLIENTS % SERVERS, from SERVER on, with SPIs OUT-SPI + p\n"
"and IN-SPI + p. They are restored as of evidence \"echo\", so that they expire.\n"
"Prints the seconds it took. Stops at the first that is refused, with its number\n"
"and the kernel's sentence, and exit status 3. With NETNS alone dumps all pairs,\n"
"and prints how many there are and the seconds it took.\n";

struct many {
	struct genl genl;
	unsigned long pairs, clients, servers;
	struct addr client, server, public;
	unsigned long out_spi, in_spi;
};

static struct addr nth(const struct addr *first, uint32_t n)
{
	struct addr addr = *first;

	addr.v4.s_addr = htonl(ntohl(addr.v4.s_addr) + n);
	return addr;
}

static int make(struct many *many, uint32_t p)
{
	struct addr client = nth(&many->client, p % many->clients);
	struct addr server = nth(&many->server,
				 p / many->clients % many->servers);
	struct nlmsghdr *nlh;

	nlh = genl_begin(&many->genl, SPINAT_MASQ_CMD_PAIR_NEW, NLM_F_ACK);
	genl_put_addr(nlh, SPINAT_MASQ_A_PAIR_CLIENT, &client);
	genl_put_addr(nlh, SPINAT_MASQ_A_PAIR_SERVER, &server);
	genl_put_addr(nlh, SPINAT_MASQ_A_PAIR_PUBLIC, &many->public);
	mnl_attr_put_u32(nlh, SPINAT_MASQ_A_PAIR_OUT_SPI,
			 htonl(many->out_spi + p));
	mnl_attr_put_u32(nlh, SPINAT_MASQ_A_PAIR_IN_SPI,
			 htonl(many->in_spi + p));
	mnl_attr_put_u32(nlh, SPINAT_MASQ_A_PAIR_EVIDENCE,
			 SPINAT_MASQ_EVIDENCE_ECHO);
	return genl_talk(&many->genl, NULL, NULL);
}

static int make_all(struct many *many)
{
	int64_t begin = now_us();
	uint32_t p;
	int err;

	for (p = 0; p < many->pairs; p++) {
		err = make(many, p);
		if (!err)
			continue;
		printf("%u %s: %s\n", p, strerror(err), many->genl.sentence);
		return 3;
	}
	printf("%.6f\n", (now_us() - begin) / 1e6);
	return 0;
}

static int count(const struct nlmsghdr *nlh, void *data)
{
	(void)nlh;
	++*(unsigned long *)data;
	return MNL_CB_OK;
}

static int dump(struct many *many)
{
	unsigned long n = 0;
	int64_t begin = now_us();
	int err;

	genl_begin(&many->genl, SPINAT_MASQ_CMD_PAIR_GET, NLM_F_DUMP);
	err = genl_talk(&many->genl, count, &n);
	if (err)
		die("dumping the pairs: %s (%s)", strerror(err),
		    many->genl.sentence);
	printf("%lu %.6f\n", n, (now_us() - begin) / 1e6);
	return 0;
}

int main(int argc, char **argv)
{
	static struct many many;

	if (argc != 2 && argc != 10) {
		fputs(help, stderr);
		return 2;
	}
	ns_enter(argv[1]);
	genl_open(&many.genl, SPINAT_MASQ_FAMILY_NAME, NULL);
	if (argc == 2)
		return dump(&many);
	many.pairs = number(argv[2], "PAIRS", 1, UINT32_MAX);
	many.clients = number(argv[3], "CLIENTS", 1, 1 << 20);
	many.servers = number(argv[4], "SERVERS", 1, 1 << 20);
	many.client = addr_parse(argv[5]);
	many.server = addr_parse(argv[6]);
	many.public = addr_parse(argv[7]);
	many.out_spi = number(argv[8], "OUT-SPI", 256, UINT32_MAX);
	many.in_spi = number(argv[9], "IN-SPI", 256, UINT32_MAX);
	return make_all(&many);
}
