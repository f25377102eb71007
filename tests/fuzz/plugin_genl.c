// SPDX-License-Identifier: GPL-2.0
/*
 * What the charon plugin reads of the kernel's answers and events: any bytes, as
 * of a module of another version, or a kernel that has lost its mind. Nothing is
 * read beyond what came, and a request comes to an end.
 */
#include "plugin_lib.h"

#include "spinat_genl.h"
#include "spinat_netlink.h"

/* its functions are static, and it wants a thread */
#include "spinat_events.c"

enum { DONE, REFUSED, SENTENCE, FAMILY, PROVED, TUNNELS, EVENT, LOADED };

struct fuzz_reached fuzz_reached[] = {
	[DONE] = { "a request that is done" },
	[REFUSED] = { "one that is refused" },
	[SENTENCE] = { "the kernel's sentence" },
	[FAMILY] = { "a family" },
	[PROVED] = { "an epoch that is proved" },
	[TUNNELS] = { "a list of tunnels" },
	[EVENT] = { "an event" },
	[LOADED] = { "a module that was loaded" },
	{}
};

static struct fuzz_input *input;
static uint32_t asked;
static void *poisoned;
static size_t poisoned_len;

void __asan_poison_memory_region(const volatile void *p, size_t len);
void __asan_unpoison_memory_region(const volatile void *p, size_t len);

/* No socket */

struct mnl_socket *mnl_socket_open2(int bus, int flags)
{
	return (struct mnl_socket *)&input;
}

int mnl_socket_bind(struct mnl_socket *nl, unsigned int groups, pid_t pid)
{
	return 0;
}

int mnl_socket_close(struct mnl_socket *nl)
{
	return 0;
}

int mnl_socket_get_fd(const struct mnl_socket *nl)
{
	return -1;
}

int mnl_socket_setsockopt(const struct mnl_socket *nl, int type, void *buf,
			  socklen_t len)
{
	return 0;
}

ssize_t mnl_socket_sendto(const struct mnl_socket *nl, const void *request,
			  size_t len)
{
	asked = ((const struct nlmsghdr *)request)->nlmsg_seq;
	return len;
}

static void readable_again(void)
{
	if (poisoned)
		__asan_unpoison_memory_region(poisoned, poisoned_len);
	poisoned = NULL;
}

/* Messages that end where the next one begins: what frames them is libmnl's */
static void frame(void *buf, size_t len)
{
	struct nlmsghdr *nlh;
	size_t i;

	for (i = 0; i + sizeof(*nlh) <= len; i += NLMSG_ALIGN(nlh->nlmsg_len)) {
		nlh = (struct nlmsghdr *)((char *)buf + i);
		nlh->nlmsg_len = sizeof(*nlh) + (nlh->nlmsg_len & 0xff);
		if (nlh->nlmsg_len > len - i)
			nlh->nlmsg_len = len - i;
		if (!(nlh->nlmsg_seq & 1))
			nlh->nlmsg_seq = asked;
	}
}

/* The next part, and its length before it */
ssize_t mnl_socket_recvfrom(const struct mnl_socket *nl, void *buf, size_t size)
{
	size_t len = fuzz_u8(input);

	readable_again();
	if (!fuzz_left(input)) {
		errno = ENOBUFS;
		return -1;
	}
	if (len > fuzz_left(input))
		len = fuzz_left(input);
	memcpy(buf, input->at, len);
	input->at += len;
	frame(buf, len);
	poisoned = (char *)buf + NLMSG_ALIGN(len);
	poisoned_len = size - NLMSG_ALIGN(len);
	__asan_poison_memory_region(poisoned, poisoned_len);
	return len;
}

static void request(uint8_t what)
{
	spinat_netlink_t *netlink = spinat_netlink_create();
	linked_list_t *names = linked_list_create();
	host_t *peer = host_create_from_string("192.0.2.1", 0);
	status_t status;

	plugin_logged = 0;
	switch (what & 3) {
	case 0:
		status = netlink->get_tunnels(netlink, names);
		if (names->get_count(names))
			reached(TUNNELS);
		break;
	case 1:
		status = netlink->is_proved(netlink, peer, 1) ? SUCCESS :
								FAILED;
		if (status == SUCCESS)
			reached(PROVED);
		break;
	case 2:
		status = netlink->del_tunnel(netlink, "one");
		break;
	default:
		status = netlink->open_epoch(netlink, peer, 1);
	}
	reached(status == SUCCESS ? DONE : REFUSED);
	names->destroy_function(names, free);
	peer->destroy(peer);
	netlink->destroy(netlink);
}

static void family(void)
{
	struct mnl_socket *nl = spinat_genl_open();
	char buf[MNL_SOCKET_BUFFER_SIZE], why[SPINAT_GENL_WHY] = "";
	struct nlmsghdr *nlh;
	uint32_t group;

	if (spinat_genl_family(nl, "spinat_epoch", "epochs", &group) && group)
		reached(FAMILY);
	nlh = spinat_genl_begin(buf, 1, 1, NLM_F_ACK);
	if (spinat_genl_talk(nl, nlh, NULL, NULL, why)) {
		claim(memchr(why, 0, sizeof(why)), "a sentence without an end");
		if (why[0] == '*')
			reached(SENTENCE);
	}
	mnl_socket_close(nl);
}

static void told(void *data, spinat_event_t *event)
{
	if (!event) {
		reached(LOADED);
		return;
	}
	claim(event->tunnel && event->peer, "an event of nobody");
	/* all of it is there */
	plugin_logged += strlen(event->tunnel);
	reached(EVENT);
}

/* As it would come from the socket, in memory of exactly its size */
static void events(struct fuzz_input *in)
{
	private_spinat_events_t this = { .cb = told, .family = 0x20 };
	size_t len = 1 + fuzz_u8(in);
	uint8_t *bytes = fuzz_bytes(in, &len);

	frame(bytes, len);
	mnl_cb_run(bytes, len, 0, 0, handle, &this);
	readable_again();
	free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, data + size };
	uint8_t what;

	plugin_begin();
	input = &in;
	while (fuzz_left(&in)) {
		what = fuzz_u8(&in);
		if (what & 8)
			events(&in);
		else if (what & 4)
			family();
		else
			request(what);
		readable_again();
	}
	return 0;
}
