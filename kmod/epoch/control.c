// SPDX-License-Identifier: GPL-2.0
/* Control pings that come in: whose they are, and what they prove. */
#include <crypto/blake2s.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/unaligned.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "epoch.h"

/* Other epochs of a tunnel that a ping with a wrong cookie may belong to */
#define EPOCH_SIBLINGS	16

/**
 * struct control - a packet that looks like a control ping
 * @ping: its header
 * @inner: who sent it to whom
 * @reply: it is an echo reply
 * @id: ICMP identifier
 * @seq: ICMP sequence number
 * @len: length of the packet
 */
struct control {
	struct spinat_ping ping;
	struct epoch_inner inner;
	bool reply;
	__be16 id;
	__be16 seq;
	unsigned int len;
};

/**
 * epoch_key_make() - a key for cookies from the keys of an SA
 * @sa: the SA
 *
 * Both ends have them and nobody else, so that both can make and check cookies
 * without a word about it. A hash is between, so that a cookie tells nothing.
 */
void epoch_key_make(struct epoch_sa *sa)
{
	static const char purpose[] = "spinat control ping";
	const struct xfrm_state *x = sa->x;
	u8 out[sizeof(sa->key)];
	struct blake2s_ctx ctx;

	blake2s_init(&ctx, sizeof(out));
	blake2s_update(&ctx, purpose, sizeof(purpose));
	if (x->aead)
		blake2s_update(&ctx, x->aead->alg_key,
			       DIV_ROUND_UP(x->aead->alg_key_len, 8));
	if (x->ealg)
		blake2s_update(&ctx, x->ealg->alg_key,
			       DIV_ROUND_UP(x->ealg->alg_key_len, 8));
	if (x->aalg)
		blake2s_update(&ctx, x->aalg->alg_key,
			       DIV_ROUND_UP(x->aalg->alg_key_len, 8));
	blake2s_final(&ctx, out);
	/* siphash's key is two numbers; both ends must make the same of it. */
	sa->key.key[0] = get_unaligned_le64(out);
	sa->key.key[1] = get_unaligned_le64(out + 8);
	memzero_explicit(out, sizeof(out));
}

/* Where the ICMP message begins, from skb->data, or -1 if there is none. Options
 * and extension headers are not what a control ping has.
 */
static int icmp_offset(const struct sk_buff *skb, u8 family)
{
	int offset = skb_network_offset(skb);

	if (family == NFPROTO_IPV4) {
		const struct iphdr *iph = ip_hdr(skb);

		if (iph->protocol != IPPROTO_ICMP || iph->version != 4 ||
		    iph->ihl != 5 || ip_is_fragment(iph))
			return -1;
		return offset + sizeof(*iph);
	}
	if (ipv6_hdr(skb)->nexthdr != IPPROTO_ICMPV6)
		return -1;
	return offset + sizeof(struct ipv6hdr);
}

static bool is_echo(const struct icmphdr *icmph, u8 family, bool *reply)
{
	if (family == NFPROTO_IPV4)
		*reply = icmph->type == ICMP_ECHOREPLY;
	else
		*reply = icmph->type == ICMPV6_ECHO_REPLY;
	return !icmph->code &&
	       (*reply || icmph->type == (family == NFPROTO_IPV4 ?
					  ICMP_ECHO : ICMPV6_ECHO_REQUEST));
}

/**
 * epoch_control_looks() - does it look like a control ping?
 * @skb: a packet, its network header set and linear
 * @family: its family
 *
 * Anybody may write what does; that is to be counted, not believed.
 */
bool epoch_control_looks(const struct sk_buff *skb, u8 family)
{
	u8 buf[SPINAT_PING_HEADER], *payload;
	int offset = icmp_offset(skb, family);
	const struct icmphdr *icmph;
	struct icmphdr icmp_buf;
	bool reply;

	if (offset < 0)
		return false;
	icmph = skb_header_pointer(skb, offset, sizeof(icmp_buf), &icmp_buf);
	if (!icmph || !is_echo(icmph, family, &reply))
		return false;
	payload = skb_header_pointer(skb, offset + sizeof(*icmph), sizeof(buf),
				     buf);
	return payload && spinat_ping_is(payload);
}

/* Nobody has looked at the IP header yet, which says where TFC padding begins.
 * In transport mode it is the outer one still, and the message is what follows.
 */
static bool icmp_find(const struct sk_buff *skb, u8 family, bool transport,
		      int *offset, unsigned int *len)
{
	unsigned int header = family == NFPROTO_IPV4 ? sizeof(struct iphdr) :
						       sizeof(struct ipv6hdr);

	if (transport) {
		*offset = 0;
		*len = header + skb->len;
		return true;
	}
	*offset = icmp_offset(skb, family);
	if (*offset < 0)
		return false;
	*len = family == NFPROTO_IPV4 ?
	       ntohs(ip_hdr(skb)->tot_len) :
	       header + ntohs(ipv6_hdr(skb)->payload_len);
	return *len <= skb->len - skb_network_offset(skb);
}

static bool control_read(const struct sk_buff *skb, u8 family, bool transport,
			 struct control *c)
{
	u8 buf[SPINAT_PING_HEADER], *payload;
	const struct icmphdr *icmph;
	struct icmphdr icmp_buf;
	unsigned int header;
	int offset;

