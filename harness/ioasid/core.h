/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * core.h - what the files of the core share.
 *
 * Locks, outer before inner:
 *   1. ioasid_groups_lock   the list of groups and who is bound in them (group.c)
 *   2. ioasid_ctx::lock     everything of a context: spaces, mappings, bound devices, attaches, listeners. Of two contexts never
 * both.
 *   3. ioasid_group::lock   the places of a group: two contexts can have the same device (R-IOASID-033)
 *   4. locks of the iommu core and of its drivers, mmap_lock
 *   5. ioasid_faults::lock  a spinlock: the queue of faults; also taken by handlers of faults, which take nothing else
 * MAP pins with none of them held, and looks again afterwards. read() of faults copies with reader held only. Data for drivers
 * goes through a scratch page of the caller with 2 held (see domain.c). Detaching waits, in the driver, for handlers of faults:
 * so these take neither 2 nor 3.
 *
 * Lives: a space is known by its number while it is in ioasid_ctx::spaces, and is freed when the last user of its kref is gone:
 * MAP holds one while it pins, and finds `dead` afterwards (R-IOASID-207).
 */
#ifndef IOASID_CORE_H
#define IOASID_CORE_H

#include "bugs.h"
#include "ioasid.h"
#include "ranges.h"
#include "rules.h"
#include "uapi/ioasid.h"
#include "uapi/iommu.h"

#include <linux/interval_tree.h>
#include <linux/iommu.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mm_types.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <linux/xarray.h>

struct eventfd_ctx;
struct file;

/* Of the iommu core, exported to IOMMUFD_INTERNAL, without a header for modules. */
int iommu_attach_group_handle(struct iommu_domain *domain, struct iommu_group *group, struct iommu_attach_handle *handle);
void iommu_detach_group_handle(struct iommu_domain *domain, struct iommu_group *group);
int iommu_replace_group_handle(struct iommu_group *group, struct iommu_domain *domain, struct iommu_attach_handle *handle);

/* ---- a context ---- */

struct ioasid_faults {
    spinlock_t lock;
    struct mutex reader;      /* one reader at a time */
    struct list_head unread;  /* of struct ioasid_fault: not all records were read */
    struct list_head pending; /* read, wait for their answer */
    unsigned int count;       /* in both */
    u32 next_id;
    u64 lost;
    bool closed; /* nobody will answer */
    struct eventfd_ctx *eventfd;
    wait_queue_head_t wait;
};

struct ioasid_ctx {
    struct kref kref;
    unsigned int version;
    const struct ioasid_rules *rules;
    struct mutex lock;
    struct xarray spaces;             /* by number */
    struct list_head devices;         /* of struct ioasid_dev; changed with faults.lock held too */
    struct rb_root_cached registered; /* v1: of struct ioasid_registered, by address of the user */
    bool has_registered;              /* R-IOASID-116: from the first registration on */
    struct list_head listeners;
    unsigned int noncoherent; /* attaches */
    struct ioasid_faults faults;
};

/* Of /dev/iommu: the profile of the module. */
const struct ioasid_rules *ioasid_v2_rules(void);
extern const struct file_operations ioasid_file_operations;

int ioasid_ctx_open(struct file *file, unsigned int version, const struct ioasid_rules *rules);
void ioasid_ctx_close(struct ioasid_ctx *ctx);
/* An attach begins to be, or is no longer, one that may reach memory past the caches (R-IOASID-191). */
void ioasid_noncoherent_add(struct ioasid_ctx *ctx);
void ioasid_noncoherent_drop(struct ioasid_ctx *ctx);

/* ---- pinned memory ---- */

struct ioasid_pin {
    struct kref kref;
    struct mm_struct *mm; /* who is charged, and whose vaddr it is */
    unsigned long vaddr;
    unsigned long count;
    bool writable;
    struct page **pages;
};

/* A piece of it, held. */
struct ioasid_segment {
    struct ioasid_pin *pin;
    unsigned long first, count; /* pages */
};

struct ioasid_pin *ioasid_pin_make(unsigned long vaddr, unsigned long count, bool writable); /* ERR_PTR */
void ioasid_pin_put(struct ioasid_pin *pin);

