// SPDX-License-Identifier: GPL-2.0
/*
 * espgen: hands ESP packets to the receive path of a device and times them.
 *
 * The kernel's pktgen makes UDP only and cannot tie an SPI to an address, so
 * the bench brings this: like pktgen's "netif_receive" mode it builds a packet,
 * passes it to netif_receive_skb() and takes the time until the call returns,
 * by when the router has forwarded it to a device that frees it. The payload is
 * not filled in, as a network card's DMA would cost no instructions either.
 *
 * For an endpoint it makes the packets inside of tunnels, which the kernel's own
 * SAs encrypt, and records and plays what a peer's SAs made of them.
 *
 * A job is one line of KEY=VALUE words written to <debugfs>/espgen; reading
 * gives the result of the last job. It runs in the writer's network namespace.
 *
 *   lan=, wan=                devices that packets come in by
 *   client=, server=, public= addresses; client is the first of "clients"
 *   clients=, pairs=          pair p belongs to client p % clients
 *   servers=                  and to server p / clients % servers, from "server"
 *                             on; 1 if not given
 *   out-spi=, in-spi=         SPI of pair 0 in each direction
 *   first=, count=            pairs to visit: from which, how many times
 *   order=linear|random       random: every visit picks any pair after "first"
 *   steps=o100,i100           what to send at a visit: "o" enters by lan, "i" by
 *                             wan; a size (of the IP packet), or "a" or "b" for
 *                             two different random sizes chosen anew each visit;
 *                             "p" alone is the next recorded packet, by wan
 *   record=DEVICE             what leaves by it during the job is recorded
 *   late=1                    the time of softirqs that a burst of packets leaves
 *                             counts, too: a decrypted packet is handled there
 *   inner=1                   plain UDP between client and server, as goes into
 *                             the tunnel of its pair
 *   encap=1                   in UDP 4500, 8 bytes longer for the UDP header
 *   sink=stack|free           free: the packet is freed instead of received; the
 *                             generator's own cost, to be subtracted
 *   every=, pause=            sleep "pause" milliseconds after "every" visits
 *   seed=                     of the random choices
 *   reset=1                   sequence numbers start again at 1
 */
#include <linux/debugfs.h>
#include <linux/etherdevice.h>
#include <linux/delay.h>
#include <linux/inet.h>
#include <linux/ip.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/nsproxy.h>
#include <linux/prandom.h>
#include <linux/slab.h>
#include <linux/udp.h>
#include <linux/vmalloc.h>
#include <net/esp.h>
#include <net/ip.h>
#include <net/net_namespace.h>

#include "tape.h"

#define MAX_PAIRS	(1U << 20)
#define MAX_COUNT	(1U << 24)
#define MAX_STEPS	8
#define BURST		64	/* as many as NAPI lets one poll receive */
#define ENCAP_PORT	4500

enum side { OUT, IN, SIDES };

/* sizes of steps that are not plain numbers */
#define SIZE_A	0
#define SIZE_B	1
#define SIZE_TAPE	2
#define PACKET_MIN	64
#define PACKET_MAX	1472

struct step {
	enum side side;
	u32 size;
	u64 ns;		/* result */
};

struct job {
	char lan[IFNAMSIZ];
	char wan[IFNAMSIZ];
	char record[IFNAMSIZ];
	u32 client;
	u32 server;
	u32 public;
	u32 clients;
	u32 servers;
	u32 pairs;
	u32 out_spi;
	u32 in_spi;
	u32 first;
	u32 count;
	u32 every;
	u32 pause;
	u32 seed;
	bool encap;
	bool inner;
	bool late;
	bool random;
	bool free;
	bool reset;
	struct step steps[MAX_STEPS];
	unsigned int nsteps;

	unsigned int played;
	struct net_device *dev[SIDES];
	struct net_device *recorder;
	struct rnd_state rnd;
};

/* serialises jobs, and covers what is below */
static DEFINE_MUTEX(lock);
static struct job last;
static u32 *seqs[SIDES];	/* last ESP sequence number of each pair */
static struct dentry *file;

