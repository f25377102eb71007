// SPDX-License-Identifier: GPL-2.0
/*
 * Whose is an in-SPI? Called in PRE_ROUTING for packets from a server that
 * clients talk to, whose in-SPI is new or not beyond doubt. Nothing is
 * allocated here: entries come from the spares that the clients' own packets
 * paid for, sightings live in a fixed cache of the site.
 */
#include <linux/netfilter/nf_conntrack_common.h>

#include "masq.h"
#include "trace.h"

/* Two in-SPIs of one out-SPI are both in use if both brought packets within */
#define LOOSE_TIME	(2 * HZ)

static const struct masq_verdict drop = { .drop = true };
static const struct masq_verdict took = { .took = true };
static const struct masq_verdict leave;

static struct masq_verdict deliver(const struct masq_client *client)
{
	return (struct masq_verdict){ .zone = client->zone };
}

/**
 * echo_find() - the one out-SPI that sent these two lengths
 * @mn: per netns
 * @site: the site
 * @first: the packet of the in-SPI that may have been the first reply
 * @p: the packet now
 * @crowd: set to how many out-SPIs might have sent them
 *
 * The two replies come back to back too, but for some data of the server's in
 * between. That keeps a reply whose twin was lost from making a pair with one
 * of the next try.
 *
 * Return: the out-SPI, or NULL if there is none or more than one.
 */
static struct masq_out *echo_find(struct masq_net *mn, struct masq_site *site,
				  const struct masq_half *first,
				  const struct masq_packet *p, u32 *crowd)
{
	u32 window = msecs_to_jiffies(masq_config(mn, ECHO_WINDOW));
	struct masq_out *found = NULL;
	struct masq_probe *probe;
	u32 now = masq_now();

	*crowd = 0;
	if (!first->len || first->len == p->len || p->seq > MASQ_SEQ_LOW ||
	    p->seq - first->seq - 1 > MASQ_PAIR_GAP ||
	    now - first->when > msecs_to_jiffies(MASQ_QUICK_MS))
		return NULL;
	list_for_each_entry(probe, &site->open, site_link) {
		if (now - probe->ring.last_when > window)
			break;
		if (!masq_strong(probe->out->s.evidence))
			++*crowd;
		if (masq_out_flow(probe->out)->spraying ||
		    !spinat_echo_ring_has_pair(&probe->ring, first->len,
					       p->len, now, window))
			continue;
		if (found)
			return NULL;
		found = probe->out;
	}
	return found;
}

/* A match may be chance: with many candidates, or against an echo, the same
 * client has to match again, and with other lengths, as a server may send the
 * same two time and again.
 */
static bool is_enough(struct masq_sighting *s, const struct masq_packet *p,
		      const struct masq_out *to, bool doubtful)
{
	u16 zone = masq_out_flow(to)->client->zone;
	u32 pair = (u32)s->half.len << 16 | p->len;

	if (s->match != zone)
		s->n_match = 0;
	if (!s->n_match || s->pair != pair)
		s->n_match = min(s->n_match + 1, U8_MAX);
	s->match = zone;
	s->pair = pair;
	return s->n_match > doubtful;
}

/* Remember a packet that may be the first half of somebody's echo */
static void half_note(struct masq_net *mn, struct masq_site *site,
		      struct masq_half *half, const struct masq_packet *p)
{
	u32 window = msecs_to_jiffies(masq_config(mn, ECHO_WINDOW));
	struct masq_probe *probe;
	u32 now = masq_now();

	if (p->seq > MASQ_SEQ_LOW)
		return;
	list_for_each_entry(probe, &site->open, site_link) {
		if (now - probe->ring.last_when > window)
			return;
		if (!spinat_echo_ring_begins(&probe->ring, p->len, now, window))
			continue;
		half->len = p->len;
		half->seq = p->seq;
		half->when = now;
		return;
	}
}

/* Does a client other than @but open like a gate there, and may be answered by
 * this?
 */
