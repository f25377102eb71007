/* SPDX-License-Identifier: GPL-2.0 */

#include "spinat_session.h"
#include "spinat_shunts.h"
#include "strongswan_compat.h"

#include <daemon.h>

/**
 * Check out the IKE_SA of a CHILD_SA.
 */
static ike_sa_t *checkout(host_t *peer, uint32_t out, child_sa_t **child_sa)
{
	return charon->child_sa_manager->checkout(charon->child_sa_manager,
											  PROTO_ESP, out, peer, child_sa);
}

/**
 * Check in an IKE_SA, destroy it if that is what came out.
 */
static void checkin(ike_sa_t *ike_sa, status_t status)
{
	if (status == DESTROY_ME)
	{
		charon->ike_sa_manager->checkin_and_destroy(charon->ike_sa_manager,
													ike_sa);
	}
	else
	{
		charon->ike_sa_manager->checkin(charon->ike_sa_manager, ike_sa);
	}
}

/**
 * Check if an IKE_SA can't begin a rekeying: it waits for the peer to answer to
 * something else, be it that it is deleted for a reauthentication.
 */
static bool is_stuck(ike_sa_t *ike_sa)
{
	enumerator_t *enumerator;
	bool found = FALSE;
	task_t *task;

	if (ike_sa->get_state(ike_sa) == IKE_DELETING)
	{
		return TRUE;
	}
	enumerator = ike_sa->create_task_enumerator(ike_sa, TASK_QUEUE_QUEUED);
	while (!found && enumerator->enumerate(enumerator, &task))
	{
		found = task->get_type(task) == TASK_CHILD_REKEY;
	}
	enumerator->destroy(enumerator);
	return found;
}

/*
 * Described in header
 */
status_t spinat_session_rekey(host_t *peer, uint32_t out)
{
	status_t status = SUCCESS;
	child_sa_t *child_sa;
	ike_sa_t *ike_sa;
	bool begun = FALSE;

	ike_sa = checkout(peer, out, &child_sa);
	if (!ike_sa)
	{
		return NOT_FOUND;
	}
	if (child_sa->get_state(child_sa) == CHILD_INSTALLED && !is_stuck(ike_sa))
	{
		status = ike_sa->rekey_child_sa(ike_sa, PROTO_ESP,
										child_sa->get_spi(child_sa, TRUE));
		begun = TRUE;
	}
	checkin(ike_sa, status);
	return begun ? SUCCESS : ALREADY_DONE;
}

/**
 * Let all CHILD_SAs of an IKE_SA be set up again when it is reestablished.
 */
static void keep_children(ike_sa_t *ike_sa)
{
	enumerator_t *enumerator;
	child_sa_t *child_sa;

	enumerator = ike_sa->create_child_sa_enumerator(ike_sa);
	while (enumerator->enumerate(enumerator, &child_sa))
	{
		child_sa->set_dpd_action(child_sa,
						child_sa->get_dpd_action(child_sa) | ACTION_START);
	}
	enumerator->destroy(enumerator);
}

/*
 * Described in header
 */
bool spinat_session_replace(host_t *peer, uint32_t out)
{
	status_t status = SUCCESS;
	child_sa_t *child_sa;
	ike_sa_t *ike_sa;

	ike_sa = checkout(peer, out, &child_sa);
	if (!ike_sa)
	{
		return FALSE;
	}
	/* while it is being deleted somebody wants it to go, unless that is part of
	 * a reauthentication */
	if (ike_sa->get_state(ike_sa) != IKE_DELETING ||
		ike_sa->has_condition(ike_sa, COND_REAUTHENTICATING))
	{
		keep_children(ike_sa);
		spinat_shunts_install(ike_sa);
		if (ike_sa->reestablish(ike_sa) == SUCCESS)
		{
			charon->bus->ike_updown(charon->bus, ike_sa, FALSE);
			status = DESTROY_ME;
		}
		else
		{
			spinat_shunts_uninstall(ike_sa->get_name(ike_sa),
									child_sa->get_name(child_sa));
		}
	}
	checkin(ike_sa, status);
	return TRUE;
}

/**
 * Check if an IKE_SA has a CHILD_SA that is in use.
 */
static bool has_child(ike_sa_t *ike_sa, char *child)
{
	enumerator_t *enumerator;
	child_sa_t *child_sa;
	bool found = FALSE;

	enumerator = ike_sa->create_child_sa_enumerator(ike_sa);
	while (!found && enumerator->enumerate(enumerator, &child_sa))
	{
		switch (child_sa->get_state(child_sa))
		{
			case CHILD_INSTALLED:
			case CHILD_UPDATING:
			case CHILD_REKEYING:
				found = streq(child_sa->get_name(child_sa), child);
				break;
			default:
				break;
		}
	}
	enumerator->destroy(enumerator);
	return found;
}

/*
 * Described in header
 */
spinat_session_t spinat_session_look(char *conn, char *child)
{
	spinat_session_t found = SPINAT_SESSION_NONE;
	enumerator_t *enumerator;
	ike_sa_t *ike_sa;

	enumerator = charon->ike_sa_manager->create_enumerator(
												charon->ike_sa_manager, TRUE);
	while (found != SPINAT_SESSION_UP &&
		   enumerator->enumerate(enumerator, &ike_sa))
	{
		if (!streq(ike_sa->get_name(ike_sa), conn))
		{
			continue;
		}
		if (ike_sa->get_state(ike_sa) == IKE_CONNECTING)
		{
			found = SPINAT_SESSION_CONNECTING;
		}
		else if (has_child(ike_sa, child))
		{
			found = SPINAT_SESSION_UP;
		}
	}
	enumerator->destroy(enumerator);
	return found;
}

/**
 * Get a configuration by the names of connection and CHILD_SA.
 */
static peer_cfg_t *get_config(char *conn, char *child, child_cfg_t **found)
{
	enumerator_t *enumerator;
	child_cfg_t *child_cfg;
	peer_cfg_t *peer_cfg;

	*found = NULL;
	peer_cfg = charon->backends->get_peer_cfg_by_name(charon->backends, conn);
	if (!peer_cfg)
	{
		return NULL;
	}
	enumerator = peer_cfg->create_child_cfg_enumerator(peer_cfg);
	while (!*found && enumerator->enumerate(enumerator, &child_cfg))
	{
		if (streq(child_cfg->get_name(child_cfg), child))
		{
			*found = child_cfg->get_ref(child_cfg);
		}
	}
	enumerator->destroy(enumerator);
	if (!*found)
	{
		peer_cfg->destroy(peer_cfg);
		return NULL;
	}
	return peer_cfg;
}

/*
 * Described in header
 */
bool spinat_session_initiate(char *conn, char *child)
{
	child_cfg_t *child_cfg;
	peer_cfg_t *peer_cfg;

	peer_cfg = get_config(conn, child, &child_cfg);
	if (!peer_cfg)
	{
		return FALSE;
	}
	spinat_controller_initiate(peer_cfg, child_cfg);
	return TRUE;
}
