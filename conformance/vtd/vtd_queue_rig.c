/* SPDX-License-Identifier: BSD-2-Clause */
/* Waits, refusals and event messages for the cases on the invalidation queue. */
#include "vtd_queue_rig.h"

#define EVENT_ADDRESS 0xfee01000u

const char *rig_row(struct vt *vt, const char *specific, const char *row)
{
    return test_row_known(vt->t, specific) ? specific : row;
}

struct waiter waiter_put(struct vt *vt, bool interrupt, bool fence)
{
    uint32_t n = ++vt->wait_count;
    /* The end of the page is the cases' own. */
    struct waiter w = {vt->status + 8 * (n % 500), n};
    struct vt_descriptor d = vt_desc_wait(interrupt, true, fence, w.data, w.address);

    mem_write64(vt->t, w.address, 0);
    vt_put(vt, &d);
    return w;
}

bool waiter_done(struct vt *vt, struct waiter w)
{
    return mem_read32(vt->t, w.address) == w.data;
}

void queue_clear_error(struct vt *vt)
{
    vt_reg_set(vt->t, "FSTS_REG", vt_reg_bits("FSTS_REG", "IQE", 1));
    test_settle(vt->t);
}

bool queue_go_on(struct vt *vt)
{
    bool repaired = vt_queue_repair(vt);

    if (repaired)
        return true;
    vt_ring(vt); /* some units need a push */
    test_settle(vt->t);
    if (vt_queue_head(vt) == vt->queue_tail && !vt_queue_error(vt, NULL))
        return false;
    queue_clear_error(vt);
    queue_restart(vt, mem_alloc(vt->t, vt->queue_bytes, 4096), vt->config.queue_lg2_pages, vt->descriptor_bytes == 32);
    queue_clear_error(vt);
    return false;
}

/* A unit without reasons gives none for a descriptor type that nobody has, either. */
static bool gives_no_reasons(struct vt *vt)
{
    struct vt_descriptor none = {{0}};
    uint32_t reason = 1;

    vt_put(vt, &none);
    vt_ring(vt);
    test_settle(vt->t);
    vt_queue_error(vt, &reason);
    queue_go_on(vt);
    return reason == 0;
}

static bool reason_in(struct vt *vt, const char *row, uint32_t reason, uint32_t reasons)
{
    if (reason == 0 && vt->ver_max < 6)
        return CHECK(vt->t, row, gives_no_reasons(vt), "IQERCD.IQEI is 0 for this error, but not for all");
    return CHECK(vt->t, row, reasons >> reason & 1, "IQERCD.IQEI is %u, not of the set 0x%x", reason, reasons);
}

bool queue_reason(struct vt *vt, const char *row, uint32_t reasons)
{
    uint32_t reason = 0;

    if (!CHECK(vt->t, row, vt_queue_error(vt, &reason), "FSTS.IQE is set"))
        return false;
    if (reason == 0 && vt->ver_max < 6)
        return true;
    return CHECK(vt->t, row, reasons >> reason & 1, "IQERCD.IQEI is %u, not of the set 0x%x", reason, reasons);
}

bool queue_refuses(struct vt *vt, const char *row, const struct vt_descriptor *d, uint32_t reasons)
{
    struct waiter before = waiter_put(vt, false, false), behind;
    uint64_t slot = vt->queue_tail;
    uint32_t reason = 0;
    bool ok, repaired;

    vt_put(vt, d);
    behind = waiter_put(vt, false, false);
    vt_ring(vt);
    test_settle(vt->t);
    if (!CHECK(vt->t, row, vt_queue_error(vt, &reason), "FSTS.IQE is set by descriptor %016llx %016llx",
               (unsigned long long)d->word[0], (unsigned long long)d->word[1]))
        return false;
    ok = CHECK(vt->t, rig_row(vt, "VTD-6-606", row), !waiter_done(vt, behind), "the wait behind it is not completed");
    if (test_row_known(vt->t, "VTD-6-607"))
        ok &= CHECK_EQ(vt->t, "VTD-6-607", slot, vt_queue_head(vt), "IQH is at the offending descriptor");
    if (test_row_known(vt->t, "VTD-6-608"))
        ok &= CHECK(vt->t, "VTD-6-608", waiter_done(vt, before), "the wait before it is completed");
    repaired = queue_go_on(vt);
    if (test_row_known(vt->t, "VTD-6-610"))
        ok &= CHECK(vt->t, "VTD-6-610", repaired && waiter_done(vt, behind), "replaced by a wait, it lets the queue go on");
    return reason_in(vt, row, reason, reasons) && ok;
}

bool queue_accepts(struct vt *vt, const char *row, const struct vt_descriptor *d)
{
    struct waiter behind;
    uint32_t reason = 0;
    bool error;

    vt_put(vt, d);
    behind = waiter_put(vt, false, false);
    vt_ring(vt);
    test_settle(vt->t);
    error = vt_queue_error(vt, &reason);
    CHECK(vt->t, row, !error, "no IQE (reason %u) for descriptor %016llx %016llx", reason, (unsigned long long)d->word[0],
          (unsigned long long)d->word[1]);
    if (error) {
        queue_go_on(vt);
        return false;
    }
    return CHECK(vt->t, row, waiter_done(vt, behind), "the wait behind it is completed") &&
           CHECK_EQ(vt->t, row, vt->queue_tail, vt_queue_head(vt), "IQH has reached IQT");
}

bool queue_wide_possible(struct test *t)
{
    return vt_ecap(t, "SMTS") || vt_ecap(t, "ADMS");
}

bool queue_restart(struct vt *vt, uint64_t queue, uint32_t lg2_pages, bool wide)
{
    bool off = vt_command(vt, "QIE", false);

    vt->queue = queue;
    vt->queue_bytes = UINT64_C(4096) << lg2_pages;
    vt->descriptor_bytes = wide ? 32 : 16;
    vt->queue_tail = 0;
    vt_reg_set(vt->t, "IQT_REG", 0);
    vt_reg_set(vt->t, "IQA_REG", queue | vt_reg_bits("IQA_REG", "DW", wide) | vt_reg_bits("IQA_REG", "QS", lg2_pages));
    vt->queue_on = true;
    return vt_command(vt, "QIE", true) && off;
}

static void event_open(struct vt *vt, const char *data, const char *address, const char *upper, const char *control,
                       uint32_t value)
{
    vt_reg_set(vt->t, data, value);
    vt_reg_set(vt->t, address, EVENT_ADDRESS);
    vt_reg_set(vt->t, upper, 0);
    vt_reg_set(vt->t, control, 0);
}

void events_open(struct vt *vt)
{
    event_open(vt, "FEDATA_REG", "FEADDR_REG", "FEUADDR_REG", "FECTL_REG", EVENT_FAULT_DATA);
    event_open(vt, "IEDATA_REG", "IEADDR_REG", "IEUADDR_REG", "IECTL_REG", EVENT_COMPLETION_DATA);
    events_take(vt, 0);
}

uint32_t events_take(struct vt *vt, uint32_t data)
{
    struct iotb_interrupt interrupt;
    uint32_t count = 0;

    test_settle(vt->t);
    while (interrupt_take(vt->t, IOTB_IRQ_EVENT, &interrupt))
        count += interrupt.data == data && interrupt.address == EVENT_ADDRESS;
    return count;
}
