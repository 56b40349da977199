/* SPDX-License-Identifier: BSD-2-Clause */
/* E. Attach and detach, the second half: R-IOASID-075 to 080. */
#include "ioasid_chapters.h"

#include <string.h>

#define LINE 64u
#define PERIOD_PS 20000u
#define VPASID 7u
#define OTHER_VPASID 9u

/* The next device behind the unit of d: what can be attached for d can be for this one. */
static bool find_like(const struct io_device *d, struct io_device *other, uint32_t with, uint32_t after)
{
    while (io_find(d->io, other, with, 0, after)) {
        if (other->index != d->index && other->facts.iommu == d->facts.iommu)
            return true;
        after = other->index;
    }
    return false;
}

/* In its place: the mapping of the scene and nothing behind it. */
static void as_before(struct io_scene *s, const char *row, const char *when)
{
    io_expect_reaches(&s->d, row, IO_NO_PASID, s->iova, s->m, 0, IO_RW, when);
    io_expect_blocked(&s->d, row, IO_NO_PASID, s->iova + s->m->bytes, when);
}

/* ---- detach ---- */

/* DMA that the device translates first: what it has kept from before counts too. */
static bool translated_read(struct io_device *d, uint32_t pasid, uint64_t iova)
{
    struct io_dma dma = {.pasid = pasid, .iova = iova, .bytes = LINE, .kind = IOTB_READ, .address_type = IOTB_AT_TRANSLATION};
    enum io_end end = io_dma(d, &dma);

    if (end == IO_WAITS) {
        sys_quiesce(d->io->t);
        end = io_dma_poll(d, &dma);
    }
    return end == IO_DONE;
}

static void all_blocked(struct io_scene *s, const char *row, uint32_t pasid, const char *when)
{
    struct test *t = s->f.io->t;

    for (uint64_t at = 0; at < s->m->bytes; at += IO_PAGE) {
        io_expect_blocked(&s->d, row, pasid, s->iova + at, when);
        if (s->d.facts.flags & IOTB_UAPI_ATS)
            CHECK(t, row, !translated_read(&s->d, pasid, s->iova + at), "%s: a read that is translated first brings nothing",
                  when);
    }
}

static void detached_is_blocked(struct test *t)
{
    static const char row[] = "R-IOASID-075";
    struct io io;
    struct io_scene s;
    bool places;

    io_setup(&io, t, &s, on_v1(t), 0, 0);
    places = io_has_places(&s.d);
    if (places)
        io_require(t, io_attach_pasid(&s.d, &s.f, s.ioasid, VPASID), "ATTACH with a vPASID");
    for (uint32_t pasid = IO_NO_PASID; pasid == IO_NO_PASID || places; pasid = VPASID) {
        io_expect_reaches(&s.d, row, pasid, s.iova, s.m, 0, IO_RW, "attached");
        for (uint64_t at = 0; (s.d.facts.flags & IOTB_UAPI_ATS) && at < s.m->bytes; at += IO_PAGE)
            CHECK(t, row, translated_read(&s.d, pasid, s.iova + at), "attached: a read that is translated first");
        if (pasid == VPASID) /* it stayed when the other place was left */
            io_expect_reaches(&s.d, row, VPASID, s.iova, s.m, 0, IO_RW, "the other place left");
        EXPECT_OK(t, row, io_detach_pasid(&s.d, &s.f, s.ioasid, pasid), "DETACH");
        all_blocked(&s, row, pasid, pasid == VPASID ? "detached, with the PASID" : "detached");
        if (pasid == VPASID)
            break;
    }
    io_require(t, io_attach(&s.d, &s.f, s.ioasid), "ATTACH");
    as_before(&s, row, "attached again");
    io_end(&io);
}

/* How many have ended since, and how many of them well. */
static uint32_t drain(struct io_device *d, const uint8_t *one, const uint8_t *two, uint32_t *well, uint32_t *wrong)
{
    struct iotb_completion completion;
    uint32_t count = 0;

    for (*well = *wrong = 0; device_poll(d->io->t, d->index, &completion); count++) {
        *well += completion.status == IOTB_SC;
        *wrong += completion.status == IOTB_SC && memcmp(completion.data, one, LINE) && memcmp(completion.data, two, LINE);
    }
    return count;
}

