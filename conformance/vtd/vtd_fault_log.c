/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Primary fault logging: what goes into a fault record, into which record, and what is lost (7.2.1 Primary Fault Logging,
 * 11.4.7.1 Fault Status Register, 11.4.7.6 Fault Recording Registers). The faults are of devices that have no root or context
 * entry, so that no table matters; each has a source-id of its own, because a unit may merge faults of one source.
 */
#include "build/vt.h"
#include "vtd_chapters.h"

#include <string.h>

#define INPUT UINT64_C(0x7654000)
#define FSTS_ONES UINT64_C(0xff73) /* every defined bit */

/* ---- the unit and its faults ---- */

static enum vt_mode any_mode(struct test *t)
{
    return vt_has_flavour(t, VT_LEGACY_SS) || vt_has_flavour(t, VT_LEGACY_PT) ? VT_LEGACY : VT_SCALABLE;
}

static uint32_t records(struct test *t)
{
    return (uint32_t)vt_cap(t, "NFR") + 1;
}

/* The n-th device without any entry: different buses, devices and functions, up to 600 of them. */
static uint16_t stranger(struct vt *vt, uint32_t n)
{
    return test_has(vt->t, IOTB_F_ANY_REQUESTER) ? (uint16_t)(0x8001 + 53 * n) : vt_rid(vt, n);
}

/* One more device than records: the n-th fault is of another device than the faults that can be pending before it. */
static uint32_t device_of(struct vt *vt, uint32_t n)
{
    return n % (records(vt->t) + 1);
}

/* The reason that such a device meets: no root entry, or no context entry when its bus has one. */
static bool reason_ok(const struct vt *vt, uint32_t fr)
{
    return vt->config.mode == VT_LEGACY ? fr == 0x01 || fr == 0x02 : fr == 0x39 || fr == 0x41;
}

static void fault_from(struct vt *vt, uint16_t rid, uint64_t address)
{
    struct iotb_request r = {.kind = IOTB_WRITE, .bytes = 4, .requester_id = rid, .address = address};

    if (!request_run(vt->t, &r).done)
        CHECK(vt->t, test_first_row(vt->t), false, "the refused request of %04x completes", rid);
}

static uint64_t address_of(uint32_t n)
{
    return INPUT + UINT64_C(0x1000) * n;
}

/* The n-th fault of a case, of a device by number. */
static void fault_of(struct vt *vt, uint32_t n, uint32_t device)
{
    fault_from(vt, stranger(vt, device), address_of(n));
}

static void fault(struct vt *vt, uint32_t n)
{
    fault_of(vt, n, device_of(vt, n));
}

static bool pending(struct vt *vt, uint32_t index)
{
    struct vt_fault f;

    return vt_fault_read(vt, index, &f);
}

static void check_holds_of(struct vt *vt, const char *row, uint32_t index, uint32_t n, uint32_t device)
{
    struct vt_fault f = {0};

    if (!CHECK(vt->t, row, vt_fault_read(vt, index, &f), "record %u has F = 1 after fault %u", index, n))
        return;
    CHECK_EQ(vt->t, row, stranger(vt, device), f.sid, "SID of record %u", index);
    CHECK_EQ(vt->t, row, vt_fault_information(vt, address_of(n)), f.fi, "FI of record %u", index);
    CHECK(vt->t, row, reason_ok(vt, f.fr), "FR of record %u is %02xh", index, f.fr);
}

static void check_holds(struct vt *vt, const char *row, uint32_t index, uint32_t n)
{
    check_holds_of(vt, row, index, n, device_of(vt, n));
}

/* FSTS_REG without FRI, which is undefined while PPF is 0. */
static uint64_t status(struct test *t)
{
    return vt_reg(t, "FSTS_REG") & 0xffff00ff;
}

static uint64_t fsts(struct vt *vt, const char *field)
{
    return vt_field(vt->t, "FSTS_REG", field);
}

