/* SPDX-License-Identifier: GPL-2.0 */
/* What the netlink files share. */
#ifndef _SPINAT_EPOCH_NETLINK_H
#define _SPINAT_EPOCH_NETLINK_H

#include <net/genetlink.h>

#include "../common/nladdr.h"
#include "../common/nlreply.h"
#include "epoch.h"
#include "netlink_gen.h"

/* extack's message and the attribute it is about */
#define EPOCH_REFUSE(info, attr, err, text) \
	({ \
		struct genl_info *info_ = (info); \
		NL_SET_ERR_MSG_ATTR(info_->extack, info_->attrs[attr], text); \
		err; \
	})

int epoch_nl_inner(struct genl_info *info, int source, int target,
		   struct epoch_inner *inner);
struct epoch_tunnel *epoch_nl_tunnel(struct epoch_net *en,
				     struct genl_info *info, int attr);

extern struct genl_family spinat_epoch_nl_family;

#endif
