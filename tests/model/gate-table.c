// SPDX-License-Identifier: GPL-2.0
/*
 * Prints what kmod/epoch/gate.c does, in the notation of gate.table: one line
 * for each role, state and thing that can happen, unless it does nothing. Each
 * is tried with many values of everything that must not matter; it is told and
 * the exit status is 1 if they do. Then two timers at once: that must be as if
 * one ran out after the other.
 */
#include <stdbool.h>
#include <string.h>

#include "../host/pure.h"

#include "../../kmod/epoch/settings.c"
#include "../../kmod/epoch/gate.c"

#define CLIENT	SPINAT_EPOCH_ROLE_CLIENT
#define SERVER	SPINAT_EPOCH_ROLE_SERVER

#define FAR	100000000	/* ms: neither settings nor test last as long */
#define VARIANTS	2000	/* of what must not matter */

/* States as the table has them: finer than those of the module */
enum state {
	BORN, HELD, CLOSED, OPEN, OPENED, STALE, DEAD, LOST, UNNAMED, STATES,
};

static const char * const state_names[] = {
	"born", "held", "closed", "open", "opened", "stale", "dead", "lost",
	"unnamed",
};

/* What can happen: events of gate.h, then what can be due by time */
enum what {
	ANNOUNCE, PROOF, PROOF_GATE, PROOF_TOLD, WORD, HEARD, PING, BY_HAND,
	CLOSE, SAY, COMES, QUIET, SILENT, IDLE, TRIED, TRY, CEILING,
	WHATS,
	TIMERS = SAY,
};

static const struct {
	const char *name;
	enum spinat_gate_event event;
} whats[] = {
	{ "announce", GATE_ANNOUNCE }, { "proof", GATE_PROOF },
	{ "proof-gate", GATE_PROOF }, { "proof-told", GATE_PROOF },
	{ "word", GATE_WORD },
	{ "heard", GATE_WORD_HEARD }, { "ping", GATE_PING },
	{ "open", GATE_OPEN }, { "close", GATE_CLOSE },
	{ "say", GATE_TICK }, { "comes", GATE_TICK }, { "quiet", GATE_TICK }, { "silent", GATE_TICK },
	{ "idle", GATE_TICK }, { "tried", GATE_TICK }, { "try", GATE_TICK },
	{ "ceiling", GATE_TICK },
};

/* A gate, its tunnel and its world */
struct life {
	struct spinat_gate g;
	struct spinat_gate_asks asks;
	struct spinat_settings s;
	struct spinat_gate_env env;
};

static u32 step(struct life *l, enum spinat_gate_event event)
{
	return spinat_gate_step(&l->g, &l->asks, &l->s, &l->env, event);
}

static enum state state_of(const struct life *l)
{
	switch (l->g.state) {
	case SPINAT_EPOCH_STATE_BORN:
		return BORN;
	case SPINAT_EPOCH_STATE_HELD:
		return l->g.proved ? CLOSED : HELD;
	case SPINAT_EPOCH_STATE_OPEN:
		return l->g.forced ? OPENED : OPEN;
	case SPINAT_EPOCH_STATE_STALE:
		return STALE;
	default:
		if (l->g.ping_at == GATE_NEVER)
			return UNNAMED;
		return l->g.proved ? LOST : DEAD;
	}
}

/* A gate in this state, come there as gates do; false if none does */
static bool reach(struct life *l, u32 role, enum state state)
{
	*l = (struct life) { .env = { .now = FAR } };
	spinat_settings_init(&l->s);
	l->s.role = role;
	l->env.newest = true;
	l->env.waiting = GATE_NEVER_MS;
	l->env.received = GATE_NEVER_MS;
	spinat_gate_init(&l->g, &l->s, l->env.now);
	if (state != BORN && state != UNNAMED)
		step(l, GATE_ANNOUNCE);
	if (state == OPEN || state == CLOSED || state == STALE || state == LOST)
		step(l, GATE_PROOF);
	if (state == OPENED)
		step(l, GATE_OPEN);
	if (state == CLOSED || state == LOST)
		step(l, GATE_CLOSE);
	if (state == STALE)
		l->env.waiting = epoch_setting(&l->s, STALE_AFTER);
	if (state == DEAD || state == LOST || state == UNNAMED)
		l->env.now += epoch_setting(&l->s, CEILING);
	step(l, GATE_TICK);
	return state_of(l) == state;
}

