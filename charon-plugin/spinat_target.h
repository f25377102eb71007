/* SPDX-License-Identifier: GPL-2.0 */

/**
 * @defgroup spinat_target spinat_target
 * @{ @ingroup spinat
 *
 * The inner addresses a control ping is sent to and from.
 */

#ifndef SPINAT_TARGET_H_
#define SPINAT_TARGET_H_

#include "spinat_gate.h"

#include <sa/ike_sa.h>

/**
 * Choose the addresses for a CHILD_SA from its traffic selectors, or check the
 * configured ones against them.
 *
 * @param ike_sa	IKE_SA of the CHILD_SA
 * @param child_sa	CHILD_SA with traffic selectors
 * @param role		what this end does, a server sends no pings
 * @param target	receives the address to ping, to destroy, or NULL
 * @param source	receives the address to ping from, to destroy, or NULL
 * @return			NULL, or the sentence that tells why there are none
 */
char *spinat_target_choose(ike_sa_t *ike_sa, child_sa_t *child_sa,
						   spinat_role_t role, host_t **target,
						   host_t **source);

#endif /** SPINAT_TARGET_H_ @}*/
