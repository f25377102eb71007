/* SPDX-License-Identifier: GPL-2.0 */

#include "spinat_retry.h"

#include <daemon.h>
#include <processing/jobs/callback_job.h>

/**
 * Check out the IKE_SA a job is for. It waits until the hook's thread is done.
 */
static ike_sa_t *checkout(ike_sa_id_t *id)
{
	return charon->ike_sa_manager->checkout(charon->ike_sa_manager, id);
}

/**
 * Check in an IKE_SA after a change, destroy it if that is its result.
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
 * Job to give up an IKE_SA, data is its ike_sa_id_t.
 */
static job_requeue_t give_up(void *data)
{
	ike_sa_t *ike_sa = checkout(data);
	status_t status = DESTROY_ME;

	if (ike_sa)
	{
		if (ike_sa->get_state(ike_sa) == IKE_ESTABLISHED)
		{	/* IKEv1 aggressive mode is that fast, tell the peer */
			status = ike_sa->delete(ike_sa, FALSE);
		}
		checkin(ike_sa, status);
	}
	return JOB_REQUEUE_NONE;
}

/**
 * Job to start an IKE_SA anew, data is its ike_sa_id_t.
 */
static job_requeue_t start_anew(void *data)
{
	ike_sa_t *ike_sa = checkout(data);

	if (ike_sa)
	{
		ike_sa->reset(ike_sa, TRUE);
		checkin(ike_sa, ike_sa->initiate(ike_sa, NULL, NULL));
	}
	return JOB_REQUEUE_NONE;
}

/**
 * Queue one of the jobs above.
 */
static void queue(ike_sa_t *ike_sa, callback_job_cb_t cb)
{
	ike_sa_id_t *id = ike_sa->get_id(ike_sa);

	lib->processor->queue_job(lib->processor,
			(job_t*)callback_job_create_with_prio(cb, id->clone(id),
							(void*)id->destroy, NULL, JOB_PRIO_HIGH));
}

/*
 * Described in header
 */
void spinat_retry_never(ike_sa_t *ike_sa)
{
	queue(ike_sa, give_up);
}

/*
 * Described in header
 */
void spinat_retry_now(ike_sa_t *ike_sa)
{
	queue(ike_sa, start_anew);
}
