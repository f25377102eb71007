// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of kmod/epoch/gate.c: each transition, and random lives of gates, in
 * which what a gate promises must hold at every step.
 */
#include "pure.h"

#include "../../kmod/epoch/settings.c"
#include "../../kmod/epoch/gate.c"

#define CLIENT	SPINAT_EPOCH_ROLE_CLIENT
#define SERVER	SPINAT_EPOCH_ROLE_SERVER

#define BORN	SPINAT_EPOCH_STATE_BORN
#define HELD	SPINAT_EPOCH_STATE_HELD
#define OPEN	SPINAT_EPOCH_STATE_OPEN
#define STALE	SPINAT_EPOCH_STATE_STALE
#define DEAD	SPINAT_EPOCH_STATE_DEAD

#define ASKS	(GATE_SAY(REKEY) | GATE_SAY(SESSION))
#define SENDS	(GATE_SEND_PAIR | GATE_SEND_WORD)

/* A gate, its tunnel and its world */
struct life {
	struct spinat_gate g;
	struct spinat_gate_asks asks;
	struct spinat_settings s;
	struct spinat_gate_env env;
	u32 acts;	/* of the last step */
};

#define set(life, name, value)	(epoch_setting(&(life)->s, name) = (value))
#define get(life, name)		epoch_setting(&(life)->s, name)

static struct life life_new(u32 role)
{
	struct life l = { .env = { .now = 1000000, .newest = true,
				   .waiting = GATE_NEVER_MS,
				   .received = GATE_NEVER_MS } };

	spinat_settings_init(&l.s);
	l.s.role = role;
	set(&l, IDLE_INTERVAL, 0);
	l.env.idle_interval = 0;
	spinat_gate_init(&l.g, &l.s, l.env.now);
	return l;
}

static u32 step(struct life *l, enum spinat_gate_event event)
{
	l->acts = spinat_gate_step(&l->g, &l->asks, &l->s, &l->env, event);
	return l->acts;
}

/* To the next time the gate wants, and no further than @limit ms from now */
static bool sleep_on(struct life *l, u64 limit)
{
	if (l->g.wake == GATE_NEVER || l->g.wake > l->env.now + limit)
		return false;
	l->env.now = l->g.wake > l->env.now ? l->g.wake : l->env.now + 1;
	step(l, GATE_TICK);
	return true;
}

/* Lives on until one of these actions, or fails */
static bool until(struct life *l, u32 acts, u64 limit)
{
	u64 end = l->env.now + limit;

	while (sleep_on(l, end - l->env.now))
		if (l->acts & acts)
			return true;
	return false;
}

static struct life life_open(u32 role)
{
	struct life l = life_new(role);

	step(&l, GATE_ANNOUNCE);
	step(&l, role == CLIENT ? GATE_PROOF : GATE_WORD);
	l.env.received = 0;
	return l;
}

static bool holds(const struct life *l)
{
	return !spinat_gate_passes(&l->g, &l->s) &&
	       !spinat_gate_drops(&l->g, &l->s);
}

static void first_proof(void)
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

static void tries(void)
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
			printf("# gap %u is %llu ms\n", n,
			       (unsigned long long)gap);
	}
	is(n, 20, "an unproved client goes on trying");
	is(bad, 0, "four times at once, then it backs off to ping-max");
}

static void asks_for_help(void)
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
	   (unsigned long long)(l.env.now - begin));
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

static void old_epoch_is_quiet(void)
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

static void ceiling(void)
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

static void going_stale(void)
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

static void hearing(void)
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

static void outage(void)
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
	   (unsigned long long)2 * pairs, (unsigned long long)longest / 1000);
	ok(asks >= 12 && asks <= 22, "and help is asked for %llu times",
	   (unsigned long long)asks);
}

static void idle(void)
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

static void server(void)
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

static void the_word(void)
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

static void asked(void)
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

/* --- random lives ---------------------------------------------------------- */

