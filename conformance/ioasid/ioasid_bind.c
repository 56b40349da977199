/* SPDX-License-Identifier: BSD-2-Clause */
/* C. Bind: R-IOASID-030 to 047. */
#include "ioasid_chapters.h"

#include <stdio.h>

#define READ_WRITE (IOTB_UAPI_PROT_READ | IOTB_UAPI_PROT_WRITE)

/* ---- without bind ---- */

static void attach_needs_bind(struct test *t)
{
    static const char row[] = "R-IOASID-030";
    struct io io;
    struct io_scene s;
    struct io_device d;

    io_setup(&io, t, &s, on_v1(t), 0, 0);
    if (!io_find(&io, &d, 0, 0, s.d.index))
        test_skip(t, "needs two devices");
    io_require(t, io_open_device(&d, 0), "open of a device");
    EXPECT_FAILS(t, row, io_attach(&d, &s.f, s.ioasid), "ATTACH of a device that is not bound");
    EXPECT_FAILS(t, row, io_bind(&d, &(struct io_fd){.io = &io, .fd = -1, .v1 = on_v1(t)}, 1), "BIND to nothing");
    EXPECT_FAILS(t, row, io_attach(&d, &s.f, s.ioasid), "ATTACH after a BIND that failed");
    io_require(t, io_bind(&d, &s.f, 9), "BIND");
    io_expect_blocked(&d, row, IO_NO_PASID, s.iova, "no ATTACH has succeeded");
    EXPECT_OK(t, row, io_attach(&d, &s.f, s.ioasid), "ATTACH after BIND");
    io_expect_reaches(&d, row, IO_NO_PASID, s.iova, s.m, 0, IO_RW, "attached");
    io_end(&io);
}

/* Everything but BIND that the file of a device can do. Does none of it work (or all of it)? */
static void try_access(struct io *io, const char *row, const struct io_device *d, bool allowed, const char *when)
{
    struct test *t = io->t;
    struct vfio_region_info region = {.argsz = sizeof(region), .index = VFIO_PCI_BAR0_REGION_INDEX};
    uint64_t va = 0;
    uint32_t word = 0;
    int64_t info = sys_ioctl(t, d->process, d->fd, VFIO_DEVICE_GET_REGION_INFO, &region, sizeof(region)), mapped, got, reset;

    test_context(t, "%s", when);
    if (allowed) {
        EXPECT_OK(t, row, info, "GET_REGION_INFO");
        CHECK(t, row, region.size >= IO_PAGE, "the first region has a size");
    } else {
        EXPECT_FAILS(t, row, info, "GET_REGION_INFO");
    }
    got = sys_read(t, d->process, d->fd, &word, sizeof(word));
    mapped = sys_map_file(t, d->process, d->fd, region.offset, IO_PAGE, READ_WRITE, &va);
    reset = sys_ioctl(t, d->process, d->fd, VFIO_DEVICE_RESET, NULL, 0);
    if (allowed) {
        EXPECT_OK(t, row, got, "read() of a register");
        if (region.flags & VFIO_REGION_INFO_FLAG_MMAP)
            EXPECT_OK(t, row, mapped, "mmap() of registers");
        EXPECT_OK(t, row, reset == -EOPNOTSUPP ? 0 : reset, "RESET");
    } else {
        EXPECT_FAILS(t, row, got, "read() of a register");
        EXPECT_FAILS(t, row, mapped, "mmap() of registers");
        EXPECT_FAILS(t, row, reset, "RESET");
    }
    test_context(t, NULL);
}

static void access_needs_bind(struct test *t)
{
    static const char row[] = "R-IOASID-040";
    struct io io;
    struct io_fd f;
    struct io_device d;

    io_begin(&io, t);
    io_setup_open(&io, false, &f);
    io_need(&io, &d, 0, 0);
    io_require(t, io_open_device(&d, 0), "open of a device");
    try_access(&io, row, &d, false, "before BIND");
    io_require(t, io_bind(&d, &f, 1), "BIND");
    try_access(&io, row, &d, true, "after BIND");
    io_end(&io);
}

