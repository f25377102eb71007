// SPDX-License-Identifier: GPL-2.0
/* kmod/common/nladdr.h: addresses in netlink attributes. */
#include "test.h"

#include "../../kmod/common/nladdr.h"

struct addr_attr {
	struct nlattr nla;
	u8 bytes[32];
};

static int read(struct addr_attr *a, int len, u8 *family,
		union nf_inet_addr *addr, struct netlink_ext_ack *extack)
{
	a->nla.nla_len = nla_attr_size(len);
	memset(extack, 0, sizeof(*extack));
	memset(addr, 0xa5, sizeof(*addr));
	return spinat_nl_addr(&a->nla, family, addr, extack);
}

static void lengths(struct kunit *test)
{
	struct netlink_ext_ack extack;
	union nf_inet_addr addr, want;
	struct addr_attr a;
	u8 family;
	int len;

	for (len = 0; len <= sizeof(a.bytes); len++) {
		memset(a.bytes, len + 1, sizeof(a.bytes));
		memset(&want, 0, sizeof(want));
		memcpy(&want, a.bytes, min_t(int, len, sizeof(want)));
		if (len != 4 && len != 16) {
			is(read(&a, len, &family, &addr, &extack), -EINVAL,
			   "not the length of an address");
			ok(extack._msg && extack.bad_attr == &a.nla,
			   "a sentence and the attribute say so");
			continue;
		}
		is(read(&a, len, &family, &addr, &extack), 0, "an address");
		is(family, len == 4 ? NFPROTO_IPV4 : NFPROTO_IPV6,
		   "of its family");
		ok(!memcmp(&addr, &want, sizeof(addr)),
		   "what it has not is zero");
	}
}

static void unspecified(struct kunit *test)
{
	struct netlink_ext_ack extack;
	union nf_inet_addr addr;
	struct addr_attr a = {};
	u8 family;
	int i, bad = 0;

	is(read(&a, 4, &family, &addr, &extack), -EINVAL, "0.0.0.0");
	ok(extack._msg && extack.bad_attr == &a.nla, "is refused");
	is(read(&a, 16, &family, &addr, &extack), -EINVAL, "::");
	ok(extack._msg && extack.bad_attr == &a.nla, "is refused");
	for (i = 0; i < 16; i++) {
		memset(a.bytes, 0, sizeof(a.bytes));
		a.bytes[i] = 1;
		bad += !!read(&a, 16, &family, &addr, &extack);
		if (i < 4)
			bad += !!read(&a, 4, &family, &addr, &extack);
	}
	is(bad, 0, "no other address is");
}

static void round_trip(struct kunit *test)
{
	static const u8 families[] = { NFPROTO_IPV4, NFPROTO_IPV6 };
	struct sk_buff *skb = alloc_skb(256, GFP_KERNEL);
	union nf_inet_addr addr, got;
	struct nlattr *nla;
	u8 family;
	int i;

	must(skb);
	for (i = 0; i < ARRAY_SIZE(families); i++) {
		memset(&addr, 0, sizeof(addr));
		memset(&addr, 0x5a, families[i] == NFPROTO_IPV4 ? 4 : 16);
		nla = (struct nlattr *)skb_tail_pointer(skb);
		is(spinat_nl_put_addr(skb, 7, families[i], &addr), 0, "put");
		is(nla_type(nla), 7, "its type");
		is(spinat_nl_addr(nla, &family, &got, NULL), 0, "read");
		ok(family == families[i] && !memcmp(&got, &addr, sizeof(got)),
		   "what was put is read");
	}
	skb_trim(skb, 0);
	skb_put(skb, skb_tailroom(skb) - 4);
	ok(spinat_nl_put_addr(skb, 7, NFPROTO_IPV4, &addr) < 0,
	   "no room is told");
	kfree_skb(skb);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(lengths),
	KUNIT_CASE(unspecified),
	KUNIT_CASE(round_trip),
	{}
};

static struct kunit_suite suite = {
	.name = "netlink-addresses",
	.test_cases = cases,
};

kunit_test_suite(suite);