static int parse_steps(struct job *job, char *list)
{
	char *word;

	while ((word = strsep(&list, ","))) {
		struct step *step = &job->steps[job->nsteps];

		if (job->nsteps == MAX_STEPS || !*word || !strchr("oip", *word))
			return -EINVAL;
		step->side = *word == 'o' ? OUT : IN;
		if (!strcmp(word, "p"))
			step->size = SIZE_TAPE;
		else if (!strcmp(word + 1, "a"))
			step->size = SIZE_A;
		else if (!strcmp(word + 1, "b"))
			step->size = SIZE_B;
		else if (kstrtou32(word + 1, 10, &step->size) ||
			 step->size < PACKET_MIN ||
			 step->size > PACKET_MAX)
			return -EINVAL;
		job->nsteps++;
	}
	return 0;
}

static int parse_address(const char *text, u32 *addr)
{
	__be32 raw;

	if (!in4_pton(text, -1, (u8 *)&raw, -1, NULL))
		return -EINVAL;
	*addr = ntohl(raw);
	return 0;
}

static int parse_flag(const char *value, const char *no, const char *yes,
		      bool *flag)
{
	if (strcmp(value, no) && strcmp(value, yes))
		return -EINVAL;
	*flag = !strcmp(value, yes);
	return 0;
}

static int parse_number(struct job *job, const char *key, const char *value)
{
	const struct {
		const char *key;
		u32 *value;
	} numbers[] = {
		{ "clients", &job->clients }, { "pairs", &job->pairs },
		{ "servers", &job->servers },
		{ "out-spi", &job->out_spi }, { "in-spi", &job->in_spi },
		{ "first", &job->first }, { "count", &job->count },
		{ "every", &job->every }, { "pause", &job->pause },
		{ "seed", &job->seed },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(numbers); i++)
		if (!strcmp(key, numbers[i].key))
			return kstrtou32(value, 0, numbers[i].value);
	return -EINVAL;
}

static int parse_word(struct job *job, const char *key, char *value)
{
	if (!strcmp(key, "lan"))
		return strscpy(job->lan, value, IFNAMSIZ) < 0 ? -EINVAL : 0;
	if (!strcmp(key, "wan"))
		return strscpy(job->wan, value, IFNAMSIZ) < 0 ? -EINVAL : 0;
	if (!strcmp(key, "record"))
		return strscpy(job->record, value, IFNAMSIZ) < 0 ? -EINVAL : 0;
	if (!strcmp(key, "client"))
		return parse_address(value, &job->client);
	if (!strcmp(key, "server"))
		return parse_address(value, &job->server);
	if (!strcmp(key, "public"))
		return parse_address(value, &job->public);
	if (!strcmp(key, "order"))
		return parse_flag(value, "linear", "random", &job->random);
	if (!strcmp(key, "sink"))
		return parse_flag(value, "stack", "free", &job->free);
	if (!strcmp(key, "encap"))
		return parse_flag(value, "0", "1", &job->encap);
	if (!strcmp(key, "inner"))
		return parse_flag(value, "0", "1", &job->inner);
	if (!strcmp(key, "late"))
		return parse_flag(value, "0", "1", &job->late);
	if (!strcmp(key, "reset"))
		return parse_flag(value, "0", "1", &job->reset);
	if (!strcmp(key, "steps"))
		return parse_steps(job, value);
	return parse_number(job, key, value);
}

static int parse(struct job *job, char *line)
{
	char *word, *value;

	job->servers = 1;
	line = strim(line);
	while ((word = strsep(&line, " "))) {
		value = strchr(word, '=');
		if (!value)
			return -EINVAL;
		*value++ = '\0';
		if (parse_word(job, word, value)) {
			pr_err("espgen: bad %s\n", word);
			return -EINVAL;
		}
	}
	if (!job->nsteps || !job->clients || !job->servers || job->count > MAX_COUNT ||
	    job->first >= job->pairs || job->pairs > MAX_PAIRS ||
	    (!job->random && job->count > job->pairs - job->first &&
	     job->pairs - job->first > 1)) {
		pr_err("espgen: steps, clients, pairs, first, count do not fit\n");
		return -EINVAL;
	}
	return 0;
}

