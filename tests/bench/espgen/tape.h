/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A tape of packets: what leaves by one device is kept, to enter by another
 * later. The bench gets ESP packets from a peer's real SAs so.
 */
#ifndef ESPGEN_TAPE_H
#define ESPGEN_TAPE_H

#include <linux/netdevice.h>

int tape_init(void);
void tape_exit(void);
/* From an empty tape on, keep what leaves by the device. */
void tape_record(struct net_device *dev);
void tape_stop(void);
/* Number of packets on the tape */
unsigned int tape_length(void);
/* A fresh copy of packet i, as if the device had just received it */
struct sk_buff *tape_play(unsigned int i, struct net_device *dev);

#endif
