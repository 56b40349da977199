/* SPDX-License-Identifier: BSD-2-Clause */
/* N. Error and robustness, O. Dirty tracking: R-IOASID-203 to 211. */
#include "ioasid_chapters.h"

#include <string.h>

#define LINE 64u

/* ---- commands that are none ---- */

static void unknown_commands(struct test *t)
{
    static const char row[] = "R-IOASID-203";
    uint8_t argument[64] = {64};
    struct io io;
    struct io_scene s;
    uint64_t charge;

    io_setup(&io, t, &s, on_v1(t), 0, 0);
    charge = io_charge(&io, 0);
    for (uint32_t number = 0; number < 256; number++) {
        bool v2 = number >= 100 && number <= 111, v1 = number >= 160 && number <= 175;

        if (on_v1(t) ? v1 : v2)
            continue;
        test_context(t, "number %u", number);
        EXPECT_FAILS(t, row, sys_ioctl(t, 0, s.f.fd, (uint64_t)';' << 8 | number, argument, sizeof(argument)),
                     "of the node's type");
        EXPECT_FAILS(t, row, sys_ioctl(t, 0, s.f.fd, (uint64_t)'z' << 8 | number, argument, sizeof(argument)), "of another type");
    }
    test_context(t, NULL);
    EXPECT_FAILS(t, row, sys_ioctl(t, 0, s.f.fd, 0xffffffff, argument, sizeof(argument)), "a command of ones");
    CHECK_EQ(t, row, charge, io_charge(&io, 0), "charge after all that");
    io_expect_reaches(&s.d, row, IO_NO_PASID, s.iova, s.m, 0, IO_RW, "after all that");
    io_expect_blocked(&s.d, row, IO_NO_PASID, s.iova + s.m->bytes, "after all that");
    io_end(&io);
}

static const uint64_t commands_v2[] = {
    IOMMU_DEVICE_GET_INFO, IOMMU_IOASID_ALLOC,       IOMMU_IOASID_FREE,      IOMMU_MAP_DMA,
    IOMMU_UNMAP_DMA,       IOMMU_INVALIDATE_CACHE,   IOMMU_INVALIDATE_ARRAY, IOMMU_SET_FAULT_EVENTFD,
    IOMMU_FAULT_RESPOND,   IOMMU_SET_DIRTY_TRACKING, IOMMU_GET_DIRTY_BITMAP};
static const uint64_t commands_v1[] = {
    IOASID_REGISTER_MEMORY,  IOASID_UNREGISTER_MEMORY, IOASID_ALLOC,          IOASID_FREE,         IOASID_GET_INFO,
    IOASID_MAP_DMA,          IOASID_UNMAP_DMA,         IOASID_CREATE_NESTING, IOASID_BIND_PGTABLE, IOASID_BIND_PASID_TABLE,
    IOASID_INVALIDATE_CACHE, IOASID_SET_FAULT_EVENTFD, IOASID_FAULT_RESPOND};
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void bad_pointers(struct test *t)
{
    static const char row[] = "R-IOASID-204";
    const uint64_t *commands = on_v1(t) ? commands_v1 : commands_v2;
    size_t count = on_v1(t) ? COUNT(commands_v1) : COUNT(commands_v2);
    struct io io;
    struct io_scene s;
    uint64_t charge, edge;
    uint32_t argsz = 4096;

    io_setup(&io, t, &s, on_v1(t), 0, 0);
    charge = io_charge(&io, 0);
    edge = io.memories[0].va + io.memories[0].bytes - 4; /* the structure begins here and ends nowhere */
    io_store(&io, &io.memories[0], io.memories[0].bytes - 4, &argsz, 4);
    for (size_t i = 0; i < count; i++) {
        const uint64_t bad[] = {0, 8, edge, UINT64_C(0x00007ffffffff000), UINT64_C(0xffff800000000000), UINT64_MAX};

        for (size_t k = 0; k < COUNT(bad); k++) {
            test_context(t, "command 0x%llx, address 0x%llx", (unsigned long long)commands[i], (unsigned long long)bad[k]);
            EXPECT_ERRNO(t, row, EFAULT, sys_ioctl_raw(t, 0, s.f.fd, commands[i], bad[k]), "a bad pointer");
        }
    }
    test_context(t, NULL);
    CHECK_EQ(t, row, charge, io_charge(&io, 0), "charge after all that");
    io_expect_reaches(&s.d, row, IO_NO_PASID, s.iova, s.m, 0, IO_RW, "after all that");
    io_expect_blocked(&s.d, row, IO_NO_PASID, s.iova + s.m->bytes, "after all that");
    io_end(&io);
}

