/* SPDX-License-Identifier: GPL-2.0 */
/* What is written under a lock, and read without it. */
#ifndef _SPINAT_ONCE_H
#define _SPINAT_ONCE_H

#include <linux/compiler.h>

/* The lock keeps other writers away, so that only the write is seen by others. */
#define SPINAT_ADD_ONCE(x, by) ({				\
	typeof(x) *x_ = &(x);					\
								\
	WRITE_ONCE(*x_, *x_ + (by));				\
})

#endif
