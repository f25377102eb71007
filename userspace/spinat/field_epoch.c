// SPDX-License-Identifier: GPL-2.0
/* The attribute sets of include/netlink/specs/spinat_epoch.yaml. */
#include <stddef.h>

#include <linux/spinat_epoch.h>

#include "field.h"

static const char *const role_word[] = {
	[SPINAT_EPOCH_ROLE_UNSPEC] = "unspec",
	[SPINAT_EPOCH_ROLE_CLIENT] = "client",
	[SPINAT_EPOCH_ROLE_SERVER] = "server",
	NULL
};

static const char *const on_ceiling_word[] = {
	[SPINAT_EPOCH_ON_CEILING_UNSPEC] = "unspec",
	[SPINAT_EPOCH_ON_CEILING_OPEN] = "open",
	[SPINAT_EPOCH_ON_CEILING_DROP] = "drop",
	NULL
};

static const char *const state_word[] = {
	[SPINAT_EPOCH_STATE_UNSPEC] = "unspec",
	[SPINAT_EPOCH_STATE_BORN] = "born",
	[SPINAT_EPOCH_STATE_HELD] = "held",
	[SPINAT_EPOCH_STATE_OPEN] = "open",
	[SPINAT_EPOCH_STATE_STALE] = "stale",
	[SPINAT_EPOCH_STATE_DEAD] = "dead",
	NULL
};

static const char *const event_word[] = {
	[SPINAT_EPOCH_EVENT_UNSPEC] = "unspec",
	[SPINAT_EPOCH_EVENT_BORN] = "born",
	[SPINAT_EPOCH_EVENT_ANNOUNCED] = "announced",
	[SPINAT_EPOCH_EVENT_PROVED] = "proved",
	[SPINAT_EPOCH_EVENT_STALE] = "stale",
	[SPINAT_EPOCH_EVENT_DEAD] = "dead",
	[SPINAT_EPOCH_EVENT_CEILING] = "ceiling",
	[SPINAT_EPOCH_EVENT_REKEY] = "rekey",
	[SPINAT_EPOCH_EVENT_SESSION] = "session",
	[SPINAT_EPOCH_EVENT_ASKED] = "asked",
	[SPINAT_EPOCH_EVENT_GONE] = "gone",
	[SPINAT_EPOCH_EVENT_HEARD] = "heard",
	NULL
};

static const char *const proved_note[] = { "unproved", "" };

#define TUNNEL(attr)	[SPINAT_EPOCH_A_TUNNEL_##attr]
#define EPOCH(attr)	[SPINAT_EPOCH_A_EPOCH_##attr]
/* The rest of a row, by type. */
#define TEXT(name, column, help) \
	{ name, help, column, .type = SPINAT_NAME }
#define ADDR(name, column, help) \
	{ name, help, column, .type = SPINAT_ADDR }
#define SPI(name, column, help) \
	{ name, help, column, .type = SPINAT_SPI }
#define WORD(name, column, words, help) \
	{ name, help, column, words, SPINAT_ENUM }
#define NUMBER(name, column, help) \
	{ name, help, column, .type = SPINAT_U32 }
#define MSEC(name, column, help) \
	{ name, help, column, .type = SPINAT_U32, .unit = SPINAT_MSEC }
#define LARGE(name, column, help) \
	{ name, help, column, .type = SPINAT_U64 }

