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

/**
 * Refuse a CHILD_SA in transport mode through a NAT, with a sentence.
 *
 * The NAT changes an address that is part of the TCP and UDP checksums. The
 * kernel repairs that in encapsulated packets only, plain ones would be dropped.
 *
 * @param ike_sa	IKE_SA with SPINAT_BOTH in force
 * @param child_sa	CHILD_SA that is set up
 * @param local		local traffic selectors, emptied to refuse it
 */
void spinat_responder_narrow(ike_sa_t *ike_sa, child_sa_t *child_sa,
							 linked_list_t *local);

#endif /** SPINAT_RESPONDER_H_ @}*/
