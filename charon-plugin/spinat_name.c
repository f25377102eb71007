/* SPDX-License-Identifier: GPL-2.0 */

#include "spinat_name.h"

#include <ctype.h>

/*
 * Described in header
 */
bool spinat_name_is_shared(ike_sa_t *ike_sa)
{
	ike_cfg_t *ike_cfg = ike_sa->get_ike_cfg(ike_sa);
	char *addr = ike_cfg->get_other_addr(ike_cfg);

	return strstr(addr, "%any") || strchr(addr, '/') ||
		   streq(addr, "0.0.0.0") || streq(addr, "::");
}

/*
 * Described in header
 */
void spinat_name_make(char *conn, char *child, uint32_t number,
					  char name[SPINAT_TUNNEL_NAME])
{
	char suffix[16] = "";
	int child_len, conn_len;

	if (number)
	{
		snprintf(suffix, sizeof(suffix), "#%u", number);
	}
	child_len = min(strlen(child), 30);
	conn_len = SPINAT_TUNNEL_NAME - 2 - child_len - strlen(suffix);
	snprintf(name, SPINAT_TUNNEL_NAME, "%.*s.%.*s%s", conn_len, conn,
			 child_len, child, suffix);
	for (; *name; name++)
	{
		if (!isgraph((u_char)*name))
		{
			*name = '_';
		}
	}
}

/*
 * Described in header
 */
bool spinat_name_has_number(char *name)
{
	char *number = strrchr(name, '#');

	return number && number[1] &&
		   strspn(number + 1, "0123456789") == strlen(number + 1);
}
