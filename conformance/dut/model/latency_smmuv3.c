/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * latency_smmuv3.c - the SMMUv3 model under load: stage 1, four levels of the 4 KiB granule, a linear Stream table.
 */
#include "dut/model/latency_model.h"

#include "smmuv3/smmuv3.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CMDQ UINT64_C(0x3000) /* one page: 256 commands */
#define MSI UINT64_C(0x4000)
#define LEVEL0 UINT64_C(0x5000)
#define LEVEL1 UINT64_C(0x6000)
#define LEVEL2 UINT64_C(0x7000) /* a GiB: LATENCY_PAGES_MAX */
#define CDS UINT64_C(0x8000)
#define EVENTQ UINT64_C(0x9000)
#define STRTAB UINT64_C(0x10000) /* 512 STEs */
#define LEVEL3 UINT64_C(0x100000)
#define ASID UINT64_C(1)
#define OTHER_ASID UINT64_C(2)

/* 6.1 Register map */
enum { CR0 = 0x20, CR0ACK = 0x24, CR1 = 0x28, STRTAB_BASE = 0x80, STRTAB_BASE_CFG = 0x88, CMDQ_BASE = 0x90, CMDQ_PROD = 0x98 };
enum { EVENTQ_BASE = 0xa0 };
#define CR0_ON 0xdu       /* CMDQEN, EVENTQEN, SMMUEN */
#define CR1_CACHED 0xd75u /* tables and queues: write-back, Inner Shareable */
#define COMMANDS_LG2 8u

struct unit {
    struct smmuv3 *smmu;
    struct memory *memory;
    uint32_t prod; /* with the wrap bit */
};

/* ---- tables ---- */

static bool put(const struct unit *unit, uint64_t address, uint64_t value)
{
    uint8_t bytes[8];

    store_le64(bytes, value);
    return memory_write(unit->memory, address, bytes, sizeof(bytes));
}

static bool put_all(const struct unit *unit, uint64_t address, const uint64_t *words, size_t count)
{
    bool ok = true;

    for (size_t i = 0; ok && i < count; i++)
        ok = put(unit, address + i * 8u, words[i]);
    return ok;
}

/* 5.2, 5.4: stage 1 alone, without substreams; T0SZ 16, EPD1, an IPS of 40 bits. */
static bool configure(const struct unit *unit)
{
    const uint64_t ste[] = {1u | 5u << 1 | CDS, 1u << 2 | 1u << 4 | 3u << 6 | UINT64_C(1) << 44};
    const uint64_t cd[] = {16u | 1u << 8 | 1u << 10 | 3u << 12 | UINT64_C(1) << 30 | UINT64_C(1) << 31 | UINT64_C(2) << 32 |
                               UINT64_C(1) << 41 | UINT64_C(3) << 45 | ASID << 48,
                           LEVEL0, 0, 0xff};

    return put_all(unit, STRTAB + LATENCY_RID * 64u, ste, 2) && put_all(unit, CDS, cd, 4);
}

static bool map(const struct unit *unit, uint32_t pages)
{
    const uint64_t table = 3, page_attributes = 3u | 1u << 6 | 3u << 8 | 1u << 10 | 1u << 11;
    bool ok = put(unit, LEVEL0, LEVEL1 | table) && put(unit, LEVEL1, LEVEL2 | table);

    for (uint64_t page = 0; ok && page < pages; page++) {
        uint64_t last = LEVEL3 + page / 512u * 4096u;

        ok = put(unit, LEVEL2 + page / 512u * 8u, last | table) &&
             put(unit, last + page % 512u * 8u, (LATENCY_DATA + page * 4096u) | page_attributes);
    }
    return ok;
}

/* ---- parameters, by the model's names for them ---- */

