// SPDX-License-Identifier: GPL-2.0
/*
 * The collector: walks the clients by zone, a batch at a time, and forgets
 * what was idle for too long.
 */
#include <linux/workqueue.h>

#include "masq.h"

#define GC_INTERVAL	HZ
/* Out-SPIs a run looks at, at least */
#define GC_BATCH	4096
/* Seconds of silence after which a strong pair is not contradicted any more */
#define SETTLE_TIME	5

/* Jiffies since the last packet with any of its SPIs */
static u32 idle_of(const struct masq_out *out)
{
	u32 now = masq_now(), idle = now - READ_ONCE(out->s.last);
	const struct masq_in *in;

	for (in = out->ins; in; in = in->next)
		idle = min(idle, now - READ_ONCE(in->s.last));
	return idle;
}

/* A probe is needed no longer once the answer is beyond doubt, or the SA is
 * too old for lengths to prove anything.
 */
static bool probe_done(const struct masq_out *out, u32 idle)
{
	if (!out->s.evidence || !list_empty(&out->probe->held))
		return false;
	if (masq_strong(out->s.evidence))
		return idle > SETTLE_TIME * HZ ||
		       READ_ONCE(out->ins->s.packets) > MASQ_SETTLED;
	return READ_ONCE(out->s.seq) > MASQ_SEQ_LOW ||
	       masq_now() - out->first > MASQ_YOUNG || idle > 10 * HZ;
}

static int out_tick(struct masq_net *mn, struct masq_out *out, void *seen)
{
	struct masq_flow *flow = masq_out_flow(out);
	u32 idle = idle_of(out), limit;

	++*(u32 *)seen;
	if (out->probe && probe_done(out, idle))
		masq_probe_close(mn, out);
	if (out->s.evidence == SPINAT_MASQ_EVIDENCE_PINNED)
		return 0;
	limit = out->s.evidence ? masq_config(mn, PAIR_TIMEOUT) :
				masq_config(mn, OPEN_TIMEOUT);
	if (idle <= limit * HZ)
		return 0;
	/* Stock delivers late answers as long as conntrack has the entry; so
	 * do we.
	 */
	if (flow->n_outs == 1 &&
	    masq_zone_alive(mn->net, flow->client->zone, &flow->n.addrs))
		return 0;
	masq_count(mn, EXPIRE);
	masq_out_del(mn, out, SPINAT_MASQ_REASON_EXPIRED);
	return MASQ_GONE;
}

static void gc_work(struct work_struct *work)
{
	struct masq_net *mn = container_of(to_delayed_work(work),
					   struct masq_net, gc);
	u32 batch = max_t(u32, GC_BATCH, READ_ONCE(mn->n_outs) / 16), n = 0;

	for (; n < batch; n++) {
		if (!masq_walk(mn, &mn->gc_at, out_tick, &n)) {
			memset(&mn->gc_at, 0, sizeof(mn->gc_at));
			break;
		}
		cond_resched();
	}
	masq_table_resize(mn);
	queue_delayed_work(system_power_efficient_wq, &mn->gc, GC_INTERVAL);
}

/* Entries come faster than the collector: it grows the tables at once. */
void spinat_masq_gc_hurry(struct masq_net *mn)
{
	if (unlikely(masq_table_wants_resize(mn)))
		mod_delayed_work(system_power_efficient_wq, &mn->gc, 0);
}

void spinat_masq_gc_init(struct masq_net *mn)
{
	INIT_DELAYED_WORK(&mn->gc, gc_work);
	queue_delayed_work(system_power_efficient_wq, &mn->gc, GC_INTERVAL);
}

void spinat_masq_gc_exit(struct masq_net *mn)
{
	cancel_delayed_work_sync(&mn->gc);
}
