/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A model of spinat: two tunnels from clients behind one NAT to one server,
 * with spinat_masq on the NAT and spinat_epoch on the clients, the server or
 * both. README.md says how to run it, and what is left out and why.
 *
 *	client 0 ---+
 *	            NAT === any network === server
 *	client 1 ---+
 *
 * Promela in five lines: "if" and "do" take any one of their alternatives ("::")
 * whose first statement can be executed, and spin tries them all; "else" can be
 * if nothing else can; "->" is ";"; "atomic" is one step, which nothing comes
 * between; "inline" is a macro; "bit" and "byte" begin as 0. What must hold is
 * said by assert() and, at the end of this file, in temporal logic.
 *
 * First there is a storm: anybody may do anything that he is able to, in any
 * order, for as long as it likes. The network may lose, delay, reorder and
 * repeat; timers may run out as early or as late as they like; the NAT may
 * forget; SAs may be rekeyed from both sides. Whatever state that leads to, the
 * storm may end there. Then it is calm: packets arrive, and what waits for its
 * time gets it.
 *
 * Safety is asserted all the time. Liveness is asked for in the calm: from every
 * state that a storm can leave behind the tunnels must come up again and stay
 * up. Therefore they do so again and again if only the network is fair enough to
 * let some packets pass now and then.
 */

#ifndef CLIENT_GATE
#define CLIENT_GATE	1	/* the clients have a gate */
#endif
#ifndef SERVER_GATE
#define SERVER_GATE	1	/* the server has one for each tunnel */
#endif
#ifndef DROP
#define DROP		0	/* on-ceiling: 0 open, 1 drop */
#endif
#ifndef CLASH
#define CLASH		0	/* the clients may choose the same in-SPI */
#endif
#ifndef ACTORS
#define ACTORS		2	/* tunnels that are there in full; see storm_other() */
#endif
#ifndef TUNNELS
#define TUNNELS		ACTORS	/* that are rekeyed in a storm, see ike_begin() */
#endif

/* Deliberate mistakes have names that begin with BUG_; see README.md. */

int acts;			/* what a gate wants to be done; do_... */

/* States, actions and transitions of the gates, made from gate.table */
#include "gate.pml"

#define st_gone		0	/* there is no out-SA (any more) */
#define st_none		100	/* an out-SA without a gate */

#define is_open(gate)	(gate == st_open || gate == st_opened)
#define is_dead(gate)	(gate == st_dead || gate == st_lost || \
			 gate == st_unnamed)
#define holds_back(gate) (gate == st_born || gate == st_held || \
			 (DROP && is_dead(gate)))
#define passes(gate)	(gate != st_gone && !holds_back(gate))
#define has_gate(gate)	(gate != st_gone && gate != st_none)

/* It had a proof: only then a gate comes to these states. */
#define is_proved(gate)	(gate == st_open || gate == st_stale || gate == st_lost)

/*
 * The two SAs of a CHILD_SA: an epoch. What is "in the network" is never taken
 * out: it may arrive any number of times, at any time, or never.
 */
typedef epoch_t {
	byte client;		/* gate of the client's end */
	byte server;		/* gate of the server's end */
	bit shared;		/* its in-SPI is also the other client's */
	bit answered;		/* answers to its pings are in the network */
	bit astray;		/* likewise, but in the other epoch's in-SPI */
	/* in the calm only: */
	bit old;		/* its sequence numbers are not low any more */
	bit due			/* the client has to say the word */
};

/*
 * A tunnel: epoch 0, and while it is rekeyed epoch 1, which becomes epoch 0 at
 * the end. Phases as with strongSwan 5.9, which installs and switches:
 */
#define STEADY		0
#define CLIENT_1	1	/* by the client: the server has the new SAs */
#define CLIENT_2	2	/* the client has, too, and sends through them */
#define CLIENT_3	3	/* the server has got the DELETE and does so, too */
#define SERVER_1	4	/* by the server: the client has the new SAs */
#define SERVER_2	5	/* the server has, too, and sends through them */
#define SERVER_3	6	/* the client has got the DELETE and does so, too */

typedef tunnel_t {
	byte phase;
	epoch_t e[2];
	bit again		/* there was a proof in this round of the calm */
};

tunnel_t tunnel[2];
bit calm;

#define EPOCH(t, v)	tunnel[t].e[v]
#define PHASE(t)	tunnel[t].phase

