/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupt remapping and posting (chapter 5): table, entries, requests, what is seen of them. */
#include "build/record.h"
#include "build/vt_internal.h"

#include <string.h>

enum { TYPE_INTERRUPT = 4 }; /* 6.5.2.8 Interrupt Entry Cache Invalidate Descriptor */

#define IRTE_BYTES UINT64_C(16)
#define RANGE UINT64_C(0xfee00000) /* 3.15 Handling Requests to Interrupt Address Range */
#define ASSERTED (UINT32_C(1) << 14)
#define MESSAGE_ADDRESS_MASK (~UINT64_C(3)) /* 5.1.6: bits 1:0 mean nothing */

/* ---- the table ---- */

void vt_irt_set(struct vt *vt, uint64_t table, uint32_t s, bool eime)
{
    vt->irt = table;
    vt->eime = eime;
    vt_reg_set(vt->t, "IRTA_REG", table | vt_reg_bits("IRTA_REG", "EIME", eime) | vt_reg_bits("IRTA_REG", "S", s));
    if (!vt_command(vt, "SIRTP", true))
        test_note(vt->t, "GSTS.IRTPS did not follow GCMD.SIRTP");
    vt_invalidate_interrupts(vt, VT_IEC_GLOBAL, 0, 0);
}

void vt_irt_open(struct vt *vt, uint32_t s, bool eime)
{
    if (!vt_ecap(vt->t, "IR"))
        test_skip(vt->t, "ECAP.IR is 0: no interrupt remapping");
    if (eime && !vt_ecap(vt->t, "EIM"))
        test_skip(vt->t, "ECAP.EIM is 0: no extended interrupt mode");
    vt_irt_set(vt, mem_alloc(vt->t, IRTE_BYTES << (s + 1), 4096), s, eime);
    if (!vt_field(vt->t, "GSTS_REG", "IRES") && !vt_command(vt, "IRE", true))
        test_note(vt->t, "GSTS.IRES did not follow GCMD.IRE");
}

uint64_t vt_irte(struct vt *vt, uint32_t index)
{
    return vt->irt + IRTE_BYTES * index;
}

static void set(uint64_t *words, const char *structure, const char *field, uint64_t value)
{
    spec_set(spec_struct_field(structure, field), words, value);
}

static void write_irte(struct vt *vt, uint32_t index, const uint64_t *words)
{
    vt_write_entry(vt, vt_irte(vt, index), words, 2);
    vt_flush_writes(vt);
    vt_invalidate_interrupts(vt, VT_IEC_INDEX, 0, index);
}

void vt_set_irte(struct vt *vt, uint32_t index, const struct vt_irte_remapped *e)
{
    static const char s[] = "irte_remapped";
    uint64_t words[2] = {0, 0};

    set(words, s, "P", 1);
    set(words, s, "FPD", e->fpd);
    set(words, s, "DM", e->dm);
    set(words, s, "RH", e->rh);
    set(words, s, "TM", e->tm);
    set(words, s, "DLM", e->dlm);
    set(words, s, "V", e->vector);
    set(words, s, "DST", vt->eime ? e->dst : (e->dst & 0xff) << 8);
    set(words, s, "SID", e->sid);
    set(words, s, "SQ", e->sq);
    set(words, s, "SVT", e->svt);
    write_irte(vt, index, words);
}

void vt_set_irte_posted(struct vt *vt, uint32_t index, const struct vt_irte_posted *e)
{
    static const char s[] = "irte_posted";
    uint64_t words[2] = {0, 0};

    set(words, s, "P", 1);
    set(words, s, "IM", 1);
    set(words, s, "FPD", e->fpd);
    set(words, s, "URG", e->urgent);
    set(words, s, "VV", e->vector);
    set(words, s, "PDAL", e->descriptor >> 6);
    set(words, s, "PDAH", e->descriptor >> 32);
    set(words, s, "SID", e->sid);
    set(words, s, "SQ", e->sq);
    set(words, s, "SVT", e->svt);
    write_irte(vt, index, words);
}

