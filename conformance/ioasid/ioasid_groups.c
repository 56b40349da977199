/* SPDX-License-Identifier: BSD-2-Clause */
/* D. Groups and isolation: R-IOASID-048 to 062. */
#include "ioasid_chapters.h"

#include <string.h>

#define LINE 64u
#define PERIOD_PS 20000u /* of a device that goes on while the kernel works */

/* ---- scenes ---- */

struct pair {
    struct io io;
    struct io_fd f;
    struct io_device a, b; /* of one group */
    struct io_memory *m;
    uint32_t ioasid;
    uint64_t iova;
};

static void begin(struct pair *p, struct test *t, bool v1)
{
    io_begin(&p->io, t);
    io_setup_open(&p->io, v1, &p->f);
    io_need_group(&p->io, &p->a, &p->b);
    p->m = io_memory(&p->io, 0, 2 * IO_PAGE);
    p->iova = io_iova(&p->a, p->m->bytes, 0);
}

/* Both bound, both attached to one IOASID with a mapping. */
static void attach_both(struct pair *p)
{
    struct test *t = p->io.t;

    io_setup_bound(&p->io, &p->a, &p->f, 1);
    io_setup_bound(&p->io, &p->b, &p->f, 2);
    p->ioasid = io_setup_alloc(&p->f);
    io_require(t, io_attach(&p->a, &p->f, p->ioasid), "ATTACH of the first member");
    io_require(t, io_attach(&p->b, &p->f, p->ioasid), "ATTACH of the second member");
    io_setup_map(&p->f, p->ioasid, p->iova, p->m, IO_RW);
}

