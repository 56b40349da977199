/* SPDX-License-Identifier: BSD-2-Clause */
/* vtd_interrupts.c - see vtd_interrupts.h. */
#include "vtd_interrupts.h"

void interrupts_each_mode(struct test *t, uint32_t s, void (*body)(struct vt *vt))
{
    uint32_t ran = 0;

    for (uint32_t eime = 0; eime < 2; eime++) {
        struct vt vt;

        if (eime ? !vt_ecap(t, "EIM") : vt_ecap(t, "EIMER") != 0)
            continue;
        if (ran++)
            test_reset(t, IOTB_RESET_COLD);
        test_context(t, "EIME %u", eime);
        vt_open_mode(&vt, t, vt_has_mode(t, VT_SCALABLE) ? VT_SCALABLE : VT_LEGACY);
        vt_irt_open(&vt, s, eime);
        body(&vt);
        vt_close(&vt);
    }
    if (!ran)
        test_skip(t, "no interrupt mode: EIMER without EIM");
}

struct vt_message interrupts_good(struct vt *vt, uint32_t index, uint32_t vector)
{
    struct vt_irte_remapped entry = {.vector = vector, .dst = interrupts_destination(vt)};

    vt_set_irte(vt, index, &entry);
    return vt_remapped_message(&entry);
}

void interrupts_drop(struct vt *vt)
{
    struct vt_message m;

    test_settle(vt->t);
    while (vt_interrupt_take(vt, &m))
        ;
}