void vt_toggle_irte(struct vt *vt, uint32_t index, uint32_t bit)
{
    uint64_t word = vt_irte(vt, index) + bit / 64 * 8;

    mem_write64(vt->t, word, mem_read64(vt->t, word) ^ UINT64_C(1) << (bit % 64));
    vt_flush_writes(vt);
    vt_invalidate_interrupts(vt, VT_IEC_INDEX, 0, index);
}

struct vt_descriptor vt_desc_iec(uint32_t g, uint32_t im, uint32_t iidx)
{
    static const char s[] = "iec_inv_dsc";
    struct vt_descriptor d = {{0}};

    set(d.word, s, "TYPE[3:0]", TYPE_INTERRUPT);
    set(d.word, s, "G", g);
    set(d.word, s, "IM", im);
    set(d.word, s, "IIDX", iidx);
    return d;
}

bool vt_invalidate_interrupts(struct vt *vt, uint32_t g, uint32_t im, uint32_t iidx)
{
    return vt_submit_one(vt, vt_desc_iec(g, im, iidx));
}

/* ---- requests and messages ---- */

static struct iotb_request interrupt(uint16_t rid, uint64_t address, uint32_t data)
{
    struct iotb_request r = {.size = sizeof r, .requester_id = rid, .kind = IOTB_WRITE, .bytes = 4, .address = address};

    for (uint32_t i = 0; i < 4; i++)
        r.data[i] = (uint8_t)(data >> (8 * i));
    return r;
}

struct iotb_request vt_interrupt_request(uint16_t rid, uint32_t handle, bool shv, uint32_t data)
{
    uint64_t words[1] = {RANGE};

    set(words, "msi_addr_remappable", "HANDLE[14:0]", handle & 0x7fff);
    set(words, "msi_addr_remappable", "HANDLE[15]", handle >> 15);
    set(words, "msi_addr_remappable", "FMT", 1);
    set(words, "msi_addr_remappable", "SHV", shv);
    return interrupt(rid, words[0], data);
}

struct iotb_request vt_compatibility_request(uint16_t rid, uint32_t destination, uint32_t data)
{
    return interrupt(rid, RANGE | (uint64_t)(destination & 0xff) << 12, data);
}

/* 5.1.2.1 and 5.1.6.2: destination in 19:12 and, of the extended mode, in the upper address; RH 3, DM 2; DLM 10:8, level 14,
 * TM 15. 5.1.4: the level is always "asserted". */
static struct vt_message message(uint32_t destination, bool rh, bool dm, uint32_t vector, uint32_t dlm, bool tm)
{
    struct vt_message m = {
        .address = RANGE | (uint64_t)(destination & 0xff) << 12 | (uint64_t)(destination >> 8) << 40 | (uint64_t)rh << 3 |
                   (uint64_t)dm << 2,
        .data = vector | dlm << 8 | ASSERTED | (uint32_t)tm << 15,
    };

    return m;
}

struct vt_message vt_remapped_message(const struct vt_irte_remapped *e)
{
    return message(e->dst, e->rh, e->dm, e->vector, e->dlm, e->tm);
}

struct vt_message vt_notification(uint32_t vector, uint32_t destination)
{
    return message(destination, false, false, vector, 0, false);
}

bool vt_interrupt_take(struct vt *vt, struct vt_message *m)
{
    struct iotb_interrupt seen;

    /* A notification is the unit's own, and yet the requester's: an adapter may call it either. */
    if (!interrupt_take(vt->t, IOTB_IRQ_DEVICE, &seen) && !interrupt_take(vt->t, IOTB_IRQ_EVENT, &seen))
        return false;
    m->address = seen.address & MESSAGE_ADDRESS_MASK;
    m->data = seen.data;
    return true;
}

/* ---- expectations ---- */

static void drop_interrupts(struct vt *vt)
{
    struct vt_message m;

    while (vt_interrupt_take(vt, &m))
        ;
}

