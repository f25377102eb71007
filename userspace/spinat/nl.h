/* SPDX-License-Identifier: GPL-2.0 */
/* Requests to a generic netlink family, with the kernel's own sentences. */
#ifndef SPINAT_NL_H
#define SPINAT_NL_H

#include <stdbool.h>
#include <stdint.h>

#include <libmnl/libmnl.h>

#include "err.h"
#include "field.h"

/* Everything a request brought back, messages one behind the other. */
struct spinat_msgs {
	char *data;
	size_t len;
	size_t room;
	bool interrupted;	/* the table changed while it was read */
};

struct spinat_nl {
	struct mnl_socket *sock;
	const char *name;	/* of the family */
	uint16_t family;
	uint32_t group;		/* of the multicast group asked for, or 0 */
	uint32_t seq;
	const struct spinat_set *set;	/* names the attributes in errors */
	char request[2048];
	char answer[64 * 1024];
};

/* Finds the family, and the multicast group @group unless that is NULL. */
int spinat_nl_open(struct spinat_nl *nl, const char *family,
		   const char *group, struct spinat_err *err);
void spinat_nl_close(struct spinat_nl *nl);

/* Begins a request with attributes of @set. */
struct nlmsghdr *spinat_nl_request(struct spinat_nl *nl, uint8_t cmd,
				   const struct spinat_set *set);
/* Appends what is given in @args. */
void spinat_nl_put(struct nlmsghdr *nlh, const struct spinat_args *args);

/*
 * Sends the request and waits for its end. Messages that it brings are
 * appended to @msgs, which may be NULL.
 */
int spinat_nl_do(struct spinat_nl *nl, struct spinat_msgs *msgs,
		 struct spinat_err *err);
/*
 * The same for a dump. One that the kernel calls interrupted is tried again
 * a few times; @msgs->interrupted tells if that did not help.
 */
int spinat_nl_dump(struct spinat_nl *nl, struct spinat_msgs *msgs,
		   struct spinat_err *err);

/*
 * Joins the group found by spinat_nl_open(), and the one that tells of
 * unloaded families.
 */
int spinat_nl_listen(struct spinat_nl *nl, struct spinat_err *err);
/*
 * Waits for the next datagram of events. -ENOBUFS: some were lost, go on;
 * -ENODEV: the family is gone.
 */
int spinat_nl_next(struct spinat_nl *nl, struct spinat_msgs *msgs,
		   struct spinat_err *err);

int spinat_msgs_add(struct spinat_msgs *msgs, const struct nlmsghdr *nlh);
/* The message behind @nlh, the first one for NULL; NULL at the end. */
const struct nlmsghdr *spinat_msgs_next(const struct spinat_msgs *msgs,
					const struct nlmsghdr *nlh);
void spinat_msgs_free(struct spinat_msgs *msgs);

/* "cannot @what the kernel: ..." from errno, which it returns negated. */
int spinat_nl_io_err(struct spinat_err *err, const char *what);

#endif
