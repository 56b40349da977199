/* SPDX-License-Identifier: BSD-2-Clause */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RUN_STEPS 100000u

static void check(bool ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "world: %s\n", what);
    abort();
}

uint64_t world_read64(struct world *world, uint64_t address)
{
    uint8_t bytes[8];
    check(memory_read(world->memory, address, bytes, 8), "read outside memory");
    return load_le64(bytes);
}

void world_write64(struct world *world, uint64_t address, uint64_t value)
{
    uint8_t bytes[8];
    store_le64(bytes, value);
    check(memory_write(world->memory, address, bytes, 8), "write outside memory");
}

/* ---- tables: granule 4 KiB ---- */

static uint64_t table(struct world *world)
{
    uint64_t address = world->next_table;
    world->next_table += 0x1000;
    return address;
}

uint64_t world_leaf(struct world *world, uint64_t top, unsigned level, uint64_t address)
{
    for (; level < 3; level++) {
        uint64_t entry = top + (address >> (39u - 9u * level) & 511u) * 8u;
        uint64_t value = world_read64(world, entry);
        if (!(value & 1u))
            world_write64(world, entry, value = table(world) | 3u);
        top = value & UINT64_C(0xfffffffff000);
    }
    return top + (address >> 12 & 511u) * 8u;
}

#define S1_PAGE (UINT64_C(3) | 1u << 6 | 3u << 8 | 1u << 10 | 1u << 11)
#define S2_PAGE (UINT64_C(3) | 0xfu << 2 | 3u << 6 | 3u << 8 | 1u << 10)

static uint64_t first_stage(struct world *world, uint64_t host_offset)
{
    uint64_t top = table(world);
    for (uint64_t page = 0; page < WORLD_PAGES; page++)
        world_write64(world, world_leaf(world, top, 0, WORLD_VA + page * 4096u),
                      (WORLD_DATA + host_offset + page * 4096u) | S1_PAGE);
    return top;
}

/* All of host memory from WORLD_IPA on. */
static uint64_t second_stage(struct world *world)
{
    uint64_t top = table(world);
    for (uint64_t page = 0; page < WORLD_BYTES; page += 4096u)
        world_write64(world, world_leaf(world, top, 1, WORLD_IPA + page), page | S2_PAGE);
    return top;
}

uint64_t world_ste(enum world_stream stream)
{
    return WORLD_STRTAB + 64u * (uint64_t)stream;
}

uint64_t world_cd(enum world_stream stream, uint32_t substream)
{
    return WORLD_CDS + 0x400u * (uint64_t)stream + 64u * substream;
}

static void ste(struct world *world, enum world_stream stream, unsigned config, uint64_t cds, unsigned cdmax, uint64_t s2)
{
    uint64_t at = world_ste(stream);
    world_write64(world, at, 1u | config << 1 | cds | (uint64_t)cdmax << 59);
    world_write64(world, at + 8, (cdmax ? 2u : 0u) | 1u << 2 | 1u << 4 | 3u << 6 | UINT64_C(1) << 44);
    world_write64(world, at + 16,
                  (uint64_t)stream | UINT64_C(25) << 32 | UINT64_C(1) << 38 | UINT64_C(1) << 40 | UINT64_C(1) << 42 |
                      UINT64_C(3) << 44 | UINT64_C(2) << 48 | UINT64_C(1) << 51 | UINT64_C(1) << 58);
    world_write64(world, at + 24, s2);
}

static void cd(struct world *world, enum world_stream stream, uint32_t substream, uint64_t ttb, unsigned asid, bool stalls)
{
    uint64_t at = world_cd(stream, substream);
    world_write64(world, at,
                  UINT64_C(16) | 1u << 8 | 1u << 10 | 3u << 12 | 1u << 30 | UINT64_C(1) << 31 | UINT64_C(2) << 32 |
                      UINT64_C(1) << 41 | (stalls ? UINT64_C(1) << 44 : 0) | UINT64_C(3) << 45 | (uint64_t)asid << 48);
    world_write64(world, at + 8, ttb);
    world_write64(world, at + 24, 0xff);
}

