/* SPDX-License-Identifier: GPL-2.0 */
/*
 * spinat_epoch: holds the data of a new pair of SAs until a control ping has
 * come back through it, and watches the pair from then on.
 *
 * Objects (all per network namespace, all written under epoch_net.lock):
 *
 *	tunnel	what lasts: a peer, settings, failures, bytes spent
 *	epoch	one out-SA to the peer of a tunnel and, once it is announced,
 *		the in-SA that goes with it
 *
 * A hook finds the epoch of a packet by the SA that the packet's route names,
 * or that decrypted it, in one hash table of SAs, under RCU. An epoch holds a
 * reference to its SAs, so that an address in the table is never another SA's.
 *
 * Lock order: xfrm_state.lock (the key manager may be notified under it), then
 * epoch_net.lock. Nothing is sent under epoch_net.lock, as that takes the
 * former: what is to be sent is collected in a struct epoch_todo.
 */
#ifndef _SPINAT_EPOCH_H
#define _SPINAT_EPOCH_H

#include <linux/list.h>
#include <linux/netfilter.h>
#include <linux/rhashtable.h>
#include <linux/skbuff.h>
#include <linux/timer.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include <net/netns/generic.h>
#include <net/xfrm.h>

#include "../common/counters.h"
#include "../common/held.h"
#include "../common/once.h"
#include "budget.h"
#include "gate.h"
#include "limits.h"
#include "ping.h"

/* Counters by SPINAT_EPOCH_A_STATS_*, up to the last 64-bit one */
#define EPOCH_N_STATS		(SPINAT_EPOCH_A_STATS_UNGATED + 1)
#define EPOCH_NAME_SIZE		64
#define EPOCH_PEER_BITS		10
/* Rounds in which what came while held packets were sent is sent as well, to
 * keep the order; under a flood the gate opens nevertheless.
 */
#define EPOCH_FLUSH_ROUNDS	16

/**
 * struct epoch_inner - whom to ping
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6, NFPROTO_UNSPEC if not known
 * @source: inner address on this side
 * @target: inner address on the other
 */
struct epoch_inner {
	u8 family;
	union nf_inet_addr source;
	union nf_inet_addr target;
};

/**
 * struct epoch_tunnel - what lasts over many epochs
 * @by_name: in epoch_net.by_name
 * @by_peer: in epoch_net.peers
 * @name: its name
 * @id: its number, in epoch_net.tunnels
 * @family: of @peer
 * @peer: outer address of the peer
 * @if_id: of the SAs
 * @mark: that finds the SAs
 * @inner: whom to ping
 * @settings: how its gates behave
 * @asks: what it asked for
 * @budget: what its pings cost
 * @epochs: its epochs, oldest first
 * @newest: announced last, or NULL
 * @n_epochs: how many
 * @ping_cost: bytes of a ping and its answer, of the newest epoch
 * @pings: sent
 * @proofs: came back
 */
struct epoch_tunnel {
	struct hlist_node by_name;
	struct hlist_node by_peer;
	char name[EPOCH_NAME_SIZE];
	u32 id;
	u8 family;
	union nf_inet_addr peer;
	u32 if_id;
	u32 mark;
	struct epoch_inner inner;
	struct spinat_settings settings;
	struct spinat_gate_asks asks;
	struct spinat_budget budget;
	struct list_head epochs;
	struct epoch *newest;
	u32 n_epochs;
	u32 ping_cost;
	u64 pings;
	u64 proofs;
};

/**
 * struct epoch_sa - one SA of an epoch
 * @node: in epoch_net.sas
 * @x: the SA, with a reference; NULL if it is not known yet
 * @epoch: whose it is
 * @inbound: from the peer
 * @key: for the cookies of requests that go through it
 */
struct epoch_sa {
	struct rhash_head node;
	struct xfrm_state *x;
	struct epoch *epoch;
	bool inbound;
	siphash_key_t key;
};