/* What was seen of a life, beside what the gate itself says */
struct seen {
	u64 closed_at;	/* when it was closed last */
	u32 tries;	/* pairs of its own accord since the last proof */
	u64 last_pair;
	u64 last_ask;
	u32 asks;	/* since the last proof */
	u64 last_idle;
	bool hurried;	/* it was due again at once */
};

static u32 violated[32];
static const char *promises[32];

#define promise(number, condition, text) do { \
	promises[number] = text; \
	if (!(condition)) { \
		if (!violated[number]++) \
			printf("# %s: state %u -> %u, event %d, acts %#x, now %llu, wake %lld, ceiling %u\n", \
			       text, before.state, l->g.state, event, l->acts, \
			       (unsigned long long)l->env.now, \
			       (long long)l->g.wake, get(l, CEILING)); \
	} \
} while (0)

static u64 ask_wait(const struct life *l, u32 asks)
{
	u64 wait = get(l, RETRY);

	while (--asks && wait < get(l, RETRY_MAX))
		wait *= 2;
	return wait < get(l, RETRY_MAX) ? wait : get(l, RETRY_MAX);
}

/* How long a dead gate may be without a try */
static u64 dead_wait(const struct life *l)
{
	u64 ms = (l->env.now - l->g.since) / 8;
	u64 most = l->env.idle_interval ?: get(l, RETRY_MAX);

	ms = ms < most ? ms : most;
	return ms > get(l, PING_MAX) ? ms : get(l, PING_MAX);
}

static bool closed(const struct spinat_gate *g)
{
	return g->state == BORN || g->state == HELD;
}

/* One step, with everything that has to be true of it */
static void check_step(struct life *l, struct seen *s, int event)
{
	const struct spinat_gate before = l->g;
	const bool client = l->s.role == CLIENT;
	u64 now = l->env.now;

	step(l, event);

	promise(0, !closed(&l->g) || now - s->closed_at < get(l, CEILING) ||
		event == GATE_CLOSE,
		"no gate is closed for longer than its ceiling");
	promise(1, !closed(&l->g) || l->g.wake <= l->g.closed_at +
		get(l, CEILING), "a closed gate wakes at its ceiling or before");
	promise(2, l->g.wake > now || (l->acts & GATE_SAY(CEILING) &&
		!s->hurried), "no gate is due again at once, and again");
	promise(3, !(l->acts & ASKS) || (client && l->env.newest),
		"only the newest epoch of a client asks");
	promise(4, !(l->acts & ASKS) || s->tries >= get(l, TRIES),
		"nobody asks before all tries were made");
	promise(5, !(l->acts & ASKS) || !s->asks ||
		now - s->last_ask >= ask_wait(l, s->asks),
		"each time one asks it waits longer");
	promise(6, !(l->acts & ASKS) || !!(l->acts & GATE_SAY(SESSION)) ==
		(s->asks >= get(l, REKEYS)),
		"a new session is asked for after so many rekeyings, not before");
	promise(7, (l->acts & ASKS) != ASKS, "it asks for one thing");
	promise(8, client || event == GATE_PING || !(l->acts &
		GATE_SEND_PAIR),
		"a server does not ping of its own accord");
	promise(9, (event != GATE_PROOF && event != GATE_WORD) ||
		l->g.state == OPEN, "a proof opens");
	promise(10, spinat_gate_passes(&l->g, &l->s) + holds(l) +
		spinat_gate_drops(&l->g, &l->s) == 1,
		"data flows, is held or is dropped");
	promise(11, !(l->acts & GATE_SEND_PAIR) ||
		event == GATE_PING || event == GATE_ANNOUNCE ||
		event == GATE_CLOSE || event == GATE_OPEN ||
		l->g.state != before.state || now - s->last_pair >= get(l, PING_MIN),
		"tries are ping-min apart, at least");
	promise(12, !l->g.asked_idle || l->g.asked_idle == before.asked_idle ||
		!s->last_idle || now - s->last_idle >= l->env.idle_interval,
		"idle pings are idle-interval apart, at least");
	promise(13, !client || l->g.state != HELD ||
		l->g.wake <= now + get(l, PING_MAX) * 5 / 4 + 1,
		"an unproved client pings on");
	promise(14, !client || l->g.state != STALE ||
		l->g.wake <= now + get(l, PING_MAX) * 5 / 4 + 1,
		"a stale one, too");
	promise(15, !client || l->g.state != DEAD || before.state == BORN ||
		before.ping_at == GATE_NEVER ||
		l->g.wake <= now + dead_wait(l) * 5 / 4 + 1,
		"a dead one, too, but seldomer");
	promise(16, !!(l->acts & GATE_SAY(CEILING)) ==
		(closed(&before) && l->g.state == DEAD &&
		 event != GATE_CLOSE) || event == GATE_CLOSE,
		"that the ceiling came is said, and only then");
	promise(17, !!(l->acts & GATE_SAY(STALE)) ==
		(l->g.state == STALE && before.state != STALE) ||
		event == GATE_OPEN,
		"that it is stale is said, and only then");
	promise(18, !(l->acts & GATE_SAY(DEAD)) || l->g.state == DEAD,
		"none is said to be dead that is not");
	promise(19, !(l->acts & GATE_SAY(PROVED)) || event == GATE_PROOF ||
		event == GATE_WORD || event == GATE_WORD_HEARD,
		"none is said to be proved without a proof");
	promise(20, before.state == OPEN || l->g.state != OPEN ||
		event == GATE_PROOF || event == GATE_WORD ||
		event == GATE_WORD_HEARD || event == GATE_OPEN ||
		l->acts & GATE_SAY(HEARD), "none opens by itself");
	promise(23, !(l->acts & GATE_SAY(HEARD)) || (before.proved &&
		(before.state == STALE || before.state == DEAD) &&
		l->env.received < now - before.since),
		"what comes in opens one again that was proved before");
	promise(21, before.state != BORN || l->g.state != HELD ||
		event == GATE_ANNOUNCE || event == GATE_CLOSE,
		"none has a name that was not announced");
	promise(22, !(l->acts & GATE_SEND_WORD) || l->g.state == OPEN ||
		l->g.state == STALE, "the word is true");
}

