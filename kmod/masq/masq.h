/* SPDX-License-Identifier: GPL-2.0 */
/*
 * spinat_masq: gives every IPsec client behind a NAT a conntrack zone of its
 * own, so that stock conntrack and the user's own NAT rules translate plain
 * ESP of many clients to one server.
 *
 * Objects and who owns them (all per network namespace, all written under
 * masq_net.lock, read under RCU where a hook does):
 *
 *	client	one inside address: zone, spare entries, caps
 *	site	one server as seen from one NAT address: open out-SPIs, turns
 *	flow	one client at one site
 *	out	one out-SPI (client -> server) of a flow
 *	in	one in-SPI (server -> client), of an out
 *	probe	what an out needs until its in-SPI is beyond doubt
 *
 * An out keeps its flow alive, a flow its client and its site; whoever is left
 * without the last of them is unlinked with it and freed after a grace period.
 */
#ifndef _SPINAT_MASQ_H
#define _SPINAT_MASQ_H

#include <linux/list.h>
#include <linux/netfilter.h>
#include <linux/rhashtable.h>
#include <linux/skbuff.h>
#include <linux/timer.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include <net/netns/generic.h>
#include <uapi/linux/spinat_masq.h>

#include "../common/counters.h"
#include "../common/held.h"
#include "../common/once.h"
#include "config.h"
#include "echo.h"
#include "hash.h"

/* In-SPIs that stay candidates of an out-SPI until strong evidence comes */
#define MASQ_IN_MAX		4
/* Entries kept ready for answers, so that inbound packets never allocate */
#define MASQ_SPARE_MAX		4
/* An SA whose ESP sequence number is higher has left its opening behind; a
 * server that sends 1,000 packets a second before it is proved gets there in 4 s
 */
#define MASQ_SEQ_LOW		4096
/* An SA that begins below this is certainly new */
#define MASQ_SEQ_NEW		16
/* A strong in-SPI that brought as many packets is not contradicted any more */
#define MASQ_SETTLED		16
/* An out-SPI may jump as far ahead while it moves to another address */
#define MASQ_SEQ_JUMP		65536
/* The two pings of a gate leave, and their replies come, back to back; its
 * tries are at least 20 ms apart.
 */
#define MASQ_QUICK_MS		16
/* As long after its first packet a guess may still be corrected by lengths */
#define MASQ_YOUNG		(30 * HZ)
/* Other clients of a server may be there still, unknown, as long after the NAT
 * first heard of it: gates whose NAT has forgotten them need less to be back.
 */
#define MASQ_SITE_YOUNG		(30 * HZ)
/* Packets of the in-SPI that may come between the two replies of a pair */
#define MASQ_PAIR_GAP		4
/* Where more out-SPIs ping at once, or another has the in-SPI by an echo, chance
 * is near enough that one match is not believed (tests/sim)
 */
#define MASQ_CROWD		8
/* Lengths a client may use at once, and new ones a second */
#define MASQ_LENGTH_BURST	64
#define MASQ_LENGTH_RATE	16

/* In nf_conntrack_zone.flags, which conntrack copies from the template into the
 * entry: the zone is a client's and not one of the user's own.
 */
#define MASQ_ZONE_OURS		0x80

/* Counters by SPINAT_MASQ_A_STATS_*, up to the last 64-bit one */
#define MASQ_N_STATS		(SPINAT_MASQ_A_STATS_DROP_NOMEM + 1)

struct masq_net;
struct nf_conn;

struct masq_addrs {
	union nf_inet_addr src;
	union nf_inet_addr dst;
	u8 family;
};

enum masq_kind {
	MASQ_FLOW,	/* src = client, dst = server */
	MASQ_SITE,	/* src = server, dst = NAT address */
};

/**
 * struct masq_node - what a packet's two addresses mean
 * @node: in masq_net.nodes
 * @addrs: source and destination of the packet
 * @kind: flow or site
 */
struct masq_node {
	struct rhash_head node;
	struct masq_addrs addrs;
	enum masq_kind kind;
};

