/* SPDX-License-Identifier: GPL-2.0 */

#include "spinat_refusal.h"
#include "spinat_counters.h"
#include "spinat_gate.h"
#include "spinat_session.h"

#include <daemon.h>
#include <collections/linked_list.h>
#include <encoding/payloads/notify_payload.h>
#include <processing/jobs/callback_job.h>
#include <threading/mutex.h>

typedef struct private_spinat_refusal_t private_spinat_refusal_t;

/**
 * Private data of a spinat_refusal_t object.
 */
struct private_spinat_refusal_t {

	/**
	 * Public interface
	 */
	spinat_refusal_t public;

	/**
	 * Unique IDs of IKE_SAs, as uintptr_t, that process a request to refuse
	 */
	linked_list_t *refused;

	/**
	 * Protects the list
	 */
	mutex_t *mutex;
};

/**
 * A CHILD_SA to rekey.
 */
typedef struct {
	/** outer address of the peer */
	host_t *peer;
	/** SPI of the SA to the peer */
	uint32_t out;
} child_t;

/**
 * Destroy a CHILD_SA to rekey.
 */
static void child_destroy(child_t *this)
{
	this->peer->destroy(this->peer);
	free(this);
}

/**
 * Job to rekey a CHILD_SA.
 */
static job_requeue_t rekey_job(child_t *this)
{
	spinat_session_rekey(this->peer, this->out);
	return JOB_REQUEUE_NONE;
}

/**
 * Log what happens, and queue the job to rekey a CHILD_SA.
 */
static void rekey_instead(ike_sa_t *ike_sa, child_sa_t *child_sa)
{
	host_t *peer = ike_sa->get_other_host(ike_sa);
	child_t *child;

	spinat_count(SPINAT_COUNT_REFUSED);
	DBG1(DBG_IKE, "spinat: refusing to let the peer rekey CHILD_SA '%s' of "
		 "connection '%s', as refuse_rekey = yes, and rekeying it from here",
		 child_sa->get_name(child_sa), ike_sa->get_name(ike_sa));
	INIT(child,
		.peer = peer->clone(peer),
		.out = child_sa->get_spi(child_sa, FALSE),
	);
	lib->processor->queue_job(lib->processor,
			(job_t*)callback_job_create_with_prio((callback_job_cb_t)rekey_job,
						child, (callback_job_cleanup_t)child_destroy, NULL,
						JOB_PRIO_HIGH));
}

/**
 * Add an IKE_SA to the list, or remove it, FALSE if it was not there.
 */
static bool mark(private_spinat_refusal_t *this, ike_sa_t *ike_sa, bool add)
{
	void *id = (void*)(uintptr_t)ike_sa->get_unique_id(ike_sa);
	bool found;

	this->mutex->lock(this->mutex);
	found = this->refused->remove(this->refused, id, NULL) > 0;
	if (add)
	{
		this->refused->insert_last(this->refused, id);
	}
	this->mutex->unlock(this->mutex);
	return found;
}

/**
 * Get the CHILD_SA that an IKEv2 request wants to rekey.
 */
static child_sa_t *get_rekeyed(ike_sa_t *ike_sa, message_t *message)
{
	notify_payload_t *notify;

	notify = message->get_notify(message, REKEY_SA);
	if (!notify || notify->get_protocol_id(notify) != PROTO_ESP)
	{
		return NULL;
	}
	return ike_sa->get_child_sa(ike_sa, PROTO_ESP, notify->get_spi(notify),
								FALSE);
}

/**
 * See if a request is to be refused.
 */
static void receive_request(private_spinat_refusal_t *this, ike_sa_t *ike_sa,
							message_t *message)
{
	mark(this, ike_sa, get_rekeyed(ike_sa, message) != NULL &&
		 spinat_gate_refuses_rekey(ike_sa->get_name(ike_sa)));
}

/**
 * Turn the response to a refused request into one that every peer takes for a
 * passing condition: it keeps the CHILD_SA and tries again later.
 */
