/* SPDX-License-Identifier: GPL-2.0 */

/**
 * @defgroup spinat_name spinat_name
 * @{ @ingroup spinat
 *
 * Names of tunnels in the kernel: "connection.child", and of a connection for
 * many peers "connection.child#3", with the number of the first IKE_SA.
 */

#ifndef SPINAT_NAME_H_
#define SPINAT_NAME_H_

#include <sa/ike_sa.h>

/** Size of a buffer for a tunnel's name */
#define SPINAT_TUNNEL_NAME 64

/**
 * Check if a connection is for many peers, by its remote addresses.
 *
 * @param ike_sa	IKE_SA of the connection
 * @return			TRUE if there may be many
 */
bool spinat_name_is_shared(ike_sa_t *ike_sa);

/**
 * Make a name that a shell and a log file can take.
 *
 * @param conn		name of the connection
 * @param child		name of the CHILD_SA
 * @param number	number of the IKE_SA, 0 for none
 * @param name		receives the name
 */
void spinat_name_make(char *conn, char *child, uint32_t number,
					  char name[SPINAT_TUNNEL_NAME]);

/**
 * Check if a name ends with the number of an IKE_SA.
 *
 * @param name		name of a tunnel
 * @return			TRUE if it does
 */
bool spinat_name_has_number(char *name);

#endif /** SPINAT_NAME_H_ @}*/
