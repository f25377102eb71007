/* SPDX-License-Identifier: GPL-2.0 */

/**
 * @defgroup spinat_epochs spinat_epochs
 * @{ @ingroup spinat
 *
 * Which CHILD_SAs are gated, and how the kernel gets to know them.
 *
 * The kernel gates an SA from its birth if it knows a tunnel to its peer, so
 * the tunnel is made before and the SAs are named once they are installed.
 */

#ifndef SPINAT_EPOCHS_H_
#define SPINAT_EPOCHS_H_

#include "spinat_tunnels.h"

typedef struct spinat_epochs_t spinat_epochs_t;

/**
 * Announces epochs. The CHILD_SAs passed belong to the calling thread.
 */
struct spinat_epochs_t {

	/**
	 * A CHILD_SA is about to be installed.
	 *
	 * @param ike_sa	its IKE_SA
	 * @param child_sa	CHILD_SA that has no SAs yet
	 * @return			FALSE if it must not be, as configured
	 */
	bool (*prepare)(spinat_epochs_t *this, ike_sa_t *ike_sa,
					child_sa_t *child_sa);

	/**
	 * The SAs of a CHILD_SA are installed, be it again.
	 *
	 * @param ike_sa	its IKE_SA
	 * @param child_sa	CHILD_SA with SAs
	 */
	void (*announce)(spinat_epochs_t *this, ike_sa_t *ike_sa,
					 child_sa_t *child_sa);

	/**
	 * Addresses are about to change.
	 *
	 * @param ike_sa	IKE_SA that still has the old addresses
	 * @param me		own new address
	 * @param peer		the peer's new address
	 */
	void (*move)(spinat_epochs_t *this, ike_sa_t *ike_sa, host_t *me,
				 host_t *peer);

	/**
	 * Announce all CHILD_SAs there are, by a job: settings have changed or
	 * the kernel module was loaded.
	 */
	void (*announce_all)(spinat_epochs_t *this);

	/**
	 * Destroy a spinat_epochs_t.
	 */
	void (*destroy)(spinat_epochs_t *this);
};

/**
 * Create a spinat_epochs_t instance.
 *
 * @param netlink	requests to the kernel
 * @param tunnels	table of tunnels
 * @return			instance
 */
spinat_epochs_t *spinat_epochs_create(spinat_netlink_t *netlink,
									  spinat_tunnels_t *tunnels);

#endif /** SPINAT_EPOCHS_H_ @}*/
