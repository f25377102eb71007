/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Raw IP packets that carry ESP, an ICMP error or echo, from any source address.
 * The ESP payload is random: routers between the ends see nothing else.
 */
#ifndef TESTS_PACKET_H
#define TESTS_PACKET_H

#include <stddef.h>
#include <stdint.h>

#include "util.h"

#define PACKET_MAX 65535
#define ESP_MIN 8	/* SPI and sequence number */

/* A raw socket on which whole packets, IP header included, are sent. */
int packet_socket(int family);

/* ESP of "len" bytes behind an IP header; returns the packet's length. */
size_t packet_esp(uint8_t *buf, const struct addr *src, const struct addr *dst,
		  uint32_t spi, uint32_t seq, size_t len, bool df);

/*
 * An ICMP or ICMPv6 error that quotes "quote". For "packet too big" mtu is
 * set, otherwise it is zero and "host unreachable" is built.
 */
size_t packet_icmp_error(uint8_t *buf, const struct addr *src,
			 const struct addr *dst, const uint8_t *quote,
			 size_t quote_len, uint32_t mtu);

/* An ICMP or ICMPv6 echo request or reply with this payload. */
size_t packet_icmp_echo(uint8_t *buf, const struct addr *src,
			const struct addr *dst, bool reply, const uint8_t *data,
			size_t len);

/* Sends one packet; false with errno set when the kernel refuses it. */
bool packet_send(int fd, const struct addr *dst, const uint8_t *buf,
		 size_t len);

/* Sends a packet as fragments that carry at most "size" bytes each. */
bool packet_send_fragments(int fd, const struct addr *dst, const uint8_t *buf,
			   size_t len, size_t size);

#endif
