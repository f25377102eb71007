// SPDX-License-Identifier: GPL-2.0
/*
 * Gated clients of one NAT to whom everything happens at once, by chance. One
 * process is all their key managers and sends and receives all their data.
 */
#include <linux/spinat_epoch.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "chaos.h"
#include "opt.h"

#define FIRST_PORT 20000
#define PATIENCE_US 20000

static const char help[] =
"Usage: epoch-chaos [OPTION]... NS,INTERFACE,HOME,OTHER-HOME,INSIDE...\n"
"Each argument is a client: its namespace, LAN interface, its address there,\n"
"another that it may move to, and its address inside the tunnel.\n"
"  --server-ns NS   namespace of the server; needed\n"
"  --server A       the server's outer address; needed\n"
"  --public A,B     the NAT's address, and another it may get; needed\n"
"  --inner A        address inside the tunnels that the server has; needed\n"
"  --hook PROGRAM   is called with what happens; needed:\n"
"                     move NS FROM TO, flush, reload, wan FROM TO,\n"
"                     network LOSS-PERCENT DELAY-MS REORDER-PERCENT\n"
"  --server-gate    the server has gates, too, of role server\n"
"  --seconds N      how long things happen; default 600\n"
"  --calm N         how long the tunnels have to recover after that, at most;\n"
"                   default 120\n"
"  --log FILE       what happened when, and each packet at a wrong client\n"
"  --seed N         the same number makes the same things happen; else by time\n"
"Prints a line for each kind of what happened, and the totals, KEY=VALUE.\n"
"A recovery is the time from the first packet that was sent after it to the\n"
"first of those sent after it that arrived, one for each way of each client it\n"
"happened to. open are those that have none yet; wrong are ESP packets that\n"
"arrived at a client and are another's. Exit status 3: there are such.\n";

void chronicle(struct chaos *chaos, const char *fmt, ...)
{
	va_list args;

	if (!chaos->log)
		return;
	fprintf(chaos->log, "%.3f ", (now_us() - chaos->begin) / 1e6);
	va_start(args, fmt);
	vfprintf(chaos->log, fmt, args);
	va_end(args);
	fputc('\n', chaos->log);
	fflush(chaos->log);
}

uint32_t chance(struct chaos *chaos, uint32_t min, uint32_t max)
{
	/* xorshift64* */
	chaos->random ^= chaos->random >> 12;
	chaos->random ^= chaos->random << 25;
	chaos->random ^= chaos->random >> 27;
	return min + (chaos->random * 0x2545f4914f6cdd1dULL >> 32) %
		     ((uint64_t)max - min + 1);
}

int64_t chance_us(struct chaos *chaos, unsigned int mean_ms)
{
	/* the sum of two dice is enough of a bell */
	return (int64_t)(chance(chaos, 0, mean_ms) +
			 chance(chaos, 0, mean_ms)) * 1000;
}

void later(struct chaos *chaos, int64_t us, struct life *life,
	   void (*run)(struct chaos *chaos, struct life *life))
{
	struct job *job = calloc(1, sizeof(*job)), **at;

	if (!job)
		die("out of memory");
	job->at = now_us() + us;
	job->run = run;
	job->life = life;
	job->crashes = life ? life->crashes : 0;
	for (at = &chaos->jobs; *at && (*at)->at <= job->at; at = &(*at)->next)
		;
	job->next = *at;
	*at = job;
}

static void run_jobs(struct chaos *chaos)
{
	struct job *job;

	while ((job = chaos->jobs) && job->at <= now_us()) {
		chaos->jobs = job->next;
		if (!job->life || job->crashes == job->life->crashes)
			job->run(chaos, job->life);
		free(job);
	}
}

static void parse_life(struct chaos *chaos, unsigned int i, char *text)
{
	char *ns = strtok(text, ","), *dev = strtok(NULL, ",");
	char *home = strtok(NULL, ","), *other = strtok(NULL, ",");
	char *inner = strtok(NULL, ",");
	struct fleet *fleet = &chaos->fleet;
	struct life *life = &chaos->lives[i];

	if (!inner)
		die("a client is NS,INTERFACE,HOME,OTHER-HOME,INSIDE");
	fleet->places[i].ns = ns;
	fleet->places[i].dev = dev;
	life->chaos = chaos;
	life->member = &fleet->members[i];
	life->member->index = i;
	life->member->place = i;
	life->lan[0] = addr_parse(home);
	life->lan[1] = addr_parse(other);
	life->member->now.local = life->lan[0];
	life->member->now.inner_local = addr_parse(inner);
}

