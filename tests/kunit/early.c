// SPDX-License-Identifier: GPL-2.0
/* kmod/masq/early.c, whose static functions have names of turn.c's */
#include "world.h"

#include "../../kmod/masq/early.c"
