// SPDX-License-Identifier: GPL-2.0
#include <stdbool.h>
#include <stdint.h>

#include "utf8.h"

/* How many bytes begin with @lead: RFC 3629, 4; 0 if none may. */
static int lead_len(uint8_t lead)
{
	if (lead < 0x80)
		return 1;
	if (lead >= 0xc2 && lead <= 0xdf)
		return 2;
	if (lead >= 0xe0 && lead <= 0xef)
		return 3;
	return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
}

/* The second byte excludes long forms, surrogates and what is past U+10FFFF. */
static bool second_fits(uint8_t lead, uint8_t byte)
{
	uint8_t min = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
	uint8_t max = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;

	return byte >= min && byte <= max;
}

int spinat_utf8_len(const char *text)
{
	const uint8_t *byte = (const uint8_t *)text;
	int len = lead_len(byte[0]);

	if (len > 1 && !second_fits(byte[0], byte[1]))
		return 0;
	for (int i = 2; i < len; i++)
		if ((byte[i] & 0xc0) != 0x80)
			return 0;
	return len;
}
