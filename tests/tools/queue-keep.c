// SPDX-License-Identifier: GPL-2.0
/*
 * queue-keep: takes a netfilter queue and never says what becomes of its packets.
 *
 * usage: queue-keep NETNS NUMBER
 *
 * Prints "ready" once the queue is its own. The kernel drops what it keeps when the
 * program is killed.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <unistd.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_queue.h>

#include "util.h"

static struct nlmsghdr *bind_message(void *buf, uint16_t queue)
{
	struct nfqnl_msg_config_cmd command = {
		.command = NFQNL_CFG_CMD_BIND,
	};
	/* A queue that copies nothing at all refuses its packets. */
	struct nfqnl_msg_config_params params = {
		.copy_mode = NFQNL_COPY_META,
	};
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct nfgenmsg *nfg;

	nlh->nlmsg_type = NFNL_SUBSYS_QUEUE << 8 | NFQNL_MSG_CONFIG;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	nfg = mnl_nlmsg_put_extra_header(nlh, sizeof(*nfg));
	nfg->nfgen_family = AF_UNSPEC;
	nfg->version = NFNETLINK_V0;
	nfg->res_id = htons(queue);
	mnl_attr_put(nlh, NFQA_CFG_CMD, sizeof(command), &command);
	mnl_attr_put(nlh, NFQA_CFG_PARAMS, sizeof(params), &params);
	return nlh;
}

int main(int argc, char **argv)
{
	char buf[MNL_SOCKET_BUFFER_SIZE];
	struct mnl_socket *nl;
	struct nlmsghdr *nlh;
	ssize_t len;

	if (argc != 3)
		die("usage: queue-keep NETNS NUMBER");
	nlh = bind_message(buf, number(argv[2], "NUMBER", 0, 65535));
	ns_enter(argv[1]);
	nl = mnl_socket_open(NETLINK_NETFILTER);
	if (!nl || mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0)
		die_errno("cannot open a netlink socket");
	if (mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) < 0)
		die_errno("cannot ask for queue %s", argv[2]);
	len = mnl_socket_recvfrom(nl, buf, sizeof(buf));
	if (len < 0 || mnl_cb_run(buf, len, 0, mnl_socket_get_portid(nl), NULL,
				  NULL) < 0)
		die_errno("the kernel refused queue %s", argv[2]);
	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}
