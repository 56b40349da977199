/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * kvm_internal.h - what the files of the kvm module share. KVM depends on no other module: what it wants of vfio and ioasid it
 * finds by symbol_get(), and holds as long as it uses it (R-IOASID-195 to -202).
 *
 * Locks, outer first: vm->lock (commands); vm->pasids_lock (the CPU's table); vm->files_lock. The last is taken by notifications,
 * which come with locks of devices and contexts held, so under it neither vfio nor ioasid is called but for what is said to be
 * safe.
 */
#ifndef IOASID_KVM_INTERNAL_H
#define IOASID_KVM_INTERNAL_H

#include "ioasid/ioasid.h"
#include "ioasid/uapi/kvm.h"
#include "ioasid/vfio.h"

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/rwsem.h>
#include <linux/xarray.h>

struct file;

struct kvm_vm {
    struct kref kref; /* its file, its kvm-vfio device */
    struct mutex lock;
    bool has_vfio;
    bool translate; /* R-IOASID-104 */

    struct mutex files_lock;
    struct list_head files; /* of struct kvm_file */
    bool noncoherent;       /* of the files now; with once=1: at any time */
    bool wbinvd_off;        /* KVM_CAP_DISABLE_WBINVD */

    struct rw_semaphore pasids_lock; /* a guest's ENQCMD reads, from the look-up until the device has it */
    struct xarray pasids;            /* of struct kvm_pasid */
};

/* A file that is registered with the kvm-vfio device; one of the two tables is there. */
struct kvm_file {
    struct list_head node;
    struct kvm_vm *vm;
    struct file *file;                   /* held */
    const struct vfio_kvm_ops *vfio;     /* held by symbol */
    const struct ioasid_kvm_ops *ioasid; /* likewise */
    struct ioasid_ctx *ctx;              /* with ioasid */
    struct ioasid_listener listener;     /* with ioasid */
    struct notifier_block notifier;      /* with vfio */
    bool incoherent;                     /* as the listener was told */
};

struct kvm_pasid {
    struct ioasid_ctx *ctx; /* held */
    const struct ioasid_kvm_ops *ioasid;
    u32 ioasid_id, pasid;
};

/* kvm_main.c */
void kvm_vm_get(struct kvm_vm *vm);
void kvm_vm_put(struct kvm_vm *vm);
struct kvm_vm *kvm_vm_of(struct file *file); /* NULL: no VM */

/* kvm_vfio.c; the second under vm->lock */
struct file *kvm_vfio_create(struct kvm_vm *vm); /* not on an fd yet */
void kvm_vfio_open_portals(struct kvm_vm *vm);

/* kvm_pasid.c; under vm->lock */
int kvm_pasid_map(struct kvm_vm *vm, const struct kvm_map_pasid *map);
int kvm_pasid_unmap(struct kvm_vm *vm, const struct kvm_map_pasid *map);
void kvm_pasid_unmap_all(struct kvm_vm *vm);

/* What a guest's instructions do; `file` is of a VM, else -EINVAL. For the bench (guests are not run). */
int kvm_guest_wbinvd(struct file *file);
int kvm_guest_enqcmd(struct file *file, const char *node, u64 position, u32 vpasid, void *descriptor);

#endif
