/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A hash table for SPIs: 8 bytes an entry, one look-up of about 30
 * instructions, grown and shrunk by a worker.
 *
 * Not rhashtable, which the other tables are: with two entries a pair its load
 * limit of 75 % and its bucket header cost up to 60 bytes a pair, and its
 * look-up twice as much.
 *
 * Readers run under RCU and may miss an entry that is moved to another bucket
 * at that moment; the caller's slow path looks again under the writers' lock,
 * where a look-up is exact. While the table is resized an entry is in one of two
 * bucket arrays.
 */
#ifndef _SPINAT_MASQ_HASH_H
#define _SPINAT_MASQ_HASH_H

#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct masq_link {
	struct masq_link __rcu *next;
};

/**
 * struct masq_buckets - one array of chains
 * @mask: number of chains - 1
 * @chain: the chains
 */
struct masq_buckets {
	u32 mask;
	struct masq_link __rcu **chain;
};

/**
 * struct masq_hash - a table
 * @now: where entries are put
 * @old: where some still are while the table is resized, else NULL
 * @n: entries
 * @hash_of: hash of an entry, as look-ups compute it
 */
struct masq_hash {
	struct masq_buckets __rcu *now;
	struct masq_buckets __rcu *old;
	u32 n;
	u32 (*hash_of)(const struct masq_link *link);
};

int masq_hash_init(struct masq_hash *h,
		   u32 (*hash_of)(const struct masq_link *link));
void masq_hash_exit(struct masq_hash *h);
void masq_hash_add(struct masq_hash *h, struct masq_link *link);
void masq_hash_del(struct masq_hash *h, struct masq_link *link);
bool masq_hash_wants_resize(const struct masq_hash *h);
void masq_hash_resize(struct masq_hash *h, spinlock_t *lock);

/* The chain of a hash: its first entry, and the one after an entry; with RCU held
 * or under the lock
 */
static __always_inline struct masq_link *
masq_hash_first(const struct masq_buckets *b, u32 hash)
{
	return rcu_dereference_raw(b->chain[hash & b->mask]);
}

static __always_inline struct masq_link *
masq_hash_next(const struct masq_link *link)
{
	return rcu_dereference_raw(link->next);
}

#endif
