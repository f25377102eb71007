// SPDX-License-Identifier: GPL-2.0
/*
 * The gate of an epoch.
 *
 *	born --announced--> held --proof--> open <--proof-- stale
 *	  \                  |               |                |
 *	   \--ceiling----> dead <--tries-----+--no answer---->+
 *
 * Only a client pings; a server's gate opens by the client's word. dead is left
 * by a proof, as every state is: pings go on for as long as the epoch lives.
 */
#include <linux/kernel.h>

#include "gate.h"

/* Tries before they back off */
#define QUICK_TRIES	4
/* Times to say that an epoch is proved, if nobody answers */
#define WORDS		4

static void enter(struct spinat_gate *g, u8 state, u64 now)
{
	g->state = state;
	g->since = now;
	g->tries = 0;
	g->asked_idle = 0;
	g->forced = false;
}

static bool is_client(const struct spinat_settings *s)
{
	return s->role == SPINAT_EPOCH_ROLE_CLIENT;
}

/* Up to a quarter more, so that clients of one NAT do not stay in step */
static u64 jitter(u64 ms, u32 random)
{
	return ms + (random & 0xff) * ms / 1024;
}

static u64 try_interval(const struct spinat_gate *g,
			const struct spinat_settings *s,
			const struct spinat_gate_env *env)
{
	u32 doublings = g->tries > QUICK_TRIES ? g->tries - QUICK_TRIES : 0;
	u64 ms = epoch_setting(s, PING_MIN), most;

	while (doublings-- && ms < epoch_setting(s, PING_MAX))
		ms *= 2;
	ms = min_t(u64, ms, epoch_setting(s, PING_MAX));
	if (g->state == SPINAT_EPOCH_STATE_DEAD) {
		/* An outage is noticed to be over after an eighth of its length
		 * more; one that lasts costs no more than an idle tunnel.
		 */
		most = env->idle_interval ?: epoch_setting(s, RETRY_MAX);
		ms = max(ms, min((env->now - g->since) / 8, most));
	}
	return jitter(ms, env->random);
}

/**
 * spinat_gate_init() - a gate is born, closed
 * @g: the gate
 * @s: its settings
 * @now: ms
 */
void spinat_gate_init(struct spinat_gate *g, const struct spinat_settings *s,
		      u64 now)
{
	*g = (struct spinat_gate) {
		.closed_at = now,
		.wake = now + epoch_setting(s, CEILING),
	};
	enter(g, SPINAT_EPOCH_STATE_BORN, now);
}

static u32 ask(struct spinat_gate_asks *asks, const struct spinat_settings *s,
	       const struct spinat_gate_env *env)
{
	u64 wait = epoch_setting(s, RETRY);
	u32 i;

	/* New SAs are on their way already, or were asked for lately. */
	if (!env->newest || env->now < asks->next)
		return 0;
	for (i = 0; i < asks->failures && wait < epoch_setting(s, RETRY_MAX); i++)
		wait *= 2;
	wait = min_t(u64, wait, epoch_setting(s, RETRY_MAX));
	asks->next = env->now + jitter(wait, env->random >> 8);
	if (asks->failures < U32_MAX)
		asks->failures++;
	return asks->failures > epoch_setting(s, REKEYS) ? GATE_SAY(SESSION) :
							   GATE_SAY(REKEY);
}

static u32 try(struct spinat_gate *g, const struct spinat_settings *s,
	       const struct spinat_gate_env *env)
{
	if (env->now < g->ping_at)
		return 0;
	if (g->tries < U32_MAX)
		g->tries++;
	g->ping_at = env->now + try_interval(g, s, env);
	return GATE_SEND_PAIR;
}

/* All tries were made, and the last one had its time. */
static bool exhausted(const struct spinat_gate *g,
		      const struct spinat_settings *s,
		      const struct spinat_gate_env *env)
{
	return g->tries >= epoch_setting(s, TRIES) && env->now >= g->ping_at;
}

/* Not what an old epoch hears: the newest may need help nevertheless. */
static void need_nothing(struct spinat_gate_asks *asks,
			 const struct spinat_gate_env *env)
{
	if (!env->newest)
		return;
	asks->failures = 0;
	asks->next = 0;
}

static u32 prove(struct spinat_gate *g, struct spinat_gate_asks *asks,
		 const struct spinat_gate_env *env)
{
	bool first = !g->proved || g->state != SPINAT_EPOCH_STATE_OPEN;

	need_nothing(asks, env);
	g->proved = true;
	g->asked_idle = 0;
	g->forced = false;
	if (first)
		enter(g, SPINAT_EPOCH_STATE_OPEN, env->now);
	return first ? GATE_SAY(PROVED) : 0;
}

static void close_gate(struct spinat_gate *g, u64 now)
{
	enter(g, SPINAT_EPOCH_STATE_HELD, now);
	g->closed_at = now;
	g->ping_at = now;
}

