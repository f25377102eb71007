/* SPDX-License-Identifier: GPL-2.0 */

#include "spinat_config.h"
#include "spinat_gate.h"

#include <daemon.h>

/** Section with the plugin's settings, lib->ns goes first */
#define SECTION "%s.plugins.spinat"

ENUM(spinat_plain_esp_names, SPINAT_NO, SPINAT_ALONE,
	"no",
	"both",
	"alone",
);

/*
 * Described in header
 */
char *spinat_config_get(char *name, char *key)
{
	char *value;

	value = lib->settings->get_str(lib->settings, SECTION ".%s", NULL,
								   lib->ns, key);
	if (!name)
	{
		return value;
	}
	return lib->settings->get_str(lib->settings, SECTION ".connections.%s.%s",
								  value, lib->ns, name, key);
}

/*
 * Described in header
 */
enumerator_t *spinat_config_connections()
{
	return lib->settings->create_section_enumerator(lib->settings,
											SECTION ".connections", lib->ns);
}

/**
 * Parse the value of plain_esp.
 */
static bool parse_plain_esp(char *value, spinat_plain_esp_t *mode)
{
	return enum_from_name(spinat_plain_esp_names, value, mode);
}

/**
 * Parse the value of fallback.
 */
static bool parse_fallback(char *value, bool *falls_back)
{
	*falls_back = strcaseeq(value, "alone");
	return *falls_back || strcaseeq(value, "refuse");
}

/*
 * Described in header
 */
spinat_plain_esp_t spinat_config_plain_esp(char *name)
{
	spinat_plain_esp_t mode;
	char *value;

	value = spinat_config_get(name, "plain_esp");
	if (!value || !parse_plain_esp(value, &mode))
	{
		return SPINAT_NO;
	}
	return mode;
}

/*
 * Described in header
 */
bool spinat_config_falls_back(char *name)
{
	bool falls_back;
	char *value;

	value = spinat_config_get(name, "fallback");
	return value && parse_fallback(value, &falls_back) && falls_back;
}

/**
 * Check a single setting, section is for messages only.
 */
static void check_setting(char *section, char *key, char *value)
{
	spinat_plain_esp_t mode;
	bool falls_back;

	if (streq(key, "plain_esp"))
	{
		if (!parse_plain_esp(value, &mode))
		{
			DBG1(DBG_CFG, "spinat: invalid plain_esp = %s in %s, using 'no': "
				 "set it to no, both or alone", value, section);
		}
	}
	else if (streq(key, "fallback"))
	{
		if (!parse_fallback(value, &falls_back))
		{
			DBG1(DBG_CFG, "spinat: invalid fallback = %s in %s, using "
				 "'refuse': set it to refuse or alone", value, section);
		}
	}
	else if (!streq(key, "load") && !spinat_gate_check(section, key, value))
	{
		DBG1(DBG_CFG, "spinat: unknown setting '%s' in %s is ignored",
			 key, section);
	}
}

/**
 * Check the settings of a connection.
 */
static void check_connection(char *name)
{
	enumerator_t *enumerator;
	char section[BUF_LEN], *key, *value;

	snprintf(section, sizeof(section), "connection '%s'", name);
	enumerator = lib->settings->create_key_value_enumerator(lib->settings,
								SECTION ".connections.%s", lib->ns, name);
	while (enumerator->enumerate(enumerator, &key, &value))
	{
		check_setting(section, key, value);
	}
	enumerator->destroy(enumerator);
}

/*
 * Described in header
 */
void spinat_config_check()
{
	enumerator_t *enumerator;
	char *key, *value, *name;

	enumerator = lib->settings->create_key_value_enumerator(lib->settings,
								SECTION, lib->ns);
	while (enumerator->enumerate(enumerator, &key, &value))
	{
		check_setting("the spinat section", key, value);
	}
	enumerator->destroy(enumerator);

	enumerator = spinat_config_connections();
	while (enumerator->enumerate(enumerator, &name))
	{
		check_connection(name);
	}
	enumerator->destroy(enumerator);
}
