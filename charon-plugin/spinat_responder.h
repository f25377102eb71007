/* SPDX-License-Identifier: GPL-2.0 */

/**
 * @defgroup spinat_responder spinat_responder
 * @{ @ingroup spinat
 *
 * A responder's decisions. The first message must be answered before the peer
 * has told its identity, that is, when only its address is known; which
 * connection it gets shows in the end.
 */

#ifndef SPINAT_RESPONDER_H_
#define SPINAT_RESPONDER_H_

#include "spinat_config.h"

#include <encoding/message.h>
#include <sa/ike_sa.h>

/**
 * Choose the mode for an IKE_SA by the connections possible for its addresses.
 *
 * @param ike_sa	IKE_SA that is opened
 * @param message	first request
 * @param asked		TRUE if the peer asks for SPINAT_BOTH
 * @return			mode, SPINAT_BOTH only if the peer asks for it
 */
spinat_plain_esp_t spinat_responder_choose(ike_sa_t *ike_sa,
										   message_t *message, bool asked);

/**
 * Check the chosen mode against the connection that got selected, log a
 * sentence if they don't fit.
 *
 * @param ike_sa	IKE_SA with the selected connection
 * @param mode		mode chosen before
 * @return			TRUE if the IKE_SA may be established
 */
bool spinat_responder_authorize(ike_sa_t *ike_sa, spinat_plain_esp_t mode);

#endif /** SPINAT_RESPONDER_H_ @}*/