static const struct spinat_field tunnel_field[] = {
	TUNNEL(NAME) = TEXT("name", "NAME", "its name"),
	TUNNEL(PEER) = ADDR("peer", "PEER", "outer address of the peer"),
	TUNNEL(ROLE) = WORD("role", "ROLE", role_word,
			    "client: pings; server: waits for the client"),
	TUNNEL(TARGET) = ADDR("target", "TARGET", "inner address to ping"),
	TUNNEL(SOURCE) = ADDR("source", "SOURCE",
			      "inner address to ping from"),
	TUNNEL(IF_ID) = NUMBER("if-id", NULL,
			       "xfrm interface of the SAs, 0: none"),
	TUNNEL(MARK) = NUMBER("mark", NULL, "mark of the SAs, 0: none"),
	TUNNEL(PING_MIN) = MSEC("ping-min", NULL, "between the first tries"),
	TUNNEL(PING_MAX) = MSEC("ping-max", NULL, "between later tries"),
	TUNNEL(TRIES) = NUMBER("tries", NULL,
			       "tries before new SAs are asked for"),
	TUNNEL(STALE_AFTER) = MSEC("stale-after", NULL,
				   "data sent, nothing received, 0: never stale"),
	TUNNEL(IDLE_INTERVAL) = MSEC("idle-interval", NULL,
				     "between pings without traffic, 0: none"),
	TUNNEL(CEILING) = MSEC("ceiling", NULL, "data is held, at most"),
	TUNNEL(ON_CEILING) = WORD("on-ceiling", NULL, on_ceiling_word,
				  "what happens to data after that"),
	TUNNEL(REKEYS) = NUMBER("rekeys", NULL,
				"requests for new SAs before a new session"),
	TUNNEL(RETRY) = MSEC("retry", NULL,
			     "wait for new SAs, the first time; doubles"),
	TUNNEL(RETRY_MAX) = MSEC("retry-max", NULL,
				 "wait for new SAs, at most"),
	TUNNEL(HOLD_PACKETS) = NUMBER("hold-packets", NULL,
				      "packets held by one epoch"),
	TUNNEL(HOLD_BYTES) = { "hold-bytes", "memory of those packets",
			       .type = SPINAT_U32, .unit = SPINAT_BYTE },
	TUNNEL(BUDGET) = { "budget", "for pings in 30 days, 0: any",
			   .type = SPINAT_U64, .unit = SPINAT_BYTE },
	TUNNEL(EPOCHS) = NUMBER("epochs", "EPOCHS", "its epochs now"),
	TUNNEL(FAILURES) = NUMBER("failures", "FAILURES",
				  "requests for new SAs since the last proof"),
	TUNNEL(IDLE_NOW) = MSEC("idle-now", "IDLE-NOW",
				"idle-interval as stretched by the budget"),
	TUNNEL(MONTH_BYTES) = { "month-bytes", "cost of pings in these 30 days",
				"MONTH-BYTES", .type = SPINAT_U64,
				.unit = SPINAT_BYTE },
	TUNNEL(PING_BYTES) = { "ping-bytes", "cost of pings since it exists",
			       .type = SPINAT_U64, .unit = SPINAT_BYTE },
	TUNNEL(PINGS) = LARGE("pings", "PINGS", "control pings sent"),
	TUNNEL(PROOFS) = LARGE("proofs", "PROOFS",
			       "control pings that came back"),
};

const struct spinat_set spinat_epoch_tunnel = {
	"tunnel", tunnel_field, SPINAT_EPOCH_A_TUNNEL_MAX,
	.same = SPINAT_BIT(SPINAT_EPOCH_A_TUNNEL_TARGET) |
		SPINAT_BIT(SPINAT_EPOCH_A_TUNNEL_SOURCE),
	.why = "a ping has one",
};

static const struct spinat_field epoch_field[] = {
	EPOCH(TUNNEL) = TEXT("tunnel", "TUNNEL", "name of its tunnel"),
	EPOCH(PEER) = ADDR("peer", "PEER", "outer address of the peer"),
	EPOCH(LOCAL) = ADDR("local", NULL, "own outer address"),
	EPOCH(OUT_SPI) = SPI("out-spi", "OUT-SPI", "SPI of the SA to the peer"),
	EPOCH(IN_SPI) = SPI("in-spi", "IN-SPI", "SPI of the SA from the peer"),
	EPOCH(TARGET) = ADDR("target", NULL, "inner address to ping"),
	EPOCH(SOURCE) = ADDR("source", NULL, "inner address to ping from"),
	EPOCH(STATE) = WORD("state", "STATE", state_word, "of its gate"),
	EPOCH(PROVED) = { "proved", "it was proved at least once",
			  "NOTE", proved_note, SPINAT_FLAG },
	EPOCH(LENGTHS_HIDDEN) = { "lengths-hidden",
				  "a NAT cannot tell the pings by length",
				  "NOTE", .type = SPINAT_FLAG },
	EPOCH(AGE) = MSEC("age", "AGE", "since its birth"),
	EPOCH(STATE_AGE) = MSEC("state-age", NULL, "in this state"),
	EPOCH(SENT_AGO) = MSEC("sent-ago", "SENT",
			       "since data was sent or held"),
	EPOCH(RECEIVED_AGO) = MSEC("received-ago", "RECEIVED",
				   "since a packet came in"),
	EPOCH(TRIES) = NUMBER("tries", NULL, "tries without answer now"),
	EPOCH(RTT) = { "rtt", "the last proof took", "RTT",
		       .type = SPINAT_U32, .unit = SPINAT_USEC },
	EPOCH(STALL) = MSEC("stall", NULL,
			    "the first held packet waited"),
	EPOCH(HELD) = NUMBER("held", "HELD", "packets held now"),
	EPOCH(HELD_BYTES) = { "held-bytes", "memory they take",
			      .type = SPINAT_U32, .unit = SPINAT_BYTE },
	EPOCH(HELD_TOTAL) = NUMBER("held-total", NULL, "packets ever held"),
	EPOCH(HELD_DROPPED) = NUMBER("held-dropped", NULL,
				     "packets dropped at the gate"),
	EPOCH(PINGS) = NUMBER("pings", "PINGS", "control pings sent"),
	EPOCH(PROOFS) = NUMBER("proofs", "PROOFS",
			       "control pings that came back"),
	EPOCH(ANSWERS) = NUMBER("answers", NULL,
				"control pings of the peer answered"),
	EPOCH(REFUSED) = NUMBER("refused", NULL,
				"forged, replayed or misdirected ones"),
	EPOCH(EVENT) = { "event", "why it is told", NULL, event_word,
			 SPINAT_ENUM, .only = SPINAT_IN_EVENTS },
	EPOCH(FAILURES) = { "failures", "failures of its tunnel",
			    .type = SPINAT_U32, .only = SPINAT_IN_EVENTS },
	[SPINAT_EPOCH_WAIT] = { "wait", "for a proof, at most",
				.type = SPINAT_U32, .unit = SPINAT_MSEC,
				.only = SPINAT_AS_KEY },
};

