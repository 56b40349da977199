/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * world.c - a unit with memory, tables and a queue around it, for the unit tests.
 */
#include "world.h"

#include "sim/port.h"
#include "vtd/vtd_formats.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GCMD = 0x18, GSTS = 0x1c, RTADDR = 0x20, FSTS = 0x34, FECTL = 0x38, IQT = 0x88, IQA = 0x90, IECTL = 0xa0 };
enum { IRTA = 0xb8, PQA = 0xd0, PECTL = 0xe0 };

static void must(bool condition, const char *what)
{
    if (!condition) {
        fprintf(stderr, "world: %s\n", what);
        abort();
    }
}

uint64_t world_read64(struct world *world, uint64_t address)
{
    uint8_t bytes[8];
    must(memory_read(world->memory, address, bytes, 8), "read");
    return load_le64(bytes);
}

void world_write64(struct world *world, uint64_t address, uint64_t value)
{
    uint8_t bytes[8];
    store_le64(bytes, value);
    must(memory_write(world->memory, address, bytes, 8), "write");
}

static uint64_t new_table(struct world *world)
{
    uint64_t table = world->next_table;
    world->next_table += 4096;
    return table;
}

/* ---- paging ---- */

enum kind { SECOND, FIRST, NESTED_FIRST };

static uint64_t guest_of(enum kind kind, uint64_t host)
{
    return kind == NESTED_FIRST ? host + WORLD_GUEST : host;
}

static uint64_t host_of(enum kind kind, uint64_t entry)
{
    uint64_t address = entry & VTD_PAGING_ADDRESS;
    return kind == NESTED_FIRST ? address - WORLD_GUEST : address;
}

static void map(struct world *world, enum kind kind, uint64_t top, uint64_t address, uint64_t output, unsigned page_lg2)
{
    uint64_t rights = kind == SECOND ? VTD_SS_R | VTD_SS_W : VTD_FS_P | VTD_FS_RW | VTD_FS_US;
    uint64_t table = top;
    unsigned shift = 12u + 9u * (world->levels - 1u);
    for (; shift > page_lg2; shift -= 9) {
        uint64_t at = table + (address >> shift & 511u) * 8u;
        if (!world_read64(world, at))
            world_write64(world, at, guest_of(kind, new_table(world)) | rights);
        table = host_of(kind, world_read64(world, at));
    }
    uint64_t large = page_lg2 > 12 ? VTD_FS_PS : 0;
    world_write64(world, table + (address >> shift & 511u) * 8u, output | rights | large);
}

static enum kind kind_of(const struct world *world, uint64_t table)
{
    return table == world->nested_first ? NESTED_FIRST : table == world->first_stage ? FIRST : SECOND;
}

uint64_t world_leaf(struct world *world, uint64_t table, uint64_t address)
{
    enum kind kind = kind_of(world, table);
    for (unsigned shift = 12u + 9u * (world->levels - 1u);; shift -= 9) {
        uint64_t at = table + (address >> shift & 511u) * 8u;
        uint64_t entry = world_read64(world, at);
        if (shift == 12 || (entry & VTD_FS_PS))
            return at;
        table = host_of(kind, entry);
    }
}

static void make_spaces(struct world *world)
{
    world->second_stage = new_table(world);
    world->first_stage = new_table(world);
    world->nested_first = new_table(world);
    world->nested_second = new_table(world);
    for (unsigned i = 0; i < WORLD_PAGES; i++) {
        uint64_t offset = i * 4096u;
        map(world, SECOND, world->second_stage, WORLD_IOVA + offset, WORLD_DATA + offset, 12);
        map(world, FIRST, world->first_stage, WORLD_IOVA + offset, WORLD_DATA + offset, 12);
        map(world, NESTED_FIRST, world->nested_first, WORLD_IOVA + offset, WORLD_GUEST + WORLD_DATA + offset, 12);
    }
    for (uint64_t at = 0; at < WORLD_BYTES; at += UINT64_C(1) << 21) {
        if (at < UINT64_C(0x1200000) && at >= WORLD_DATA) /* the data pages singly, the rest as large pages */
            for (uint64_t page = 0; page < UINT64_C(1) << 21; page += 4096)
                map(world, SECOND, world->nested_second, WORLD_GUEST + at + page, at + page, 12);
        else
            map(world, SECOND, world->nested_second, WORLD_GUEST + at, at, world->params.sslps ? 21 : 12);
    }
}

