/* SPDX-License-Identifier: GPL-2.0 */

/**
 * @defgroup spinat_recovery spinat_recovery
 * @{ @ingroup spinat
 *
 * What is done when the kernel gets no proof of an epoch: first new CHILD_SAs,
 * then a new IKE_SA, again and again, with longer and longer waits.
 *
 * Everything is done by jobs, as a hook's IKE_SA is in use.
 */

#ifndef SPINAT_RECOVERY_H_
#define SPINAT_RECOVERY_H_

#include "spinat_events.h"
#include "spinat_tunnels.h"

typedef struct spinat_recovery_t spinat_recovery_t;

/**
 * Keeps up the tunnels of connections with gate = client.
 */
struct spinat_recovery_t {

	/**
	 * Rekey the CHILD_SA of an event.
	 *
	 * @param event		event that asks for it
	 */
	void (*rekey)(spinat_recovery_t *this, spinat_event_t *event);

	/**
	 * Start a new IKE_SA for the CHILD_SA of an event.
	 *
	 * @param event		event that asks for it
	 */
	void (*session)(spinat_recovery_t *this, spinat_event_t *event);

	/**
	 * A tunnel works again.
	 *
	 * @param event		event that tells so
	 */
	void (*proved)(spinat_recovery_t *this, spinat_event_t *event);

	/**
	 * An IKE_SA is given up as the peer does not answer.
	 *
	 * @param ike_sa	IKE_SA, checked out by this thread
	 */
	void (*lost)(spinat_recovery_t *this, ike_sa_t *ike_sa);

	/**
	 * An IKE_SA is deleted to be reauthenticated. If the peer does not answer,
	 * as after a change of the address, that must not take all of charon's
	 * retransmissions.
	 *
	 * @param ike_sa	IKE_SA, checked out by this thread
	 */
	void (*reauthenticated)(spinat_recovery_t *this, ike_sa_t *ike_sa);

	/**
	 * Destroy a spinat_recovery_t.
	 */
	void (*destroy)(spinat_recovery_t *this);
};

/**
 * Create a spinat_recovery_t instance.
 *
 * @param tunnels	table of tunnels
 * @return			instance
 */
spinat_recovery_t *spinat_recovery_create(spinat_tunnels_t *tunnels);

#endif /** SPINAT_RECOVERY_H_ @}*/
