// SPDX-License-Identifier: GPL-2.0
/*
 * All of spinat_masq but the fast look-up of its own SAs, on a small router:
 * packets of clients and servers go through the module's hooks with a conntrack
 * and a masquerade rule around them, between them come netlink requests, time,
 * failing allocations and a device that goes. After every step the objects must
 * agree with each other, at the end nothing may be left.
 *
 * An input is a list of steps, a byte for what and some more for how.
 */
#include "masq/netlink.h"

enum { LEARNT, ECHOED, SERIAL, ONLY, HELD, EARLY, RELEASED, MOVED, CORRECTED, QUOTED, EVICTED,
       EXPIRED, SET, DUMPED, NOMEM };

struct fuzz_reached fuzz_reached[] = {
	[LEARNT] = { "an out-SPI learnt" },
	[ECHOED] = { "a pair known by its lengths" },
	[SERIAL] = { "a pair guessed in turn" },
	[ONLY] = { "a pair of the only client" },
	[HELD] = { "a packet held" },
	[EARLY] = { "a packet that came too early" },
	[RELEASED] = { "a packet that came too early delivered" },
	[MOVED] = { "an out-SPI moved" },
	[CORRECTED] = { "a pair corrected" },
	[QUOTED] = { "an error sent to a client" },
	[EVICTED] = { "an out-SPI evicted" },
	[EXPIRED] = { "an out-SPI expired" },
	[SET] = { "a pair set by netlink" },
	[DUMPED] = { "a dump of several parts" },
	[NOMEM] = { "memory short in a packet's way" },
	{}
};

static struct net_device lan = { .net = &init_net }, wan = { .net = &init_net };
static long delivered;

/* What the router's rules are just now */
static u8 public_now;

static struct masq_net *masq(void)
{
	return masq_pernet(&init_net);
}

/* Addresses: client 0-7, server 8-11, NAT 12-15, in both families */
static union nf_inet_addr addr_of(u8 family, u8 who)
{
	union nf_inet_addr a = {};
	u8 *b = (u8 *)&a;

	who &= 15;
	if (family == NFPROTO_IPV4) {
		b[0] = who < 8 ? 10 : 192;
		b[3] = who + 1;
		return a;
	}
	b[0] = 0xfd;
	/* two /64s of four clients each */
	b[7] = who < 8 ? who / 4 : 9;
	b[15] = who + 1;
	return a;
}

bool shim_addr_is_router(const union nf_inet_addr *addr)
{
	union nf_inet_addr a;
	u8 who;

	for (who = 12; who < 16; who++) {
		a = addr_of(NFPROTO_IPV4, who);
		if (nf_inet_addr_cmp(&a, addr))
			return true;
		a = addr_of(NFPROTO_IPV6, who);
		if (nf_inet_addr_cmp(&a, addr))
			return true;
	}
	return false;
}

/* The router itself has one SA. */
struct xfrm_state *xfrm_state_lookup(struct net *net, u32 mark,
				     const xfrm_address_t *daddr, __be32 spi,
				     u8 proto, u16 family)
{
	static struct xfrm_state own = { .refs = 1 };

	return spi == htonl(0x10f) && mark == 1 ? xfrm_state_hold(&own) : NULL;
}

struct xfrm_state *xfrm_state_lookup_byspi(struct net *net, __be32 spi,
					   u16 family)
{
	static struct xfrm_state own = {
		.id = { .proto = IPPROTO_ESP }, .refs = 1,
	};

	return spi == htonl(0x10e) ? xfrm_state_hold(&own) : NULL;
}

static int sent(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	delivered++;
	kfree_skb(skb);
	return 0;
}

static void end(struct sk_buff *skb, unsigned int verdict)
{
	if (verdict == NF_ACCEPT && nf_conntrack_confirm(skb) == NF_ACCEPT)
		delivered++;
	if (verdict != NF_STOLEN)
		kfree_skb(skb);
}

