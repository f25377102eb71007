// SPDX-License-Identifier: GPL-2.0
/* kmod/masq/judge.c: which client does an unseen in-SPI belong to? */
#include "world.h"

#include "../../kmod/masq/judge.c"

#define PINNED	SPINAT_MASQ_EVIDENCE_PINNED
#define ECHO	SPINAT_MASQ_EVIDENCE_ECHO
#define ONLY	SPINAT_MASQ_EVIDENCE_ONLY
#define SERIAL	SPINAT_MASQ_EVIDENCE_SERIAL

/* A gate's quick pair */
static void ping(struct world *w, u32 client, u32 spi, u32 seq, u32 a, u32 b)
{
	out(w, client, spi, seq, a);
	out(w, client, spi, seq + 1, b);
}

/* Two gates that have pinged, with lengths of their own */
static struct world *two_gates(struct kunit *test)
{
	struct world *w = world_make(test);

	ping(w, 1, 1001, 1, 100, 200);
	ping(w, 2, 1002, 1, 300, 140);
	return w;
}

static void nobody(struct kunit *test)
{
	struct world *w = world_make(test);

	is(in(w, 5000, 1, 100), LEFT, "a server nobody talks to is stock's");
	world_end(w);
}

static void only(struct kunit *test)
{
	struct world *w = world_make(test);

	is(out(w, 1, 1001, 1, 100), NF_ACCEPT, "a single client may send");
	is(in(w, 5001, 1, 120), 1, "and what comes is his");
	is(evidence(w, 5001), ONLY, "as there is no other");
	is(count(w, LEARN_ONLY), 1, "that is counted");
	is(in(w, 5001, 2, 120), 1, "his the next time");
	is(count(w, IN_PACKETS), 2, "both were delivered");
	is(in(w, 5002, 9999999, 120), 1, "even if its sequence is high");
	world_end(w);
}

static void echo(struct kunit *test)
{
	struct world *w = two_gates(test);

	is(in(w, 5002, 1, 300), DROPPED, "one length says nothing");
	is(evidence(w, 5002), -1, "nobody has it");
	is(in(w, 5002, 2, 140), 2, "both lengths say whose it is");
	is(evidence(w, 5002), ECHO, "which is strong");
	is(in(w, 5001, 1, 100), DROPPED, "the other's first");
	is(in(w, 5001, 2, 200), 1, "and second");
	is(evidence(w, 5001), ECHO, "is the other's");
	is(count(w, LEARN_ECHO), 2, "both are counted");
	is(count(w, LEARN_SERIAL) + count(w, LEARN_ONLY), 0, "no guess was");
	is(in(w, 5002, 3, 999), 2, "what follows goes where it belongs");
	world_end(w);
}

/* Everything that is not quite an echo: the second packet must find nobody. */
static void no_echo(struct kunit *test)
{
	static const struct {
		const char *text;
		u32 first, second;	/* lengths */
		u32 seq, next_seq;
		u32 wait, between;	/* ms */
	} cases[] = {
		{ "in the wrong order", 200, 100, 1, 2 },
		{ "the first of one, the second of another", 100, 140, 1, 2 },
		{ "one is of another length", 100, 204, 1, 2 },
		{ "twice the same", 100, 100, 1, 2 },
		{ "too late", 100, 200, 1, 2, 600 },
		{ "not back to back", 100, 200, 1, 2, 0, 40 },
		{ "too many packets between", 100, 200, 1, 7 },
		{ "the sequence goes back", 100, 200, 5, 4 },
		{ "not a new SA", 100, 200, 5000, 5001 },
		{ "not a new SA any more", 100, 200, 4096, 4097 },
	};
	struct world *w;
	int i, second;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		w = two_gates(test);
		pass(w, cases[i].wait);
		in(w, 5001, cases[i].seq, cases[i].first);
		pass(w, cases[i].between);
		second = in(w, 5001, cases[i].next_seq, cases[i].second);
		ok(second <= 0 && evidence(w, 5001) != ECHO, "%s",
		   cases[i].text);
		is(count(w, LEARN_ECHO), 0, "none is counted");
		world_end(w);
	}
}

static void data_between(struct kunit *test)
{
	struct world *w = two_gates(test);

	in(w, 5001, 1, 100);
	in(w, 5001, 2, 1400);
	in(w, 5001, 3, 900);
	is(in(w, 5001, 4, 200), 1, "a few packets of data do no harm");
	is(evidence(w, 5001), ECHO, "it is an echo");
	world_end(w);
}