static void note_step(struct life *l, struct seen *s, int event)
{
	u64 now = l->env.now;

	if (event == GATE_CLOSE)
		s->closed_at = now;
	if (event == GATE_PROOF || event == GATE_WORD ||
	    event == GATE_WORD_HEARD || l->acts & GATE_SAY(HEARD)) {
		s->tries = 0;
		if (l->env.newest)
			s->asks = 0;
	}
	if (l->acts & GATE_SEND_PAIR) {
		s->tries++;
		if (event != GATE_PING)
			s->last_pair = now;
	}
	s->last_idle = l->g.asked_idle ?: s->last_idle;
	s->hurried = l->g.wake <= now;
	if (l->acts & ASKS) {
		s->asks++;
		s->last_ask = now;
	}
}

static void random_settings(struct life *l)
{
	l->s.role = random_below(4) ? CLIENT : SERVER;
	set(l, PING_MIN, 20 + random_below(200));
	set(l, PING_MAX, get(l, PING_MIN) + random_below(3000));
	set(l, TRIES, 1 + random_below(12));
	set(l, STALE_AFTER, random_below(3) ? 100 + random_below(5000) : 0);
	set(l, CEILING, 10 + random_below(random_below(2) ? 1000 : 20000));
	set(l, ON_CEILING, 1 + random_below(2));
	set(l, REKEYS, random_below(4));
	set(l, RETRY, 100 + random_below(5000));
	set(l, RETRY_MAX, get(l, RETRY) + random_below(60000));
	l->env.idle_interval = random_below(3) ? 1000 + random_below(60000) : 0;
}

