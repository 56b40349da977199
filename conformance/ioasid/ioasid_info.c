/* SPDX-License-Identifier: BSD-2-Clause */
/* B. Extension and information query: R-IOASID-014 to 029. */
#include "ioasid_chapters.h"

#include <string.h>

#define INFO_BYTES 1024u

/* ---- extensions ---- */

static int64_t extension(const struct io_fd *f, uint64_t number)
{
    return sys_ioctl_raw(f->io->t, f->process, f->fd, f->v1 ? IOASID_CHECK_EXTENSION : IOMMU_CHECK_EXTENSION, number);
}

static void unknown_is_unsupported(struct test *t)
{
    static const char row[] = "R-IOASID-014";
    static const uint64_t unknown[] = {0, 99, 0x7fffffff, 0xffffffff, UINT64_MAX};
    struct io io;
    struct io_fd f;

    io_begin(&io, t);
    io_setup_open(&io, on_v1(t), &f);
    for (uint32_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
        CHECK_EQ(t, row, 0, extension(&f, unknown[i]), "an extension that nobody knows, 0x%llx", (unsigned long long)unknown[i]);
    CHECK_EQ(t, row, 1, extension(&f, on_v1(t) ? IOASID_EXT_FAULT : IOMMU_EXT_MAP_TYPE1V2), "an extension that is there");
    for (uint32_t number = 1; number <= 8; number++)
        CHECK(t, row, (uint64_t)extension(&f, number) <= 1, "extension %u is there or is not", number);
    io_end(&io);
}

static bool some_device(struct test *t, uint32_t flag)
{
    struct iotb_uapi_device device;

    for (uint32_t i = 0; uapi_device(t, i, &device); i++)
        if (device.flags & flag)
            return true;
    return false;
}

/* The kernel may have what no IOMMU of this machine can use. */
static bool user_table(uint32_t number)
{
    return number == IOMMU_EXT_USER_PAGE_TABLE || number == IOMMU_EXT_USER_PASID_TABLE;
}

static void says_what_it_has(struct test *t)
{
    static const char row[] = "R-IOASID-015";
    uint64_t rules = uapi_machine(t)->rules;
    const bool there[] = {
        [IOMMU_EXT_MAP_TYPE1V2] = true,
        [IOMMU_EXT_DMA_NO_SNOOP] = !(rules & IOTB_UAPI_RULE_SNOOP_REQUIRED),
        [IOMMU_EXT_MAP_NEWTYPE] = false,
        [IOMMU_EXT_IOASID_NESTING] = (rules & IOTB_UAPI_RULE_SOFTWARE_NESTING) || some_device(t, IOTB_UAPI_NESTS),
        [IOMMU_EXT_USER_PAGE_TABLE] = some_device(t, IOTB_UAPI_NESTS) && !some_device(t, IOTB_UAPI_DELEGATES),
        [IOMMU_EXT_USER_PASID_TABLE] = some_device(t, IOTB_UAPI_DELEGATES),
        [IOMMU_EXT_MULTIDEV_GROUP] = !(rules & IOTB_UAPI_RULE_SINGLETON),
        [IOMMU_EXT_DIRTY_TRACKING] = some_device(t, IOTB_UAPI_DIRTY_CAPABLE),
    };
    struct io io;
    struct io_fd f;

    io_begin(&io, t);
    io_setup_open(&io, false, &f);
    for (uint32_t number = 1; number < sizeof(there) / sizeof(there[0]); number++)
        CHECK(t, row, extension(&f, number) == there[number] || (!there[number] && user_table(number)), "extension %u", number);
    io_end(&io);
}

static void skeleton_has_one(struct test *t)
{
    static const char row[] = "R-IOASID-016";
    struct io io;
    struct io_fd f;

    io_begin(&io, t);
    io_setup_open(&io, false, &f);
    for (uint32_t number = 0; number <= 16; number++)
        CHECK_EQ(t, row, number == IOMMU_EXT_MAP_TYPE1V2, extension(&f, number), "extension %u", number);
    io_end(&io);
}

/* ---- answers with capabilities ---- */

union answer {
    struct iommu_device_info info;
    struct ioasid_info info1;
    uint8_t bytes[INFO_BYTES];
    uint64_t align;
};

/* The first capability of that kind, NULL if there is none; a chain that leads astray is a failed check. */
static const struct ioasid_cap_header *capability(struct test *t, const char *row, const union answer *answer, uint32_t first,
                                                  uint16_t id)
{
    uint32_t at = first;

    for (uint32_t steps = 0; at && steps < 16; steps++) {
        const struct ioasid_cap_header *header = (const void *)&answer->bytes[at];

        if (!CHECK(t, row, at % 8 == 0 && at + sizeof(*header) <= INFO_BYTES, "a capability at offset %u", at))
            return NULL;
        if (header->id == id)
            return header;
        at = header->next;
    }
    CHECK(t, row, !at, "the chain of capabilities ends");
    return NULL;
}

static int64_t ask_device(const struct io_fd *f, uint64_t cookie, union answer *answer)
{
    memset(answer, 0, sizeof(*answer));
    answer->info.argsz = sizeof(*answer);
    answer->info.dev_cookie = cookie;
    return sys_ioctl(f->io->t, f->process, f->fd, IOMMU_DEVICE_GET_INFO, answer, sizeof(*answer));
}

static int64_t ask_ioasid(const struct io_fd *f, uint32_t ioasid, union answer *answer)
{
    memset(answer, 0, sizeof(*answer));
    answer->info1.argsz = sizeof(*answer);
    answer->info1.ioasid = ioasid;
    return sys_ioctl(f->io->t, f->process, f->fd, IOASID_GET_INFO, answer, sizeof(*answer));
}

/* ---- v1: of an IOASID ---- */

static void nothing_before_attach(struct test *t)
{
    static const char row[] = "R-IOASID-017";
    struct io io;
    struct io_scene s;
    union answer answer;

    io_setup(&io, t, &s, true, 0, 0);
    EXPECT_ERRNO(t, row, EINVAL, ask_ioasid(&s.f, io_setup_alloc(&s.f), &answer), "GET_INFO of an IOASID without device");
    EXPECT_OK(t, row, ask_ioasid(&s.f, s.ioasid, &answer), "GET_INFO of an attached IOASID");
    io_require(t, io_detach(&s.d, &s.f, s.ioasid), "DETACH");
    EXPECT_ERRNO(t, row, EINVAL, ask_ioasid(&s.f, s.ioasid, &answer), "GET_INFO when the device is detached");
    io_end(&io);
}

static void ioasid_tells(struct test *t)
{
    static const char row[] = "R-IOASID-018";
    struct io io;
    struct io_scene s;
    union answer answer;
    uint32_t children;

    io_setup(&io, t, &s, true, 0, 0);
    io_require(t, ask_ioasid(&s.f, s.ioasid, &answer), "GET_INFO");
    CHECK_EQ(t, row, s.ioasid, answer.info1.ioasid, "the IOASID");
    CHECK(t, row, answer.info1.pgsize_bitmap & IO_PAGE, "pages of 4 KiB are among 0x%llx",
          (unsigned long long)answer.info1.pgsize_bitmap);
    CHECK_EQ(t, row, 0, answer.info1.pgsize_bitmap & (IO_PAGE - 1), "page sizes below 4 KiB");
    CHECK(t, row, answer.info1.flags & IOASID_INFO_MAP, "mapping is possible");
    CHECK(t, row, capability(t, row, &answer, answer.info1.cap_offset, IOASID_CAP_RESERVED_RANGES), "reserved ranges are told");
    if (s.d.facts.flags & IOTB_UAPI_NESTS) {
        uint16_t id = s.d.facts.flags & IOTB_UAPI_DELEGATES ? IOASID_CAP_USER_PASID_TABLE : IOASID_CAP_USER_PGTABLE;

        CHECK(t, row, answer.info1.flags & IOASID_INFO_NESTING_HW, "nesting in hardware is possible");
        CHECK(t, row, capability(t, row, &answer, answer.info1.cap_offset, id), "formats of tables of the user are told");
    }
    children = answer.info1.children;
    io_require(t, io_alloc_child(&s.f, s.ioasid), "CREATE_NESTING");
    io_require(t, ask_ioasid(&s.f, s.ioasid, &answer), "GET_INFO");
    CHECK_EQ(t, row, children + 1, answer.info1.children, "children after CREATE_NESTING");
    io_end(&io);
}

static void nesting_shows_on_the_parent(struct test *t)
{
    static const char row[] = "R-IOASID-019";
    const uint32_t nesting = IOASID_INFO_NESTING_HW | IOASID_INFO_NESTING_SW;
    struct io io;
    struct io_scene s;
    union answer answer;
    uint32_t child;

    io_setup(&io, t, &s, true, IOTB_UAPI_PASID, 0);
    io_require(t, ask_ioasid(&s.f, s.ioasid, &answer), "GET_INFO");
    CHECK(t, row, answer.info1.flags & nesting, "the parent can nest");
    child = (uint32_t)io_require(t, io_alloc_child(&s.f, s.ioasid), "CREATE_NESTING");
    if (io_attach_pasid(&s.d, &s.f, child, 5) < 0)
        io_require(t, io_attach(&s.d, &s.f, child), "ATTACH of the child"); /* it stays attached to the parent (R-IOASID-073) */
    io_require(t, ask_ioasid(&s.f, child, &answer), "GET_INFO of the child");
    CHECK_EQ(t, row, 0, answer.info1.flags & nesting, "nesting of a child");
    EXPECT_FAILS(t, row, io_alloc_child(&s.f, child), "CREATE_NESTING of a child");
    io_end(&io);
}

/* ---- v2: of a device ---- */

struct device_scene {
    struct io io;
    struct io_fd f;
    struct io_device d;
};

static void device_scene(struct test *t, struct device_scene *s, uint32_t with, uint32_t without)
{
    io_begin(&s->io, t);
    io_setup_open(&s->io, false, &s->f);
    io_need(&s->io, &s->d, with, without);
    io_setup_bound(&s->io, &s->d, &s->f, 77);
}

static void before_any_ioasid(struct test *t)
{
    static const char row[] = "R-IOASID-020";
    struct device_scene s;
    union answer answer;

    device_scene(t, &s, 0, 0);
    EXPECT_OK(t, row, ask_device(&s.f, 77, &answer), "GET_INFO of a bound device before any ALLOC");
    CHECK(t, row, answer.info.pgsize_bitmap && answer.info.addr_width, "it says something");
    io_end(&s.io);
}

static void unknown_cookie(struct test *t)
{
    static const char row[] = "R-IOASID-021";
    struct device_scene s;
    struct io_fd other;
    union answer answer;

    device_scene(t, &s, 0, 0);
    io_setup_open(&s.io, false, &other);
    EXPECT_ERRNO(t, row, EINVAL, ask_device(&s.f, 78, &answer), "GET_INFO with a cookie that no device has");
    EXPECT_ERRNO(t, row, EINVAL, ask_device(&s.f, 77 | UINT64_C(1) << 32, &answer), "the same in its low half only");
    EXPECT_ERRNO(t, row, EINVAL, ask_device(&other, 77, &answer), "a cookie of another file");
    EXPECT_OK(t, row, ask_device(&s.f, 77, &answer), "GET_INFO with the cookie");
    io_end(&s.io);
}

/* The smallest page that is told can be mapped; nothing smaller. */
static void page_sizes(struct test *t)
{
    static const char row[] = "R-IOASID-022";
    struct device_scene s;
    union answer answer;
    struct io_memory *m;
    uint32_t ioasid;
    uint64_t iova, smallest;

    device_scene(t, &s, 0, 0);
    io_require(t, ask_device(&s.f, 77, &answer), "GET_INFO");
    CHECK(t, row, answer.info.flags & IOMMU_DEVICE_INFO_PGSIZES, "page sizes are told");
    CHECK_EQ(t, row, 0, answer.info.pgsize_bitmap & 0xfff, "page sizes below 2^12");
    if (!CHECK(t, row, answer.info.pgsize_bitmap, "there is a page size"))
        return;
    smallest = answer.info.pgsize_bitmap & -answer.info.pgsize_bitmap;
    ioasid = io_setup_alloc(&s.f);
    io_require(t, io_attach(&s.d, &s.f, ioasid), "ATTACH");
    if (smallest > 16 * IO_PAGE)
        test_skip(t, "the smallest page is larger than the memory of the case");
    m = io_memory(&s.io, 0, 2 * smallest);
    iova = io_iova(&s.d, m->bytes, 0);
    EXPECT_FAILS(t, row, io_map(&s.f, ioasid, iova, m, 0, smallest / 2, IO_RW), "MAP of half a page");
    EXPECT_OK(t, row, io_map(&s.f, ioasid, iova, m, 0, smallest, IO_RW), "MAP of a page of the smallest size");
    io_expect_reaches(&s.d, row, IO_NO_PASID, iova + smallest - 64, m, smallest - 64, IO_RW, "the end of the page");
    io_expect_blocked(&s.d, row, IO_NO_PASID, iova + smallest, "behind the page");
    io_end(&s.io);
}

/* A page at the edge of a permitted range: inside it can be mapped and reached, outside it cannot. */
static void edge(struct device_scene *s, const char *row, uint32_t ioasid, struct io_memory *m, uint64_t inside, uint64_t outside,
                 bool has_outside)
{
    struct test *t = s->io.t;

    test_context(t, "permitted 0x%llx", (unsigned long long)inside);
    EXPECT_OK(t, row, io_map(&s->f, ioasid, inside, m, 0, IO_PAGE, IO_RW), "MAP at the edge of a permitted range");
    io_expect_reaches(&s->d, row, IO_NO_PASID, inside, m, 0, IO_RW, "at the edge of a permitted range");
    EXPECT_OK(t, row, io_unmap(&s->f, ioasid, inside, IO_PAGE, NULL), "UNMAP");
    if (has_outside)
        EXPECT_FAILS(t, row, io_map(&s->f, ioasid, outside, m, 0, IO_PAGE, IO_RW), "MAP outside of every permitted range");
    test_context(t, NULL);
}

static const struct ioasid_cap_ranges *permitted(struct device_scene *s, const char *row, const union answer *answer)
{
    const struct ioasid_cap_header *header = capability(s->io.t, row, answer, answer->info.cap_offset, IOASID_CAP_IOVA_RANGES);
    const struct ioasid_cap_ranges *ranges = (const void *)header;

    if (!CHECK(s->io.t, row, ranges && ranges->count, "permitted ranges are told"))
        test_skip(s->io.t, "no permitted ranges");
    return ranges;
}

static void ranges_can_be_mapped(struct test *t)
{
    static const char row[] = "R-IOASID-023";
    struct device_scene s;
    union answer answer;
    const struct ioasid_cap_ranges *ranges;
    struct io_memory *m;
    struct iommu_ioasid_alloc alloc = {.type = IOMMU_IOASID_KERNEL_TYPE1V2};
    uint32_t ioasid;

    device_scene(t, &s, 0, 0);
    io_require(t, ask_device(&s.f, 77, &answer), "GET_INFO");
    ranges = permitted(&s, row, &answer);
    alloc.addr_width = answer.info.addr_width;
    if (uapi_machine(t)->rules & IOTB_UAPI_RULE_SNOOP_REQUIRED)
        alloc.flags = IOMMU_IOASID_ALLOC_ENFORCE_SNOOP;
    ioasid = (uint32_t)io_require(t, io_alloc_with(&s.f, &alloc), "ALLOC");
    io_require(t, io_attach(&s.d, &s.f, ioasid), "ATTACH");
    m = io_memory(&s.io, 0, IO_PAGE);
    for (uint32_t i = 0; i < ranges->count; i++) {
        uint64_t start = ranges->ranges[i].start, last = ranges->ranges[i].last;

        edge(&s, row, ioasid, m, start, start - IO_PAGE, start != 0);
        edge(&s, row, ioasid, m, last - (IO_PAGE - 1), last + 1, last != UINT64_MAX);
    }
    io_end(&s.io);
}

static void ranges_exclude(struct test *t)
{
    static const char row[] = "R-IOASID-024";
    struct device_scene s;
    union answer answer;
    uint32_t looked_at = 0;

    io_begin(&s.io, t);
    for (uint32_t after = IOTB_UAPI_NO_INDEX; io_find(&s.io, &s.d, 0, 0, after); after = s.d.index, looked_at++) {
        const struct ioasid_cap_ranges *ranges;

        io_setup_open(&s.io, false, &s.f);
        io_setup_bound(&s.io, &s.d, &s.f, 77);
        io_require(t, ask_device(&s.f, 77, &answer), "GET_INFO");
        ranges = permitted(&s, row, &answer);
        test_context(t, "device %u", s.d.index);
        CHECK_EQ(t, row, s.d.facts.address_bits, answer.info.addr_width, "the address width");
        for (uint32_t i = 0; i < ranges->count; i++) {
            uint64_t start = ranges->ranges[i].start, last = ranges->ranges[i].last;

            CHECK(t, row, start <= last && (!i || ranges->ranges[i - 1].last < start), "ranges ascend");
            CHECK(t, row, s.d.facts.address_bits >= 64 || !(last >> s.d.facts.address_bits), "0x%llx is within the width",
                  (unsigned long long)last);
            for (uint32_t k = 0; k < s.d.facts.reserved_count; k++)
                CHECK(t, row,
                      last < s.d.facts.reserved[k].base || start > s.d.facts.reserved[k].base + (s.d.facts.reserved[k].bytes - 1),
                      "0x%llx..0x%llx leaves out the reserved region at 0x%llx", (unsigned long long)start,
                      (unsigned long long)last, (unsigned long long)s.d.facts.reserved[k].base);
        }
        test_context(t, NULL);
    }
    CHECK(t, row, looked_at, "there is a device");
    io_end(&s.io);
}

static void tells_snoop(struct test *t)
{
    static const char row[] = "R-IOASID-025";
    struct device_scene s;
    union answer answer;

    io_begin(&s.io, t);
    io_setup_open(&s.io, false, &s.f);
    for (uint32_t after = IOTB_UAPI_NO_INDEX; io_find(&s.io, &s.d, 0, 0, after); after = s.d.index) {
        io_setup_bound(&s.io, &s.d, &s.f, s.d.index + 100);
        io_require(t, ask_device(&s.f, s.d.index + 100, &answer), "GET_INFO");
        CHECK_EQ(t, row, (s.d.facts.flags & IOTB_UAPI_ENFORCEABLE) != 0,
                 (answer.info.flags & IOMMU_DEVICE_INFO_ENFORCE_SNOOP) != 0, "device %u: the IOMMU can enforce snoop", s.d.index);
    }
    io_end(&s.io);
}

static void tells_nesting(struct test *t)
{
    static const char row[] = "R-IOASID-026";
    struct device_scene s;
    union answer answer;
    const struct ioasid_cap_formats *formats;
    bool delegates;

    device_scene(t, &s, IOTB_UAPI_NESTS, 0);
    delegates = s.d.facts.flags & IOTB_UAPI_DELEGATES;
    io_require(t, ask_device(&s.f, 77, &answer), "GET_INFO");
    CHECK(t, row, answer.info.flags & IOMMU_DEVICE_INFO_NESTING_HW, "nesting in hardware");
    CHECK_EQ(t, row, (uapi_machine(t)->rules & IOTB_UAPI_RULE_SOFTWARE_NESTING) != 0,
             (answer.info.flags & IOMMU_DEVICE_INFO_NESTING_SW) != 0, "nesting in software");
    formats = (const void *)capability(t, row, &answer, answer.info.cap_offset,
                                       delegates ? IOASID_CAP_USER_PASID_TABLE : IOASID_CAP_USER_PGTABLE);
    if (CHECK(t, row, formats && formats->count, "formats of tables of the user"))
        CHECK_EQ(t, row, delegates ? IOASID_FORMAT_ARM_PASID_TABLE : IOASID_FORMAT_VTD_S1, formats->formats[0].format,
                 "the format of this IOMMU");
    io_end(&s.io);
}

/* In memory of the process, so that it shows what is written behind the size that was given. */
static void small_answer(struct test *t)
{
    static const char row[] = "R-IOASID-027";
    struct device_scene s;
    struct io_memory *m;
    union answer answer;
    uint32_t fixed = sizeof(struct iommu_device_info), needed = fixed;

    device_scene(t, &s, 0, 0);
    m = io_memory(&s.io, 0, IO_PAGE);
    for (uint32_t argsz = fixed; argsz <= fixed + 16; argsz += 8) {
        struct iommu_device_info question = {.argsz = argsz, .dev_cookie = 77}, got;

        io_store(&s.io, m, 512, &question, sizeof(question));
        EXPECT_OK(t, row, sys_ioctl_raw(t, 0, s.f.fd, IOMMU_DEVICE_GET_INFO, m->va + 512), "GET_INFO with little room");
        io_load(&s.io, m, 512, &got, sizeof(got));
        memcpy(&s.io.shadow[m->shadow + 512], &got, sizeof(got));
        io_expect_intact(&s.io, row, "GET_INFO with little room");
        CHECK(t, row, got.flags & IOMMU_DEVICE_INFO_CAPS, "there are capabilities");
        CHECK(t, row, got.argsz > argsz && !got.cap_offset, "what is needed is told: %u", got.argsz);
        CHECK(t, row, got.addr_width && got.pgsize_bitmap, "the fixed part is told");
        needed = got.argsz;
    }
    memset(&answer, 0, sizeof(answer));
    answer.info.argsz = needed;
    answer.info.dev_cookie = 77;
    EXPECT_OK(t, row, sys_ioctl(t, 0, s.f.fd, IOMMU_DEVICE_GET_INFO, &answer, needed < INFO_BYTES ? needed : INFO_BYTES),
              "GET_INFO with the room that is needed");
    CHECK(t, row, answer.info.cap_offset, "capabilities with the room that is needed");
    io_end(&s.io);
}

/* ---- argsz ---- */

/* Every command of the two nodes, with an argument that would be good. */
static const struct command {
    const char *name;
    uint64_t number;
    uint32_t fixed;
    bool v1;
    bool answers; /* its tail is room for the answer */
} commands[] = {
    {"IOMMU_DEVICE_GET_INFO", IOMMU_DEVICE_GET_INFO, sizeof(struct iommu_device_info), false, true},
    {"IOMMU_IOASID_ALLOC", IOMMU_IOASID_ALLOC, sizeof(struct iommu_ioasid_alloc), false, false},
    {"IOMMU_IOASID_FREE", IOMMU_IOASID_FREE, sizeof(struct iommu_ioasid_free), false, false},
    {"IOMMU_MAP_DMA", IOMMU_MAP_DMA, sizeof(struct iommu_map_dma), false, false},
    {"IOMMU_UNMAP_DMA", IOMMU_UNMAP_DMA, sizeof(struct iommu_unmap_dma), false, false},
    {"IOMMU_INVALIDATE_CACHE", IOMMU_INVALIDATE_CACHE, sizeof(struct iommu_invalidate_cache), false, false},
    {"IOMMU_INVALIDATE_ARRAY", IOMMU_INVALIDATE_ARRAY, sizeof(struct iommu_invalidate_array), false, false},
    {"IOMMU_SET_FAULT_EVENTFD", IOMMU_SET_FAULT_EVENTFD, sizeof(struct iommu_set_fault_eventfd), false, false},
    {"IOMMU_FAULT_RESPOND", IOMMU_FAULT_RESPOND, sizeof(struct iommu_fault_respond), false, false},
    {"IOMMU_SET_DIRTY_TRACKING", IOMMU_SET_DIRTY_TRACKING, sizeof(struct iommu_set_dirty_tracking), false, false},
    {"IOMMU_GET_DIRTY_BITMAP", IOMMU_GET_DIRTY_BITMAP, sizeof(struct iommu_get_dirty_bitmap), false, false},
    {"IOASID_REGISTER_MEMORY", IOASID_REGISTER_MEMORY, sizeof(struct ioasid_memory), true, false},
    {"IOASID_UNREGISTER_MEMORY", IOASID_UNREGISTER_MEMORY, sizeof(struct ioasid_memory), true, false},
    {"IOASID_ALLOC", IOASID_ALLOC, sizeof(struct ioasid_handle), true, false},
    {"IOASID_FREE", IOASID_FREE, sizeof(struct ioasid_handle), true, false},
    {"IOASID_GET_INFO", IOASID_GET_INFO, sizeof(struct ioasid_info), true, true},
    {"IOASID_MAP_DMA", IOASID_MAP_DMA, sizeof(struct ioasid_map_dma), true, false},
    {"IOASID_UNMAP_DMA", IOASID_UNMAP_DMA, sizeof(struct ioasid_unmap_dma), true, false},
    {"IOASID_CREATE_NESTING", IOASID_CREATE_NESTING, sizeof(struct ioasid_create_nesting), true, false},
    {"IOASID_BIND_PGTABLE", IOASID_BIND_PGTABLE, sizeof(struct ioasid_bind_table), true, false},
    {"IOASID_BIND_PASID_TABLE", IOASID_BIND_PASID_TABLE, sizeof(struct ioasid_bind_table), true, false},
    {"IOASID_INVALIDATE_CACHE", IOASID_INVALIDATE_CACHE, sizeof(struct ioasid_invalidate_cache), true, false},
    {"IOASID_SET_FAULT_EVENTFD", IOASID_SET_FAULT_EVENTFD, sizeof(struct ioasid_set_fault_eventfd), true, false},
    {"IOASID_FAULT_RESPOND", IOASID_FAULT_RESPOND, sizeof(struct ioasid_fault_respond), true, false},
};
#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

/* argsz says `argsz`; byte `set` of the argument, if there is one, is 1. */
static int64_t with_size(const struct io_fd *f, const struct command *command, uint32_t argsz, uint32_t set)
{
    uint8_t argument[256] = {0};

    memcpy(argument, &argsz, sizeof(argsz));
    if (set)
        argument[set] = 1;
    return sys_ioctl(f->io->t, f->process, f->fd, command->number, argument, argsz < 8 ? 8 : argsz);
}

static void short_argument(struct test *t)
{
    static const char row[] = "R-IOASID-028";
    struct io io;
    struct io_fd f;

    io_begin(&io, t);
    io_setup_open(&io, on_v1(t), &f);
    EXPECT_OK(t, row, io_alloc(&f), "ALLOC with the right argsz");
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (commands[i].v1 != on_v1(t))
            continue;
        for (uint32_t argsz = 0; argsz < commands[i].fixed; argsz += argsz < 8 ? 1 : commands[i].fixed - 9) {
            test_context(t, "%s, argsz %u of %u", commands[i].name, argsz, commands[i].fixed);
            EXPECT_ERRNO(t, row, EINVAL, with_size(&f, &commands[i], argsz, 0), "a short argument");
        }
    }
    test_context(t, NULL);
    io_end(&io);
}

