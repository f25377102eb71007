// SPDX-License-Identifier: GPL-2.0
/* The attribute sets of include/netlink/specs/spinat_masq.yaml. */
#include <stddef.h>

#include <linux/spinat_masq.h>

#include "field.h"

static const char *const evidence_word[] = {
	[SPINAT_MASQ_EVIDENCE_UNSPEC] = "unspec",
	[SPINAT_MASQ_EVIDENCE_SERIAL] = "serial",
	[SPINAT_MASQ_EVIDENCE_ONLY] = "only",
	[SPINAT_MASQ_EVIDENCE_ECHO] = "echo",
	[SPINAT_MASQ_EVIDENCE_PINNED] = "pinned",
	NULL
};

static const char *const ambiguous_word[] = {
	[SPINAT_MASQ_AMBIGUOUS_UNSPEC] = "unspec",
	[SPINAT_MASQ_AMBIGUOUS_SERIAL] = "serial",
	[SPINAT_MASQ_AMBIGUOUS_DROP] = "drop",
	NULL
};

static const char *const reason_word[] = {
	[SPINAT_MASQ_REASON_UNSPEC] = "unspec",
	[SPINAT_MASQ_REASON_LEARNED] = "learned",
	[SPINAT_MASQ_REASON_ASKED] = "asked",
	[SPINAT_MASQ_REASON_CORRECTED] = "corrected",
	[SPINAT_MASQ_REASON_MOVED] = "moved",
	[SPINAT_MASQ_REASON_EXPIRED] = "expired",
	[SPINAT_MASQ_REASON_EVICTED] = "evicted",
	[SPINAT_MASQ_REASON_ADDRESS] = "address",
	NULL
};

#define PAIR(attr)	[SPINAT_MASQ_A_PAIR_##attr]
static const struct spinat_field pair_field[] = {
	PAIR(CLIENT) = { "client", "inside address of the client",
			 "CLIENT", .type = SPINAT_ADDR },
	PAIR(SERVER) = { "server", "address of the server",
			 "SERVER", .type = SPINAT_ADDR },
	PAIR(PUBLIC) = { "public", "address that the NAT gives the client",
			 "PUBLIC", .type = SPINAT_ADDR },
	PAIR(OUT_SPI) = { "out-spi", "SPI of packets client to server",
			  "OUT-SPI", .type = SPINAT_SPI },
	PAIR(IN_SPI) = { "in-spi", "SPI of packets server to client",
			 "IN-SPI", .type = SPINAT_SPI },
	PAIR(EVIDENCE) = { "evidence", "why the pair is believed",
			   "EVIDENCE", evidence_word, SPINAT_ENUM },
	PAIR(ZONE) = { "zone", "conntrack zone of the client",
		       "ZONE", .type = SPINAT_U16 },
	PAIR(IDLE) = { "idle", "time since the last packet",
		       "IDLE", .type = SPINAT_U32, .unit = SPINAT_MSEC },
	PAIR(AGE) = { "age", "time since the out-SPI was first seen",
		      "AGE", .type = SPINAT_U32, .unit = SPINAT_MSEC },
	PAIR(OUT_PACKETS) = { "out-packets", "packets with the out-SPI",
			      "OUT", .type = SPINAT_U32 },
	PAIR(IN_PACKETS) = { "in-packets", "packets delivered by the in-SPI",
			     "IN", .type = SPINAT_U32 },
	PAIR(OUT_SEQ) = { "out-seq", "highest ESP sequence number sent",
			  .type = SPINAT_U32 },
	PAIR(HELD) = { "held", "packets that wait for their turn",
		       "HELD", .type = SPINAT_U32 },
	PAIR(POOL_MISMATCH) = { "pool-mismatch",
				"ESP leaves from another address than IKE",
				"NOTE", .type = SPINAT_FLAG },
	PAIR(REASON) = { "reason", "why the pair changed",
			 NULL, reason_word, SPINAT_ENUM,
			 .only = SPINAT_IN_EVENTS },
};

