/* SPDX-License-Identifier: BSD-2-Clause */
/* The Command queue as a ring: geometry, wrap, sizes, enabling, who moves which index (3.5.1, 3.21.2, 6.3.26 to 6.3.28). */
#include "sm_queue_rig.h"

#include "sm_chapters.h"

#include <string.h>

/* Largest queue that is run through entry by entry; the limits beyond are looked at with a few entries at the ends. */
#define WALKED_LG2 9

static uint32_t most_lg2(struct test *t)
{
    return (uint32_t)sm_idr(t, 1, "CMDQS");
}

/* Every size: three laps in steps that meet the end at different places. */
static void every_size(struct test *t)
{
    struct rig_queue q;
    struct sm sm;

    sm_open(&sm, t, NULL);
    for (uint32_t lg2 = 0; lg2 <= most_lg2(t) && lg2 <= WALKED_LG2; lg2++) {
        uint32_t entries = UINT32_C(1) << lg2, step = entries > 2 ? entries / 2 + 1 : 1;

        test_context(t, "LOG2SIZE = %u", lg2);
        rig_open(&q, &sm, rig_memory(&sm, lg2, 16), lg2, 0, 0);
        for (uint32_t done = 0; done < 3 * entries; done += step) {
            for (uint32_t i = 0; i < step; i++)
                rig_put(&q, sm_cmd_sync());
            rig_ring(&q);
            test_settle(t);
            CHECK_EQ(t, lg2 ? "SMMU-3-001" : "SMMU-6-904", q.prod, rig_cons(&sm), "CONS after %u commands", done + step);
            CHECK_EQ(t, "SMMU-6-078", 0, sm_reg(t, "SMMU_CMDQ_CONS") & 0x80f00000, "reserved bits of CMDQ_CONS");
        }
        CHECK(t, "SMMU-3-001", !sm_command_error(&sm, NULL), "no command error");
    }
    rig_close(&sm);
}

/* The largest size, started short of its end. */
static void largest_size(struct test *t)
{
    struct rig_queue q;
    struct sm sm;
    uint32_t lg2 = most_lg2(t), start;

    sm_open(&sm, t, NULL);
    start = (UINT32_C(1) << lg2) - 2;
    for (uint32_t wrap = 0; wrap < 2; wrap++) {
        uint32_t first = lg2 > 1 ? start | wrap << lg2 : 0;

        rig_open(&q, &sm, rig_memory(&sm, lg2, 16), lg2, first, first);
        for (uint32_t i = 0; i < 4 && i < UINT32_C(1) << lg2; i++)
            rig_put(&q, rig_sync(&sm, i, 0x100 + i));
        rig_ring(&q);
        test_settle(t);
        CHECK_EQ(t, "SMMU-3-001", q.prod, rig_cons(&sm), "CONS behind the end of the largest queue");
        for (uint32_t i = 0; i < 4 && i < UINT32_C(1) << lg2; i++)
            CHECK(t, "SMMU-3-001", rig_signalled(&sm, i, 0x100 + i), "command %u of the four was executed", i);
    }
    rig_close(&sm);
}

/* Starting states of the indices, 3.5.1: commands from CONS up to PROD and no other. */
static const struct start_state {
    const char *name;
    const char *row;
    uint32_t prod, cons; /* of an eight-entry queue, wrap flag in bit 3 */
} start_states[] = {
    {"empty", "SMMU-3-002", 0, 0},
    {"empty, in the middle", "SMMU-3-002", 5, 5},
    {"empty, wrapped", "SMMU-3-002", 8 | 3, 8 | 3},
    {"full", "SMMU-3-003", 8 | 0, 0},
    {"full, in the middle", "SMMU-3-003", 8 | 5, 5},
    {"full, wrap flag of CONS", "SMMU-3-003", 3, 8 | 3},
    {"PROD above CONS", "SMMU-3-005", 6, 2},
    {"PROD above CONS, both wrapped", "SMMU-3-005", 8 | 7, 8 | 6},
    {"PROD below CONS", "SMMU-3-005", 8 | 1, 6},
    {"PROD below CONS, CONS wrapped", "SMMU-3-005", 2, 8 | 7},
};