struct ioasid_registered {
    struct interval_tree_node node;
    struct ioasid_pin *pin;
};
int ioasid_register(struct ioasid_ctx *ctx, u64 vaddr, u64 size);
int ioasid_unregister(struct ioasid_ctx *ctx, u64 vaddr, u64 size);
void ioasid_unregister_all(struct ioasid_ctx *ctx);

/* ---- spaces ---- */

enum ioasid_kind {
    IOASID_KIND_KERNEL,    /* mappings, and a domain that holds them */
    IOASID_KIND_DUMMY,     /* mappings, no domain */
    IOASID_KIND_PGTABLE,   /* page table of the user */
    IOASID_KIND_PASIDS,    /* PASID table of the user */
    IOASID_KIND_MM,        /* of a process */
    IOASID_KIND_UNDECIDED, /* v1: child that nothing was done with */
};

enum ioasid_snoop { IOASID_SNOOP_AUTO, IOASID_SNOOP_ENFORCE, IOASID_SNOOP_FREE };

struct ioasid_table {
    u32 format; /* enum ioasid_format */
    u32 length;
    union {
        struct ioasid_format_vtd_s1 vtd_s1;
        struct ioasid_format_arm_pasid_table arm_pasid_table;
        struct ioasid_format_arm_s1 arm_s1;
    };
};

struct ioasid_space {
    struct kref kref;
    struct ioasid_ctx *ctx;
    u32 id;
    bool dead; /* freed: its number is unknown */
    enum ioasid_kind kind;
    struct ioasid_space *parent;
    unsigned int children;
    struct list_head sibling; /* in parent's child_list */
    struct list_head child_list;
    u32 addr_width; /* 0: as the devices have it (v1) */
    enum ioasid_snoop snoop;
    bool enforced; /* decided when the domain is made */
    bool dirty, tracking;
    struct list_head attaches; /* of struct ioasid_attach */
    struct list_head installs; /* of struct ioasid_install: where hardware uses it */
    /* mappings */
    struct rb_root_cached maps;     /* of struct ioasid_map, by IOVA */
    struct rb_root_cached by_vaddr; /* of a child: by address of the parent */
    struct iommu_domain *domain;    /* NULL: no hardware uses it */
    unsigned int domain_users;      /* installs, and nested domains on top */
    /* tables of the user, processes */
    struct ioasid_table format;
    struct mm_struct *mm;
};

struct ioasid_map {
    struct interval_tree_node iova;
    struct interval_tree_node vaddr; /* of a child */
    u64 address;                     /* of the user, or of the parent */
    int prot;                        /* IOMMU_READ, IOMMU_WRITE */
    unsigned int segment_count;
    struct ioasid_segment segments[];
};

struct ioasid_space *ioasid_space_find(struct ioasid_ctx *ctx, u32 id); /* NULL */
/* Takes the context's lock, as all that follow ask for it. data: what the user gave for its format, or NULL. */
struct ioasid_space *ioasid_space_new(struct ioasid_ctx *ctx, enum ioasid_kind kind, struct ioasid_space *parent); /* ERR_PTR */
int ioasid_space_free(struct ioasid_space *space);                                                                 /* -EBUSY */
void ioasid_spaces_free(struct ioasid_ctx *ctx);
void ioasid_space_put(struct ioasid_space *space);
bool ioasid_space_has_maps(const struct ioasid_space *space);
bool ioasid_space_mappable(const struct ioasid_space *space);
bool ioasid_space_user(const struct ioasid_space *space); /* its table is the user's */
bool ioasid_space_enforced(const struct ioasid_space *space);
/* 0, -EDEADLK: a group is attached in part (R-IOASID-058), -EINVAL: no device is attached and the rules want one. */
int ioasid_space_ready(const struct ioasid_space *space);
int ioasid_alloc(struct ioasid_ctx *ctx, struct iommu_ioasid_alloc *alloc);
int ioasid_create_nesting(struct ioasid_ctx *ctx, struct ioasid_create_nesting *nesting);
int ioasid_bind_table(struct ioasid_ctx *ctx, const struct ioasid_bind_table *bind, enum ioasid_kind kind);
int ioasid_unbind_table(struct ioasid_ctx *ctx, u32 ioasid, enum ioasid_kind kind);

