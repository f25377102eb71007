// SPDX-License-Identifier: GPL-2.0
/*
 * All of spinat_epoch but what sends, holds and hooks packets: SAs come and go,
 * netlink requests name tunnels and epochs, control pings and what looks like
 * them come out of SAs, time passes, allocations fail. After every step the
 * objects must agree with each other, nothing that is not authentic may prove
 * or open anything, and at the end nothing may be left.
 *
 * An input is a list of steps, a byte for what and some more for how.
 */
#include "epoch/netlink.h"

enum { BORN, ANNOUNCED, PROVED, ANSWERED, WORD, STALE, DEAD, CEILING, REPLAY,
       COOKIE, SIBLING, TUNNEL, DUMPED, REFUSED, TRANSPORT, MOVED };

struct fuzz_reached fuzz_reached[] = {
	[BORN] = { "an SA gated from birth" },
	[ANNOUNCED] = { "an epoch announced" },
	[PROVED] = { "a proof" },
	[ANSWERED] = { "a ping answered" },
	[WORD] = { "a word answered" },
	[STALE] = { "stale" },
	[DEAD] = { "dead" },
	[CEILING] = { "the ceiling" },
	[REPLAY] = { "a replay refused" },
	[COOKIE] = { "a cookie refused" },
	[SIBLING] = { "an answer through another epoch's SA" },
	[TUNNEL] = { "a tunnel set" },
	[DUMPED] = { "a dump of several parts" },
	[REFUSED] = { "a request refused" },
	[TRANSPORT] = { "a ping in transport mode" },
	[MOVED] = { "an epoch of another tunnel than at its birth" },
	{}
};

#define SAS		12	/* the second half are in-SAs */
#define PEERS		4
#define SHOTS		32

/* A ping that was sent, and what its receiver knows */
struct sent {
	struct epoch_shot shot;
	siphash_key_t key;
	struct xfrm_state *in;	/* not to be looked behind */
	__be32 out_spi, in_spi;
	bool proved;
};

static struct xfrm_state *sas[SAS];
static u32 n_sas;
static struct sent sent[SHOTS];
static unsigned int n_sent;
static bool xmit_fails;
static struct {
	u32 epoch, number;
} taken[256];
static unsigned int n_taken;

static struct epoch_net *epochs(void)
{
	return epoch_pernet(&init_net);
}

static u64 counted(int stats)
{
	return spinat_counters_read(epochs()->stats, stats);
}

#define count(name)	counted(SPINAT_EPOCH_A_STATS_##name)

/*
 * What is not here
 */

bool shim_addr_is_router(const union nf_inet_addr *addr)
{
	return false;
}

int spinat_epoch_xmit_init(struct epoch_net *en)
{
	return 0;
}

void spinat_epoch_xmit_exit(struct epoch_net *en)
{
}

int spinat_epoch_hooks_register(struct epoch_net *en)
{
	en->hooks = kzalloc(sizeof(*en->hooks), GFP_KERNEL);
	return en->hooks ? 0 : -ENOMEM;
}

void spinat_epoch_hooks_unregister(struct epoch_net *en)
{
}

void spinat_epoch_hold_init(struct epoch_net *en)
{
}

void spinat_epoch_hold_exit(struct epoch_net *en)
{
}

void epoch_dev_down(struct epoch_net *en, const struct net_device *dev)
{
}

void epoch_held_drop(struct epoch *e)
{
}

void epoch_held_orphan(struct epoch *e)
{
}

void epoch_flush(struct epoch *e)
{
	claim(false, "a flush, and nothing is held");
}

static unsigned int headers(u8 family)
{
	return (family == NFPROTO_IPV4 ? 20 : 40) + 8;
}

/* An epoch of the same SAs as one before may count as that did; then either ping
 * has the other's answer.
 */
