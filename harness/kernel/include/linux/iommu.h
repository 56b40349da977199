/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * linux/iommu.h - the API of the iommu core: what drivers of IOMMUs implement and what the IOASID core calls. Names, members and
 * meaning are those of Linux 6.12; what nobody of the harness uses is left out. Implementation: harness/kernel/iommu_*.c.
 */
#ifndef _LINUX_IOMMU_H
#define _LINUX_IOMMU_H

#include <linux/bug.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/iova_bitmap.h>
#include <linux/limits.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/stddef.h>
#include <linux/types.h>
#include <linux/uaccess.h>
#include <linux/workqueue.h>

#define IOMMU_READ (1 << 0)
#define IOMMU_WRITE (1 << 1)
#define IOMMU_CACHE (1 << 2)
#define IOMMU_NOEXEC (1 << 3)
#define IOMMU_MMIO (1 << 4)
#define IOMMU_PRIV (1 << 5)

struct iommu_ops;
struct iommu_group;
struct iommu_domain;
struct iommu_domain_ops;
struct iommu_dirty_ops;
struct iommu_dma_cookie;
struct iommu_fault_param;
struct iommu_attach_handle;
struct iommu_resv_region;
struct iopf_group;
struct mm_struct;
struct module;
struct scatterlist;

typedef unsigned int ioasid_t;

#define IOMMU_NO_PASID (0U)
#define IOMMU_FIRST_GLOBAL_PASID (1U)
#define IOMMU_PASID_INVALID (-1U)

/* ---- page faults ---- */

#define IOMMU_FAULT_PERM_READ (1 << 0)
#define IOMMU_FAULT_PERM_WRITE (1 << 1)
#define IOMMU_FAULT_PERM_EXEC (1 << 2)
#define IOMMU_FAULT_PERM_PRIV (1 << 3)

enum iommu_fault_type { IOMMU_FAULT_PAGE_REQ = 1 };

#define IOMMU_FAULT_PAGE_REQUEST_PASID_VALID (1 << 0)
#define IOMMU_FAULT_PAGE_REQUEST_LAST_PAGE (1 << 1)
#define IOMMU_FAULT_PAGE_RESPONSE_NEEDS_PASID (1 << 2)

struct iommu_fault_page_request {
    u32 flags; /* IOMMU_FAULT_PAGE_* */
    u32 pasid;
    u32 grpid;
    u32 perm; /* IOMMU_FAULT_PERM_* */
    u64 addr;
    u64 private_data[2];
};

struct iommu_fault {
    u32 type; /* enum iommu_fault_type */
    struct iommu_fault_page_request prm;
};

enum iommu_page_response_code {
    IOMMU_PAGE_RESP_SUCCESS = 0, /* handled: the device tries again */
    IOMMU_PAGE_RESP_INVALID,     /* this access cannot be: the device must not try again */
    IOMMU_PAGE_RESP_FAILURE,     /* the device gives up page requests */
};

struct iommu_page_response {
    u32 pasid;
    u32 grpid;
    u32 code;
};

struct iopf_fault {
    struct iommu_fault fault;
    struct list_head list;
};

/* Page requests of one device with one group id, up to the one with the LAST flag; answered once, together. */
struct iopf_group {
    struct iopf_fault last_fault;
    struct list_head faults; /* of struct iopf_fault, last_fault at its end */
    size_t fault_count;
    struct list_head pending_node; /* in iommu_fault_param::faults until answered */
    struct work_struct work;
    struct iommu_attach_handle *attach_handle;
    struct iommu_fault_param *fault_param; /* holds a reference */
    struct list_head node;                 /* for the handler */
    u32 cookie;                            /* for the handler */
};

struct iopf_queue {
    struct workqueue_struct *wq;
    struct list_head devices; /* of struct iommu_fault_param, by queue_list */
    struct mutex lock;
};

/* Flags of report_iommu_fault(). */
#define IOMMU_FAULT_READ 0x0
#define IOMMU_FAULT_WRITE 0x1

