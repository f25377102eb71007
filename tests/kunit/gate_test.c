// SPDX-License-Identifier: GPL-2.0
/* kmod/epoch/gate.c: each transition. */
#include "gate_life.h"

#include "../../kmod/epoch/gate.c"

static void first_proof(struct kunit *test)
{
	struct life l = life_new(CLIENT);
	u64 begin = l.env.now;

	ok(l.g.state == BORN && holds(&l), "a gate is born closed");
	is(l.g.wake, begin + get(&l, CEILING), "and wakes at its ceiling");
	is(step(&l, GATE_TICK), 0, "nothing is done before it is announced");
	l.env.now += 5;
	step(&l, GATE_ANNOUNCE);
	is(l.acts, GATE_SAY(ANNOUNCED) | GATE_SEND_PAIR,
	   "a client pings as soon as it is announced");
	ok(l.g.state == HELD && holds(&l), "and holds");
	l.env.now += 10;
	is(step(&l, GATE_PROOF), GATE_SAY(PROVED), "a proof is told");
	ok(l.g.state == OPEN && spinat_gate_passes(&l.g, &l.s), "and opens it");
	is(l.g.wake, GATE_NEVER, "then it sleeps");
	is(step(&l, GATE_PROOF), 0, "the second proof of a pair says nothing");
}

static void tries(struct kunit *test)
{
	struct life l = life_new(CLIENT);
	u64 last, gap, least = 0, bad = 0;
	u32 n = 1;

	set(&l, CEILING, 3600000);
	set(&l, TRIES, 1000);
	step(&l, GATE_ANNOUNCE);
	for (last = l.env.now; n < 20 && until(&l, GATE_SEND_PAIR, 10000); n++) {
		gap = l.env.now - last;
		last = l.env.now;
		least = n <= 4 ? 30 : least * 2 > 1000 ? 1000 : least * 2;
		bad += gap < least || gap > least * 5 / 4;
		if (gap < least || gap > least * 5 / 4)
			kunit_info(test, "gap %u is %llu ms\n", n, gap);
	}
	is(n, 20, "an unproved client goes on trying");
	is(bad, 0, "four times at once, then it backs off to ping-max");
}

static void asks_for_help(struct kunit *test)
{
	struct life l = life_new(CLIENT);
	u64 last = 0, gap, least, bad = 0, begin;
	u32 n;

	set(&l, CEILING, 3600000);
	step(&l, GATE_ANNOUNCE);
	begin = l.env.now;
	ok(until(&l, ASKS, 60000) && l.acts & GATE_SAY(REKEY) &&
	   l.g.tries == get(&l, TRIES) + 1, "all tries in vain: new SAs are asked for");
	ok(l.env.now - begin < 4000, "after %llu ms",
	   (l.env.now - begin));
	for (n = 1; n < 12; n++) {
		last = l.env.now;
		if (!until(&l, ASKS, 1000000))
			break;
		gap = l.env.now - last;
		least = 3000ULL << (n - 1) > 300000 ? 300000 :
						      3000ULL << (n - 1);
		/* asked at the first try after the wait */
		bad += gap < least || gap > least * 5 / 4 + 1250;
		bad += !!(l.acts & GATE_SAY(REKEY)) != (n < 2);
		bad += !!(l.acts & GATE_SAY(SESSION)) != (n >= 2);
	}
	is(n, 12, "and again, for as long as there is no proof");
	is(bad, 0, "seldomer and seldomer; a new session after two rekeyings");
	is(l.asks.failures, 12, "the failures are counted");
	step(&l, GATE_PROOF);
	ok(l.asks.failures == 0 && l.asks.next == 0, "a proof forgives all");
}

static void old_epoch_is_quiet(struct kunit *test)
{
	struct life l = life_new(CLIENT);

	step(&l, GATE_ANNOUNCE);
	l.env.newest = false;
	ok(!until(&l, ASKS, 60000), "only the newest epoch of a tunnel asks");
	l = life_open(CLIENT);
	l.env.idle_interval = 60000;
	l.env.newest = false;
	l.env.now += 100000;
	l.env.received = 100000;
	ok(step(&l, GATE_TICK) == 0 && l.g.wake == GATE_NEVER,
	   "and only it pings when idle");
}