/* A packet's way from conntrack on, in PRE_ROUTING */
static int after_ours(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	bool from_lan = skb->dev == &lan;
	u8 family = skb->data[0] >> 4 == 4 ? NFPROTO_IPV4 : NFPROTO_IPV6;
	union nf_inet_addr public = addr_of(family, 12 + (public_now & 3)), to;
	struct nf_hook_state state = {
		.pf = family, .net = &init_net, .hook = NF_INET_PRE_ROUTING,
		.okfn = sent, .in = skb->dev,
	};

	if (nf_conntrack_in(skb, &state) != NF_ACCEPT) {
		kfree_skb(skb);
		return 0;
	}
	shim_nat_in(skb);
	memset(&to, 0, sizeof(to));
	memcpy(&to, skb->data + (family == NFPROTO_IPV4 ? 16 : 24),
	       family == NFPROTO_IPV4 ? 4 : 16);
	if (shim_addr_is_router(&to)) {
		state.hook = NF_INET_LOCAL_IN;
		end(skb, shim_hooks(skb, &state));
		return 0;
	}
	skb->dev = from_lan ? &wan : &lan;
	state.hook = NF_INET_POST_ROUTING;
	shim_nat_out(skb, from_lan && !(public_now & 4) ? &public : NULL);
	end(skb, shim_hooks(skb, &state));
	return 0;
}

/* From the begin; what the IP layer would have refused does not come here. */
static void route(struct sk_buff *skb, u8 family)
{
	struct nf_hook_state state = {
		.pf = family, .net = &init_net, .hook = NF_INET_PRE_ROUTING,
		.okfn = after_ours, .in = skb->dev,
	};
	unsigned int verdict = shim_hooks(skb, &state);

	if (verdict == NF_ACCEPT)
		after_ours(&init_net, NULL, skb);
	else if (verdict != NF_STOLEN)
		kfree_skb(skb);
}

/* Headers that the IP layer would let pass */
static size_t ip_put(u8 *p, u8 family, u8 proto, u8 from, u8 to, size_t len)
{
	union nf_inet_addr src = addr_of(family, from), dst = addr_of(family, to);

	if (family == NFPROTO_IPV4) {
		memset(p, 0, 20);
		p[0] = 0x45;
		shim_put(20 + len, p + 2, 2);
		p[8] = 64;
		p[9] = proto;
		memcpy(p + 12, &src, 4);
		memcpy(p + 16, &dst, 4);
		return 20;
	}
	memset(p, 0, 40);
	p[0] = 0x60;
	shim_put(len, p + 4, 2);
	p[6] = proto;
	p[7] = 64;
	memcpy(p + 8, &src, 16);
	memcpy(p + 24, &dst, 16);
	return 40;
}

static u8 family_of(u8 byte)
{
	return byte & 0x80 ? NFPROTO_IPV6 : NFPROTO_IPV4;
}

static u32 spi_of(u8 byte)
{
	return 0x100 + (byte & 15);
}

/* ESP as it is, or with damage */
static void step_esp(struct fuzz_input *in, bool up)
{
	u8 who = fuzz_u8(in), spi = fuzz_u8(in), seq = fuzz_u8(in);
	u8 len = fuzz_u8(in), family = family_of(who);
	u8 server = 8 + (who >> 4 & 3), peer = up ? who & 7 : 12 + (who & 3);
	u8 packet[2048] = {};
	size_t body = 16 + len * 4, at;
	struct sk_buff *skb;

	at = ip_put(packet, family, IPPROTO_ESP, up ? peer : server,
		    up ? server : peer, body);
	shim_put(spi_of(spi), packet + at, 4);
	/* low ones in steps of one, some high ones */
	shim_put(seq < 200 ? seq : (u32)(seq - 199) << 12, packet + at + 4, 4);
	skb = shim_skb(packet, at + body, at + (spi & 0x80 ? 0 : 8),
		       up ? &lan : &wan);
	skb->mark = spi >> 6 & 1;
	route(skb, family);
}

/* What a gate and its peer do: two pings of different lengths, and their echoes,
 * the first a whole number of ticks later
 */
static void step_gate(struct fuzz_input *in)
{
	u8 who = fuzz_u8(in), spi = fuzz_u8(in), len = fuzz_u8(in), i;
	u8 up[2][4], down[2][4];

	for (i = 0; i < 2; i++) {
		u8 out[] = { who, spi, i + 1, i ? len >> 4 : len };
		u8 back[] = { (who & 0xf0) | (public_now & 3), spi >> 4, i + 1,
			      i ? len >> 4 : len };

		memcpy(up[i], out, 4);
		memcpy(down[i], back, 4);
	}
	step_esp(&(struct fuzz_input){ up[0], up[1] + 4 }, true);
	step_esp(&(struct fuzz_input){ up[1], up[1] + 4 }, true);
	shim_pass(fuzz_u8(in) & 15);
	step_esp(&(struct fuzz_input){ down[0], down[1] + 4 }, false);
	step_esp(&(struct fuzz_input){ down[1], down[1] + 4 }, false);
}

