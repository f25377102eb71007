// SPDX-License-Identifier: GPL-2.0
/*
 * Conntrack and a masquerade rule, as far as the modules look at them: entries
 * in zones, found by the tuples of both directions, confirmed when the first
 * packet has left, with a clash where two want one tuple.
 */
#include "kernel.h"

static struct nf_conn *conns;	/* confirmed */
long shim_conns;

void nf_ct_put(struct nf_conn *ct)
{
	if (!ct)
		return;
	claim(ct->ct_general.use.refs > 0, "an entry is put once too often");
	if (--ct->ct_general.use.refs)
		return;
	shim_conns--;
	free(ct);
}

void nf_reset_ct(struct sk_buff *skb)
{
	enum ip_conntrack_info info;

	nf_ct_put(nf_ct_get(skb, &info));
	skb->_nfct = 0;
}

static struct nf_conn *conn_new(const struct nf_conntrack_zone *zone)
{
	struct nf_conn *ct;

	/* low bits of the address are for ctinfo */
	ct = aligned_alloc(16, roundup(sizeof(*ct), 16));
	memset(ct, 0, sizeof(*ct));
	ct->zone = *zone;
	ct->ct_general.use.refs = 1;
	shim_conns++;
	return ct;
}

struct nf_conn *nf_ct_tmpl_alloc(struct net *net,
				 const struct nf_conntrack_zone *zone,
				 gfp_t gfp)
{
	struct nf_conn *ct;

	if (shim_fail_at && !--shim_fail_at)
		return NULL;
	ct = conn_new(zone);
	ct->status = IPS_TEMPLATE;
	return ct;
}

static bool tuple_equal(const struct nf_conntrack_tuple *a,
			const struct nf_conntrack_tuple *b)
{
	return a->src.l3num == b->src.l3num &&
	       a->dst.protonum == b->dst.protonum &&
	       nf_inet_addr_cmp(&a->src.u3, &b->src.u3) &&
	       nf_inet_addr_cmp(&a->dst.u3, &b->dst.u3) &&
	       a->src.u.all == b->src.u.all && a->dst.u.all == b->dst.u.all;
}

static struct nf_conn *conn_find(u16 zone, const struct nf_conntrack_tuple *t,
				 int *dir)
{
	struct nf_conn **p = &conns, *ct;

	while ((ct = *p)) {
		if ((s32)(ct->timeout - (u32)jiffies) <= 0) {
			*p = ct->next;
			nf_ct_put(ct);
			continue;
		}
		for (*dir = 0; *dir < IP_CT_DIR_MAX; ++*dir)
			if (ct->zone.id == zone &&
			    tuple_equal(nf_ct_tuple(ct, *dir), t))
				return ct;
		p = &ct->next;
	}
	return NULL;
}

struct nf_conntrack_tuple_hash *
nf_conntrack_find_get(struct net *net, const struct nf_conntrack_zone *zone,
		      const struct nf_conntrack_tuple *tuple)
{
	struct nf_conn *ct;
	int dir;

	ct = conn_find(zone->id, tuple, &dir);
	if (!ct)
		return NULL;
	ct->ct_general.use.refs++;
	return &ct->tuplehash[dir];
}

bool nf_ct_delete(struct nf_conn *ct, u32 portid, int report)
{
	struct nf_conn **p;

	for (p = &conns; *p; p = &(*p)->next)
		if (*p == ct) {
			*p = ct->next;
			nf_ct_put(ct);
			return true;
		}
	return false;
}

void nf_ct_iterate_cleanup_net(int (*iter)(struct nf_conn *ct, void *data),
			       const struct nf_ct_iter_data *data)
{
	struct nf_conn *ct, *next;

	synchronize_rcu();
	for (ct = conns; ct; ct = next) {
		next = ct->next;
		if (iter(ct, data->data))
			nf_ct_delete(ct, 0, 0);
	}
}

static int all_of_them(struct nf_conn *ct, void *data)
{
	return 1;
}

void shim_conntrack_flush(void)
{
	struct nf_ct_iter_data data = {};

	nf_ct_iterate_cleanup_net(all_of_them, &data);
}

static bool tuple_of(const struct sk_buff *skb, u8 family,
		     struct nf_conntrack_tuple *t)
{
	const u8 *ip = skb->data;