typedef int (*iommu_fault_handler_t)(struct iommu_domain *, struct device *, unsigned long, int, void *);

/* ---- domains ---- */

struct iommu_domain_geometry {
    dma_addr_t aperture_start; /* first and last address that can be mapped */
    dma_addr_t aperture_end;
    bool force_aperture; /* outside it nothing gets through */
};

#define __IOMMU_DOMAIN_PAGING (1U << 0)
#define __IOMMU_DOMAIN_DMA_API (1U << 1)
#define __IOMMU_DOMAIN_PT (1U << 2)
#define __IOMMU_DOMAIN_DMA_FQ (1U << 3)
#define __IOMMU_DOMAIN_SVA (1U << 4)
#define __IOMMU_DOMAIN_PLATFORM (1U << 5)
#define __IOMMU_DOMAIN_NESTED (1U << 6)

#define IOMMU_DOMAIN_BLOCKED (0U)
#define IOMMU_DOMAIN_IDENTITY (__IOMMU_DOMAIN_PT)
#define IOMMU_DOMAIN_UNMANAGED (__IOMMU_DOMAIN_PAGING)
#define IOMMU_DOMAIN_DMA (__IOMMU_DOMAIN_PAGING | __IOMMU_DOMAIN_DMA_API)
#define IOMMU_DOMAIN_SVA (__IOMMU_DOMAIN_SVA)
#define IOMMU_DOMAIN_NESTED (__IOMMU_DOMAIN_NESTED)

struct iommu_domain {
    unsigned type;
    const struct iommu_domain_ops *ops;
    const struct iommu_dirty_ops *dirty_ops;
    const struct iommu_ops *owner; /* whose driver made it */
    unsigned long pgsize_bitmap;
    struct iommu_domain_geometry geometry;
    struct iommu_dma_cookie *iova_cookie;
    int (*iopf_handler)(struct iopf_group *group);
    void *fault_data;
    union {
        struct {
            iommu_fault_handler_t handler;
            void *handler_token;
        };
        struct { /* IOMMU_DOMAIN_SVA */
            struct mm_struct *mm;
            int users;
            struct list_head next; /* for whoever made it */
        };
    };
};

static inline bool iommu_is_dma_domain(struct iommu_domain *domain)
{
    return domain->type & __IOMMU_DOMAIN_DMA_API;
}

enum iommu_cap {
    IOMMU_CAP_CACHE_COHERENCY,
    IOMMU_CAP_NOEXEC,
    IOMMU_CAP_PRE_BOOT_PROTECTION,
    IOMMU_CAP_ENFORCE_CACHE_COHERENCY, /* of the device: iommu_domain_ops::enforce_cache_coherency will succeed */
    IOMMU_CAP_DEFERRED_FLUSH,
    IOMMU_CAP_DIRTY_TRACKING,
};

enum iommu_resv_type {
    IOMMU_RESV_DIRECT,           /* mapped one to one at all times */
    IOMMU_RESV_DIRECT_RELAXABLE, /* likewise, but not while the device is assigned */
    IOMMU_RESV_RESERVED,         /* never mapped */
    IOMMU_RESV_MSI,              /* interrupts, not translated */
    IOMMU_RESV_SW_MSI,           /* where software maps the doorbell of interrupts */
};

struct iommu_resv_region {
    struct list_head list;
    phys_addr_t start;
    size_t length;
    int prot;
    enum iommu_resv_type type;
    void (*free)(struct device *dev, struct iommu_resv_region *region); /* NULL: kfree() */
};

enum iommu_dev_features { IOMMU_DEV_FEAT_SVA, IOMMU_DEV_FEAT_IOPF };

/* What unmapping has gathered to be invalidated. */
struct iommu_iotlb_gather {
    unsigned long start;
    unsigned long end; /* inclusive */
    size_t pgsize;     /* 0: any */
    struct list_head freelist;
    bool queued;
};

/* read_and_clear_dirty(): look without clearing. */
#define IOMMU_DIRTY_NO_CLEAR (1 << 0)