/**
 * struct epoch - a pair of SAs
 * @out: the SA to the peer
 * @in: the SA from the peer
 * @en: its namespace
 * @passes: data flows; written under the lock, read without
 * @sent: jiffies of the last data; written by the hook without the lock
 * @waiting: jiffies of the first data after which nothing came back; likewise
 * @received: jiffies when it was seen last that packets had come in; likewise
 * @received_packets: what the in-SA had counted then; likewise
 * @has_sent: there was data; likewise
 * @has_received: there was a packet; likewise
 * @stale_ticks: jiffies that data may wait for an answer, 0 for ever
 * @tunnel: its tunnel
 * @link: in epoch_tunnel.epochs
 * @id: its number, in epoch_net.epochs
 * @own_inner: whom to ping was said of this epoch, not of the tunnel
 * @inner: whom to ping
 * @gate: state machine
 * @timer: for the gate's next tick; armed under the lock only
 * @gone: it is unlinked, the timer is not armed again
 * @flushing: somebody sends what was held
 * @held: packets that wait
 * @n_held: how many; those being sent are not counted
 * @held_bytes: memory they take
 * @awaited: numbers of pings that have no answer
 * @peer_seen: numbers of the peer's pings
 * @ping_sent: when a ping of a number was sent, ns, by number
 * @step: ESP packets of its SAs have lengths this far apart
 * @overhead: bytes on the wire around an inner packet, without padding
 * @lengths_hidden: TFC padding makes all packets equally long
 * @born: ms
 * @idle_at: ms, when it was pinged because nothing came in
 * @held_since: ms, of the first packet held
 * @rtt: us of the last proof
 * @stall: ms the first held packet waited
 * @held_total: packets ever held
 * @held_dropped: packets dropped
 * @pings: sent
 * @proofs: came back
 * @answers: answered
 * @refused: ignored
 * @rcu: frees it
 */
struct epoch {
	struct epoch_sa out;
	struct epoch_sa in;
	struct epoch_net *en;
	bool passes;
	bool has_sent;
	bool has_received;
	u32 stale_ticks;
	unsigned long sent;
	unsigned long waiting;
	unsigned long received;
	u64 received_packets;

	struct epoch_tunnel *tunnel;
	struct list_head link;
	u32 id;
	bool own_inner;
	struct epoch_inner inner;
	struct spinat_gate gate;
	struct timer_list timer;
	bool gone;
	bool flushing;
	struct list_head held;
	u32 n_held;
	u32 held_bytes;
	struct spinat_ping_window awaited;
	struct spinat_ping_window peer_seen;
	u64 ping_sent[8];
	u16 step;
	u16 overhead;
	bool lengths_hidden;
	u64 born;
	u64 idle_at;
	u64 held_since;
	u32 rtt;
	u32 stall;
	u32 held_total;
	u32 held_dropped;
	u32 pings;
	u32 proofs;
	u32 answers;
	u32 refused;
	struct rcu_head rcu;
};

/**
 * struct epoch_shot - one control ping to send, or the answer to one
 * @ping: its header; the cookie is filled in
 * @inner: from whom to whom
 * @reply: it is an echo reply
 * @id: ICMP identifier
 * @seq: ICMP sequence number
 * @len: length of the inner packet; 0 for the shortest, EPOCH_ANY_LENGTH for
 *	a random one
 */
struct epoch_shot {
	struct spinat_ping ping;
	struct epoch_inner inner;
	bool reply;
	__be16 id;
	__be16 seq;
	u16 len;
};

#define EPOCH_ANY_LENGTH	U16_MAX

/**
 * struct epoch_todo - what is left to do when the lock is released
 * @n_shots: control pings to send
 * @shots: the pings
 * @flush: what is held may go
 */
struct epoch_todo {
	u8 n_shots;
	bool flush;
	struct epoch_shot shots[3];
};

