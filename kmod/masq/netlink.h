/* SPDX-License-Identifier: GPL-2.0 */
/* What the netlink files share. */
#ifndef _SPINAT_MASQ_NETLINK_H
#define _SPINAT_MASQ_NETLINK_H

#include <net/genetlink.h>

#include "../common/nladdr.h"
#include "../common/nlreply.h"
#include "masq.h"
#include "netlink_gen.h"

/**
 * struct masq_query - addresses of a request
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6; NFPROTO_UNSPEC if none was given
 * @given: which were given, bits 1 << SPINAT_MASQ_A_PAIR_*
 * @client: inside address
 * @server: server
 * @public: NAT address
 */
struct masq_query {
	u8 family;
	u32 given;
	union nf_inet_addr client;
	union nf_inet_addr server;
	union nf_inet_addr public;
};

int masq_nl_addr(const struct nlattr *attr, u8 *family,
		 union nf_inet_addr *addr, struct netlink_ext_ack *extack);
int masq_nl_query(struct nlattr **attrs, int max, struct masq_query *q,
		  struct netlink_ext_ack *extack);

static inline bool masq_nl_given(const struct masq_query *q, int attr)
{
	return q->given & (1 << attr);
}

/**
 * struct masq_request - what pair-get, -new and -del have in common
 * @q: addresses
 * @out_spi: required
 * @in_spi: 0 if not given
 */
struct masq_request {
	struct masq_query q;
	__be32 out_spi;
	__be32 in_spi;
};

bool masq_nl_matches(const struct masq_query *q, const struct masq_out *out);
struct masq_in *masq_nl_in_of(const struct masq_out *out, __be32 spi);
int masq_nl_request_parse(struct genl_info *info, int max,
			  struct masq_request *r);
int masq_nl_request_find(struct masq_net *mn, struct genl_info *info,
			 const struct masq_request *r, struct masq_out **out,
			 struct masq_in **in);

#endif