/* No address leads anywhere: neither what a user would map nor where the kernel has its memory. */
static void nowhere(struct pair *p, struct io_device *d, const char *row, const char *when)
{
    static const uint64_t places[] = {0, 0x1000, 0x10000000, 0x3f000000, 0x140000000};

    io_expect_blocked(d, row, IO_NO_PASID, p->iova, when);
    for (uint32_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
        io_expect_blocked(d, row, IO_NO_PASID, places[i], when);
    for (uint32_t i = 0; i < 8; i++)
        io_expect_blocked(d, row, IO_NO_PASID, test_random_below(p->io.t, UINT64_C(1) << 33) & ~UINT64_C(63), when);
}

/* The kernel's own driver does DMA to its own memory, both ways. */
static void kernel_dma_works(struct io_device *d, const char *row, const char *when)
{
    struct test *t = d->io->t;
    struct io_dma dma = {.pasid = IO_NO_PASID, .bytes = LINE, .kind = IOTB_READ};
    uint8_t line[LINE];
    uint64_t bus;

    for (uint32_t i = 0; i < LINE; i++)
        line[i] = (uint8_t)test_random(t);
    io_require(t, driver_buffer(t, d->index, &bus, 0, line, LINE, true), "the kernel driver's memory");
    dma.iova = bus;
    CHECK(t, row, io_dma(d, &dma) == IO_DONE && memcmp(dma.data, line, LINE) == 0,
          "%s: a read of the kernel driver's device at 0x%llx brings what the driver stored", when, (unsigned long long)bus);
    dma.kind = IOTB_WRITE;
    memset(dma.data, 0x5a, LINE);
    CHECK(t, row, io_dma(d, &dma) == IO_DONE, "%s: a write of the kernel driver's device", when);
    io_require(t, driver_buffer(t, d->index, &bus, 0, line, LINE, false), "the kernel driver's memory");
    CHECK(t, row, memcmp(dma.data, line, LINE) == 0, "%s: the kernel driver finds what its device wrote", when);
}

/* ---- who may be beside ---- */

static void viable(struct test *t)
{
    static const char row[] = "R-IOASID-048";
    static const struct {
        enum iotb_uapi_driver driver;
        bool viable;
        const char *when;
    } beside[] = {
        {IOTB_UAPI_DRIVER_DMA, false, "beside a kernel driver that does DMA"},
        {IOTB_UAPI_DRIVER_NONE, true, "beside a device without driver"},
        {IOTB_UAPI_DRIVER_NO_DMA, true, "beside a driver that does no DMA"},
        {IOTB_UAPI_DRIVER_DMA, false, "beside a kernel driver again"},
        {IOTB_UAPI_DRIVER_PASSTHROUGH, true, "beside the passthrough driver"},
    };
    struct pair p;

    begin(&p, t, false);
    for (uint32_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++) {
        io_require(t, driver_bind(t, p.b.index, beside[i].driver), "another driver for the second member");
        io_require(t, io_open_device(&p.a, 0), "open of the first member");
        if (beside[i].viable) {
            EXPECT_OK(t, row, io_bind(&p.a, &p.f, 1), beside[i].when);
            nowhere(&p, &p.a, row, beside[i].when);
        } else {
            EXPECT_FAILS(t, row, io_bind(&p.a, &p.f, 1), beside[i].when);
            kernel_dma_works(&p.b, row, "after BIND was refused");
        }
        io_require(t, io_close_device(&p.a), "close of the first member");
    }
    io_end(&p.io);
}

static void driver_is_refused(struct test *t)
{
    static const char row[] = "R-IOASID-052";
    struct iotb_uapi_audit audit;
    struct pair p;

    begin(&p, t, false);
    io_setup_bound(&p.io, &p.a, &p.f, 1);
    p.ioasid = io_setup_alloc(&p.f);
    io_require(t, io_attach(&p.a, &p.f, p.ioasid), "ATTACH");
    io_setup_map(&p.f, p.ioasid, p.iova, p.m, IO_RW);
    EXPECT_FAILS(t, row, driver_bind(t, p.b.index, IOTB_UAPI_DRIVER_DMA), "a kernel driver for a member of a group in use");
    io_expect_reaches(&p.a, row, IO_NO_PASID, p.iova, p.m, 0, IO_RW, "after the kernel driver was refused");
    io_expect_blocked(&p.a, row, IO_NO_PASID, p.iova + p.m->bytes, "after the kernel driver was refused");
    EXPECT_OK(t, row, driver_bind(t, p.b.index, IOTB_UAPI_DRIVER_NO_DMA), "a driver that does no DMA");
    sys_audit(t, 0, &audit);
    CHECK_EQ(t, row, 0, audit.splats, "complaints of the kernel");
    io_require(t, io_close_device(&p.a), "close of the first member");
    EXPECT_OK(t, row, driver_bind(t, p.b.index, IOTB_UAPI_DRIVER_DMA), "the kernel driver when the group is free");
    kernel_dma_works(&p.b, row, "when the group is free");
    io_end(&p.io);
}

/* ---- blocked and released ---- */

static void first_bind_blocks_all(struct test *t)
{
    static const char row[] = "R-IOASID-049";
    struct pair p;

    begin(&p, t, false);
    io_setup_bound(&p.io, &p.a, &p.f, 1);
    nowhere(&p, &p.a, row, "the member that was bound");
    nowhere(&p, &p.b, row, "the member that was not");
    p.ioasid = io_setup_alloc(&p.f);
    io_require(t, io_attach(&p.a, &p.f, p.ioasid), "ATTACH");
    io_setup_map(&p.f, p.ioasid, p.iova, p.m, IO_RW);
    io_expect_reaches(&p.a, row, IO_NO_PASID, p.iova, p.m, 0, IO_RW, "attached");
    io_end(&p.io);
}

static void members_share_the_file(struct test *t)
{
    static const char row[] = "R-IOASID-050";
    struct pair p;

    begin(&p, t, false);
    io_setup_bound(&p.io, &p.a, &p.f, 1);
    io_require(t, io_open_device(&p.b, 0), "open of the second member");
    EXPECT_OK(t, row, io_bind(&p.b, &p.f, 2), "BIND of another member to the same file");
    nowhere(&p, &p.b, row, "the second member");
    p.ioasid = io_setup_alloc(&p.f);
    io_require(t, io_attach(&p.a, &p.f, p.ioasid), "ATTACH of the first");
    EXPECT_OK(t, row, io_attach(&p.b, &p.f, p.ioasid), "ATTACH of the second");
    io_setup_map(&p.f, p.ioasid, p.iova, p.m, IO_RW);
    io_expect_reaches(&p.b, row, IO_NO_PASID, p.iova, p.m, 0, IO_RW, "the second member");
    io_end(&p.io);
}

static void another_file_is_refused(struct test *t)
{
    static const char row[] = "R-IOASID-051";
    struct io_fd other;
    struct pair p;

    begin(&p, t, false);
    io_setup_open(&p.io, false, &other);
    io_setup_bound(&p.io, &p.a, &p.f, 1);
    p.ioasid = io_setup_alloc(&p.f);
    io_require(t, io_attach(&p.a, &p.f, p.ioasid), "ATTACH");
    io_setup_map(&p.f, p.ioasid, p.iova, p.m, IO_RW);
    io_require(t, io_open_device(&p.b, 0), "open of the second member");
    EXPECT_FAILS(t, row, io_bind(&p.b, &other, 2), "BIND of another member to another file");
    io_expect_reaches(&p.a, row, IO_NO_PASID, p.iova, p.m, 0, IO_RW, "after that was refused");
    io_expect_blocked(&p.a, row, IO_NO_PASID, p.iova + p.m->bytes, "after that was refused");
    io_require(t, io_close_device(&p.a), "close of the first member");
    EXPECT_OK(t, row, io_bind(&p.b, &other, 2), "BIND to another file when the group is free");
    io_end(&p.io);
}

static void last_unbind_releases(struct test *t)
{
    static const char row[] = "R-IOASID-053";
    struct pair p;

    begin(&p, t, false);
    attach_both(&p);
    io_expect_reaches(&p.b, row, IO_NO_PASID, p.iova, p.m, 0, IO_RW, "attached");
    io_require(t, io_close_device(&p.a), "close of the first member");
    EXPECT_FAILS(t, row, driver_bind(t, p.a.index, IOTB_UAPI_DRIVER_DMA), "a kernel driver while one member is bound");
    io_require(t, io_close_device(&p.b), "close of the last member");
    EXPECT_OK(t, row, driver_bind(t, p.a.index, IOTB_UAPI_DRIVER_DMA), "a kernel driver when none is bound");
    kernel_dma_works(&p.a, row, "back in the kernel's hands");
    io_end(&p.io);
}

static void no_member_goes_back_early(struct test *t)
{
    static const char row[] = "R-IOASID-054";
    struct pair p;

    begin(&p, t, false);
    attach_both(&p);
    io_expect_reaches(&p.a, row, IO_NO_PASID, p.iova, p.m, 0, IO_RW, "attached");
    io_require(t, io_detach(&p.a, &p.f, p.ioasid), "DETACH of the first");
    io_require(t, io_detach(&p.b, &p.f, p.ioasid), "DETACH of the second");
    nowhere(&p, &p.a, row, "both detached");
    io_require(t, io_close_device(&p.b), "close of the second");
    nowhere(&p, &p.a, row, "the second closed: the first");
    nowhere(&p, &p.b, row, "the second closed: the second");
    io_end(&p.io);
}

/* ---- switching ---- */

/* Each read that ended brought one of the two lines, or was refused. */
static uint32_t judge_reads(struct io_device *d, const char *row, const uint8_t *one, const uint8_t *two)
{
    struct iotb_completion completion;
    struct test *t = d->io->t;
    uint32_t count = 0;

    for (; device_poll(t, d->index, &completion); count++) {
        bool known =
            completion.status != IOTB_SC || memcmp(completion.data, one, LINE) == 0 || memcmp(completion.data, two, LINE) == 0;

        if (!CHECK(t, row, known, "a read in the middle of the switch is refused, or belongs to one of the two"))
            break;
    }
    return count;
}

static void switch_has_no_hole(struct test *t)
{
    static const char row[] = "R-IOASID-055";
    struct io io;
    struct io_scene s;
    struct io_memory *other;
    struct iotb_request request = {.kind = IOTB_READ, .bytes = LINE};
    uint8_t one[LINE], two[LINE];
    uint32_t next, reads = 0;

    io_setup(&io, t, &s, on_v1(t), 0, 0);
    other = io_memory(&io, 0, IO_PAGE);
    next = io_setup_alloc(&s.f);
    if (!on_v1(t) && (uapi_machine(t)->rules & IOTB_UAPI_RULE_MAP_EARLY))
        io_setup_map(&s.f, next, s.iova, other, IO_RW);
    io_load(&io, s.m, 0, one, LINE);
    io_load(&io, other, 0, two, LINE);
    request.address = s.iova;
    device_repeat(t, s.d.index, &request, PERIOD_PS);
    for (uint32_t round = 0; round < 8; round++) {
        EXPECT_OK(t, row, io_detach(&s.d, &s.f, round % 2 ? next : s.ioasid), "DETACH");
        EXPECT_OK(t, row, io_attach(&s.d, &s.f, round % 2 ? s.ioasid : next), "ATTACH");
        test_run(t, 10 * PERIOD_PS);
        reads += judge_reads(&s.d, row, one, two);
    }
    device_repeat(t, s.d.index, NULL, 0);
    CHECK(t, row, reads > 8, "the device has read %u times", reads);
    io_expect_reaches(&s.d, row, IO_NO_PASID, s.iova, s.m, 0, IO_RW, "back in the first");
    io_expect_blocked(&s.d, row, IO_NO_PASID, s.iova + s.m->bytes, "back in the first");
    io_end(&io);
}

/* ---- one IOASID for a group ---- */

static void one_ioasid_for_all(struct test *t)
{
    static const char row[] = "R-IOASID-056";
    struct pair p;
    uint32_t other;

    begin(&p, t, false);
    io_setup_bound(&p.io, &p.a, &p.f, 1);
    io_setup_bound(&p.io, &p.b, &p.f, 2);
    p.ioasid = io_setup_alloc(&p.f);
    other = io_setup_alloc(&p.f);
    io_require(t, io_attach(&p.a, &p.f, p.ioasid), "ATTACH of the first");
    io_setup_map(&p.f, p.ioasid, p.iova, p.m, IO_RW);
    EXPECT_FAILS(t, row, io_attach(&p.b, &p.f, other), "ATTACH of the second to another IOASID");
    io_expect_reaches(&p.a, row, IO_NO_PASID, p.iova, p.m, 0, IO_RW, "after that was refused");
    EXPECT_OK(t, row, io_attach(&p.b, &p.f, p.ioasid), "ATTACH of the second to the same");
    io_expect_reaches(&p.b, row, IO_NO_PASID, p.iova + IO_PAGE, p.m, IO_PAGE, IO_RW, "the second");
    io_expect_blocked(&p.b, row, IO_NO_PASID, p.iova + p.m->bytes, "the second");
    io_end(&p.io);
}

static void detach_is_counted(struct test *t)
{
    static const char row[] = "R-IOASID-057";
    struct pair p;

    begin(&p, t, false);
    attach_both(&p);
    EXPECT_OK(t, row, io_detach(&p.a, &p.f, p.ioasid), "DETACH of the first");
    io_expect_reaches(&p.b, row, IO_NO_PASID, p.iova, p.m, 0, IO_RW, "the member that stays");
    EXPECT_ERRNO(t, row, EBUSY, io_free(&p.f, p.ioasid), "FREE while one stays");
    EXPECT_FAILS(t, row, io_detach(&p.a, &p.f, p.ioasid), "DETACH of the first once more");
    io_expect_reaches(&p.b, row, IO_NO_PASID, p.iova, p.m, 0, IO_RW, "the member that stays, after that");
    EXPECT_OK(t, row, io_detach(&p.b, &p.f, p.ioasid), "DETACH of the second");
    nowhere(&p, &p.a, row, "the first when both are detached");
    nowhere(&p, &p.b, row, "the second when both are detached");
    EXPECT_OK(t, row, io_free(&p.f, p.ioasid), "FREE");
    io_end(&p.io);
}

/* v1: with one of two members attached nothing works, and the errno says why. */
static void partly_attached(struct test *t)
{
    static const char row[] = "R-IOASID-058", why[] = "R-IOASID-059";
    struct ioasid_info info = {.argsz = sizeof(info)};
    struct pair p;

    begin(&p, t, true);
    io_setup_bound(&p.io, &p.a, &p.f, 0);
    io_setup_bound(&p.io, &p.b, &p.f, 0);
    info.ioasid = p.ioasid = io_setup_alloc(&p.f);
    io_require(t, io_attach(&p.a, &p.f, p.ioasid), "ATTACH of the first");
    EXPECT_FAILS(t, row, io_map(&p.f, p.ioasid, p.iova, p.m, 0, IO_PAGE, IO_RW), "MAP with one member attached");
    EXPECT_FAILS(t, row, IO_CALL(&p.f, IOASID_GET_INFO, &info), "GET_INFO with one member attached");
    EXPECT_FAILS(t, row, io_alloc_child(&p.f, p.ioasid), "CREATE_NESTING with one member attached");
    EXPECT_ERRNO(t, why, EDEADLK, io_map(&p.f, p.ioasid, p.iova, p.m, 0, IO_PAGE, IO_RW), "MAP with one member attached");
    io_expect_blocked(&p.a, row, IO_NO_PASID, p.iova, "with one member attached");
    io_require(t, io_attach(&p.b, &p.f, p.ioasid), "ATTACH of the second");
    EXPECT_OK(t, row, io_map(&p.f, p.ioasid, p.iova, p.m, 0, p.m->bytes, IO_RW), "MAP with both attached");
    io_expect_reaches(&p.a, row, IO_NO_PASID, p.iova, p.m, 0, IO_RW, "with both attached");
    io_end(&p.io);
}

static void singleton_only(struct test *t)
{
    static const char row[] = "R-IOASID-060";
    struct pair p;

    begin(&p, t, false);
    if (!p.a.facts.node[0])
        test_skip(t, "the members have no node");
    io_require(t, io_open_device(&p.a, 0), "open of a member");
    EXPECT_FAILS(t, row, io_bind(&p.a, &p.f, 1), "BIND of a member of a group of two");
    EXPECT_FAILS(t, row, io_attach(&p.a, &p.f, io_setup_alloc(&p.f)), "ATTACH of it");
    io_end(&p.io);
}

static void aliases_are_one(struct test *t)
{
    static const char row[] = "R-IOASID-061";
    struct pair p;
    uint32_t other;

    begin(&p, t, false);
    attach_both(&p);
    other = io_setup_alloc(&p.f);
    io_expect_reaches(&p.a, row, IO_NO_PASID, p.iova, p.m, 0, IO_RW, "one member");
    io_expect_reaches(&p.b, row, IO_NO_PASID, p.iova, p.m, 0, IO_RW, "the other");
    (void)io_detach(&p.b, &p.f, p.ioasid);
    EXPECT_FAILS(t, row, io_attach(&p.b, &p.f, other), "a translation of its own for one of two that share a requester id");
    io_expect_reaches(&p.a, row, IO_NO_PASID, p.iova, p.m, 0, IO_RW, "after that was refused");
    io_expect_blocked(&p.a, row, IO_NO_PASID, p.iova + p.m->bytes, "after that was refused");
    io_end(&p.io);
}

static void identity_regions_are_refused(struct test *t)
{
    static const char row[] = "R-IOASID-062";
    struct io io;
    struct io_scene s;
    struct io_device d;

    io_setup(&io, t, &s, on_v1(t), 0, 0);
    if (!io_find(&io, &d, IOTB_UAPI_RMRR, 0, IOTB_UAPI_NO_INDEX))
        test_skip(t, "no device with such a region has a node");
    io_require(t, io_open_device(&d, 0), "open of a device with a region that firmware wants mapped");
    EXPECT_FAILS(t, row, io_bind(&d, &s.f, 9), "BIND of it");
    EXPECT_FAILS(t, row, io_attach(&d, &s.f, s.ioasid), "ATTACH of it");
    io_expect_reaches(&s.d, row, IO_NO_PASID, s.iova, s.m, 0, IO_RW, "another device, after that");
    io_expect_blocked(&s.d, row, IO_NO_PASID, s.iova + s.m->bytes, "another device, after that");
    io_end(&io);
}

#define TOGETHER "GROUP&!RULE.singleton"
static const struct iotb_case cases[] = {
    MOVES("groups.viable", viable, "R-IOASID-048", TOGETHER, "A group with a kernel driver that does DMA cannot be bound"),
    MOVES("groups.blocked", first_bind_blocks_all, "R-IOASID-049", TOGETHER, "The first BIND blocks the DMA of all members"),
    MOVES("groups.same_file", members_share_the_file, "R-IOASID-050", TOGETHER, "Members of a group are bound to one file"),
    MOVES("groups.other_file", another_file_is_refused, "R-IOASID-051", TOGETHER, "A member cannot be bound to another file"),
    MOVES("groups.driver", driver_is_refused, "R-IOASID-052", TOGETHER, "A kernel driver cannot have a member of a group in use"),
    MOVES("groups.released", last_unbind_releases, "R-IOASID-053", TOGETHER,
          "The last unbind gives the group back to the kernel"),
    MOVES("groups.stays", no_member_goes_back_early, "R-IOASID-054", TOGETHER, "While one is bound all members stay blocked"),
    BOTH_MOVE("groups.switch", switch_has_no_hole, "R-IOASID-055", NULL, "Between two spaces there is block-DMA, nothing else"),
    MOVES("groups.one_space", one_ioasid_for_all, "R-IOASID-056", TOGETHER, "Members of a group are attached to one IOASID"),
    MOVES("groups.counted", detach_is_counted, "R-IOASID-057", TOGETHER, "A group leaves with as many detaches as attaches"),
    MOVES("groups.partly.v1", partly_attached, "R-IOASID-058 R-IOASID-059", TOGETHER, "v1: a group attached in part can nothing"),
    CALLS("groups.singleton", singleton_only, "R-IOASID-060", "GROUP&RULE.singleton", "Stage 1: no groups of several devices"),
    MOVES("groups.alias", aliases_are_one, "R-IOASID-061", "ALIAS&" TOGETHER, "Devices behind one id have one translation"),
    BOTH_MOVE("groups.identity", identity_regions_are_refused, "R-IOASID-062", "RMRR",
              "A device with an identity region is refused"),
};
LIST(ioasid_groups_cases, cases);
