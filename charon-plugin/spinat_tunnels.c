/* SPDX-License-Identifier: GPL-2.0 */

#include "spinat_tunnels.h"

#include <daemon.h>
#include <collections/linked_list.h>
#include <threading/mutex.h>

typedef struct private_spinat_tunnels_t private_spinat_tunnels_t;

/**
 * Private data of a spinat_tunnels_t object.
 */
struct private_spinat_tunnels_t {

	/**
	 * Public interface
	 */
	spinat_tunnels_t public;

	/**
	 * Requests to the kernel
	 */
	spinat_netlink_t *netlink;

	/**
	 * Tunnels, as tunnel_t
	 */
	linked_list_t *list;

	/**
	 * Protects the list and what is in it
	 */
	mutex_t *mutex;
};

/**
 * A tunnel.
 */
typedef struct {
	/** its name */
	char name[SPINAT_TUNNEL_NAME];
	/** name of its connection */
	char *conn;
	/** name of its CHILD_SA */
	char *child;
	/** unique ID of the IKE_SA it goes with, 0 if it stays */
	uint32_t owner;
	/** outer address of the peer */
	host_t *peer;
	/** settings the kernel has */
	spinat_gate_t gate;
} tunnel_t;

/**
 * Destroy a tunnel.
 */
static void tunnel_destroy(tunnel_t *this)
{
	DESTROY_IF(this->peer);
	free(this->conn);
	free(this->child);
	free(this);
}

/**
 * Find a tunnel by its name, mutex is held.
 */
