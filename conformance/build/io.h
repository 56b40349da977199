/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * io.h - what cases of the IOASID user interfaces are written with: processes with watched memory, devices, the commands of both
 * nodes under one name, DMA with its expectations, fault records, page tables of users.
 *
 * What a call says decides little: io_expect_reaches() and io_expect_blocked() let a device do DMA and look at the memory. All
 * memory of io_memory() is watched: after each DMA every byte that it should not have changed is compared.
 *
 * The functions of a set-up (io_setup_*) check success under the case's first row and end the case when there is none: on a DUT
 * that refuses everything every case fails.
 */
#ifndef BUILD_IO_H
#define BUILD_IO_H

#include "bench/case.h"

#include "ioasid/uapi/ioasid.h"
#include "ioasid/uapi/iommu.h"
#include "ioasid/uapi/vfio.h"

#include <errno.h>

#define IO_PAGE 4096u
#define IO_MEMORIES 24u
#define IO_WATCHED (96u * IO_PAGE) /* of all memories together */
#define IO_NO_PASID UINT32_MAX
#define IO_UNKNOWN_ID 0x7ffffff0u /* an IOASID that nobody has */

/* ---- the scene ---- */

/* Memory of a process; its content is what the bench believes to be there. */
struct io_memory {
    uint32_t process;
    uint64_t va, bytes;
    uint32_t shadow; /* where in io.shadow */
};

struct io {
    struct test *t;
    struct io_memory memories[IO_MEMORIES];
    uint32_t memory_count, shadow_used;
    uint32_t next_id; /* of DMA */
    uint32_t canary;  /* index of a memory that is mapped nowhere */
    uint8_t shadow[IO_WATCHED];
};

/* Begins a case: one page of memory as a canary. */
void io_begin(struct io *io, struct test *t);

/* A file of one of the two nodes. */
struct io_fd {
    struct io *io;
    uint32_t process;
    int32_t fd;
    bool v1; /* of /dev/ioasid */
};

/* A device and its open file. */
struct io_device {
    struct io *io;
    uint32_t index, process;
    int32_t fd; /* -1: not open */
    uint64_t cookie;
    struct iotb_uapi_device facts;
};

/* -errno or the descriptor. */
int64_t io_open(struct io *io, uint32_t process, bool v1, struct io_fd *f);
int64_t io_close(struct io_fd *f);
void io_setup_open(struct io *io, bool v1, struct io_fd *f);

/* The first device with all flags of `with` and none of `without` (IOTB_UAPI_*), behind `after` (or IOTB_UAPI_NO_INDEX); a device
 * with a group of its own and without RMRR unless asked for. False: there is none. */
bool io_find(struct io *io, struct io_device *d, uint32_t with, uint32_t without, uint32_t after);
/* The same; the case is skipped when there is none. */
void io_need(struct io *io, struct io_device *d, uint32_t with, uint32_t without);
void io_need_two(struct io *io, struct io_device *a, struct io_device *b, uint32_t with, uint32_t without);
void io_need_group(struct io *io, struct io_device *a, struct io_device *b); /* two members of one group */
/* Mdevs; when there is none yet, the first device with PASID gets the driver that offers them: to be called before other devices
 * are looked for. */
bool io_find_mdev(struct io *io, struct io_device *d, uint32_t with, uint32_t without, uint32_t after);
void io_need_mdev(struct io *io, struct io_device *d, uint32_t with, uint32_t without);
void io_need_siblings(struct io *io, struct io_device *a, struct io_device *b, uint32_t with, uint32_t without); /* one parent */
/* The same of two parents: a second device with PASID gets that driver. */
void io_need_cousins(struct io *io, struct io_device *a, struct io_device *b, uint32_t with, uint32_t without);
/* What the file of a bound device says of PASIDs; false: nothing. */
bool io_pasid_capability(const struct io_device *d, struct vfio_device_info_cap_pasid *pasid);
bool io_has_places(const struct io_device *d); /* PASIDs lead into IOASIDs of their own, attached with a vPASID */
int64_t io_open_device(struct io_device *d, uint32_t process);
int64_t io_close_device(struct io_device *d);

