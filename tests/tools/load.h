/* SPDX-License-Identifier: GPL-2.0 */
/* One client of esp-load: its tunnel, its sockets, what it saw. */
#ifndef TESTS_LOAD_H
#define TESTS_LOAD_H

#include <stdio.h>

#include "xfrm.h"

enum load_mode { LOAD_PAIRS, LOAD_SAME };

struct load {
	struct client *clients;
	unsigned int n_clients, n_server_first;
	const char *server_ns;
	struct addr server, public, inner;
	enum load_mode mode;
	enum cipher cipher;
	unsigned int same_len;		/* bytes of ICMP payload */
	unsigned int more;		/* tries after the first answer */
	unsigned int window_ms, limit_s, drain_ms;
	int64_t begin;			/* the window opens, us */
	int server_icmp;
};

struct client {
	const char *ns, *dev;
	struct addr lan;
	struct tunnel tunnel;		/* the client's end of it */
	uint16_t id;			/* of its echo requests */
	uint16_t seq;
	int icmp, packets;		/* sockets */

	bool server_first;
	int64_t server_next;		/* the server speaks to it then, us */
	int64_t start, next;		/* its opening, its next try, us */
	int64_t gap;			/* to the try after the next, us */
	unsigned int more;		/* tries left after the answer */

	int64_t answered;		/* first reply, us, or 0 */
	unsigned int tries, sent, replies, heard, server_sent;
	unsigned int esp_in, esp_wrong;
	unsigned long no_states;	/* before, then the difference */
};

void client_open(const struct load *load, struct client *client, int index);
/* One try: a quick pair of two lengths, or a single ping. */
void client_try(const struct load *load, struct client *client, int64_t now);
/* The server's own data to a client, before it is asked for any. */
void client_server_speaks(const struct load *load, struct client *client,
			  int64_t now);
void client_receive_icmp(struct client *client);
void client_receive_packets(struct client *client);
/* Takes the counters of the kernel at the end. */
void client_close(struct client *client);

int load_icmp_socket(const struct addr *bind_to);

void load_report(const struct load *load, bool totals_only, FILE *out);

#endif
