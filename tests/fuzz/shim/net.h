/* SPDX-License-Identifier: GPL-2.0 */
/* Packets, devices, namespaces, netfilter, conntrack. */
#ifndef SHIM_NET_H
#define SHIM_NET_H

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_conntrack_tuple_common.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/udp.h>

#ifndef AF_INET
#define AF_INET		2
#define AF_INET6	10
#endif
#define IP_MF		0x2000
#define IP_OFFSET	0x1fff
#define RTN_UNICAST	1
#define RTN_LOCAL	2

struct user_namespace {
	int unused;
};

struct nf_hook_state;
struct sk_buff;

typedef unsigned int nf_hookfn(void *priv, struct sk_buff *skb,
			       const struct nf_hook_state *state);

#define SHIM_HOOKS	16

struct nf_hook_entries {
	u16 num_hook_entries;
	struct {
		nf_hookfn *hook;
		void *priv;
	} hooks[SHIM_HOOKS];
};

struct net {
	struct user_namespace *user_ns;
	struct {
		struct nf_hook_entries *hooks_ipv4[NF_INET_NUMHOOKS];
		struct nf_hook_entries *hooks_ipv6[NF_INET_NUMHOOKS];
	} nf;
};

extern struct user_namespace init_user_ns;
extern struct net init_net;

struct sock {
	struct net *net;
};

struct net_device {
	struct net *net;
	int refs;
};

#define sock_net(sk)		((sk)->net)
#define dev_net(dev)		((dev)->net)
#define dev_hold(dev)		({ if (dev) (dev)->refs++; })
#define dev_put(dev)		({ if (dev) (dev)->refs--; })
#define netdev_put(dev, t)	dev_put(dev)
#define netdev_hold(dev, t, g)	dev_hold(dev)

/*
 * The linear part and the rest are allocated apart, in exactly their sizes, so
 * that reading past either is seen.
 */
struct sk_buff {
	struct sk_buff *next, *prev;
	u8 *data;
	u8 *rest;
	unsigned int len;
	unsigned int headlen;
	unsigned int size;
	unsigned int truesize;
	unsigned long _nfct;
	struct net_device *dev;
	struct sock *sk;
	int skb_iif;
	u32 mark;
	u32 hash;
	void *dst;
	/* of its own, where the IP header is not at @data */
	u8 *network;
	__be16 protocol;
	struct sec_path *sp;
	char cb[48];
};

struct sk_buff *shim_skb(const u8 *bytes, unsigned int len, unsigned int head,
			 struct net_device *dev);
void kfree_skb(struct sk_buff *skb);
#define consume_skb(skb)	kfree_skb(skb)
#define kfree_skb_list(skb)	kfree_skb(skb)
extern long shim_skbs;

#define skb_headlen(skb)	((skb)->headlen)
#define skb_network_offset(skb)	0
#define skb_network_header(skb)	((skb)->network ?: (skb)->data)
#define skb_tail_pointer(skb)	((skb)->data + (skb)->len)
#define ip_hdr(skb)		((struct iphdr *)skb_network_header(skb))
#define ipv6_hdr(skb)		((struct ipv6hdr *)skb_network_header(skb))
#define ip_is_fragment(iph)	((iph)->frag_off & htons(IP_MF | IP_OFFSET))
#define skb_dst(skb)		((skb)->dst)
#define skb_dst_force(skb)	((skb)->dst != NULL)

struct sk_buff_head {
	struct sk_buff *first, *last;
	u32 qlen;
};

#define __skb_queue_head_init(q)	memset(q, 0, sizeof(struct sk_buff_head))
#define skb_queue_empty(q)		(!(q)->qlen)
#define skb_queue_walk(q, skb) \
	for (skb = (q)->first; skb; skb = skb->next)

static inline void __skb_queue_tail(struct sk_buff_head *q, struct sk_buff *skb)
{
	claim(!skb->next && !skb->prev && q->first != skb,
	      "a packet is in two queues");
	skb->prev = q->last;
	if (q->last)
		q->last->next = skb;
	else
		q->first = skb;
	q->last = skb;
	q->qlen++;
}

static inline struct sk_buff *__skb_dequeue(struct sk_buff_head *q)
{
	struct sk_buff *skb = q->first;

	if (!skb)
		return NULL;
	q->first = skb->next;
	if (q->first)
		q->first->prev = NULL;
	else
		q->last = NULL;
	skb->next = NULL;
	q->qlen--;
	return skb;
}