/* ---- memory ---- */

/* Fresh memory, filled with a pattern of its own. */
struct io_memory *io_memory(struct io *io, uint32_t process, uint64_t bytes);
/* What the program stores and reads. */
void io_store(struct io *io, struct io_memory *m, uint64_t offset, const void *data, uint32_t bytes);
void io_load(struct io *io, const struct io_memory *m, uint64_t offset, void *data, uint32_t bytes);
uint64_t io_load64(struct io *io, const struct io_memory *m, uint64_t offset);
void io_store64(struct io *io, struct io_memory *m, uint64_t offset, uint64_t value);
/* Nothing has changed behind the bench's back, in any memory; the text says after what. */
bool io_expect_intact(struct io *io, const char *row, const char *after);
/* It is unmapped, or its process is gone: it is not looked at any more. */
void io_forget(struct io *io, struct io_memory *m);

/* ---- commands, the same for both nodes where both have them; 0 or a value, or -errno ---- */

#define IO_CALL(f, command, argument) io_ioctl((f)->io, (f)->process, (f)->fd, (command), (argument), sizeof(*(argument)))
/* sys_ioctl() and sys_open(), in which under io_sweep() everything fails that can, before they are made. */
int64_t io_ioctl(struct io *io, uint32_t process, int32_t fd, uint64_t command, void *argument, uint32_t bytes);
int64_t io_open_path(struct io *io, uint32_t process, const char *path, uint32_t flags);
/*
 * Runs a scenario, on a machine as at the beginning, so that in each of its calls everything that can fail has failed once
 * before it succeeds: a call that fails has changed nothing, so that it can be made again, and the scenario ends as always.
 */
void io_sweep(struct test *t, void (*scenario)(struct test *t));

int64_t io_bind(struct io_device *d, const struct io_fd *f, uint64_t cookie);
int64_t io_unbind(struct io_device *d);                                         /* v1 */
int64_t io_alloc(const struct io_fd *f);                                        /* a kernel-managed root; the IOASID */
int64_t io_alloc_with(const struct io_fd *f, struct iommu_ioasid_alloc *alloc); /* v2: argsz and ioasid are filled in */
int64_t io_alloc_child(const struct io_fd *f, uint32_t parent); /* v1: CREATE_NESTING; v2: mappings nested in software */
int64_t io_free(const struct io_fd *f, uint32_t ioasid);
int64_t io_attach(struct io_device *d, const struct io_fd *f, uint32_t ioasid);
int64_t io_attach_pasid(struct io_device *d, const struct io_fd *f, uint32_t ioasid, uint32_t vpasid);
int64_t io_attach_flags(struct io_device *d, const struct io_fd *f, uint32_t ioasid, uint32_t vpasid, uint32_t flags); /* v2 */
int64_t io_detach(struct io_device *d, const struct io_fd *f, uint32_t ioasid);
int64_t io_detach_pasid(struct io_device *d, const struct io_fd *f, uint32_t ioasid, uint32_t vpasid);
#define IO_R 1u
#define IO_W 2u
#define IO_RW 3u
int64_t io_map(const struct io_fd *f, uint32_t ioasid, uint64_t iova, const struct io_memory *m, uint64_t offset, uint64_t bytes,
               uint32_t rights);
int64_t io_map_address(const struct io_fd *f, uint32_t ioasid, uint64_t iova, uint64_t vaddr, uint64_t bytes, uint32_t rights);
/* *unmapped, if not NULL: how much was, as the kernel says. */
int64_t io_unmap(const struct io_fd *f, uint32_t ioasid, uint64_t iova, uint64_t bytes, uint64_t *unmapped);
int64_t io_device_info(const struct io_fd *f, uint64_t cookie, struct iommu_device_info *info); /* v2, without capabilities */
/* Where `bytes` can be mapped for this device, aligned to them: free of reserved regions, within its width. */
uint64_t io_iova(const struct io_device *d, uint64_t bytes, uint32_t nth);

