// SPDX-License-Identifier: GPL-2.0
/*
 * epoch-many: announces many epochs of one tunnel in little time.
 *
 * usage: epoch-many TUNNEL OUT-SPI IN-SPI COUNT
 *
 * In the caller's network namespace. Epoch i has the SPIs OUT-SPI + i and
 * IN-SPI + i; the tunnel and the SAs are there.
 */
#include <arpa/inet.h>
#include <linux/netlink.h>
#include <linux/spinat_epoch.h>
#include <string.h>

#include "genl.h"

static void announce(struct genl *genl, const char *tunnel, uint32_t out,
		     uint32_t in)
{
	struct nlmsghdr *nlh;
	int err;

	nlh = genl_begin(genl, SPINAT_EPOCH_CMD_EPOCH_NEW, NLM_F_ACK);
	mnl_attr_put_strz(nlh, SPINAT_EPOCH_A_EPOCH_TUNNEL, tunnel);
	mnl_attr_put_u32(nlh, SPINAT_EPOCH_A_EPOCH_OUT_SPI, htonl(out));
	mnl_attr_put_u32(nlh, SPINAT_EPOCH_A_EPOCH_IN_SPI, htonl(in));
	err = genl_talk(genl, NULL, NULL);
	if (err)
		die("announcing 0x%08x and 0x%08x: %s", out, in,
		    *genl->sentence ? genl->sentence : strerror(err));
}

int main(int argc, char **argv)
{
	unsigned long out, in, count, i;
	static struct genl genl;

	if (argc != 5)
		die("usage: epoch-many TUNNEL OUT-SPI IN-SPI COUNT");
	out = number(argv[2], "OUT-SPI", 256, UINT32_MAX);
	in = number(argv[3], "IN-SPI", 256, UINT32_MAX);
	count = number(argv[4], "COUNT", 1, 1048576);
	genl_open(&genl, SPINAT_EPOCH_FAMILY_NAME, NULL);
	for (i = 0; i < count; i++)
		announce(&genl, argv[1], out + i, in + i);
	return 0;
}
