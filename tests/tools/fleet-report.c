// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>

#include "fleet.h"

static int compare(const void *a, const void *b)
{
	long x = *(const long *)a, y = *(const long *)b;

	return (x > y) - (x < y);
}

/* Of one round: how many clients are there, and when in ms. */
struct times {
	unsigned int n;
	long median, last;
};

static struct times sum_up(const struct fleet *fleet, bool paired)
{
	long *ms = calloc(fleet->n, sizeof(*ms));
	struct times times = { .median = -1, .last = -1 };
	unsigned int i;
	int64_t at;

	if (!ms)
		die("out of memory");
	for (i = 0; i < fleet->n; i++) {
		at = paired ? fleet->members[i].paired_at :
			      fleet->members[i].proved_at;
		if (at)
			ms[times.n++] = (at - fleet->begin) / 1000;
	}
	qsort(ms, times.n, sizeof(*ms), compare);
	if (times.n) {
		times.median = ms[times.n / 2];
		times.last = ms[times.n - 1];
	}
	free(ms);
	return times;
}

/* What was seen over all rounds; time to all of a round, "all-". */
static struct {
	long *all_ms;
	unsigned int rounds, stuck;
} seen;

static void remember(const struct fleet *fleet, const struct times *proved,
		     const struct times *paired)
{
	const struct times *slowest = fleet->nat_ns ? paired : proved;
	unsigned int i;

	if (fleet->gate && fleet->nat_ns && proved->last > paired->last)
		slowest = proved;
	seen.all_ms = reallocarray(seen.all_ms, seen.rounds + 1,
				   sizeof(*seen.all_ms));
	if (!seen.all_ms)
		die("out of memory");
	seen.all_ms[seen.rounds++] = slowest->last;
	for (i = 0; i < fleet->n; i++)
		if ((fleet->gate && !fleet->members[i].proved_at) ||
		    (fleet->nat_ns && !fleet->members[i].paired_at))
			seen.stuck++;
}

bool fleet_print_round(const struct fleet *fleet, FILE *out)
{
	struct times proved = sum_up(fleet, false);
	struct times paired = sum_up(fleet, true);

	remember(fleet, &proved, &paired);
	fprintf(out, "round=%u proved=%u proved-median-ms=%ld "
		"proved-last-ms=%ld paired=%u paired-median-ms=%ld "
		"paired-last-ms=%ld\n", fleet->round, proved.n, proved.median,
		proved.last, paired.n, paired.median, paired.last);
	fflush(out);
	return (!fleet->gate || proved.n == fleet->n) &&
	       (!fleet->nat_ns || paired.n == fleet->n);
}

bool fleet_print_totals(const struct fleet *fleet, FILE *out)
{
	unsigned long esp_in = 0, wrong = 0, no_states = 0;
	unsigned int rekeys = 0, sessions = 0, i;

	for (i = 0; i < fleet->n_places; i++) {
		esp_in += fleet->places[i].esp_in;
		wrong += fleet->places[i].esp_wrong;
		no_states += fleet->places[i].no_states;
		rekeys += fleet->places[i].rekeys;
		sessions += fleet->places[i].sessions;
	}
	qsort(seen.all_ms, seen.rounds, sizeof(*seen.all_ms), compare);
	fprintf(out, "total clients=%u rounds=%u stuck=%u wrong=%lu "
		"no-states=%lu esp-in=%lu rekeys-asked=%u sessions-asked=%u "
		"all-median-ms=%ld all-worst-ms=%ld\n", fleet->n, seen.rounds,
		seen.stuck, wrong, no_states, esp_in, rekeys, sessions,
		seen.all_ms[seen.rounds / 2], seen.all_ms[seen.rounds - 1]);
	return !seen.stuck && !wrong;
}
