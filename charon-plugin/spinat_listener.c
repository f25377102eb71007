/* SPDX-License-Identifier: GPL-2.0 */

#include "spinat_listener.h"
#include "spinat_config.h"
#include "spinat_message.h"
#include "spinat_responder.h"
#include "spinat_retry.h"
#include "spinat_sas.h"

#include <daemon.h>

typedef struct private_spinat_listener_t private_spinat_listener_t;

/**
 * Private data of a spinat_listener_t object.
 */
struct private_spinat_listener_t {

	/**
	 * Public interface
	 */
	spinat_listener_t public;

	/**
	 * IKE_SAs with another mode than SPINAT_NO
	 */
	spinat_sas_t *sas;
};

/**
 * Check if we are the initiator of an IKE_SA.
 */
static bool is_initiator(ike_sa_t *ike_sa)
{
	ike_sa_id_t *id = ike_sa->get_id(ike_sa);

	return id->is_initiator(id);
}

/**
 * Initiator, about to build the first request: use the mode the connection is
 * configured for.
 */
static void prepare_request(private_spinat_listener_t *this, ike_sa_t *ike_sa)
{
	ike_sa_id_t *id = ike_sa->get_id(ike_sa);
	spinat_plain_esp_t mode;
	spinat_sa_t *sa;

	mode = spinat_config_plain_esp(ike_sa->get_name(ike_sa));
	sa = this->sas->find(this->sas, ike_sa);
	if (sa && sa->fallen_back)
	{
		mode = SPINAT_ALONE;
	}
	if (mode == SPINAT_NO)
	{	/* there may be an entry if the settings changed between two tries */
		this->sas->remove(this->sas, ike_sa);
		return;
	}
	sa = this->sas->get(this->sas, ike_sa);
	sa->spi = id->get_initiator_spi(id);
	sa->asked = mode == SPINAT_BOTH;
	/* until the peer has agreed nothing may be changed */
	sa->mode = sa->asked ? SPINAT_NO : mode;
}

/**
 * Initiator, first request. Which IKE_SA sends it shows only in its SPI: when an
 * IKE_SA is reestablished or reauthenticated, the hook gets the old one.
 */
