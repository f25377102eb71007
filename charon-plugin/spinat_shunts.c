/* SPDX-License-Identifier: GPL-2.0 */

#include "spinat_shunts.h"

#include <daemon.h>

/** Namespace of the policies, together with the name of the connection */
#define NAMESPACE "spinat %s"

/**
 * Add the traffic selectors of one side to a drop policy.
 */
static void add_ts(child_cfg_t *cfg, child_sa_t *child_sa, bool local)
{
	enumerator_t *enumerator;
	traffic_selector_t *ts;

	enumerator = child_sa->create_ts_enumerator(child_sa, local);
	while (enumerator->enumerate(enumerator, &ts))
	{
		cfg->add_traffic_selector(cfg, local, ts->clone(ts));
	}
	enumerator->destroy(enumerator);
}

/**
 * Install the drop policies of a single CHILD_SA. Its own traffic selectors are
 * used, as those configured may be dynamic.
 */
static void install(char *ns, child_sa_t *child_sa)
{
	child_cfg_create_t create = {
		.mode = MODE_DROP,
		.mark_in = child_sa->get_mark(child_sa, TRUE),
		.mark_out = child_sa->get_mark(child_sa, FALSE),
	};
	child_cfg_t *cfg;

	cfg = child_cfg_create(child_sa->get_name(child_sa), &create);
	add_ts(cfg, child_sa, TRUE);
	add_ts(cfg, child_sa, FALSE);
	charon->shunts->install(charon->shunts, ns, cfg);
	cfg->destroy(cfg);
}

/**
 * Check if a CHILD_SA has drop policies.
 */
static bool is_installed(char *ns, char *child)
{
	enumerator_t *enumerator;
	child_cfg_t *cfg;
	char *current;
	bool found = FALSE;

	enumerator = charon->shunts->create_enumerator(charon->shunts);
	while (!found && enumerator->enumerate(enumerator, &current, &cfg))
	{
		found = streq(current, ns) && streq(cfg->get_name(cfg), child);
	}
	enumerator->destroy(enumerator);
	return found;
}

/*
 * Described in header
 */
void spinat_shunts_install(ike_sa_t *ike_sa)
{
	enumerator_t *enumerator;
	child_sa_t *child_sa;
	char ns[BUF_LEN];

	snprintf(ns, sizeof(ns), NAMESPACE, ike_sa->get_name(ike_sa));
	enumerator = ike_sa->create_child_sa_enumerator(ike_sa);
	while (enumerator->enumerate(enumerator, &child_sa))
	{
		/* a rekeyed CHILD_SA and its successor have the same name */
		if (!is_installed(ns, child_sa->get_name(child_sa)))
		{
			install(ns, child_sa);
		}
	}
	enumerator->destroy(enumerator);
}

/*
 * Described in header
 */
void spinat_shunts_uninstall(char *conn, char *child)
{
	char ns[BUF_LEN];

	snprintf(ns, sizeof(ns), NAMESPACE, conn);
	if (is_installed(ns, child))
	{
		charon->shunts->uninstall(charon->shunts, ns, child);
	}
}