/* ---- chapter 9 tables ---- */

static uint64_t aw_field(const struct world *world)
{
    return world->levels - 2u;
}

static void make_legacy(struct world *world)
{
    uint64_t contexts = new_table(world);
    world_write64(world, WORLD_ROOT, contexts | VTD_ROOT_W0_P);
    world->context = contexts + WORLD_RID * 16u;
    static const unsigned rids[] = {WORLD_RID, WORLD_RID_2};
    for (size_t i = 0; i < 2; i++) {
        uint64_t at = contexts + rids[i] * 16u;
        uint64_t tt = world->params.dt ? VTD_FMT_PUT(VTD_CONTEXT_W0_TT, VTD_TT_ALL) : 0;
        world_write64(world, at, world->second_stage | tt | VTD_CONTEXT_W0_P);
        world_write64(world, at + 8, aw_field(world) | VTD_FMT_PUT(VTD_CONTEXT_W1_DID, 5));
    }
}

static void pasid_entry(struct world *world, uint64_t at, unsigned pgtt, unsigned did, uint64_t second, uint64_t first)
{
    uint64_t aw = second ? VTD_FMT_PUT(VTD_PASID_W0_AW, aw_field(world)) : 0;
    uint64_t ssade = second && world->params.ssads ? VTD_PASID_W0_SSADE : 0;
    world_write64(world, at, VTD_PASID_W0_P | aw | ssade | VTD_FMT_PUT(VTD_PASID_W0_PGTT, pgtt) | second);
    world_write64(world, at + 8, did | (world->params.smpwcs ? VTD_PASID_W1_PWSNP : 0));
    world_write64(world, at + 16, first | (first && world->params.srs ? VTD_PASID_W2_SRE | VTD_PASID_W2_WPE : 0));
}

static void make_scalable(struct world *world)
{
    uint64_t contexts = new_table(world), directory = new_table(world), pasids = new_table(world);
    world_write64(world, WORLD_ROOT, contexts | VTD_SMROOT_P);
    world->context = contexts + WORLD_RID * 32u;
    world->pasid_table = pasids;
    uint64_t enables = VTD_SMCONTEXT_W0_P | VTD_SMCONTEXT_W0_PASIDE;
    enables |= (world->params.dt ? VTD_SMCONTEXT_W0_DTE : 0) | (world->params.prs ? VTD_SMCONTEXT_W0_PRE : 0);
    enables |= world->params.ptrs ? VTD_SMCONTEXT_W0_EPTR : 0;
    static const unsigned rids[] = {WORLD_RID, WORLD_RID_2};
    for (size_t i = 0; i < 2; i++)
        world_write64(world, contexts + rids[i] * 32u, enables | directory);
    world_write64(world, directory, pasids | VTD_PASIDDIR_W0_P);
    pasid_entry(world, pasids, 2, 5, world->second_stage, 0);
    pasid_entry(world, pasids + 64, 1, 6, 0, world->first_stage);
    pasid_entry(world, pasids + 128, 3, 7, world->nested_second, guest_of(NESTED_FIRST, world->nested_first));
    pasid_entry(world, pasids + 192, 4, 6, 0, 0);
}

/* ---- the unit ---- */

static void interrupt(void *context, uint64_t address, uint32_t data)
{
    struct world *world = context;
    world->interrupts++;
    world->interrupt_address = address;
    world->interrupt_data = data;
}