static u32 tick_closed(struct spinat_gate *g, struct spinat_gate_asks *asks,
		       const struct spinat_settings *s,
		       const struct spinat_gate_env *env)
{
	u32 tries = g->tries, acts = 0;

	if (g->state == SPINAT_EPOCH_STATE_HELD && is_client(s)) {
		if (exhausted(g, s, env))
			acts |= ask(asks, s, env);
		acts |= try(g, s, env);
		tries = g->tries;
	}
	if (env->now - g->closed_at >= epoch_setting(s, CEILING)) {
		/* Nobody can ping for an epoch that has no name yet. */
		bool born = g->state == SPINAT_EPOCH_STATE_BORN;

		enter(g, SPINAT_EPOCH_STATE_DEAD, env->now);
		g->tries = tries;
		if (born)
			g->ping_at = GATE_NEVER;
		acts |= GATE_SAY(CEILING);
	}
	return acts;
}

/* Nothing came back since data was sent, for too long. */
static bool overdue(const struct spinat_settings *s,
		    const struct spinat_gate_env *env)
{
	u32 stale_after = epoch_setting(s, STALE_AFTER);

	return stale_after && env->waiting != GATE_NEVER_MS &&
	       env->waiting >= stale_after;
}

/* Packets come in again through an epoch that had been proved before: as good as
 * an answer to a ping, which a target that is down would never give.
 */
static bool heard(const struct spinat_gate *g, const struct spinat_settings *s,
		  const struct spinat_gate_env *env)
{
	return g->proved && env->received < env->now - g->since &&
	       !overdue(s, env);
}

static u32 hear(struct spinat_gate *g, struct spinat_gate_asks *asks,
		const struct spinat_gate_env *env)
{
	need_nothing(asks, env);
	enter(g, SPINAT_EPOCH_STATE_OPEN, env->now);
	return GATE_SAY(HEARD);
}

static u32 tick_stale(struct spinat_gate *g, struct spinat_gate_asks *asks,
		      const struct spinat_settings *s,
		      const struct spinat_gate_env *env)
{
	u32 acts = 0, tries;

	/* It was a client's when it became stale: nobody pings for it now. */
	if (!is_client(s)) {
		enter(g, SPINAT_EPOCH_STATE_OPEN, env->now);
		return GATE_SAY(ASKED);
	}
	if (exhausted(g, s, env)) {
		tries = g->tries;
		enter(g, SPINAT_EPOCH_STATE_DEAD, env->now);
		g->tries = tries;
		acts = GATE_SAY(DEAD) | ask(asks, s, env);
	}
	return acts | try(g, s, env);
}

static u32 tick_dead(struct spinat_gate *g, struct spinat_gate_asks *asks,
		     const struct spinat_settings *s,
		     const struct spinat_gate_env *env)
{
	u32 acts = 0;

	if (!is_client(s) || g->ping_at == GATE_NEVER)
		return 0;
	/* Asking has a clock of its own, which does not slow down with pings. */
	if (g->tries > epoch_setting(s, TRIES) || exhausted(g, s, env))
		acts = ask(asks, s, env);
	return acts | try(g, s, env);
}

static u32 go_stale(struct spinat_gate *g, const struct spinat_settings *s,
		    const struct spinat_gate_env *env)
{
	enter(g, SPINAT_EPOCH_STATE_STALE, env->now);
	g->ping_at = env->now;
	return GATE_SAY(STALE) | try(g, s, env);
}

static bool is_idle(const struct spinat_gate *g,
		    const struct spinat_gate_env *env)
{
	return env->idle_interval && env->newest &&
	       env->now - g->since >= env->idle_interval &&
	       env->received >= env->idle_interval;
}

static u32 tick_open(struct spinat_gate *g, const struct spinat_settings *s,
		     const struct spinat_gate_env *env)
{
	u32 acts = 0;

	if (g->words && env->now >= g->word_at) {
		g->words--;
		g->word_at = env->now + 2 * jitter(epoch_setting(s, PING_MIN),
						   env->random);
		acts = GATE_SEND_WORD;
	}
	if (!is_client(s) || g->forced)
		return acts;
	if (g->asked_idle && env->received < env->now - g->asked_idle)
		g->asked_idle = 0;
	if (overdue(s, env) || (g->asked_idle && env->now >= g->ping_at))
		return acts | go_stale(g, s, env);
	if (!g->asked_idle && is_idle(g, env)) {
		g->asked_idle = env->now;
		g->ping_at = env->now + epoch_setting(s, PING_MAX);
		/* Says it again to a server that lost all words. */
		acts |= GATE_SEND_WORD;
	}
	return acts;
}

