/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SPINAT_COMPAT_BLAKE2S_H
#define _SPINAT_COMPAT_BLAKE2S_H

#include_next <crypto/blake2s.h>

#ifndef SPINAT_HAS_BLAKE2S_CTX
#define blake2s_ctx	blake2s_state
#endif

#endif
