/* SPDX-License-Identifier: GPL-2.0 */

#include "spinat_contact.h"
#include "spinat_gate.h"
#include "spinat_obsolete.h"

#include <daemon.h>
#include <collections/linked_list.h>
#include <encoding/payloads/notify_payload.h>
#include <threading/mutex.h>

typedef struct private_spinat_contact_listener_t
										private_spinat_contact_listener_t;

/**
 * Private data of a spinat_contact_listener_t object.
 */
struct private_spinat_contact_listener_t {

	/**
	 * Public interface
	 */
	spinat_contact_listener_t public;

	/**
	 * Unique IDs, as uintptr_t, of IKE_SAs whose peer sent an INITIAL_CONTACT
	 * that charon has not seen
	 */
	linked_list_t *hidden;

	/**
	 * The same for those whose peer sent one that charon has seen
	 */
	linked_list_t *seen;

	/**
	 * Protects the lists
	 */
	mutex_t *mutex;
};

/**
 * Get the key of an IKE_SA in the lists.
 */
static void *key(ike_sa_t *ike_sa)
{
	return (void*)(uintptr_t)ike_sa->get_unique_id(ike_sa);
}

/**
 * Check if an IKE_SA is in one of the lists.
 */
static bool is_in(private_spinat_contact_listener_t *this, linked_list_t *list,
				  ike_sa_t *ike_sa)
{
	void *id = key(ike_sa);
	bool found;

	this->mutex->lock(this->mutex);
	found = list->find_first(list, NULL, &id);
	this->mutex->unlock(this->mutex);
	return found;
}

/**
 * Add an IKE_SA to one of the lists.
 */
static void add(private_spinat_contact_listener_t *this, linked_list_t *list,
				ike_sa_t *ike_sa)
{
	if (!is_in(this, list, ike_sa))
	{
		this->mutex->lock(this->mutex);
		list->insert_last(list, key(ike_sa));
		this->mutex->unlock(this->mutex);
	}
}

/**
 * Check if any of the connections possible for the two addresses has a scope.
 * Which one it gets is not known before the peer is authenticated.
 */
static bool is_possible(ike_sa_t *ike_sa, spinat_contact_t scope)
{
	enumerator_t *enumerator;
	peer_cfg_t *peer_cfg;
	bool found = FALSE;

	enumerator = charon->backends->create_peer_cfg_enumerator(charon->backends,
								ike_sa->get_my_host(ike_sa),
								ike_sa->get_other_host(ike_sa), NULL, NULL,
								ike_sa->get_version(ike_sa));
	while (!found && enumerator->enumerate(enumerator, &peer_cfg))
	{
		found = spinat_gate_contact(peer_cfg->get_name(peer_cfg)) == scope;
	}
	enumerator->destroy(enumerator);
	return found;
}

/**
 * Check if a payload is an INITIAL_CONTACT notify.
 */
static bool is_contact(payload_t *payload)
{
	notify_payload_t *notify = (notify_payload_t*)payload;

	switch (payload->get_type(payload))
	{
		case PLV2_NOTIFY:
			return notify->get_notify_type(notify) == INITIAL_CONTACT;
		case PLV1_NOTIFY:
			return notify->get_notify_type(notify) == INITIAL_CONTACT_IKEV1;
		default:
			return FALSE;
	}
}

/**
 * Look for an INITIAL_CONTACT notify in a message, hide it where the scope may
 * be narrower than charon's.
 */
static void receive(private_spinat_contact_listener_t *this, ike_sa_t *ike_sa,
					message_t *message)
{
	enumerator_t *enumerator;
	payload_t *payload;

	enumerator = message->create_payload_enumerator(message);
	while (enumerator->enumerate(enumerator, &payload))
	{
		if (!is_contact(payload))
		{
			continue;
		}
		if (is_possible(ike_sa, SPINAT_CONTACT_TUNNEL))
		{
			message->remove_payload_at(message, enumerator);
			payload->destroy(payload);
			add(this, this->hidden, ike_sa);
		}
		else
		{
			add(this, this->seen, ike_sa);
		}
	}
	enumerator->destroy(enumerator);
}

