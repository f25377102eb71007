// SPDX-License-Identifier: GPL-2.0
/*
 * epoch-watch: the events of many namespaces' gates, by one clock.
 *
 * usage: epoch-watch READY-FILE NAME,NS...
 *
 * Creates READY-FILE when it listens everywhere, and then prints a line for
 * each event until it gets SIGINT or SIGTERM:
 *
 *	MS NAME TUNNEL EVENT OUT-SPI IN-SPI AGE PINGS
 *
 * MS is milliseconds since boot; AGE, of the epoch, is milliseconds, too; what
 * the epoch does not have is "-".
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/spinat_epoch.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "genl.h"

struct place {
	struct genl genl;
	const char *name;
};

static const char *const events[] = {
	[SPINAT_EPOCH_EVENT_BORN] = "born",
	[SPINAT_EPOCH_EVENT_ANNOUNCED] = "announced",
	[SPINAT_EPOCH_EVENT_PROVED] = "proved",
	[SPINAT_EPOCH_EVENT_STALE] = "stale",
	[SPINAT_EPOCH_EVENT_DEAD] = "dead",
	[SPINAT_EPOCH_EVENT_CEILING] = "ceiling",
	[SPINAT_EPOCH_EVENT_REKEY] = "rekey",
	[SPINAT_EPOCH_EVENT_SESSION] = "session",
	[SPINAT_EPOCH_EVENT_ASKED] = "asked",
	[SPINAT_EPOCH_EVENT_GONE] = "gone",
	[SPINAT_EPOCH_EVENT_HEARD] = "heard",
};

static volatile sig_atomic_t stop;

static void on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

static void print_u32(const struct nlattr *attr, const char *format)
{
	if (attr)
		printf(format, mnl_attr_get_u32(attr));
	else
		fputs(" -", stdout);
}

static void print_spi(const struct nlattr *attr)
{
	if (attr)
		printf(" 0x%08x", ntohl(mnl_attr_get_u32(attr)));
	else
		fputs(" -", stdout);
}

static int print_event(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[SPINAT_EPOCH_A_EPOCH_MAX + 1] = {}, *attr;
	const struct place *place = data;
	uint32_t event = 0;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(attr) <= SPINAT_EPOCH_A_EPOCH_MAX)
			tb[mnl_attr_get_type(attr)] = attr;
	attr = tb[SPINAT_EPOCH_A_EPOCH_EVENT];
	if (attr)
		event = mnl_attr_get_u32(attr);
	if (event >= sizeof(events) / sizeof(*events) || !events[event])
		return MNL_CB_OK;
	attr = tb[SPINAT_EPOCH_A_EPOCH_TUNNEL];
	printf("%lld %s %s %s", (long long)(now_us() / 1000), place->name,
	       attr ? mnl_attr_get_str(attr) : "-", events[event]);
	print_spi(tb[SPINAT_EPOCH_A_EPOCH_OUT_SPI]);
	print_spi(tb[SPINAT_EPOCH_A_EPOCH_IN_SPI]);
	print_u32(tb[SPINAT_EPOCH_A_EPOCH_AGE], " %u");
	print_u32(tb[SPINAT_EPOCH_A_EPOCH_PINGS], " %u");
	putchar('\n');
	return MNL_CB_OK;
}

static void place_open(struct place *place, char *text)
{
	char *ns;

	place->name = strtok(text, ",");
	ns = strtok(NULL, ",");
	if (!ns)
		die("a place is NAME,NS");
	ns_enter(ns);
	genl_open(&place->genl, SPINAT_EPOCH_FAMILY_NAME,
		  SPINAT_EPOCH_MCGRP_EPOCHS);
	genl_listen(&place->genl);
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = on_signal };
	int n = argc - 2, i;
	struct place *places;
	struct pollfd *fds;
	FILE *file;

	if (n < 1)
		die("usage: epoch-watch READY-FILE NAME,NS...");
	places = calloc(n, sizeof(*places));
	fds = calloc(n, sizeof(*fds));
	if (!places || !fds)
		die("out of memory");
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	setlinebuf(stdout);
	for (i = 0; i < n; i++) {
		place_open(&places[i], argv[i + 2]);
		fds[i].fd = genl_fd(&places[i].genl);
		fds[i].events = POLLIN;
	}
	file = fopen(argv[1], "w");
	if (!file || fclose(file))
		die_errno("creating %s", argv[1]);
	while (!stop) {
		if (poll(fds, n, -1) < 0 && errno != EINTR)
			die_errno("waiting for events");
		for (i = 0; i < n; i++)
			if (fds[i].revents)
				genl_events(&places[i].genl, print_event,
					    &places[i]);
	}
	return 0;
}
