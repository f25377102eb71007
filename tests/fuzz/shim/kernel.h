/* SPDX-License-Identifier: GPL-2.0 */
/*
 * As much of the kernel as the modules' files need to run in a process, the
 * compiler includes it before each of them: language, lists, locks, memory, time.
 *
 * It is stricter than the kernel where that finds bugs: one lock at a time, no
 * sleeping allocation under it or under RCU, what RCU frees is freed as soon as
 * nobody reads, and every allocation can fail.
 */
#ifndef SHIM_KERNEL_H
#define SHIM_KERNEL_H

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <linux/const.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../fuzz.h"

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t s32;
typedef int64_t s64;
typedef unsigned int gfp_t;

#define U8_MAX		UINT8_MAX
#define U16_MAX		UINT16_MAX
#define U32_MAX		UINT32_MAX
#define U64_MAX		UINT64_MAX
#define BITS_PER_LONG	64
#define PAGE_SIZE	4096UL

#define __init
#define __exit
#define __net_init
#define __net_exit
#define __read_mostly
#define __ro_after_init
#define __rcu
#define __percpu
#define __force
#define __maybe_unused	__attribute__((unused))
#undef __always_inline
#define __always_inline	inline __attribute__((always_inline))

#define likely(x)		__builtin_expect(!!(x), 1)
#define unlikely(x)		__builtin_expect(!!(x), 0)
#define READ_ONCE(x)		(*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v)	(*(volatile __typeof__(x) *)&(x) = (v))
#define data_race(x)		(x)
#define smp_rmb()		do {} while (0)
#define smp_wmb()		do {} while (0)
#define smp_store_release(p, v)	(*(p) = (v))
#define smp_load_acquire(p)	(*(p))
#define cond_resched()		claim(!shim_locked, "rescheduled under a lock")
#define BUILD_BUG_ON(x)		_Static_assert(!(x), #x)
#define WARN_ON(x)		({ claim(!(x), "WARN_ON(%s)", #x); false; })
#define WARN_ON_ONCE(x)		WARN_ON(x)
#define IS_ENABLED(option)	1
#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))
#define sizeof_field(t, f)	sizeof(((t *)0)->f)
#define struct_size(p, f, n)	(sizeof(*(p)) + sizeof((p)->f[0]) * (n))
#define struct_size_t(t, f, n)	struct_size((t *)0, f, n)
#define container_of(p, type, member) \
	((type *)((char *)(p) - offsetof(type, member)))

#define min(a, b) ({ __typeof__(a) a_ = (a); __typeof__(b) b_ = (b); \
	(void)(&a_ == &b_); a_ < b_ ? a_ : b_; })
#define max(a, b) ({ __typeof__(a) a_ = (a); __typeof__(b) b_ = (b); \
	(void)(&a_ == &b_); a_ > b_ ? a_ : b_; })
#define min_t(t, a, b)	({ t a_ = (a), b_ = (b); a_ < b_ ? a_ : b_; })
#define max_t(t, a, b)	({ t a_ = (a), b_ = (b); a_ > b_ ? a_ : b_; })
#define clamp_t(t, v, lo, hi)	min_t(t, max_t(t, v, lo), hi)
#define clamp(v, lo, hi)	clamp_t(__typeof__(v), v, lo, hi)
#define roundup(x, y)		(((x) + (y) - 1) / (y) * (y))
#define div64_u64(a, b)		((u64)(a) / (u64)(b))
#define div_u64(a, b)		div64_u64(a, b)
#define DIV_ROUND_UP(x, y)	(((x) + (y) - 1) / (y))
#define ALIGN(x, y)		roundup(x, y)

static inline unsigned long roundup_pow_of_two(unsigned long n)
{
	unsigned long size = 1;

	claim(n, "roundup_pow_of_two(0) is undefined");
	while (size < n)
		size *= 2;
	return size;
}

