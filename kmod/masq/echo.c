// SPDX-License-Identifier: GPL-2.0
/*
 * Length-coded pings; see echo.h for the idea and tests/sim for the bound on
 * a false match.
 */
#include "echo.h"

/**
 * spinat_echo_ring_add() - remember an outbound packet
 * @ring: ring of its out-SPI
 * @len: its ESP payload length in bytes
 * @now: ticks
 * @quick: ticks that may lie between the two packets of a pair
 *
 * Every two packets in a row make a pair, so that one lost ping does not
 * pair the rest up wrongly.
 *
 * Return: true if the packet completed a pair.
 */
bool spinat_echo_ring_add(struct spinat_echo_ring *ring, u16 len, u32 now,
			  u32 quick)
{
	struct spinat_echo_pair *pair;
	bool paired;

	if (len > SPINAT_ECHO_MAX_LEN) {
		ring->last_len = 0;
		ring->last_when = now;
		return false;
	}

	paired = ring->last_len && ring->last_len != len &&
		 now - ring->last_when <= quick;
	if (paired) {
		pair = &ring->pair[ring->total % SPINAT_ECHO_PAIRS];
		pair->first = ring->last_len;
		pair->second = len;
		pair->when = now;
		/* Saturate, but keep the ring turning. */
		if (++ring->total == 0)
			ring->total = 0x8000;
	}
	ring->last_len = len;
	ring->last_when = now;
	return paired;
}

/**
 * spinat_echo_ring_forget() - forget all pairs, but not how many there were
 * @ring: the ring
 */
void spinat_echo_ring_forget(struct spinat_echo_ring *ring)
{
	int i;

	for (i = 0; i < SPINAT_ECHO_PAIRS; i++)
		ring->pair[i].first = 0;
	ring->last_len = 0;
}

static bool fresh(const struct spinat_echo_pair *pair, u32 now, u32 window)
{
	return pair->first && now - pair->when <= window;
}

/**
 * spinat_echo_ring_has_pair() - was this pair of lengths sent in the window?
 * @ring: ring of an out-SPI
 * @first: length of the earlier answer
 * @second: length of the later answer
 * @now: ticks at the later answer
 * @window: ticks from the ping to its answer, at most
 */
bool spinat_echo_ring_has_pair(const struct spinat_echo_ring *ring, u16 first,
			       u16 second, u32 now, u32 window)
{
	int i;

	for (i = 0; i < SPINAT_ECHO_PAIRS; i++)
		if (ring->pair[i].first == first &&
		    ring->pair[i].second == second &&
		    fresh(&ring->pair[i], now, window))
			return true;
	return false;
}

/**
 * spinat_echo_ring_begins() - may a packet of this length be a first answer?
 * @ring: ring of an out-SPI
 * @len: ESP payload length
 * @now: ticks
 * @window: ticks from the ping to its answer, at most
 *
 * The answer may be here before the second ping of the pair has left.
 */
bool spinat_echo_ring_begins(const struct spinat_echo_ring *ring, u16 len,
			     u32 now, u32 window)
{
	int i;

	if (len && ring->last_len == len && now - ring->last_when <= window)
		return true;
	for (i = 0; i < SPINAT_ECHO_PAIRS; i++)
		if (ring->pair[i].first == len &&
		    fresh(&ring->pair[i], now, window))
			return true;
	return false;
}

/**
 * spinat_echo_ring_has_length() - may a packet of this length be an answer?
 * @ring: ring of an out-SPI
 * @len: ESP payload length
 * @now: ticks
 * @window: ticks from the ping to its answer, at most
 */
bool spinat_echo_ring_has_length(const struct spinat_echo_ring *ring, u16 len,
				 u32 now, u32 window)
{
	int i;

	for (i = 0; i < SPINAT_ECHO_PAIRS; i++)
		if ((ring->pair[i].first == len ||
		     ring->pair[i].second == len) &&
		    fresh(&ring->pair[i], now, window))
			return true;
	return false;
}
