// SPDX-License-Identifier: GPL-2.0
/*
 * Control pings. In the payload of an ICMP echo, all big-endian:
 *
 *	0  magic "SpNt"		8   number
 *	4  version		12  cookie
 *	5  type			20  random padding, to the end
 *	6  payload length
 *
 * The padding is random so that compression cannot shorten it, and the length
 * is in the header and under the cookie so that nobody can change it.
 */
#include <linux/kernel.h>
#include <linux/unaligned.h>

#include "ping.h"

#define PING_MAGIC	0x53704e74
#define PING_VERSION	1

/**
 * spinat_ping_is() - does it look like a control ping?
 * @payload: SPINAT_PING_HEADER bytes of ICMP payload
 *
 * Anybody can write that; it says nothing about who did.
 */
bool spinat_ping_is(const u8 *payload)
{
	return get_unaligned_be32(payload) == PING_MAGIC;
}

/**
 * spinat_ping_read() - parse a control ping
 * @payload: SPINAT_PING_HEADER bytes of ICMP payload
 * @len: length of the whole payload
 * @p: set
 *
 * Return: false if it is none, or of a version that is not known.
 */
bool spinat_ping_read(const u8 *payload, unsigned int len,
		      struct spinat_ping *p)
{
	if (!spinat_ping_is(payload) || payload[4] != PING_VERSION)
		return false;
	p->type = payload[5];
	p->len = get_unaligned_be16(payload + 6);
	p->number = get_unaligned_be32(payload + 8);
	p->cookie = get_unaligned_be64(payload + 12);
	return p->type >= PING_REQUEST && p->type <= PING_WORD_ANSWER &&
	       p->len == len;
}

/**
 * spinat_ping_write() - the counterpart
 * @payload: room for SPINAT_PING_HEADER bytes
 * @p: what to write
 */
void spinat_ping_write(u8 *payload, const struct spinat_ping *p)
{
	put_unaligned_be32(PING_MAGIC, payload);
	payload[4] = PING_VERSION;
	payload[5] = p->type;
	put_unaligned_be16(p->len, payload + 6);
	put_unaligned_be32(p->number, payload + 8);
	put_unaligned_be64(p->cookie, payload + 12);
}

/**
 * spinat_ping_cookie() - the cookie a ping must have
 * @p: the ping; its cookie is not looked at
 * @to_spi: SPI of the SA the request goes through, host order
 * @from_spi: SPI of the SA the answer comes through, host order
 * @key: made from the keys of the SA the request goes through
 */
u64 spinat_ping_cookie(const struct spinat_ping *p, u32 to_spi, u32 from_spi,
		       const siphash_key_t *key)
{
	return siphash_2u64((u64)p->number << 32 | p->type << 16 | p->len,
			    (u64)to_spi << 32 | from_spi, key);
}

/**
 * spinat_ping_seen() - was this number seen before? Now it is.
 * @w: numbers of the peer
 * @number: of a ping that is authentic
 *
 * Return: true if so, or if it is too old to tell.
 */
bool spinat_ping_seen(struct spinat_ping_window *w, u32 number)
{
	s32 ahead = number - w->last;

	if (!w->bits || ahead > 0) {
		w->bits = w->bits && ahead < 32 ? w->bits << ahead : 0;
		w->bits |= 1;
		w->last = number;
		return false;
	}
	if (ahead <= -32 || w->bits & 1U << -ahead)
		return true;
	w->bits |= 1U << -ahead;
	return false;
}

/**
 * spinat_ping_await() - an answer to this number is to come
 * @w: own numbers
 * @number: the next one, one more than the last
 */
void spinat_ping_await(struct spinat_ping_window *w, u32 number)
{
	w->last = number;
	w->bits = w->bits << 1 | 1;
}

/**
 * spinat_ping_arrived() - is this the answer to a number that has none yet?
 * @w: own numbers
 * @number: of an authentic answer
 */
bool spinat_ping_arrived(struct spinat_ping_window *w, u32 number)
{
	u32 age = w->last - number;

	if (age >= 32 || !(w->bits & 1U << age))
		return false;
	w->bits &= ~(1U << age);
	return true;
}

/**
 * spinat_ping_shortest() - length of the shortest inner packet
 * @headers: bytes of IP and ICMP headers
 * @step: ESP packets have lengths this far apart: 4, or the cipher's block
 *
 * Lengths leave no room for padding of ESP's, whose trailer takes two bytes:
 * so one step more is one step more on the wire.
 */
unsigned int spinat_ping_shortest(unsigned int headers, unsigned int step)
{
	return roundup(headers + SPINAT_PING_HEADER + 2, step) - 2;
}

/**
 * spinat_ping_length() - a random length
 * @shortest: from spinat_ping_shortest()
 * @longest: what the path carries
 * @step: as there
 * @random: 32 random bits
 * @not_this: a length it must not be, 0 for none
 *
 * Return: the length, @shortest if there is no room for another.
 */
unsigned int spinat_ping_length(unsigned int shortest, unsigned int longest,
				unsigned int step, u32 random,
				unsigned int not_this)
{
	unsigned int n, i;

	if (longest > SPINAT_PING_MAX)
		longest = SPINAT_PING_MAX;
	if (longest < shortest + step)
		return shortest;
	n = (longest - shortest) / step + 1;
	i = random % n;
	if (shortest + i * step == not_this)
		i = (i + 1) % n;
	return shortest + i * step;
}