/* Who has which SAs and sends through which; in-SAs outlive the switch. */
#define client_has(t, v) (v == 0 || PHASE(t) >= CLIENT_2)
#define server_has(t, v) (v == 0 || (PHASE(t) != STEADY && \
				     PHASE(t) != SERVER_1))
#define client_uses(t)	(PHASE(t) == CLIENT_2 || PHASE(t) == CLIENT_3 || \
			 PHASE(t) == SERVER_3)
#define server_uses(t)	(PHASE(t) == CLIENT_3 || PHASE(t) == SERVER_2 || \
			 PHASE(t) == SERVER_3)
#define newest(t)	(PHASE(t) >= CLIENT_2)	/* at the client */

/* Registers: set and used within one step, 0 between steps */
byte t, v;			/* tunnel and epoch that the step is about */
byte where, what;		/* a packet on its way */
byte via;			/* the epoch whose SA a packet from the server uses */
byte before, length;		/* lengths of the packet before it, and of it */
byte hit, to;			/* what the NAT makes of that */
bit sure;

inline step_end()
{
	t = 0; v = 0; acts = 0;
	where = 0; what = 0; via = 0; before = 0; length = 0;
	hit = 0; to = 0; sure = 0
}

/* Places on a packet's way, and what it is */
#define NOWHERE		0
#define NAT_OUT		1	/* at the NAT, from the client */
#define SERVER		2
#define NAT_IN		3	/* at the NAT, from the server */
#define CLIENT		4

#define DATA		0
#define PINGS		1	/* a pair of pings; both, or it counts as lost */
#define PING		2	/* a single one */
#define WORD		3	/* likewise: the epoch is proved */
#define ANSWER		4	/* to one ping of a pair, the second or any */
#define ANSWER_1	5	/* likewise, the second one follows */
#define HEARD		6	/* answer to the word */

/* ---- The NAT ------------------------------------------------------------ */

/*
 * It sees a packet's in-SPI, length, whether its sequence number is low, and the
 * length of the packet before it in the same in-SPI. Lengths: a gate sends pairs
 * of two random lengths. Those of client c are called FIRST(c) and SECOND(c),
 * all others PLAIN. Data may have either length by chance, but not both one
 * after the other; how likely that is tests/sim/echo-bound.c works out.
 */
#define PLAIN		0
#define FIRST(c)	(1 + c)
#define SECOND(c)	(3 + c)

#define NOBODY		2
#define SHARED_SPI	4	/* the in-SPI that both clients may choose */
#define SPI(t, v)	(EPOCH(t, v).shared -> SHARED_SPI : 2 * t + v)

byte echo[5] = NOBODY;		/* by in-SPI: whose it is, by strong evidence */

#define CT_NONE		0
#define CT_CLIENT	1	/* as the client's packets make it */
#define CT_LOCAL	2	/* an inbound packet made it: the client's clash */
byte ct[2];			/* the conntrack entry in the client's zone */
#define CT_OTHER	(ACTORS == 1 -> CT_CLIENT : CT_NONE)	/* of ct[1] */

/* A packet of client t leaves. */
inline nat_out()
{
	if
	:: ct[t] == CT_LOCAL -> where = NOWHERE
	:: else -> ct[t] = CT_CLIENT; where = SERVER
	fi
}

/* Do the two lengths answer client c's pings? */
#ifdef BUG_ONE_LENGTH
#define matches(c)	(length == SECOND(c))
#else
#define matches(c)	(before == FIRST(c) && length == SECOND(c))
#endif

/* Learns from lengths, while sequence numbers are low. An echo that says
 * otherwise than one before is believed if it comes twice, and after some packets
 * no more: it may be or not.
 */
inline nat_learn(in_spi)
{
	if
	:: matches(0) -> hit = 0
	:: matches(1) -> hit = 1
	:: else -> hit = NOBODY
	fi;
	if
	:: hit != NOBODY && !EPOCH(t, via).old -> echo[in_spi] = hit
	:: hit == NOBODY || EPOCH(t, via).old || !calm ||
	   (echo[in_spi] != NOBODY && echo[in_spi] != hit)
	fi
}

/* Sets "to", the client the packet goes to, and "sure", by strong evidence. What
 * comes before that may wait at the NAT until its own in-SPI is known: then it is
 * judged as if the network had delayed it, which storm_data() does.
 */
