/* SPDX-License-Identifier: GPL-2.0 */
/*
 * spinat_masq without hooks and netlink, on a clock that only the tests turn.
 *
 * Included before any file of kmod/masq: whatever these say of jiffies later is
 * the tests' clock. The kernel's own headers have the kernel's clock, so those
 * that kmod/masq wants come first.
 */
#ifndef TESTS_KUNIT_WORLD_H
#define TESTS_KUNIT_WORLD_H

#include <linux/jiffies.h>
#include <linux/jhash.h>
#include <linux/list.h>
#include <linux/net.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/netfilter_bridge.h>
#include <linux/rhashtable.h>
#include <linux/skbuff.h>
#include <linux/timer.h>
#include <linux/tracepoint.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include <net/genetlink.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_zones.h>
#include <net/netns/generic.h>
#include <net/xfrm.h>

#include "test.h"

extern unsigned long test_clock;
#define jiffies test_clock

#include "../../kmod/masq/masq.h"

/**
 * struct world - a NAT, one server and clients that are numbers
 * @mn: the module's state, as of a namespace
 * @sent: packets that were held and went on later
 * @late: packets of the server that were overtaken; as of the last pass()
 * @ntf: notifications by command
 */
struct world {
	struct masq_net mn;
	u32 sent;
	u32 late;
	u32 ntf[SPINAT_MASQ_CMD_MAX + 1];
};

/* What became of an inbound packet, beside the number of a client */
#define LEFT	0	/* to stock conntrack */
#define DROPPED	-1
#define TAKEN	-2

struct world *world_make(struct kunit *test);
void world_end(struct world *w);
#define world_set(w, name, value) \
	((w)->mn.config.v[SPINAT_MASQ_A_CONFIG_##name] = (value))

/* IPS_* of stock conntrack's entry for what comes in, -ENOENT for none */
void world_ct_status(int status);
/* What comes too early is held from now on */
void world_early(struct world *w);
/* Time passes, timers run */
void pass(struct world *w, u32 ms);
/* Client @client sends; returns the hook's verdict */
unsigned int out(struct world *w, u32 client, u32 spi, u32 seq, u32 len);
/* The server sends; returns to which client it goes */
int in(struct world *w, u32 spi, u32 seq, u32 len);

/* Whenever a packet is delivered that has waited the server sends another one,
 * from @seq on, @n in all
 */
void busy_server(struct world *w, u32 spi, u32 seq, u32 n);

u64 counted(struct world *w, int stats);
#define count(w, name)	counted(w, SPINAT_MASQ_A_STATS_##name)
struct masq_in *in_of(struct world *w, u32 spi);
struct masq_out *out_of(struct world *w, u32 spi);
/* enum spinat_masq_evidence of an in-SPI, -1 if it is not known */
int evidence(struct world *w, u32 spi);
u32 client_of(struct world *w, u32 zone);

#endif
