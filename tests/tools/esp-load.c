// SPDX-License-Identifier: GPL-2.0
/*
 * Many static-key ESP clients, each in its own namespace, that open their
 * tunnels to one server within a short window. Everything on the wire comes
 * from the kernel's own IPsec: this program only installs SAs and sends inner
 * pings, so a client that answers has really got its own packets.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "load.h"
#include "opt.h"

static const char help[] =
"Usage: esp-load [OPTION]... NS,INTERFACE,ADDRESS[,OUT-SPI,IN-SPI]...\n"
"Each argument is a client: its namespace, LAN interface, LAN address and, if\n"
"not random, its SPIs. All SAs and policies in the namespaces are replaced by\n"
"a new tunnel for each client.\n"
"  --server-ns NS     namespace of the server; needed\n"
"  --server A         the server's outer address; needed\n"
"  --public A         address that the NAT gives all clients; needed\n"
"  --inner A          address inside the tunnels that the server has; needed\n"
"  --pairs            pairs of pings of two random lengths, first 20-50 ms\n"
"                     apart, then backing off to 1 s, as a gate does (default)\n"
"  --same N           single pings with N bytes of payload, once a second\n"
"  --server-first N   the server sends data to the first N clients first\n"
"  --cipher C         gcm (default) or cbc\n"
"  --more N           tries of each client after its first answer; default 0\n"
"  --window MS        all clients open within this time; default 100\n"
"  --limit S          give up after so many seconds; default 30\n"
"  --drain MS         go on listening so long at the end; default 300\n"
"  --totals           print the totals only, on one line\n"
"Prints JSON. answer-ms is from a client's opening to its first reply, last-ms\n"
"from the begin of the window to the last client's first reply. esp-wrong are\n"
"ESP packets that arrived at a client and are not of its SA; no-states is what\n"
"its kernel counted as XfrmInNoStates. Exit status 3: not all were answered.\n";

static void parse_client(struct load *load, char *text)
{
	struct client *client;
	char *addr, *out_spi, *in_spi;

	load->clients = reallocarray(load->clients, load->n_clients + 1,
				     sizeof(*client));
	if (!load->clients)
		die("out of memory");
	client = &load->clients[load->n_clients++];
	memset(client, 0, sizeof(*client));
	client->ns = strtok(text, ",");
	client->dev = strtok(NULL, ",");
	addr = strtok(NULL, ",");
	if (!addr)
		die("a client is NS,INTERFACE,ADDRESS[,OUT-SPI,IN-SPI]");
	client->lan = addr_parse(addr);
	out_spi = strtok(NULL, ",");
	in_spi = strtok(NULL, ",");
	if (!in_spi)
		return;
	client->tunnel.out_spi = number(out_spi, "OUT-SPI", 256, UINT32_MAX);
	client->tunnel.in_spi = number(in_spi, "IN-SPI", 256, UINT32_MAX);
}

static void parse_same(void *to, char *text)
{
	struct load *load = to;

	load->mode = LOAD_SAME;
	load->same_len = number(text, "--same", 0, 1400);
}

static void parse(struct load *load, bool *totals, int argc, char **argv)
{
	const struct opt opts[] = {
		OPT_TEXT("server-ns", &load->server_ns),
		OPT_ADDR("server", &load->server),
		OPT_ADDR("public", &load->public),
		OPT_ADDR("inner", &load->inner),
		OPT_SET("pairs", &load->mode, LOAD_PAIRS),
		OPT_CALL("same", load, parse_same),
		OPT_NUMBER("server-first", &load->n_server_first, 0, 65535),
		OPT_CALL("cipher", &load->cipher, cipher_parse),
		OPT_NUMBER("more", &load->more, 0, 10000),
		OPT_NUMBER("window", &load->window_ms, 1, 60000),
		OPT_NUMBER("limit", &load->limit_s, 1, 3600),
		OPT_NUMBER("drain", &load->drain_ms, 0, 60000),
		OPT_FLAG("totals", totals),
	};
	int i;

	for (i = opt_parse(argc, argv, opts, help); i < argc; i++)
		parse_client(load, argv[i]);
	if (!load->n_clients || !load->server_ns || !load->server.family ||
	    !load->public.family || !load->inner.family)
		opt_usage(help);
}

static uint32_t new_spi(const struct load *load)
{
	const struct tunnel *tunnel;
	uint32_t spi;
	unsigned int i;
again:
	spi = random_range(0x10000, UINT32_MAX - 1);
	for (i = 0; i < load->n_clients; i++) {
		tunnel = &load->clients[i].tunnel;
		if (tunnel->out_spi == spi || tunnel->in_spi == spi)
			goto again;
	}
	return spi;
}

/* The same tunnel as the server sees it: behind the NAT's address. */
static struct tunnel server_end(const struct load *load,
				const struct tunnel *client)
{
	struct tunnel server = *client;

	server.local = client->remote;
	server.remote = load->public;
	server.inner_local = client->inner_remote;
	server.inner_remote = client->inner_local;
	server.out_spi = client->in_spi;
	server.in_spi = client->out_spi;
	return server;
}

