/* SPDX-License-Identifier: BSD-2-Clause */
/* io_nest.c - a table of the user nested in hardware on a space with mappings, and its invalidation, for both nodes. */
#include "build/io.h"

#include <string.h>

#define TABLE_PAGES 24u
#define CDMAX 3u

/* What ALLOC and BIND_... take beside the address: where the format's structure is, in memory of the process. */
static uint64_t store_format(struct io_nest *n, uint32_t *format, uint32_t *bytes)
{
    const struct ioasid_format_vtd_s1 vtd = {.pgtbl_addr = n->table.root, .addr_width = 48};
    const struct ioasid_format_arm_pasid_table arm = {.s1cdmax = CDMAX, .s1dss = 2, .table_addr = n->table.root};

    *format = n->table.arm ? IOASID_FORMAT_ARM_PASID_TABLE : IOASID_FORMAT_VTD_S1;
    *bytes = n->table.arm ? sizeof(arm) : sizeof(vtd);
    io_store(n->table.io, n->format, 0, n->table.arm ? (const void *)&arm : (const void *)&vtd, *bytes);
    return n->format->va;
}

int64_t io_nest_alloc(struct io_nest *n, uint32_t parent)
{
    struct iommu_ioasid_alloc alloc = {.flags = IOMMU_IOASID_ALLOC_PARENT, .parent = parent};

    if (n->f.v1)
        return io_alloc_child(&n->f, parent);
    alloc.type = n->table.arm ? IOMMU_IOASID_USER_PASID_TABLE : IOMMU_IOASID_USER_PGTABLE;
    alloc.data_uptr = store_format(n, &alloc.format, &alloc.data_len);
    return io_alloc_with(&n->f, &alloc);
}

int64_t io_nest_bind_table(struct io_nest *n, uint32_t ioasid)
{
    struct ioasid_bind_table bind = {.argsz = sizeof(bind), .ioasid = ioasid};

    bind.data_uptr = store_format(n, &bind.format, &bind.data_len);
    return n->table.arm ? IO_CALL(&n->f, IOASID_BIND_PASID_TABLE, &bind) : IO_CALL(&n->f, IOASID_BIND_PGTABLE, &bind);
}

int64_t io_nest_unbind_table(struct io_nest *n, uint32_t ioasid)
{
    struct ioasid_handle handle = {.argsz = sizeof(handle), .ioasid = ioasid};

    return n->table.arm ? IO_CALL(&n->f, IOASID_UNBIND_PASID_TABLE, &handle) : IO_CALL(&n->f, IOASID_UNBIND_PGTABLE, &handle);
}

int64_t io_nest_attach(struct io_nest *n, struct io_device *d, uint32_t ioasid, uint32_t vpasid)
{
    int64_t result;

    if (!n->table.arm)
        return io_attach_pasid(d, &n->f, ioasid, vpasid);
    if (!n->f.v1) { /* v1 wants it attached to the parent, too (R-IOASID-073) */
        result = io_detach(d, &n->f, n->parent);
        if (result < 0)
            return result;
    }
    return io_attach(d, &n->f, ioasid);
}

static void begin_table(struct io_nest *n, struct io *io)
{
    if (n->d.facts.architecture == IOTB_ARCH_SMMUV3) {
        io_table_arm(&n->table, io, n->pages, n->table_base, CDMAX);
        io_table_arm_space(&n->table, 0, 1);
        io_table_arm_space(&n->table, IO_NEST_PASID, 2);
    } else {
        io_table_vtd(&n->table, io, n->pages, n->table_base);
    }
}

void io_setup_nest_parent(struct io *io, struct test *t, struct io_nest *n, bool v1, uint32_t with)
{
    io_begin(io, t);
    io_setup_open(io, v1, &n->f);
    io_need(io, &n->d, with | IOTB_UAPI_NESTS | IOTB_UAPI_PASID, 0);
    n->parent = io_setup_alloc(&n->f);
    n->child = 0;
    io_setup_attached(io, &n->d, &n->f, IO_NEST_COOKIE, n->parent);
    n->data = io_memory(io, 0, 4 * IO_PAGE);
    n->pages = io_memory(io, 0, TABLE_PAGES * IO_PAGE);
    n->format = io_memory(io, 0, IO_PAGE);
    n->base = io_iova(&n->d, 4 * IO_PAGE, 0);
    n->table_base = io_iova(&n->d, 4 * IO_PAGE, 1);
    n->va = UINT64_C(0x7f0040000000);
    n->pasid = IO_NEST_PASID;
    io_setup_map(&n->f, n->parent, n->base, n->data, IO_RW);
    io_setup_map(&n->f, n->parent, n->table_base, n->pages, IO_RW);
    begin_table(n, io);
}

void io_setup_nest_child(struct io_nest *n)
{
    struct test *t = n->f.io->t;

    n->child = (uint32_t)io_require(t, io_nest_alloc(n, n->parent), "a child with a table of the user");
    io_require(t, io_nest_attach(n, &n->d, n->child, n->pasid), "ATTACH of the child");
    if (n->f.v1)
        io_require(t, io_nest_bind_table(n, n->child), "BIND of a table of the user");
}

void io_setup_nest(struct io *io, struct test *t, struct io_nest *n, bool v1, uint32_t with)
{
    io_setup_nest_parent(io, t, n, v1, with);
    for (uint64_t at = 0; at < n->data->bytes; at += IO_PAGE)
        io_table_map(&n->table, n->va + at, n->base + at, IO_RW);
    io_setup_nest_child(n);
}

/* ---- invalidation ---- */

int64_t io_invalidate_entry(const struct io_fd *f, const struct iommu_invalidate_entry *entry)
{
    struct iommu_invalidate_cache argument = {.argsz = sizeof(argument), .entry = *entry};

    return IO_CALL(f, IOMMU_INVALIDATE_CACHE, &argument);
}

int64_t io_invalidate1(const struct io_fd *f, uint32_t ioasid, uint32_t granularity, uint64_t iova, uint64_t bytes)
{
    struct ioasid_invalidate_cache argument = {
        .argsz = sizeof(argument), .ioasid = ioasid, .granularity = granularity, .iova = iova, .size = bytes};

    return IO_CALL(f, IOASID_INVALIDATE_CACHE, &argument);
}

struct iommu_invalidate_entry io_nest_entry(const struct io_nest *n, uint32_t pasid, uint64_t va, uint64_t bytes)
{
    struct iommu_invalidate_entry entry = {.ioasid = n->child, .cache = IOMMU_CACHE_IOTLB | IOMMU_CACHE_DEV_IOTLB};

    entry.granularity = bytes ? IOMMU_INVALIDATE_RANGE : IOMMU_INVALIDATE_PASID;
    entry.iova = va;
    entry.size = bytes;
    if (n->table.arm && pasid != IO_NO_PASID) {
        entry.flags = IOMMU_INVALIDATE_VPASID;
        entry.vpasid = pasid;
    }
    return entry;
}

int64_t io_nest_invalidate(const struct io_nest *n, uint64_t va, uint64_t bytes)
{
    struct iommu_invalidate_entry entry = io_nest_entry(n, n->pasid, va, bytes);

    if (n->f.v1)
        return io_invalidate1(&n->f, n->child, bytes ? IOASID_INVALIDATE_RANGE : IOASID_INVALIDATE_ALL, va, bytes);
    return io_invalidate_entry(&n->f, &entry);
}
