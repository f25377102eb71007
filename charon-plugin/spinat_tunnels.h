/* SPDX-License-Identifier: GPL-2.0 */

/**
 * @defgroup spinat_tunnels spinat_tunnels
 * @{ @ingroup spinat
 *
 * The tunnels that the kernel knows from us. A tunnel is what CHILD_SAs that
 * replace each other have in common.
 *
 * One to a single peer stays when its IKE_SA goes, so that failures add up
 * until one is successful. One of a connection for many peers goes with the
 * last of its IKE_SAs.
 */

#ifndef SPINAT_TUNNELS_H_
#define SPINAT_TUNNELS_H_

#include "spinat_name.h"
#include "spinat_netlink.h"

typedef struct spinat_tunnels_t spinat_tunnels_t;

/**
 * The table of them, it has its own lock.
 */
struct spinat_tunnels_t {

	/**
	 * Tell the kernel of a CHILD_SA's tunnel, if need be anew.
	 *
	 * @param ike_sa	IKE_SA of the CHILD_SA
	 * @param child_sa	CHILD_SA of the tunnel
	 * @param peer		outer address of the peer
	 * @param gate		settings of the gate
	 * @param name		receives the tunnel's name, or NULL
	 * @return			as spinat_netlink_t's requests
	 */
	status_t (*set)(spinat_tunnels_t *this, ike_sa_t *ike_sa,
					child_sa_t *child_sa, host_t *peer, spinat_gate_t *gate,
					char name[SPINAT_TUNNEL_NAME]);

	/**
	 * Get the name of a CHILD_SA's tunnel.
	 *
	 * @param ike_sa	IKE_SA of the CHILD_SA
	 * @param child_sa	CHILD_SA of the tunnel
	 * @param name		receives the tunnel's name
	 * @return			FALSE if there is none
	 */
	bool (*get_name)(spinat_tunnels_t *this, ike_sa_t *ike_sa,
					 child_sa_t *child_sa, char name[SPINAT_TUNNEL_NAME]);

	/**
	 * Check if there is a tunnel to an outer address.
	 *
	 * @param peer		address to look for
	 * @return			TRUE if there is one
	 */
	bool (*has_peer)(spinat_tunnels_t *this, host_t *peer);

	/**
	 * Get the names of the connection and the CHILD_SA of a tunnel.
	 *
	 * @param name		name of the tunnel
	 * @param conn		receives the name of the connection, to free
	 * @param child		receives the name of the CHILD_SA, to free
	 * @param single	receives TRUE if the connection has a single peer, so that
	 *					it can be initiated
	 * @return			FALSE if there is none such
	 */
	bool (*get_config)(spinat_tunnels_t *this, char *name, char **conn,
					   char **child, bool *single);

	/**
	 * An IKE_SA is replaced by another, which gets its tunnels.
	 *
	 * @param old		unique ID of the one that goes
	 * @param new		unique ID of the other
	 */
	void (*migrate)(spinat_tunnels_t *this, uint32_t old, uint32_t new);

	/**
	 * An IKE_SA is gone, its tunnels go with it.
	 *
	 * @param id		its unique ID
	 */
	void (*release)(spinat_tunnels_t *this, uint32_t id);

	/**
	 * Forget the tunnels whose connections have no gate any more, or whose
	 * settings are to be the defaults again.
	 */
	void (*check)(spinat_tunnels_t *this);

	/**
	 * Forget the tunnels of IKE_SAs that a daemon which was killed has left in
	 * the kernel. Their SAs are not gated any more.
	 */
	void (*clean)(spinat_tunnels_t *this);

	/**
	 * Destroy a spinat_tunnels_t, the kernel forgets its tunnels.
	 */
	void (*destroy)(spinat_tunnels_t *this);
};

/**
 * Create a spinat_tunnels_t instance.
 *
 * @param netlink	requests to the kernel
 * @return			empty table
 */
spinat_tunnels_t *spinat_tunnels_create(spinat_netlink_t *netlink);

#endif /** SPINAT_TUNNELS_H_ @}*/
