/* SPDX-License-Identifier: GPL-2.0 */
/* What the targets of the charon plugin share: libstrongswan as the plugin has
 * it, and its log, which is formatted for the sake of its arguments.
 */
#ifndef TESTS_FUZZ_PLUGIN_LIB_H
#define TESTS_FUZZ_PLUGIN_LIB_H

#include <daemon.h>

#include "fuzz.h"

extern unsigned long plugin_logged;

/* Once, at the begin of an input */
void plugin_begin(void);

/* At most @max - 1 bytes, without any that a string may not have; to free() */
char *plugin_string(struct fuzz_input *in, size_t max);

#endif
