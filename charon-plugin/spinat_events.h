/* SPDX-License-Identifier: GPL-2.0 */

/**
 * @defgroup spinat_events spinat_events
 * @{ @ingroup spinat
 *
 * Events of the kernel module spinat_epoch, and that it was loaded.
 */

#ifndef SPINAT_EVENTS_H_
#define SPINAT_EVENTS_H_

#include <library.h>
#include <networking/host.h>
#include <linux/spinat_epoch.h>

typedef struct spinat_event_t spinat_event_t;
typedef struct spinat_events_t spinat_events_t;

/**
 * An event, valid during the callback only.
 */
struct spinat_event_t {
	/** why it is sent */
	enum spinat_epoch_event why;
	/** name of the tunnel */
	char *tunnel;
	/** outer address of the peer */
	host_t *peer;
	/** SPI of the SA to the peer, in network order */
	uint32_t out;
	/** SPI of the SA from the peer, in network order, 0 if not announced */
	uint32_t in;
	/** requests of the tunnel since the last proof */
	uint32_t failures;
};

/**
 * Called for an event, by a thread of the pool.
 *
 * @param data		as passed to spinat_events_create()
 * @param event		the event, NULL if the module was loaded
 */
typedef void (*spinat_events_cb_t)(void *data, spinat_event_t *event);

/**
 * Subscription to the events, as long as it exists.
 */
struct spinat_events_t {

	/**
	 * Destroy a spinat_events_t, no callback is called afterwards.
	 */
	void (*destroy)(spinat_events_t *this);
};

/**
 * Subscribe to the events.
 *
 * @param cb		function to call
 * @param data		data to pass to it
 * @return			instance, NULL if it is not possible
 */
spinat_events_t *spinat_events_create(spinat_events_cb_t cb, void *data);

#endif /** SPINAT_EVENTS_H_ @}*/