static void put_ip(struct iphdr *iph, const struct job *job, enum side side,
		   u32 pair, u32 size)
{
	u32 client = job->client + pair % job->clients;
	u32 server = job->server + pair / job->clients % job->servers;

	iph->version = 4;
	iph->ihl = 5;
	iph->tos = 0;
	iph->tot_len = htons(size);
	iph->id = 0;
	iph->frag_off = htons(IP_DF);
	iph->ttl = 64;
	iph->protocol = job->encap || job->inner ? IPPROTO_UDP : IPPROTO_ESP;
	if (side == OUT) {
		iph->saddr = htonl(client);
		iph->daddr = htonl(server);
	} else {
		iph->saddr = htonl(server);
		iph->daddr = htonl(job->inner ? client : job->public);
	}
	ip_send_check(iph);
}

static void put_udp(struct udphdr *udph, u32 len)
{
	udph->source = htons(ENCAP_PORT);
	udph->dest = htons(ENCAP_PORT);
	udph->len = htons(len);
	udph->check = 0;	/* RFC 3948 */
}

static void put_esp(struct ip_esp_hdr *esph, const struct job *job,
		    enum side side, u32 pair)
{
	esph->spi = htonl((side == OUT ? job->out_spi : job->in_spi) + pair);
	esph->seq_no = htonl(++seqs[side][pair]);
}

static struct sk_buff *build(const struct job *job, enum side side, u32 pair,
			     u32 size)
{
	unsigned int encap = job->encap ? sizeof(struct udphdr) : 0;
	struct net_device *dev = job->dev[side];
	struct sk_buff *skb;
	struct ethhdr *eth;
	struct iphdr *iph;
	void *payload;

	size += encap;
	skb = netdev_alloc_skb_ip_align(dev, ETH_HLEN + size);
	if (!skb)
		return NULL;

	eth = skb_put(skb, ETH_HLEN + size);
	ether_addr_copy(eth->h_dest, dev->dev_addr);
	eth_zero_addr(eth->h_source);
	eth->h_proto = htons(ETH_P_IP);

	iph = (struct iphdr *)(eth + 1);
	put_ip(iph, job, side, pair, size);
	payload = iph + 1;
	if (job->encap || job->inner)
		put_udp(payload, size - sizeof(*iph));
	if (!job->inner)
		put_esp(payload + encap, job, side, pair);

	skb->protocol = eth_type_trans(skb, dev);
	return skb;
}

/* two different sizes, in steps that AES-GCM keeps apart */
static void choose_sizes(struct job *job, u32 sizes[2])
{
	u32 a = prandom_u32_state(&job->rnd) % 254;
	u32 b = prandom_u32_state(&job->rnd) % 253;

	if (b >= a)
		b++;
	sizes[SIZE_A] = 88 + 4 * a;
	sizes[SIZE_B] = 88 + 4 * b;
}

static int send(struct job *job, struct step *step, u32 pair, u32 size)
{
	u64 start = ktime_get_ns();
	struct sk_buff *skb;

	if (step->size == SIZE_TAPE)
		skb = tape_play(job->played++, job->dev[IN]);
	else
		skb = build(job, step->side, pair, size);
	if (!skb)
		return -ENOMEM;
	if (job->free)
		kfree_skb(skb);
	else
		netif_receive_skb(skb);
	step->ns += ktime_get_ns() - start;
	return 0;
}

static int visit(struct job *job, u32 pair)
{
	u32 sizes[2];
	unsigned int i;
	int err = 0;

	choose_sizes(job, sizes);
	for (i = 0; i < job->nsteps && !err; i++) {
		struct step *step = &job->steps[i];
		u32 size = step->size;

		err = send(job, step, pair, size <= SIZE_B ? sizes[size] : size);
	}
	return err;
}

/* Softirqs do what is left of the burst's work. */
static void end_burst(struct job *job)
{
	u64 start = ktime_get_ns();

	local_bh_enable();
	if (job->late)
		job->steps[0].ns += ktime_get_ns() - start;
}

/* Time to breathe, outside of what is timed. */
static int pause(struct job *job, u32 done)
{
	if (done % BURST == 0 || (job->every && done % job->every == 0)) {
		end_burst(job);
		cond_resched();
		if (job->every && done % job->every == 0)
			msleep(job->pause);
		local_bh_disable();
	}
	return signal_pending(current) ? -EINTR : 0;
}

