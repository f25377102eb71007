// SPDX-License-Identifier: GPL-2.0
/*
 * Clients, their conntrack zones, and the caps that keep one client, one IPv6
 * /64 or one namespace from taking the memory of all others.
 */
#include <linux/jhash.h>
#include <linux/slab.h>

#include "masq.h"

struct client_key {
	const union nf_inet_addr *addr;
	u8 family;
};

static u32 client_key_hash(const void *data, u32 len, u32 seed)
{
	const struct client_key *k = data;

	return jhash2((const u32 *)k->addr->all, 4, k->family ^ seed);
}

static u32 client_hash(const void *data, u32 len, u32 seed)
{
	const struct masq_client *c = data;
	struct client_key k = { .addr = &c->addr, .family = c->family };

	return client_key_hash(&k, 0, seed);
}

static int client_cmp(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct client_key *k = arg->key;
	const struct masq_client *c = obj;

	return !(c->family == k->family && nf_inet_addr_cmp(&c->addr, k->addr));
}

static const struct rhashtable_params client_params = {
	.head_offset = offsetof(struct masq_client, node),
	.hashfn = client_key_hash,
	.obj_hashfn = client_hash,
	.obj_cmpfn = client_cmp,
	.automatic_shrinking = true,
};

static const struct rhashtable_params prefix_params = {
	.head_offset = offsetof(struct masq_prefix, node),
	.key_offset = offsetof(struct masq_prefix, bits),
	.key_len = sizeof_field(struct masq_prefix, bits),
	.automatic_shrinking = true,
};

int spinat_masq_client_init(struct masq_net *mn)
{
	mn->zone_map = bitmap_zalloc(U16_MAX + 1, GFP_KERNEL);
	if (!mn->zone_map)
		return -ENOMEM;
	xa_init(&mn->zones);
	INIT_LIST_HEAD(&mn->unanswered);
	if (rhashtable_init(&mn->clients, &client_params))
		goto free_map;
	if (rhashtable_init(&mn->prefixes, &prefix_params))
		goto destroy_clients;
	return 0;

destroy_clients:
	rhashtable_destroy(&mn->clients);
free_map:
	bitmap_free(mn->zone_map);
	return -ENOMEM;
}

void spinat_masq_client_exit(struct masq_net *mn)
{
	rhashtable_destroy(&mn->prefixes);
	rhashtable_destroy(&mn->clients);
	xa_destroy(&mn->zones);
	bitmap_free(mn->zone_map);
}

struct masq_client *masq_client_lookup(struct masq_net *mn, u8 family,
				       const union nf_inet_addr *addr)
{
	struct client_key k = { .addr = addr, .family = family };

	return rhashtable_lookup(&mn->clients, &k, client_params);
}

/**
 * masq_zone_pick() - the zone that a new client would get
 * @mn: per netns
 * @family: of @addr
 * @addr: its inside address
 *
 * Reserves nothing: whether a NAT rule rewrites the packet, and so whether
 * there will be a client at all, is known only in POST_ROUTING. Different
 * addresses begin to look at different places, so that two new clients at once
 * rarely pick the same zone; where they do, the second packet is dropped.
 *
 * Return: a free zone, 0 if there is none.
 */
u16 masq_zone_pick(struct masq_net *mn, u8 family,
		   const union nf_inet_addr *addr)
{
	unsigned long lo = masq_config(mn, ZONE_MIN);
	unsigned long hi = masq_config(mn, ZONE_MAX);
	struct client_key k = { .addr = addr, .family = family };
	unsigned long start, zone;

	if (hi < lo)
		return 0;
	start = lo + reciprocal_scale(client_key_hash(&k, 0, 0), hi - lo + 1);
	zone = find_next_zero_bit(mn->zone_map, hi + 1, start);
	if (zone > hi)
		zone = find_next_zero_bit(mn->zone_map, hi + 1, lo);
	return zone > hi ? 0 : zone;
}

