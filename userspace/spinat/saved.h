/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The format of "spinat masq save": a line "version 1", then a line
 * "pin KEY VALUE..." for each pair. Empty lines and what follows '#' do not
 * count. No netlink and no output here, so that a fuzzer can include it.
 */
#ifndef SPINAT_SAVED_H
#define SPINAT_SAVED_H

#include <stdbool.h>

#include <linux/spinat_masq.h>

#include "err.h"
#include "field.h"

#define SPINAT_SAVED_VERSION	"1"

/* The keys of a "pin" line, and of "spinat masq pin". */
#define SPINAT_PIN_MUST	(SPINAT_BIT(SPINAT_MASQ_A_PAIR_CLIENT) |	\
			 SPINAT_BIT(SPINAT_MASQ_A_PAIR_SERVER) |	\
			 SPINAT_BIT(SPINAT_MASQ_A_PAIR_OUT_SPI) |	\
			 SPINAT_BIT(SPINAT_MASQ_A_PAIR_IN_SPI))
#define SPINAT_PIN_MAY	(SPINAT_BIT(SPINAT_MASQ_A_PAIR_PUBLIC) |	\
			 SPINAT_BIT(SPINAT_MASQ_A_PAIR_EVIDENCE) |	\
			 SPINAT_BIT(SPINAT_MASQ_A_PAIR_OUT_SEQ))

struct spinat_saved {
	const char *next;	/* what is not read yet, ends with NUL */
	unsigned int line;	/* number of the last line read */
	bool versioned;		/* the version line was there */
};

/*
 * Reads up to the next pair, checks it and leaves it in @args. Returns 1 for
 * a pair, 0 at the end, a negative errno for a line that is wrong; @err tells
 * its number.
 */
int spinat_saved_next(struct spinat_saved *saved, struct spinat_args *args,
		      struct spinat_err *err);

#endif
