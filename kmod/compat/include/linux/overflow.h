/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SPINAT_COMPAT_OVERFLOW_H
#define _SPINAT_COMPAT_OVERFLOW_H

#include_next <linux/overflow.h>

#ifndef struct_size_t
#define struct_size_t(type, member, count) \
	struct_size((type *)NULL, member, count)
#endif

#endif
