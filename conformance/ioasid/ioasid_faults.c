/* SPDX-License-Identifier: BSD-2-Clause */
/* K. I/O page faults: R-IOASID-156 to 172. */
#include "ioasid_chapters.h"

#include <string.h>

#define LINE 64u
#define ABSENT 0x100000u /* behind n.va: nothing is there */
#define PAGING (IOTB_UAPI_PRI | IOTB_UAPI_ATS | IOTB_UAPI_PASID)
#define POLLIN 1u
#define ONCE_PS (UINT64_C(1) << 40) /* longer than what is waited for */

/* ---- DMA that faults ---- */

static enum io_end touch(struct io_device *d, uint32_t pasid, uint64_t va, uint32_t kind, uint8_t address_type,
                         struct io_dma *dma)
{
    *dma = (struct io_dma){.pasid = pasid, .iova = va, .bytes = LINE, .kind = kind, .address_type = address_type};
    for (uint32_t i = 0; i < LINE; i++)
        dma->data[i] = (uint8_t)(0x80 + i);
    return io_dma(d, dma);
}

/* A read that waits for its page, and the record of that. */
static void wait_for_page(struct io_nest *n, struct io_device *d, uint64_t va, struct io_dma *dma, struct io_fault *fault)
{
    struct test *t = d->io->t;
    const char *row = test_first_row(t);

    if (!CHECK(t, row, touch(d, n->pasid, va, IOTB_READ, IOTB_AT_TRANSLATION, dma) == IO_WAITS,
               "a read of an absent page waits (status %u)", dma->status) ||
        !CHECK(t, row, io_fault(&n->f, fault), "a record of the fault can be read"))
        test_skip(t, "no page request to go on with");
}

static void scene(struct io *io, struct test *t, struct io_nest *n, uint32_t with)
{
    io_setup_nest(io, t, n, on_v1(t), with);
}

/* The page is made present, and the fault answered with success: the read brings what is there. */
static void make_good(struct io_nest *n, struct io_device *d, const char *row, uint64_t va, const struct io_fault *fault,
                      struct io_dma *dma)
{
    struct test *t = d->io->t;
    uint8_t line[LINE];

    io_table_map(&n->table, va & ~UINT64_C(0xfff), n->base, IO_RW);
    EXPECT_OK(t, row, io_respond(&n->f, fault, IOMMU_FAULT_CODE_SUCCESS), "a response with success");
    CHECK(t, row, io_dma_poll(d, dma) == IO_DONE, "the read ends well after the response (status %u)", dma->status);
    io_load(d->io, n->data, va & 0xfff, line, LINE);
    CHECK(t, row, memcmp(line, dma->data, LINE) == 0, "the read brings what is at the new page");
}

/* ---- the record ---- */

static void record_v1(struct test *t)
{
    static const char row[] = "R-IOASID-156";
    struct io io;
    struct io_nest n;
    struct io_dma dma;
    struct io_fault fault;
    uint64_t va;

    scene(&io, t, &n, PAGING);
    va = n.va + ABSENT;
    wait_for_page(&n, &n.d, va, &dma, &fault);
    CHECK_EQ(t, row, n.child, fault.ioasid, "the IOASID of the record");
    CHECK_EQ(t, row, va, fault.address, "its address");
    CHECK(t, row, fault.flags & IOASID_FAULT_RECORD_RESPONSE, "it waits for a response");
    make_good(&n, &n.d, row, va, &fault, &dma);
    io_end(&io);
}

