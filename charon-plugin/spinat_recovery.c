/* SPDX-License-Identifier: GPL-2.0 */

#include "spinat_recovery.h"
#include "spinat_counters.h"
#include "spinat_session.h"
#include "spinat_shunts.h"
#include "spinat_work.h"

#include <daemon.h>
#include <collections/linked_list.h>
#include <threading/mutex.h>

/**
 * New IKE_SAs in vain after which another cause is named
 */
#define TRIES_TELL_TARGET 2

typedef struct private_spinat_recovery_t private_spinat_recovery_t;

/**
 * Private data of a spinat_recovery_t object.
 */
struct private_spinat_recovery_t {

	/**
	 * Public interface
	 */
	spinat_recovery_t public;

	/**
	 * Table of tunnels
	 */
	spinat_tunnels_t *tunnels;

	/**
	 * Tunnels in trouble, as patient_t
	 */
	linked_list_t *patients;

	/**
	 * Protects the list and what is in it
	 */
	mutex_t *mutex;
};

/**
 * A tunnel in trouble.
 */
typedef struct {
	/** name of the tunnel */
	char *name;
	/** IKE_SAs started since it was proved */
	u_int tries;
	/** a job works on it */
	bool busy;
	/** it was proved meanwhile */
	bool well;
	/** when the last IKE_SA was started, in milliseconds */
	uint64_t last;
} patient_t;

/**
 * Get the time in milliseconds.
 */
static uint64_t now_ms()
{
	timeval_t now;

	time_monotonic(&now);
	return now.tv_sec * 1000ULL + now.tv_usec / 1000;
}

/**
 * Find a patient by the name of its tunnel, mutex is held.
 */
static patient_t *find(private_spinat_recovery_t *this, char *name)
{
	enumerator_t *enumerator;
	patient_t *current, *found = NULL;

	enumerator = this->patients->create_enumerator(this->patients);
	while (!found && enumerator->enumerate(enumerator, &current))
	{
		if (streq(current->name, name))
		{
			found = current;
		}
	}
	enumerator->destroy(enumerator);
	return found;
}

/**
 * Destroy a patient that is well, mutex is held.
 */
static void discharge(private_spinat_recovery_t *this, patient_t *patient)
{
	this->patients->remove(this->patients, patient, NULL);
	free(patient->name);
	free(patient);
}

/**
 * Take a step to a new IKE_SA.
 *
 * @return			SUCCESS if the CHILD_SA is there, NEED_MORE if a try was
 *					begun, ALREADY_DONE if one is under way, NOT_FOUND if the
 *					connection is gone
 */
static status_t take_step(spinat_work_t *work, u_int tries)
{
	spinat_gate_t gate;
	bool found;

	spinat_gate_get(work->conn, &gate);
	if (gate.role != SPINAT_ROLE_CLIENT)
	{
		return NOT_FOUND;
	}
	if (work->peer)
	{
		found = spinat_session_replace(work->peer, work->out);
		DESTROY_IF(work->peer);
		work->peer = NULL;
		if (found)
		{
			DBG1(DBG_CHD, "spinat: no proof of '%s', starting a new IKE_SA "
				 "(try %u)", work->name, tries + 1);
			return NEED_MORE;
		}
	}
	switch (spinat_session_look(work->conn, work->child))
	{
		case SPINAT_SESSION_UP:
			return SUCCESS;
		case SPINAT_SESSION_CONNECTING:
			return ALREADY_DONE;
		default:
			break;
	}
	DBG1(DBG_CHD, "spinat: '%s' is down, initiating it again (try %u)",
		 work->name, tries + 1);
	return spinat_session_initiate(work->conn, work->child) ? NEED_MORE
															: NOT_FOUND;
}

/**
 * Say what else it can be that no new IKE_SA helps, once.
 */
static void tell_target(patient_t *patient)
{
	if (patient->tries == TRIES_TELL_TARGET)
	{
		DBG1(DBG_CHD, "spinat: %u new IKE_SAs gave no proof of '%s'; if its "
			 "data passes, nothing answers the pings: with a peer that has no "
			 "spinat, target must be an address of that peer that answers "
			 "echoes", patient->tries, patient->name);
	}
}