/* ---- order of the records ---- */

static void order(struct test *t)
{
    uint32_t count;
    struct vt vt;

    vt_open_mode(&vt, t, any_mode(t));
    count = records(t);
    for (uint32_t i = 0; i < count; i++)
        CHECK(t, "VTD-11-534", !pending(&vt, i), "F of record %u is 0 at first", i);
    CHECK_EQ(t, "VTD-7-140", 0, fsts(&vt, "PPF"), "FSTS.PPF with no record");
    for (uint32_t i = 0; i < count; i++) {
        fault(&vt, i);
        check_holds(&vt, "VTD-7-137", i, i);
        CHECK(t, "VTD-7-137", i + 1 == count || !pending(&vt, i + 1), "record %u is free after fault %u", i + 1, i);
        CHECK_EQ(t, "VTD-7-140", 1, fsts(&vt, "PPF"), "FSTS.PPF after fault %u", i);
        CHECK_EQ(t, "VTD-7-138", 0, fsts(&vt, "FRI"), "FSTS.FRI after fault %u", i);
        CHECK_EQ(t, "VTD-7-141", 0, fsts(&vt, "PFO"), "FSTS.PFO after fault %u of %u", i, count);
    }
    for (uint32_t i = 0; i < count; i++)
        check_holds(&vt, "VTD-11-008", i, i);
    /* Cleared one by one: PPF is the OR of what is left. */
    for (uint32_t i = 0; i < count; i++) {
        vt_fault_clear_one(&vt, i);
        CHECK(t, "VTD-11-009", !pending(&vt, i), "record %u after a one was written to F", i);
        CHECK(t, "VTD-11-009", i + 1 == count || pending(&vt, i + 1), "record %u is untouched", i + 1);
        CHECK_EQ(t, "VTD-7-140", i + 1 < count, fsts(&vt, "PPF"), "FSTS.PPF with %u records left", count - i - 1);
    }
    fault(&vt, count);
    check_holds(&vt, "VTD-7-137", 0, count);
    vt_close(&vt);
}

/* Faults one after the other, each cleared before the next: the index goes round, PPF and FRI follow each record alone. */
static void each_alone(struct test *t)
{
    uint32_t count;
    struct vt vt;

    vt_open_mode(&vt, t, any_mode(t));
    count = records(t);
    for (uint32_t i = 0; i < 2 * count + 1; i++) {
        fault(&vt, i);
        check_holds(&vt, "VTD-7-139", i % count, i);
        CHECK_EQ(t, "VTD-7-138", i % count, fsts(&vt, "FRI"), "FSTS.FRI of fault %u with all before cleared", i);
        CHECK_EQ(t, "VTD-7-140", 1, fsts(&vt, "PPF"), "FSTS.PPF with record %u alone", i % count);
        CHECK_EQ(t, "VTD-7-139", 1, vt_fault_pending(&vt), "records with F = 1");
        vt_fault_clear_one(&vt, i % count);
        CHECK_EQ(t, "VTD-7-140", 0, fsts(&vt, "PPF"), "FSTS.PPF with none");
    }
    vt_close(&vt);
}

/* FRI names the record that turned PPF on, and stays there while PPF is on. */
static void first_index(struct test *t)
{
    uint32_t count, n = 0;
    struct vt vt;

    vt_open_mode(&vt, t, any_mode(t));
    count = records(t);
    fault(&vt, n++);
    vt_fault_clear_one(&vt, 0);
    /* Index 1 comes first, and more follow, as far as they fit. */
    for (uint32_t i = 1; i < count + 1 && i < 6; i++) {
        fault(&vt, n++);
        CHECK_EQ(t, "VTD-7-138", 1 % count, fsts(&vt, "FRI"), "FSTS.FRI after %u faults since PPF was 0", i);
        check_holds(&vt, "VTD-7-137", i % count, i);
    }
    /* With the first cleared and others pending PPF was never 0. */
    if (count > 2) {
        vt_fault_clear_one(&vt, 1);
        fault(&vt, n++);
        CHECK_EQ(t, "VTD-7-138", 1, fsts(&vt, "FRI"), "FSTS.FRI after the first record was cleared and another fault came");
    }
    vt_fault_clear(&vt);
    vt_close(&vt);
}

