/* SPDX-License-Identifier: GPL-2.0 */

#include "spinat_target.h"

#include <daemon.h>
#include <collections/linked_list.h>

/** Port of a traffic selector that stands for an ICMP type and code */
#define TYPE_CODE(type) ((type) << 8)

/**
 * ICMP types of an echo request and its reply.
 */
static const struct {
	ts_type_t family;
	uint8_t proto;
	uint8_t type[2];
} echoes[] = {
	{ TS_IPV4_ADDR_RANGE, IPPROTO_ICMP, { 8, 0 } },
	{ TS_IPV6_ADDR_RANGE, IPPROTO_ICMPV6, { 128, 129 } },
};

/**
 * Check if a traffic selector includes an ICMP type.
 */
static bool has_type(traffic_selector_t *ts, uint8_t type)
{
	return ts->get_from_port(ts) <= TYPE_CODE(type) &&
		   ts->get_to_port(ts) >= TYPE_CODE(type);
}

/**
 * Check if a traffic selector can carry an echo request and its reply.
 */
static bool carries_echo(traffic_selector_t *ts)
{
	int i;

	if (!ts->get_protocol(ts))
	{
		return ts->get_from_port(ts) == 0 && ts->get_to_port(ts) == 0xffff;
	}
	for (i = 0; i < countof(echoes); i++)
	{
		if (ts->get_type(ts) == echoes[i].family &&
			ts->get_protocol(ts) == echoes[i].proto)
		{
			return has_type(ts, echoes[i].type[0]) &&
				   has_type(ts, echoes[i].type[1]);
		}
	}
	return FALSE;
}

/**
 * Check if a host is one, and in a traffic selector.
 */
static bool is_in(host_t *host, traffic_selector_t *ts)
{
	return host && !host->is_anyaddr(host) && ts->includes(ts, host);
}

/**
 * Get the first address that is in a traffic selector.
 */
static host_t *first_of(enumerator_t *hosts, traffic_selector_t *ts)
{
	host_t *host, *found = NULL;

	while (!found && hosts->enumerate(hosts, &host))
	{
		if (is_in(host, ts))
		{
			found = host->clone(host);
		}
	}
	hosts->destroy(hosts);
	return found;
}

/**
 * Get the first address of a subnet that may be a host's, NULL if the traffic
 * selector is so wide that a guess is no use.
 */
static host_t *first_host(traffic_selector_t *ts)
{
	int family = ts->get_type(ts) == TS_IPV4_ADDR_RANGE ? AF_INET : AF_INET6;
	chunk_t address = ts->get_from_address(ts);
	host_t *host;

	if (ts->is_host(ts, NULL))
	{
		return host_create_from_chunk(family, address, 0);
	}
	if (address.ptr[0] == 0)
	{
		return NULL;
	}
	address = chunk_clonea(address);
	if (!(address.ptr[address.len - 1] & 1))
	{	/* not the address of the subnet itself */
		address.ptr[address.len - 1] |= 1;
	}
	host = host_create_from_chunk(family, address, 0);
	if (!is_in(host, ts))
	{
		DESTROY_IF(host);
		return host_create_from_chunk(family, ts->get_from_address(ts), 0);
	}
	return host;
}

/**
 * Choose the address to ping if none is configured: the peer's outer address,
 * if it is inside, is its own in any case.
 */
static host_t *choose_target(ike_sa_t *ike_sa, traffic_selector_t *ts)
{
	host_t *peer = ike_sa->get_other_host(ike_sa);

	if (is_in(peer, ts))
	{
		return peer->clone(peer);
	}
	return first_host(ts);
}

/**
 * Choose the address to ping from if none is configured.
 */
static host_t *choose_source(ike_sa_t *ike_sa, traffic_selector_t *ts)
{
	host_t *host, *me = ike_sa->get_my_host(ike_sa);

	host = first_of(ike_sa->create_virtual_ip_enumerator(ike_sa, TRUE), ts);
	if (host)
	{
		return host;
	}
	if (charon->kernel->get_address_by_ts(charon->kernel, ts, &host,
										  NULL) == SUCCESS)
	{
		if (is_in(host, ts))
		{
			return host;
		}
		host->destroy(host);
	}
	return is_in(me, ts) ? me->clone(me) : first_host(ts);
}

/**
 * Get a configured address that is in a traffic selector, NULL if there is
 * none; configured is set if there are any.
 */
static host_t *get_configured(ike_sa_t *ike_sa, char *key,
							  traffic_selector_t *ts, bool *configured)
{
	linked_list_t *hosts;
	host_t *host;

	hosts = spinat_gate_hosts(ike_sa->get_name(ike_sa), key);
	*configured = hosts->get_count(hosts) > 0;
	host = first_of(hosts->create_enumerator(hosts), ts);
	hosts->destroy_offset(hosts, offsetof(host_t, destroy));
	return host;
}

/**
 * Try a pair of traffic selectors, return as spinat_target_choose().
 */
static char *try_pair(ike_sa_t *ike_sa, spinat_role_t role,
					  traffic_selector_t *mine, traffic_selector_t *other,
					  host_t **target, host_t **source)
{
	bool configured;

	if (mine->get_type(mine) != other->get_type(other) ||
		!carries_echo(mine) || !carries_echo(other))
	{
		return "its traffic selectors are restricted to protocols or ports and "
			   "do not let an ICMP echo pass: allow ICMP in local_ts and "
			   "remote_ts of both ends";
	}
	if (role == SPINAT_ROLE_SERVER)
	{	/* answers and waits only, the addresses are the peer's choice */
		return NULL;
	}
	*target = get_configured(ike_sa, "target", other, &configured);
	if (!*target && configured)
	{
		return "the configured target is not in its remote traffic selector: "
			   "set target to an address that is";
	}
	*source = get_configured(ike_sa, "source", mine, &configured);
	if (!*source && configured)
	{
		return "the configured source is not in its local traffic selector: "
			   "set source to an address that is";
	}
	*target = *target ?: choose_target(ike_sa, other);
	*source = *source ?: choose_source(ike_sa, mine);
	if (!*target || !*source)
	{
		return "its traffic selectors are too wide to guess an address to ping: "
			   "set target to an address of the peer, and source to an own one";
	}
	return NULL;
}

/*
 * Described in header
 */
char *spinat_target_choose(ike_sa_t *ike_sa, child_sa_t *child_sa,
						   spinat_role_t role, host_t **target,
						   host_t **source)
{
	traffic_selector_t *mine, *other;
	enumerator_t *enumerator;
	char *why = "it has no traffic selectors";

	*target = *source = NULL;
	enumerator = child_sa->create_policy_enumerator(child_sa);
	while (why && enumerator->enumerate(enumerator, &mine, &other))
	{
		DESTROY_IF(*target);
		DESTROY_IF(*source);
		*target = *source = NULL;
		why = try_pair(ike_sa, role, mine, other, target, source);
	}
	enumerator->destroy(enumerator);
	if (why)
	{
		DESTROY_IF(*target);
		DESTROY_IF(*source);
		*target = *source = NULL;
	}
	return why;
}
