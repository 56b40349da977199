/* SPDX-License-Identifier: BSD-2-Clause */
/* Registers by name, bring-up, CR0 and GBPA, global errors, interrupts. */
#include "build/sm_internal.h"

#include <stdio.h>
#include <string.h>

uint64_t sm_offset(const char *reg)
{
    return spec_reg_field(reg, NULL)->offset;
}

uint64_t sm_reg(struct test *t, const char *reg)
{
    return spec_reg_field(reg, NULL)->width == 32 ? reg_read32(t, sm_offset(reg)) : reg_read64(t, sm_offset(reg));
}

void sm_reg_set(struct test *t, const char *reg, uint64_t value)
{
    if (spec_reg_field(reg, NULL)->width == 32)
        reg_write32(t, sm_offset(reg), (uint32_t)value);
    else
        reg_write64(t, sm_offset(reg), value);
}

uint64_t sm_field(struct test *t, const char *reg, const char *field)
{
    uint64_t value = sm_reg(t, reg);

    return spec_get(spec_reg_field(reg, field), &value);
}

uint64_t sm_reg_bits(const char *reg, const char *field, uint64_t value)
{
    uint64_t word = 0;

    spec_set(spec_reg_field(reg, field), &word, value);
    return word;
}

void sm_field_set(struct test *t, const char *reg, const char *field, uint64_t value)
{
    uint64_t word = sm_reg(t, reg);

    spec_set(spec_reg_field(reg, field), &word, value);
    sm_reg_set(t, reg, word);
}

uint64_t sm_idr(struct test *t, uint32_t n, const char *field)
{
    static const char *const names[] = {"SMMU_IDR0", "SMMU_IDR1", "SMMU_IDR2", "SMMU_IDR3",
                                        "SMMU_IDR4", "SMMU_IDR5", "SMMU_IDR6"};

    if (n >= sizeof names / sizeof names[0])
        test_abort(t, "no SMMU_IDR%u", n);
    return sm_field(t, names[n], field);
}

uint32_t sm_minor(struct test *t)
{
    return (uint32_t)sm_field(t, "SMMU_AIDR", "ArchMinorRev");
}

static const uint32_t sizes[] = {32, 36, 40, 42, 44, 48, 52, 56}; /* 6.3.6 SMMU_IDR5.OAS */

uint32_t sm_size_bits(uint32_t code)
{
    return sizes[code & 7];
}

uint32_t sm_size_code(uint32_t bits)
{
    uint32_t code = 7;

    while (code > 0 && sizes[code] > bits)
        code--;
    return code;
}

uint32_t sm_oas_bits(struct test *t)
{
    return sm_size_bits((uint32_t)sm_idr(t, 5, "OAS"));
}

uint32_t sm_ias_bits(struct test *t)
{
    uint64_t ttf = sm_idr(t, 0, "TTF");
    uint32_t oas = ttf & 2 ? sm_oas_bits(t) : 0;

    return ttf & 1 && oas < 40 ? 40 : oas;
}

/* ---- CR0 ---- */

void sm_enable_start(struct sm *sm, const char *field, uint64_t value)
{
    sm_field_set(sm->t, "SMMU_CR0", field, value);
}

bool sm_enable(struct sm *sm, const char *field, uint64_t value)
{
    sm_enable_start(sm, field, value);
    test_settle(sm->t);
    return sm_field(sm->t, "SMMU_CR0ACK", field) == value;
}

bool sm_gbpa(struct sm *sm, uint32_t value)
{
    sm_reg_set(sm->t, "SMMU_GBPA", value | sm_reg_bits("SMMU_GBPA", "Update", 1));
    test_settle(sm->t);
    return sm_field(sm->t, "SMMU_GBPA", "Update") == 0;
}

/* ---- bring-up ---- */

static uint32_t log2_of_count(uint32_t value) /* bits that number values below and at `value` */
{
    uint32_t bits = 0;

    while (bits < 32 && value >> bits)
        bits++;
    return bits;
}

static void choose_stream_table(struct sm *sm)
{
    const struct sm_config *c = &sm->config;
    bool can = sm_idr(sm->t, 0, "ST_LEVEL") == 1;
    uint32_t need = 0;

    for (uint32_t n = 0; n < sm_sid_count(sm); n++)
        if (log2_of_count(sm_sid(sm, n)) > need)
            need = log2_of_count(sm_sid(sm, n));
    sm->strtab_log2size = c->log2size ? c->log2size : need;
    sm->two_level = c->format == SM_TWO_LEVEL || (c->format == SM_FORMAT_ANY && can && sm->strtab_log2size > 8);
    if (sm->two_level && !can)
        test_skip(sm->t, "IDR0.ST_LEVEL is 0: no two-level stream table");
    sm->split = c->split ? c->split : 8;
}

