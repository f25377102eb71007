/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_LINUX_UNALIGNED_H
#define SHIM_LINUX_UNALIGNED_H

#include <linux/types.h>

static inline u64 shim_get(const u8 *p, int len)
{
	u64 value = 0;

	while (len--)
		value = value << 8 | *p++;
	return value;
}

static inline void shim_put(u64 value, u8 *p, int len)
{
	while (len--)
		*p++ = value >> 8 * len;
}

#define get_unaligned_be16(p)		((u16)shim_get((p), 2))
#define get_unaligned_be32(p)		((u32)shim_get((p), 4))
#define get_unaligned_be64(p)		shim_get((p), 8)
#define put_unaligned_be16(value, p)	shim_put((value), (p), 2)
#define put_unaligned_be32(value, p)	shim_put((value), (p), 4)
#define put_unaligned_be64(value, p)	shim_put((value), (p), 8)

#endif