struct iommu_dirty_bitmap {
    struct iova_bitmap *bitmap;
    struct iommu_iotlb_gather *gather;
};

struct iommu_dirty_ops {
    int (*set_dirty_tracking)(struct iommu_domain *domain, bool enabled);
    int (*read_and_clear_dirty)(struct iommu_domain *domain, unsigned long iova, size_t size, unsigned long flags,
                                struct iommu_dirty_bitmap *dirty);
};

/* ---- data of the user for the driver: its type, and where ---- */

struct iommu_user_data {
    unsigned int type;
    void __user *uptr;
    size_t len;
};

struct iommu_user_data_array {
    unsigned int type;
    void __user *uptr;
    size_t entry_len;
    u32 entry_num; /* in; out: how many were carried out */
};

/* 0, -EINVAL: another type or a length outside min_len..data_len; -EFAULT; -E2BIG. */
static inline int __iommu_copy_struct_from_user(void *dst, const struct iommu_user_data *src, unsigned int data_type,
                                                size_t data_len, size_t min_len)
{
    if (WARN_ON(!dst || !src))
        return -EINVAL;
    if (src->type != data_type || src->len < min_len || src->len > data_len)
        return -EINVAL;
    return copy_struct_from_user(dst, data_len, src->uptr, src->len);
}

#define iommu_copy_struct_from_user(kdst, user_data, data_type, min_last) \
    __iommu_copy_struct_from_user(kdst, user_data, data_type, sizeof(*(kdst)), offsetofend(typeof(*(kdst)), min_last))

static inline int __iommu_copy_struct_from_user_array(void *dst, const struct iommu_user_data_array *array,
                                                      unsigned int data_type, unsigned int index, size_t data_len, size_t min_len)
{
    struct iommu_user_data entry;

    if (WARN_ON(!array || index >= array->entry_num))
        return -EINVAL;
    entry.type = array->type;
    entry.uptr = (char __user *)array->uptr + array->entry_len * index;
    entry.len = array->entry_len;
    return __iommu_copy_struct_from_user(dst, &entry, data_type, data_len, min_len);
}

#define iommu_copy_struct_from_user_array(kdst, user_array, data_type, index, min_last)      \
    __iommu_copy_struct_from_user_array(kdst, user_array, data_type, index, sizeof(*(kdst)), \
                                        offsetofend(typeof(*(kdst)), min_last))

/* ---- the driver's side ---- */

struct iommu_ops {
    bool (*capable)(struct device *dev, enum iommu_cap cap);
    void *(*hw_info)(struct device *dev, u32 *length, u32 *type); /* kmalloc()ed, or ERR_PTR */

    struct iommu_domain *(*domain_alloc)(unsigned iommu_domain_type);
    struct iommu_domain *(*domain_alloc_user)(struct device *dev, u32 flags, struct iommu_domain *parent,
                                              const struct iommu_user_data *user_data);
    struct iommu_domain *(*domain_alloc_paging)(struct device *dev);
    struct iommu_domain *(*domain_alloc_sva)(struct device *dev, struct mm_struct *mm);

    struct iommu_device *(*probe_device)(struct device *dev);
    void (*release_device)(struct device *dev);
    void (*probe_finalize)(struct device *dev);
    struct iommu_group *(*device_group)(struct device *dev);

    void (*get_resv_regions)(struct device *dev, struct list_head *list);

    int (*dev_enable_feat)(struct device *dev, enum iommu_dev_features feat);
    int (*dev_disable_feat)(struct device *dev, enum iommu_dev_features feat);

    void (*page_response)(struct device *dev, struct iopf_fault *evt, struct iommu_page_response *msg);

    int (*def_domain_type)(struct device *dev);
    void (*remove_dev_pasid)(struct device *dev, ioasid_t pasid, struct iommu_domain *domain);

    const struct iommu_domain_ops *default_domain_ops;
    unsigned long pgsize_bitmap;
    struct module *owner;
    struct iommu_domain *identity_domain;
    struct iommu_domain *blocked_domain;
    struct iommu_domain *release_domain;
    struct iommu_domain *default_domain;
    u8 user_pasid_table : 1; /* nested domains of the driver hold the user's PASID table */
};