static void build(struct world *world)
{
    const struct smmuv3_params *p = &world->params;
    if (p->s1p) {
        unsigned cdmax = p->ssidsize ? 2 : 0;
        ste(world, WORLD_S1, 5, world_cd(WORLD_S1, 0), cdmax, 0);
        for (uint32_t i = 0; i < 4; i++) {
            uint64_t top = first_stage(world, i * 0x100000u);
            cd(world, WORLD_S1, i, top, i + 1u, false);
            if (!i)
                world->first[WORLD_S1] = top;
        }
    }
    if (p->s1p && p->stall_model != 1) {
        ste(world, WORLD_STALL, 5, world_cd(WORLD_STALL, 0), 0, 0);
        world->first[WORLD_STALL] = first_stage(world, 0);
        cd(world, WORLD_STALL, 0, world->first[WORLD_STALL], 6, true);
    }
    if (p->s2p) {
        world->second[WORLD_S2] = second_stage(world);
        ste(world, WORLD_S2, 6, 0, 0, world->second[WORLD_S2]);
    }
    if (p->s1p && p->s2p) {
        world->second[WORLD_NESTED] = second_stage(world);
        uint64_t top = first_stage(world, WORLD_IPA);
        world->first[WORLD_NESTED] = top;
        /* Every table of the guest by its IPA. */
        uint64_t entry = top + (WORLD_VA >> 39 & 511u) * 8u;
        for (unsigned level = 0; level < 3; level++) {
            uint64_t next = world_read64(world, entry);
            world_write64(world, entry, next + WORLD_IPA);
            entry = (next & UINT64_C(0xfffffffff000)) + (WORLD_VA >> (30u - 9u * level) & 511u) * 8u;
        }
        ste(world, WORLD_NESTED, 7, world_cd(WORLD_NESTED, 0) + WORLD_IPA, 0, world->second[WORLD_NESTED]);
        cd(world, WORLD_NESTED, 0, top + WORLD_IPA, 1, false);
    }
    ste(world, WORLD_BYPASS, 4, 0, 0, 0);
    ste(world, WORLD_ABORT, 0, 0, 0, 0);
}

/* ---- the unit ---- */

static void line(void *context, enum smmuv3_line line)
{
    struct world *world = context;
    world->lines[line]++;
}

static void event(void *context)
{
    struct world *world = context;
    world->events++;
}

static void message(void *context, const struct pcie_message *message)
{
    struct world *world = context;
    world->messages[world->sent++ % WORLD_MESSAGES_MAX] = *message;
}

static void record(void *context, const struct port_request *request)
{
    struct world *world = context;
    world->reads[request->origin]++;
}

static void configure(struct world *world, const char *settings)
{
    char list[256];
    snprintf(list, sizeof list, "%s", settings ? settings : "");
    for (char *name = strtok(list, ","); name; name = strtok(NULL, ",")) {
        char *value = strchr(name, '=');
        check(value != NULL, name);
        *value++ = '\0';
        check(smmuv3_set_parameter(&world->params, name, value), name);
    }
}

uint32_t world_register(struct world *world, uint64_t offset)
{
    return (uint32_t)smmuv3_register_read(world->smmu, offset, 4);
}

void world_set(struct world *world, uint64_t offset, uint32_t value)
{
    smmuv3_register_write(world->smmu, offset, 4, value);
}

void world_settle(struct world *world)
{
    for (unsigned i = 0; i < RUN_STEPS && sim_step(&world->sim, UINT64_MAX); i++)
        ;
}

static void enable(struct world *world)
{
    struct smmuv3 *smmu = world->smmu;
    smmuv3_register_write(smmu, 0x80, 8, WORLD_STRTAB);
    world_set(world, 0x88, 5);
    smmuv3_register_write(smmu, 0x90, 8, WORLD_CMDQ | WORLD_CMDQ_LG2);
    smmuv3_register_write(smmu, 0xa0, 8, WORLD_EVENTQ | WORLD_EVENTQ_LG2);
    world_set(world, 0x28, 0xd75);
    world_set(world, 0x2c, 2);
    smmuv3_register_write(smmu, 0xb0, 8, WORLD_MSI + 8);
    world_set(world, 0xb8, 0xe0e0);
    smmuv3_register_write(smmu, 0x68, 8, WORLD_MSI + 16);
    world_set(world, 0x70, 0xf0f0);
    world_set(world, 0x50, 5);
    world_set(world, 0x20, 0xd);
    world_settle(world);
    check(world_register(world, 0x24) == 0xd, "CR0ACK does not follow");
}