static void make_stream_table(struct sm *sm)
{
    uint32_t log2size = sm->strtab_log2size < sm->sid_bits ? sm->strtab_log2size : sm->sid_bits;
    uint32_t level1 = log2size > sm->split ? log2size - sm->split : 0;
    uint64_t bytes = sm->two_level ? UINT64_C(8) << level1 : UINT64_C(64) << log2size;

    sm->strtab = mem_alloc(sm->t, bytes < 64 ? 64 : bytes, bytes < 64 ? 64 : bytes);
}

static uint32_t queue_size(struct sm *sm, uint32_t wanted, const char *limit)
{
    uint32_t most = (uint32_t)sm_idr(sm->t, 1, limit);

    wanted = wanted ? wanted : 8;
    return wanted < most ? wanted : most;
}

static uint64_t queue_memory(struct sm *sm, uint32_t log2size, uint32_t entry_bytes)
{
    uint64_t bytes = (uint64_t)entry_bytes << log2size;

    return mem_alloc(sm->t, bytes, bytes < 32 ? 32 : bytes);
}

static void program_tables(struct sm *sm)
{
    struct test *t = sm->t;

    sm_reg_set(t, "SMMU_CR1",
               sm_reg_bits("SMMU_CR1", "TABLE_SH", 3) | sm_reg_bits("SMMU_CR1", "TABLE_OC", 1) |
                   sm_reg_bits("SMMU_CR1", "TABLE_IC", 1) | sm_reg_bits("SMMU_CR1", "QUEUE_SH", 3) |
                   sm_reg_bits("SMMU_CR1", "QUEUE_OC", 1) | sm_reg_bits("SMMU_CR1", "QUEUE_IC", 1));
    sm_reg_set(t, "SMMU_CR2",
               sm_reg_bits("SMMU_CR2", "PTM", sm_idr(t, 0, "BTM")) |
                   sm_reg_bits("SMMU_CR2", "RECINVSID", !sm->config.no_recinvsid) |
                   sm_reg_bits("SMMU_CR2", "E2H", sm->config.e2h && sm_idr(t, 0, "Hyp")));
    sm_reg_set(t, "SMMU_STRTAB_BASE", sm_reg_bits("SMMU_STRTAB_BASE", "RA", 1) | sm->strtab);
    sm_reg_set(t, "SMMU_STRTAB_BASE_CFG",
               sm_reg_bits("SMMU_STRTAB_BASE_CFG", "FMT", sm->two_level) |
                   sm_reg_bits("SMMU_STRTAB_BASE_CFG", "SPLIT", sm->two_level ? sm->split : 0) |
                   sm_reg_bits("SMMU_STRTAB_BASE_CFG", "LOG2SIZE", sm->strtab_log2size));
}

static void program_queues(struct sm *sm)
{
    struct test *t = sm->t;

    sm_reg_set(t, "SMMU_CMDQ_BASE",
               sm_reg_bits("SMMU_CMDQ_BASE", "RA", 1) | sm->cmdq | sm_reg_bits("SMMU_CMDQ_BASE", "LOG2SIZE", sm->cmdq_log2size));
    sm_reg_set(t, "SMMU_CMDQ_PROD", 0);
    sm_reg_set(t, "SMMU_CMDQ_CONS", 0);
    sm_reg_set(t, "SMMU_EVENTQ_BASE",
               sm_reg_bits("SMMU_EVENTQ_BASE", "WA", 1) | sm->eventq |
                   sm_reg_bits("SMMU_EVENTQ_BASE", "LOG2SIZE", sm->eventq_log2size));
    sm_reg_set(t, "SMMU_EVENTQ_PROD", 0);
    sm_reg_set(t, "SMMU_EVENTQ_CONS", 0);
    sm->cmdq_prod = 0;
    sm->eventq_cons = 0;
}

/* 3.11: registers with everything off, then queues, invalidation, and last the SMMU itself. */
static bool start(struct sm *sm)
{
    bool ok;

    program_tables(sm);
    program_queues(sm);
    sm_reg_set(sm->t, "SMMU_IRQ_CTRL", 0);
    ok = sm_enable(sm, "CMDQEN", 1);
    ok &= sm_invalidate_all(sm);
    if (!sm->config.no_eventq)
        ok &= sm_enable(sm, "EVENTQEN", 1);
    if (sm->config.vmw && sm_idr(sm->t, 0, "VMW"))
        ok &= sm_enable(sm, "VMW", sm->config.vmw);
    if (!sm->config.stay_off)
        ok &= sm_enable(sm, "SMMUEN", 1);
    return ok;
}

void sm_make_stream_table(struct sm *sm)
{
    choose_stream_table(sm);
    make_stream_table(sm);
}

