/* SPDX-License-Identifier: BSD-2-Clause */
/* Registers by name, bring-up and GCMD commands. */
#include "build/vt_internal.h"

#include <string.h>

/* Blocks whose place CAP and ECAP give; everything else has a fixed offset in the register table. */
uint64_t vt_offset(const char *reg)
{
    return spec_reg_field(reg, NULL)->offset;
}

static uint64_t placed_offset(struct test *t, const char *reg)
{
    if (reg[0] != 'I' || (strcmp(reg, "IVA_REG") && strcmp(reg, "IOTLB_REG")))
        return vt_offset(reg);
    return vt_ecap(t, "IRO") * 16 + (reg[1] == 'O' ? 8 : 0);
}

uint64_t vt_reg(struct test *t, const char *reg)
{
    if (spec_reg_field(reg, NULL)->width == 32)
        return reg_read32(t, placed_offset(t, reg));
    return reg_read64(t, placed_offset(t, reg));
}

void vt_reg_set(struct test *t, const char *reg, uint64_t value)
{
    if (spec_reg_field(reg, NULL)->width == 32)
        reg_write32(t, placed_offset(t, reg), (uint32_t)value);
    else
        reg_write64(t, placed_offset(t, reg), value);
}

uint64_t vt_field(struct test *t, const char *reg, const char *field)
{
    uint64_t value = vt_reg(t, reg);

    return spec_get(spec_reg_field(reg, field), &value);
}

uint64_t vt_cap(struct test *t, const char *field)
{
    uint64_t value = reg_read64(t, vt_offset("CAP_REG"));

    return spec_get(spec_reg_field("CAP_REG", field), &value);
}

uint64_t vt_ecap(struct test *t, const char *field)
{
    uint64_t value = reg_read64(t, vt_offset("ECAP_REG"));

    return spec_get(spec_reg_field("ECAP_REG", field), &value);
}

uint64_t vt_ver(struct test *t)
{
    return vt_field(t, "VER_REG", "MAX");
}

uint64_t vt_reg_bits(const char *reg, const char *field, uint64_t value)
{
    uint64_t word = 0;

    spec_set(spec_reg_field(reg, field), &word, value);
    return word;
}

bool vt_has_mode(struct test *t, enum vt_mode mode)
{
    return mode == VT_LEGACY || vt_ecap(t, "SMTS") != 0;
}

/* GSTS names of the GCMD fields: level bits and one-shots alike sit at the same bit position. */
static const struct {
    const char *command, *status;
    bool one_shot;
} commands[] = {
    {"TE", "TES", false},   {"SRTP", "RTPS", true},   {"QIE", "QIES", false}, {"WBF", "WBFS", true},
    {"IRE", "IRES", false}, {"SIRTP", "IRTPS", true}, {"CFI", "CFIS", false},
};

/* 11.4.4.1 Global Command Register: one field at a time, the other level bits repeated from GSTS without the one-shots. */
bool vt_command(struct vt *vt, const char *field, bool on)
{
    struct test *t = vt->t;
    uint64_t bit = vt_reg_bits("GCMD_REG", field, 1);
    uint64_t one_shots = vt_reg_bits("GCMD_REG", "SRTP", 1) | vt_reg_bits("GCMD_REG", "WBF", 1) |
                         vt_reg_bits("GCMD_REG", "SIRTP", 1) | vt_reg_bits("GCMD_REG", "SFL", 1);
    uint64_t wanted = (vt_reg(t, "GSTS_REG") & ~one_shots) & ~bit;
    size_t i;

    for (i = 0; i < sizeof commands / sizeof commands[0] && strcmp(commands[i].command, field); i++)
        ;
    if (i == sizeof commands / sizeof commands[0])
        test_abort(t, "no GCMD field %s", field);
    vt_reg_set(t, "GCMD_REG", wanted | (on ? bit : 0));
    test_settle(t);
    if (!strcmp(field, "WBF"))
        return vt_field(t, "GSTS_REG", "WBFS") == 0;
    return vt_field(t, "GSTS_REG", commands[i].status) == (on ? 1u : 0u);
}

void vt_flush_writes(struct vt *vt)
{
    if (vt_cap(vt->t, "RWBF"))
        vt_command(vt, "WBF", true);
}

uint64_t vt_rtaddr(const struct vt *vt, enum vt_mode mode)
{
    return vt->root | vt_reg_bits("RTADDR_REG", "TTM", (uint64_t)mode) | vt_reg_bits("RTADDR_REG", "SSIRWE", vt->config.ssirwe);
}

bool vt_set_root(struct vt *vt, uint64_t rtaddr)
{
    vt_reg_set(vt->t, "RTADDR_REG", rtaddr);
    return vt_command(vt, "SRTP", true);
}

static void queue_open(struct vt *vt)
{
    struct test *t = vt->t;
    bool wide = vt->config.mode == VT_SCALABLE || (vt_ecap(t, "SMTS") && !vt->config.narrow_queue);

    if (!vt_ecap(t, "QI") || vt->config.no_queue)
        return;
    vt->descriptor_bytes = wide ? 32 : 16;
    vt->queue_bytes = UINT64_C(4096) << vt->config.queue_lg2_pages;
    vt->queue = mem_alloc(t, vt->queue_bytes, 4096);
    vt_reg_set(t, "IQT_REG", 0);
    vt_reg_set(t, "IQA_REG",
               vt->queue | vt_reg_bits("IQA_REG", "DW", wide) | vt_reg_bits("IQA_REG", "QS", vt->config.queue_lg2_pages));
    vt->queue_tail = 0;
    vt->queue_on = vt_command(vt, "QIE", true);
    if (!vt->queue_on)
        test_note(t, "GSTS.QIES did not follow GCMD.QIE");
}

void vt_open(struct vt *vt, struct test *t, const struct vt_config *config)
{
    memset(vt, 0, sizeof *vt);
    vt->t = t;
    vt->config = *config;
    if (!vt_has_mode(t, config->mode))
        test_skip(t, "ECAP.SMTS is 0: no scalable mode");
    vt->cap = reg_read64(t, vt_offset("CAP_REG"));
    vt->ecap = reg_read64(t, vt_offset("ECAP_REG"));
    vt->ver_max = (uint32_t)vt_ver(t);
    vt->haw = test_desc(t)->host_address_bits;
    vt->guest_next = UINT64_C(0x40000000);
    vt->root = config->root_fixed ? config->root_fixed : mem_alloc(t, 4096, 4096);
    vt->status = mem_alloc(t, 4096, 4096);
    queue_open(vt);
    if (!vt_set_root(vt, vt_rtaddr(vt, config->mode)))
        test_note(t, "GSTS.RTPS did not follow GCMD.SRTP");
    vt_invalidate_all(vt);
    if (!config->stay_off && !vt_command(vt, "TE", true))
        test_note(t, "GSTS.TES did not follow GCMD.TE");
}

void vt_open_mode(struct vt *vt, struct test *t, enum vt_mode mode)
{
    struct vt_config config = {.mode = mode};

    vt_open(vt, t, &config);
}
