/* SPDX-License-Identifier: GPL-2.0 */
/* What went wrong, as a sentence for the user. */
#ifndef SPINAT_ERR_H
#define SPINAT_ERR_H

struct spinat_err {
	char text[400];
};

/*
 * Fills in the sentence and returns -@code, so that a failing function can
 * end with "return spinat_err_set(...)".
 */
int spinat_err_set(struct spinat_err *err, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