/* The usual scene: node, device, bound and attached to a root; memory mapped at `iova` of it. */
struct io_scene {
    struct io_fd f;
    struct io_device d;
    uint32_t ioasid;
    struct io_memory *m; /* 4 pages */
    uint64_t iova;       /* where page 0 is mapped */
};
void io_setup_bound(struct io *io, struct io_device *d, const struct io_fd *f, uint64_t cookie); /* opens and binds */
void io_setup_attached(struct io *io, struct io_device *d, const struct io_fd *f, uint64_t cookie, uint32_t ioasid);
uint32_t io_setup_alloc(const struct io_fd *f);
void io_setup_map(const struct io_fd *f, uint32_t ioasid, uint64_t iova, const struct io_memory *m, uint32_t rights);
void io_setup(struct io *io, struct test *t, struct io_scene *s, bool v1, uint32_t with, uint32_t without);

/* ---- DMA ---- */

enum io_end { IO_DONE, IO_REFUSED, IO_WAITS, IO_IMPOSSIBLE /* the device cannot do it */ };

struct io_dma {
    uint32_t pasid; /* or IO_NO_PASID */
    uint64_t iova;
    uint32_t kind; /* IOTB_READ, IOTB_WRITE ... */
    uint32_t bytes;
    uint32_t flags;       /* IOTB_RQ_* besides PASID */
    uint8_t address_type; /* IOTB_AT_* */
    uint8_t data[64];     /* of a write; of a read what came */
    uint32_t status;      /* of the completion */
};
enum io_end io_dma(struct io_device *d, struct io_dma *dma);
enum io_end io_dma_poll(struct io_device *d, struct io_dma *dma); /* of one that waited */

/*
 * DMA of this PASID (or IO_NO_PASID) at iova reaches this memory, with these rights, exactly: a read brings what the program
 * stored last, a write is what the program finds, and nothing else has changed. What the rights do not have is refused.
 */
bool io_expect_reaches(struct io_device *d, const char *row, uint32_t pasid, uint64_t iova, struct io_memory *m, uint64_t offset,
                       uint32_t rights, const char *what);
/*
 * This memory is not reached any more. For a device that is not bound: the kernel's default may let it do DMA elsewhere, so that
 * a read may end well, with other data; nothing is written then.
 */
bool io_expect_lost(struct io_device *d, const char *row, uint32_t pasid, uint64_t iova, struct io_memory *m, uint64_t offset,
                    const char *what);
/* Neither a read nor a write gets anywhere. */
bool io_expect_blocked(struct io_device *d, const char *row, uint32_t pasid, uint64_t iova, const char *what);

/* ---- what calls say ---- */

/* For test_on_ioctl(): the commands of all nodes with their arguments by name (io_text.c). */
bool io_text(uint64_t command, const void *argument, uint32_t bytes, char *text, size_t text_bytes);
bool io_check_ok(struct test *t, const char *row, int64_t value, const char *file, int line, const char *what);
bool io_check_errno(struct test *t, const char *row, int error, int64_t value, const char *file, int line, const char *what);
bool io_check_fails(struct test *t, const char *row, int64_t value, const char *file, int line, const char *what);
#define EXPECT_OK(t, row, value, what) io_check_ok((t), (row), (value), __FILE__, __LINE__, (what))
#define EXPECT_ERRNO(t, row, error, value, what) io_check_errno((t), (row), (error), (value), __FILE__, __LINE__, (what))
/* With any errno but those that say that there is no such call. */
#define EXPECT_FAILS(t, row, value, what) io_check_fails((t), (row), (value), __FILE__, __LINE__, (what))
/* Of a set-up: success under the case's first row, or the end of the case. The value. */
int64_t io_require(struct test *t, int64_t value, const char *what);

/* ---- faults: read() of the node ---- */

struct io_fault {
    uint32_t flags; /* IOMMU_FAULT_RECORD_* */
    uint32_t ioasid, perm, vpasid, fault_id;
    uint64_t cookie, address;
};
/* The next record; false when there is none (the file must be O_NONBLOCK: io_open() opens so). */
bool io_fault(const struct io_fd *f, struct io_fault *fault);
int64_t io_respond(const struct io_fd *f, const struct io_fault *fault, uint32_t code);

/* ---- what the kernel did ---- */