struct iommu_domain_ops {
    int (*attach_dev)(struct iommu_domain *domain, struct device *dev);
    int (*set_dev_pasid)(struct iommu_domain *domain, struct device *dev, ioasid_t pasid, struct iommu_domain *old);

    int (*map_pages)(struct iommu_domain *domain, unsigned long iova, phys_addr_t paddr, size_t pgsize, size_t pgcount, int prot,
                     gfp_t gfp, size_t *mapped);
    size_t (*unmap_pages)(struct iommu_domain *domain, unsigned long iova, size_t pgsize, size_t pgcount,
                          struct iommu_iotlb_gather *iotlb_gather);

    void (*flush_iotlb_all)(struct iommu_domain *domain);
    int (*iotlb_sync_map)(struct iommu_domain *domain, unsigned long iova, size_t size);
    void (*iotlb_sync)(struct iommu_domain *domain, struct iommu_iotlb_gather *iotlb_gather);
    int (*cache_invalidate_user)(struct iommu_domain *domain, struct iommu_user_data_array *array);

    phys_addr_t (*iova_to_phys)(struct iommu_domain *domain, dma_addr_t iova);

    bool (*enforce_cache_coherency)(struct iommu_domain *domain);
    int (*enable_nesting)(struct iommu_domain *domain);

    void (*free)(struct iommu_domain *domain);
};

/* One unit of hardware. */
struct iommu_device {
    struct list_head list;
    const struct iommu_ops *ops;
    struct fwnode_handle *fwnode;
    struct device *dev;
    struct iommu_group *singleton_group;
    u32 max_pasids;
};

/* Faults of one device, from its first entry into an iopf_queue. */
struct iommu_fault_param {
    struct mutex lock;
    refcount_t users;
    struct rcu_head rcu;
    struct device *dev;
    struct iopf_queue *queue;
    struct list_head queue_list;
    struct list_head partial; /* page requests of groups whose last has not come */
    struct list_head faults;  /* groups that were not answered */
};

/* struct device::iommu */
struct dev_iommu {
    struct mutex lock;
    struct iommu_fault_param __rcu *fault_param;
    struct iommu_fwspec *fwspec;
    struct iommu_device *iommu_dev;
    void *priv;
    u32 max_pasids;
    u32 attach_deferred : 1;
    u32 pci_32bit_workaround : 1;
    u32 require_direct : 1;
    u32 shadow_on_flush : 1;
};

/* IDs of a device towards its IOMMU, as firmware has them: of a PCI device the requester ids, its own and its aliases. */
struct iommu_fwspec {
    struct fwnode_handle *iommu_fwnode;
    u32 flags;
    unsigned int num_ids;
    u32 ids[];
};
#define IOMMU_FWSPEC_PCI_RC_ATS (1 << 0)

int iommu_device_register(struct iommu_device *iommu, const struct iommu_ops *ops, struct device *hwdev);
void iommu_device_unregister(struct iommu_device *iommu);

static inline int iommu_device_sysfs_add(struct iommu_device *iommu, struct device *parent, const void *groups, const char *fmt,
                                         ...)
{
    (void)parent, (void)groups, (void)fmt;
    iommu->dev = parent;
    return 0;
}

static inline void iommu_device_sysfs_remove(struct iommu_device *iommu)
{
    (void)iommu;
}

#define iommu_get_iommu_dev(device, type, member) container_of((device)->iommu->iommu_dev, type, member)

static inline void iommu_iotlb_gather_init(struct iommu_iotlb_gather *gather)
{
    *gather = (struct iommu_iotlb_gather){.start = ULONG_MAX, .freelist = LIST_HEAD_INIT(gather->freelist)};
}

static inline void iommu_flush_iotlb_all(struct iommu_domain *domain)
{
    if (domain->ops->flush_iotlb_all)
        domain->ops->flush_iotlb_all(domain);
}

