/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd.h - the harness kernel's driver of VT-d units: its objects and what its files offer each other.
 *
 *   vtd_main.c      the module; iommu_ops
 *   vtd_dmar.c      the DMAR table: units, reserved regions, root ports (chapter 8)
 *   vtd_unit.c      a unit: what it can do, global commands, interrupts, on and off (11.4.4)
 *   vtd_queue.c     the invalidation queue and its errors (6.5.2)
 *   vtd_source.c    root and context entries for the requester ids of a device (9.1 to 9.4)
 *   vtd_pasid.c     PASID directories and tables (9.5, 9.6)
 *   vtd_device.c    a device: its features, group, reserved regions
 *   vtd_domain.c    domains: their kinds, paging; vtd_attach.c puts devices and PASIDs into domains; vtd_dirty.c dirty tracking
 *   vtd_nested.c    page tables of users over a domain; vtd_sva.c address spaces of processes
 *   vtd_cache.c     which invalidations a change of page tables needs (6.5.3.3)
 *   vtd_fault.c     fault records (7.2); vtd_request.c page requests and their draining (7.4 to 7.10)
 *   vtd_desc.c, vtd_entry.c, vtd_pt.c, vtd_range.c   formats, without hardware
 *
 * Document: Intel D51397 revision 5.10 (clauses are its own). Locks, outermost first: the group's mutex (the caller's),
 * unit->mutex, a parent's domain->lock, domain->lock, table->lock, unit->queue.lock.
 */
#ifndef VTD_H
#define VTD_H

#include "vtd_bugs.h"
#include "vtd_desc.h"
#include "vtd_entry.h"
#include "vtd_pt.h"

#include <linux/acpi.h>
#include <linux/idr.h>
#include <linux/iommu.h>
#include <linux/list.h>
#include <linux/mmu_notifier.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/xarray.h>
#include <uapi/linux/iommufd.h>

struct vtd_domain;

/* ---- a unit ---- */

struct vtd_queue {
    spinlock_t lock;
    u8 *ring;
    u32 stride; /* 16 or 32: bytes of a descriptor */
    u32 tail;   /* bytes */
    u32 *status;
    u32 sequence; /* of wait descriptors */
    bool dead;    /* it does not answer any more: nothing can be invalidated */
    u16 silent;   /* whose Device-TLB did not answer the last time */
};

struct vtd_event { /* an interrupt of the unit */
    u32 control;   /* register */
    int irq;
};

struct vtd_unit {
    struct list_head node; /* in vtd_units */
    struct iommu_device iommu;
    void __iomem *registers;
    unsigned int id;
    u16 segment;
    u64 base, register_bytes;
    u64 cap, ecap;
    u32 version; /* major */
    bool scalable;
    bool registered;
    unsigned int second_levels; /* of a second stage: what domains here get */
    unsigned int largest_levels;
    u64 *root;

    spinlock_t command_lock; /* GCMD: one command at a time */
    struct vtd_queue queue;

    struct mutex mutex;    /* devices, their attachments, sources, domain ids */
    struct xarray devices; /* of struct vtd_device, by requester id, aliases too */
    struct xarray sources; /* of struct vtd_source, by requester id */
    struct ida dids;

    struct vtd_event fault_event;
    struct mutex fault_lock; /* whoever reads the records */

    struct vtd_event request_event;
    struct mutex request_lock; /* a request is being handed on: its device stays */
    u8 *requests;
    struct iopf_queue *iopf;
    wait_queue_head_t request_wait; /* the queue has been read */
    char iopf_name[16];
};

extern struct list_head vtd_units;

static inline bool vtd_has(const struct vtd_unit *unit, u64 ecap)
{
    return (unit->ecap & ecap) == ecap;
}

/* ---- a device ---- */

struct vtd_pasid_table {
    unsigned int users; /* sources and devices, under unit->mutex */
    unsigned int devices;
    spinlock_t lock; /* entries */
    u64 *directory;
    u32 pasids; /* how many it holds */
    u8 pdts;
};

/* A requester id. Devices behind one bridge share the bridge's, and with it the table. */
struct vtd_source {
    u16 rid;
    unsigned int users;
    struct vtd_pasid_table *table; /* scalable mode */
};

#define VTD_RIDS_MAX 4

struct vtd_device {
    struct device *dev;
    struct pci_dev *pdev;
    struct vtd_unit *unit;
    u16 rids[VTD_RIDS_MAX]; /* its own first */
    unsigned int rid_count;
    struct vtd_pasid_table *table; /* scalable mode */
    u32 pasids;                    /* that it may use: 1 without PASID */
    struct vtd_endpoint endpoint;
    bool ats_supported, pasid_supported, pri_supported;
    bool ats_enabled, pasid_enabled, pri_enabled;
    bool ats_barred;           /* its Device-TLB did not answer: nothing that it has translated gets through */
    bool leaving;              /* being released: what it shares with others stays */
    struct xarray attachments; /* of struct vtd_attachment, by PASID; changed under unit->mutex */
};