/* An ICMP error that quotes ESP, from either side */
static void step_quote(struct fuzz_input *in)
{
	u8 who = fuzz_u8(in), way = fuzz_u8(in), spi = fuzz_u8(in);
	u8 family = family_of(who), client = who & 7, server = 8 + (who >> 4 & 3);
	u8 packet[256] = {}, *p = packet;
	bool v6 = family == NFPROTO_IPV6;
	size_t head = v6 ? 40 : 20;

	if (way & 1)
		client = 12 + (client & 3);
	p += ip_put(p, family, v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP,
		    way & 2 ? server : 7, way & 4 ? client : 12, 8 + head + 8);
	*p = v6 ? 1 + (way >> 3 & 3) : (u8[]){ 3, 11, 12, 4 }[way >> 3 & 3];
	p += 8;
	p += ip_put(p, family, IPPROTO_ESP, way & 32 ? server : client,
		    way & 32 ? client : server, 8);
	shim_put(spi_of(spi), p, 4);
	route(shim_skb(packet, p + 8 - packet, head, way & 2 ? &wan : &lan),
	      family);
}

static void step_ike(struct fuzz_input *in)
{
	u8 who = fuzz_u8(in), family = family_of(who), packet[128] = {};
	size_t at = ip_put(packet, family, IPPROTO_UDP, who & 7,
			   8 + (who >> 4 & 3), 20);

	shim_put(who & 8 ? 500 : 4500, packet + at, 2);
	shim_put(who & 8 ? 500 : 4500, packet + at + 2, 2);
	route(shim_skb(packet, at + 20, at, &lan), family);
}

/* Any bytes that IP would accept: a header of the right length, and no more */
static void step_raw(struct fuzz_input *in)
{
	u8 how = fuzz_u8(in), family = family_of(how);
	size_t len = how & 0x7f, head;
	u8 *bytes = fuzz_bytes(in, &len);

	head = family == NFPROTO_IPV6 ? 40 :
	       len ? max(20, (bytes[0] & 15) * 4) : 20;
	if (len >= head) {
		if (family == NFPROTO_IPV4) {
			bytes[0] = 0x40 | head / 4;
			shim_put(len, bytes + 2, 2);
		} else {
			bytes[0] = 0x60;
			shim_put(len - 40, bytes + 4, 2);
		}
		route(shim_skb(bytes, len, head, how & 1 ? &lan : &wan),
		      family);
	}
	free(bytes);
}

/* A request with sensible attributes, or the input's own bytes for them */
static size_t pair_attrs(struct fuzz_input *in, u8 *to)
{
	u8 who = fuzz_u8(in), given = fuzz_u8(in), spi = fuzz_u8(in);
	u8 family = family_of(who);
	union nf_inet_addr a;
	size_t at = 0, len = family == NFPROTO_IPV4 ? 4 : 16;
	__be32 v;

	a = addr_of(family, who & 7);
	if (given & 1)
		at += shim_attr_put(to + at, SPINAT_MASQ_A_PAIR_CLIENT, &a, len);
	a = addr_of(family, 8 + (who >> 4 & 3));
	if (given & 2)
		at += shim_attr_put(to + at, SPINAT_MASQ_A_PAIR_SERVER, &a, len);
	a = addr_of(family, 12 + (spi >> 6));
	if (given & 4)
		at += shim_attr_put(to + at, SPINAT_MASQ_A_PAIR_PUBLIC, &a, len);
	v = htonl(spi_of(spi));
	if (given & 8)
		at += shim_attr_put(to + at, SPINAT_MASQ_A_PAIR_OUT_SPI, &v, 4);
	v = htonl(spi_of(spi >> 2));
	if (given & 16)
		at += shim_attr_put(to + at, SPINAT_MASQ_A_PAIR_IN_SPI, &v, 4);
	v = who & 8 ? fuzz_u8(in) : 0;
	if (given & 32)
		at += shim_attr_put(to + at, SPINAT_MASQ_A_PAIR_EVIDENCE, &v, 4);
	if (given & 64)
		at += shim_attr_put(to + at, SPINAT_MASQ_A_PAIR_OUT_SEQ, &v, 4);
	return at;
}

static size_t config_attrs(struct fuzz_input *in, u8 *to)
{
	size_t at = 0;
	u16 v16;
	u32 v;
	u8 i;

	for (i = fuzz_u8(in) & 3; i != 0xff; i--) {
		u8 attr = fuzz_u8(in) % (SPINAT_MASQ_A_CONFIG_MAX + 2);

		v = fuzz_u8(in);
		v = v < 128 ? v : 1U << (v & 31);
		v16 = v;
		if (attr == SPINAT_MASQ_A_CONFIG_ZONE_MIN ||
		    attr == SPINAT_MASQ_A_CONFIG_ZONE_MAX)
			at += shim_attr_put(to + at, attr, &v16, 2);
		else
			at += shim_attr_put(to + at, attr, &v, 4);
	}
	return at;
}

