/* SPDX-License-Identifier: GPL-2.0 */

#include "spinat_traps.h"

#include <daemon.h>
#include <collections/linked_list.h>
#include <processing/jobs/callback_job.h>
#include <threading/mutex.h>

typedef struct private_spinat_traps_t private_spinat_traps_t;

/**
 * Private data of a spinat_traps_t object.
 */
struct private_spinat_traps_t {

	/**
	 * Public interface
	 */
	spinat_traps_t public;

	/**
	 * What is trapped, as trap_t
	 */
	linked_list_t *list;

	/**
	 * Protects the list
	 */
	mutex_t *mutex;
};

/**
 * A CHILD_SA that is trapped.
 */
typedef struct {
	/** name of the connection */
	char *conn;
	/** name of the CHILD_SA */
	char *child;
} trap_t;

/**
 * Destroy a trap_t.
 */
static void trap_destroy(trap_t *this)
{
	free(this->conn);
	free(this->child);
	free(this);
}

/**
 * Check if a CHILD_SA has trap policies.
 */
static bool is_trapped(char *conn, char *child)
{
	enumerator_t *enumerator;
	peer_cfg_t *peer_cfg;
	child_sa_t *child_sa;
	bool found = FALSE;

	enumerator = charon->traps->create_enumerator(charon->traps);
	while (!found && enumerator->enumerate(enumerator, &peer_cfg, &child_sa))
	{
		found = streq(peer_cfg->get_name(peer_cfg), conn) &&
				streq(child_sa->get_name(child_sa), child);
	}
	enumerator->destroy(enumerator);
	return found;
}

/**
 * Check if an IKE_SA has a virtual IP.
 */
static bool has_virtual_ip(ike_sa_t *ike_sa)
{
	enumerator_t *enumerator;
	host_t *host;
	bool found;

	enumerator = ike_sa->create_virtual_ip_enumerator(ike_sa, TRUE);
	found = enumerator->enumerate(enumerator, &host);
	enumerator->destroy(enumerator);
	return found;
}

/**
 * Install the trap policies of a single CHILD_SA.
 */
static void install_single(private_spinat_traps_t *this, ike_sa_t *ike_sa,
						   child_sa_t *child_sa)
{
	char *conn = ike_sa->get_name(ike_sa);
	char *child = child_sa->get_name(child_sa);
	trap_t *trap;

	if (is_trapped(conn, child) ||
		!charon->traps->install(charon->traps, ike_sa->get_peer_cfg(ike_sa),
								child_sa->get_config(child_sa)))
	{
		return;
	}
	INIT(trap,
		.conn = strdup(conn),
		.child = strdup(child),
	);
	this->mutex->lock(this->mutex);
	this->list->insert_last(this->list, trap);
	this->mutex->unlock(this->mutex);
}

METHOD(spinat_traps_t, install, void,
	private_spinat_traps_t *this, ike_sa_t *ike_sa)
{
	enumerator_t *enumerator;
	child_sa_t *child_sa;

	if (has_virtual_ip(ike_sa))
	{
		return;
	}
	enumerator = ike_sa->create_child_sa_enumerator(ike_sa);
	while (enumerator->enumerate(enumerator, &child_sa))
	{
		install_single(this, ike_sa, child_sa);
	}
	enumerator->destroy(enumerator);
}

/**
 * Job that uninstalls trap policies.
 */
static job_requeue_t uninstall_job(trap_t *trap)
{
	charon->traps->uninstall(charon->traps, trap->conn, trap->child);
	return JOB_REQUEUE_NONE;
}

METHOD(spinat_traps_t, uninstall, void,
	private_spinat_traps_t *this, char *conn, char *child)
{
	enumerator_t *enumerator;
	trap_t *current, *trap = NULL;

	this->mutex->lock(this->mutex);
	enumerator = this->list->create_enumerator(this->list);
	while (!trap && enumerator->enumerate(enumerator, &current))
	{
		if (streq(current->conn, conn) && streq(current->child, child))
		{
			this->list->remove_at(this->list, enumerator);
			trap = current;
		}
	}
	enumerator->destroy(enumerator);
	this->mutex->unlock(this->mutex);
	if (trap)
	{
		lib->processor->queue_job(lib->processor,
				(job_t*)callback_job_create((callback_job_cb_t)uninstall_job,
							trap, (callback_job_cleanup_t)trap_destroy, NULL));
	}
}

METHOD(spinat_traps_t, destroy, void,
	private_spinat_traps_t *this)
{
	this->list->destroy_function(this->list, (void*)trap_destroy);
	this->mutex->destroy(this->mutex);
	free(this);
}

/*
 * Described in header
 */
spinat_traps_t *spinat_traps_create()
{
	private_spinat_traps_t *this;

	INIT(this,
		.public = {
			.install = _install,
			.uninstall = _uninstall,
			.destroy = _destroy,
		},
		.list = linked_list_create(),
		.mutex = mutex_create(MUTEX_TYPE_DEFAULT),
	);

	return &this->public;
}