static void parse_publics(void *to, char *text)
{
	struct chaos *chaos = to;
	char *one = strtok(text, ","), *other = strtok(NULL, ",");

	if (!other)
		die("--public wants two addresses, A,B");
	chaos->publics[0] = addr_parse(one);
	chaos->publics[1] = addr_parse(other);
}

static void parse_log(void *to, char *text)
{
	struct chaos *chaos = to;

	chaos->log = fopen(text, "w");
	if (!chaos->log)
		die_errno("creating %s", text);
}

/* Returns the index of the first client. */
static int parse_options(struct chaos *chaos, int argc, char **argv)
{
	struct fleet *fleet = &chaos->fleet;
	const struct opt opts[] = {
		OPT_TEXT("server-ns", &fleet->server_ns),
		OPT_ADDR("server", &fleet->server),
		OPT_CALL("public", chaos, parse_publics),
		OPT_ADDR("inner", &fleet->inner),
		OPT_TEXT("hook", &chaos->hook),
		OPT_FLAG("server-gate", &fleet->server_gate),
		OPT_NUMBER("seconds", &chaos->seconds, 1, 1000000),
		OPT_NUMBER("calm", &chaos->calm_s, 1, 100000),
		OPT_CALL("log", chaos, parse_log),
		OPT_NUMBER("seed", &chaos->seed, 0, UINT32_MAX),
	};

	return opt_parse(argc, argv, opts, help);
}

static void parse(struct chaos *chaos, int argc, char **argv)
{
	struct fleet *fleet = &chaos->fleet;
	int first = parse_options(chaos, argc, argv);
	unsigned int i;

	fleet->n = fleet->n_places = argc - first;
	if (!fleet->n || !fleet->server_ns || !fleet->server.family ||
	    !chaos->publics[0].family || !fleet->inner.family || !chaos->hook)
		opt_usage(help);
	fleet->members = calloc(fleet->n, sizeof(*fleet->members));
	fleet->places = calloc(fleet->n, sizeof(*fleet->places));
	chaos->lives = calloc(fleet->n, sizeof(*chaos->lives));
	if (!fleet->members || !fleet->places || !chaos->lives)
		die("out of memory");
	for (i = 0; i < fleet->n; i++)
		parse_life(chaos, i, argv[first + i]);
	/* zero would stay zero for ever */
	chaos->random = chaos->seed * 2654435761ULL + 1;
}

static void open_all(struct chaos *chaos)
{
	struct fleet *fleet = &chaos->fleet;
	unsigned int i;

	ns_enter(fleet->server_ns);
	fleet->server_xfrm = xfrm_open();
	xfrm_flush(fleet->server_xfrm);
	if (fleet->server_gate)
		genl_open(&fleet->server_genl, SPINAT_EPOCH_FAMILY_NAME, NULL);
	for (i = 0; i < fleet->n; i++) {
		place_open(fleet, &fleet->places[i], fleet->server.family);
		member_open(fleet, &fleet->members[i]);
		stream_open(&chaos->lives[i], true, FIRST_PORT + 2 * i);
		stream_open(&chaos->lives[i], false, FIRST_PORT + 2 * i + 1);
	}
	for (i = 0; i < fleet->n; i++) {
		ike_open(&chaos->lives[i]);
		chaos->lives[i].send_at = now_us() + chance_us(chaos, 1000);
	}
}