static void forget(__be32 out_spi, __be32 in_spi, u32 number)
{
	unsigned int i;

	for (i = 0; i < SHOTS; i++)
		if (sent[i].out_spi == out_spi && sent[i].in_spi == in_spi &&
		    sent[i].shot.ping.number == number)
			sent[i].in = NULL;
}

int epoch_xmit(struct epoch *e, struct epoch_shot *shot, unsigned int not_this)
{
	struct epoch_sa *request = shot->reply ? &e->in : &e->out;
	struct epoch_sa *answer = shot->reply ? &e->out : &e->in;
	unsigned int len = shot->len;
	struct sent *s = &sent[n_sent % SHOTS];

	claim(!shim_locked && shim_rcu, "a ping is sent under a lock");
	claim(shot->inner.family, "a ping to nobody");
	claim(request->x && answer->x, "a ping of half an epoch");
	if (xmit_fails)
		return -ENOENT;
	if (!len || len == EPOCH_ANY_LENGTH)
		len = spinat_ping_shortest(headers(shot->inner.family),
					   e->step) + (len ? e->step : 0);
	claim(len >= headers(shot->inner.family) + SPINAT_PING_HEADER &&
	      len <= SPINAT_PING_MAX, "a ping of %u bytes", len);
	shot->ping.len = len - headers(shot->inner.family);
	forget(e->out.x->id.spi, e->in.x->id.spi, shot->ping.number);
	n_sent++;
	s->shot = *shot;
	s->shot.len = len;
	s->key = request->key;
	s->in = e->in.x;
	s->out_spi = e->out.x->id.spi;
	s->in_spi = e->in.x->id.spi;
	s->proved = false;
	return len;
}

/*
 * SAs
 */

/* Two IPv4 and two IPv6 peers, and one's own addresses */
static void addr_of(u8 *to, u8 who, bool own)
{
	bool v6 = who & 2;

	memset(to, 0, 16);
	to[0] = v6 ? 0xfd : 192;
	to[v6 ? 15 : 3] = own ? 1 : 2 + (who & 1);
}

/* Of the inside of a tunnel */
static void inner_of(u8 *to, bool v6, bool own)
{
	memset(to, 0, 16);
	to[0] = v6 ? 0xfe : 10;
	to[v6 ? 15 : 3] = 1 + own;
}

/* How: transport mode, TFC padding, a selector, a valid SA or one in making */
static void sa_make(u8 slot, u8 how)
{
	static struct crypto_aead ciphers[] = { { 4, 16 }, { 16, 12 } };
	/* with the key behind it, which no other SA ever had */
	struct xfrm_state *x = calloc(1, sizeof(*x) + sizeof(*x->aead) + 4);
	u8 peer = slot % PEERS;
	bool in = slot >= SAS / 2;

	x->refs = 1;
	x->net = &init_net;
	x->id.spi = htonl(0x100 + slot);
	x->id.proto = IPPROTO_ESP;
	addr_of((u8 *)&x->id.daddr, peer, in);
	addr_of((u8 *)&x->props.saddr, peer, !in);
	x->props.family = peer & 2 ? AF_INET6 : AF_INET;
	x->props.mode = how & 1 ? XFRM_MODE_TRANSPORT : XFRM_MODE_TUNNEL;
	x->props.header_len = 40;
	x->tfcpad = how & 2;
	x->if_id = how >> 2 & 1;
	if (how & 8) {
		x->sel.family = how & 16 ? AF_INET6 : AF_INET;
		x->sel.proto = how & 32 ? IPPROTO_UDP : 0;
		inner_of((u8 *)&x->sel.daddr, how & 16, false);
		x->sel.prefixlen_d = how & 64 ? 8 : 32;
	}
	x->km.state = how & 128 ? XFRM_STATE_DEAD : XFRM_STATE_VALID;
	x->aead = (void *)(x + 1);
	x->aead->alg_key_len = 32;
	memcpy(x->aead->alg_key, &n_sas, 4);
	n_sas++;
	x->data = &ciphers[slot & 1];
	sas[slot] = x;
}

