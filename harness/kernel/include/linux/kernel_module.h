/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_KERNEL_MODULE_H
#define _LINUX_KERNEL_MODULE_H

#include <linux/export.h>
#include <linux/moduleparam.h>
#include <linux/types.h>

/* What a module that is linked in looks like; add_kernel_module generates one for each. */
struct module {
    const char *name;
    int (*init)(void);
    void (*exit)(void);
    const struct kernel_symbol *symbols, *symbols_end;
    const struct kernel_param *params, *params_end;
    const char *const *depends; /* names; NULL ends */
    int references;
    unsigned int state; /* enum kernel_module_state of host.h */
    bool loaded, starting, going;
    const char *preset;     /* parameters of each load */
    void *parameter_memory; /* of charp parameters */
};

#endif