/**
 * struct masq_prefix - the clients of one IPv6 /64
 * @node: in masq_net.prefixes
 * @unanswered: its clients that never got an answer, oldest first
 * @bits: first 8 bytes of the address
 * @n_clients: its clients
 * @rcu: frees it
 */
struct masq_prefix {
	struct rhash_head node;
	struct list_head unanswered;
	__be64 bits;
	u32 n_clients;
	struct rcu_head rcu;
};

/**
 * struct masq_client - one inside address
 * @node: in masq_net.clients
 * @addr: its address
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @answered: an in-SPI was paired with one of its out-SPIs
 * @zone: its conntrack zone
 * @n_spare: entries on @spare
 * @n_flows: servers it talks to
 * @n_outs: its out-SPIs
 * @n_open: its out-SPIs that were never answered
 * @n_held: its packets that wait for a turn
 * @n_spraying: its flows that use too many lengths
 * @next_id: number of its next out-SPI
 * @spare: entries for answers to come
 * @outs: its out-SPIs by rising masq_out.id
 * @open: its probes, oldest first
 * @unanswered: in masq_net.unanswered while nothing was answered
 * @prefix_link: in masq_prefix.unanswered, likewise
 * @prefix: its /64, NULL for IPv4
 * @rcu: frees it
 */
struct masq_client {
	struct rhash_head node;
	union nf_inet_addr addr;
	u8 family;
	bool answered;
	u16 zone;
	u8 n_spare;
	u32 n_flows;
	u32 n_outs;
	u32 n_open;
	u32 n_held;
	u32 n_spraying;
	u32 next_id;
	struct masq_in *spare;
	struct list_head outs;
	struct list_head open;
	struct list_head unanswered;
	struct list_head prefix_link;
	struct masq_prefix *prefix;
	struct rcu_head rcu;
};

/**
 * struct masq_half - the first half of what may become an echo
 * @when: jiffies
 * @seq: ESP sequence number
 * @len: ESP payload length; 0 if there is none
 */
struct masq_half {
	u32 when;
	u32 seq;
	u16 len;
};

/**
 * struct masq_sighting - an in-SPI whose client is not known, or in doubt
 * @spi: the in-SPI, 0 if the slot is free
 * @when: jiffies of its last packet
 * @half: the last packet that may be the first half of an echo
 * @pair: the two lengths that it brought last and that a client had sent
 * @match: zone of that client
 * @n_match: different pairs of lengths in a row that were that client's
 * @own: an SA of the router itself had it at that time
 */
struct masq_sighting {
	__be32 spi;
	u32 when;
	struct masq_half half;
	u32 pair;
	u16 match;
	u8 n_match;
	bool own;
};

#define MASQ_SEEN_WAYS	4

/**
 * struct masq_seen - sightings at a site, a small set-associative cache
 * @mask: number of sets - 1
 * @slot: the sightings
 */
struct masq_seen {
	u32 mask;
	struct masq_sighting slot[];
};

/**
 * struct masq_site - one server as seen from one NAT address
 * @n: its node
 * @since: jiffies when it was made
 * @n_flows: clients that live there
 * @flows: the clients that live there
 * @open: probes of its flows; who sent a quick pair last stands first
 * @queue: probes whose packets wait for a turn, oldest first
 * @busy: in masq_net.busy while there is a turn, a gap or a queue
 * @turn: the probe whose answers are awaited, or NULL
 * @turn_at: jiffies at which the turn began
 * @quiet_since: jiffies from which on no other turn begins for a while
 * @turn_answered: an answer came; others may have the turn after the gap
 * @seen: sightings, NULL if memory was short
 * @n_early: in-SPIs whose packets came too early and wait
 * @early_bytes: memory of these packets
 * @rcu: frees it
 */
struct masq_site {
	struct masq_node n;
	u32 since;
	u32 n_flows;
	struct list_head flows;
	struct list_head open;
	struct list_head queue;
	struct list_head busy;
	struct masq_probe *turn;
	u32 turn_at;
	u32 quiet_since;
	bool turn_answered;
	struct masq_seen *seen;
	u32 n_early;
	u32 early_bytes;
	struct rcu_head rcu;
};