/* ---- overflow ---- */

struct snapshot {
    uint64_t words[256][2];
};

static void take_snapshot(struct vt *vt, struct snapshot *s)
{
    for (uint32_t i = 0; i < records(vt->t); i++)
        for (uint32_t w = 0; w < 2; w++)
            s->words[i][w] = reg_read64(vt->t, vt_fault_address(vt, i) + 8 * w);
}

static void check_snapshot(struct vt *vt, const char *row, const struct snapshot *s, const char *when)
{
    struct snapshot now;

    take_snapshot(vt, &now);
    for (uint32_t i = 0; i < records(vt->t); i++)
        for (uint32_t w = 0; w < 2; w++)
            CHECK_EQ(vt->t, row, s->words[i][w], now.words[i][w], "record %u, half %u, %s", i, w, when);
}

static void overflow(struct test *t)
{
    struct snapshot full;
    uint32_t count, n = 0;
    struct vt vt;

    vt_open_mode(&vt, t, any_mode(t));
    count = records(t);
    while (n < count)
        fault(&vt, n++);
    take_snapshot(&vt, &full);
    CHECK_EQ(t, "VTD-7-141", 0, fsts(&vt, "PFO"), "FSTS.PFO with every record in use");
    fault(&vt, n++);
    CHECK_EQ(t, "VTD-7-141", 1, fsts(&vt, "PFO"), "FSTS.PFO after one fault more");
    CHECK_EQ(t, "VTD-7-138", 0, fsts(&vt, "FRI"), "FSTS.FRI after the overflow");
    fault(&vt, n++);
    check_snapshot(&vt, "VTD-7-141", &full, "after the overflow");
    check_snapshot(&vt, "VTD-11-010", &full, "after further faults");
    vt_reg_set(t, "FSTS_REG", 0);
    CHECK_EQ(t, "VTD-11-025", 1, fsts(&vt, "PFO"), "FSTS.PFO after a zero was written");
    /* Free records do not help while PFO is on. */
    for (uint32_t i = 0; i < count; i++)
        vt_fault_clear_one(&vt, i);
    CHECK_EQ(t, "VTD-7-142", 1, fsts(&vt, "PFO"), "FSTS.PFO after every record was cleared");
    CHECK_EQ(t, "VTD-7-140", 0, fsts(&vt, "PPF"), "FSTS.PPF after every record was cleared");
    fault(&vt, n++);
    CHECK_EQ(t, "VTD-7-142", 0, vt_fault_pending(&vt), "records made while PFO is on");
    vt_reg_set(t, "FSTS_REG", vt_reg_bits("FSTS_REG", "PFO", 1));
    CHECK_EQ(t, "VTD-11-025", 0, fsts(&vt, "PFO"), "FSTS.PFO after a one was written");
    /* The faults that were lost did not move the index. */
    fault(&vt, n);
    check_holds(&vt, "VTD-7-142", 0, n);
    CHECK_EQ(t, "VTD-7-142", 1, vt_fault_pending(&vt), "records after PFO was cleared");
    vt_close(&vt);
}

