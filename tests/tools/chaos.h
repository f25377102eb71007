/* SPDX-License-Identifier: GPL-2.0 */
/*
 * epoch-chaos: gated clients of one NAT, a key manager for all of them that has
 * to work over the same bad network, and what happens to them.
 */
#ifndef TESTS_CHAOS_H
#define TESTS_CHAOS_H

#include "fleet.h"
#include "flow.h"

enum kind {
	KIND_REKEY,	/* of one client; those its gate asks for do not count */
	KIND_MOVE,	/* one client has another address in the LAN */
	KIND_CRASH,	/* one client is gone, comes back and knows nothing */
	KIND_FLUSH,	/* the NAT forgets all pairs and connections */
	KIND_RELOAD,	/* its module goes and comes, nothing passes meanwhile */
	KIND_WAN,	/* the NAT has another address */
	KIND_NETWORK,	/* other loss, delay and order */
	KINDS
};

extern const char *const kind_names[KINDS];

/* What happened to a flow that has not delivered anything sent since. */
struct wound {
	enum kind kind;
	int64_t at;	/* ns */
	int64_t tried;	/* the first packet was sent since, ns; 0: none yet */
};

#define WOUNDS_MAX 16

struct stream {
	struct flow flow;
	struct life *life;
	bool up;
	struct wound wounds[WOUNDS_MAX];
	unsigned int n_wounds;
};

/* A client's life: a fleet's member with its own key manager. */
struct life {
	struct chaos *chaos;
	struct member *member;
	struct addr lan[2];		/* its two homes */
	unsigned int home;
	struct addr public;		/* the server sends there */
	unsigned int turns;		/* SAs it ever had */
	unsigned int crashes;		/* jobs of an earlier life are void */
	bool crashed, negotiating, opened;
	bool wants, wants_session;	/* another one after this */
	bool willing;			/* a rekeying that no gate asked for */
	unsigned int rekeys, sessions;	/* of the gate's requests seen so far */
	struct stream streams[2];	/* up, down */
	int64_t old_until;		/* the old in-SAs live, us */
	int64_t active_until, idle_until, send_at;	/* us */
};

/* Something to do later. */
struct job {
	struct job *next;
	int64_t at;	/* us */
	void (*run)(struct chaos *chaos, struct life *life);
	struct life *life;
	unsigned int crashes;
};

struct healed {
	unsigned long n;
	double sum;	/* ms */
	long worst;	/* ms */
	unsigned int worst_client;
	bool worst_up;
};

struct chaos {
	struct fleet fleet;
	struct flows flows;
	struct life *lives;
	struct job *jobs;
	const char *hook;
	FILE *log;			/* or NULL */
	unsigned long seconds, calm_s;
	uint64_t seed, random;
	struct addr publics[2];
	unsigned int public;
	unsigned int loss;		/* percent each way */
	unsigned int delay_ms;
	bool cut;			/* nothing passes the NAT */
	bool calm;			/* nothing happens any more */
	int hook_pid;
	unsigned long happened[KINDS];
	struct healed healed[KINDS];
	int64_t begin, end;		/* us */
};

/* A line of the log: when, and this. */
void chronicle(struct chaos *chaos, const char *fmt, ...) PRINTF(2, 3);

/* chance: repeatable by the seed */
uint32_t chance(struct chaos *chaos, uint32_t min, uint32_t max);
/* A time from zero on that is MS on average. */
int64_t chance_us(struct chaos *chaos, unsigned int mean_ms);
void later(struct chaos *chaos, int64_t us, struct life *life,
	   void (*run)(struct chaos *chaos, struct life *life));

/* chaos-ike.c: the key manager */
void ike_open(struct life *life);
void ike_negotiate(struct life *life, bool session);
void ike_crash(struct life *life);
void ike_look(struct life *life);

/* chaos-fate.c: what happens */
void fate_begin(struct chaos *chaos);
/* Takes a hook that has ended. */
void fate_look(struct chaos *chaos);

/* chaos-stream.c: data, and how long it took to get through again */
void stream_open(struct life *life, bool up, unsigned int port);
void stream_wound(struct life *life, enum kind kind);
/* Sends what is due; returns when it wants to be called again, us. */
int64_t stream_send(struct life *life, int64_t now);
void stream_receive(struct stream *stream);
bool chaos_print(struct chaos *chaos, FILE *out);

#endif
