/* SPDX-License-Identifier: GPL-2.0 */

/**
 * @defgroup spinat_obsolete spinat_obsolete
 * @{ @ingroup spinat
 *
 * Jobs that destroy the SAs a peer does not know any more, without a word to
 * the peer: it could not make sense of it.
 */

#ifndef SPINAT_OBSOLETE_H_
#define SPINAT_OBSOLETE_H_

#include <sa/ike_sa.h>

/**
 * Destroy all other IKE_SAs with the same identities.
 *
 * @param ike_sa	new IKE_SA, checked out by this thread
 */
void spinat_obsolete_identities(ike_sa_t *ike_sa);

/**
 * Destroy all other IKE_SAs with the same address of the peer.
 *
 * @param ike_sa	new IKE_SA, checked out by this thread
 */
void spinat_obsolete_address(ike_sa_t *ike_sa);

/**
 * Destroy all other CHILD_SAs with the same identities and traffic selectors,
 * and their IKE_SAs if they have no others.
 *
 * @param ike_sa	new IKE_SA, checked out by this thread
 * @param child_sa	its new CHILD_SA
 */
void spinat_obsolete_tunnel(ike_sa_t *ike_sa, child_sa_t *child_sa);

#endif /** SPINAT_OBSOLETE_H_ @}*/
