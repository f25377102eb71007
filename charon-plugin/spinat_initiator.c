/* SPDX-License-Identifier: GPL-2.0 */

#include "spinat_initiator.h"
#include "spinat_config.h"
#include "spinat_message.h"
#include "spinat_retry.h"

#include <daemon.h>

/*
 * Described in header
 */
void spinat_initiator_prepare(spinat_sas_t *sas, ike_sa_t *ike_sa)
{
	ike_sa_id_t *id = ike_sa->get_id(ike_sa);
	spinat_plain_esp_t mode;
	spinat_sa_t *sa;

	mode = spinat_config_plain_esp(ike_sa->get_name(ike_sa));
	sa = sas->find(sas, ike_sa);
	if (sa && sa->fallen_back)
	{
		mode = SPINAT_ALONE;
	}
	if (mode == SPINAT_NO)
	{	/* there may be an entry if the settings changed between two tries */
		sas->remove(sas, ike_sa);
		return;
	}
	sa = sas->get(sas, ike_sa);
	sa->spi = id->get_initiator_spi(id);
	sa->asked = mode == SPINAT_BOTH;
	/* until the peer has agreed nothing may be changed */
	sa->mode = sa->asked ? SPINAT_NO : mode;
}

/*
 * Described in header
 */
void spinat_initiator_request(spinat_sas_t *sas, message_t *message)
{
	ike_sa_id_t *id = message->get_ike_sa_id(message);
	spinat_sa_t *sa;

	sa = sas->find_by_spi(sas, id->get_initiator_spi(id));
	if (sa && sa->asked)
	{
		spinat_message_add_vendor_id(message);
	}
	else if (sa && sa->mode == SPINAT_ALONE)
	{
		spinat_message_hide_nat(message);
	}
}

/**
 * The peer did not agree. Going on would let it encapsulate while we don't, so
 * that no packet would arrive. Unless this is settled at once the response is
 * still outstanding: another copy of it must not be accepted.
 */
static void handle_refusal(spinat_sa_t *sa, ike_sa_t *ike_sa,
						   message_t *message)
{
	char *name = ike_sa->get_name(ike_sa);

	if (!spinat_config_falls_back(name))
	{
		DBG1(DBG_IKE, "spinat: connection '%s' refused, plain_esp = both is "
			 "configured but the peer does not agree: set it on the peer too, "
			 "or set fallback = alone", name);
		spinat_retry_never(ike_sa);
	}
	else if (ike_sa->get_version(ike_sa) == IKEV1)
	{	/* NATs are detected in later messages, so there is still time */
		DBG1(DBG_IKE, "spinat: peer does not agree to plain ESP for connection "
			 "'%s', going on with plain_esp = alone", name);
		sa->asked = FALSE;
		sa->mode = SPINAT_ALONE;
		return;
	}
	else
	{
		DBG1(DBG_IKE, "spinat: peer does not agree to plain ESP for connection "
			 "'%s', starting anew with plain_esp = alone", name);
		sa->fallen_back = TRUE;
		spinat_retry_now(ike_sa);
	}
	/* IKEv2 ignores the message then, IKEv1 gives up */
	message->set_exchange_type(message, EXCHANGE_TYPE_UNDEFINED);
}

/*
 * Described in header
 */
void spinat_initiator_response(spinat_sas_t *sas, ike_sa_t *ike_sa,
							   message_t *message)
{
	spinat_sa_t *sa;
	bool agreed;

	agreed = spinat_message_take_vendor_id(message);
	sa = sas->find(sas, ike_sa);
	if (!sa || !sa->asked)
	{
		return;
	}
	if (agreed)
	{
		DBG1(DBG_IKE, "spinat: peer agreed to plain ESP through NATs");
		sa->asked = FALSE;
		sa->mode = SPINAT_BOTH;
	}
	else
	{
		handle_refusal(sa, ike_sa, message);
	}
}
