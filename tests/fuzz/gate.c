// SPDX-License-Identifier: GPL-2.0
/*
 * The gate's state machine: any events in any order, any time between them, any
 * valid settings. What it promises has to hold after every one of them.
 */
#include "epoch/gate.h"

#define CLIENT	SPINAT_EPOCH_ROLE_CLIENT
#define SERVER	SPINAT_EPOCH_ROLE_SERVER
#define ASKS	(GATE_SAY(REKEY) | GATE_SAY(SESSION))

enum { HELD, OPENED, STALE, DEAD, REKEY, SESSION, CEILING, HEARD, WORD, IDLE };

struct fuzz_reached fuzz_reached[] = {
	[HELD] = { "held" },
	[OPENED] = { "proved" },
	[STALE] = { "stale" },
	[DEAD] = { "dead" },
	[REKEY] = { "a rekey asked for" },
	[SESSION] = { "a session asked for" },
	[CEILING] = { "the ceiling" },
	[HEARD] = { "heard without an answer" },
	[WORD] = { "the word said" },
	[IDLE] = { "an idle ping" },
	{}
};

/* A gate, its tunnel and its world, and what a witness remembers */
struct life {
	struct spinat_gate g;
	struct spinat_gate_asks asks;
	struct spinat_settings s;
	struct spinat_gate_env env;
	bool vouched;		/* somebody said that data may flow */
	u8 state_before;
	u64 pair_at;		/* last pair in this state, 0 for none */
};

static void settings_take(struct life *l, struct fuzz_input *in)
{
	struct spinat_settings s;
	unsigned int bad;
	u8 i, n = fuzz_u8(in);

	l->pair_at = 0;
	spinat_settings_init(&s);
	s.role = n & 0x80 ? SERVER : CLIENT;
	for (i = 0; i < (n & 3); i++) {
		u8 attr = fuzz_u8(in);

		s.v[EPOCH_SETTING_FIRST + attr %
		    (EPOCH_SETTING_LAST - EPOCH_SETTING_FIRST + 1)] =
			(u32)fuzz_u8(in) << (attr >> 4);
	}
	if (!spinat_settings_check(&s, &bad))
		l->s = s;
	else if (!l->s.role)
		spinat_settings_init(&l->s), l->s.role = s.role;
}

static bool is_closed(const struct life *l)
{
	return l->g.state == SPINAT_EPOCH_STATE_BORN ||
	       l->g.state == SPINAT_EPOCH_STATE_HELD;
}

static void time_judge(struct life *l, u32 acts, enum spinat_gate_event event)
{
	u64 ceiling = l->g.closed_at + epoch_setting(&l->s, CEILING);

	if (is_closed(l)) {
		claim(l->env.now < ceiling, "closed beyond its ceiling");
		claim(l->g.wake <= ceiling, "nobody wakes it at its ceiling");
	}
	/* what somebody asked for comes when it was asked for */
	if (l->g.state != l->state_before || event != GATE_TICK)
		l->pair_at = 0;
	else if (acts & GATE_SEND_PAIR) {
		claim(!l->pair_at || l->env.now - l->pair_at >=
		      epoch_setting(&l->s, PING_MIN), "pings too fast");
		l->pair_at = l->env.now;
	}
}

static void acts_judge(struct life *l, u32 acts, enum spinat_gate_event event)
{
	if (l->s.role == SERVER)
		claim(!(acts & (ASKS | GATE_SAY(STALE))) &&
		      (event == GATE_PING || !(acts & GATE_SEND_PAIR)),
		      "a server pings or asks");
	claim(!(acts & ASKS) || l->env.newest, "an old epoch asks");
	claim((acts & ASKS) != ASKS, "it asks for both");
	if (acts & GATE_SAY(SESSION))
		claim(l->asks.failures > epoch_setting(&l->s, REKEYS),
		      "a session before its rekeys");
	if (acts & ASKS)
		claim(l->asks.next >= l->env.now + 100, "it asks again at once");
}