/* A place of the device (a PASID, or IOMMU_NO_PASID: all requests without) translates through a domain. */
struct vtd_attachment {
    struct list_head node; /* in vtd_domain::attachments */
    struct vtd_domain *domain;
    struct vtd_device *device;
    u32 pasid;
    u16 did;
};

/* ---- a domain ---- */

enum vtd_domain_kind { VTD_IDENTITY, VTD_PAGING, VTD_NESTED, VTD_PROCESS };

struct vtd_domain_did { /* 6.2.3.1: one id for each unit where the domain is in use */
    u16 did;
    unsigned int users;
};

struct vtd_domain {
    struct iommu_domain domain;
    enum vtd_domain_kind kind;
    spinlock_t lock; /* attachments, children, dirty, snoop */
    struct list_head attachments;
    struct xarray dids; /* of struct vtd_domain_did, by id of the unit */

    /* VTD_PAGING */
    struct vtd_pt table;
    unsigned int width; /* bits of an address */
    unsigned int largest_level;
    bool mapped; /* something was mapped once */
    bool snoop, dirty;
    bool nest_parent;
    struct list_head children;
    bool invalidate_maps; /* 6.1: a unit caches what is not present, or needs its write buffer flushed */

    /* VTD_NESTED */
    struct vtd_domain *parent;
    struct list_head sibling;
    struct iommu_hwpt_vtd_s1 user;

    /* VTD_PROCESS */
    struct mmu_notifier notifier;
    bool released;
};

static inline struct vtd_domain *to_vtd_domain(struct iommu_domain *domain)
{
    return container_of(domain, struct vtd_domain, domain);
}

extern const struct iommu_ops vtd_ops;

/* ---- vtd_dmar.c ---- */

int vtd_dmar_parse(int (*found)(const struct acpi_dmar_hardware_unit *drhd));
/* Whether the device is in the scope of the unit's structure; a unit with INCLUDE_PCI_ALL has what no other has. */
struct vtd_unit *vtd_dmar_unit(struct pci_dev *pdev);
bool vtd_dmar_ats(struct pci_dev *pdev);
void vtd_dmar_reserved(struct pci_dev *pdev, struct list_head *regions);
void vtd_dmar_done(void);

/* ---- vtd_unit.c ---- */

int vtd_unit_add(const struct acpi_dmar_hardware_unit *drhd);
int vtd_unit_start(struct vtd_unit *unit);
void vtd_unit_stop(struct vtd_unit *unit);
int vtd_unit_command(struct vtd_unit *unit, u32 bit, bool on);
/* What was written to memory is there for the unit: its write buffer is flushed if it must be (6.8). */
void vtd_unit_publish(struct vtd_unit *unit);
void *vtd_alloc(size_t bytes);
void vtd_free(void *memory, size_t bytes);
int vtd_event_start(struct vtd_unit *unit, struct vtd_event *event, u32 control, unsigned int number, irq_handler_t thread,
                    const char *name);
void vtd_event_stop(struct vtd_unit *unit, struct vtd_event *event);

/* ---- vtd_queue.c ---- */

int vtd_queue_start(struct vtd_unit *unit);
void vtd_queue_stop(struct vtd_unit *unit);
/* Carries the descriptors out and waits: 0; -EINVAL: the unit refused one; -ETIMEDOUT: a Device-TLB, or the queue, does not
 * answer. */
int vtd_queue_submit(struct vtd_unit *unit, const struct vtd_desc *descs, unsigned int count, bool drain_requests);

#define VTD_BATCH 24u
struct vtd_batch {
    struct vtd_unit *unit;
    struct vtd_desc descs[VTD_BATCH];
    unsigned int count;
    bool unfenced; /* there is a PASID-based IOTLB invalidation since the last fence */
    int result;
};
void vtd_batch_add(struct vtd_batch *batch, struct vtd_desc desc);
int vtd_batch_commit(struct vtd_batch *batch);

/* ---- vtd_source.c, vtd_pasid.c ---- */

int vtd_sources_get(struct vtd_device *device);
void vtd_sources_put(struct vtd_device *device);
/* A Device-TLB does not answer: what it holds must be of no use. Any context that may submit. */
void vtd_source_bar(struct vtd_unit *unit, u16 rid);
/* Scalable mode: page requests of the device are let through, or not (9.4 PRE). */
void vtd_source_requests(struct vtd_device *device, bool on);
/* Legacy mode: where requests of the device go. */
void vtd_context_set(struct vtd_device *device, const struct vtd_translation *translation);
void vtd_context_clear(struct vtd_device *device, u16 did);

