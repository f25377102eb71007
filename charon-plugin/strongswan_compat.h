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

/** controller_t.initiate() as it was before it got a log level */
typedef status_t (*spinat_initiate_old_t)(controller_t*, peer_cfg_t*,
							child_cfg_t*, controller_cb_t, void*, u_int, bool);

/** controller_t.initiate() with a log level */
typedef status_t (*spinat_initiate_new_t)(controller_t*, peer_cfg_t*,
							child_cfg_t*, controller_cb_t, void*, level_t,
							u_int, bool);

/** Check which of them it is, the type tells better than a version */
#define SPINAT_INITIATE_IS(type) \
	__builtin_types_compatible_p(typeof(charon->controller->initiate), type)

_Static_assert(SPINAT_INITIATE_IS(spinat_initiate_old_t) ||
			   SPINAT_INITIATE_IS(spinat_initiate_new_t),
			   "controller_t.initiate() has other arguments than known here");

/**
 * Initiate a CHILD_SA without waiting for the outcome.
 *
 * @param peer_cfg	config of the IKE_SA, gets owned
 * @param child_cfg	config of the CHILD_SA, gets owned
 */
static inline void spinat_controller_initiate(peer_cfg_t *peer_cfg,
											  child_cfg_t *child_cfg)
{
	void *initiate = charon->controller->initiate;

	if (SPINAT_INITIATE_IS(spinat_initiate_old_t))
	{
		((spinat_initiate_old_t)initiate)(charon->controller, peer_cfg,
										  child_cfg, NULL, NULL, 0, FALSE);
	}
	else
	{
		((spinat_initiate_new_t)initiate)(charon->controller, peer_cfg,
										  child_cfg, NULL, NULL, 0, 0, FALSE);
	}
}

#endif /** STRONGSWAN_COMPAT_H_ @}*/
