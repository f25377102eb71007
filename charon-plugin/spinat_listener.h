/* SPDX-License-Identifier: GPL-2.0 */

/**
 * @defgroup spinat_listener spinat_listener
 * @{ @ingroup spinat
 */

#ifndef SPINAT_LISTENER_H_
#define SPINAT_LISTENER_H_

#include <bus/listeners/listener.h>

typedef struct spinat_listener_t spinat_listener_t;

/**
 * Listener that keeps ESP plain where it is configured so.
 */
struct spinat_listener_t {

	/**
	 * Implements listener_t interface
	 */
	listener_t listener;

	/**
	 * Destroy a spinat_listener_t.
	 */
	void (*destroy)(spinat_listener_t *this);
};

/**
 * Create a spinat_listener_t instance.
 *
 * @return			listener, not registered yet
 */
spinat_listener_t *spinat_listener_create();

#endif /** SPINAT_LISTENER_H_ @}*/