static void started(struct test *t)
{
    struct sm sm;

    sm_open(&sm, t, NULL);
    for (size_t i = 0; i < sizeof start_states / sizeof start_states[0]; i++) {
        const struct start_state *s = &start_states[i];
        uint32_t pending = (s->prod - s->cons) & 15;
        struct rig_queue q;

        test_context(t, "%s: PROD = %x, CONS = %x", s->name, s->prod, s->cons);
        rig_program(&q, &sm, rig_memory(&sm, 3, 16), 3, s->prod, s->cons);
        for (uint32_t n = 0; n < 8; n++)
            rig_write(&q, n, rig_illegal());
        for (uint32_t n = 0; n < pending; n++)
            rig_write(&q, s->cons + n, rig_sync(&sm, (s->cons + n) & 7, 0x700 + n));
        test_settle(t);
        CHECK_EQ(t, "SMMU-4-001", s->cons, rig_cons(&sm), "CONS while the queue is off");
        rig_enable(&q, true);
        CHECK_EQ(t, s->row, s->prod, rig_cons(&sm), "CONS after enabling");
        CHECK(t, s->row, !sm_command_error(&sm, NULL), "no entry outside of CONS to PROD is executed");
        for (uint32_t n = 0; n < pending; n++)
            CHECK(t, pending ? "SMMU-6-914" : s->row, rig_signalled(&sm, (s->cons + n) & 7, 0x700 + n),
                  "entry %u is executed without a write of PROD", (s->cons + n) & 7);
        rig_put(&q, rig_sync(&sm, 20, 0x777));
        rig_ring(&q);
        test_settle(t);
        CHECK_EQ(t, "SMMU-3-004", q.prod, rig_cons(&sm), "CONS after one more command");
        CHECK(t, "SMMU-3-004", rig_signalled(&sm, 20, 0x777), "one more command is executed");
    }
    rig_close(&sm);
}

/* A queue that was seen full and is no longer: an event. */
static void full_event(struct test *t)
{
    struct sm sm;

    sm_open(&sm, t, NULL);
    for (uint32_t i = 0; i < 16; i += 5) {
        struct rig_queue q;

        test_context(t, "8 commands pending from %u on", i);
        rig_program(&q, &sm, rig_memory(&sm, 3, 16), 3, i, i);
        for (uint32_t n = 0; n < 8; n++)
            rig_put(&q, sm_cmd_sync());
        rig_ring(&q);
        CHECK_EQ(t, "SMMU-4-001", i, rig_cons(&sm), "CONS while the queue is off");
        (void)rig_pulses(&sm);
        rig_enable(&q, true);
        test_settle(t);
        CHECK_EQ(t, "SMMU-4-001", q.prod, rig_cons(&sm), "CONS after enabling");
        CHECK(t, "SMMU-4-003", rig_pulses(&sm).of[IOTB_WIRE_EVENT] > 0, "no event when the queue is no longer full");
    }
    rig_close(&sm);
}

/* PROD and CONS that no queue can have. */
static void inconsistent(struct test *t)
{
    static const uint32_t shapes[][2] = {{8 | 5, 3}, {3, 5}, {2, 8 | 1}};
    struct sm sm;

    sm_open(&sm, t, NULL);
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        struct rig_queue q;
        uint64_t base = rig_memory(&sm, 3, 16);
        size_t mark = 0;
        uint64_t guard = mem_alloc(t, 4096, 4096);

        test_context(t, "PROD = %x, CONS = %x", shapes[i][0], shapes[i][1]);
        rig_program(&q, &sm, base, 3, shapes[i][0], shapes[i][1]);
        for (uint32_t n = 0; n < 8; n++)
            rig_write(&q, n, sm_cmd_sync());
        if (test_has(t, IOTB_F_BENCH_MEMORY))
            mark = trace_mark(t);
        rig_enable(&q, true);
        test_run(t, 1000000);
        if (test_has(t, IOTB_F_BENCH_MEMORY)) {
            CHECK_EQ(t, "SMMU-3-006", 0, trace_count(t, mark, 0, base - 1, ACC_ANY), "accesses below the queue");
            CHECK_EQ(t, "SMMU-3-006", 0, trace_count(t, mark, base + 128, UINT64_MAX, ACC_ANY), "accesses above the queue");
        }
        CHECK_EQ(t, "SMMU-3-006", 0, mem_read64(t, guard), "a page elsewhere");
        CHECK(t, "SMMU-3-006", rig_enable(&q, false), "the queue can be switched off");
        CHECK(t, "SMMU-3-006", rig_open(&q, &sm, base, 3, 0, 0), "the queue can be set up anew");
        rig_put(&q, rig_sync(&sm, 1, 0x1234));
        rig_ring(&q);
        test_settle(t);
        CHECK(t, "SMMU-3-006", rig_cons(&sm) == q.prod && rig_signalled(&sm, 1, 0x1234), "the queue works again");
    }
    rig_close(&sm);
}