static void send_request(private_spinat_listener_t *this, message_t *message)
{
	ike_sa_id_t *id = message->get_ike_sa_id(message);
	spinat_sa_t *sa;

	sa = this->sas->find_by_spi(this->sas, id->get_initiator_spi(id));
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
 * Initiator: the peer did not agree. Going on would let it encapsulate while
 * we don't, so that no packet would arrive.
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

/**
 * Initiator, first response: see if the peer agreed.
 */
static void receive_response(private_spinat_listener_t *this, ike_sa_t *ike_sa,
							 message_t *message)
{
	spinat_sa_t *sa;
	bool agreed;

	agreed = spinat_message_take_vendor_id(message);
	sa = this->sas->find(this->sas, ike_sa);
	if (!sa || !sa->asked)
	{
		return;
	}
	sa->asked = FALSE;
	if (agreed)
	{
		DBG1(DBG_IKE, "spinat: peer agreed to plain ESP through NATs");
		sa->mode = SPINAT_BOTH;
	}
	else
	{
		handle_refusal(sa, ike_sa, message);
	}
}

/**
 * Responder, first request: decide by the addresses.
 */
static void receive_request(private_spinat_listener_t *this, ike_sa_t *ike_sa,
							message_t *message)
{
	spinat_plain_esp_t mode;
	spinat_sa_t *sa;
	bool asked;

	asked = spinat_message_take_vendor_id(message);
	mode = spinat_responder_choose(ike_sa, message, asked);
	if (mode != SPINAT_NO)
	{
		sa = this->sas->get(this->sas, ike_sa);
		sa->mode = mode;
	}
}

/**
 * Responder, first response: tell the peer that we agree.
 */
static void send_response(private_spinat_listener_t *this, ike_sa_t *ike_sa,
						  message_t *message)
{
	spinat_sa_t *sa;

	sa = this->sas->find(this->sas, ike_sa);
	if (sa && sa->mode == SPINAT_BOTH)
	{
		spinat_message_add_vendor_id(message);
	}
}

/**
 * Keep ESP plain. The conditions that tell on which side the NAT is are kept,
 * they drive keepalives and address updates.
 */
static void keep_plain(ike_sa_t *ike_sa)
{
	if (!ike_sa->has_condition(ike_sa, COND_NAT_ANY))
	{
		return;
	}
	ike_sa->set_condition(ike_sa, COND_NAT_ANY, FALSE);
	if (ike_sa->get_state(ike_sa) == IKE_ESTABLISHED)
	{	/* if one of two NATs went away CHILD_SAs just got encapsulated */
		ike_sa->update_hosts(ike_sa, NULL, NULL, UPDATE_HOSTS_FORCE_CHILDREN);
	}
}

/**
 * Handle any but the first request of an initiator, as the mode demands.
 */
static void change_message(private_spinat_listener_t *this, ike_sa_t *ike_sa,
						   message_t *message, bool incoming)
{
	spinat_sa_t *sa;

	sa = this->sas->find(this->sas, ike_sa);
	if (!sa)
	{
		return;
	}
	if (sa->mode == SPINAT_ALONE)
	{
		spinat_message_hide_nat(message);
	}
	else if (sa->mode == SPINAT_BOTH)
	{
		if (incoming && message->get_exchange_type(message) == INFORMATIONAL)
		{	/* MOBIKE detects NATs again */
			spinat_message_apply_nat(message, ike_sa);
		}
		keep_plain(ike_sa);
	}
}

METHOD(listener_t, message_, bool,
	private_spinat_listener_t *this, ike_sa_t *ike_sa, message_t *message,
	bool incoming, bool plain)
{
	bool opens, request;

	if (!plain || !ike_sa)
	{
		return TRUE;
	}
	opens = spinat_message_opens(message);
	request = message->get_request(message);
	if (opens && request && !incoming)
	{
		send_request(this, message);
		return TRUE;
	}
	if (opens && request)
	{
		receive_request(this, ike_sa, message);
	}
	else if (opens && incoming)
	{
		receive_response(this, ike_sa, message);
	}
	else if (opens)
	{
		send_response(this, ike_sa, message);
	}
	change_message(this, ike_sa, message, incoming);
	return TRUE;
}

METHOD(listener_t, authorize, bool,
	private_spinat_listener_t *this, ike_sa_t *ike_sa, bool final,
	bool *success)
{
	spinat_sa_t *sa;

	if (final && !is_initiator(ike_sa))
	{
		sa = this->sas->find(this->sas, ike_sa);
		*success = spinat_responder_authorize(ike_sa,
											  sa ? sa->mode : SPINAT_NO);
	}
	return TRUE;
}

METHOD(listener_t, ike_rekey, bool,
	private_spinat_listener_t *this, ike_sa_t *old, ike_sa_t *new)
{
	spinat_sa_t *sa;

	/* NATs are not detected anew, the new IKE_SA inherits the conditions; it
	 * must not be handled otherwise if the settings changed meanwhile */
	this->sas->remove(this->sas, new);
	sa = this->sas->find(this->sas, old);
	if (sa)
	{
		this->sas->get(this->sas, new)->mode = sa->mode;
	}
	return TRUE;
}

METHOD(listener_t, ike_state_change, bool,
	private_spinat_listener_t *this, ike_sa_t *ike_sa, ike_sa_state_t state)
{
	spinat_sa_t *sa;

	switch (state)
	{
		case IKE_CONNECTING:
			if (is_initiator(ike_sa))
			{
				prepare_request(this, ike_sa);
			}
			break;
		case IKE_ESTABLISHED:
			/* IKEv1 aggressive mode may start a CHILD_SA right now */
			sa = this->sas->find(this->sas, ike_sa);
			if (sa && sa->mode == SPINAT_BOTH)
			{
				keep_plain(ike_sa);
			}
			break;
		case IKE_DESTROYING:
			this->sas->remove(this->sas, ike_sa);
			break;
		default:
			break;
	}
	return TRUE;
}

METHOD(spinat_listener_t, destroy, void,
	private_spinat_listener_t *this)
{
	this->sas->destroy(this->sas);
	free(this);
}

/*
 * Described in header
 */
spinat_listener_t *spinat_listener_create()
{
	private_spinat_listener_t *this;

	INIT(this,
		.public = {
			.listener = {
				.message = _message_,
				.authorize = _authorize,
				.ike_rekey = _ike_rekey,
				.ike_state_change = _ike_state_change,
			},
			.destroy = _destroy,
		},
		.sas = spinat_sas_create(),
	);

	return &this->public;
}
