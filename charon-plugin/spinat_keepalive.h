/* SPDX-License-Identifier: GPL-2.0 */

/**
 * @defgroup spinat_keepalive spinat_keepalive
 * @{ @ingroup spinat
 *
 * Packets that keep up a NAT's mapping for IKE.
 *
 * charon sends neither keepalives nor dead peer detection while CHILD_SAs send
 * or receive packets, for these usually keep up the mapping of UDP port 4500,
 * too. Plain ESP does not, the mapping would be gone after some seconds of
 * traffic, and the peer's requests with it.
 */

#ifndef SPINAT_KEEPALIVE_H_
#define SPINAT_KEEPALIVE_H_

#include "spinat_config.h"

#include <sa/ike_sa.h>

/**
 * Keep up the mapping as long as an IKE_SA exists: with SPINAT_BOTH by
 * keepalives while we are behind a NAT, with SPINAT_ALONE, where nobody knows of
 * a NAT, by dead peer detection if it is configured (IKEv2 only).
 *
 * @param ike_sa	established IKE_SA
 * @param mode		mode in force
 */
void spinat_keepalive_start(ike_sa_t *ike_sa, spinat_plain_esp_t mode);

#endif /** SPINAT_KEEPALIVE_H_ @}*/
