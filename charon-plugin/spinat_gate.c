/* SPDX-License-Identifier: GPL-2.0 */

#include "spinat_gate.h"
#include "spinat_config.h"

#include <daemon.h>
#include <collections/linked_list.h>

#include <errno.h>
#include <inttypes.h>

/** Milliseconds a server's gate waits, at most, if not configured */
#define SERVER_CEILING 1000

/** As the kernel's defaults of retry and retry-max */
#define RETRY 3000
#define RETRY_MAX 300000

ENUM(spinat_role_names, SPINAT_ROLE_NO, SPINAT_ROLE_SERVER,
	"no",
	"client",
	"server",
);

ENUM(spinat_contact_names, SPINAT_CONTACT_IDENTITY, SPINAT_CONTACT_TUNNEL,
	"identity",
	"gateway",
	"tunnel",
);

/**
 * Settings that are numbers, with the ranges the kernel allows.
 */
static const struct {
	char *key;
	uint16_t attr;
	/** 0 is allowed below the minimum, it turns something off */
	bool zero;
	uint64_t min;
	uint64_t max;
} numbers[] = {
	{ "ping_min", SPINAT_EPOCH_A_TUNNEL_PING_MIN, FALSE, 20, 10000 },
	{ "ping_max", SPINAT_EPOCH_A_TUNNEL_PING_MAX, FALSE, 20, 600000 },
	{ "tries", SPINAT_EPOCH_A_TUNNEL_TRIES, FALSE, 1, 1000 },
	{ "stale_after", SPINAT_EPOCH_A_TUNNEL_STALE_AFTER, TRUE, 100, 3600000 },
	{ "idle_interval", SPINAT_EPOCH_A_TUNNEL_IDLE_INTERVAL, TRUE,
	  1000, 86400000 },
	{ "ceiling", SPINAT_EPOCH_A_TUNNEL_CEILING, FALSE, 10, 3600000 },
	{ "rekeys", SPINAT_EPOCH_A_TUNNEL_REKEYS, FALSE, 0, 1000 },
	{ "retry", SPINAT_EPOCH_A_TUNNEL_RETRY, FALSE, 100, 3600000 },
	{ "retry_max", SPINAT_EPOCH_A_TUNNEL_RETRY_MAX, FALSE, 100, 86400000 },
	{ "hold_packets", SPINAT_EPOCH_A_TUNNEL_HOLD_PACKETS, FALSE, 0, 65536 },
	{ "hold_bytes", SPINAT_EPOCH_A_TUNNEL_HOLD_BYTES, FALSE, 0, 268435456 },
	{ "budget", SPINAT_EPOCH_A_TUNNEL_BUDGET, FALSE, 0, UINT64_MAX },
};

/**
 * Find a number's index by its key or attribute, -1 if there is none.
 */
static int find_number(char *key, uint16_t attr)
{
	int i;

	for (i = 0; i < countof(numbers); i++)
	{
		if (key ? streq(numbers[i].key, key) : numbers[i].attr == attr)
		{
			return i;
		}
	}
	return -1;
}

/*
 * Described in header
 */
uint16_t spinat_gate_number_attr(int i)
{
	return numbers[i].attr;
}

/**
 * Parse a number.
 */
static bool parse_number(int i, char *value, uint64_t *number)
{
	char *end;

	errno = 0;
	*number = strtoull(value, &end, 10);
	if (errno || end == value || *end || *value == '-')
	{
		return FALSE;
	}
	return (*number == 0 && numbers[i].zero) ||
		   (*number >= numbers[i].min && *number <= numbers[i].max);
}

/**
 * Parse the value of on_ceiling.
 */
static bool parse_on_ceiling(char *value, bool *drop)
{
	*drop = strcaseeq(value, "drop");
	return *drop || strcaseeq(value, "open");
}

/**
 * Parse the value of refuse_rekey.
 */
static bool parse_refuse_rekey(char *value, bool *refuse)
{
	*refuse = strcaseeq(value, "yes");
	return *refuse || strcaseeq(value, "no");
}

/**
 * Set a number that is not configured.
 */
static void set_default(spinat_gate_t *gate, uint16_t attr, uint64_t value)
{
	int i = find_number(NULL, attr);

	if (!(gate->configured & (1 << i)))
	{
		gate->number[i] = value;
		gate->configured |= 1 << i;
	}
}

/*
 * Described in header
 */
void spinat_gate_get(char *name, spinat_gate_t *gate)
{
	char *value;
	int i;

	memset(gate, 0, sizeof(*gate));
	value = spinat_config_get(name, "gate");
	if (!value || !enum_from_name(spinat_role_names, value, &gate->role))
	{
		gate->role = SPINAT_ROLE_NO;
		return;
	}
	value = spinat_config_get(name, "on_ceiling");
	gate->drop = value && parse_on_ceiling(value, &gate->drop) && gate->drop;
	for (i = 0; i < countof(numbers); i++)
	{
		value = spinat_config_get(name, numbers[i].key);
		if (value && parse_number(i, value, &gate->number[i]))
		{
			gate->configured |= 1 << i;
		}
	}
	if (gate->role == SPINAT_ROLE_SERVER)
	{
		set_default(gate, SPINAT_EPOCH_A_TUNNEL_CEILING, SERVER_CEILING);
	}
}

