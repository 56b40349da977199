/* SPDX-License-Identifier: BSD-2-Clause */
/* kvm_host.h - what a guest's instructions do, from outside. Hosted C; needs the module kvm to be linked (loaded or not). Callers
 * as of kernel/process.h. */
#ifndef IOASID_KVM_HOST_H
#define IOASID_KVM_HOST_H

#include <stdint.h>

struct process;

/* A guest of the VM does WBINVD: 1 when the processor's caches are flushed, 0 when it is a no-op, -EBADF, -EINVAL: no VM. */
int64_t kvm_host_wbinvd(struct process *process, int vm);
/*
 * A guest of the VM does ENQCMD with `vpasid` in IA32_PASID to `position` of a device (region << 40 | offset: a portal is region
 * 2): 0, -EAGAIN: the queue is full, -EACCES: no translation of vpasid, -EFAULT: no portal there, or it is shut, or the device is
 * not the VM's.
 */
int64_t kvm_host_enqcmd(struct process *process, int vm, const char *node, uint64_t position, uint32_t vpasid,
                        const void *descriptor /* 64 bytes */);

#endif