const struct spinat_set spinat_masq_pair = {
	"pair", pair_field, SPINAT_MASQ_A_PAIR_MAX,
	.same = SPINAT_BIT(SPINAT_MASQ_A_PAIR_CLIENT) |
		SPINAT_BIT(SPINAT_MASQ_A_PAIR_SERVER) |
		SPINAT_BIT(SPINAT_MASQ_A_PAIR_PUBLIC),
	.why = "a NAT does not change IPv4 to IPv6",
};

#define CLIENT(attr)	[SPINAT_MASQ_A_CLIENT_##attr]
static const struct spinat_field client_field[] = {
	CLIENT(CLIENT) = { "client", "inside address of the client",
			   "CLIENT", .type = SPINAT_ADDR },
	CLIENT(ZONE) = { "zone", "conntrack zone of all its ESP",
			 "ZONE", .type = SPINAT_U16 },
	CLIENT(SERVERS) = { "servers", "servers that it talks to",
			    "SERVERS", .type = SPINAT_U32 },
	CLIENT(PAIRS) = { "pairs", "out-SPIs, answered or not",
			  "PAIRS", .type = SPINAT_U32 },
	CLIENT(OPEN) = { "open", "out-SPIs never answered",
			 "OPEN", .type = SPINAT_U32 },
	CLIENT(HELD) = { "held", "packets that wait for their turn",
			 "HELD", .type = SPINAT_U32 },
	CLIENT(SPRAYING) = { "spraying", "too many new lengths for a gate",
			     "NOTE", .type = SPINAT_FLAG },
};

const struct spinat_set spinat_masq_client = {
	"client", client_field, SPINAT_MASQ_A_CLIENT_MAX,
};