/**
 * struct epoch_net - everything of one network namespace
 * @net: the namespace
 * @hooks: its hooks, NULL as long as it never had a tunnel
 * @setup: serialises who makes the first tunnel
 * @lock: protects all writes but those said above; bottom halves off
 * @ctl_lock: protects the policy of @ctl_sk
 * @ctl_sk: a socket whose policy names the SA a ping is to go through
 * @sas: the SAs of all epochs by address
 * @tunnels: tunnels by id, for dumps
 * @epochs: epochs by id, for dumps
 * @next_tunnel: of @tunnels
 * @next_epoch: of @epochs
 * @by_name: tunnels by name, 1 << EPOCH_PEER_BITS heads
 * @peers: tunnels by peer, likewise
 * @reroute: sends on what dead epochs held
 * @orphans: what dead epochs held
 * @n_tunnels: tunnels
 * @n_epochs: epochs
 * @n_held: packets held
 * @held_bytes: memory they take
 * @limits: by SPINAT_EPOCH_A_CONFIG_*
 * @stats: counters, per CPU
 */
struct epoch_net {
	struct net *net;
	struct nf_hook_ops *hooks;
	struct mutex setup;	/* see above */
	spinlock_t lock;	/* see above */
	spinlock_t ctl_lock;	/* see above */
	struct sock *ctl_sk;
	struct rhashtable sas;
	struct xarray tunnels;
	struct xarray epochs;
	u32 next_tunnel;
	u32 next_epoch;
	struct hlist_head *by_name;
	struct hlist_head *peers;
	struct work_struct reroute;
	struct list_head orphans;
	u32 n_tunnels;
	u32 n_epochs;
	u32 n_held;
	u32 held_bytes;
	u32 limits[EPOCH_LIMITS];
	struct spinat_counters __percpu *stats;
};

extern unsigned int spinat_epoch_net_id;

static inline struct epoch_net *epoch_pernet(const struct net *net)
{
	return net_generic(net, spinat_epoch_net_id);
}