/* PFO cleared while records are pending: the next fault goes to the index if that record is free, else it overflows again. */
static void overflow_again(struct test *t)
{
    uint32_t count, n = 0;
    struct vt vt;

    vt_open_mode(&vt, t, any_mode(t));
    count = records(t);
    while (n <= count)
        fault(&vt, n++);
    CHECK_EQ(t, "VTD-7-141", 1, fsts(&vt, "PFO"), "FSTS.PFO");
    vt_reg_set(t, "FSTS_REG", vt_reg_bits("FSTS_REG", "PFO", 1));
    CHECK_EQ(t, "VTD-11-025", 0, fsts(&vt, "PFO"), "FSTS.PFO after a one was written with records pending");
    fault_of(&vt, n++, count);
    CHECK_EQ(t, "VTD-7-141", 1, fsts(&vt, "PFO"), "FSTS.PFO after another fault with the record at the index pending");
    vt_reg_set(t, "FSTS_REG", vt_reg_bits("FSTS_REG", "PFO", 1));
    vt_fault_clear_one(&vt, 0);
    fault_of(&vt, n, count);
    check_holds_of(&vt, "VTD-7-142", 0, n, count);
    CHECK_EQ(t, "VTD-7-142", 0, fsts(&vt, "PFO"), "FSTS.PFO: the record at the index was free");
    CHECK_EQ(t, "VTD-7-142", count, vt_fault_pending(&vt), "records with F = 1");
    /* A free record elsewhere is not used. */
    if (count > 2) {
        vt_fault_clear_one(&vt, count - 1);
        fault_of(&vt, n + 1, count - 1);
        CHECK_EQ(t, "VTD-7-141", 1, fsts(&vt, "PFO"), "FSTS.PFO with the record at the index pending and another one free");
        CHECK(t, "VTD-7-141", !pending(&vt, count - 1), "record %u stays free", count - 1);
    }
    vt_close(&vt);
}

/* The index restarts when translation and interrupt remapping are both off. */
static void restart(struct test *t)
{
    struct vt vt;

    vt_open_mode(&vt, t, any_mode(t));
    fault(&vt, 0);
    vt_fault_clear(&vt);
    vt_set_root(&vt, vt_rtaddr(&vt, vt.config.mode));
    fault(&vt, 1);
    check_holds(&vt, "VTD-7-139", 1, 1);
    vt_fault_clear(&vt);
    vt_command(&vt, "TE", false);
    vt_command(&vt, "TE", true);
    fault(&vt, 2);
    check_holds(&vt, "VTD-7-139", 0, 2);
    CHECK_EQ(t, "VTD-7-138", 0, fsts(&vt, "FRI"), "FSTS.FRI after translation was off");
    /* Record 0 is pending when the index restarts: the next fault overflows although record 1 is free. */
    vt_command(&vt, "TE", false);
    CHECK(t, "VTD-11-024", pending(&vt, 0), "record 0 stays when translation goes off");
    vt_command(&vt, "TE", true);
    fault(&vt, 3);
    CHECK_EQ(t, "VTD-7-139", 1, fsts(&vt, "PFO"), "FSTS.PFO with record 0 pending at the restart");
    check_holds(&vt, "VTD-11-024", 0, 2);
    vt_fault_clear(&vt);
    vt_close(&vt);
}

/* One of the two alone, off and on again, leaves the index where it is; the order in which both go off does not matter. */
static void restart_needs_both(struct test *t)
{
    static const char *const commands[] = {"TE", "IRE"};
    struct vt vt;
    uint32_t n = 0, index = 0;

    vt_open_mode(&vt, t, any_mode(t));
    vt_irt_open(&vt, 0, false);
    for (uint32_t i = 0; i < 4; i++) {
        const char *one = commands[i & 1], *other = commands[~i & 1];

        test_context(t, "%s", one);
        fault(&vt, n);
        check_holds(&vt, "VTD-7-139", index++ % records(t), n++);
        vt_fault_clear(&vt);
        vt_command(&vt, one, false);
        vt_command(&vt, one, true);
        fault(&vt, n);
        check_holds(&vt, "VTD-7-139", index++ % records(t), n++);
        vt_fault_clear(&vt);
        if (i < 2)
            continue;
        test_context(t, "%s, then %s", one, other);
        vt_command(&vt, one, false);
        vt_command(&vt, other, false);
        vt_command(&vt, other, true);
        vt_command(&vt, one, true);
        index = 0;
    }
    fault(&vt, n);
    check_holds(&vt, "VTD-7-139", 0, n);
    vt_fault_clear(&vt);
    test_context(t, NULL);
    vt_close(&vt);
}

