/* SPDX-License-Identifier: BSD-2-Clause */
/* Descriptors: the checks that they go through, and batches. */
#include "pasid_device_chapters.h"

struct defect {
    uint32_t rank; /* the order of checks */
    uint32_t status;
    const char *name;
};

enum { BAD_OPCODE, BAD_FLAGS, BAD_RESERVED, BAD_SIZE, BAD_ALIGNMENT, BAD_HANDLE, DEFECTS };

static void spoil(uint64_t descriptor[8], uint32_t defect)
{
    switch (defect) {
    case BAD_OPCODE:
        descriptor[0] = (descriptor[0] & ~(0xffull << 56)) | 0x7full << 56;
        break;
    case BAD_FLAGS:
        descriptor[0] |= 1ull << (32 + 20);
        break;
    case BAD_RESERVED:
        descriptor[4] |= 1ull << 63;
        break;
    case BAD_SIZE:
        descriptor[4] &= ~0xffffffffull;
        break;
    case BAD_ALIGNMENT:
        descriptor[3] |= 1;
        break;
    default:
        descriptor[0] |= ep_bits("ep_descriptor", "RCI", 1);
        descriptor[4] |= ep_bits("ep_descriptor", "HANDLE", 99);
        break;
    }
}

static uint32_t status_of(struct ep *ep, struct ep_work *work, const uint64_t descriptor[8])
{
    mem_write64(ep->t, ep_pa(ep, EP_NONE, work->record), 0);
    bar_write(ep->t, 2, ep_portal(ep, 0), descriptor, 64);
    (void)test_settle(ep->t);
    return ep_result(ep, work).status;
}

static void checks(struct test *t)
{
    static const struct defect defects[DEFECTS] = {{0, 0x10, "opcode"}, {1, 0x11, "flags"},     {2, 0x12, "reserved"},
                                                   {3, 0x13, "size"},   {4, 0x1c, "alignment"}, {5, 0x19, "handle"}};
    struct ep ep;
    uint64_t a;

    ep_scene(&ep, t, EP_NONE);
    ep_vectors(&ep, 2);
    ep_set(&ep, "CFG_PCIE_DEVCTL2", "ATOMICREQ", 1);
    a = ep_buffer(&ep, EP_NONE, 4096, EP_RW);
    for (uint32_t i = 0; i < DEFECTS; i++)
        for (uint32_t j = i; j < DEFECTS; j++) {
            bool atomic = i == BAD_ALIGNMENT || j == BAD_ALIGNMENT;
            struct ep_work work = atomic ? (struct ep_work){.op = EP_OP_ATOMIC, .space = EP_NONE, .dst = a, .data = {1, 0, 8}}
                                         : ep_read_work(EP_NONE, a, 64);
            uint64_t descriptor[8];

            if (atomic && (i == BAD_SIZE || j == BAD_SIZE)) /* an atomic has no size */
                continue;
            work.record = a + 1024;
            work.flags = EP_RCR;
            ep_encode(&work, descriptor);
            CHECK_EQ(t, "DEV-SUB-011", 1, status_of(&ep, &work, descriptor), "status without a defect");
            spoil(descriptor, i);
            spoil(descriptor, j);
            CHECK_EQ(t, "DEV-SUB-011", defects[i].status, status_of(&ep, &work, descriptor), "status with bad %s and bad %s",
                     defects[i].name, defects[j].name);
        }
    ep_close(&ep);
}

static void limits(struct test *t)
{
    struct ep ep;
    uint64_t a, max;
    struct ep_work work;

    ep_scene(&ep, t, EP_NONE);
    a = ep_buffer(&ep, EP_NONE, 4096, EP_RW);
    max = 1ull << ep_get(&ep, "BAR0_GENCAP", "MAX_XFER");
    work = ep_read_work(EP_NONE, a, 0);
    ep_expect(&ep, "DEV-SUB-011", 0, &work, 0x13, "a read of no bytes");
    work = ep_read_work(EP_NONE, a, (uint32_t)max + 1);
    ep_expect(&ep, "DEV-SUB-011", 0, &work, 0x13, "a read of one byte more than the largest transfer");
    for (uint32_t bit = 0; bit < 24; bit++) { /* flags that are not defined */
        struct ep_result result;

        if (0x7409f >> bit & 1)
            continue;
        work = ep_read_work(EP_NONE, a, 64);
        work.flags = 1u << bit;
        result = ep_expect(&ep, "DEV-SUB-011", 0, &work, 0x11, "a flag that is not defined");
        (void)result;
    }
    ep_close(&ep);
}

/* ---- batches ---- */

static uint64_t list_of(struct ep *ep, const struct ep_work *works, uint32_t count)
{
    uint64_t list = ep_buffer(ep, EP_NONE, 4096, EP_RW);

    for (uint32_t i = 0; i < count; i++) {
        uint64_t descriptor[8];

        ep_encode(&works[i], descriptor);
        mem_write(ep->t, ep_pa(ep, EP_NONE, list + 64 * i), descriptor, 64);
    }
    return list;
}

