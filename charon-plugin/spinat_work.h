/* SPDX-License-Identifier: GPL-2.0 */

/**
 * @defgroup spinat_work spinat_work
 * @{ @ingroup spinat
 *
 * What a job needs to know of the tunnel it works on.
 */

#ifndef SPINAT_WORK_H_
#define SPINAT_WORK_H_

#include "spinat_tunnels.h"

#include <processing/jobs/callback_job.h>

typedef struct spinat_work_t spinat_work_t;

/**
 * Data of a job, with copies of all names.
 */
struct spinat_work_t {
	/** who queued it */
	void *owner;
	/** name of the tunnel */
	char *name;
	/** names of its connection and CHILD_SA */
	char *conn;
	char *child;
	/** the connection has a single peer */
	bool single;
	/** SA to the peer, peer is NULL if there is none to look for */
	host_t *peer;
	uint32_t out;
};

/**
 * Create the data of a job.
 *
 * @param owner		who queues it
 * @param tunnels	table of tunnels
 * @param name		name of the tunnel
 * @param peer		outer address of the peer, or NULL
 * @param out		SPI of the SA to the peer
 * @return			data, NULL if there is no such tunnel of ours
 */
spinat_work_t *spinat_work_create(void *owner, spinat_tunnels_t *tunnels,
								  char *name, host_t *peer, uint32_t out);

/**
 * Queue a job, or schedule it for later.
 *
 * @param work		its data, gets owned
 * @param cb		function to call with it
 * @param ms		milliseconds to wait before
 */
void spinat_work_queue(spinat_work_t *work, callback_job_cb_t cb, uint32_t ms);

/**
 * Destroy the data of a job that was not queued.
 *
 * @param work		data to destroy
 */
void spinat_work_destroy(spinat_work_t *work);

#endif /** SPINAT_WORK_H_ @}*/