static void device_interrupt(void *context, uint16_t requester_id, uint64_t address, uint32_t data)
{
    struct world *world = context;
    (void)requester_id;
    world->device_interrupts++;
    world->device_interrupt_address = address;
    world->device_interrupt_data = data;
}

static void message(void *context, const struct pcie_message *message)
{
    struct world *world = context;
    must(world->message_count < WORLD_MESSAGES, "too many messages");
    world->messages[world->message_count++] = *message;
}

static void record(void *context, const struct port_request *request)
{
    struct world *world = context;
    world->last[request->origin] = *request;
    world->accesses[request->origin]++;
}

static void set_all(struct vtd_params *params, const char *settings)
{
    char name[64], value[64];
    int used = 0;
    for (; settings && sscanf(settings, "%63[^=]=%63[^,]%n", name, value, &used) == 2; settings += used + (settings[used] == ','))
        must(vtd_set_parameter(params, name, value), name);
}

void world_start(struct world *world)
{
    enum world_mode mode = world->mode;
    struct vtd *vtd = world->vtd;
    vtd_register_write(vtd, RTADDR, 8, WORLD_ROOT | (mode == WORLD_SCALABLE ? UINT64_C(1) << 10 : 0));
    vtd_register_write(vtd, GCMD, 4, UINT64_C(1) << 30);
    vtd_register_write(vtd, FECTL + 4, 4, 0x31);
    vtd_register_write(vtd, FECTL + 8, 8, 0xfee00000);
    vtd_register_write(vtd, FECTL, 4, 0);
    if (world->params.qi) {
        vtd_register_write(vtd, IECTL + 4, 4, 0x32);
        vtd_register_write(vtd, IECTL + 8, 8, 0xfee01000);
        vtd_register_write(vtd, IECTL, 4, 0);
        vtd_register_write(vtd, IQA, 8, WORLD_QUEUE | (mode == WORLD_SCALABLE ? UINT64_C(1) << 11 : 0));
        vtd_register_write(vtd, GCMD, 4, UINT64_C(1) << 26);
    }
    if (world->params.prs) {
        vtd_register_write(vtd, PQA, 8, WORLD_PAGE_QUEUE);
        vtd_register_write(vtd, PECTL + 4, 4, 0x33);
        vtd_register_write(vtd, PECTL + 8, 8, 0xfee02000);
        vtd_register_write(vtd, PECTL, 4, 0);
    }
    if (world->params.ir) {
        vtd_register_write(vtd, IRTA, 8, WORLD_IRT | 7u);
        vtd_register_write(vtd, GCMD, 4, UINT64_C(1) << 26 | UINT64_C(1) << 24);
    }
    vtd_register_write(vtd, GCMD, 4, UINT64_C(1) << 31 | (world->params.qi ? UINT64_C(1) << 26 : 0));
    must(vtd_register_read(vtd, GSTS, 4) >> 31, "TES");
}

enum world_mode world_mode_of(const char *preset)
{
    struct vtd_params params;
    must(vtd_preset(preset, &params), preset);
    return params.smts ? WORLD_SCALABLE : WORLD_LEGACY;
}

void world_init(struct world *world, const char *preset, const char *settings, enum world_mode mode, uint64_t latency_ps)
{
    *world = (struct world){.next_table = 0x10000};
    sim_init(&world->sim, 1);
    world->memory = memory_create();
    must(memory_add_region(world->memory, 0, WORLD_BYTES) == 0, "region");
    must(vtd_preset(preset, &world->params), preset);
    set_all(&world->params, settings);
    world->levels = world->params.sagaw & 4u || mode == WORLD_SCALABLE ? 4 : 3;
    make_spaces(world);
    if (mode == WORLD_LEGACY)
        make_legacy(world);
    else
        make_scalable(world);
    world->port = memory_port_of(world->memory);
    if (latency_ps) {
        world->delay = (struct delay_port){.latency_ps = latency_ps, .jitter_ps = latency_ps, .reorder = true};
        must(delay_port_init(&world->delay, &world->sim, world->port, 256) == 0, "delay port");
        world->port = delay_port_of(&world->delay);
    }
    world->recorder = (struct record_port){world->port, record, world};
    world->port = record_port_of(&world->recorder);
    const struct vtd_ports ports = {
        .memory = world->port,
        .interrupt = {interrupt, world},
        .device_interrupt = {device_interrupt, world},
        .message = {message, world},
    };
    char error[160] = "";
    must(vtd_create(&world->sim, &world->params, &ports, &world->vtd, error, sizeof error) == 0, error);
    world->mode = mode;
    world_start(world);
}

