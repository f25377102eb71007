// SPDX-License-Identifier: GPL-2.0
/*
 * What the charon plugin does to IKE messages, which anybody may send: those that
 * charon can parse, and some that are made of payloads it looks for. What it has
 * to remove is gone then, and nothing else; no NAT turns on UDP encapsulation.
 */
#include "plugin_lib.h"

#include <encoding/payloads/notify_payload.h>
#include <encoding/payloads/vendor_id_payload.h>

#include "spinat_message.h"

enum { PARSED, OPENS, AGREED, HIDDEN, HERE, THERE, NO_NAT, FAKE };

struct fuzz_reached fuzz_reached[] = {
	[PARSED] = { "a message of bytes" },
	[OPENS] = { "a message that opens an IKE_SA" },
	[AGREED] = { "the vendor ID" },
	[HIDDEN] = { "a NAT hidden" },
	[HERE] = { "a NAT here" },
	[THERE] = { "a NAT there" },
	[NO_NAT] = { "no NAT" },
	[FAKE] = { "a NAT that is only said" },
	{}
};

/* A hash that is none, but tells inputs apart */

static bool allocate_hash(hasher_t *this, chunk_t data, chunk_t *hash)
{
	uint32_t h = 1;
	size_t i;

	for (i = 0; i < data.len; i++)
		h = (h ^ data.ptr[i]) * 0x01000193;
	*hash = chunk_clone(chunk_from_thing(h));
	return TRUE;
}

static void hasher_destroy(hasher_t *this)
{
}

static hasher_t *hasher_make(hash_algorithm_t algo)
{
	static hasher_t hasher = {
		.allocate_hash = allocate_hash, .destroy = hasher_destroy,
	};

	return &hasher;
}

/* The IKE_SA, as far as it is asked */

static bool forced;
static int8_t here, there, fake, any;

static bool force_encap(ike_cfg_t *this)
{
	return forced;
}

static ike_cfg_t *get_ike_cfg(ike_sa_t *this)
{
	static ike_cfg_t cfg = { .force_encap = force_encap };

	return &cfg;
}

static void set_condition(ike_sa_t *this, ike_condition_t condition, bool on)
{
	switch (condition) {
	case COND_NAT_HERE:
		here = on;
		break;
	case COND_NAT_THERE:
		there = on;
		break;
	case COND_NAT_FAKE:
		fake = on;
		break;
	case COND_NAT_ANY:
		any = on;
		break;
	default:
		claim(false, "condition %d is not ours", condition);
	}
}

static ike_sa_t ike_sa = {
	.get_ike_cfg = get_ike_cfg, .set_condition = set_condition,
};

/* Addresses of a message as received */

static host_t *address(uint8_t last)
{
	uint8_t bytes[] = { 192, 0, 2, last };

	return host_create_from_chunk(AF_INET, chunk_from_thing(bytes), 500);
}

static message_t *message_parse(struct fuzz_input *in)
{
	size_t len = fuzz_left(in);
	uint8_t *bytes = fuzz_bytes(in, &len);
	chunk_t data = chunk_clone(chunk_create(bytes, len));
	message_t *message;
	packet_t *packet;

	free(bytes);
	packet = packet_create_from_data(address(1), address(2), data);
	message = message_create_from_packet(packet);
	if (message->parse_header(message) == SUCCESS &&
	    message->parse_body(message, NULL) == SUCCESS) {
		reached(PARSED);
		return message;
	}
	message->destroy(message);
	return NULL;
}

static void add_hash(message_t *message, notify_type_t type, uint8_t last,
		     bool right)
{
	ike_sa_id_t *id = message->get_ike_sa_id(message);
	uint64_t spi_i = id->get_initiator_spi(id);
	uint64_t spi_r = id->get_responder_spi(id);
	host_t *host = address(last);
	uint16_t port = htons(500);
	chunk_t data, hash;

	data = chunk_cata("cccc", chunk_from_thing(spi_i),
			  chunk_from_thing(spi_r), host->get_address(host),
			  chunk_from_thing(port));
	allocate_hash(NULL, data, &hash);
	if (!right)
		hash.ptr[0] ^= 1;
	message->add_notify(message, FALSE, type, hash);
	chunk_free(&hash);
	host->destroy(host);
}

