/* SPDX-License-Identifier: GPL-2.0 */

#include "spinat_work.h"

#include <daemon.h>

/*
 * Described in header
 */
void spinat_work_destroy(spinat_work_t *this)
{
	DESTROY_IF(this->peer);
	free(this->name);
	free(this->conn);
	free(this->child);
	free(this);
}

/*
 * Described in header
 */
spinat_work_t *spinat_work_create(void *owner, spinat_tunnels_t *tunnels,
								  char *name, host_t *peer, uint32_t out)
{
	char *conn, *child;
	spinat_work_t *work;
	bool single;

	if (!tunnels->get_config(tunnels, name, &conn, &child, &single))
	{
		return NULL;
	}
	INIT(work,
		.owner = owner,
		.name = strdup(name),
		.conn = conn,
		.child = child,
		.single = single,
		.peer = peer ? peer->clone(peer) : NULL,
		.out = out,
	);
	return work;
}

/*
 * Described in header
 */
void spinat_work_queue(spinat_work_t *work, callback_job_cb_t cb, uint32_t ms)
{
	job_t *job;

	job = (job_t*)callback_job_create_with_prio(cb, work,
								(void*)spinat_work_destroy, NULL, JOB_PRIO_HIGH);
	if (ms)
	{
		lib->scheduler->schedule_job_ms(lib->scheduler, job, ms);
	}
	else
	{
		lib->processor->queue_job(lib->processor, job);
	}
}