static inline void skb_queue_splice_tail_init(struct sk_buff_head *from,
					      struct sk_buff_head *to)
{
	struct sk_buff *skb;

	while ((skb = __skb_dequeue(from)))
		__skb_queue_tail(to, skb);
}

#define netif_is_l3_master(dev)		false

void *skb_header_pointer(const struct sk_buff *skb, int off, int len, void *to);
int ipv6_skip_exthdr(const struct sk_buff *skb, int at, u8 *proto,
		     __be16 *frag);

static inline bool nf_inet_addr_cmp(const union nf_inet_addr *a,
				    const union nf_inet_addr *b)
{
	return !memcmp(a, b, sizeof(*a));
}

#define ipv6_addr_is_multicast(a)	((a)->s6_addr[0] == 0xff)
#define ipv6_addr_loopback(a) \
	(!memcmp(a, &(struct in6_addr){ .s6_addr[15] = 1 }, 16))
#define IPV6_ADDR_LINKLOCAL		0x20
#define ipv6_addr_type(a) \
	((a)->s6_addr[0] == 0xfe && ((a)->s6_addr[1] & 0xc0) == 0x80 ? \
	 IPV6_ADDR_LINKLOCAL : 0)
#define ipv6_mod_enabled()		true
#define ipv4_is_multicast(a)		((ntohl(a) >> 28) == 14)
#define ipv4_is_lbcast(a)		((a) == 0xffffffff)
#define ipv4_is_loopback(a)		((ntohl(a) >> 24) == 127)
#define ipv6_addr_set_v4mapped(a, to)	do {} while (0)
bool shim_addr_is_router(const union nf_inet_addr *addr);

static inline int inet_addr_type_dev_table(struct net *net,
					   const struct net_device *dev,
					   __be32 addr)
{
	union nf_inet_addr a = { .ip = addr };

	return shim_addr_is_router(&a) ? RTN_LOCAL : RTN_UNICAST;
}

#define ipv6_chk_addr(net, a, dev, strict) \
	shim_addr_is_router((const union nf_inet_addr *)(a))

/* Namespaces, devices that go */
struct pernet_operations {
	int (*init)(struct net *net);
	void (*pre_exit)(struct net *net);
	void (*exit)(struct net *net);
	unsigned int *id;
	size_t size;
};

int register_pernet_subsys(struct pernet_operations *ops);
void unregister_pernet_subsys(struct pernet_operations *ops);
void *net_generic(const struct net *net, unsigned int id);

struct notifier_block {
	int (*notifier_call)(struct notifier_block *nb, unsigned long event,
			     void *ptr);
};

#define NETDEV_DOWN		2
#define NETDEV_UNREGISTER	6
#define NOTIFY_DONE		0
#define netdev_notifier_info_to_dev(p)	((struct net_device *)(p))
int register_netdevice_notifier(struct notifier_block *nb);
void unregister_netdevice_notifier(struct notifier_block *nb);
void shim_dev_down(struct net_device *dev);

/* Netfilter */
struct nf_hook_state {
	u8 hook;
	u8 pf;
	struct net_device *in, *out;
	struct sock *sk;
	struct net *net;
	int (*okfn)(struct net *net, struct sock *sk, struct sk_buff *skb);
};

static inline void
nf_hook_state_init(struct nf_hook_state *state, unsigned int hook, u8 pf,
		   struct net_device *in, struct net_device *out,
		   struct sock *sk, struct net *net,
		   int (*okfn)(struct net *net, struct sock *sk,
			       struct sk_buff *skb))
{
	*state = (struct nf_hook_state){
		.hook = hook, .pf = pf, .in = in, .out = out, .sk = sk,
		.net = net, .okfn = okfn,
	};
}

struct nf_hook_ops {
	nf_hookfn *hook;
	void *priv;
	u8 pf;
	unsigned int hooknum;
	int priority;
};

int nf_register_net_hooks(struct net *net, const struct nf_hook_ops *ops,
			  unsigned int n);
void nf_unregister_net_hooks(struct net *net, const struct nf_hook_ops *ops,
			     unsigned int n);
