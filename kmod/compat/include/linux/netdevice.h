/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SPINAT_COMPAT_NETDEVICE_H
#define _SPINAT_COMPAT_NETDEVICE_H

#include_next <linux/netdevice.h>

/* Since 5.15 these take NULL, too; what is asked for is of later. */
#ifndef SPINAT_HAS_NETDEV_HOLD
static inline void spinat_compat_dev_hold(struct net_device *dev)
{
	if (dev)
		dev_hold(dev);
}

static inline void spinat_compat_dev_put(struct net_device *dev)
{
	if (dev)
		dev_put(dev);
}

#define dev_hold	spinat_compat_dev_hold
#define dev_put		spinat_compat_dev_put
#endif

#endif
