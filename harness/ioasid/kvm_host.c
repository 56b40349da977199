/* SPDX-License-Identifier: BSD-2-Clause */
/* kvm_host.c - what kvm_host.h says. Built-in kernel code: it is no part of a module. */
#include "ioasid/kvm_host.h"

#include "ioasid/kvm_internal.h"
#include "kernel/process_call.h"

#include <linux/file.h>
#include <linux/fs.h>
#include <linux/string.h>

static s64 wbinvd_call(struct call *call)
{
    struct file *file = fget((unsigned int)call->a[0]);
    s64 result;

    if (!file)
        return -EBADF;
    result = kvm_guest_wbinvd(file);
    fput(file);
    return result;
}

int64_t kvm_host_wbinvd(struct process *process, int vm)
{
    return CALL(process, wbinvd_call, (u64)vm);
}

static s64 enqcmd_call(struct call *call)
{
    struct file *file = fget((unsigned int)call->a[0]);
    u8 descriptor[64];
    s64 result;

    if (!file)
        return -EBADF;
    memcpy(descriptor, (const void *)(unsigned long)call->a[4], sizeof(descriptor));
    result = kvm_guest_enqcmd(file, (const char *)(unsigned long)call->a[1], call->a[2], (u32)call->a[3], descriptor);
    fput(file);
    return result;
}

int64_t kvm_host_enqcmd(struct process *process, int vm, const char *node, uint64_t position, uint32_t vpasid,
                        const void *descriptor)
{
    return CALL(process, enqcmd_call, (u64)vm, P(node), position, vpasid, P(descriptor));
}
