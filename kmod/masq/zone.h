/* SPDX-License-Identifier: GPL-2.0 */
/* What every packet of a believed pair does to its conntrack entry. */
#ifndef _SPINAT_MASQ_ZONE_H
#define _SPINAT_MASQ_ZONE_H

#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "masq.h"

/* Is this the entry of a client's ESP? */
static __always_inline bool masq_zone_is_ours(const struct nf_conn *ct)
{
	return nf_ct_zone(ct)->flags & MASQ_ZONE_OURS;
}

/**
 * masq_zone_believe() - keep the conntrack entry of a believed pair
 * @mn: per netns
 * @ct: entry of a client's ESP, confirmed or not
 *
 * A full table evicts entries that are not ASSURED whatever their timeout, and
 * the generic tracker never makes them so and resets their timeout to its own
 * with every packet (nf_conntrack_proto_generic.c) unless it is fixed. Renewed
 * when a sixteenth of the time is over, or the setting was changed.
 */
static __always_inline void masq_zone_believe(struct masq_net *mn,
					      struct nf_conn *ct)
{
	const unsigned long managed = IPS_ASSURED | IPS_FIXED_TIMEOUT;
	u32 ticks = masq_config(mn, PAIR_TIMEOUT) * HZ;
	s32 off = READ_ONCE(ct->timeout) - masq_now() - ticks;

	if (unlikely((READ_ONCE(ct->status) & managed) != managed ||
		     abs(off) > (s32)(ticks / 16)))
		masq_zone_renew(ct, ticks);
}

#endif
