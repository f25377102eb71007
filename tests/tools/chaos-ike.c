// SPDX-License-Identifier: GPL-2.0
/*
 * A key manager for all clients of epoch-chaos, as far as the kernels can tell
 * it from a real one: new SAs at both ends at once, announced as they are made,
 * each end switches when its message would arrive, old in-SAs stay for a while.
 * Messages are not sent, but take as long as over the bad network.
 */
#include <linux/spinat_epoch.h>

#include "chaos.h"

#define OLD_SAS_US 5000000
#define SWITCH_MS 300
#define RETRANSMIT_US 1000000

static struct tunnel at_server(struct life *life, const struct tunnel *tunnel)
{
	life->chaos->fleet.public = life->public;
	return member_at_server(&life->chaos->fleet, tunnel);
}

static int client_xfrm(const struct life *life)
{
	return life->chaos->fleet.places[life->member->place].xfrm;
}

static void old_delete(struct chaos *chaos, struct life *life)
{
	struct tunnel tunnel;

	if (!life->member->old.out_spi)
		return;
	tunnel = at_server(life, &life->member->old);
	xfrm_sa_del(chaos->fleet.server_xfrm, &tunnel, false);
	xfrm_sa_del(chaos->fleet.server_xfrm, &tunnel, true);
	xfrm_sa_del(client_xfrm(life), &life->member->old, false);
	xfrm_sa_del(client_xfrm(life), &life->member->old, true);
	life->member->old.out_spi = 0;
}

/* A job, which finds younger ones when there was another rekeying since. */
static void old_expire(struct chaos *chaos, struct life *life)
{
	if (now_us() >= life->old_until)
		old_delete(chaos, life);
}

/* New SAs at both ends; nobody uses them yet. */
static void make(struct life *life)
{
	struct chaos *chaos = life->chaos;
	struct fleet *fleet = &chaos->fleet;
	struct member *member = life->member;
	struct tunnel tunnel;

	fleet->round = ++life->turns;
	member_turn(fleet, member);
	if (!life->opened)
		member->old.out_spi = 0;
	tunnel = at_server(life, &member->now);
	xfrm_sas_add(fleet->server_xfrm, &tunnel);
	if (fleet->server_gate)
		gate_announce(&fleet->server_genl, member->index, &tunnel);
	xfrm_sas_add(client_xfrm(life), &member->now);
	if (fleet->gate)
		gate_announce(&fleet->places[member->place].gate,
			      member->index, &member->now);
}

static void switch_client(struct chaos *chaos, struct life *life)
{
	(void)chaos;
	xfrm_policies_set(client_xfrm(life), &life->member->now);
	if (life->member->old.out_spi)
		xfrm_sa_del(client_xfrm(life), &life->member->old, true);
}

static void switch_server(struct chaos *chaos, struct life *life)
{
	struct tunnel tunnel = at_server(life, &life->member->now);

	xfrm_policies_set(chaos->fleet.server_xfrm, &tunnel);
	if (!life->member->old.out_spi)
		return;
	tunnel = at_server(life, &life->member->old);
	xfrm_sa_del(chaos->fleet.server_xfrm, &tunnel, true);
}

static void done(struct chaos *chaos, struct life *life)
{
	(void)chaos;
	life->negotiating = false;
	if (life->wants) {
		life->wants = false;
		ike_negotiate(life, life->wants_session);
	}
}

/* Whichever end begins, the other follows half a round trip later, or more. */
static void rekey(struct chaos *chaos, struct life *life)
{
	unsigned int client_ms, server_ms;

	chronicle(chaos, "client %u: rekey to turn 0x%x", life->member->index,
		  life->turns + 1);
	if (life->willing)
		stream_wound(life, KIND_REKEY);
	life->willing = false;
	old_delete(chaos, life);
	make(life);
	client_ms = chance(chaos, 0, SWITCH_MS);
	server_ms = chance(chaos, 0, SWITCH_MS);
	later(chaos, client_ms * 1000, life, switch_client);
	later(chaos, server_ms * 1000, life, switch_server);
	later(chaos, SWITCH_MS * 1000 + 1, life, done);
	life->old_until = now_us() + OLD_SAS_US;
	later(chaos, OLD_SAS_US, life, old_expire);
}

/* As after an IKE_SA that was set up anew: nothing is left of the one before. */
static void session(struct chaos *chaos, struct life *life)
{
	struct fleet *fleet = &chaos->fleet;
	struct member *member = life->member;
	struct tunnel tunnel;

	chronicle(chaos, "client %u: session, turn 0x%x", life->member->index,
		  life->turns + 1);
	life->willing = false;
	old_delete(chaos, life);
	if (life->opened) {
		member->old = member->now;
		old_delete(chaos, life);
	}
	life->public = chaos->publics[chaos->public];
	member->now.local = life->lan[life->home];
	tunnel = at_server(life, &member->now);
	if (fleet->server_gate)
		gate_tunnel(&fleet->server_genl, member->index,
			    SPINAT_EPOCH_ROLE_SERVER, &tunnel);
	make(life);
	/* what it deleted above is no old one of the next rekeying */
	member->old.out_spi = 0;
	life->opened = true;
	switch_client(chaos, life);
	switch_server(chaos, life);
	done(chaos, life);
}

/* How long an exchange takes: until a request and its answer get through. */
static int64_t exchange_us(struct chaos *chaos)
{
	int64_t us = 2000 * chaos->delay_ms, wait = RETRANSMIT_US;
	uint32_t through = (100 - chaos->loss) * (100 - chaos->loss);

	while (chance(chaos, 0, 9999) >= through && wait < 16 * RETRANSMIT_US) {
		us += wait;
		wait *= 2;
	}
	return us;
}

static void agreed_rekey(struct chaos *chaos, struct life *life)
{
	if (chaos->cut)
		later(chaos, RETRANSMIT_US, life, agreed_rekey);
	else
		rekey(chaos, life);
}

static void agreed_session(struct chaos *chaos, struct life *life)
{
	if (chaos->cut)
		later(chaos, RETRANSMIT_US, life, agreed_session);
	else
		session(chaos, life);
}

void ike_negotiate(struct life *life, bool anew)
{
	struct chaos *chaos = life->chaos;
	int64_t us;

	if (life->crashed)
		return;
	if (life->negotiating) {
		life->wants_session = anew || (life->wants && life->wants_session);
		life->wants = true;
		return;
	}
	life->negotiating = true;
	us = exchange_us(chaos);
	if (anew)
		us += exchange_us(chaos);
	later(chaos, us, life, anew ? agreed_session : agreed_rekey);
}

void ike_open(struct life *life)
{
	life->public = life->chaos->publics[0];
	session(life->chaos, life);
}

void ike_crash(struct life *life)
{
	life->crashed = true;
	life->crashes++;
	life->negotiating = false;
	life->wants = false;
	xfrm_flush(client_xfrm(life));
}

/* What did its gate ask for? */
void ike_look(struct life *life)
{
	struct place *place = &life->chaos->fleet.places[life->member->place];

	if (place->sessions != life->sessions || place->rekeys != life->rekeys)
		chronicle(life->chaos, "client %u: its gate asks for %s",
			  life->member->index, place->sessions != life->sessions ?
			  "a session" : "a rekey");
	if (place->sessions != life->sessions)
		ike_negotiate(life, true);
	else if (place->rekeys != life->rekeys)
		ike_negotiate(life, false);
	life->sessions = place->sessions;
	life->rekeys = place->rekeys;
}
