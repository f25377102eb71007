/* SPDX-License-Identifier: GPL-2.0 */
/* The state machine of an epoch's gate: events in, actions out. Pure. */
#ifndef _SPINAT_EPOCH_GATE_H
#define _SPINAT_EPOCH_GATE_H

#include <linux/types.h>

#include "settings.h"

/**
 * enum spinat_gate_event - what happens to a gate
 * @GATE_ANNOUNCE: the epoch's in-SPI was named
 * @GATE_TICK: time passed
 * @GATE_PROOF: a control ping came back through the epoch's own in-SA
 * @GATE_WORD: the peer said, authentically, that the epoch is proved
 * @GATE_WORD_HEARD: the peer answered when it was told so
 * @GATE_PING: somebody wants a ping now
 * @GATE_OPEN: somebody wants it open
 * @GATE_CLOSE: somebody wants it closed
 */
enum spinat_gate_event {
	GATE_ANNOUNCE,
	GATE_TICK,
	GATE_PROOF,
	GATE_WORD,
	GATE_WORD_HEARD,
	GATE_PING,
	GATE_OPEN,
	GATE_CLOSE,
};

/* Actions; GATE_SAY(e) is to send event SPINAT_EPOCH_EVENT_e */
#define GATE_SEND_PAIR		(1U << 0)	/* two pings of random lengths */
#define GATE_SEND_WORD		(1U << 1)	/* "it is proved", the shortest */
#define GATE_SAY(e)		(1U << (8 + SPINAT_EPOCH_EVENT_##e))

/* No such time */
#define GATE_NEVER		U64_MAX
#define GATE_NEVER_MS		U32_MAX

/**
 * struct spinat_gate - one gate
 * @state: enum spinat_epoch_state
 * @proved: it was, at least once
 * @tries: tries without answer
 * @words: how often to say still that it is proved
 * @forced: opened by hand; it stays so whatever comes back
 * @peer_gate: the peer has a gate, too, and was told
 * @since: when it came into this state, ms
 * @closed_at: when it was closed
 * @ping_at: when the next try is due
 * @asked_idle: when an idle ping was sent that has no answer yet, or 0
 * @word_at: when to say it next
 * @wake: when GATE_TICK is due; GATE_NEVER if not at all
 */
struct spinat_gate {
	u8 state;
	bool proved;
	u8 words;
	bool forced;
	bool peer_gate;
	u32 tries;
	u64 since;
	u64 closed_at;
	u64 ping_at;
	u64 asked_idle;
	u64 word_at;
	u64 wake;
};

/**
 * struct spinat_gate_asks - how often a tunnel has asked for help
 * @failures: since its last proof
 * @next: not before this time, ms
 */
struct spinat_gate_asks {
	u32 failures;
	u64 next;
};

/**
 * struct spinat_gate_env - what a gate sees of the world
 * @now: ms
 * @idle_interval: ms between idle pings, the budget considered; 0 never
 * @random: 32 random bits
 * @waiting: ms since data was sent that nothing came back after, or
 *	GATE_NEVER_MS
 * @received: ms since something came in, or GATE_NEVER_MS
 * @newest: the tunnel has no newer epoch
 * @peer_gate: the answer came from a peer with a gate
 */
struct spinat_gate_env {
	u64 now;
	u64 idle_interval;
	u32 random;
	u32 waiting;
	u32 received;
	bool newest;
	bool peer_gate;
};

void spinat_gate_init(struct spinat_gate *g, const struct spinat_settings *s,
		      u64 now);
u32 spinat_gate_step(struct spinat_gate *g, struct spinat_gate_asks *asks,
		     const struct spinat_settings *s,
		     const struct spinat_gate_env *env,
		     enum spinat_gate_event event);

/* Does data flow? */
static inline bool spinat_gate_passes(const struct spinat_gate *g,
				      const struct spinat_settings *s)
{
	return g->state == SPINAT_EPOCH_STATE_OPEN ||
	       g->state == SPINAT_EPOCH_STATE_STALE ||
	       (g->state == SPINAT_EPOCH_STATE_DEAD &&
		epoch_setting(s, ON_CEILING) == SPINAT_EPOCH_ON_CEILING_OPEN);
}

/* Is data dropped? It is held if it neither flows nor is dropped. */
static inline bool spinat_gate_drops(const struct spinat_gate *g,
				     const struct spinat_settings *s)
{
	return g->state == SPINAT_EPOCH_STATE_DEAD &&
	       epoch_setting(s, ON_CEILING) == SPINAT_EPOCH_ON_CEILING_DROP;
}

#endif
