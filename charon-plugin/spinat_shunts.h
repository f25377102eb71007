/* SPDX-License-Identifier: GPL-2.0 */

/**
 * @defgroup spinat_shunts spinat_shunts
 * @{ @ingroup spinat
 *
 * Drop policies for the time between an IKE_SA that is given up and the one
 * that takes its place: without them data would leave in clear meanwhile. Trap
 * policies would do that, too, but let each packet start another try.
 */

#ifndef SPINAT_SHUNTS_H_
#define SPINAT_SHUNTS_H_

#include <sa/ike_sa.h>

/**
 * Install drop policies for all CHILD_SAs of an IKE_SA. Their priority is below
 * that of any CHILD_SA's policies.
 *
 * @param ike_sa	IKE_SA that is about to go
 */
void spinat_shunts_install(ike_sa_t *ike_sa);

/**
 * Uninstall the drop policies of a CHILD_SA, if there are any.
 *
 * @param conn		name of the connection
 * @param child		name of the CHILD_SA
 */
void spinat_shunts_uninstall(char *conn, char *child);

#endif /** SPINAT_SHUNTS_H_ @}*/