static int run(struct job *job)
{
	u32 range = job->pairs - job->first, i;
	int err = 0;

	if (job->reset) {
		memset(seqs[OUT], 0, MAX_PAIRS * sizeof(u32));
		memset(seqs[IN], 0, MAX_PAIRS * sizeof(u32));
	}
	prandom_seed_state(&job->rnd, job->seed);

	local_bh_disable();
	for (i = 0; i < job->count && !err; i++) {
		u32 hop = job->random ? prandom_u32_state(&job->rnd) : i;

		err = visit(job, job->first + hop % range);
		if (!err)
			err = pause(job, i + 1);
	}
	end_burst(job);
	return err;
}

static bool tape_suffices(const struct job *job)
{
	unsigned int i;

	for (i = 0; i < job->nsteps; i++)
		if (job->steps[i].size == SIZE_TAPE &&
		    (job->nsteps > 1 || job->count > tape_length()))
			return false;
	return true;
}

static int run_and_record(struct job *job)
{
	int err;

	if (!tape_suffices(job)) {
		pr_err("espgen: only %u packets are recorded, and \"p\" goes alone\n",
		       tape_length());
		return -EINVAL;
	}
	if (job->recorder)
		tape_record(job->recorder);
	err = run(job);
	if (job->recorder)
		tape_stop();
	return err;
}

static int run_on_devices(struct job *job)
{
	struct net *net = current->nsproxy->net_ns;
	int err = -ENODEV;

	job->dev[OUT] = dev_get_by_name(net, job->lan);
	job->dev[IN] = dev_get_by_name(net, job->wan);
	job->recorder = dev_get_by_name(net, job->record);
	if (job->dev[OUT] && job->dev[IN] && (job->recorder || !*job->record))
		err = run_and_record(job);
	else
		pr_err("espgen: no device \"%s\", \"%s\" or \"%s\" here\n",
		       job->lan, job->wan, job->record);
	dev_put(job->dev[OUT]);
	dev_put(job->dev[IN]);
	dev_put(job->recorder);
	return err;
}

static ssize_t espgen_write(struct file *f, const char __user *text,
			    size_t len, loff_t *pos)
{
	struct job *job;
	char *line;
	int err;

	if (len > 1024)
		return -E2BIG;
	line = memdup_user_nul(text, len);
	if (IS_ERR(line))
		return PTR_ERR(line);
	job = kzalloc(sizeof(*job), GFP_KERNEL);
	if (!job) {
		kfree(line);
		return -ENOMEM;
	}

	mutex_lock(&lock);
	err = parse(job, line) ?: run_on_devices(job);
	last = *job;
	mutex_unlock(&lock);

	kfree(job);
	kfree(line);
	return err ?: len;
}

/* One word a step: hundredths of nanoseconds, which are instructions, a packet */
static ssize_t espgen_read(struct file *f, char __user *buf, size_t len,
			   loff_t *pos)
{
	char text[MAX_STEPS * 24];
	unsigned int i;
	int n = 0;

	mutex_lock(&lock);
	for (i = 0; i < last.nsteps && last.count; i++) {
		u64 each = div_u64(last.steps[i].ns * 100, last.count);
		u32 rest;

		each = div_u64_rem(each, 100, &rest);
		n += scnprintf(text + n, sizeof(text) - n, "%s%llu.%02u",
			       i ? " " : "", each, rest);
	}
	mutex_unlock(&lock);
	n += scnprintf(text + n, sizeof(text) - n, "\n");
	return simple_read_from_buffer(buf, len, pos, text, n);
}

static const struct file_operations espgen_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = espgen_write,
	.read = espgen_read,
};

static int __init espgen_init(void)
{
	seqs[OUT] = vzalloc(MAX_PAIRS * sizeof(u32));
	seqs[IN] = vzalloc(MAX_PAIRS * sizeof(u32));
	if (!seqs[OUT] || !seqs[IN] || tape_init()) {
		vfree(seqs[OUT]);
		vfree(seqs[IN]);
		return -ENOMEM;
	}
	file = debugfs_create_file("espgen", 0600, NULL, NULL, &espgen_fops);
	return 0;
}

static void __exit espgen_exit(void)
{
	debugfs_remove(file);
	tape_exit();
	vfree(seqs[OUT]);
	vfree(seqs[IN]);
}

module_init(espgen_init);
module_exit(espgen_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("ESP packet generator with a clock, for benches");
