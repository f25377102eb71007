/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SPINAT_COMPAT_NF_CONNTRACK_H
#define _SPINAT_COMPAT_NF_CONNTRACK_H

#include_next <net/netfilter/nf_conntrack.h>

#ifndef SPINAT_HAS_NF_CT_ITER_DATA
struct nf_ct_iter_data {
	struct net *net;
	void *data;
	u32 portid;
	int report;
};

static inline void
spinat_compat_iterate(int (*iter)(struct nf_conn *i, void *data),
		      const struct nf_ct_iter_data *iter_data)
{
	nf_ct_iterate_cleanup_net(iter_data->net, iter, iter_data->data,
				  iter_data->portid, iter_data->report);
}

#define nf_ct_iterate_cleanup_net	spinat_compat_iterate
#endif

#endif
