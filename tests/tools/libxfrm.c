// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <linux/netlink.h>
#include <linux/xfrm.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "xfrm.h"

/* One netlink request; attributes are appended behind the fixed body. */
struct request {
	struct nlmsghdr head;
	uint8_t body[2048];
};

void cipher_parse(void *to, char *text)
{
	enum cipher *cipher = to;

	if (strcmp(text, "gcm") && strcmp(text, "cbc"))
		die("--cipher wants gcm or cbc");
	*cipher = *text == 'g' ? CIPHER_GCM : CIPHER_CBC;
}

int xfrm_open(void)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_XFRM);

	if (fd < 0)
		die_errno("opening NETLINK_XFRM (is xfrm_user loaded?)");
	return fd;
}

static void *begin(struct request *request, int type, size_t body)
{
	memset(request, 0, sizeof(*request));
	request->head.nlmsg_type = type;
	request->head.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE;
	request->head.nlmsg_len = NLMSG_LENGTH(body);
	return NLMSG_DATA(&request->head);
}

static void *attribute(struct request *request, int type, size_t len)
{
	size_t off = NLMSG_ALIGN(request->head.nlmsg_len);
	struct nlattr *attr = (struct nlattr *)((uint8_t *)request + off);

	attr->nla_type = type;
	attr->nla_len = NLA_HDRLEN + len;
	request->head.nlmsg_len = off + NLA_ALIGN(attr->nla_len);
	return (uint8_t *)attr + NLA_HDRLEN;
}

/* Zero, or the kernel's errno. */
static int talk(int fd, struct request *request)
{
	uint8_t answer[4096];
	const struct nlmsghdr *head = (void *)answer;
	const struct nlmsgerr *error = NLMSG_DATA(head);

	if (send(fd, request, request->head.nlmsg_len, 0) < 0)
		die_errno("sending to NETLINK_XFRM");
	if (recv(fd, answer, sizeof(answer), 0) < (ssize_t)sizeof(*head))
		die_errno("receiving from NETLINK_XFRM");
	return head->nlmsg_type == NLMSG_ERROR ? -error->error : EBADMSG;
}

void xfrm_flush(int fd)
{
	struct xfrm_usersa_flush *flush;
	struct request request;
	int err;

	flush = begin(&request, XFRM_MSG_FLUSHSA, sizeof(*flush));
	flush->proto = 0;
	err = talk(fd, &request);
	/* ESRCH: there was nothing to remove */
	if (err && err != ESRCH)
		die("removing all SAs: %s", strerror(err));
	begin(&request, XFRM_MSG_FLUSHPOLICY, 0);
	err = talk(fd, &request);
	if (err && err != ESRCH)
		die("removing all policies: %s", strerror(err));
}

static void put_addr(xfrm_address_t *out, const struct addr *addr)
{
	memcpy(out, addr->bytes, sizeof(*out));
}

/* Keys are no secret here: both ends derive them from the SPI. */
static void fill_key(char *key, size_t len, uint32_t spi)
{
	size_t i;

	for (i = 0; i < len; i++)
		key[i] = spi >> 8 * (i % 4);
}

static void put_gcm(struct request *request, uint32_t spi)
{
	struct xfrm_algo_aead *aead;

	aead = attribute(request, XFRMA_ALG_AEAD, sizeof(*aead) + 20);
	strcpy(aead->alg_name, "rfc4106(gcm(aes))");
	aead->alg_key_len = 160;
	aead->alg_icv_len = 128;
	fill_key(aead->alg_key, 20, spi);
}

static void put_cbc(struct request *request, uint32_t spi)
{
	struct xfrm_algo_auth *auth;
	struct xfrm_algo *crypt;

	crypt = attribute(request, XFRMA_ALG_CRYPT, sizeof(*crypt) + 16);
	strcpy(crypt->alg_name, "cbc(aes)");
	crypt->alg_key_len = 128;
	fill_key(crypt->alg_key, 16, spi);
	auth = attribute(request, XFRMA_ALG_AUTH_TRUNC, sizeof(*auth) + 32);
	strcpy(auth->alg_name, "hmac(sha256)");
	auth->alg_key_len = 256;
	auth->alg_trunc_len = 128;
	fill_key(auth->alg_key, 32, spi);
}

