/* SPDX-License-Identifier: GPL-2.0 */
/* A generic netlink family, by libmnl. */
#ifndef TESTS_GENL_H
#define TESTS_GENL_H

#include <libmnl/libmnl.h>

#include "util.h"

struct genl {
	struct mnl_socket *socket;
	uint16_t family;
	uint32_t group;		/* of the name given to genl_open() */
	char buf[8192];		/* the request */
	char sentence[256];	/* why the kernel refused it */
};

/* Opens it in the caller's namespace; group may be NULL. */
void genl_open(struct genl *genl, const char *family, const char *group);
/* Listens to the group; what comes is for genl_events() from then on. */
void genl_listen(struct genl *genl);
int genl_fd(const struct genl *genl);

struct nlmsghdr *genl_begin(struct genl *genl, uint8_t cmd, uint16_t flags);
void genl_put_addr(struct nlmsghdr *nlh, uint16_t type, const struct addr *addr);
/* Sends the request; zero, or the kernel's errno. "each" gets the answers. */
int genl_talk(struct genl *genl, mnl_cb_t each, void *data);
/* All events that are there. */
void genl_events(struct genl *genl, mnl_cb_t each, void *data);

#endif
