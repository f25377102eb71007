/* SPDX-License-Identifier: GPL-2.0 */

/**
 * @defgroup spinat_message spinat_message
 * @{ @ingroup spinat
 *
 * What the plugin reads from, adds to and removes from IKE messages.
 */

#ifndef SPINAT_MESSAGE_H_
#define SPINAT_MESSAGE_H_

#include <encoding/message.h>
#include <sa/ike_sa.h>

/**
 * Check if this is one of the two messages that open an IKE_SA: the first
 * request, or the response that accepts it (no request for a cookie or another
 * key exchange method). Both are not encrypted, and authenticated later.
 *
 * @param message	plain message
 * @return			TRUE if an IKE_SA is opened by it
 */
bool spinat_message_opens(message_t *message);

/**
 * Add the vendor ID that asks for, or agrees to, plain ESP.
 *
 * @param message	message to change
 */
void spinat_message_add_vendor_id(message_t *message);

/**
 * Check for, and remove, the vendor ID that asks for or agrees to plain ESP.
 *
 * @param message	message to search
 * @return			TRUE if it was found
 */
bool spinat_message_take_vendor_id(message_t *message);

/**
 * Remove everything that lets a peer detect a NAT: the NAT detection notifies
 * of IKEv2, and the vendor IDs and NAT-D payloads of IKEv1.
 *
 * @param message	message to change
 */
void spinat_message_hide_nat(message_t *message);

/**
 * Set the NAT conditions of an IKE_SA as the NAT detection notifies of a
 * received IKEv2 message are going to set them, but without the one that turns
 * on UDP encapsulation.
 *
 * When the message is processed the conditions do not change anymore, and so
 * the CHILD_SAs that get updated while processing it stay as they are.
 *
 * @param message	received message
 * @param ike_sa	IKE_SA it belongs to
 */
void spinat_message_apply_nat(message_t *message, ike_sa_t *ike_sa);

#endif /** SPINAT_MESSAGE_H_ @}*/
