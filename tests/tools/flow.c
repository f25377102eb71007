// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "flow.h"

/* What each packet begins with; the rest is zero. */
struct header {
	uint32_t magic, number;
	int64_t sent_at;
};

#define MAGIC 0x5f10e5f1

int64_t flow_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

static int udp_socket(const char *ns, const struct addr *bind_to,
		      unsigned int port)
{
	struct sockaddr_storage where;
	socklen_t len = addr_sockaddr(bind_to, &where);
	int size = 64 << 20, on = 1, fd;

	/* the port is at the same place in both families */
	((struct sockaddr_in *)&where)->sin_port = htons(port);
	ns_enter(ns);
	fd = socket(bind_to->family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
		    0);
	if (fd < 0)
		die_errno("opening a UDP socket in %s", ns);
	/* an address may be behind another that came meanwhile, or come later */
	if (setsockopt(fd, SOL_IP, IP_FREEBIND, &on, sizeof(on)) ||
	    bind(fd, (struct sockaddr *)&where, len))
		die_errno("binding a UDP socket in %s", ns);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size));
	setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on));
	return fd;
}

void flow_open(const struct flows *flows, struct flow *flow, unsigned int port)
{
	flow->port = port;
	flow->sender = udp_socket(flow->from_ns, &flow->from, port);
	flow->receiver = udp_socket(flow->to_ns, &flow->to, port);
	if (flows->mark && setsockopt(flow->sender, SOL_SOCKET, SO_MARK,
				      &flows->mark, sizeof(flows->mark)))
		die_errno("setting a mark");
	flow->delay_min = INT64_MAX;
}

bool flow_done(const struct flows *flows, const struct flow *flow)
{
	if (flows->count && flow->sent + flow->errors >= flows->count)
		return true;
	return flows->for_ms &&
	       flow->next >= flows->begin + (int64_t)flows->for_ms * 1000000;
}

static void make_room(struct flow *flow)
{
	if (flow->sent < flow->room)
		return;
	flow->room = flow->room ? flow->room * 2 : 1024;
	flow->sent_at = reallocarray(flow->sent_at, flow->room,
				     sizeof(*flow->sent_at));
	flow->times = realloc(flow->times, flow->room);
	if (!flow->sent_at || !flow->times)
		die("out of memory");
}

void flow_send(const struct flows *flows, struct flow *flow)
{
	static uint8_t buf[FLOW_MAX];
	struct header *header = (struct header *)buf;
	struct sockaddr_storage to;
	socklen_t len = addr_sockaddr(&flow->to, &to);

	((struct sockaddr_in *)&to)->sin_port = htons(flow->port);
	make_room(flow);
	*header = (struct header){
		.magic = MAGIC,
		.number = flow->sent,
		.sent_at = flow_now(),
	};
	flow->next += flows->gap;
	if (sendto(flow->sender, buf, flows->len, 0, (struct sockaddr *)&to,
		   len) < 0) {
		flow->errors++;
		return;
	}
	flow->sent_at[flow->sent] = header->sent_at;
	flow->times[flow->sent++] = 0;
}

/* Nothing came between the last reception, or the beginning, and "at". */
static void count_gap(const struct flows *flows, struct flow *flow, int64_t at)
{
	int64_t since = flow->last_at ? flow->last_at : flows->begin;

	if (at - since <= flow->gap)
		return;
	flow->gap = at - since;
	flow->gap_at = since - flows->begin;
}

static void count(const struct flows *flows, struct flow *flow,
		  const struct header *header, int64_t at)
{
	int64_t delay = at - header->sent_at;

	if (header->magic != MAGIC || header->number >= flow->sent)
		return;
	if (flow->times[header->number]) {
		flow->duplicated++;
		return;
	}
	flow->times[header->number] = 1;
	flow->received++;
	if (header->number < flow->highest)
		flow->reordered++;
	else
		flow->highest = header->number;
	count_gap(flows, flow, at);
	flow->last_at = at;
	if (header->sent_at > flow->newest)
		flow->newest = header->sent_at;
	if (delay < flow->delay_min)
		flow->delay_min = delay;
	if (delay > flow->delay_max)
		flow->delay_max = delay;
}

/* When the kernel got the packet; now, if it does not say. */
static int64_t arrival(struct msghdr *msg)
{
	struct cmsghdr *cmsg;
	struct timespec ts;

	for (cmsg = CMSG_FIRSTHDR(msg); cmsg; cmsg = CMSG_NXTHDR(msg, cmsg)) {
		if (cmsg->cmsg_level != SOL_SOCKET ||
		    cmsg->cmsg_type != SCM_TIMESTAMPNS)
			continue;
		memcpy(&ts, CMSG_DATA(cmsg), sizeof(ts));
		return ts.tv_sec * 1000000000LL + ts.tv_nsec;
	}
	return flow_now();
}

void flow_receive(const struct flows *flows, struct flow *flow)
{
	struct header header;
	struct iovec iov = { .iov_base = &header, .iov_len = sizeof(header) };
	char control[256];
	struct msghdr msg;

	for (;;) {
		msg = (struct msghdr){
			.msg_iov = &iov, .msg_iovlen = 1,
			.msg_control = control,
			.msg_controllen = sizeof(control),
		};
		if (recvmsg(flow->receiver, &msg, 0) < (ssize_t)sizeof(header))
			return;
		count(flows, flow, &header, arrival(&msg));
	}
}

static long ms(int64_t ns)
{
	return (ns + 500000) / 1000000;
}

static void print_losses(const struct flows *flows, const struct flow *flow,
			 FILE *out)
{
	uint32_t i, first;

	for (i = 0; i < flow->sent; i++) {
		if (flow->times[i])
			continue;
		for (first = i; i + 1 < flow->sent && !flow->times[i + 1]; i++)
			;
		fprintf(out, "# %s lost %u-%u %ld %ld\n", flow->name, first, i,
			ms(flow->sent_at[first] - flows->begin),
			ms(flow->sent_at[i] - flows->begin));
	}
}

bool flow_print(const struct flows *flows, struct flow *flow, FILE *out)
{
	int64_t from = -1, to = -1;
	uint32_t i;

	if (flow->sent)
		count_gap(flows, flow, flow->sent_at[flow->sent - 1]);
	for (i = 0; i < flow->sent; i++) {
		if (flow->times[i])
			continue;
		to = ms(flow->sent_at[i] - flows->begin);
		if (from < 0)
			from = to;
	}
	if (flows->losses)
		print_losses(flows, flow, out);
	fprintf(out, "%s sent=%u errors=%u received=%u lost=%u duplicated=%u "
		"reordered=%u gap-ms=%ld gap-at-ms=%ld delay-min-ms=%ld "
		"delay-max-ms=%ld lost-from-ms=%ld lost-to-ms=%ld\n",
		flow->name, flow->sent, flow->errors, flow->received,
		flow->sent - flow->received, flow->duplicated, flow->reordered,
		ms(flow->gap), ms(flow->gap_at),
		flow->received ? ms(flow->delay_min) : -1, ms(flow->delay_max),
		(long)from, (long)to);
	return flow->received == flow->sent && !flow->duplicated &&
	       !flow->errors;
}
