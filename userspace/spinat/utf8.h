/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SPINAT_UTF8_H
#define SPINAT_UTF8_H

/* Bytes of the character at @text, which ends with NUL; 0: it is none. */
int spinat_utf8_len(const char *text);

#endif
