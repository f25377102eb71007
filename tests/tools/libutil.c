// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "util.h"

static void NORETURN die_with(int err, const char *fmt, va_list args)
{
	fprintf(stderr, "%s: ", program_invocation_short_name);
	vfprintf(stderr, fmt, args);
	if (err)
		fprintf(stderr, ": %s", strerror(err));
	fputc('\n', stderr);
	exit(1);
}

void die(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	die_with(0, fmt, args);
}

void die_errno(const char *fmt, ...)
{
	int err = errno;
	va_list args;

	va_start(args, fmt);
	die_with(err, fmt, args);
}

void ns_enter(const char *name)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		die_errno("opening network namespace %s", name);
	if (setns(fd, CLONE_NEWNET))
		die_errno("entering network namespace %s", name);
	close(fd);
}

struct addr addr_parse(const char *text)
{
	struct addr addr = {};

	if (inet_pton(AF_INET, text, &addr.v4) == 1)
		addr.family = AF_INET;
	else if (inet_pton(AF_INET6, text, &addr.v6) == 1)
		addr.family = AF_INET6;
	else
		die("\"%s\" is neither an IPv4 nor an IPv6 address", text);
	return addr;
}

socklen_t addr_sockaddr(const struct addr *addr, struct sockaddr_storage *out)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)out;
	struct sockaddr_in *in4 = (struct sockaddr_in *)out;

	memset(out, 0, sizeof(*out));
	if (addr->family == AF_INET) {
		in4->sin_family = AF_INET;
		in4->sin_addr = addr->v4;
		return sizeof(*in4);
	}
	in6->sin6_family = AF_INET6;
	in6->sin6_addr = addr->v6;
	return sizeof(*in6);
}

const char *addr_text(const struct addr *addr, char *buf, socklen_t len)
{
	return inet_ntop(addr->family, addr->bytes, buf, len);
}

unsigned long number(const char *text, const char *what, unsigned long min,
		     unsigned long max)
{
	unsigned long value;
	char *end;

	errno = 0;
	value = strtoul(text, &end, 0);
	if (errno || end == text || *end || value < min || value > max)
		die("%s wants a number from %lu to %lu, not \"%s\"", what, min,
		    max, text);
	return value;
}

int64_t now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000LL + ts.tv_nsec / 1000;
}

void sleep_until_us(int64_t when)
{
	struct timespec ts = {
		.tv_sec = when / 1000000,
		.tv_nsec = when % 1000000 * 1000,
	};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL) ==
	       EINTR)
		;
}

uint32_t random_range(uint32_t min, uint32_t max)
{
	static uint64_t state;

	/* xorshift64*: tests need speed and spread, not secrecy */
	while (!state)
		if (getrandom(&state, sizeof(state), 0) != sizeof(state))
			die_errno("reading random bytes");
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return min + (uint32_t)((state * 2685821657736338717ULL) >> 32) %
			     (max - min + 1);
}
