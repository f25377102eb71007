// SPDX-License-Identifier: GPL-2.0
/*
 * Sightings: a small cache, at each site, of in-SPIs whose client is not known or
 * in doubt. Its size follows the clients there, never what comes from outside.
 */
#include <linux/jhash.h>
#include <linux/log2.h>
#include <linux/slab.h>

#include "masq.h"

/**
 * masq_seen_grow() - make room for the sightings of a site with many clients
 * @site: the site, under the lock
 * @flows: clients that live there
 */
void masq_seen_grow(struct masq_site *site, u32 flows)
{
	u32 sets = clamp_t(u32, roundup_pow_of_two(flows), 4, 64);
	struct masq_seen *seen;

	if (site->seen && site->seen->mask + 1 >= sets)
		return;
	seen = kzalloc(struct_size(seen, slot, sets * MASQ_SEEN_WAYS),
		       GFP_ATOMIC | __GFP_NOWARN);
	if (!seen)
		return;
	seen->mask = sets - 1;
	kfree(site->seen);
	site->seen = seen;
}

static struct masq_sighting *seen_set(struct masq_site *site, __be32 spi)
{
	struct masq_seen *seen = site->seen;

	if (!seen)
		return NULL;
	return &seen->slot[(jhash_1word((__force u32)spi, 0) & seen->mask) *
			   MASQ_SEEN_WAYS];
}

/* The sighting of an in-SPI, or NULL; under the lock */
struct masq_sighting *masq_seen_find(struct masq_site *site, __be32 spi)
{
	struct masq_sighting *s = seen_set(site, spi);
	int i;

	for (i = 0; s && i < MASQ_SEEN_WAYS; i++)
		if (s[i].spi == spi)
			return &s[i];
	return NULL;
}

/* Note a packet of an in-SPI; NULL if memory was short for the site's cache */
struct masq_sighting *masq_seen_note(struct masq_site *site,
				     const struct masq_packet *p)
{
	struct masq_sighting *s = masq_seen_find(site, p->spi);
	struct masq_sighting *set = seen_set(site, p->spi);
	int i;

	if (!set)
		return NULL;
	if (!s) {
		s = set;
		for (i = 1; i < MASQ_SEEN_WAYS; i++)
			if (!set[i].spi ||
			    (s->spi && (s32)(set[i].when - s->when) < 0))
				s = &set[i];
	}
	if (s->spi != p->spi) {
		s->spi = p->spi;
		s->half.len = 0;
		s->n_match = 0;
		s->own = false;
	}
	s->when = masq_now();
	return s;
}