static struct masq_prefix *prefix_make(struct masq_net *mn,
				       const union nf_inet_addr *addr)
{
	struct masq_prefix *prefix;
	__be64 bits;

	memcpy(&bits, addr, sizeof(bits));
	prefix = rhashtable_lookup(&mn->prefixes, &bits, prefix_params);
	if (prefix)
		return prefix;
	prefix = kzalloc(sizeof(*prefix), GFP_ATOMIC | __GFP_NOWARN);
	if (!prefix)
		return NULL;
	prefix->bits = bits;
	INIT_LIST_HEAD(&prefix->unanswered);
	if (!rhashtable_insert_fast(&mn->prefixes, &prefix->node,
				    prefix_params))
		return prefix;
	kfree(prefix);
	return NULL;
}

static void prefix_release(struct masq_net *mn, struct masq_prefix *prefix)
{
	if (!prefix || prefix->n_clients)
		return;
	rhashtable_remove_fast(&mn->prefixes, &prefix->node, prefix_params);
	kfree_rcu(prefix, rcu);
}

/* Forget a client with all its out-SPIs, and so the client itself */
void masq_client_evict(struct masq_net *mn, struct masq_client *client)
{
	struct masq_out *out, *next;

	lockdep_assert_held(&mn->lock);
	list_for_each_entry_safe(out, next, &client->outs, client_link) {
		masq_count(mn, EVICT);
		masq_out_del(mn, out, SPINAT_MASQ_REASON_EVICTED);
	}
}

static bool evict_unanswered(struct masq_net *mn,
			     const struct masq_client *but)
{
	struct masq_client *client;

	list_for_each_entry(client, &mn->unanswered, unanswered) {
		if (client == but || !client->n_outs)
			continue;
		masq_client_evict(mn, client);
		return true;
	}
	return false;
}

/* No zone is free: the oldest client that nobody answered makes room, and the
 * packet that wanted one is dropped, as it is in the wrong zone already. Where
 * all were answered stock conntrack serves the new one, as well as it can.
 */
bool masq_zone_make_room(struct masq_net *mn)
{
	bool done;

	masq_lock(mn);
	done = evict_unanswered(mn, NULL);
	WRITE_ONCE(mn->zones_full, false);
	if (done)
		masq_count(mn, DROP_ZONE);
	else
		masq_count(mn, ZONE_FULL);
	masq_unlock(mn);
	return done;
}

/* One more client of this /64: the oldest that nobody answered makes room. */
static bool prefix_make_room(struct masq_net *mn, struct masq_prefix *prefix)
{
	struct masq_client *client;

	if (prefix->n_clients < masq_config(mn, PREFIX_CLIENTS))
		return true;
	client = list_first_entry_or_null(&prefix->unanswered,
					  struct masq_client, prefix_link);
	if (!client || !client->n_outs)
		return false;
	/* Keep the prefix through the loss of its last client. */
	prefix->n_clients++;
	masq_client_evict(mn, client);
	prefix->n_clients--;
	return true;
}

/**
 * masq_client_make() - find a client, or make one
 * @mn: per netns
 * @family: of @addr
 * @addr: inside address
 * @zone: zone that its first packet has, 0 to choose one
 * @err: set on failure
 *
 * A new one has no flow yet: give it one, or masq_client_release() it.
 *
 * Return: the client, or NULL: -ENOMEM, -EADDRNOTAVAIL no zone is free, -ENOSPC
 * too many clients, -EBUSY @zone is not its own.
 */
