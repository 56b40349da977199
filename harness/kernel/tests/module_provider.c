/* SPDX-License-Identifier: BSD-2-Clause */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/module.h>

static int factor = 7;
module_param(factor, int, 0444);
static bool refuse;
module_param(refuse, bool, 0444);

int provider_answer(int question);
int provider_answer(int question)
{
    return question * factor;
}
EXPORT_SYMBOL_GPL(provider_answer);

static int __init provider_init(void)
{
    return refuse ? -ENODEV : 0;
}
module_init(provider_init);

static void __exit provider_exit(void)
{
    factor = 7;
    refuse = false;
}
module_exit(provider_exit);
MODULE_LICENSE("Dual BSD/GPL");