/* A tail that is not zero is refused before anything else is looked at; a zero tail is as good as none. */
static void long_argument(struct test *t)
{
    static const char row[] = "R-IOASID-029";
    struct io io;
    struct io_fd f;

    io_begin(&io, t);
    io_setup_open(&io, on_v1(t), &f);
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        const struct command *command = &commands[i];

        if (command->v1 != on_v1(t) || command->answers)
            continue;
        test_context(t, "%s", command->name);
        EXPECT_ERRNO(t, row, E2BIG, with_size(&f, command, command->fixed + 8, command->fixed), "a tail that begins with 1");
        EXPECT_ERRNO(t, row, E2BIG, with_size(&f, command, command->fixed + 64, command->fixed + 63), "a tail that ends with 1");
        CHECK_EQ(t, row, with_size(&f, command, command->fixed, 0) < 0, with_size(&f, command, command->fixed + 64, 0) < 0,
                 "a zero tail changes nothing");
    }
    test_context(t, NULL);
    io_end(&io);
}

static const struct iotb_case cases[] = {
    BOTH_CALLS("info.extension", unknown_is_unsupported, "R-IOASID-014", NULL, "An extension is there, or it is not"),
    CALLS("info.extensions", says_what_it_has, "R-IOASID-015", "!RULE.s20_extensions", "The extensions of v2, as the machine is"),
    CALLS("info.extensions_s20", skeleton_has_one, "R-IOASID-016", "RULE.s20_extensions", "The skeleton has type1v2 only"),
    CALLS("info.unattached.v1", nothing_before_attach, "R-IOASID-017", NULL, "An IOASID without device has no capabilities"),
    CALLS("info.ioasid.v1", ioasid_tells, "R-IOASID-018", NULL, "An attached IOASID tells what its devices can do"),
    CALLS("info.nesting.v1", nesting_shows_on_the_parent, "R-IOASID-019", NULL, "Nesting shows on the parent only"),
    CALLS("info.early", before_any_ioasid, "R-IOASID-020", NULL, "A device tells as soon as it is bound"),
    CALLS("info.cookie", unknown_cookie, "R-IOASID-021", NULL, "A cookie of no device of the file is refused"),
    MOVES("info.page_sizes", page_sizes, "R-IOASID-022", NULL, "The smallest page told can be mapped, and none smaller"),
    MOVES("info.ranges", ranges_can_be_mapped, "R-IOASID-023", NULL, "What is told as permitted can be mapped, to its edges"),
    CALLS("info.reserved", ranges_exclude, "R-IOASID-024", NULL, "Permitted ranges leave out what is reserved and too wide"),
    CALLS("info.snoop", tells_snoop, "R-IOASID-025", NULL, "Each device tells whether its IOMMU can enforce snoop"),
    CALLS("info.formats", tells_nesting, "R-IOASID-026", "NESTS&!RULE.s20_extensions", "Kinds of nesting and formats are told"),
    CALLS("info.room", small_answer, "R-IOASID-027", NULL, "With little room the fixed part comes, and what is needed"),
    BOTH_CALLS("info.short", short_argument, "R-IOASID-028", NULL, "A short argument is refused by every command"),
    BOTH_CALLS("info.long", long_argument, "R-IOASID-029", "RULE.long_tail", "A longer argument must have a zero tail"),
};
LIST(ioasid_info_cases, cases);
