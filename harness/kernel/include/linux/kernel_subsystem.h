/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_KERNEL_SUBSYSTEM_H
#define _LINUX_KERNEL_SUBSYSTEM_H

#include <linux/compiler.h>
#include <linux/stddef.h>

/*
 * A part of this kernel that is set up at boot and taken down at halt (in the reverse order): after `halt` nothing that the part
 * allocated may be left. Needs the library to be linked whole; add_kernel_library does that.
 */
struct kernel_subsystem {
    const char *name;
    int level; /* 0..7 */
    int (*boot)(void);
    void (*halt)(void);
};
#define KERNEL_SUBSYSTEM(id, the_level, boot_function, halt_function) \
    static const struct kernel_subsystem __subsystem_##id = { \
        .name = #id, .level = (the_level), .boot = (boot_function), .halt = (halt_function)}; \
    static const struct kernel_subsystem *const __subsystem_pointer_##id __used __section("kernel_subsystems") = \
        &__subsystem_##id

#endif