static bool gate_opens(struct masq_net *mn, const struct masq_site *site,
		       const struct masq_flow *but)
{
	u32 patience = msecs_to_jiffies(masq_config(mn, ECHO_PATIENCE));
	const struct masq_probe *probe;

	list_for_each_entry(probe, &site->open, site_link) {
		if (masq_now() - probe->ring.last_when > patience)
			return false;
		if (!probe->out->s.evidence &&
		    masq_out_flow(probe->out) != but &&
		    masq_opens_like_gate(mn, probe))
			return true;
	}
	return false;
}

/* Could this packet be half of somebody's echo? */
static bool echo_possible(struct masq_net *mn, struct masq_site *site,
			  const struct masq_packet *p)
{
	u32 window = msecs_to_jiffies(masq_config(mn, ECHO_WINDOW));
	struct masq_probe *probe;
	u32 now = masq_now();

	if (p->seq > MASQ_SEQ_LOW)
		return false;
	list_for_each_entry(probe, &site->open, site_link) {
		if (now - probe->ring.last_when > window)
			break;
		if (!masq_strong(probe->out->s.evidence) &&
		    !masq_out_flow(probe->out)->spraying &&
		    spinat_echo_ring_has_length(&probe->ring, p->len, now,
						window))
			return true;
	}
	return false;
}

/* The out-SPI was answered by @in: what waited may go, the turn is over. */
static void answered(struct masq_net *mn, struct masq_out *out,
		     const struct masq_in *in, struct list_head *ready)
{
	struct masq_site *site = masq_out_flow(out)->site;

	if (masq_strong(in->s.evidence)) {
		masq_out_flow(out)->gate_spent = false;
		masq_out_flow(out)->gated = true;
		masq_out_flush_guesses(mn, out);
	}
	masq_out_answered(mn, out);
	if (out->probe) {
		if (site->turn == out->probe)
			masq_turn_answered(mn, site, masq_strong(in->s.evidence));
		masq_turn_unqueue(out->probe, ready);
	}
	trace_spinat_masq_learn(out, ntohl(in->s.spi), in->s.evidence);
}

static struct masq_in *bind(struct masq_net *mn, struct masq_out *out,
			    const struct masq_packet *p, u8 evidence,
			    struct list_head *ready)
{
	struct masq_in *in = masq_spare_take(masq_out_flow(out)->client);

	if (!in || masq_in_bind(mn, in, out, p->spi, evidence))
		return NULL;
	/* Its packets find it already. */
	WRITE_ONCE(in->s.seq, p->seq);
	WRITE_ONCE(in->s.packets, 1);
	answered(mn, out, in, ready);
	masq_notify(mn, SPINAT_MASQ_CMD_PAIR_NEW_NTF, out, in,
		    SPINAT_MASQ_REASON_LEARNED);
	return in;
}

/* Lengths say that @in answers @to, whatever was believed before. */
static void echo_known(struct masq_net *mn, struct masq_in *in,
		       struct masq_out *to, struct list_head *ready)
{
	struct masq_out *from = masq_in_out(in);
	bool other = masq_out_flow(from) != masq_out_flow(to);
	u32 packets = READ_ONCE(in->s.packets);

	if (from == to && masq_strong(in->s.evidence))
		return;
	if (!masq_in_move(mn, in, to, SPINAT_MASQ_EVIDENCE_ECHO))
		return;
	if (other) {
		masq_count(mn, CORRECT);
		spinat_counters_add(mn->stats,
				    SPINAT_MASQ_A_STATS_WRONG_PACKETS,
				    packets);
		trace_spinat_masq_correct(to, ntohl(in->s.spi),
					  SPINAT_MASQ_EVIDENCE_ECHO);
	}
	masq_count(mn, LEARN_ECHO);
	answered(mn, to, in, ready);
	masq_notify(mn, SPINAT_MASQ_CMD_PAIR_SET_NTF, to, in,
		    other ? SPINAT_MASQ_REASON_CORRECTED :
			    SPINAT_MASQ_REASON_LEARNED);
}

/* Does this packet's age fit the out-SPI whose turn it is? A new SA does not
 * answer an old one, nor the other way round.
 */
