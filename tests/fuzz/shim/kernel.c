// SPDX-License-Identifier: GPL-2.0
/* Memory, RCU, timers, hash tables. */
#include "kernel.h"

unsigned long jiffies = 1000000;
int shim_locked, shim_rcu, shim_bh;
long shim_live, shim_fail_at;

void *shim_alloc(size_t size, gfp_t gfp)
{
	void *p;

	claim(!(gfp & GFP_KERNEL) || (!shim_locked && !shim_rcu && !shim_bh),
	      "an allocation that may sleep, under a lock or RCU");
	if (shim_fail_at && !--shim_fail_at)
		return NULL;
	p = calloc(1, size ? size : 1);
	claim(p, "no memory for %zu bytes", size);
	shim_live++;
	return p;
}

void kfree(const void *p)
{
	if (!p)
		return;
	shim_live--;
	free((void *)p);
}

struct kmem_cache *shim_cache(size_t size)
{
	struct kmem_cache *c = kmalloc(sizeof(*c), GFP_KERNEL);

	if (c)
		c->size = size;
	return c;
}

/* RCU */

static struct rcu_head *rcu_first;

void call_rcu(struct rcu_head *head, void (*func)(struct rcu_head *head))
{
	head->next = rcu_first;
	head->func = func;
	rcu_first = head;
}

void shim_grace(void)
{
	struct rcu_head *head;

	while ((head = rcu_first)) {
		rcu_first = head->next;
		/* kfree_rcu() gives an offset instead of a function */
		if ((unsigned long)head->func < PAGE_SIZE)
			kfree((char *)head - (unsigned long)head->func);
		else
			head->func(head);
	}
}

void shim_quiescent(void)
{
	claim(!shim_locked, "a lock was left locked");
	claim(!shim_rcu, "an RCU reader never ended (%d)", shim_rcu);
	claim(!shim_bh, "bottom halves were left off");
	shim_grace();
}

/* Time */

static struct timer_list *timers;

void timer_setup(struct timer_list *t, void (*func)(struct timer_list *t),
		 unsigned int flags)
{
	memset(t, 0, sizeof(*t));
	t->func = func;
}

int mod_timer(struct timer_list *t, unsigned long expires)
{
	bool pending = t->pending;

	claim(t->func, "a timer is armed that was never set up");
	t->expires = expires;
	t->pending = true;
	if (!t->known) {
		t->known = true;
		t->next = timers;
		timers = t;
	}
	return pending;
}

int timer_reduce(struct timer_list *t, unsigned long expires)
{
	if (t->pending && (long)(expires - t->expires) >= 0)
		return 1;
	return mod_timer(t, expires);
}

int timer_delete_sync(struct timer_list *t)
{
	struct timer_list **p;
	bool pending = t->pending;

	for (p = &timers; *p; p = &(*p)->next)
		if (*p == t) {
			*p = t->next;
			break;
		}
	t->known = false;
	t->pending = false;
	return pending;
}

static void work_run(struct timer_list *t)
{
	struct work_struct *w = container_of(t, struct work_struct, timer);

	w->func(w);
}

void shim_work_init(struct work_struct *w, void (*func)(struct work_struct *w))
{
	timer_setup(&w->timer, work_run, 0);
	w->func = func;
}

static struct timer_list *timer_due(unsigned long until)
{
	struct timer_list *t, *first = NULL;

	for (t = timers; t; t = t->next)
		if (t->pending && (long)(t->expires - until) <= 0 &&
		    (!first || (long)(t->expires - first->expires) < 0))
			first = t;
	return first;
}

/* Time passes. A timer that arms itself for now has to wait for the next tick. */
void shim_pass(unsigned long ticks)
{
	unsigned long end = jiffies + ticks;
	struct timer_list *t;
	int budget = 2000;

	while (budget-- && (t = timer_due(end))) {
		if ((long)(t->expires - jiffies) > 0)
			jiffies = t->expires;
		else if (t->expires != jiffies)
			jiffies = min(jiffies + 1, end);
		t->pending = false;
		t->func(t);
		shim_quiescent();
	}
	jiffies = end;
}

/* Hash tables */

static const u8 *rht_object(struct rhash_head *head,
			    const struct rhashtable_params *p)
{
	return (const u8 *)head - p->head_offset;
}

static u32 rht_chain(const void *key, const u8 *obj,
		     const struct rhashtable_params *p)
{
	u32 words[8] = {}, seed = 7, hash;

	if (!key && p->obj_hashfn) {
		hash = p->obj_hashfn(obj, p->key_len, seed);
	} else {
		if (!key)
			key = obj + p->key_offset;
		if (p->hashfn) {
			hash = p->hashfn(key, p->key_len, seed);
		} else {
			memcpy(words, key, min_t(size_t, p->key_len, 32));
			hash = jhash2(words, 8, seed);
		}
	}
	return (hash ^ hash >> 16) % SHIM_CHAINS;
}