#define ilog2(n)	(63 - __builtin_clzl(n))

#define htons(x)	__builtin_bswap16(x)
#define ntohs(x)	__builtin_bswap16(x)
#define htonl(x)	__builtin_bswap32(x)
#define ntohl(x)	__builtin_bswap32(x)

static inline u64 shim_get(const void *from, int len)
{
	const u8 *p = from;
	u64 v = 0;

	while (len--)
		v = v << 8 | *p++;
	return v;
}

static inline void shim_put(u64 v, void *to, int len)
{
	u8 *p = to;

	while (len--)
		*p++ = v >> 8 * len;
}

#define get_unaligned_be16(p)		((u16)shim_get(p, 2))
#define get_unaligned_be32(p)		((u32)shim_get(p, 4))
#define get_unaligned_be64(p)		shim_get(p, 8)
#define get_unaligned_le64(p)		__builtin_bswap64(shim_get(p, 8))
#define put_unaligned_be16(v, p)	shim_put(v, p, 2)
#define put_unaligned_be32(v, p)	shim_put(v, p, 4)
#define put_unaligned_be64(v, p)	shim_put(v, p, 8)

static inline void *memchr_inv(const void *from, int c, size_t len)
{
	const u8 *p = from;

	for (; len; len--, p++)
		if (*p != c)
			return (void *)p;
	return NULL;
}

#define pr_warn(...)	do {} while (0)
#define pr_info(...)	do {} while (0)

/* Memory. What is allocated is counted, and a test says which call fails. */
#define GFP_KERNEL	1U
#define GFP_ATOMIC	2U
#define __GFP_NOWARN	0U

extern long shim_live;		/* allocations that were not freed */
extern long shim_fail_at;	/* this one from now fails, 0 for none */

void *shim_alloc(size_t size, gfp_t gfp);
void kfree(const void *p);

#define kmalloc(size, gfp)	shim_alloc(size, gfp)
#define kzalloc(size, gfp)	shim_alloc(size, gfp)
#define kcalloc(n, size, gfp)	shim_alloc((n) * (size), gfp)
#define kvcalloc(n, size, gfp)	shim_alloc((n) * (size), gfp)
#define kmemdup(p, size, gfp)	({ void *d_ = shim_alloc(size, gfp); \
	d_ ? memcpy(d_, p, size) : NULL; })
#define kvfree(p)		kfree(p)

struct kmem_cache {
	size_t size;
};

#define KMEM_CACHE(type, flags)	shim_cache(sizeof(struct type))
struct kmem_cache *shim_cache(size_t size);
#define kmem_cache_zalloc(c, gfp)	shim_alloc((c)->size, gfp)
#define kmem_cache_alloc(c, gfp)	shim_alloc((c)->size, gfp)
#define kmem_cache_free(c, p)	kfree(p)
#define kmem_cache_destroy(c)	kfree(c)

static inline unsigned long totalram_pages(void)
{
	return 1UL << 18;
}

/* Locks and RCU */
extern int shim_locked, shim_rcu, shim_bh;

typedef struct {
	bool held;
} spinlock_t;

#define spin_lock_init(l)	((l)->held = false)
#define lockdep_assert_held(l)	claim((l)->held, "not locked")

static inline void spin_lock_bh(spinlock_t *l)
{
	claim(!l->held, "deadlock: locked already");
	l->held = true;
	shim_locked++;
}

static inline void spin_unlock_bh(spinlock_t *l)
{
	claim(l->held, "unlocked, but not locked");
	l->held = false;
	shim_locked--;
}

#define spin_lock(l)		spin_lock_bh(l)
#define spin_unlock(l)		spin_unlock_bh(l)
#define local_bh_disable()	(shim_bh++)
#define local_bh_enable()	(shim_bh--)
#define rcu_read_lock()		(shim_rcu++)
#define rcu_read_unlock()	(shim_rcu--)

struct mutex {
	bool held;
};

