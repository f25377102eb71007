// SPDX-License-Identifier: GPL-2.0
/*
 * echo-bound: how often would spinat_masq believe a false "echo"?
 *
 * The module takes an in-SPI for the answer to an out-SPI when two packets of
 * the in-SPI, back to back but for a few between, have the lengths, in order, of
 * a quick pair of pings that the out-SPI sent within the window, and no other
 * candidate sent the same pair. This plays that rule with the module's own code
 * (echo.c is included) against servers that speak first and know nothing of the
 * pings.
 *
 * M clients have an open out-SPI each, k pairs of random lengths out of C
 * classes outstanding. A gate chooses its lengths at random, so whatever two
 * different lengths a server sends, one outstanding pair equals them with
 * probability 1 / (C (C - 1)). With q = 1 - (1 - 1 / (C (C - 1)))^k, two packets
 * of the server are believed wrongly with probability
 *     p = (M - 1) q (1 - q)^(M - 1)        one other client and nobody else
 *       <= (M - 1) k / (C (C - 1))
 * and the bound is that times the number of ways to choose the two out of n, at
 * most GAP + 1 apart. The module remembers only the last packet that may have
 * been the first of a pair; a packet in between replaces it with probability
 *     b = 1 - (1 - 1 / C)^(M (k + 1))
 * which leaves w = sum over d of (n - d) (1 - b)^(d - 1) ways. In a crowd of more
 * than CROWD candidates the same client has to match twice, which squares p for
 * one client and takes w (w - 1) / 2 for w. Servers that never repeat a length
 * come closest to the bound.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "../../kmod/masq/echo.c"

#define QUICK	16	/* ms, MASQ_QUICK_MS of masq.h */
#define GAP	4	/* MASQ_PAIR_GAP of masq.h */
#define CROWD	8	/* MASQ_CROWD of masq.h */
#define WINDOW	250	/* ms, default of echo-window */
#define SPACING	30	/* ms between a gate's first tries */
#define CLIENTS	64	/* at most */
#define PACKETS	8	/* that a server sends before its peer speaks */
#define TRIES	50

enum server { DISTINCT, RANDOM, TWO, SERVERS };

struct setting {
	unsigned int classes, step, clients, pairs;
};

/* What is known of an in-SPI, struct masq_sighting of masq.h: the packet that may
 * have been the first reply; who matched last, with which pair, how often
 */
struct sighting {
	u16 len;
	u32 seq;
	u32 when;
	int match;
	u32 pair;
	unsigned int n_match;
};

struct outcome {
	double rate;
	double formula;
	double bound;
};

static unsigned long long state;

