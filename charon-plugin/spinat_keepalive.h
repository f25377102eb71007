/* SPDX-License-Identifier: GPL-2.0 */

/**
 * @defgroup spinat_keepalive spinat_keepalive
 * @{ @ingroup spinat
 *
 * NAT keepalives that do not count ESP.
 *
 * charon sends none while a CHILD_SA sends packets, for these usually keep up
 * the mapping of UDP port 4500, too. Plain ESP does not, the mapping would be
 * gone after some seconds of traffic, and requests of the peer with it.
 */

#ifndef SPINAT_KEEPALIVE_H_
#define SPINAT_KEEPALIVE_H_

#include <sa/ike_sa.h>

/**
 * Send keepalives as long as the IKE_SA exists, and whenever we are behind a
 * NAT.
 *
 * @param ike_sa	established IKE_SA with SPINAT_BOTH in force
 */
void spinat_keepalive_start(ike_sa_t *ike_sa);

#endif /** SPINAT_KEEPALIVE_H_ @}*/
