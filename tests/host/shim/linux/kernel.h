/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_LINUX_KERNEL_H
#define SHIM_LINUX_KERNEL_H

#include <linux/types.h>

/* As picky as the kernel's about what it compares */
#define min(a, b) ({ \
	__typeof__(a) min_a = (a); \
	__typeof__(b) min_b = (b); \
	(void)(&min_a == &min_b); \
	min_a < min_b ? min_a : min_b; })
#define max(a, b) ({ \
	__typeof__(a) max_a = (a); \
	__typeof__(b) max_b = (b); \
	(void)(&max_a == &max_b); \
	max_a > max_b ? max_a : max_b; })
#define min_t(type, a, b)	min((type)(a), (type)(b))
#define roundup(x, y)		(((x) + (y) - 1) / (y) * (y))
#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))

#endif
