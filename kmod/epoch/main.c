// SPDX-License-Identifier: GPL-2.0
/* spinat_epoch: module and network namespaces. */
#include <linux/module.h>
#include <linux/netdevice.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>

#include "epoch.h"

unsigned int spinat_epoch_net_id __read_mostly;

static int __net_init epoch_net_init(struct net *net)
{
	struct epoch_net *en = epoch_pernet(net);
	int err;

	en->net = net;
	mutex_init(&en->setup);
	spin_lock_init(&en->lock);
	spin_lock_init(&en->ctl_lock);
	spinat_epoch_limits_init(en->limits, net->user_ns == &init_user_ns);
	spinat_epoch_hold_init(en);
	en->stats = spinat_counters_alloc(EPOCH_N_STATS);
	if (!en->stats)
		return -ENOMEM;
	err = spinat_epoch_table_init(en);
	if (err)
		free_percpu(en->stats);
	return err;
}

/* Grace periods pass between this and epoch_net_exit(): no hook runs then. */
static void __net_exit epoch_net_pre_exit(struct net *net)
{
	spinat_epoch_hooks_unregister(epoch_pernet(net));
}

static void __net_exit epoch_net_exit(struct net *net)
{
	struct epoch_net *en = epoch_pernet(net);
	struct epoch_tunnel *t;
	unsigned long id;

	xa_for_each(&en->tunnels, id, t) {
		epoch_lock(en);
		epoch_tunnel_kill(en, t);
		epoch_unlock(en);
		cond_resched();
	}
	spinat_epoch_table_close(en);
	/* Timers that ran when they were deleted, and notifications: SAs live,
	 * and expire, until xfrm's own exit, which comes later.
	 */
	synchronize_rcu();
	spinat_epoch_hold_exit(en);
	spinat_epoch_xmit_exit(en);
	spinat_epoch_table_exit(en);
	kfree(en->hooks);
	free_percpu(en->stats);
}

static struct pernet_operations epoch_net_ops = {
	.init = epoch_net_init,
	.pre_exit = epoch_net_pre_exit,
	.exit = epoch_net_exit,
	.id = &spinat_epoch_net_id,
	.size = sizeof(struct epoch_net),
};

/* The module goes: to be unregistered is to be told that all devices go. */
static bool leaving;

static int epoch_netdev_event(struct notifier_block *nb, unsigned long event,
			      void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);

	if (READ_ONCE(leaving))
		return NOTIFY_DONE;
	if (event == NETDEV_DOWN || event == NETDEV_UNREGISTER)
		epoch_dev_down(epoch_pernet(dev_net(dev)), dev);
	return NOTIFY_DONE;
}

static struct notifier_block epoch_netdev_nb = {
	.notifier_call = epoch_netdev_event,
};

static int __init spinat_epoch_init(void)
{
	int err;

	err = spinat_epoch_life_init();
	if (err)
		return err;
	err = register_pernet_subsys(&epoch_net_ops);
	if (err)
		goto exit_life;
	err = register_netdevice_notifier(&epoch_netdev_nb);
	if (err)
		goto unregister_pernet;
	err = spinat_epoch_km_init();
	if (err)
		goto unregister_netdev;
	err = spinat_epoch_nl_init();
	if (err)
		goto exit_km;
	return 0;

exit_km:
	spinat_epoch_km_exit();
unregister_netdev:
	unregister_netdevice_notifier(&epoch_netdev_nb);
unregister_pernet:
	unregister_pernet_subsys(&epoch_net_ops);
exit_life:
	spinat_epoch_life_exit();
	return err;
}

static void __exit spinat_epoch_exit(void)
{
	spinat_epoch_nl_exit();
	spinat_epoch_km_exit();
	WRITE_ONCE(leaving, true);
	unregister_netdevice_notifier(&epoch_netdev_nb);
	spinat_epoch_input_unregister();
	unregister_pernet_subsys(&epoch_net_ops);
	spinat_epoch_life_exit();
}

module_init(spinat_epoch_init);
module_exit(spinat_epoch_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Proves new IPsec SAs before they get data");
MODULE_ALIAS_GENL_FAMILY(SPINAT_EPOCH_FAMILY_NAME);