static void add_sa(int fd, const struct tunnel *tunnel, bool out)
{
	uint32_t spi = out ? tunnel->out_spi : tunnel->in_spi;
	struct xfrm_usersa_info *info;
	struct request request;
	int err;

	info = begin(&request, XFRM_MSG_NEWSA, sizeof(*info));
	put_addr(&info->saddr, out ? &tunnel->local : &tunnel->remote);
	put_addr(&info->id.daddr, out ? &tunnel->remote : &tunnel->local);
	info->id.spi = htonl(spi);
	info->id.proto = IPPROTO_ESP;
	info->family = tunnel->local.family;
	info->sel.family = tunnel->inner_local.family;
	info->mode = XFRM_MODE_TUNNEL;
	info->reqid = tunnel->reqid;
	info->replay_window = 32;
	info->lft.soft_byte_limit = XFRM_INF;
	info->lft.hard_byte_limit = XFRM_INF;
	info->lft.soft_packet_limit = XFRM_INF;
	info->lft.hard_packet_limit = XFRM_INF;
	if (tunnel->cipher == CIPHER_GCM)
		put_gcm(&request, spi);
	else
		put_cbc(&request, spi);
	err = talk(fd, &request);
	if (err)
		die("adding the SA 0x%08x: %s", spi, strerror(err));
}

static void set_policy(int fd, const struct tunnel *tunnel, bool out, int type,
		       uint32_t spi)
{
	const struct addr *src = out ? &tunnel->inner_local : &tunnel->inner_remote;
	const struct addr *dst = out ? &tunnel->inner_remote : &tunnel->inner_local;
	int bits = src->family == AF_INET ? 32 : 128;
	struct xfrm_userpolicy_info *info;
	struct xfrm_user_tmpl *tmpl;
	struct request request;
	int err;

	info = begin(&request, type, sizeof(*info));
	put_addr(&info->sel.saddr, src);
	put_addr(&info->sel.daddr, dst);
	info->sel.prefixlen_s = bits;
	info->sel.prefixlen_d = bits;
	info->sel.family = src->family;
	info->dir = out ? XFRM_POLICY_OUT : XFRM_POLICY_IN;
	info->action = XFRM_POLICY_ALLOW;
	info->lft.soft_byte_limit = XFRM_INF;
	info->lft.hard_byte_limit = XFRM_INF;
	info->lft.soft_packet_limit = XFRM_INF;
	info->lft.hard_packet_limit = XFRM_INF;
	tmpl = attribute(&request, XFRMA_TMPL, sizeof(*tmpl));
	put_addr(&tmpl->saddr, out ? &tunnel->local : &tunnel->remote);
	put_addr(&tmpl->id.daddr, out ? &tunnel->remote : &tunnel->local);
	tmpl->id.proto = IPPROTO_ESP;
	tmpl->id.spi = htonl(spi);
	tmpl->family = tunnel->local.family;
	tmpl->mode = XFRM_MODE_TUNNEL;
	tmpl->reqid = tunnel->reqid;
	tmpl->aalgos = UINT32_MAX;
	tmpl->ealgos = UINT32_MAX;
	tmpl->calgos = UINT32_MAX;
	err = talk(fd, &request);
	if (err)
		die("setting a policy: %s", strerror(err));
}

void xfrm_tunnel_add(int fd, const struct tunnel *tunnel)
{
	add_sa(fd, tunnel, false);
	add_sa(fd, tunnel, true);
	set_policy(fd, tunnel, false, XFRM_MSG_NEWPOLICY, 0);
	set_policy(fd, tunnel, true, XFRM_MSG_NEWPOLICY, 0);
}

void xfrm_sas_add(int fd, const struct tunnel *tunnel)
{
	add_sa(fd, tunnel, false);
	add_sa(fd, tunnel, true);
}

void xfrm_policies_set(int fd, const struct tunnel *tunnel)
{
	set_policy(fd, tunnel, false, XFRM_MSG_UPDPOLICY, 0);
	set_policy(fd, tunnel, true, XFRM_MSG_UPDPOLICY, tunnel->out_spi);
}

void xfrm_sa_del(int fd, const struct tunnel *tunnel, bool out)
{
	uint32_t spi = out ? tunnel->out_spi : tunnel->in_spi;
	struct xfrm_usersa_id *id;
	struct request request;
	int err;

	id = begin(&request, XFRM_MSG_DELSA, sizeof(*id));
	put_addr(&id->daddr, out ? &tunnel->remote : &tunnel->local);
	id->spi = htonl(spi);
	id->family = tunnel->local.family;
	id->proto = IPPROTO_ESP;
	err = talk(fd, &request);
	if (err && err != ESRCH)
		die("deleting the SA 0x%08x: %s", spi, strerror(err));
}

unsigned long xfrm_no_states(void)
{
	unsigned long value = 0;
	char name[64];
	FILE *file;

	/* thread-self: /proc/net would be cached for the namespace at start */
	file = fopen("/proc/thread-self/net/xfrm_stat", "r");
	if (!file)
		die_errno("opening xfrm_stat");
	while (fscanf(file, "%63s %lu", name, &value) == 2)
		if (!strcmp(name, "XfrmInNoStates"))
			break;
	fclose(file);
	return value;
}
