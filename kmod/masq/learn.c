// SPDX-License-Identifier: GPL-2.0
/*
 * Learning from what clients send. Called in POST_ROUTING, where a source NAT
 * has rewritten the packet for certain, for every out-SPI that is new, in
 * doubt, or comes from another address than before.
 */
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "masq.h"
#include "trace.h"
#include "zone.h"

/* May this flow use one more new length? A sprayer loses its candidacy until
 * it has calmed down for as long as its bucket takes to fill up halfway.
 */
static bool length_allowed(struct masq_flow *flow)
{
	u32 now = masq_now();
	u32 more = (now - flow->tokens_at) * MASQ_LENGTH_RATE / HZ;

	if (more) {
		flow->tokens = min_t(u32, flow->tokens + more,
				     MASQ_LENGTH_BURST);
		flow->tokens_at = now;
	}
	if (flow->spraying && flow->tokens >= MASQ_LENGTH_BURST / 2) {
		flow->spraying = false;
		flow->client->n_spraying--;
	}
	if (!flow->tokens) {
		flow->client->n_spraying += !flow->spraying;
		flow->spraying = true;
		return false;
	}
	flow->tokens--;
	return !flow->spraying;
}

/* An out-SPI begins like a gate's. While it may be one, nobody else's guess is
 * taken, so a client that never gets an echo has this only now and then.
 */
static void gate_claim(struct masq_net *mn, struct masq_flow *flow)
{
	u32 patience = msecs_to_jiffies(masq_config(mn, ECHO_PATIENCE));

	/* Even alone it has to wait for its echo. */
	if (masq_config(mn, AMBIGUOUS) == SPINAT_MASQ_AMBIGUOUS_DROP)
		masq_early_prepare(mn);
	if (flow->gate_spent && masq_now() - flow->gate_at < 10 * patience)
		return;
	flow->gate_at = masq_now();
	flow->gate_spent = true;
}

static void note_length(struct masq_net *mn, struct masq_flow *flow,
			struct masq_probe *probe,
			const struct masq_packet *p)
{
	if (p->seq > MASQ_SEQ_LOW || p->len == probe->ring.last_len)
		return;
	if (!length_allowed(flow)) {
		spinat_echo_ring_forget(&probe->ring);
		return;
	}
	if (spinat_echo_ring_add(&probe->ring, p->len, masq_now(),
				 msecs_to_jiffies(MASQ_QUICK_MS)) &&
	    probe->ring.total == 1)
		gate_claim(mn, flow);
	/* Who pinged last stands first: a search may end at the first old one. */
	list_move(&probe->site_link, &flow->site->open);
}

/* A second inside address uses a live out-SPI: roaming, or a spoof? */
static bool may_move(struct masq_net *mn, const struct masq_out *out,
		     u32 seq)
{
	u32 silence = msecs_to_jiffies(masq_config(mn, ROAM_SILENCE));

	return masq_now() - READ_ONCE(out->s.last) >= silence &&
	       seq - READ_ONCE(out->s.seq) - 1 < MASQ_SEQ_JUMP;
}

static bool is_first_owner(const struct masq_out *out, u16 zone)
{
	return out->s.prev_zone == zone && masq_now() - out->first < 60 * HZ;
}

static void check_pool(struct masq_net *mn, struct masq_flow *flow,
		       const union nf_inet_addr *public)
{
	union nf_inet_addr ike;

	if (!masq_ct_ike_public(mn->net, &flow->n.addrs, &ike) ||
	    nf_inet_addr_cmp(&ike, public))
		return;
	flow->pool_mismatch = true;
	masq_count(mn, POOL_MISMATCH);
	if (!mn->pool_warned)
		pr_warn("spinat_masq: ESP of a client leaves from another address than its IKE: add \"persistent\" to the snat rule with the address pool\n");
	mn->pool_warned = true;
}

/* The client's flow to the server, made if need be. Counts what it refuses. */
static struct masq_flow *flow_get(struct masq_net *mn,
				  const struct masq_addrs *addrs,
				  const union nf_inet_addr *public, u16 zone)
{
	struct masq_node *node = masq_node_lookup(mn, addrs);
	struct masq_flow *flow;
	int err = -EEXIST;

	if (!node) {
		flow = masq_flow_make(mn, addrs, public, zone, &err);
		if (flow) {
			check_pool(mn, flow, public);
			return flow;
		}
	} else if (node->kind == MASQ_FLOW) {
		flow = container_of(node, struct masq_flow, n);
		err = -EBUSY;
		if (flow->client->zone == zone) {
			if (flow->site &&
			    nf_inet_addr_cmp(&flow->site->n.addrs.dst, public))
				return flow;
			err = masq_flow_resite(mn, flow, public);
			if (!err)
				return flow;
		}
	}

	if (err == -EBUSY)
		masq_count(mn, DROP_ZONE);
	else if (err == -ENOSPC)
		masq_count(mn, DROP_FULL);
	else
		masq_count(mn, DROP_NOMEM);
	return NULL;
}

