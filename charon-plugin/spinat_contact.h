/* SPDX-License-Identifier: GPL-2.0 */

/**
 * @defgroup spinat_contact spinat_contact
 * @{ @ingroup spinat
 */

#ifndef SPINAT_CONTACT_H_
#define SPINAT_CONTACT_H_

#include <bus/listeners/listener.h>

typedef struct spinat_contact_listener_t spinat_contact_listener_t;

/**
 * Listener that decides what a peer's INITIAL_CONTACT deletes.
 */
struct spinat_contact_listener_t {

	/**
	 * Implements listener_t interface
	 */
	listener_t listener;

	/**
	 * Destroy a spinat_contact_listener_t.
	 */
	void (*destroy)(spinat_contact_listener_t *this);
};

/**
 * Create a spinat_contact_listener_t instance.
 *
 * @return			listener, not registered yet
 */
spinat_contact_listener_t *spinat_contact_listener_create();

#endif /** SPINAT_CONTACT_H_ @}*/
