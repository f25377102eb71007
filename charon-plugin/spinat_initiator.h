/* SPDX-License-Identifier: GPL-2.0 */

/**
 * @defgroup spinat_initiator spinat_initiator
 * @{ @ingroup spinat
 *
 * An initiator's decisions. It knows its connection from the beginning.
 */

#ifndef SPINAT_INITIATOR_H_
#define SPINAT_INITIATOR_H_

#include "spinat_sas.h"

#include <encoding/message.h>

/**
 * Before the first request is built: use the mode the connection is configured
 * for.
 *
 * @param sas		table of IKE_SAs
 * @param ike_sa	IKE_SA about to send it
 */
void spinat_initiator_prepare(spinat_sas_t *sas, ike_sa_t *ike_sa);

/**
 * Change the first request.
 *
 * Which IKE_SA sends it shows only in its SPI: when an IKE_SA is reestablished
 * or reauthenticated, the bus still names the old one.
 *
 * @param sas		table of IKE_SAs
 * @param message	first request
 */
void spinat_initiator_request(spinat_sas_t *sas, message_t *message);

/**
 * See from the first response if the peer agreed.
 *
 * @param sas		table of IKE_SAs
 * @param ike_sa	IKE_SA that got it
 * @param message	first response
 */
void spinat_initiator_response(spinat_sas_t *sas, ike_sa_t *ike_sa,
							   message_t *message);

#endif /** SPINAT_INITIATOR_H_ @}*/
