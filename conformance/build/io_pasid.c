/* SPDX-License-Identifier: BSD-2-Clause */
/* io_pasid.c - parts of devices that the driver of their parent offers, and what device files say of PASIDs. */
#include "build/io.h"

#include <string.h>

/* One more device with PASID gets the driver that offers mdevs; others stay with the passthrough driver. */
static void offer_more(struct io *io)
{
    struct iotb_uapi_device facts;

    for (uint32_t i = 0; uapi_device(io->t, i, &facts); i++)
        if ((facts.flags & IOTB_UAPI_PASID) && !(facts.flags & (IOTB_UAPI_GONE | IOTB_UAPI_MDEV | IOTB_UAPI_RMRR)) &&
            facts.driver != IOTB_UAPI_DRIVER_PARENT && driver_bind(io->t, i, IOTB_UAPI_DRIVER_PARENT) >= 0)
            return;
}

static void offer(struct io *io)
{
    struct iotb_uapi_device facts;

    for (uint32_t i = 0; uapi_device(io->t, i, &facts); i++)
        if ((facts.flags & IOTB_UAPI_MDEV) && !(facts.flags & IOTB_UAPI_GONE))
            return;
    offer_more(io);
}

bool io_find_mdev(struct io *io, struct io_device *d, uint32_t with, uint32_t without, uint32_t after)
{
    offer(io);
    return io_find(io, d, with | IOTB_UAPI_MDEV, without, after);
}

void io_need_mdev(struct io *io, struct io_device *d, uint32_t with, uint32_t without)
{
    if (!io_find_mdev(io, d, with, without, IOTB_UAPI_NO_INDEX))
        test_skip(io->t, "no mdev with 0x%x and without 0x%x is offered", with, without);
}

void io_need_siblings(struct io *io, struct io_device *a, struct io_device *b, uint32_t with, uint32_t without)
{
    io_need_mdev(io, a, with, without);
    for (uint32_t after = a->index; io_find_mdev(io, b, with, without, after); after = b->index)
        if (a->facts.parent == b->facts.parent)
            return;
    test_skip(io->t, "one mdev of a parent only with 0x%x and without 0x%x", with, without);
}

void io_need_cousins(struct io *io, struct io_device *a, struct io_device *b, uint32_t with, uint32_t without)
{
    io_need_mdev(io, a, with, without);
    offer_more(io);
    for (uint32_t after = a->index; io_find_mdev(io, b, with, without, after); after = b->index)
        if (a->facts.parent != b->facts.parent)
            return;
    test_skip(io->t, "mdevs of one parent only with 0x%x and without 0x%x", with, without);
}

bool io_pasid_capability(const struct io_device *d, struct vfio_device_info_cap_pasid *pasid)
{
    struct vfio_info_cap_header header;
    struct vfio_device_info *info;
    uint8_t room[1024] = {0};

    info = (struct vfio_device_info *)(void *)room;
    info->argsz = sizeof(room);
    io_require(d->io->t, sys_ioctl(d->io->t, d->process, d->fd, VFIO_DEVICE_GET_INFO, room, sizeof(room)), "DEVICE_GET_INFO");
    memset(pasid, 0, sizeof(*pasid));
    for (uint32_t at = info->cap_offset, n = 0; at && at + sizeof(*pasid) <= sizeof(room) && n < 16; at = header.next, n++) {
        memcpy(&header, &room[at], sizeof(header));
        if (header.id == VFIO_DEVICE_INFO_CAP_PASID) {
            memcpy(pasid, &room[at], sizeof(*pasid));
            return true;
        }
    }
    return false;
}

bool io_has_places(const struct io_device *d)
{
    struct vfio_device_info_cap_pasid pasid;

    return !(uapi_machine(d->io->t)->rules & IOTB_UAPI_RULE_ONE_IOASID) && io_pasid_capability(d, &pasid) &&
           !(pasid.flags & VFIO_DEVICE_PASID_DELEGATED);
}