static void bound_is_blocked(struct test *t)
{
    static const char row[] = "R-IOASID-041";
    struct io io;
    struct io_fd f;
    struct io_device d;
    struct io_memory *m;
    uint32_t ioasid;
    uint64_t iova;

    io_begin(&io, t);
    io_setup_open(&io, on_v1(t), &f);
    io_need(&io, &d, 0, 0);
    m = io_memory(&io, 0, IO_PAGE);
    iova = io_iova(&d, m->bytes, 0);
    io_setup_bound(&io, &d, &f, 1);
    ioasid = io_setup_alloc(&f);
    io_expect_blocked(&d, row, IO_NO_PASID, 0, "bound and not attached");
    io_expect_blocked(&d, row, IO_NO_PASID, m->va, "bound and not attached, at a user address");
    for (uint32_t i = 0; i < 32; i++)
        io_expect_blocked(&d, row, IO_NO_PASID, test_random_below(t, UINT64_C(1) << (i < 16 ? 30 : 36)) & ~UINT64_C(63),
                          "bound and not attached");
    io_require(t, io_attach(&d, &f, ioasid), "ATTACH");
    io_setup_map(&f, ioasid, iova, m, IO_RW);
    io_expect_reaches(&d, row, IO_NO_PASID, iova, m, 0, IO_RW, "attached");
    io_end(&io);
}

/* ---- several ---- */

static void several_devices(struct test *t)
{
    static const char row[] = "R-IOASID-031";
    struct io io;
    struct io_scene s;
    struct io_device d;
    uint32_t bound = 1, after;

    io_setup(&io, t, &s, true, 0, 0);
    for (after = s.d.index; io_find(&io, &d, 0, 0, after); after = d.index, bound++) {
        io_require(t, io_open_device(&d, 0), "open of a device");
        EXPECT_OK(t, row, io_bind(&d, &s.f, 0), "BIND of another device to the same file");
        io_expect_blocked(&d, row, IO_NO_PASID, s.iova, "bound beside others");
    }
    CHECK(t, row, bound > 1, "the machine has more than one device");
    io_expect_reaches(&s.d, row, IO_NO_PASID, s.iova, s.m, 0, IO_RW, "the first of them");
    io_end(&io);
}

static void second_file(struct test *t)
{
    const char *row = on_v1(t) ? "R-IOASID-032" : "R-IOASID-034";
    struct io io;
    struct io_scene s;
    struct io_fd other;

    io_setup(&io, t, &s, on_v1(t), 0, 0);
    io_setup_open(&io, on_v1(t), &other);
    EXPECT_ERRNO(t, row, EBUSY, io_bind(&s.d, &other, 2), "BIND to a second file");
    s.d.cookie = 0x1001;
    io_expect_reaches(&s.d, row, IO_NO_PASID, s.iova, s.m, 0, IO_RW, "after the second BIND was refused");
    io_expect_blocked(&s.d, row, IO_NO_PASID, s.iova + s.m->bytes, "after the second BIND was refused");
    io_end(&io);
}

static void second_file_allowed(struct test *t)
{
    static const char row[] = "R-IOASID-033";
    struct io io;
    struct io_scene s;
    struct io_fd other;
    struct io_memory *m;
    uint32_t ioasid;

    io_setup(&io, t, &s, false, 0, 0);
    io_setup_open(&io, false, &other);
    ioasid = io_setup_alloc(&other);
    EXPECT_OK(t, row, io_bind(&s.d, &other, 2), "BIND to a second file");
    io_expect_reaches(&s.d, row, IO_NO_PASID, s.iova, s.m, 0, IO_RW, "bound to a second file and attached in the first");
    io_require(t, io_detach(&s.d, &s.f, s.ioasid), "DETACH in the first");
    EXPECT_OK(t, row, io_attach(&s.d, &other, ioasid), "ATTACH in the second");
    m = io_memory(&io, 0, IO_PAGE);
    io_setup_map(&other, ioasid, s.iova, m, IO_RW);
    io_expect_reaches(&s.d, row, IO_NO_PASID, s.iova, m, 0, IO_RW, "attached in the second");
    io_expect_blocked(&s.d, row, IO_NO_PASID, s.iova + IO_PAGE, "what only the first maps");
    io_end(&io);
}