static void batches(struct test *t)
{
    struct ep ep;
    struct ep_work works[32], batch;
    uint64_t a, records;
    uint32_t most;

    ep_scene(&ep, t, EP_NONE);
    a = ep_buffer(&ep, EP_NONE, 4096, EP_RW);
    records = ep_buffer(&ep, EP_NONE, 4096, EP_RW);
    most = 1u << ep_get(&ep, "BAR0_GENCAP", "MAX_BATCH");
    for (uint32_t count = 2; count <= 32; count += 15) {
        for (uint32_t i = 0; i < count; i++) {
            works[i] = ep_write_work(EP_NONE, a + 64 * i, 64, 0x0101010101010101ull * (i + 1));
            works[i].record = records + 32 * i;
            works[i].flags = EP_RCR;
        }
        batch = (struct ep_work){.op = EP_OP_BATCH, .space = EP_NONE, .src = list_of(&ep, works, count), .size = count};
        CHECK_EQ(t, "DEV-SUB-012", count, ep_expect(&ep, "DEV-SUB-012", 0, &batch, 1, "a batch").completed,
                 "descriptors completed");
        for (uint32_t i = 0; i < count; i++) {
            CHECK_EQ(t, "DEV-SUB-012", 1, ep_wait(&ep, &works[i]).status, "status of descriptor %u of %u", i, count);
            CHECK_EQ(t, "DEV-SUB-012", i + 1, ep_peek(&ep, EP_NONE, a + 64 * i) & 0xff, "what it wrote");
        }
        ep_fill(&ep, EP_NONE, records, 4096, 0);
        for (uint32_t i = 0; i < 4096; i += 8)
            mem_write64(t, ep_pa(&ep, EP_NONE, records + i), 0);
    }
    batch = (struct ep_work){.op = EP_OP_BATCH, .space = EP_NONE, .src = a, .size = 1};
    ep_expect(&ep, "DEV-SUB-012", 0, &batch, 0x14, "a batch of one");
    batch.size = most + 1;
    batch.record = 0;
    ep_expect(&ep, "DEV-SUB-012", 0, &batch, 0x14, "a batch of one more than the most");
    batch.size = 2;
    batch.src = a + 32;
    batch.record = 0;
    ep_expect(&ep, "DEV-SUB-012", 0, &batch, 0x18, "a batch whose list is not aligned");
    ep_close(&ep);
}

static void batch_errors(struct test *t)
{
    struct ep ep;
    struct ep_work works[4], batch;
    uint64_t a, records;

    ep_scene(&ep, t, EP_NONE);
    a = ep_buffer(&ep, EP_NONE, 4096, EP_RW);
    records = ep_buffer(&ep, EP_NONE, 4096, EP_RW);
    for (uint32_t i = 0; i < 4; i++) {
        works[i] = ep_write_work(EP_NONE, a + 64 * i, 64, 7);
        works[i].record = records + 32 * i;
        works[i].flags = EP_RCR;
    }
    works[1].op = EP_OP_BATCH; /* nested */
    works[1].size = 2;
    batch = (struct ep_work){.op = EP_OP_BATCH, .space = EP_NONE, .src = list_of(&ep, works, 4), .size = 4};
    CHECK_EQ(t, "DEV-SUB-012", 4, ep_expect(&ep, "DEV-SUB-012", 0, &batch, 5, "a batch with one that fails").completed,
             "descriptors completed");
    for (uint32_t i = 0; i < 4; i++)
        CHECK_EQ(t, "DEV-SUB-012", i == 1 ? 0x10 : 1, ep_result(&ep, &works[i]).status, "status of descriptor %u, 1 being nested",
                 i);
    ep_close(&ep);
}

static void fences(struct test *t)
{
    struct ep ep;
    struct ep_work works[4], batch;
    uint64_t a, b, records;
    uint32_t rule;

    ep_scene(&ep, t, EP_NONE);
    a = ep_buffer(&ep, EP_NONE, 4096, EP_RW);
    b = ep_buffer(&ep, EP_NONE, 4096, EP_RW);
    records = ep_buffer(&ep, EP_NONE, 4096, EP_RW);
    for (uint32_t i = 0; i < 3; i++) {
        works[i] = i == 2 ? ep_write_work(EP_NONE, b, 64, 9) : ep_read_work(EP_NONE, a + 64 * i, 64);
        works[i].record = records + 32 * i;
        works[i].flags = EP_RCR | (i == 2 ? (uint32_t)EP_FENCE : 0);
    }
    rule = ep_rule(&ep, EP_READ, a, a + 127, EP_HOLD, 0, UINT32_MAX);
    batch = (struct ep_work){.op = EP_OP_BATCH, .space = EP_NONE, .src = list_of(&ep, works, 3), .size = 3};
    (void)ep_submit(&ep, 0, &batch);
    (void)test_settle(t);
    CHECK_EQ(t, "DEV-SUB-012", 0, ep_count(&ep, 0, EP_WRITE, b, b + 63),
             "writes behind a fence while a read before it is outstanding");
    ep_release(&ep, rule);
    CHECK_EQ(t, "DEV-SUB-012", 1, ep_wait(&ep, &batch).status, "status of the batch");
    CHECK_EQ(t, "DEV-SUB-012", 9, ep_peek(&ep, EP_NONE, b), "what the fenced write left");
    ep_close(&ep);
}

static const struct iotb_case cases[] = {
    SENDS("submission.checks", checks, "DEV-SUB-011", "&MSIX", "The first failing check is the status"),
    SENDS("submission.limits", limits, "DEV-SUB-011", "", "Sizes and flags are checked"),
    SENDS("submission.batches", batches, "DEV-SUB-012", "", "A batch carries out its list"),
    SENDS("submission.batch_errors", batch_errors, "DEV-SUB-012", "", "One that fails does not stop the others"),
    SENDS("submission.fences", fences, "DEV-SUB-012", "", "A fence waits for all before it"),
};

LIST(ep_descriptors_cases, cases);