/*
 * Described in header
 */
bool spinat_gate_any()
{
	enumerator_t *enumerator;
	spinat_gate_t gate;
	bool found;
	char *name;

	spinat_gate_get(NULL, &gate);
	found = gate.role != SPINAT_ROLE_NO;
	enumerator = spinat_config_connections();
	while (!found && enumerator->enumerate(enumerator, &name))
	{
		spinat_gate_get(name, &gate);
		found = gate.role != SPINAT_ROLE_NO;
	}
	enumerator->destroy(enumerator);
	return found;
}

/*
 * Described in header
 */
linked_list_t *spinat_gate_hosts(char *name, char *key)
{
	linked_list_t *hosts = linked_list_create();
	enumerator_t *enumerator;
	char *value, *token;
	host_t *host;

	value = spinat_config_get(name, key);
	enumerator = enumerator_create_token(value ?: "", ",", " ");
	while (enumerator->enumerate(enumerator, &token))
	{
		host = host_create_from_string(token, 0);
		if (host)
		{
			hosts->insert_last(hosts, host);
		}
	}
	enumerator->destroy(enumerator);
	return hosts;
}

/*
 * Described in header
 */
bool spinat_gate_refuses_rekey(char *name)
{
	bool refuse;
	char *value;

	value = spinat_config_get(name, "refuse_rekey");
	return value && parse_refuse_rekey(value, &refuse) && refuse;
}

/*
 * Described in header
 */
spinat_contact_t spinat_gate_contact(char *name)
{
	spinat_contact_t scope;
	char *value;

	value = spinat_config_get(name, "initial_contact");
	if (!value || !enum_from_name(spinat_contact_names, value, &scope))
	{
		return SPINAT_CONTACT_IDENTITY;
	}
	return scope;
}

/*
 * Described in header
 */
uint32_t spinat_gate_retry_delay(char *name, u_int tries)
{
	spinat_gate_t gate;
	uint64_t delay, max;

	spinat_gate_get(name, &gate);
	set_default(&gate, SPINAT_EPOCH_A_TUNNEL_RETRY, RETRY);
	set_default(&gate, SPINAT_EPOCH_A_TUNNEL_RETRY_MAX, RETRY_MAX);
	delay = gate.number[find_number("retry", 0)];
	max = gate.number[find_number("retry_max", 0)];
	delay = min(max, delay << min(tries, 20));
	return delay * 3 / 4 + random() % (delay / 2);
}

/**
 * Check a list of addresses.
 */
static bool is_host_list(char *value)
{
	enumerator_t *enumerator;
	bool valid = TRUE;
	host_t *host;
	char *token;

	enumerator = enumerator_create_token(value, ",", " ");
	while (enumerator->enumerate(enumerator, &token))
	{
		host = host_create_from_string(token, 0);
		valid = valid && host;
		DESTROY_IF(host);
	}
	enumerator->destroy(enumerator);
	return valid;
}

/**
 * Log that a value can't be used.
 */
static void complain(char *section, char *key, char *value, char *used,
					 char *allowed)
{
	DBG1(DBG_CFG, "spinat: invalid %s = %s in %s, using %s: set it to %s",
		 key, value, section, used, allowed);
}

/**
 * Check a setting that is a number.
 */
static void check_number(char *section, int i, char *value)
{
	char range[BUF_LEN];
	uint64_t number;

	if (!parse_number(i, value, &number))
	{
		snprintf(range, sizeof(range), "%sa number from %" PRIu64 " to %" PRIu64,
				 numbers[i].zero ? "0 or " : "", numbers[i].min,
				 numbers[i].max);
		complain(section, numbers[i].key, value, "the default", range);
	}
}

/*
 * Described in header
 */
bool spinat_gate_check(char *section, char *key, char *value)
{
	spinat_contact_t scope;
	spinat_role_t role;
	bool flag;
	int i;

	i = find_number(key, 0);
	if (i >= 0)
	{
		check_number(section, i, value);
	}
	else if (streq(key, "gate"))
	{
		if (!enum_from_name(spinat_role_names, value, &role))
		{
			complain(section, key, value, "'no'", "no, client or server");
		}
	}
	else if (streq(key, "on_ceiling"))
	{
		if (!parse_on_ceiling(value, &flag))
		{
			complain(section, key, value, "'open'", "open or drop");
		}
	}
	else if (streq(key, "refuse_rekey"))
	{
		if (!parse_refuse_rekey(value, &flag))
		{
			complain(section, key, value, "'no'", "yes or no");
		}
	}
	else if (streq(key, "initial_contact"))
	{
		if (!enum_from_name(spinat_contact_names, value, &scope))
		{
			complain(section, key, value, "'identity'",
					 "identity, gateway or tunnel");
		}
	}
	else if (streq(key, "target") || streq(key, "source"))
	{
		if (!is_host_list(value))
		{
			complain(section, key, value, "what is an address in it",
					 "IP addresses, separated by commas");
		}
	}
	else
	{
		return FALSE;
	}
	return TRUE;
}
