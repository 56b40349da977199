/* SPDX-License-Identifier: BSD-2-Clause */
/* The interrupt entry cache (6.5.2.8, 6.5.5): what its invalidation removes, its descriptor, draining. */
#include "vtd_chapters.h"
#include "vtd_interrupts.h"
#include "vtd_queue_rig.h"

#define S_ALL 15u

/* Writes an entry without telling the unit; what is seen through it. */
static struct vt_message quiet(struct vt *vt, uint32_t index, uint32_t vector)
{
    uint64_t entry = vt_irte(vt, index);
    struct vt_irte_remapped e = {.vector = vector, .dst = 5};

    vt_set_field(vt, entry, "irte_remapped", "V", vector);
    vt_flush_writes(vt);
    return vt_remapped_message(&e);
}

static struct vt_message warm(struct vt *vt, const char *row, uint32_t index, uint32_t vector)
{
    struct vt_irte_remapped e = {.vector = vector, .dst = 5};
    struct iotb_request r = vt_interrupt_request(vt_rid(vt, 0), index, false, 0);

    vt_set_irte(vt, index, &e);
    vt_expect_interrupt(vt, row, &r, vt_remapped_message(&e));
    return vt_remapped_message(&e);
}

/* The old entry or the new one. */
static void between(struct vt *vt, const char *row, uint32_t index, struct vt_message old, struct vt_message new)
{
    struct iotb_request r = vt_interrupt_request(vt_rid(vt, 0), index, false, 0);
    struct vt_message seen;

    interrupts_drop(vt);
    request_run(vt->t, &r);
    test_settle(vt->t);
    CHECK(vt->t, row, vt_interrupt_take(vt, &seen) && (seen.data == old.data || seen.data == new.data),
          "before the invalidation the old or the new entry");
}

static void now(struct vt *vt, const char *row, uint32_t index, struct vt_message new)
{
    struct iotb_request r = vt_interrupt_request(vt_rid(vt, 0), index, false, 0);

    vt_expect_interrupt(vt, row, &r, new);
}

/* ---- what is removed ---- */

static void global_body(struct vt *vt)
{
    static const uint32_t indices[] = {0, 1, 0x80, 0x1234, 0xffff};
    struct vt_message old[5], new[5];

    for (uint32_t way = 0; way < 2; way++) { /* IM and IIDX mean nothing */
        struct vt_descriptor d = vt_desc_iec(VT_IEC_GLOBAL, way ? 0x1f : 0, way ? 0xffff : 0);

        for (size_t i = 0; i < 5; i++)
            old[i] = warm(vt, "VTD-6-593", indices[i], 0x40 + (uint32_t)i);
        for (size_t i = 0; i < 5; i++)
            new[i] = quiet(vt, indices[i], 0x50 + (uint32_t)i);
        for (size_t i = 0; i < 5; i++)
            between(vt, "VTD-6-593", indices[i], old[i], new[i]);
        if (way)
            queue_accepts(vt, "VTD-6-596", &d);
        else
            CHECK(vt->t, "VTD-6-593", vt_submit_one(vt, d), "the invalidation completes");
        for (size_t i = 0; i < 5; i++)
            now(vt, way ? "VTD-6-596" : "VTD-6-593", indices[i], new[i]);
    }
}

static void global(struct test *t)
{
    interrupts_each_mode(t, S_ALL, global_body);
}

/* Index-selective, with each mask that the unit has: entries at both ends of the range, named by any of its indices. */
static void index_body(struct vt *vt)
{
    uint32_t most = (uint32_t)vt_ecap(vt->t, "MHMV");

    for (uint32_t im = 0; im <= most && im < 16; im++) {
        uint32_t count = 1u << im, base = (0xa5a5u >> im << im) & 0xffff, named = base | (0x3333u & (count - 1));
        const uint32_t indices[] = {base, base + count - 1, base + count / 2};
        struct vt_message old[3], new[3];

        test_context(vt->t, "IM %u, IIDX 0x%x", im, named);
        for (size_t i = 0; i < 3; i++)
            old[i] = warm(vt, "VTD-6-594", indices[i], 0x40 + (uint32_t)i);
        for (size_t i = 0; i < 3; i++)
            new[i] = quiet(vt, indices[i], 0x50 + (uint32_t)i);
        if (im < 2) { /* of the same index the last one counts */
            old[1] = old[2];
            new[1] = new[2];
        }
        if (im == 0)
            new[0] = new[2];
        between(vt, "VTD-6-594", indices[1], old[1], new[1]);
        CHECK(vt->t, "VTD-6-594", vt_invalidate_interrupts(vt, VT_IEC_INDEX, im, named), "the invalidation completes");
        for (size_t i = 0; i < 3; i++)
            now(vt, im ? "VTD-6-594" : "VTD-6-593", indices[i], new[i]);
        if (im == 0)
            now(vt, "VTD-6-667", indices[0], new[0]);
    }
    test_context(vt->t, NULL);
}

