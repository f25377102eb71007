/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Length-coded pings: which out-SPI does an unseen in-SPI answer?
 *
 * An echo reply is as long as its request, and both SAs of a CHILD_SA use the
 * same transforms, so the ESP packet of the reply is as long as that of the
 * request. A gate pings with quick pairs of two different random lengths; an
 * in-SPI that brings the same two lengths in the same order answers it.
 *
 * Pure logic: no locks, no clock of its own. Ticks are any unit the caller
 * likes (the module: jiffies); differences are taken modulo 2^32.
 */
#ifndef _SPINAT_MASQ_ECHO_H
#define _SPINAT_MASQ_ECHO_H

#ifdef __KERNEL__
#include <linux/types.h>
#else
#include <stdbool.h>
#include <stdint.h>
typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
#endif

#define SPINAT_ECHO_PAIRS	8
/* Longest payload of an ESP packet that may be a ping: 1,024 bytes of inner
 * packet and the ESP framing of any cipher around it.
 */
#define SPINAT_ECHO_MAX_LEN	1152
/* More pairs than this without an answer are data and no pings. */
#define SPINAT_ECHO_MAX_UNANSWERED	24

struct spinat_echo_pair {
	u16 first;
	u16 second;
	u32 when;
};

/**
 * struct spinat_echo_ring - the last quick pairs that left with one out-SPI
 * @pair: the pairs, in a ring
 * @last_when: when the last packet left
 * @last_len: its ESP payload length, 0 if there was none that counts
 * @total: pairs ever seen, saturating
 */
struct spinat_echo_ring {
	struct spinat_echo_pair pair[SPINAT_ECHO_PAIRS];
	u32 last_when;
	u16 last_len;
	u16 total;
};

bool spinat_echo_ring_add(struct spinat_echo_ring *ring, u16 len, u32 now,
			  u32 quick);
void spinat_echo_ring_forget(struct spinat_echo_ring *ring);
bool spinat_echo_ring_has_pair(const struct spinat_echo_ring *ring, u16 first,
			       u16 second, u32 now, u32 window);
bool spinat_echo_ring_begins(const struct spinat_echo_ring *ring, u16 len,
			     u32 now, u32 window);
bool spinat_echo_ring_has_length(const struct spinat_echo_ring *ring, u16 len,
				 u32 now, u32 window);

#endif