static void detach_ends_what_runs(struct test *t)
{
    static const char row[] = "R-IOASID-075";
    struct iotb_request request = {.kind = IOTB_READ, .bytes = LINE};
    uint32_t count, well, wrong;
    uint8_t line[LINE];
    struct io io;
    struct io_scene s;

    io_setup(&io, t, &s, on_v1(t), 0, 0);
    io_load(&io, s.m, 0, line, LINE);
    request.address = s.iova;
    device_repeat(t, s.d.index, &request, PERIOD_PS);
    test_run(t, 20 * PERIOD_PS);
    count = drain(&s.d, line, line, &well, &wrong);
    CHECK(t, row, count && well == count && !wrong, "attached: of %u reads %u end well, %u of them wrong", count, well, wrong);
    EXPECT_OK(t, row, io_detach(&s.d, &s.f, s.ioasid), "DETACH while the device reads");
    test_run(t, 100 * PERIOD_PS); /* what was on its way is back */
    (void)drain(&s.d, line, line, &well, &wrong);
    CHECK(t, row, !wrong, "in the middle of DETACH %u reads bring something else", wrong);
    test_run(t, 100 * PERIOD_PS);
    count = drain(&s.d, line, line, &well, &wrong);
    CHECK(t, row, count && !well, "after DETACH: of %u reads %u end well", count, well);
    device_repeat(t, s.d.index, NULL, 0);
    all_blocked(&s, row, IO_NO_PASID, "detached while it read");
    io_end(&io);
}

static void not_attached_there(struct test *t)
{
    static const char row[] = "R-IOASID-076";
    struct io io;
    struct io_scene s;
    uint32_t other;

    io_setup(&io, t, &s, on_v1(t), 0, 0);
    other = io_setup_alloc(&s.f);
    EXPECT_ERRNO(t, row, EINVAL, io_detach(&s.d, &s.f, other), "DETACH from another IOASID");
    EXPECT_ERRNO(t, row, EINVAL, io_detach(&s.d, &s.f, IO_UNKNOWN_ID), "DETACH from an unknown IOASID");
    EXPECT_ERRNO(t, row, EINVAL, io_detach(&s.d, &s.f, 0), "DETACH from IOASID 0");
    EXPECT_ERRNO(t, row, EINVAL, io_detach_pasid(&s.d, &s.f, s.ioasid, VPASID), "DETACH of a vPASID that is not attached");
    as_before(&s, row, "after that was refused");
    if (io_has_places(&s.d)) {
        io_require(t, io_attach_pasid(&s.d, &s.f, s.ioasid, VPASID), "ATTACH with a vPASID");
        EXPECT_ERRNO(t, row, EINVAL, io_detach_pasid(&s.d, &s.f, s.ioasid, OTHER_VPASID), "DETACH of another vPASID");
        EXPECT_ERRNO(t, row, EINVAL, io_detach_pasid(&s.d, &s.f, other, VPASID), "DETACH of the vPASID from another IOASID");
        io_expect_reaches(&s.d, row, VPASID, s.iova, s.m, 0, IO_RW, "with the vPASID, after that was refused");
        as_before(&s, row, "without PASID, after that was refused");
        io_require(t, io_detach_pasid(&s.d, &s.f, s.ioasid, VPASID), "DETACH of the vPASID");
    }
    EXPECT_OK(t, row, io_detach(&s.d, &s.f, s.ioasid), "DETACH from its IOASID");
    EXPECT_ERRNO(t, row, EINVAL, io_detach(&s.d, &s.f, s.ioasid), "DETACH once more");
    io_expect_blocked(&s.d, row, IO_NO_PASID, s.iova, "detached");
    io_require(t, io_attach(&s.d, &s.f, s.ioasid), "ATTACH");
    as_before(&s, row, "attached again");
    io_end(&io);
}