/**
 * Check if a message may bring an INITIAL_CONTACT notify.
 */
static bool may_contact(message_t *message)
{
	switch (message->get_exchange_type(message))
	{
		case IKE_AUTH:
			return message->get_request(message);
		case ID_PROT:
		case AGGRESSIVE:
		case INFORMATIONAL_V1:
			return TRUE;
		default:
			return FALSE;
	}
}

METHOD(listener_t, message_, bool,
	private_spinat_contact_listener_t *this, ike_sa_t *ike_sa,
	message_t *message, bool incoming, bool plain)
{
	if (plain && incoming && ike_sa && may_contact(message))
	{
		receive(this, ike_sa, message);
	}
	return TRUE;
}

/**
 * Check if INITIAL_CONTACT counts at all for the connection of an IKE_SA.
 */
static bool is_ignored(ike_sa_t *ike_sa)
{
	peer_cfg_t *peer_cfg = ike_sa->get_peer_cfg(ike_sa);

	return !peer_cfg ||
		   peer_cfg->get_unique_policy(peer_cfg) == UNIQUE_NEVER;
}

METHOD(listener_t, ike_updown, bool,
	private_spinat_contact_listener_t *this, ike_sa_t *ike_sa, bool up)
{
	spinat_contact_t scope;

	if (!up || is_ignored(ike_sa))
	{
		return TRUE;
	}
	scope = spinat_gate_contact(ike_sa->get_name(ike_sa));
	if (scope != SPINAT_CONTACT_TUNNEL &&
		is_in(this, this->hidden, ike_sa))
	{	/* charon would have done that */
		spinat_obsolete_identities(ike_sa);
	}
	if (scope == SPINAT_CONTACT_GATEWAY &&
		(is_in(this, this->hidden, ike_sa) || is_in(this, this->seen, ike_sa)))
	{
		spinat_obsolete_address(ike_sa);
	}
	return TRUE;
}

METHOD(listener_t, child_updown, bool,
	private_spinat_contact_listener_t *this, ike_sa_t *ike_sa,
	child_sa_t *child_sa, bool up)
{
	if (up && is_in(this, this->hidden, ike_sa) && !is_ignored(ike_sa) &&
		spinat_gate_contact(ike_sa->get_name(ike_sa)) == SPINAT_CONTACT_TUNNEL)
	{
		spinat_obsolete_tunnel(ike_sa, child_sa);
	}
	return TRUE;
}

METHOD(listener_t, ike_state_change, bool,
	private_spinat_contact_listener_t *this, ike_sa_t *ike_sa,
	ike_sa_state_t state)
{
	if (state == IKE_DESTROYING)
	{
		this->mutex->lock(this->mutex);
		this->hidden->remove(this->hidden, key(ike_sa), NULL);
		this->seen->remove(this->seen, key(ike_sa), NULL);
		this->mutex->unlock(this->mutex);
	}
	return TRUE;
}

METHOD(spinat_contact_listener_t, destroy, void,
	private_spinat_contact_listener_t *this)
{
	this->hidden->destroy(this->hidden);
	this->seen->destroy(this->seen);
	this->mutex->destroy(this->mutex);
	free(this);
}

/*
 * Described in header
 */
spinat_contact_listener_t *spinat_contact_listener_create()
{
	private_spinat_contact_listener_t *this;

	INIT(this,
		.public = {
			.listener = {
				.message = _message_,
				.ike_updown = _ike_updown,
				.child_updown = _child_updown,
				.ike_state_change = _ike_state_change,
			},
			.destroy = _destroy,
		},
		.hidden = linked_list_create(),
		.seen = linked_list_create(),
		.mutex = mutex_create(MUTEX_TYPE_DEFAULT),
	);

	return &this->public;
}
