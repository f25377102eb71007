// SPDX-License-Identifier: GPL-2.0
/* Sites (a server as seen from one NAT address) and flows (a client there). */
#include <linux/slab.h>

#include "masq.h"

/* A flow that was never answered makes way for what its addresses mean now */
static void flow_refute(struct masq_net *mn, const struct masq_flow *flow)
{
	if (flow->client->answered)
		return;
	masq_client_evict(mn, flow->client);
}

static struct masq_site *site_make(struct masq_net *mn, u8 family,
				   const union nf_inet_addr *server,
				   const union nf_inet_addr *public, int *err)
{
	struct masq_addrs addrs;
	struct masq_node *node;
	struct masq_site *site;

	masq_addrs_set(&addrs, family, server, public);
	node = masq_node_lookup(mn, &addrs);
	if (node && node->kind == MASQ_SITE)
		return container_of(node, struct masq_site, n);
	/* While the NAT had not its address, a server's packets to that left
	 * again, rewritten, and looked like a client's.
	 */
	if (node)
		flow_refute(mn, container_of(node, struct masq_flow, n));

	*err = -ENOMEM;
	site = kzalloc(sizeof(*site), GFP_ATOMIC | __GFP_NOWARN);
	if (!site)
		return NULL;
	site->n.addrs = addrs;
	site->n.kind = MASQ_SITE;
	site->since = masq_now();
	site->quiet_since = masq_now() -
			    msecs_to_jiffies(masq_config(mn, TURN_GAP));
	INIT_LIST_HEAD(&site->flows);
	INIT_LIST_HEAD(&site->open);
	INIT_LIST_HEAD(&site->queue);
	INIT_LIST_HEAD(&site->busy);
	masq_seen_grow(site, 1);
	*err = masq_node_insert(mn, &site->n);
	if (!*err)
		return site;
	kfree(site->seen);
	kfree(site);
	return NULL;
}

static void site_release(struct masq_net *mn, struct masq_site *site)
{
	if (!site || !list_empty(&site->flows))
		return;
	list_del(&site->busy);
	masq_early_site_gone(mn, site);
	masq_node_remove(mn, &site->n);
	kfree(site->seen);
	kfree_rcu(site, rcu);
}

static void site_join(struct masq_net *mn, struct masq_site *site,
		      struct masq_flow *flow)
{
	list_add_tail(&flow->site_link, &site->flows);
	site->n_flows++;
	masq_seen_grow(site, site->n_flows);
	if (site->n_flows > 1)
		masq_early_prepare(mn);
	WRITE_ONCE(flow->site, site);
}

static void site_leave(struct masq_net *mn, struct masq_site *site,
		       struct masq_flow *flow)
{
	list_del(&flow->site_link);
	site->n_flows--;
	site_release(mn, site);
}

/**
 * masq_flow_make() - a client begins to talk to a server
 * @mn: per netns
 * @addrs: client and server; there is no such flow yet
 * @public: address that the NAT gives it, or NULL if that is not known yet
 * @zone: zone that its first packet has, 0 to choose one
 * @err: set on failure
 *
 * The new flow has no out-SPI yet: give it one, or masq_flow_release() it.
 *
 * Return: the flow, or NULL: -ENOMEM, -EADDRNOTAVAIL no zone is free, -ENOSPC
 * over a cap, -EBUSY @zone is another client's, -EEXIST the addresses already
 * mean something else.
 */
struct masq_flow *masq_flow_make(struct masq_net *mn,
				 const struct masq_addrs *addrs,
				 const union nf_inet_addr *public,
				 u16 zone, int *err)
{
	struct masq_client *client;
	struct masq_site *site = NULL;
	struct masq_flow *flow;

	lockdep_assert_held(&mn->lock);
	*err = -ENOMEM;
	flow = kzalloc(sizeof(*flow), GFP_ATOMIC | __GFP_NOWARN);
	if (!flow)
		return NULL;

	client = masq_client_make(mn, addrs->family, &addrs->src, zone, err);
	if (!client)
		goto free_flow;
	if (public) {
		site = site_make(mn, addrs->family, &addrs->dst, public, err);
		if (!site)
			goto release_client;
	}

	flow->n.addrs = *addrs;
	flow->n.kind = MASQ_FLOW;
	flow->client = client;
	flow->tokens = MASQ_LENGTH_BURST;
	flow->tokens_at = masq_now();
	*err = masq_node_insert(mn, &flow->n);
	if (*err)
		goto release_site;
	client->n_flows++;
	if (site)
		site_join(mn, site, flow);
	return flow;

release_site:
	site_release(mn, site);
release_client:
	masq_client_release(mn, client);
free_flow:
	kfree(flow);
	return NULL;
}

/* Let go of a flow that has no out-SPI any more */
void masq_flow_release(struct masq_net *mn, struct masq_flow *flow)
{
	lockdep_assert_held(&mn->lock);
	if (flow->n_outs)
		return;
	/* Whoever gets the zone next must not find this entry in it. */
	masq_zone_forget(mn->net, flow->client->zone, &flow->n.addrs);
	if (flow->site)
		masq_zone_forget(mn->net, flow->client->zone,
				 &flow->site->n.addrs);
	masq_node_remove(mn, &flow->n);
	if (flow->site)
		site_leave(mn, flow->site, flow);
	flow->client->n_spraying -= flow->spraying;
	flow->client->n_flows--;
	masq_client_release(mn, flow->client);
	kfree_rcu(flow, rcu);
}

/**
 * masq_flow_resite() - the NAT address of a flow became known, or changed
 * @mn: per netns
 * @flow: the flow
 * @public: its NAT address from now on
 *
 * The server goes on with the SPIs it has (MOBIKE) or negotiates new ones;
 * either way the known in-SPIs are still this client's.
 *
 * Return: 0 or -ENOMEM, -EEXIST.
 */
int masq_flow_resite(struct masq_net *mn, struct masq_flow *flow,
		     const union nf_inet_addr *public)
{
	struct masq_site *old = flow->site, *site;
	struct masq_out *out;
	int err;

	lockdep_assert_held(&mn->lock);
	site = site_make(mn, flow->n.addrs.family, &flow->n.addrs.dst, public,
			 &err);
	if (!site)
		return err;

	list_for_each_entry(out, &flow->client->outs, client_link)
		if (masq_out_flow(out) == flow)
			masq_probe_close(mn, out);
	if (old)
		site_leave(mn, old, flow);
	site_join(mn, site, flow);
	list_for_each_entry(out, &flow->client->outs, client_link) {
		if (masq_out_flow(out) != flow)
			continue;
		masq_out_resite(mn, out);
		if (old)
			masq_notify(mn, SPINAT_MASQ_CMD_PAIR_SET_NTF, out,
				    out->ins, SPINAT_MASQ_REASON_ADDRESS);
	}
	if (old)
		masq_count(mn, ADDRESS_CHANGE);
	return 0;
}