static void ceiling(struct kunit *test)
{
	struct life l = life_new(CLIENT);
	u64 begin = l.env.now;

	ok(until(&l, GATE_SAY(CEILING), 20000) && l.g.state == DEAD &&
	   l.env.now == begin + get(&l, CEILING),
	   "one that nobody announces is dead at its ceiling");
	ok(spinat_gate_passes(&l.g, &l.s), "then data flows, by default");
	set(&l, ON_CEILING, SPINAT_EPOCH_ON_CEILING_DROP);
	ok(spinat_gate_drops(&l.g, &l.s), "or is dropped");
	is(l.g.wake, GATE_NEVER, "it does not ping, for it has no name");
	step(&l, GATE_ANNOUNCE);
	ok(l.acts & GATE_SEND_PAIR && l.g.state == DEAD,
	   "announced late it pings");
	step(&l, GATE_PROOF);
	is(l.g.state, OPEN, "and a proof opens it even then");

	l = life_new(CLIENT);
	step(&l, GATE_ANNOUNCE);
	begin = l.env.now;
	ok(until(&l, GATE_SAY(CEILING), 20000) && l.g.state == DEAD &&
	   l.env.now == begin + get(&l, CEILING),
	   "one that is not proved is dead at its ceiling");
	ok(until(&l, GATE_SEND_PAIR, 2000), "and pings on");
	step(&l, GATE_WORD);
	is(l.g.state, OPEN, "the peer's word opens a client's gate, too");
}

static void going_stale(struct kunit *test)
{
	struct life l = life_open(CLIENT);

	l.env.now += 100;
	l.env.waiting = 0;
	l.env.received = 100;
	step(&l, GATE_TICK);
	is(l.g.wake, l.env.now + get(&l, STALE_AFTER),
	   "sent data gives the answer its time");
	l.env.now += get(&l, STALE_AFTER);
	l.env.waiting = get(&l, STALE_AFTER);
	l.env.received += get(&l, STALE_AFTER);
	is(step(&l, GATE_TICK), GATE_SAY(STALE) | GATE_SEND_PAIR,
	   "without an answer it is stale and pings");
	ok(l.g.state == STALE && spinat_gate_passes(&l.g, &l.s),
	   "but data flows");
	ok(until(&l, GATE_SAY(DEAD), 10000) && l.acts & GATE_SAY(REKEY) &&
	   l.g.state == DEAD, "then it is dead and asks for new SAs");
	ok(spinat_gate_passes(&l.g, &l.s), "data flows still");
	ok(until(&l, GATE_SEND_PAIR, 2000) && until(&l, ASKS, 20000),
	   "it pings on, and asks again");
	l.env.received = 0;
	l.env.waiting = GATE_NEVER_MS;
	is(step(&l, GATE_PROOF), GATE_SAY(PROVED), "a proof is told");
	is(l.g.state, OPEN, "and ends it");

	l = life_open(CLIENT);
	set(&l, STALE_AFTER, 0);
	l.env.waiting = 3600000;
	ok(!step(&l, GATE_TICK) && l.g.state == OPEN && l.g.wake == GATE_NEVER,
	   "never stale if so configured");
}

static void hearing(struct kunit *test)
{
	struct life l = life_open(CLIENT);

	l.env.now += 10000;
	l.env.waiting = 3000;
	l.env.received = 5000;
	step(&l, GATE_TICK);
	l.env.now += 100;
	l.env.waiting = GATE_NEVER_MS;
	l.env.received = 50;
	ok(step(&l, GATE_TICK) == GATE_SAY(HEARD) && l.g.state == OPEN,
	   "what comes in ends staleness, ping or not");
	l.env.waiting = 3000;
	l.env.received = 5000;
	step(&l, GATE_TICK);
	until(&l, GATE_SAY(DEAD), 10000);
	ok(l.asks.failures == 1 && l.g.state == DEAD, "dead and asked for help");
	l.env.now += 10;
	l.env.waiting = GATE_NEVER_MS;
	l.env.received = 5;
	ok(step(&l, GATE_TICK) & GATE_SAY(HEARD) && l.g.state == OPEN &&
	   !l.asks.failures, "it ends that, too");

	l = life_new(CLIENT);
	step(&l, GATE_ANNOUNCE);
	l.env.now += 100;
	l.env.received = 50;
	step(&l, GATE_TICK);
	is(l.g.state, HELD, "but it is no proof of a new epoch");

	l = life_open(CLIENT);
	l.env.now += 60000;
	l.env.idle_interval = l.env.received = 60000;
	step(&l, GATE_TICK);
	l.env.now += 1000;
	l.env.received = 10;
	ok(!(step(&l, GATE_TICK) & GATE_SAY(STALE)) && l.g.state == OPEN,
	   "an idle ping is answered by whatever comes");
}

static void outage(struct kunit *test)
{
	struct life l = life_open(CLIENT);
	u64 begin = l.env.now, end = begin + 3600000, asks = 0, pairs = 0;
	u64 last = begin, longest = 0;

	l.env.waiting = 3000;
	l.env.received = 3000;
	step(&l, GATE_TICK);
	while (l.env.now < end && sleep_on(&l, 3600000)) {
		asks += !!(l.acts & ASKS);
		if (!(l.acts & GATE_SEND_PAIR))
			continue;
		pairs++;
		if (l.env.now - last > longest)
			longest = l.env.now - last;
		last = l.env.now;
	}
	ok(longest <= 300000 * 5 / 4 && pairs < 100,
	   "an outage of an hour costs %llu pings, %llu s apart at most",
	   2 * pairs, longest / 1000);
	ok(asks >= 12 && asks <= 22, "and help is asked for %llu times",
	   asks);
}

