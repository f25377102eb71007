// SPDX-License-Identifier: GPL-2.0
/* Packets, namespaces, hooks. */
#include "kernel.h"

struct user_namespace init_user_ns;
struct net init_net = { .user_ns = &init_user_ns };
long shim_skbs;

static void *copy_of(const u8 *bytes, unsigned int len)
{
	u8 *copy = malloc(len ? len : 1);

	memcpy(copy, bytes, len);
	return copy;
}

struct sk_buff *shim_skb(const u8 *bytes, unsigned int len, unsigned int head,
			 struct net_device *dev)
{
	struct sk_buff *skb = calloc(1, sizeof(*skb));

	skb->len = len;
	skb->headlen = min(head, len);
	skb->data = copy_of(bytes, skb->headlen);
	skb->rest = copy_of(bytes + skb->headlen, len - skb->headlen);
	skb->truesize = len + 512;
	skb->dev = dev;
	skb->skb_iif = 1;
	skb->dst = &init_net;	/* anything but NULL */
	shim_skbs++;
	return skb;
}

void kfree_skb(struct sk_buff *skb)
{
	if (!skb)
		return;
	nf_reset_ct(skb);
	free(skb->data);
	free(skb->network);
	free(skb->rest);
	free(skb);
	shim_skbs--;
}

void *skb_header_pointer(const struct sk_buff *skb, int off, int len, void *to)
{
	int i;

	if (off < 0 || len < 0 || off > (int)skb->len - len)
		return NULL;
	if (off + len <= (int)skb->headlen)
		return skb->data + off;
	for (i = 0; i < len; i++, off++)
		((u8 *)to)[i] = off < (int)skb->headlen ? skb->data[off] :
				skb->rest[off - skb->headlen];
	return to;
}

/* RFC 8200, 4: skips what may stand before the upper layer */
int ipv6_skip_exthdr(const struct sk_buff *skb, int at, u8 *proto, __be16 *frag)
{
	u8 head[8], *p;

	*frag = 0;
	for (;;) {
		switch (*proto) {
		case IPPROTO_HOPOPTS:
		case IPPROTO_ROUTING:
		case IPPROTO_DSTOPTS:
		case IPPROTO_AH:
		case IPPROTO_FRAGMENT:
			break;
		case IPPROTO_NONE:
			return -1;
		default:
			return at;
		}
		p = skb_header_pointer(skb, at, *proto == IPPROTO_FRAGMENT ?
				       4 : 2, head);
		if (!p)
			return -1;
		if (*proto == IPPROTO_FRAGMENT) {
			*frag = htons(shim_get(p + 2, 2));
			if (ntohs(*frag) & ~7)
				return at;
			at += 8;
		} else {
			at += *proto == IPPROTO_AH ? (p[1] + 2) * 4 :
						     (p[1] + 1) * 8;
		}
		*proto = p[0];
	}
}

/* One namespace with the state of one module */

static struct pernet_operations *pernet;
static void *pernet_state;

int register_pernet_subsys(struct pernet_operations *ops)
{
	int err;

	pernet_state = shim_alloc(ops->size, GFP_KERNEL);
	if (!pernet_state)
		return -ENOMEM;
	*ops->id = 1;
	pernet = ops;
	err = ops->init(&init_net);
	if (err) {
		pernet = NULL;
		kfree(pernet_state);
	}
	return err;
}

void unregister_pernet_subsys(struct pernet_operations *ops)
{
	if (ops->pre_exit)
		ops->pre_exit(&init_net);
	shim_quiescent();
	ops->exit(&init_net);
	shim_quiescent();
	pernet = NULL;
	kfree(pernet_state);
}

void *net_generic(const struct net *net, unsigned int id)
{
	claim(pernet && id == 1, "the state of a namespace that has none");
	return pernet_state;
}

static struct notifier_block *notifier;

int register_netdevice_notifier(struct notifier_block *nb)
{
	notifier = nb;
	return 0;
}

void unregister_netdevice_notifier(struct notifier_block *nb)
{
	notifier = NULL;
}

void shim_dev_down(struct net_device *dev)
{
	if (notifier)
		notifier->notifier_call(notifier, NETDEV_DOWN, dev);
}

/* Hooks */

static struct nf_hook_entries entries[2][NF_INET_NUMHOOKS];

static struct nf_hook_entries *entries_of(u8 pf, unsigned int hook)
{
	return &entries[pf == NFPROTO_IPV6][hook];
}

int nf_register_net_hooks(struct net *net, const struct nf_hook_ops *ops,
			  unsigned int n)
{
	struct nf_hook_entries *e;
	unsigned int i;

	if (shim_fail_at && !--shim_fail_at)
		return -ENOMEM;
	memset(entries, 0, sizeof(entries));
	for (i = 0; i < n; i++) {
		e = entries_of(ops[i].pf, ops[i].hooknum);
		e->hooks[e->num_hook_entries].hook = ops[i].hook;
		e->hooks[e->num_hook_entries++].priv = ops[i].priv;
		if (ops[i].pf == NFPROTO_IPV6)
			net->nf.hooks_ipv6[ops[i].hooknum] = e;
		else
			net->nf.hooks_ipv4[ops[i].hooknum] = e;
	}
	return 0;
}

void nf_unregister_net_hooks(struct net *net, const struct nf_hook_ops *ops,
			     unsigned int n)
{
	memset(&net->nf, 0, sizeof(net->nf));
	memset(entries, 0, sizeof(entries));
}

static unsigned int hooks_run(struct sk_buff *skb,
			      const struct nf_hook_state *state,
			      const struct nf_hook_entries *e, unsigned int i)
{
	unsigned int verdict = NF_ACCEPT;

	/* As the kernel calls them: under RCU, in softirq context */
	rcu_read_lock();
	local_bh_disable();
	for (; i < e->num_hook_entries && verdict == NF_ACCEPT; i++)
		verdict = e->hooks[i].hook(e->hooks[i].priv, skb, state);
	local_bh_enable();
	rcu_read_unlock();
	return verdict;
}

unsigned int shim_hooks(struct sk_buff *skb, const struct nf_hook_state *state)
{
	return hooks_run(skb, state, entries_of(state->pf, state->hook), 0);
}

int nf_hook_slow(struct sk_buff *skb, struct nf_hook_state *state,
		 const struct nf_hook_entries *e, unsigned int i)
{
	unsigned int verdict = hooks_run(skb, state, e, i);

	if (verdict == NF_DROP)
		kfree_skb(skb);
	return verdict == NF_ACCEPT;
}