inline nat_judge(in_spi)
{
	if
	:: echo[in_spi] != NOBODY -> to = echo[in_spi]; sure = 1
#ifdef BUG_EARLY_ANY
	/* It waits until any in-SPI is known. */
	:: echo[in_spi] == NOBODY && echo[SHARED_SPI] != NOBODY ->
		to = echo[SHARED_SPI]; sure = 1
#endif
	:: else ->
		/* Guesses (evidence "only" and "serial"), and the turns that
		 * make them better, promise nothing: they may go any way.
		 */
		if
		:: to = NOBODY
		:: to = t
		:: to = 1 - t		/* who cannot decrypt it */
		fi
#ifdef BUG_NO_LENGTHS
		; echo[in_spi] = to; sure = (to != NOBODY)
#endif
	fi
}

/* The inbound guard: no packet from outside makes a conntrack entry. */
inline nat_guard()
{
	if
	:: to != NOBODY && ct[to] != CT_CLIENT ->
#ifdef BUG_NO_GUARD
		ct[to] = CT_LOCAL;
#endif
		to = NOBODY
	:: else
	fi
}

/* A packet of tunnel t comes from the server, through its epoch "via". */
inline nat_in()
{
	nat_learn(SPI(t, via));
	nat_judge(SPI(t, via));
	nat_guard();
	/* SAFETY: no packet reaches a wrong client on strong evidence, but where
	 * two clients have chosen the same in-SPI, which no NAT can tell apart.
	 * (Nor can such a packet do harm: it fails the ICV.)
	 */
	assert(!sure || to == NOBODY || to == t || EPOCH(t, via).shared);
	sure = 0;
	where = (to == t && client_has(t, via) -> CLIENT : NOWHERE)
}

inline nat_reboot()
{
	echo[0] = NOBODY; echo[1] = NOBODY; echo[2] = NOBODY;
	echo[3] = NOBODY; echo[4] = NOBODY;
	ct[0] = CT_NONE; ct[1] = CT_OTHER
}

/* ---- The server --------------------------------------------------------- */

/* Pings: spinat answers through the very epoch, whatever its gate says; a stock
 * peer (for which the word is a ping, too) as its policy says.
 */
inline server_answers()
{
	if
#ifdef BUG_PINGS_HELD
	:: holds_back(EPOCH(t, v).server) -> what = DATA
#endif
	:: EPOCH(t, v).server != st_gone &&
	   (SERVER_GATE || v == server_uses(t)) ->
		EPOCH(t, v).answered = 1;
		via = v; where = NAT_IN
	:: !SERVER_GATE && v != server_uses(t) ->
		EPOCH(t, v).astray = 1;
		via = 1 - v; where = NAT_IN
	:: else -> what = DATA
	fi;
	before = PLAIN; length = PLAIN;
	if
	:: what == PINGS -> length = FIRST(t); what = ANSWER_1
	:: what == DATA		/* there is no answer */
	:: else -> what = ANSWER
	fi
}

inline server_takes_word()
{
	/* SAFETY: a server's gate opens after the client's proof only. */
	assert(is_proved(EPOCH(t, v).client));
	server_word(EPOCH(t, v).server);
	via = v; what = HEARD; where = NAT_IN;
	before = PLAIN; length = PLAIN
}

inline server_in()
{
	where = NOWHERE;
	if
	:: !server_has(t, v)
#ifdef BUG_ANY_PING_OPENS
	:: server_has(t, v) && has_gate(EPOCH(t, v).server) -> server_takes_word()
#else
	:: server_has(t, v) && what == WORD && has_gate(EPOCH(t, v).server) ->
		server_takes_word()
	:: server_has(t, v) && !(what == WORD && has_gate(EPOCH(t, v).server)) ->
		server_answers()
#endif
	fi
}

/* ---- The client --------------------------------------------------------- */

/* A gate takes an answer for true. */
inline proof()
{
	/* SAFETY: a ping of this epoch has reached the server, and an answer
	 * was sent through this epoch's in-SPI: both ways are good.
	 */
	assert(EPOCH(t, v).answered);
	if
	:: !SERVER_GATE -> client_proof(EPOCH(t, v).client)
	:: SERVER_GATE && !is_proved(EPOCH(t, v).client) ->
		client_proof_gate(EPOCH(t, v).client)
	:: SERVER_GATE && is_proved(EPOCH(t, v).client) ->
		client_proof_told(EPOCH(t, v).client)
	fi;
	EPOCH(t, v).due = EPOCH(t, v).due || acts & do_word;
	tunnel[t].again = tunnel[t].again || v == newest(t)
}