static void record_v2(struct test *t)
{
    static const char row[] = "R-IOASID-157", table[] = "R-IOASID-158", hidden[] = "R-IOASID-160";
    static const struct {
        uint32_t kind, perm;
    } kinds[] = {{IOTB_READ, IOMMU_FAULT_RECORD_READ}, {IOTB_WRITE, IOMMU_FAULT_RECORD_WRITE}};
    struct io io;
    struct io_nest n;
    bool delegated;

    scene(&io, t, &n, PAGING);
    delegated = n.d.facts.flags & IOTB_UAPI_DELEGATES;
    for (uint32_t i = 0; i < 2; i++) {
        uint64_t va = n.va + ABSENT + i * 0x10000;
        struct io_fault fault;
        struct io_dma dma;

        CHECK(t, row, touch(&n.d, n.pasid, va, kinds[i].kind, IOTB_AT_TRANSLATION, &dma) == IO_WAITS, "the DMA waits");
        if (!CHECK(t, row, io_fault(&n.f, &fault), "a record of the fault can be read"))
            break;
        CHECK_EQ(t, row, n.child, fault.ioasid, "the IOASID of the record");
        CHECK_EQ(t, row, IO_NEST_COOKIE, fault.cookie, "its cookie");
        CHECK_EQ(t, row, va, fault.address & ~UINT64_C(0xfff), "the page of its address");
        CHECK(t, row, fault.perm & kinds[i].perm, "its permission is that of the DMA: 0x%x", fault.perm);
        CHECK_EQ(t, table, delegated, (fault.flags & IOMMU_FAULT_RECORD_VPASID) != 0, "it carries a vPASID");
        CHECK_EQ(t, table, delegated ? n.pasid : 0, fault.vpasid, "its vPASID");
        CHECK(t, hidden, fault.cookie != n.d.facts.requester_id && fault.fault_id >> 16 != n.d.facts.requester_id,
              "nothing in it is the requester id");
        EXPECT_OK(t, row, io_respond(&n.f, &fault, IOMMU_FAULT_CODE_INVALID), "a response");
        CHECK(t, row, io_dma_poll(&n.d, &dma) == IO_REFUSED, "the DMA ends without access");
    }
    io_expect_intact(&io, row, "after faults that were refused");
    io_end(&io);
}

static void unrecoverable(struct test *t)
{
    static const char row[] = "R-IOASID-170";
    struct io io;
    struct io_nest n;
    struct io_fault fault;
    struct io_dma dma;

    scene(&io, t, &n, IOTB_UAPI_PASID);
    CHECK(t, row, touch(&n.d, n.pasid, n.va + ABSENT, IOTB_WRITE, IOTB_AT_UNTRANSLATED, &dma) == IO_REFUSED,
          "a write without translation request to an absent page is refused");
    sys_quiesce(t);
    if (CHECK(t, row, io_fault(&n.f, &fault), "a record of it can be read")) {
        CHECK_EQ(t, row, 0, fault.flags & IOMMU_FAULT_RECORD_RESPONSE, "it needs no response");
        CHECK_EQ(t, row, IO_NEST_COOKIE, fault.cookie, "it names the device");
        CHECK_EQ(t, row, n.va + ABSENT, fault.address & ~UINT64_C(0xfff), "it names the page");
        EXPECT_FAILS(t, row, io_respond(&n.f, &fault, IOMMU_FAULT_CODE_SUCCESS), "a response to it");
    }
    io_expect_reaches(&n.d, row, n.pasid, n.va, n.data, 0, IO_RW, "the space goes on");
    io_end(&io);
}

/* ---- who ---- */

static void two_devices(struct io *io, struct test *t, struct io_nest *n, struct io_device *b)
{
    scene(io, t, n, PAGING);
    if (!io_find(io, b, PAGING | IOTB_UAPI_NESTS, 0, n->d.index))
        test_skip(t, "the machine has one device only that asks for pages");
    io_setup_attached(io, b, &n->f, IO_NEST_COOKIE + 1, n->parent);
    io_require(t, io_nest_attach(n, b, n->child, IO_NEST_PASID), "ATTACH of a second device to the child");
}

