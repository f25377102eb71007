/* SPDX-License-Identifier: GPL-2.0 */

/**
 * @defgroup spinat_genl spinat_genl
 * @{ @ingroup spinat
 *
 * Generic netlink: a socket, requests and their answers.
 */

#ifndef SPINAT_GENL_H_
#define SPINAT_GENL_H_

#include <library.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>

/** What the kernel said about a request, at most */
#define SPINAT_GENL_WHY 256

/**
 * Open a socket.
 *
 * @return			socket, NULL if it fails, then errno is set
 */
struct mnl_socket *spinat_genl_open();

/**
 * Begin a request.
 *
 * @param buf		MNL_SOCKET_BUFFER_SIZE bytes
 * @param family	ID of the family
 * @param cmd		command
 * @param flags		more flags than NLM_F_REQUEST
 * @return			request to add attributes to
 */
struct nlmsghdr *spinat_genl_begin(char *buf, uint16_t family, uint8_t cmd,
								   uint16_t flags);

/**
 * Send a request and wait for what the kernel answers while sending.
 *
 * @param nl		socket
 * @param request	request, with NLM_F_ACK or NLM_F_DUMP
 * @param cb		called for each message of the answer, or NULL
 * @param data		passed to it
 * @param why		receives what the kernel said, SPINAT_GENL_WHY bytes
 * @return			0, or an errno
 */
int spinat_genl_talk(struct mnl_socket *nl, struct nlmsghdr *request,
					 mnl_cb_t cb, void *data, char *why);

/**
 * Read a number. What the module of another version means by it may be of
 * another length.
 *
 * @param attr		attribute
 * @return			number, 0 if it is not one of 32 bits
 */
uint32_t spinat_genl_u32(const struct nlattr *attr);

/**
 * Read a string.
 *
 * @param attr		attribute
 * @return			string, NULL if it has no end
 */
char *spinat_genl_str(const struct nlattr *attr);

/**
 * Look up a family, the kernel may load its module for that.
 *
 * @param nl		socket
 * @param name		name of the family
 * @param group		name of a multicast group, or NULL
 * @param group_id	receives its ID, 0 if there is none
 * @return			ID, 0 if there is none such
 */
uint16_t spinat_genl_family(struct mnl_socket *nl, char *name, char *group,
							uint32_t *group_id);

#endif /** SPINAT_GENL_H_ @}*/