/* Nothing is due, and what does not matter has any value. */
static void settle(struct life *l)
{
	struct spinat_gate *g = &l->g;
	u32 since = random_below(FAR);

	l->env.now = 10ULL * FAR + random_u32();
	l->env.random = random_u32();
	l->env.waiting = random_below(2) ? GATE_NEVER_MS :
			 random_below(epoch_setting(&l->s, STALE_AFTER));
	l->env.received = random_below(2) ? GATE_NEVER_MS :
			  since + random_below(FAR);
	l->env.idle_interval = 0;
	g->tries = random_below(epoch_setting(&l->s, TRIES));
	g->words = 0;
	g->asked_idle = 0;
	g->since = l->env.now - since;
	g->closed_at = l->env.now -
		       random_below(epoch_setting(&l->s, CEILING));
	if (g->ping_at != GATE_NEVER)
		g->ping_at = l->env.now + 1 + random_below(1000);
	g->word_at = l->env.now + 1 + random_below(1000);
	l->asks.failures = random_below(10);
	l->asks.next = l->env.now - random_below(1000);
}

/* This happens, or this timer runs out, now. False if a gate in that state has
 * no such timer.
 */
static bool make_due(struct life *l, enum what what, u32 role, enum state state)
{
	bool open = state == OPEN || state == OPENED;
	bool pings = state == HELD || state == CLOSED || state == STALE ||
		     state == DEAD || state == LOST;
	struct spinat_gate *g = &l->g;

	l->env.peer_gate = what == PROOF_GATE || what == PROOF_TOLD;
	switch (what) {
	case PROOF_GATE:
		g->peer_gate = false;
		return true;
	case PROOF_TOLD:
		g->peer_gate = true;
		return true;
	case SAY:
		g->words = 1 + random_below(WORDS);
		g->word_at = l->env.now;
		return open && role == CLIENT;
	case COMES:
		g->since = l->env.now - 1 - random_below(FAR);
		l->env.received = 0;
		return true;
	case QUIET:
		l->env.waiting = epoch_setting(&l->s, STALE_AFTER);
		return open;
	case IDLE:
		l->env.idle_interval = 1 + random_below(FAR / 2);
		l->env.received = FAR;
		g->since = l->env.now - FAR;
		return open;
	case SILENT:
		g->asked_idle = l->env.now - 1 - random_below(1000);
		l->env.received = FAR;
		g->ping_at = l->env.now;
		return open && role == CLIENT;
	case TRIED:
		g->tries = epoch_setting(&l->s, TRIES) + random_below(5);
		g->ping_at = l->env.now;
		return pings;
	case TRY:
		g->ping_at = l->env.now;
		return pings;
	case CEILING:
		g->closed_at = l->env.now - epoch_setting(&l->s, CEILING);
		return state == BORN || state == HELD || state == CLOSED;
	default:
		return true;
	}
}

/* What it did, in words; proved, word and so on in the order of the table */
static void acts_name(u32 acts, char *text)
{
	static const struct {
		u32 act;
		const char *name;
	} names[] = {
		{ GATE_SAY(ANNOUNCED), "announced" },
		{ GATE_SAY(PROVED), "proved" }, { GATE_SAY(STALE), "stale" },
		{ GATE_SAY(DEAD), "dead" }, { GATE_SAY(CEILING), "ceiling" },
		{ GATE_SAY(HEARD), "heard" },
		{ GATE_SAY(ASKED), "asked" }, { GATE_SAY(REKEY), "ask" },
		{ GATE_SEND_PAIR, "pair" },
		{ GATE_SEND_WORD, "word" },
	};
	u32 i;

	*text = 0;
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (!(acts & names[i].act))
			continue;
		strcat(text, " ");
		strcat(text, names[i].name);
		acts &= ~names[i].act;
	}
	if (!*text)
		strcat(text, " -");
	if (acts)
		strcat(text, " ?");
}