static void others_do_not_notice(struct test *t)
{
    static const char row[] = "R-IOASID-077";
    struct iotb_request request = {.kind = IOTB_READ, .bytes = LINE};
    uint32_t count = 0, well = 0, wrong = 0;
    uint8_t line[LINE];
    struct io_device d;
    struct io io;
    struct io_scene s;

    io_setup(&io, t, &s, on_v1(t), 0, 0);
    if (!find_like(&s.d, &d, 0, IOTB_UAPI_NO_INDEX))
        test_skip(t, "needs two devices");
    io_setup_attached(&io, &d, &s.f, 9, s.ioasid);
    io_load(&io, s.m, 0, line, LINE);
    request.address = s.iova;
    device_repeat(t, d.index, &request, PERIOD_PS);
    for (uint32_t round = 0; round < 4; round++) {
        uint32_t now, good, bad;

        EXPECT_OK(t, row, io_detach(&s.d, &s.f, s.ioasid), "DETACH of one device");
        if (round < 3)
            EXPECT_OK(t, row, io_attach(&s.d, &s.f, s.ioasid), "ATTACH of it");
        test_run(t, 10 * PERIOD_PS);
        now = drain(&d, line, line, &good, &bad);
        count += now, well += good, wrong += bad;
    }
    device_repeat(t, d.index, NULL, 0);
    CHECK(t, row, count && well == count && !wrong, "of %u reads of the other device %u end well, %u of them wrong", count, well,
          wrong);
    io_expect_reaches(&d, row, IO_NO_PASID, s.iova, s.m, 0, IO_RW, "the device that stayed");
    io_expect_blocked(&s.d, row, IO_NO_PASID, s.iova, "the device that was detached");
    io_end(&io);
}

/* The device whose IOMMU cannot enforce snoop is refused, first or second. */
static void order_is_nothing(struct test *t)
{
    static const char row[] = "R-IOASID-078";
    struct iommu_ioasid_alloc alloc = {
        .type = IOMMU_IOASID_KERNEL_TYPE1V2, .addr_width = 39, .flags = IOMMU_IOASID_ALLOC_ENFORCE_SNOOP};
    struct io io;
    struct io_scene s;
    struct io_device d;

    io_setup(&io, t, &s, false, IOTB_UAPI_ENFORCEABLE, 0);
    if (!io_find(&io, &d, 0, IOTB_UAPI_ENFORCEABLE, IOTB_UAPI_NO_INDEX))
        test_skip(t, "all IOMMUs can enforce snoop");
    io_setup_bound(&io, &d, &s.f, 9);
    io_require(t, io_detach(&s.d, &s.f, s.ioasid), "DETACH");
    for (uint32_t good_first = 0; good_first < 2; good_first++) {
        uint32_t ioasid = (uint32_t)io_require(t, io_alloc_with(&s.f, &alloc), "ALLOC, snoop enforced");

        test_context(t, "%s first", good_first ? "the device that fits" : "the device that does not");
        for (uint32_t i = 0; i < 2; i++)
            if (i == good_first)
                EXPECT_FAILS(t, row, io_attach(&d, &s.f, ioasid), "ATTACH of the device that does not fit");
            else
                EXPECT_OK(t, row, io_attach(&s.d, &s.f, ioasid), "ATTACH of the device that fits");
        io_setup_map(&s.f, ioasid, s.iova, s.m, IO_RW);
        as_before(&s, row, "the device that fits");
        io_expect_blocked(&d, row, IO_NO_PASID, s.iova, "the device that does not");
        EXPECT_OK(t, row, io_detach(&s.d, &s.f, ioasid), "DETACH");
        EXPECT_OK(t, row, io_free(&s.f, ioasid), "FREE: the other is not attached");
        test_context(t, NULL);
    }
    io_end(&io);
}

/* ---- software mdev, replace ---- */

static void software_mdev(struct test *t)
{
    static const char row[] = "R-IOASID-079";
    struct io io;
    struct io_fd f;
    struct io_device d;
    struct io_memory *m;
    struct io_mark mark;
    struct iotb_uapi_audit audit;
    uint32_t ioasid;
    uint64_t iova;

    io_begin(&io, t);
    io_setup_open(&io, false, &f);
    io_need_mdev(&io, &d, IOTB_UAPI_SOFTWARE_MDEV, 0);
    m = io_memory(&io, 0, 2 * IO_PAGE);
    iova = io_iova(&d, m->bytes, 0);
    io_setup_bound(&io, &d, &f, 1);
    io_mark(&io, &mark);
    ioasid = io_setup_alloc(&f);
    EXPECT_OK(t, row, io_attach(&d, &f, ioasid), "ATTACH of a software mdev");
    io_setup_map(&f, ioasid, iova, m, IO_RW);
    io_expect_reaches(&d, row, IO_NO_PASID, iova + IO_PAGE, m, IO_PAGE, IO_RW, "attached");
    io_expect_blocked(&d, row, IO_NO_PASID, iova + m->bytes, "attached");
    sys_audit(t, 0, &audit);
    if (audit.iommu_domains != IOTB_UAPI_UNKNOWN)
        CHECK_EQ(t, row, mark.audit.iommu_domains, audit.iommu_domains, "page tables in the IOMMUs");
    io_require(t, io_unmap(&f, ioasid, iova, m->bytes, NULL), "UNMAP");
    io_expect_blocked(&d, row, IO_NO_PASID, iova, "unmapped");
    io_setup_map(&f, ioasid, iova, m, IO_RW);
    io_require(t, io_detach(&d, &f, ioasid), "DETACH");
    io_expect_blocked(&d, row, IO_NO_PASID, iova, "detached");
    io_end(&io);
}

