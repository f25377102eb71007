// SPDX-License-Identifier: GPL-2.0
#include <stddef.h>

#include <linux/spinat_epoch.h>
#include <linux/spinat_masq.h>

#include "cmd.h"

const struct spinat_object spinat_objects[] = {
	{ "masq", SPINAT_MASQ_FAMILY_NAME, spinat_masq_cmds },
	{ "epoch", SPINAT_EPOCH_FAMILY_NAME, spinat_epoch_cmds },
	{ NULL }
};
