// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>

#include "load.h"

/* Time from a client's opening to its first answer, -1 if there was none. */
static long answer_ms(const struct client *client)
{
	if (!client->answered)
		return -1;
	return (client->answered - client->start) / 1000;
}

static int compare(const void *a, const void *b)
{
	long x = *(const long *)a, y = *(const long *)b;

	return (x > y) - (x < y);
}

static void print_client(const struct client *client, FILE *out)
{
	fprintf(out, "  {\"ns\": \"%s\", \"out-spi\": \"0x%08x\", "
		"\"in-spi\": \"0x%08x\", \"answer-ms\": %ld, \"tries\": %u, "
		"\"sent\": %u, \"replies\": %u, \"heard\": %u, "
		"\"server-sent\": %u, \"esp-in\": %u, \"esp-wrong\": %u, "
		"\"no-states\": %lu}", client->ns, client->tunnel.out_spi,
		client->tunnel.in_spi, answer_ms(client), client->tries,
		client->sent, client->replies, client->heard,
		client->server_sent, client->esp_in, client->esp_wrong,
		client->no_states);
}

static void print_totals(const struct load *load, FILE *out)
{
	unsigned long sent = 0, replies = 0, heard = 0, server_sent = 0;
	unsigned long esp_in = 0, wrong = 0, no_states = 0;
	long *times = calloc(load->n_clients, sizeof(*times));
	const struct client *client;
	unsigned int i, answered = 0;
	int64_t last = 0;

	for (i = 0; i < load->n_clients; i++) {
		client = &load->clients[i];
		sent += client->sent;
		replies += client->replies;
		heard += client->heard;
		server_sent += client->server_sent;
		esp_in += client->esp_in;
		wrong += client->esp_wrong;
		no_states += client->no_states;
		if (!client->answered)
			continue;
		times[answered++] = answer_ms(client);
		if (client->answered - load->begin > last)
			last = client->answered - load->begin;
	}
	qsort(times, answered, sizeof(*times), compare);
	fprintf(out, "{\"clients\": %u, \"answered\": %u, \"median-ms\": %ld, "
		"\"worst-ms\": %ld, \"last-ms\": %ld, \"sent\": %lu, "
		"\"replies\": %lu, \"heard\": %lu, \"server-sent\": %lu, "
		"\"esp-in\": %lu, \"esp-wrong\": %lu, \"no-states\": %lu}",
		load->n_clients, answered,
		answered ? times[answered / 2] : -1,
		answered ? times[answered - 1] : -1, (long)(last / 1000), sent,
		replies, heard, server_sent, esp_in, wrong, no_states);
	free(times);
}

void load_report(const struct load *load, bool totals_only, FILE *out)
{
	unsigned int i;

	if (totals_only) {
		print_totals(load, out);
		fputc('\n', out);
		return;
	}
	fputs("{\"clients\": [\n", out);
	for (i = 0; i < load->n_clients; i++) {
		print_client(&load->clients[i], out);
		fputs(i + 1 < load->n_clients ? ",\n" : "\n", out);
	}
	fputs("], \"totals\": ", out);
	print_totals(load, out);
	fputs("}\n", out);
}