/* The module's own hooks there */
unsigned int shim_hooks(struct sk_buff *skb, const struct nf_hook_state *state);
/* From hook @i on: 1 if the packet may go, else it is gone */
int nf_hook_slow(struct sk_buff *skb, struct nf_hook_state *state,
		 const struct nf_hook_entries *e, unsigned int i);

/* Conntrack */
struct nf_conntrack_zone {
	u16 id;
	u8 flags;
	u8 dir;
};

struct nf_conntrack_tuple {
	struct {
		union nf_inet_addr u3;
		union nf_conntrack_man_proto u;
		u16 l3num;
	} src;
	struct {
		union nf_inet_addr u3;
		union nf_conntrack_man_proto u;
		u8 protonum;
		u8 dir;
	} dst;
};

struct nf_conntrack_tuple_hash {
	struct nf_conntrack_tuple tuple;
};

typedef struct {
	int refs;
} refcount_t;

#define refcount_read(r)	((r)->refs)
#define refcount_inc(r)		((r)->refs++)

struct nf_conn {
	struct {
		refcount_t use;
	} ct_general;
	struct nf_conntrack_zone zone;
	unsigned long status;
	u32 timeout;
	u32 mark;
	struct nf_conntrack_tuple_hash tuplehash[IP_CT_DIR_MAX];
	struct nf_conn *next;
};

struct nf_ct_iter_data {
	struct net *net;
	void *data;
	u32 portid;
	int report;
};

#define NF_CT_DEFAULT_ZONE_ID	0
#define NF_CT_DEFAULT_ZONE_DIR	3
#define nf_ct_zone(ct)		(&(ct)->zone)
#define nf_ct_zone_add(ct, z)	((ct)->zone = *(z))
#define nf_ct_tuple(ct, d)	(&(ct)->tuplehash[d].tuple)
#define nf_ct_protonum(ct)	(nf_ct_tuple(ct, 0)->dst.protonum)
#define nf_ct_is_template(ct)	((ct)->status & IPS_TEMPLATE)
#define nf_ct_is_confirmed(ct)	((ct)->status & IPS_CONFIRMED)
#define NF_CT_DIRECTION(h)	((h)->tuple.dst.dir)
#define __nf_ct_set_timeout(ct, t)	((ct)->timeout = (u32)jiffies + (t))

static inline void nf_ct_zone_init(struct nf_conntrack_zone *zone, u16 id,
				   u8 dir, u8 flags)
{
	*zone = (struct nf_conntrack_zone){ id, flags, dir };
}

static inline struct nf_conn *
nf_ct_tuplehash_to_ctrack(const struct nf_conntrack_tuple_hash *h)
{
	return container_of(h - h->tuple.dst.dir, struct nf_conn, tuplehash);
}

static inline struct nf_conn *nf_ct_get(const struct sk_buff *skb,
					enum ip_conntrack_info *info)
{
	*info = skb->_nfct & 7;
	return (struct nf_conn *)(skb->_nfct & ~7UL);
}

static inline void nf_ct_set(struct sk_buff *skb, struct nf_conn *ct,
			     enum ip_conntrack_info info)
{
	skb->_nfct = (unsigned long)ct | info;
}

void nf_ct_put(struct nf_conn *ct);
void nf_reset_ct(struct sk_buff *skb);
struct nf_conn *nf_ct_tmpl_alloc(struct net *net,
				 const struct nf_conntrack_zone *zone,
				 gfp_t gfp);
struct nf_conntrack_tuple_hash *
nf_conntrack_find_get(struct net *net, const struct nf_conntrack_zone *zone,
		      const struct nf_conntrack_tuple *tuple);
bool nf_ct_delete(struct nf_conn *ct, u32 portid, int report);
void nf_ct_iterate_cleanup_net(int (*iter)(struct nf_conn *ct, void *data),
			       const struct nf_ct_iter_data *data);
unsigned int nf_conntrack_in(struct sk_buff *skb,
			     const struct nf_hook_state *state);
int nf_conntrack_confirm(struct sk_buff *skb);
#define nf_confirm(skb, ...)	nf_conntrack_confirm(skb)
/* The rules: masquerade as @public; false if that address is taken there. */
bool shim_nat_out(struct sk_buff *skb, const union nf_inet_addr *public);
void shim_nat_in(struct sk_buff *skb);
void shim_conntrack_flush(void);
extern long shim_conns;

#endif