struct masq_client *masq_client_make(struct masq_net *mn, u8 family,
				     const union nf_inet_addr *addr, u16 zone,
				     int *err)
{
	struct masq_prefix *prefix = NULL;
	struct masq_client *client;

	lockdep_assert_held(&mn->lock);
	client = masq_client_lookup(mn, family, addr);
	if (client) {
		*err = -EBUSY;
		return !zone || zone == client->zone ? client : NULL;
	}
	if (!zone) {
		*err = -EADDRNOTAVAIL;
		zone = masq_zone_pick(mn, family, addr);
		if (!zone && evict_unanswered(mn, NULL))
			zone = masq_zone_pick(mn, family, addr);
		if (!zone)
			return NULL;
	}
	*err = -EBUSY;
	if (test_bit(zone, mn->zone_map))
		return NULL;

	*err = -ENOMEM;
	if (family == NFPROTO_IPV6) {
		prefix = prefix_make(mn, addr);
		if (!prefix)
			return NULL;
		if (!prefix_make_room(mn, prefix)) {
			*err = -ENOSPC;
			return NULL;
		}
	}
	client = kzalloc(sizeof(*client), GFP_ATOMIC | __GFP_NOWARN);
	if (!client)
		goto release_prefix;
	client->addr = *addr;
	client->family = family;
	client->zone = zone;
	client->prefix = prefix;
	INIT_LIST_HEAD(&client->outs);
	INIT_LIST_HEAD(&client->open);
	INIT_LIST_HEAD(&client->prefix_link);
	*err = xa_err(xa_store(&mn->zones, zone, client, GFP_ATOMIC));
	if (*err)
		goto free_client;
	*err = rhashtable_insert_fast(&mn->clients, &client->node,
				      client_params);
	if (*err)
		goto erase_zone;

	__set_bit(zone, mn->zone_map);
	list_add_tail(&client->unanswered, &mn->unanswered);
	if (prefix) {
		list_add_tail(&client->prefix_link, &prefix->unanswered);
		prefix->n_clients++;
	}
	SPINAT_ADD_ONCE(mn->n_clients, 1);
	return client;

erase_zone:
	xa_erase(&mn->zones, zone);
free_client:
	kfree(client);
release_prefix:
	prefix_release(mn, prefix);
	return NULL;
}

/* Let go of a client that has no flow any more */
void masq_client_release(struct masq_net *mn, struct masq_client *client)
{
	struct masq_in *in;

	lockdep_assert_held(&mn->lock);
	if (client->n_flows)
		return;
	rhashtable_remove_fast(&mn->clients, &client->node, client_params);
	xa_erase(&mn->zones, client->zone);
	__clear_bit(client->zone, mn->zone_map);
	list_del(&client->unanswered);
	list_del(&client->prefix_link);
	if (client->prefix) {
		client->prefix->n_clients--;
		prefix_release(mn, client->prefix);
	}
	while ((in = masq_spare_take(client)))
		masq_in_free(in);
	SPINAT_ADD_ONCE(mn->n_clients, -1);
	kfree_rcu(client, rcu);
}

/* The out-SPI that a client can spare most easily: its oldest unanswered, else
 * its oldest, if that was silent for a minute
 */
static struct masq_out *client_oldest(struct masq_client *client)
{
	struct masq_probe *probe;
	struct masq_out *out;

	probe = list_first_entry_or_null(&client->open, struct masq_probe,
					 client_link);
	if (probe)
		return probe->out;
	/* Those without a probe: memory was short, or their answer was lost. */
	if (client->n_open)
		list_for_each_entry(out, &client->outs, client_link)
			if (!out->s.evidence)
				return out;
	out = list_first_entry_or_null(&client->outs, struct masq_out,
				       client_link);
	if (out && masq_now() - READ_ONCE(out->s.last) > 60 * HZ)
		return out;
	return NULL;
}

/**
 * masq_client_make_room() - keep the caps before one more out-SPI
 * @mn: per netns
 * @client: who wants it
 *
 * A client over its own caps pays itself; where the namespace is full, the
 * oldest client that was never answered goes.
 *
 * Return: false if nothing may be evicted.
 */
bool masq_client_make_room(struct masq_net *mn, struct masq_client *client)
{
	struct masq_out *out;

	lockdep_assert_held(&mn->lock);
	if (client->n_open >= masq_config(mn, CLIENT_OPEN) ||
	    client->n_outs >= masq_config(mn, CLIENT_PAIRS)) {
		out = client_oldest(client);
		if (!out)
			return false;
		masq_count(mn, EVICT);
		masq_out_del(mn, out, SPINAT_MASQ_REASON_EVICTED);
	}
	if (mn->n_outs < masq_config(mn, MAX_PAIRS))
		return true;
	return evict_unanswered(mn, client);
}
