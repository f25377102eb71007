/* SPDX-License-Identifier: GPL-2.0 */

/**
 * @defgroup spinat_gate spinat_gate
 * @{ @ingroup spinat
 *
 * The settings of a connection's gate, as spinat.opt describes them.
 */

#ifndef SPINAT_GATE_H_
#define SPINAT_GATE_H_

#include <library.h>
#include <linux/spinat_epoch.h>

typedef enum spinat_role_t spinat_role_t;
typedef enum spinat_contact_t spinat_contact_t;
typedef struct spinat_gate_t spinat_gate_t;

/**
 * What an end does with a new CHILD_SA, values as in the kernel.
 */
enum spinat_role_t {
	/** nothing */
	SPINAT_ROLE_NO = SPINAT_EPOCH_ROLE_UNSPEC,
	/** prove it by control pings */
	SPINAT_ROLE_CLIENT = SPINAT_EPOCH_ROLE_CLIENT,
	/** wait until the peer has proved it */
	SPINAT_ROLE_SERVER = SPINAT_EPOCH_ROLE_SERVER,
};

extern enum_name_t *spinat_role_names;

/**
 * What is deleted when a peer says that it knows of no other IKE_SA.
 */
enum spinat_contact_t {
	/** IKE_SAs with the same identities, as stock strongSwan does */
	SPINAT_CONTACT_IDENTITY,
	/** those, and all IKE_SAs with the peer's address */
	SPINAT_CONTACT_GATEWAY,
	/** CHILD_SAs with the same identities and traffic selectors */
	SPINAT_CONTACT_TUNNEL,
};

extern enum_name_t *spinat_contact_names;

/** Number of settings that are numbers */
#define SPINAT_GATE_NUMBERS 12

/**
 * Settings of a gate.
 */
struct spinat_gate_t {

	/** what this end does, nothing else counts if it is SPINAT_ROLE_NO */
	spinat_role_t role;

	/** drop data when the ceiling is reached, do not send it */
	bool drop;

	/** numbers, in the order of spinat_gate_number_attr() */
	uint64_t number[SPINAT_GATE_NUMBERS];

	/** bits of those that are configured, the kernel knows the defaults */
	uint32_t configured;
};

/**
 * Get a connection's settings.
 *
 * @param name		connection (peer config) name, NULL for the defaults
 * @param gate		receives the settings
 */
void spinat_gate_get(char *name, spinat_gate_t *gate);

/**
 * Get the netlink attribute of a number, see SPINAT_EPOCH_A_TUNNEL_*.
 *
 * @param i			index in spinat_gate_t.number
 * @return			attribute type
 */
uint16_t spinat_gate_number_attr(int i);

/**
 * Check if any connection has a gate.
 *
 * @return			TRUE if there is one
 */
bool spinat_gate_any();

/**
 * Get a list of addresses that a connection is configured with.
 *
 * @param name		connection (peer config) name
 * @param key		"target" or "source"
 * @return			list of host_t*, to destroy with its items
 */
linked_list_t *spinat_gate_hosts(char *name, char *key);

/**
 * Check if a connection refuses rekeyings that its peer starts.
 *
 * @param name		connection (peer config) name
 */
bool spinat_gate_refuses_rekey(char *name);

/**
 * Get what INITIAL_CONTACT means for a connection.
 *
 * @param name		connection (peer config) name
 * @return			its scope
 */
spinat_contact_t spinat_gate_contact(char *name);

/**
 * Get the wait before a try to recover, in milliseconds.
 *
 * @param name		connection (peer config) name
 * @param tries		number of tries before it
 * @return			doubles with each try and varies by a quarter
 */
uint32_t spinat_gate_retry_delay(char *name, u_int tries);

/**
 * Check a setting, log a sentence if it can't be used.
 *
 * @param section	where it is, for messages
 * @param key		name of the setting
 * @param value		its value
 * @return			FALSE if it is none of a gate's settings
 */
bool spinat_gate_check(char *section, char *key, char *value);

#endif /** SPINAT_GATE_H_ @}*/
