/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * vfio.h - the VFIO side inside the kernel: what a driver gives to offer a device at /dev/vfio/devices/vfioN, and what KVM asks
 * of fds. The rules of the fds are in uapi/vfio.h; the address spaces are the ioasid module's.
 *
 * A device is gone at vfio_device_unregister(), whoever has it open: the user's access is withdrawn, what is attached is
 * detached, and from its return no function of the driver is called. Functions of one device are called one at a time.
 */
#ifndef IOASID_VFIO_H
#define IOASID_VFIO_H

#include <linux/types.h>

struct device;
struct file;
struct ioasid_ctx;
struct module;
struct notifier_block;
struct vfio_device;
struct vm_area_struct;

struct vfio_device_ops {
    /* Size of a region, 0: not there. flags: VFIO_REGION_INFO_FLAG_*. */
    u64 (*region)(struct vfio_device *vdev, unsigned int index, u32 *flags);
    /* 0 or -errno. bytes is 1, 2, 4, 8, or 64 in a write, and offset a multiple of it; the whole lies in the region. */
    int (*read)(struct vfio_device *vdev, unsigned int index, u64 offset, void *data, size_t bytes);
    int (*write)(struct vfio_device *vdev, unsigned int index, u64 offset, const void *data, size_t bytes);
    int (*mmap)(struct vfio_device *vdev, unsigned int index, u64 offset, struct vm_area_struct *vma); /* NULL: never */
    int (*reset)(struct vfio_device *vdev);                                                            /* NULL: cannot */
    /* Access of the user begins (may fail), and has ended: registers are as after a reset, no work is left. NULL: nothing to do
     */
    int (*open)(struct vfio_device *vdev);
    void (*close)(struct vfio_device *vdev);
    /*
     * DMA with that vPASID (0: without) goes out with `pasid` from now on; IOMMU_PASID_INVALID: no more of it goes out. An mdev's
     * driver keeps the table (R-IOASID-087). NULL: vPASIDs are PASIDs.
     */
    void (*space)(struct vfio_device *vdev, u32 vpasid, u32 pasid);
    /* After the IOMMU was made to refuse `pasid`: the work that has it ends; the PASID may then become another's. NULL: nothing
     */
    void (*drain)(struct vfio_device *vdev, u32 pasid);
    /* A PASID on the bus for a space of this device that no other VM-wide rule decides (type 6), and its end. */
    int (*pasid_get)(struct vfio_device *vdev, u32 *pasid);
    void (*pasid_put)(struct vfio_device *vdev, u32 pasid);
    /* A descriptor of 64 bytes, its PASID filled in, arrives at a portal: 0, -EAGAIN (full), -EFAULT (no portal there). */
    int (*enqcmd)(struct vfio_device *vdev, unsigned int index, u64 offset, const void *descriptor);
};

enum vfio_kind {
    VFIO_PDEV,     /* a function with its own RID */
    VFIO_MDEV,     /* RID of the parent, told apart by PASID (types 3, 6, 8) */
    VFIO_SOFTWARE, /* told apart by its driver; nothing of it is in an IOMMU (type 2) */
};

struct vfio_description {
    const struct vfio_device_ops *ops;
    struct device *dev; /* whose RID is on the bus; of an mdev the parent */
    const char *name;   /* for the legacy path and reports; copied */
    enum vfio_kind kind;
    u32 flags;         /* VFIO_DEVICE_FLAGS_RESET, _PCI */
    u32 pasid_flags;   /* VFIO_DEVICE_PASID_CPU, _CPU_VIRT; DELEGATED is found out */
    u32 vpasid_bits;   /* 0: no PASID capability */
    u32 default_pasid; /* VFIO_MDEV: where DMA without a vPASID goes; nobody is told (R-IOASID-094) */
    bool no_snoop;     /* the device can ask for no-snoop, or nobody knows */
    void *data;        /* vfio_device_data() */
};

struct vfio_device *vfio_device_register(const struct vfio_description *description); /* ERR_PTR */
void vfio_device_unregister(struct vfio_device *vdev);
void *vfio_device_data(struct vfio_device *vdev);
/* Of an mdev, in its own functions only: read or write memory of an address space by the processor (software mdev). */
int vfio_device_copy(struct vfio_device *vdev, u32 vpasid, u64 iova, void *data, size_t bytes, bool write);

/* The n-th device there is (NULL: no more): node name "vfio/devices/vfioN"; for the host's side. */
struct vfio_device *vfio_device_nth(unsigned int n);
const char *vfio_device_node(struct vfio_device *vdev);
const char *vfio_device_name(struct vfio_device *vdev);
struct device *vfio_device_dev(struct vfio_device *vdev);
enum vfio_kind vfio_device_kind(struct vfio_device *vdev);

/*
 * What KVM asks of fds. It reaches the table by symbol_get() and holds the module as long as one fd is registered
 * (R-IOASID-202). But for enqcmd, none of them sleeps on a lock of a device: they are called from notifications.
 */
struct vfio_kvm_ops {
    bool (*is_vfio)(struct file *file); /* of a device, bound or not, or of a legacy group */
    bool (*coherent)(struct file *file);
    /* Told when coherent() may answer otherwise: before that takes effect, or after (R-IOASID-185, -191). */
    int (*notify)(struct notifier_block *nb);
    void (*unnotify)(struct notifier_block *nb);
    /* The PASID on the bus of the CPU_VIRT devices that have `ioasid` attached as vpasid: 0, -EINVAL (R-IOASID-099). */
    int (*find_pasid)(struct ioasid_ctx *ctx, u32 ioasid, u32 vpasid, u32 *pasid);
    /* The guest's portal (R-IOASID-102): shut at first, and again at false. No effect on devices without CPU_VIRT. */
    void (*portal)(struct file *file, bool open);
    /*
     * The guest's ENQCMD reaches the portal at `position` of device `node` ("vfio/devices/vfioN"), if `file` is an fd of it, else
     * -ENXIO. translate(data, vpasid, &pasid) is asked for devices with CPU_VIRT only, for there the CPU translates; else the
     * vPASID goes out as it is (R-IOASID-103). 0, -EAGAIN, -EFAULT (no portal there, or shut), or what translate() said.
     */
    int (*enqcmd)(struct file *file, const char *node, u64 position, u32 vpasid, void *descriptor,
                  int (*translate)(void *data, u32 vpasid, u32 *pasid), void *data);
};
extern const struct vfio_kvm_ops vfio_kvm_ops;

#endif
