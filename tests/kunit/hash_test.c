// SPDX-License-Identifier: GPL-2.0
/* kmod/masq/hash.c: what is put in is found until it is taken out, whatever the
 * table is doing.
 */
#include <linux/kthread.h>

#include "test.h"

#include "../../kmod/masq/hash.c"

#define KEYS	5000

static DEFINE_SPINLOCK(lock);

struct entry {
	struct masq_link link;
	u32 key;
	bool in;
};

/* Few bits, so that chains are long */
static u32 entry_hash(const struct masq_link *link)
{
	return container_of(link, struct entry, link)->key % 1500;
}

static struct entry *find_in(const struct masq_buckets *b, u32 key)
{
	struct masq_link *link;

	for (link = masq_hash_first(b, key % 1500); link;
	     link = masq_hash_next(link))
		if (container_of(link, struct entry, link)->key == key)
			return container_of(link, struct entry, link);
	return NULL;
}

/* As table.c looks up */
static struct entry *find(const struct masq_hash *h, u32 key)
{
	const struct masq_buckets *old;
	struct entry *e = find_in(rcu_dereference_raw(h->now), key);

	if (e)
		return e;
	old = rcu_dereference_raw(h->old);
	return old ? find_in(old, key) : NULL;
}

static u32 size_of(const struct masq_hash *h)
{
	return rcu_dereference_raw(h->now)->mask + 1;
}

static struct entry *entries_make(struct kunit *test)
{
	struct entry *e = kunit_kcalloc(test, KEYS, sizeof(*e), GFP_KERNEL);
	int i;

	must(e);
	for (i = 0; i < KEYS; i++)
		e[i].key = i;
	return e;
}

/* All that must be found is, nothing else is; what is wrong is counted */
static u32 wrong(const struct masq_hash *h, struct entry *e)
{
	u32 i, bad = 0, n = 0;

	for (i = 0; i < KEYS; i++) {
		bad += find(h, i) != (e[i].in ? &e[i] : NULL);
		n += e[i].in;
	}
	return bad + (h->n != n);
}

static void toggle(struct masq_hash *h, struct entry *e)
{
	if (e->in)
		masq_hash_del(h, &e->link);
	else
		masq_hash_add(h, &e->link);
	e->in = !e->in;
}

static void empty(struct kunit *test)
{
	struct masq_hash h;

	must(!masq_hash_init(&h, entry_hash));
	ok(!find(&h, 0) && !h.n, "nothing is in a new table");
	ok(!masq_hash_wants_resize(&h), "which has its size");
	masq_hash_exit(&h);
}

static void grows_and_shrinks(struct kunit *test)
{
	struct entry *e = entries_make(test);
	u32 i, size, bad = 0, resizes = 0;
	struct masq_hash h;

	must(!masq_hash_init(&h, entry_hash));
	for (i = 0; i < KEYS; i++) {
		toggle(&h, &e[i]);
		if (!masq_hash_wants_resize(&h))
			continue;
		resizes++;
		masq_hash_resize(&h, &lock);
		size = size_of(&h);
		bad += h.n > size || size > 2 * h.n || (size & (size - 1));
		bad += wrong(&h, e);
		bad += masq_hash_wants_resize(&h);
	}
	is(bad, 0, "one to two chains an entry after growing");
	is(resizes, 5, "256 chains for up to 256 entries, 8192 for 5000");
	for (i = 0; i < KEYS; i++) {
		toggle(&h, &e[i]);
		size = size_of(&h);
		if (!masq_hash_wants_resize(&h)) {
			bad += h.n < size / 8 && size > 1024;
			continue;
		}
		masq_hash_resize(&h, &lock);
		bad += size_of(&h) >= size || wrong(&h, e);
		bad += masq_hash_wants_resize(&h);
	}
	is(bad, 0, "it shrinks when it is far too big");
	ok(size_of(&h) <= 1024 && !h.n, "and is small when it is empty");
	masq_hash_exit(&h);
}

static void random_use(struct kunit *test)
{
	struct entry *e = entries_make(test);
	struct masq_hash h;
	u32 i, bad = 0;

	must(!masq_hash_init(&h, entry_hash));
	for (i = 0; i < 100000; i++) {
		toggle(&h, &e[random_below(KEYS)]);
		if (!random_below(5000))
			masq_hash_resize(&h, &lock);
		if (!random_below(2000))
			bad += wrong(&h, e);
	}
	is(bad, 0, "what is in is found, what is not is not");
	masq_hash_exit(&h);
}

/* A resize that stopped after some chains, as it does between two batches */
static void half_way(struct kunit *test)
{
	struct entry *e = entries_make(test);
	struct masq_buckets *old, *new;
	struct masq_hash h;
	u32 i;

	must(!masq_hash_init(&h, entry_hash));
	for (i = 0; i < 600; i++)
		toggle(&h, &e[i]);
	old = rcu_dereference_raw(h.now);
	new = buckets_alloc(1024);
	must(new);
	rcu_assign_pointer(h.old, old);
	rcu_assign_pointer(h.now, new);
	is(wrong(&h, e), 0, "what is still in the old array is found");
	for (i = 500; i < 700; i++)
		toggle(&h, &e[i]);
	is(wrong(&h, e), 0, "is taken out of it, and others are put in");
	for (i = 600; i < 700; i++)
		ok(!find_in(old, i), "which come into the new array");
	masq_hash_exit(&h);
}

struct resizer {
	struct masq_hash h;
	spinlock_t lock;	/* writers of h */
	u32 n;
};

static int resize_on(void *data)
{
	struct resizer *r = data;

	while (!kthread_should_stop()) {
		masq_hash_resize(&r->h, &r->lock);
		r->n++;
		cond_resched();
	}
	return 0;
}

/* While another thread resizes all the time */
static void at_once(struct kunit *test)
{
	struct resizer *r = kunit_kzalloc(test, sizeof(*r), GFP_KERNEL);
	unsigned long end = jiffies + HZ / 2;
	struct entry *e = entries_make(test);
	struct task_struct *task;
	u32 bad = 0, i;

	must(r);
	spin_lock_init(&r->lock);
	must(!masq_hash_init(&r->h, entry_hash));
	task = kthread_run(resize_on, r, "hash-resize");
	must(!IS_ERR(task));
	while (time_before(jiffies, end) || r->n < 3) {
		for (i = 0; i < 100; i++) {
			u32 key = random_below(KEYS);

			spin_lock_bh(&r->lock);
			bad += find(&r->h, key) !=
			       (e[key].in ? &e[key] : NULL);
			toggle(&r->h, &e[key]);
			spin_unlock_bh(&r->lock);
		}
		cond_resched();
	}
	kthread_stop(task);
	bad += wrong(&r->h, e);
	is(bad, 0, "under the lock a look-up is exact");
	kunit_info(test, "%u resizes meanwhile\n", r->n);
	masq_hash_exit(&r->h);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(empty),
	KUNIT_CASE(grows_and_shrinks),
	KUNIT_CASE(random_use),
	KUNIT_CASE(half_way),
	KUNIT_CASE(at_once),
	{}
};

static struct kunit_suite suite = {
	.name = "masq-hash",
	.test_cases = cases,
};

kunit_test_suite(suite);
