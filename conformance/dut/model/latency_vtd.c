/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * latency_vtd.c - the VT-d model under load: legacy mode, a second stage of four levels and 4 KiB pages.
 */
#include "dut/model/latency_model.h"

#include "vtd/vtd.h"
#include "vtd/vtd_formats.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define ROOT UINT64_C(0x1000)
#define CONTEXTS UINT64_C(0x2000)
#define QUEUE UINT64_C(0x3000) /* one page: 256 descriptors */
#define STATUS UINT64_C(0x4000)
#define LEVEL4 UINT64_C(0x5000)
#define LEVEL3 UINT64_C(0x6000)
#define LEVEL2 UINT64_C(0x7000) /* a GiB: LATENCY_PAGES_MAX */
#define LEVEL1 UINT64_C(0x100000)
#define DOMAIN 1u
#define OTHER_DOMAIN 2u

/* 11.2 Register Map */
enum { GCMD = 0x18, GSTS = 0x1c, RTADDR = 0x20, IQT = 0x88, IQA = 0x90 };
#define TE (UINT64_C(1) << 31)
#define SRTP (UINT64_C(1) << 30)
#define QIE (UINT64_C(1) << 26)

struct unit {
    struct vtd *vtd;
    struct memory *memory;
    struct memory_port port;
    uint64_t tail;
};

/* ---- tables ---- */

static bool put(const struct unit *unit, uint64_t address, uint64_t value)
{
    uint8_t bytes[8];

    store_le64(bytes, value);
    return memory_write(unit->memory, address, bytes, sizeof(bytes));
}

static bool map(const struct unit *unit, uint32_t pages)
{
    const uint64_t rights = VTD_SS_R | VTD_SS_W;
    bool ok = put(unit, LEVEL4, LEVEL3 | rights) && put(unit, LEVEL3, LEVEL2 | rights);

    for (uint64_t page = 0; ok && page < pages; page++) {
        uint64_t table = LEVEL1 + page / 512u * 4096u;

        ok = put(unit, LEVEL2 + page / 512u * 8u, table | rights) &&
             put(unit, table + page % 512u * 8u, (LATENCY_DATA + page * 4096u) | rights);
    }
    return ok && put(unit, ROOT + (LATENCY_RID >> 8) * 16u, CONTEXTS | VTD_ROOT_W0_P) &&
           put(unit, CONTEXTS + (LATENCY_RID & 0xffu) * 16u, LEVEL4 | VTD_CONTEXT_W0_P) &&
           put(unit, CONTEXTS + (LATENCY_RID & 0xffu) * 16u + 8u,
               VTD_FMT_PUT(VTD_CONTEXT_W1_AW, 2u) | VTD_FMT_PUT(VTD_CONTEXT_W1_DID, DOMAIN));
}

/* ---- the unit ---- */

static bool fits(const struct latency_params *params)
{
    return params->tlb_sets <= UINT32_MAX && params->tlb_ways <= UINT32_MAX && params->table_entries <= UINT32_MAX &&
           params->lookup_ports <= UINT16_MAX && params->walkers <= UINT16_MAX && params->in_flight <= UINT16_MAX &&
           params->miss_merge <= UINT8_MAX && params->walk_hazard_lg2 <= UINT8_MAX;
}

static struct vtd_params vtd_params_of(const struct latency_params *params)
{
    struct vtd_params p;

    if (!vtd_preset("legacy", &p))
        abort(); /* it is one of the model's own */
    p.clock_ps = params->clock_ps;
    p.lookup_ps = params->lookup_ps;
    p.lookup_ports = (uint16_t)params->lookup_ports;
    p.iotlb = (struct cache_geometry){(uint32_t)params->tlb_sets, (uint32_t)params->tlb_ways, CACHE_LRU};
    p.context_ps = params->config_ps;
    p.table_ps = params->table_ps;
    p.second_stage_cache = (struct cache_geometry){1, (uint32_t)params->table_entries, CACHE_LRU};
    if (!params->table_entries)
        p.second_stage_cache.replacement = CACHE_OFF;
    p.walk_step_ps = params->walk_step_ps;
    p.walkers = (uint16_t)params->walkers;
    p.in_flight_max = (uint16_t)params->in_flight;
    p.miss_merge = (uint8_t)params->miss_merge;
    p.walk_hazard_lg2 = (uint8_t)params->walk_hazard_lg2;
    p.invalidate_ps = params->invalidate_ps;
    return p;
}

static void ignore_interrupt(void *context, uint64_t address, uint32_t data)
{
    (void)context;
    (void)address;
    (void)data;
}

static void close_unit(void *opened)
{
    struct unit *unit = opened;

    if (unit->vtd)
        vtd_destroy(unit->vtd);
    free(unit);
}

static int open_unit(struct sim *sim, struct memory *memory, const struct memory_port *port, const struct latency_params *params,
                     uint32_t pages, void **opened, char *error, size_t error_bytes)
{
    struct unit *unit = calloc(1, sizeof(*unit));
    const struct vtd_ports ports = {.memory = *port, .interrupt = {ignore_interrupt, NULL}};
    struct vtd_params p = vtd_params_of(params);
    int result;

    if (!unit)
        return -ENOMEM;
    unit->memory = memory;
    result = fits(params) ? vtd_create(sim, &p, &ports, &unit->vtd, error, error_bytes) : -EINVAL;
    if (!fits(params))
        snprintf(error, error_bytes, "a count among the parameters is too large for this model");
    if (result || !map(unit, pages)) {
        close_unit(unit);
        return result ? result : -ENOMEM;
    }
    vtd_register_write(unit->vtd, RTADDR, 8, ROOT);
    vtd_register_write(unit->vtd, IQA, 8, QUEUE);
    vtd_register_write(unit->vtd, GCMD, 4, SRTP);
    vtd_register_write(unit->vtd, GCMD, 4, QIE);
    vtd_register_write(unit->vtd, GCMD, 4, QIE | TE);
    if ((vtd_register_read(unit->vtd, GSTS, 4) & (QIE | TE)) != (QIE | TE))
        abort(); /* nothing is in flight: both happen at once */
    *opened = unit;
    return 0;
}

static bool request(void *opened, struct pcie_request *what)
{
    struct unit *unit = opened;

    return vtd_request(unit->vtd, what);
}

/* ---- 6.5.2 the queue ---- */

static void push(struct unit *unit, uint64_t low, uint64_t high)
{
    if (!put(unit, QUEUE + unit->tail, low) || !put(unit, QUEUE + unit->tail + 8u, high))
        abort(); /* the page is there */
    unit->tail = (unit->tail + 16u) % 4096u;
}

/* 6.5.2.3 IOTLB Invalidate of another domain, with draining of reads and writes; 6.5.2.9 Invalidation Wait, with a status. */
static void invalidate(void *opened)
{
    struct unit *unit = opened;

    push(unit, 0x2u | 2u << 4 | 1u << 6 | 1u << 7 | OTHER_DOMAIN << 16, 0);
    push(unit, 0x5u | 1u << 5 | UINT64_C(1) << 32, STATUS);
    vtd_register_write(unit->vtd, IQT, 8, unit->tail);
}

const struct latency_model latency_vtd = {
    .name = "vtd",
    .open = open_unit,
    .request = request,
    .invalidate = invalidate,
    .close = close_unit,
};
