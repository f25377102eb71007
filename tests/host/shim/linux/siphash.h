/* SPDX-License-Identifier: GPL-2.0 */
/* No SipHash: a program that needs it brings a function that it can check. */
#ifndef SHIM_LINUX_SIPHASH_H
#define SHIM_LINUX_SIPHASH_H

#include <linux/types.h>

typedef struct {
	u64 key[2];
} siphash_key_t;

u64 siphash_2u64(u64 first, u64 second, const siphash_key_t *key);

#endif