static void state_judge(struct life *l, u32 acts, enum spinat_gate_event event)
{
	claim(l->g.state >= SPINAT_EPOCH_STATE_BORN &&
	      l->g.state <= SPINAT_EPOCH_STATE_DEAD, "state %u", l->g.state);
	if (event == GATE_PROOF || event == GATE_WORD ||
	    event == GATE_WORD_HEARD || event == GATE_OPEN)
		l->vouched = true;
	if (event == GATE_CLOSE)
		l->vouched = l->g.proved;
	if (spinat_gate_passes(&l->g, &l->s))
		claim(l->vouched || l->g.state == SPINAT_EPOCH_STATE_DEAD,
		      "data flows that nobody vouched for");
	claim(!(spinat_gate_passes(&l->g, &l->s) &&
		spinat_gate_drops(&l->g, &l->s)), "it passes and drops");
	if (event == GATE_CLOSE && !(acts & GATE_SAY(CEILING)))
		claim(is_closed(l), "closed, and open");
	if (event == GATE_OPEN)
		claim(l->g.state == SPINAT_EPOCH_STATE_OPEN, "opened, and not");
}

static void note_reached(const struct life *l, u32 acts)
{
	static const struct {
		u32 act;
		u8 reached;
	} of[] = {
		{ GATE_SAY(PROVED), OPENED }, { GATE_SAY(STALE), STALE },
		{ GATE_SAY(DEAD), DEAD }, { GATE_SAY(REKEY), REKEY },
		{ GATE_SAY(SESSION), SESSION }, { GATE_SAY(CEILING), CEILING },
		{ GATE_SAY(HEARD), HEARD }, { GATE_SEND_WORD, WORD },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(of); i++)
		if (acts & of[i].act)
			reached(of[i].reached);
	if (l->g.state == SPINAT_EPOCH_STATE_HELD)
		reached(HELD);
	if (l->g.asked_idle)
		reached(IDLE);
}

static void step(struct life *l, enum spinat_gate_event event)
{
	u32 acts;

	l->state_before = l->g.state;
	acts = spinat_gate_step(&l->g, &l->asks, &l->s, &l->env, event);
	state_judge(l, acts, event);
	acts_judge(l, acts, event);
	time_judge(l, acts, event);
	note_reached(l, acts);
}

/* At one moment there is an end to what is due: once more, as a gate that has
 * just come to its ceiling may want to ask, and then nothing, or a timer that is
 * set to the past never sleeps
 */
static void again(struct life *l)
{
	struct life copy;

	step(l, GATE_TICK);
	claim(l->g.wake > l->env.now, "it wants to be woken in the past");
	copy = *l;
	claim(!spinat_gate_step(&copy.g, &copy.asks, &copy.s, &copy.env,
				GATE_TICK), "something is due all the time");
	claim(copy.g.state == l->g.state, "another state at the same time");
}

static void world_take(struct life *l, struct fuzz_input *in)
{
	u8 how = fuzz_u8(in);

	l->env.newest = !(how & 1);
	l->env.peer_gate = how & 2;
	l->env.idle_interval = how & 4 ? 1000 + fuzz_take(in, 2) : 0;
	l->env.waiting = how & 8 ? fuzz_take(in, 2) : GATE_NEVER_MS;
	l->env.received = how & 16 ? fuzz_take(in, 2) : GATE_NEVER_MS;
	l->env.random = how * 0x01010101U;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, data + size };
	struct life l = { .env = { .now = 1000000, .newest = true,
				   .waiting = GATE_NEVER_MS,
				   .received = GATE_NEVER_MS } };
	u8 what;

	settings_take(&l, &in);
	spinat_gate_init(&l.g, &l.s, l.env.now);
	while (fuzz_left(&in)) {
		what = fuzz_u8(&in);
		switch (what >> 4) {
		case 0 ... 7:	/* an event, GATE_TICK at its own time */
			if (what >> 4 == GATE_TICK && l.g.wake != GATE_NEVER)
				l.env.now = max(l.env.now, l.g.wake);
			step(&l, what >> 4);
			again(&l);
			break;
		case 8 ... 10:
			l.env.now += what & 15;
			break;
		case 11:
			l.env.now += fuzz_take(&in, 2) << (what & 7);
			break;
		case 12:
			world_take(&l, &in);
			break;
		case 13:
			settings_take(&l, &in);
			step(&l, GATE_TICK);
			break;
		default:	/* on from wake to wake */
			for (what &= 15; what && l.g.wake != GATE_NEVER; what--) {
				l.env.now = max(l.env.now, l.g.wake);
				step(&l, GATE_TICK);
				again(&l);
			}
		}
	}
	return 0;
}
