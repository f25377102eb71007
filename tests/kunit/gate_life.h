/* SPDX-License-Identifier: GPL-2.0 */
/* A gate with its tunnel and its world, for the suites of kmod/epoch/gate.c. */
#ifndef TESTS_KUNIT_GATE_LIFE_H
#define TESTS_KUNIT_GATE_LIFE_H

#include "test.h"
#include "../../kmod/epoch/gate.h"

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

static inline struct life life_new(u32 role)
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

static inline u32 step(struct life *l, enum spinat_gate_event event)
{
	l->acts = spinat_gate_step(&l->g, &l->asks, &l->s, &l->env, event);
	return l->acts;
}

/* To the next time the gate wants, and no further than @limit ms from now */
static inline bool sleep_on(struct life *l, u64 limit)
{
	if (l->g.wake == GATE_NEVER || l->g.wake > l->env.now + limit)
		return false;
	l->env.now = l->g.wake > l->env.now ? l->g.wake : l->env.now + 1;
	step(l, GATE_TICK);
	return true;
}

/* Lives on until one of these actions, or fails */
static inline bool until(struct life *l, u32 acts, u64 limit)
{
	u64 end = l->env.now + limit;

	while (sleep_on(l, end - l->env.now))
		if (l->acts & acts)
			return true;
	return false;
}

static inline struct life life_open(u32 role)
{
	struct life l = life_new(role);

	step(&l, GATE_ANNOUNCE);
	step(&l, role == CLIENT ? GATE_PROOF : GATE_WORD);
	l.env.received = 0;
	return l;
}

static inline bool holds(const struct life *l)
{
	return !spinat_gate_passes(&l->g, &l->s) &&
	       !spinat_gate_drops(&l->g, &l->s);
}

#endif
