// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <string.h>
#include <unistd.h>

#include "load.h"

#define PAIR_MIN_LEN 16
#define PAIR_MAX_LEN 960	/* the ESP packet stays within 1,024 bytes */
#define PAIR_STEP 4
#define RETRY_SAME 1000000
#define RETRY_MAX 1000000

/* ICMP and ICMPv6 echoes have the same layout. */
struct echo {
	uint8_t type, code;
	uint16_t checksum, id, seq;
	uint8_t data[1500];
};

#define ECHO_HEADER 8

int load_icmp_socket(const struct addr *bind_to)
{
	bool v6 = bind_to->family == AF_INET6;
	struct sockaddr_storage where;
	socklen_t len = addr_sockaddr(bind_to, &where);
	int size = 4 << 20;
	int fd;

	fd = socket(bind_to->family, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
		    v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP);
	if (fd < 0)
		die_errno("opening an ICMP socket");
	if (bind(fd, (struct sockaddr *)&where, len))
		die_errno("binding an ICMP socket");
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	return fd;
}

/* The LAN interface as the wire sees it: ESP for this host, by SPI. */
static int packet_listen(const struct client *client)
{
	struct sockaddr_ll where = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(client->lan.family == AF_INET ?
				      ETH_P_IP : ETH_P_IPV6),
		.sll_ifindex = if_nametoindex(client->dev),
	};
	int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
			0);
	int size = 4 << 20;

	if (!where.sll_ifindex)
		die_errno("looking for %s in %s", client->dev, client->ns);
	if (fd < 0)
		die_errno("opening a packet socket");
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	if (bind(fd, (struct sockaddr *)&where, sizeof(where)))
		die_errno("listening on %s in %s", client->dev, client->ns);
	return fd;
}

void client_open(const struct load *load, struct client *client, int index)
{
	struct tunnel *tunnel = &client->tunnel;
	int fd;

	tunnel->local = client->lan;
	tunnel->remote = load->server;
	tunnel->inner_local = client->lan;
	tunnel->inner_remote = load->inner;
	tunnel->reqid = index + 1;
	tunnel->cipher = load->cipher;
	client->id = htons(0x5000 + index);

	ns_enter(client->ns);
	fd = xfrm_open();
	xfrm_flush(fd);
	xfrm_tunnel_add(fd, tunnel);
	close(fd);
	client->icmp = load_icmp_socket(&client->lan);
	client->packets = packet_listen(client);
	client->no_states = xfrm_no_states();
}

static uint16_t checksum(const void *data, size_t len)
{
	const uint8_t *p = data;
	uint32_t sum = 0;

	for (; len > 1; p += 2, len -= 2)
		sum += p[0] << 8 | p[1];
	if (len)
		sum += p[0] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons(~sum);
}

static bool ping(int fd, const struct addr *to, uint16_t id, uint16_t seq,
		 unsigned int len)
{
	bool v6 = to->family == AF_INET6;
	struct sockaddr_storage where;
	socklen_t where_len = addr_sockaddr(to, &where);
	struct echo echo = {
		.type = v6 ? ICMP6_ECHO_REQUEST : ICMP_ECHO,
		.id = id,
		.seq = htons(seq),
	};

	if (!v6) /* the kernel does it for ICMPv6 */
		echo.checksum = checksum(&echo, ECHO_HEADER + len);
	return sendto(fd, &echo, ECHO_HEADER + len, 0,
		      (struct sockaddr *)&where, where_len) > 0;
}

static void client_ping(const struct load *load, struct client *client,
			unsigned int len)
{
	if (ping(client->icmp, &load->inner, client->id, ++client->seq, len))
		client->sent++;
}

static unsigned int random_len(void)
{
	return PAIR_STEP * random_range(PAIR_MIN_LEN / PAIR_STEP,
					PAIR_MAX_LEN / PAIR_STEP);
}

static void try_pair(const struct load *load, struct client *client)
{
	unsigned int first = random_len(), second;

	do
		second = random_len();
	while (first / 16 == second / 16); /* differ in AES-CBC's steps too */
	client_ping(load, client, first);
	client_ping(load, client, second);
}

void client_try(const struct load *load, struct client *client, int64_t now)
{
	client->tries++;
	if (client->answered && client->more)
		client->more--;
	if (load->mode == LOAD_SAME) {
		client_ping(load, client, load->same_len);
		client->next = now + RETRY_SAME;
		return;
	}
	try_pair(load, client);
	if (client->answered || !client->gap)
		client->gap = random_range(20000, 50000);
	client->next = now + client->gap;
	client->gap = client->gap * 3 / 2;
	if (client->gap > RETRY_MAX)
		client->gap = RETRY_MAX;
}

void client_server_speaks(const struct load *load, struct client *client,
			  int64_t now)
{
	if (ping(load->server_icmp, &client->lan, client->id,
		 ++client->server_sent, random_len()))
		client->server_next = now + random_range(10000, 40000);
	else
		client->server_next = now + 10000;
}

void client_receive_icmp(struct client *client)
{
	bool v6 = client->lan.family == AF_INET6;
	uint8_t buf[2048];
	const struct echo *echo;
	ssize_t len;
	size_t off;

	while ((len = recv(client->icmp, buf, sizeof(buf), 0)) > 0) {
		/* IPv4 raw sockets give the IP header, IPv6 ones do not */
		off = v6 ? 0 : (buf[0] & 15) * 4;
		if ((size_t)len < off + ECHO_HEADER)
			continue;
		echo = (const struct echo *)(buf + off);
		if (echo->id != client->id)
			continue;
		if (echo->type == (v6 ? ICMP6_ECHO_REQUEST : ICMP_ECHO))
			client->heard++;
		if (echo->type != (v6 ? ICMP6_ECHO_REPLY : ICMP_ECHOREPLY))
			continue;
		client->replies++;
		if (!client->answered)
			client->answered = now_us();
	}
}

void client_receive_packets(struct client *client)
{
	struct sockaddr_ll from;
	socklen_t from_len = sizeof(from);
	uint8_t buf[64];
	uint32_t spi;
	size_t off;

	while (recvfrom(client->packets, buf, sizeof(buf), 0,
			(struct sockaddr *)&from, &from_len) > 48) {
		from_len = sizeof(from);
		if (from.sll_pkttype != PACKET_HOST)
			continue;
		off = buf[0] >> 4 == 4 ? (buf[0] & 15) * 4 : 40;
		if (buf[off == 40 ? 6 : 9] != IPPROTO_ESP)
			continue;
		memcpy(&spi, buf + off, 4);
		client->esp_in++;
		if (ntohl(spi) != client->tunnel.in_spi)
			client->esp_wrong++;
	}
}

void client_close(struct client *client)
{
	client_receive_icmp(client);
	client_receive_packets(client);
	ns_enter(client->ns);
	client->no_states = xfrm_no_states() - client->no_states;
}