/* A reset turns translation off too. */
static void restart_by_reset(struct test *t)
{
    static const enum iotb_reset_kind kinds[] = {IOTB_RESET_COLD, IOTB_RESET_WARM};
    struct vt vt;

    for (size_t i = 0; i < 2; i++) {
        if (kinds[i] == IOTB_RESET_WARM && !test_has(t, IOTB_F_WARM_RESET))
            continue;
        test_context(t, "reset of kind %d", (int)kinds[i]);
        vt_open_mode(&vt, t, any_mode(t));
        fault(&vt, 0);
        fault(&vt, 1);
        vt_fault_clear(&vt);
        test_reset(t, kinds[i]);
        vt_open_mode(&vt, t, any_mode(t));
        fault(&vt, 2);
        check_holds(&vt, "VTD-7-139", 0, 2);
        vt_fault_clear(&vt);
        vt_command(&vt, "TE", false);
    }
    vt_close(&vt);
}

/* ---- merging ---- */

/* Faults of one source may share its pending record; faults of different sources never do. */
static void merging(struct test *t)
{
    uint32_t count, merged, n = 0;
    uint16_t rid;
    struct vt vt;

    vt_open_mode(&vt, t, any_mode(t));
    count = records(t);
    rid = stranger(&vt, 0);
    fault_from(&vt, rid, INPUT);
    for (n = 1; n <= count; n++)
        fault_from(&vt, rid, INPUT + UINT64_C(0x1000) * n);
    merged = vt_fault_pending(&vt);
    /* count + 1 faults: all in one record, or one each and an overflow. */
    CHECK(t, "VTD-7-143", count == 1 || merged == 1 || merged == count, "%u faults of one source are in %u records of %u", n,
          merged, count);
    if (count > 1)
        CHECK_EQ(t, "VTD-7-143", merged != 1, fsts(&vt, "PFO"), "FSTS.PFO after %u faults of one source in %u records", n,
                 merged);
    vt_fault_clear(&vt);
    /* Merging looks at pending records only: a cleared one takes no more. */
    for (n = 0; n < 3; n++) {
        fault_from(&vt, rid, INPUT + UINT64_C(0x1000) * n);
        CHECK_EQ(t, "VTD-7-144", 1, vt_fault_pending(&vt), "records after a fault of a source whose record was cleared");
        CHECK_EQ(t, "VTD-7-144", 0, fsts(&vt, "PFO"), "FSTS.PFO");
        vt_fault_clear(&vt);
    }
    /* The read, other address and other data of the same source are treated as the write was. */
    if (count > 1) {
        struct iotb_request r = {.kind = IOTB_READ, .bytes = 8, .requester_id = rid, .address = INPUT + 0x123000};

        fault_from(&vt, rid, INPUT);
        request_run(t, &r);
        CHECK_EQ(t, "VTD-7-144", merged == 1 ? 1 : 2, vt_fault_pending(&vt), "records after a write and a read of one source");
        vt_fault_clear(&vt);
    }
    vt_close(&vt);
}

/* Every bit of the source-id is compared. */
static void merging_sources(struct test *t)
{
    uint32_t count;
    struct vt vt;

    vt_open_mode(&vt, t, any_mode(t));
    count = records(t);
    for (uint32_t n = 0; n < 16; n++) {
        uint16_t rid = 0x5a3c;

        test_context(t, "source bit %u", n);
        fault_from(&vt, rid, INPUT);
        fault_from(&vt, (uint16_t)(rid ^ 1u << n), INPUT);
        if (count > 1)
            CHECK_EQ(t, "VTD-7-144", 2, vt_fault_pending(&vt), "records of two sources");
        else
            CHECK_EQ(t, "VTD-7-144", 1, fsts(&vt, "PFO"), "FSTS.PFO after faults of two sources with one record");
        vt_fault_clear(&vt);
    }
    vt_close(&vt);
}