/* At the same moment: neither's fault waits for another interrupt. */
static void unrecoverable_together(struct test *t)
{
    static const char row[] = "R-IOASID-170";
    struct iotb_request request = {.kind = IOTB_WRITE, .bytes = LINE, .flags = IOTB_RQ_PASID};
    struct iotb_completion completion;
    struct io io;
    struct io_nest n;
    struct io_device b;
    struct io_fault fault;
    bool seen[2] = {false};

    two_devices(&io, t, &n, &b);
    request.pasid = n.pasid;
    request.address = n.va + ABSENT;
    for (uint32_t i = 0; i < 2; i++)
        device_repeat(t, i ? b.index : n.d.index, &request, ONCE_PS);
    test_run(t, ONCE_PS / 2);
    for (uint32_t i = 0; i < 2; i++)
        device_repeat(t, i ? b.index : n.d.index, NULL, 0);
    sys_quiesce(t);
    for (uint32_t i = 0; i < 2; i++)
        while (device_poll(t, i ? b.index : n.d.index, &completion))
            CHECK(t, row, completion.status != IOTB_SC, "a write to an absent page is refused");
    while (io_fault(&n.f, &fault))
        if (fault.cookie - IO_NEST_COOKIE < 2)
            seen[fault.cookie - IO_NEST_COOKIE] = true;
    CHECK(t, row, seen[0], "the first device's fault is reported");
    CHECK(t, row, seen[1], "the second device's fault is reported");
    io_expect_reaches(&n.d, row, n.pasid, n.va, n.data, 0, IO_RW, "the space goes on");
    io_end(&io);
}

static void cookie_is_the_devices(struct test *t)
{
    static const char row[] = "R-IOASID-159";
    struct io io;
    struct io_nest n;
    struct io_device b;
    struct io_fault fault;
    struct io_dma dma;

    two_devices(&io, t, &n, &b);
    for (uint32_t round = 0; round < 4; round++) {
        struct io_device *d = round % 2 ? &b : &n.d;

        wait_for_page(&n, d, n.va + ABSENT + round * 0x1000, &dma, &fault);
        CHECK_EQ(t, row, IO_NEST_COOKIE + round % 2, fault.cookie, "the cookie is that of the device that faulted");
        EXPECT_OK(t, row, io_respond(&n.f, &fault, IOMMU_FAULT_CODE_INVALID), "a response");
        CHECK(t, row, io_dma_poll(d, &dma) == IO_REFUSED, "the read ends");
    }
    io_end(&io);
}

static void response_is_for_one(struct test *t)
{
    static const char row[] = "R-IOASID-169";
    struct io io;
    struct io_nest n;
    struct io_device b;
    struct io_fault of_a, of_b;
    struct io_dma a_dma, b_dma;

    two_devices(&io, t, &n, &b);
    wait_for_page(&n, &n.d, n.va + ABSENT, &a_dma, &of_a);
    wait_for_page(&n, &b, n.va + ABSENT, &b_dma, &of_b);
    EXPECT_OK(t, row, io_respond(&n.f, &of_b, IOMMU_FAULT_CODE_INVALID), "a response for the second device");
    CHECK(t, row, io_dma_poll(&b, &b_dma) == IO_REFUSED, "the second device's read ends");
    CHECK(t, row, io_dma_poll(&n.d, &a_dma) == IO_WAITS, "the first device's read waits on");
    make_good(&n, &n.d, row, n.va + ABSENT, &of_a, &a_dma);
    io_end(&io);
}

/* ---- how it is told ---- */

