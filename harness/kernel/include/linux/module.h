/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_MODULE_H
#define _LINUX_MODULE_H

#include <linux/export.h>
#include <linux/init.h>
#include <linux/kernel_module.h>
#include <linux/moduleparam.h>
#include <linux/stddef.h>
#include <linux/stringify.h>
#include <linux/types.h>

struct module;
/* KERNEL_MODULE_ID is the name of the module that this file belongs to (add_kernel_module defines it); built-in code has none. */
#ifdef KERNEL_MODULE_ID
#define __KERNEL_THIS_MODULE __PASTE(__this_module_, KERNEL_MODULE_ID)
extern struct module __KERNEL_THIS_MODULE;
#define THIS_MODULE (&__KERNEL_THIS_MODULE)
#define module_init(function) \
    int __PASTE(__module_init_, KERNEL_MODULE_ID)(void); \
    int __PASTE(__module_init_, KERNEL_MODULE_ID)(void) \
    { \
        return function(); \
    } \
    extern int __kernel_module_init_declared
#define module_exit(function) \
    void __PASTE(__module_exit_, KERNEL_MODULE_ID)(void); \
    void __PASTE(__module_exit_, KERNEL_MODULE_ID)(void) \
    { \
        function(); \
    } \
    extern int __kernel_module_exit_declared
#else
#define THIS_MODULE ((struct module *)0)
#define module_init(function) device_initcall(function)
#define module_exit(function) static void (*const __module_exit_##function)(void) __used = (function)
#endif

bool try_module_get(struct module *module);
void __module_get(struct module *module);
void module_put(struct module *module);
int module_refcount(struct module *module);
const char *module_name(struct module *module);
void *__symbol_get(const char *name);
void __symbol_put(const char *name);
#define symbol_get(symbol) ((typeof(&symbol))(__symbol_get(#symbol)))
#define symbol_put(symbol) __symbol_put(#symbol)
void symbol_put_addr(void *address);
#define symbol_request(symbol) symbol_get(symbol)

#define __MODULE_NOTE(tag, ...) extern int __kernel_module_note
#define MODULE_LICENSE(text) __MODULE_NOTE(license, text)
#define MODULE_AUTHOR(text) __MODULE_NOTE(author, text)
#define MODULE_DESCRIPTION(text) __MODULE_NOTE(description, text)
#define MODULE_VERSION(text) __MODULE_NOTE(version, text)
#define MODULE_ALIAS(text) __MODULE_NOTE(alias, text)
#define MODULE_SOFTDEP(text) __MODULE_NOTE(softdep, text)
#define MODULE_IMPORT_NS(space) __MODULE_NOTE(import, space)
#define MODULE_INFO(tag, text) __MODULE_NOTE(tag, text)
#define MODULE_DEVICE_TABLE(type, table) __MODULE_NOTE(table, table)
#define MODULE_ALIAS_MISCDEV(minor) __MODULE_NOTE(alias, minor)

#endif