const struct spinat_set spinat_epoch_epoch = {
	"epoch", epoch_field, SPINAT_EPOCH_WAIT,
	.same = SPINAT_BIT(SPINAT_EPOCH_A_EPOCH_TARGET) |
		SPINAT_BIT(SPINAT_EPOCH_A_EPOCH_SOURCE),
	.why = "a ping has one",
};

#define CONFIG(attr)	[SPINAT_EPOCH_A_CONFIG_##attr]
static const struct spinat_field config_field[] = {
	CONFIG(MAX_TUNNELS) = NUMBER("max-tunnels", NULL, "tunnels in all"),
	CONFIG(MAX_EPOCHS) = NUMBER("max-epochs", NULL, "epochs in all"),
	CONFIG(HOLD_PACKETS) = NUMBER("hold-packets", NULL,
				      "packets held in all"),
	CONFIG(HOLD_BYTES) = { "hold-bytes", "memory of those packets",
			       .type = SPINAT_U32, .unit = SPINAT_BYTE },
};

const struct spinat_set spinat_epoch_config = {
	"config", config_field, SPINAT_EPOCH_A_CONFIG_MAX,
};

#define STATS(attr)	[SPINAT_EPOCH_A_STATS_##attr]
static const struct spinat_field stats_field[] = {
	STATS(BORN) = LARGE("born", NULL, "SAs gated from birth"),
	STATS(ANNOUNCED) = LARGE("announced", NULL,
				 "epochs whose in-SPI was named"),
	STATS(PROVED) = LARGE("proved", NULL, "epochs that were proved"),
	STATS(STALE) = LARGE("stale", NULL, "times an epoch became stale"),
	STATS(DEAD) = LARGE("dead", NULL, "times an epoch became dead"),
	STATS(CEILING) = LARGE("ceiling", NULL,
			       "gates that were closed for too long"),
	STATS(REKEY) = LARGE("rekey", NULL, "requests for new SAs"),
	STATS(SESSION) = LARGE("session", NULL,
			       "requests for a new IKE session"),
	STATS(PINGS) = LARGE("pings", NULL, "control pings sent"),
	STATS(PROOFS) = LARGE("proofs", NULL, "control pings that came back"),
	STATS(ANSWERS) = LARGE("answers", NULL,
			       "control pings of peers answered"),
	STATS(HOLD) = LARGE("hold", NULL, "packets held"),
	STATS(RELEASE) = LARGE("release", NULL, "held packets sent"),
	STATS(REROUTE) = LARGE("reroute", NULL,
			       "held packets that found another SA"),
	STATS(REFUSE_COOKIE) = LARGE("refuse-cookie", NULL,
				     "control pings with a wrong cookie"),
	STATS(REFUSE_SPI) = LARGE("refuse-spi", NULL,
				  "answers by another SA than the epoch's"),
	STATS(REFUSE_REPLAY) = LARGE("refuse-replay", NULL,
				     "control pings or answers seen before"),
	STATS(REFUSE_CLEAR) = LARGE("refuse-clear", NULL,
				    "control pings in clear text"),
	STATS(FORGED_OUT) = LARGE("forged-out", NULL,
				  "data that looks like a control ping"),
	STATS(PING_FAILED) = LARGE("ping-failed", NULL,
				   "control pings that could not be sent"),
	STATS(DROP_HOLD_FULL) = LARGE("drop-hold-full", NULL,
				      "packets, too many are held"),
	STATS(DROP_DEAD) = LARGE("drop-dead", NULL,
				 "packets of dead epochs"),
	STATS(DROP_GONE) = LARGE("drop-gone", NULL,
				 "held packets without SA or device"),
	STATS(DROP_NOMEM) = LARGE("drop-nomem", NULL,
				  "packets, no memory or conntrack said no"),
	STATS(UNGATED) = LARGE("ungated", NULL,
			       "SAs to a peer that could not be gated"),
	STATS(TUNNELS) = NUMBER("tunnels", NULL, "tunnels now"),
	STATS(EPOCHS) = NUMBER("epochs", NULL, "epochs now"),
	STATS(HELD) = NUMBER("held", NULL, "packets held now"),
	STATS(HELD_BYTES) = { "held-bytes", "memory they take",
			      .type = SPINAT_U32, .unit = SPINAT_BYTE },
};

const struct spinat_set spinat_epoch_stats = {
	"stats", stats_field, SPINAT_EPOCH_A_STATS_MAX,
};
