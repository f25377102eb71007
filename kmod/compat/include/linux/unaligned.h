/* SPDX-License-Identifier: GPL-2.0 */
/* Since 6.12; before, every architecture had its own. */
#ifdef SPINAT_HAS_UNALIGNED
#include_next <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif
