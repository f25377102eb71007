// SPDX-License-Identifier: GPL-2.0
/* kmod/masq/client.c, learn.c: caps, zones, and who may use an out-SPI. */
#include "world.h"

static struct masq_client *client(struct world *w, u32 number)
{
	struct masq_client *c;
	unsigned long zone;

	xa_for_each(&w->mn.zones, zone, c)
		if (client_of(w, zone) == number)
			return c;
	return NULL;
}

static void open_cap(struct kunit *test)
{
	struct world *w = world_make(test);
	u32 i;

	world_set(w, CLIENT_OPEN, 4);
	out(w, 2, 2001, 1, 100);
	for (i = 0; i < 10; i++)
		is(out(w, 1, 1000 + i, 1, 100 + i), NF_STOLEN,
		   "each waits for a turn");
	is(w->mn.n_outs, 5, "no more are kept than may be open");
	is(count(w, EVICT), 6, "the oldest go");
	for (i = 0; i < 10; i++)
		ok(!!out_of(w, 1000 + i) == (i >= 6), "the newest stay");
	ok(out_of(w, 2001), "and what is another client's");
	world_end(w);
}

static void pairs_cap(struct kunit *test)
{
	struct world *w = world_make(test);
	u32 i;

	world_set(w, CLIENT_PAIRS, 3);
	for (i = 0; i < 3; i++) {
		out(w, 1, 1000 + i, 1, 100);
		is(in(w, 5000 + i, 1, 100), 1, "answered");
	}
	is(out(w, 1, 1003, 1, 100), NF_DROP, "no pair in use makes room");
	is(count(w, DROP_FULL), 1, "that is counted");
	pass(w, 30000);
	out(w, 1, 1000, 2, 100);
	pass(w, 40000);
	is(out(w, 1, 1003, 1, 100), NF_DROP, "nor if the oldest is");
	pass(w, 40000);
	is(out(w, 1, 1003, 1, 100), NF_ACCEPT, "one that was silent does");
	ok(!out_of(w, 1000) && out_of(w, 1003), "the oldest");
	is(w->mn.n_outs, 3, "and the cap holds");
	world_end(w);
}

static void namespace_cap(struct kunit *test)
{
	struct world *w = world_make(test);

	world_set(w, MAX_PAIRS, 3);
	out(w, 1, 1001, 1, 100);
	in(w, 5001, 1, 100);
	out(w, 2, 1002, 1, 100);
	out(w, 3, 1003, 1, 100);
	out(w, 4, 1004, 1, 100);
	ok(client(w, 1), "who was answered stays");
	ok(!client(w, 2), "the oldest who never was goes");
	ok(client(w, 3) && client(w, 4), "the others stay");
	is(w->mn.n_outs, 3, "and the cap holds");
	is(w->mn.n_clients, 3, "for clients too");
	world_end(w);
}

static void zones(struct kunit *test)
{
	const union nf_inet_addr addr = { .ip6 = { htonl(0x0a000099) } };
	struct world *w = world_make(test);
	u32 i, bad = 0;

	world_set(w, ZONE_MIN, 2000);
	world_set(w, ZONE_MAX, 2002);
	for (i = 1; i <= 3; i++) {
		out(w, i, 1000 + i, 1, 100);
		must(client(w, i));
		bad += client(w, i)->zone < 2000 || client(w, i)->zone > 2002;
	}
	is(bad, 0, "zones are of the range");
	is(w->mn.n_clients, 3, "and each has its own");
	is(masq_zone_pick(&w->mn, NFPROTO_IPV4, &addr), 0, "then none is left");
	client(w, 1)->answered = true;
	list_del_init(&client(w, 1)->unanswered);
	ok(masq_zone_make_room(&w->mn), "room is made");
	ok(client(w, 1) && !client(w, 2) && client(w, 3),
	   "by the oldest who was never answered");
	ok(masq_zone_pick(&w->mn, NFPROTO_IPV4, &addr), "for another");
	ok(masq_zone_make_room(&w->mn), "and once more");
	ok(!masq_zone_make_room(&w->mn), "but not by who was answered");
	world_end(w);
}

static void roaming(struct kunit *test)
{
	struct world *w = world_make(test);

	out(w, 1, 1001, 100, 100);
	is(in(w, 5001, 1, 100), 1, "a pair");
	is(out(w, 2, 1001, 101, 100), NF_DROP, "another uses its SPI at once");
	is(count(w, DROP_REFUSED), 1, "which is refused");
	pass(w, 6000);
	is(out(w, 2, 1001, 100, 100), NF_DROP, "likewise when it was silent, if");
	is(out(w, 2, 1001, 99, 100), NF_DROP, "the sequence does not go on");
	is(out(w, 2, 1001, 101 + MASQ_SEQ_JUMP, 100), NF_DROP, "or jumps");
	is(out(w, 2, 1001, 101, 100), NF_ACCEPT, "but not if it goes on");
	is(count(w, MOVE), 1, "it has moved");
	is(in(w, 5001, 2, 100), 2, "and its in-SPI with it");
	ok(!client(w, 1), "the old client had nothing else");
	is(out(w, 1, 1001, 102, 100), NF_ACCEPT, "its first owner speaks again");
	is(count(w, MOVE_BACK), 1, "and has it back");
	is(in(w, 5001, 3, 100), 1, "with its in-SPI");
	world_end(w);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(open_cap),
	KUNIT_CASE(pairs_cap),
	KUNIT_CASE(namespace_cap),
	KUNIT_CASE(zones),
	KUNIT_CASE(roaming),
	{}
};

static struct kunit_suite suite = {
	.name = "masq-client",
	.test_cases = cases,
};

kunit_test_suite(suite);
