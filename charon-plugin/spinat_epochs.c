/* SPDX-License-Identifier: GPL-2.0 */

#include "spinat_epochs.h"
#include "spinat_counters.h"
#include "spinat_target.h"

#include <daemon.h>
#include <collections/linked_list.h>
#include <processing/jobs/callback_job.h>
#include <threading/mutex.h>

typedef struct private_spinat_epochs_t private_spinat_epochs_t;

/**
 * Private data of a spinat_epochs_t object.
 */
struct private_spinat_epochs_t {

	/**
	 * Public interface
	 */
	spinat_epochs_t public;

	/**
	 * Requests to the kernel
	 */
	spinat_netlink_t *netlink;

	/**
	 * Table of tunnels
	 */
	spinat_tunnels_t *tunnels;

	/**
	 * Unique IDs, as uintptr_t, of CHILD_SAs that stay open when their SAs are
	 * replaced
	 */
	linked_list_t *open;

	/**
	 * Protects the list
	 */
	mutex_t *mutex;
};

/**
 * Log that the module is absent, tell if a CHILD_SA may do without.
 */
static bool handle_absence(ike_sa_t *ike_sa, child_sa_t *child_sa,
						   spinat_gate_t *gate)
{
	spinat_count(SPINAT_COUNT_UNGATED);
	DBG1(DBG_CHD, "spinat: CHILD_SA '%s' of connection '%s' is %s, as its gate "
		 "needs the kernel module spinat_epoch and that is not loaded: run "
		 "'modprobe spinat_epoch', or set gate = no",
		 child_sa->get_name(child_sa), ike_sa->get_name(ike_sa),
		 gate->drop ? "refused" : "not gated");
	return !gate->drop;
}

METHOD(spinat_epochs_t, prepare, bool,
	private_spinat_epochs_t *this, ike_sa_t *ike_sa, child_sa_t *child_sa)
{
	spinat_gate_t gate;

	spinat_gate_get(ike_sa->get_name(ike_sa), &gate);
	if (gate.role == SPINAT_ROLE_NO)
	{
		return TRUE;
	}
	switch (this->tunnels->set(this->tunnels, ike_sa, child_sa,
							   ike_sa->get_other_host(ike_sa), &gate, NULL))
	{
		case SUCCESS:
			return TRUE;
		case NOT_SUPPORTED:
			return handle_absence(ike_sa, child_sa, &gate);
		default:
			/* the reason is logged already */
			return !gate.drop;
	}
}

/**
 * Get the sentence that tells why a CHILD_SA can't be gated, or NULL and the
 * addresses to ping.
 */
static char *why_not(ike_sa_t *ike_sa, child_sa_t *child_sa,
					 spinat_gate_t *gate, host_t **target, host_t **source)
{
	*target = *source = NULL;
	if (child_sa->get_protocol(child_sa) != PROTO_ESP)
	{
		return "it uses AH, which has no gate: use ESP";
	}
	if (child_sa->get_ipcomp(child_sa) != IPCOMP_NONE)
	{
		return "it uses IPComp, which hides the lengths of control pings: set "
			   "ipcomp = no in swanctl.conf";
	}
	return spinat_target_choose(ike_sa, child_sa, gate->role, target, source);
}

/**
 * Refuse to gate a CHILD_SA. It was closed from its birth.
 */
static void refuse(private_spinat_epochs_t *this, ike_sa_t *ike_sa,
				   child_sa_t *child_sa, spinat_gate_t *gate, char *why)
{
	spinat_count(SPINAT_COUNT_UNGATED);
	if (why)
	{
		DBG1(DBG_CHD, "spinat: CHILD_SA '%s' of connection '%s' can't be gated "
			 "and %s, as on_ceiling = %s, because %s",
			 child_sa->get_name(child_sa), ike_sa->get_name(ike_sa),
			 gate->drop ? "stays closed" : "is open",
			 gate->drop ? "drop" : "open", why);
	}
	if (!gate->drop)
	{
		this->netlink->del_epoch(this->netlink, ike_sa->get_other_host(ike_sa),
								 child_sa->get_spi(child_sa, FALSE));
	}
}

/**
 * Note that a CHILD_SA stays open, or forget that, FALSE if it was not noted.
 */
static bool keep_open(private_spinat_epochs_t *this, child_sa_t *child_sa,
					  bool keep)
{
	void *id = (void*)(uintptr_t)child_sa->get_unique_id(child_sa);
	bool found;

	this->mutex->lock(this->mutex);
	found = this->open->remove(this->open, id, NULL) > 0;
	if (keep)
	{
		this->open->insert_last(this->open, id);
	}
	this->mutex->unlock(this->mutex);
	return found;
}

/**
 * Announce a CHILD_SA of a connection with a gate.
 */
