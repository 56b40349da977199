/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ep_regs.c - registers of an endpoint by name, and the enables that the monitors have to know.
 */
#include "build/ep.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RELAXED 4u
#define NO_SNOOP 11u

/* ---- capabilities ---- */

/* Where the tables have the capability and how long it is; `member`: its offset in struct ep. */
static const struct {
    uint32_t id, from, bytes;
    bool extended;
    size_t member;
} capabilities[] = {
    {0x10, 0x40, 0x3c, false, offsetof(struct ep, pcie)},    {0x11, 0x80, 0x0c, false, offsetof(struct ep, msix)},
    {0x01, 0x90, 0x08, false, offsetof(struct ep, pm)},      {0x0001, 0x100, 0x48, true, offsetof(struct ep, aer)},
    {0x0023, 0x160, 0x20, true, offsetof(struct ep, dvsec)}, {0x000f, 0x220, 0x08, true, offsetof(struct ep, ats)},
    {0x001b, 0x230, 0x08, true, offsetof(struct ep, pasid)}, {0x0013, 0x240, 0x10, true, offsetof(struct ep, pri)},
};
#define CAPABILITY_COUNT (sizeof(capabilities) / sizeof(capabilities[0]))

static uint32_t *place(struct ep *ep, size_t n)
{
    return (uint32_t *)(void *)((char *)ep + capabilities[n].member);
}

static void found(struct ep *ep, bool extended, uint32_t id, uint32_t at)
{
    for (size_t n = 0; n < CAPABILITY_COUNT; n++)
        if (capabilities[n].extended == extended && capabilities[n].id == id && !*place(ep, n))
            *place(ep, n) = at;
}

static void find_capabilities(struct ep *ep)
{
    uint32_t at = config_read(ep->t, 0x34, 1) & 0xfc;

    for (uint32_t steps = 0; at >= 0x40 && steps < 48; steps++) {
        uint32_t header = config_read(ep->t, at, 4);

        found(ep, false, header & 0xff, at);
        at = header >> 8 & 0xfc;
    }
    at = 0x100;
    for (uint32_t steps = 0; at >= 0x100 && steps < 960; steps++) {
        uint32_t header = config_read(ep->t, at, 4);

        if (header && header != UINT32_MAX)
            found(ep, true, header & 0xffff, at);
        at = header >> 20 & 0xffc;
    }
}

uint32_t ep_offset(const struct ep *ep, const char *reg)
{
    uint32_t offset = (uint32_t)spec_reg_field(reg, NULL)->offset;

    for (size_t n = 0; n < CAPABILITY_COUNT; n++) {
        uint32_t base = *place((struct ep *)ep, n);

        if (offset < capabilities[n].from || offset >= capabilities[n].from + capabilities[n].bytes)
            continue;
        if (!base)
            test_skip(ep->t, "needs %s, whose capability this endpoint does not have", reg);
        return base + (offset - capabilities[n].from);
    }
    return offset;
}

/* ---- access ---- */

static uint32_t bar_of(const char *reg)
{
    return strncmp(reg, "BAR4", 4) == 0 ? 4 : 0;
}

static bool is_config(const char *reg)
{
    return strncmp(reg, "CFG_", 4) == 0;
}

uint64_t ep_read(struct ep *ep, const char *reg)
{
    const struct spec_field *field = spec_reg_field(reg, NULL);
    uint32_t offset;
    uint64_t value;

    if (!is_config(reg)) {
        (void)bar_read(ep->t, bar_of(reg), field->offset, field->width / 8, &value);
        return value;
    }
    offset = ep_offset(ep, reg);
    value = config_read(ep->t, offset, 4);
    if (field->width == 64)
        value |= (uint64_t)config_read(ep->t, offset + 4, 4) << 32;
    return value;
}

/* What of a configuration write the monitors have to know. */
static void noted(struct ep *ep)
{
    uint32_t control = ep->pasid ? config_read(ep->t, ep->pasid + 6, 2) : 0;
    uint32_t device = ep->pcie ? config_read(ep->t, ep->pcie + 8, 2) : 0;
    bool was_on = ep->ats_on;

    ep->bme = config_read(ep->t, 0x04, 2) & 4;
    ep->ats_on = ep->ats && config_read(ep->t, ep->ats + 6, 2) & 0x8000;
    ep->pri_on = ep->pri && config_read(ep->t, ep->pri + 4, 2) & 1;
    ep->allocation = ep->pri ? config_read(ep->t, ep->pri + 12, 4) : 0;
    ep->pasid_on = control & 1;
    ep->exec_on = control & 2;
    ep->priv_on = control & 4;
    ep->tpasid_on = control & 8;
    ep->relaxed_on = device >> RELAXED & 1;
    ep->no_snoop_on = device >> NO_SNOOP & 1;
    ep->ido_on = ep->pcie && config_read(ep->t, ep->pcie + 0x28, 2) & 0x100;
    if (was_on && !ep->ats_on)
        ep_kill_grants(ep, EP_DISABLED);
}

