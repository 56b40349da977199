/* SPDX-License-Identifier: BSD-2-Clause */
/* io_calls.c - the commands of /dev/ioasid (v1) and /dev/iommu (v2), of device files and of fault records. */
#include "build/io.h"

#include <string.h>

#define NEW(type, name, ...) struct type name = {.argsz = sizeof(name), __VA_ARGS__}

static int64_t device_call(const struct io_device *d, uint64_t command, void *argument, uint32_t bytes)
{
    return io_ioctl(d->io, d->process, d->fd, command, argument, bytes);
}
#define DEVICE_CALL(d, command, argument) device_call((d), (command), (argument), sizeof(*(argument)))

int64_t io_bind(struct io_device *d, const struct io_fd *f, uint64_t cookie)
{
    NEW(vfio_device_bind_iommufd, bind, .iommu_fd = f->fd, .dev_cookie = cookie);
    NEW(vfio_bind_ioasid_fd, bind1, .ioasid_fd = f->fd);

    d->cookie = cookie;
    return f->v1 ? DEVICE_CALL(d, VFIO_BIND_IOASID_FD, &bind1) : DEVICE_CALL(d, VFIO_DEVICE_BIND_IOMMUFD, &bind);
}

int64_t io_unbind(struct io_device *d)
{
    NEW(vfio_unbind_ioasid_fd, unbind, .flags = 0);

    return DEVICE_CALL(d, VFIO_UNBIND_IOASID_FD, &unbind);
}

/* The id, or -errno. */
int64_t io_alloc_with(const struct io_fd *f, struct iommu_ioasid_alloc *alloc)
{
    int64_t result;

    alloc->argsz = sizeof(*alloc);
    result = IO_CALL(f, IOMMU_IOASID_ALLOC, alloc);
    return result < 0 ? result : (int64_t)alloc->ioasid;
}

static int64_t alloc1(const struct io_fd *f)
{
    NEW(ioasid_handle, handle, .flags = 0);
    int64_t result = IO_CALL(f, IOASID_ALLOC, &handle);

    return result < 0 ? result : (int64_t)handle.ioasid;
}

int64_t io_alloc(const struct io_fd *f)
{
    struct iommu_ioasid_alloc alloc = {.type = IOMMU_IOASID_KERNEL_TYPE1V2, .addr_width = 39};

    if (f->v1)
        return alloc1(f);
    if (uapi_machine(f->io->t)->rules & IOTB_UAPI_RULE_SNOOP_REQUIRED)
        alloc.flags = IOMMU_IOASID_ALLOC_ENFORCE_SNOOP;
    return io_alloc_with(f, &alloc);
}

int64_t io_alloc_child(const struct io_fd *f, uint32_t parent)
{
    struct iommu_ioasid_alloc alloc = {
        .type = IOMMU_IOASID_KERNEL_TYPE1V2, .addr_width = 39, .flags = IOMMU_IOASID_ALLOC_PARENT, .parent = parent};
    NEW(ioasid_create_nesting, nesting, .parent = parent);
    int64_t result;

    if (!f->v1)
        return io_alloc_with(f, &alloc);
    result = IO_CALL(f, IOASID_CREATE_NESTING, &nesting);
    return result < 0 ? result : (int64_t)nesting.ioasid;
}

int64_t io_free(const struct io_fd *f, uint32_t ioasid)
{
    NEW(iommu_ioasid_free, release, .ioasid = ioasid);
    NEW(ioasid_handle, handle, .ioasid = ioasid);

    return f->v1 ? IO_CALL(f, IOASID_FREE, &handle) : IO_CALL(f, IOMMU_IOASID_FREE, &release);
}

/* ---- attach ---- */

static int64_t attach1(struct io_device *d, uint64_t command, uint32_t ioasid, uint32_t vpasid)
{
    NEW(vfio_attach_ioasid, attach, .ioasid = ioasid);

    if (vpasid != IO_NO_PASID) {
        attach.flags = VFIO_IOASID_USER_PASID;
        attach.user_pasid = vpasid;
    }
    return DEVICE_CALL(d, command, &attach);
}

static int64_t attach2(struct io_device *d, uint64_t command, const struct io_fd *f, uint32_t ioasid, uint32_t vpasid,
                       uint32_t flags)
{
    NEW(vfio_device_attach_ioasid, attach, .flags = flags, .iommu_fd = f->fd, .ioasid = ioasid);

    if (vpasid != IO_NO_PASID) {
        attach.flags |= VFIO_IOASID_VPASID;
        attach.vpasid = vpasid;
    }
    return DEVICE_CALL(d, command, &attach);
}

int64_t io_attach_flags(struct io_device *d, const struct io_fd *f, uint32_t ioasid, uint32_t vpasid, uint32_t flags)
{
    return attach2(d, VFIO_DEVICE_ATTACH_IOASID, f, ioasid, vpasid, flags);
}

int64_t io_attach_pasid(struct io_device *d, const struct io_fd *f, uint32_t ioasid, uint32_t vpasid)
{
    return f->v1 ? attach1(d, VFIO_ATTACH_IOASID, ioasid, vpasid) : attach2(d, VFIO_DEVICE_ATTACH_IOASID, f, ioasid, vpasid, 0);
}

int64_t io_attach(struct io_device *d, const struct io_fd *f, uint32_t ioasid)
{
    return io_attach_pasid(d, f, ioasid, IO_NO_PASID);
}

int64_t io_detach_pasid(struct io_device *d, const struct io_fd *f, uint32_t ioasid, uint32_t vpasid)
{
    return f->v1 ? attach1(d, VFIO_DETACH_IOASID, ioasid, vpasid) : attach2(d, VFIO_DEVICE_DETACH_IOASID, f, ioasid, vpasid, 0);
}

