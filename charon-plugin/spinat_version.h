/* SPDX-License-Identifier: GPL-2.0 */

/**
 * @defgroup spinat_version spinat_version
 * @{ @ingroup spinat
 */

#ifndef SPINAT_VERSION_H_
#define SPINAT_VERSION_H_

#include <library.h>

/**
 * Check if the running daemon is of the version this plugin is built for.
 *
 * The structures a plugin shares with the daemon change between versions, and
 * no version number in the libraries' files tells.
 *
 * @return			TRUE if the versions are equal
 */
bool spinat_version_matches();

#endif /** SPINAT_VERSION_H_ @}*/
