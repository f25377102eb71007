// SPDX-License-Identifier: GPL-2.0
/*
 * Flows of numbered UDP packets between namespaces. One process sends and
 * receives them all, so one clock times them and one process pays for them.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "flow.h"
#include "opt.h"

#define STOP_DRAIN_MS 500

static const char help[] =
"Usage: udp-flow [OPTION]... NAME,FROM-NS,FROM-ADDRESS,TO-NS,TO-ADDRESS...\n"
"Each argument is a flow of numbered UDP packets, in one direction, between\n"
"two network namespaces that have these addresses.\n"
"  --rate N       packets per second of each flow; default 100\n"
"  --for MS       stop sending after so many milliseconds; without it at\n"
"                 SIGINT or SIGTERM\n"
"  --count N      stop sending after N packets of each flow\n"
"  --drain MS     go on listening until nothing came for so long; default 500,\n"
"                 at most 500 after a signal\n"
"  --len N        bytes of UDP payload; 16 to 65000, default 100\n"
"  --mark N       fwmark of the packets sent\n"
"  --port N       the first flow's port, the next has the next; default 40000\n"
"  --losses       before each line those with \"#\" for what was lost in a row:\n"
"                 \"# NAME lost FIRST-LAST FROM-MS TO-MS\"\n"
"  --ready FILE   create FILE when all sockets are open\n"
"Prints a line for each flow, NAME KEY=VALUE..., with\n"
"  sent, errors     packets that the kernel took, and refused\n"
"  received, lost, duplicated, reordered\n"
"                   by their numbers; reordered: after one of a later number\n"
"  gap-ms, gap-at-ms\n"
"                   the longest time between two receptions, or from the last\n"
"                   to the end of sending, and when it began since the first\n"
"                   packet was sent\n"
"  delay-min-ms, delay-max-ms\n"
"                   from sending to reception\n"
"  lost-from-ms, lost-to-ms\n"
"                   when the first and the last lost one were sent, -1 if none\n"
"Exit status 3: a packet of some flow was lost, duplicated or refused.\n";

static volatile sig_atomic_t stop;

static void on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

static void parse_flow(struct flows *flows, char *text)
{
	struct flow *flow;
	char *from, *to;

	flows->flow = reallocarray(flows->flow, flows->n + 1, sizeof(*flow));
	if (!flows->flow)
		die("out of memory");
	flow = &flows->flow[flows->n++];
	memset(flow, 0, sizeof(*flow));
	flow->name = strtok(text, ",");
	flow->from_ns = strtok(NULL, ",");
	from = strtok(NULL, ",");
	flow->to_ns = strtok(NULL, ",");
	to = strtok(NULL, ",");
	if (!to)
		die("a flow is NAME,FROM-NS,FROM-ADDRESS,TO-NS,TO-ADDRESS");
	flow->from = addr_parse(from);
	flow->to = addr_parse(to);
}

static void parse_rate(void *to, char *text)
{
	struct flows *flows = to;

	flows->gap = 1000000000 / number(text, "--rate", 1, 100000);
}

static void parse(struct flows *flows, int argc, char **argv)
{
	const struct opt opts[] = {
		OPT_CALL("rate", flows, parse_rate),
		OPT_NUMBER("for", &flows->for_ms, 1, 86400000),
		OPT_NUMBER("count", &flows->count, 1, UINT32_MAX),
		OPT_NUMBER("drain", &flows->drain_ms, 0, 600000),
		OPT_NUMBER("len", &flows->len, FLOW_MIN, FLOW_MAX),
		OPT_NUMBER("mark", &flows->mark, 0, UINT32_MAX),
		OPT_NUMBER("port", &flows->port, 1, 65535),
		OPT_TEXT("ready", &flows->ready),
		OPT_FLAG("losses", &flows->losses),
	};
	int i;

	for (i = opt_parse(argc, argv, opts, help); i < argc; i++)
		parse_flow(flows, argv[i]);
	if (!flows->n)
		opt_usage(help);
}

static int open_all(struct flows *flows)
{
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event event = { .events = EPOLLIN };
	unsigned int i;
	FILE *file;

	for (i = 0; i < flows->n; i++) {
		flow_open(flows, &flows->flow[i], flows->port + i);
		event.data.u32 = i;
		epoll_ctl(epoll, EPOLL_CTL_ADD, flows->flow[i].receiver, &event);
	}
	if (flows->ready) {
		file = fopen(flows->ready, "w");
		if (!file || fclose(file))
			die_errno("creating %s", flows->ready);
	}
	return epoll;
}

/* Receives until "until"; returns whether anything came. */
static bool receive(struct flows *flows, int epoll, int64_t until)
{
	int64_t left = until - flow_now();
	struct timespec timeout = {
		.tv_sec = left > 0 ? left / 1000000000 : 0,
		.tv_nsec = left > 0 ? left % 1000000000 : 0,
	};
	struct pollfd ready = { .fd = epoll, .events = POLLIN };
	struct epoll_event events[64];
	int i, n;

	/* epoll_pwait2() does both, since kernel 5.11 */
	n = ppoll(&ready, 1, &timeout, NULL);
	if (n > 0)
		n = epoll_wait(epoll, events, 64, 0);
	for (i = 0; i < n; i++)
		flow_receive(flows, &flows->flow[events[i].data.u32]);
	return n > 0;
}

/* Sends what is due; false when nothing will be due any more. */
static bool send_due(struct flows *flows, int64_t now, int64_t *next)
{
	bool more = false;
	unsigned int i;

	*next = now + 1000000000;
	for (i = 0; i < flows->n; i++) {
		struct flow *flow = &flows->flow[i];

		/* what is late is sent at once: the number of packets counts */
		while (flow->next <= now && !flow_done(flows, flow))
			flow_send(flows, flow);
		if (flow_done(flows, flow))
			continue;
		more = true;
		if (flow->next < *next)
			*next = flow->next;
	}
	return more;
}

/* Until nothing came for so long, which is shorter once it is told to stop. */
static int64_t drain_ns(const struct flows *flows)
{
	unsigned long ms = flows->drain_ms;

	if (stop && ms > STOP_DRAIN_MS)
		ms = STOP_DRAIN_MS;
	return (int64_t)ms * 1000000;
}

static void run(struct flows *flows, int epoll)
{
	int64_t next, quiet;
	unsigned int i;

	flows->begin = flow_now();
	/* spread over the first gap, else all would be sent in one burst */
	for (i = 0; i < flows->n; i++)
		flows->flow[i].next = flows->begin + flows->gap * i / flows->n;
	while (!stop && send_due(flows, flow_now(), &next))
		receive(flows, epoll, next);
	quiet = flow_now();
	do {
		if (receive(flows, epoll, flow_now() + 50000000))
			quiet = flow_now();
	} while (flow_now() < quiet + drain_ns(flows));
}

int main(int argc, char **argv)
{
	struct flows flows = {
		.gap = 10000000, .drain_ms = 500, .len = 100, .port = 40000,
	};
	struct sigaction action = { .sa_handler = on_signal };
	bool whole = true;
	unsigned int i;
	int epoll;

	parse(&flows, argc, argv);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	epoll = open_all(&flows);
	run(&flows, epoll);
	for (i = 0; i < flows.n; i++)
		whole &= flow_print(&flows, &flows.flow[i], stdout);
	return whole ? 0 : 3;
}