struct vtd_pasid_table *vtd_pasid_table_new(u32 pasids);
void vtd_pasid_table_free(struct vtd_pasid_table *table);
/* Makes the place of the entry; -ENOMEM, -EINVAL: no such PASID. */
int vtd_pasid_prepare(struct vtd_device *device, u32 pasid);
void vtd_pasid_set(struct vtd_device *device, u32 pasid, const struct vtd_translation *translation);
/* quiet: the process is gone: faults are not to be recorded until the entry is cleared for good (FPD). */
void vtd_pasid_clear(struct vtd_device *device, u32 pasid, u16 did, bool quiet);
/* Changes flags of a present entry and invalidates (Table 28). */
void vtd_pasid_flag(const struct vtd_attachment *attachment, unsigned int word, u64 flag, bool on);

/* ---- vtd_device.c ---- */

struct iommu_device *vtd_device_probe(struct device *dev);
void vtd_device_release(struct device *dev);
struct iommu_group *vtd_device_group(struct device *dev);
void vtd_device_reserved(struct device *dev, struct list_head *regions);
bool vtd_device_capable(struct device *dev, enum iommu_cap cap);
void *vtd_device_info(struct device *dev, u32 *length, u32 *type);
int vtd_device_enable(struct device *dev, enum iommu_dev_features feature);
int vtd_device_disable(struct device *dev, enum iommu_dev_features feature);
int vtd_device_default(struct device *dev);
int vtd_device_ats_start(struct vtd_device *device);
void vtd_device_ats_stop(struct vtd_device *device);

/* ---- vtd_domain.c, vtd_attach.c, vtd_dirty.c, vtd_nested.c, vtd_sva.c ---- */

extern struct vtd_domain vtd_identity;
extern struct iommu_domain vtd_blocked;
extern const struct iommu_domain_ops vtd_paging_ops;
extern const struct iommu_dirty_ops vtd_dirty_ops;

void vtd_domain_init(struct vtd_domain *domain, enum vtd_domain_kind kind);
struct iommu_domain *vtd_domain_alloc_paging(struct device *dev);
struct iommu_domain *vtd_domain_alloc_user(struct device *dev, u32 flags, struct iommu_domain *parent,
                                           const struct iommu_user_data *data);
struct iommu_domain *vtd_nested_alloc(struct vtd_unit *unit, struct vtd_domain *parent, const struct iommu_user_data *data);
struct iommu_domain *vtd_sva_alloc(struct device *dev, struct mm_struct *mm);
bool vtd_nested_possible(const struct vtd_unit *unit);
bool vtd_sva_possible(const struct vtd_unit *unit);
int vtd_paging_compatible(const struct vtd_domain *domain, const struct vtd_unit *unit);
int vtd_nested_compatible(const struct vtd_domain *domain, const struct vtd_unit *unit);

int vtd_attach_dev(struct iommu_domain *domain, struct device *dev);
int vtd_attach_pasid(struct iommu_domain *domain, struct device *dev, ioasid_t pasid, struct iommu_domain *old);
void vtd_remove_pasid(struct device *dev, ioasid_t pasid, struct iommu_domain *domain);
void vtd_detach(struct vtd_device *device, u32 pasid);
struct vtd_attachment *vtd_attachment(struct vtd_device *device, u32 pasid);

/* ---- vtd_cache.c ---- */

/* first..last inclusive; hint: only leaf entries were changed. Takes domain->lock. */
void vtd_cache_range(struct vtd_domain *domain, u64 first, u64 last, bool hint);
void vtd_cache_all(struct vtd_domain *domain);
/* The same for entries that were not present before: needed where a unit caches them (CAP.CM) or has a write buffer. */
void vtd_cache_mapped(struct vtd_domain *domain, u64 first, u64 last);
void vtd_cache_devtlb_all(struct vtd_batch *batch, const struct vtd_device *device, u32 pasid);

/* ---- vtd_fault.c, vtd_request.c ---- */

int vtd_fault_start(struct vtd_unit *unit);
void vtd_fault_stop(struct vtd_unit *unit);
/* Reports what is recorded now, while it is still known who is where. */
void vtd_fault_collect(struct vtd_unit *unit);

int vtd_request_start(struct vtd_unit *unit);
void vtd_request_stop(struct vtd_unit *unit);
void vtd_request_drain(struct vtd_device *device, u32 pasid, u16 did);
void vtd_request_respond(struct device *dev, struct iopf_fault *event, struct iommu_page_response *message);

#endif