static void index_selective(struct test *t)
{
    interrupts_each_mode(t, S_ALL, index_body);
}

/* An entry that was not present needs no invalidation when it comes, without caching mode. */
static void present_body(struct vt *vt)
{
    struct iotb_request r = vt_interrupt_request(vt_rid(vt, 0), 7, false, 0);
    struct vt_message good = interrupts_good(vt, 7, 0x61);

    vt_toggle_irte(vt, 7, 0);
    vt_expect_interrupt_fault(vt, "VTD-6-657", &r, 0x22, 7);
    vt_set_bits(vt, vt_irte(vt, 7), 0, 0, 1);
    vt_flush_writes(vt);
    if (!vt_cap(vt->t, "CM")) {
        vt_expect_interrupt(vt, "VTD-6-657", &r, good);
        /* Nor does one that was reserved. */
        vt_toggle_irte(vt, 7, 100);
        vt_expect_interrupt_fault(vt, "VTD-11-529", &r, 0x24, 7);
        vt_set_bits(vt, vt_irte(vt, 7), 100, 100, 0);
        vt_flush_writes(vt);
        vt_expect_interrupt(vt, "VTD-11-529", &r, good);
    }
    vt_invalidate_interrupts(vt, VT_IEC_INDEX, 0, 7);
    vt_expect_interrupt(vt, "VTD-6-667", &r, good);
}

static void present(struct test *t)
{
    interrupts_each_mode(t, 3, present_body);
}

/* ---- the descriptor ---- */

static void descriptor_body(struct vt *vt)
{
    struct vt_descriptor good = vt_desc_iec(VT_IEC_INDEX, 0, 3);
    uint32_t most = (uint32_t)vt_ecap(vt->t, "MHMV");
    const struct spec_field *field;

    queue_accepts(vt, "VTD-6-592", &good);
    for (size_t i = 0; (field = spec_struct_field_at("iec_inv_dsc", i)) != NULL; i++) {
        if (field->name[0] != 'R' || field->name[1] || field->word * 8 >= vt->descriptor_bytes)
            continue;
        for (uint32_t bit = field->lo; bit <= field->hi; bit++) {
            struct vt_descriptor d = good;

            test_context(vt->t, "word %u, bit %u", field->word, bit);
            d.word[field->word] |= UINT64_C(1) << bit;
            queue_refuses(vt, "VTD-6-592", &d, IQEI(IQEI_RESERVED));
        }
    }
    for (uint32_t im = 0; im < 32; im++) {
        struct vt_descriptor d = vt_desc_iec(VT_IEC_INDEX, im, 3);

        test_context(vt->t, "IM %u, MHMV %u", im, most);
        if (im <= most) {
            queue_accepts(vt, "VTD-11-546", &d);
            continue;
        }
        queue_refuses(vt, "VTD-11-546", &d, IQEI(IQEI_RESERVED));
        queue_refuses(vt, "VTD-6-595", &d, IQEI(IQEI_RESERVED));
    }
    test_context(vt->t, NULL);
}

static void descriptor(struct test *t)
{
    interrupts_each_mode(t, 3, descriptor_body);
}

/* ---- draining ---- */

