// SPDX-License-Identifier: GPL-2.0
/*
 * spinat_masq without hooks and netlink: the tables, and what its files want of
 * those that are not here. Conntrack and the key manager are the kernel's own,
 * which know nothing of these addresses.
 */
#include "world.h"

#include "../../kmod/masq/client.c"
#include "../../kmod/masq/flow.c"
#include "../../kmod/masq/learn.c"
#include "../../kmod/masq/own.c"
#include "../../kmod/masq/spi.c"
#include "../../kmod/masq/table.c"
#include "../../kmod/masq/turn.c"
/* What conntrack knows of a flow is what a test says. */
#define masq_ct_status real_ct_status
#include "../../kmod/masq/zone.c"
#undef masq_ct_status

#define SERVER	0xcb007101	/* 203.0.113.1 */
#define PUBLIC	0xc6336401	/* 198.51.100.1 */
#define CLIENTS	0x0a000000	/* 10.0.0.0 */

unsigned long test_clock;
unsigned int spinat_masq_net_id;
static u32 sent, newest, late, to_come;
static int ct_status;
/* Who sends a packet whenever one is delivered that has waited */
static struct {
	struct world *w;
	u32 spi, seq;
} busy;

int masq_ct_status(struct net *net, u16 zone, const struct masq_addrs *a,
		   bool *reply)
{
	*reply = false;
	return zone ? -ENOENT : ct_status;
}

void world_ct_status(int status)
{
	ct_status = status;
}

void world_early(struct world *w)
{
	world_set(w, EARLY_TIME, 400);
	masq_lock(&w->mn);
	masq_early_prepare(&w->mn);
	masq_unlock(&w->mn);
}

void spinat_masq_gc_hurry(struct masq_net *mn)
{
}

void masq_notify(struct masq_net *mn, u8 cmd, const struct masq_out *out,
		 const struct masq_in *in, enum spinat_masq_reason why)
{
	container_of(mn, struct world, mn)->ntf[cmd]++;
}

void masq_resume(struct masq_net *mn, struct sk_buff *skb, u8 family, u16 zone,
		 int (*okfn)(struct net *net, struct sock *sk,
			     struct sk_buff *skb))
{
	okfn(mn->net, NULL, skb);
}

/* Two weeks from now and shortly before 32 bits overflow, so that the kernel
 * never runs a timer that was set by this clock.
 */
static void clock_set(void)
{
	test_clock = (2UL << 32) - HZ;
}

struct world *world_make(struct kunit *test)
{
	struct world *w = kzalloc(sizeof(*w), GFP_KERNEL);
	struct masq_net *mn = &w->mn;

	must(w);
	clock_set();
	sent = 0;
	newest = 0;
	late = 0;
	to_come = 0;
	ct_status = -ENOENT;
	spinat_masq_table_seed();
	must(!spinat_masq_cache_init());
	mn->net = &init_net;
	spin_lock_init(&mn->lock);
	spinat_masq_config_init(&mn->config, true);
	/* Tests of what waits switch it on. */
	world_set(w, EARLY_TIME, 0);
	spinat_masq_turn_init(mn);
	spinat_masq_early_init(mn);
	mn->stats = spinat_counters_alloc(MASQ_N_STATS);
	must(mn->stats);
	must(!spinat_masq_table_init(mn));
	must(!spinat_masq_client_init(mn));
	return w;
}

void world_end(struct world *w)
{
	struct masq_net *mn = &w->mn;
	struct masq_client *client;
	unsigned long zone;

	xa_for_each(&mn->zones, zone, client) {
		masq_lock(mn);
		masq_client_evict(mn, client);
		masq_unlock(mn);
	}
	spinat_masq_early_exit(mn);
	spinat_masq_turn_exit(mn);
	spinat_masq_client_exit(mn);
	spinat_masq_table_exit(mn);
	free_percpu(mn->stats);
	spinat_masq_cache_exit();
	kfree(w);
}

/* The kernel's own clock will not, see clock_set(). */
static void timer_run(struct timer_list *t)
{
	if (timer_pending(t) && time_after_eq(test_clock, t->expires) &&
	    timer_delete_sync(t))
		t->function(t);
}

void pass(struct world *w, u32 ms)
{
	unsigned long end = test_clock + msecs_to_jiffies(ms);

	while (test_clock != end) {
		test_clock++;
		timer_run(&w->mn.turn_timer);
		timer_run(&w->mn.early_timer);
	}
	w->sent = sent;
	w->late = late;
}

/* A packet of the server's goes on to its client, its number in its mark. */
static void goes_on(u32 seq)
{
	late += seq < newest;
	newest = max(newest, seq);
}

