// SPDX-License-Identifier: GPL-2.0
/* kmod/masq/turn.c: one unanswered out-SPI at a time, the others wait. */
#include "world.h"

static void bounds(struct kunit *test)
{
	struct world *w = world_make(test);
	u32 i, held = 0;

	world_set(w, HOLD_CLIENT, 8);
	world_set(w, HOLD_TOTAL, 12);
	out(w, 1, 1001, 1, 100);
	for (i = 0; i < 10; i++)
		held += out(w, 2, 1002, 1 + i, 100) == NF_STOLEN;
	is(held, 8, "so many of a client's packets wait");
	is(count(w, DROP_HOLD_FULL), 2, "the others are dropped and counted");
	for (i = 0; i < 10; i++)
		held += out(w, 3, 1003, 1 + i, 100) == NF_STOLEN;
	is(held, 12, "so many of all do");
	is(w->mn.n_held, 12, "and are known to");
	is(w->sent, 0, "none is sent");
	world_end(w);
}

static void missed(struct kunit *test)
{
	struct world *w = world_make(test);

	out(w, 1, 1001, 1, 100);
	out(w, 2, 1002, 1, 100);
	out(w, 2, 1002, 2, 100);
	pass(w, 350);
	is(w->sent, 0, "a turn lasts its time");
	pass(w, 150);
	is(w->sent, 2, "then the next has it, with all his packets");
	is(count(w, TURN_MISSED), 1, "that is counted");
	is(count(w, RELEASE), 2, "and they are");
	is(in(w, 5002, 1, 700), 2, "what comes now is his");
	is(w->mn.n_held, 0, "nothing waits");
	world_end(w);
}

static void patience(struct kunit *test)
{
	struct world *w = world_make(test);

	world_set(w, TURN_TIME, 60000);
	world_set(w, HOLD_TIME, 1000);
	out(w, 1, 1001, 1, 100);
	out(w, 2, 1002, 1, 100);
	pass(w, 900);
	is(count(w, DROP_HELD), 0, "a packet waits its time");
	pass(w, 200);
	is(count(w, DROP_HELD), 1, "and no longer");
	is(w->sent + w->mn.n_held, 0, "it is gone");
	world_set(w, HOLD_TIME, 0);
	is(out(w, 2, 1002, 2, 100), NF_ACCEPT, "or none waits at all");
	world_end(w);
}

static u32 turn_of(struct world *w)
{
	struct masq_out *first = out_of(w, 1001);
	struct masq_probe *probe = masq_out_flow(first)->site->turn;

	return probe ? ntohl(probe->out->s.spi) : 0;
}

static void order(struct kunit *test)
{
	struct world *w = world_make(test);
	struct masq_addrs addrs;
	u32 i;

	for (i = 1; i <= 4; i++)
		out(w, i, 1000 + i, 1, 100);
	is(turn_of(w), 1001, "who came first has the turn");
	/* IKE of the fourth has just passed */
	addrs = masq_out_flow(out_of(w, 1004))->n.addrs;
	masq_hint_set(w->mn.ike, &addrs);
	pass(w, 500);
	is(turn_of(w), 1004, "then who negotiated last");
	pass(w, 480);
	is(turn_of(w), 1002, "then who waits for longest");
	pass(w, 480);
	is(turn_of(w), 1003, "and so on");
	is(w->sent, 3, "with all that waited");
	world_end(w);
}

static void together(struct kunit *test)
{
	struct world *w = world_make(test);

	out(w, 1, 1001, 1, 100);
	out(w, 2, 1002, 1, 100);
	out(w, 3, 1003, 1, 100);
	out(w, 2, 1004, 1, 100);
	pass(w, 500);
	is(w->sent, 2, "a client has one place, with all his SPIs");
	world_end(w);
}

static void alone(struct kunit *test)
{
	struct world *w = world_make(test);
	u32 i;

	for (i = 0; i < 20; i++)
		is(out(w, 1, 1001 + i, 1, 100), NF_ACCEPT,
		   "a single client never waits");
	world_end(w);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(bounds),
	KUNIT_CASE(missed),
	KUNIT_CASE(patience),
	KUNIT_CASE(order),
	KUNIT_CASE(together),
	KUNIT_CASE(alone),
	{}
};

static struct kunit_suite suite = {
	.name = "masq-turn",
	.test_cases = cases,
};

kunit_test_suite(suite);
