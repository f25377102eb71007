// SPDX-License-Identifier: GPL-2.0
/* The hash tables: SAs by address, tunnels by name and by peer. */
#include <linux/hash.h>
#include <linux/jhash.h>
#include <linux/random.h>

#include "epoch.h"

/* Addresses of SAs are the kernel's choice; nobody can make them collide. */
static u32 sa_hash(const void *data, u32 len, u32 seed)
{
	return hash_long(*(const unsigned long *)data ^ seed, 32);
}

/* Known to the compiler, unlike the default, which calls memcmp() */
static int sa_compare(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct epoch_sa *sa = obj;

	return sa->x != *(struct xfrm_state *const *)arg->key;
}

static const struct rhashtable_params sa_params = {
	.head_offset = offsetof(struct epoch_sa, node),
	.key_offset = offsetof(struct epoch_sa, x),
	.key_len = sizeof_field(struct epoch_sa, x),
	.hashfn = sa_hash,
	.obj_cmpfn = sa_compare,
	.automatic_shrinking = true,
};

static u32 name_seed __read_mostly;

int spinat_epoch_table_init(struct epoch_net *en)
{
	net_get_random_once(&name_seed, sizeof(name_seed));
	xa_init_flags(&en->tunnels, XA_FLAGS_ALLOC1);
	xa_init_flags(&en->epochs, XA_FLAGS_ALLOC1);
	return rhashtable_init(&en->sas, &sa_params);
}

/* The namespace goes, all tunnels are gone: nothing is looked up any more. */
void spinat_epoch_table_close(struct epoch_net *en)
{
	struct hlist_head *by_name, *peers;

	epoch_lock(en);
	by_name = en->by_name;
	peers = en->peers;
	en->by_name = NULL;
	WRITE_ONCE(en->peers, NULL);
	epoch_unlock(en);
	/* They are looked at under the lock only. */
	kvfree(by_name);
	kvfree(peers);
}

/* After spinat_epoch_table_close() and a grace period */
void spinat_epoch_table_exit(struct epoch_net *en)
{
	rhashtable_destroy(&en->sas);
	xa_destroy(&en->epochs);
	xa_destroy(&en->tunnels);
}

/**
 * epoch_setup() - what a namespace needs from its first tunnel on
 * @en: per netns
 *
 * A namespace without tunnels has no hooks, and pays nothing. May sleep.
 */
int epoch_setup(struct epoch_net *en)
{
	struct hlist_head *by_name = NULL, *peers = NULL;
	int err = 0;

	mutex_lock(&en->setup);
	if (en->hooks)
		goto unlock;
	err = -ENOMEM;
	by_name = kvcalloc(1 << EPOCH_PEER_BITS, sizeof(*by_name), GFP_KERNEL);
	peers = kvcalloc(1 << EPOCH_PEER_BITS, sizeof(*peers), GFP_KERNEL);
	if (!by_name || !peers)
		goto free;
	err = spinat_epoch_input_register();
	if (err)
		goto free;
	err = spinat_epoch_xmit_init(en);
	if (err)
		goto free;
	err = spinat_epoch_hooks_register(en);
	if (err)
		goto exit_xmit;
	epoch_lock(en);
	en->by_name = by_name;
	WRITE_ONCE(en->peers, peers);
	epoch_unlock(en);
	goto unlock;

exit_xmit:
	spinat_epoch_xmit_exit(en);
free:
	kvfree(by_name);
	kvfree(peers);
unlock:
	mutex_unlock(&en->setup);
	return err;
}

/**
 * epoch_sa_lookup() - whose is an SA?
 * @en: per netns
 * @x: the SA
 *
 * Under RCU.
 */
struct epoch_sa *epoch_sa_lookup(struct epoch_net *en,
				 const struct xfrm_state *x)
{
	return rhashtable_lookup(&en->sas, &x, sa_params);
}

int epoch_sa_insert(struct epoch_net *en, struct epoch_sa *sa)
{
	lockdep_assert_held(&en->lock);
	return rhashtable_lookup_insert_fast(&en->sas, &sa->node, sa_params);
}

void epoch_sa_remove(struct epoch_net *en, struct epoch_sa *sa)
{
	lockdep_assert_held(&en->lock);
	rhashtable_remove_fast(&en->sas, &sa->node, sa_params);
}

static struct hlist_head *name_head(struct epoch_net *en, const char *name)
{
	u32 hash = jhash(name, strlen(name), name_seed);

	return &en->by_name[hash_32(hash, EPOCH_PEER_BITS)];
}

static struct hlist_head *peer_head(struct epoch_net *en,
				    const union nf_inet_addr *peer)
{
	u32 hash = jhash2(peer->all, ARRAY_SIZE(peer->all), name_seed);

	return &en->peers[hash_32(hash, EPOCH_PEER_BITS)];
}

struct epoch_tunnel *epoch_tunnel_lookup(struct epoch_net *en,
					 const char *name)
{
	struct epoch_tunnel *t;

	lockdep_assert_held(&en->lock);
	if (!en->by_name)
		return NULL;
	hlist_for_each_entry(t, name_head(en, name), by_name)
		if (!strcmp(t->name, name))
			return t;
	return NULL;
}

/**
 * epoch_tunnel_of_sa() - which tunnel gates an SA from birth?
 * @en: per netns
 * @x: an SA
 *
 * Several tunnels may have one peer, as clients behind one NAT; which of them
 * it is shows when it is announced. The newest one is taken until then.
 *
 * Return: the tunnel, NULL if it is no SA to the peer of one.
 */
struct epoch_tunnel *epoch_tunnel_of_sa(struct epoch_net *en,
					const struct xfrm_state *x)
{
	u8 family = epoch_family(x->props.family);
	union nf_inet_addr peer = {};
	struct epoch_tunnel *t;

	lockdep_assert_held(&en->lock);
	if (!en->peers || x->id.proto != IPPROTO_ESP)
		return NULL;
	memcpy(&peer, &x->id.daddr, family == NFPROTO_IPV4 ? 4 : 16);
	hlist_for_each_entry(t, peer_head(en, &peer), by_peer)
		if (t->family == family && t->if_id == x->if_id &&
		    nf_inet_addr_cmp(&t->peer, &peer))
			return t;
	return NULL;
}

void epoch_tunnel_link(struct epoch_net *en, struct epoch_tunnel *t)
{
	lockdep_assert_held(&en->lock);
	hlist_add_head(&t->by_name, name_head(en, t->name));
	hlist_add_head(&t->by_peer, peer_head(en, &t->peer));
}

void epoch_tunnel_unlink(struct epoch_net *en, struct epoch_tunnel *t)
{
	lockdep_assert_held(&en->lock);
	hlist_del(&t->by_name);
	hlist_del(&t->by_peer);
}
