/* SPDX-License-Identifier: GPL-2.0 */

/**
 * @defgroup spinat_refusal spinat_refusal
 * @{ @ingroup spinat
 */

#ifndef SPINAT_REFUSAL_H_
#define SPINAT_REFUSAL_H_

#include <bus/listeners/listener.h>

typedef struct spinat_refusal_t spinat_refusal_t;

/**
 * Listener that refuses rekeyings of CHILD_SAs that the peer starts, where it
 * is configured so, and starts them itself instead.
 */
struct spinat_refusal_t {

	/**
	 * Implements listener_t interface
	 */
	listener_t listener;

	/**
	 * Destroy a spinat_refusal_t.
	 */
	void (*destroy)(spinat_refusal_t *this);
};

/**
 * Create a spinat_refusal_t instance.
 *
 * @return			listener, not registered yet
 */
spinat_refusal_t *spinat_refusal_create();

#endif /** SPINAT_REFUSAL_H_ @}*/