static void notify(struct xfrm_state *x, u32 event, bool hard)
{
	const struct km_event c = {
		.event = event, .data.hard = hard, .net = &init_net,
	};

	shim_km->notify(x, &c);
}

static void sa_drop(u8 slot)
{
	xfrm_state_put(sas[slot]);
	sas[slot] = NULL;
}

static void sas_flush(void)
{
	u8 i;

	for (i = 0; i < SAS; i++)
		if (sas[i])
			sas[i]->km.state = XFRM_STATE_DEAD;
	notify(NULL, XFRM_MSG_FLUSHSA, false);
	for (i = 0; i < SAS; i++)
		if (sas[i])
			sa_drop(i);
}

static void step_sa(struct fuzz_input *in)
{
	u8 which = fuzz_u8(in), slot = which % SAS, how = which / SAS;

	if (!sas[slot]) {
		sa_make(slot, how & 16 ? fuzz_u8(in) : 0);
		notify(sas[slot], how & 1 ? XFRM_MSG_UPDSA : XFRM_MSG_NEWSA,
		       false);
		return;
	}
	if (how == 20) {
		sas_flush();
		return;
	}
	if (how & 1) {
		notify(sas[slot], XFRM_MSG_EXPIRE, false);
		return;
	}
	sas[slot]->km.state = XFRM_STATE_DEAD;
	if (how & 2)
		notify(sas[slot], XFRM_MSG_EXPIRE, true);
	else if (how & 4)
		notify(sas[slot], XFRM_MSG_DELSA, false);
	/* else deleted without a word */
	sa_drop(slot);
}

struct xfrm_state *xfrm_state_lookup(struct net *net, u32 mark,
				     const xfrm_address_t *daddr, __be32 spi,
				     u8 proto, u16 family)
{
	size_t len = family == AF_INET ? 4 : 16;
	u8 i;

	for (i = 0; i < SAS; i++)
		if (sas[i] && sas[i]->id.spi == spi &&
		    sas[i]->props.family == family && !mark &&
		    !memcmp(&sas[i]->id.daddr, daddr, len))
			return xfrm_state_hold(sas[i]);
	return NULL;
}

/*
 * Netlink
 */

static size_t put_addr(u8 *to, u16 type, const u8 *addr, bool v6)
{
	return shim_attr_put(to, type, addr, v6 ? 16 : 4);
}

static size_t put_u32(u8 *to, u16 type, u32 v)
{
	return shim_attr_put(to, type, &v, 4);
}

static size_t put_name(u8 *to, u16 type, u8 number)
{
	char name[] = "t0";

	name[1] += number & 3;
	return shim_attr_put(to, type, name, sizeof(name));
}

static size_t tunnel_attrs(struct fuzz_input *in, u8 *to)
{
	u8 who = fuzz_u8(in), given = fuzz_u8(in), n = fuzz_u8(in), addr[16];
	size_t at = 0;

	at += put_name(to + at, SPINAT_EPOCH_A_TUNNEL_NAME, who);
	if (given & 1) {
		addr_of(addr, who >> 2, false);
		at += put_addr(to + at, SPINAT_EPOCH_A_TUNNEL_PEER, addr,
			       who >> 2 & 2);
	}
	if (given & 2)
		at += put_u32(to + at, SPINAT_EPOCH_A_TUNNEL_ROLE, who >> 4 & 3);
	if (given & 4) {
		inner_of(addr, given & 16, false);
		at += put_addr(to + at, SPINAT_EPOCH_A_TUNNEL_TARGET, addr,
			       given & 16);
	}
	if (given & 8) {
		inner_of(addr, given & 16, true);
		at += put_addr(to + at, SPINAT_EPOCH_A_TUNNEL_SOURCE, addr,
			       given & 16);
	}
	if (given & 32)
		at += put_u32(to + at, SPINAT_EPOCH_A_TUNNEL_IF_ID, who & 1);
	if (given & 64)
		at += put_u32(to + at, SPINAT_EPOCH_A_TUNNEL_MARK, who & 1);
	for (n &= 3; n; n--) {
		u8 attr = fuzz_u8(in);
		u32 v = fuzz_u8(in);

		at += put_u32(to + at, EPOCH_SETTING_FIRST + attr %
			      (EPOCH_SETTING_LAST - EPOCH_SETTING_FIRST + 1),
			      v << (attr >> 4));
	}
	return at;
}

