// SPDX-License-Identifier: GPL-2.0
/* The life of an epoch, and carrying out what its gate decides. */
#include <crypto/aead.h>
#include <linux/slab.h>

#include "epoch.h"

static struct kmem_cache *epoch_cache __read_mostly;

int spinat_epoch_life_init(void)
{
	epoch_cache = KMEM_CACHE(epoch, 0);
	return epoch_cache ? 0 : -ENOMEM;
}

/* Epochs are freed by RCU callbacks of this module: all must have run. */
void spinat_epoch_life_exit(void)
{
	rcu_barrier();
	kmem_cache_destroy(epoch_cache);
}

static u32 since_ms(unsigned long when)
{
	return jiffies_to_msecs(jiffies - when);
}

/* Does data come in and none goes out, so that nobody misses what does not come?
 * Where it ends the path may have gone, and a ping asks once. That is no answer
 * to the last idle ping, nor does it come more often than those.
 */
static bool only_listens(const struct epoch *e,
			 const struct spinat_gate_env *env, u64 sent)
{
	const struct spinat_settings *s = &e->tunnel->settings;
	u64 asked = env->now - max(e->idle_at, e->gate.since);
	u64 ended = (u64)env->received + epoch_setting(s, STALE_AFTER);

	return e->stale_ticks && e->gate.state == SPINAT_EPOCH_STATE_OPEN &&
	       env->idle_interval == epoch_setting(s, IDLE_INTERVAL) &&
	       asked >= env->idle_interval && ended < asked && sent >= ended;
}

static void env_fill(struct spinat_gate_env *env, struct epoch *e,
		     bool peer_gate)
{
	struct epoch_tunnel *t = e->tunnel;
	unsigned long sent, received;
	bool has_sent = epoch_sent(e, &sent), has_received;

	epoch_look(e, jiffies);
	has_received = epoch_received(e, &received);
	env->now = epoch_now();
	env->random = get_random_u32();
	env->newest = t->newest == e;
	env->peer_gate = peer_gate;
	env->received = has_received ? since_ms(received) : GATE_NEVER_MS;
	env->waiting = GATE_NEVER_MS;
	if (has_sent && (!has_received || time_after(sent, received)))
		env->waiting = since_ms(READ_ONCE(e->waiting));
	env->idle_interval =
		spinat_budget_interval(&t->budget, t->settings.budget,
				       env->now, t->ping_cost,
				       epoch_setting(&t->settings,
						     IDLE_INTERVAL));
	if (only_listens(e, env, has_sent ? since_ms(sent) : U64_MAX))
		env->idle_interval = min_t(u64, env->idle_interval,
					   epoch_setting(&t->settings,
							 STALE_AFTER));
}

static void timer_arm(struct epoch *e, u64 now)
{
	u64 wake = e->gate.wake;

	if (e->gone)
		return;
	/* An hour at most: SAs may be deleted without a word, and the timer
	 * looks.
	 */
	wake = wake > now ? min_t(u64, wake - now, 3600000) : 0;
	mod_timer(&e->timer, jiffies + msecs_to_jiffies(wake) + 1);
}

