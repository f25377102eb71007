/* SPDX-License-Identifier: GPL-2.0 */

/**
 * @defgroup spinat_gater spinat_gater
 * @{ @ingroup spinat
 */

#ifndef SPINAT_GATER_H_
#define SPINAT_GATER_H_

#include <bus/listeners/listener.h>

typedef struct spinat_gater_t spinat_gater_t;

/**
 * Listener that brings the CHILD_SAs of connections with a gate to the kernel
 * module spinat_epoch, and acts on what it asks for.
 */
struct spinat_gater_t {

	/**
	 * Implements listener_t interface
	 */
	listener_t listener;

	/**
	 * The settings have changed.
	 */
	void (*reload)(spinat_gater_t *this);

	/**
	 * Destroy a spinat_gater_t.
	 */
	void (*destroy)(spinat_gater_t *this);
};

/**
 * Create a spinat_gater_t instance.
 *
 * @return			listener, not registered yet, NULL if it is not possible
 */
spinat_gater_t *spinat_gater_create();

#endif /** SPINAT_GATER_H_ @}*/