static bool age_fits(const struct masq_site *site, const struct masq_packet *p)
{
	u32 first_seq = site->turn->first_seq;

	return !(first_seq <= MASQ_SEQ_NEW && p->seq > MASQ_SEQ_LOW) &&
	       !(first_seq > MASQ_SEQ_LOW && p->seq <= 2);
}

/* What came shortly before the turn began is no answer to it. */
static bool in_gap(struct masq_net *mn, const struct masq_site *site, u32 when)
{
	return site->turn_at - when <=
	       msecs_to_jiffies(masq_config(mn, TURN_GAP));
}

/* A CHILD_SA has one in-SPI. Where an out-SPI was given two by guessing and both
 * are in use, one of them is another client's: whose turn it is may have it.
 */
static bool is_loose(struct masq_net *mn, struct masq_site *site,
		     const struct masq_in *in, const struct masq_packet *p)
{
	const struct masq_out *out = masq_in_out(in);
	const struct masq_in *other;

	if (masq_strong(in->s.evidence) || out->s.n_ins < 2 ||
	    !masq_turn_unanswered(site) ||
	    masq_out_flow(out) == masq_out_flow(site->turn->out) ||
	    masq_config(mn, AMBIGUOUS) != SPINAT_MASQ_AMBIGUOUS_SERIAL ||
	    !age_fits(site, p) || in_gap(mn, site, READ_ONCE(in->s.last)))
		return false;
	for (other = out->ins; other; other = other->next)
		if (other != in &&
		    masq_now() - READ_ONCE(other->s.last) < LOOSE_TIME)
			return true;
	return false;
}

static void loose_move(struct masq_net *mn, struct masq_site *site,
		       struct masq_in *in, struct list_head *ready)
{
	struct masq_out *to = site->turn->out;
	u32 packets = READ_ONCE(in->s.packets);

	if (!masq_in_move(mn, in, to, SPINAT_MASQ_EVIDENCE_SERIAL))
		return;
	/* To be counted as wrong once there is proof */
	if (to->probe)
		to->probe->evicted += packets;
	masq_count(mn, LEARN_SERIAL);
	answered(mn, to, in, ready);
	masq_notify(mn, SPINAT_MASQ_CMD_PAIR_SET_NTF, to, in,
		    SPINAT_MASQ_REASON_LEARNED);
}

static bool is_others_echo(const struct masq_in *in, const struct masq_out *to)
{
	return masq_strong(in->s.evidence) &&
	       masq_out_flow(masq_in_out(in)) != masq_out_flow(to);
}

/* An in-SPI got a client just now, or has one: does something wait that must
 * go first?
 */
static struct masq_verdict deliver_in(struct masq_net *mn, struct masq_in *in,
				      struct sk_buff *skb,
				      const struct nf_hook_state *state)
{
	bool waits = in->s.queued, mine = false;

	if (waits)
		waits = masq_early_follow(mn, in, skb, state, &mine);
	if (waits && !mine) {
		masq_count(mn, DROP_WAIT);
		return drop;
	}
	masq_count(mn, IN_PACKETS);
	return waits ? took : deliver(masq_out_flow(masq_in_out(in))->client);
}

static struct masq_verdict judge_known(struct masq_net *mn,
				       struct masq_site *site,
				       struct masq_in *in,
				       const struct masq_packet *p,
				       struct sk_buff *skb,
				       const struct nf_hook_state *state,
				       struct list_head *ready)
{
	struct masq_sighting *s;
	struct masq_out *to;
	u32 crowd;

	if (in->s.evidence != SPINAT_MASQ_EVIDENCE_PINNED &&
	    (!masq_strong(in->s.evidence) ||
	     READ_ONCE(in->s.packets) <= MASQ_SETTLED)) {
		s = masq_seen_note(site, p);
		to = s ? echo_find(mn, site, &s->half, p, &crowd) : NULL;
		if (to && is_enough(s, p, to, crowd > MASQ_CROWD ||
				    is_others_echo(in, to)))
			echo_known(mn, in, to, ready);
		else if (is_loose(mn, site, in, p))
			loose_move(mn, site, in, ready);
		if (s)
			half_note(mn, site, &s->half, p);
	}
	WRITE_ONCE(in->s.last, masq_now());
	WRITE_ONCE(in->s.packets, READ_ONCE(in->s.packets) + 1);
	if ((s32)(p->seq - READ_ONCE(in->s.seq)) > 0)
		WRITE_ONCE(in->s.seq, p->seq);
	return deliver_in(mn, in, skb, state);
}