static void say(struct epoch *e, u32 acts)
{
	static const struct {
		u8 event;
		u8 stat;
	} said[] = {
		/* in the order in which a reader of events wants them */
#define SAID(name) \
	{ SPINAT_EPOCH_EVENT_##name, SPINAT_EPOCH_A_STATS_##name }
		SAID(ANNOUNCED),
		SAID(PROVED),
		{ SPINAT_EPOCH_EVENT_HEARD, 0 },
		SAID(STALE),
		SAID(DEAD),
		SAID(CEILING),
		SAID(REKEY),
		SAID(SESSION),
		{ SPINAT_EPOCH_EVENT_ASKED, 0 },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(said); i++) {
		if (!(acts & 1U << (8 + said[i].event)))
			continue;
		if (said[i].stat)
			spinat_counters_add(e->en->stats, said[i].stat, 1);
		epoch_notify(e, said[i].event);
	}
}

static void shoot(struct epoch *e, struct epoch_todo *todo, u8 type, u16 len)
{
	struct epoch_shot *shot;
	u32 number = e->awaited.last + 1;

	if (todo->n_shots == ARRAY_SIZE(todo->shots) || !e->in.x ||
	    !e->inner.family)
		return;
	shot = &todo->shots[todo->n_shots++];
	shot->ping.type = type;
	shot->ping.number = number;
	shot->inner = e->inner;
	shot->reply = false;
	shot->id = htons(e->id);
	shot->seq = htons(number);
	shot->len = len;
	spinat_ping_await(&e->awaited, number);
	e->ping_sent[number % ARRAY_SIZE(e->ping_sent)] = ktime_get_ns();
}

/* What the gate decided is to be seen by the hooks. */
static void passes_update(struct epoch *e, struct epoch_todo *todo)
{
	const struct spinat_settings *s = &e->tunnel->settings;

	if (!spinat_gate_passes(&e->gate, s)) {
		WRITE_ONCE(e->passes, false);
		if (spinat_gate_drops(&e->gate, s))
			epoch_held_drop(e);
	} else if (list_empty(&e->held) && !e->flushing) {
		WRITE_ONCE(e->passes, true);
	} else {
		todo->flush = true;
	}
}

/**
 * epoch_run() - something happened to an epoch
 * @e: the epoch
 * @event: what
 * @peer_gate: the peer has a gate, too
 * @todo: what is to be done by epoch_do() without the lock
 */
void epoch_run(struct epoch *e, enum spinat_gate_event event, bool peer_gate,
	       struct epoch_todo *todo)
{
	struct epoch_tunnel *t = e->tunnel;
	struct spinat_gate_env env;
	u32 acts;

	lockdep_assert_held(&e->en->lock);
	env_fill(&env, e, peer_gate);
	acts = spinat_gate_step(&e->gate, &t->asks, &t->settings, &env, event);
	if (e->gate.asked_idle == env.now)
		e->idle_at = env.now;
	passes_update(e, todo);
	if (acts & GATE_SEND_PAIR) {
		shoot(e, todo, PING_REQUEST, EPOCH_ANY_LENGTH);
		shoot(e, todo, PING_REQUEST, EPOCH_ANY_LENGTH);
	}
	if (acts & GATE_SEND_WORD)
		shoot(e, todo, PING_WORD, 0);
	say(e, acts);
	timer_arm(e, env.now);
}

/**
 * epoch_do() - do what epoch_run() left to do
 * @e: the epoch; the caller is under RCU since he found it
 * @todo: what to do
 */
void epoch_do(struct epoch *e, struct epoch_todo *todo)
{
	u32 bytes = 0, failed = 0, number = 0;
	int i, len = 0;

	local_bh_disable();
	for (i = 0; i < todo->n_shots; i++) {
		len = epoch_xmit(e, &todo->shots[i], len);
		if (len > 0) {
			number++;
			bytes += epoch_wire_length(e, len);
		} else {
			failed++;
			len = 0;
		}
	}
	if (failed)
		spinat_counters_add(e->en->stats,
				    SPINAT_EPOCH_A_STATS_PING_FAILED,
				    failed);
	if (number) {
		spinat_counters_add(e->en->stats, SPINAT_EPOCH_A_STATS_PINGS,
				    number);
		epoch_lock(e->en);
		if (!e->gone) {
			e->pings += number;
			e->tunnel->pings += number;
			spinat_budget_spend(&e->tunnel->budget, epoch_now(),
					    bytes);
		}
		epoch_unlock(e->en);
	}
	if (todo->flush)
		epoch_flush(e);
	local_bh_enable();
}

static void epoch_timer(struct timer_list *timer)
{
	struct epoch *e = timer_container_of(e, timer, timer);
	struct epoch_todo todo = {};

	rcu_read_lock();
	epoch_lock(e->en);
	if (e->gone)
		goto unlock;
	/* Deleted without a word, as by a flush of all SAs */
	if (e->out.x->km.state == XFRM_STATE_DEAD)
		epoch_kill(e, SPINAT_EPOCH_EVENT_GONE);
	else
		epoch_run(e, GATE_TICK, false, &todo);
unlock:
	epoch_unlock(e->en);
	epoch_do(e, &todo);
	rcu_read_unlock();
}

/**
 * epoch_kick() - data waits for an answer from now on
 * @e: the epoch, open; its timer may be set for much later
 */
void epoch_kick(struct epoch *e)
{
	unsigned long when;

	epoch_lock(e->en);
	when = jiffies + e->stale_ticks + 1;
	if (!e->gone && e->stale_ticks &&
	    (!timer_pending(&e->timer) || time_after(e->timer.expires, when)))
		mod_timer(&e->timer, when);
	epoch_unlock(e->en);
}

/* What lengths of its packets tell, and what they cost: ESP pads to a multiple
 * of the block, of 4 at least (RFC 4303, 2.4).
 */
static void lengths_init(struct epoch *e, const struct xfrm_state *x)
{
	struct crypto_aead *aead = x->data;

	e->step = ALIGN(crypto_aead_blocksize(aead), 4);
	e->overhead = x->props.header_len + crypto_aead_authsize(aead);
	e->lengths_hidden = x->tfcpad;
}

/* Bytes on the wire of an inner packet, from the outer IP header on */
u32 epoch_wire_length(const struct epoch *e, u32 inner)
{
	return ALIGN(inner + 2, e->step) + e->overhead;
}

/* A ping, or an answer, came in. */
void epoch_spend(struct epoch *e, u32 inner)
{
	lockdep_assert_held(&e->en->lock);
	spinat_budget_spend(&e->tunnel->budget, epoch_now(),
			    epoch_wire_length(e, inner));
}

static void settings_apply(struct epoch *e)
{
	const struct spinat_settings *s = &e->tunnel->settings;
	u32 ticks = msecs_to_jiffies(epoch_setting(s, STALE_AFTER));

	/* Only a client has use for it. Packets look at it without the lock. */
	WRITE_ONCE(e->stale_ticks,
		   s->role == SPINAT_EPOCH_ROLE_CLIENT ? ticks : 0);
	if (!e->own_inner)
		e->inner = e->tunnel->inner;
}

void epoch_settings_changed(struct epoch *e, struct epoch_todo *todo)
{
	settings_apply(e);
	epoch_run(e, GATE_TICK, false, todo);
}

/**
 * epoch_make() - an SA to the peer of a tunnel exists
 * @en: per netns
 * @t: the tunnel
 * @x: the SA; a reference is taken
 * @err: set if there is none
 *
 * Return: an epoch that is born, or NULL.
 */
struct epoch *epoch_make(struct epoch_net *en, struct epoch_tunnel *t,
			 struct xfrm_state *x, int *err)
{
	struct epoch *e;

	lockdep_assert_held(&en->lock);
	*err = -ENOSPC;
	if (en->n_epochs >= epoch_limit(en, MAX_EPOCHS))
		return NULL;
	*err = -ENOMEM;
	e = kmem_cache_zalloc(epoch_cache, GFP_ATOMIC | __GFP_NOWARN);
	if (!e)
		return NULL;
	e->en = en;
	e->tunnel = t;
	e->out.x = x;
	e->out.epoch = e;
	e->in.epoch = e;
	e->in.inbound = true;
	INIT_LIST_HEAD(&e->held);
	timer_setup(&e->timer, epoch_timer, 0);
	epoch_key_make(&e->out);
	lengths_init(e, x);
	e->born = epoch_now();
	/* Numbers go on when the module is loaded anew, for the peer's sake: it
	 * takes no number twice. One for 1/60 s is more than pings take.
	 */
	e->awaited.last = ktime_get_real_ns() >> 24;
	spinat_gate_init(&e->gate, &t->settings, e->born);
	settings_apply(e);

	*err = xa_alloc_cyclic(&en->epochs, &e->id, e, xa_limit_31b,
			       &en->next_epoch, GFP_ATOMIC | __GFP_NOWARN);
	if (*err < 0)
		goto free;
	*err = epoch_sa_insert(en, &e->out);
	if (*err)
		goto erase;
	xfrm_state_hold(x);
	list_add_tail(&e->link, &t->epochs);
	t->n_epochs++;
	SPINAT_ADD_ONCE(en->n_epochs, 1);
	timer_arm(e, e->born);
	epoch_count(en, BORN);
	epoch_notify(e, SPINAT_EPOCH_EVENT_BORN);
	return e;

erase:
	xa_erase(&en->epochs, e->id);
free:
	kmem_cache_free(epoch_cache, e);
	return NULL;
}

static struct epoch *newest_left(struct epoch_tunnel *t)
{
	struct epoch *e;

	list_for_each_entry_reverse(e, &t->epochs, link)
		if (e->in.x)
			return e;
	return NULL;
}

/* The one before is the newest again, and has to ping when it is idle. */
static void newest_gone(struct epoch_tunnel *t)
{
	t->newest = newest_left(t);
	if (t->newest)
		mod_timer(&t->newest->timer, jiffies + 1);
}

static void tunnel_move(struct epoch *e, struct epoch_tunnel *t)
{
	struct epoch_tunnel *old = e->tunnel;

	list_move_tail(&e->link, &t->epochs);
	old->n_epochs--;
	if (old->newest == e)
		newest_gone(old);
	t->n_epochs++;
	e->tunnel = t;
}

/**
 * epoch_announce() - name the in-SA of an epoch
 * @e: the epoch
 * @t: its tunnel
 * @in: the SA; a reference is taken
 * @inner: whom to ping, or NULL as the tunnel says
 * @todo: for epoch_do()
 *
 * Return: 0, or -EEXIST if one of the SAs is another epoch's.
 */
int epoch_announce(struct epoch *e, struct epoch_tunnel *t,
		   struct xfrm_state *in, const struct epoch_inner *inner,
		   struct epoch_todo *todo)
{
	bool again = e->in.x == in && e->tunnel == t;
	int err;

	lockdep_assert_held(&e->en->lock);
	if (e->in.x && e->in.x != in)
		return -EEXIST;
	if (!e->in.x) {
		/* Packets that go out look at it without the lock. */
		smp_store_release(&e->in.x, in);
		err = epoch_sa_insert(e->en, &e->in);
		if (err) {
			WRITE_ONCE(e->in.x, NULL);
			return err;
		}
		xfrm_state_hold(in);
		epoch_key_make(&e->in);
	}
	if (e->tunnel != t)
		tunnel_move(e, t);
	e->own_inner = inner;
	if (inner)
		e->inner = *inner;
	settings_apply(e);
	if (!again) {
		t->newest = e;
		t->ping_cost = 2 * epoch_wire_length(e,
				e->inner.family == NFPROTO_IPV6 ? 68 : 48);
	}
	epoch_run(e, again ? GATE_TICK : GATE_ANNOUNCE, false, todo);
	return 0;
}

static void epoch_free_rcu(struct rcu_head *rcu)
{
	struct epoch *e = container_of(rcu, struct epoch, rcu);

	xfrm_state_put(e->out.x);
	if (e->in.x)
		xfrm_state_put(e->in.x);
	kmem_cache_free(epoch_cache, e);
}

/**
 * epoch_kill() - an epoch is gone
 * @e: the epoch; freed after a grace period
 * @why: enum spinat_epoch_event
 *
 * What it holds is sent on through the SA that is right then.
 */
void epoch_kill(struct epoch *e, u32 why)
{
	struct epoch_net *en = e->en;
	struct epoch_tunnel *t = e->tunnel;

	lockdep_assert_held(&en->lock);
	if (e->gone)
		return;
	epoch_notify(e, why);
	e->gone = true;
	WRITE_ONCE(e->passes, true);
	timer_delete(&e->timer);
	epoch_held_orphan(e);
	epoch_sa_remove(en, &e->out);
	if (e->in.x)
		epoch_sa_remove(en, &e->in);
	xa_erase(&en->epochs, e->id);
	list_del(&e->link);
	t->n_epochs--;
	SPINAT_ADD_ONCE(en->n_epochs, -1);
	if (t->newest == e)
		newest_gone(t);
	call_rcu(&e->rcu, epoch_free_rcu);
}

void epoch_tunnel_kill(struct epoch_net *en, struct epoch_tunnel *t)
{
	struct epoch *e, *next;

	lockdep_assert_held(&en->lock);
	list_for_each_entry_safe(e, next, &t->epochs, link)
		epoch_kill(e, SPINAT_EPOCH_EVENT_ASKED);
	epoch_tunnel_unlink(en, t);
	xa_erase(&en->tunnels, t->id);
	SPINAT_ADD_ONCE(en->n_tunnels, -1);
	kfree(t);
}
