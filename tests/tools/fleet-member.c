// SPDX-License-Identifier: GPL-2.0
#include <linux/spinat_epoch.h>
#include <string.h>

#include "fleet.h"

/* An SPI says whose it is: 12 bits of the client, 12 of the round. */
#define OUT_SPIS 0xc0000000
#define IN_SPIS 0x51000000
#define ROUND_BITS 12

static void name_of(char *name, size_t len, unsigned int index)
{
	snprintf(name, len, "client-%u", index);
}

void gate_tunnel(struct genl *genl, unsigned int index, unsigned int role,
		 const struct tunnel *tunnel)
{
	struct nlmsghdr *nlh;
	char name[32];
	int err;

	name_of(name, sizeof(name), index);
	nlh = genl_begin(genl, SPINAT_EPOCH_CMD_TUNNEL_SET, NLM_F_ACK);
	mnl_attr_put_strz(nlh, SPINAT_EPOCH_A_TUNNEL_NAME, name);
	genl_put_addr(nlh, SPINAT_EPOCH_A_TUNNEL_PEER, &tunnel->remote);
	mnl_attr_put_u32(nlh, SPINAT_EPOCH_A_TUNNEL_ROLE, role);
	genl_put_addr(nlh, SPINAT_EPOCH_A_TUNNEL_TARGET, &tunnel->inner_remote);
	genl_put_addr(nlh, SPINAT_EPOCH_A_TUNNEL_SOURCE, &tunnel->inner_local);
	err = genl_talk(genl, NULL, NULL);
	if (err)
		die("making tunnel %s: %s (%s)", name, strerror(err),
		    genl->sentence);
}

void gate_announce(struct genl *genl, unsigned int index,
		   const struct tunnel *tunnel)
{
	struct nlmsghdr *nlh;
	char name[32];
	int err;

	name_of(name, sizeof(name), index);
	nlh = genl_begin(genl, SPINAT_EPOCH_CMD_EPOCH_NEW, NLM_F_ACK);
	mnl_attr_put_strz(nlh, SPINAT_EPOCH_A_EPOCH_TUNNEL, name);
	genl_put_addr(nlh, SPINAT_EPOCH_A_EPOCH_PEER, &tunnel->remote);
	mnl_attr_put_u32(nlh, SPINAT_EPOCH_A_EPOCH_OUT_SPI,
			 htonl(tunnel->out_spi));
	mnl_attr_put_u32(nlh, SPINAT_EPOCH_A_EPOCH_IN_SPI,
			 htonl(tunnel->in_spi));
	err = genl_talk(genl, NULL, NULL);
	if (err)
		die("announcing an epoch of %s: %s (%s)", name, strerror(err),
		    genl->sentence);
}

void member_open(struct fleet *fleet, struct member *member)
{
	struct place *place = &fleet->places[member->place];
	struct tunnel *tunnel = &member->now;

	tunnel->remote = fleet->server;
	tunnel->inner_remote = fleet->inner;
	tunnel->reqid = member->index + 1;
	tunnel->cipher = fleet->cipher;
	if (fleet->gate)
		gate_tunnel(&place->gate, member->index,
			    SPINAT_EPOCH_ROLE_CLIENT, tunnel);
}

void member_turn(const struct fleet *fleet, struct member *member)
{
	uint32_t bits = member->index << ROUND_BITS | fleet->round;

	member->old = member->now;
	member->now.out_spi = OUT_SPIS | bits;
	member->now.in_spi = IN_SPIS | bits;
	member->proved_at = 0;
	member->paired_at = 0;
}

struct tunnel member_at_server(const struct fleet *fleet,
			       const struct tunnel *tunnel)
{
	struct tunnel server = *tunnel;

	server.local = tunnel->remote;
	server.remote = fleet->public;
	server.inner_local = tunnel->inner_remote;
	server.inner_remote = tunnel->inner_local;
	server.out_spi = tunnel->in_spi;
	server.in_spi = tunnel->out_spi;
	return server;
}

void member_switch(struct fleet *fleet, struct member *member)
{
	struct place *place = &fleet->places[member->place];

	if (fleet->gate)
		gate_announce(&place->gate, member->index, &member->now);
	xfrm_policies_set(place->xfrm, &member->now);
	if (member->old.out_spi)
		xfrm_sa_del(place->xfrm, &member->old, true);
}

struct member *member_of_spi(const struct fleet *fleet, uint32_t spi)
{
	unsigned int index = (spi & 0xffffff) >> ROUND_BITS;

	return index < fleet->n ? &fleet->members[index] : NULL;
}