/* ---- cookies ---- */

static void cookie_names_the_device(struct test *t)
{
    static const char row[] = "R-IOASID-035";
    static const uint64_t cookies[] = {0, 1, 0x8000000000000000u, UINT64_MAX, 0x123456789abcdef0u};
    struct io io;
    struct io_fd f;
    struct iommu_device_info info;

    io_begin(&io, t);
    for (uint32_t i = 0; i < sizeof(cookies) / sizeof(cookies[0]); i++) {
        struct io_device d;

        io_setup_open(&io, false, &f);
        io_need(&io, &d, 0, 0);
        io_setup_bound(&io, &d, &f, cookies[i]);
        test_context(t, "cookie 0x%llx", (unsigned long long)cookies[i]);
        EXPECT_OK(t, row, io_device_info(&f, cookies[i], &info), "GET_INFO with the cookie");
        CHECK_EQ(t, row, cookies[i], info.dev_cookie, "the cookie in the answer");
        EXPECT_ERRNO(t, row, EINVAL, io_device_info(&f, cookies[i] ^ 4, &info), "GET_INFO with another cookie");
        test_context(t, NULL);
        io_require(t, io_close_device(&d), "close of the device");
        EXPECT_ERRNO(t, row, EINVAL, io_device_info(&f, cookies[i], &info), "GET_INFO when the device is gone");
        io_require(t, io_close(&f), "close");
    }
    io_end(&io);
}

static void cookies_may_repeat(struct test *t)
{
    static const char row[] = "R-IOASID-036";
    struct io io;
    struct io_fd f;
    struct io_device a, b;
    struct iommu_device_info info;

    io_begin(&io, t);
    io_setup_open(&io, false, &f);
    io_need_two(&io, &a, &b, 0, 0);
    io_setup_bound(&io, &a, &f, 42);
    io_require(t, io_open_device(&b, 0), "open of a device");
    EXPECT_OK(t, row, io_bind(&b, &f, 42), "BIND of a second device with the same cookie");
    EXPECT_OK(t, row, io_device_info(&f, 42, &info), "GET_INFO with the cookie of both");
    CHECK_EQ(t, row, 42, info.dev_cookie, "the cookie in the answer");
    io_end(&io);
}

/* ---- errors ---- */

static int64_t bind_raw(struct io_device *d, int32_t fd, uint32_t flags, uint32_t pad)
{
    struct vfio_device_bind_iommufd bind = {.argsz = sizeof(bind), .flags = flags, .iommu_fd = fd, .pad = pad, .dev_cookie = 1};

    return sys_ioctl(d->io->t, d->process, d->fd, VFIO_DEVICE_BIND_IOMMUFD, &bind, sizeof(bind));
}

static void bad_arguments(struct test *t)
{
    static const char row[] = "R-IOASID-037";
    struct io io;
    struct io_fd f, f1;
    struct io_device d;
    int64_t event;

    io_begin(&io, t);
    io_setup_open(&io, false, &f);
    io_setup_open(&io, true, &f1);
    io_need(&io, &d, 0, 0);
    io_require(t, io_open_device(&d, 0), "open of a device");
    event = io_require(t, sys_eventfd(t, 0, 0), "eventfd");
    EXPECT_ERRNO(t, row, EINVAL, bind_raw(&d, -1, 0, 0), "BIND to descriptor -1");
    EXPECT_ERRNO(t, row, EINVAL, bind_raw(&d, INT32_MIN, 0, 0), "BIND to a negative descriptor");
    EXPECT_FAILS(t, row, bind_raw(&d, 1000, 0, 0), "BIND to a descriptor that is not open");
    EXPECT_ERRNO(t, row, EINVAL, bind_raw(&d, (int32_t)event, 0, 0), "BIND to an eventfd");
    EXPECT_ERRNO(t, row, EINVAL, bind_raw(&d, d.fd, 0, 0), "BIND to the device itself");
    EXPECT_ERRNO(t, row, EINVAL, bind_raw(&d, f1.fd, 0, 0), "BIND of v2 to a file of /dev/ioasid");
    for (uint32_t bit = 0; bit < 32; bit++)
        EXPECT_ERRNO(t, row, EINVAL, bind_raw(&d, f.fd, 1u << bit, 0), "BIND with a flag");
    EXPECT_ERRNO(t, row, EINVAL, bind_raw(&d, f.fd, 0, 1), "BIND with padding that is not 0");
    EXPECT_OK(t, row, bind_raw(&d, f.fd, 0, 0), "BIND after all that");
    io_end(&io);
}

