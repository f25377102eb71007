// SPDX-License-Identifier: GPL-2.0
/*
 * What the key manager's notifications tell of SAs. They come for every network
 * namespace, and a namespace's own field is NULL for events of one SA. Some come
 * under the lock of the SA.
 */
#include "epoch.h"

static void sa_new(struct epoch_net *en, struct xfrm_state *x)
{
	struct epoch_tunnel *t;
	struct epoch *e;
	int err;

	epoch_lock(en);
	/* An update of an SA that exists tells of the copy it was made from,
	 * which is dead. One that dies just now is told of after this.
	 */
	t = x->km.state == XFRM_STATE_VALID ? epoch_tunnel_of_sa(en, x) : NULL;
	if (t && !epoch_sa_lookup(en, x)) {
		e = epoch_make(en, t, x, &err);
		if (!e)
			epoch_count(en, UNGATED);
	}
	epoch_unlock(en);
}

static void sa_gone(struct epoch_net *en, struct xfrm_state *x)
{
	struct epoch_sa *sa;

	epoch_lock(en);
	sa = epoch_sa_lookup(en, x);
	if (sa)
		epoch_kill(sa->epoch, SPINAT_EPOCH_EVENT_GONE);
	epoch_unlock(en);
}

static void sas_flushed(struct epoch_net *en)
{
	unsigned long id;
	struct epoch *e;

	epoch_lock(en);
	xa_for_each(&en->epochs, id, e)
		if (e->out.x->km.state == XFRM_STATE_DEAD ||
		    (e->in.x && e->in.x->km.state == XFRM_STATE_DEAD))
			epoch_kill(e, SPINAT_EPOCH_EVENT_GONE);
	epoch_unlock(en);
}

static int km_notify(struct xfrm_state *x, const struct km_event *c)
{
	struct epoch_net *en = epoch_pernet(x ? xs_net(x) : c->net);

	/* Without a tunnel, and while the namespace goes, there is nothing. */
	if (!READ_ONCE(en->peers))
		return 0;
	switch (c->event) {
	case XFRM_MSG_NEWSA:
	case XFRM_MSG_UPDSA:
		sa_new(en, x);
		break;
	case XFRM_MSG_EXPIRE:
		if (c->data.hard)
			sa_gone(en, x);
		break;
	case XFRM_MSG_DELSA:
		sa_gone(en, x);
		break;
	case XFRM_MSG_FLUSHSA:
		sas_flushed(en);
		break;
	}
	return 0;
}

/* The next two are called whether there are any or not. */
static int km_acquire(struct xfrm_state *x, struct xfrm_tmpl *tmpl,
		      struct xfrm_policy *policy)
{
	return -ESRCH;
}

static struct xfrm_policy *km_compile_policy(struct sock *sk, int opt, u8 *data,
					     int len, int *dir)
{
	return NULL;
}

static struct xfrm_mgr epoch_km = {
	.notify = km_notify,
	.acquire = km_acquire,
	.compile_policy = km_compile_policy,
};

int spinat_epoch_km_init(void)
{
	xfrm_register_km(&epoch_km);
	return 0;
}

void spinat_epoch_km_exit(void)
{
	xfrm_unregister_km(&epoch_km);
}