/* Did it come in through the in-SA of the epoch whose ping it answers? */
#ifdef BUG_ANY_IN_SA
#define came_in(v)	true
#else
#define came_in(v)	(via == v)
#endif

inline client_in()
{
	if
	:: what == DATA && has_gate(EPOCH(t, v).client) ->
		client_comes(EPOCH(t, v).client)
#ifdef BUG_NO_COOKIE
	/* Anybody behind the server may write what looks like an answer. */
	:: what == DATA && has_gate(EPOCH(t, v).client) -> proof()
#endif
	:: what == HEARD && came_in(v) && has_gate(EPOCH(t, v).client) ->
		client_heard(EPOCH(t, v).client);
		EPOCH(t, v).due = 0;
		tunnel[t].again = tunnel[t].again || v == newest(t)
	:: (what == ANSWER || what == ANSWER_1) && came_in(v) &&
	   has_gate(EPOCH(t, v).client) -> proof()
	:: else
	fi;
	where = NOWHERE
}

/* ---- IKE ---------------------------------------------------------------- */

/* It is reliable, as it repeats its messages, and passes any NAT. */

#define born_client	(CLIENT_GATE -> st_born : st_none)
#define born_server	(SERVER_GATE -> st_born : st_none)

/* "by" is CLIENT_1 or SERVER_1 */
inline ike_begin(by)
{
	PHASE(t) = by;
	if
	:: by == CLIENT_1 -> EPOCH(t, 1).server = born_server
	:: by == SERVER_1 -> EPOCH(t, 1).client = born_client
	fi;
	/* The client chooses the in-SPI, and never one it has already. */
	if
	:: CLASH && !calm && !EPOCH(t, 0).shared -> EPOCH(t, 1).shared = 1
	:: skip
	fi
#ifdef BUG_SAME_SPI
	; EPOCH(t, 1).shared = EPOCH(t, 0).shared
#endif
}

inline epoch_clear()
{
	EPOCH(t, 1).client = st_gone; EPOCH(t, 1).server = st_gone;
	EPOCH(t, 1).shared = 0;
	EPOCH(t, 1).answered = 0; EPOCH(t, 1).astray = 0;
	EPOCH(t, 1).old = 0; EPOCH(t, 1).due = 0
}

/* The old in-SAs go; what is in the network still nobody can decrypt. */
inline ike_end()
{
	PHASE(t) = STEADY;
	EPOCH(t, 0).client = EPOCH(t, 1).client;
	EPOCH(t, 0).server = EPOCH(t, 1).server;
	EPOCH(t, 0).shared = EPOCH(t, 1).shared;
	EPOCH(t, 0).answered = EPOCH(t, 1).answered;
	EPOCH(t, 0).astray = 0;
	EPOCH(t, 0).old = EPOCH(t, 1).old;
	EPOCH(t, 0).due = EPOCH(t, 1).due;
	echo[2 * t] = echo[2 * t + 1];
	echo[2 * t + 1] = NOBODY;
	epoch_clear()
}

inline ike_goes_on()
{
	if
	:: PHASE(t) == STEADY
	:: PHASE(t) == CLIENT_1 ->
		PHASE(t) = CLIENT_2;
		EPOCH(t, 1).client = born_client;
		EPOCH(t, 0).client = st_gone
	:: PHASE(t) == CLIENT_2 ->
		PHASE(t) = CLIENT_3;
		EPOCH(t, 0).server = st_gone
	:: PHASE(t) == SERVER_1 ->
		PHASE(t) = SERVER_2;
		EPOCH(t, 1).server = born_server;
		EPOCH(t, 0).server = st_gone
	:: PHASE(t) == SERVER_2 ->
		PHASE(t) = SERVER_3;
		EPOCH(t, 0).client = st_gone
	:: PHASE(t) == CLIENT_3 || PHASE(t) == SERVER_3 -> ike_end()
	fi
}

/* ---- The way of a packet ------------------------------------------------ */

/* In a storm pings come through or not, and answers stay in the network; words
 * do from the moment at which there are any.
 */
