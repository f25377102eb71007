// SPDX-License-Identifier: GPL-2.0
/*
 * Does on purpose what the debug kernel must report, one thing a load: a test that
 * nobody has seen fail proves nothing. The parameter says what.
 */
#include <linux/cpumask.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

static char *bug = "";
module_param(bug, charp, 0);
MODULE_PARM_DESC(bug, "use-after-free, leak, sleep, rcu, timer or race");

static DEFINE_SPINLOCK(lock);
static int __rcu *shared;

static void use_after_free(void)
{
	int *p = kmalloc(sizeof(*p), GFP_KERNEL);

	kfree(p);
	OPTIMIZER_HIDE_VAR(p);
	if (p)
		WRITE_ONCE(*p, 1);
}

static void leak(void)
{
	int i;

	/* Many, as something may look like a pointer to one. */
	for (i = 0; i < 16; i++) {
		void *p = kmalloc(100, GFP_KERNEL);

		OPTIMIZER_HIDE_VAR(p);
	}
}

static void sleep_under_lock(void)
{
	spin_lock(&lock);
	might_sleep();
	spin_unlock(&lock);
}

/* Nobody holds what protects it. */
static void read_unprotected(void)
{
	if (rcu_dereference(shared))
		pr_info("never\n");
}

static void never(struct timer_list *timer)
{
}

/* Memory goes while its timer runs. */
static void free_with_timer(void)
{
	struct timer_list *timer = kmalloc(sizeof(*timer), GFP_KERNEL);

	if (!timer)
		return;
	timer_setup(timer, never, 0);
	mod_timer(timer, jiffies + 1000 * HZ);
	kfree(timer);
}

static int raced;

/* Not inlined, so that a report names it. */
static noinline void count_plainly(struct work_struct *work)
{
	unsigned long end = jiffies + HZ;

	while (time_before(jiffies, end)) {
		raced++;
		cpu_relax();
	}
}

/* Two processors count, and nobody says who first. */
static void race(void)
{
	static DEFINE_PER_CPU(struct work_struct, counting);
	int cpu;

	for_each_online_cpu(cpu) {
		INIT_WORK(per_cpu_ptr(&counting, cpu), count_plainly);
		schedule_work_on(cpu, per_cpu_ptr(&counting, cpu));
	}
	for_each_online_cpu(cpu)
		flush_work(per_cpu_ptr(&counting, cpu));
}

static const struct {
	const char *name;
	void (*plant)(void);
} bugs[] = {
	{ "use-after-free", use_after_free },
	{ "leak", leak },
	{ "sleep", sleep_under_lock },
	{ "rcu", read_unprotected },
	{ "timer", free_with_timer },
	{ "race", race },
};

static int __init planted_init(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(bugs); i++) {
		if (!strcmp(bug, bugs[i].name)) {
			bugs[i].plant();
			return 0;
		}
	}
	return -EINVAL;
}
module_init(planted_init);

static void __exit planted_exit(void)
{
}
module_exit(planted_exit);

MODULE_DESCRIPTION("Bugs for the debug kernel to find");
MODULE_LICENSE("GPL");
