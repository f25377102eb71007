/* SPDX-License-Identifier: GPL-2.0 */

/**
 * @defgroup spinat_compat spinat_compat
 * @{ @ingroup spinat
 *
 * What differs between strongSwan 5.9 and 6.0.
 */

#ifndef STRONGSWAN_COMPAT_H_
#define STRONGSWAN_COMPAT_H_

#include <daemon.h>

/**
 * Initiate a CHILD_SA without waiting for the outcome.
 *
 * @param peer_cfg	config of the IKE_SA, gets owned
 * @param child_cfg	config of the CHILD_SA, gets owned
 */
static inline void spinat_controller_initiate(peer_cfg_t *peer_cfg,
											  child_cfg_t *child_cfg)
{
	charon->controller->initiate(charon->controller, peer_cfg, child_cfg,
								 NULL, NULL, 0, FALSE);
}

#endif /** STRONGSWAN_COMPAT_H_ @}*/