inline travel()
{
	do
	:: where == NAT_OUT ->
		nat_out();
		if
		:: what == DATA || !calm -> where = NOWHERE
		:: what != DATA && (calm || what == PINGS)
		fi
	:: where == SERVER ->
		server_in();
		if
		:: calm
		:: else -> where = NOWHERE
		fi
	:: where == NAT_IN -> nat_in()
	:: where == CLIENT -> client_in()
	:: where == NOWHERE && what == ANSWER_1 && calm ->
		/* the second answer */
		what = ANSWER; where = NAT_IN;
		before = FIRST(t); length = SECOND(t)
	:: where == NOWHERE && !(what == ANSWER_1 && calm) -> break
	od
}

#ifdef BUG_NO_WORD
#define SPEAKS		false
#else
#define SPEAKS		SERVER_GATE
#endif

/* What a gate wants to be sent sets out. */
inline send()
{
	if
	:: acts & do_pair -> what = PINGS; where = NAT_OUT
	:: acts & do_word -> what = (SPEAKS -> WORD : PING); where = NAT_OUT
	:: else
	fi
}

/* ---- The storm ---------------------------------------------------------- */

/* Something happens to the client's gate. */
inline storm_client(gate)
{
	if
	:: client_announce(gate)
	:: client_try(gate)
	:: client_tried(gate)
	:: client_ceiling(gate)
	:: client_quiet(gate)
	:: client_silent(gate)
	:: client_idle(gate)
	:: client_say(gate)
	fi;
	send()
}

inline storm_server(gate)
{
	if
	:: server_announce(gate)
	:: server_ceiling(gate)
	fi
}

/* Data of any lengths arrives, but not both of another client's pair. To the NAT
 * it may be spoofed, so gates do not matter.
 */
inline storm_data()
{
	via = v; what = DATA; where = NAT_IN;
	if
	:: before = PLAIN
	:: before = FIRST(1 - t)
	fi;
	if
	:: length = PLAIN
	:: length = FIRST(1 - t)
	:: before == PLAIN -> length = SECOND(1 - t)
#ifdef BUG_STOCK_PAIRS
	:: length = SECOND(1 - t)
#endif
	fi
}

/* An answer arrives: the first, the second, or the second after the first. */
inline storm_answer()
{
	what = ANSWER; where = NAT_IN;
	if
	:: EPOCH(t, v).answered -> via = v
	:: EPOCH(t, v).astray -> via = 1 - v
	fi;
	if
	:: before = PLAIN; length = FIRST(t)
	:: before = PLAIN; length = SECOND(t)
	:: before = FIRST(t); length = SECOND(t)
	fi
}

/* Somebody, or something, does something, for tunnel t and its epoch v. */
inline storm_step()
{
	if
	:: has_gate(EPOCH(t, v).client) -> storm_client(EPOCH(t, v).client)
	:: has_gate(EPOCH(t, v).server) -> storm_server(EPOCH(t, v).server)
	/* Somebody sends data. */
	:: client_uses(t) == v && passes(EPOCH(t, v).client) ->
		what = DATA; where = NAT_OUT
	/* Something arrives. */
	:: storm_data()
	:: EPOCH(t, v).answered || EPOCH(t, v).astray -> storm_answer()
	:: is_proved(EPOCH(t, v).client) -> what = WORD; where = SERVER
	:: EPOCH(t, v).server == st_open ->
		via = v; what = HEARD; where = NAT_IN
	/* IKE */
	:: PHASE(t) == STEADY && t < TUNNELS -> ike_begin(CLIENT_1)
	:: PHASE(t) == STEADY && t < TUNNELS -> ike_begin(SERVER_1)
	:: PHASE(t) != STEADY -> ike_goes_on()
	/* The NAT: rebooted; conntrack flushed; a pair expired or evicted */
	:: nat_reboot()
	:: ct[t] = CT_NONE
	:: echo[SPI(t, v)] = NOBODY
	fi
}

/* Where only tunnel 0 is there in full, the other can do all that the NAT lets
 * it do to tunnel 0: its lengths are in storm_data(), and here it takes the
 * in-SPI that both may choose.
 */
inline storm_other()
{
	echo[SHARED_SPI] = 1
}

/* ---- The calm ----------------------------------------------------------- */

/* A round of one tunnel, stage by stage: all that becomes due by time, for the
 * newest epoch. Tunnels take turns.
 */
byte stage;
bit turn;

inline calm_open(gate)
{
	if
	:: stage == 2 && EPOCH(t, v).due -> client_say(gate)
	/* It sent data and nothing came back, or it was idle. */
	:: stage == 3 -> client_quiet(gate)
#ifdef BUG_NEVER_IDLE
	:: stage == 3
#else
	:: stage == 3 -> client_idle(gate)
	:: stage == 4 && !tunnel[t].again -> client_silent(gate)
#endif
	:: else
	fi
}