#define DEFINE_MUTEX(m)	struct mutex m

#define mutex_lock(m)	({ claim(!(m)->held, "deadlock"); (m)->held = true; })
#define mutex_unlock(m)	((m)->held = false)
#define mutex_init(m)	((m)->held = false)

struct rcu_head {
	struct rcu_head *next;
	void (*func)(struct rcu_head *head);
};

#define rcu_dereference_raw(p)		(p)
#define rcu_dereference(p)		(p)
#define rcu_dereference_protected(p, c)	(p)
#define rcu_assign_pointer(p, v)	((p) = (v))
#define RCU_INIT_POINTER(p, v)		((p) = (v))
void call_rcu(struct rcu_head *head, void (*func)(struct rcu_head *head));
#define kfree_rcu(p, field) \
	call_rcu(&(p)->field, (void *)offsetof(__typeof__(*(p)), field))
/* A grace period: all that RCU was given is freed. */
void shim_grace(void);
#define synchronize_rcu()	claim(!shim_locked && !shim_rcu, "slept in RCU")
#define synchronize_net()	synchronize_rcu()
#define rcu_barrier()		shim_grace()

/* Time: stands still unless shim_pass() moves it, which runs what is due. */
#define HZ		250
extern unsigned long jiffies;
#define msecs_to_jiffies(ms)	((unsigned long)(((u64)(ms) * HZ + 999) / 1000))
#define jiffies_to_msecs(j)	((unsigned int)((u64)(j) * 1000 / HZ))
#define time_after(a, b)	((long)((b) - (a)) < 0)
#define NSEC_PER_USEC		1000
#define ktime_get()		((u64)jiffies)
#define ktime_to_ms(t)		((t) * 1000 / HZ)
#define ktime_get_ns()		((u64)jiffies * (1000000000 / HZ))
#define ktime_get_real_ns()	ktime_get_ns()

struct timer_list {
	struct timer_list *next;
	unsigned long expires;
	void (*func)(struct timer_list *t);
	bool pending;
	bool known;
};

struct work_struct {
	struct timer_list timer;
	void (*func)(struct work_struct *work);
};

struct delayed_work {
	struct work_struct work;
};

void timer_setup(struct timer_list *t, void (*func)(struct timer_list *t),
		 unsigned int flags);
int mod_timer(struct timer_list *t, unsigned long expires);
int timer_reduce(struct timer_list *t, unsigned long expires);
int timer_delete_sync(struct timer_list *t);
#define del_timer_sync(t)	timer_delete_sync(t)
#define timer_delete(t)		timer_delete_sync(t)
#define timer_container_of(p, t, field) \
	container_of(t, __typeof__(*(p)), field)
#define timer_pending(t)	((t)->pending)
#define timer_shutdown_sync(t)	timer_delete_sync(t)
void shim_work_init(struct work_struct *w, void (*f)(struct work_struct *w));
#define INIT_WORK(w, f)			shim_work_init(w, f)
#define INIT_DELAYED_WORK(w, f)		shim_work_init(&(w)->work, f)
#define to_delayed_work(w)		container_of(w, struct delayed_work, work)
#define mod_delayed_work(wq, w, d) \
	mod_timer(&(w)->work.timer, jiffies + (d))
#define queue_delayed_work(wq, w, d) \
	(timer_pending(&(w)->work.timer) ? 0 : mod_delayed_work(wq, w, d))
#define schedule_work(w)		mod_timer(&(w)->timer, jiffies)
#define queue_work(wq, w)		schedule_work(w)
#define cancel_delayed_work_sync(w)	timer_delete_sync(&(w)->work.timer)
#define cancel_work_sync(w)		timer_delete_sync(&(w)->timer)
#define system_power_efficient_wq	NULL
#define system_wq			NULL
void shim_pass(unsigned long ticks);
/* Between two events: nothing is locked, and nobody reads. */
void shim_quiescent(void);