void sm_open(struct sm *sm, struct test *t, const struct sm_config *config)
{
    memset(sm, 0, sizeof *sm);
    sm->t = t;
    if (config)
        sm->config = *config;
    sm->minor = sm_minor(t);
    sm->oas_bits = sm_oas_bits(t);
    sm->ias_bits = sm_ias_bits(t);
    sm->stall_model = (uint32_t)sm_idr(t, 0, "STALL_MODEL");
    sm->ssid_bits = (uint32_t)sm_idr(t, 1, "SSIDSIZE");
    sm->sid_bits = (uint32_t)sm_idr(t, 1, "SIDSIZE");
    sm->guest_next = UINT64_C(0x90000000);
    if (sm->config.e2h && !sm_idr(t, 0, "Hyp"))
        test_skip(t, "IDR0.Hyp is 0: no EL2 streams");
    sm_make_stream_table(sm);
    sm->cmdq_log2size = queue_size(sm, sm->config.cmdq_log2size, "CMDQS");
    sm->eventq_log2size = queue_size(sm, sm->config.eventq_log2size, "EVENTQS");
    sm->cmdq = queue_memory(sm, sm->cmdq_log2size, SM_COMMAND_BYTES);
    sm->eventq = queue_memory(sm, sm->eventq_log2size, SM_EVENT_BYTES);
    sm->msi = mem_alloc(t, 4096, 4096);
    if (!start(sm))
        test_note(t, "the bring-up was not acknowledged: CR0ACK=0x%llx", (unsigned long long)sm_reg(t, "SMMU_CR0ACK"));
}

bool sm_restart(struct sm *sm)
{
    struct test *t = sm->t;

    sm_reg_set(t, "SMMU_CR0", 0);
    test_settle(t);
    sm_reg_set(t, "SMMU_IRQ_CTRL", 0);
    test_settle(t);
    sm_reg_set(t, "SMMU_GERRORN", sm_reg(t, "SMMU_GERROR"));
    return start(sm);
}

/* ---- global errors ---- */

bool sm_gerror_active(struct sm *sm, const char *field)
{
    return sm_field(sm->t, "SMMU_GERROR", field) != sm_field(sm->t, "SMMU_GERRORN", field);
}

void sm_gerror_ack(struct sm *sm, const char *field)
{
    sm_field_set(sm->t, "SMMU_GERRORN", field, sm_field(sm->t, "SMMU_GERROR", field));
}

/* ---- interrupts ---- */

static const char *source_name(char *name, size_t bytes, const char *source, const char *what)
{
    snprintf(name, bytes, "SMMU_%s_IRQ_%s", source, what);
    return name;
}

bool sm_irq_enable(struct sm *sm, const char *source, bool on)
{
    char field[32];

    snprintf(field, sizeof field, "%s_IRQEN", source);
    sm_field_set(sm->t, "SMMU_IRQ_CTRL", field, on);
    test_settle(sm->t);
    return sm_field(sm->t, "SMMU_IRQ_CTRLACK", field) == on;
}

bool sm_irq_open(struct sm *sm, const char *source, uint64_t address, uint32_t data)
{
    char name[48];

    sm_reg_set(sm->t, source_name(name, sizeof name, source, "CFG0"), address);
    sm_reg_set(sm->t, source_name(name, sizeof name, source, "CFG1"), data);
    source_name(name, sizeof name, source, "CFG2");
    sm_reg_set(sm->t, name, sm_reg_bits(name, "SH", 3) | sm_reg_bits(name, "MemAttr", 0xf));
    return sm_irq_enable(sm, source, true);
}

/* Interrupts that came in before somebody asked for their address. */
static bool kept_interrupt(struct sm *sm, uint64_t address, uint32_t *data)
{
    struct iotb_interrupt interrupt;

    while (sm->kept_count < SM_KEPT_MAX && interrupt_take(sm->t, IOTB_IRQ_EVENT, &interrupt))
        sm->kept[sm->kept_count++] = (struct sm_message){interrupt.address, interrupt.data};
    for (uint32_t i = 0; i < sm->kept_count; i++) {
        if (sm->kept[i].address != address)
            continue;
        *data = sm->kept[i].data;
        sm->kept_count--;
        memmove(&sm->kept[i], &sm->kept[i + 1], (sm->kept_count - i) * sizeof sm->kept[0]);
        return true;
    }
    return false;
}

bool sm_msi_take(struct sm *sm, uint64_t address, uint32_t *data)
{
    uint32_t word;

    if (kept_interrupt(sm, address, data))
        return true;
    word = mem_exists(sm->t, address, 4) ? mem_read32(sm->t, address) : 0;
    if (!word)
        return false;
    mem_write32(sm->t, address, 0);
    *data = word;
    return true;
}
