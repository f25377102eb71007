/* SPDX-License-Identifier: GPL-2.0 */

/**
 * @defgroup spinat_retry spinat_retry
 * @{ @ingroup spinat
 *
 * What an initiator does when the peer does not agree. A hook can't do it, as
 * the IKE_SA is in use there, so it is left to a job.
 */

#ifndef SPINAT_RETRY_H_
#define SPINAT_RETRY_H_

#include <sa/ike_sa.h>

/**
 * Give up the IKE_SA.
 *
 * @param ike_sa	IKE_SA, checked out by this thread
 */
void spinat_retry_never(ike_sa_t *ike_sa);

/**
 * Start the exchange anew, with another SPI.
 *
 * @param ike_sa	IKE_SA, checked out by this thread
 */
void spinat_retry_now(ike_sa_t *ike_sa);

#endif /** SPINAT_RETRY_H_ @}*/