	if (!icmp_find(skb, family, transport, &offset, &c->len))
		return false;
	icmph = skb_header_pointer(skb, offset, sizeof(icmp_buf), &icmp_buf);
	if (!icmph || !is_echo(icmph, family, &c->reply))
		return false;
	offset += sizeof(*icmph);
	payload = skb_header_pointer(skb, offset, sizeof(buf), buf);
	if (!payload)
		return false;
	c->id = icmph->un.echo.id;
	c->seq = icmph->un.echo.sequence;
	memset(&c->inner, 0, sizeof(c->inner));
	c->inner.family = family;
	if (family == NFPROTO_IPV4) {
		c->inner.source.ip = ip_hdr(skb)->saddr;
		c->inner.target.ip = ip_hdr(skb)->daddr;
		header = sizeof(struct iphdr);
	} else {
		c->inner.source.in6 = ipv6_hdr(skb)->saddr;
		c->inner.target.in6 = ipv6_hdr(skb)->daddr;
		header = sizeof(struct ipv6hdr);
	}
	header += sizeof(*icmph);
	return c->len <= SPINAT_PING_MAX && c->len >= header &&
	       spinat_ping_read(payload, c->len - header, &c->ping);
}

/* Did a holder of the keys make it, for this very pair of SAs? */
static bool cookie_is(const struct epoch *e, const struct control *c)
{
	const struct epoch_sa *request = c->reply ? &e->out : &e->in;
	const struct epoch_sa *answer = c->reply ? &e->in : &e->out;

	return e->in.x && c->ping.cookie ==
	       spinat_ping_cookie(&c->ping, ntohl(request->x->id.spi),
				  ntohl(answer->x->id.spi), &request->key);
}

/* An answer that is right, but for another epoch of the tunnel: the peer sends
 * through an old SA still. Also a ping of the peer that lost its way. Anybody
 * behind the peer can make us look, so that only some of the newest are asked.
 */
static bool is_siblings(const struct epoch *e, const struct control *c)
{
	const struct epoch *sibling;
	int left = EPOCH_SIBLINGS;

	list_for_each_entry_reverse(sibling, &e->tunnel->epochs, link) {
		if (sibling != e && cookie_is(sibling, c))
			return true;
		if (!--left)
			break;
	}
	return false;
}

static void take_proof(struct epoch *e, const struct control *c,
		       struct epoch_todo *todo)
{
	u64 sent = e->ping_sent[c->ping.number % ARRAY_SIZE(e->ping_sent)];
	bool peer_gate = c->ping.type == PING_ANSWER ||
			 c->ping.type == PING_WORD_ANSWER;
	enum spinat_gate_event event = GATE_PROOF;

	if (c->ping.type == PING_WORD_ANSWER)
		event = GATE_WORD_HEARD;
	e->rtt = div_u64(ktime_get_ns() - sent, NSEC_PER_USEC);
	e->proofs++;
	e->tunnel->proofs++;
	epoch_spend(e, c->len);
	epoch_count(e->en, PROOFS);
	epoch_run(e, event, peer_gate, todo);
}

/* The answer is as long as the question: a NAT goes by that. */
static void take_request(struct epoch *e, const struct control *c,
			 struct epoch_todo *todo, struct epoch_shot *answer)
{
	answer->ping.type = c->ping.type == PING_WORD ? PING_WORD_ANSWER :
							PING_ANSWER;
	answer->ping.number = c->ping.number;
	answer->inner.family = c->inner.family;
	answer->inner.source = c->inner.target;
	answer->inner.target = c->inner.source;
	answer->reply = true;
	answer->id = c->id;
	answer->seq = c->seq;
	answer->len = c->len;
	e->answers++;
	epoch_spend(e, c->len);
	epoch_count(e->en, ANSWERS);
	if (c->ping.type == PING_WORD)
		epoch_run(e, GATE_WORD, true, todo);
}

/**
 * epoch_control_in() - a packet came in through an epoch's in-SA
 * @e: the epoch
 * @skb: the packet, decrypted; the IP header's length and protocol are those of
 *	the outer packet in transport mode
 * @family: its family
 * @transport: the SA is in transport mode, and skb->data at the ICMP header
 *
 * Return: true if it was a control ping, and is nobody else's business. What is
 * not authentic goes on as the ordinary packet that it is.
 */
bool epoch_control_in(struct epoch *e, const struct sk_buff *skb, u8 family,
		      bool transport)
{
	struct epoch_shot answer = {};
	struct epoch_net *en = e->en;
	struct epoch_todo todo = {};
	bool request, ours = false;
	struct control c;

	if (!control_read(skb, family, transport, &c))
		return false;
	/* A stock peer sends back in its reply what it got. */
	request = c.ping.type == PING_REQUEST || c.ping.type == PING_WORD;
	if (!c.reply && !request)
		return false;

	epoch_lock(en);
	if (e->gone)
		goto unlock;
	if (!cookie_is(e, &c)) {
		e->refused++;
		if (is_siblings(e, &c)) {
			epoch_count(en, REFUSE_SPI);
			ours = true;
		} else {
			epoch_count(en, REFUSE_COOKIE);
		}
		goto unlock;
	}
	/* Authentic */
	ours = true;
	if (c.reply ? !spinat_ping_arrived(&e->awaited, c.ping.number) :
		      spinat_ping_seen(&e->peer_seen, c.ping.number)) {
		e->refused++;
		epoch_count(en, REFUSE_REPLAY);
		goto unlock;
	}
	if (c.reply)
		take_proof(e, &c, &todo);
	else
		take_request(e, &c, &todo, &answer);
unlock:
	epoch_unlock(en);
	if (answer.reply) {
		if (epoch_xmit(e, &answer, 0) > 0) {
			epoch_lock(en);
			if (!e->gone)
				epoch_spend(e, answer.len);
			epoch_unlock(en);
		} else {
			epoch_count(en, PING_FAILED);
		}
	}
	epoch_do(e, &todo);
	return ours;
}
