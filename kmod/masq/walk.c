// SPDX-License-Identifier: GPL-2.0
/*
 * Going over all out-SPIs, client by client. There may be a million, and one
 * client may have them all: the lock is held for some of them at a time, and
 * who goes on does not begin at the client's first again.
 */
#include "masq.h"

/* Out-SPIs that are looked at under the lock; packets wait meanwhile */
#define WALK_BATCH	512

/* What @client's out-SPIs that are left stand behind */
static struct list_head *walk_from(struct masq_net *mn,
				   struct masq_client *client,
				   const struct masq_place *place)
{
	struct masq_out *out;

	if (!place->spi)
		return &client->outs;
	out = masq_out_lookup(mn, client->family, &place->server, place->spi);
	/* Somebody may have deleted it and made it anew meanwhile. */
	if (!out || masq_out_flow(out)->client != client ||
	    out->id > place->id)
		return &client->outs;
	return &out->client_link;
}

static void walk_note(struct masq_place *place, const struct masq_out *out)
{
	place->spi = out ? out->s.spi : 0;
	if (out)
		place->server = masq_out_flow(out)->n.addrs.dst;
}

static int client_walk(struct masq_net *mn, struct masq_client *client,
		       struct masq_place *place, masq_each_fn each, void *data)
{
	struct list_head *from = walk_from(mn, client, place);
	struct masq_out *out, *next, *stays = NULL;
	int left = WALK_BATCH, err;
	u32 id;

	if (from != &client->outs)
		stays = list_entry(from, struct masq_out, client_link);
	out = list_entry(from, struct masq_out, client_link);
	/* The last one takes the client with it; the loop does not touch it. */
	list_for_each_entry_safe_continue(out, next, &client->outs,
					  client_link) {
		if (out->id <= place->id)
			continue;
		if (!left--) {
			walk_note(place, stays);
			return 1;
		}
		id = out->id;
		err = each(mn, out, data);
		if (err < 0) {
			walk_note(place, stays);
			return err;
		}
		if (!err)
			stays = out;
		place->id = id;
	}
	place->zone++;
	place->id = 0;
	place->spi = 0;
	return 1;
}

/**
 * masq_walk() - look at some more out-SPIs
 * @mn: per netns, not locked
 * @place: where to go on, all zero to begin; updated
 * @each: called for each under the lock; returns 0, MASQ_GONE if it deleted it,
 *	or an error to stop before it
 * @data: passed to it
 *
 * What is there all the time is seen once; what comes, goes or moves to another
 * client meanwhile may be seen or not.
 *
 * Return: 1 if there may be more, 0 at the end, or the error of @each.
 */
int masq_walk(struct masq_net *mn, struct masq_place *place, masq_each_fn each,
	      void *data)
{
	unsigned long zone = place->zone;
	struct masq_client *client;
	int more = 0;

	masq_lock(mn);
	client = xa_find(&mn->zones, &place->zone, U16_MAX, XA_PRESENT);
	/* The client is gone; the numbers were of its out-SPIs. */
	if (place->zone != zone) {
		place->id = 0;
		place->spi = 0;
	}
	if (client)
		more = client_walk(mn, client, place, each, data);
	masq_unlock(mn);
	return more;
}
