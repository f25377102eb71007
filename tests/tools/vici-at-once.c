// SPDX-License-Identifier: GPL-2.0
/*
 * vici-at-once: one command to many IKE daemons in the same instant.
 *
 * usage: vici-at-once COMMAND KEY=VALUE SOCKET...
 *
 * Connects to all sockets first, then sends all requests, then waits for the
 * answers. A swanctl for each would take a second for a dozen in a test VM.
 * Exit status 1 if a daemon did not answer with success.
 */
#define _GNU_SOURCE	/* memmem */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "util.h"

#define CMD_REQUEST	0
#define CMD_RESPONSE	1
#define KEY_VALUE	3

struct message {
	uint8_t bytes[512];
	size_t len;
};

static void put(struct message *message, const void *data, size_t len)
{
	if (len > sizeof(message->bytes) - message->len)
		die("the request is too long");
	memcpy(message->bytes + message->len, data, len);
	message->len += len;
}

static void put8(struct message *message, uint8_t value)
{
	put(message, &value, 1);
}

/* The length in front, the command's name, one key and its value */
static void request(struct message *message, const char *command,
		    const char *setting)
{
	const char *value = strchr(setting, '=');
	uint32_t total = 0;
	uint16_t len;

	if (!value)
		die("'%s' is not KEY=VALUE", setting);
	message->len = 0;
	put(message, &total, sizeof(total));
	put8(message, CMD_REQUEST);
	put8(message, strlen(command));
	put(message, command, strlen(command));
	put8(message, KEY_VALUE);
	put8(message, value - setting);
	put(message, setting, value - setting);
	len = htons(strlen(value + 1));
	put(message, &len, sizeof(len));
	put(message, value + 1, strlen(value + 1));
	total = htonl(message->len - sizeof(total));
	memcpy(message->bytes, &total, sizeof(total));
}

static int vici_connect(const char *path)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (strlen(path) >= sizeof(name.sun_path))
		die("the path '%s' is too long for a socket", path);
	strcpy(name.sun_path, path);
	if (fd < 0 || connect(fd, (struct sockaddr *)&name, sizeof(name)))
		die_errno("connecting to %s", path);
	return fd;
}

static void take(int fd, const char *path, void *data, size_t len)
{
	ssize_t got;

	for (; len; data = (char *)data + got, len -= got) {
		got = read(fd, data, len);
		if (got <= 0)
			die("%s: the daemon hung up", path);
	}
}

static bool succeeded(int fd, const char *path)
{
	static const char yes[] = "\007success\000\003yes";
	uint8_t answer[4096];
	uint32_t len;

	take(fd, path, &len, sizeof(len));
	len = ntohl(len);
	if (!len || len > sizeof(answer))
		die("%s: a strange answer of %u bytes", path, len);
	take(fd, path, answer, len);
	return answer[0] == CMD_RESPONSE &&
	       memmem(answer, len, yes, sizeof(yes) - 1);
}

int main(int argc, char **argv)
{
	int i, *fd = calloc(argc, sizeof(*fd)), status = 0;
	struct message message;

	if (argc < 4)
		die("usage: vici-at-once COMMAND KEY=VALUE SOCKET...");
	if (!fd)
		die("out of memory");
	request(&message, argv[1], argv[2]);
	for (i = 3; i < argc; i++)
		fd[i] = vici_connect(argv[i]);
	for (i = 3; i < argc; i++)
		if (write(fd[i], message.bytes, message.len) !=
		    (ssize_t)message.len)
			die_errno("writing to %s", argv[i]);
	for (i = 3; i < argc; i++) {
		if (succeeded(fd[i], argv[i]))
			continue;
		fprintf(stderr, "vici-at-once: %s refused '%s'\n", argv[i],
			argv[1]);
		status = 1;
	}
	return status;
}
