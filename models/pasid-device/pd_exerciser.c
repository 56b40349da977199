/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pd_exerciser.c - BAR4: lock, hold and release, windows into the ATC, the page request groups and the tags.
 */
#include "pasid-device/pd_internal.h"

#include <string.h>

#define KEY_FIRST 0x52455845u
#define KEY_SECOND 0x4b434c55u
#define TAINT_UNLOCKED 1u

void pd_exerciser_reset(struct pasid_device *device)
{
    struct pd_exerciser *x = &device->exerciser;
    memset(x, 0, sizeof *x);
    if (device->bar4.value)
        memcpy(device->bar4.value, device->bar4.reset, device->bar4.bytes);
}

static bool within(uint32_t offset, uint32_t first, uint32_t bytes)
{
    return offset >= first && offset < first + bytes;
}

/* ---- windows ---- */

static void show_atc(struct pasid_device *device, uint32_t n)
{
    const struct pd_entry *entry = n < device->params.atc_entries ? cache_at(&device->atc.cache, n) : NULL;
    struct pd_regs *r = &device->bar4;
    uint32_t at = n * PD_STRIDE_ATC;
    memset(r->value + PD_AT_ATC + at, 0, PD_STRIDE_ATC);
    if (!entry)
        return;
    pd_put(r, PD_ATC_ADDRESS, at, entry->page);
    pd_put(r, PD_ATC_TRANSLATED, at, entry->translated);
    pd_put(r, PD_ATC_PASID, at, entry->pasid);
    pd_put(r, PD_ATC_PASID_V, at, entry->has_pasid);
    pd_put(r, PD_ATC_PRIV, at, entry->privileged);
    pd_put(r, PD_ATC_GLOBAL, at, entry->global);
    pd_put(r, PD_ATC_SIZE_LG2, at, entry->size_lg2);
    pd_put(r, PD_ATC_R, at, entry->read);
    pd_put(r, PD_ATC_W, at, entry->write);
    pd_put(r, PD_ATC_U, at, entry->untranslated_only);
    pd_put(r, PD_ATC_X, at, entry->execute);
    pd_put(r, PD_ATC_N, at, entry->no_snoop_barred);
    pd_put(r, PD_ATC_VALID, at, 1);
}

/* Forge an entry, or drop what is there. What was written so far stands in the bytes of the window. */
static void store_atc(struct pasid_device *device, uint32_t n)
{
    const struct pd_regs *r = &device->bar4;
    uint32_t at = n * PD_STRIDE_ATC;
    struct pd_entry forged = {
        .page = pd_get(r, PD_ATC_ADDRESS, at),
        .translated = pd_get(r, PD_ATC_TRANSLATED, at),
        .pasid = (uint32_t)pd_get(r, PD_ATC_PASID, at),
        .size_lg2 = (uint8_t)pd_get(r, PD_ATC_SIZE_LG2, at),
        .has_pasid = pd_get(r, PD_ATC_PASID_V, at),
        .privileged = pd_get(r, PD_ATC_PRIV, at),
        .global = pd_get(r, PD_ATC_GLOBAL, at),
        .read = pd_get(r, PD_ATC_R, at),
        .write = pd_get(r, PD_ATC_W, at),
        .execute = pd_get(r, PD_ATC_X, at),
        .untranslated_only = pd_get(r, PD_ATC_U, at),
        .no_snoop_barred = pd_get(r, PD_ATC_N, at),
    };
    void *old = n < device->params.atc_entries ? cache_at(&device->atc.cache, n) : NULL;
    bool valid = pd_get(r, PD_ATC_VALID, at);
    if (old)
        cache_drop(&device->atc.cache, old);
    if (forged.size_lg2 < 12u)
        forged.size_lg2 = 12;
    forged.page &= UINT64_MAX << forged.size_lg2;
    if (valid)
        pd_atc_fill(device, &forged, forged.page);
}