#define epoch_limit(en, name) \
	READ_ONCE((en)->limits[SPINAT_EPOCH_A_CONFIG_##name])

#define epoch_count(en, name) \
	spinat_counters_add((en)->stats, SPINAT_EPOCH_A_STATS_##name, 1)

/* The look-ups want RCU said, though bottom halves off would do. */
static inline void epoch_lock(struct epoch_net *en)
{
	rcu_read_lock();
	spin_lock_bh(&en->lock);
}

static inline void epoch_unlock(struct epoch_net *en)
{
	spin_unlock_bh(&en->lock);
	rcu_read_unlock();
}

static inline u64 epoch_now(void)
{
	return ktime_to_ms(ktime_get());
}

static inline u8 epoch_family(u16 xfrm_family)
{
	return xfrm_family == AF_INET ? NFPROTO_IPV4 : NFPROTO_IPV6;
}

static inline u16 epoch_xfrm_family(u8 family)
{
	return family == NFPROTO_IPV4 ? AF_INET : AF_INET6;
}

/**
 * epoch_look() - has something come in since the last look?
 * @e: the epoch
 * @now: jiffies to take for the time of it
 *
 * The in-SA counts its packets in any case, so that packets which come in need
 * not be looked at. It counts what is authentic and no replay.
 */
static inline void epoch_look(struct epoch *e, unsigned long now)
{
	const struct xfrm_state *x = READ_ONCE(e->in.x);
	/* Counted under the SA's lock; what is seen late is seen next time. */
	u64 packets = x ? data_race(READ_ONCE(x->curlft.packets)) : 0;

	if (packets == READ_ONCE(e->received_packets))
		return;
	WRITE_ONCE(e->received_packets, packets);
	WRITE_ONCE(e->received, now);
	/* Pairs with epoch_received(). */
	smp_store_release(&e->has_received, true);
}

/* Has something come in, and when was that seen last? */
static inline bool epoch_received(const struct epoch *e, unsigned long *when)
{
	/* Pairs with epoch_look(): it is not older. */
	bool any = smp_load_acquire(&e->has_received);

	*when = READ_ONCE(e->received);
	return any;
}

/* Has data been sent, and when was that last? */
static inline bool epoch_sent(const struct epoch *e, unsigned long *when)
{
	/* Pairs with note_sent(): the time is not older. */
	bool any = smp_load_acquire(&e->has_sent);

	/* Pairs with note_sent(): what is waited for since is not older. */
	*when = smp_load_acquire(&e->sent);
	return any;
}

/* table.c: who is where; look-ups take no reference */
int spinat_epoch_table_init(struct epoch_net *en);
void spinat_epoch_table_close(struct epoch_net *en);
void spinat_epoch_table_exit(struct epoch_net *en);
struct epoch_sa *epoch_sa_lookup(struct epoch_net *en,
				 const struct xfrm_state *x);
int epoch_sa_insert(struct epoch_net *en, struct epoch_sa *sa);
void epoch_sa_remove(struct epoch_net *en, struct epoch_sa *sa);
struct epoch_tunnel *epoch_tunnel_lookup(struct epoch_net *en,
					 const char *name);
struct epoch_tunnel *epoch_tunnel_of_sa(struct epoch_net *en,
					const struct xfrm_state *x);
void epoch_tunnel_link(struct epoch_net *en, struct epoch_tunnel *t);
void epoch_tunnel_unlink(struct epoch_net *en, struct epoch_tunnel *t);
int epoch_setup(struct epoch_net *en);

/* life.c: birth, announcement, death, and what the gate says */
int spinat_epoch_life_init(void);
void spinat_epoch_life_exit(void);
struct epoch *epoch_make(struct epoch_net *en, struct epoch_tunnel *t,
			 struct xfrm_state *x, int *err);
int epoch_announce(struct epoch *e, struct epoch_tunnel *t,
		   struct xfrm_state *in, const struct epoch_inner *inner,
		   struct epoch_todo *todo);
u32 epoch_wire_length(const struct epoch *e, u32 inner);
void epoch_spend(struct epoch *e, u32 inner);
void epoch_kill(struct epoch *e, u32 why);
void epoch_run(struct epoch *e, enum spinat_gate_event event, bool peer_gate,
	       struct epoch_todo *todo);
void epoch_settings_changed(struct epoch *e, struct epoch_todo *todo);
void epoch_do(struct epoch *e, struct epoch_todo *todo);
void epoch_kick(struct epoch *e);
void epoch_tunnel_kill(struct epoch_net *en, struct epoch_tunnel *t);

/* hold.c: packets that wait */
unsigned int epoch_hold(struct epoch *e, struct sk_buff *skb,
			const struct nf_hook_state *state);
void epoch_flush(struct epoch *e);
void epoch_held_drop(struct epoch *e);
void epoch_held_orphan(struct epoch *e);
void epoch_dev_down(struct epoch_net *en, const struct net_device *dev);
void spinat_epoch_hold_init(struct epoch_net *en);
void spinat_epoch_hold_exit(struct epoch_net *en);

/* xmit.c: sending through a certain SA */
int spinat_epoch_xmit_init(struct epoch_net *en);
void spinat_epoch_xmit_exit(struct epoch_net *en);
int epoch_xmit(struct epoch *e, struct epoch_shot *shot, unsigned int not_this);

/* control.c: control pings that come in */
void epoch_key_make(struct epoch_sa *sa);
bool epoch_control_in(struct epoch *e, const struct sk_buff *skb, u8 family,
		      bool transport);
bool epoch_control_looks(const struct sk_buff *skb, u8 family);

/* input.c: what comes out of SAs */
int spinat_epoch_input_register(void);
void spinat_epoch_input_unregister(void);

/* hooks.c */
int spinat_epoch_hooks_register(struct epoch_net *en);
void spinat_epoch_hooks_unregister(struct epoch_net *en);
struct epoch *epoch_of_dst(struct epoch_net *en, const struct dst_entry *dst);

/* km.c: what the key manager tells */
int spinat_epoch_km_init(void);
void spinat_epoch_km_exit(void);

/* netlink.c, netlink_epoch.c */
int spinat_epoch_nl_init(void);
void spinat_epoch_nl_exit(void);
void epoch_notify(struct epoch *e, u32 event);
void epoch_notify_enable(bool on);

#endif