/**
 * struct masq_flow - one client at one site
 * @n: its node
 * @site_link: in masq_site.flows
 * @client: the client
 * @site: the site; NULL until the NAT address is known (pins)
 * @n_outs: its out-SPIs
 * @tokens: new lengths it may still use
 * @tokens_at: jiffies when @tokens was filled up last
 * @gate_at: jiffies since when it opens like a gate
 * @gate_spent: it does or did, and no echo has come for it
 * @gated: an echo has come for it, at any time
 * @spraying: it used too many lengths; not a candidate for an echo
 * @pool_mismatch: its IKE leaves from another address
 * @rcu: frees it
 */
struct masq_flow {
	struct masq_node n;
	struct list_head site_link;
	struct masq_client *client;
	struct masq_site *site;
	u32 n_outs;
	u32 tokens;
	u32 tokens_at;
	u32 gate_at;
	bool gate_spent;
	bool gated;
	bool spraying;
	bool pool_mismatch;
	struct rcu_head rcu;
};

/**
 * struct masq_spi - what an out-SPI and an in-SPI have in common
 * @link: in masq_net.spis by the addresses of @at and @spi, so that one look-up
 *	serves packets of both directions
 * @at: the flow of an out-SPI, the site of an in-SPI; NULL for an in-SPI whose
 *	NAT address is not known yet; never NULL again after that, as readers
 *	may still stand on an entry that is taken out
 * @spi: the SPI
 * @last: jiffies of its last packet; written without the lock
 * @seq: highest ESP sequence number seen; written without the lock
 * @packets: packets seen; written without the lock
 * @evidence: enum spinat_masq_evidence; of an out-SPI the strongest of its
 *	in-SPIs
 * @inbound: it is an in-SPI
 * @queued: packets of the in-SPI that came before it had a client are not all
 *	delivered; others must go behind them
 * @n_ins: of an out-SPI: how many in-SPIs it has
 * @prev_zone: of an out-SPI: zone of the client it moved from, 0 if it never
 *	moved
 * @placed: it is in the table; @at stays what it was after that
 */
struct masq_spi {
	struct masq_link link;
	struct masq_node __rcu *at;
	__be32 spi;
	u32 last;
	u32 seq;
	u32 packets;
	u8 evidence;
	bool inbound;
	bool queued;
	bool placed;
	u8 n_ins;
	u16 prev_zone;
};

/**
 * struct masq_out - one out-SPI
 * @s: its SPI; its flow changes when the client roams
 * @by_server: in masq_net.outs by server and SPI
 * @client_link: in masq_client.outs
 * @rcu: frees it
 * @ins: its in-SPIs
 * @probe: non-NULL until the in-SPI is beyond doubt
 * @id: grows along masq_client.outs
 * @first: jiffies when it was first seen, or moved to its client
 */
struct masq_out {
	struct masq_spi s;
	struct masq_link by_server;
	union {
		struct list_head client_link;
		struct rcu_head rcu;
	};
	struct masq_in *ins;
	struct masq_probe *probe;
	u32 id;
	u32 first;
};

/**
 * struct masq_in - one in-SPI
 * @s: its SPI and site; its packets are those delivered to @out's client
 * @out: the out-SPI it answers; changes when evidence corrects it
 * @next: in masq_out.ins or masq_client.spare
 * @rcu: frees it
 */
struct masq_in {
	struct masq_spi s;
	struct masq_out __rcu *out;
	union {
		struct masq_in *next;
		struct rcu_head rcu;
	};
};

/**
 * struct masq_probe - what an out-SPI needs while its in-SPI is in doubt
 * @site_link: in masq_site.open
 * @client_link: in masq_client.open while it was never answered
 * @queue_link: in masq_site.queue while packets wait
 * @out: its out-SPI
 * @held: packets that wait
 * @ring: quick pairs of packets it sent
 * @first_seq: ESP sequence number it began with
 * @evicted: packets delivered by guesses that made room for others
 */