static void replaced_without_detach(struct test *t)
{
    static const char row[] = "R-IOASID-080";
    uint32_t without = case_says(t, "plain") ? IOTB_UAPI_NESTS : 0;
    struct iotb_request request = {.kind = IOTB_READ, .bytes = LINE};
    uint32_t space[2];
    uint8_t one[LINE], two[LINE];
    struct io_memory *other;
    struct io io;
    struct io_scene s;

    io_setup(&io, t, &s, false, 0, without);
    other = io_memory(&io, 0, IO_PAGE);
    space[0] = s.ioasid;
    space[1] = io_setup_alloc(&s.f);
    io_setup_map(&s.f, space[1], s.iova, other, IO_RW);
    io_load(&io, s.m, 0, one, LINE);
    io_load(&io, other, 0, two, LINE);
    request.address = s.iova;
    device_repeat(t, s.d.index, &request, PERIOD_PS);
    for (uint32_t round = 1; round < 8; round++) {
        const uint8_t *now = round % 2 ? two : one;
        uint32_t good, bad, count;

        EXPECT_OK(t, row, io_attach(&s.d, &s.f, space[round % 2]), "ATTACH in place of what is attached");
        test_run(t, 2 * PERIOD_PS); /* what was on its way during the call may have been blocked (R-IOASID-055) */
        drain(&s.d, one, two, &good, &bad);
        CHECK_EQ(t, row, 0, bad, "wrong reads while one takes the other's place");
        test_run(t, 10 * PERIOD_PS);
        count = drain(&s.d, now, now, &good, &bad);
        CHECK(t, row, count && good == count && !bad, "of %u reads behind the ATTACH %u end well, %u wrong", count, good, bad);
    }
    device_repeat(t, s.d.index, NULL, 0);
    io_expect_reaches(&s.d, row, IO_NO_PASID, s.iova, other, 0, IO_RW, "the last one counts");
    io_expect_blocked(&s.d, row, IO_NO_PASID, s.iova + IO_PAGE, "the last one counts");
    EXPECT_FAILS(t, row, io_attach(&s.d, &s.f, IO_UNKNOWN_ID), "ATTACH to an unknown IOASID");
    io_expect_reaches(&s.d, row, IO_NO_PASID, s.iova, other, 0, IO_RW, "after that was refused");
    EXPECT_OK(t, row, io_free(&s.f, s.ioasid), "FREE of what was replaced");
    io_end(&io);
}

static const struct iotb_case cases[] = {
    BOTH_MOVE("attach.detach", detached_is_blocked, "R-IOASID-075", NULL, "After DETACH nothing gets through that place"),
    BOTH_MOVE("attach.detach_running", detach_ends_what_runs, "R-IOASID-075", NULL, "DETACH ends the DMA of a device that reads"),
    BOTH_MOVE("attach.detach_wrong", not_attached_there, "R-IOASID-076", NULL, "DETACH from where it is not attached is EINVAL"),
    BOTH_MOVE("attach.others", others_do_not_notice, "R-IOASID-077", NULL, "DETACH of one device does not disturb another"),
    MOVES("attach.order", order_is_nothing, "R-IOASID-078", NULL, "What does not fit is refused, first or second"),
    MOVES("attach.software", software_mdev, "R-IOASID-079", NULL, "A software mdev needs no page table in an IOMMU"),
    MOVES("attach.replace", replaced_without_detach, "R-IOASID-080", "RULE.replace",
          "A second ATTACH replaces, with no DETACH before it"),
    CASE_ON("attach.replace_plain", replaced_without_detach, "R-IOASID-080", "RULE.replace&!NESTS",
            "The same behind a unit that does not nest", true, "plain"),
};
LIST(ioasid_detach_cases, cases);
