/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * ioasid.h - the in-kernel side of /dev/ioasid and /dev/iommu: what drivers of devices (VFIO) and KVM call. The core calls
 * neither of them and needs neither of their modules (R-IOASID-201).
 *
 * Lives. A context (struct ioasid_ctx) is what an open file of one of the two nodes stands for. It lives while its file is open
 * or a device is bound to it, or somebody holds it with ioasid_ctx_get(); closing the file while a device is bound takes nothing
 * away from the device (R-IOASID-045), but pending faults are answered, for nobody can answer them any more. A bound device
 * (struct ioasid_dev) lives from ioasid_bind() to ioasid_unbind(), which the driver calls once, after it has taken user access
 * away (R-IOASID-044), with no other call on this device under way. IOASIDs are named by number, looked up at each call; an
 * attach keeps its IOASID from being freed.
 *
 * Locks. All calls may sleep and take the context's mutex; call them with no lock held that a coherency listener takes.
 */
#ifndef IOASID_IOASID_H
#define IOASID_IOASID_H

#include <linux/list.h>
#include <linux/types.h>

struct device;
struct file;
struct module;
struct ioasid_ctx;
struct ioasid_dev;

/* ---- contexts ---- */

/* The context of an open file, held; ERR_PTR(-EBADF): no file, ERR_PTR(-EINVAL): a file of another kind (R-IOASID-037). */
struct ioasid_ctx *ioasid_ctx_fdget(int fd);
/* The same for a file that the caller holds; ERR_PTR(-EINVAL). */
struct ioasid_ctx *ioasid_ctx_from_file(struct file *file);
void ioasid_ctx_get(struct ioasid_ctx *ctx);
void ioasid_ctx_put(struct ioasid_ctx *ctx);
unsigned int ioasid_ctx_version(const struct ioasid_ctx *ctx); /* 1: /dev/ioasid, 2: /dev/iommu */

/* ---- binding ---- */

enum ioasid_dev_kind {
    IOASID_DEV_PHYSICAL, /* its driver is a pass-through driver with driver_managed_dma; its requester id is its own */
    IOASID_DEV_MDEV,     /* a part of dev, told apart by PASIDs; dev stays with its kernel driver */
    IOASID_DEV_SOFTWARE, /* no DMA of its own: its driver asks ioasid_rw() (R-IOASID-079) */
};

struct ioasid_bind_info {
    enum ioasid_dev_kind kind;
    struct device *dev; /* of an mdev: the parent; of a software mdev: NULL, or whatever */
    u64 cookie;         /* v1: 0 */
    u32 default_pasid;  /* MDEV: what an attach without vPASID uses; the driver's, from iommu_alloc_global_pasid() */
};

/*
 * Binds a device, ERR_PTR on failure, after which nothing has changed (R-IOASID-042).
 * PHYSICAL: claims the DMA of its group for user space: all members are in block-DMA from the first bind (R-IOASID-041, -049) to
 * the last unbind (R-IOASID-053, -054). An MDEV has no entry for its PASIDs until it is attached: it is blocked as well. -EBUSY:
 * bound already: to this context (R-IOASID-038), to another (R-IOASID-032, -034; profile v2 allows it, -033), or the cookie is
 *   taken (profile up allows equal ones, R-IOASID-036). -EPERM: a member of the group has a kernel driver that does DMA
 *   (R-IOASID-048), or is bound to another context (R-IOASID-051), or needs identity maps (R-IOASID-062). -ENODEV: no IOMMU.
 * -EINVAL: profile s20: a group of several devices (R-IOASID-060), or an IOMMU that cannot enforce snoop (R-IOASID-180). -ENOMEM.
 */
struct ioasid_dev *ioasid_bind(struct ioasid_ctx *ctx, const struct ioasid_bind_info *info);
/* Detaches what is attached, answers what is pending (R-IOASID-168), releases the group. */
void ioasid_unbind(struct ioasid_dev *idev);

/* Shall there be a node for it? False: stage 1 (profile s20) does not offer it (R-IOASID-060, -180). */
bool ioasid_offers(struct device *dev);
/* PASID table of the user: one attach without vPASID covers all PASIDs (the DELEGATED flag, R-IOASID-084). */
bool ioasid_dev_delegated(const struct ioasid_dev *idev);
/* How many PASIDs its IOMMU and it can use; 0: none. */
u32 ioasid_dev_max_pasids(const struct ioasid_dev *idev);

/* ---- attaching ---- */

#define IOASID_NO_PASID ((u32)-1)

/* The device may use no-snoop as far as anybody knows: its capability, and no promise of the user not to. */
#define IOASID_ATTACH_NO_SNOOP (1 << 0)