static void not_unique(struct kunit *test)
{
	struct world *w = world_make(test);

	ping(w, 1, 1001, 1, 100, 200);
	ping(w, 2, 1002, 1, 100, 200);
	in(w, 5001, 1, 100);
	is(in(w, 5001, 2, 200), DROPPED, "two that sent the same are no answer");
	is(evidence(w, 5001), -1, "nobody has it");
	ping(w, 1, 1001, 3, 120, 260);
	in(w, 5001, 3, 120);
	is(in(w, 5001, 4, 260), 1, "the next pings tell");
	world_end(w);
}

static void sprayer(struct kunit *test)
{
	struct world *w = world_make(test);
	u32 i;

	out(w, 2, 1002, 1, 444);
	ping(w, 1, 1009, 1, 52, 56);
	for (i = 0; i < 2 * MASQ_LENGTH_BURST; i++)
		out(w, 1, 1001, 1 + i, 100 + 4 * i);
	in(w, 5001, 1, 100 + 4 * (i - 2));
	in(w, 5001, 2, 100 + 4 * (i - 1));
	ok(evidence(w, 5001) != ECHO && !count(w, LEARN_ECHO),
	   "who uses too many lengths is no candidate");
	in(w, 5009, 1, 52);
	in(w, 5009, 2, 56);
	ok(evidence(w, 5009) != ECHO && !count(w, LEARN_ECHO),
	   "not even by what another SPI of his sent before");
	pass(w, 10000);
	ping(w, 1, 1003, 1, 888, 444);
	in(w, 5003, 1, 888);
	is(in(w, 5003, 2, 444), 1, "until he has calmed down");
	is(evidence(w, 5003), ECHO, "then he is one again");
	world_end(w);
}

static void crowd(struct kunit *test)
{
	struct world *w = world_make(test);
	u32 i;

	for (i = 1; i <= MASQ_CROWD + 1; i++)
		ping(w, i, 1000 + i, 1, 100 + 4 * i, 600 + 4 * i);
	in(w, 5001, 1, 104);
	is(in(w, 5001, 2, 604), DROPPED, "in a crowd one match may be chance");
	in(w, 5001, 3, 104);
	is(in(w, 5001, 4, 604), DROPPED, "the same again, too");
	ping(w, 1, 1001, 3, 900, 300);
	in(w, 5001, 5, 900);
	is(in(w, 5001, 6, 300), 1, "two different ones are enough");
	is(evidence(w, 5001), ECHO, "for an echo");
	world_end(w);
}

static void corrects_guess(struct kunit *test)
{
	struct world *w = world_make(test);

	out(w, 1, 1001, 1, 1000);
	is(in(w, 5002, 1, 700), 1, "a guess, as there is no other");
	in(w, 5002, 2, 700);
	ping(w, 2, 1002, 1, 300, 140);
	in(w, 5002, 3, 300);
	is(in(w, 5002, 4, 140), 2, "is corrected by an echo");
	is(evidence(w, 5002), ECHO, "which is strong");
	is(count(w, CORRECT), 1, "that is counted");
	is(count(w, WRONG_PACKETS), 3, "so are the packets that went wrong");
	world_end(w);
}

static void corrects_echo(struct kunit *test)
{
	struct world *w = two_gates(test);

	in(w, 5001, 1, 100);
	is(in(w, 5001, 2, 200), 1, "an echo");
	ping(w, 2, 1002, 3, 500, 600);
	in(w, 5001, 3, 500);
	is(in(w, 5001, 4, 600), 1, "one match of another is not enough");
	ping(w, 2, 1002, 5, 520, 640);
	in(w, 5001, 5, 520);
	is(in(w, 5001, 6, 640), 2, "two replace it");
	is(count(w, CORRECT), 1, "that is counted");
	world_end(w);
}

static void settled(struct kunit *test)
{
	struct world *w = two_gates(test);
	u32 i, seq = 3;

	in(w, 5001, 1, 100);
	in(w, 5001, 2, 200);
	for (i = 0; i < MASQ_SETTLED; i++)
		in(w, 5001, seq++, 1000);
	for (i = 0; i < 4; i++) {
		ping(w, 2, 1002, 3 + 2 * i, 500 + 20 * i, 700 + 20 * i);
		in(w, 5001, seq++, 500 + 20 * i);
		is(in(w, 5001, seq++, 700 + 20 * i), 1,
		   "what brought many packets is not contradicted any more");
	}
	world_end(w);
}