struct masq_probe {
	struct list_head site_link;
	struct list_head client_link;
	struct list_head queue_link;
	struct masq_out *out;
	struct list_head held;
	struct spinat_echo_ring ring;
	u32 first_seq;
	u32 evicted;
};

/**
 * struct masq_place - where to go on with all out-SPIs
 * @zone: client
 * @id: number of its last out-SPI that was looked at
 * @server: of the last one that was there still after that
 * @spi: the same one's SPI, 0 if there is none
 */
struct masq_place {
	unsigned long zone;
	union nf_inet_addr server;
	__be32 spi;
	u32 id;
};

/* Who negotiated lately, and which flows to leave alone: lossy on purpose */
#define MASQ_HINTS	256

struct masq_hint {
	u32 tag;
	u32 when;
};

/**
 * struct masq_net - everything of one network namespace
 * @net: the namespace
 * @hooks: its hooks, with this structure as their private data
 * @lock: protects all writes to the objects, the lists and the zones; taken
 *	with bottom halves off, by hooks, netlink and the workers
 * @nodes: flows and sites by (source, destination)
 * @clients: clients by address
 * @spis: all SPIs by (source, destination, SPI)
 * @outs: out-SPIs by (server, SPI)
 * @zones: clients by zone; what dumps and the collector walk
 * @zone_map: zones in use
 * @unanswered: clients that never got an answer, oldest first
 * @prefixes: IPv6 /64s that have clients
 * @busy: sites with a turn, a gap or a queue
 * @turn_timer: ends turns, gaps and holds
 * @gc: expires what is idle
 * @gc_at: where the collector goes on
 * @gen: grows when a dump may have missed or doubled a pair
 * @n_outs: out-SPIs
 * @n_clients: clients
 * @n_held: packets that wait for a turn
 * @early: slots for packets that came too early; NULL until two clients talk
 *	to one server
 * @early_free: slots that are free
 * @early_waiting: slots of in-SPIs that nobody has, oldest first
 * @early_ready: slots of in-SPIs that have a client now
 * @early_timer: drops what waited for too long
 * @n_early: packets that came too early and wait
 * @early_bytes: their memory
 * @own_tokens: slow own-SA look-ups left in this second
 * @own_at: jiffies when @own_tokens was filled up
 * @zones_full: a packet found no free zone
 * @pool_warned: said once that SNAT pools need "persistent"
 * @config: settings
 * @stats: counters, per CPU
 * @ike: recent IKE by (client, server)
 * @skip: flows to leave to stock conntrack from their next packet on
 */
struct masq_net {
	struct net *net;
	struct nf_hook_ops *hooks;
	spinlock_t lock;	/* all writes; see above */
	struct rhashtable nodes;
	struct rhashtable clients;
	struct masq_hash spis;
	struct masq_hash outs;
	struct xarray zones;
	unsigned long *zone_map;
	struct list_head unanswered;
	struct rhashtable prefixes;
	struct list_head busy;
	struct timer_list turn_timer;
	struct delayed_work gc;
	struct masq_place gc_at;
	u32 gen;
	u32 n_outs;
	u32 n_clients;
	u32 n_held;
	struct masq_early_table *early;
	struct list_head early_free;
	struct list_head early_waiting;
	struct list_head early_ready;
	struct timer_list early_timer;
	u32 n_early;
	u32 early_bytes;
	u32 own_tokens;
	u32 own_at;
	bool zones_full;
	bool pool_warned;
	struct spinat_masq_config config;
	struct spinat_counters __percpu *stats;
	struct masq_hint ike[MASQ_HINTS];
	struct masq_hint skip[MASQ_HINTS];
};

extern unsigned int spinat_masq_net_id;

static inline struct masq_net *masq_pernet(const struct net *net)
{
	return net_generic(net, spinat_masq_net_id);
}