static void announce_gated(private_spinat_epochs_t *this, ike_sa_t *ike_sa,
						   child_sa_t *child_sa, spinat_gate_t *gate)
{
	char name[SPINAT_TUNNEL_NAME], *why;
	spinat_netlink_epoch_t epoch = {
		.tunnel = name,
		.peer = ike_sa->get_other_host(ike_sa),
		.out = child_sa->get_spi(child_sa, FALSE),
		.in = child_sa->get_spi(child_sa, TRUE),
	};

	if (this->tunnels->set(this->tunnels, ike_sa, child_sa, epoch.peer, gate,
						   name) != SUCCESS)
	{	/* it was logged when this was prepared */
		return;
	}
	why = why_not(ike_sa, child_sa, gate, &epoch.target, &epoch.source);
	if (why)
	{
		refuse(this, ike_sa, child_sa, gate, why);
	}
	else if (this->netlink->new_epoch(this->netlink, &epoch) == SUCCESS)
	{
		spinat_count(SPINAT_COUNT_ANNOUNCED);
		DBG2(DBG_CHD, "spinat: announced epoch %.8x_i %.8x_o of '%s', target "
			 "%H, source %H", ntohl(epoch.in), ntohl(epoch.out), name,
			 epoch.target, epoch.source);
		if (keep_open(this, child_sa, FALSE))
		{
			this->netlink->open_epoch(this->netlink, epoch.peer, epoch.out);
		}
	}
	else
	{
		refuse(this, ike_sa, child_sa, gate, NULL);
	}
	DESTROY_IF(epoch.target);
	DESTROY_IF(epoch.source);
}

METHOD(spinat_epochs_t, announce, void,
	private_spinat_epochs_t *this, ike_sa_t *ike_sa, child_sa_t *child_sa)
{
	host_t *peer = ike_sa->get_other_host(ike_sa);
	spinat_gate_t gate;

	if (!(child_sa->get_outbound_state(child_sa) & CHILD_OUTBOUND_SA))
	{	/* replaced, there is nothing to gate */
		return;
	}
	spinat_gate_get(ike_sa->get_name(ike_sa), &gate);
	if (gate.role != SPINAT_ROLE_NO)
	{
		announce_gated(this, ike_sa, child_sa, &gate);
	}
	else if (this->tunnels->has_peer(this->tunnels, peer))
	{	/* it was closed as another connection's tunnel has the same peer */
		this->netlink->del_epoch(this->netlink, peer,
								 child_sa->get_spi(child_sa, FALSE));
	}
}

/**
 * Check if the path of a CHILD_SA stays the same, and is proved. If it is but a
 * port of IKE that changes at a NAT, the client does not know of it and has no
 * reason to prove anything to a server.
 */
static bool stays_open(private_spinat_epochs_t *this, ike_sa_t *ike_sa,
					   child_sa_t *child_sa, host_t *me, host_t *peer)
{
	return me->ip_equals(me, ike_sa->get_my_host(ike_sa)) &&
		   peer->ip_equals(peer, ike_sa->get_other_host(ike_sa)) &&
		   this->netlink->is_proved(this->netlink, peer,
									child_sa->get_spi(child_sa, FALSE));
}

METHOD(spinat_epochs_t, move, void,
	private_spinat_epochs_t *this, ike_sa_t *ike_sa, host_t *me, host_t *peer)
{
	enumerator_t *enumerator;
	child_sa_t *child_sa;
	spinat_gate_t gate;

	spinat_gate_get(ike_sa->get_name(ike_sa), &gate);
	if (gate.role == SPINAT_ROLE_NO)
	{
		return;
	}
	enumerator = ike_sa->create_child_sa_enumerator(ike_sa);
	while (enumerator->enumerate(enumerator, &child_sa))
	{
		keep_open(this, child_sa, gate.role == SPINAT_ROLE_SERVER &&
				  stays_open(this, ike_sa, child_sa, me, peer));
		this->tunnels->set(this->tunnels, ike_sa, child_sa, peer, &gate, NULL);
	}
	enumerator->destroy(enumerator);
}

/**
 * Job that announces all CHILD_SAs, oldest first.
 */
static job_requeue_t announce_all_job(private_spinat_epochs_t *this)
{
	enumerator_t *ike_sas, *child_sas;
	child_sa_t *child_sa;
	ike_sa_t *ike_sa;

	this->tunnels->check(this->tunnels);
	ike_sas = charon->ike_sa_manager->create_enumerator(charon->ike_sa_manager,
														TRUE);
	while (ike_sas->enumerate(ike_sas, &ike_sa))
	{
		child_sas = ike_sa->create_child_sa_enumerator(ike_sa);
		while (child_sas->enumerate(child_sas, &child_sa))
		{
			announce(this, ike_sa, child_sa);
		}
		child_sas->destroy(child_sas);
	}
	ike_sas->destroy(ike_sas);
	return JOB_REQUEUE_NONE;
}

METHOD(spinat_epochs_t, announce_all, void,
	private_spinat_epochs_t *this)
{
	lib->processor->queue_job(lib->processor,
			(job_t*)callback_job_create((callback_job_cb_t)announce_all_job,
							this, NULL, (callback_job_cancel_t)return_false));
}

METHOD(spinat_epochs_t, destroy, void,
	private_spinat_epochs_t *this)
{
	this->open->destroy(this->open);
	this->mutex->destroy(this->mutex);
	free(this);
}

/*
 * Described in header
 */
spinat_epochs_t *spinat_epochs_create(spinat_netlink_t *netlink,
									  spinat_tunnels_t *tunnels)
{
	private_spinat_epochs_t *this;

	INIT(this,
		.public = {
			.prepare = _prepare,
			.announce = _announce,
			.move = _move,
			.announce_all = _announce_all,
			.destroy = _destroy,
		},
		.netlink = netlink,
		.tunnels = tunnels,
		.open = linked_list_create(),
		.mutex = mutex_create(MUTEX_TYPE_DEFAULT),
	);

	return &this->public;
}