static int sink(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	sent++;
	goes_on(skb->mark);
	if (to_come) {
		to_come--;
		in(busy.w, busy.spi, busy.seq++, 1400);
	}
	kfree_skb(skb);
	return 0;
}

void busy_server(struct world *w, u32 spi, u32 seq, u32 n)
{
	busy.w = w;
	busy.spi = spi;
	busy.seq = seq;
	to_come = n;
}

static struct masq_packet packet(u32 src, u32 dst, u32 spi, u32 seq, u32 len)
{
	return (struct masq_packet) {
		.addrs = {
			.src.ip6 = { htonl(src) },
			.dst.ip6 = { htonl(dst) },
			.family = NFPROTO_IPV4,
		},
		.spi = htonl(spi),
		.seq = seq,
		.len = len,
	};
}

/* As conntrack gives it a packet of a client, whose zone was picked before */
static struct nf_conn *ct_make(struct world *w, u32 client)
{
	const union nf_inet_addr addr = { .ip6 = { htonl(CLIENTS + client) } };
	struct masq_client *known;
	struct nf_conn *ct;
	u16 zone;

	masq_lock(&w->mn);
	known = masq_client_lookup(&w->mn, NFPROTO_IPV4, &addr);
	zone = known ? known->zone :
		       masq_zone_pick(&w->mn, NFPROTO_IPV4, &addr);
	masq_unlock(&w->mn);
	ct = tmpl_alloc(zone, GFP_KERNEL);
	if (ct)
		ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple.src.u3 = addr;
	return ct;
}

unsigned int out(struct world *w, u32 client, u32 spi, u32 seq, u32 len)
{
	const struct masq_packet p = packet(PUBLIC, SERVER, spi, seq, len);
	const struct nf_hook_state state = {
		.hook = NF_INET_POST_ROUTING,
		.pf = NFPROTO_IPV4,
		.net = &init_net,
		.okfn = sink,
	};
	struct sk_buff *skb = alloc_skb(64, GFP_KERNEL);
	struct nf_conn *ct = ct_make(w, client);
	unsigned int verdict = NF_DROP;

	if (skb && ct)
		verdict = masq_learn(&w->mn, skb, ct, &p, &state);
	if (verdict != NF_STOLEN)
		kfree_skb(skb);
	if (ct)
		nf_ct_put(ct);
	w->sent = sent;
	return verdict;
}

u32 client_of(struct world *w, u32 zone)
{
	struct masq_client *client = xa_load(&w->mn.zones, zone);

	return client ? ntohl(client->addr.ip) - CLIENTS : 0;
}

int in(struct world *w, u32 spi, u32 seq, u32 len)
{
	const struct masq_packet p = packet(SERVER, PUBLIC, spi, seq, len);
	const struct nf_hook_state state = {
		.hook = NF_INET_PRE_ROUTING,
		.pf = NFPROTO_IPV4,
		.in = init_net.loopback_dev,
		.net = &init_net,
		.okfn = sink,
	};
	struct sk_buff *skb = alloc_skb(64, GFP_ATOMIC);
	struct masq_verdict verdict = { .drop = true };

	if (skb) {
		skb->dev = init_net.loopback_dev;
		skb->mark = seq;
		verdict = masq_judge(&w->mn, skb, &p, &state);
	}
	if (!verdict.took)
		kfree_skb(skb);
	w->sent = sent;
	if (verdict.took)
		return TAKEN;
	if (verdict.zone)
		goes_on(seq);
	return verdict.drop ? DROPPED : client_of(w, verdict.zone);
}

u64 counted(struct world *w, int stats)
{
	return spinat_counters_read(w->mn.stats, stats);
}

struct masq_in *in_of(struct world *w, u32 spi)
{
	const struct masq_packet p = packet(SERVER, PUBLIC, spi, 0, 0);
	struct masq_spi *s;

	rcu_read_lock();
	s = masq_spi_lookup(&w->mn, &p.addrs, p.spi);
	rcu_read_unlock();
	return s && s->inbound ? container_of(s, struct masq_in, s) : NULL;
}

struct masq_out *out_of(struct world *w, u32 spi)
{
	const union nf_inet_addr server = { .ip6 = { htonl(SERVER) } };
	struct masq_out *known;

	rcu_read_lock();
	known = masq_out_lookup(&w->mn, NFPROTO_IPV4, &server, htonl(spi));
	rcu_read_unlock();
	return known;
}

int evidence(struct world *w, u32 spi)
{
	const struct masq_in *known = in_of(w, spi);

	return known ? known->s.evidence : -1;
}