/* ---- mappings ---- */

int ioasid_map_dma(struct ioasid_ctx *ctx, struct iommu_map_dma *map);
/* tell(), if there is one, is told first how many bytes it will be; when that fails nothing is unmapped (R-IOASID-204). */
int ioasid_unmap_dma(struct ioasid_ctx *ctx, struct iommu_unmap_dma *unmap, int (*tell)(void *context, u64 bytes), void *context);
void ioasid_unmap_all(struct ioasid_space *space);                             /* no dependent child, no hardware */
int ioasid_maps_load(struct ioasid_space *space, struct iommu_domain *domain); /* all of them, or none */
/* Do its mappings lie in what a device permits? */
bool ioasid_maps_fit(struct ioasid_space *space, const struct ioasid_dev *idev);
struct ioasid_map *ioasid_map_first(struct ioasid_space *space, u64 start, u64 last);
struct ioasid_map *ioasid_map_next(struct ioasid_map *map, u64 start, u64 last);
/* The pages of start..last in the space as segments with references. Returns how many; -EFAULT: holes, -EPERM: prot; out may be
 * NULL. */
int ioasid_segments(struct ioasid_space *space, u64 start, u64 last, int prot, struct ioasid_segment *out);
int ioasid_segments_registered(struct ioasid_ctx *ctx, u64 start, u64 last, struct ioasid_segment *out);
void ioasid_segments_put(struct ioasid_segment *segments, unsigned int count);
/* Does a child nested in software map a part of it? (R-IOASID-134) */
bool ioasid_shadowed(struct ioasid_space *parent, u64 start, u64 last);

/* ---- what a device and its IOMMU can do ---- */

struct ioasid_caps {
    u64 pgsize_bitmap;
    u32 addr_width;
    u32 max_pasids;
    bool enforce_snoop;
    bool dirty;
    bool nest_parent; /* its driver makes domains that tables of the user can be nested on */
    bool delegated;   /* the PASID table is the user's */
    bool vtd_s1, arm_pasids;
    u32 vtd_s1_flags, vtd_s1_width;
    u32 arm_pasid_bits, arm_s1fmts;
};
int ioasid_caps_probe(struct device *dev, struct ioasid_caps *caps);
bool ioasid_caps_nesting(const struct ioasid_caps *caps); /* hardware */
bool ioasid_caps_format(const struct ioasid_caps *caps, const struct ioasid_table *format);
/* What the driver of the IOMMU of dev is. */
const struct iommu_ops *ioasid_iommu_ops(struct device *dev);

/* ---- groups, devices, attaches ---- */

extern struct mutex ioasid_groups_lock;

struct ioasid_group {
    struct list_head node; /* in the list of groups */
    struct iommu_group *group;
    struct list_head members;  /* of struct ioasid_dev, by group_node; ioasid_groups_lock */
    unsigned int device_count; /* devices in it, bridges not counted */
    struct mutex lock;
    struct xarray places; /* of struct ioasid_place, by PASID */
    struct xarray iopf;   /* device (pointer) -> how many attaches want page requests */
    struct ioasid_span *reserved;
    unsigned int reserved_count;
};

struct ioasid_dev {
    struct list_head node;       /* in ioasid_ctx::devices */
    struct list_head group_node; /* in ioasid_group::members */
    struct ioasid_ctx *ctx;      /* held */
    enum ioasid_dev_kind kind;
    struct device *dev;
    struct ioasid_group *group; /* of a software mdev: NULL */
    u64 cookie;
    u32 default_pasid;
    struct ioasid_caps caps;
    struct list_head attaches; /* changed with faults.lock held too */
    unsigned int noncoherent;
};

/* A way into the IOMMU: requests of a group with one PASID, or without (IOMMU_NO_PASID). */
struct ioasid_place {
    struct ioasid_group *group;
    u32 pasid;
    struct device *dev;             /* through which it is reached */
    struct list_head attaches;      /* the last one is in effect */
    struct ioasid_install *install; /* NULL: blocked */
};

/* What is in effect there. Faults come back with handle. */
struct ioasid_install {
    struct iommu_attach_handle handle;
    struct ioasid_place *place;
    struct ioasid_space *space;
    struct list_head in_space;
    struct ioasid_dev *idev; /* for whom it was made */
    struct iommu_domain *domain;
    bool own_domain; /* made for this place only */
    bool iopf;       /* page requests were switched on for idev->dev */
};