static void open_all(struct load *load)
{
	struct tunnel tunnel;
	struct client *client;
	unsigned int i;
	int fd;

	for (i = 0; i < load->n_clients; i++) {
		client = &load->clients[i];
		if (!client->tunnel.out_spi) {
			client->tunnel.out_spi = new_spi(load);
			client->tunnel.in_spi = new_spi(load);
		}
		client->more = load->more;
		client_open(load, client, i);
	}
	ns_enter(load->server_ns);
	fd = xfrm_open();
	xfrm_flush(fd);
	for (i = 0; i < load->n_clients; i++) {
		tunnel = server_end(load, &load->clients[i].tunnel);
		xfrm_tunnel_add(fd, &tunnel);
	}
	close(fd);
	load->server_icmp = load_icmp_socket(&load->inner);
}

static void schedule(struct load *load)
{
	struct client *client;
	unsigned int i;
	int64_t ahead;

	load->begin = now_us() + 150000;
	for (i = 0; i < load->n_clients; i++) {
		client = &load->clients[i];
		client->start = load->begin +
				random_range(0, load->window_ms * 1000);
		client->next = client->start;
		client->server_first = i < load->n_server_first;
		ahead = random_range(0, 100000);
		client->server_next = client->start - ahead;
	}
}

static int watch(struct load *load)
{
	int fd = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event event = { .events = EPOLLIN };
	struct client *client;
	unsigned int i;

	for (i = 0; i < load->n_clients; i++) {
		client = &load->clients[i];
		event.data.u32 = i * 2;
		epoll_ctl(fd, EPOLL_CTL_ADD, client->icmp, &event);
		event.data.u32 = i * 2 + 1;
		epoll_ctl(fd, EPOLL_CTL_ADD, client->packets, &event);
	}
	return fd;
}

/* Sends what is due; returns when something is due next, 0 for never. */
static int64_t send_due(struct load *load, int64_t now)
{
	struct client *client;
	int64_t soonest = 0;
	unsigned int i;

	for (i = 0; i < load->n_clients; i++) {
		client = &load->clients[i];
		if (client->server_first && !client->answered) {
			if (client->server_next <= now)
				client_server_speaks(load, client, now);
			if (!soonest || client->server_next < soonest)
				soonest = client->server_next;
		}
		if (client->answered && !client->more)
			continue;
		if (client->next <= now)
			client_try(load, client, now);
		if (!soonest || client->next < soonest)
			soonest = client->next;
	}
	return soonest;
}

static void receive(struct load *load, int epoll, int64_t until)
{
	struct epoll_event events[64];
	int64_t left = until - now_us();
	struct client *client;
	int i, n;

	/* ICMP replies of clients are not read; they must not fill the socket */
	while (recv(load->server_icmp, events, sizeof(events), 0) > 0)
		;
	n = epoll_wait(epoll, events, 64, left > 0 ? left / 1000 + 1 : 0);
	for (i = 0; i < n; i++) {
		client = &load->clients[events[i].data.u32 / 2];
		if (events[i].data.u32 & 1)
			client_receive_packets(client);
		else
			client_receive_icmp(client);
	}
}

static void run(struct load *load)
{
	int64_t end = load->begin + load->limit_s * 1000000LL;
	int epoll = watch(load);
	int64_t next;

	for (;;) {
		next = send_due(load, now_us());
		if (!next || now_us() >= end)
			break;
		receive(load, epoll, next < end ? next : end);
	}
	end = now_us() + load->drain_ms * 1000;
	while (now_us() < end)
		receive(load, epoll, end);
}

int main(int argc, char **argv)
{
	struct load load = { .window_ms = 100, .limit_s = 30, .drain_ms = 300 };
	bool totals = false, all = true;
	unsigned int i;

	parse(&load, &totals, argc, argv);
	open_all(&load);
	schedule(&load);
	run(&load);
	for (i = 0; i < load.n_clients; i++) {
		client_close(&load.clients[i]);
		all &= !!load.clients[i].answered;
	}
	load_report(&load, totals, stdout);
	return all ? 0 : 3;
}