/* The out-SPI of the only client at @site that an in-SPI most likely answers:
 * the one that waits, else the newest
 */
static struct masq_out *only_out(struct masq_site *site)
{
	const struct masq_flow *flow;
	struct masq_out *out, *newest = NULL;

	flow = list_first_entry(&site->flows, struct masq_flow, site_link);
	list_for_each_entry_reverse(out, &flow->client->outs, client_link) {
		if (masq_out_flow(out) != flow)
			continue;
		if (!newest)
			newest = out;
		if (!out->s.evidence)
			return out;
		if (!flow->client->n_open)
			break;
	}
	return newest;
}

/* Is the only client that is known the only one there is? Where nothing is to be
 * guessed that is doubted while the NAT may have forgotten others, unless both
 * SAs begin now; and what is a gate's will be known by its lengths.
 */
static bool is_alone(struct masq_net *mn, const struct masq_site *site,
		     const struct masq_out *out, const struct masq_packet *p)
{
	if (masq_config(mn, AMBIGUOUS) != SPINAT_MASQ_AMBIGUOUS_DROP)
		return true;
	if (masq_out_flow(out)->gated || gate_opens(mn, site, NULL))
		return false;
	return masq_now() - site->since > MASQ_SITE_YOUNG ||
	       (out->probe && out->probe->first_seq <= MASQ_SEQ_NEW &&
		p->seq <= MASQ_SEQ_NEW);
}

static struct masq_verdict judge_only(struct masq_net *mn,
				      struct masq_out *out,
				      const struct masq_packet *p,
				      struct sk_buff *skb,
				      const struct nf_hook_state *state,
				      struct list_head *ready)
{
	struct masq_in *in;

	in = bind(mn, out, p, SPINAT_MASQ_EVIDENCE_ONLY, ready);
	if (in) {
		masq_count(mn, LEARN_ONLY);
		return deliver_in(mn, in, skb, state);
	}
	/* Stock would deliver it too. */
	masq_count(mn, DELIVER_ONLY);
	return deliver(masq_out_flow(out)->client);
}

/* The first ping of a gate looks like any new client's packet, and the second
 * one may not be here yet.
 */
static bool may_be_gate(const struct masq_site *site)
{
	const struct masq_probe *probe = site->turn;

	return probe->first_seq <= MASQ_SEQ_NEW && !probe->ring.total &&
	       masq_now() - site->turn_at <= msecs_to_jiffies(MASQ_QUICK_MS);
}

/**
 * masq_judge_late() - was an in-SPI that waited the answer to the turn?
 * @mn: per netns
 * @site: where it came from
 * @p: a packet of the in-SPI, which was held because the turn was young
 * @turn_at: when that turn began
 * @ready: list for masq_release()
 *
 * Now that it is known whether that client opens as a gate does.
 */
void masq_judge_late(struct masq_net *mn, struct masq_site *site,
		     const struct masq_packet *p, u32 turn_at,
		     struct list_head *ready)
{
	struct masq_in *in;

	lockdep_assert_held(&mn->lock);
	if (!masq_turn_awaits(mn, site) || site->turn_at != turn_at ||
	    gate_opens(mn, site, masq_out_flow(site->turn->out)))
		return;
	in = bind(mn, site->turn->out, p, SPINAT_MASQ_EVIDENCE_SERIAL, ready);
	if (!in)
		return;
	WRITE_ONCE(in->s.packets, 0);
	masq_count(mn, LEARN_SERIAL);
}

