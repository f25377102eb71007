/* SPDX-License-Identifier: GPL-2.0 */

#define _GNU_SOURCE
#include "spinat_version.h"

#include <ctype.h>
#include <link.h>
#include <string.h>

/**
 * Check if the character before or after a number may belong to it: 5.9.8 is
 * neither 5.9.8rc1 nor 15.9.8.
 */
static bool continues(char c)
{
	return isalnum((u_char)c) || c == '.';
}

/**
 * Search a memory area for the version this plugin was built for.
 */
static bool has_version(char *pos, char *end)
{
	size_t len = strlen(VERSION);
	char *start = pos;

	while ((pos = memmem(pos, end - pos, VERSION, len)))
	{
		if ((pos == start || !continues(pos[-1])) &&
			(pos + len == end || !continues(pos[len])))
		{
			return TRUE;
		}
		pos += len;
	}
	return FALSE;
}

/**
 * Search the constants of the main program, the first object in the list. All
 * of strongSwan's daemons carry their version, which they log when starting,
 * and are packaged together with the libraries.
 */
static int search_program(struct dl_phdr_info *info, size_t size, void *data)
{
	bool *found = data;
	char *start;
	int i;

	for (i = 0; i < info->dlpi_phnum && !*found; i++)
	{
		const ElfW(Phdr) *phdr = &info->dlpi_phdr[i];

		if (phdr->p_type == PT_LOAD &&
			(phdr->p_flags & (PF_R | PF_W)) == PF_R)
		{
			start = (char*)info->dlpi_addr + phdr->p_vaddr;
			*found = has_version(start, start + phdr->p_filesz);
		}
	}
	return 1;
}

/*
 * Described in header
 */
bool spinat_version_matches()
{
	bool found = FALSE;

	dl_iterate_phdr(search_program, &found);
	return found;
}