void ep_forget_enables(struct ep *ep)
{
    noted(ep);
}

static void write_config(struct ep *ep, uint32_t offset, uint32_t bytes, uint32_t value)
{
    (void)trace_mark(ep->t); /* what was sent before is judged by the enables of before */
    config_write(ep->t, offset, bytes, value);
    noted(ep);
}

void ep_write(struct ep *ep, const char *reg, uint64_t value)
{
    const struct spec_field *field = spec_reg_field(reg, NULL);

    if (!is_config(reg)) {
        bar_write(ep->t, bar_of(reg), field->offset, &value, field->width / 8);
        return;
    }
    write_config(ep, ep_offset(ep, reg), 4, (uint32_t)value);
    if (field->width == 64)
        write_config(ep, ep_offset(ep, reg) + 4, 4, (uint32_t)(value >> 32));
}

uint64_t ep_get(struct ep *ep, const char *reg, const char *field)
{
    uint64_t value = ep_read(ep, reg);

    return spec_get(spec_reg_field(reg, field), &value);
}

static bool is_sticky(const struct spec_field *field)
{
    return strncmp(field->access, "RW1C", 4) == 0;
}

/* Bits of RW1C fields are written as 0, so that only the field asked for changes. */
static uint64_t without_others(const char *reg, const struct spec_field *field, uint64_t value)
{
    const struct spec_field *other;

    for (size_t n = 0; (other = spec_reg_field_at(reg, n)) != NULL; n++)
        if (other != field && is_sticky(other))
            value &= ~spec_mask(other);
    return value;
}

void ep_set(struct ep *ep, const char *reg, const char *name, uint64_t value)
{
    const struct spec_field *field = spec_reg_field(reg, name);
    uint64_t whole = without_others(reg, field, ep_read(ep, reg));
    uint32_t half;

    spec_set(field, &whole, value);
    half = field->lo / 16;
    if (is_config(reg) && field->width == 32 && field->hi / 16 == half)
        write_config(ep, ep_offset(ep, reg) + 2 * half, 2, (uint32_t)(whole >> 16 * half) & 0xffff);
    else
        ep_write(ep, reg, whole);
}

uint64_t ep_bits(const char *structure, const char *name, uint64_t value)
{
    const struct spec_field *field = spec_struct_field(structure, name);

    return value << field->lo & spec_mask(field);
}

/* ---- instances of a register, `at` bytes behind the first ---- */

uint64_t ep_reg_bits(const char *reg, const char *name, uint64_t value)
{
    const struct spec_field *field = spec_reg_field(reg, name);

    return value << field->lo & spec_mask(field);
}

uint64_t ep_read_at(struct ep *ep, const char *reg, uint32_t at)
{
    const struct spec_field *field = spec_reg_field(reg, NULL);
    uint64_t value = 0;

    (void)bar_read(ep->t, bar_of(reg), field->offset + at, field->width / 8, &value);
    return value;
}

void ep_write_at(struct ep *ep, const char *reg, uint32_t at, uint64_t value)
{
    const struct spec_field *field = spec_reg_field(reg, NULL);

    bar_write(ep->t, bar_of(reg), field->offset + at, &value, field->width / 8);
}

uint64_t ep_get_at(struct ep *ep, const char *reg, uint32_t at, const char *name)
{
    uint64_t value = ep_read_at(ep, reg, at);

    return spec_get(spec_reg_field(reg, name), &value);
}

uint64_t ep_bar0_read(struct ep *ep, uint64_t offset, uint32_t bytes)
{
    uint64_t value;

    (void)bar_read(ep->t, 0, offset, bytes, &value);
    return value;
}

void ep_bar0_write(struct ep *ep, uint64_t offset, uint32_t bytes, uint64_t value)
{
    bar_write(ep->t, 0, offset, &value, bytes);
}

uint64_t ep_counter(struct ep *ep, uint32_t n)
{
    return ep_bar0_read(ep, 0x1000 + 8 * n, 8);
}

/* ---- bringing up ---- */

void ep_ats(struct ep *ep, bool on)
{
    ep_set(ep, "CFG_ATS_CTL", "ENABLE", on);
}

void ep_pasid(struct ep *ep, bool on, bool execute, bool privileged)
{
    write_config(ep, ep_offset(ep, "CFG_PASID_CTL") + 2, 2, on | (uint32_t)execute << 1 | (uint32_t)privileged << 2);
}