static size_t epoch_attrs(struct fuzz_input *in, u8 *to)
{
	u8 who = fuzz_u8(in), given = fuzz_u8(in), spis = fuzz_u8(in), addr[16];
	size_t at = 0;

	if (given & 1)
		at += put_name(to + at, SPINAT_EPOCH_A_EPOCH_TUNNEL, who);
	if (given & 2) {
		addr_of(addr, who >> 2, false);
		at += put_addr(to + at, SPINAT_EPOCH_A_EPOCH_PEER, addr,
			       who >> 2 & 2);
	}
	if (given & 4)
		at += put_u32(to + at, SPINAT_EPOCH_A_EPOCH_OUT_SPI,
			      htonl(0x100 + (spis & 15)));
	if (given & 8)
		at += put_u32(to + at, SPINAT_EPOCH_A_EPOCH_IN_SPI,
			      htonl(0x100 + (spis >> 4)));
	if (given & 16) {
		/* the SA's own addresses are for transport mode */
		if (given & 64)
			addr_of(addr, who >> 2, false);
		else
			inner_of(addr, who & 128, false);
		at += put_addr(to + at, SPINAT_EPOCH_A_EPOCH_TARGET, addr,
			       given & 64 ? who >> 2 & 2 : who & 128);
	}
	if (given & 32) {
		if (given & 64)
			addr_of(addr, who >> 2, true);
		else
			inner_of(addr, who & 128, true);
		at += put_addr(to + at, SPINAT_EPOCH_A_EPOCH_SOURCE, addr,
			       given & 64 ? who >> 2 & 2 : who & 128);
	}
	return at;
}

static size_t config_attrs(struct fuzz_input *in, u8 *to)
{
	size_t at = 0;
	u8 i;

	for (i = fuzz_u8(in) & 3; i; i--) {
		u8 attr = 1 + fuzz_u8(in) % SPINAT_EPOCH_A_CONFIG_MAX;
		u32 v = fuzz_u8(in);

		at += put_u32(to + at, attr, v < 128 ? v : 1U << (v & 31));
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
	} else if (cmd == SPINAT_EPOCH_CMD_CONFIG_SET) {
		len = config_attrs(in, attrs);
	} else if (cmd == SPINAT_EPOCH_CMD_TUNNEL_SET ||
		   cmd == SPINAT_EPOCH_CMD_TUNNEL_GET ||
		   cmd == SPINAT_EPOCH_CMD_TUNNEL_DEL) {
		len = tunnel_attrs(in, attrs);
	} else {
		len = epoch_attrs(in, attrs);
	}
	err = shim_request(cmd, how & 0x20, raw ?: attrs, len);
	if (!err && cmd == SPINAT_EPOCH_CMD_TUNNEL_SET)
		reached(TUNNEL);
	if (err)
		reached(REFUSED);
	free(raw);
	shim_trusted = true;
}

