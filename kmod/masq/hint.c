// SPDX-License-Identifier: GPL-2.0
/*
 * Small lossy memories of address pairs: who negotiates now, and which flows
 * to leave alone. Fixed size, nothing is allocated; a lost or overwritten
 * entry costs precision, never correctness.
 */
#include <linux/jhash.h>
#include <linux/net.h>

#include "masq.h"

static u32 tag_of(const struct masq_addrs *a)
{
	static u32 seed __read_mostly;

	net_get_random_once(&seed, sizeof(seed));
	return jhash2((const u32 *)&a->src, 4,
		      jhash2((const u32 *)&a->dst, 4, a->family ^ seed)) | 1;
}

/**
 * masq_hint_set() - remember an address pair as of now
 * @hints: MASQ_HINTS of them; several CPUs may write at once
 * @a: the pair
 */
void masq_hint_set(struct masq_hint *hints, const struct masq_addrs *a)
{
	u32 tag = tag_of(a);
	struct masq_hint *hint = &hints[tag >> 1 & (MASQ_HINTS - 1)];

	if (READ_ONCE(hint->tag) != tag)
		WRITE_ONCE(hint->tag, tag);
	if (READ_ONCE(hint->when) != masq_now())
		WRITE_ONCE(hint->when, masq_now());
}

/**
 * masq_hint_get() - was this pair remembered?
 * @hints: MASQ_HINTS of them
 * @a: the pair
 * @when: set to when, if so
 */
bool masq_hint_get(const struct masq_hint *hints, const struct masq_addrs *a,
		   u32 *when)
{
	u32 tag = tag_of(a);
	const struct masq_hint *hint = &hints[tag >> 1 & (MASQ_HINTS - 1)];

	*when = READ_ONCE(hint->when);
	return READ_ONCE(hint->tag) == tag;
}