static inline void iommu_iotlb_sync(struct iommu_domain *domain, struct iommu_iotlb_gather *gather)
{
    if (domain->ops->iotlb_sync)
        domain->ops->iotlb_sync(domain, gather);
    iommu_iotlb_gather_init(gather);
}

static inline bool iommu_iotlb_gather_is_disjoint(struct iommu_iotlb_gather *gather, unsigned long iova, size_t size)
{
    return gather->end && (gather->end + 1 < iova || iova + size < gather->start);
}

static inline void iommu_iotlb_gather_add_range(struct iommu_iotlb_gather *gather, unsigned long iova, size_t size)
{
    unsigned long last = iova + size - 1;

    if (iova < gather->start)
        gather->start = iova;
    if (last > gather->end)
        gather->end = last;
}

/* What cannot be invalidated together with the pages gathered so far makes those be invalidated now. */
static inline void iommu_iotlb_gather_add_page(struct iommu_domain *domain, struct iommu_iotlb_gather *gather, unsigned long iova,
                                               size_t size)
{
    if ((gather->pgsize && gather->pgsize != size) || iommu_iotlb_gather_is_disjoint(gather, iova, size))
        iommu_iotlb_sync(domain, gather);
    gather->pgsize = size;
    iommu_iotlb_gather_add_range(gather, iova, size);
}

static inline bool iommu_iotlb_gather_queued(struct iommu_iotlb_gather *gather)
{
    return gather && gather->queued;
}

static inline void iommu_dirty_bitmap_init(struct iommu_dirty_bitmap *dirty, struct iova_bitmap *bitmap,
                                           struct iommu_iotlb_gather *gather)
{
    if (gather)
        iommu_iotlb_gather_init(gather);
    dirty->bitmap = bitmap;
    dirty->gather = gather;
}

static inline void iommu_dirty_bitmap_record(struct iommu_dirty_bitmap *dirty, unsigned long iova, unsigned long length)
{
    if (dirty->bitmap)
        iova_bitmap_set(dirty->bitmap, iova, length);
    if (dirty->gather)
        iommu_iotlb_gather_add_range(dirty->gather, iova, length);
}

struct iommu_group *pci_device_group(struct device *dev);
struct iommu_group *generic_device_group(struct device *dev);
struct iommu_group *generic_single_device_group(struct device *dev);

int iommu_fwspec_init(struct device *dev, struct fwnode_handle *iommu_fwnode);
void iommu_fwspec_free(struct device *dev);
int iommu_fwspec_add_ids(struct device *dev, const u32 *ids, int num_ids);

static inline struct iommu_fwspec *dev_iommu_fwspec_get(struct device *dev)
{
    return dev->iommu ? dev->iommu->fwspec : NULL;
}

static inline void *dev_iommu_priv_get(struct device *dev)
{
    return dev->iommu ? dev->iommu->priv : NULL;
}
void dev_iommu_priv_set(struct device *dev, void *priv);

int report_iommu_fault(struct iommu_domain *domain, struct device *dev, unsigned long iova, int flags);

/* ---- the callers' side ---- */

bool iommu_present(const struct bus_type *bus);
bool device_iommu_capable(struct device *dev, enum iommu_cap cap);
bool iommu_group_has_isolated_msi(struct iommu_group *group);
struct iommu_domain *iommu_domain_alloc(const struct bus_type *bus);
struct iommu_domain *iommu_paging_domain_alloc(struct device *dev); /* ERR_PTR */
void iommu_domain_free(struct iommu_domain *domain);
int iommu_attach_device(struct iommu_domain *domain, struct device *dev);
void iommu_detach_device(struct iommu_domain *domain, struct device *dev);
struct iommu_domain *iommu_get_domain_for_dev(struct device *dev);
struct iommu_domain *iommu_get_dma_domain(struct device *dev);
int iommu_map(struct iommu_domain *domain, unsigned long iova, phys_addr_t paddr, size_t size, int prot, gfp_t gfp);
size_t iommu_unmap(struct iommu_domain *domain, unsigned long iova, size_t size);
size_t iommu_unmap_fast(struct iommu_domain *domain, unsigned long iova, size_t size, struct iommu_iotlb_gather *gather);
phys_addr_t iommu_iova_to_phys(struct iommu_domain *domain, dma_addr_t iova);
void iommu_set_fault_handler(struct iommu_domain *domain, iommu_fault_handler_t handler, void *token);
int iommu_enable_nesting(struct iommu_domain *domain);

