/* SPDX-License-Identifier: GPL-2.0 */

/**
 * @defgroup spinat_session spinat_session
 * @{ @ingroup spinat
 *
 * The steps to a new IKE_SA, for jobs only: they wait for IKE_SAs in use.
 */

#ifndef SPINAT_SESSION_H_
#define SPINAT_SESSION_H_

#include <sa/ike_sa.h>

typedef enum spinat_session_t spinat_session_t;

/**
 * State of a connection's sessions.
 */
enum spinat_session_t {
	/** the CHILD_SA is there */
	SPINAT_SESSION_UP,
	/** an IKE_SA is being set up */
	SPINAT_SESSION_CONNECTING,
	/** there is none */
	SPINAT_SESSION_NONE,
};

/**
 * Rekey a CHILD_SA, unless that is under way.
 *
 * @param peer		outer address of the peer
 * @param out		SPI of the SA to the peer
 * @return			SUCCESS if it was begun, ALREADY_DONE if it is under way,
 *					NOT_FOUND if there is no such CHILD_SA
 */
status_t spinat_session_rekey(host_t *peer, uint32_t out);

/**
 * Replace the IKE_SA of a CHILD_SA by a new one with the same CHILD_SAs. The
 * old one is gone then, whatever it waited for. What the CHILD_SAs would carry
 * is dropped until they are there again.
 *
 * @param peer		outer address of the peer
 * @param out		SPI of the SA to the peer
 * @return			FALSE if there is no such CHILD_SA
 */
bool spinat_session_replace(host_t *peer, uint32_t out);

/**
 * Look at the sessions of a connection.
 *
 * @param conn		name of the connection
 * @param child		name of the CHILD_SA
 */
spinat_session_t spinat_session_look(char *conn, char *child);

/**
 * Initiate a CHILD_SA, in a new IKE_SA if there is none.
 *
 * @param conn		name of the connection
 * @param child		name of the CHILD_SA
 * @return			FALSE if there is no such connection any more
 */
bool spinat_session_initiate(char *conn, char *child);

#endif /** SPINAT_SESSION_H_ @}*/
