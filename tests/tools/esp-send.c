// SPDX-License-Identifier: GPL-2.0
/* Sends raw ESP packets: single ones, floods, sprays of lengths or SPIs. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "opt.h"
#include "packet.h"

static const char help[] =
"Usage: esp-send [OPTION]... SOURCE DESTINATION\n"
"Sends ESP packets with random payload, from any source address.\n"
"  --netns NS       send from this network namespace\n"
"  --spi X          SPI of the (first) packet; default is a random one\n"
"  --next-spi       every packet takes the next SPI, with sequence number 1\n"
"  --random-spi     every packet takes a random SPI, with sequence number 1\n"
"  --next-source    every packet comes from the next source address\n"
"  --seq N          sequence number of the first packet; default 1\n"
"  --len N[,N]...   ESP bytes behind the IP header, taken in turn; default 100\n"
"  --spray          every packet has another random length, 40 to 1,040\n"
"  --count N        packets; default 1\n"
"  --gap-us N       microseconds from packet to packet; default 0\n"
"  --fragment N     send fragments with at most N bytes of each packet\n"
"  --df             set the don't-fragment bit (IPv4)\n"
"Prints {\"sent\": N, \"refused\": N, \"spi\": \"0x...\"}; spi is the first one.\n"
"The exit status is 1 if the kernel refused every packet.\n";

enum spi_mode { SPI_SAME, SPI_NEXT, SPI_RANDOM };

struct job {
	struct addr src, dst;
	enum spi_mode mode;
	uint32_t spi, seq;
	unsigned int lens[16], n_lens;
	bool spray, df, next_source;
	unsigned long count, gap_us, fragment;
	unsigned long sent, refused;
};

static void parse_lens(void *to, char *text)
{
	struct job *job = to;
	char *part;

	for (part = strtok(text, ","); part; part = strtok(NULL, ",")) {
		if (job->n_lens == 16)
			die("--len takes at most 16 lengths");
		job->lens[job->n_lens++] =
			number(part, "--len", ESP_MIN, PACKET_MAX - 60);
	}
}

static void parse(struct job *job, int argc, char **argv)
{
	const struct opt opts[] = {
		OPT_NETNS,
		OPT_NUMBER("spi", &job->spi, 0, UINT32_MAX),
		OPT_SET("next-spi", &job->mode, SPI_NEXT),
		OPT_SET("random-spi", &job->mode, SPI_RANDOM),
		OPT_FLAG("next-source", &job->next_source),
		OPT_NUMBER("seq", &job->seq, 0, UINT32_MAX),
		OPT_CALL("len", job, parse_lens),
		OPT_FLAG("spray", &job->spray),
		OPT_NUMBER("count", &job->count, 1, 100000000),
		OPT_NUMBER("gap-us", &job->gap_us, 0, 60000000),
		OPT_NUMBER("fragment", &job->fragment, 8, 60000),
		OPT_FLAG("df", &job->df),
	};
	int first = opt_parse(argc, argv, opts, help);

	if (argc - first != 2)
		opt_usage(help);
	job->src = addr_parse(argv[first]);
	job->dst = addr_parse(argv[first + 1]);
	if (!job->n_lens)
		job->lens[job->n_lens++] = 100;
}

static uint32_t next_spi(const struct job *job, unsigned long i)
{
	if (job->mode == SPI_NEXT)
		return job->spi + i;
	if (job->mode == SPI_RANDOM && i)
		return random_range(256, UINT32_MAX - 1);
	return job->spi;
}

/* The address after this one; carries into all bytes. */
static void next_addr(struct addr *addr)
{
	int i = addr->family == AF_INET ? 3 : 15;

	while (i >= 0 && !++addr->bytes[i])
		i--;
}

static void send_one(struct job *job, int fd, unsigned long i)
{
	uint32_t seq = job->seq + (job->mode == SPI_SAME ? i : 0);
	size_t len = job->spray ? 40 + 4 * random_range(0, 250) :
				  job->lens[i % job->n_lens];
	uint8_t buf[PACKET_MAX];
	bool ok;

	len = packet_esp(buf, &job->src, &job->dst, next_spi(job, i), seq, len,
			 job->df);
	ok = job->fragment ? packet_send_fragments(fd, &job->dst, buf, len,
						   job->fragment) :
			     packet_send(fd, &job->dst, buf, len);
	if (ok)
		job->sent++;
	else
		job->refused++;
}

int main(int argc, char **argv)
{
	struct job job = { .seq = 1, .count = 1 };
	unsigned long i;
	int64_t when;
	int fd;

	job.spi = random_range(256, UINT32_MAX - 1);
	parse(&job, argc, argv);
	fd = packet_socket(job.src.family);
	when = now_us();
	for (i = 0; i < job.count; i++) {
		if (i && job.gap_us)
			sleep_until_us(when += job.gap_us);
		send_one(&job, fd, i);
		if (job.next_source)
			next_addr(&job.src);
	}
	printf("{\"sent\": %lu, \"refused\": %lu, \"spi\": \"0x%08x\"}\n",
	       job.sent, job.refused, job.spi);
	if (!job.sent)
		die("the kernel refused every packet: %s", strerror(errno));
	return 0;
}
