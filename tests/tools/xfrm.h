/* SPDX-License-Identifier: GPL-2.0 */
/* Static-key ESP tunnels through NETLINK_XFRM, many in little time. */
#ifndef TESTS_XFRM_H
#define TESTS_XFRM_H

#include "util.h"

/* AES-GCM moves in steps of 4 bytes, AES-CBC with SHA-256 in steps of 16. */
enum cipher { CIPHER_GCM, CIPHER_CBC };

struct tunnel {
	struct addr local, remote;		/* outer, as this end sees them */
	struct addr inner_local, inner_remote;
	uint32_t out_spi, in_spi;		/* as this end sees them */
	uint32_t reqid;
	enum cipher cipher;
};

/* The value of an option "--cipher", for OPT_CALL() to an enum cipher */
void cipher_parse(void *to, char *text);

/* A socket of the namespace that the caller is in. */
int xfrm_open(void);
/* Removes every SA and policy of the namespace. */
void xfrm_flush(int fd);
/* Both SAs and policies of one end. */
void xfrm_tunnel_add(int fd, const struct tunnel *tunnel);

/* As a key manager rekeys: both SAs first, policies and old SAs later. */
void xfrm_sas_add(int fd, const struct tunnel *tunnel);
/* Makes or switches both policies; the one out names the SA by its SPI. */
void xfrm_policies_set(int fd, const struct tunnel *tunnel);
/* Deletes the SA to the peer (out) or from it, if it is there. */
void xfrm_sa_del(int fd, const struct tunnel *tunnel, bool out);
/* XfrmInNoStates of the caller's namespace. */
unsigned long xfrm_no_states(void);

#endif