/* LOG2SIZE above the limit reads back and acts as the limit; so does the alignment of the base. */
static void oversized(struct test *t)
{
    struct rig_queue q;
    struct sm sm;
    uint32_t most = most_lg2(t);

    sm_open(&sm, t, NULL);
    for (uint32_t lg2 = most + 1; lg2 <= 19 && lg2 <= most + 2; lg2++) {
        uint64_t base = rig_memory(&sm, lg2, 16);
        uint32_t start = (UINT32_C(1) << most) - 1;

        test_context(t, "LOG2SIZE = %u with CMDQS = %u", lg2, most);
        rig_program(&q, &sm, base, lg2, start, start);
        CHECK_EQ(t, "SMMU-6-902", lg2, sm_field(t, "SMMU_CMDQ_BASE", "LOG2SIZE"), "LOG2SIZE reads back");
        q.lg2 = most;
        rig_enable(&q, true);
        rig_write(&q, start, rig_sync(&sm, 1, 0x11));
        rig_write(&q, 0, rig_sync(&sm, 2, 0x22));
        q.prod = rig_next(&q, start, 2);
        rig_ring(&q);
        test_settle(t);
        CHECK_EQ(t, "SMMU-6-902", q.prod, rig_cons(&sm), "CONS wraps at 2^CMDQS");
        CHECK(t, "SMMU-6-902", rig_signalled(&sm, 1, 0x11), "the last entry is executed");
        CHECK(t, "SMMU-6-902", rig_signalled(&sm, 2, 0x22), "the first entry is executed after the last");
    }
    rig_close(&sm);
}

/* The base is aligned to the queue's size, at least 32 bytes. */
static void aligned(struct test *t)
{
    static const uint32_t sizes[] = {0, 1, 2, 5, 8};
    struct sm sm;

    sm_open(&sm, t, NULL);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct rig_queue q;
        uint32_t lg2 = sizes[i] < most_lg2(t) ? sizes[i] : most_lg2(t);
        uint64_t bytes = UINT64_C(16) << lg2, base = rig_memory(&sm, lg2 < 3 ? 3 : lg2, 16);
        uint64_t low = (bytes - 1) & ~UINT64_C(31);

        for (uint64_t offset = 32; offset <= low || offset == 32; offset <<= 1) {
            test_context(t, "LOG2SIZE = %u, ADDR + 0x%llx", lg2, (unsigned long long)offset);
            rig_program(&q, &sm, base | (offset & low), lg2, 0, 0);
            q.base = base;
            rig_put(&q, rig_sync(&sm, 3, 0x33));
            rig_enable(&q, true);
            rig_ring(&q);
            test_settle(t);
            CHECK_EQ(t, "SMMU-6-903", q.prod, rig_cons(&sm), "the command at the aligned base is consumed");
            CHECK(t, "SMMU-6-903", rig_signalled(&sm, 3, 0x33), "the command at the aligned base is executed");
            if (sm_command_error(&sm, NULL))
                sm_gerror_ack(&sm, "CMDQ_ERR");
        }
        /* Bit 5 counts where the queue is no larger than 32 bytes. */
        if (lg2 > 1)
            continue;
        rig_open(&q, &sm, base + 32, lg2, 0, 0);
        rig_put(&q, rig_sync(&sm, 4, 0x44));
        rig_ring(&q);
        test_settle(t);
        CHECK(t, "SMMU-6-903", rig_cons(&sm) == q.prod && rig_signalled(&sm, 4, 0x44), "bit 5 of the base counts");
    }
    rig_close(&sm);
}

