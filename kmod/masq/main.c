// SPDX-License-Identifier: GPL-2.0
/* spinat_masq: module and network namespaces. */
#include <linux/module.h>
#include <linux/netdevice.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>

#define CREATE_TRACE_POINTS
#include "trace.h"

#include "masq.h"

unsigned int spinat_masq_net_id __read_mostly;

static int __net_init masq_net_init(struct net *net)
{
	struct masq_net *mn = masq_pernet(net);
	int err;

	mn->net = net;
	spin_lock_init(&mn->lock);
	spinat_masq_config_init(&mn->config, net->user_ns == &init_user_ns);
	spinat_masq_turn_init(mn);
	spinat_masq_early_init(mn);
	mn->stats = spinat_counters_alloc(MASQ_N_STATS);
	if (!mn->stats)
		return -ENOMEM;
	err = spinat_masq_table_init(mn);
	if (err)
		goto free_stats;
	err = spinat_masq_client_init(mn);
	if (err)
		goto exit_table;
	spinat_masq_gc_init(mn);
	err = spinat_masq_hooks_register(mn);
	if (err)
		goto exit_gc;
	return 0;

exit_gc:
	spinat_masq_gc_exit(mn);
	spinat_masq_client_exit(mn);
exit_table:
	spinat_masq_table_exit(mn);
free_stats:
	free_percpu(mn->stats);
	return err;
}

/* A grace period passes between this and masq_net_exit(), so that no hook
 * runs any more when the objects go.
 */
static void __net_exit masq_net_pre_exit(struct net *net)
{
	spinat_masq_hooks_unregister(masq_pernet(net));
}

static void __net_exit masq_net_exit(struct net *net)
{
	struct masq_net *mn = masq_pernet(net);
	struct masq_client *client;
	unsigned long zone;

	spinat_masq_gc_exit(mn);
	if (mn->n_clients)
		masq_zone_clean(mn);
	xa_for_each(&mn->zones, zone, client) {
		masq_lock(mn);
		masq_client_evict(mn, client);
		masq_unlock(mn);
		cond_resched();
	}
	spinat_masq_early_exit(mn);
	spinat_masq_turn_exit(mn);
	spinat_masq_client_exit(mn);
	spinat_masq_table_exit(mn);
	kfree(mn->hooks);
	free_percpu(mn->stats);
}

static struct pernet_operations masq_net_ops = {
	.init = masq_net_init,
	.pre_exit = masq_net_pre_exit,
	.exit = masq_net_exit,
	.id = &spinat_masq_net_id,
	.size = sizeof(struct masq_net),
};

static int masq_netdev_event(struct notifier_block *nb, unsigned long event,
			     void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);

	if (event == NETDEV_DOWN || event == NETDEV_UNREGISTER) {
		masq_turn_dev_down(masq_pernet(dev_net(dev)), dev);
		masq_early_dev_down(masq_pernet(dev_net(dev)), dev);
	}
	return NOTIFY_DONE;
}

static struct notifier_block masq_netdev_nb = {
	.notifier_call = masq_netdev_event,
};

static int __init spinat_masq_init(void)
{
	int err;

	spinat_masq_table_seed();
	err = spinat_masq_cache_init();
	if (err)
		return err;
	err = spinat_masq_zone_init();
	if (err)
		goto exit_cache;
	err = register_pernet_subsys(&masq_net_ops);
	if (err)
		goto exit_zone;
	err = register_netdevice_notifier(&masq_netdev_nb);
	if (err)
		goto unregister_pernet;
	err = spinat_masq_nl_init();
	if (err)
		goto unregister_netdev;
	return 0;

unregister_netdev:
	unregister_netdevice_notifier(&masq_netdev_nb);
unregister_pernet:
	unregister_pernet_subsys(&masq_net_ops);
exit_zone:
	spinat_masq_zone_exit();
exit_cache:
	spinat_masq_cache_exit();
	return err;
}

static void __exit spinat_masq_exit(void)
{
	spinat_masq_nl_exit();
	unregister_netdevice_notifier(&masq_netdev_nb);
	unregister_pernet_subsys(&masq_net_ops);
	spinat_masq_zone_exit();
	spinat_masq_cache_exit();
}

module_init(spinat_masq_init);
module_exit(spinat_masq_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Plain ESP of many clients behind one NAT address");
MODULE_ALIAS_GENL_FAMILY(SPINAT_MASQ_FAMILY_NAME);