static void once_only(struct test *t)
{
    static const char row[] = "R-IOASID-038";
    struct io io;
    struct io_scene s;
    struct io_device again;

    io_setup(&io, t, &s, false, 0, 0);
    EXPECT_ERRNO(t, row, EBUSY, io_bind(&s.d, &s.f, 0x1001), "BIND of a bound device");
    EXPECT_ERRNO(t, row, EBUSY, io_bind(&s.d, &s.f, 7), "BIND of a bound device with another cookie");
    again = s.d;
    io_require(t, io_open_device(&again, 0), "a second open of the device");
    EXPECT_ERRNO(t, row, EBUSY, io_bind(&again, &s.f, 8), "BIND through a second descriptor of the device");
    io_expect_reaches(&s.d, row, IO_NO_PASID, s.iova, s.m, 0, IO_RW, "after all that");
    io_expect_blocked(&s.d, row, IO_NO_PASID, s.iova + s.m->bytes, "after all that");
    io_end(&io);
}

static void failed_bind_leaves_nothing(struct test *t)
{
    static const char row[] = "R-IOASID-042";
    struct io io;
    struct io_fd f;
    struct io_device d;
    struct io_mark mark;

    io_begin(&io, t);
    io_need(&io, &d, 0, 0);
    io_require(t, io_open_device(&d, 0), "open of a device");
    for (uint32_t round = 0; round < 2; round++) {
        io_mark(&io, &mark);
        io_setup_open(&io, false, &f);
        EXPECT_FAILS(t, row, bind_raw(&d, f.fd, 1, 0), "BIND that fails");
        try_access(&io, row, &d, false, "after a BIND that failed");
        EXPECT_OK(t, row, io_close(&f), "close of the file");
    }
    io_expect_no_leak(&io, row, &mark, "a BIND that failed, and close of the file");
    io_setup_open(&io, false, &f);
    EXPECT_OK(t, row, io_bind(&d, &f, 1), "BIND after all that");
    io_end(&io);
}

/* ---- the end of it ---- */

static void close_unbinds(struct test *t)
{
    static const char row[] = "R-IOASID-043";
    struct io io;
    struct io_scene s;
    struct io_fd other;
    struct iommu_device_info info;
    struct vfio_unbind_ioasid_fd unbind = {.argsz = sizeof(unbind)};

    io_setup(&io, t, &s, false, 0, 0);
    EXPECT_FAILS(t, row, sys_ioctl(t, 0, s.d.fd, VFIO_UNBIND_IOASID_FD, &unbind, sizeof(unbind)), "an unbind command");
    io_expect_reaches(&s.d, row, IO_NO_PASID, s.iova, s.m, 0, IO_RW, "after an unbind command");
    EXPECT_OK(t, row, io_close_device(&s.d), "close of the device");
    EXPECT_ERRNO(t, row, EINVAL, io_device_info(&s.f, 0x1001, &info), "GET_INFO of the closed device");
    io_expect_lost(&s.d, row, IO_NO_PASID, s.iova, s.m, 0, "a closed device");
    EXPECT_OK(t, row, io_free(&s.f, s.ioasid), "FREE of what it was attached to");
    io_setup_open(&io, false, &other);
    io_require(t, io_open_device(&s.d, 0), "open of the device");
    EXPECT_OK(t, row, io_bind(&s.d, &other, 1), "BIND to another file");
    io_end(&io);
}

