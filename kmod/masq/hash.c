// SPDX-License-Identifier: GPL-2.0
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "../common/once.h"
#include "hash.h"

#define SIZE_MIN	256
/* Chains that are moved before packets may pass again */
#define MOVE_BATCH	256

static struct masq_buckets *buckets_alloc(u32 size)
{
	struct masq_buckets *b = kmalloc(sizeof(*b), GFP_KERNEL);

	if (!b)
		return NULL;
	/* Apart from the structure, so that big arrays fill whole pages */
	b->chain = kvcalloc(size, sizeof(*b->chain), GFP_KERNEL);
	if (!b->chain) {
		kfree(b);
		return NULL;
	}
	b->mask = size - 1;
	return b;
}

static void buckets_free(struct masq_buckets *b)
{
	if (!b)
		return;
	kvfree(b->chain);
	kfree(b);
}

/**
 * masq_hash_init() - an empty table
 * @h: the table
 * @hash_of: hash of an entry; must not change while the entry is in the table
 *
 * Return: 0 or -ENOMEM.
 */
int masq_hash_init(struct masq_hash *h,
		   u32 (*hash_of)(const struct masq_link *link))
{
	struct masq_buckets *b = buckets_alloc(SIZE_MIN);

	if (!b)
		return -ENOMEM;
	RCU_INIT_POINTER(h->now, b);
	RCU_INIT_POINTER(h->old, NULL);
	h->n = 0;
	h->hash_of = hash_of;
	return 0;
}

/* Nobody reads or writes any more. */
void masq_hash_exit(struct masq_hash *h)
{
	buckets_free(rcu_dereference_raw(h->old));
	buckets_free(rcu_dereference_raw(h->now));
}

static void chain_add(struct masq_buckets *b, u32 hash, struct masq_link *link)
{
	struct masq_link __rcu **chain = &b->chain[hash & b->mask];

	RCU_INIT_POINTER(link->next, rcu_dereference_raw(*chain));
	rcu_assign_pointer(*chain, link);
}

static bool chain_del(struct masq_buckets *b, u32 hash, struct masq_link *link)
{
	struct masq_link __rcu **p = &b->chain[hash & b->mask];
	struct masq_link *l;

	for (; (l = rcu_dereference_raw(*p)); p = &l->next) {
		if (l != link)
			continue;
		/* @link keeps its next: readers may stand on it. */
		rcu_assign_pointer(*p, rcu_dereference_raw(link->next));
		return true;
	}
	return false;
}

/**
 * masq_hash_add() - put an entry in
 * @h: the table, under the writers' lock
 * @link: the entry, which is in no table
 */
void masq_hash_add(struct masq_hash *h, struct masq_link *link)
{
	chain_add(rcu_dereference_raw(h->now), h->hash_of(link), link);
	SPINAT_ADD_ONCE(h->n, 1);
}

/**
 * masq_hash_del() - take an entry out; it may be freed after a grace period
 * @h: the table, under the writers' lock
 * @link: the entry, which is in the table
 */
void masq_hash_del(struct masq_hash *h, struct masq_link *link)
{
	struct masq_buckets *old = rcu_dereference_raw(h->old);
	u32 hash = h->hash_of(link);

	if (!chain_del(rcu_dereference_raw(h->now), hash, link) && old)
		chain_del(old, hash, link);
	SPINAT_ADD_ONCE(h->n, -1);
}

/* One to two chains an entry after growing, four before shrinking */
static u32 best_size(u32 n)
{
	return max_t(u32, SIZE_MIN, roundup_pow_of_two(max(n, 1U)));
}

/* Is the size off by so much that resizing pays? */
bool masq_hash_wants_resize(const struct masq_hash *h)
{
	u32 size = rcu_dereference_raw(h->now)->mask + 1;
	u32 n = READ_ONCE(h->n);

	return n > size || best_size(n) * 4 < size;
}

/**
 * masq_hash_resize() - make the table fit its entries
 * @h: the table
 * @lock: the writers' lock, not held
 *
 * Sleeps. One worker at a time. Without memory the table stays as it is.
 */
void masq_hash_resize(struct masq_hash *h, spinlock_t *lock)
{
	struct masq_buckets *old = rcu_dereference_raw(h->now), *new;
	struct masq_link *link;
	u32 i;

	new = buckets_alloc(best_size(READ_ONCE(h->n)));
	if (!new)
		return;

	spin_lock_bh(lock);
	/* Whoever sees the new array as now must see the old one as old. */
	rcu_assign_pointer(h->old, old);
	rcu_assign_pointer(h->now, new);
	for (i = 0; i <= old->mask; i++) {
		while ((link = rcu_dereference_raw(old->chain[i]))) {
			rcu_assign_pointer(old->chain[i],
					   rcu_dereference_raw(link->next));
			chain_add(new, h->hash_of(link), link);
		}
		if (i % MOVE_BATCH == MOVE_BATCH - 1) {
			spin_unlock_bh(lock);
			cond_resched();
			spin_lock_bh(lock);
		}
	}
	RCU_INIT_POINTER(h->old, NULL);
	spin_unlock_bh(lock);

	synchronize_rcu();
	buckets_free(old);
}