static void show_prg(struct pasid_device *device, uint32_t n)
{
    const struct pd_prg *group = &device->pri.group[n];
    struct pd_regs *r = &device->bar4;
    uint32_t at = n * PD_STRIDE_PRG;
    pd_put(r, PD_PRG_INDEX, at, group->index);
    bool given_up = group->state == PD_PRG_OUTSTANDING && !group->waiters;
    pd_put(r, PD_PRG_STATE, at, given_up ? 3u : group->state);
    pd_put(r, PD_PRG_MESSAGES, at, group->pages);
    pd_put(r, PD_PRG_PASID, at, group->flow.pasid);
    pd_put(r, PD_PRG_ADDRESS, at, group->page[0]);
}

static void show_tag(struct pasid_device *device, uint32_t n)
{
    struct pd_regs *r = &device->bar4;
    uint32_t at = n * PD_STRIDE_TAGS;
    memset(r->value + PD_AT_TAGS + at, 0, PD_STRIDE_TAGS);
    for (uint32_t i = 0; i < PD_TLPS; i++) {
        const struct pd_tlp *tlp = &device->tlps.all[i];
        if (tlp->state == PD_TLP_FREE || tlp->posted || tlp->request.id != n)
            continue;
        bool quarantined = tlp->state == PD_TLP_QUARANTINED || tlp->state == PD_TLP_TIMED_OUT;
        pd_put(r, PD_TAGS_STATE, at, quarantined ? 2 : 1);
        pd_put(r, PD_TAGS_KIND, at, pd_trace_kind(&tlp->request));
        pd_put(r, PD_TAGS_ADDRESS, at, tlp->request.address >> 12);
    }
}

static void show_summary(struct pasid_device *device)
{
    struct pd_regs *r = &device->bar4;
    uint64_t busy = 0, held = 0;
    for (uint32_t n = 0; n < PD_N_SLOT; n++)
        busy |= (uint64_t)device->exerciser.slot[n].running << n;
    for (uint32_t i = 0; i < PD_TLPS; i++)
        held |= device->tlps.all[i].state == PD_TLP_HELD;
    uint32_t ready = pd_invalidate_pending(device, true);
    pd_put(r, PD_XSTAT_UNLOCKED, 0, 1);
    pd_put(r, PD_XSTAT_BUSY, 0, busy);
    pd_put(r, PD_XSTAT_HELD, 0, held || device->pri.held_count || ready);
    pd_put(r, PD_INVPEND_ITAGS, 0, pd_invalidate_pending(device, false));
    pd_put(r, PD_INVHELD_ITAGS, 0, ready);
    pd_put(r, PD_PRGREL_WAITING, 0, device->pri.held_count);
}

uint64_t pd_exerciser_read(struct pasid_device *device, uint32_t offset, uint32_t bytes)
{
    if (!device->exerciser.unlocked)
        return 0;
    if (within(offset, PD_AT_ATC, PD_N_ATC * PD_STRIDE_ATC))
        show_atc(device, (offset - PD_AT_ATC) / PD_STRIDE_ATC);
    else if (within(offset, PD_AT_PRG, PD_N_PRG * PD_STRIDE_PRG))
        show_prg(device, (offset - PD_AT_PRG) / PD_STRIDE_PRG);
    else if (within(offset, PD_AT_TAGS, PD_N_TAGS * PD_STRIDE_TAGS))
        show_tag(device, (offset - PD_AT_TAGS) / PD_STRIDE_TAGS);
    else if (within(offset, PD_AT_ARM, 0x80))
        return pd_arm_read(device, offset - PD_AT_ARM, bytes);
    else
        show_summary(device);
    return pd_regs_read(&device->bar4, offset, bytes);
}

/* ---- writes ---- */

static void try_key(struct pasid_device *device, uint32_t value)
{
    struct pd_exerciser *x = &device->exerciser;
    if (x->first_key && value == KEY_SECOND) {
        x->unlocked = true;
        device->taint |= TAINT_UNLOCKED;
    }
    x->first_key = value == KEY_FIRST;
}

