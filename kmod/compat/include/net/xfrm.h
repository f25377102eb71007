/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SPINAT_COMPAT_XFRM_H
#define _SPINAT_COMPAT_XFRM_H

#include_next <net/xfrm.h>

/**
 * spinat_xfrm_policy_forget() - make a policy forget the SAs it was used with
 * @policy: the policy, which the caller still holds
 *
 * Since 6.14, and 6.12.13, a policy remembers SAs in a list that they are linked
 * into. Only the removal of a policy from the tables empties it; one that never
 * was in a table would leave the SAs linked to freed memory.
 */
static inline void spinat_xfrm_policy_forget(struct xfrm_policy *policy)
{
#ifdef SPINAT_HAS_STATE_CACHE_LIST
	struct net *net = xp_net(policy);
	struct hlist_node *next;
	struct xfrm_state *x;

	spin_lock_bh(&net->xfrm.xfrm_state_lock);
	hlist_for_each_entry_safe(x, next, &policy->state_cache_list,
				  state_cache)
		hlist_del_init_rcu(&x->state_cache);
	spin_unlock_bh(&net->xfrm.xfrm_state_lock);
#endif
}

#endif