static void eventfd_is_signalled(struct test *t)
{
    static const char row[] = "R-IOASID-161";
    struct iommu_set_fault_eventfd set = {.argsz = sizeof(set)};
    struct ioasid_set_fault_eventfd set1 = {.argsz = sizeof(set1)};
    struct io io;
    struct io_nest n;
    struct io_fault fault;
    struct io_dma dma;
    uint64_t count = 0;
    int32_t event;

    scene(&io, t, &n, PAGING);
    event = (int32_t)io_require(t, sys_eventfd(t, 0, 0), "eventfd");
    set.eventfd = set1.eventfd = event;
    EXPECT_OK(t, row, on_v1(t) ? IO_CALL(&n.f, IOASID_SET_FAULT_EVENTFD, &set1) : IO_CALL(&n.f, IOMMU_SET_FAULT_EVENTFD, &set),
              "an eventfd for faults");
    CHECK_EQ(t, row, 0, sys_poll(t, 0, event, POLLIN), "events before a fault");
    CHECK_EQ(t, row, 0, sys_poll(t, 0, n.f.fd, POLLIN), "records before a fault");
    CHECK(t, row, touch(&n.d, n.pasid, n.va + ABSENT, IOTB_READ, IOTB_AT_TRANSLATION, &dma) == IO_WAITS, "a read waits");
    CHECK_EQ(t, row, POLLIN, sys_poll(t, 0, event, POLLIN), "events after a fault");
    CHECK_EQ(t, row, POLLIN, sys_poll(t, 0, n.f.fd, POLLIN), "records after a fault");
    CHECK(t, row, sys_read(t, 0, event, &count, sizeof(count)) == 8 && count == 1, "one signal for one fault");
    CHECK(t, row, io_fault(&n.f, &fault), "the record can be read");
    CHECK_EQ(t, row, 0, sys_poll(t, 0, n.f.fd, POLLIN), "records when it is read");
    make_good(&n, &n.d, row, n.va + ABSENT, &fault, &dma);
    io_end(&io);
}

static void read_once(struct test *t)
{
    static const char row[] = "R-IOASID-162";
    struct io io;
    struct io_nest n;
    struct io_dma dma[4];
    struct io_fault fault;
    bool seen[4] = {false};

    scene(&io, t, &n, PAGING);
    for (uint32_t i = 0; i < 4; i++)
        CHECK(t, row, touch(&n.d, n.pasid, n.va + ABSENT + i * 0x1000, IOTB_READ, IOTB_AT_TRANSLATION, &dma[i]) == IO_WAITS,
              "read %u waits", i);
    for (uint32_t i = 0; i < 4; i++) {
        uint64_t which;

        if (!CHECK(t, row, io_fault(&n.f, &fault), "record %u can be read", i))
            break;
        which = (fault.address - n.va - ABSENT) / 0x1000;
        CHECK(t, row, which < 4 && !seen[which], "each fault has one record: 0x%llx", (unsigned long long)fault.address);
        seen[which & 3] = true;
        EXPECT_OK(t, row, io_respond(&n.f, &fault, IOMMU_FAULT_CODE_INVALID), "a response");
    }
    CHECK(t, row, !io_fault(&n.f, &fault), "there is no further record");
    for (uint32_t i = 0; i < 4; i++)
        CHECK(t, row, io_dma_poll(&n.d, &dma[i]) == IO_REFUSED, "a read ends");
    io_end(&io);
}

/* A read() that could not hand the record out has not taken it. */
static void read_fails(struct test *t)
{
    static const char row[] = "R-IOASID-162";
    struct io io;
    struct io_nest n;
    struct io_dma dma[2];
    struct io_fault fault;
    uint32_t failures = 0;

    scene(&io, t, &n, PAGING);
    for (uint32_t i = 0; i < 2; i++)
        CHECK(t, row, touch(&n.d, n.pasid, n.va + ABSENT + i * 0x1000, IOTB_READ, IOTB_AT_TRANSLATION, &dma[i]) == IO_WAITS,
              "read %u waits", i);
    for (uint32_t nth = 1, used = 1; nth < 64 && used; nth++) {
        bool got;

        sys_fail_nth(t, 0, nth);
        got = io_fault(&n.f, &fault);
        used = sys_fail_nth(t, 0, 0) == 1;
        failures += !got;
        if (got)
            break;
        CHECK(t, row, used, "read() fails when a call inside it does");
    }
    CHECK(t, row, failures, "read() has failed when something in it did");
    CHECK_EQ(t, row, n.va + ABSENT, fault.address, "the page of the record that is read after failures");
    EXPECT_OK(t, row, io_respond(&n.f, &fault, IOMMU_FAULT_CODE_INVALID), "a response");
    CHECK(t, row, io_dma_poll(&n.d, &dma[0]) == IO_REFUSED, "the first read ends");
    CHECK(t, row, io_fault(&n.f, &fault) && fault.address == n.va + ABSENT + 0x1000, "the second record is there, too");
    make_good(&n, &n.d, row, n.va + ABSENT + 0x1000, &fault, &dma[1]);
    CHECK(t, row, !io_fault(&n.f, &fault), "there is no further record");
    io_end(&io);
}

