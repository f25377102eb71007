/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's hash tables and arrays, simple and slow; bitmaps. */
#ifndef SHIM_TABLE_H
#define SHIM_TABLE_H

struct rhash_head {
	struct rhash_head *next;
};

struct rhashtable_compare_arg {
	struct rhashtable *ht;
	const void *key;
};

struct rhashtable_params {
	u16 key_len;
	u16 key_offset;
	u16 head_offset;
	bool automatic_shrinking;
	u32 (*hashfn)(const void *data, u32 len, u32 seed);
	u32 (*obj_hashfn)(const void *data, u32 len, u32 seed);
	int (*obj_cmpfn)(struct rhashtable_compare_arg *arg, const void *obj);
};

#define SHIM_CHAINS	16

struct rhashtable {
	struct rhash_head *chain[SHIM_CHAINS];
	unsigned int n;
	bool made;
};

int rhashtable_init(struct rhashtable *ht, const struct rhashtable_params *p);
void rhashtable_destroy(struct rhashtable *ht);
void *shim_rht_lookup(struct rhashtable *ht, const void *key,
		      const struct rhashtable_params *p);
int shim_rht_insert(struct rhashtable *ht, const void *key,
		    struct rhash_head *head, const struct rhashtable_params *p);
int shim_rht_remove(struct rhashtable *ht, struct rhash_head *head,
		    const struct rhashtable_params *p);
#define rhashtable_lookup(ht, key, p)		shim_rht_lookup(ht, key, &(p))
#define rhashtable_lookup_fast(ht, key, p)	shim_rht_lookup(ht, key, &(p))
#define rhashtable_insert_fast(ht, h, p)	shim_rht_insert(ht, NULL, h, &(p))
#define rhashtable_lookup_insert_fast(ht, h, p) shim_rht_insert(ht, NULL, h, &(p))
#define rhashtable_lookup_insert_key(ht, key, h, p) \
	shim_rht_insert(ht, key, h, &(p))
#define rhashtable_remove_fast(ht, h, p)	shim_rht_remove(ht, h, &(p))

/* Sorted by index */
struct xarray {
	unsigned int n, room;
	struct {
		unsigned long index;
		void *entry;
	} *slot;
};

#define XA_PRESENT		0
#define XA_FLAGS_ALLOC1		1
#define xa_init_flags(xa, f)	xa_init(xa)
#define xa_limit_31b		0x7fffffffU
#define xa_init(xa)		memset(xa, 0, sizeof(struct xarray))
void *xa_store(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp);
/* From @next on; 0 is nobody's */
int xa_alloc_cyclic(struct xarray *xa, u32 *id, void *entry, u32 most,
		    u32 *next, gfp_t gfp);
void *xa_erase(struct xarray *xa, unsigned long index);
void *xa_load(struct xarray *xa, unsigned long index);
void *xa_find(struct xarray *xa, unsigned long *index, unsigned long max,
	      unsigned int filter);
void xa_destroy(struct xarray *xa);
#define xa_empty(xa)		(!(xa)->n)
#define xa_err(entry)		((entry) == (void *)-1L ? -ENOMEM : 0)
#define xa_for_each_start(xa, index, entry, start) \
	for ((index) = start; (entry = xa_find(xa, &(index), ULONG_MAX, 0)); \
	     (index)++)
#define xa_for_each(xa, index, entry) \
	xa_for_each_start(xa, index, entry, 0)

static inline bool test_bit(unsigned long i, const unsigned long *map)
{
	return map[i / 64] >> i % 64 & 1;
}

static inline void __set_bit(unsigned long i, unsigned long *map)
{
	map[i / 64] |= 1UL << i % 64;
}

static inline void __clear_bit(unsigned long i, unsigned long *map)
{
	map[i / 64] &= ~(1UL << i % 64);
}

#define set_bit(i, map)		__set_bit(i, map)
#define clear_bit(i, map)	__clear_bit(i, map)

static inline unsigned long find_next_zero_bit(const unsigned long *map,
					       unsigned long size,
					       unsigned long i)
{
	while (i < size && test_bit(i, map))
		i++;
	return min(i, size);
}

#define bitmap_zalloc(bits, gfp)	shim_alloc(((bits) + 63) / 64 * 8, gfp)
#define bitmap_free(map)		kfree(map)

#endif
