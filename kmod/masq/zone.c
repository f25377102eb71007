// SPDX-License-Identifier: GPL-2.0
/*
 * Templates that put a packet into a conntrack zone, and what the module asks
 * of and tells to conntrack entries.
 */
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "masq.h"
#include "zone.h"

/*
 * One template per CPU, its zone filled in for each packet: conntrack drops
 * its reference before the next packet comes, unless something queues packets
 * between raw and conntrack. Then a fresh template is made for this packet.
 */
static DEFINE_PER_CPU(struct nf_conn *, masq_tmpl);

static struct nf_conn *tmpl_alloc(u16 id, gfp_t gfp)
{
	struct nf_conntrack_zone zone;
	struct nf_conn *tmpl;

	nf_ct_zone_init(&zone, id, NF_CT_DEFAULT_ZONE_DIR, MASQ_ZONE_OURS);
	tmpl = nf_ct_tmpl_alloc(&init_net, &zone, gfp);
	if (tmpl)
		/* Where conntrack is off the template reaches the hook that
		 * confirms; it must find nothing to do there.
		 */
		__set_bit(IPS_CONFIRMED_BIT, &tmpl->status);
	return tmpl;
}

int spinat_masq_zone_init(void)
{
	struct nf_conn *tmpl;
	int cpu;

	for_each_possible_cpu(cpu) {
		tmpl = tmpl_alloc(1, GFP_KERNEL);
		if (!tmpl) {
			spinat_masq_zone_exit();
			return -ENOMEM;
		}
		per_cpu(masq_tmpl, cpu) = tmpl;
	}
	return 0;
}

/* Packets on their way may hold a template still: the last one frees it. */
void spinat_masq_zone_exit(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		if (per_cpu(masq_tmpl, cpu))
			nf_ct_put(per_cpu(masq_tmpl, cpu));
		per_cpu(masq_tmpl, cpu) = NULL;
	}
}

/**
 * masq_zone_attach() - let conntrack look for this packet in a zone
 * @skb: packet without conntrack; bottom halves are off
 * @id: the zone
 *
 * Return: false if memory is short; the packet is as it was then.
 */
bool masq_zone_attach(struct sk_buff *skb, u16 id)
{
	struct nf_conn *tmpl = this_cpu_read(masq_tmpl);

	if (likely(refcount_read(&tmpl->ct_general.use) == 1)) {
		struct nf_conntrack_zone zone;

		nf_ct_zone_init(&zone, id, NF_CT_DEFAULT_ZONE_DIR,
				MASQ_ZONE_OURS);
		refcount_inc(&tmpl->ct_general.use);
		nf_ct_zone_add(tmpl, &zone);
	} else {
		tmpl = tmpl_alloc(id, GFP_ATOMIC);
		if (!tmpl)
			return false;
	}
	nf_ct_set(skb, tmpl, IP_CT_NEW);
	return true;
}

/* The slow half of masq_zone_believe() */
void masq_zone_renew(struct nf_conn *ct, u32 ticks)
{
	set_bit(IPS_FIXED_TIMEOUT_BIT, &ct->status);
	set_bit(IPS_ASSURED_BIT, &ct->status);
	__nf_ct_set_timeout(ct, ticks);
}

static struct nf_conn *ct_find(struct net *net, u16 id,
			       const struct nf_conntrack_tuple *tuple,
			       bool *reply)
{
	struct nf_conntrack_tuple_hash *h;
	struct nf_conntrack_zone zone;

	nf_ct_zone_init(&zone, id, NF_CT_DEFAULT_ZONE_DIR, 0);
	h = nf_conntrack_find_get(net, &zone, tuple);
	if (!h)
		return NULL;
	*reply = NF_CT_DIRECTION(h) == IP_CT_DIR_REPLY;
	return nf_ct_tuplehash_to_ctrack(h);
}

static struct nf_conn *ct_find_esp(struct net *net, u16 id,
				   const struct masq_addrs *a, bool *reply)
{
	struct nf_conntrack_tuple tuple = {
		.src.l3num = a->family,
		.src.u3 = a->src,
		.dst.u3 = a->dst,
		.dst.protonum = IPPROTO_ESP,
		.dst.dir = IP_CT_DIR_ORIGINAL,
	};

	return ct_find(net, id, &tuple, reply);
}

/**
 * masq_ct_status() - what conntrack knows of an ESP flow
 * @net: network namespace
 * @zone: zone to look in
 * @a: addresses of a packet
 * @reply: set if the packet would be a reply
 *
 * Return: its IPS_* bits, -ENOENT if there is no entry.
 */
int masq_ct_status(struct net *net, u16 zone, const struct masq_addrs *a,
		   bool *reply)
{
	struct nf_conn *ct = ct_find_esp(net, zone, a, reply);
	int status;

	if (!ct)
		return -ENOENT;
	status = READ_ONCE(ct->status) & INT_MAX;
	nf_ct_put(ct);
	return status;
}

/* Does conntrack still have the client's entry? */
bool masq_zone_alive(struct net *net, u16 zone, const struct masq_addrs *a)
{
	bool reply;

	return masq_ct_status(net, zone, a, &reply) >= 0;
}

/* Drop the conntrack entry of a client at a server */
void masq_zone_forget(struct net *net, u16 zone, const struct masq_addrs *a)
{
	bool reply;
	struct nf_conn *ct = ct_find_esp(net, zone, a, &reply);

	if (!ct)
		return;
	nf_ct_delete(ct, 0, 0);
	nf_ct_put(ct);
}

/**
 * masq_ct_ike_public() - the address that a client's IKE got from the NAT
 * @net: network namespace
 * @a: client and server
 * @public: set to the address
 *
 * Looks for IKE on its own ports in the default zone. Return: true if found.
 */
bool masq_ct_ike_public(struct net *net, const struct masq_addrs *a,
			union nf_inet_addr *public)
{
	static const u16 ports[] = { 4500, 500 };
	struct nf_conntrack_tuple tuple = {
		.src.l3num = a->family,
		.src.u3 = a->src,
		.dst.u3 = a->dst,
		.dst.protonum = IPPROTO_UDP,
		.dst.dir = IP_CT_DIR_ORIGINAL,
	};
	struct nf_conn *ct;
	bool reply;
	int i;

	for (i = 0; i < ARRAY_SIZE(ports); i++) {
		tuple.src.u.udp.port = htons(ports[i]);
		tuple.dst.u.udp.port = htons(ports[i]);
		ct = ct_find(net, NF_CT_DEFAULT_ZONE_ID, &tuple, &reply);
		if (!ct)
			continue;
		*public = ct->tuplehash[IP_CT_DIR_REPLY].tuple.dst.u3;
		nf_ct_put(ct);
		if (!reply)
			return true;
	}
	return false;
}

static int is_ours(struct nf_conn *ct, void *data)
{
	return masq_zone_is_ours(ct);
}

/* Without the module nothing reaches the clients' zones: leave none behind. */
void masq_zone_clean(struct masq_net *mn)
{
	struct nf_ct_iter_data data = { .net = mn->net };

	nf_ct_iterate_cleanup_net(is_ours, &data);
}