/* ---- answers ---- */

static void answers(struct test *t)
{
    static const char success[] = "R-IOASID-164", failure[] = "R-IOASID-165", completes[] = "R-IOASID-163";
    struct io io;
    struct io_nest n;
    struct io_fault fault;
    struct io_dma dma;

    scene(&io, t, &n, PAGING);
    wait_for_page(&n, &n.d, n.va + ABSENT, &dma, &fault);
    CHECK(t, completes, io_dma_poll(&n.d, &dma) == IO_WAITS, "without an answer the read waits");
    make_good(&n, &n.d, success, n.va + ABSENT, &fault, &dma);
    io_expect_reaches(&n.d, success, n.pasid, n.va + ABSENT, n.data, 0, IO_RW, "the page that was made present");
    wait_for_page(&n, &n.d, n.va + 2 * ABSENT, &dma, &fault);
    io_expect_reaches(&n.d, failure, n.pasid, n.va, n.data, 0, IO_RW, "other DMA while the read waits");
    EXPECT_OK(t, completes, io_respond(&n.f, &fault, IOMMU_FAULT_CODE_INVALID), "a response that refuses");
    CHECK(t, failure, io_dma_poll(&n.d, &dma) == IO_REFUSED, "the read ends without the access");
    io_expect_intact(&io, failure, "after a fault that was refused");
    io_end(&io);
}

static void answers_that_match_nothing(struct test *t)
{
    static const char none[] = "R-IOASID-166", twice[] = "R-IOASID-167";
    struct io io;
    struct io_nest n;
    struct io_fd other;
    struct io_fault fault, wrong;
    struct io_dma dma;

    scene(&io, t, &n, PAGING);
    wrong = (struct io_fault){.ioasid = n.child, .cookie = IO_NEST_COOKIE};
    EXPECT_FAILS(t, none, io_respond(&n.f, &wrong, IOMMU_FAULT_CODE_SUCCESS), "a response before any fault");
    wait_for_page(&n, &n.d, n.va + ABSENT, &dma, &fault);
    wrong = fault;
    wrong.ioasid = IO_UNKNOWN_ID;
    EXPECT_FAILS(t, none, io_respond(&n.f, &wrong, IOMMU_FAULT_CODE_SUCCESS), "a response for an unknown IOASID");
    wrong.ioasid = n.parent;
    EXPECT_FAILS(t, none, io_respond(&n.f, &wrong, IOMMU_FAULT_CODE_SUCCESS), "a response for the parent");
    wrong = fault;
    wrong.cookie ^= 0x100;
    if (!on_v1(t))
        EXPECT_FAILS(t, none, io_respond(&n.f, &wrong, IOMMU_FAULT_CODE_SUCCESS), "a response for another cookie");
    EXPECT_FAILS(t, none, io_respond(&n.f, &fault, 77), "a response with an unknown code");
    io_setup_open(&io, on_v1(t), &other);
    EXPECT_FAILS(t, none, io_respond(&other, &fault, IOMMU_FAULT_CODE_SUCCESS), "a response through another file");
    CHECK(t, none, io_dma_poll(&n.d, &dma) == IO_WAITS, "after all that the read waits");
    make_good(&n, &n.d, none, n.va + ABSENT, &fault, &dma);
    EXPECT_FAILS(t, twice, io_respond(&n.f, &fault, IOMMU_FAULT_CODE_SUCCESS), "a second response");
    io_end(&io);
}

