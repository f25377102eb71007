/* SPDX-License-Identifier: GPL-2.0 */

#include "spinat_netlink.h"
#include "spinat_genl.h"

#include <daemon.h>
#include <collections/linked_list.h>
#include <threading/mutex.h>

#include <errno.h>

typedef struct private_spinat_netlink_t private_spinat_netlink_t;

/**
 * Private data of a spinat_netlink_t object.
 */
struct private_spinat_netlink_t {

	/**
	 * Public interface
	 */
	spinat_netlink_t public;

	/**
	 * Socket for requests
	 */
	struct mnl_socket *nl;

	/**
	 * ID of the family, 0 if not known
	 */
	uint16_t family;

	/**
	 * One request at a time
	 */
	mutex_t *mutex;
};

/**
 * Send a request, mutex is held.
 *
 * A module that was loaded again has another ID, and the kernel says ENOENT to
 * the old one, so the family is looked up again then.
 */
static int talk(private_spinat_netlink_t *this, struct nlmsghdr *request,
				mnl_cb_t cb, void *data, char *why)
{
	uint16_t family = this->family;
	int code = ENOENT;

	if (family)
	{
		request->nlmsg_type = family;
		code = spinat_genl_talk(this->nl, request, cb, data, why);
	}
	if (code == ENOENT)
	{
		this->family = spinat_genl_family(this->nl, SPINAT_EPOCH_FAMILY_NAME,
										  NULL, NULL);
		if (!this->family)
		{
			return EPROTONOSUPPORT;
		}
		if (this->family != family)
		{
			request->nlmsg_type = this->family;
			code = spinat_genl_talk(this->nl, request, cb, data, why);
		}
	}
	return code;
}

/**
 * Make a request, what says in a log message what it was for.
 */
static status_t make_request(private_spinat_netlink_t *this,
							 struct nlmsghdr *request, mnl_cb_t cb, void *data,
							 bool may_miss, char *what, char *name)
{
	char why[SPINAT_GENL_WHY] = "";
	int code;

	this->mutex->lock(this->mutex);
	code = talk(this, request, cb, data, why);
	this->mutex->unlock(this->mutex);

	switch (code)
	{
		case 0:
			return SUCCESS;
		case EPROTONOSUPPORT:
			return NOT_SUPPORTED;
		case ENOENT:
			if (may_miss)
			{
				return NOT_FOUND;
			}
			DBG1(DBG_KNL, "spinat: %s '%s' failed: %s", what, name, why);
			return NOT_FOUND;
		default:
			DBG1(DBG_KNL, "spinat: %s '%s' failed: %s", what, name, why);
			return FAILED;
	}
}

/**
 * Add an address to a request.
 */
static void put_host(struct nlmsghdr *nlh, uint16_t type, host_t *host)
{
	chunk_t address;

	if (host)
	{
		address = host->get_address(host);
		mnl_attr_put(nlh, type, address.len, address.ptr);
	}
}

/**
 * Add the settings of a gate to a request.
 */
static void put_gate(struct nlmsghdr *nlh, spinat_gate_t *gate)
{
	uint16_t type;
	int i;

	mnl_attr_put_u32(nlh, SPINAT_EPOCH_A_TUNNEL_ROLE, gate->role);
	mnl_attr_put_u32(nlh, SPINAT_EPOCH_A_TUNNEL_ON_CEILING,
					 gate->drop ? SPINAT_EPOCH_ON_CEILING_DROP
								: SPINAT_EPOCH_ON_CEILING_OPEN);
	for (i = 0; i < SPINAT_GATE_NUMBERS; i++)
	{
		type = spinat_gate_number_attr(i);
		if (!(gate->configured & (1 << i)))
		{
			continue;
		}
		if (type == SPINAT_EPOCH_A_TUNNEL_BUDGET)
		{
			mnl_attr_put_u64(nlh, type, gate->number[i]);
		}
		else
		{
			mnl_attr_put_u32(nlh, type, gate->number[i]);
		}
	}
}

