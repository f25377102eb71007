/* SPDX-License-Identifier: GPL-2.0 */

/**
 * @defgroup spinat_netlink spinat_netlink
 * @{ @ingroup spinat
 *
 * Requests to the kernel module spinat_epoch.
 *
 * They are answered by the kernel while they are sent, so hooks may make them,
 * as they do with xfrm. What goes wrong is logged here, with the kernel's own
 * sentence.
 */

#ifndef SPINAT_NETLINK_H_
#define SPINAT_NETLINK_H_

#include "spinat_gate.h"

#include <networking/host.h>

typedef struct spinat_netlink_t spinat_netlink_t;
typedef struct spinat_netlink_tunnel_t spinat_netlink_tunnel_t;
typedef struct spinat_netlink_epoch_t spinat_netlink_epoch_t;

/**
 * A tunnel, as the kernel gets to know it.
 */
struct spinat_netlink_tunnel_t {
	/** its name */
	char *name;
	/** outer address of the peer */
	host_t *peer;
	/** xfrm interface of its SAs, or 0 */
	uint32_t if_id;
	/** mark that finds its SAs, or 0 */
	uint32_t mark;
	/** its settings */
	spinat_gate_t *gate;
};

/**
 * An epoch, as the kernel gets to know it.
 */
struct spinat_netlink_epoch_t {
	/** name of its tunnel */
	char *tunnel;
	/** outer address of the peer */
	host_t *peer;
	/** SPI of the SA to the peer, in network order */
	uint32_t out;
	/** SPI of the SA from the peer, in network order */
	uint32_t in;
	/** inner address to ping, or NULL */
	host_t *target;
	/** inner address to ping from, or NULL */
	host_t *source;
};

/**
 * All requests return SUCCESS, NOT_SUPPORTED if the module is absent (which is
 * not logged here), NOT_FOUND if there is no such tunnel or SA, or FAILED.
 */
struct spinat_netlink_t {

	/**
	 * Make a tunnel, or change one.
	 *
	 * @param tunnel	its properties
	 */
	status_t (*set_tunnel)(spinat_netlink_t *this,
						   spinat_netlink_tunnel_t *tunnel);

	/**
	 * Forget a tunnel.
	 *
	 * @param name		its name
	 */
	status_t (*del_tunnel)(spinat_netlink_t *this, char *name);

	/**
	 * Announce an epoch.
	 *
	 * @param epoch		its properties
	 */
	status_t (*new_epoch)(spinat_netlink_t *this,
						  spinat_netlink_epoch_t *epoch);

	/**
	 * Let an SA go, it is not gated any more.
	 *
	 * @param peer		outer address of the peer
	 * @param out		SPI of the SA to the peer, in network order
	 */
	status_t (*del_epoch)(spinat_netlink_t *this, host_t *peer, uint32_t out);

	/**
	 * Check if the gate of an SA is open, as it was proved.
	 *
	 * @param peer		outer address of the peer
	 * @param out		SPI of the SA to the peer, in network order
	 * @return			TRUE if it is
	 */
	bool (*is_proved)(spinat_netlink_t *this, host_t *peer, uint32_t out);

	/**
	 * Open a gate without a proof.
	 *
	 * @param peer		outer address of the peer
	 * @param out		SPI of the SA to the peer, in network order
	 */
	status_t (*open_epoch)(spinat_netlink_t *this, host_t *peer, uint32_t out);

	/**
	 * Get the names of all tunnels the kernel has.
	 *
	 * @param names		list of char*, to add them to
	 */
	status_t (*get_tunnels)(spinat_netlink_t *this, linked_list_t *names);

	/**
	 * Destroy a spinat_netlink_t.
	 */
	void (*destroy)(spinat_netlink_t *this);
};

/**
 * Create a spinat_netlink_t instance.
 *
 * @return			instance, NULL if there is no netlink socket
 */
spinat_netlink_t *spinat_netlink_create();

#endif /** SPINAT_NETLINK_H_ @}*/
