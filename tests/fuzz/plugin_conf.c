// SPDX-License-Identifier: GPL-2.0
/*
 * The charon plugin's settings: any values for any keys, of all connections and
 * of one. What is used must be within what the manual allows, and what is not
 * used must have been complained about. Names of tunnels for any connection.
 */
#include "plugin_lib.h"

#include "spinat_config.h"
#include "spinat_gate.h"
#include "spinat_name.h"

enum { GATE, NUMBER, BAD, HOSTS, DELAY, NAMED, CUT, SHARED };

struct fuzz_reached fuzz_reached[] = {
	[GATE] = { "a gate" },
	[NUMBER] = { "a number within its range" },
	[BAD] = { "a setting that was complained about" },
	[HOSTS] = { "a list of addresses" },
	[DELAY] = { "a pause of one's own" },
	[NAMED] = { "a name with a number" },
	[CUT] = { "a name that is too long" },
	[SHARED] = { "a connection for many" },
	{}
};

static char *keys[] = {
	"plain_esp", "fallback", "gate", "on_ceiling", "refuse_rekey",
	"initial_contact", "target", "source", "ping_min", "ping_max", "tries",
	"stale_after", "idle_interval", "ceiling", "rekeys", "retry",
	"retry_max", "hold_packets", "hold_bytes", "budget", "load", "unknown",
};

/* Words that mean something somewhere, or a number, or anything */
static char *value_take(struct fuzz_input *in)
{
	static char *words[] = {
		"no", "both", "alone", "client", "server", "yes", "open",
		"drop", "refuse", "identity", "gateway", "tunnel",
		"10.0.0.1, fd00::1", "%any",
	};
	uint8_t how = fuzz_u8(in);
	char number[32];

	if (how < 128)
		return strdup(words[how % countof(words)]);
	if (how < 192) {
		snprintf(number, sizeof(number), "%llu",
			 (unsigned long long)fuzz_take(in, 1 + how % 8));
		return strdup(number);
	}
	return plugin_string(in, 80);
}

static void settings_take(struct fuzz_input *in)
{
	uint8_t n = fuzz_u8(in) % 16, how;
	char *value, *key;

	while (n--) {
		how = fuzz_u8(in);
		key = keys[how % countof(keys)];
		value = value_take(in);
		lib->settings->set_str(lib->settings, how & 0x80 ?
				       "%s.plugins.spinat.connections.one.%s" :
				       "%s.plugins.spinat.%s", value, lib->ns,
				       key);
		free(value);
	}
}

/* The ranges of spinat.opt, which are the kernel's */
static void number_judge(uint16_t attr, uint64_t v)
{
	static const struct {
		uint16_t attr;
		uint64_t min, max;
	} ranges[] = {
		{ SPINAT_EPOCH_A_TUNNEL_PING_MIN, 20, 10000 },
		{ SPINAT_EPOCH_A_TUNNEL_PING_MAX, 20, 600000 },
		{ SPINAT_EPOCH_A_TUNNEL_TRIES, 1, 1000 },
		{ SPINAT_EPOCH_A_TUNNEL_STALE_AFTER, 0, 3600000 },
		{ SPINAT_EPOCH_A_TUNNEL_IDLE_INTERVAL, 0, 86400000 },
		{ SPINAT_EPOCH_A_TUNNEL_CEILING, 10, 3600000 },
		{ SPINAT_EPOCH_A_TUNNEL_REKEYS, 0, 1000 },
		{ SPINAT_EPOCH_A_TUNNEL_RETRY, 100, 3600000 },
		{ SPINAT_EPOCH_A_TUNNEL_RETRY_MAX, 100, 86400000 },
		{ SPINAT_EPOCH_A_TUNNEL_HOLD_PACKETS, 0, 65536 },
		{ SPINAT_EPOCH_A_TUNNEL_HOLD_BYTES, 0, 268435456 },
		{ SPINAT_EPOCH_A_TUNNEL_BUDGET, 0, UINT64_MAX },
	};
	unsigned int i;

	for (i = 0; i < countof(ranges); i++) {
		if (ranges[i].attr != attr)
			continue;
		claim(v >= ranges[i].min && v <= ranges[i].max,
		      "setting %u is %llu", attr, (unsigned long long)v);
		reached(NUMBER);
		return;
	}
	claim(false, "a number that is none of the kernel's: %u", attr);
}

