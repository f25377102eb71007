/* SPDX-License-Identifier: GPL-2.0 */

#include "spinat_message.h"

#include <daemon.h>
#include <encoding/payloads/notify_payload.h>
#include <encoding/payloads/vendor_id_payload.h>

/**
 * MD5("spinat: plain ESP through NAT, version 1")
 */
static const chunk_t vendor_id = chunk_from_chars(
	0x35,0x44,0x53,0x68,0x79,0xe5,0xb5,0x20,
	0x5d,0x8c,0xd7,0x10,0xc5,0x5e,0x83,0xfd,
);

/**
 * Vendor IDs of IKEv1 that make a peer send NAT-D payloads: RFC 3947 and the
 * drafts 03, 02, 02 as it was published with a line feed in the hash, and 00.
 */
static const chunk_t natt_vendor_ids[] = {
	chunk_from_chars(0x4a,0x13,0x1c,0x81,0x07,0x03,0x58,0x45,
					 0x5c,0x57,0x28,0xf2,0x0e,0x95,0x45,0x2f),
	chunk_from_chars(0x7d,0x94,0x19,0xa6,0x53,0x10,0xca,0x6f,
					 0x2c,0x17,0x9d,0x92,0x15,0x52,0x9d,0x56),
	chunk_from_chars(0xcd,0x60,0x46,0x43,0x35,0xdf,0x21,0xf8,
					 0x7c,0xfd,0xb2,0xfc,0x68,0xb6,0xa4,0x48),
	chunk_from_chars(0x90,0xcb,0x80,0x91,0x3e,0xbb,0x69,0x6e,
					 0x08,0x63,0x81,0xb5,0xec,0x42,0x7b,0x1f),
	chunk_from_chars(0x44,0x85,0x15,0x2d,0x18,0xb6,0xbb,0xcd,
					 0x0b,0xe8,0xa8,0x46,0x95,0x79,0xdd,0xcc),
};

/**
 * What the NAT detection notifies of a message tell.
 */
typedef struct {
	/** there is a hash of the source, our peer's address */
	bool src_seen;
	/** there is a hash of the destination, our address */
	bool dst_seen;
	/** our peer's address is the one it knows itself by */
	bool src_matched;
	/** our address is the one the peer knows us by */
	bool dst_matched;
} nat_detection_t;

/*
 * Described in header
 */
bool spinat_message_opens(message_t *message)
{
	switch (message->get_exchange_type(message))
	{
		case IKE_SA_INIT:
			return message->get_payload(message,
										PLV2_SECURITY_ASSOCIATION) != NULL;
		case ID_PROT:
		case AGGRESSIVE:
			return message->get_payload(message,
										PLV1_SECURITY_ASSOCIATION) != NULL;
		default:
			return FALSE;
	}
}

/*
 * Described in header
 */
void spinat_message_add_vendor_id(message_t *message)
{
	vendor_id_payload_t *vid;
	payload_type_t type;

	type = message->get_major_version(message) == IKEV1_MAJOR_VERSION
		 ? PLV1_VENDOR_ID : PLV2_VENDOR_ID;
	vid = vendor_id_payload_create_data(type, chunk_clone(vendor_id));
	message->add_payload(message, &vid->payload_interface);
}

/**
 * Check if a payload is the vendor ID of this plugin.
 */
static bool is_vendor_id(payload_t *payload)
{
	vendor_id_payload_t *vid = (vendor_id_payload_t*)payload;
	payload_type_t type = payload->get_type(payload);

	return (type == PLV1_VENDOR_ID || type == PLV2_VENDOR_ID) &&
			chunk_equals(vid->get_data(vid), vendor_id);
}

/**
 * Check if an IKEv1 vendor ID announces NAT traversal.
 */
static bool is_natt_vendor_id(vendor_id_payload_t *vid)
{
	int i;

	for (i = 0; i < countof(natt_vendor_ids); i++)
	{
		if (chunk_equals(vid->get_data(vid), natt_vendor_ids[i]))
		{
			return TRUE;
		}
	}
	return FALSE;
}

/**
 * Check if a payload helps to detect a NAT.
 */
static bool detects_nat(payload_t *payload)
{
	notify_payload_t *notify;

	switch (payload->get_type(payload))
	{
		case PLV2_NOTIFY:
			notify = (notify_payload_t*)payload;
			switch (notify->get_notify_type(notify))
			{
				case NAT_DETECTION_SOURCE_IP:
				case NAT_DETECTION_DESTINATION_IP:
					return TRUE;
				default:
					return FALSE;
			}
		case PLV1_VENDOR_ID:
			return is_natt_vendor_id((vendor_id_payload_t*)payload);
		case PLV1_NAT_D:
		case PLV1_NAT_D_DRAFT_00_03:
			return TRUE;
		default:
			return FALSE;
	}
}

