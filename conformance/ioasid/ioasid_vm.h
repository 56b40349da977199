/* SPDX-License-Identifier: BSD-2-Clause */
/* ioasid_vm.h - a VM and its kvm-vfio device, for the chapters on the no-snoop contract and on modules. */
#ifndef IOASID_VM_H
#define IOASID_VM_H

#include "ioasid_chapters.h"

#include "ioasid/uapi/kvm.h"

#include <string.h>

struct vm {
    struct io *io;
    int32_t kvm, fd, devices; /* -1 */
    struct io_memory *m;      /* for what kvm-vfio is given by address */
};

static inline int64_t vm_open(struct vm *vm, struct io *io)
{
    struct kvm_create_device device = {.type = KVM_DEV_TYPE_VFIO};
    int64_t result;

    *vm = (struct vm){.io = io, .kvm = -1, .fd = -1, .devices = -1, .m = io_memory(io, 0, IO_PAGE)};
    result = io_open_path(io, 0, "/dev/kvm", 2);
    if (result < 0)
        return result;
    vm->kvm = (int32_t)result;
    result = sys_ioctl_raw(io->t, 0, vm->kvm, KVM_CREATE_VM, 0);
    if (result < 0)
        return result;
    vm->fd = (int32_t)result;
    result = io_ioctl(io, 0, vm->fd, KVM_CREATE_DEVICE, &device, sizeof(device));
    vm->devices = (int32_t)device.fd;
    return result;
}

static inline void vm_close(struct vm *vm)
{
    io_require(vm->io->t, sys_close(vm->io->t, 0, vm->devices), "close of kvm-vfio");
    io_require(vm->io->t, sys_close(vm->io->t, 0, vm->fd), "close of the VM");
    io_require(vm->io->t, sys_close(vm->io->t, 0, vm->kvm), "close of /dev/kvm");
}

static inline int64_t vm_attribute(struct vm *vm, uint64_t attribute, int32_t fd)
{
    struct kvm_device_attr attr = {.group = KVM_DEV_VFIO_FILE, .attr = attribute, .addr = vm->m->va};

    io_store(vm->io, vm->m, 0, &fd, sizeof(fd));
    return io_ioctl(vm->io, 0, vm->devices, KVM_SET_DEVICE_ATTR, &attr, sizeof(attr));
}

static inline int64_t vm_add(struct vm *vm, int32_t fd)
{
    return vm_attribute(vm, KVM_DEV_VFIO_FILE_ADD, fd);
}

static inline int64_t vm_del(struct vm *vm, int32_t fd)
{
    return vm_attribute(vm, KVM_DEV_VFIO_FILE_DEL, fd);
}

static inline bool vm_expect_wbinvd(struct vm *vm, const char *row, bool effective, const char *when)
{
    return CHECK_EQ(vm->io->t, row, effective, guest_wbinvd(vm->io->t, 0, vm->fd), "guest WBINVD %s", when);
}

#endif
