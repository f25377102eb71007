/* SPDX-License-Identifier: GPL-2.0 */
/* The clients of epoch-fleet: their SAs, their gates, what they saw. */
#ifndef TESTS_FLEET_H
#define TESTS_FLEET_H

#include <stdio.h>

#include "genl.h"
#include "xfrm.h"

struct fleet {
	struct member *members;
	unsigned int n;
	struct place *places;
	unsigned int n_places;
	const char *server_ns, *nat_ns;
	struct addr server, public, inner;
	enum cipher cipher;
	bool gate, server_gate;
	unsigned int rounds, round;
	unsigned long pause_ms, limit_s, switch_ms;

	int server_xfrm;
	struct genl server_genl;	/* if server_gate */
	struct genl nat;		/* if nat_ns */
	int64_t begin;			/* of the round, us */
};

/* A namespace with one client, or with many. */
struct place {
	struct fleet *fleet;
	const char *ns, *dev;
	int xfrm, packets;		/* sockets */
	struct genl gate, events;
	unsigned int rekeys, sessions;	/* its kernel asked for */
	unsigned int esp_in, esp_wrong;
	uint32_t wrong_spi;		/* the last of those */
	unsigned long no_states;	/* before, then the difference */
};

struct member {
	unsigned int place, index;
	struct tunnel now, old;		/* the client's end */
	int64_t proved_at, paired_at;	/* in this round, us; 0: not yet */
};

void place_open(struct fleet *fleet, struct place *place, sa_family_t family);
void place_take_events(struct place *place);
void place_take_packets(struct place *place);
/* Takes the counters of the kernel at the end. */
void place_close(struct place *place);

void member_open(struct fleet *fleet, struct member *member);
/* New SPIs; the tunnel before is the old one from now on. */
void member_turn(const struct fleet *fleet, struct member *member);
/* The same tunnel as the server sees it: behind the NAT's address. */
struct tunnel member_at_server(const struct fleet *fleet,
			       const struct tunnel *tunnel);
void member_switch(struct fleet *fleet, struct member *member);
/* Whose SPI is it? NULL if nobody's. */
struct member *member_of_spi(const struct fleet *fleet, uint32_t spi);

/* A tunnel named "client-INDEX" at the end with this netlink socket. */
void gate_tunnel(struct genl *genl, unsigned int index, unsigned int role,
		 const struct tunnel *tunnel);
void gate_announce(struct genl *genl, unsigned int index,
		   const struct tunnel *tunnel);

/* Asks the NAT; notes members whose pair it has by echo. */
void nat_look(struct fleet *fleet);

/* Both return false if a client is stuck or got another's packets. */
bool fleet_print_round(const struct fleet *fleet, FILE *out);
bool fleet_print_totals(const struct fleet *fleet, FILE *out);

#endif