/* A source whose record is not the latest one. */
static void merging_older(struct test *t)
{
    uint32_t alone, together;
    struct vt vt;

    vt_open_mode(&vt, t, any_mode(t));
    fault(&vt, 0);
    fault(&vt, 0);
    alone = vt_fault_pending(&vt);
    vt_fault_clear(&vt);
    fault(&vt, 0);
    fault(&vt, 1);
    fault(&vt, 0);
    together = vt_fault_pending(&vt);
    CHECK_EQ(t, "VTD-7-144", alone + 1, together, "records of sources 0, 1, 0 when 0, 0 made %u", alone);
    vt_fault_clear(&vt);
    vt_close(&vt);
}

/* ---- clearing ---- */

static void clearing(struct test *t)
{
    struct snapshot before;
    uint64_t at, cleared;
    struct vt vt;

    vt_open_mode(&vt, t, any_mode(t));
    fault(&vt, 0);
    at = vt_fault_address(&vt, 0);
    take_snapshot(&vt, &before);
    reg_write64(t, at, UINT64_C(0xffffffffffffffff));
    reg_write32(t, at, 0xffffffff);
    reg_write32(t, at + 4, 0xffffffff);
    reg_write32(t, at + 8, 0xffffffff);
    check_snapshot(&vt, "VTD-11-009", &before, "after ones in the lower three doublewords");
    reg_write32(t, at + 12, 0x7fffffff);
    reg_write64(t, at + 8, UINT64_C(0x7fffffffffffffff));
    reg_write64(t, at + 8, 0);
    reg_write32(t, at + 12, 0);
    check_snapshot(&vt, "VTD-11-009", &before, "after writes without F");
    vt_reg_set(t, "FSTS_REG", FSTS_ONES);
    check_snapshot(&vt, "VTD-7-140", &before, "after ones in FSTS_REG");
    CHECK_EQ(t, "VTD-7-140", 1, fsts(&vt, "PPF"), "FSTS.PPF after ones in FSTS_REG");
    cleared = before.words[0][1] & ~(UINT64_C(1) << 63);
    reg_write32(t, at + 12, 0x80000000);
    CHECK(t, "VTD-11-009", !pending(&vt, 0), "F after a doubleword with F = 1");
    CHECK_EQ(t, "VTD-7-140", 0, fsts(&vt, "PPF"), "FSTS.PPF");
    CHECK_EQ(t, "VTD-11-009", cleared, reg_read64(t, at + 8), "the other fields after F was cleared");
    fault(&vt, 1);
    at = vt_fault_address(&vt, 1 % records(t));
    reg_write64(t, at + 8, UINT64_C(0xffffffffffffffff));
    CHECK_EQ(t, "VTD-11-009", 0, vt_fault_pending(&vt), "records after a quadword of ones");
    /* Records that are free take no value. */
    reg_write64(t, at, UINT64_C(0xffffffffffffffff));
    reg_write64(t, at + 8, UINT64_C(0xffffffffffffffff));
    CHECK_EQ(t, "VTD-11-009", 0, vt_fault_pending(&vt), "records after ones were written to free ones");
    CHECK_EQ(t, "VTD-7-140", 0, fsts(&vt, "PPF"), "FSTS.PPF after the same");
    vt_close(&vt);
}