static void step_netlink(struct fuzz_input *in)
{
	u8 how = fuzz_u8(in), cmd = how & 15, attrs[512], *raw = NULL;
	size_t len;
	int err;

	shim_trusted = !(how & 0x40);
	if (how & 0x80) {
		len = fuzz_u8(in);
		raw = fuzz_bytes(in, &len);
	} else if (cmd == SPINAT_MASQ_CMD_CONFIG_SET) {
		len = config_attrs(in, attrs);
	} else {
		len = pair_attrs(in, attrs);
	}
	err = shim_request(cmd, how & 0x20, raw ?: attrs, len);
	if (!err && cmd == SPINAT_MASQ_CMD_PAIR_NEW)
		reached(SET);
	free(raw);
	shim_trusted = true;
}

/*
 * What must agree
 */

static void out_judge(struct masq_net *mn, struct masq_client *client,
		      struct masq_out *out)
{
	struct masq_flow *flow = masq_out_flow(out);
	const struct masq_addrs *a = &flow->n.addrs;
	u8 evidence = SPINAT_MASQ_EVIDENCE_UNSPEC, n = 0;
	struct masq_in *in;

	claim(flow->client == client, "an out-SPI in the list of another client");
	claim(masq_out_lookup(mn, a->family, &a->dst, out->s.spi) == out,
	      "an out-SPI that its server's table does not know");
	claim(masq_spi_lookup(mn, a, out->s.spi) == &out->s,
	      "an out-SPI that its packets do not find");
	claim(masq_node_lookup(mn, a) == &flow->n, "a flow not in the table");
	for (in = out->ins; in; in = in->next) {
		claim(masq_in_out(in) == out, "an in-SPI of another out-SPI");
		claim(masq_in_site(in) == flow->site,
		      "an in-SPI at another site than its out-SPI");
		claim(!flow->site ||
		      masq_in_lookup(mn, flow->site, in->s.spi) == in,
		      "an in-SPI that its packets do not find");
		evidence = max(evidence, in->s.evidence);
		n++;
	}
	claim(n == out->s.n_ins && n <= MASQ_IN_MAX, "%u in-SPIs, said %u", n,
	      out->s.n_ins);
	claim(evidence == out->s.evidence, "evidence %u, said %u", evidence,
	      out->s.evidence);
	if (out->probe)
		claim(out->probe->out == out && flow->site,
		      "a probe of another out-SPI");
}

static u32 held_judge(const struct masq_out *out)
{
	const struct spinat_held *held;
	u32 n = 0;

	if (out->probe)
		list_for_each_entry(held, &out->probe->held, link)
			n++;
	return n;
}

static void judge_all(void)
{
	struct masq_net *mn = masq();
	u32 n_clients = 0, n_outs = 0, held = 0;
	struct masq_client *client;
	unsigned long zone;
	struct masq_out *out;

	shim_quiescent();
	xa_for_each(&mn->zones, zone, client) {
		u32 outs = 0, open = 0, waits = 0;
		bool spraying = false;

		claim(client->zone == zone && test_bit(zone, mn->zone_map),
		      "zone %lu", zone);
		claim(masq_client_lookup(mn, client->family, &client->addr) ==
		      client, "a client that its address does not find");
		list_for_each_entry(out, &client->outs, client_link) {
			out_judge(mn, client, out);
			outs++;
			open += !out->s.evidence;
			waits += held_judge(out);
			spraying |= masq_out_flow(out)->spraying;
		}
		claim(outs && outs == client->n_outs, "%u out-SPIs, said %u",
		      outs, client->n_outs);
		claim(open == client->n_open, "%u open, said %u", open,
		      client->n_open);
		claim(waits == client->n_held, "%u held, said %u", waits,
		      client->n_held);
		claim(client->n_spare <= MASQ_SPARE_MAX, "too many spares");
		claim(spraying == !!client->n_spraying,
		      "%u flows spray, said %u", spraying, client->n_spraying);
		n_clients++;
		n_outs += outs;
		held += waits;
	}
	claim(n_clients == mn->n_clients, "%u clients, said %u", n_clients,
	      mn->n_clients);
	claim(n_outs == mn->n_outs && n_outs == mn->outs.n,
	      "%u out-SPIs, said %u and %u", n_outs, mn->n_outs, mn->outs.n);
	claim(held == mn->n_held, "%u held, said %u", held, mn->n_held);
	claim(shim_skbs == held + mn->n_early,
	      "%ld packets somewhere, %u held, %u early", shim_skbs, held,
	      mn->n_early);
}

