// SPDX-License-Identifier: GPL-2.0
/* The module of all suites: loading it runs them. */
#include <linux/module.h>

#define CREATE_TRACE_POINTS
#include "../../kmod/masq/trace.h"

#include "test.h"

static u64 random_state = 88172645463325252ULL;

/* xorshift64 */
u32 random_u32(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state >> 16;
}

/* After the suites: the plan, which 6.1 prints only for those that are built in. */
static int __init suites_init(void)
{
	pr_info("1..%d\n", THIS_MODULE->num_kunit_suites);
	return 0;
}
module_init(suites_init);

static void __exit suites_exit(void)
{
}
module_exit(suites_exit);

MODULE_DESCRIPTION("KUnit suites of spinat");
MODULE_LICENSE("GPL");