inline calm_closed(gate)
{
	if
	:: stage == 1 -> client_announce(gate)
	:: stage == 5 -> client_try(gate)
	:: stage == 6 -> client_tried(gate);
#ifndef BUG_NEVER_ASKS
		if
		:: acts & do_ask && PHASE(t) == STEADY -> ike_begin(CLIENT_1)
		:: else
		fi;
#endif
		acts = 0
	:: stage == 6 && gate == st_held -> client_ceiling(gate)
	:: else
	fi
}

inline calm_server(gate)
{
	if
	:: gate == st_born || gate == st_unnamed -> server_announce(gate)
#ifndef BUG_NO_CEILING
	:: gate == st_held -> server_ceiling(gate)
#endif
	:: else
	fi
}

inline calm_stage()
{
	t = turn; v = newest(t); acts = 0; what = DATA;
	if
	:: stage == 0 ->
		ike_goes_on(); tunnel[t].again = 0;
		if
		:: ACTORS == 1 && CLASH && echo[SHARED_SPI] == NOBODY ->
			storm_other()
		:: skip
		fi
	:: stage >= 1 && stage <= 6 && has_gate(EPOCH(t, v).client) ->
		if
		:: is_open(EPOCH(t, v).client) -> calm_open(EPOCH(t, v).client)
		:: else -> calm_closed(EPOCH(t, v).client)
		fi;
		send()
	:: stage >= 1 && stage <= 6 && !has_gate(EPOCH(t, v).client)
	:: stage == 7 -> calm_server(EPOCH(t, 0).server)
	:: stage == 8 -> calm_server(EPOCH(t, 1).server)
	/* Data may flow or not. */
	:: stage == 9 && passes(EPOCH(t, server_uses(t)).server) ->
		via = server_uses(t); v = via; where = NAT_IN;
		before = PLAIN; length = PLAIN
	:: stage == 10 && passes(EPOCH(t, client_uses(t)).client) ->
		where = NAT_OUT
	:: stage == 9 && ct[t] == CT_LOCAL ->
		ct[t] = CT_NONE		/* the server was silent for long */
	:: stage >= 9
	fi;
	stage = (stage + 1) % 11
}

/* ---- The world ---------------------------------------------------------- */

inline calm_only_clear()
{
	tunnel[0].again = 0; tunnel[0].e[0].due = 0; tunnel[0].e[1].due = 0;
	tunnel[1].again = 0; tunnel[1].e[0].due = 0; tunnel[1].e[1].due = 0
}

inline calm_begin()
{
	atomic {
		calm = 1;
		for (t : 0 .. 1) {
			if
			:: EPOCH(t, 0).old = 1
			:: skip
			fi;
			if
			:: PHASE(t) != STEADY -> EPOCH(t, 1).old = 1
			:: skip
			fi
		}
		step_end()
	}
}

active proctype world()
{
	atomic {
		ct[1] = CT_OTHER;
		for (t : 0 .. 1) {
			EPOCH(t, 0).client = born_client;
			EPOCH(t, 0).server = born_server;
			if
			:: CLASH -> EPOCH(t, 0).shared = 1
			:: skip
			fi
		}
		step_end()
	}
	do
	:: atomic {
		if
		:: calm -> calm_stage()
		:: else ->
			if
			:: t = 0
			:: ACTORS == 2 -> t = 1
			fi;
			if
			:: v = 0
			:: PHASE(t) != STEADY -> v = 1
			fi;
			if
			:: storm_step()
			:: ACTORS == 1 && CLASH -> storm_other()
			fi
		fi;
		travel();
		if
		:: calm && stage == 0 -> turn = (ACTORS == 2 -> 1 - turn : 0)
		:: calm && stage != 0
		:: !calm -> calm_only_clear()
		fi;
		step_end()
	   }
#ifndef STORM_ONLY
	:: !calm -> calm_begin()
#endif
	od
}

/* LIVENESS: in the calm the newest epoch of each tunnel is proved again and
 * again, and the server's data flows.
 */
#define well(t)	((tunnel[t].again || !CLIENT_GATE) && \
		 passes(tunnel[t].e[server_uses(t)].server))

ltl up_0 { []<> (!calm || well(0)) }
ltl up_1 { []<> (!calm || well(1)) }