static void add_one(struct fuzz_input *in, message_t *message, bool v1)
{
	vendor_id_payload_t *vid;
	uint8_t what = fuzz_u8(in);
	size_t len = what >> 4;
	uint8_t *bytes;

	switch (what & 7) {
	case 0:
	case 1:
		add_hash(message, NAT_DETECTION_SOURCE_IP, 1, what & 1);
		break;
	case 2:
	case 3:
		add_hash(message, NAT_DETECTION_DESTINATION_IP, 2, what & 1);
		break;
	case 4:
		spinat_message_add_vendor_id(message);
		break;
	default:
		bytes = fuzz_bytes(in, &len);
		vid = vendor_id_payload_create_data(v1 ? PLV1_VENDOR_ID :
						    PLV2_VENDOR_ID,
				chunk_clone(chunk_create(bytes, len)));
		message->add_payload(message, &vid->payload_interface);
		free(bytes);
	}
}

static message_t *message_make(struct fuzz_input *in)
{
	uint8_t how = fuzz_u8(in);
	bool v1 = how & 1;
	message_t *message = message_create(v1 ? IKEV1_MAJOR_VERSION :
					    IKEV2_MAJOR_VERSION, 0);
	ike_sa_id_t *id = ike_sa_id_create(v1 ? IKEV1_MAJOR_VERSION :
					   IKEV2_MAJOR_VERSION, how, how >> 4,
					   FALSE);

	message->set_ike_sa_id(message, id);
	id->destroy(id);
	message->set_source(message, address(1));
	message->set_destination(message, address(2));
	message->set_exchange_type(message, v1 ? ID_PROT : IKE_SA_INIT);
	message->set_request(message, how & 2);
	while (fuzz_left(in))
		add_one(in, message, v1);
	return message;
}

/* Payloads in their order, but for those that detect a NAT; whether there are
 * such goes to @detects
 */
static unsigned int others(message_t *message, payload_t **list,
			   unsigned int max, bool *detects)
{
	enumerator_t *enumerator;
	notify_payload_t *notify;
	payload_t *payload;
	unsigned int n = 0;

	*detects = false;
	enumerator = message->create_payload_enumerator(message);
	while (enumerator->enumerate(enumerator, &payload)) {
		notify = (notify_payload_t *)payload;
		if (payload->get_type(payload) == PLV1_NAT_D ||
		    payload->get_type(payload) == PLV1_NAT_D_DRAFT_00_03 ||
		    (payload->get_type(payload) == PLV2_NOTIFY &&
		     (notify->get_notify_type(notify) ==
		      NAT_DETECTION_SOURCE_IP ||
		      notify->get_notify_type(notify) ==
		      NAT_DETECTION_DESTINATION_IP)))
			*detects = true;
		else if (payload->get_type(payload) != PLV1_VENDOR_ID &&
			 n < max)
			list[n++] = payload;
	}
	enumerator->destroy(enumerator);
	return n;
}

static void nat_judge(message_t *message)
{
	here = there = fake = any = -1;
	spinat_message_apply_nat(message, &ike_sa);
	if (any == -1) {
		claim(here == -1 && there == -1 && fake == -1,
		      "conditions without both hashes");
		return;
	}
	claim(!any, "a NAT that turns on encapsulation");
	claim(there >= 0 && (here >= 0 || !message->get_request(message)),
	      "a side that nothing is said of");
	claim(fake != 1 || (forced && here != 1 && !there),
	      "a NAT that nobody wants is said to be there");
	if (here == 1)
		reached(HERE);
	if (there == 1)
		reached(THERE);
	if (here != 1 && !there)
		reached(NO_NAT);
	if (fake == 1)
		reached(FAKE);
}

static void message_judge(message_t *message)
{
	payload_t *before[64], *after[64];
	unsigned int n;
	bool detects;

	if (spinat_message_opens(message))
		reached(OPENS);
	nat_judge(message);
	if (spinat_message_take_vendor_id(message)) {
		reached(AGREED);
		claim(!spinat_message_take_vendor_id(message),
		      "the vendor ID is there still");
	}
	n = others(message, before, countof(before), &detects);
	spinat_message_hide_nat(message);
	if (detects)
		reached(HIDDEN);
	claim(others(message, after, countof(after), &detects) == n &&
	      !memcmp(before, after, n * sizeof(before[0])),
	      "payloads went that had to stay");
	claim(!detects, "what detects a NAT is there still");
	nat_judge(message);
	claim(any == -1, "a NAT in a message without hashes");
	spinat_message_add_vendor_id(message);
	claim(spinat_message_take_vendor_id(message), "no vendor ID was added");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, data + size };
	static bool begun;
	message_t *message;
	uint8_t how;

	plugin_begin();
	if (!begun)
		lib->crypto->add_hasher(lib->crypto, HASH_SHA1, "fuzz",
					hasher_make);
	begun = true;
	how = fuzz_u8(&in);
	forced = how & 1;
	message = how & 2 ? message_parse(&in) : message_make(&in);
	if (message) {
		message_judge(message);
		message->destroy(message);
	}
	return 0;
}