int64_t io_detach(struct io_device *d, const struct io_fd *f, uint32_t ioasid)
{
    return io_detach_pasid(d, f, ioasid, IO_NO_PASID);
}

/* ---- mappings ---- */

int64_t io_map_address(const struct io_fd *f, uint32_t ioasid, uint64_t iova, uint64_t vaddr, uint64_t bytes, uint32_t rights)
{
    /* IO_R and IO_W are the flags of both nodes. */
    NEW(iommu_map_dma, map, .flags = rights, .ioasid = ioasid, .vaddr = vaddr, .iova = iova, .size = bytes);
    NEW(ioasid_map_dma, map1, .flags = rights, .ioasid = ioasid, .vaddr = vaddr, .iova = iova, .size = bytes);

    return f->v1 ? IO_CALL(f, IOASID_MAP_DMA, &map1) : IO_CALL(f, IOMMU_MAP_DMA, &map);
}

int64_t io_map(const struct io_fd *f, uint32_t ioasid, uint64_t iova, const struct io_memory *m, uint64_t offset, uint64_t bytes,
               uint32_t rights)
{
    return io_map_address(f, ioasid, iova, m->va + offset, bytes, rights);
}

int64_t io_unmap(const struct io_fd *f, uint32_t ioasid, uint64_t iova, uint64_t bytes, uint64_t *unmapped)
{
    NEW(iommu_unmap_dma, unmap, .ioasid = ioasid, .iova = iova, .size = bytes);
    NEW(ioasid_unmap_dma, unmap1, .ioasid = ioasid, .iova = iova, .size = bytes);
    int64_t result = f->v1 ? IO_CALL(f, IOASID_UNMAP_DMA, &unmap1) : IO_CALL(f, IOMMU_UNMAP_DMA, &unmap);

    if (unmapped)
        *unmapped = f->v1 ? unmap1.size : unmap.size;
    return result;
}

int64_t io_device_info(const struct io_fd *f, uint64_t cookie, struct iommu_device_info *info)
{
    *info = (struct iommu_device_info){.argsz = sizeof(*info), .dev_cookie = cookie};
    return IO_CALL(f, IOMMU_DEVICE_GET_INFO, info);
}

/* ---- set-up ---- */

void io_setup_bound(struct io *io, struct io_device *d, const struct io_fd *f, uint64_t cookie)
{
    io_require(io->t, io_open_device(d, f->process), "open of a device");
    io_require(io->t, io_bind(d, f, cookie), "BIND");
}

void io_setup_attached(struct io *io, struct io_device *d, const struct io_fd *f, uint64_t cookie, uint32_t ioasid)
{
    io_setup_bound(io, d, f, cookie);
    io_require(io->t, io_attach(d, f, ioasid), "ATTACH");
}

uint32_t io_setup_alloc(const struct io_fd *f)
{
    return (uint32_t)io_require(f->io->t, io_alloc(f), "ALLOC");
}

void io_setup_map(const struct io_fd *f, uint32_t ioasid, uint64_t iova, const struct io_memory *m, uint32_t rights)
{
    io_require(f->io->t, io_map(f, ioasid, iova, m, 0, m->bytes, rights), "MAP");
}

void io_setup(struct io *io, struct test *t, struct io_scene *s, bool v1, uint32_t with, uint32_t without)
{
    io_begin(io, t);
    io_setup_open(io, v1, &s->f);
    io_need(io, &s->d, with, without);
    s->ioasid = io_setup_alloc(&s->f);
    io_setup_attached(io, &s->d, &s->f, 0x1001, s->ioasid);
    s->m = io_memory(io, 0, 4 * IO_PAGE);
    s->iova = io_iova(&s->d, s->m->bytes, 0);
    io_setup_map(&s->f, s->ioasid, s->iova, s->m, IO_RW);
}

/* ---- faults ---- */

bool io_fault(const struct io_fd *f, struct io_fault *fault)
{
    struct iommu_fault_record record = {0};
    struct ioasid_fault_record record1 = {0};
    int64_t got = f->v1 ? sys_read(f->io->t, f->process, f->fd, &record1, sizeof(record1))
                        : sys_read(f->io->t, f->process, f->fd, &record, sizeof(record));

    *fault = (struct io_fault){0};
    if (got <= 0)
        return false;
    if (f->v1)
        *fault = (struct io_fault){.flags = record1.flags, .ioasid = record1.ioasid, .address = record1.addr};
    else
        *fault = (struct io_fault){.flags = record.flags,
                                   .ioasid = record.ioasid,
                                   .perm = record.perm,
                                   .vpasid = record.vpasid,
                                   .fault_id = record.fault_id,
                                   .cookie = record.dev_cookie,
                                   .address = record.addr};
    test_tell(f->io->t, "fault", "record: ioasid=%u address=0x%llx cookie=0x%llx vpasid=%u id=%u", fault->ioasid,
              (unsigned long long)fault->address, (unsigned long long)fault->cookie, fault->vpasid, fault->fault_id);
    return true;
}

int64_t io_respond(const struct io_fd *f, const struct io_fault *fault, uint32_t code)
{
    NEW(iommu_fault_respond, respond, .ioasid = fault->ioasid, .code = code, .dev_cookie = fault->cookie);
    NEW(ioasid_fault_respond, respond1, .ioasid = fault->ioasid, .code = code);

    return f->v1 ? IO_CALL(f, IOASID_FAULT_RESPOND, &respond1) : IO_CALL(f, IOMMU_FAULT_RESPOND, &respond);
}