static void watch(int epoll, int fd, unsigned int client, unsigned int what)
{
	struct epoll_event event = {
		.events = EPOLLIN, .data.u32 = client * 4 + what,
	};

	epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

static int watch_all(struct chaos *chaos)
{
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	unsigned int i;

	for (i = 0; i < chaos->fleet.n; i++) {
		watch(epoll, chaos->lives[i].streams[0].flow.receiver, i, 0);
		watch(epoll, chaos->lives[i].streams[1].flow.receiver, i, 1);
		watch(epoll, chaos->fleet.places[i].packets, i, 2);
		watch(epoll, genl_fd(&chaos->fleet.places[i].events), i, 3);
	}
	return epoll;
}

static void take_packets(struct chaos *chaos, struct life *life)
{
	struct place *place = &chaos->fleet.places[life->member->place];
	unsigned int wrong = place->esp_wrong;

	place_take_packets(place);
	if (place->esp_wrong != wrong)
		chronicle(chaos, "client %u got %u packets, the last 0x%08x",
			  life->member->index, place->esp_wrong - wrong,
			  place->wrong_spi);
}

static void receive(struct chaos *chaos, int epoll, int64_t until)
{
	struct epoll_event events[64];
	int64_t left = until - now_us();
	struct life *life;
	int i, n;

	n = epoll_wait(epoll, events, 64, left > 0 ? left / 1000 + 1 : 0);
	for (i = 0; i < n; i++) {
		life = &chaos->lives[events[i].data.u32 / 4];
		switch (events[i].data.u32 % 4) {
		case 2:
			take_packets(chaos, life);
			break;
		case 3:
			place_take_events(&chaos->fleet.places[life->member->place]);
			ike_look(life);
			break;
		default:
			stream_receive(&life->streams[events[i].data.u32 % 4]);
		}
	}
}

/* All that is due; returns when more will be. */
static int64_t turn(struct chaos *chaos)
{
	int64_t now = now_us(), next;
	unsigned int i;

	fate_look(chaos);
	run_jobs(chaos);
	/* a hook that has ended says nothing */
	next = now + (chaos->hook_pid ? PATIENCE_US : 1000000);
	for (i = 0; i < chaos->fleet.n; i++) {
		struct life *life = &chaos->lives[i];

		if (life->send_at <= now)
			life->send_at = stream_send(life, now);
		if (life->send_at < next)
			next = life->send_at;
	}
	if (chaos->jobs && chaos->jobs->at < next)
		next = chaos->jobs->at;
	return next;
}

static bool all_healed(const struct chaos *chaos)
{
	unsigned int i;

	for (i = 0; i < chaos->fleet.n; i++)
		if (chaos->lives[i].streams[0].n_wounds ||
		    chaos->lives[i].streams[1].n_wounds)
			return false;
	return true;
}

/* Without SAs nobody sends anything. */
static void quiet(struct chaos *chaos)
{
	unsigned int i;

	xfrm_flush(chaos->fleet.server_xfrm);
	for (i = 0; i < chaos->fleet.n_places; i++)
		xfrm_flush(chaos->fleet.places[i].xfrm);
}

/* What is on its way may arrive. */
static void drain(struct chaos *chaos, int epoll)
{
	int64_t end = now_us() + 2000000;

	while (now_us() < end)
		receive(chaos, epoll, end);
}

int main(int argc, char **argv)
{
	struct chaos chaos = {
		.fleet = { .gate = true }, .flows = { .gap = 1, .len = 100 },
		.seconds = 600, .calm_s = 120, .seed = time(NULL), .delay_ms = 20,
	};
	unsigned int i;
	int epoll;

	parse(&chaos, argc, argv);
	printf("seed=%llu\n", (unsigned long long)chaos.seed);
	fflush(stdout);
	open_all(&chaos);
	epoll = watch_all(&chaos);
	chaos.begin = now_us();
	chaos.flows.begin = flow_now();
	chaos.end = chaos.begin + (chaos.seconds + chaos.calm_s) * 1000000LL;
	fate_begin(&chaos);
	while (now_us() < chaos.end && !(chaos.calm && !chaos.loss &&
					 all_healed(&chaos)))
		receive(&chaos, epoll, turn(&chaos));
	drain(&chaos, epoll);
	quiet(&chaos);
	drain(&chaos, epoll);
	for (i = 0; i < chaos.fleet.n_places; i++)
		place_close(&chaos.fleet.places[i]);
	return chaos_print(&chaos, stdout) ? 0 : 3;
}