struct ioasid_attach {
    struct list_head in_dev, in_space, in_place;
    struct ioasid_dev *idev;
    struct ioasid_space *space;
    struct ioasid_place *place; /* NULL: software mdev, or tracked only */
    u32 vpasid, pasid;
    bool noncoherent;
};

struct ioasid_group *ioasid_group_get(struct device *dev);              /* ERR_PTR; groups_lock */
void ioasid_group_release(struct ioasid_group *group);                  /* if nobody is in it; groups_lock */
struct ioasid_dev *ioasid_dev_find(struct ioasid_ctx *ctx, u64 cookie); /* the first; NULL */
struct ioasid_attach *ioasid_attach_find(struct ioasid_dev *idev, u32 ioasid, u32 vpasid);
bool ioasid_attached_to(const struct ioasid_dev *idev, const struct ioasid_space *space);
/* Puts in effect, where the space is on top, what it now is; on failure nothing has changed. */
int ioasid_space_install(struct ioasid_space *space);
void ioasid_space_uninstall(struct ioasid_space *space);
void ioasid_detach_all(struct ioasid_dev *idev);

/* domain.c */
struct ioasid_install *ioasid_install_make(struct ioasid_place *place, struct ioasid_space *space, struct ioasid_dev *idev);
void ioasid_install_free(struct ioasid_install *install);
int ioasid_domain_get(struct ioasid_space *space, struct ioasid_dev *idev, bool by_pasid);
void ioasid_domain_put(struct ioasid_space *space);
/* May the table be what the driver takes? Tries it (R-IOASID-138). */
int ioasid_format_try(struct ioasid_space *parent, const struct ioasid_table *format, struct ioasid_dev *idev);
/* Data of the kernel where a driver will look for data of the user. */
int ioasid_scratch_put(const void *data, size_t size, unsigned long *address);
void ioasid_scratch_drop(unsigned long address);

/* ---- faults ---- */

void ioasid_faults_init(struct ioasid_faults *faults);
void ioasid_faults_close(struct ioasid_ctx *ctx);
int ioasid_fault_iopf(struct iopf_group *group);
int ioasid_fault_unrecoverable(struct iommu_domain *domain, struct device *dev, unsigned long iova, int flags, void *space);
/* The device is off: answers what waits (R-IOASID-168). */
void ioasid_faults_purge(struct ioasid_install *install, const struct ioasid_dev *idev); /* idev: of this device only */
ssize_t ioasid_faults_read(struct ioasid_ctx *ctx, char __user *to, size_t room, bool nonblock);
int ioasid_faults_eventfd(struct ioasid_ctx *ctx, int fd);
bool ioasid_faults_waiting(struct ioasid_faults *faults);
struct ioasid_answer {
    u32 ioasid, code;
    bool by_cookie, by_vpasid, by_id;
    u64 cookie;
    u32 vpasid, id;
};
int ioasid_faults_respond(struct ioasid_ctx *ctx, const struct ioasid_answer *answer);
extern unsigned int ioasid_fault_limit;

/* ---- the rest ---- */

int ioasid_invalidate(struct ioasid_ctx *ctx, const struct iommu_invalidate_entry *entry);
int ioasid_invalidate_array(struct ioasid_ctx *ctx, struct iommu_invalidate_array *array);
int ioasid_invalidate_v1(struct ioasid_ctx *ctx, const struct ioasid_invalidate_cache *cache);
int ioasid_dirty_set(struct ioasid_ctx *ctx, const struct iommu_set_dirty_tracking *set);
int ioasid_dirty_get(struct ioasid_ctx *ctx, const struct iommu_get_dirty_bitmap *get);
int ioasid_check_extension(struct ioasid_ctx *ctx, unsigned long extension);
int ioasid_device_info(struct ioasid_ctx *ctx, void __user *user, u32 argsz);
int ioasid_space_info(struct ioasid_ctx *ctx, void __user *user, u32 argsz);

long ioasid_ioctl(struct ioasid_ctx *ctx, unsigned int command, void __user *user);

#endif