/* Each F of several, through FSTS nothing but PFO. */
static void clearing_one_of_many(struct test *t)
{
    uint32_t count, some;
    struct vt vt;

    vt_open_mode(&vt, t, any_mode(t));
    count = records(t);
    some = count < 40 ? count : 40;
    for (uint32_t i = 0; i < some; i++)
        fault(&vt, i);
    for (uint32_t k = 0; k < some; k++) {
        uint32_t index = k * 7 % some; /* each once when 7 does not divide the count, else some of them */
        uint32_t left = vt_fault_pending(&vt) - pending(&vt, index);

        vt_fault_clear_one(&vt, index);
        CHECK_EQ(t, "VTD-11-009", left, vt_fault_pending(&vt), "records after F of record %u was cleared", index);
        CHECK_EQ(t, "VTD-7-140", left != 0, fsts(&vt, "PPF"), "FSTS.PPF with %u records", left);
    }
    vt_fault_clear(&vt);
    vt_close(&vt);
}

/* F shows only when the record is complete: the record is looked at after every step. */
static void complete_first(struct test *t)
{
    struct iotb_request r = {.kind = IOTB_READ, .bytes = 8, .address = address_of(0)};
    struct vt_fault early = {0}, late = {0};
    uint32_t id, steps = 0;
    bool seen = false;
    struct vt vt;

    vt_open_mode(&vt, t, any_mode(t));
    r.requester_id = stranger(&vt, 0);
    id = request_send(t, &r);
    while (!seen && steps++ < 100000) {
        seen = vt_fault_read(&vt, 0, &early);
        if (!seen && !test_step(t))
            break;
    }
    test_settle(t);
    CHECK(t, "VTD-11-011", request_outcome(t, id).done, "the request completes");
    CHECK(t, "VTD-11-011", vt_fault_read(&vt, 0, &late), "a record is made");
    if (seen) {
        CHECK_EQ(t, "VTD-11-011", late.fr, early.fr, "FR when F was seen first");
        CHECK_EQ(t, "VTD-11-011", late.sid, early.sid, "SID when F was seen first");
        CHECK_EQ(t, "VTD-11-011", late.fi, early.fi, "FI when F was seen first");
        CHECK_EQ(t, "VTD-11-011", late.t1, early.t1, "T1 when F was seen first");
    }
    CHECK_EQ(t, "VTD-11-011", stranger(&vt, 0), late.sid, "SID");
    CHECK_EQ(t, "VTD-11-011", vt_fault_information(&vt, address_of(0)), late.fi, "FI");
    vt_fault_clear(&vt);
    vt_close(&vt);
}

/* ---- status bits ---- */

static void status_bits(struct test *t)
{
    struct vt_descriptor bad = {{0}};
    struct vt vt;

    vt_open_mode(&vt, t, any_mode(t));
    vt_reg_set(t, "FSTS_REG", FSTS_ONES);
    CHECK_EQ(t, "VTD-7-140", 0, status(t), "FSTS_REG after ones with nothing pending");
    CHECK_EQ(t, "VTD-11-025", 0, status(t), "FSTS_REG after ones with nothing pending");
    for (uint32_t i = 0; i <= records(t); i++)
        fault(&vt, i);
    if (vt.queue_on) {
        vt_put(&vt, &bad);
        vt_ring(&vt);
        test_settle(t);
        CHECK_EQ(t, "VTD-11-511", 0x13, status(t), "FSTS_REG with IQE, PPF and PFO");
        vt_reg_set(t, "FSTS_REG", 0);
        CHECK_EQ(t, "VTD-11-511", 0x13, status(t), "FSTS_REG after 0 was written");
        vt_reg_set(t, "FSTS_REG", FSTS_ONES & ~UINT64_C(0x11));
        CHECK_EQ(t, "VTD-11-511", 0x13, status(t), "FSTS_REG after ones but in IQE and PFO");
        vt_reg_set(t, "FSTS_REG", vt_reg_bits("FSTS_REG", "PFO", 1));
        CHECK_EQ(t, "VTD-11-511", 0x12, status(t), "FSTS_REG after a one in PFO");
        fault_of(&vt, 0, records(t));
        CHECK_EQ(t, "VTD-11-511", 0x13, status(t), "FSTS_REG after another overflow");
        CHECK(t, "VTD-11-511", vt_queue_repair(&vt), "the queue goes on after a one in IQE");
        CHECK_EQ(t, "VTD-11-511", 0x3, status(t), "FSTS_REG after a one in IQE");
    }
    CHECK_EQ(t, "VTD-11-025", 1, fsts(&vt, "PFO"), "FSTS.PFO");
    vt_fault_clear(&vt);
    CHECK_EQ(t, "VTD-11-025", 0, status(t), "FSTS_REG after everything was cleared");
    vt_close(&vt);
}