/* ---- any sequence ---- */

static void any_sequence(struct test *t)
{
    static const char row[] = "R-IOASID-205";
    const uint64_t *commands = on_v1(t) ? commands_v1 : commands_v2;
    size_t count = on_v1(t) ? COUNT(commands_v1) : COUNT(commands_v2);
    struct iotb_uapi_audit before, after;
    struct io io;
    struct io_scene s;

    io_setup(&io, t, &s, on_v1(t), 0, 0);
    sys_audit(t, 0, &before);
    for (uint64_t n = test_request_budget(t); n; n--) {
        uint32_t words[24];

        for (uint32_t i = 0; i < COUNT(words); i++) {
            uint64_t dice = test_random_below(t, 8);

            words[i] = dice < 3   ? 0
                       : dice < 6 ? (uint32_t)test_random_below(t, 8)
                       : dice < 7 ? (uint32_t)(io.memories[0].va >> (i & 1 ? 32 : 0))
                                  : (uint32_t)test_random(t);
        }
        words[0] = (uint32_t)test_random_below(t, 2) ? sizeof(words) : (uint32_t)(16 + 8 * test_random_below(t, 6));
        (void)sys_ioctl(t, 0, s.f.fd, commands[test_random_below(t, count)], words, sizeof(words));
    }
    sys_audit(t, 0, &after);
    CHECK_EQ(t, row, before.log_lines, after.log_lines, "lines in the kernel log");
    CHECK(t, row, after.splats == before.splats, "the kernel complains: %s", after.text);
    io_end(&io);
}

static void padding(struct test *t)
{
    static const char row[] = "R-IOASID-206";
    struct io io;
    struct io_scene s;
    struct iommu_map_dma map = {.argsz = sizeof(map), .flags = IO_RW};
    struct iommu_unmap_dma unmap = {.argsz = sizeof(unmap)};
    struct iommu_ioasid_free release = {.argsz = sizeof(release)};

    io_setup(&io, t, &s, false, 0, 0);
    map.ioasid = unmap.ioasid = s.ioasid;
    map.vaddr = s.m->va;
    map.iova = s.iova + 0x10000;
    map.size = unmap.size = IO_PAGE;
    unmap.iova = map.iova;
    release.ioasid = io_setup_alloc(&s.f);
    for (uint32_t bit = 0; bit < 32; bit++) {
        map.__reserved = unmap.__reserved = release.__reserved = 1u << bit;
        EXPECT_ERRNO(t, row, EINVAL, IO_CALL(&s.f, IOMMU_MAP_DMA, &map), "MAP with padding that is not 0");
        EXPECT_ERRNO(t, row, EINVAL, IO_CALL(&s.f, IOMMU_UNMAP_DMA, &unmap), "UNMAP with padding that is not 0");
        EXPECT_ERRNO(t, row, EINVAL, IO_CALL(&s.f, IOMMU_IOASID_FREE, &release), "FREE with padding that is not 0");
    }
    map.__reserved = unmap.__reserved = release.__reserved = 0;
    EXPECT_OK(t, row, IO_CALL(&s.f, IOMMU_MAP_DMA, &map), "MAP with padding 0");
    EXPECT_OK(t, row, IO_CALL(&s.f, IOMMU_UNMAP_DMA, &unmap), "UNMAP with padding 0");
    EXPECT_OK(t, row, IO_CALL(&s.f, IOMMU_IOASID_FREE, &release), "FREE with padding 0");
    io_end(&io);
}

/* ---- at the same time ---- */

static int64_t finish(struct test *t, uint32_t task, struct iotb_uapi_call *call)
{
    if (!task_collect(t, task, call))
        test_hang(t, "a system call does not end");
    return call->result;
}