void world_fini(struct world *world)
{
    vtd_destroy(world->vtd);
    if (world->delay.slots)
        delay_port_fini(&world->delay);
    memory_destroy(world->memory);
}

/* ---- requests ---- */

void world_done(struct pcie_request *request)
{
    *(bool *)request->owner = true;
}

struct pcie_request world_request(enum pcie_kind kind, uint64_t address, uint32_t bytes)
{
    return (struct pcie_request){.requester_id = WORLD_RID, .kind = kind, .address = address, .bytes = bytes};
}

void world_run(struct world *world, struct pcie_request *request)
{
    bool complete = false;
    request->done = world_done;
    request->owner = &complete;
    request->issue_ps = world->sim.now_ps;
    if (vtd_request(world->vtd, request))
        return;
    for (unsigned steps = 0; !complete && steps < 100000; steps++)
        if (!sim_step(&world->sim, UINT64_MAX))
            break;
    must(complete, "a request never completed");
}

/* ---- queue and faults ---- */

void world_queue(struct world *world, uint64_t low, uint64_t high)
{
    bool wide = vtd_register_read(world->vtd, IQA, 8) >> 11 & 1u;
    uint64_t at = WORLD_QUEUE + world->tail;
    world_write64(world, at, low);
    world_write64(world, at + 8, high);
    if (wide) {
        world_write64(world, at + 16, 0);
        world_write64(world, at + 24, 0);
    }
    world->tail = (world->tail + (wide ? 32u : 16u)) % 4096u;
    vtd_register_write(world->vtd, IQT, 8, world->tail);
}

bool world_wait(struct world *world)
{
    uint64_t status = ++world->status;
    world_queue(world, 5u | 1u << 5 | status << 32, WORLD_STATUS);
    for (unsigned steps = 0; steps < 100000; steps++) {
        if ((uint32_t)world_read64(world, WORLD_STATUS) == status)
            return true;
        if (!sim_step(&world->sim, UINT64_MAX))
            break;
    }
    return (uint32_t)world_read64(world, WORLD_STATUS) == status;
}

void world_pass(struct world *world, uint64_t last_ps)
{
    for (unsigned steps = 0; steps < 100000 && sim_step(&world->sim, last_ps); steps++)
        continue;
}

uint32_t world_begin_wait(struct world *world, uint64_t flags)
{
    uint64_t status = ++world->status;
    world_queue(world, 5u | 1u << 5 | flags | status << 32, WORLD_STATUS);
    return (uint32_t)status;
}

bool world_waited(struct world *world, uint32_t status)
{
    return (uint32_t)world_read64(world, WORLD_STATUS) == status;
}

uint64_t world_record(struct world *world, uint32_t index, bool high)
{
    uint64_t fro = vtd_register_read(world->vtd, 0x08, 8) >> 24 & 0x3ff;
    return vtd_register_read(world->vtd, fro * 16u + index * 16u + (high ? 8u : 0u), 8);
}

void world_clear_faults(struct world *world)
{
    uint64_t fro = vtd_register_read(world->vtd, 0x08, 8) >> 24 & 0x3ff;
    for (uint32_t i = 0; i <= world->params.nfr; i++)
        vtd_register_write(world->vtd, fro * 16u + i * 16u + 12u, 4, UINT64_C(1) << 31);
    vtd_register_write(world->vtd, FSTS, 4, 1);
}
