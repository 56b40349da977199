/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* vfio_internal.h - what the files of the vfio module share. */
#ifndef IOASID_VFIO_INTERNAL_H
#define IOASID_VFIO_INTERNAL_H

#include "ioasid/ioasid.h"
#include "ioasid/uapi/vfio.h"
#include "ioasid/vfio.h"

#include <linux/atomic.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/miscdevice.h>
#include <linux/mutex.h>

struct vfio_group;

/* A position in a device fd is region << 40 | offset. */
#define VFIO_REGION_SHIFT 40
#define VFIO_REGION_MASK ((1ull << VFIO_REGION_SHIFT) - 1)

struct vfio_device {
    struct kref kref; /* the registration's, one of each open file */
    struct list_head node;
    struct miscdevice misc;
    char path[24], devname[12], name[32];
    int number;
    struct vfio_description about; /* name points to the array above */
    bool offered;                  /* has a node (not in stage 1: R-IOASID-180) */
    struct vfio_group *group;      /* of the legacy path; NULL: none */

    struct mutex lock;      /* binds and spaces; may be held while pages are pinned */
    struct mutex access;    /* within it: the functions of the driver, mappings; mmap_lock may be held */
    bool gone;              /* both locks to change it */
    struct vfio_file *user; /* likewise: who has access, NULL: nobody (R-IOASID-208) */
};

/* One open file of a device. */
struct vfio_file {
    struct vfio_device *vdev;
    struct file *file;         /* for its mapping; no reference */
    struct vfio_group *legacy; /* it is from there: full access, cannot be bound (R-IOASID-039) */
    bool portal;               /* a VM with PASID translation has it (R-IOASID-102) */
    unsigned int version;      /* of the bind: 0 none, 1, 2 */
    atomic_t incoherent;       /* spaces that may carry no-snoop and are not made to snoop */
    struct list_head binds;    /* of struct vfio_bind */
};

struct vfio_bind {
    struct list_head node;
    struct ioasid_ctx *ctx; /* held */
    struct ioasid_dev *idev;
    struct list_head spaces; /* of struct vfio_space */
};

/* What is attached. */
struct vfio_space {
    struct list_head node, pool_node;
    struct vfio_pool *pool;    /* with CPU_VIRT: where pasid is from */
    u32 ioasid, vpasid, pasid; /* vpasid 0: without */
    bool incoherent;
    bool attached; /* vfio_pool_find() may see it */
};

extern const struct file_operations vfio_device_fops; /* of nodes */
extern const struct file_operations vfio_legacy_fops; /* of device fds from groups */

/* vfio_main.c */
void vfio_device_get(struct vfio_device *vdev);
void vfio_device_put(struct vfio_device *vdev);

/* vfio_device.c */
struct vfio_file *vfio_file_open(struct vfio_device *vdev, struct file *file);
int vfio_file_release(struct inode *inode, struct file *file);
/* Copies a structure of `known` bytes whose argsz is first: uapi/vfio.h says how. */
int vfio_copy_in(void *to, size_t known, const void __user *from);

/* The user's access goes, then the DMA context; under vdev->lock. */
void vfio_file_withdraw(struct vfio_file *vf);

/* vfio_access.c: read, write, mmap of regions, and who may. The last two under vdev->lock. */
ssize_t vfio_access_read(struct vfio_file *vf, char __user *buffer, size_t bytes, u64 position);
ssize_t vfio_access_write(struct vfio_file *vf, const char __user *buffer, size_t bytes, u64 position);
int vfio_access_mmap(struct vfio_file *vf, struct vm_area_struct *vma);
int vfio_access_begin(struct vfio_file *vf);
void vfio_access_end(struct vfio_file *vf);

/* vfio_info.c; under vdev->lock is only what is copied out */
int vfio_info_device(struct vfio_file *vf, void __user *arg);
int vfio_info_region(struct vfio_file *vf, void __user *arg);

/* vfio_bind.c; under vdev->lock, what they need of the user is copied before. */
int vfio_bind(struct vfio_file *vf, unsigned int version, int fd, u64 cookie);
void vfio_unbind_all(struct vfio_file *vf);
bool vfio_delegated(struct vfio_file *vf);
u32 vfio_pasid_flags(struct vfio_file *vf);
u32 vfio_vpasid_bits(struct vfio_file *vf);

/* vfio_attach.c; likewise. fd < 0: v1, the one context there is. */
int vfio_attach(struct vfio_file *vf, int fd, u32 ioasid, u32 vpasid, bool no_snoop);
int vfio_detach(struct vfio_file *vf, int fd, u32 ioasid, u32 vpasid);
void vfio_detach_all(struct vfio_file *vf, struct vfio_bind *bind);

/* vfio_pool.c: PASIDs on the bus that are one for all devices of a context (R-IOASID-091) */
int vfio_pool_get(struct ioasid_ctx *ctx, struct device *dev, struct vfio_space *space);
void vfio_pool_put(struct vfio_space *space);
void vfio_pool_show(struct vfio_space *space, bool attached);
int vfio_pool_find(struct ioasid_ctx *ctx, u32 ioasid, u32 vpasid, u32 *pasid);

/* vfio_kvm.c */
bool vfio_may_no_snoop(const struct vfio_device *vdev);
struct vfio_file *vfio_file_of(struct file *file); /* NULL: no device fd */
void vfio_coherency_changed(void);                 /* some vf->incoherent went to or from 0 */

/* vfio_group.c */
void vfio_group_file_closed(struct vfio_file *vf);
int vfio_group_join(struct vfio_device *vdev);
void vfio_group_leave(struct vfio_device *vdev);
bool vfio_group_is_file(struct file *file);
bool vfio_group_coherent(struct file *file);
int vfio_group_init(void);
void vfio_group_exit(void);

#endif