static bool parameters_of(const struct latency_params *from, struct smmuv3_params *to, char *error, size_t error_bytes)
{
    const struct {
        const char *name;
        uint64_t value;
    } table[] = {
        {"clock_ps", from->clock_ps},         {"lookup_ps", from->lookup_ps},
        {"lookup_ports", from->lookup_ports}, {"tlb.sets", from->tlb_sets},
        {"tlb.ways", from->tlb_ways},         {"config_ps", from->config_ps},
        {"table_ps", from->table_ps},         {"stage1_walk_cache.sets", 1},
        {"walk_step_ps", from->walk_step_ps}, {"stage1_walk_cache.ways", from->table_entries},
        {"walkers", from->walkers},           {"in_flight_max", from->in_flight},
        {"miss_merge", from->miss_merge},     {"walk_hazard_lg2", from->walk_hazard_lg2},
        {"command_ps", from->invalidate_ps},
    };

    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        char value[24];

        snprintf(value, sizeof(value), "%" PRIu64, table[i].value);
        /* What the model has no parameter for it does as with 0. */
        if (!smmuv3_set_parameter(to, table[i].name, value) && table[i].value) {
            snprintf(error, error_bytes, "the smmuv3 model has no %s of %s", table[i].name, value);
            return false;
        }
    }
    return smmuv3_set_parameter(to, "stage1_walk_cache.replacement", from->table_entries ? "lru" : "off");
}

/* ---- the unit ---- */

static void ignore_line(void *context, enum smmuv3_line line)
{
    (void)context;
    (void)line;
}

static void ignore_event(void *context)
{
    (void)context;
}

static void close_unit(void *opened)
{
    struct unit *unit = opened;

    if (unit->smmu)
        smmuv3_destroy(unit->smmu);
    free(unit);
}

static void start(struct unit *unit, struct sim *sim)
{
    smmuv3_register_write(unit->smmu, CR1, 4, CR1_CACHED);
    smmuv3_register_write(unit->smmu, STRTAB_BASE, 8, STRTAB);
    smmuv3_register_write(unit->smmu, STRTAB_BASE_CFG, 4, 9);
    smmuv3_register_write(unit->smmu, CMDQ_BASE, 8, CMDQ | COMMANDS_LG2);
    smmuv3_register_write(unit->smmu, EVENTQ_BASE, 8, EVENTQ | 5u);
    smmuv3_register_write(unit->smmu, CR0, 4, CR0_ON);
    while (smmuv3_register_read(unit->smmu, CR0ACK, 4) != CR0_ON)
        if (!sim_step(sim, UINT64_MAX))
            abort(); /* nothing is in flight: it follows */
}

static int open_unit(struct sim *sim, struct memory *memory, const struct memory_port *port, const struct latency_params *params,
                     uint32_t pages, void **opened, char *error, size_t error_bytes)
{
    struct unit *unit = calloc(1, sizeof(*unit));
    const struct smmuv3_ports ports = {.memory = *port, .line = ignore_line, .event = ignore_event};
    struct smmuv3_params p;
    int result = -EINVAL;

    if (!unit)
        return -ENOMEM;
    unit->memory = memory;
    if (!smmuv3_preset("stage1", &p))
        abort(); /* it is one of the model's own */
    if (parameters_of(params, &p, error, error_bytes))
        result = smmuv3_create(sim, &p, &ports, &unit->smmu, error, error_bytes);
    if (result || !configure(unit) || !map(unit, pages)) {
        close_unit(unit);
        return result ? result : -ENOMEM;
    }
    start(unit, sim);
    *opened = unit;
    return 0;
}

static bool request(void *opened, struct pcie_request *what)
{
    struct unit *unit = opened;

    return smmuv3_request(unit->smmu, what);
}

/* ---- 4 the Command queue ---- */

static void push(struct unit *unit, uint64_t low, uint64_t high)
{
    uint64_t at = CMDQ + (unit->prod & ((1u << COMMANDS_LG2) - 1u)) * 16u;

    if (!put(unit, at, low) || !put(unit, at + 8u, high))
        abort(); /* the page is there */
    unit->prod = (unit->prod + 1u) & ((2u << COMMANDS_LG2) - 1u);
}

/* 4.4 CMD_TLBI_NH_ASID of another address space; 4.7.3 CMD_SYNC that completes with an MSI. */
static void invalidate(void *opened)
{
    struct unit *unit = opened;

    push(unit, 0x11u | OTHER_ASID << 48, 0);
    push(unit, 0x46u | 1u << 12 | UINT64_C(1) << 32, MSI);
    smmuv3_register_write(unit->smmu, CMDQ_PROD, 4, unit->prod);
}

const struct latency_model latency_smmuv3 = {
    .name = "smmuv3",
    .open = open_unit,
    .request = request,
    .invalidate = invalidate,
    .close = close_unit,
};