/* A mapping of registers keeps the file: as long as the program can work the device, its DMA has its context. */
static void mapping_keeps_context(struct test *t)
{
    static const char row[] = "R-IOASID-044";
    struct io io;
    struct io_scene s;
    struct vfio_region_info region = {.argsz = sizeof(region), .index = VFIO_PCI_BAR0_REGION_INDEX};
    uint64_t va = 0;
    uint32_t word = 0;

    io_setup(&io, t, &s, false, 0, 0);
    io_require(t, sys_ioctl(t, 0, s.d.fd, VFIO_DEVICE_GET_REGION_INFO, &region, sizeof(region)), "GET_REGION_INFO");
    if (!(region.flags & VFIO_REGION_INFO_FLAG_MMAP))
        test_skip(t, "the registers cannot be mapped");
    io_require(t, sys_map_file(t, 0, s.d.fd, region.offset, IO_PAGE, READ_WRITE, &va), "mmap() of registers");
    EXPECT_OK(t, row, sys_access(t, 0, va, &word, sizeof(word), false), "a load from a register");
    EXPECT_OK(t, row, io_close_device(&s.d), "close of the device");
    if (sys_access(t, 0, va, &word, sizeof(word), false) >= 0)
        io_expect_reaches(&s.d, row, IO_NO_PASID, s.iova, s.m, 0, IO_RW, "while registers are mapped");
    EXPECT_OK(t, row, sys_unmap_memory(t, 0, va, IO_PAGE), "munmap() of registers");
    sys_quiesce(t);
    io_expect_lost(&s.d, row, IO_NO_PASID, s.iova, s.m, 0, "when registers are mapped no more");
    io_end(&io);
}

static void file_outlives_close(struct test *t)
{
    static const char row[] = "R-IOASID-045";
    struct io io;
    struct io_scene s;

    io_setup(&io, t, &s, on_v1(t), 0, 0);
    EXPECT_OK(t, row, io_close(&s.f), "close of the node while a device is bound");
    sys_quiesce(t);
    io_expect_reaches(&s.d, row, IO_NO_PASID, s.iova, s.m, 0, IO_RW, "when the node is closed");
    io_expect_blocked(&s.d, row, IO_NO_PASID, s.iova + s.m->bytes, "when the node is closed");
    EXPECT_OK(t, row, io_close_device(&s.d), "close of the device");
    sys_quiesce(t);
    io_expect_lost(&s.d, row, IO_NO_PASID, s.iova, s.m, 0, "when the device is closed too");
    io_end(&io);
}

static void unbind_command(struct test *t)
{
    static const char row[] = "R-IOASID-046";
    struct io io;
    struct io_scene s;
    struct io_fd other;

    io_setup(&io, t, &s, true, 0, 0);
    io_expect_reaches(&s.d, row, IO_NO_PASID, s.iova, s.m, 0, IO_RW, "bound and attached");
    EXPECT_OK(t, row, io_unbind(&s.d), "UNBIND");
    io_expect_lost(&s.d, row, IO_NO_PASID, s.iova, s.m, 0, "after UNBIND");
    EXPECT_FAILS(t, row, io_attach(&s.d, &s.f, s.ioasid), "ATTACH after UNBIND");
    EXPECT_FAILS(t, row, io_unbind(&s.d), "UNBIND once more");
    io_setup_open(&io, true, &other);
    EXPECT_OK(t, row, io_bind(&s.d, &other, 0), "BIND to another file");
    io_end(&io);
}

static void bind_again_after_open(struct test *t)
{
    static const char row[] = "R-IOASID-047";
    struct io io;
    struct io_scene s;

    io_setup(&io, t, &s, on_v1(t), 0, 0);
    EXPECT_OK(t, row, io_close_device(&s.d), "close of the device");
    EXPECT_OK(t, row, io_open_device(&s.d, 0), "open of the device");
    EXPECT_FAILS(t, row, io_attach(&s.d, &s.f, s.ioasid), "ATTACH of a device opened again");
    io_expect_lost(&s.d, row, IO_NO_PASID, s.iova, s.m, 0, "opened again");
    EXPECT_OK(t, row, io_bind(&s.d, &s.f, 0x1001), "BIND");
    EXPECT_OK(t, row, io_attach(&s.d, &s.f, s.ioasid), "ATTACH");
    if (on_v1(t) || !(uapi_machine(t)->rules & IOTB_UAPI_RULE_MAP_EARLY))
        (void)io_map(&s.f, s.ioasid, s.iova, s.m, 0, s.m->bytes, IO_RW); /* may have gone with the last device */
    io_expect_reaches(&s.d, row, IO_NO_PASID, s.iova, s.m, 0, IO_RW, "bound and attached again");
    io_end(&io);
}

