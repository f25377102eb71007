// SPDX-License-Identifier: GPL-2.0
#include <linux/etherdevice.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "tape.h"

#define TAPE_MAX	(1U << 16)

struct packet {
	u32 len;
	u8 data[];
};

static struct packet **tape;
static unsigned int length;

static int keep(struct sk_buff *skb, struct net_device *dev,
		struct packet_type *type, struct net_device *orig_dev)
{
	struct packet *packet;

	if (skb->pkt_type != PACKET_OUTGOING || length == TAPE_MAX)
		goto out;
	packet = kmalloc(sizeof(*packet) + skb->len, GFP_ATOMIC);
	if (!packet)
		goto out;
	packet->len = skb->len;
	if (skb_copy_bits(skb, 0, packet->data, skb->len))
		kfree(packet);
	else
		tape[length++] = packet;
out:
	consume_skb(skb);
	return 0;
}

static struct packet_type tap = {
	.type = cpu_to_be16(ETH_P_ALL),
	.func = keep,
};

static void erase(void)
{
	while (length)
		kfree(tape[--length]);
}

void tape_record(struct net_device *dev)
{
	erase();
	tap.dev = dev;
	dev_add_pack(&tap);
}

void tape_stop(void)
{
	dev_remove_pack(&tap);
}

unsigned int tape_length(void)
{
	return length;
}

struct sk_buff *tape_play(unsigned int i, struct net_device *dev)
{
	struct packet *packet = tape[i];
	struct sk_buff *skb;

	skb = netdev_alloc_skb_ip_align(dev, packet->len);
	if (!skb)
		return NULL;
	skb_put_data(skb, packet->data, packet->len);
	ether_addr_copy(((struct ethhdr *)skb->data)->h_dest, dev->dev_addr);
	skb->protocol = eth_type_trans(skb, dev);
	return skb;
}

int tape_init(void)
{
	tape = vzalloc(TAPE_MAX * sizeof(*tape));
	return tape ? 0 : -ENOMEM;
}

void tape_exit(void)
{
	erase();
	vfree(tape);
}
