/* SPDX-License-Identifier: GPL-2.0 */

#include "spinat_keepalive.h"

#include <daemon.h>
#include <processing/jobs/callback_job.h>

/** Default of charon.keep_alive, in seconds */
#define DEFAULT_INTERVAL 20

/**
 * Get the interval all keepalives are sent in, 0 to send none.
 */
static uint32_t get_interval()
{
	return lib->settings->get_time(lib->settings, "%s.keep_alive",
								   DEFAULT_INTERVAL, lib->ns);
}

/**
 * Send a keepalive, a single byte without the marker that IKE has on port 4500.
 */
static void send_keepalive(ike_sa_t *ike_sa, time_t now)
{
	host_t *me = ike_sa->get_my_host(ike_sa);
	host_t *other = ike_sa->get_other_host(ike_sa);
	packet_t *packet;

	packet = packet_create_from_data(me->clone(me), other->clone(other),
									 chunk_clone(chunk_from_chars(0xff)));
	DBG2(DBG_IKE, "spinat: sending keep alive to %#H", other);
	charon->sender->send_no_marker(charon->sender, packet);
	ike_sa->set_statistic(ike_sa, STAT_OUTBOUND, now);
}

/**
 * Send a keepalive if it is time to, get the time until the next, in seconds.
 */
static uint32_t keep_alive(ike_sa_t *ike_sa, uint32_t interval)
{
	time_t now = time_monotonic(NULL), idle;

	if (!ike_sa->has_condition(ike_sa, COND_NAT_HERE) ||
		ike_sa->has_condition(ike_sa, COND_STALE) ||
		ike_sa->get_state(ike_sa) == IKE_PASSIVE)
	{
		return interval;
	}
	idle = now - ike_sa->get_statistic(ike_sa, STAT_OUTBOUND);
	if (idle < interval)
	{
		return interval - idle;
	}
	send_keepalive(ike_sa, now);
	return interval;
}

/**
 * Job that does so until the IKE_SA is gone, data is its ike_sa_id_t.
 */
static job_requeue_t keep_alive_job(void *data)
{
	uint32_t interval = get_interval();
	ike_sa_t *ike_sa;

	ike_sa = charon->ike_sa_manager->checkout(charon->ike_sa_manager, data);
	if (!ike_sa)
	{
		return JOB_REQUEUE_NONE;
	}
	/* the setting may change: with 0 only look again */
	interval = interval ? keep_alive(ike_sa, interval) : DEFAULT_INTERVAL;
	charon->ike_sa_manager->checkin(charon->ike_sa_manager, ike_sa);
	return JOB_RESCHEDULE(interval);
}

/*
 * Described in header
 */
void spinat_keepalive_start(ike_sa_t *ike_sa)
{
	ike_sa_id_t *id = ike_sa->get_id(ike_sa);
	callback_job_t *job;

	job = callback_job_create_with_prio(keep_alive_job, id->clone(id),
						(void*)id->destroy, NULL, JOB_PRIO_HIGH);
	lib->scheduler->schedule_job(lib->scheduler, (job_t*)job,
								 get_interval() ?: DEFAULT_INTERVAL);
}
