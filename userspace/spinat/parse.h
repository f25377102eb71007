/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Text to values. No netlink and no output here, so that a fuzzer can include
 * parse.c as it is.
 */
#ifndef SPINAT_PARSE_H
#define SPINAT_PARSE_H

#include <stddef.h>
#include <stdint.h>

#include "err.h"

/* RFC 4303, 2.1: 0 never appears on the wire, 1 to 255 are reserved. */
#define SPINAT_SPI_MIN	256

/* As in the specifications: max-len of a name. */
#define SPINAT_NAME_MAX	63

struct spinat_addr {
	uint8_t len;		/* 4 or 16 */
	uint8_t byte[16];	/* network order */
};

int spinat_addr_parse(const char *text, struct spinat_addr *addr,
		      struct spinat_err *err);
int spinat_number_parse(const char *text, uint64_t max, uint64_t *number,
			struct spinat_err *err);
/* The SPI comes back in host order. */
int spinat_spi_parse(const char *text, uint64_t *spi, struct spinat_err *err);
/* @words ends with NULL; word 0 is the unset value and is never accepted. */
int spinat_word_parse(const char *text, const char *const *words,
		      uint64_t *number, struct spinat_err *err);
/* @name has room for SPINAT_NAME_MAX bytes and the NUL. */
int spinat_name_parse(const char *text, char *name, struct spinat_err *err);
/*
 * Splits @line in place at blanks, ends it at '#'. Returns the number of
 * words, or -E2BIG when there are more than @max.
 */
int spinat_line_split(char *line, char **word, int max,
		      struct spinat_err *err);

#endif