static void free_while_in_use(struct test *t)
{
    static const char row[] = "R-IOASID-207";
    struct io io;
    struct io_fd f;
    struct io_mark mark;
    struct io_memory *m;

    io_begin(&io, t);
    io_setup_open(&io, false, &f);
    m = io_memory(&io, 0, 4 * IO_PAGE);
    for (uint32_t round = 0; round < 24; round++) {
        struct iommu_map_dma map = {.argsz = sizeof(map), .flags = IO_RW, .iova = 0x100000, .size = m->bytes};
        struct iommu_ioasid_free release = {.argsz = sizeof(release)};
        struct iotb_uapi_call one = {.kind = IOTB_UAPI_CALL_IOCTL, .fd = f.fd, .command = IOMMU_MAP_DMA, .argument = &map};
        struct iotb_uapi_call two = {
            .kind = IOTB_UAPI_CALL_IOCTL, .fd = f.fd, .command = IOMMU_IOASID_FREE, .argument = &release};
        int64_t mapped, released;
        uint32_t a, b;

        if (round == 1)
            io_mark(&io, &mark);
        one.bytes = sizeof(map);
        two.bytes = sizeof(release);
        map.vaddr = m->va;
        map.ioasid = release.ioasid = io_setup_alloc(&f);
        a = task_spawn(t, round % 2 ? &one : &two);
        b = task_spawn(t, round % 2 ? &two : &one);
        sys_quiesce(t);
        mapped = finish(t, round % 2 ? a : b, &one);
        released = finish(t, round % 2 ? b : a, &two);
        CHECK(t, row, released == 0 && (mapped == 0 || mapped == -EINVAL), "MAP %s, FREE %s", uapi_errno_name(mapped),
              uapi_errno_name(released));
        EXPECT_ERRNO(t, row, EINVAL, io_free(&f, map.ioasid), "FREE once more");
    }
    io_expect_no_leak(&io, row, &mark, "MAP and FREE at the same time");
    io_end(&io);
}

static void one_of_two_binds(struct test *t)
{
    static const char row[] = "R-IOASID-208";
    struct io io;
    struct io_fd f;
    struct io_device a, b;

    io_begin(&io, t);
    io_setup_open(&io, false, &f);
    for (uint32_t round = 0; round < 16; round++) {
        struct vfio_device_bind_iommufd first = {.argsz = sizeof(first), .iommu_fd = f.fd, .dev_cookie = 1}, second = first;
        struct iotb_uapi_call one = {.kind = IOTB_UAPI_CALL_IOCTL, .command = VFIO_DEVICE_BIND_IOMMUFD}, two;
        int64_t x, y;
        uint32_t m, n;

        io_need(&io, &a, 0, 0);
        b = a;
        io_require(t, io_open_device(&a, 0), "open of a device");
        io_require(t, io_open_device(&b, 0), "a second open of the device");
        second.dev_cookie = 2;
        one.bytes = sizeof(first);
        two = one;
        one.fd = a.fd;
        one.argument = &first;
        two.fd = b.fd;
        two.argument = &second;
        m = task_spawn(t, round % 2 ? &one : &two);
        n = task_spawn(t, round % 2 ? &two : &one);
        sys_quiesce(t);
        x = finish(t, round % 2 ? m : n, &one);
        y = finish(t, round % 2 ? n : m, &two);
        CHECK(t, row, (x == 0) + (y == 0) == 1, "one of two BIND at the same time succeeds: %s, %s", uapi_errno_name(x),
              uapi_errno_name(y));
        io_require(t, io_close_device(&a), "close");
        io_require(t, io_close_device(&b), "close");
    }
    io_end(&io);
}

/* ---- hostile tables ---- */