static struct masq_verdict judge_unseen(struct masq_net *mn,
					struct masq_site *site,
					const struct masq_packet *p,
					struct sk_buff *skb,
					const struct nf_hook_state *state,
					struct list_head *ready)
{
	struct masq_sighting *s;
	struct masq_out *out;
	struct masq_in *in;
	bool reply, fits;
	int status;
	u32 crowd;

	if (masq_own_sa(mn, skb, p, site)) {
		masq_count(mn, OWN);
		return leave;
	}

	s = masq_seen_find(site, p->spi);
	out = s ? echo_find(mn, site, &s->half, p, &crowd) : NULL;
	in = out && is_enough(s, p, out, crowd > MASQ_CROWD) ?
	     bind(mn, out, p, SPINAT_MASQ_EVIDENCE_ECHO, ready) : NULL;
	if (in) {
		masq_count(mn, LEARN_ECHO);
		return deliver_in(mn, in, skb, state);
	}

	fits = masq_turn_awaits(mn, site) && age_fits(site, p) &&
	       !(s && in_gap(mn, site, s->when));
	s = masq_seen_note(site, p);
	if (s)
		half_note(mn, site, &s->half, p);

	/* An inside server behind a DNAT rule goes before any guess. */
	status = masq_ct_status(mn->net, 0, &p->addrs, &reply);
	if (status >= 0 && !reply && (status & IPS_DST_NAT))
		return leave;
	out = site->n_flows == 1 ? only_out(site) : NULL;
	if (out && is_alone(mn, site, out, p))
		return judge_only(mn, out, p, skb, state, ready);

	/* A gate pings again, so what may be its own can be dropped; a wrong
	 * guess cannot be made good.
	 */
	if (echo_possible(mn, site, p) ||
	    (fits && gate_opens(mn, site, masq_out_flow(site->turn->out)))) {
		if (masq_early_hold(mn, site, p, skb, state, false))
			return took;
		masq_count(mn, DROP_WAIT);
		return drop;
	}
	if (fits &&
	    masq_config(mn, AMBIGUOUS) == SPINAT_MASQ_AMBIGUOUS_SERIAL) {
		if (may_be_gate(site) &&
		    masq_early_hold(mn, site, p, skb, state, true))
			return took;
		in = bind(mn, site->turn->out, p, SPINAT_MASQ_EVIDENCE_SERIAL,
			  ready);
		if (in) {
			masq_count(mn, LEARN_SERIAL);
			return deliver_in(mn, in, skb, state);
		}
	}
	if (p->seq <= MASQ_SEQ_LOW && gate_opens(mn, site, NULL) &&
	    masq_early_hold(mn, site, p, skb, state, false))
		return took;
	/* What stock conntrack remembers of one client from before the module
	 * was there says nothing among several.
	 */
	if (status >= 0 && (status & IPS_SRC_NAT)) {
		masq_count(mn, DROP_AMBIGUOUS);
		return drop;
	}
	masq_count(mn, UNKNOWN);
	return leave;
}

/**
 * masq_judge() - where does this inbound packet go?
 * @mn: per netns
 * @skb: the packet, in PRE_ROUTING
 * @p: what is in it; its addresses are those of a site
 * @state: of the hook
 */
struct masq_verdict masq_judge(struct masq_net *mn, struct sk_buff *skb,
			       const struct masq_packet *p,
			       const struct nf_hook_state *state)
{
	struct masq_verdict verdict = leave;
	struct masq_node *node;
	struct masq_site *site;
	struct masq_in *in;
	LIST_HEAD(ready);

	masq_lock(mn);
	node = masq_node_lookup(mn, &p->addrs);
	if (!node || node->kind != MASQ_SITE)
		goto unlock;
	site = container_of(node, struct masq_site, n);
	in = masq_in_lookup(mn, site, p->spi);
	if (in)
		verdict = judge_known(mn, site, in, p, skb, state, &ready);
	else
		verdict = judge_unseen(mn, site, p, skb, state, &ready);
unlock:
	masq_unlock(mn);
	masq_release(mn, &ready);
	masq_early_flush(mn);
	return verdict;
}
