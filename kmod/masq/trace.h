/* SPDX-License-Identifier: GPL-2.0 */
/* Tracepoints: the only log of the packet path. SPIs are host order here. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM spinat_masq

#if !defined(_SPINAT_MASQ_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _SPINAT_MASQ_TRACE_H

#include <linux/tracepoint.h>
#include <net/ipv6.h>

#include "masq.h"

#ifndef MASQ_TRACE_ADDR
#define MASQ_TRACE_ADDR
/* IPv4 as an IPv4-mapped address, so that one format prints both */
static inline void masq_trace_addr(u8 *to, const union nf_inet_addr *addr,
				   u8 family)
{
	if (family == NFPROTO_IPV4)
		ipv6_addr_set_v4mapped(addr->ip, (struct in6_addr *)to);
	else
		memcpy(to, addr, 16);
}
#endif

DECLARE_EVENT_CLASS(spinat_masq_pair,
	TP_PROTO(const struct masq_out *out, u32 in_spi, u32 why),
	TP_ARGS(out, in_spi, why),
	TP_STRUCT__entry(
		__array(u8, client, 16)
		__array(u8, server, 16)
		__field(u32, out_spi)
		__field(u32, in_spi)
		__field(u32, why)
		__field(u16, zone)
	),
	TP_fast_assign(
		const struct masq_flow *flow = masq_out_flow(out);

		masq_trace_addr(__entry->client, &flow->n.addrs.src,
				flow->n.addrs.family);
		masq_trace_addr(__entry->server, &flow->n.addrs.dst,
				flow->n.addrs.family);
		__entry->out_spi = ntohl(out->s.spi);
		__entry->in_spi = in_spi;
		__entry->why = why;
		__entry->zone = flow->client->zone;
	),
	TP_printk("client=%pI6c server=%pI6c zone=%u out=0x%08x in=0x%08x why=%u",
		  __entry->client, __entry->server, __entry->zone,
		  __entry->out_spi, __entry->in_spi, __entry->why)
);

/* An out-SPI was seen first (in = 0), or an in-SPI joined it; why = evidence */
DEFINE_EVENT(spinat_masq_pair, spinat_masq_learn,
	TP_PROTO(const struct masq_out *out, u32 in_spi, u32 why),
	TP_ARGS(out, in_spi, why));

/* Strong evidence gave the in-SPI to this out-SPI; why = evidence */
DEFINE_EVENT(spinat_masq_pair, spinat_masq_correct,
	TP_PROTO(const struct masq_out *out, u32 in_spi, u32 why),
	TP_ARGS(out, in_spi, why));

/* The out-SPI goes on from this client; why = 1 if back to its first owner */
DEFINE_EVENT(spinat_masq_pair, spinat_masq_move,
	TP_PROTO(const struct masq_out *out, u32 in_spi, u32 why),
	TP_ARGS(out, in_spi, why));

/* The out-SPI is forgotten; why = enum spinat_masq_reason */
DEFINE_EVENT(spinat_masq_pair, spinat_masq_expire,
	TP_PROTO(const struct masq_out *out, u32 in_spi, u32 why),
	TP_ARGS(out, in_spi, why));

/* A packet was dropped because another client owns its out-SPI */
TRACE_EVENT(spinat_masq_refuse,
	TP_PROTO(const struct masq_addrs *addrs, u32 out_spi),
	TP_ARGS(addrs, out_spi),
	TP_STRUCT__entry(
		__array(u8, client, 16)
		__array(u8, server, 16)
		__field(u32, out_spi)
	),
	TP_fast_assign(
		masq_trace_addr(__entry->client, &addrs->src, addrs->family);
		masq_trace_addr(__entry->server, &addrs->dst, addrs->family);
		__entry->out_spi = out_spi;
	),
	TP_printk("client=%pI6c server=%pI6c out=0x%08x",
		  __entry->client, __entry->server, __entry->out_spi)
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