/* Every bit of the base: queues at addresses with that bit. */
static void base_bits(struct test *t)
{
    struct rig_queue q;
    struct sm sm;
    uint32_t tried = 0;

    sm_open(&sm, t, NULL);
    for (uint32_t bit = 12; bit < sm.oas_bits; bit++) {
        uint64_t base = UINT64_C(1) << bit;

        if (!mem_exists(t, base, 4096) || !mem_claim(t, base, 4096))
            continue;
        test_context(t, "queue at bit %u", bit);
        rig_open(&q, &sm, base, 2, 0, 0);
        rig_put(&q, rig_sync(&sm, 5, 0x55));
        rig_ring(&q);
        test_settle(t);
        CHECK_EQ(t, "SMMU-3-013", q.prod, rig_cons(&sm), "the command is consumed");
        CHECK(t, "SMMU-3-013", rig_signalled(&sm, 5, 0x55), "the command is executed");
        tried++;
    }
    if (!tried)
        test_not_testable(t, "there is no memory at an address of which one bit alone is set");
    rig_close(&sm);
}

/* PROD's bits above the wrap flag have no effect. */
static void high_bits_of_prod(struct test *t)
{
    struct rig_queue q;
    struct sm sm;

    sm_open(&sm, t, NULL);
    rig_open(&q, &sm, rig_memory(&sm, 3, 16), 3, 0, 0);
    for (uint32_t n = 0; n < 20; n++) {
        uint32_t high = n < 10 ? 0xffff0 : UINT32_C(1) << (4 + n % 16);

        test_context(t, "lap entry %u, bits %x", n, high);
        rig_put(&q, rig_sync(&sm, n, 0x900 + n));
        sm_reg_set(t, "SMMU_CMDQ_PROD", q.prod | (high & 0xffff0));
        test_settle(t);
        CHECK_EQ(t, "SMMU-6-905", q.prod, rig_cons(&sm), "CONS");
        CHECK(t, "SMMU-6-905", rig_signalled(&sm, n, 0x900 + n), "the command is executed once");
    }
    CHECK(t, "SMMU-6-905", !sm_command_error(&sm, NULL), "no command error");
    rig_close(&sm);
}

static void shrinking(struct test *t)
{
    struct rig_queue q;
    struct sm sm;
    uint64_t base;

    sm_open(&sm, t, NULL);
    base = rig_memory(&sm, 4, 16);
    rig_program(&q, &sm, base, 4, 0x16, 0x16);
    sm_reg_set(t, "SMMU_CMDQ_BASE", sm_reg_bits("SMMU_CMDQ_BASE", "RA", 1) | base | sm_reg_bits("SMMU_CMDQ_BASE", "LOG2SIZE", 2));
    CHECK_EQ(t, "SMMU-6-906", 2, rig_cons(&sm) & 3, "index bits of CONS after the queue shrank");
    CHECK_EQ(t, "SMMU-6-906", 2, sm_field(t, "SMMU_CMDQ_PROD", "WR") & 3, "index bits of PROD after the queue shrank");
    rig_close(&sm);
}