/* What charon does: two SAs, and a tunnel that they are announced for */
static void step_announce(struct fuzz_input *in)
{
	u8 how = fuzz_u8(in), peer = how & 3, attrs[256], addr[16];
	u8 out = peer, back = SAS / 2 + (peer + SAS / 2) % PEERS;
	bool v6 = how & 4;
	size_t at;

	if (!sas[out])
		sa_make(out, 0);
	if (!sas[back])
		sa_make(back, 0);
	at = put_name(attrs, SPINAT_EPOCH_A_TUNNEL_NAME, how >> 4);
	addr_of(addr, peer, false);
	at += put_addr(attrs + at, SPINAT_EPOCH_A_TUNNEL_PEER, addr, peer & 2);
	at += put_u32(attrs + at, SPINAT_EPOCH_A_TUNNEL_ROLE, 1 + (how >> 3 & 1));
	inner_of(addr, v6, false);
	at += put_addr(attrs + at, SPINAT_EPOCH_A_TUNNEL_TARGET, addr, v6);
	inner_of(addr, v6, true);
	at += put_addr(attrs + at, SPINAT_EPOCH_A_TUNNEL_SOURCE, addr, v6);
	if (!shim_request(SPINAT_EPOCH_CMD_TUNNEL_SET, false, attrs, at))
		reached(TUNNEL);
	if (how & 64)
		notify(sas[out], XFRM_MSG_NEWSA, false);
	at = put_name(attrs, SPINAT_EPOCH_A_EPOCH_TUNNEL, how >> 4);
	at += put_u32(attrs + at, SPINAT_EPOCH_A_EPOCH_OUT_SPI,
		      sas[out]->id.spi);
	at += put_u32(attrs + at, SPINAT_EPOCH_A_EPOCH_IN_SPI,
		      sas[back]->id.spi);
	shim_request(SPINAT_EPOCH_CMD_EPOCH_NEW, false, attrs, at);
}

/*
 * What comes out of an SA
 */

/* Whoever is told of it is under RCU, in softirq context. */
static bool come_in(struct xfrm_state *x, struct sk_buff *skb, u8 family)
{
	struct sec_path sp = { .len = 1, .xvec = { x } };
	bool v4 = family == NFPROTO_IPV4;
	int ret;

	if (!shim_esp4) {
		kfree_skb(skb);
		return false;
	}
	skb->sp = &sp;
	skb->protocol = htons(v4 ? ETH_P_IP : ETH_P_IPV6);
	if (x->props.mode == XFRM_MODE_TRANSPORT)
		XFRM_MODE_SKB_CB(skb)->protocol = v4 ? IPPROTO_ICMP :
						       IPPROTO_ICMPV6;
	else
		XFRM_MODE_SKB_CB(skb)->protocol = v4 ? IPPROTO_IPIP :
						       IPPROTO_IPV6;
	rcu_read_lock();
	local_bh_disable();
	ret = shim_esp4->cb_handler(skb, 0);
	local_bh_enable();
	rcu_read_unlock();
	claim(ret == 1 || (ret == -ECANCELED && !skb->protocol),
	      "%d is no answer to whose it is", ret);
	kfree_skb(skb);
	return ret == -ECANCELED;
}

/* An echo whose payload begins with a control ping, with @more bytes of TFC
 * padding behind it, or so many missing; in transport mode the IP header is the
 * outer one
 */
static struct sk_buff *echo(const struct sent *s, bool reply, u8 head, int more,
			    const u8 *ping, bool transport)
{
	bool v4 = s->shot.inner.family == NFPROTO_IPV4;
	unsigned int ip = v4 ? 20 : 40, len = ip + 8 + s->shot.ping.len;
	u8 packet[SPINAT_PING_MAX + 512] = {};
	struct sk_buff *skb;

	packet[0] = v4 ? 0x45 : 0x60;
	if (v4) {
		shim_put(len, packet + 2, 2);
		packet[9] = IPPROTO_ICMP;
	} else {
		shim_put(len - 40, packet + 4, 2);
		packet[6] = IPPROTO_ICMPV6;
	}
	memcpy(packet + (v4 ? 12 : 8), &s->shot.inner.target, v4 ? 4 : 16);
	memcpy(packet + (v4 ? 16 : 24), &s->shot.inner.source, v4 ? 4 : 16);
	packet[ip] = v4 ? (reply ? 0 : 8) : (reply ? 129 : 128);
	memcpy(packet + ip + 8, ping, SPINAT_PING_HEADER);
	if (!transport)
		return shim_skb(packet, len + more, ip + head, NULL);
	skb = shim_skb(packet + ip, len - ip + min(more, 0), head, NULL);
	packet[v4 ? 9 : 6] = IPPROTO_ESP;
	skb->network = malloc(ip);
	memcpy(skb->network, packet, ip);
	return skb;
}

