/* SPDX-License-Identifier: GPL-2.0 */
/* What is in a control ping, and how long it is. Pure. */
#ifndef _SPINAT_EPOCH_PING_H
#define _SPINAT_EPOCH_PING_H

#include <linux/siphash.h>
#include <linux/types.h>

/* Bytes at the begin of the ICMP payload; random bytes follow. */
#define SPINAT_PING_HEADER	20
/* Longest inner packet; with ESP around it stays below what a NAT that learns
 * by lengths looks at (spinat_masq: 1,152 bytes of ESP)
 */
#define SPINAT_PING_MAX		1024

/**
 * enum spinat_ping_type - what a control ping says
 * @PING_REQUEST: are you there? An echo request; a stock peer sends it back
 *	in an echo reply as it is
 * @PING_WORD: likewise, and: this epoch is proved
 * @PING_ANSWER: from a peer with a gate, in an echo reply, to PING_REQUEST
 * @PING_WORD_ANSWER: likewise to PING_WORD
 */
enum spinat_ping_type {
	PING_REQUEST = 1,
	PING_WORD,
	PING_ANSWER,
	PING_WORD_ANSWER,
};

/**
 * struct spinat_ping - the header of a control ping
 * @type: enum spinat_ping_type
 * @len: length of the ICMP payload in bytes
 * @number: grows with every request sent through an SA
 * @cookie: proves that a holder of the SA's keys made it
 */
struct spinat_ping {
	u8 type;
	u16 len;
	u32 number;
	u64 cookie;
};

/**
 * struct spinat_ping_window - which numbers have been seen, or are awaited
 * @last: highest number
 * @bits: bit i is for @last - i
 */
struct spinat_ping_window {
	u32 last;
	u32 bits;
};

bool spinat_ping_is(const u8 *payload);
bool spinat_ping_read(const u8 *payload, unsigned int len,
		      struct spinat_ping *p);
void spinat_ping_write(u8 *payload, const struct spinat_ping *p);
u64 spinat_ping_cookie(const struct spinat_ping *p, u32 to_spi, u32 from_spi,
		       const siphash_key_t *key);

bool spinat_ping_seen(struct spinat_ping_window *w, u32 number);
void spinat_ping_await(struct spinat_ping_window *w, u32 number);
bool spinat_ping_arrived(struct spinat_ping_window *w, u32 number);

unsigned int spinat_ping_shortest(unsigned int headers, unsigned int step);
unsigned int spinat_ping_length(unsigned int shortest, unsigned int longest,
				unsigned int step, u32 random,
				unsigned int not_this);

#endif