#define CASE(tag, text, function, rowlist, when, needs)                                                                   \
    {                                                                                                                     \
        .name = "vtd.fault_log." tag, .summary = text, .run = function, .rows = rowlist, .gate = when, .features = needs, \
        .functional = true, .tier = TIER_FULL                                                                             \
    }

static const struct iotb_case cases[] = {
    {.name = "vtd.fault_log.order",
     .summary = "Faults fill the records in order; PPF, FRI and PFO follow.",
     .run = order,
     .rows = "VTD-7-137 VTD-7-138 VTD-7-140 VTD-7-141 VTD-11-008 VTD-11-009 VTD-11-534",
     .functional = true,
     .tier = TIER_SMOKE},
    CASE("each_alone", "The index goes round although every record is cleared at once.", each_alone,
         "VTD-7-138 VTD-7-139 VTD-7-140", NULL, 0),
    CASE("first_index", "FRI is the record that turned PPF on.", first_index, "VTD-7-137 VTD-7-138", "CAP.NFR", 0),
    CASE("overflow", "One fault more than records sets PFO, which stops recording until it is cleared.", overflow,
         "VTD-7-138 VTD-7-140 VTD-7-141 VTD-7-142 VTD-11-010 VTD-11-025", NULL, 0),
    CASE("overflow_again", "After an overflow the record at the index decides, not the number of free ones.", overflow_again,
         "VTD-7-141 VTD-7-142 VTD-11-025", NULL, 0),
    CASE("restart", "The index restarts when translation goes off; the records stay.", restart, "VTD-7-138 VTD-7-139 VTD-11-024",
         "CAP.NFR", 0),
    CASE("restart_needs_both", "The index restarts only when translation and interrupt remapping are both off.",
         restart_needs_both, "VTD-7-139", "CAP.NFR&ECAP.IR&ECAP.QI", 0),
    CASE("restart_by_reset", "The index restarts with a reset.", restart_by_reset, "VTD-7-139", "CAP.NFR", 0),
    CASE("merging", "Faults of one source share a pending record or do not, always in the same way.", merging,
         "VTD-7-143 VTD-7-144", NULL, 0),
    CASE("merging_sources", "Faults of sources that differ in one bit are never merged.", merging_sources, "VTD-7-144", NULL,
         IOTB_F_ANY_REQUESTER),
    CASE("merging_older", "Merging looks at every pending record.", merging_older, "VTD-7-144", "CAP.NFR>=2", 0),
    CASE("clearing", "F is cleared by a one and by nothing else, and takes no other field along.", clearing,
         "VTD-7-140 VTD-11-009", NULL, 0),
    CASE("clearing_one_of_many", "Clearing one record leaves the others.", clearing_one_of_many, "VTD-7-140 VTD-11-009",
         "CAP.NFR", 0),
    CASE("complete_first", "F is seen only with a complete record.", complete_first, "VTD-11-011", NULL, 0),
    CASE("status_bits", "The bits of FSTS_REG are cleared one by one, by ones.", status_bits, "VTD-7-140 VTD-11-025 VTD-11-511",
         "ECAP.QI", 0),
};

const struct iotb_case_list vtd_fault_log_cases = {cases, sizeof cases / sizeof cases[0]};