#define NUMBER(attr, name, help) \
	[SPINAT_MASQ_A_CONFIG_##attr] = { name, help, .type = SPINAT_U32 }
#define ZONE(attr, name, help) \
	[SPINAT_MASQ_A_CONFIG_##attr] = { name, help, .type = SPINAT_U16 }
#define MSEC(attr, name, help) \
	[SPINAT_MASQ_A_CONFIG_##attr] = { name, help, .type = SPINAT_U32, \
					  .unit = SPINAT_MSEC }
#define SEC(attr, name, help) \
	[SPINAT_MASQ_A_CONFIG_##attr] = { name, help, .type = SPINAT_U32, \
					  .unit = SPINAT_SEC }
static const struct spinat_field config_field[] = {
	SEC(PAIR_TIMEOUT, "pair-timeout", "an idle answered pair expires"),
	SEC(OPEN_TIMEOUT, "open-timeout", "an unanswered out-SPI expires"),
	MSEC(ECHO_WINDOW, "echo-window", "a packet to its echo, at most"),
	MSEC(ECHO_PATIENCE, "echo-patience",
	     "a gate's out-SPI without echo, at most"),
	MSEC(TURN_TIME, "turn-time", "an out-SPI waits for its answer"),
	MSEC(TURN_GAP, "turn-gap", "quiet time between two turns"),
	MSEC(HOLD_TIME, "hold-time", "a packet waits for its turn, 0: never"),
	NUMBER(HOLD_CLIENT, "hold-client", "packets held for one client"),
	NUMBER(HOLD_TOTAL, "hold-total", "packets held in all"),
	MSEC(EARLY_TIME, "early-time",
	     "inbound of an unknown in-SPI waits, 0: never"),
	NUMBER(EARLY_BYTES, "early-bytes", "memory of all that waits inbound"),
	NUMBER(CLIENT_PAIRS, "client-pairs", "out-SPIs of one client"),
	NUMBER(CLIENT_OPEN, "client-open", "unanswered out-SPIs of one client"),
	NUMBER(PREFIX_CLIENTS, "prefix-clients", "clients of one IPv6 /64"),
	NUMBER(MAX_PAIRS, "max-pairs", "out-SPIs in all"),
	ZONE(ZONE_MIN, "zone-min", "first conntrack zone to use"),
	ZONE(ZONE_MAX, "zone-max", "last conntrack zone to use"),
	MSEC(ROAM_SILENCE, "roam-silence",
	     "an owner is silent before its out-SPI may move"),
	[SPINAT_MASQ_A_CONFIG_AMBIGUOUS] = {
		"ambiguous", "what to do where only a guess is possible",
		NULL, ambiguous_word, SPINAT_ENUM
	},
};

const struct spinat_set spinat_masq_config = {
	"config", config_field, SPINAT_MASQ_A_CONFIG_MAX,
};

#define COUNT(attr, name, help) \
	[SPINAT_MASQ_A_STATS_##attr] = { name, help, .type = SPINAT_U64 }
#define GAUGE(attr, name, help) \
	[SPINAT_MASQ_A_STATS_##attr] = { name, help, .type = SPINAT_U32 }
static const struct spinat_field stats_field[] = {
	COUNT(OUT_PACKETS, "out-packets", "outbound, put into a client's zone"),
	COUNT(IN_PACKETS, "in-packets", "inbound, delivered by a known in-SPI"),
	COUNT(ICMP_ERRORS, "icmp-errors", "ICMP errors given to a client"),
	COUNT(LEARN_OPEN, "learn-open", "new out-SPIs"),
	COUNT(LEARN_ONLY, "learn-only", "pairs: no other client there"),
	COUNT(LEARN_SERIAL, "learn-serial", "pairs: guessed by the turn"),
	COUNT(LEARN_ECHO, "learn-echo", "pairs: lengths came back"),
	COUNT(LEARN_PINNED, "learn-pinned", "pairs: set by netlink"),
	COUNT(CORRECT, "correct", "in-SPIs taken from a wrong client"),
	COUNT(WRONG_PACKETS, "wrong-packets", "delivered by a wrong guess"),
	COUNT(DELIVER_ONLY, "deliver-only", "given to the only client, no pair"),
	COUNT(MOVE, "move", "out-SPIs that went on from another address"),
	COUNT(MOVE_BACK, "move-back", "moved out-SPIs that came back"),
	COUNT(ADDRESS_CHANGE, "address-change", "changes of a NAT address"),
	COUNT(EXPIRE, "expire", "out-SPIs removed because idle"),
	COUNT(EVICT, "evict", "out-SPIs or clients removed under a cap"),
	COUNT(HOLD, "hold", "packets held for their turn"),
	COUNT(RELEASE, "release", "held packets sent on"),
	COUNT(EARLY_HOLD, "early-hold", "inbound held, in-SPI not known yet"),
	COUNT(EARLY_RELEASE, "early-release", "such packets delivered later"),
	COUNT(TURN, "turn", "turns given"),
	COUNT(TURN_MISSED, "turn-missed", "turns without an answer"),
	COUNT(UNTOUCHED, "untouched", "ESP flows that no NAT rule rewrites"),
	COUNT(OWN, "own", "inbound for an SA of the router itself"),
	COUNT(UNKNOWN, "unknown", "inbound that no client waited for"),
	COUNT(POOL_MISMATCH, "pool-mismatch",
	      "clients whose ESP and IKE addresses differ"),
	COUNT(DROP_WAIT, "drop-wait", "inbound, in-SPI waits for evidence"),
	COUNT(DROP_EARLY, "drop-early", "inbound, was held in vain"),
	COUNT(DROP_AMBIGUOUS, "drop-ambiguous", "inbound, owner not known"),
	COUNT(DROP_GUARD, "drop-guard", "inbound, client has no entry yet"),
	COUNT(DROP_REFUSED, "drop-refused", "outbound, SPI of another client"),
	COUNT(DROP_HELD, "drop-held", "held for too long"),
	COUNT(DROP_HOLD_FULL, "drop-hold-full", "outbound, too many are held"),
	COUNT(DROP_FULL, "drop-full", "outbound, a cap is reached"),
	COUNT(DROP_ZONE, "drop-zone", "first packets, no zone"),
	COUNT(ZONE_FULL, "zone-full", "clients left to stock conntrack, no zone"),
	COUNT(DROP_NOMEM, "drop-nomem", "outbound, no memory"),
	GAUGE(CLIENTS, "clients", "clients now"),
	GAUGE(PAIRS, "pairs", "out-SPIs now"),
	GAUGE(HELD, "held", "packets held for their turn now"),
	GAUGE(EARLY, "early", "inbound packets held now"),
};

const struct spinat_set spinat_masq_stats = {
	"stats", stats_field, SPINAT_MASQ_A_STATS_MAX,
};
