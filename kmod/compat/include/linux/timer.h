/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SPINAT_COMPAT_TIMER_H
#define _SPINAT_COMPAT_TIMER_H

#include_next <linux/timer.h>

#ifndef timer_container_of
#define timer_container_of	from_timer
#endif

#ifndef SPINAT_HAS_TIMER_DELETE
#define timer_delete		del_timer
#endif

#endif
