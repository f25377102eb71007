// SPDX-License-Identifier: GPL-2.0
#include "chaos.h"

/* Of both ways of all clients. */
struct sums {
	unsigned long sent, received, duplicated, reordered, errors, open;
	unsigned long esp_in, wrong, no_states, turns;
	unsigned int rekeys, sessions;
};

static struct sums sum_up(const struct chaos *chaos)
{
	struct sums sums = {};
	unsigned int i, way;

	for (i = 0; i < chaos->fleet.n; i++) {
		const struct life *life = &chaos->lives[i];
		const struct place *place = &chaos->fleet.places[i];

		for (way = 0; way < 2; way++) {
			const struct stream *stream = &life->streams[way];

			sums.sent += stream->flow.sent;
			sums.received += stream->flow.received;
			sums.duplicated += stream->flow.duplicated;
			sums.reordered += stream->flow.reordered;
			sums.errors += stream->flow.errors;
			sums.open += stream->n_wounds > 0;
		}
		sums.turns += life->turns;
		sums.esp_in += place->esp_in;
		sums.wrong += place->esp_wrong;
		sums.no_states += place->no_states;
		sums.rekeys += place->rekeys;
		sums.sessions += place->sessions;
	}
	return sums;
}

static void print_kind(const struct chaos *chaos, enum kind kind, FILE *out)
{
	const struct healed *healed = &chaos->healed[kind];

	fprintf(out, "%s happened=%lu recoveries=%lu mean-ms=%.0f worst-ms=%ld "
		"worst-was=%s%u\n", kind_names[kind], chaos->happened[kind],
		healed->n, healed->n ? healed->sum / healed->n : 0,
		healed->worst, healed->worst_up ? "up" : "down",
		healed->worst_client);
}

static void print_open(const struct chaos *chaos, FILE *out)
{
	unsigned int i, way;

	for (i = 0; i < chaos->fleet.n; i++)
		for (way = 0; way < 2; way++) {
			const struct stream *stream = &chaos->lives[i].streams[way];

			if (stream->n_wounds)
				fprintf(out, "open client=%u way=%s since=%s\n",
					i, stream->flow.name,
					kind_names[stream->wounds[0].kind]);
		}
}

bool chaos_print(struct chaos *chaos, FILE *out)
{
	struct sums sums = sum_up(chaos);
	unsigned int kind;

	for (kind = 0; kind < KINDS; kind++)
		print_kind(chaos, kind, out);
	print_open(chaos, out);
	fprintf(out, "total seconds=%ld sas=%lu sent=%lu delivered=%lu lost=%lu "
		"duplicated=%lu reordered=%lu errors=%lu open=%lu esp-in=%lu "
		"wrong=%lu no-states=%lu rekeys-asked=%u sessions-asked=%u\n",
		(long)((now_us() - chaos->begin) / 1000000), sums.turns,
		sums.sent, sums.received, sums.sent - sums.received,
		sums.duplicated, sums.reordered, sums.errors, sums.open,
		sums.esp_in, sums.wrong, sums.no_states, sums.rekeys,
		sums.sessions);
	return !sums.open && !sums.wrong;
}