/*
 * Attaches a device to an IOASID of its context. vpasid: IOASID_NO_PASID: requests without PASID (of an MDEV: with its default
 * PASID); else the PASID as the user names it, and ppasid is the one on the bus: of a PHYSICAL device the same (R-IOASID-086), of
 * an MDEV another one that the driver took for it (R-IOASID-087); a pPASID belongs to one attach of one requester id
 * (R-IOASID-066, -096). Attaching to a child, without vPASID, a device that is attached to the parent so, keeps it attached to
 * the parent (R-IOASID-073) and translates by the child until it is detached from that. At every moment the device is blocked, or
 * translated by the former, or by the new table (R-IOASID-055). After an error both are as before. The other members of a
 * multi-device group come along: they are translated likewise from the first attach on, and to be attached to the same IOASID
 * only (R-IOASID-056); the group leaves it with the last detach (R-IOASID-057).
 *
 * -EINVAL: unknown IOASID (R-IOASID-072); a dummy root; formats that do not fit (R-IOASID-068), address width of the device below
 * that of the IOASID (R-IOASID-069), mappings outside what the device permits, snoop that cannot be enforced (R-IOASID-177);
 * vPASID for a device without PASIDs or out of range (R-IOASID-081), for a PASID table, or beside a PASID table of the user
 * (R-IOASID-085; v1 tracks it); v1: a child whose parent the device is not attached to (R-IOASID-073). -EBUSY: the place,
 * requester id or with pPASID, is taken by another IOASID (R-IOASID-066; profile up, requester id: it is replaced, R-IOASID-080),
 * or by this one; profile s20: the device is attached to some IOASID (R-IOASID-065). -EOPNOTSUPP: the driver of the IOMMU cannot
 * do this. -ENOMEM, -ENOSPC.
 */
int ioasid_attach(struct ioasid_dev *idev, u32 ioasid, u32 vpasid, u32 ppasid, unsigned int flags);
/* On return requests of this way are blocked (R-IOASID-075), or translated by the parent that the device is still attached to.
 * -EINVAL: not attached so (R-IOASID-076). v1: -EBUSY: attached to a child as well. */
int ioasid_detach(struct ioasid_dev *idev, u32 ioasid, u32 vpasid);

/* Does exactly this attach exist? With profile up a later one may have replaced it (R-IOASID-080). */
bool ioasid_attached(struct ioasid_dev *idev, u32 ioasid, u32 vpasid);
/* 1: the IOASID enforces snoop, or would by the attach of this device; 0: it does not; -EINVAL: unknown. */
int ioasid_enforces_snoop(struct ioasid_dev *idev, u32 ioasid);

/*
 * Reads or writes memory as the device of a software mdev sees it, through the mappings of the IOASID attached without vPASID
 * (IOASID_NO_PASID) or with vpasid. -EFAULT: some byte is not mapped, or not for this access; bytes before it were copied.
 * -EINVAL: not attached so, or a space without mappings.
 */
int ioasid_rw(struct ioasid_dev *idev, u32 vpasid, u64 iova, void *data, size_t size, bool write);

/* ---- coherency: may some device of the context reach memory past the caches? ---- */

/*
 * A context is non-coherent while a device is attached with IOASID_ATTACH_NO_SNOOP to an IOASID that does not enforce snoop. It
 * becomes so before the attach takes effect, and ceases after the detach has (R-IOASID-191); after an attach that failed it is as
 * before. changed() is called at each change with a lock held under which it must not call the core; it may sleep.
 */
struct ioasid_listener {
    struct list_head node;
    void (*changed)(struct ioasid_listener *listener, bool coherent);
};

/* Returns whether the context is coherent now; changed() is called for later changes until ioasid_ctx_unlisten() has returned. */
bool ioasid_ctx_listen(struct ioasid_ctx *ctx, struct ioasid_listener *listener);
void ioasid_ctx_unlisten(struct ioasid_ctx *ctx, struct ioasid_listener *listener);
bool ioasid_ctx_coherent(struct ioasid_ctx *ctx);
/* The same about one device: what is known of it now. */
bool ioasid_dev_coherent(struct ioasid_dev *idev);

/* ---- KVM ---- */

/* The pPASID of the attach of an IOASID with this vPASID. -EINVAL: unknown IOASID, or no such attach (R-IOASID-099); several
 * devices with different pPASIDs. Valid until the detach, of which KVM is not told: user space unmaps first. */
int ioasid_find_ppasid(struct ioasid_ctx *ctx, u32 ioasid, u32 vpasid, u32 *ppasid);

/* All of it for who finds the core by symbol_get(ioasid_kvm_ops) and so holds its module (R-IOASID-195.., -202). */
struct ioasid_kvm_ops {
    struct module *owner;
    struct ioasid_ctx *(*ctx_from_file)(struct file *file);
    void (*ctx_put)(struct ioasid_ctx *ctx);
    bool (*listen)(struct ioasid_ctx *ctx, struct ioasid_listener *listener);
    void (*unlisten)(struct ioasid_ctx *ctx, struct ioasid_listener *listener);
    bool (*coherent)(struct ioasid_ctx *ctx);
    int (*find_ppasid)(struct ioasid_ctx *ctx, u32 ioasid, u32 vpasid, u32 *ppasid);
};
extern const struct ioasid_kvm_ops ioasid_kvm_ops;

#endif
