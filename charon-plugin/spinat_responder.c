/* SPDX-License-Identifier: GPL-2.0 */

#include "spinat_responder.h"

#include <daemon.h>

/**
 * What the possible connections want, each as the name of one of them.
 */
typedef struct {
	/** can agree to SPINAT_BOTH */
	char *both;
	/** wants SPINAT_ALONE, be it as fallback */
	char *alone;
	/** wants NATs to be handled as usual */
	char *usual;
} wishes_t;

/**
 * Note what a connection wants.
 */
static void add_wish(wishes_t *wishes, char *name)
{
	switch (spinat_config_plain_esp(name))
	{
		case SPINAT_BOTH:
			wishes->both = name;
			if (spinat_config_falls_back(name))
			{
				wishes->alone = name;
			}
			break;
		case SPINAT_ALONE:
			wishes->alone = name;
			break;
		default:
			wishes->usual = name;
			break;
	}
}

/**
 * Choose the mode all connections can live with.
 */
static spinat_plain_esp_t choose(wishes_t *wishes, bool asked)
{
	if (asked && wishes->both)
	{
		return SPINAT_BOTH;
	}
	if (wishes->alone && wishes->usual)
	{
		DBG1(DBG_IKE, "spinat: plain_esp = alone is not used, the connections "
			 "'%s' and '%s' are both possible for this peer and differ in it: "
			 "set it for both or give them different addresses",
			 wishes->alone, wishes->usual);
		return SPINAT_NO;
	}
	return wishes->alone ? SPINAT_ALONE : SPINAT_NO;
}

/*
 * Described in header
 */
spinat_plain_esp_t spinat_responder_choose(ike_sa_t *ike_sa,
										   message_t *message, bool asked)
{
	enumerator_t *enumerator;
	peer_cfg_t *peer_cfg;
	wishes_t wishes = {};
	spinat_plain_esp_t mode;

	enumerator = charon->backends->create_peer_cfg_enumerator(charon->backends,
						message->get_destination(message),
						message->get_source(message), NULL, NULL,
						ike_sa->get_version(ike_sa));
	while (enumerator->enumerate(enumerator, &peer_cfg))
	{
		add_wish(&wishes, peer_cfg->get_name(peer_cfg));
	}
	/* the names belong to the configs, which the enumerator holds */
	mode = choose(&wishes, asked);
	enumerator->destroy(enumerator);

	if (mode == SPINAT_BOTH)
	{
		DBG1(DBG_IKE, "spinat: agreeing to plain ESP through NATs");
	}
	else if (asked)
	{
		DBG1(DBG_IKE, "spinat: not agreeing to plain ESP, no connection for "
			 "%H...%H has plain_esp = both", message->get_destination(message),
			 message->get_source(message));
	}
	return mode;
}

/**
 * Refuse a connection set to SPINAT_BOTH, as the mode in force is another.
 */
static bool refuse_both(char *name)
{
	if (spinat_config_falls_back(name))
	{
		DBG1(DBG_IKE, "spinat: connection '%s' refused, the peer did not ask "
			 "for plain ESP, and fallback = alone can't be used as other "
			 "connections for its address do not allow it", name);
	}
	else
	{
		DBG1(DBG_IKE, "spinat: connection '%s' refused, plain_esp = both is "
			 "configured but the peer did not ask for it: set it on the peer "
			 "too, or set fallback = alone", name);
	}
	return FALSE;
}

/*
 * Described in header
 */
bool spinat_responder_authorize(ike_sa_t *ike_sa, spinat_plain_esp_t mode)
{
	char *name = ike_sa->get_name(ike_sa);
	spinat_plain_esp_t wanted;

	wanted = spinat_config_plain_esp(name);
	if (mode == SPINAT_BOTH && wanted == SPINAT_NO)
	{
		DBG1(DBG_IKE, "spinat: connection '%s' refused, the peer got plain ESP "
			 "agreed as another connection for its address has plain_esp = "
			 "both: set it for this one too", name);
		return FALSE;
	}
	if (mode == SPINAT_NO && wanted == SPINAT_BOTH)
	{
		return refuse_both(name);
	}
	if (mode == SPINAT_ALONE && wanted == SPINAT_BOTH &&
		!spinat_config_falls_back(name))
	{
		return refuse_both(name);
	}
	if (mode == SPINAT_NO && wanted == SPINAT_ALONE)
	{
		DBG1(DBG_IKE, "spinat: connection '%s' does not get plain_esp = alone, "
			 "see the message about its address", name);
	}
	return TRUE;
}

/*
 * Described in header
 */
void spinat_responder_narrow(ike_sa_t *ike_sa, child_sa_t *child_sa,
							 linked_list_t *local)
{
	child_cfg_t *child_cfg = child_sa->get_config(child_sa);
	traffic_selector_t *ts;

	if (child_cfg->get_mode(child_cfg) != MODE_TRANSPORT ||
		(!ike_sa->has_condition(ike_sa, COND_NAT_HERE) &&
		 !ike_sa->has_condition(ike_sa, COND_NAT_THERE)))
	{
		return;
	}
	DBG1(DBG_IKE, "spinat: CHILD_SA '%s' refused, plain ESP in transport mode "
		 "does not get through a NAT: use mode = tunnel or plain_esp = no",
		 child_sa->get_name(child_sa));
	while (local->remove_last(local, (void**)&ts) == SUCCESS)
	{
		ts->destroy(ts);
	}
}