/* splitmix64; the simulation shall be the same on every machine */
static unsigned long long rnd(void)
{
	unsigned long long z = state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

static u16 length(const struct setting *set, unsigned int class)
{
	return 72 + set->step * class;
}

static void two_lengths(const struct setting *set, u16 len[2])
{
	unsigned int a = rnd() % set->classes;
	unsigned int b = rnd() % (set->classes - 1);

	len[0] = length(set, a);
	len[1] = length(set, b + (b >= a));
}

static void ping(const struct setting *set, struct spinat_echo_ring *ring,
		 u32 now, u16 len[2])
{
	two_lengths(set, len);
	spinat_echo_ring_add(ring, len[0], now, QUICK);
	spinat_echo_ring_add(ring, len[1], now, QUICK);
}

/* Every client sends its pairs; returns the time of the last. */
static u32 open_all(const struct setting *set, struct spinat_echo_ring *ring)
{
	unsigned int c, k;
	u16 len[2];

	for (c = 0; c < set->clients; c++) {
		ring[c] = (struct spinat_echo_ring){};
		for (k = 0; k < set->pairs; k++)
			ping(set, &ring[c], 1000 + k * SPACING, len);
	}
	return 1000 + (set->pairs - 1) * SPACING;
}

/* The one client whose out-SPI has the pair, or -1 if none or several have. */
static int match(const struct setting *set, const struct spinat_echo_ring *ring,
		 u16 first, u16 second, u32 now)
{
	unsigned int c;
	int found = -1;

	for (c = 0; c < set->clients; c++) {
		if (!spinat_echo_ring_has_pair(&ring[c], first, second, now,
					       WINDOW))
			continue;
		if (found >= 0)
			return -1;
		found = c;
	}
	return found;
}

/* What judge.c does with a packet of an in-SPI: see echo_find(), is_enough() and
 * half_note() there. Returns who is believed to have it now, or -1.
 */
static int judge(const struct setting *set, const struct spinat_echo_ring *ring,
		 struct sighting *s, u16 len, u32 seq, u32 now)
{
	unsigned int c;
	int who = -1;

	if (s->len && s->len != len && seq - s->seq - 1 <= GAP &&
	    now - s->when <= QUICK)
		who = match(set, ring, s->len, len, now);
	if (who >= 0) {
		u32 pair = (u32)s->len << 16 | len;

		if (s->match != who)
			s->n_match = 0;
		/* the same pair again proves nothing more */
		if (!s->n_match || s->pair != pair)
			s->n_match++;
		s->match = who;
		s->pair = pair;
		if (s->n_match <= (set->clients > CROWD))
			who = -1;
	}
	for (c = 0; c < set->clients; c++)
		if (spinat_echo_ring_begins(&ring[c], len, now, WINDOW)) {
			s->len = len;
			s->seq = seq;
			s->when = now;
		}
	return who;
}

/* The lengths of the packets that a server sends first. */
static void speak(const struct setting *set, enum server server, u16 *len)
{
	unsigned int base = rnd() % set->classes, i;
	u16 two[2];

	two_lengths(set, two);
	for (i = 0; i < PACKETS; i++) {
		if (server == DISTINCT)	/* distances 1, 2, 3, ...: no two alike */
			base = (base + i) % set->classes;
		else if (server == RANDOM)
			base = rnd() % set->classes;
		len[i] = server == TWO ? two[i % 2] : length(set, base);
	}
}

/* Is the in-SPI of client 0 given to another before client 0 proves it? */
static bool false_echo(const struct setting *set, enum server server)
{
	struct spinat_echo_ring ring[CLIENTS];
	u32 now = open_all(set, ring) + 1;
	struct sighting s = { .match = -1 };
	u16 len[PACKETS];
	unsigned int i;
	int who;

	speak(set, server, len);
	for (i = 0; i < PACKETS; i++) {
		who = judge(set, ring, &s, len[i], i + 1, now);
		if (who >= 0)
			return who > 0;
	}
	return false;
}

static double chance(const struct setting *set)
{
	return 1.0 / (set->classes * (set->classes - 1.0));
}

/* Ways to choose two packets, where one between them spoils it with @spoil */
static double ways(double spoil)
{
	double sum = 0;
	int d;

	for (d = 1; d <= GAP + 1; d++)
		sum += (PACKETS - d) * pow(1 - spoil, d - 1);
	return sum;
}

static struct outcome simulate(const struct setting *set, enum server server,
			       unsigned int runs)
{
	double q = 1 - pow(1 - chance(set), set->pairs);
	double p = (set->clients - 1) * q * pow(1 - q, set->clients - 1);
	double b = 1 - pow(1 - 1.0 / set->classes,
			   set->clients * (set->pairs + 1.0));
	double one = q * pow(1 - q, set->clients - 1), any = set->pairs * chance(set);
	double w = ways(b), all = ways(0);
	unsigned int i, hits = 0;

	if (set->clients > CROWD) {
		p = (set->clients - 1) * one * one;
		any *= any;
		w *= (w - 1) / 2;
		all *= (all - 1) / 2;
	}
	for (i = 0; i < runs; i++)
		hits += false_echo(set, server);
	return (struct outcome){
		.rate = (double)hits / runs,
		.formula = 1 - pow(1 - p, w),
		.bound = fmin(1, all * (set->clients - 1) * any),
	};
}

/* How many tries until client 0's own answer counts; each packet of them may
 * be lost on its way back.
 */
static unsigned int tries_needed(const struct setting *set, double loss)
{
	struct spinat_echo_ring ring[CLIENTS];
	u32 now = open_all(set, ring);
	struct sighting s = { .match = -1 };
	unsigned int try, i;
	u16 len[2];

	for (try = 1; try < TRIES; try++) {
		ping(set, &ring[0], now, len);
		for (i = 0; i < 2; i++) {
			if ((rnd() >> 11) * 0x1p-53 < loss)
				continue;
			if (!judge(set, ring, &s, len[i], 2 * try + i,
				   now + 1))
				return try;
		}
		now += SPACING;
	}
	return try;
}

static void print_tries(const struct setting *set, unsigned int runs)
{
	unsigned int i, n, refused = 0, sum = 0, worst = 0;

	for (i = 0; i < runs; i++)
		refused += tries_needed(set, 0) > 1;
	for (i = 0; i < runs; i++) {
		n = tries_needed(set, 0.05);
		sum += n;
		worst = n > worst ? n : worst;
	}
	printf("  %.5f  %.2f %5u\n", (double)refused / runs,
	       (double)sum / runs, worst);
}

static void print_setting(const struct setting *set, unsigned int runs)
{
	struct outcome o[SERVERS];
	enum server s;

	for (s = 0; s < SERVERS; s++)
		o[s] = simulate(set, s, runs);
	printf("%7u %3u %2u  %.5f  %.5f   %.5f  %.5f %.5f", set->classes,
	       set->clients, set->pairs, o[DISTINCT].bound, o[DISTINCT].formula,
	       o[DISTINCT].rate, o[RANDOM].rate, o[TWO].rate);
	print_tries(set, runs);
}

int main(int argc, char **argv)
{
	static const unsigned int many[] = { 2, 4, 8, 16, 32, 64 };
	static const struct { unsigned int classes, step; } ciphers[] = {
		{ 64, 16 },	/* AES-CBC */
		{ 256, 4 },	/* AES-GCM */
	};
	unsigned int runs = argc > 1 ? strtoul(argv[1], NULL, 0) : 100000;
	unsigned int i, j;

	if (argc > 3 || !runs) {
		fprintf(stderr, "usage: echo-bound [RUNS [SEED]]\n");
		return 2;
	}
	state = argc > 2 ? strtoull(argv[2], NULL, 0) : 1;
	printf("# Chance that a server's first %u packets make a false echo, by what lengths it\n"
	       "# sends, %u runs each; then of a true answer: how often it is refused because\n"
	       "# another client sent the same pair, and the tries needed at 5 %% loss.\n"
	       "#classes  M  k    bound  formula  distinct   random     two  refused tries worst\n",
	       PACKETS, runs);
	for (i = 0; i < 2; i++)
		for (j = 0; j < sizeof(many) / sizeof(many[0]); j++)
			print_setting(&(struct setting){ ciphers[i].classes,
				      ciphers[i].step, many[j], 4 }, runs);
	return 0;
}