struct row {
	bool possible;
	enum state to;
	u32 acts;
};

static struct row rows[SERVER + 1][STATES][WHATS];
static int different;

static void print_row(u32 role, enum state state, enum what what,
		      enum state to, u32 acts)
{
	char text[100];

	if (!acts && to == state)
		return;
	acts_name(acts, text);
	printf("%s %s %s %s%s\n", role == CLIENT ? "client" : "server",
	       state_names[state], whats[what].name, state_names[to], text);
}

static void complain(u32 role, enum state state, enum what a, enum what b,
		     const char *text)
{
	printf("# %s %s: %s, %s: %s\n", role == CLIENT ? "client" : "server",
	       state_names[state], whats[a].name, whats[b].name, text);
	different++;
}

/* Which of the two kinds of help it asks for is no matter of the table. */
static u32 run(struct life *l, enum what what)
{
	u32 acts = step(l, whats[what].event);

	if (acts & GATE_SAY(SESSION))
		acts = (acts & ~GATE_SAY(SESSION)) | GATE_SAY(REKEY);
	return acts;
}

static bool is_row(const struct row *row, enum state to, u32 acts)
{
	return row->possible && row->to == to && row->acts == acts;
}

static void row_find(u32 role, enum state state, enum what what)
{
	struct row *row = &rows[role][state][what];
	struct life l;
	u32 acts, i;

	for (i = 0; i < VARIANTS; i++) {
		if (!reach(&l, role, state))
			return;
		settle(&l);
		if (!make_due(&l, what, role, state))
			return;
		acts = run(&l, what);
		if (!row->possible) {
			*row = (struct row) { true, state_of(&l), acts };
			print_row(role, state, what, row->to, acts);
		} else if (!is_row(row, state_of(&l), acts)) {
			print_row(role, state, what, state_of(&l), acts);
			complain(role, state, what, what,
				 "more than the state decides");
			return;
		}
	}
}

/* Two timers at once, as if one after the other in the order of enum what;
 * what the first one did may have stopped the second.
 */
static void both_try(u32 role, enum state state, enum what a, enum what b)
{
	const struct row *first = &rows[role][state][a];
	u32 acts, more;
	struct life l;

	if (!first->possible || !reach(&l, role, state))
		return;
	settle(&l);
	if (!make_due(&l, a, role, state) || !make_due(&l, b, role, state))
		return;
	acts = run(&l, a);
	more = acts & ~first->acts;
	if (!is_row(first, state_of(&l), acts) &&
	    !is_row(&rows[role][first->to][b], state_of(&l), more) &&
	    !is_row(&rows[role][first->to][b], state_of(&l), acts))
		complain(role, state, a, b,
			 "at once it is not as one after the other");
}

/* An old epoch of a tunnel does the same but asks for nothing. */
static void old_try(u32 role, enum state state, enum what what)
{
	const struct row *row = &rows[role][state][what];
	struct life l;
	u32 acts;

	if (!row->possible || what == IDLE)
		return;
	reach(&l, role, state);
	settle(&l);
	make_due(&l, what, role, state);
	l.env.newest = false;
	acts = run(&l, what);
	if (!is_row(row, state_of(&l), acts | (row->acts & GATE_SAY(REKEY))) ||
	    acts & GATE_SAY(REKEY))
		complain(role, state, what, what,
			 "an old epoch does more than not to ask");
}

int main(void)
{
	u32 role, state, a, b;

	for (role = CLIENT; role <= SERVER; role++) {
		for (state = 0; state < STATES; state++)
			for (a = 0; a < WHATS; a++)
				row_find(role, state, a);
		for (state = 0; state < STATES; state++)
			for (a = 0; a < WHATS; a++)
				old_try(role, state, a);
		for (state = 0; state < STATES; state++)
			for (a = TIMERS; a < WHATS; a++)
				for (b = a + 1; b < WHATS; b++)
					both_try(role, state, a, b);
	}
	return different != 0;
}