static void pinned(struct kunit *test)
{
	struct world *w = world_make(test);
	u32 i, seq = 2;

	out(w, 1, 1001, 1, 100);
	in(w, 5001, 1, 1000);
	must(in_of(w, 5001));
	in_of(w, 5001)->s.evidence = PINNED;
	for (i = 0; i < 4; i++) {
		ping(w, 2, 1002, 1 + 2 * i, 500 + 20 * i, 700 + 20 * i);
		in(w, 5001, seq++, 500 + 20 * i);
		is(in(w, 5001, seq++, 700 + 20 * i), 1,
		   "what was told is not contradicted");
	}
	is(evidence(w, 5001), PINNED, "and stays so");
	world_end(w);
}

/* No gates: one at a time */
static void serial(struct kunit *test)
{
	struct world *w = world_make(test);

	is(out(w, 1, 1001, 1, 100), NF_ACCEPT, "the first has the turn");
	is(out(w, 2, 1002, 1, 100), NF_STOLEN, "the second waits for his");
	is(in(w, 5001, 1, 700), 1, "what comes is the answer to the first");
	is(evidence(w, 5001), SERIAL, "a guess");
	is(w->sent, 0, "the second waits for the gap");
	pass(w, 100);
	is(w->sent, 1, "then his packet goes");
	is(in(w, 5002, 1, 700), 2, "and his answer comes");
	is(evidence(w, 5002), SERIAL, "a guess, too");
	is(count(w, LEARN_SERIAL), 2, "both are counted as such");
	is(in(w, 5001, 2, 700) * 10 + in(w, 5002, 2, 700), 12,
	   "what follows goes where it belongs");
	world_end(w);
}

static void serial_off(struct kunit *test)
{
	struct world *w = world_make(test);

	world_set(w, AMBIGUOUS, SPINAT_MASQ_AMBIGUOUS_DROP);
	is(out(w, 1, 1001, 1, 100), NF_ACCEPT, "nobody waits");
	is(out(w, 2, 1002, 1, 100), NF_ACCEPT, "for anything");
	ok(in(w, 5001, 1, 700) <= 0 && evidence(w, 5001) == -1,
	   "and nothing is guessed");
	is(count(w, LEARN_SERIAL), 0, "nothing at all");
	world_end(w);
}

static struct world *never_guess(struct kunit *test)
{
	struct world *w = world_make(test);

	world_set(w, AMBIGUOUS, SPINAT_MASQ_AMBIGUOUS_DROP);
	return w;
}

/* A single client without a gate, where nothing is to be guessed */
static void alone(struct kunit *test)
{
	struct world *w = never_guess(test);

	out(w, 1, 1001, 1, 100);
	is(in(w, 5002, MASQ_SEQ_NEW + 1, 700), LEFT,
	   "an SA that was there before may be that of a client not heard of yet");
	is(in(w, 5001, 1, 700), 1, "one that begins now is his");
	is(evidence(w, 5001), ONLY, "as there is no other");
	pass(w, 31000);
	is(in(w, 5002, 900, 700), 1, "later everything is");
	world_end(w);
}

/* The first that is back after the NAT has forgotten all */
static void first_back(struct kunit *test)
{
	struct world *w = never_guess(test);

	out(w, 1, 1001, 300, 100);
	is(in(w, 5002, 300, 700), LEFT, "whose this is is not known");
	is(in(w, 5003, 1, 700), LEFT, "nor is it for what begins now");
	pass(w, 29000);
	out(w, 1, 1001, 301, 100);
	is(in(w, 5002, 301, 700), LEFT, "the others have time to come back");
	is(evidence(w, 5002), -1, "nobody has it");
	out(w, 2, 1002, 9000, 100);
	pass(w, 2000);
	is(in(w, 5002, 302, 700), LEFT, "and where they are back nothing is guessed");
	world_end(w);

	w = never_guess(test);
	out(w, 1, 1001, 300, 100);
	pass(w, 31000);
	is(in(w, 5001, 300, 700), 1, "where they are not there is no other");
	is(evidence(w, 5001), ONLY, "so it is said");
	world_end(w);
}

