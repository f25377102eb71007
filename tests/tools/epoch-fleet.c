// SPDX-License-Identifier: GPL-2.0
/*
 * Many gated clients with static keys, each in its own namespace, that rekey in
 * the same instant, round after round, as a key manager would do it: SAs at
 * both ends, the epoch announced, the policies switched, the old SAs deleted.
 * The pings come from the kernel's gate.
 */
#include <errno.h>
#include <linux/spinat_epoch.h>
#include <linux/spinat_masq.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "fleet.h"
#include "opt.h"

#define NAT_LOOK_US 25000

static const char help[] =
"Usage: epoch-fleet [OPTION]... NS,INTERFACE,ADDRESS[,INSIDE]...\n"
"Each argument is a client: its namespace, LAN interface, LAN address and, if\n"
"it is not the same, its address inside the tunnel. Several clients may be in\n"
"one namespace. All SAs and policies in the namespaces are replaced; the last\n"
"round's are left.\n"
"  --server-ns NS   namespace of the server; needed\n"
"  --server A       the server's outer address; needed\n"
"  --public A       address that the NAT gives all clients; needed\n"
"  --inner A        address inside the tunnels that the server has; needed\n"
"  --nat-ns NS      namespace of spinat_masq: a round lasts until it has all\n"
"                   pairs with evidence \"echo\"\n"
"  --server-gate    the server has gates, too, of role server\n"
"  --no-gate        nobody has; for contrast\n"
"  --cipher C       gcm (default) or cbc\n"
"  --rounds N       the first opens all tunnels, the others rekey; default 1\n"
"  --switch MS      the server uses the new SAs so long after the clients;\n"
"                   default 0\n"
"  --pause MS       between two rounds; default 500\n"
"  --limit S        of a round; default 20\n"
"Prints a line for each round and the totals, KEY=VALUE. Times are from the\n"
"instant, or to the last client of each round (\"all-\"). wrong are ESP packets\n"
"that arrived at a client and are another's; no-states is what the kernels\n"
"counted as XfrmInNoStates. Exit status 3: a client was stuck in a round, or\n"
"got a packet that is not its own.\n";

static void *grow(void *array, unsigned int n, size_t size)
{
	array = reallocarray(array, n + 1, size);
	if (!array)
		die("out of memory");
	memset((char *)array + n * size, 0, size);
	return array;
}

static unsigned int place_of(struct fleet *fleet, const char *ns,
			     const char *dev)
{
	unsigned int i;

	for (i = 0; i < fleet->n_places; i++)
		if (!strcmp(fleet->places[i].ns, ns))
			return i;
	fleet->places = grow(fleet->places, i, sizeof(*fleet->places));
	fleet->places[i].ns = ns;
	fleet->places[i].dev = dev;
	fleet->n_places++;
	return i;
}

static void parse_member(struct fleet *fleet, char *text)
{
	char *ns = strtok(text, ","), *dev = strtok(NULL, ",");
	char *lan = strtok(NULL, ","), *inner = strtok(NULL, ",");
	struct member *member;

	if (!lan)
		die("a client is NS,INTERFACE,ADDRESS[,INSIDE]");
	fleet->members = grow(fleet->members, fleet->n, sizeof(*member));
	member = &fleet->members[fleet->n];
	member->index = fleet->n++;
	member->place = place_of(fleet, ns, dev);
	member->now.local = addr_parse(lan);
	member->now.inner_local = addr_parse(inner ? inner : lan);
}

static void parse(struct fleet *fleet, int argc, char **argv)
{
	const struct opt opts[] = {
		OPT_TEXT("server-ns", &fleet->server_ns),
		OPT_ADDR("server", &fleet->server),
		OPT_ADDR("public", &fleet->public),
		OPT_ADDR("inner", &fleet->inner),
		OPT_TEXT("nat-ns", &fleet->nat_ns),
		OPT_FLAG("server-gate", &fleet->server_gate),
		OPT_SET("no-gate", &fleet->gate, false),
		OPT_CALL("cipher", &fleet->cipher, cipher_parse),
		OPT_NUMBER("rounds", &fleet->rounds, 1, 4095),
		OPT_NUMBER("switch", &fleet->switch_ms, 0, 60000),
		OPT_NUMBER("pause", &fleet->pause_ms, 0, 600000),
		OPT_NUMBER("limit", &fleet->limit_s, 1, 3600),
	};
	int i;

	for (i = opt_parse(argc, argv, opts, help); i < argc; i++)
		parse_member(fleet, argv[i]);
	if (!fleet->n || !fleet->server_ns || !fleet->server.family ||
	    !fleet->public.family || !fleet->inner.family)
		opt_usage(help);
}