/* ---- the end of things while a fault is pending ---- */

enum ending { END_DETACH, END_NODE, END_DEVICE, END_FILE };

static void pending_ends(struct test *t)
{
    static const char row[] = "R-IOASID-168";
    static const char *const names[] = {"DETACH", "close of the node", "close of the device", "close of the node and the device"};
    struct io io;
    struct io_nest n;
    struct io_fault fault;
    struct io_dma dma;

    for (uint32_t ending = END_DETACH; ending <= END_FILE; ending++) {
        uint32_t pasid;

        scene(&io, t, &n, PAGING);
        pasid = n.d.facts.flags & IOTB_UAPI_DELEGATES ? IO_NO_PASID : IO_NEST_PASID;
        wait_for_page(&n, &n.d, n.va + ABSENT, &dma, &fault);
        if (ending == END_DETACH)
            EXPECT_OK(t, row, io_detach_pasid(&n.d, &n.f, n.child, pasid), "DETACH");
        if (ending == END_NODE || ending == END_FILE)
            EXPECT_OK(t, row, io_close(&n.f), "close of the node");
        if (ending == END_DEVICE || ending == END_FILE)
            EXPECT_OK(t, row, io_close_device(&n.d), "close of the device");
        sys_quiesce(t);
        CHECK(t, row, io_dma_poll(&n.d, &dma) == IO_REFUSED, "after %s the read ends without access", names[ending]);
        io_expect_intact(&io, row, names[ending]);
        if (ending == END_DETACH)
            EXPECT_FAILS(t, row, io_respond(&n.f, &fault, IOMMU_FAULT_CODE_SUCCESS), "a response that comes too late");
        if (ending == END_NODE) /* the context lives on with the device (R-IOASID-045) */
            io_expect_reaches(&n.d, row, n.pasid, n.va, n.data, 0, IO_RW, "the space goes on");
        if (n.d.fd >= 0)
            io_require(t, io_close_device(&n.d), "close of the device");
        if (n.f.fd >= 0)
            io_require(t, io_close(&n.f), "close of the node");
        io_end(&io);
    }
}

/* ---- where there are none ---- */

static void pinned_memory_has_none(struct test *t)
{
    static const char row[] = "R-IOASID-171";
    struct io io;
    struct io_scene s;
    struct io_fault fault;
    struct io_dma dma;

    io_setup(&io, t, &s, on_v1(t), IOTB_UAPI_PRI | IOTB_UAPI_ATS, 0);
    CHECK(t, row, touch(&s.d, IO_NO_PASID, s.iova, IOTB_READ, IOTB_AT_TRANSLATION, &dma) == IO_DONE,
          "a translated read of pinned memory ends at once");
    CHECK(t, row, !io_fault(&s.f, &fault), "without a record");
    CHECK(t, row, touch(&s.d, IO_NO_PASID, s.iova + ABSENT, IOTB_READ, IOTB_AT_TRANSLATION, &dma) == IO_REFUSED,
          "a read where nothing is mapped is refused and waits for nobody");
    sys_quiesce(t);
    while (io_fault(&s.f, &fault))
        CHECK_EQ(t, row, 0, fault.flags & IOMMU_FAULT_RECORD_RESPONSE, "its record needs no response");
    io_expect_reaches(&s.d, row, IO_NO_PASID, s.iova, s.m, 0, IO_RW, "after that");
    io_end(&io);
}