/* A single client with a gate: he has what is proved to be his. */
static void alone_gate(struct kunit *test)
{
	struct world *w = never_guess(test);

	world_set(w, EARLY_TIME, 400);
	ping(w, 1, 1001, 1, 100, 200);
	is(in(w, 5009, 1, 900), TAKEN, "what may be another's waits");
	is(in(w, 5001, 1, 900), TAKEN, "so does what comes too early");
	in(w, 5001, 2, 100);
	in(w, 5001, 3, 200);
	is(evidence(w, 5001), ECHO, "until his is proved");
	is(w->sent, 3, "and delivered");
	pass(w, 60000);
	is(in(w, 5009, 2, 900), LEFT, "the other is never his");
	is(in(w, 5010, 70000, 900), LEFT, "old or new");
	is(evidence(w, 5009), -1, "nobody has it");
	is(count(w, LEARN_ONLY), 0, "nothing was guessed");

	/* He roams: it is known at his other address, too. */
	out(w, 2, 1001, 4, 100);
	is(out_of(w, 1001)->s.packets > 2, 1, "his other address");
	is(in(w, 5009, 3, 900), LEFT, "still not his");
	world_end(w);

	w = never_guess(test);
	ping(w, 1, 1001, 1, 100, 200);
	pass(w, 31000);
	is(in(w, 5001, 1, 900), 1, "who only seemed to have one is alone");
	world_end(w);
}

static void seen_before(struct kunit *test)
{
	struct world *w = world_make(test);

	out(w, 1, 1001, 1, 100);
	out(w, 2, 1002, 1, 100);
	in(w, 5001, 1, 700);
	/* somebody else's, seen while no turn was open to it */
	pass(w, 30);
	is(in(w, 5009, 9000, 700), LEFT, "an old SA is no answer to a new one");
	pass(w, 30);
	is(w->sent, 1, "the second has his turn");
	is(in(w, 5009, 9001, 700), LEFT, "nor to another new one");
	is(evidence(w, 5009), -1, "nobody has it");
	is(in(w, 5002, 1, 700), 2, "a new one is");
	world_end(w);
}

/* An old SA, whose NAT was restarted, is not answered by a new one. */
static void old_sa(struct kunit *test)
{
	struct world *w = world_make(test);

	out(w, 1, 1001, 50000, 100);
	out(w, 2, 1002, 50000, 100);
	is(in(w, 5001, 1, 700), LEFT, "a new in-SPI does not answer an old SA");
	is(in(w, 5002, 50000, 700), 1, "an old one does");
	world_end(w);
}

static void gate_waits(struct kunit *test)
{
	struct world *w = world_make(test);

	/* a client without a gate has the turn, another opens like a gate */
	out(w, 1, 1001, 1, 1000);
	ping(w, 2, 1002, 1, 300, 140);
	pass(w, 20);
	is(in(w, 5001, 1, 777), DROPPED,
	   "while a gate may be answered nothing is guessed");
	is(count(w, DROP_WAIT), 1, "that is counted");
	is(evidence(w, 5001), -1, "nobody has it");
	in(w, 5002, 1, 300);
	is(in(w, 5002, 2, 140), 2, "the gate has its answer");
	is(in(w, 5001, 2, 777), 1, "then the other has his");
	is(evidence(w, 5001), SERIAL, "which is a guess");
	world_end(w);
}

static void four_candidates(struct kunit *test)
{
	struct world *w = world_make(test);
	u32 i;

	out(w, 1, 1001, 1, 1000);
	for (i = 0; i < 6; i++) {
		is(in(w, 5000 + i, 1, 700), 1, "all are his");
		pass(w, 20);
		/* whose packets pay for the entries of what comes in */
		out(w, 1, 1001, 2 + i, 1000);
	}
	for (i = 0; i < 6; i++)
		is(evidence(w, 5000 + i), i < 2 ? -1 : ONLY,
		   "but the last four are kept");
	/* spoofed packets do not keep the true one out */
	ping(w, 1, 1001, 10, 300, 140);
	in(w, 5099, 1, 300);
	is(in(w, 5099, 2, 140), 1, "the echo is his");
	is(evidence(w, 5099), ECHO, "and strong");
	for (i = 0; i < 6; i++)
		is(evidence(w, 5000 + i), -1, "all guesses are gone");
	world_end(w);
}

