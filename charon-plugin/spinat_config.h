/* SPDX-License-Identifier: GPL-2.0 */

/**
 * @defgroup spinat_config spinat_config
 * @{ @ingroup spinat
 *
 * The plugin's settings, read from strongswan.conf whenever they are needed, so
 * that a reload needs no more than a check.
 */

#ifndef SPINAT_CONFIG_H_
#define SPINAT_CONFIG_H_

#include <library.h>

typedef enum spinat_plain_esp_t spinat_plain_esp_t;

/**
 * How a NAT between the peers is handled.
 */
enum spinat_plain_esp_t {
	/** as stock strongSwan does, ESP gets encapsulated in UDP */
	SPINAT_NO,
	/** both peers agree to send plain ESP through the NAT */
	SPINAT_BOTH,
	/** hide the NAT from both peers, without the other's help */
	SPINAT_ALONE,
};

/**
 * Names as used in the configuration.
 */
extern enum_name_t *spinat_plain_esp_names;

/**
 * Read a setting of a connection, or the default for all connections.
 *
 * @param name		connection (peer config) name, NULL for the default
 * @param key		name of the setting
 * @return			value, NULL if it is not set
 */
char *spinat_config_get(char *name, char *key);

/**
 * Enumerate the connections that have settings of their own.
 *
 * @return			enumerator over char*, to destroy
 */
enumerator_t *spinat_config_connections();

/**
 * Get the mode configured for a connection.
 *
 * @param name		connection (peer config) name
 * @return			configured mode, SPINAT_NO if the value is invalid
 */
spinat_plain_esp_t spinat_config_plain_esp(char *name);

/**
 * Check if a connection set to SPINAT_BOTH may use SPINAT_ALONE with a peer
 * that does not agree.
 *
 * @param name		connection (peer config) name
 * @return			TRUE to fall back, FALSE to refuse the peer
 */
bool spinat_config_falls_back(char *name);

/**
 * Log a sentence for every setting that can't be used.
 */
void spinat_config_check();

#endif /** SPINAT_CONFIG_H_ @}*/
