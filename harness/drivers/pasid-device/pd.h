/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * pd.h - the PASID device's own driver: it keeps the device and offers parts of it, a work queue and a raw master each, as mdevs
 * (ioasid/uapi/pasid_mdev.h). Registers: models/pasid-device/REGISTERS.md.
 */
#ifndef DRIVERS_PD_H
#define DRIVERS_PD_H

#include "ioasid/uapi/pasid_mdev.h"
#include "ioasid/uapi/vfio.h"
#include "ioasid/vfio.h"

#include <linux/mutex.h>
#include <linux/types.h>
#include <linux/xarray.h>

struct pci_dev;

enum { PD_MDEVS = 5, PD_VPASID_BITS = 10 };
enum pd_state { PD_IDLE, PD_WAITS, PD_QUEUED };

/* The registers that a guest sees. */
struct pd_registers {
    u32 op, flags, vpasid, length;
    u64 iova, iova2, fault_iova;
    u32 status;
    u8 data[128];
};

struct pd_mdev {
    struct pd_parent *parent;
    struct vfio_device *vdev;
    u32 kind; /* PMDEV_KIND_ */
    unsigned int number;
    u32 default_pasid;    /* of hardware mdevs; also 0 in the table while attached */
    struct xarray pasids; /* vPASID -> PASID, as values; 0: without */
    struct pd_registers regs;
    enum pd_state state;
    u32 pasid; /* of the operation under way */
};

struct pd_parent {
    struct pci_dev *pdev;
    void __iomem *control, *portals, *masters; /* BAR0, BAR2, BAR4; the last may be absent */
    struct mutex lock;                         /* the registers of the device; within an mdev's */
    struct pd_mdev *active;                    /* whose work the device has: one at a time */
    unsigned int mdev_count;
    struct pd_mdev mdevs[PD_MDEVS];
};

/* pd_device.c; under parent->lock */
int pd_device_start(struct pd_parent *parent);
void pd_device_stop(struct pd_parent *parent);
int pd_command(struct pd_parent *parent, u32 code, u32 operand, bool wait);
bool pd_command_active(struct pd_parent *parent);
int pd_queue_setup(struct pd_parent *parent, unsigned int queue, bool shared, u32 pasid);
/* Of one access of at most 64 bytes: a PMDEV_ code. */
u32 pd_master_access(struct pd_parent *parent, unsigned int master, bool write, u32 pasid, u64 address, u8 *data,
                     unsigned int bytes, bool no_snoop);
/* Work goes to the queue, and a drain behind it. */
int pd_queue_submit(struct pd_parent *parent, unsigned int queue, bool shared, const u64 descriptor[8]);
/* What became of it, once the drain has ended: a PMDEV_ code. */
u32 pd_queue_result(struct pd_parent *parent, unsigned int queue, u64 *fault);
int pd_portal_enqueue(struct pd_parent *parent, unsigned int queue, u64 offset, const void *descriptor);

enum { PD_DRAIN_WQ = 8, PD_DRAIN_PASID = 0x0b };

/* pd_mdev.c */
extern const struct vfio_device_ops pd_mdev_ops;

#endif
