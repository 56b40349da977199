/* SPDX-License-Identifier: BSD-2-Clause */
#include "scene_unit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static enum port_reply access(void *context, struct port_request *request)
{
    struct scene_unit *unit = context;
    request->status = PORT_OK;
    request->done_ps = request->issue_ps;
    if (request->origin == PORT_DMA) {
        unit->reached = true;
        unit->access = *request;
        return PORT_DONE;
    }
    for (uint32_t i = 0; i < request->bytes; i += 8u) {
        uint64_t address = request->address + i;
        if (unit->memory->abort_at && address == unit->memory->abort_at)
            request->status = PORT_ABORT;
        if (request->status != PORT_OK)
            return PORT_DONE;
        uint64_t old = bench_read(unit->memory, address & ~UINT64_C(7));
        if (request->kind == PORT_WRITE || (request->kind == PORT_CMPXCHG && old == load_le64(request->compare)))
            bench_write(unit->memory, address, load_le64(request->data + i));
        if (request->kind != PORT_WRITE)
            store_le64(request->data + i, old);
    }
    return PORT_DONE;
}

void scene_unit_open(struct scene_unit *unit, struct bench *memory, uint32_t cr0)
{
    *unit = (struct scene_unit){.memory = memory};
    const struct smmuv3_ports ports = {.memory = {access, unit}};
    char error[128];
    sim_init(&unit->sim, 1);
    assert_int_equal(smmuv3_create(&unit->sim, &memory->params, &ports, &unit->smmu, error, sizeof error), 0);
    smmuv3_register_write(unit->smmu, 0x80, 8, memory->strtab_base);
    smmuv3_register_write(unit->smmu, 0x88, 4, memory->strtab_cfg);
    smmuv3_register_write(unit->smmu, 0xa0, 8, SCENE_EVENTQ | SCENE_EVENTQ_LG2);
    smmuv3_register_write(unit->smmu, 0x2c, 4, 2u | (memory->e2h ? 1u : 0u));
    smmuv3_register_write(unit->smmu, 0x20, 4, 5u | cr0);
    assert_int_equal(smmuv3_register_read(unit->smmu, 0x24, 4), 5u | cr0);
}

void scene_unit_close(struct scene_unit *unit)
{
    smmuv3_destroy(unit->smmu);
}

void scene_as_pcie(struct smmuv3_query *q)
{
    q->attributes = smmuv3_pcie_attributes();
    q->address &= ~UINT64_C(7);
    q->privileged = q->privileged && q->has_substream_id;
    q->instruction = q->instruction && q->has_substream_id && !q->write;
}

struct pcie_request scene_request(const struct smmuv3_query *q)
{
    bool atomic = q->read && q->write;
    return (struct pcie_request){
        .requester_id = (uint16_t)q->stream_id,
        .kind = atomic     ? PCIE_FETCH_ADD
                : q->write ? PCIE_WRITE
                           : PCIE_READ,
        .has_pasid = q->has_substream_id,
        .pasid = q->substream_id,
        .privileged = q->privileged,
        .execute = q->instruction,
        .bytes = 4,
        .address = q->address,
    };
}