/* An in-SPI that two clients chose: the first keeps it. */
static void clash(struct kunit *test)
{
	struct world *w = two_gates(test);
	u32 i;

	in(w, 5001, 1, 100);
	in(w, 5001, 2, 200);
	for (i = 3; i < 40; i++)
		is(in(w, 5001, i, 1000), 1, "the first has it");
	in(w, 5001, 1, 300);
	is(in(w, 5001, 2, 140), 1, "and keeps it");
	is(count(w, CORRECT), 0, "nothing is corrected");
	world_end(w);
}

/* Two gates of one client, e.g. a rekeying: each in-SPI has its out-SPI. */
static void rekeying(struct kunit *test)
{
	struct world *w = two_gates(test);

	in(w, 5001, 1, 100);
	in(w, 5001, 2, 200);
	ping(w, 1, 1003, 1, 180, 420);
	in(w, 5003, 1, 180);
	is(in(w, 5003, 2, 420), 1, "the new in-SPI is the same client's");
	ok(masq_in_out(in_of(w, 5003))->s.spi == htonl(1003) &&
	   masq_in_out(in_of(w, 5001))->s.spi == htonl(1001),
	   "and each belongs to its own out-SPI");
	world_end(w);
}

/* Nothing is allocated for what comes from outside: without spares nothing is
 * learned, and the packet is delivered as stock would.
 */
static void no_spare(struct kunit *test)
{
	struct world *w = world_make(test);
	struct masq_client *client;
	unsigned long zone;
	struct masq_in *in_;

	out(w, 1, 1001, 1, 100);
	xa_for_each(&w->mn.zones, zone, client)
		while ((in_ = masq_spare_take(client)))
			masq_in_free(in_);
	is(in(w, 5001, 1, 700), 1, "delivered");
	is(evidence(w, 5001), -1, "and not remembered");
	is(count(w, DELIVER_ONLY), 1, "that is counted");
	world_end(w);
}

/* One client was given two in-SPIs, both are in use, and another waits. */
static void loose(struct kunit *test)
{
	struct world *w = world_make(test);
	u32 silence;

	for (silence = 0; silence <= 4000; silence += 4000) {
		w = silence ? world_make(test) : w;
		out(w, 1, 1001, 1, 100);
		in(w, 5001, 1, 700);
		pass(w, silence);
		in(w, 5002, 1, 700);
		is(evidence(w, 5001) + evidence(w, 5002), 2 * ONLY, "guesses");
		pass(w, 100);
		out(w, 2, 1002, 1, 100);
		pass(w, 30);
		is(in(w, 5002, 2, 700), silence ? 1 : 2,
		   "one of two that are in use is another's");
		is(count(w, LEARN_SERIAL), !silence, "which is a guess");
		world_end(w);
	}
}

static void not_loose(struct kunit *test)
{
	struct world *w = world_make(test);

	out(w, 1, 1001, 1, 100);
	in(w, 5001, 1, 700);
	in(w, 5002, 1, 700);
	pass(w, 100);
	in(w, 5002, 2, 700);
	out(w, 2, 1002, 1, 100);
	is(in(w, 5002, 3, 700), 1, "what was heard just before is no answer");
	pass(w, 100);
	is(in(w, 5001, 5000, 700), 1, "nor is an old SA to a new one");
	world_set(w, AMBIGUOUS, SPINAT_MASQ_AMBIGUOUS_DROP);
	pass(w, 100);
	is(in(w, 5001, 5001, 700), 1, "nor anything if guessing is off");
	world_end(w);
}

/* A server that sends data before it answers the pings */
static void early(struct kunit *test)
{
	struct world *w = two_gates(test);

	world_early(w);
	is(in(w, 5002, 1, 1400), TAKEN, "what comes too early waits");
	is(in(w, 5002, 2, 300), TAKEN, "with the first reply");
	is(w->sent, 0, "nobody has it yet");
	is(in(w, 5002, 3, 140), TAKEN, "the second goes behind them");
	is(evidence(w, 5002), ECHO, "and says whose they are");
	is(w->sent, 3, "so all are delivered");
	is(in(w, 5002, 4, 1400), 2, "then what comes is delivered at once");
	is(count(w, EARLY_HOLD), 3, "what waited is counted");
	is(count(w, EARLY_RELEASE), 3, "likewise");
	is(w->mn.n_early, 0, "nothing waits");
	world_end(w);
}