/**
 * Job that works on a patient until its CHILD_SA is up again. Whether it is
 * well then is for the kernel to tell.
 */
static job_requeue_t session_job(spinat_work_t *work)
{
	private_spinat_recovery_t *this = work->owner;
	patient_t *patient;
	status_t status;
	uint32_t delay;

	this->mutex->lock(this->mutex);
	patient = find(this, work->name);
	if (patient->well)
	{
		discharge(this, patient);
		this->mutex->unlock(this->mutex);
		return JOB_REQUEUE_NONE;
	}
	this->mutex->unlock(this->mutex);

	/* while it is busy only this job destroys it */
	status = take_step(work, patient->tries);

	this->mutex->lock(this->mutex);
	switch (status)
	{
		case SUCCESS:
			patient->busy = FALSE;
			break;
		case NOT_FOUND:
			DBG1(DBG_CHD, "spinat: '%s' is given up, its connection has "
				 "gate = client no more", work->name);
			spinat_shunts_uninstall(work->conn, work->child);
			discharge(this, patient);
			break;
		case NEED_MORE:
			spinat_count(SPINAT_COUNT_SESSIONS);
			patient->last = now_ms();
			patient->tries++;
			tell_target(patient);
			break;
		default:
			break;
	}
	if (status == SUCCESS || status == NOT_FOUND)
	{
		this->mutex->unlock(this->mutex);
		return JOB_REQUEUE_NONE;
	}
	delay = spinat_gate_retry_delay(work->conn, max(1, patient->tries) - 1);
	this->mutex->unlock(this->mutex);
	return JOB_RESCHEDULE_MS(delay);
}

/**
 * Start the job for a tunnel, unless there is one; work may be NULL.
 */
static void start(private_spinat_recovery_t *this, spinat_work_t *work,
				  bool later)
{
	uint64_t now = now_ms(), due = now;
	patient_t *patient;

	if (!work)
	{
		return;
	}
	if (!work->single)
	{	/* trying would only end the IKE_SA there is */
		DBG1(DBG_CHD, "spinat: '%s' does not work, but a new IKE_SA can't be "
			 "started from here, as its connection has more than one peer: "
			 "set gate = client on the peer", work->name);
		spinat_work_destroy(work);
		return;
	}
	this->mutex->lock(this->mutex);
	patient = find(this, work->name);
	if (!patient)
	{
		INIT(patient,
			.name = strdup(work->name),
		);
		this->patients->insert_last(this->patients, patient);
	}
	patient->well = FALSE;
	if (patient->busy)
	{
		spinat_work_destroy(work);
	}
	else
	{
		patient->busy = TRUE;
		if (patient->tries)
		{
			due = patient->last +
				  spinat_gate_retry_delay(work->conn, patient->tries - 1);
		}
		else if (later)
		{
			due += spinat_gate_retry_delay(work->conn, 0);
		}
		spinat_work_queue(work, (callback_job_cb_t)session_job, due > now ? due - now : 0);
	}
	this->mutex->unlock(this->mutex);
}

/**
 * Job to rekey a CHILD_SA. If the last rekeying got no answer in all the time
 * since, IKE needs help as well.
 */
static job_requeue_t rekey_job(spinat_work_t *work)
{
	private_spinat_recovery_t *this = work->owner;

	status_t status;

	status = spinat_session_rekey(work->peer, work->out);
	if (status == SUCCESS)
	{
		spinat_count(SPINAT_COUNT_REKEYED);
	}
	else if (status == ALREADY_DONE)
	{
		DBG1(DBG_CHD, "spinat: the last rekeying of '%s' is not answered",
			 work->name);
		start(this, spinat_work_create(this, this->tunnels, work->name,
									   work->peer, work->out), FALSE);
	}
	return JOB_REQUEUE_NONE;
}

