/* SPDX-License-Identifier: GPL-2.0 */

#include "spinat_keepalive.h"

#include <daemon.h>
#include <processing/jobs/callback_job.h>
#include <sa/ikev2/tasks/ike_dpd.h>

/** Default of charon.keep_alive, in seconds */
#define DEFAULT_INTERVAL 20

typedef struct {
	/** IKE_SA to keep alive */
	ike_sa_id_t *id;
	/** its mode */
	spinat_plain_esp_t mode;
} keepalive_t;

/**
 * Destroy the data of a job.
 */
static void keepalive_destroy(keepalive_t *this)
{
	this->id->destroy(this->id);
	free(this);
}

/**
 * Get the interval packets are sent in, in seconds, 0 to send none.
 */
static uint32_t get_interval(ike_sa_t *ike_sa, spinat_plain_esp_t mode)
{
	peer_cfg_t *peer_cfg = ike_sa->get_peer_cfg(ike_sa);

	if (mode == SPINAT_BOTH)
	{
		return lib->settings->get_time(lib->settings, "%s.keep_alive",
									   DEFAULT_INTERVAL, lib->ns);
	}
	return peer_cfg ? peer_cfg->get_dpd(peer_cfg) : 0;
}

/**
 * Check if packets are wanted at all at this time.
 */
static bool is_wanted(ike_sa_t *ike_sa, spinat_plain_esp_t mode)
{
	return ike_sa->get_state(ike_sa) == IKE_ESTABLISHED &&
		  !ike_sa->has_condition(ike_sa, COND_STALE) &&
		   (mode == SPINAT_ALONE ||
			ike_sa->has_condition(ike_sa, COND_NAT_HERE));
}

/**
 * Send a keepalive, a single byte without the marker that IKE has on port 4500.
 */
static status_t send_keepalive(ike_sa_t *ike_sa, time_t now)
{
	host_t *me = ike_sa->get_my_host(ike_sa);
	host_t *other = ike_sa->get_other_host(ike_sa);
	packet_t *packet;

	packet = packet_create_from_data(me->clone(me), other->clone(other),
									 chunk_clone(chunk_from_chars(0xff)));
	DBG2(DBG_IKE, "spinat: sending keep alive to %#H", other);
	charon->sender->send_no_marker(charon->sender, packet);
	ike_sa->set_statistic(ike_sa, STAT_OUTBOUND, now);
	return SUCCESS;
}

/**
 * Send a request for dead peer detection.
 */
static status_t send_dpd(ike_sa_t *ike_sa)
{
	task_t *task = &ike_dpd_create(TRUE)->task;

	DBG2(DBG_IKE, "spinat: sending DPD request");
	ike_sa->queue_task(ike_sa, task);
	return ike_sa->initiate(ike_sa, NULL, NULL);
}

/**
 * Send a packet if it is time to, get the time until the next, in seconds.
 */
static uint32_t keep_alive(ike_sa_t *ike_sa, spinat_plain_esp_t mode,
						   status_t *status)
{
	uint32_t interval = get_interval(ike_sa, mode);
	time_t now = time_monotonic(NULL), idle;

	if (!interval || !is_wanted(ike_sa, mode))
	{	/* look again later */
		return interval ?: DEFAULT_INTERVAL;
	}
	idle = now - ike_sa->get_statistic(ike_sa, STAT_OUTBOUND);
	if (idle < interval)
	{
		return interval - idle;
	}
	*status = mode == SPINAT_BOTH ? send_keepalive(ike_sa, now)
								  : send_dpd(ike_sa);
	return interval;
}

/**
 * Job that does so until the IKE_SA is gone.
 */
static job_requeue_t keep_alive_job(keepalive_t *this)
{
	status_t status = SUCCESS;
	uint32_t next;
	ike_sa_t *ike_sa;

	ike_sa = charon->ike_sa_manager->checkout(charon->ike_sa_manager, this->id);
	if (!ike_sa)
	{
		return JOB_REQUEUE_NONE;
	}
	next = keep_alive(ike_sa, this->mode, &status);
	if (status == DESTROY_ME)
	{
		charon->ike_sa_manager->checkin_and_destroy(charon->ike_sa_manager,
													ike_sa);
		return JOB_REQUEUE_NONE;
	}
	charon->ike_sa_manager->checkin(charon->ike_sa_manager, ike_sa);
	return JOB_RESCHEDULE(next);
}

/*
 * Described in header
 */
void spinat_keepalive_start(ike_sa_t *ike_sa, spinat_plain_esp_t mode)
{
	ike_sa_id_t *id = ike_sa->get_id(ike_sa);
	callback_job_t *job;
	keepalive_t *this;

	if (mode == SPINAT_ALONE && ike_sa->get_version(ike_sa) != IKEV2)
	{
		return;
	}
	INIT(this,
		.id = id->clone(id),
		.mode = mode,
	);
	job = callback_job_create_with_prio((callback_job_cb_t)keep_alive_job, this,
						(callback_job_cleanup_t)keepalive_destroy, NULL,
						JOB_PRIO_HIGH);
	lib->scheduler->schedule_job(lib->scheduler, (job_t*)job,
								 get_interval(ike_sa, mode) ?: DEFAULT_INTERVAL);
}
