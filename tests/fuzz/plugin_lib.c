// SPDX-License-Identifier: GPL-2.0
#include "plugin_lib.h"

unsigned long plugin_logged;

static void note(bus_t *this, debug_t group, level_t level, char *fmt, ...)
{
	char line[4096];
	va_list args;

	/* what strongSwan itself says is not ours */
	if (level > 1 || strncmp(fmt, "spinat: ", 8))
		return;
	plugin_logged++;
	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
}

/* Of all of charon only its log is there. */
void plugin_begin(void)
{
	static bus_t bus = { .log = note };
	static daemon_t daemon = { .bus = &bus };

	plugin_logged = 0;
	if (lib)
		return;
	claim(library_init(NULL, "fuzz"), "libstrongswan does not begin");
	dbg_default_set_level(LEVEL_SILENT);
	charon = &daemon;
}

char *plugin_string(struct fuzz_input *in, size_t max)
{
	size_t len = fuzz_u8(in), i;
	uint8_t *bytes;
	char *text;

	if (len > max - 1)
		len = max - 1;
	bytes = fuzz_bytes(in, &len);
	text = malloc(len + 1);
	for (i = 0; i < len; i++)
		text[i] = bytes[i] ? bytes[i] : ' ';
	text[len] = 0;
	free(bytes);
	return text;
}