METHOD(spinat_netlink_t, set_tunnel, status_t,
	private_spinat_netlink_t *this, spinat_netlink_tunnel_t *tunnel)
{
	char buf[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *nlh;

	nlh = spinat_genl_begin(buf, 0, SPINAT_EPOCH_CMD_TUNNEL_SET, NLM_F_ACK);
	mnl_attr_put_strz(nlh, SPINAT_EPOCH_A_TUNNEL_NAME, tunnel->name);
	put_host(nlh, SPINAT_EPOCH_A_TUNNEL_PEER, tunnel->peer);
	mnl_attr_put_u32(nlh, SPINAT_EPOCH_A_TUNNEL_IF_ID, tunnel->if_id);
	mnl_attr_put_u32(nlh, SPINAT_EPOCH_A_TUNNEL_MARK, tunnel->mark);
	put_gate(nlh, tunnel->gate);
	return make_request(this, nlh, NULL, NULL, FALSE, "making the tunnel",
						tunnel->name);
}

METHOD(spinat_netlink_t, del_tunnel, status_t,
	private_spinat_netlink_t *this, char *name)
{
	char buf[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *nlh;

	nlh = spinat_genl_begin(buf, 0, SPINAT_EPOCH_CMD_TUNNEL_DEL, NLM_F_ACK);
	mnl_attr_put_strz(nlh, SPINAT_EPOCH_A_TUNNEL_NAME, name);
	return make_request(this, nlh, NULL, NULL, TRUE, "forgetting the tunnel",
						name);
}

METHOD(spinat_netlink_t, new_epoch, status_t,
	private_spinat_netlink_t *this, spinat_netlink_epoch_t *epoch)
{
	char buf[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *nlh;

	nlh = spinat_genl_begin(buf, 0, SPINAT_EPOCH_CMD_EPOCH_NEW, NLM_F_ACK);
	mnl_attr_put_strz(nlh, SPINAT_EPOCH_A_EPOCH_TUNNEL, epoch->tunnel);
	put_host(nlh, SPINAT_EPOCH_A_EPOCH_PEER, epoch->peer);
	mnl_attr_put_u32(nlh, SPINAT_EPOCH_A_EPOCH_OUT_SPI, epoch->out);
	mnl_attr_put_u32(nlh, SPINAT_EPOCH_A_EPOCH_IN_SPI, epoch->in);
	put_host(nlh, SPINAT_EPOCH_A_EPOCH_TARGET, epoch->target);
	put_host(nlh, SPINAT_EPOCH_A_EPOCH_SOURCE, epoch->source);
	return make_request(this, nlh, NULL, NULL, FALSE, "announcing an epoch of",
						epoch->tunnel);
}

/**
 * Make a request about an epoch that may be gone.
 */
static status_t epoch_request(private_spinat_netlink_t *this, uint8_t cmd,
							  host_t *peer, uint32_t out, mnl_cb_t cb,
							  void *data, char *what)
{
	char buf[MNL_SOCKET_BUFFER_SIZE], name[BUF_LEN];
	struct nlmsghdr *nlh;

	nlh = spinat_genl_begin(buf, 0, cmd, NLM_F_ACK);
	put_host(nlh, SPINAT_EPOCH_A_EPOCH_PEER, peer);
	mnl_attr_put_u32(nlh, SPINAT_EPOCH_A_EPOCH_OUT_SPI, out);
	snprintf(name, sizeof(name), "%.8x to %H", ntohl(out), peer);
	return make_request(this, nlh, cb, data, TRUE, what, name);
}

METHOD(spinat_netlink_t, del_epoch, status_t,
	private_spinat_netlink_t *this, host_t *peer, uint32_t out)
{
	return epoch_request(this, SPINAT_EPOCH_CMD_EPOCH_DEL, peer, out, NULL,
						 NULL, "letting go the SA");
}

/**
 * What is read of an epoch.
 */
typedef struct {
	/** state of its gate */
	uint32_t state;
	/** it was proved at least once */
	bool proved;
} epoch_state_t;

/**
 * Read an epoch.
 */
static int read_epoch(const struct nlmsghdr *nlh, void *data)
{
	epoch_state_t *epoch = data;
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
	{
		switch (mnl_attr_get_type(attr))
		{
			case SPINAT_EPOCH_A_EPOCH_STATE:
				epoch->state = spinat_genl_u32(attr);
				break;
			case SPINAT_EPOCH_A_EPOCH_PROVED:
				epoch->proved = TRUE;
				break;
		}
	}
	return MNL_CB_OK;
}

METHOD(spinat_netlink_t, is_proved, bool,
	private_spinat_netlink_t *this, host_t *peer, uint32_t out)
{
	epoch_state_t epoch = {};

	return epoch_request(this, SPINAT_EPOCH_CMD_EPOCH_GET, peer, out,
						 read_epoch, &epoch,
						 "looking up the SA") == SUCCESS &&
		   epoch.state == SPINAT_EPOCH_STATE_OPEN && epoch.proved;
}

METHOD(spinat_netlink_t, open_epoch, status_t,
	private_spinat_netlink_t *this, host_t *peer, uint32_t out)
{
	return epoch_request(this, SPINAT_EPOCH_CMD_EPOCH_OPEN, peer, out, NULL,
						 NULL, "opening the gate of the SA");
}

/**
 * Read a tunnel of a dump.
 */
static int read_tunnel(const struct nlmsghdr *nlh, void *data)
{
	linked_list_t *names = data;
	const struct nlattr *attr;
	char *name;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
	{
		name = spinat_genl_str(attr);
		if (mnl_attr_get_type(attr) == SPINAT_EPOCH_A_TUNNEL_NAME && name)
		{
			names->insert_last(names, strdup(name));
		}
	}
	return MNL_CB_OK;
}

METHOD(spinat_netlink_t, get_tunnels, status_t,
	private_spinat_netlink_t *this, linked_list_t *names)
{
	char buf[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *nlh;

	nlh = spinat_genl_begin(buf, 0, SPINAT_EPOCH_CMD_TUNNEL_GET, NLM_F_DUMP);
	return make_request(this, nlh, read_tunnel, names, TRUE,
						"listing the tunnels of", SPINAT_EPOCH_FAMILY_NAME);
}

METHOD(spinat_netlink_t, destroy, void,
	private_spinat_netlink_t *this)
{
	mnl_socket_close(this->nl);
	this->mutex->destroy(this->mutex);
	free(this);
}

/*
 * Described in header
 */
spinat_netlink_t *spinat_netlink_create()
{
	private_spinat_netlink_t *this;
	struct mnl_socket *nl;

	nl = spinat_genl_open();
	if (!nl)
	{
		DBG1(DBG_KNL, "spinat: opening a generic netlink socket failed: %s",
			 strerror(errno));
		return NULL;
	}

	INIT(this,
		.public = {
			.set_tunnel = _set_tunnel,
			.del_tunnel = _del_tunnel,
			.new_epoch = _new_epoch,
			.del_epoch = _del_epoch,
			.is_proved = _is_proved,
			.open_epoch = _open_epoch,
			.get_tunnels = _get_tunnels,
			.destroy = _destroy,
		},
		.nl = nl,
		.mutex = mutex_create(MUTEX_TYPE_DEFAULT),
	);

	return &this->public;
}