/* As a user may set them, so that they are reached */
static void caps_set(void)
{
	u32 *v = masq()->config.v;

	v[SPINAT_MASQ_A_CONFIG_CLIENT_OPEN] = 2;
	v[SPINAT_MASQ_A_CONFIG_CLIENT_PAIRS] = 3;
	v[SPINAT_MASQ_A_CONFIG_PREFIX_CLIENTS] = 2;
	v[SPINAT_MASQ_A_CONFIG_MAX_PAIRS] = 6;
	v[SPINAT_MASQ_A_CONFIG_HOLD_CLIENT] = 2;
	v[SPINAT_MASQ_A_CONFIG_HOLD_TOTAL] = 3;
	v[SPINAT_MASQ_A_CONFIG_ZONE_MAX] = v[SPINAT_MASQ_A_CONFIG_ZONE_MIN] + 2;
}

static void note_reached(void)
{
	static const struct {
		u8 stat, reached;
	} of[] = {
		{ SPINAT_MASQ_A_STATS_LEARN_OPEN, LEARNT },
		{ SPINAT_MASQ_A_STATS_LEARN_ECHO, ECHOED },
		{ SPINAT_MASQ_A_STATS_LEARN_SERIAL, SERIAL },
		{ SPINAT_MASQ_A_STATS_LEARN_ONLY, ONLY },
		{ SPINAT_MASQ_A_STATS_HOLD, HELD },
		{ SPINAT_MASQ_A_STATS_EARLY_HOLD, EARLY },
		{ SPINAT_MASQ_A_STATS_EARLY_RELEASE, RELEASED },
		{ SPINAT_MASQ_A_STATS_MOVE, MOVED },
		{ SPINAT_MASQ_A_STATS_CORRECT, CORRECTED },
		{ SPINAT_MASQ_A_STATS_ICMP_ERRORS, QUOTED },
		{ SPINAT_MASQ_A_STATS_EVICT, EVICTED },
		{ SPINAT_MASQ_A_STATS_EXPIRE, EXPIRED },
		{ SPINAT_MASQ_A_STATS_DROP_NOMEM, NOMEM },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(of); i++)
		if (spinat_counters_read(masq()->stats, of[i].stat))
			reached(of[i].reached);
}

static void step_dump(u8 room)
{
	if (shim_dump_more(512 + room * 16))
		reached(DUMPED);
}

static void step(struct fuzz_input *in)
{
	u8 what = fuzz_u8(in), how;

	switch (what & 15) {
	case 0: case 1: case 2:
		step_esp(in, true);
		break;
	case 3: case 4: case 5:
		step_esp(in, false);
		break;
	case 6:
		step_quote(in);
		break;
	case 7:
		step_ike(in);
		break;
	case 8:
		step_raw(in);
		break;
	case 9:
		step_netlink(in);
		break;
	case 10:
		step_dump(fuzz_u8(in));
		break;
	case 11:
		shim_pass(what >> 4);
		break;
	case 12:
		shim_pass((unsigned long)fuzz_u8(in) * HZ);
		break;
	case 13:
		shim_fail_at = 1 + (what >> 4);
		break;
	case 14:
		how = fuzz_u8(in);
		if (how & 8)
			shim_dev_down(how & 1 ? &lan : &wan);
		else if (how & 16)
			shim_conntrack_flush();
		else if (how & 32)
			shim_listens = how & 1;
		else
			public_now = how;
		break;
	case 15:
		step_gate(in);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, data + size };

	public_now = 0;
	shim_fail_at = size && *data >= 128 ? *data - 127 : 0;
	if (size)
		in.at++;
	if (!shim_module_init()) {
		shim_fail_at = 0;
		if (fuzz_u8(&in) & 1)
			caps_set();
		while (fuzz_left(&in)) {
			step(&in);
			judge_all();
		}
		shim_dump_stop();
		shim_fail_at = 0;
		note_reached();
		shim_module_exit();
	}
	shim_quiescent();
	shim_conntrack_flush();
	claim(!shim_live, "%ld allocations were never freed", shim_live);
	claim(!shim_skbs, "%ld packets were never freed", shim_skbs);
	claim(!shim_conns, "%ld conntrack entries were never put", shim_conns);
	claim(!lan.refs && !wan.refs, "devices are held still");
	return 0;
}