/* The peer's own ping through the SA that is @e's in-SA here */
static void peers_ping(struct sent *s, struct epoch *e, u8 type, u8 number,
		       u8 len)
{
	memset(s, 0, sizeof(*s));
	s->shot.inner = e->inner;
	if (!s->shot.inner.family)
		s->shot.inner.family = NFPROTO_IPV4;
	s->shot.ping.type = type;
	s->shot.ping.number = number;
	s->shot.ping.len = SPINAT_PING_HEADER + len;
	s->key = e->in.key;
	s->in = e->in.x;
	/* the request's way comes first */
	s->out_spi = e->in.x->id.spi;
	s->in_spi = e->out.x->id.spi;
}

static struct epoch *epoch_of(struct xfrm_state *x)
{
	struct epoch_sa *sa;

	rcu_read_lock();
	sa = epoch_sa_lookup(epochs(), x);
	rcu_read_unlock();
	return sa && sa->inbound ? sa->epoch : NULL;
}

/* One ping has one answer. */
static void note_taken(const struct epoch *e, u32 number)
{
	unsigned int i;

	for (i = 0; i < n_taken && i < ARRAY_SIZE(taken); i++)
		claim(taken[i].epoch != e->id || taken[i].number != number,
		      "ping %u was answered twice", number);
	i = n_taken++ % ARRAY_SIZE(taken);
	taken[i].epoch = e->id;
	taken[i].number = number;
}

/* A ping through the SA in @slot: bit 0 of @how the peer's own, else the answer
 * to one that was sent; bit 1: by a gate, or a word; bit 2: damaged; bit 3: TFC,
 * or cut off
 */
static void step_control(struct fuzz_input *in)
{
	u8 slot = SAS / 2 + fuzz_u8(in) % (SAS / 2), how = fuzz_u8(in);
	u8 which = fuzz_u8(in), ping[SPINAT_PING_HEADER], type, head = how >> 4;
	struct xfrm_state *x = sas[slot];
	struct epoch *e = x ? epoch_of(x) : NULL;
	struct sent *s = &sent[which % SHOTS], own;
	bool request = how & 1, damaged = how & 4, transport, was;
	u64 proofs = count(PROOFS), answers = count(ANSWERS);
	int more = 0;

	if (!e || (!request && !s->in))
		return;
	if (request) {
		peers_ping(&own, e, how & 2 ? PING_WORD : PING_REQUEST, which,
			   fuzz_u8(in));
	} else {
		type = s->shot.ping.type;
		if (s->shot.reply)
			return;
		/* as it is, or as a gate answers */
		if (how & 2)
			type += PING_ANSWER - PING_REQUEST;
		own = *s;
		own.shot.ping.type = type;
	}
	own.shot.ping.cookie = spinat_ping_cookie(&own.shot.ping,
						  ntohl(own.out_spi),
						  ntohl(own.in_spi), &own.key);
	spinat_ping_write(ping, &own.shot.ping);
	if (damaged)
		ping[fuzz_u8(in) % sizeof(ping)] ^= 1 << (which & 7);
	if (how & 8)
		more = which & 1 ? which : -(1 + which % SPINAT_PING_HEADER);
	damaged |= more < 0;
	transport = x->props.mode == XFRM_MODE_TRANSPORT;
	was = come_in(x, echo(&own, !request, head * 4, more, ping, transport),
		      own.shot.inner.family);
	proofs = count(PROOFS) - proofs;
	answers = count(ANSWERS) - answers;
	claim(!damaged || !(was || proofs || answers),
	      "what is not authentic was believed");
	claim(!proofs || (proofs == 1 && !request && own.in_spi == x->id.spi &&
			  !own.proved),
	      "%llu proofs by an answer%s%s%s", (long long)proofs,
	      request ? ", which is a ping" : "",
	      own.in_spi == x->id.spi ? "" : " through another SA",
	      own.proved ? " that was one already" : "");
	claim(!answers || (answers == 1 && request), "an answer to no ping");
	/* unless its place is another's by now */
	if (proofs && s->shot.ping.number == own.shot.ping.number)
		s->proved = true;
	if (answers)
		note_taken(e, which);
	if (answers && how & 2)
		reached(WORD);
	if (was && transport)
		reached(TRANSPORT);
}