/**
 * Remove all payloads a function selects, tell if there were any.
 */
static bool remove_payloads(message_t *message, bool (*select)(payload_t*))
{
	enumerator_t *enumerator;
	payload_t *payload;
	bool found = FALSE;

	enumerator = message->create_payload_enumerator(message);
	while (enumerator->enumerate(enumerator, &payload))
	{
		if (select(payload))
		{
			message->remove_payload_at(message, enumerator);
			payload->destroy(payload);
			found = TRUE;
		}
	}
	enumerator->destroy(enumerator);
	return found;
}

/*
 * Described in header
 */
bool spinat_message_take_vendor_id(message_t *message)
{
	return remove_payloads(message, is_vendor_id);
}

/*
 * Described in header
 */
void spinat_message_hide_nat(message_t *message)
{
	remove_payloads(message, detects_nat);
}

/**
 * Hash an address like a NAT detection notify does, RFC 7296, section 2.23.
 */
static chunk_t hash_address(hasher_t *hasher, message_t *message, host_t *host)
{
	ike_sa_id_t *id = message->get_ike_sa_id(message);
	uint64_t spi_i = id->get_initiator_spi(id);
	uint64_t spi_r = id->get_responder_spi(id);
	uint16_t port = htons(host->get_port(host));
	chunk_t data, hash;

	data = chunk_cata("cccc", chunk_from_thing(spi_i), chunk_from_thing(spi_r),
					  host->get_address(host), chunk_from_thing(port));
	return hasher->allocate_hash(hasher, data, &hash) ? hash : chunk_empty;
}

/**
 * Compare the NAT detection notifies with the addresses of the message.
 */
static void detect_nat(message_t *message, chunk_t src, chunk_t dst,
					   nat_detection_t *natd)
{
	enumerator_t *enumerator;
	notify_payload_t *notify;
	payload_t *payload;
	chunk_t data;

	enumerator = message->create_payload_enumerator(message);
	while (enumerator->enumerate(enumerator, &payload))
	{
		if (payload->get_type(payload) != PLV2_NOTIFY)
		{
			continue;
		}
		notify = (notify_payload_t*)payload;
		data = notify->get_notification_data(notify);
		switch (notify->get_notify_type(notify))
		{
			case NAT_DETECTION_SOURCE_IP:
				natd->src_seen = TRUE;
				natd->src_matched |= chunk_equals(data, src);
				break;
			case NAT_DETECTION_DESTINATION_IP:
				natd->dst_seen = TRUE;
				natd->dst_matched |= chunk_equals(data, dst);
				break;
			default:
				break;
		}
	}
	enumerator->destroy(enumerator);
}

/**
 * Set the NAT conditions, but not the one that turns on encapsulation.
 */
static void set_nat_conditions(message_t *message, ike_sa_t *ike_sa,
							   nat_detection_t *natd)
{
	ike_cfg_t *ike_cfg = ike_sa->get_ike_cfg(ike_sa);

	/* charon itself has to see that our NAT is gone when it gets a response,
	 * for it starts an address update then */
	if (message->get_request(message) || !natd->dst_matched)
	{
		ike_sa->set_condition(ike_sa, COND_NAT_HERE, !natd->dst_matched);
	}
	ike_sa->set_condition(ike_sa, COND_NAT_THERE, !natd->src_matched);
	if (natd->src_matched && natd->dst_matched &&
		ike_cfg->force_encap(ike_cfg))
	{
		ike_sa->set_condition(ike_sa, COND_NAT_FAKE, TRUE);
	}
	ike_sa->set_condition(ike_sa, COND_NAT_ANY, FALSE);
}

/*
 * Described in header
 */
void spinat_message_apply_nat(message_t *message, ike_sa_t *ike_sa)
{
	nat_detection_t natd = {};
	hasher_t *hasher;
	chunk_t src, dst;

	hasher = lib->crypto->create_hasher(lib->crypto, HASH_SHA1);
	if (!hasher)
	{	/* then charon does no NAT detection either */
		return;
	}
	src = hash_address(hasher, message, message->get_source(message));
	dst = hash_address(hasher, message, message->get_destination(message));
	hasher->destroy(hasher);
	detect_nat(message, src, dst, &natd);
	chunk_free(&src);
	chunk_free(&dst);

	if (natd.src_seen && natd.dst_seen)
	{
		set_nat_conditions(message, ike_sa, &natd);
	}
}
