// SPDX-License-Identifier: GPL-2.0
/* kmod/masq/walk.c: all out-SPIs, some at a time, while others change them. */
#include "world.h"

#include "../../kmod/masq/walk.c"

#define MANY	(2 * WALK_BATCH + 10)

/**
 * struct tour - what a walk has seen
 * @n: out-SPIs
 * @seen: how often each was, by SPI - 1000
 * @stop_at: SPI at which it stops, once
 * @delete: every how many-th it deletes, 0 for none
 */
struct tour {
	u32 n;
	u8 seen[2 * MANY];
	u32 stop_at;
	u32 delete;
};

static int visit(struct masq_net *mn, struct masq_out *out, void *data)
{
	u32 spi = ntohl(out->s.spi);
	struct tour *tour = data;

	lockdep_assert_held(&mn->lock);
	if (spi == tour->stop_at) {
		tour->stop_at = 0;
		return -EMSGSIZE;
	}
	tour->seen[spi - 1000]++;
	tour->n++;
	if (!tour->delete || spi % tour->delete)
		return 0;
	masq_out_del(mn, out, SPINAT_MASQ_REASON_ASKED);
	return MASQ_GONE;
}

static struct tour *tour_make(struct kunit *test)
{
	struct tour *tour = kunit_kzalloc(test, sizeof(*tour), GFP_KERNEL);

	must(tour);
	return tour;
}

/* A client with out-SPIs @from to @from + @n - 1, all answered */
static void client_fill(struct world *w, u32 client, u32 from, u32 n)
{
	u32 i;

	world_set(w, CLIENT_PAIRS, 100000);
	for (i = from; i < from + n; i++) {
		out(w, client, i, 1, 100);
		in(w, 100000 + i, 1, 100);
	}
}

static void forget(struct world *w, u32 spi)
{
	masq_lock(&w->mn);
	masq_out_del(&w->mn, out_of(w, spi), SPINAT_MASQ_REASON_ASKED);
	masq_unlock(&w->mn);
}

/* How many of @from to @from + @n - 1 were not seen exactly once */
static u32 amiss(const struct tour *tour, u32 from, u32 n)
{
	u32 i, bad = 0;

	for (i = from; i < from + n; i++)
		bad += tour->seen[i - 1000] != 1;
	return bad;
}

static void in_parts(struct kunit *test)
{
	struct tour *tour = tour_make(test);
	struct world *w = world_make(test);
	struct masq_place place = {};

	client_fill(w, 1, 1000, MANY);
	ok(masq_walk(&w->mn, &place, visit, tour), "there is more");
	is(tour->n, WALK_BATCH, "after a part");
	is(ntohl(place.spi), 1000 + WALK_BATCH - 1, "it knows the last one");
	forget(w, 1000 + WALK_BATCH - 1);
	ok(masq_walk(&w->mn, &place, visit, tour), "that goes, and");
	is(tour->n, 2 * WALK_BATCH, "there is one part more");
	forget(w, 1000 + 2 * WALK_BATCH - 1);
	out(w, 1, 1000 + 2 * WALK_BATCH - 1, 1, 100);
	ok(masq_walk(&w->mn, &place, visit, tour), "it is made anew");
	is(masq_walk(&w->mn, &place, visit, tour), 0, "the end");
	is(amiss(tour, 1000, 2 * WALK_BATCH - 1), 0, "each was seen once");
	is(amiss(tour, 1000 + 2 * WALK_BATCH, 10), 0, "to the last one");
	world_end(w);
}

static void while_deleting(struct kunit *test)
{
	struct tour *tour = tour_make(test);
	struct world *w = world_make(test);
	struct masq_place place = {};

	client_fill(w, 1, 1000, MANY);
	tour->delete = 2;
	while (masq_walk(&w->mn, &place, visit, tour))
		;
	is(amiss(tour, 1000, MANY), 0, "each was seen once");
	is(w->mn.n_outs, MANY / 2, "half of them are left");
	memset(&place, 0, sizeof(place));
	tour->delete = 1;
	while (masq_walk(&w->mn, &place, visit, tour))
		;
	is(w->mn.n_outs, 0, "and then none");
	is(w->mn.n_clients, 0, "nor the client");
	world_end(w);
}

static void stopped(struct kunit *test)
{
	struct tour *tour = tour_make(test);
	struct world *w = world_make(test);
	struct masq_place place = {};

	client_fill(w, 1, 1000, 20);
	tour->stop_at = 1010;
	is(masq_walk(&w->mn, &place, visit, tour), -EMSGSIZE, "it has no room");
	is(tour->n, 10, "and has not seen that one");
	while (masq_walk(&w->mn, &place, visit, tour))
		;
	is(amiss(tour, 1000, 20), 0, "but does then");
	world_end(w);
}

/* The numbers of one client's out-SPIs say nothing of another's. */
static void client_gone(struct kunit *test)
{
	struct tour *tour = tour_make(test);
	struct world *w = world_make(test);
	struct masq_place place = {};
	u32 i, first;

	client_fill(w, 1, 1000, 20);
	client_fill(w, 2, 1100, 20);
	/* Whose zone is the lower one is not for us to say. */
	xa_find(&w->mn.zones, &place.zone, U16_MAX, XA_PRESENT);
	first = client_of(w, place.zone) == 1 ? 1000 : 1100;
	place.zone = 0;
	tour->stop_at = first + 15;
	is(masq_walk(&w->mn, &place, visit, tour), -EMSGSIZE, "amid the first");
	for (i = 0; i < 20; i++)
		forget(w, first + i);
	while (masq_walk(&w->mn, &place, visit, tour))
		;
	is(amiss(tour, first == 1000 ? 1100 : 1000, 20), 0,
	   "all of the second are seen when the first is gone");
	world_end(w);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(in_parts),
	KUNIT_CASE(while_deleting),
	KUNIT_CASE(stopped),
	KUNIT_CASE(client_gone),
	{}
};

static struct kunit_suite suite = {
	.name = "masq-walk",
	.test_cases = cases,
};

kunit_test_suite(suite);