void iommu_get_resv_regions(struct device *dev, struct list_head *list);
void iommu_put_resv_regions(struct device *dev, struct list_head *list);
struct iommu_resv_region *iommu_alloc_resv_region(phys_addr_t start, size_t length, int prot, enum iommu_resv_type type,
                                                  gfp_t gfp);
int iommu_get_group_resv_regions(struct iommu_group *group, struct list_head *head);
/* What firmware keeps mapped one to one for the device: IORT RMR nodes. Called by drivers. */
void iommu_dma_get_resv_regions(struct device *dev, struct list_head *list);
int iommu_get_msi_cookie(struct iommu_domain *domain, dma_addr_t base);

void iommu_set_default_passthrough(bool cmd_line);
void iommu_set_default_translated(bool cmd_line);
bool iommu_default_passthrough(void);

int iommu_attach_group(struct iommu_domain *domain, struct iommu_group *group);
void iommu_detach_group(struct iommu_domain *domain, struct iommu_group *group);
struct iommu_group *iommu_group_alloc(void);
void *iommu_group_get_iommudata(struct iommu_group *group);
void iommu_group_set_iommudata(struct iommu_group *group, void *iommu_data, void (*release)(void *iommu_data));
int iommu_group_set_name(struct iommu_group *group, const char *name);
int iommu_group_for_each_dev(struct iommu_group *group, void *data, int (*fn)(struct device *, void *));
struct iommu_group *iommu_group_get(struct device *dev);
struct iommu_group *iommu_group_ref_get(struct iommu_group *group);
void iommu_group_put(struct iommu_group *group);
int iommu_group_id(struct iommu_group *group);
struct iommu_domain *iommu_group_default_domain(struct iommu_group *group);

int iommu_probe_device(struct device *dev);
int iommu_dev_enable_feature(struct device *dev, enum iommu_dev_features feat);
int iommu_dev_disable_feature(struct device *dev, enum iommu_dev_features feat);

int iommu_device_use_default_domain(struct device *dev);
void iommu_device_unuse_default_domain(struct device *dev);
int iommu_group_claim_dma_owner(struct iommu_group *group, void *owner);
void iommu_group_release_dma_owner(struct iommu_group *group);
bool iommu_group_dma_owner_claimed(struct iommu_group *group);
int iommu_device_claim_dma_owner(struct device *dev, void *owner);
void iommu_device_release_dma_owner(struct device *dev);

/* The caller's, from attach until detach; a fault leads back to it. */
struct iommu_attach_handle {
    struct iommu_domain *domain;
};

int iommu_attach_device_pasid(struct iommu_domain *domain, struct device *dev, ioasid_t pasid,
                              struct iommu_attach_handle *handle);
void iommu_detach_device_pasid(struct iommu_domain *domain, struct device *dev, ioasid_t pasid);
ioasid_t iommu_alloc_global_pasid(struct device *dev); /* or IOMMU_PASID_INVALID */
void iommu_free_global_pasid(ioasid_t pasid);

/* ---- I/O page faults ---- */

struct iopf_queue *iopf_queue_alloc(const char *name);
void iopf_queue_free(struct iopf_queue *queue);
int iopf_queue_add_device(struct iopf_queue *queue, struct device *dev);
void iopf_queue_remove_device(struct iopf_queue *queue, struct device *dev);
int iopf_queue_flush_dev(struct device *dev);
int iopf_queue_discard_partial(struct iopf_queue *queue);
void iopf_free_group(struct iopf_group *group);
int iommu_report_device_fault(struct device *dev, struct iopf_fault *evt);
void iopf_group_response(struct iopf_group *group, enum iommu_page_response_code status);

#endif