static void open_all(struct fleet *fleet)
{
	struct tunnel tunnel;
	unsigned int i;

	for (i = 0; i < fleet->n_places; i++)
		place_open(fleet, &fleet->places[i], fleet->server.family);
	for (i = 0; i < fleet->n; i++)
		member_open(fleet, &fleet->members[i]);
	ns_enter(fleet->server_ns);
	fleet->server_xfrm = xfrm_open();
	xfrm_flush(fleet->server_xfrm);
	if (fleet->server_gate) {
		genl_open(&fleet->server_genl, SPINAT_EPOCH_FAMILY_NAME, NULL);
		for (i = 0; i < fleet->n; i++) {
			tunnel = member_at_server(fleet, &fleet->members[i].now);
			gate_tunnel(&fleet->server_genl, i,
				    SPINAT_EPOCH_ROLE_SERVER, &tunnel);
		}
	}
	if (fleet->nat_ns) {
		ns_enter(fleet->nat_ns);
		genl_open(&fleet->nat, SPINAT_MASQ_FAMILY_NAME, NULL);
	}
}

static int watch(struct fleet *fleet)
{
	int fd = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event event = { .events = EPOLLIN };
	unsigned int i;

	for (i = 0; i < fleet->n_places; i++) {
		event.data.u32 = i * 2;
		epoll_ctl(fd, EPOLL_CTL_ADD, fleet->places[i].packets, &event);
		if (!fleet->gate)
			continue;
		event.data.u32 = i * 2 + 1;
		epoll_ctl(fd, EPOLL_CTL_ADD, genl_fd(&fleet->places[i].events),
			  &event);
	}
	return fd;
}

static void receive(struct fleet *fleet, int epoll, int64_t until)
{
	struct epoll_event events[64];
	int64_t left = until - now_us();
	struct place *place;
	int i, n;

	n = epoll_wait(epoll, events, 64, left > 0 ? left / 1000 + 1 : 0);
	for (i = 0; i < n; i++) {
		place = &fleet->places[events[i].data.u32 / 2];
		if (events[i].data.u32 & 1)
			place_take_events(place);
		else
			place_take_packets(place);
	}
}

/* New SAs at both ends; nobody uses them yet. */
static void prepare(struct fleet *fleet)
{
	struct tunnel tunnel;
	unsigned int i;

	for (i = 0; i < fleet->n; i++) {
		struct member *member = &fleet->members[i];

		/* a key manager keeps old in-SAs for some seconds */
		if (member->old.out_spi) {
			tunnel = member_at_server(fleet, &member->old);
			xfrm_sa_del(fleet->server_xfrm, &tunnel, false);
			xfrm_sa_del(fleet->places[member->place].xfrm,
				    &member->old, false);
		}
		member_turn(fleet, member);
		tunnel = member_at_server(fleet, &member->now);
		xfrm_sas_add(fleet->server_xfrm, &tunnel);
		if (fleet->server_gate)
			gate_announce(&fleet->server_genl, i, &tunnel);
		xfrm_sas_add(fleet->places[member->place].xfrm, &member->now);
	}
}

static void switch_server(struct fleet *fleet)
{
	struct tunnel tunnel;
	unsigned int i;

	for (i = 0; i < fleet->n; i++) {
		struct member *member = &fleet->members[i];

		tunnel = member_at_server(fleet, &member->now);
		xfrm_policies_set(fleet->server_xfrm, &tunnel);
		if (!member->old.out_spi)
			continue;
		tunnel = member_at_server(fleet, &member->old);
		xfrm_sa_del(fleet->server_xfrm, &tunnel, true);
	}
}

static bool all_done(const struct fleet *fleet)
{
	unsigned int i;

	for (i = 0; i < fleet->n; i++)
		if ((fleet->gate && !fleet->members[i].proved_at) ||
		    (fleet->nat_ns && !fleet->members[i].paired_at))
			return false;
	return true;
}

static void run_round(struct fleet *fleet, int epoll)
{
	int64_t end, look, server_at;
	bool switched = false;
	unsigned int i;

	prepare(fleet);
	fleet->begin = now_us();
	end = fleet->begin + (int64_t)fleet->limit_s * 1000000;
	server_at = fleet->begin + (int64_t)fleet->switch_ms * 1000;
	look = fleet->begin;
	for (i = 0; i < fleet->n; i++)
		member_switch(fleet, &fleet->members[i]);
	while (now_us() < end && !(switched && all_done(fleet))) {
		if (!switched && now_us() >= server_at) {
			switch_server(fleet);
			switched = true;
		}
		if (fleet->nat_ns && now_us() >= look) {
			nat_look(fleet);
			look = now_us() + NAT_LOOK_US;
		}
		receive(fleet, epoll, now_us() + 10000);
	}
}

static void pass_time(struct fleet *fleet, int epoll)
{
	int64_t end = now_us() + (int64_t)fleet->pause_ms * 1000;

	while (now_us() < end)
		receive(fleet, epoll, end);
}

int main(int argc, char **argv)
{
	struct fleet fleet = {
		.gate = true, .rounds = 1, .pause_ms = 500, .limit_s = 20,
	};
	bool fine = true;
	unsigned int i;
	int epoll;

	parse(&fleet, argc, argv);
	open_all(&fleet);
	epoll = watch(&fleet);
	for (fleet.round = 1; fleet.round <= fleet.rounds; fleet.round++) {
		run_round(&fleet, epoll);
		fine &= fleet_print_round(&fleet, stdout);
		pass_time(&fleet, epoll);
	}
	for (i = 0; i < fleet.n_places; i++)
		place_close(&fleet.places[i]);
	fine &= fleet_print_totals(&fleet, stdout);
	return fine ? 0 : 3;
}
