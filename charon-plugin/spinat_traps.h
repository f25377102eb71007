/* SPDX-License-Identifier: GPL-2.0 */

/**
 * @defgroup spinat_traps spinat_traps
 * @{ @ingroup spinat
 *
 * Trap policies for the time between an IKE_SA that is given up and the one
 * that takes its place: without them data would leave in clear meanwhile.
 */

#ifndef SPINAT_TRAPS_H_
#define SPINAT_TRAPS_H_

#include <sa/ike_sa.h>

typedef struct spinat_traps_t spinat_traps_t;

/**
 * The trap policies that this plugin has installed.
 */
struct spinat_traps_t {

	/**
	 * Install trap policies for all CHILD_SAs of an IKE_SA that have none.
	 *
	 * With virtual IPs there is nothing to trap: packets would no more be sent
	 * from these, and the traffic selectors would be those of other packets.
	 *
	 * @param ike_sa	IKE_SA that is about to go, for jobs only
	 */
	void (*install)(spinat_traps_t *this, ike_sa_t *ike_sa);

	/**
	 * Uninstall, by a job, the trap policies of a CHILD_SA if they are ours.
	 *
	 * @param conn		name of the connection
	 * @param child		name of the CHILD_SA
	 */
	void (*uninstall)(spinat_traps_t *this, char *conn, char *child);

	/**
	 * Destroy a spinat_traps_t.
	 */
	void (*destroy)(spinat_traps_t *this);
};

/**
 * Create a spinat_traps_t instance.
 *
 * @return			instance without policies
 */
spinat_traps_t *spinat_traps_create();

#endif /** SPINAT_TRAPS_H_ @}*/