/* Processing needs a non-empty queue, CMDQEN, and no error; no CMD_SYNC. */
static void conditions(struct test *t)
{
    struct rig_queue q;
    struct sm sm;

    sm_open(&sm, t, NULL);
    rig_program(&q, &sm, rig_memory(&sm, 4, 16), 4, 0, 0);
    for (int i = 0; i < 5; i++)
        rig_put(&q, i & 1 ? sm_cmd_nsnh_all() : sm_cmd_cfgi_all());
    rig_ring(&q);
    test_settle(t);
    CHECK_EQ(t, "SMMU-4-001", 0, rig_cons(&sm), "CONS while CMDQEN = 0");
    rig_enable(&q, true);
    CHECK_EQ(t, "SMMU-4-002", q.prod, rig_cons(&sm), "CONS: commands are consumed without a CMD_SYNC");
    rig_put(&q, rig_illegal());
    rig_put(&q, rig_sync(&sm, 1, 0x10));
    rig_ring(&q);
    test_settle(t);
    CHECK_EQ(t, "SMMU-4-001", 5, rig_cons(&sm), "CONS at the command error");
    rig_put(&q, rig_sync(&sm, 2, 0x20));
    rig_ring(&q);
    test_settle(t);
    CHECK_EQ(t, "SMMU-4-001", 5, rig_cons(&sm), "CONS while the error is active");
    CHECK(t, "SMMU-4-001", rig_silent(&sm, 1) && rig_silent(&sm, 2), "nothing is executed while the error is active");
    rig_write(&q, 5, sm_cmd_sync());
    sm_gerror_ack(&sm, "CMDQ_ERR");
    test_settle(t);
    CHECK_EQ(t, "SMMU-4-001", q.prod, rig_cons(&sm), "CONS after the acknowledge");
    rig_close(&sm);
}

/* The whole queue filled at once, without waiting, several laps. */
static void long_run(struct test *t)
{
    struct rig_queue q;
    struct sm sm;
    uint32_t last = 0;
    uint64_t seen = 0, total = 0;
    uint8_t before[512], after[512];

    sm_open(&sm, t, NULL);
    if (most_lg2(t) < 5)
        test_skip(t, "IDR1.CMDQS is %u: no queue of 32 commands", most_lg2(t));
    rig_open(&q, &sm, rig_memory(&sm, 5, 16), 5, 0, 0);
    for (uint32_t lap = 0; lap < 4; lap++) {
        for (uint32_t n = 0; n < 32; n++, total++)
            rig_put(&q, n % 7 ? sm_cmd_nsnh_all() : rig_sync(&sm, n, 0x40 + lap));
        for (uint32_t b = 0; b < sizeof before; b += 64)
            mem_read(t, q.base + b, before + b, 64);
        rig_ring(&q);
        for (uint32_t guard = 0; guard < 100000 && test_step(t); guard++) {
            uint32_t now = rig_cons(&sm);

            seen += (now - last) & 63;
            CHECK(t, "SMMU-3-007", ((now - last) & 63) <= 32 && seen <= total, "CONS moved from %x to %x", last, now);
            last = now;
        }
        test_settle(t);
        CHECK_EQ(t, "SMMU-6-901", q.prod, rig_cons(&sm), "CONS reaches PROD by itself");
        seen += (rig_cons(&sm) - last) & 63;
        last = rig_cons(&sm);
        CHECK_EQ(t, "SMMU-3-007", total, seen, "commands that CONS has passed");
        for (uint32_t n = 0; n < 32; n += 7)
            CHECK(t, "SMMU-3-014", rig_signalled(&sm, n, 0x40 + lap), "slot %u of lap %u", n, lap);
        for (uint32_t b = 0; b < sizeof after; b += 64)
            mem_read(t, q.base + b, after + b, 64);
        CHECK(t, "SMMU-3-012", memcmp(before, after, sizeof before) == 0, "the Command queue is not written");
    }
    rig_close(&sm);
}