static void release(struct pasid_device *device, uint32_t itags)
{
    for (uint32_t itag = 0; itag < PD_ITAGS; itag++)
        if ((itags >> itag & 1u) && device->invalidation[itag].ready)
            device->invalidation[itag].released = true;
}

static void fake(struct pasid_device *device)
{
    struct pcie_message message = {.kind = PCIE_INVALIDATE_COMPLETION,
                                   .device_id = device->requester_id,
                                   .itag = device->exerciser.fake_itags,
                                   .completion_count = device->exerciser.fake_upper & 7u,
                                   .agent_id = (uint16_t)(device->exerciser.fake_upper >> 16)};
    pd_post_message(device, &message, false);
}

static void forget_tag(struct pasid_device *device, uint32_t n)
{
    for (uint32_t i = 0; i < PD_TLPS; i++) {
        struct pd_tlp *tlp = &device->tlps.all[i];
        if (tlp->state == PD_TLP_SENT && !tlp->posted && !tlp->orphan && tlp->request.id == n)
            tlp->deadline = 1; /* gone by at the next edge; 0 would say that the completion has come */
    }
}

static void arm_hooks(struct pasid_device *device)
{
    device->exerciser.hooks = 0;
    for (uint32_t n = 0; n < PD_N_HOOK; n++)
        device->exerciser.hooks |= (uint32_t)pd_get(&device->bar4, PD_HOOK_ENABLE, n * PD_STRIDE_HOOK) << n;
}

static void write_dword(struct pasid_device *device, uint32_t offset, uint32_t value)
{
    struct pd_exerciser *x = &device->exerciser;
    if (offset == PD_AT_XKEY)
        try_key(device, value);
    if (!x->unlocked)
        return;
    pd_regs_write(&device->bar4, offset, 4, value);
    if (within(offset, PD_AT_SLOT, PD_N_SLOT * PD_STRIDE_SLOT) && (offset - PD_AT_SLOT) % PD_STRIDE_SLOT == 0 && (value & 1u))
        pd_slot_go(device, (offset - PD_AT_SLOT) / PD_STRIDE_SLOT);
    else if (within(offset, PD_AT_HOOK, PD_N_HOOK * PD_STRIDE_HOOK))
        arm_hooks(device);
    else if (within(offset, PD_AT_ATC, PD_N_ATC * PD_STRIDE_ATC) && (offset - PD_AT_ATC) % PD_STRIDE_ATC == 28u)
        store_atc(device, (offset - PD_AT_ATC) / PD_STRIDE_ATC);
    else if (within(offset, PD_AT_PRG, PD_N_PRG * PD_STRIDE_PRG))
        device->pri.group[(offset - PD_AT_PRG) / PD_STRIDE_PRG].forgotten = true;
    else if (within(offset, PD_AT_TAGS, PD_N_TAGS * PD_STRIDE_TAGS))
        forget_tag(device, (offset - PD_AT_TAGS) / PD_STRIDE_TAGS);
    else if (within(offset, PD_AT_ARM, 0x80))
        pd_arm_write(device, offset - PD_AT_ARM, value);
    switch (offset) {
    case PD_AT_INVREL:
        release(device, value);
        break;
    case PD_AT_INVFAKE:
        x->fake_itags = value;
        break;
    case PD_AT_INVFAKE + 4:
        x->fake_upper = value;
        fake(device);
        break;
    case PD_AT_PRGREL:
        if (value & 1u)
            pd_pri_release_held(device);
        break;
    case PD_AT_CPLHOLD:
        pd_completions_unhold(device);
        break;
    default:
        break;
    }
}

void pd_exerciser_write(struct pasid_device *device, uint32_t offset, uint32_t bytes, uint64_t value)
{
    for (uint32_t i = 0; i < bytes; i += 4)
        write_dword(device, offset + i, (uint32_t)(value >> 8u * i));
    pd_kick(device);
}