static u32 tick(struct spinat_gate *g, struct spinat_gate_asks *asks,
		const struct spinat_settings *s,
		const struct spinat_gate_env *env)
{
	switch (g->state) {
	case SPINAT_EPOCH_STATE_BORN:
	case SPINAT_EPOCH_STATE_HELD:
		return tick_closed(g, asks, s, env);
	case SPINAT_EPOCH_STATE_OPEN:
		return tick_open(g, s, env);
	}
	if (heard(g, s, env))
		return hear(g, asks, env) | tick_open(g, s, env);
	if (g->state == SPINAT_EPOCH_STATE_STALE)
		return tick_stale(g, asks, s, env);
	return tick_dead(g, asks, s, env);
}

/* Until when nothing can become due in an open gate by time alone */
static u64 wake_open(const struct spinat_gate *g,
		     const struct spinat_settings *s,
		     const struct spinat_gate_env *env)
{
	u32 stale_after = epoch_setting(s, STALE_AFTER);
	u64 wake = GATE_NEVER, quiet;

	if (g->words)
		wake = g->word_at;
	if (!is_client(s) || g->forced)
		return wake;
	if (stale_after && env->waiting != GATE_NEVER_MS)
		wake = min(wake, env->now + stale_after -
				 min(stale_after, env->waiting));
	if (g->asked_idle)
		return min(wake, g->ping_at);
	if (!env->idle_interval || !env->newest)
		return wake;
	quiet = min_t(u64, env->received, env->now - g->since);
	/* When something came in shows at the next look only: look more often
	 * than pings are due.
	 */
	return min(wake, env->now + min(env->idle_interval / 4,
					env->idle_interval -
					min(env->idle_interval, quiet)));
}

static u64 wake_at(const struct spinat_gate *g,
		   const struct spinat_gate_asks *asks,
		   const struct spinat_settings *s,
		   const struct spinat_gate_env *env)
{
	u64 wake = GATE_NEVER;

	switch (g->state) {
	case SPINAT_EPOCH_STATE_DEAD:
		if (env->newest && is_client(s) && g->ping_at != GATE_NEVER &&
		    g->tries > epoch_setting(s, TRIES))
			wake = asks->next;
		break;
	case SPINAT_EPOCH_STATE_OPEN:
		return wake_open(g, s, env);
	case SPINAT_EPOCH_STATE_BORN:
		return g->closed_at + epoch_setting(s, CEILING);
	case SPINAT_EPOCH_STATE_HELD:
		wake = g->closed_at + epoch_setting(s, CEILING);
		break;
	}
	return is_client(s) ? min(wake, g->ping_at) : wake;
}

static u32 handle(struct spinat_gate *g, struct spinat_gate_asks *asks,
		  const struct spinat_settings *s,
		  const struct spinat_gate_env *env,
		  enum spinat_gate_event event)
{
	u32 acts;

	switch (event) {
	case GATE_ANNOUNCE:
		if (g->state == SPINAT_EPOCH_STATE_BORN)
			enter(g, SPINAT_EPOCH_STATE_HELD, env->now);
		g->ping_at = env->now;
		return GATE_SAY(ANNOUNCED);
	case GATE_TICK:
		return 0;
	case GATE_PROOF:
		acts = prove(g, asks, env);
		/* A server that waits must hear it, or it waits for its ceiling;
		 * its stack may have answered first, when its gate was not told.
		 */
		if (env->peer_gate && (acts || !g->peer_gate)) {
			g->peer_gate = true;
			g->words = WORDS;
			g->word_at = env->now;
		}
		return acts;
	case GATE_WORD:
		return prove(g, asks, env);
	case GATE_WORD_HEARD:
		g->words = 0;
		g->peer_gate = true;
		return prove(g, asks, env);
	case GATE_PING:
		return GATE_SEND_PAIR;
	case GATE_OPEN:
		enter(g, SPINAT_EPOCH_STATE_OPEN, env->now);
		g->forced = true;
		return GATE_SAY(ASKED);
	case GATE_CLOSE:
		close_gate(g, env->now);
		g->words = 0;
		return GATE_SAY(ASKED);
	}
	return 0;
}

/**
 * spinat_gate_step() - something happened to a gate
 * @g: the gate
 * @asks: of its tunnel
 * @s: of its tunnel
 * @env: the world
 * @event: what happened
 *
 * Whatever is due by now is done as well, and @g->wake is set.
 *
 * Return: what to do, GATE_SEND_* and GATE_SAY().
 */
u32 spinat_gate_step(struct spinat_gate *g, struct spinat_gate_asks *asks,
		     const struct spinat_settings *s,
		     const struct spinat_gate_env *env,
		     enum spinat_gate_event event)
{
	u32 acts = handle(g, asks, s, env, event);

	acts |= tick(g, asks, s, env);
	g->wake = wake_at(g, asks, s, env);
	return acts;
}
