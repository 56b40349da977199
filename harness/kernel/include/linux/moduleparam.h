/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_MODULEPARAM_H
#define _LINUX_MODULEPARAM_H

#include <linux/compiler.h>
#include <linux/types.h>

struct kernel_param;
struct kernel_param_ops {
    int (*set)(const char *text, const struct kernel_param *param);
    int (*get)(char *buffer, const struct kernel_param *param);
};
struct kernel_param {
    const char *name;
    const struct kernel_param_ops *ops;
    void *arg;
};
extern const struct kernel_param_ops param_ops_bool, param_ops_int, param_ops_uint, param_ops_ulong, param_ops_charp,
    param_ops_ushort, param_ops_ullong;
int param_set_bool(const char *text, const struct kernel_param *param);
int param_set_int(const char *text, const struct kernel_param *param);
int param_set_uint(const char *text, const struct kernel_param *param);
int param_set_charp(const char *text, const struct kernel_param *param);
int param_get_charp(char *buffer, const struct kernel_param *param);

#ifdef KERNEL_MODULE_SECTION
#define __KERNEL_PARAM_SECTION "kparam_" KERNEL_MODULE_SECTION
#else
#define __KERNEL_PARAM_SECTION "kparam_kernel"
#endif
#define module_param_cb(param, param_ops, argument, permissions) \
    static const struct kernel_param __param_##param __used __section(__KERNEL_PARAM_SECTION) __aligned(8) = { \
        #param, param_ops, argument}
#define module_param_named(param, variable, type, permissions) \
    module_param_cb(param, &param_ops_##type, &variable, permissions)
#define module_param(variable, type, permissions) module_param_named(variable, variable, type, permissions)
#define MODULE_PARM_DESC(param, text) extern int __kernel_param_note

#endif