/* ---- the legacy path ---- */

static void legacy_refuses(struct test *t)
{
    static const char row[] = "R-IOASID-039";
    struct io io;
    struct io_fd f;
    struct io_device d;
    char path[64];
    int64_t container, group;
    int32_t container_fd;

    io_begin(&io, t);
    io_setup_open(&io, false, &f);
    io_need(&io, &d, 0, 0);
    snprintf(path, sizeof(path), "/dev/vfio/%u", d.facts.group);
    container = io_require(t, sys_open(t, 0, "/dev/vfio/vfio", 2), "open of a legacy container");
    group = io_require(t, sys_open(t, 0, path, 2), "open of a legacy group");
    container_fd = (int32_t)container;
    io_require(t, sys_ioctl(t, 0, (int32_t)group, VFIO_GROUP_SET_CONTAINER, &container_fd, sizeof(container_fd)),
               "SET_CONTAINER");
    io_require(t, sys_ioctl_raw(t, 0, container_fd, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU), "SET_IOMMU");
    d.process = 0;
    d.fd = (int32_t)io_require(t, sys_ioctl(t, 0, (int32_t)group, VFIO_GROUP_GET_DEVICE_FD, d.facts.name, sizeof(d.facts.name)),
                               "GET_DEVICE_FD");
    EXPECT_FAILS(t, row, io_bind(&d, &f, 1), "BIND of a device of a legacy container");
    io_end(&io);
}

static const struct iotb_case cases[] = {
    BOTH_MOVE("bind.first", attach_needs_bind, "R-IOASID-030", NULL, "ATTACH needs a BIND that has succeeded"),
    MOVES("bind.several.v1", several_devices, "R-IOASID-031", NULL, "Several devices are bound to one file"),
    CASE_ON("bind.second_file.v1", second_file, "R-IOASID-032", NULL, "A device has one file", true, "v1"),
    MOVES("bind.second_file_allowed", second_file_allowed, "R-IOASID-033", "RULE.multi_bind", "A device may have two files"),
    MOVES("bind.second_file", second_file, "R-IOASID-034", "!RULE.multi_bind", "A device has one file"),
    CALLS("bind.cookie", cookie_names_the_device, "R-IOASID-035", NULL, "The cookie of BIND names the device"),
    CALLS("bind.same_cookie", cookies_may_repeat, "R-IOASID-036", "RULE.same_cookie", "Two devices may have one cookie"),
    CALLS("bind.arguments", bad_arguments, "R-IOASID-037", NULL, "BIND refuses bad descriptors, flags and padding"),
    MOVES("bind.once", once_only, "R-IOASID-038", NULL, "A bound device cannot be bound"),
    CALLS("bind.legacy", legacy_refuses, "R-IOASID-039", "RULE.legacy_container",
          "A device of a legacy container cannot be bound"),
    CALLS("bind.access", access_needs_bind, "R-IOASID-040", NULL, "Before BIND a device file does nothing else"),
    BOTH_MOVE("bind.blocked", bound_is_blocked, "R-IOASID-041", NULL, "A bound device that is not attached does no DMA"),
    CALLS("bind.failed", failed_bind_leaves_nothing, "R-IOASID-042", NULL, "A BIND that fails leaves nothing behind"),
    MOVES("bind.close", close_unbinds, "R-IOASID-043", NULL, "Closing the device unbinds it, and nothing else does"),
    MOVES("bind.mapping", mapping_keeps_context, "R-IOASID-044", NULL, "The context goes after the program's access, not before"),
    BOTH_MOVE("bind.node_closed", file_outlives_close, "R-IOASID-045", NULL, "A bound device keeps its spaces"),
    MOVES("bind.unbind.v1", unbind_command, "R-IOASID-046", "RULE.unbind", "v1 has a command that unbinds"),
    BOTH_MOVE("bind.again", bind_again_after_open, "R-IOASID-047", NULL, "A device opened again must be bound again"),
};
LIST(ioasid_bind_cases, cases);