/* Pages of the process that the parent does not map, with a line that no DMA may ever bring. */
static void hostile_tables(struct test *t)
{
    static const char row[] = "R-IOASID-209";
    struct io io;
    struct io_nest n;
    struct io_memory *secret;
    uint8_t forbidden[LINE];
    uint64_t budget = test_request_budget(t) < 400 ? test_request_budget(t) : 400;

    io_setup_nest(&io, t, &n, on_v1(t), 0);
    secret = io_memory(&io, 0, IO_PAGE);
    io_load(&io, secret, 0, forbidden, LINE);
    io_expect_reaches(&n.d, row, n.pasid, n.va, n.data, 0, IO_RW, "the honest table");
    for (uint64_t i = 0; i < budget; i++) {
        static const uint64_t lures[] = {0, 0x10000000, 0x140000000, 0x3f000000, 0xfee00000, 0xfed90000};
        uint64_t target = i % 3 == 0   ? lures[test_random_below(t, COUNT(lures))] + (test_random_below(t, 0x4000) << 12)
                          : i % 3 == 1 ? secret->va
                                       : test_random_below(t, UINT64_C(1) << 47) & ~UINT64_C(0xfff);
        uint64_t va = n.va + 0x100000 + (test_random_below(t, 64) << 12);
        struct io_dma dma = {.pasid = n.pasid, .iova = va, .bytes = LINE, .kind = i & 1 ? IOTB_WRITE : IOTB_READ};

        if (target - n.base < n.data->bytes || target - n.table_base < n.pages->bytes)
            continue;
        io_table_map(&n.table, va, target, IO_RW);
        if (i % 5 == 4) /* garbage in the last level */
            io_store64(&io, n.pages, (test_random_below(t, n.pages->bytes / 8 - 512) + 512) * 8, test_random(t) & ~UINT64_C(1));
        (void)io_nest_invalidate(&n, 0, 0);
        CHECK(t, row, io_dma(&n.d, &dma) != IO_DONE, "DMA through an entry that points to 0x%llx is refused",
              (unsigned long long)target);
        CHECK(t, row, memcmp(dma.data, forbidden, LINE) != 0, "no DMA brings what is not mapped");
    }
    io_expect_intact(&io, row, "after hostile tables");
    io_end(&io);
}

/* ---- dirty tracking ---- */

static int64_t alloc_dirty(const struct io_fd *f)
{
    struct iommu_ioasid_alloc alloc = {.type = IOMMU_IOASID_KERNEL_TYPE1V2, .addr_width = 39, .flags = IOMMU_IOASID_ALLOC_DIRTY};

    return io_alloc_with(f, &alloc);
}

static int64_t tracking(const struct io_fd *f, uint32_t ioasid, bool on)
{
    struct iommu_set_dirty_tracking set = {.argsz = sizeof(set), .flags = on ? IOMMU_DIRTY_TRACKING_ENABLE : 0, .ioasid = ioasid};

    return IO_CALL(f, IOMMU_SET_DIRTY_TRACKING, &set);
}

static void answers_honestly(struct test *t)
{
    static const char row[] = "R-IOASID-210";
    struct io io;
    struct io_fd f;
    struct io_device d;
    int64_t there, ioasid;

    io_begin(&io, t);
    io_setup_open(&io, false, &f);
    there = sys_ioctl_raw(t, 0, f.fd, IOMMU_CHECK_EXTENSION, IOMMU_EXT_DIRTY_TRACKING);
    if (!io_find(&io, &d, IOTB_UAPI_DIRTY_CAPABLE, 0, IOTB_UAPI_NO_INDEX))
        io_need(&io, &d, 0, 0);
    io_setup_bound(&io, &d, &f, 1);
    ioasid = alloc_dirty(&f);
    CHECK(t, row, there == 0 || there == 1, "the extension is there or is not");
    if (!there) {
        EXPECT_FAILS(t, row, ioasid, "ALLOC with dirty tracking where it is not there");
    } else {
        EXPECT_OK(t, row, ioasid, "ALLOC with dirty tracking where it is there");
        EXPECT_OK(t, row, io_attach(&d, &f, (uint32_t)ioasid), "ATTACH");
        EXPECT_OK(t, row, tracking(&f, (uint32_t)ioasid, true), "dirty tracking");
    }
    EXPECT_FAILS(t, row, tracking(&f, io_setup_alloc(&f), true), "dirty tracking of a space that was not made for it");
    io_end(&io);
}