/* One CPU */
#define DEFINE_PER_CPU(type, name)	__typeof__(type) name
#define per_cpu(v, cpu)			(v)
#define per_cpu_ptr(p, cpu)		(p)
#define this_cpu_ptr(p)			(p)
#define this_cpu_read(v)		(v)
#define this_cpu_write(v, to)		((v) = (to))
#define this_cpu_add(v, n)		((v) += (n))
#define for_each_possible_cpu(cpu)	for ((cpu) = 0; (cpu) < 1; (cpu)++)
#define __alloc_percpu(size, align)	shim_alloc(size, GFP_KERNEL)
#define alloc_percpu(type)		shim_alloc(sizeof(type), GFP_KERNEL)
#define free_percpu(p)			kfree(p)

struct u64_stats_sync {
	int unused;
};

#define u64_stats_init(s)		((s)->unused = 0)
#define u64_stats_fetch_begin(s)	((s)->unused)
#define u64_stats_fetch_retry(s, start)	((start) != 0)

/* Chance that is none, so that an input means the same every time */
static inline void get_random_bytes(void *to, size_t len)
{
	u8 *p = to;
	size_t i;

	for (i = 0; i < len; i++)
		p[i] = i * 167 + 13;
}

static inline u32 get_random_u32(void)
{
	return 0x9e3779b9;
}

#define net_get_random_once(p, len)	get_random_bytes(p, len)

static inline u32 jhash2(const u32 *k, u32 n, u32 seed)
{
	u32 h = seed + 0x9e3779b9;

	while (n--)
		h = (h ^ *k++) * 0x85ebca6b + (h >> 13);
	return h ^ h >> 16;
}

static inline u32 jhash(const void *key, u32 len, u32 seed)
{
	const u8 *k = key;
	u32 word;

	while (len--) {
		word = *k++;
		seed = jhash2(&word, 1, seed);
	}
	return seed;
}

#define jhash_1word(a, seed)	({ u32 w_ = (a); jhash2(&w_, 1, seed); })
#define jhash_2words(a, b, seed) \
	({ u32 w_[2] = { (a), (b) }; jhash2(w_, 2, seed); })
#define jhash_3words(a, b, c, seed) \
	({ u32 w_[3] = { (a), (b), (c) }; jhash2(w_, 3, seed); })
#define reciprocal_scale(v, n)	((u32)(((u64)(u32)(v) * (n)) >> 32))
#define hash_32(v, bits)	((u32)(v) * 0x61C88647U >> (32 - (bits)))
#define hash_long(v, bits)	((u64)(v) * 0x61C8864680B583EBULL >> (64 - (bits)))
#define memzero_explicit(p, len) memset(p, 0, len)

typedef struct {
	u64 key[2];
} siphash_key_t;

u64 siphash_2u64(u64 a, u64 b, const siphash_key_t *key);

/* Modules and tracepoints */
#define THIS_MODULE		NULL
#define MODULE_LICENSE(x)	struct shim_unused
#define MODULE_DESCRIPTION(x)	struct shim_unused
#define MODULE_ALIAS_GENL_FAMILY(x) struct shim_unused
#define module_init(f)		int shim_module_init(void) { return f(); } \
				struct shim_unused
#define module_exit(f)		void shim_module_exit(void) { f(); } \
				struct shim_unused
int shim_module_init(void);
void shim_module_exit(void);

#define TP_PROTO(...)	__VA_ARGS__
#define TP_ARGS(...)
#define DECLARE_EVENT_CLASS(...)
#define DEFINE_EVENT(class, name, proto, args) \
	static inline void trace_##name(proto) {}
#define TRACE_EVENT(name, proto, ...) \
	static inline void trace_##name(proto) {}

#include "list.h"
#include "table.h"
#include "net.h"
#include "xfrm.h"
#include "netlink.h"

/* libc has one, too */
#define bind kmod_bind

#endif