/* CMDQEN = 0 in the middle: what was not consumed may be changed and counts as it is when the queue is on again. */
static void stopped_and_changed(struct test *t)
{
    struct rig_queue q;
    struct sm sm;
    uint32_t stopped;

    sm_open(&sm, t, NULL);
    rig_open(&q, &sm, rig_memory(&sm, 4, 16), 4, 0, 0);
    test_latency(t, 1000, 1000, false);
    for (uint32_t n = 0; n < 12; n++)
        rig_put(&q, rig_sync(&sm, n, 0x80 + n));
    rig_ring(&q);
    for (int i = 0; i < 6; i++)
        test_step(t);
    CHECK(t, "SMMU-6-912", rig_enable(&q, false), "CR0ACK.CMDQEN follows 0");
    stopped = rig_cons(&sm);
    for (uint32_t n = stopped; n < 12; n++)
        rig_write(&q, n, rig_illegal());
    test_run(t, 100000000);
    CHECK_EQ(t, "SMMU-6-912", stopped, rig_cons(&sm), "CONS stands still after the acknowledge");
    CHECK(t, "SMMU-6-912", !sm_command_error(&sm, NULL), "entries changed after the acknowledge have no effect");
    for (uint32_t n = 0; n < 12; n++) {
        bool signalled = rig_signalled(&sm, n, 0x80 + n);

        if (sm_idr(t, 0, "MSI"))
            CHECK_EQ(t, "SMMU-6-912", n < stopped, signalled, "MSI of command %u with CONS = %u", n, stopped);
    }
    for (uint32_t n = stopped; n < 12; n++)
        rig_write(&q, n, rig_sync(&sm, n, 0x180 + n));
    rig_enable(&q, true);
    CHECK_EQ(t, "SMMU-3-016", q.prod, rig_cons(&sm), "CONS after enabling again");
    for (uint32_t n = stopped; n < 12; n++)
        CHECK(t, "SMMU-3-016", rig_signalled(&sm, n, 0x180 + n), "entry %u counts as it is now", n);
    test_latency(t, 0, 0, false);
    rig_close(&sm);
}

/* Consumed TLBIs are completed by a CMD_SYNC that comes after the queue was off. */
static void stopped_and_synchronised(struct test *t)
{
    struct sm_path path;
    struct iotb_request r;
    struct sm sm;
    uint64_t host[2];
    struct sm_command flush = sm_cmd_nsnh_all();

    sm_open(&sm, t, NULL);
    sm_path_open(&sm, &path, SM_F_S1, sm_sid(&sm, 0), 0, 0x11, 0x22);
    host[0] = sm_path_page(&path, 0x345000, SM_RW);
    host[1] = mem_alloc(t, 65536, 65536);
    r = sm_request(&path, IOTB_WRITE, 0x345040, 8);
    sm_expect_ok(&sm, "SMMU-6-913", &r, host[0] + 0x40);
    sm_map(&sm, path.s1, 0x345000, host[1], 0, SM_RW);
    CHECK(t, "SMMU-6-913", sm_issue(&sm, &flush, 1), "the TLBI is consumed");
    CHECK(t, "SMMU-6-913", sm_enable(&sm, "CMDQEN", 0) && sm_enable(&sm, "CMDQEN", 1), "the queue off and on");
    CHECK(t, "SMMU-6-913", sm_sync(&sm), "a CMD_SYNC completes");
    sm_expect_ok(&sm, "SMMU-6-913", &r, host[1] + 0x40);
    sm_close(&sm);
}

/* Moving PROD back on a live queue is not foreseen; switching off and on must help. */
static void prod_moved_back(struct test *t)
{
    struct rig_queue q;
    struct sm sm;
    uint64_t base;

    sm_open(&sm, t, NULL);
    base = rig_memory(&sm, 3, 16);
    rig_open(&q, &sm, base, 3, 0, 0);
    for (uint32_t n = 0; n < 8; n++)
        rig_write(&q, n, sm_cmd_sync());
    sm_reg_set(t, "SMMU_CMDQ_PROD", 4);
    test_settle(t);
    sm_reg_set(t, "SMMU_CMDQ_PROD", 2);
    test_run(t, 1000000);
    if (sm_command_error(&sm, NULL))
        sm_gerror_ack(&sm, "CMDQ_ERR");
    CHECK(t, "SMMU-3-017", rig_enable(&q, false), "the queue can be switched off");
    rig_open(&q, &sm, base, 3, 0, 0);
    rig_put(&q, rig_sync(&sm, 6, 0x66));
    rig_ring(&q);
    test_settle(t);
    CHECK(t, "SMMU-3-017", rig_cons(&sm) == q.prod && rig_signalled(&sm, 6, 0x66), "the queue works again");
    rig_close(&sm);
}

