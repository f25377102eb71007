/* SPDX-License-Identifier: GPL-2.0 */

#include "spinat_listener.h"
#include "spinat_initiator.h"
#include "spinat_keepalive.h"
#include "spinat_message.h"
#include "spinat_responder.h"
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
		spinat_initiator_request(this->sas, message);
		return TRUE;
	}
	if (opens && request)
	{
		receive_request(this, ike_sa, message);
	}
	else if (opens && incoming)
	{
		spinat_initiator_response(this->sas, ike_sa, message);
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

METHOD(listener_t, narrow, bool,
	private_spinat_listener_t *this, ike_sa_t *ike_sa, child_sa_t *child_sa,
	narrow_hook_t type, linked_list_t *local, linked_list_t *remote)
{
	spinat_sa_t *sa;

	sa = this->sas->find(this->sas, ike_sa);
	if (type == NARROW_RESPONDER && sa && sa->mode == SPINAT_BOTH)
	{
		spinat_responder_narrow(ike_sa, child_sa, local);
	}
	return TRUE;
}

/**
 * An IKE_SA is established, maybe not for the first time: a failed rekeying
 * sets that state, too.
 */
static void established(ike_sa_t *ike_sa, spinat_sa_t *sa)
{
	if (sa->mode == SPINAT_BOTH)
	{	/* IKEv1 aggressive mode may start a CHILD_SA right now */
		keep_plain(ike_sa);
	}
	if (sa->mode != SPINAT_NO && !sa->keepalive)
	{
		spinat_keepalive_start(ike_sa, sa->mode);
		sa->keepalive = TRUE;
	}
}

METHOD(listener_t, ike_rekey, bool,
	private_spinat_listener_t *this, ike_sa_t *old, ike_sa_t *new)
{
	spinat_sa_t *sa, *new_sa;

	/* NATs are not detected anew, the new IKE_SA inherits the conditions; it
	 * must not be handled otherwise if the settings changed meanwhile */
	this->sas->remove(this->sas, new);
	sa = this->sas->find(this->sas, old);
	if (sa)
	{
		new_sa = this->sas->get(this->sas, new);
		new_sa->mode = sa->mode;
		established(new, new_sa);
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
				spinat_initiator_prepare(this->sas, ike_sa);
			}
			break;
		case IKE_ESTABLISHED:
			sa = this->sas->find(this->sas, ike_sa);
			if (sa)
			{
				established(ike_sa, sa);
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
				.narrow = _narrow,
				.ike_rekey = _ike_rekey,
				.ike_state_change = _ike_state_change,
			},
			.destroy = _destroy,
		},
		.sas = spinat_sas_create(),
	);

	return &this->public;
}
