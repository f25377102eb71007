/* SPDX-License-Identifier: GPL-2.0 */

#include "spinat_gater.h"
#include "spinat_epochs.h"
#include "spinat_events.h"
#include "spinat_recovery.h"
#include "spinat_shunts.h"

#include <daemon.h>

typedef struct private_spinat_gater_t private_spinat_gater_t;

/**
 * Private data of a spinat_gater_t object.
 */
struct private_spinat_gater_t {

	/**
	 * Public interface
	 */
	spinat_gater_t public;

	/**
	 * Requests to the kernel
	 */
	spinat_netlink_t *netlink;

	/**
	 * Events of the kernel, NULL as long as no connection has a gate
	 */
	spinat_events_t *events;

	/**
	 * Tunnels the kernel knows
	 */
	spinat_tunnels_t *tunnels;

	/**
	 * Announces epochs
	 */
	spinat_epochs_t *epochs;

	/**
	 * Does what the kernel asks for
	 */
	spinat_recovery_t *recovery;
};

/**
 * Handle an event of the kernel.
 */
static void handle(private_spinat_gater_t *this, spinat_event_t *event)
{
	if (!event)
	{
		DBG1(DBG_KNL, "spinat: the kernel module spinat_epoch was loaded");
		this->epochs->announce_all(this->epochs);
		return;
	}
	switch (event->why)
	{
		case SPINAT_EPOCH_EVENT_REKEY:
			this->recovery->rekey(this->recovery, event);
			break;
		case SPINAT_EPOCH_EVENT_SESSION:
			this->recovery->session(this->recovery, event);
			break;
		case SPINAT_EPOCH_EVENT_PROVED:
			this->recovery->proved(this->recovery, event);
			break;
		default:
			break;
	}
}

METHOD(listener_t, narrow, bool,
	private_spinat_gater_t *this, ike_sa_t *ike_sa, child_sa_t *child_sa,
	narrow_hook_t type, linked_list_t *local, linked_list_t *remote)
{
	traffic_selector_t *ts;

	switch (type)
	{
		case NARROW_RESPONDER_POST:
		case NARROW_INITIATOR_POST_NOAUTH:
		case NARROW_INITIATOR_POST_AUTH:
			/* the last hook before the SAs are installed */
			if (this->epochs->prepare(this->epochs, ike_sa, child_sa))
			{
				break;
			}
			while (local->remove_last(local, (void**)&ts) == SUCCESS)
			{
				ts->destroy(ts);
			}
			break;
		default:
			break;
	}
	return TRUE;
}

METHOD(listener_t, child_derived_keys, bool,
	private_spinat_gater_t *this, ike_sa_t *ike_sa, child_sa_t *child_sa,
	bool initiator, chunk_t encr_i, chunk_t encr_r, chunk_t integ_i,
	chunk_t integ_r)
{
	this->epochs->announce(this->epochs, ike_sa, child_sa);
	return TRUE;
}

METHOD(listener_t, child_updown, bool,
	private_spinat_gater_t *this, ike_sa_t *ike_sa, child_sa_t *child_sa,
	bool up)
{
	if (up)
	{
		spinat_shunts_uninstall(ike_sa->get_name(ike_sa),
								child_sa->get_name(child_sa));
	}
	return TRUE;
}

METHOD(listener_t, child_state_change, bool,
	private_spinat_gater_t *this, ike_sa_t *ike_sa, child_sa_t *child_sa,
	child_sa_state_t state)
{
	if (ike_sa && child_sa->get_state(child_sa) == CHILD_UPDATING &&
		state != CHILD_INSTALLING)
	{	/* its SAs were replaced by others with the same SPIs */
		this->epochs->announce(this->epochs, ike_sa, child_sa);
	}
	return TRUE;
}

METHOD(listener_t, ike_update, bool,
	private_spinat_gater_t *this, ike_sa_t *ike_sa, host_t *local,
	host_t *remote)
{
	this->epochs->move(this->epochs, ike_sa, local, remote);
	return TRUE;
}

METHOD(listener_t, ike_rekey, bool,
	private_spinat_gater_t *this, ike_sa_t *old, ike_sa_t *new)
{
	this->tunnels->migrate(this->tunnels, old->get_unique_id(old),
						   new->get_unique_id(new));
	return TRUE;
}

METHOD(listener_t, children_migrate, bool,
	private_spinat_gater_t *this, ike_sa_t *ike_sa, ike_sa_id_t *new,
	uint32_t unique)
{
	if (new)
	{	/* called for the old one, too */
		this->tunnels->migrate(this->tunnels, ike_sa->get_unique_id(ike_sa),
							   unique);
	}
	return TRUE;
}

METHOD(listener_t, ike_state_change, bool,
	private_spinat_gater_t *this, ike_sa_t *ike_sa, ike_sa_state_t state)
{
	if (state == IKE_DESTROYING)
	{
		this->tunnels->release(this->tunnels, ike_sa->get_unique_id(ike_sa));
	}
	else if (state == IKE_DELETING &&
			 ike_sa->has_condition(ike_sa, COND_REAUTHENTICATING))
	{
		this->recovery->reauthenticated(this->recovery, ike_sa);
	}
	return TRUE;
}

METHOD(listener_t, alert, bool,
	private_spinat_gater_t *this, ike_sa_t *ike_sa, alert_t alert,
	va_list args)
{
	if (ike_sa && alert == ALERT_RETRANSMIT_SEND_TIMEOUT)
	{
		this->recovery->lost(this->recovery, ike_sa);
	}
	return TRUE;
}

METHOD(spinat_gater_t, reload, void,
	private_spinat_gater_t *this)
{
	if (!this->events && spinat_gate_any())
	{
		this->events = spinat_events_create((spinat_events_cb_t)handle, this);
		this->tunnels->clean(this->tunnels);
	}
	if (this->events)
	{
		this->epochs->announce_all(this->epochs);
	}
}

METHOD(spinat_gater_t, destroy, void,
	private_spinat_gater_t *this)
{
	DESTROY_IF(this->events);
	this->recovery->destroy(this->recovery);
	this->epochs->destroy(this->epochs);
	this->tunnels->destroy(this->tunnels);
	this->netlink->destroy(this->netlink);
	free(this);
}

/*
 * Described in header
 */
spinat_gater_t *spinat_gater_create()
{
	private_spinat_gater_t *this;
	spinat_netlink_t *netlink;

	netlink = spinat_netlink_create();
	if (!netlink)
	{
		return NULL;
	}

	INIT(this,
		.public = {
			.listener = {
				.alert = _alert,
				.narrow = _narrow,
				.child_derived_keys = _child_derived_keys,
				.child_updown = _child_updown,
				.child_state_change = _child_state_change,
				.ike_update = _ike_update,
				.ike_rekey = _ike_rekey,
				.children_migrate = _children_migrate,
				.ike_state_change = _ike_state_change,
			},
			.reload = _reload,
			.destroy = _destroy,
		},
		.netlink = netlink,
	);
	this->tunnels = spinat_tunnels_create(netlink);
	this->epochs = spinat_epochs_create(netlink, this->tunnels);
	this->recovery = spinat_recovery_create(this->tunnels);

	return &this->public;
}
