/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SPINAT_COMPAT_GENETLINK_H
#define _SPINAT_COMPAT_GENETLINK_H

#include_next <net/genetlink.h>

/* Of what is in it, attributes are all that older kernels have, too. */
#ifndef SPINAT_HAS_GENL_INFO_DUMP
#define genl_info_dump	genl_dumpit_info
#endif

#endif