struct io_mark {
    struct iotb_uapi_audit audit;
};
/* All that is alive now; quiesces first. NOTESTABLE without audit. */
void io_mark(struct io *io, struct io_mark *mark);
/* Nothing is left of what happened since: objects, files, pins, charge, page tables. */
bool io_expect_no_leak(struct io *io, const char *row, const struct io_mark *mark, const char *after);
/* Memory that the process is charged for; UINT64_MAX: not known. */
uint64_t io_charge(struct io *io, uint32_t process);
/* No splat, no lock held, no DMA that went astray. Every case ends with it (io_end). */
void io_end(struct io *io);

/* ---- page tables of users, in memory of the process that a parent maps at `base` ---- */

struct io_table {
    struct io *io;
    bool arm;
    struct io_memory *m;
    uint64_t base; /* address of the memory's first byte in the parent */
    uint64_t used; /* bytes taken from it */
    uint64_t root; /* address in the parent of the first level (or of the table of context descriptors) */
    uint64_t s1;   /* Arm: of the page table that map() works on */
};
/* VT-d: a 4-level first-stage table. */
void io_table_vtd(struct io_table *table, struct io *io, struct io_memory *m, uint64_t base);
/* SMMUv3: a linear table of 2^cdmax context descriptors; then a page table for entry `ssid`. */
void io_table_arm(struct io_table *table, struct io *io, struct io_memory *m, uint64_t base, uint32_t cdmax);
void io_table_arm_space(struct io_table *table, uint32_t ssid, uint32_t asid);
/* One page of 4 KiB. Rights 0: not present. No invalidation. */
void io_table_map(struct io_table *table, uint64_t va, uint64_t address, uint32_t rights);

/* ---- a table of the user nested in hardware (io_nest.c) ---- */

#define IO_NEST_PASID 5u
#define IO_NEST_COOKIE 0x2001u

/*
 * A device is attached to a root, without PASID; its DMA with `pasid` goes through the child: of VT-d a page table that is
 * attached with this vPASID, of SMMUv3 a PASID table (in v2 attached instead of the root) with spaces for this PASID and for
 * none.
 */
struct io_nest {
    struct io_fd f;
    struct io_device d;
    uint32_t parent, child;
    struct io_memory *data;           /* 4 pages, mapped in the parent at base */
    struct io_memory *pages, *format; /* the tables, mapped in the parent at table_base; what describes them */
    uint64_t base, table_base, va;    /* va: where data is in the child */
    uint32_t pasid;                   /* that leads into the child */
    struct io_table table;            /* io_table_map() works on the space of `pasid` */
};
void io_setup_nest_parent(struct io *io, struct test *t, struct io_nest *n, bool v1, uint32_t with); /* with an empty table */
void io_setup_nest_child(struct io_nest *n); /* makes the child of the table as it is, and attaches it */
void io_setup_nest(struct io *io, struct test *t, struct io_nest *n, bool v1, uint32_t with); /* both; data is mapped at va */
int64_t io_nest_alloc(struct io_nest *n, uint32_t parent);                                    /* v1: CREATE_NESTING; the IOASID */
int64_t io_nest_bind_table(struct io_nest *n, uint32_t ioasid);                               /* v1 */
int64_t io_nest_unbind_table(struct io_nest *n, uint32_t ioasid);                             /* v1 */
/* A device that is attached to the parent; a PASID table has no use for vpasid. */
int64_t io_nest_attach(struct io_nest *n, struct io_device *d, uint32_t ioasid, uint32_t vpasid);
int64_t io_invalidate_entry(const struct io_fd *f, const struct iommu_invalidate_entry *entry); /* v2 */
int64_t io_invalidate1(const struct io_fd *f, uint32_t ioasid, uint32_t granularity, uint64_t iova, uint64_t bytes);
/* v2: for IOTLB and device TLB, of this PASID: a range, or with bytes 0 the whole space. */
struct iommu_invalidate_entry io_nest_entry(const struct io_nest *n, uint32_t pasid, uint64_t va, uint64_t bytes);
int64_t io_nest_invalidate(const struct io_nest *n, uint64_t va, uint64_t bytes); /* of n->pasid, either node */

#endif
