// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <netinet/icmp6.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/ip_icmp.h>
#include <string.h>
#include <unistd.h>

#include "packet.h"

int packet_socket(int family)
{
	/* IPPROTO_RAW: the caller brings the IP header, in both families */
	int fd = socket(family, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
	int size = 4 << 20;

	if (fd < 0)
		die_errno("opening a raw socket");
	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size));
	return fd;
}

static uint32_t sum16(const void *data, size_t len, uint32_t sum)
{
	const uint8_t *p = data;

	for (; len > 1; p += 2, len -= 2)
		sum += p[0] << 8 | p[1];
	if (len)
		sum += p[0] << 8;
	return sum;
}

static uint16_t fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons(~sum);
}

static size_t ip_header(uint8_t *buf, const struct addr *src,
			const struct addr *dst, int proto, size_t len, bool df)
{
	struct ip6_hdr *ip6 = (struct ip6_hdr *)buf;
	struct iphdr *ip = (struct iphdr *)buf;

	if (src->family != dst->family)
		die("source and destination are of different IP versions");
	if (src->family == AF_INET6) {
		memset(ip6, 0, sizeof(*ip6));
		ip6->ip6_flow = htonl(6u << 28);
		ip6->ip6_plen = htons(len);
		ip6->ip6_nxt = proto;
		ip6->ip6_hlim = 64;
		ip6->ip6_src = src->v6;
		ip6->ip6_dst = dst->v6;
		return sizeof(*ip6);
	}
	memset(ip, 0, sizeof(*ip));
	ip->version = 4;
	ip->ihl = 5;
	ip->tot_len = htons(sizeof(*ip) + len);
	/* the kernel would give all fragments ids of their own if it were 0 */
	ip->id = htons(random_range(1, 65535));
	ip->frag_off = htons(df ? IP_DF : 0);
	ip->ttl = 64;
	ip->protocol = proto;
	ip->saddr = src->v4.s_addr;
	ip->daddr = dst->v4.s_addr;
	ip->check = fold(sum16(ip, sizeof(*ip), 0));
	return sizeof(*ip);
}

size_t packet_esp(uint8_t *buf, const struct addr *src, const struct addr *dst,
		  uint32_t spi, uint32_t seq, size_t len, bool df)
{
	size_t off = ip_header(buf, src, dst, IPPROTO_ESP, len, df);
	uint32_t word;
	size_t i;

	word = htonl(spi);
	memcpy(buf + off, &word, 4);
	word = htonl(seq);
	memcpy(buf + off + 4, &word, 4);
	for (i = ESP_MIN; i < len; i++)
		buf[off + i] = random_range(0, 255);
	return off + len;
}

static size_t icmp4_error(uint8_t *body, const uint8_t *quote, size_t len,
			  uint32_t mtu)
{
	struct icmphdr *icmp = (struct icmphdr *)body;

	memset(icmp, 0, sizeof(*icmp));
	icmp->type = ICMP_DEST_UNREACH;
	icmp->code = mtu ? ICMP_FRAG_NEEDED : ICMP_HOST_UNREACH;
	icmp->un.frag.mtu = htons(mtu);
	memcpy(icmp + 1, quote, len);
	len += sizeof(*icmp);
	icmp->checksum = fold(sum16(body, len, 0));
	return len;
}

/* Pseudo header: addresses, length, protocol */
static uint32_t icmp6_pseudo(const struct addr *src, const struct addr *dst,
			     size_t len)
{
	uint32_t sum = sum16(src->bytes, 16, 0);

	return sum16(dst->bytes, 16, sum) + len + IPPROTO_ICMPV6;
}

static size_t icmp6_error(uint8_t *body, const struct addr *src,
			  const struct addr *dst, const uint8_t *quote,
			  size_t len, uint32_t mtu)
{
	struct icmp6_hdr *icmp = (struct icmp6_hdr *)body;

	memset(icmp, 0, sizeof(*icmp));
	icmp->icmp6_type = mtu ? ICMP6_PACKET_TOO_BIG : ICMP6_DST_UNREACH;
	icmp->icmp6_code = mtu ? 0 : ICMP6_DST_UNREACH_ADDR;
	icmp->icmp6_mtu = htonl(mtu);
	memcpy(icmp + 1, quote, len);
	len += sizeof(*icmp);
	icmp->icmp6_cksum = fold(sum16(body, len, icmp6_pseudo(src, dst, len)));
	return len;
}