/* The flow of an out-SPI; under RCU or the lock */
static inline struct masq_flow *masq_out_flow(const struct masq_out *out)
{
	return container_of(rcu_dereference_raw(out->s.at), struct masq_flow,
			    n);
}

/* The site of an in-SPI, or NULL; under RCU or the lock */
static inline struct masq_site *masq_in_site(const struct masq_in *in)
{
	struct masq_node *node = rcu_dereference_raw(in->s.at);

	return node ? container_of(node, struct masq_site, n) : NULL;
}

/* The out-SPI of an in-SPI; under RCU or the lock */
static inline struct masq_out *masq_in_out(const struct masq_in *in)
{
	return rcu_dereference_raw(in->out);
}

#define masq_count(mn, name) \
	spinat_counters_add((mn)->stats, SPINAT_MASQ_A_STATS_##name, 1)

/* The look-ups want RCU said, though bottom halves off would do. */
static inline void masq_lock(struct masq_net *mn)
{
	rcu_read_lock();
	spin_lock_bh(&mn->lock);
}

static inline void masq_unlock(struct masq_net *mn)
{
	spin_unlock_bh(&mn->lock);
	rcu_read_unlock();
}

static inline u32 masq_now(void)
{
	return (u32)jiffies;
}

/* Milliseconds since a time of masq_now(), for people */
static inline u32 masq_since(u32 when)
{
	return jiffies_to_msecs(masq_now() - when);
}

static inline bool masq_strong(u8 evidence)
{
	return evidence >= SPINAT_MASQ_EVIDENCE_ECHO;
}

/* table.c: the hash tables; look-ups take no reference */
void spinat_masq_table_seed(void);
int spinat_masq_table_init(struct masq_net *mn);
void spinat_masq_table_exit(struct masq_net *mn);
void masq_addrs_set(struct masq_addrs *a, u8 family,
		    const union nf_inet_addr *src,
		    const union nf_inet_addr *dst);
struct masq_node *masq_node_lookup(struct masq_net *mn,
				   const struct masq_addrs *addrs);
int masq_node_insert(struct masq_net *mn, struct masq_node *node);
void masq_node_remove(struct masq_net *mn, struct masq_node *node);
struct masq_spi *masq_spi_lookup(struct masq_net *mn,
				 const struct masq_addrs *addrs, __be32 spi);
struct masq_spi *masq_spi_lookup4(struct masq_net *mn, __be32 src, __be32 dst,
				  __be32 spi);
void masq_spi_insert(struct masq_net *mn, struct masq_spi *s);
void masq_spi_remove(struct masq_net *mn, struct masq_spi *s);
struct masq_in *masq_in_lookup(struct masq_net *mn,
			       const struct masq_site *site, __be32 spi);
struct masq_out *masq_out_lookup(struct masq_net *mn, u8 family,
				 const union nf_inet_addr *server, __be32 spi);
void masq_out_insert(struct masq_net *mn, struct masq_out *out);
void masq_out_remove(struct masq_net *mn, struct masq_out *out);
bool masq_table_wants_resize(const struct masq_net *mn);
void masq_table_resize(struct masq_net *mn);

/* flow.c: sites and flows */
struct masq_flow *masq_flow_make(struct masq_net *mn,
				 const struct masq_addrs *addrs,
				 const union nf_inet_addr *public,
				 u16 zone, int *err);
int masq_flow_resite(struct masq_net *mn, struct masq_flow *flow,
		     const union nf_inet_addr *public);
void masq_flow_release(struct masq_net *mn, struct masq_flow *flow);

/* spi.c: out-SPIs, in-SPIs, probes */
int spinat_masq_cache_init(void);
void spinat_masq_cache_exit(void);
struct masq_out *masq_out_make(struct masq_net *mn, struct masq_flow *flow,
			       __be32 spi, gfp_t gfp, int *err);
void masq_out_move(struct masq_net *mn, struct masq_out *out,
		   struct masq_flow *to);
void masq_out_resite(struct masq_net *mn, struct masq_out *out);
void masq_out_del(struct masq_net *mn, struct masq_out *out,
		  enum spinat_masq_reason why);
void masq_out_answered(struct masq_net *mn, struct masq_out *out);
void masq_out_flush_guesses(struct masq_net *mn, struct masq_out *out);
void masq_spare_fill(struct masq_client *client);
struct masq_in *masq_spare_take(struct masq_client *client);
struct masq_in *masq_in_alloc(gfp_t gfp);
void masq_in_free(struct masq_in *in);
int masq_in_bind(struct masq_net *mn, struct masq_in *in, struct masq_out *out,
		 __be32 spi, u8 evidence);
bool masq_in_move(struct masq_net *mn, struct masq_in *in,
		  struct masq_out *to, u8 evidence);
void masq_in_del(struct masq_net *mn, struct masq_in *in,
		 enum spinat_masq_reason why);
struct masq_probe *masq_probe_make(struct masq_out *out, u32 seq);
void masq_probe_close(struct masq_net *mn, struct masq_out *out);

/* client.c: clients, their zones and their caps */
struct masq_client *masq_client_lookup(struct masq_net *mn, u8 family,
				       const union nf_inet_addr *addr);
bool masq_zone_make_room(struct masq_net *mn);
int spinat_masq_client_init(struct masq_net *mn);
void spinat_masq_client_exit(struct masq_net *mn);
struct masq_client *masq_client_make(struct masq_net *mn, u8 family,
				     const union nf_inet_addr *addr, u16 zone,
				     int *err);
void masq_client_release(struct masq_net *mn, struct masq_client *client);
void masq_client_evict(struct masq_net *mn, struct masq_client *client);
bool masq_client_make_room(struct masq_net *mn, struct masq_client *client);
u16 masq_zone_pick(struct masq_net *mn, u8 family,
		   const union nf_inet_addr *addr);

/* walk.c: all out-SPIs, some at a time */
#define MASQ_GONE	1
typedef int (*masq_each_fn)(struct masq_net *mn, struct masq_out *out,
			    void *data);
int masq_walk(struct masq_net *mn, struct masq_place *place, masq_each_fn each,
	      void *data);

/* zone.c: templates and conntrack */
int spinat_masq_zone_init(void);
void spinat_masq_zone_exit(void);
bool masq_zone_attach(struct sk_buff *skb, u16 zone);
void masq_zone_renew(struct nf_conn *ct, u32 ticks);
void masq_zone_forget(struct net *net, u16 zone, const struct masq_addrs *a);
bool masq_zone_alive(struct net *net, u16 zone, const struct masq_addrs *a);
void masq_zone_clean(struct masq_net *mn);
int masq_ct_status(struct net *net, u16 zone, const struct masq_addrs *a,
		   bool *reply);
bool masq_ct_ike_public(struct net *net, const struct masq_addrs *a,
			union nf_inet_addr *public);

/* packet.c: what a packet is */
enum masq_what {
	MASQ_OTHER,
	MASQ_ESP,
	MASQ_QUOTE,	/* ICMP error that quotes ESP; fields are the quoted */
	MASQ_IKE,
};

/**
 * struct masq_packet - what the hooks want to know of a packet
 * @addrs: its source and destination
 * @spi: ESP's SPI
 * @seq: ESP's sequence number, low half of an ESN
 * @len: length of the IP payload, that is of ESP from the SPI to the ICV
 */
struct masq_packet {
	struct masq_addrs addrs;
	__be32 spi;
	u32 seq;
	u16 len;
};

enum masq_what masq_packet_parse(const struct sk_buff *skb, u8 family,
				 struct masq_packet *p);

/* learn.c: outbound */
unsigned int masq_learn(struct masq_net *mn, struct sk_buff *skb,
			struct nf_conn *ct, const struct masq_packet *p,
			const struct nf_hook_state *state);

/* judge.c: inbound packets of an in-SPI that is new or in doubt */
struct masq_verdict {
	bool drop;
	bool took;	/* the packet is not the hook's any more */
	u16 zone;	/* 0: leave the packet to stock conntrack */
};

struct masq_verdict masq_judge(struct masq_net *mn, struct sk_buff *skb,
			       const struct masq_packet *p,
			       const struct nf_hook_state *state);
void masq_judge_late(struct masq_net *mn, struct masq_site *site,
		     const struct masq_packet *p, u32 turn_at,
		     struct list_head *ready);

/* early.c: packets that came before somebody had their in-SPI */
bool masq_early_hold(struct masq_net *mn, struct masq_site *site,
		     const struct masq_packet *p, struct sk_buff *skb,
		     const struct nf_hook_state *state, bool late);
bool masq_early_follow(struct masq_net *mn, struct masq_in *in,
		       struct sk_buff *skb, const struct nf_hook_state *state,
		       bool *took);
bool masq_early_bound(struct masq_net *mn, struct masq_site *site, __be32 spi);
void masq_early_flush(struct masq_net *mn);
void masq_early_site_gone(struct masq_net *mn, struct masq_site *site);
void masq_early_dev_down(struct masq_net *mn, const struct net_device *dev);
void masq_early_prepare(struct masq_net *mn);
void spinat_masq_early_init(struct masq_net *mn);
void spinat_masq_early_exit(struct masq_net *mn);

/* seen.c: in-SPIs of nobody yet */
void masq_seen_grow(struct masq_site *site, u32 flows);
struct masq_sighting *masq_seen_find(struct masq_site *site, __be32 spi);
struct masq_sighting *masq_seen_note(struct masq_site *site,
				     const struct masq_packet *p);

/* own.c: the router's own SAs */
bool masq_own_sa(struct masq_net *mn, const struct sk_buff *skb,
		 const struct masq_packet *p, struct masq_site *site);

/* turn.c: one unanswered out-SPI at a time, and held packets */
bool masq_opens_like_gate(struct masq_net *mn, const struct masq_probe *probe);
bool masq_turn_may_send(struct masq_net *mn, struct masq_probe *probe);
void masq_turn_answered(struct masq_net *mn, struct masq_site *site,
			bool beyond_doubt);
bool masq_turn_awaits(struct masq_net *mn, const struct masq_site *site);
bool masq_turn_unanswered(const struct masq_site *site);
void masq_turn_drop(struct masq_net *mn, struct masq_probe *probe);
bool masq_hold(struct masq_net *mn, struct masq_probe *probe,
	       struct sk_buff *skb, const struct nf_hook_state *state);
void masq_turn_unqueue(struct masq_probe *probe, struct list_head *out);
void masq_release(struct masq_net *mn, struct list_head *held);
void masq_turn_dev_down(struct masq_net *mn, const struct net_device *dev);
void spinat_masq_turn_init(struct masq_net *mn);
void spinat_masq_turn_exit(struct masq_net *mn);

/* hint.c: who negotiates, whom to leave alone */
void masq_hint_set(struct masq_hint *hints, const struct masq_addrs *a);
bool masq_hint_get(const struct masq_hint *hints, const struct masq_addrs *a,
		   u32 *when);

/* gc.c */
void spinat_masq_gc_init(struct masq_net *mn);
void spinat_masq_gc_exit(struct masq_net *mn);
void spinat_masq_gc_hurry(struct masq_net *mn);

/* hooks.c */
void masq_resume(struct masq_net *mn, struct sk_buff *skb, u8 family, u16 zone,
		 int (*okfn)(struct net *net, struct sock *sk,
			     struct sk_buff *skb));
int spinat_masq_hooks_register(struct masq_net *mn);
void spinat_masq_hooks_unregister(struct masq_net *mn);

/* netlink.c, netlink_pair.c */
struct genl_family;
extern struct genl_family spinat_masq_nl_family;
int spinat_masq_nl_init(void);
void spinat_masq_nl_exit(void);
void masq_notify_enable(bool on);
void masq_notify(struct masq_net *mn, u8 cmd, const struct masq_out *out,
		 const struct masq_in *in, enum spinat_masq_reason why);

#endif