	memset(t, 0, sizeof(*t));
	t->src.l3num = family;
	if (family == NFPROTO_IPV4) {
		memcpy(&t->src.u3, ip + 12, 4);
		memcpy(&t->dst.u3, ip + 16, 4);
		t->dst.protonum = ip[9];
	} else {
		memcpy(&t->src.u3, ip + 8, 16);
		memcpy(&t->dst.u3, ip + 24, 16);
		t->dst.protonum = ip[6];
	}
	/* ports are not looked at: there is IKE on its own ones only */
	if (t->dst.protonum == IPPROTO_UDP) {
		t->src.u.udp.port = htons(500);
		t->dst.u.udp.port = htons(500);
	}
	return t->dst.protonum == IPPROTO_ESP || t->dst.protonum == IPPROTO_UDP;
}

unsigned int nf_conntrack_in(struct sk_buff *skb,
			     const struct nf_hook_state *state)
{
	struct nf_conntrack_zone zone = {};
	enum ip_conntrack_info info;
	struct nf_conntrack_tuple t;
	struct nf_conn *ct = nf_ct_get(skb, &info);
	int dir;

	if (ct && !nf_ct_is_template(ct))
		return NF_ACCEPT;
	if (ct)
		zone = ct->zone;
	nf_reset_ct(skb);
	if (!tuple_of(skb, state->pf, &t))
		return NF_ACCEPT;
	ct = conn_find(zone.id, &t, &dir);
	if (ct) {
		ct->ct_general.use.refs++;
		if (dir == IP_CT_DIR_REPLY) {
			ct->status |= IPS_SEEN_REPLY;
			nf_ct_set(skb, ct, IP_CT_ESTABLISHED_REPLY);
		} else {
			nf_ct_set(skb, ct, ct->status & IPS_SEEN_REPLY ?
				  IP_CT_ESTABLISHED : IP_CT_NEW);
		}
		if (!(ct->status & IPS_FIXED_TIMEOUT))
			ct->timeout = (u32)jiffies + 600 * HZ;
		return NF_ACCEPT;
	}
	ct = conn_new(&zone);
	ct->tuplehash[0].tuple = t;
	ct->tuplehash[1].tuple = t;
	ct->tuplehash[1].tuple.dst.dir = IP_CT_DIR_REPLY;
	ct->tuplehash[1].tuple.src.u3 = t.dst.u3;
	ct->tuplehash[1].tuple.dst.u3 = t.src.u3;
	ct->timeout = (u32)jiffies + 600 * HZ;
	nf_ct_set(skb, ct, IP_CT_NEW);
	return NF_ACCEPT;
}

int nf_conntrack_confirm(struct sk_buff *skb)
{
	enum ip_conntrack_info info;
	struct nf_conn *ct = nf_ct_get(skb, &info);
	int dir;

	if (!ct || nf_ct_is_confirmed(ct) || nf_ct_is_template(ct))
		return NF_ACCEPT;
	if (conn_find(ct->zone.id, nf_ct_tuple(ct, 0), &dir) ||
	    conn_find(ct->zone.id, nf_ct_tuple(ct, 1), &dir))
		return NF_DROP;
	ct->status |= IPS_CONFIRMED;
	ct->ct_general.use.refs++;
	ct->next = conns;
	conns = ct;
	return NF_ACCEPT;
}

static void address_set(struct sk_buff *skb, bool source,
			const struct nf_conntrack_tuple *t,
			const union nf_inet_addr *to)
{
	if (t->src.l3num == NFPROTO_IPV4)
		memcpy(skb->data + (source ? 12 : 16), to, 4);
	else
		memcpy(skb->data + (source ? 8 : 24), to, 16);
}

bool shim_nat_out(struct sk_buff *skb, const union nf_inet_addr *public)
{
	enum ip_conntrack_info info;
	struct nf_conn *ct = nf_ct_get(skb, &info);

	if (!ct || nf_ct_is_template(ct))
		return true;
	if (info == IP_CT_ESTABLISHED_REPLY) {
		/* back through a DNAT rule there is none of */
		return true;
	}
	if (!nf_ct_is_confirmed(ct) && public) {
		ct->tuplehash[1].tuple.dst.u3 = *public;
		ct->status |= IPS_SRC_NAT | IPS_SRC_NAT_DONE;
	}
	if (ct->status & IPS_SRC_NAT)
		address_set(skb, true, nf_ct_tuple(ct, 0),
			    &ct->tuplehash[1].tuple.dst.u3);
	return true;
}

void shim_nat_in(struct sk_buff *skb)
{
	enum ip_conntrack_info info;
	struct nf_conn *ct = nf_ct_get(skb, &info);

	if (ct && info == IP_CT_ESTABLISHED_REPLY && ct->status & IPS_SRC_NAT)
		address_set(skb, false, nf_ct_tuple(ct, 0),
			    &ct->tuplehash[0].tuple.src.u3);
}
