// SPDX-License-Identifier: GPL-2.0
/* kmod/masq/seen.c and hint.c: small memories that may forget, but never lie. */
#include "world.h"

#include "../../kmod/masq/hint.c"
#include "../../kmod/masq/seen.c"

static struct masq_sighting *note(struct masq_site *site, u32 spi)
{
	const struct masq_packet p = { .spi = htonl(spi) };

	return masq_seen_note(site, &p);
}

static struct masq_sighting *find(struct masq_site *site, u32 spi)
{
	return masq_seen_find(site, htonl(spi));
}

static void no_memory(struct kunit *test)
{
	struct masq_site site = {};

	ok(!find(&site, 1000) && !note(&site, 1000),
	   "a site without a cache sees nothing");
}

static void sees(struct kunit *test)
{
	struct masq_site site = {};
	struct masq_sighting *s;

	masq_seen_grow(&site, 1);
	must(site.seen);
	ok(!find(&site, 1000), "not seen");
	s = note(&site, 1000);
	must(s);
	ok(s->spi == htonl(1000) && !s->half.len && !s->n_match && !s->own,
	   "nothing is known of a new one");
	is(s->when, masq_now(), "but when");
	s->half.len = 100;
	s->n_match = 2;
	s->own = true;
	ok(note(&site, 1000) == s && find(&site, 1000) == s &&
	   s->half.len == 100 && s->n_match == 2 && s->own,
	   "it is kept while it is seen");
	ok(!find(&site, 1001), "and is not another's");
	kfree(site.seen);
}

/* SPIs that share a set with the first; and the oldest of them makes room */
static void oldest_goes(struct kunit *test)
{
	struct masq_sighting *s[MASQ_SEEN_WAYS + 1], *set;
	u32 spi[MASQ_SEEN_WAYS + 1], next = 1000;
	struct masq_site site = {};
	int i, n = 0;

	masq_seen_grow(&site, 1);
	must(site.seen);
	set = seen_set(&site, htonl(next));
	for (; n < ARRAY_SIZE(spi); next++)
		if (seen_set(&site, htonl(next)) == set)
			spi[n++] = next;
	for (i = 0; i < MASQ_SEEN_WAYS; i++) {
		s[i] = note(&site, spi[i]);
		/* across the wrap of 32 bits; number 1 is the oldest */
		s[i]->when = U32_MAX - 1 + (i + 3) % 4;
	}
	s[1]->half.len = 100;
	s[1]->n_match = 1;
	s[1]->own = true;
	for (i = 0; i < MASQ_SEEN_WAYS; i++)
		ok(find(&site, spi[i]) == s[i], "all have a place");
	s[4] = note(&site, spi[4]);
	ok(s[4] == s[1] && !find(&site, spi[1]), "then the oldest goes");
	ok(!s[4]->half.len && !s[4]->n_match && !s[4]->own,
	   "and leaves nothing to the next");
	ok(find(&site, spi[0]) && find(&site, spi[2]) && find(&site, spi[3]),
	   "the others stay");
	kfree(site.seen);
}

static void bounded(struct kunit *test)
{
	struct masq_site site = {};
	struct masq_seen *seen;
	u32 spi, n = 0;

	masq_seen_grow(&site, 1);
	must(site.seen);
	is(site.seen->mask, 3, "four sets for one client");
	masq_seen_grow(&site, 17);
	is(site.seen->mask, 31, "more for more of them");
	seen = site.seen;
	masq_seen_grow(&site, 3);
	ok(site.seen == seen, "and not less again");
	masq_seen_grow(&site, 60000);
	is(site.seen->mask, 63, "but never more than 64");
	for (spi = 1000; spi < 11000; spi++)
		note(&site, spi);
	for (spi = 1000; spi < 11000; spi++)
		n += !!find(&site, spi);
	is(n, 64 * MASQ_SEEN_WAYS, "whatever comes from outside");
	kfree(site.seen);
}

static struct masq_addrs pair_of(u8 family, u32 src, u32 dst)
{
	return (struct masq_addrs) {
		.family = family,
		.src.ip6 = { htonl(src) },
		.dst.ip6 = { htonl(dst) },
	};
}

static void hints(struct kunit *test)
{
	struct masq_hint *hint = kunit_kcalloc(test, MASQ_HINTS, sizeof(*hint),
					       GFP_KERNEL);
	u32 i, when, known = 0, wrong = 0, lies = 0;
	struct masq_addrs a;

	must(hint);
	for (i = 0; i < 1000; i++) {
		a = pair_of(NFPROTO_IPV4, i, 1);
		lies += masq_hint_get(hint, &a, &when);
	}
	is(lies, 0, "nothing is known at first");
	for (i = 0; i < 64; i++) {
		a = pair_of(NFPROTO_IPV4, i, 1);
		masq_hint_set(hint, &a);
		wrong += !masq_hint_get(hint, &a, &when) ||
			 when != masq_now();
	}
	is(wrong, 0, "what was set last is known, and when");
	for (i = 0; i < 64; i++) {
		a = pair_of(NFPROTO_IPV4, i, 1);
		known += masq_hint_get(hint, &a, &when);
		a = pair_of(NFPROTO_IPV4, 1, i);
		lies += i != 1 && masq_hint_get(hint, &a, &when);
		a = pair_of(NFPROTO_IPV6, i, 1);
		lies += masq_hint_get(hint, &a, &when);
	}
	/* with a seed that differs from run to run: 57 on average */
	ok(known >= 40, "most is known still: %u of 64", known);
	is(lies, 0, "neither the other direction nor the other family is meant");
}

static struct kunit_case cases[] = {
	KUNIT_CASE(no_memory),
	KUNIT_CASE(sees),
	KUNIT_CASE(oldest_goes),
	KUNIT_CASE(bounded),
	KUNIT_CASE(hints),
	{}
};

static struct kunit_suite suite = {
	.name = "masq-seen",
	.test_cases = cases,
};

kunit_test_suite(suite);
