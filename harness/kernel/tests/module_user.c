/* SPDX-License-Identifier: BSD-2-Clause */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/string.h>

int provider_answer(int question);
static char *mode = "plain";
module_param(mode, charp, 0444);

static int __init user_init(void)
{
    if (strcmp(mode, "plain") != 0 && strcmp(mode, "other") != 0)
        return -EINVAL;
    return provider_answer(1) ? 0 : -EIO;
}
module_init(user_init);

static void __exit user_exit(void)
{
    mode = "plain";
}
module_exit(user_exit);
MODULE_LICENSE("Dual BSD/GPL");