static void send_response(private_spinat_refusal_t *this, ike_sa_t *ike_sa,
						  message_t *message)
{
	if (mark(this, ike_sa, FALSE) &&
		!message->get_payload(message, PLV2_SECURITY_ASSOCIATION))
	{
		message->add_notify(message, TRUE, TEMPORARY_FAILURE, chunk_empty);
	}
}

METHOD(listener_t, message_, bool,
	private_spinat_refusal_t *this, ike_sa_t *ike_sa, message_t *message,
	bool incoming, bool plain)
{
	if (plain && ike_sa &&
		message->get_exchange_type(message) == CREATE_CHILD_SA &&
		message->get_request(message) == incoming)
	{
		if (incoming)
		{
			receive_request(this, ike_sa, message);
		}
		else
		{
			send_response(this, ike_sa, message);
		}
	}
	return TRUE;
}

/**
 * Get the CHILD_SA in use that a new one is to replace. With IKEv1 nothing
 * else tells a rekeying.
 */
static child_sa_t *get_predecessor(ike_sa_t *ike_sa, child_sa_t *new)
{
	enumerator_t *enumerator;
	child_sa_t *child_sa, *found = NULL;

	enumerator = ike_sa->create_child_sa_enumerator(ike_sa);
	while (enumerator->enumerate(enumerator, &child_sa))
	{
		if (child_sa != new && child_sa->get_protocol(child_sa) == PROTO_ESP &&
			(child_sa->get_state(child_sa) == CHILD_INSTALLED ||
			 child_sa->get_state(child_sa) == CHILD_REKEYING) &&
			streq(child_sa->get_name(child_sa), new->get_name(new)))
		{
			found = child_sa;
		}
	}
	enumerator->destroy(enumerator);
	return found;
}

/**
 * Check if a new CHILD_SA is the result of a request to refuse.
 */
static bool is_refused(private_spinat_refusal_t *this, ike_sa_t *ike_sa)
{
	void *id = (void*)(uintptr_t)ike_sa->get_unique_id(ike_sa);
	bool found;

	if (ike_sa->get_version(ike_sa) == IKEV1)
	{
		return spinat_gate_refuses_rekey(ike_sa->get_name(ike_sa));
	}
	this->mutex->lock(this->mutex);
	found = this->refused->find_first(this->refused, NULL, &id);
	this->mutex->unlock(this->mutex);
	return found;
}

METHOD(listener_t, narrow, bool,
	private_spinat_refusal_t *this, ike_sa_t *ike_sa, child_sa_t *child_sa,
	narrow_hook_t type, linked_list_t *local, linked_list_t *remote)
{
	child_sa_t *predecessor;
	traffic_selector_t *ts;

	if (type != NARROW_RESPONDER || !is_refused(this, ike_sa))
	{
		return TRUE;
	}
	predecessor = get_predecessor(ike_sa, child_sa);
	if (predecessor)
	{
		if (ike_sa->get_version(ike_sa) == IKEV1)
		{	/* charon would leave it in CHILD_REKEYING, never to be rekeyed */
			predecessor->set_state(predecessor, CHILD_INSTALLED);
		}
		rekey_instead(ike_sa, predecessor);
		while (local->remove_last(local, (void**)&ts) == SUCCESS)
		{
			ts->destroy(ts);
		}
	}
	return TRUE;
}

METHOD(listener_t, ike_state_change, bool,
	private_spinat_refusal_t *this, ike_sa_t *ike_sa, ike_sa_state_t state)
{
	if (state == IKE_DESTROYING)
	{
		mark(this, ike_sa, FALSE);
	}
	return TRUE;
}

METHOD(spinat_refusal_t, destroy, void,
	private_spinat_refusal_t *this)
{
	this->refused->destroy(this->refused);
	this->mutex->destroy(this->mutex);
	free(this);
}

/*
 * Described in header
 */
spinat_refusal_t *spinat_refusal_create()
{
	private_spinat_refusal_t *this;

	INIT(this,
		.public = {
			.listener = {
				.message = _message_,
				.narrow = _narrow,
				.ike_state_change = _ike_state_change,
			},
			.destroy = _destroy,
		},
		.refused = linked_list_create(),
		.mutex = mutex_create(MUTEX_TYPE_DEFAULT),
	);

	return &this->public;
}
