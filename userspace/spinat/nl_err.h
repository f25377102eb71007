/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SPINAT_NL_ERR_H
#define SPINAT_NL_ERR_H

#include <libmnl/libmnl.h>

#include "err.h"
#include "field.h"

/*
 * Makes a sentence of an NLMSG_ERROR or of the NLMSG_DONE of a dump. @request
 * is what was sent; @set names its attributes. Returns the negative errno of
 * the message, 0 if it reports success; then @err has the kernel's warning, or
 * is left as it was when there is none.
 */
int spinat_nl_result(const struct nlmsghdr *nlh,
		     const struct nlmsghdr *request,
		     const struct spinat_set *set, struct spinat_err *err);

#endif