static uint64_t bitmap(struct io_scene *s, uint32_t ioasid, struct io_memory *m, uint32_t flags)
{
    struct iommu_get_dirty_bitmap get = {.argsz = sizeof(get), .flags = flags, .ioasid = ioasid, .iova = s->iova};

    get.size = s->m->bytes;
    get.page_size = IO_PAGE;
    get.data_uptr = m->va;
    io_store64(s->f.io, m, 0, 0);
    io_require(s->f.io->t, IO_CALL(&s->f, IOMMU_GET_DIRTY_BITMAP, &get), "GET_DIRTY_BITMAP");
    memcpy(&s->f.io->shadow[m->shadow], &(uint64_t){io_load64(s->f.io, m, 0)}, 8);
    return io_load64(s->f.io, m, 0);
}

static void dirty_pages(struct test *t)
{
    static const char row[] = "R-IOASID-211";
    struct io io;
    struct io_scene s;
    struct io_memory *m;
    uint32_t ioasid;

    io_setup(&io, t, &s, false, IOTB_UAPI_DIRTY_CAPABLE, 0);
    m = io_memory(&io, 0, IO_PAGE);
    io_require(t, io_detach(&s.d, &s.f, s.ioasid), "DETACH");
    ioasid = (uint32_t)io_require(t, alloc_dirty(&s.f), "ALLOC with dirty tracking");
    io_require(t, io_attach(&s.d, &s.f, ioasid), "ATTACH");
    io_setup_map(&s.f, ioasid, s.iova, s.m, IO_RW);
    io_expect_reaches(&s.d, row, IO_NO_PASID, s.iova, s.m, 0, IO_RW, "before tracking");
    io_require(t, tracking(&s.f, ioasid, true), "tracking on");
    CHECK_EQ(t, row, 0, bitmap(&s, ioasid, m, 0), "dirty pages at first");
    io_expect_reaches(&s.d, row, IO_NO_PASID, s.iova + IO_PAGE, s.m, IO_PAGE, IO_RW, "page 1");
    io_expect_reaches(&s.d, row, IO_NO_PASID, s.iova + 3 * IO_PAGE, s.m, 3 * IO_PAGE, IO_RW, "page 3");
    CHECK_EQ(t, row, 10, bitmap(&s, ioasid, m, IOMMU_DIRTY_BITMAP_NO_CLEAR), "dirty pages, without clearing");
    CHECK_EQ(t, row, 10, bitmap(&s, ioasid, m, 0), "dirty pages once more");
    CHECK_EQ(t, row, 0, bitmap(&s, ioasid, m, 0), "dirty pages after a read that clears");
    io_expect_reaches(&s.d, row, IO_NO_PASID, s.iova + 3 * IO_PAGE, s.m, 3 * IO_PAGE, IO_RW, "page 3 once more");
    CHECK_EQ(t, row, 8, bitmap(&s, ioasid, m, 0), "dirty pages after another write");
    io_expect_blocked(&s.d, row, IO_NO_PASID, s.iova + s.m->bytes, "beside the mapping");
    io_end(&io);
}

#define NESTING "NESTS&PASID&!RULE.s20_extensions"
static const struct iotb_case cases[] = {
    BOTH_MOVE("robust.unknown", unknown_commands, "R-IOASID-203", NULL, "Unknown commands fail and change nothing"),
    BOTH_MOVE("robust.pointers", bad_pointers, "R-IOASID-204", NULL, "Bad pointers fail and change nothing"),
    BOTH_CALLS("robust.sequence", any_sequence, "R-IOASID-205", NULL, "No sequence of commands reaches the log"),
    CALLS("robust.padding", padding, "R-IOASID-206", NULL, "Padding is explicit, and must be 0"),
    CALLS("robust.free", free_while_in_use, "R-IOASID-207", "RULE.map_early",
          "MAP against FREE: one after the other, or an error"),
    CALLS("robust.bind", one_of_two_binds, "R-IOASID-208", NULL, "Of two opens of a device one is bound"),
    BOTH_MOVE("robust.hostile", hostile_tables, "R-IOASID-209", NESTING, "No table of a user leads out of the parent"),
    CALLS("robust.dirty_extension", answers_honestly, "R-IOASID-210", NULL, "Dirty tracking is there when it says so"),
    MOVES("robust.dirty", dirty_pages, "R-IOASID-211", "RULE.dirty&DIRTY", "Every page written is reported, once"),
};
LIST(ioasid_robust_cases, cases);
