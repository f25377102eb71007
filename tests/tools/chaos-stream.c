// SPDX-License-Identifier: GPL-2.0
/*
 * The data of epoch-chaos. Each client has busy and idle times; when it is busy
 * some numbered packets go each way at a time, which the network may reorder.
 */
#include "chaos.h"

#define BURST 3
#define BURST_GAP_US 4000000
#define TRY_GAP_US 500000
#define BUSY_MS 40000
#define IDLE_MS 160000
#define SLOW_MS 10000	/* told in the log */

void stream_open(struct life *life, bool up, unsigned int port)
{
	struct stream *stream = &life->streams[!up];
	struct chaos *chaos = life->chaos;
	const struct place *place = &chaos->fleet.places[life->member->place];
	struct flow *flow = &stream->flow;

	stream->life = life;
	stream->up = up;
	flow->name = up ? "up" : "down";
	flow->from_ns = up ? place->ns : chaos->fleet.server_ns;
	flow->to_ns = up ? chaos->fleet.server_ns : place->ns;
	flow->from = up ? life->member->now.inner_local : chaos->fleet.inner;
	flow->to = up ? chaos->fleet.inner : life->member->now.inner_local;
	flow_open(&chaos->flows, flow, port);
}

static void wound(struct stream *stream, enum kind kind)
{
	/* a stream that has this many is judged by the oldest */
	if (stream->n_wounds == WOUNDS_MAX)
		return;
	stream->wounds[stream->n_wounds++] = (struct wound){
		.kind = kind, .at = flow_now(),
	};
}

void stream_wound(struct life *life, enum kind kind)
{
	wound(&life->streams[0], kind);
	wound(&life->streams[1], kind);
}

/* Something that was sent after these wounds has arrived. */
static void heal(struct stream *stream, int64_t sent_at, int64_t now)
{
	struct chaos *chaos = stream->life->chaos;
	unsigned int i, n = 0;

	for (i = 0; i < stream->n_wounds; i++) {
		struct wound *w = &stream->wounds[i];
		struct healed *healed = &chaos->healed[w->kind];
		long ms = (now - w->tried) / 1000000;

		if (!w->tried || w->at > sent_at) {
			stream->wounds[n++] = *w;
			continue;
		}
		healed->n++;
		healed->sum += ms;
		if (ms > SLOW_MS)
			chronicle(chaos, "client %u: %s again %ld ms after %s",
				  stream->life->member->index,
				  stream->flow.name, ms, kind_names[w->kind]);
		if (ms < healed->worst)
			continue;
		healed->worst = ms;
		healed->worst_client = stream->life->member->index;
		healed->worst_up = stream->up;
	}
	stream->n_wounds = n;
}

void stream_receive(struct stream *stream)
{
	int64_t newest = stream->flow.newest;

	flow_receive(&stream->life->chaos->flows, &stream->flow);
	if (stream->flow.newest > newest)
		heal(stream, stream->flow.newest, stream->flow.last_at);
}

static void send_some(struct stream *stream, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < stream->n_wounds; i++)
		if (!stream->wounds[i].tried)
			stream->wounds[i].tried = flow_now();
	for (i = 0; i < n; i++)
		flow_send(&stream->life->chaos->flows, &stream->flow);
}

/* Nobody stops trying in the middle of an outage. */
static bool tries(const struct stream *stream)
{
	return stream->n_wounds && stream->wounds[0].tried;
}

/* Calm times are busy ones, so that every tunnel shows that it works. */
static bool is_busy(struct life *life, int64_t now)
{
	struct chaos *chaos = life->chaos;

	if (now >= life->idle_until) {
		life->active_until = now + chance_us(chaos, BUSY_MS);
		life->idle_until = life->active_until + chance_us(chaos, IDLE_MS);
	}
	return chaos->calm || now < life->active_until;
}

/* One at a time in an outage, but often, to time its end. */
static void send_due(struct stream *stream, bool busy)
{
	if (tries(stream))
		send_some(stream, 1);
	else if (busy)
		send_some(stream, BURST);
}

int64_t stream_send(struct life *life, int64_t now)
{
	bool busy = is_busy(life, now);

	if (!life->crashed)
		send_due(&life->streams[0], busy);
	send_due(&life->streams[1], busy);
	return now + (tries(&life->streams[0]) || tries(&life->streams[1]) ?
		      TRY_GAP_US : BURST_GAP_US);
}