static bool interrupt_round(struct vt *vt, const char *row, const struct iotb_request *request, struct vt_message expected)
{
    struct iotb_request r = *request;
    struct vt_message seen;
    struct outcome o;
    bool ok;

    drop_interrupts(vt);
    o = request_run(vt->t, &r);
    test_settle(vt->t);
    ok = CHECK(vt->t, row, o.done && (!o.has_status || o.status == IOTB_SC), "the interrupt request is accepted");
    ok &= vt_check_no_record(vt, row, "after an interrupt request that is let through");
    if (!CHECK(vt->t, row, vt_interrupt_take(vt, &seen), "an interrupt for the request to 0x%llx", (unsigned long long)r.address))
        return false;
    ok &= CHECK_EQ(vt->t, row, expected.address & MESSAGE_ADDRESS_MASK, seen.address, "address of the interrupt");
    ok &= CHECK_EQ(vt->t, row, expected.data, seen.data, "data of the interrupt");
    return CHECK(vt->t, row, !vt_interrupt_take(vt, &seen), "a second interrupt (0x%llx, 0x%x)", (unsigned long long)seen.address,
                 seen.data) &&
           ok;
}

bool vt_expect_interrupt(struct vt *vt, const char *row, const struct iotb_request *request, struct vt_message message)
{
    bool ok = true;

    vt_fault_clear(vt);
    for (uint32_t n = vt_rounds(vt); n > 0; n--)
        ok &= interrupt_round(vt, row, request, message);
    return ok;
}

/* 5.1.4.1 Table 15, 11.4.7.6: FI 63:48 is the interrupt index; SID the requester. */
static bool check_interrupt_record(struct vt *vt, const char *row, const struct iotb_request *r, uint32_t fr, uint32_t index)
{
    static const struct record_field sid = {"VTD-11-020", "VTD-5-522"}, fi = {"VTD-11-023", "VTD-5-522"};
    struct vt_fault f;
    bool ok;

    if (!CHECK(vt->t, row, vt_fault_take(vt, &f), "a fault record of the interrupt request, reason %02xh", fr))
        return false;
    test_carry(vt->t, "VTD-11-020 VTD-11-023 VTD-7-146");
    ok = CHECK_EQ(vt->t, row, fr, f.fr, "FRCD.FR of the interrupt request");
    ok &= RECORD_FIELD(vt->t, &sid, row, r->requester_id, f.sid, "FRCD.SID");
    if (index != VT_NO_INDEX)
        ok &= RECORD_FIELD(vt->t, &fi, row, (uint64_t)(index & 0xffff) << 48, f.fi, "FRCD.FI");
    ok &= CHECK_EQ(vt->t, "VTD-7-146", 0, vt_fault_pending(vt), "records besides the one of the request");
    vt_fault_clear(vt);
    return ok;
}

static bool interrupt_fault_round(struct vt *vt, const char *row, const struct iotb_request *request, uint32_t fr, uint32_t index)
{
    struct iotb_request r = *request;
    struct vt_message seen;
    struct outcome o;
    bool ok;

    drop_interrupts(vt);
    o = request_run(vt->t, &r);
    test_settle(vt->t);
    ok = CHECK(vt->t, row, o.done, "the interrupt request completes");
    if (o.done && o.has_status) /* a write: what the unit answered internally */
        ok &= CHECK_EQ(vt->t, row, IOTB_UR, o.status, "status of a blocked interrupt request");
    ok &= CHECK(vt->t, row, !vt_interrupt_take(vt, &seen), "an interrupt although the request is blocked");
    drop_interrupts(vt);
    if (!fr)
        return vt_check_no_record(vt, row, "after a blocked interrupt request that must not be recorded") && ok;
    return check_interrupt_record(vt, row, &r, fr, index) && ok;
}

bool vt_expect_interrupt_fault(struct vt *vt, const char *row, const struct iotb_request *request, uint32_t fr, uint32_t index)
{
    bool ok = true;

    vt_fault_clear(vt);
    for (uint32_t n = vt_rounds(vt); n > 0; n--)
        ok &= interrupt_fault_round(vt, row, request, fr, index);
    return ok;
}