static bool rht_equal(struct rhashtable *ht, const void *key, const u8 *obj,
		      const struct rhashtable_params *p)
{
	struct rhashtable_compare_arg arg = { .ht = ht, .key = key };

	return p->obj_cmpfn ? !p->obj_cmpfn(&arg, obj) :
			      !memcmp(key, obj + p->key_offset, p->key_len);
}

int rhashtable_init(struct rhashtable *ht, const struct rhashtable_params *p)
{
	if (shim_fail_at && !--shim_fail_at)
		return -ENOMEM;
	memset(ht, 0, sizeof(*ht));
	ht->made = true;
	return 0;
}

void rhashtable_destroy(struct rhashtable *ht)
{
	claim(ht->made, "a table is destroyed that was never made");
	claim(!ht->n, "a table is destroyed with %u entries", ht->n);
	ht->made = false;
}

void *shim_rht_lookup(struct rhashtable *ht, const void *key,
		      const struct rhashtable_params *p)
{
	struct rhash_head *head;

	claim(ht->made, "a look-up in no table");
	for (head = ht->chain[rht_chain(key, NULL, p)]; head; head = head->next)
		if (rht_equal(ht, key, rht_object(head, p), p))
			return (void *)rht_object(head, p);
	return NULL;
}

int shim_rht_insert(struct rhashtable *ht, const void *key,
		    struct rhash_head *head, const struct rhashtable_params *p)
{
	const u8 *obj = rht_object(head, p);
	u32 chain = rht_chain(NULL, obj, p);

	claim(ht->made, "an insertion into no table");
	if (!key && !p->obj_hashfn)
		key = obj + p->key_offset;
	if (key && shim_rht_lookup(ht, key, p))
		return -EEXIST;
	if (shim_fail_at && !--shim_fail_at)
		return -ENOMEM;
	head->next = ht->chain[chain];
	ht->chain[chain] = head;
	ht->n++;
	return 0;
}

/* What is found in another chain than its own has changed its key. */
int shim_rht_remove(struct rhashtable *ht, struct rhash_head *head,
		    const struct rhashtable_params *p)
{
	struct rhash_head **at;

	at = &ht->chain[rht_chain(NULL, rht_object(head, p), p)];
	while (*at && *at != head)
		at = &(*at)->next;
	claim(*at, "an entry is removed that is not where its key is");
	*at = head->next;
	ht->n--;
	return 0;
}

/* Arrays */

static unsigned int xa_place(const struct xarray *xa, unsigned long index)
{
	unsigned int i = 0;

	while (i < xa->n && xa->slot[i].index < index)
		i++;
	return i;
}

void *xa_store(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp)
{
	unsigned int i = xa_place(xa, index);

	if (shim_fail_at && !--shim_fail_at)
		return (void *)-1L;
	if (i < xa->n && xa->slot[i].index == index) {
		xa->slot[i].entry = entry;
		return NULL;
	}
	if (xa->n == xa->room) {
		xa->room = xa->room * 2 + 8;
		xa->slot = realloc(xa->slot, xa->room * sizeof(*xa->slot));
		claim(xa->slot, "no memory");
	}
	memmove(&xa->slot[i + 1], &xa->slot[i], (xa->n - i) * sizeof(*xa->slot));
	xa->slot[i].index = index;
	xa->slot[i].entry = entry;
	xa->n++;
	return NULL;
}

int xa_alloc_cyclic(struct xarray *xa, u32 *id, void *entry, u32 most,
		    u32 *next, gfp_t gfp)
{
	*id = max(*next, 1U);
	while (xa_load(xa, *id))
		*id = *id == most ? 1 : *id + 1;
	*next = *id + 1;
	return xa_err(xa_store(xa, *id, entry, gfp));
}

void *xa_erase(struct xarray *xa, unsigned long index)
{
	unsigned int i = xa_place(xa, index);

	if (i == xa->n || xa->slot[i].index != index)
		return NULL;
	memmove(&xa->slot[i], &xa->slot[i + 1],
		(--xa->n - i) * sizeof(*xa->slot));
	return NULL;
}

void *xa_load(struct xarray *xa, unsigned long index)
{
	unsigned int i = xa_place(xa, index);

	return i < xa->n && xa->slot[i].index == index ? xa->slot[i].entry :
							 NULL;
}

void *xa_find(struct xarray *xa, unsigned long *index, unsigned long most,
	      unsigned int filter)
{
	unsigned int i = xa_place(xa, *index);

	if (i == xa->n || xa->slot[i].index > most)
		return NULL;
	*index = xa->slot[i].index;
	return xa->slot[i].entry;
}

void xa_destroy(struct xarray *xa)
{
	claim(!xa->n, "an array is destroyed with %u entries", xa->n);
	free(xa->slot);
	memset(xa, 0, sizeof(*xa));
}
