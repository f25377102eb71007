// SPDX-License-Identifier: GPL-2.0
/*
 * What happens, and when, by chance. What the tools of a shell do better is
 * done by the hook, a program that is called with the name of what happens.
 */
#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "chaos.h"

const char *const kind_names[KINDS] = {
	"rekey", "move", "crash", "flush", "reload", "wan", "network",
};

static void fate_client(struct chaos *chaos, struct life *none);
static void fate_nat(struct chaos *chaos, struct life *none);
static void fate_network(struct chaos *chaos, struct life *none);

static const unsigned int client_ms = 4000, nat_ms = 60000, network_ms = 40000;

/* One at a time: they change the same things. */
static bool hook_run(struct chaos *chaos, enum kind kind, const char *a,
		     const char *b, const char *c)
{
	if (chaos->hook_pid)
		return false;
	fflush(stdout);
	chaos->hook_pid = fork();
	if (chaos->hook_pid < 0)
		die_errno("starting %s", chaos->hook);
	if (chaos->hook_pid)
		return true;
	execl(chaos->hook, chaos->hook, kind_names[kind], a, b, c, NULL);
	die_errno("running %s", chaos->hook);
}

void fate_look(struct chaos *chaos)
{
	int status;

	if (!chaos->hook_pid ||
	    waitpid(chaos->hook_pid, &status, WNOHANG) != chaos->hook_pid)
		return;
	if (status)
		die("%s failed", chaos->hook);
	chaos->hook_pid = 0;
	chaos->cut = false;
}

static struct life *any(struct chaos *chaos)
{
	return &chaos->lives[chance(chaos, 0, chaos->fleet.n - 1)];
}

static void back(struct chaos *chaos, struct life *life)
{
	chronicle(chaos, "client %u: back", life->member->index);
	life->crashed = false;
	stream_wound(life, KIND_CRASH);
	ike_negotiate(life, true);
}

static void crash(struct chaos *chaos, struct life *life)
{
	if (life->crashed)
		return;
	chaos->happened[KIND_CRASH]++;
	chronicle(chaos, "client %u: crash", life->member->index);
	ike_crash(life);
	later(chaos, chance_us(chaos, 5000), life, back);
}

static void moved(struct chaos *chaos, struct life *life)
{
	(void)chaos;
	ike_negotiate(life, true);
}

static void move(struct chaos *chaos, struct life *life)
{
	char from[INET6_ADDRSTRLEN], to[INET6_ADDRSTRLEN];

	addr_text(&life->lan[life->home], from, sizeof(from));
	addr_text(&life->lan[!life->home], to, sizeof(to));
	if (life->crashed ||
	    !hook_run(chaos, KIND_MOVE,
		      chaos->fleet.places[life->member->place].ns, from, to))
		return;
	chaos->happened[KIND_MOVE]++;
	chronicle(chaos, "client %u: move", life->member->index);
	life->home = !life->home;
	stream_wound(life, KIND_MOVE);
	later(chaos, chance_us(chaos, 500), life, moved);
}

static void fate_client(struct chaos *chaos, struct life *none)
{
	struct life *life = any(chaos);
	uint32_t dice = chance(chaos, 0, 99);

	(void)none;
	if (chaos->calm)
		return;
	if (dice < 70) {
		chaos->happened[KIND_REKEY]++;
		life->willing = true;
		ike_negotiate(life, false);
	} else if (dice < 85) {
		crash(chaos, life);
	} else {
		move(chaos, life);
	}
	later(chaos, chance_us(chaos, client_ms), NULL, fate_client);
}

static void wound_all(struct chaos *chaos, enum kind kind)
{
	unsigned int i;

	chaos->happened[kind]++;
	chronicle(chaos, "%s", kind_names[kind]);
	for (i = 0; i < chaos->fleet.n; i++)
		stream_wound(&chaos->lives[i], kind);
}

static void fate_nat(struct chaos *chaos, struct life *none)
{
	char from[INET6_ADDRSTRLEN], to[INET6_ADDRSTRLEN];
	uint32_t dice = chance(chaos, 0, 2);

	(void)none;
	if (chaos->calm)
		return;
	later(chaos, chance_us(chaos, nat_ms), NULL, fate_nat);
	addr_text(&chaos->publics[chaos->public], from, sizeof(from));
	addr_text(&chaos->publics[!chaos->public], to, sizeof(to));
	if (dice == 0 && hook_run(chaos, KIND_FLUSH, NULL, NULL, NULL)) {
		wound_all(chaos, KIND_FLUSH);
	} else if (dice == 1 && hook_run(chaos, KIND_RELOAD, NULL, NULL, NULL)) {
		chaos->cut = true;
		wound_all(chaos, KIND_RELOAD);
	} else if (dice == 2 && hook_run(chaos, KIND_WAN, from, to, NULL)) {
		chaos->public = !chaos->public;
		wound_all(chaos, KIND_WAN);
	}
}

static void network(struct chaos *chaos, unsigned int loss, unsigned int delay,
		    unsigned int reorder)
{
	char a[16], b[16], c[16];

	snprintf(a, sizeof(a), "%u", loss);
	snprintf(b, sizeof(b), "%u", delay);
	snprintf(c, sizeof(c), "%u", reorder);
	if (!hook_run(chaos, KIND_NETWORK, a, b, c))
		return;
	chronicle(chaos, "network: loss %u %%, delay %u ms, reorder %u %%", loss,
		  delay, reorder);
	chaos->loss = loss;
	chaos->delay_ms = delay;
	chaos->happened[KIND_NETWORK]++;
}

static void fate_network(struct chaos *chaos, struct life *none)
{
	(void)none;
	if (chaos->calm)
		return;
	network(chaos, chance(chaos, 0, 20), chance(chaos, 5, 60),
		chance(chaos, 0, 20));
	later(chaos, chance_us(chaos, network_ms), NULL, fate_network);
}

static void fate_calm(struct chaos *chaos, struct life *none)
{
	(void)none;
	chaos->calm = true;
	network(chaos, 0, 20, 0);
	if (chaos->loss)
		later(chaos, 100000, NULL, fate_calm);
}

void fate_begin(struct chaos *chaos)
{
	later(chaos, 0, NULL, fate_network);
	later(chaos, chance_us(chaos, client_ms), NULL, fate_client);
	later(chaos, chance_us(chaos, nat_ms), NULL, fate_nat);
	later(chaos, chaos->seconds * 1000000LL, NULL, fate_calm);
}
