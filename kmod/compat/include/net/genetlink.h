/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SPINAT_COMPAT_GENETLINK_H
#define _SPINAT_COMPAT_GENETLINK_H

#include_next <net/genetlink.h>

/* Of what is in it, attributes are all that older kernels have, too. */
#ifndef SPINAT_HAS_GENL_INFO_DUMP
#define genl_info_dump			genl_dumpit_info
#endif

/* Where the flags of a group are those of a command. */
#ifndef GENL_MCAST_CAP_NET_ADMIN
#define GENL_MCAST_CAP_NET_ADMIN	GENL_UNS_ADMIN_PERM
#endif

/* Where nobody looks at what is reserved in the header; the number is lost, as
 * registering the family gives it its id.
 */
#ifndef SPINAT_HAS_RESV_START_OP
#define resv_start_op			id
#endif

#endif