/* Any bytes that an SA may bring; nobody believes them */
static void step_raw(struct fuzz_input *in)
{
	u8 slot = SAS / 2 + fuzz_u8(in) % (SAS / 2), how = fuzz_u8(in);
	u64 proofs = count(PROOFS), answers = count(ANSWERS);
	bool v4 = how & 0x80;
	size_t len = how & 0x7f, head = v4 ? 20 : 40;
	u8 *bytes = fuzz_bytes(in, &len);
	struct xfrm_state *x = sas[slot];

	if (x && x->props.mode == XFRM_MODE_TUNNEL && len >= head) {
		come_in(x, shim_skb(bytes, len, head, NULL),
			v4 ? NFPROTO_IPV4 : NFPROTO_IPV6);
		claim(count(PROOFS) == proofs && count(ANSWERS) == answers,
		      "any bytes are believed");
	}
	free(bytes);
}

/* Data goes out, or comes in */
static void step_traffic(struct fuzz_input *in)
{
	u8 how = fuzz_u8(in);
	unsigned long id = how & 15;
	struct epoch *e = xa_find(&epochs()->epochs, &id, ULONG_MAX, XA_PRESENT);

	if (!e)
		return;
	if (how & 16) {
		if (!e->has_sent || e->has_received)
			e->waiting = jiffies;
		e->sent = jiffies;
		e->has_sent = true;
		epoch_kick(e);
	} else if (e->in.x) {
		e->in.x->curlft.packets++;
	}
}

/*
 * What must agree
 */

static void epoch_judge(struct epoch_net *en, struct epoch_tunnel *t,
			struct epoch *e)
{
	claim(!e->gone && e->tunnel == t, "an epoch in the list of another");
	claim(xa_load(&en->epochs, e->id) == e, "an epoch without a number");
	claim(epoch_sa_lookup(en, e->out.x) == &e->out,
	      "an epoch that its out-SA does not find");
	claim(!e->in.x || epoch_sa_lookup(en, e->in.x) == &e->in,
	      "an epoch that its in-SA does not find");
	claim(e->passes == spinat_gate_passes(&e->gate, &t->settings),
	      "the hooks do what the gate does not say");
	claim(timer_pending(&e->timer), "an epoch that nobody wakes");
	claim(e->own_inner || !memcmp(&e->inner, &t->inner, sizeof(e->inner)),
	      "an epoch pings another than its tunnel says");
}

static void judge_all(void)
{
	struct epoch_net *en = epochs();
	u32 n_tunnels = 0, n_epochs = 0;
	struct epoch_tunnel *t;
	struct epoch *e;
	unsigned long id;

	shim_quiescent();
	epoch_lock(en);
	xa_for_each(&en->tunnels, id, t) {
		bool newest = !t->newest;
		u32 n = 0;

		claim(epoch_tunnel_lookup(en, t->name) == t,
		      "a tunnel that its name does not find");
		list_for_each_entry(e, &t->epochs, link) {
			epoch_judge(en, t, e);
			newest |= e == t->newest && e->in.x;
			n++;
		}
		claim(newest, "the newest epoch is none");
		claim(n == t->n_epochs, "%u epochs, said %u", n, t->n_epochs);
		n_epochs += n;
		n_tunnels++;
	}
	claim(n_tunnels == en->n_tunnels, "%u tunnels, said %u", n_tunnels,
	      en->n_tunnels);
	claim(n_epochs == en->n_epochs && n_epochs == en->epochs.n,
	      "%u epochs, said %u and %u", n_epochs, en->n_epochs,
	      en->epochs.n);
	epoch_unlock(en);
}