static tunnel_t *find(private_spinat_tunnels_t *this, char *name)
{
	enumerator_t *enumerator;
	tunnel_t *current, *found = NULL;

	enumerator = this->list->create_enumerator(this->list);
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
 * Find the tunnel of a CHILD_SA that goes with an IKE_SA, mutex is held.
 */
static tunnel_t *find_owned(private_spinat_tunnels_t *this, uint32_t owner,
							char *child)
{
	enumerator_t *enumerator;
	tunnel_t *current, *found = NULL;

	enumerator = this->list->create_enumerator(this->list);
	while (!found && enumerator->enumerate(enumerator, &current))
	{
		if (current->owner == owner && streq(current->child, child))
		{
			found = current;
		}
	}
	enumerator->destroy(enumerator);
	return found;
}

/**
 * Look up the tunnel of a CHILD_SA, mutex is held.
 *
 * @param owner		receives the IKE_SA's unique ID, 0 for a tunnel that stays
 * @param name		receives the name it has or would have
 */
static tunnel_t *look_up(private_spinat_tunnels_t *this, ike_sa_t *ike_sa,
						 child_sa_t *child_sa, uint32_t *owner,
						 char name[SPINAT_TUNNEL_NAME])
{
	char *child = child_sa->get_name(child_sa);
	tunnel_t *tunnel;

	*owner = spinat_name_is_shared(ike_sa) ? ike_sa->get_unique_id(ike_sa) : 0;
	spinat_name_make(ike_sa->get_name(ike_sa), child, *owner, name);
	tunnel = *owner ? find_owned(this, *owner, child) : find(this, name);
	if (tunnel)
	{	/* since another IKE_SA owned it */
		strcpy(name, tunnel->name);
	}
	return tunnel;
}

/**
 * Get the tunnel of a CHILD_SA, made if there is none, mutex is held.
 */
static tunnel_t *get(private_spinat_tunnels_t *this, ike_sa_t *ike_sa,
					 child_sa_t *child_sa)
{
	char name[SPINAT_TUNNEL_NAME];
	uint32_t owner;
	tunnel_t *tunnel;

	tunnel = look_up(this, ike_sa, child_sa, &owner, name);
	if (!tunnel)
	{
		INIT(tunnel,
			.conn = strdup(ike_sa->get_name(ike_sa)),
			.child = strdup(child_sa->get_name(child_sa)),
			.owner = owner,
		);
		strcpy(tunnel->name, name);
		this->list->insert_last(this->list, tunnel);
	}
	return tunnel;
}

METHOD(spinat_tunnels_t, get_name, bool,
	private_spinat_tunnels_t *this, ike_sa_t *ike_sa, child_sa_t *child_sa,
	char name[SPINAT_TUNNEL_NAME])
{
	uint32_t owner;
	bool found;

	this->mutex->lock(this->mutex);
	found = look_up(this, ike_sa, child_sa, &owner, name) != NULL;
	this->mutex->unlock(this->mutex);
	return found;
}

METHOD(spinat_tunnels_t, set, status_t,
	private_spinat_tunnels_t *this, ike_sa_t *ike_sa, child_sa_t *child_sa,
	host_t *peer, spinat_gate_t *gate, char name[SPINAT_TUNNEL_NAME])
{
	spinat_netlink_tunnel_t request = {
		.peer = peer,
		.gate = gate,
		.if_id = child_sa->get_if_id(child_sa, FALSE),
		.mark = child_sa->get_mark(child_sa, FALSE).value,
	};
	status_t status;
	tunnel_t *tunnel;

	this->mutex->lock(this->mutex);
	tunnel = get(this, ike_sa, child_sa);
	request.name = tunnel->name;
	status = this->netlink->set_tunnel(this->netlink, &request);
	if (status == FAILED && gate->configured)
	{	/* values that are right by themselves may not fit together */
		gate->configured = 0;
		status = this->netlink->set_tunnel(this->netlink, &request);
		if (status == SUCCESS)
		{
			DBG1(DBG_CFG, "spinat: the gate of connection '%s' uses the "
				 "defaults of all numbers", tunnel->conn);
		}
	}
	DESTROY_IF(tunnel->peer);
	tunnel->peer = peer->clone(peer);
	tunnel->gate = *gate;
	if (name)
	{
		strcpy(name, tunnel->name);
	}
	this->mutex->unlock(this->mutex);
	return status;
}

METHOD(spinat_tunnels_t, has_peer, bool,
	private_spinat_tunnels_t *this, host_t *peer)
{
	enumerator_t *enumerator;
	tunnel_t *tunnel;
	bool found = FALSE;

	this->mutex->lock(this->mutex);
	enumerator = this->list->create_enumerator(this->list);
	while (!found && enumerator->enumerate(enumerator, &tunnel))
	{
		found = peer->ip_equals(peer, tunnel->peer);
	}
	enumerator->destroy(enumerator);
	this->mutex->unlock(this->mutex);
	return found;
}

METHOD(spinat_tunnels_t, get_config, bool,
	private_spinat_tunnels_t *this, char *name, char **conn, char **child,
	bool *single)
{
	tunnel_t *tunnel;

	this->mutex->lock(this->mutex);
	tunnel = find(this, name);
	if (tunnel)
	{
		*conn = strdup(tunnel->conn);
		*child = strdup(tunnel->child);
		*single = !tunnel->owner;
	}
	this->mutex->unlock(this->mutex);
	return tunnel != NULL;
}

METHOD(spinat_tunnels_t, migrate, void,
	private_spinat_tunnels_t *this, uint32_t old, uint32_t new)
{
	enumerator_t *enumerator;
	tunnel_t *tunnel;

	this->mutex->lock(this->mutex);
	enumerator = this->list->create_enumerator(this->list);
	while (enumerator->enumerate(enumerator, &tunnel))
	{
		if (tunnel->owner == old)
		{
			tunnel->owner = new;
		}
	}
	enumerator->destroy(enumerator);
	this->mutex->unlock(this->mutex);
}

/**
 * Forget all tunnels that a function selects.
 */
static void forget(private_spinat_tunnels_t *this,
				   bool (*select)(tunnel_t*, uint32_t), uint32_t id)
{
	enumerator_t *enumerator;
	tunnel_t *tunnel;

	this->mutex->lock(this->mutex);
	enumerator = this->list->create_enumerator(this->list);
	while (enumerator->enumerate(enumerator, &tunnel))
	{
		if (select(tunnel, id))
		{
			this->netlink->del_tunnel(this->netlink, tunnel->name);
			this->list->remove_at(this->list, enumerator);
			tunnel_destroy(tunnel);
		}
	}
	enumerator->destroy(enumerator);
	this->mutex->unlock(this->mutex);
}

/**
 * Select those that go with an IKE_SA.
 */
static bool goes_with(tunnel_t *tunnel, uint32_t id)
{
	return tunnel->owner == id;
}

METHOD(spinat_tunnels_t, release, void,
	private_spinat_tunnels_t *this, uint32_t id)
{
	forget(this, goes_with, id);
}

/**
 * Select those without a gate, or with less settings than the kernel has.
 */
static bool is_outdated(tunnel_t *tunnel, uint32_t id)
{
	spinat_gate_t gate;

	spinat_gate_get(tunnel->conn, &gate);
	return gate.role == SPINAT_ROLE_NO ||
		   tunnel->gate.configured & ~gate.configured;
}

METHOD(spinat_tunnels_t, check, void,
	private_spinat_tunnels_t *this)
{
	forget(this, is_outdated, 0);
}

METHOD(spinat_tunnels_t, clean, void,
	private_spinat_tunnels_t *this)
{
	linked_list_t *names = linked_list_create();
	char *name;

	this->netlink->get_tunnels(this->netlink, names);
	while (names->remove_first(names, (void**)&name) == SUCCESS)
	{
		if (spinat_name_has_number(name))
		{
			this->netlink->del_tunnel(this->netlink, name);
		}
		free(name);
	}
	names->destroy(names);
}

/**
 * Select all.
 */
static bool is_any(tunnel_t *tunnel, uint32_t id)
{
	return TRUE;
}

METHOD(spinat_tunnels_t, destroy, void,
	private_spinat_tunnels_t *this)
{
	forget(this, is_any, 0);
	this->list->destroy(this->list);
	this->mutex->destroy(this->mutex);
	free(this);
}

/*
 * Described in header
 */
spinat_tunnels_t *spinat_tunnels_create(spinat_netlink_t *netlink)
{
	private_spinat_tunnels_t *this;

	INIT(this,
		.public = {
			.set = _set,
			.get_name = _get_name,
			.has_peer = _has_peer,
			.get_config = _get_config,
			.migrate = _migrate,
			.release = _release,
			.check = _check,
			.clean = _clean,
			.destroy = _destroy,
		},
		.netlink = netlink,
		.list = linked_list_create(),
		.mutex = mutex_create(MUTEX_TYPE_DEFAULT),
	);

	return &this->public;
}
