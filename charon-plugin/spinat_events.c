/* SPDX-License-Identifier: GPL-2.0 */

#include "spinat_events.h"
#include "spinat_genl.h"

#include <daemon.h>
#include <processing/watcher.h>

#include <errno.h>

/** Bytes of events that may wait, a rekeying of many tunnels has many */
#define BUFFER_SIZE (1024 * 1024)

typedef struct private_spinat_events_t private_spinat_events_t;

/**
 * Private data of a spinat_events_t object.
 */
struct private_spinat_events_t {

	/**
	 * Public interface
	 */
	spinat_events_t public;

	/**
	 * Function to call, and the data to pass to it
	 */
	spinat_events_cb_t cb;
	void *data;

	/**
	 * Socket that receives the events
	 */
	struct mnl_socket *nl;

	/**
	 * ID of the family, 0 if the module is not loaded
	 */
	uint16_t family;
};

/**
 * Join a multicast group of a family, get the ID of the family.
 *
 * The kernel forgets the members of a group when its module is unloaded, so
 * this is to be done again then.
 */
static uint16_t join(private_spinat_events_t *this, char *name, char *group)
{
	struct mnl_socket *nl;
	uint32_t group_id = 0;
	uint16_t family = 0;

	/* not by the socket that gets events, they would be lost in between */
	nl = spinat_genl_open();
	if (nl)
	{
		family = spinat_genl_family(nl, name, group, &group_id);
		mnl_socket_close(nl);
	}
	if (!family)
	{
		return 0;
	}
	if (!group_id || mnl_socket_setsockopt(this->nl, NETLINK_ADD_MEMBERSHIP,
										   &group_id, sizeof(group_id)) < 0)
	{
		DBG1(DBG_KNL, "spinat: joining the netlink group '%s' of '%s' failed: "
			 "%s", group, name, group_id ? strerror(errno) : "not there");
	}
	return family;
}

/**
 * Get the address in an attribute, NULL if it is none.
 */
static host_t *get_host(const struct nlattr *attr)
{
	chunk_t address;

	address = chunk_create(mnl_attr_get_payload(attr),
						   mnl_attr_get_payload_len(attr));
	return host_create_from_chunk(AF_UNSPEC, address, 0);
}

/**
 * Handle an event of the module.
 */
static void handle_epoch(private_spinat_events_t *this,
						 const struct nlmsghdr *nlh)
{
	const struct nlattr *attr;
	spinat_event_t event = {};

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
	{
		switch (mnl_attr_get_type(attr))
		{
			case SPINAT_EPOCH_A_EPOCH_EVENT:
				event.why = spinat_genl_u32(attr);
				break;
			case SPINAT_EPOCH_A_EPOCH_TUNNEL:
				event.tunnel = spinat_genl_str(attr);
				break;
			case SPINAT_EPOCH_A_EPOCH_PEER:
				DESTROY_IF(event.peer);
				event.peer = get_host(attr);
				break;
			case SPINAT_EPOCH_A_EPOCH_OUT_SPI:
				event.out = spinat_genl_u32(attr);
				break;
			case SPINAT_EPOCH_A_EPOCH_IN_SPI:
				event.in = spinat_genl_u32(attr);
				break;
			case SPINAT_EPOCH_A_EPOCH_FAILURES:
				event.failures = spinat_genl_u32(attr);
				break;
		}
	}
	if (event.tunnel && event.peer)
	{
		this->cb(this->data, &event);
	}
	DESTROY_IF(event.peer);
}

/**
 * Handle an event about families.
 */
static void handle_family(private_spinat_events_t *this,
						  const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;
	char *name;

	mnl_attr_for_each(attr, nlh, sizeof(*genl))
	{
		name = spinat_genl_str(attr);
		if (mnl_attr_get_type(attr) != CTRL_ATTR_FAMILY_NAME || !name ||
			!streq(name, SPINAT_EPOCH_FAMILY_NAME))
		{
			continue;
		}
		switch (genl->cmd)
		{
			case CTRL_CMD_NEWFAMILY:
				this->family = join(this, SPINAT_EPOCH_FAMILY_NAME,
									SPINAT_EPOCH_MCGRP_EPOCHS);
				this->cb(this->data, NULL);
				break;
			case CTRL_CMD_DELFAMILY:
				this->family = 0;
				break;
		}
	}
}

/**
 * Handle what the socket received.
 */
static int handle(const struct nlmsghdr *nlh, void *data)
{
	private_spinat_events_t *this = data;
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*genl))
	{
		return MNL_CB_OK;
	}
	if (nlh->nlmsg_type == GENL_ID_CTRL)
	{
		handle_family(this, nlh);
	}
	else if (nlh->nlmsg_type == this->family &&
			 genl->cmd == SPINAT_EPOCH_CMD_EPOCH_NTF)
	{
		handle_epoch(this, nlh);
	}
	return MNL_CB_OK;
}

/**
 * Receive events.
 */
static bool receive(private_spinat_events_t *this, int fd,
					watcher_event_t watched)
{
	char buf[MNL_SOCKET_BUFFER_SIZE];
	ssize_t len;

	while (TRUE)
	{
		len = recv(fd, buf, sizeof(buf), MSG_DONTWAIT);
		if (len >= 0)
		{
			mnl_cb_run(buf, len, 0, 0, handle, this);
		}
		else if (errno == ENOBUFS)
		{	/* the kernel repeats what it asks for */
			DBG1(DBG_KNL, "spinat: some events of the kernel got lost");
		}
		else if (errno != EINTR)
		{
			return errno == EAGAIN;
		}
	}
}

METHOD(spinat_events_t, destroy, void,
	private_spinat_events_t *this)
{
	lib->watcher->remove(lib->watcher, mnl_socket_get_fd(this->nl));
	mnl_socket_close(this->nl);
	free(this);
}

/*
 * Described in header
 */
spinat_events_t *spinat_events_create(spinat_events_cb_t cb, void *data)
{
	private_spinat_events_t *this;
	int size = BUFFER_SIZE;
	struct mnl_socket *nl;

	nl = spinat_genl_open();
	if (!nl)
	{
		DBG1(DBG_KNL, "spinat: opening a netlink socket for events failed: %s",
			 strerror(errno));
		return NULL;
	}
	setsockopt(mnl_socket_get_fd(nl), SOL_SOCKET, SO_RCVBUFFORCE, &size,
			   sizeof(size));

	INIT(this,
		.public = {
			.destroy = _destroy,
		},
		.cb = cb,
		.data = data,
		.nl = nl,
	);

	join(this, "nlctrl", "notify");
	this->family = join(this, SPINAT_EPOCH_FAMILY_NAME,
						SPINAT_EPOCH_MCGRP_EPOCHS);
	lib->watcher->add(lib->watcher, mnl_socket_get_fd(nl), WATCHER_READ,
					  (watcher_cb_t)receive, this);
	return &this->public;
}