static void note_reached(void)
{
	static const struct {
		u8 stat, reached;
	} of[] = {
		{ SPINAT_EPOCH_A_STATS_BORN, BORN },
		{ SPINAT_EPOCH_A_STATS_ANNOUNCED, ANNOUNCED },
		{ SPINAT_EPOCH_A_STATS_PROOFS, PROVED },
		{ SPINAT_EPOCH_A_STATS_ANSWERS, ANSWERED },
		{ SPINAT_EPOCH_A_STATS_STALE, STALE },
		{ SPINAT_EPOCH_A_STATS_DEAD, DEAD },
		{ SPINAT_EPOCH_A_STATS_CEILING, CEILING },
		{ SPINAT_EPOCH_A_STATS_REFUSE_REPLAY, REPLAY },
		{ SPINAT_EPOCH_A_STATS_REFUSE_COOKIE, COOKIE },
		{ SPINAT_EPOCH_A_STATS_REFUSE_SPI, SIBLING },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(of); i++)
		if (counted(of[i].stat))
			reached(of[i].reached);
}

static void note_moved(void)
{
	struct epoch *e;
	unsigned long id;

	xa_for_each(&epochs()->epochs, id, e)
		if (e->in.x && epoch_tunnel_of_sa(epochs(), e->out.x) != e->tunnel)
			reached(MOVED);
}

static void step(struct fuzz_input *in)
{
	u8 what = fuzz_u8(in);

	switch (what & 15) {
	case 0: case 1:
		step_sa(in);
		break;
	case 2:
		step_announce(in);
		break;
	case 3: case 4: case 5: case 6:
		step_netlink(in);
		break;
	case 7: case 8: case 9:
		step_control(in);
		break;
	case 10:
		step_raw(in);
		break;
	case 11:
		step_traffic(in);
		break;
	case 12:
		if (shim_dump_more(512 + fuzz_u8(in) * 16))
			reached(DUMPED);
		break;
	case 13:
		shim_pass(what >> 4);
		break;
	case 14:
		shim_pass((unsigned long)fuzz_u8(in) * HZ / 4);
		break;
	case 15:
		if (what & 0x80)
			shim_fail_at = 1 + (what >> 4 & 7);
		else
			xmit_fails = what & 16;
		break;
	}
}

static void world_end(void)
{
	u8 i;

	shim_quiescent();
	for (i = 0; i < SAS; i++) {
		if (!sas[i])
			continue;
		claim(sas[i]->refs == 1, "an SA with %d references",
		      sas[i]->refs);
		sa_drop(i);
	}
	claim(!shim_live, "%ld allocations were never freed", shim_live);
	claim(!shim_skbs, "%ld packets were never freed", shim_skbs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, data + size };

	jiffies = 1000000;
	memset(sent, 0, sizeof(sent));
	n_sas = 0;
	n_sent = 0;
	n_taken = 0;
	xmit_fails = false;
	shim_fail_at = size && *data >= 128 ? *data - 127 : 0;
	if (size)
		in.at++;
	if (!shim_module_init()) {
		shim_fail_at = 0;
		while (fuzz_left(&in)) {
			step(&in);
			judge_all();
		}
		shim_dump_stop();
		shim_fail_at = 0;
		note_reached();
		epoch_lock(epochs());
		note_moved();
		epoch_unlock(epochs());
		shim_module_exit();
	}
	world_end();
	return 0;
}