/* The traffic of a tunnel that works, for @ms */
static void traffic(struct life *l, u64 ms, bool answered)
{
	l->env.now += ms;
	l->env.random = random_u32();
	if (l->env.received != GATE_NEVER_MS)
		l->env.received += ms;
	if (l->env.waiting != GATE_NEVER_MS)
		l->env.waiting += ms;
	switch (random_below(8)) {
	case 0:
		if (l->env.waiting == GATE_NEVER_MS)
			l->env.waiting = 0;
		break;
	case 1:
		if (answered && l->g.state != BORN) {
			l->env.waiting = GATE_NEVER_MS;
			l->env.received = 0;
		}
		break;
	}
}

static int random_event(const struct life *l, bool *announced)
{
	switch (random_below(*announced ? 40 : 8)) {
	case 0:
		*announced = true;
		return GATE_ANNOUNCE;
	case 1:
		return GATE_OPEN;
	case 2:
		return *announced ? GATE_PING : GATE_TICK;
	case 3:
		return *announced ? GATE_CLOSE : GATE_TICK;
	case 8: case 9: case 10:
		return l->s.role == CLIENT ? GATE_PROOF : GATE_WORD;
	case 11:
		return GATE_WORD;
	case 12:
		return l->g.state == OPEN && l->s.role == CLIENT ?
		       GATE_WORD_HEARD : GATE_TICK;
	}
	return GATE_TICK;
}

static u32 visits[DEAD + 1][DEAD + 1];

static void random_life(void)
{
	struct life l = life_new(CLIENT);
	bool announced = false, answered = random_below(2);
	struct seen s = {};
	u8 before;
	int i, event;
	u64 ms;

	random_settings(&l);
	spinat_gate_init(&l.g, &l.s, l.env.now);
	s.closed_at = l.env.now;
	for (i = 0; i < 150; i++) {
		/* mostly as late as it may, now and then before; the kernel's
		 * timer is never early
		 */
		ms = l.g.wake > l.env.now ? l.g.wake - l.env.now : 1;
		event = GATE_TICK;
		if (l.g.wake == GATE_NEVER || random_below(3) == 0) {
			ms = random_below(ms < 5000 ? ms + 1 : 5000);
			event = random_event(&l, &announced);
		}
		traffic(&l, ms, answered);
		if (event == GATE_PROOF || event == GATE_WORD ||
		    event == GATE_WORD_HEARD) {
			l.env.received = 0;
			l.env.waiting = GATE_NEVER_MS;
		}
		l.env.peer_gate = random_below(2);
		if (announced && !random_below(100))
			l.env.newest = !l.env.newest;
		before = l.g.state;
		check_step(&l, &s, event);
		note_step(&l, &s, event);
		visits[before][l.g.state]++;
	}
}

static void random_lives(u32 n)
{
	static const struct {
		u8 from;
		u8 to;
	} ways[] = {
		{ BORN, HELD }, { BORN, DEAD }, { BORN, OPEN }, { HELD, OPEN },
		{ HELD, DEAD }, { OPEN, STALE }, { OPEN, HELD }, { STALE, OPEN },
		{ STALE, DEAD }, { STALE, HELD }, { DEAD, OPEN }, { DEAD, HELD },
	};
	u32 i, missing = 0, total = 0;

	for (i = 0; i < n; i++)
		random_life();
	for (i = 0; i < ARRAY_SIZE(promises) && promises[i]; i++)
		is(violated[i], 0, promises[i]);
	for (i = 0; i < ARRAY_SIZE(ways); i++) {
		total += visits[ways[i].from][ways[i].to];
		missing += visits[ways[i].from][ways[i].to] < n / 1000;
		if (visits[ways[i].from][ways[i].to] < n / 1000)
			printf("# from %u to %u only %u times\n", ways[i].from,
			       ways[i].to, visits[ways[i].from][ways[i].to]);
	}
	is(missing, 0, "every way from state to state was gone");
	printf("# %u lives, %u changes of state\n", n, total);
}

int main(void)
{
	first_proof();
	tries();
	asks_for_help();
	old_epoch_is_quiet();
	ceiling();
	going_stale();
	hearing();
	outage();
	idle();
	server();
	the_word();
	asked();
	random_lives(20000);
	return tap_end();
}