size_t packet_icmp_error(uint8_t *buf, const struct addr *src,
			 const struct addr *dst, const uint8_t *quote,
			 size_t quote_len, uint32_t mtu)
{
	bool v6 = src->family == AF_INET6;
	size_t off = v6 ? sizeof(struct ip6_hdr) : sizeof(struct iphdr);
	size_t len;

	len = v6 ? icmp6_error(buf + off, src, dst, quote, quote_len, mtu) :
		   icmp4_error(buf + off, quote, quote_len, mtu);
	ip_header(buf, src, dst, v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP, len,
		  false);
	return off + len;
}

size_t packet_icmp_echo(uint8_t *buf, const struct addr *src,
			const struct addr *dst, bool reply, const uint8_t *data,
			size_t len)
{
	bool v6 = src->family == AF_INET6;
	size_t off = v6 ? sizeof(struct ip6_hdr) : sizeof(struct iphdr);
	struct icmphdr *icmp = (struct icmphdr *)(buf + off);
	uint32_t sum = 0;

	/* both ICMPs have the same layout for echoes */
	memset(icmp, 0, sizeof(*icmp));
	if (v6)
		icmp->type = reply ? ICMP6_ECHO_REPLY : ICMP6_ECHO_REQUEST;
	else
		icmp->type = reply ? ICMP_ECHOREPLY : ICMP_ECHO;
	icmp->un.echo.id = random_range(1, 65535);
	icmp->un.echo.sequence = htons(1);
	memcpy(icmp + 1, data, len);
	len += sizeof(*icmp);
	if (v6)
		sum = icmp6_pseudo(src, dst, len);
	icmp->checksum = fold(sum16(icmp, len, sum));
	ip_header(buf, src, dst, v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP, len,
		  false);
	return off + len;
}

bool packet_send(int fd, const struct addr *dst, const uint8_t *buf,
		 size_t len)
{
	struct sockaddr_storage to;
	socklen_t to_len = addr_sockaddr(dst, &to);

	return sendto(fd, buf, len, 0, (struct sockaddr *)&to, to_len) ==
	       (ssize_t)len;
}

static bool send_fragment4(int fd, const struct addr *dst, const uint8_t *buf,
			   size_t off, size_t len, bool more)
{
	uint8_t out[PACKET_MAX];
	struct iphdr ip;

	memcpy(&ip, buf, sizeof(ip));
	ip.frag_off = htons(off / 8 | (more ? IP_MF : 0));
	ip.tot_len = htons(sizeof(ip) + len);
	ip.check = 0;
	ip.check = fold(sum16(&ip, sizeof(ip), 0));
	memcpy(out, &ip, sizeof(ip));
	memcpy(out + sizeof(ip), buf + sizeof(ip) + off, len);
	return packet_send(fd, dst, out, sizeof(ip) + len);
}

static bool send_fragment6(int fd, const struct addr *dst, const uint8_t *buf,
			   size_t off, size_t len, bool more, uint32_t id)
{
	uint8_t out[PACKET_MAX];
	struct ip6_frag frag = {};
	struct ip6_hdr ip6;

	memcpy(&ip6, buf, sizeof(ip6));
	frag.ip6f_nxt = ip6.ip6_nxt;
	frag.ip6f_offlg = htons(off) | (more ? IP6F_MORE_FRAG : 0);
	frag.ip6f_ident = htonl(id);
	ip6.ip6_nxt = IPPROTO_FRAGMENT;
	ip6.ip6_plen = htons(sizeof(frag) + len);
	memcpy(out, &ip6, sizeof(ip6));
	memcpy(out + sizeof(ip6), &frag, sizeof(frag));
	memcpy(out + sizeof(ip6) + sizeof(frag), buf + sizeof(ip6) + off, len);
	return packet_send(fd, dst, out, sizeof(ip6) + sizeof(frag) + len);
}

bool packet_send_fragments(int fd, const struct addr *dst, const uint8_t *buf,
			   size_t len, size_t size)
{
	bool v6 = dst->family == AF_INET6;
	size_t header = v6 ? sizeof(struct ip6_hdr) : sizeof(struct iphdr);
	uint32_t id = random_range(1, UINT32_MAX - 1);
	size_t off, part;
	bool more, ok;

	size &= ~7UL;
	for (off = 0; off < len - header; off += part) {
		part = len - header - off;
		more = part > size;
		if (more)
			part = size;
		ok = v6 ? send_fragment6(fd, dst, buf, off, part, more, id) :
			  send_fragment4(fd, dst, buf, off, part, more);
		if (!ok)
			return false;
	}
	return true;
}