static void idle(struct kunit *test)
{
	struct life l = life_open(CLIENT);
	u64 begin = l.env.now;

	l.env.idle_interval = 60000;
	step(&l, GATE_TICK);
	is(l.g.wake, begin + 15000, "an idle gate looks four times an interval");
	l.env.now += 60000;
	l.env.received = 60000;
	is(step(&l, GATE_TICK), GATE_SEND_WORD,
	   "which is one, and says again that it is proved");
	l.env.now += 20;
	l.env.received = 0;
	is(step(&l, GATE_PROOF), 0, "nothing is said of its answer");
	is(l.g.wake, l.env.now + 15000, "and then it sleeps again");
	l.env.now += 60000;
	l.env.received = 30000;
	step(&l, GATE_TICK);
	ok(!l.acts && l.g.wake == l.env.now + 15000,
	   "whatever was received counts as an answer");
	l.env.now += 30000;
	l.env.received = 60000;
	step(&l, GATE_TICK);
	ok(until(&l, GATE_SAY(STALE), 2000) && l.acts & GATE_SEND_PAIR,
	   "no answer to an idle ping: stale");
}

static void server(struct kunit *test)
{
	struct life l = life_new(SERVER);
	u64 begin = l.env.now;

	step(&l, GATE_ANNOUNCE);
	ok(l.g.state == HELD && holds(&l) && !(l.acts & SENDS),
	   "a server holds and does not ping");
	is(l.g.wake, begin + get(&l, CEILING), "until its ceiling");
	is(step(&l, GATE_WORD), GATE_SAY(PROVED), "the client's word opens it");
	l.env.waiting = 100000;
	l.env.received = 100000;
	l.env.idle_interval = 1000;
	l.env.now += 100000;
	ok(!step(&l, GATE_TICK) && l.g.state == OPEN && l.g.wake == GATE_NEVER,
	   "then it sleeps, idle or waiting");
	l = life_new(SERVER);
	step(&l, GATE_ANNOUNCE);
	ok(until(&l, GATE_SAY(CEILING), 20000) && l.g.state == DEAD &&
	   !(l.acts & (ASKS | SENDS)) && l.g.wake == GATE_NEVER,
	   "at its ceiling it is dead and asks for nothing");
}

static void the_word(struct kunit *test)
{
	struct life l = life_new(CLIENT);
	u32 words = 0;

	step(&l, GATE_ANNOUNCE);
	l.env.peer_gate = true;
	is(step(&l, GATE_PROOF), GATE_SAY(PROVED) | GATE_SEND_WORD,
	   "a peer with a gate is told of the proof");
	l.env.peer_gate = false;
	while (until(&l, GATE_SEND_WORD, 10000))
		words++;
	is(words, WORDS - 1, "several times, if it does not answer");

	l = life_new(CLIENT);
	step(&l, GATE_ANNOUNCE);
	l.env.peer_gate = true;
	step(&l, GATE_PROOF);
	step(&l, GATE_WORD_HEARD);
	ok(!until(&l, GATE_SEND_WORD, 10000) && l.g.state == OPEN,
	   "once it has answered no more");
}

static void asked(struct kunit *test)
{
	struct life l = life_new(CLIENT);
	u64 begin;

	step(&l, GATE_ANNOUNCE);
	ok(step(&l, GATE_OPEN) & GATE_SAY(ASKED) && l.g.state == OPEN &&
	   !l.g.proved, "opened by hand, without being proved");
	l.env.now += 60000;
	begin = l.env.now;
	step(&l, GATE_CLOSE);
	ok(l.acts & GATE_SAY(ASKED) && l.acts & GATE_SEND_PAIR && holds(&l),
	   "closed by hand it pings at once");
	ok(until(&l, GATE_SAY(CEILING), 20000) &&
	   l.env.now == begin + get(&l, CEILING), "and has its ceiling anew");
	is(step(&l, GATE_PING), GATE_SEND_PAIR, "a ping that is asked for");
}

static struct kunit_case cases[] = {
	KUNIT_CASE(first_proof),
	KUNIT_CASE(tries),
	KUNIT_CASE(asks_for_help),
	KUNIT_CASE(old_epoch_is_quiet),
	KUNIT_CASE(ceiling),
	KUNIT_CASE(going_stale),
	KUNIT_CASE(hearing),
	KUNIT_CASE(outage),
	KUNIT_CASE(idle),
	KUNIT_CASE(server),
	KUNIT_CASE(the_word),
	KUNIT_CASE(asked),
	{}
};

static struct kunit_suite suite = {
	.name = "epoch-gate",
	.test_cases = cases,
};

kunit_test_suite(suite);
