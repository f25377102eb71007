/* SPDX-License-Identifier: GPL-2.0 */
/* What the packet tools share: errors, namespaces, addresses, time, chance. */
#ifndef TESTS_UTIL_H
#define TESTS_UTIL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <netinet/in.h>

#define NORETURN __attribute__((noreturn))
#define PRINTF(a, b) __attribute__((format(printf, a, b)))

/* An IPv4 or IPv6 address; family is AF_INET or AF_INET6. */
struct addr {
	int family;
	union {
		struct in_addr v4;
		struct in6_addr v6;
		uint8_t bytes[16];
	};
};

/* Prints "program: sentence" and ends the program with status 1. */
void die(const char *fmt, ...) PRINTF(1, 2) NORETURN;
/* As die(), with errno's text at the end. */
void die_errno(const char *fmt, ...) PRINTF(1, 2) NORETURN;

/* Enters a namespace made by "ip netns add"; all later sockets are there. */
void ns_enter(const char *name);

struct addr addr_parse(const char *text);
socklen_t addr_sockaddr(const struct addr *addr, struct sockaddr_storage *out);
const char *addr_text(const struct addr *addr, char *buf, socklen_t len);

/* A number within limits, or the program ends; "what" names the option. */
unsigned long number(const char *text, const char *what, unsigned long min,
		     unsigned long max);

int64_t now_us(void);
void sleep_until_us(int64_t when);

/* A uniform number from min to max, both included. */
uint32_t random_range(uint32_t min, uint32_t max);

#endif
