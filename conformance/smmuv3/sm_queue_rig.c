/* SPDX-License-Identifier: BSD-2-Clause */
#include "sm_queue_rig.h"

uint64_t rig_memory(struct sm *sm, uint32_t lg2, uint32_t entry_bytes)
{
    uint64_t bytes = (uint64_t)entry_bytes << lg2;

    return mem_alloc(sm->t, bytes < 64 ? 64 : bytes, bytes < 64 ? 64 : bytes);
}

void rig_program(struct rig_queue *q, struct sm *sm, uint64_t base, uint32_t lg2, uint32_t prod, uint32_t cons)
{
    struct test *t = sm->t;

    *q = (struct rig_queue){sm, base, lg2, prod};
    sm_enable(sm, "CMDQEN", 0);
    sm_reg_set(t, "SMMU_CMDQ_BASE",
               sm_reg_bits("SMMU_CMDQ_BASE", "RA", 1) | base | sm_reg_bits("SMMU_CMDQ_BASE", "LOG2SIZE", lg2));
    sm_reg_set(t, "SMMU_CMDQ_PROD", prod);
    sm_reg_set(t, "SMMU_CMDQ_CONS", cons);
}

bool rig_enable(struct rig_queue *q, bool on)
{
    return sm_enable(q->sm, "CMDQEN", on);
}

bool rig_open(struct rig_queue *q, struct sm *sm, uint64_t base, uint32_t lg2, uint32_t prod, uint32_t cons)
{
    rig_program(q, sm, base, lg2, prod, cons);
    return rig_enable(q, true);
}

void rig_write(struct rig_queue *q, uint32_t position, struct sm_command command)
{
    uint64_t slot = q->base + 16 * (uint64_t)(position & ((UINT32_C(1) << q->lg2) - 1));

    mem_write(q->sm->t, slot, command.word, 16);
}

uint32_t rig_next(const struct rig_queue *q, uint32_t position, uint32_t steps)
{
    return (position + steps) & ((UINT32_C(2) << q->lg2) - 1);
}

void rig_put(struct rig_queue *q, struct sm_command command)
{
    rig_write(q, q->prod, command);
    q->prod = rig_next(q, q->prod, 1);
}

void rig_ring(struct rig_queue *q)
{
    sm_reg_set(q->sm->t, "SMMU_CMDQ_PROD", q->prod);
}

uint32_t rig_cons(struct sm *sm)
{
    return (uint32_t)sm_field(sm->t, "SMMU_CMDQ_CONS", "RD");
}

uint64_t rig_word(struct sm *sm, uint32_t n)
{
    return sm->msi + 0x100 + 8 * (uint64_t)(n % 256);
}

struct sm_command rig_sync(struct sm *sm, uint32_t n, uint32_t value)
{
    return sm_idr(sm->t, 0, "MSI") ? sm_cmd_sync_msi(rig_word(sm, n), value) : sm_cmd_sync();
}

bool rig_signalled(struct sm *sm, uint32_t n, uint32_t value)
{
    uint32_t data = 0;

    if (!sm_idr(sm->t, 0, "MSI"))
        return true;
    return sm_msi_take(sm, rig_word(sm, n), &data) && data == value;
}

bool rig_silent(struct sm *sm, uint32_t n)
{
    uint32_t data = 0;

    return !sm_idr(sm->t, 0, "MSI") || !sm_msi_take(sm, rig_word(sm, n), &data);
}

struct rig_pulses rig_pulses(struct sm *sm)
{
    struct rig_pulses pulses = {{0}};
    uint32_t wire;

    while (sm_msi_take(sm, IOTB_WIRE_ADDRESS, &wire))
        if (wire <= IOTB_WIRE_EVENT)
            pulses.of[wire]++;
    return pulses;
}

struct sm_command rig_illegal(void)
{
    return sm_cmd_raw(0, 0);
}

void rig_close(struct sm *sm)
{
    struct test *t = sm->t;

    test_reset(t, IOTB_RESET_COLD);
    sm_open(sm, t, NULL);
    sm_close(sm);
}

uint32_t rig_bad_type(struct sm *sm)
{
    return sm_idr(sm->t, 0, "S1P") ? SM_C_BAD_CD : SM_F_TRANSLATION;
}

struct iotb_request rig_bad_stream(struct sm *sm, uint32_t n)
{
    bool stage1 = sm_idr(sm->t, 0, "S1P");
    struct sm_path path;

    if (!stage1 && sm->stall_model == 2)
        test_skip(sm->t, "every fault of a stream without stage 1 stalls");
    sm_path_open(sm, &path, stage1 ? SM_F_S1 : SM_F_S2, sm_sid(sm, n), 0, 0x3f, 0x3f);
    if (stage1) {
        sm_cd_set(sm, path.sid, 0, "V", 0);
        sm_cfgi_cd(sm, path.sid, 0);
    }
    return sm_request(&path, IOTB_WRITE, 0x6f000, 8);
}

void rig_faults(struct sm *sm, const struct iotb_request *bad, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        struct iotb_request r = *bad;

        request_run(sm->t, &r);
    }
    test_settle(sm->t);
}

uint64_t rig_hole(struct test *t)
{
    uint64_t hole = mem_hole(t);

    if (!hole)
        test_not_testable(t, "no address whose accesses abort");
    return hole;
}