METHOD(spinat_recovery_t, rekey, void,
	private_spinat_recovery_t *this, spinat_event_t *event)
{
	spinat_work_t *work;

	work = spinat_work_create(this, this->tunnels, event->tunnel, event->peer,
							  event->out);
	if (work)
	{
		DBG1(DBG_CHD, "spinat: no proof of '%s' by epoch %.8x_i %.8x_o, "
			 "rekeying its CHILD_SA (request %u)", event->tunnel,
			 ntohl(event->in), ntohl(event->out), event->failures);
		spinat_work_queue(work, (callback_job_cb_t)rekey_job, 0);
	}
}

METHOD(spinat_recovery_t, session, void,
	private_spinat_recovery_t *this, spinat_event_t *event)
{
	start(this, spinat_work_create(this, this->tunnels, event->tunnel,
								   event->peer, event->out), FALSE);
}

METHOD(spinat_recovery_t, proved, void,
	private_spinat_recovery_t *this, spinat_event_t *event)
{
	patient_t *patient;

	this->mutex->lock(this->mutex);
	patient = find(this, event->tunnel);
	if (patient)
	{
		patient->tries = 0;
		patient->well = TRUE;
		if (!patient->busy)
		{
			discharge(this, patient);
		}
	}
	this->mutex->unlock(this->mutex);
}

/**
 * Start the jobs for all tunnels of an IKE_SA that is a client's, to look after
 * them in a while.
 */
static void start_all(private_spinat_recovery_t *this, ike_sa_t *ike_sa,
					  bool replace)
{
	host_t *peer = replace ? ike_sa->get_other_host(ike_sa) : NULL;
	char name[SPINAT_TUNNEL_NAME];
	enumerator_t *enumerator;
	child_sa_t *child_sa;

	enumerator = ike_sa->create_child_sa_enumerator(ike_sa);
	while (enumerator->enumerate(enumerator, &child_sa))
	{
		if (this->tunnels->get_name(this->tunnels, ike_sa, child_sa, name))
		{
			start(this, spinat_work_create(this, this->tunnels, name, peer,
								child_sa->get_spi(child_sa, FALSE)), TRUE);
		}
	}
	enumerator->destroy(enumerator);
}

/**
 * Check if an IKE_SA is a client's.
 */
static bool is_client(ike_sa_t *ike_sa)
{
	spinat_gate_t gate;

	spinat_gate_get(ike_sa->get_name(ike_sa), &gate);
	return gate.role == SPINAT_ROLE_CLIENT;
}

METHOD(spinat_recovery_t, lost, void,
	private_spinat_recovery_t *this, ike_sa_t *ike_sa)
{
	if (is_client(ike_sa) && ike_sa->get_state(ike_sa) != IKE_DELETING)
	{
		spinat_shunts_install(ike_sa);
		start_all(this, ike_sa, FALSE);
	}
}

METHOD(spinat_recovery_t, reauthenticated, void,
	private_spinat_recovery_t *this, ike_sa_t *ike_sa)
{
	if (is_client(ike_sa))
	{
		start_all(this, ike_sa, TRUE);
	}
}

METHOD(spinat_recovery_t, destroy, void,
	private_spinat_recovery_t *this)
{
	patient_t *patient;

	while (this->patients->get_first(this->patients,
									 (void**)&patient) == SUCCESS)
	{
		discharge(this, patient);
	}
	this->patients->destroy(this->patients);
	this->mutex->destroy(this->mutex);
	free(this);
}

/*
 * Described in header
 */
spinat_recovery_t *spinat_recovery_create(spinat_tunnels_t *tunnels)
{
	private_spinat_recovery_t *this;

	INIT(this,
		.public = {
			.rekey = _rekey,
			.session = _session,
			.proved = _proved,
			.lost = _lost,
			.reauthenticated = _reauthenticated,
			.destroy = _destroy,
		},
		.tunnels = tunnels,
		.patients = linked_list_create(),
		.mutex = mutex_create(MUTEX_TYPE_DEFAULT),
	);

	return &this->public;
}
