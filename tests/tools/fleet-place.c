// SPDX-License-Identifier: GPL-2.0
#include <linux/genetlink.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/spinat_epoch.h>
#include <net/if.h>
#include <string.h>

#include "fleet.h"

/* The LAN interface as the wire sees it: ESP for this host, by SPI. */
static int packet_listen(const struct place *place, sa_family_t family)
{
	struct sockaddr_ll where = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(family == AF_INET ? ETH_P_IP :
							  ETH_P_IPV6),
		.sll_ifindex = if_nametoindex(place->dev),
	};
	int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
			0);
	int size = 4 << 20;

	if (!where.sll_ifindex)
		die_errno("looking for %s in %s", place->dev, place->ns);
	if (fd < 0)
		die_errno("opening a packet socket");
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	if (bind(fd, (struct sockaddr *)&where, sizeof(where)))
		die_errno("listening on %s in %s", place->dev, place->ns);
	return fd;
}

void place_open(struct fleet *fleet, struct place *place, sa_family_t family)
{
	place->fleet = fleet;
	ns_enter(place->ns);
	place->xfrm = xfrm_open();
	xfrm_flush(place->xfrm);
	place->packets = packet_listen(place, family);
	place->no_states = xfrm_no_states();
	if (!fleet->gate)
		return;
	genl_open(&place->events, SPINAT_EPOCH_FAMILY_NAME,
		  SPINAT_EPOCH_MCGRP_EPOCHS);
	genl_listen(&place->events);
	genl_open(&place->gate, SPINAT_EPOCH_FAMILY_NAME, NULL);
}

static int take_event(const struct nlmsghdr *nlh, void *data)
{
	uint32_t event = SPINAT_EPOCH_EVENT_UNSPEC, spi = 0;
	struct place *place = data;
	const struct nlattr *attr;
	struct member *member;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) == SPINAT_EPOCH_A_EPOCH_EVENT)
			event = mnl_attr_get_u32(attr);
		if (mnl_attr_get_type(attr) == SPINAT_EPOCH_A_EPOCH_OUT_SPI)
			spi = ntohl(mnl_attr_get_u32(attr));
	}
	place->rekeys += event == SPINAT_EPOCH_EVENT_REKEY;
	place->sessions += event == SPINAT_EPOCH_EVENT_SESSION;
	member = member_of_spi(place->fleet, spi);
	if (member && event == SPINAT_EPOCH_EVENT_PROVED &&
	    spi == member->now.out_spi && !member->proved_at)
		member->proved_at = now_us();
	return MNL_CB_OK;
}

void place_take_events(struct place *place)
{
	genl_events(&place->events, take_event, place);
}

static bool is_ours(const struct place *place, uint32_t spi)
{
	const struct member *member = member_of_spi(place->fleet, spi);

	return member && &place->fleet->places[member->place] == place;
}

void place_take_packets(struct place *place)
{
	struct sockaddr_ll from;
	socklen_t from_len = sizeof(from);
	uint8_t buf[64];
	uint32_t spi;
	size_t off;

	while (recvfrom(place->packets, buf, sizeof(buf), 0,
			(struct sockaddr *)&from, &from_len) > 48) {
		from_len = sizeof(from);
		if (from.sll_pkttype != PACKET_HOST)
			continue;
		off = buf[0] >> 4 == 4 ? (buf[0] & 15) * 4 : 40;
		if (buf[off == 40 ? 6 : 9] != IPPROTO_ESP)
			continue;
		memcpy(&spi, buf + off, 4);
		place->esp_in++;
		if (is_ours(place, ntohl(spi)))
			continue;
		place->esp_wrong++;
		place->wrong_spi = ntohl(spi);
	}
}

void place_close(struct place *place)
{
	place_take_packets(place);
	ns_enter(place->ns);
	place->no_states = xfrm_no_states() - place->no_states;
}
