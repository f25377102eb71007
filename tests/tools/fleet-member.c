// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/spinat_epoch.h>
#include <linux/spinat_masq.h>
#include <net/if.h>
#include <string.h>

#include "fleet.h"

/* An SPI says whose it is: 12 bits of the client, 12 of the round. */
#define OUT_SPIS 0xc0000000
#define IN_SPIS 0x51000000
#define ROUND_BITS 12
#define ROUND_MASK ((1u << ROUND_BITS) - 1)

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

/* The LAN interface as the wire sees it: ESP for this host, by SPI. */
static int packet_listen(const struct member *member)
{
	struct sockaddr_ll where = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(member->lan.family == AF_INET ?
				      ETH_P_IP : ETH_P_IPV6),
		.sll_ifindex = if_nametoindex(member->dev),
	};
	int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
			0);
	int size = 4 << 20;

	if (!where.sll_ifindex)
		die_errno("looking for %s in %s", member->dev, member->ns);
	if (fd < 0)
		die_errno("opening a packet socket");
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	if (bind(fd, (struct sockaddr *)&where, sizeof(where)))
		die_errno("listening on %s in %s", member->dev, member->ns);
	return fd;
}

void member_open(struct fleet *fleet, struct member *member)
{
	struct tunnel *tunnel = &member->now;

	tunnel->local = member->lan;
	tunnel->remote = fleet->server;
	tunnel->inner_local = member->lan;
	tunnel->inner_remote = fleet->inner;
	tunnel->reqid = member->index + 1;
	tunnel->cipher = fleet->cipher;

	ns_enter(member->ns);
	member->xfrm = xfrm_open();
	xfrm_flush(member->xfrm);
	member->packets = packet_listen(member);
	member->no_states = xfrm_no_states();
	if (!fleet->gate)
		return;
	genl_open(&member->events, SPINAT_EPOCH_FAMILY_NAME,
		  SPINAT_EPOCH_MCGRP_EPOCHS);
	genl_listen(&member->events);
	genl_open(&member->gate, SPINAT_EPOCH_FAMILY_NAME, NULL);
	gate_tunnel(&member->gate, member->index, SPINAT_EPOCH_ROLE_CLIENT,
		    tunnel);
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

void member_switch(const struct fleet *fleet, struct member *member)
{
	if (fleet->gate)
		gate_announce(&member->gate, member->index, &member->now);
	xfrm_policies_set(member->xfrm, &member->now);
	if (member->old.out_spi)
		xfrm_sa_del(member->xfrm, &member->old, true);
}

static int take_event(const struct nlmsghdr *nlh, void *data)
{
	uint32_t event = SPINAT_EPOCH_EVENT_UNSPEC, spi = 0;
	struct member *member = data;
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) == SPINAT_EPOCH_A_EPOCH_EVENT)
			event = mnl_attr_get_u32(attr);
		if (mnl_attr_get_type(attr) == SPINAT_EPOCH_A_EPOCH_OUT_SPI)
			spi = ntohl(mnl_attr_get_u32(attr));
	}
	if (event == SPINAT_EPOCH_EVENT_PROVED &&
	    spi == member->now.out_spi && !member->proved_at)
		member->proved_at = now_us();
	member->rekeys += event == SPINAT_EPOCH_EVENT_REKEY;
	member->sessions += event == SPINAT_EPOCH_EVENT_SESSION;
	return MNL_CB_OK;
}

void member_take_events(struct member *member)
{
	genl_events(&member->events, take_event, member);
}

void member_take_packets(struct member *member)
{
	struct sockaddr_ll from;
	socklen_t from_len = sizeof(from);
	uint8_t buf[64];
	uint32_t spi;
	size_t off;

	while (recvfrom(member->packets, buf, sizeof(buf), 0,
			(struct sockaddr *)&from, &from_len) > 48) {
		from_len = sizeof(from);
		if (from.sll_pkttype != PACKET_HOST)
			continue;
		off = buf[0] >> 4 == 4 ? (buf[0] & 15) * 4 : 40;
		if (buf[off == 40 ? 6 : 9] != IPPROTO_ESP)
			continue;
		memcpy(&spi, buf + off, 4);
		member->esp_in++;
		if ((ntohl(spi) ^ member->now.in_spi) & ~ROUND_MASK)
			member->esp_wrong++;
	}
}

void member_close(struct member *member)
{
	member_take_packets(member);
	ns_enter(member->ns);
	member->no_states = xfrm_no_states() - member->no_states;
}

struct pair {
	uint32_t out_spi, in_spi, evidence;
	uint8_t client[16];
};

static void note_pair(struct fleet *fleet, const struct pair *pair)
{
	unsigned int index = (pair->out_spi & ~OUT_SPIS) >> ROUND_BITS;
	struct member *member;

	if (pair->evidence != SPINAT_MASQ_EVIDENCE_ECHO || index >= fleet->n)
		return;
	member = &fleet->members[index];
	if (member->paired_at || pair->out_spi != member->now.out_spi ||
	    pair->in_spi != member->now.in_spi ||
	    memcmp(pair->client, member->lan.bytes,
		   member->lan.family == AF_INET ? 4 : 16))
		return;
	member->paired_at = now_us();
}

static int take_pair(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr;
	struct pair pair = {};

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		switch (mnl_attr_get_type(attr)) {
		case SPINAT_MASQ_A_PAIR_OUT_SPI:
			pair.out_spi = ntohl(mnl_attr_get_u32(attr));
			break;
		case SPINAT_MASQ_A_PAIR_IN_SPI:
			pair.in_spi = ntohl(mnl_attr_get_u32(attr));
			break;
		case SPINAT_MASQ_A_PAIR_EVIDENCE:
			pair.evidence = mnl_attr_get_u32(attr);
			break;
		case SPINAT_MASQ_A_PAIR_CLIENT:
			memcpy(pair.client, mnl_attr_get_payload(attr),
			       mnl_attr_get_payload_len(attr) == 4 ? 4 : 16);
			break;
		}
	}
	note_pair(data, &pair);
	return MNL_CB_OK;
}

void nat_look(struct fleet *fleet)
{
	int err;

	genl_begin(&fleet->nat, SPINAT_MASQ_CMD_PAIR_GET, NLM_F_DUMP);
	err = genl_talk(&fleet->nat, take_pair, fleet);
	if (err)
		die("asking the NAT for its pairs: %s (%s)", strerror(err),
		    fleet->nat.sentence);
}
