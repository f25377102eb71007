/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SPINAT_COMPAT_NETLINK_H
#define _SPINAT_COMPAT_NETLINK_H

#include_next <net/netlink.h>

/* They return different lengths of what is too long: policies forbid it. */
#ifndef SPINAT_HAS_NLA_STRSCPY
#define nla_strscpy	nla_strlcpy
#endif

#endif