static struct masq_out *out_get(struct masq_net *mn, struct masq_out *out,
				const struct masq_addrs *client,
				const struct masq_packet *p, u16 zone)
{
	struct masq_flow *flow, *owner;
	int err;

	owner = out ? masq_out_flow(out) : NULL;
	if (out && !nf_inet_addr_cmp(&owner->n.addrs.src, &client->src)) {
		bool back = is_first_owner(out, zone), room;

		if (!back && !may_move(mn, out, p->seq)) {
			masq_count(mn, DROP_REFUSED);
			trace_spinat_masq_refuse(client, ntohl(p->spi));
			return NULL;
		}
		flow = flow_get(mn, client, &p->addrs.src, zone);
		if (!flow)
			return NULL;
		flow->n_outs++;
		room = masq_client_make_room(mn, flow->client);
		flow->n_outs--;
		if (!room) {
			masq_count(mn, DROP_FULL);
			masq_flow_release(mn, flow);
			return NULL;
		}
		/* Room for the new client may have been made of this one. */
		out = masq_out_lookup(mn, client->family, &client->dst, p->spi);
		if (!out)
			goto make;
		masq_out_move(mn, out, flow);
		if (back)
			masq_count(mn, MOVE_BACK);
		else
			masq_count(mn, MOVE);
		trace_spinat_masq_move(out, 0, back);
		return out;
	}

	flow = flow_get(mn, client, &p->addrs.src, zone);
	if (!flow || out)
		return out && flow ? out : NULL;
make:
	out = masq_out_make(mn, flow, p->spi, GFP_ATOMIC, &err);
	if (!out) {
		if (err == -ENOSPC)
			masq_count(mn, DROP_FULL);
		else
			masq_count(mn, DROP_NOMEM);
		masq_flow_release(mn, flow);
		return NULL;
	}
	masq_count(mn, LEARN_OPEN);
	trace_spinat_masq_learn(out, 0, 0);
	masq_notify(mn, SPINAT_MASQ_CMD_PAIR_NEW_NTF, out, NULL,
		    SPINAT_MASQ_REASON_LEARNED);
	return out;
}

/* In doubt as long as nothing strong is known and the SA is young, and always
 * while there is no answer at all
 */
static bool in_doubt(const struct masq_out *out, u32 seq)
{
	return !out->s.evidence ||
	       (!masq_strong(out->s.evidence) && seq <= MASQ_SEQ_LOW &&
		masq_now() - out->first <= MASQ_YOUNG);
}

/**
 * masq_learn() - an outbound packet that the fast path does not know
 * @mn: per netns
 * @skb: the packet, rewritten by source NAT
 * @ct: its conntrack entry, in a zone of ours, maybe not confirmed yet
 * @p: what is in it
 * @state: of the hook
 *
 * Return: verdict of the hook.
 */
unsigned int masq_learn(struct masq_net *mn, struct sk_buff *skb,
			struct nf_conn *ct, const struct masq_packet *p,
			const struct nf_hook_state *state)
{
	const struct nf_conntrack_tuple *orig = nf_ct_tuple(ct, IP_CT_DIR_ORIGINAL);
	unsigned int verdict = NF_DROP;
	struct masq_addrs client;
	struct masq_probe *probe;
	struct masq_flow *flow;
	struct masq_out *out;
	LIST_HEAD(ready);

	masq_addrs_set(&client, p->addrs.family, &orig->src.u3, &p->addrs.dst);
	masq_lock(mn);
	out = masq_out_lookup(mn, client.family, &client.dst, p->spi);
	out = out_get(mn, out, &client, p, nf_ct_zone(ct)->id);
	if (!out)
		goto unlock;

	flow = masq_out_flow(out);
	WRITE_ONCE(out->s.last, masq_now());
	WRITE_ONCE(out->s.packets, READ_ONCE(out->s.packets) + 1);
	if ((s32)(p->seq - READ_ONCE(out->s.seq)) > 0 ||
	    READ_ONCE(out->s.packets) == 1)
		WRITE_ONCE(out->s.seq, p->seq);
	masq_spare_fill(flow->client);
	if (out->s.evidence)
		masq_zone_believe(mn, ct);

	verdict = NF_ACCEPT;
	if (!out->probe && in_doubt(out, p->seq))
		masq_probe_make(out, p->seq);
	probe = out->probe;
	if (!probe)
		goto unlock;
	note_length(mn, flow, probe, p);
	if (out->s.evidence || masq_turn_may_send(mn, probe))
		masq_turn_unqueue(probe, &ready);
	else
		verdict = masq_hold(mn, probe, skb, state) ? NF_STOLEN :
							     NF_DROP;
unlock:
	masq_unlock(mn);
	masq_release(mn, &ready);
	return verdict;
}