/* 3.4.3: addresses beyond the output size are truncated; the register may not store those bits either. */
static void base_beyond_oas(struct test *t)
{
    struct rig_queue q;
    struct sm sm;
    uint64_t base;

    sm_open(&sm, t, NULL);
    if (sm.oas_bits >= 52)
        test_skip(t, "OAS is %u: no address bits above it in every revision", sm.oas_bits);
    base = rig_memory(&sm, 3, 16);
    rig_program(&q, &sm, base | UINT64_C(1) << sm.oas_bits, 3, 0, 0);
    q.base = base;
    rig_put(&q, rig_sync(&sm, 7, 0x77));
    rig_enable(&q, true);
    rig_ring(&q);
    test_settle(t);
    CHECK(t, "SMMU-3-019", rig_cons(&sm) == q.prod && !sm_command_error(&sm, NULL),
          "the command at the truncated base is consumed");
    CHECK(t, "SMMU-3-019", rig_signalled(&sm, 7, 0x77), "the command at the truncated base is executed");
    rig_close(&sm);
}

#define CASE(n, text, function, row_ids)                                                                                     \
    {                                                                                                                        \
        .name = "smmuv3.queues." n, .summary = text, .run = function, .rows = row_ids, .functional = true, .tier = TIER_FULL \
    }

static const struct iotb_case cases[] = {
    CASE("every_size", "Queues of every size, three laps each", every_size, "SMMU-3-001 SMMU-6-078 SMMU-6-904"),
    CASE("largest_size", "The largest queue around its end", largest_size, "SMMU-3-001"),
    {.name = "smmuv3.queues.started",
     .summary = "Enabled on any consistent pair of indices, exactly the entries from CONS up to PROD are executed",
     .run = started,
     .rows = "SMMU-3-002 SMMU-3-003 SMMU-3-004 SMMU-3-005 SMMU-4-001 SMMU-6-914",
     .functional = true,
     .tier = TIER_SMOKE},
    {.name = "smmuv3.queues.full_event",
     .summary = "A full queue that is no longer full sends an event where there is SEV",
     .run = full_event,
     .rows = "SMMU-4-001 SMMU-4-003",
     .gate = "IDR0.SEV",
     .features = IOTB_F_INTERRUPTS,
     .functional = true,
     .tier = TIER_FULL},
    CASE("inconsistent", "Inconsistent indices never lead outside of the queue and are healed by setting it up anew",
         inconsistent, "SMMU-3-006"),
    {.name = "smmuv3.queues.oversized",
     .summary = "LOG2SIZE above IDR1.CMDQS reads back and acts as CMDQS",
     .run = oversized,
     .rows = "SMMU-6-902",
     .gate = "IDR1.CMDQS<19",
     .functional = true,
     .tier = TIER_FULL},
    CASE("aligned", "The base is aligned down to the queue's size and to 32 bytes", aligned, "SMMU-6-903"),
    CASE("base_bits", "Queues at addresses with each bit", base_bits, "SMMU-3-013"),
    CASE("high_bits_of_prod", "Bits of PROD above the wrap flag have no effect", high_bits_of_prod, "SMMU-6-905"),
    CASE("shrinking", "Indices are truncated when the queue shrinks", shrinking, "SMMU-6-906"),
    CASE("conditions", "Commands are processed when the queue is on, not empty and without error, CMD_SYNC or not", conditions,
         "SMMU-4-001 SMMU-4-002"),
    CASE("long_run", "CONS only moves forward, each slot counts once a lap, the queue is never written", long_run,
         "SMMU-3-007 SMMU-3-012 SMMU-3-014 SMMU-6-901"),
    CASE("stopped_and_changed", "After the acknowledge of CMDQEN = 0 nothing is fetched; what is rewritten counts later",
         stopped_and_changed, "SMMU-3-016 SMMU-6-912"),
    {.name = "smmuv3.queues.stopped_and_synchronised",
     .summary = "A CMD_SYNC after CMDQEN was off completes the commands consumed before",
     .run = stopped_and_synchronised,
     .rows = "SMMU-6-913",
     .gate = "IDR0.S1P",
     .functional = true,
     .tier = TIER_FULL},
    CASE("prod_moved_back", "PROD moved back on a live queue is healed by CMDQEN off and on", prod_moved_back, "SMMU-3-017"),
    CASE("base_beyond_oas", "A base beyond the output size is truncated", base_beyond_oas, "SMMU-3-019"),
};

const struct iotb_case_list sm_queues_cases = {cases, sizeof cases / sizeof cases[0]};
