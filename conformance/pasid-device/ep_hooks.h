/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ep_hooks.h - what each hook of the exerciser does (C.3): armed for the occasion it shows; not armed, or armed for another
 * PASID, another address or in another form, it does not.
 */
#ifndef PASID_DEVICE_EP_HOOKS_H
#define PASID_DEVICE_EP_HOOKS_H

#include "build/ep_exerciser.h"
#include "pasid_device_chapters.h"

/* One misbehaviour: a scene, in the region of the address, in which it would show. True: it has shown. */
struct misbehaviour {
    uint32_t id, form;
    bool pasid, address; /* what the hook can be told to match */
    bool (*shows)(struct ep *ep, uint64_t va);
    const char *what;
    enum { USUAL, RETRIES, ONE_CREDIT, MARKER, PRI_OFF } config;
};

/* Those with ids from..to, each in every way, on a fresh device. */
void hook_try_all(struct test *t, const struct misbehaviour *table, size_t count, uint32_t from, uint32_t to);

/* ---- what scenes are made of: queues 0 and 3 are of PASID 5, 3 being privileged, 1 of PASID 6, 2 without ---- */

/* Work without a record, run until nothing more happens. */
void hook_run(struct ep *ep, uint32_t wq, struct ep_work work);
struct ep_work hook_blocking(struct ep_work work);                                 /* with block on fault */
const struct iotb_message *hook_request(struct ep *ep, uint32_t mark, uint32_t n); /* page requests */
uint32_t hook_requests(struct ep *ep, uint32_t mark);
const struct iotb_request *hook_last_of(struct ep *ep, uint32_t kinds); /* the youngest TLP of these kinds */

#define HOOKS(name_, argument_, run_, summary_)                                                                                \
    {                                                                                                                          \
        .name = "pasid-device." name_, .summary = summary_, .run = run_, .rows = "DEV-EXR-018",                                \
        .gate = "PRODUCT&EXER&ATS&PASID&PRI&EXEC&PRIV&GIS&!GLOB", .functional = true, .tier = TIER_FULL, .argument = argument_ \
    }

#endif