static void gate_judge(char *name, uint8_t tries)
{
	spinat_gate_t gate;
	linked_list_t *hosts;
	uint32_t delay;
	int i;

	spinat_gate_get(name, &gate);
	claim(gate.role <= SPINAT_ROLE_SERVER, "role %d", gate.role);
	if (gate.role)
		reached(GATE);
	for (i = 0; i < SPINAT_GATE_NUMBERS; i++)
		if (gate.configured & 1 << i)
			number_judge(spinat_gate_number_attr(i),
				     gate.number[i]);
	delay = spinat_gate_retry_delay(name, tries);
	claim(delay >= 75 && delay <= 108000000, "a pause of %u ms", delay);
	if (delay < 2000 || delay > 400000)
		reached(DELAY);
	hosts = spinat_gate_hosts(name, tries & 1 ? "target" : "source");
	if (hosts->get_count(hosts))
		reached(HOSTS);
	hosts->destroy_offset(hosts, offsetof(host_t, destroy));
	claim(spinat_gate_contact(name) <= SPINAT_CONTACT_TUNNEL, "no scope");
	claim(spinat_config_plain_esp(name) <= SPINAT_ALONE, "no mode");
	spinat_gate_refuses_rekey(name);
	spinat_config_falls_back(name);
}

/* A name is for people, shells and the kernel, which wants less than 64 bytes. */
static void name_judge(struct fuzz_input *in)
{
	uint32_t number = fuzz_u8(in) & 1 ? fuzz_take(in, 4) : 0;
	char *conn = plugin_string(in, 200), *child = plugin_string(in, 200);
	char name[SPINAT_TUNNEL_NAME], *p;

	memset(name, 'x', sizeof(name));
	spinat_name_make(conn, child, number, name);
	p = memchr(name, 0, sizeof(name));
	claim(p && p > name, "a name without an end");
	for (p = name; *p; p++)
		claim(*p > ' ' && *p < 127, "character %d in a name", *p);
	claim(!number == !spinat_name_has_number(name),
	      "%s a number, and the name is '%s'", number ? "with" : "without",
	      name);
	if (number)
		reached(NAMED);
	if (strlen(name) == sizeof(name) - 1)
		reached(CUT);
	free(conn);
	free(child);
}

static char *other_addr;

static char *get_other_addr(ike_cfg_t *this)
{
	return other_addr;
}

static ike_cfg_t *get_ike_cfg(ike_sa_t *this)
{
	static ike_cfg_t cfg = { .get_other_addr = get_other_addr };

	return &cfg;
}

static void shared_judge(struct fuzz_input *in)
{
	ike_sa_t ike_sa = { .get_ike_cfg = get_ike_cfg };

	other_addr = value_take(in);
	if (spinat_name_is_shared(&ike_sa))
		reached(SHARED);
	free(other_addr);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, data + size };
	settings_t *settings;
	uint8_t tries;

	plugin_begin();
	settings = lib->settings;
	/* its own remember what they ever were */
	lib->settings = settings_create(NULL);
	settings_take(&in);
	tries = fuzz_u8(&in);
	gate_judge(NULL, tries);
	gate_judge("one", tries);
	gate_judge("other", tries);
	spinat_gate_any();
	spinat_config_check();
	if (plugin_logged)
		reached(BAD);
	lib->settings->destroy(lib->settings);
	lib->settings = settings;
	plugin_logged = 0;
	spinat_config_check();
	claim(!plugin_logged, "complaints about nothing");
	name_judge(&in);
	shared_judge(&in);
	return 0;
}