/* Interrupts that the unit has taken are delivered when the wait behind an invalidation is done. */
static void drain_body(struct vt *vt)
{
    struct vt_message old = warm(vt, "VTD-6-644", 3, 0x71), new, seen;
    struct iotb_request r = vt_interrupt_request(vt_rid(vt, 0), 3, false, 0);
    uint64_t entry = vt_irte(vt, 3);
    struct vt_descriptor d = vt_desc_iec(VT_IEC_INDEX, 0, 3);
    struct waiter w;
    uint32_t hold, id;
    bool arrived, done;

    vt_invalidate_interrupts(vt, VT_IEC_GLOBAL, 0, 0);
    interrupts_drop(vt);
    hold = hold_accesses(vt->t, entry, entry + 15, ACC_READS);
    id = request_send(vt->t, &r);
    test_run(vt->t, VT_MESSAGE_PS);
    vt_put(vt, &d);
    w = waiter_put(vt, false, false);
    vt_ring(vt);
    test_run(vt->t, VT_MESSAGE_PS);
    done = waiter_done(vt, w);
    arrived = vt_interrupt_take(vt, &seen);
    /* Its entry has not been read: the new one may be used, or it may be held. */
    CHECK(vt->t, "VTD-6-644", !done || !arrived, "an interrupt without its entry");
    new = quiet(vt, 3, 0x72);
    hold_release(vt->t, hold); /* with the memory as it is now */
    request_wait(vt->t, id);
    test_settle(vt->t);
    CHECK(vt->t, "VTD-6-644", waiter_done(vt, w), "the wait is done in the end");
    CHECK(vt->t, "VTD-6-644",
          vt_interrupt_take(vt, &seen) && (seen.data == new.data || seen.data == old.data) && !vt_interrupt_take(vt, &seen),
          "the interrupt is delivered, once");
    vt_invalidate_interrupts(vt, VT_IEC_INDEX, 0, 3);
    now(vt, "VTD-6-645", 3, new);
    vt_toggle_irte(vt, 3, 0);
    vt_expect_interrupt_fault(vt, "VTD-6-645", &r, 0x22, 3);
}

static void drain(struct test *t)
{
    interrupts_each_mode(t, 3, drain_body);
}

/* One after the other: the message of what was sent before is there before the status of the wait. */
static void delivered_body(struct vt *vt)
{
    struct vt_message old = warm(vt, "VTD-6-644", 3, 0x73), new, seen;

    for (uint32_t i = 0; i < 4; i++) {
        struct iotb_request r = vt_interrupt_request(vt_rid(vt, 0), 3, false, 0);
        struct vt_descriptor d = vt_desc_iec(i & 1, 0, 3);
        struct waiter w;
        uint32_t id;
        bool seen_first = false;

        interrupts_drop(vt);
        id = request_send(vt->t, &r);
        new = quiet(vt, 3, 0x74 + i);
        vt_put(vt, &d);
        w = waiter_put(vt, false, false);
        vt_ring(vt);
        while (!waiter_done(vt, w) && test_step(vt->t))
            ;
        seen_first = vt_interrupt_take(vt, &seen);
        request_wait(vt->t, id);
        test_settle(vt->t);
        if (!seen_first)
            seen_first = vt_interrupt_take(vt, &seen) && seen.data == new.data; /* accepted after the invalidation */
        else
            CHECK(vt->t, "VTD-6-644", seen.data == old.data || seen.data == new.data, "the old entry or the new one");
        CHECK(vt->t, "VTD-6-644", seen_first, "what used the old entry is delivered before the wait is done");
        now(vt, "VTD-6-645", 3, new);
        old = new;
    }
}

static void delivered(struct test *t)
{
    interrupts_each_mode(t, 3, delivered_body);
}

#define CASE(NAME, SUMMARY, RUN, ROWS, FEATURES)                                                  \
    {                                                                                             \
        .name = "vtd.iec." NAME, .summary = SUMMARY, .run = RUN, .rows = ROWS, .gate = "ECAP.IR", \
        .features = IOTB_F_INTERRUPTS | (FEATURES), .functional = true, .tier = TIER_FULL         \
    }

static const struct iotb_case cases[] = {
    CASE("global", "A global invalidation removes every entry, whatever IM and IIDX say.", global, "VTD-6-593 VTD-6-596", 0),
    CASE("index", "An index-selective one removes 2^IM entries around its index.", index_selective,
         "VTD-6-593 VTD-6-594 VTD-6-667", 0),
    CASE("present", "What was not present is not cached.", present, "VTD-6-657 VTD-6-667 VTD-11-529", 0),
    CASE("descriptor", "Reserved bits and masks beyond MHMV stop the queue.", descriptor, "VTD-6-592 VTD-6-595 VTD-11-546", 0),
    CASE("drain", "An interrupt whose entry is being read ends before the wait, or uses the new entry.", drain,
         "VTD-6-644 VTD-6-645", IOTB_F_BENCH_MEMORY | IOTB_F_OVERLAP),
    CASE("delivered", "Interrupts that were taken are delivered before the wait is done.", delivered, "VTD-6-644 VTD-6-645",
         IOTB_F_BENCH_MEMORY | IOTB_F_OVERLAP),
};

const struct iotb_case_list vtd_iec_cases = {cases, sizeof cases / sizeof cases[0]};
