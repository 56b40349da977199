/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_EXPORT_H
#define _LINUX_EXPORT_H

#include <linux/compiler.h>

/* Noted in a section of its module, so that symbol_get finds it and the undefined-symbols test sees it. */
struct kernel_symbol {
    const char *name;
    void *address;
};
#define __EXPORT(symbol) \
    const struct kernel_symbol __ksymtab_##symbol __used __section("ksymtab_" KERNEL_MODULE_SECTION) __aligned(8) = { \
        #symbol, (void *)(unsigned long)&symbol}
#ifdef KERNEL_MODULE_SECTION
#define EXPORT_SYMBOL(symbol) __EXPORT(symbol)
#else
#define EXPORT_SYMBOL(symbol) extern typeof(symbol) symbol
#endif
#define EXPORT_SYMBOL_GPL(symbol) EXPORT_SYMBOL(symbol)
#define EXPORT_SYMBOL_NS(symbol, space) EXPORT_SYMBOL(symbol)
#define EXPORT_SYMBOL_NS_GPL(symbol, space) EXPORT_SYMBOL(symbol)

#endif