void world_init(struct world *world, const char *preset, const char *settings, uint64_t latency_ps)
{
    memset(world, 0, sizeof *world);
    sim_init(&world->sim, 1);
    check(smmuv3_preset(preset, &world->params), preset);
    configure(world, settings);
    world->memory = memory_create();
    check(world->memory && memory_add_region(world->memory, 0, WORLD_BYTES) == 0, "memory");
    world->next_table = 0x100000;
    build(world);
    world->delay.inner = memory_port_of(world->memory);
    world->delay.sim = &world->sim;
    world->delay.latency_ps = latency_ps;
    world->recorder.inner = memory_port_of(world->memory);
    world->recorder.record = record;
    world->recorder.context = world;
    if (latency_ps) {
        check(delay_port_init(&world->delay, &world->sim, world->delay.inner, 64) == 0, "delay");
        world->recorder.inner = delay_port_of(&world->delay);
    }
    struct smmuv3_ports ports = {
        .memory = record_port_of(&world->recorder), .line = line, .event = event, .context = world, .message = {message, world}};
    char error[200] = "";
    if (smmuv3_create(&world->sim, &world->params, &ports, &world->smmu, error, sizeof error))
        check(false, error);
    enable(world);
}

void world_fini(struct world *world)
{
    world_settle(world);
    smmuv3_destroy(world->smmu);
    if (world->delay.slots)
        delay_port_fini(&world->delay);
    memory_destroy(world->memory);
}

/* ---- requests ---- */

static void done(struct pcie_request *request)
{
    *(bool *)request->owner = true;
}

struct pcie_request world_request(enum world_stream stream, enum pcie_kind kind, uint64_t address, uint32_t bytes)
{
    return (struct pcie_request){.requester_id = (uint16_t)stream, .kind = kind, .address = address, .bytes = bytes};
}

bool world_run(struct world *world, struct pcie_request *request)
{
    bool complete = false;
    request->done = done;
    request->owner = &complete;
    request->issue_ps = world->sim.now_ps;
    if (smmuv3_request(world->smmu, request))
        return true;
    for (unsigned i = 0; i < RUN_STEPS && !complete && sim_step(&world->sim, UINT64_MAX); i++)
        ;
    return complete;
}

void world_note_done(struct pcie_request *request)
{
    *(uint64_t *)request->owner = request->done_ps + 1u;
}

enum pcie_status world_touch(struct world *world, enum world_stream stream, enum pcie_kind kind, uint64_t address)
{
    struct pcie_request request = world_request(stream, kind, address, 8);
    check(world_run(world, &request), "a request is not answered");
    return request.status;
}

uint64_t world_peek(struct world *world, enum world_stream stream, uint32_t pasid, uint64_t address)
{
    struct pcie_request request = world_request(stream, PCIE_READ, address, 8);
    request.has_pasid = pasid != 0;
    request.pasid = pasid;
    check(world_run(world, &request), "a request is not answered");
    return request.status == PCIE_SC ? load_le64(request.data) : 0;
}

void world_restart(struct world *world, uint32_t cr2, uint32_t cr0)
{
    world_set(world, 0x20, 0);
    world_settle(world);
    world_set(world, 0x2c, cr2);
    world_set(world, 0x20, cr0);
    world_settle(world);
}

/* ---- queues ---- */

void world_command(struct world *world, uint64_t low, uint64_t high)
{
    uint64_t at = WORLD_CMDQ + (world->command & ((1u << WORLD_CMDQ_LG2) - 1u)) * 16u;
    world_write64(world, at, low);
    world_write64(world, at + 8, high);
    world->command = (world->command + 1u) & ((2u << WORLD_CMDQ_LG2) - 1u);
    world_set(world, 0x98, world->command);
}

bool world_consumed(struct world *world)
{
    for (unsigned i = 0; i < RUN_STEPS && world_register(world, 0x9c) != world->command; i++)
        if (!sim_step(&world->sim, UINT64_MAX))
            break;
    return world_register(world, 0x9c) == world->command;
}

void world_invalidate(struct world *world, uint64_t low, uint64_t high)
{
    world_command(world, low, high);
    world_command(world, 0x46, 0);
    check(world_consumed(world), "a CMD_SYNC is not consumed");
}

bool world_message(struct world *world, struct pcie_message *out)
{
    if (world->taken == world->sent)
        return false;
    *out = world->messages[world->taken++ % WORLD_MESSAGES_MAX];
    return true;
}

bool world_event(struct world *world, uint64_t out[4])
{
    uint32_t mask = (2u << WORLD_EVENTQ_LG2) - 1u;
    if ((world_register(world, 0x100a8) & mask) == world->event)
        return false;
    for (unsigned i = 0; i < 4; i++)
        out[i] = world_read64(world, WORLD_EVENTQ + (world->event & ((1u << WORLD_EVENTQ_LG2) - 1u)) * 32u + 8u * i);
    world->event = (world->event + 1u) & mask;
    world_set(world, 0x100ac, world->event | (world_register(world, 0x100a8) & UINT32_C(0x80000000)));
    world_settle(world);
    return true;
}