void ep_pri(struct ep *ep, uint32_t allocation)
{
    uint32_t control = ep_offset(ep, "CFG_PRI_CTL");

    write_config(ep, control, 2, 0);
    if (!allocation)
        return;
    write_config(ep, control, 2, 2);
    write_config(ep, control + 8, 4, allocation);
    write_config(ep, control, 2, 1);
}

void ep_all(struct ep *ep)
{
    if (ep->pasid)
        ep_pasid(ep, true, true, true);
    if (ep->ats)
        ep_ats(ep, true);
    if (ep->pri)
        ep_pri(ep, (uint32_t)ep_read(ep, "CFG_PRI_CAPACITY"));
}

void ep_restore(struct ep *ep)
{
    for (uint32_t i = 0; i < 6; i += 2) {
        if (!ep->bar[i])
            continue;
        config_write(ep->t, 0x10 + 4 * i, 4, (uint32_t)ep->bar[i]);
        config_write(ep->t, 0x14 + 4 * i, 4, (uint32_t)(ep->bar[i] >> 32));
    }
    ep->after_flr = false;
    write_config(ep, 0x04, 2, 6);
}

void ep_flr(struct ep *ep)
{
    uint32_t control = ep_offset(ep, "CFG_PCIE_DEVCTL");
    uint32_t value = config_read(ep->t, control, 2);

    (void)trace_mark(ep->t);
    ep->after_flr = true;
    ep_kill_grants(ep, EP_RESET);
    config_write(ep->t, control, 2, value | 0x8000);
    noted(ep);
    for (uint32_t i = 0; i < 512; i++)
        ep->groups[i].outstanding = false;
    for (uint32_t i = 0; i < 32; i++) {
        ep->invalidations[i].reset = ep->invalidations[i].outstanding;
        ep->invalidations[i].outstanding = false;
    }
    ep->page_messages = 0;
    ep->stopped_count = 0;
    memset(ep->outstanding, 0, sizeof(ep->outstanding));
    ep->outstanding_count = 0;
}

void ep_open(struct ep *ep, struct test *t)
{
    const struct iotb_desc *desc = test_desc(t);

    *ep = (struct ep){.t = t,
                      .rid = desc->requester_ids[0],
                      .agent_id = 0x0008,
                      .next_va = 0x0000456700000000ull,
                      .page_rights = EP_RW | EP_X,
                      .pages = EP_PAGES_HOLD};
    test_carry(t, EP_MONITORED);
    find_capabilities(ep);
    ep->product = ep->dvsec && ep_get(ep, "CFG_DVSEC_H1", "VENDOR") == 0x1234 && ep_get(ep, "CFG_DVSEC_H2", "ID") == 1;
    for (uint32_t i = 0; i < 6; i += 2) {
        uint32_t low = config_read(t, 0x10 + 4 * i, 4);

        if ((low & 7) == 4)
            ep->bar[i] = 0x0000300000000000ull + ((uint64_t)i << 32);
    }
    test_on_tlp(t, ep_on_tlp, ep_on_message, ep);
    ep_restore(ep);
    ep->width = ep->pasid ? (uint32_t)ep_get(ep, "CFG_PASID_CTL", "WIDTH") : 0;
}

/* ---- closing ---- */

static const char *still_open(struct ep *ep)
{
    static char text[96];

    for (uint32_t i = 0; i < 32; i++)
        if (ep->invalidations[i].outstanding) {
            snprintf(text, sizeof(text), "the invalidation with ITag %u was never completed", i);
            return text;
        }
    return NULL;
}

void ep_close(struct ep *ep)
{
    const char *open;

    for (uint32_t i = 0; i < ep->rule_count; i++)
        ep_release(ep, i + 1);
    ep->delay_min_ps = ep->delay_max_ps = 0;
    if (!test_settle(ep->t))
        test_hang(ep->t, "the endpoint does not come to rest");
    for (uint32_t i = 0; i < 512; i++)
        if (ep->groups[i].outstanding && ep->groups[i].last_seen)
            ep_respond(ep, i, 1);
    if (!test_settle(ep->t))
        test_hang(ep->t, "the endpoint does not come to rest");
    open = still_open(ep);
    if (open)
        test_hang(ep->t, "%s", open);
    for (uint32_t i = 0; i < 512; i++)
        if (ep->groups[i].outstanding)
            test_hang(ep->t, "page request group %u never got its last message", i);
    test_on_tlp(ep->t, NULL, NULL, NULL);
    free(ep->log);
    free(ep->grants);
    ep->log = NULL;
    ep->grants = NULL;
}
