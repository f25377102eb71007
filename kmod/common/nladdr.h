/* SPDX-License-Identifier: GPL-2.0 */
/* Addresses in netlink attributes: 4 or 16 bytes, network byte order. */
#ifndef _SPINAT_NLADDR_H
#define _SPINAT_NLADDR_H

#include <linux/netfilter.h>
#include <net/netlink.h>

/**
 * spinat_nl_addr() - read an address
 * @attr: the attribute
 * @family: set to NFPROTO_IPV4 or NFPROTO_IPV6
 * @addr: set; unused bytes are zero
 * @extack: says what is wrong
 *
 * Return: 0, or -EINVAL.
 */
static inline int spinat_nl_addr(const struct nlattr *attr, u8 *family,
				 union nf_inet_addr *addr,
				 struct netlink_ext_ack *extack)
{
	if (nla_len(attr) != 4 && nla_len(attr) != 16) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "An address has 4 or 16 bytes");
		return -EINVAL;
	}
	*family = nla_len(attr) == 4 ? NFPROTO_IPV4 : NFPROTO_IPV6;
	memset(addr, 0, sizeof(*addr));
	memcpy(addr, nla_data(attr), nla_len(attr));
	if (!memchr_inv(addr, 0, sizeof(*addr))) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "The unspecified address is nobody's");
		return -EINVAL;
	}
	return 0;
}

static inline int spinat_nl_put_addr(struct sk_buff *skb, int attr, u8 family,
				     const union nf_inet_addr *addr)
{
	return nla_put(skb, attr, family == NFPROTO_IPV4 ? 4 : 16, addr);
}

#endif