/* More faults than any queue holds: each is reported, or that some are not. */
static void overflow_is_told(struct test *t)
{
    static const char row[] = "R-IOASID-172";
    const uint32_t count = 700;
    struct io io;
    struct io_nest n;
    struct io_fault fault;
    struct io_dma dma;
    uint32_t records = 0;
    bool lost = false;

    scene(&io, t, &n, IOTB_UAPI_PASID);
    for (uint32_t i = 0; i < count; i++) {
        CHECK(t, row, touch(&n.d, n.pasid, n.va + ABSENT + i * 0x1000, IOTB_WRITE, IOTB_AT_UNTRANSLATED, &dma) == IO_REFUSED,
              "a write to an absent page is refused");
        sys_quiesce(t); /* so that no queue of the IOMMU is full before the kernel's */
    }
    sys_quiesce(t);
    for (; io_fault(&n.f, &fault) && records < 2 * count; records += !(fault.flags & IOMMU_FAULT_RECORD_LOST))
        lost = lost || (fault.flags & IOMMU_FAULT_RECORD_LOST);
    CHECK(t, row, lost || records == count, "of %u faults %u were read, and that others were lost was not told", count, records);
    CHECK(t, row, touch(&n.d, n.pasid, n.va + 2 * ABSENT, IOTB_WRITE, IOTB_AT_UNTRANSLATED, &dma) == IO_REFUSED, "one more");
    sys_quiesce(t);
    CHECK(t, row, io_fault(&n.f, &fault) && (fault.address & ~UINT64_C(0xfff)) == n.va + 2 * ABSENT,
          "when the queue was read the next fault is reported");
    io_expect_reaches(&n.d, row, n.pasid, n.va, n.data, 0, IO_RW, "after all that");
    io_end(&io);
}

#define NESTING "NESTS&PASID&!RULE.s20_extensions"
#define ASKING NESTING "&PRI"
static const struct iotb_case cases[] = {
    CASE_ON("faults.record.v1", record_v1, "R-IOASID-156", ASKING, "A record of v1 names IOASID and address", true, "v1"),
    MOVES("faults.record", record_v2, "R-IOASID-157 R-IOASID-158 R-IOASID-160", ASKING, "What a record of v2 says"),
    MOVES("faults.cookie", cookie_is_the_devices, "R-IOASID-159", ASKING, "A fault is told with the cookie of its device"),
    BOTH_MOVE("faults.eventfd", eventfd_is_signalled, "R-IOASID-161", ASKING, "A fault signals the eventfd"),
    BOTH_MOVE("faults.once", read_once, "R-IOASID-162", ASKING, "Each record is read once"),
    BOTH_MOVE("faults.read_fails", read_fails, "R-IOASID-162", ASKING, "A read() that fails takes no record"),
    BOTH_MOVE("faults.answers", answers, "R-IOASID-163 R-IOASID-164 R-IOASID-165", ASKING, "What an answer does to the DMA"),
    BOTH_MOVE("faults.no_match", answers_that_match_nothing, "R-IOASID-166 R-IOASID-167", ASKING, "Answers to nothing fail"),
    BOTH_MOVE("faults.pending", pending_ends, "R-IOASID-168", ASKING, "What is pending ends with detach and close"),
    MOVES("faults.one_device", response_is_for_one, "R-IOASID-169", ASKING, "An answer is for one device"),
    MOVES("faults.unrecoverable", unrecoverable, "R-IOASID-170", NESTING, "Other faults are told and need no answer"),
    MOVES("faults.together", unrecoverable_together, "R-IOASID-170", ASKING, "Of two at the same moment both are told"),
    BOTH_MOVE("faults.pinned", pinned_memory_has_none, "R-IOASID-171", "PRI", "Pinned memory has no page requests"),
    MOVES("faults.overflow", overflow_is_told, "R-IOASID-172", NESTING, "Lost records are told of"),
};
LIST(ioasid_faults_cases, cases);
