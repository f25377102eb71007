/* SPDX-License-Identifier: GPL-2.0 */
/* One flow of udp-flow: its sockets, what it sent and what arrived of it. */
#ifndef TESTS_FLOW_H
#define TESTS_FLOW_H

#include <stdio.h>

#include "util.h"

#define FLOW_MIN 16	/* bytes of the header in each packet */
#define FLOW_MAX 65000

struct flows {
	struct flow *flow;
	unsigned int n;
	int64_t gap;		/* between two packets of a flow, ns */
	unsigned long for_ms, drain_ms, count;
	unsigned int len, port;
	uint32_t mark;
	const char *ready;
	bool losses;
	int64_t begin;		/* when sending began, ns */
};

struct flow {
	const char *name, *from_ns, *to_ns;
	struct addr from, to;
	int sender, receiver;
	unsigned int port;

	int64_t next;		/* the next packet is due, ns */
	int64_t *sent_at;	/* by number */
	uint8_t *times;		/* it arrived, by number */
	uint32_t sent, room, errors;

	uint32_t received, duplicated, reordered, highest;
	int64_t last_at;	/* the last reception */
	int64_t newest;		/* when the newest that arrived was sent */
	int64_t gap, gap_at, delay_min, delay_max;
};

/* The clock of the kernel's reception timestamps, ns. */
int64_t flow_now(void);
void flow_open(const struct flows *flows, struct flow *flow, unsigned int port);
void flow_send(const struct flows *flows, struct flow *flow);
bool flow_done(const struct flows *flows, const struct flow *flow);
/* Takes all that has arrived. */
void flow_receive(const struct flows *flows, struct flow *flow);
/* One line; true if nothing was lost, duplicated or refused. */
bool flow_print(const struct flows *flows, struct flow *flow, FILE *out);

#endif
