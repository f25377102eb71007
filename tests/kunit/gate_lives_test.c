// SPDX-License-Identifier: GPL-2.0
/* kmod/epoch/gate.c: random lives of gates, in which what a gate promises must
 * hold at every step.
 */
#include "gate_life.h"

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
			kunit_info(test, "%s: state %u -> %u, event %d, acts %#x, now %llu, wake %llu, ceiling %u\n", \
				   text, before.state, l->g.state, event, \
				   l->acts, l->env.now, l->g.wake, \
				   get(l, CEILING)); \
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
static void check_step(struct kunit *test, struct life *l, struct seen *s, int event)
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

static void random_life(struct kunit *test)
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
		check_step(test, &l, &s, event);
		note_step(&l, &s, event);
		visits[before][l.g.state]++;
	}
}

static void random_lives(struct kunit *test)
{
	const u32 n = 4000;
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
		random_life(test);
	for (i = 0; i < ARRAY_SIZE(promises) && promises[i]; i++)
		is(violated[i], 0, promises[i]);
	for (i = 0; i < ARRAY_SIZE(ways); i++) {
		total += visits[ways[i].from][ways[i].to];
		missing += visits[ways[i].from][ways[i].to] < n / 1000;
		if (visits[ways[i].from][ways[i].to] < n / 1000)
			kunit_info(test, "from %u to %u only %u times\n", ways[i].from,
			       ways[i].to, visits[ways[i].from][ways[i].to]);
	}
	is(missing, 0, "every way from state to state was gone");
	kunit_info(test, "%u lives, %u changes of state\n", n, total);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(random_lives),
	{}
};

static struct kunit_suite suite = {
	.name = "epoch-gate-lives",
	.test_cases = cases,
};

kunit_test_suite(suite);