/* A server that goes on sending while what waits is delivered */
static void early_busy(struct kunit *test)
{
	struct world *w = two_gates(test);

	world_early(w);
	in(w, 5002, 1, 1400);
	in(w, 5002, 2, 300);
	busy_server(w, 5002, 4, 100);
	is(in(w, 5002, 3, 140), TAKEN, "the echo is complete");
	is(w->sent < 103, 1, "a CPU does not stay with it for ever");
	pass(w, 100);
	is(w->sent, 103, "all are delivered");
	is(w->late, 0, "in order");
	is(in(w, 5002, 104, 1400), 2, "and then at once");
	world_end(w);
}

static void early_in_vain(struct kunit *test)
{
	struct world *w = two_gates(test);

	world_early(w);
	is(in(w, 5009, 1, 1400), TAKEN, "what comes too early waits");
	pass(w, 300);
	is(w->mn.n_early, 1, "for a while");
	pass(w, 200);
	is(w->mn.n_early + w->sent, 0, "and is dropped");
	is(count(w, DROP_EARLY), 1, "which is counted");
	world_end(w);
}

/* Whether whose turn it is opens like a gate is known only after a moment. */
static void young_turn(struct kunit *test)
{
	struct world *w;
	u32 gate;

	for (gate = 0; gate < 2; gate++) {
		w = world_make(test);
		world_early(w);
		out(w, 2, 1002, 5000, 100);
		in(w, 5002, 5000, 700);
		pass(w, 100);
		is(out(w, 1, 1001, 1, 100), NF_ACCEPT, "his turn");
		is(in(w, 5001, 1, 700), TAKEN, "it is too early to guess");
		if (gate)
			out(w, 1, 1001, 2, 244);
		pass(w, 60);
		is(evidence(w, 5001), gate ? -1 : SERIAL,
		   "a guess is made if he does not ping");
		is(w->sent, !gate, "and what waited is delivered");
		world_end(w);
	}
}

/* What stock conntrack knows */
static void stock(struct kunit *test)
{
	struct world *w = world_make(test);

	world_ct_status(IPS_DST_NAT | IPS_CONFIRMED);
	out(w, 1, 1001, 1, 100);
	is(in(w, 5001, 1, 700), LEFT, "a server behind DNAT has its packets");
	out(w, 2, 1002, 50000, 100);
	is(in(w, 5001, 1, 700), LEFT, "whoever else lives there");
	world_ct_status(IPS_SRC_NAT | IPS_CONFIRMED);
	is(in(w, 5009, 99999, 700), DROPPED,
	   "what stock would give to one of several is dropped");
	is(count(w, DROP_AMBIGUOUS), 1, "which is counted");
	world_end(w);
}

static void own(struct kunit *test)
{
	struct world *w = world_make(test);
	const struct masq_packet p = { .spi = htonl(7777) };
	struct masq_sighting *s;

	out(w, 1, 1001, 1, 100);
	s = masq_seen_note(masq_out_flow(out_of(w, 1001))->site, &p);
	must(s);
	s->own = true;
	is(in(w, 7777, 1, 700), LEFT, "an SA of the router has its packets");
	is(count(w, OWN), 1, "which are counted");
	world_end(w);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(nobody),
	KUNIT_CASE(only),
	KUNIT_CASE(alone),
	KUNIT_CASE(first_back),
	KUNIT_CASE(alone_gate),
	KUNIT_CASE(echo),
	KUNIT_CASE(no_echo),
	KUNIT_CASE(data_between),
	KUNIT_CASE(not_unique),
	KUNIT_CASE(sprayer),
	KUNIT_CASE(crowd),
	KUNIT_CASE(corrects_guess),
	KUNIT_CASE(corrects_echo),
	KUNIT_CASE(settled),
	KUNIT_CASE(pinned),
	KUNIT_CASE(serial),
	KUNIT_CASE(serial_off),
	KUNIT_CASE(seen_before),
	KUNIT_CASE(old_sa),
	KUNIT_CASE(gate_waits),
	KUNIT_CASE(four_candidates),
	KUNIT_CASE(clash),
	KUNIT_CASE(rekeying),
	KUNIT_CASE(no_spare),
	KUNIT_CASE(loose),
	KUNIT_CASE(not_loose),
	KUNIT_CASE(early),
	KUNIT_CASE(early_busy),
	KUNIT_CASE(early_in_vain),
	KUNIT_CASE(young_turn),
	KUNIT_CASE(stock),
	KUNIT_CASE(own),
	{}
};

static struct kunit_suite suite = {
	.name = "masq-judge",
	.test_cases = cases,
};

kunit_test_suite(suite);
