/* SPDX-License-Identifier: BSD-2-Clause */
/* Commands and the command queue (chapter 4 Commands, 3.5.1 SMMU circular queues, 7.1 Command queue errors). */
#include "build/sm_internal.h"

#include <stdlib.h>
#include <string.h>

/* ---- commands ---- */

/* 4.1.1 Command opcodes */
static const struct {
    const char *name;
    uint32_t opcode;
} opcodes[] = {
    {"CMD_PREFETCH_CONFIG", 0x01}, {"CMD_PREFETCH_ADDR", 0x02},  {"CMD_CFGI_STE", 0x03},         {"CMD_CFGI_STE_RANGE", 0x04},
    {"CMD_CFGI_ALL", 0x04},        {"CMD_CFGI_CD", 0x05},        {"CMD_CFGI_CD_ALL", 0x06},      {"CMD_CFGI_VMS_PIDM", 0x07},
    {"CMD_TLBI_NH_ALL", 0x10},     {"CMD_TLBI_NH_ASID", 0x11},   {"CMD_TLBI_NH_VA", 0x12},       {"CMD_TLBI_NH_VAA", 0x13},
    {"CMD_TLBI_EL3_ALL", 0x18},    {"CMD_TLBI_EL3_VA", 0x1a},    {"CMD_TLBI_EL2_ALL", 0x20},     {"CMD_TLBI_EL2_ASID", 0x21},
    {"CMD_TLBI_EL2_VA", 0x22},     {"CMD_TLBI_EL2_VAA", 0x23},   {"CMD_TLBI_S12_VMALL", 0x28},   {"CMD_TLBI_S2_IPA", 0x2a},
    {"CMD_TLBI_NSNH_ALL", 0x30},   {"CMD_ATC_INV", 0x40},        {"CMD_PRI_RESP", 0x41},         {"CMD_RESUME", 0x44},
    {"CMD_STALL_TERM", 0x45},      {"CMD_SYNC", 0x46},           {"CMD_TLBI_S_EL2_ALL", 0x50},   {"CMD_TLBI_S_EL2_ASID", 0x51},
    {"CMD_TLBI_S_EL2_VA", 0x52},   {"CMD_TLBI_S_EL2_VAA", 0x53}, {"CMD_TLBI_S_S12_VMALL", 0x58}, {"CMD_TLBI_S_S2_IPA", 0x5a},
    {"CMD_TLBI_SNH_ALL", 0x60},    {"CMD_DPTI_ALL", 0x70},       {"CMD_DPTI_PA", 0x73},
};

struct sm_command sm_cmd_raw(uint64_t word0, uint64_t word1)
{
    return (struct sm_command){{word0, word1}};
}

void sm_cmd_field(struct sm_command *command, const char *name, const char *field, uint64_t value)
{
    sm_put_field(command->word, name, field, value);
}

struct sm_command sm_cmd(const char *name)
{
    struct sm_command command = {{0, 0}};

    for (size_t i = 0; i < sizeof opcodes / sizeof opcodes[0]; i++)
        if (!strcmp(opcodes[i].name, name))
            sm_cmd_field(&command, name, "Opcode", opcodes[i].opcode);
    if (!command.word[0])
        abort();
    return command;
}

static struct sm_command cmd1(const char *name, const char *field, uint64_t value)
{
    struct sm_command command = sm_cmd(name);

    sm_cmd_field(&command, name, field, value);
    return command;
}

struct sm_command sm_cmd_cfgi_ste(uint32_t sid, bool leaf)
{
    struct sm_command command = cmd1("CMD_CFGI_STE", "StreamID", sid);

    sm_cmd_field(&command, "CMD_CFGI_STE", "Leaf", leaf);
    return command;
}

struct sm_command sm_cmd_cfgi_ste_range(uint32_t sid, uint32_t range)
{
    struct sm_command command = cmd1("CMD_CFGI_STE_RANGE", "StreamID", sid);

    sm_cmd_field(&command, "CMD_CFGI_STE_RANGE", "Range", range);
    return command;
}

struct sm_command sm_cmd_cfgi_all(void)
{
    return cmd1("CMD_CFGI_ALL", "Range", 31);
}

struct sm_command sm_cmd_cfgi_cd(uint32_t sid, uint32_t ssid, bool leaf)
{
    struct sm_command command = cmd1("CMD_CFGI_CD", "StreamID", sid);

    sm_cmd_field(&command, "CMD_CFGI_CD", "SubstreamID", ssid);
    sm_cmd_field(&command, "CMD_CFGI_CD", "Leaf", leaf);
    return command;
}

struct sm_command sm_cmd_cfgi_cd_all(uint32_t sid)
{
    return cmd1("CMD_CFGI_CD_ALL", "StreamID", sid);
}

struct sm_command sm_cmd_nh_all(uint32_t vmid)
{
    return cmd1("CMD_TLBI_NH_ALL", "VMID", vmid);
}

struct sm_command sm_cmd_nh_asid(uint32_t vmid, uint32_t asid)
{
    struct sm_command command = cmd1("CMD_TLBI_NH_ASID", "VMID", vmid);

    sm_cmd_field(&command, "CMD_TLBI_NH_ASID", "ASID", asid);
    return command;
}

static struct sm_command with_address(struct sm_command command, const char *name, uint64_t address, bool leaf)
{
    sm_cmd_field(&command, name, "Address", address);
    sm_cmd_field(&command, name, "Leaf", leaf);
    return command;
}

struct sm_command sm_cmd_nh_va(uint32_t vmid, uint32_t asid, uint64_t address, bool leaf)
{
    struct sm_command command = cmd1("CMD_TLBI_NH_VA", "VMID", vmid);

    sm_cmd_field(&command, "CMD_TLBI_NH_VA", "ASID", asid);
    return with_address(command, "CMD_TLBI_NH_VA", address, leaf);
}

struct sm_command sm_cmd_nh_vaa(uint32_t vmid, uint64_t address, bool leaf)
{
    return with_address(cmd1("CMD_TLBI_NH_VAA", "VMID", vmid), "CMD_TLBI_NH_VAA", address, leaf);
}

struct sm_command sm_cmd_el2_all(void)
{
    return sm_cmd("CMD_TLBI_EL2_ALL");
}

struct sm_command sm_cmd_el2_asid(uint32_t asid)
{
    return cmd1("CMD_TLBI_EL2_ASID", "ASID", asid);
}

struct sm_command sm_cmd_el2_va(uint32_t asid, uint64_t address, bool leaf)
{
    return with_address(cmd1("CMD_TLBI_EL2_VA", "ASID", asid), "CMD_TLBI_EL2_VA", address, leaf);
}

struct sm_command sm_cmd_el2_vaa(uint64_t address, bool leaf)
{
    return with_address(sm_cmd("CMD_TLBI_EL2_VAA"), "CMD_TLBI_EL2_VAA", address, leaf);
}

struct sm_command sm_cmd_s12_vmall(uint32_t vmid)
{
    return cmd1("CMD_TLBI_S12_VMALL", "VMID", vmid);
}

struct sm_command sm_cmd_s2_ipa(uint32_t vmid, uint64_t ipa, bool leaf)
{
    return with_address(cmd1("CMD_TLBI_S2_IPA", "VMID", vmid), "CMD_TLBI_S2_IPA", ipa, leaf);
}

struct sm_command sm_cmd_nsnh_all(void)
{
    return sm_cmd("CMD_TLBI_NSNH_ALL");
}

void sm_cmd_range(struct sm_command *command, const char *name, uint32_t granule_lg2, uint32_t num, uint32_t scale, uint32_t ttl)
{
    sm_cmd_field(command, name, "TG", granule_lg2 == 12 ? 1 : granule_lg2 == 14 ? 2 : 3);
    sm_cmd_field(command, name, "NUM", num);
    sm_cmd_field(command, name, "SCALE", scale);
    sm_cmd_field(command, name, "TTL", ttl);
}

static struct sm_command prefetch(const char *name, uint32_t sid, bool ssv, uint32_t ssid)
{
    struct sm_command command = cmd1(name, "StreamID", sid);

    sm_cmd_field(&command, name, "SSV", ssv);
    sm_cmd_field(&command, name, "SubstreamID", ssid);
    return command;
}

struct sm_command sm_cmd_prefetch_config(uint32_t sid, bool ssv, uint32_t ssid)
{
    return prefetch("CMD_PREFETCH_CONFIG", sid, ssv, ssid);
}

struct sm_command sm_cmd_prefetch_addr(uint32_t sid, bool ssv, uint32_t ssid, uint64_t address, uint32_t size)
{
    struct sm_command command = prefetch("CMD_PREFETCH_ADDR", sid, ssv, ssid);

    sm_cmd_field(&command, "CMD_PREFETCH_ADDR", "Address", address);
    sm_cmd_field(&command, "CMD_PREFETCH_ADDR", "Size", size);
    return command;
}

struct sm_command sm_cmd_resume(uint32_t sid, uint32_t stag, bool retry, bool abort)
{
    struct sm_command command = cmd1("CMD_RESUME", "StreamID", sid);

    sm_cmd_field(&command, "CMD_RESUME", "STAG", stag);
    sm_cmd_field(&command, "CMD_RESUME", "Ac", retry);
    sm_cmd_field(&command, "CMD_RESUME", "Ab", abort);
    return command;
}

struct sm_command sm_cmd_stall_term(uint32_t sid)
{
    return cmd1("CMD_STALL_TERM", "StreamID", sid);
}

struct sm_command sm_cmd_sync(void)
{
    return sm_cmd("CMD_SYNC");
}

struct sm_command sm_cmd_sync_msi(uint64_t address, uint32_t data)
{
    struct sm_command command = cmd1("CMD_SYNC", "CS", 1);

    sm_cmd_field(&command, "CMD_SYNC", "MSH", 3);
    sm_cmd_field(&command, "CMD_SYNC", "MSIAttr", 0xf);
    sm_cmd_field(&command, "CMD_SYNC", "MSIData", data);
    sm_cmd_field(&command, "CMD_SYNC", "MSIAddress", address);
    return command;
}

/* ---- the queue ---- */

static uint32_t index_mask(const struct sm *sm)
{
    return SM_QUEUE_WRAP(sm->cmdq_log2size) - 1;
}

static uint32_t next_of(const struct sm *sm, uint32_t position)
{
    return (position + 1) & (2 * SM_QUEUE_WRAP(sm->cmdq_log2size) - 1);
}

uint64_t sm_command_slot(struct sm *sm, uint32_t index)
{
    return sm->cmdq + (uint64_t)SM_COMMAND_BYTES * (index & index_mask(sm));
}

uint32_t sm_cons(struct sm *sm)
{
    return (uint32_t)sm_field(sm->t, "SMMU_CMDQ_CONS", "RD");
}

void sm_put(struct sm *sm, const struct sm_command *command)
{
    sm_write_words(sm, sm_command_slot(sm, sm->cmdq_prod), command->word, 2);
    sm->cmdq_prod = next_of(sm, sm->cmdq_prod);
}

void sm_ring(struct sm *sm)
{
    sm_reg_set(sm->t, "SMMU_CMDQ_PROD", sm->cmdq_prod);
}

/* As many as the queue takes at once; one-entry queues take them one by one. */
bool sm_issue(struct sm *sm, const struct sm_command *commands, uint32_t count)
{
    uint32_t room = SM_QUEUE_WRAP(sm->cmdq_log2size);

    for (uint32_t done = 0; done < count;) {
        uint32_t part = count - done < room ? count - done : room;

        for (uint32_t i = 0; i < part; i++)
            sm_put(sm, &commands[done + i]);
        sm_ring(sm);
        test_settle(sm->t);
        if (sm_cons(sm) != sm->cmdq_prod)
            return false;
        done += part;
    }
    return true;
}

bool sm_submit(struct sm *sm, const struct sm_command *commands, uint32_t count)
{
    return sm_issue(sm, commands, count) && sm_sync(sm);
}

bool sm_submit_one(struct sm *sm, struct sm_command command)
{
    struct sm_command both[2] = {command, sm_cmd_sync()};

    return sm_issue(sm, both, 2);
}

bool sm_sync(struct sm *sm)
{
    struct sm_command sync = sm_cmd_sync();

    return sm_issue(sm, &sync, 1);
}

bool sm_command_error(struct sm *sm, uint32_t *error)
{
    bool active = sm_gerror_active(sm, "CMDQ_ERR");

    if (active && error)
        *error = (uint32_t)sm_field(sm->t, "SMMU_CMDQ_CONS", "ERR");
    return active;
}

bool sm_command_repair(struct sm *sm)
{
    struct sm_command sync = sm_cmd_sync();

    sm_write_words(sm, sm_command_slot(sm, sm_cons(sm)), sync.word, 2);
    sm_gerror_ack(sm, "CMDQ_ERR");
    test_settle(sm->t);
    return sm_cons(sm) == sm->cmdq_prod && !sm_command_error(sm, NULL);
}

bool sm_expect_ill(struct sm *sm, const char *row, const struct sm_command *command)
{
    uint32_t error = SM_CERROR_NONE, at = sm->cmdq_prod;
    bool ok, active;

    sm_issue(sm, command, 1);
    active = sm_command_error(sm, &error);
    ok = CHECK(sm->t, row, active, "command %016llx %016llx: GERROR.CMDQ_ERR is not active", (unsigned long long)command->word[0],
               (unsigned long long)command->word[1]);
    if (!active)
        return false;
    ok &= CHECK_EQ(sm->t, row, SM_CERROR_ILL, error, "CMDQ_CONS.ERR of command %016llx %016llx",
                   (unsigned long long)command->word[0], (unsigned long long)command->word[1]);
    ok &= CHECK_EQ(sm->t, row, at, sm_cons(sm), "CMDQ_CONS.RD at a command error");
    ok &= CHECK(sm->t, row, sm_command_repair(sm), "the command queue runs again after the error was acknowledged");
    return ok;
}

bool sm_expect_consumed(struct sm *sm, const char *row, const struct sm_command *command)
{
    bool consumed = sm_issue(sm, command, 1), ok;

    ok = CHECK(sm->t, row, consumed, "command %016llx %016llx is not consumed", (unsigned long long)command->word[0],
               (unsigned long long)command->word[1]);
    if (sm_command_error(sm, NULL))
        sm_command_repair(sm);
    return ok;
}

bool sm_resume(struct sm *sm, uint32_t sid, uint32_t stag, bool retry, bool abort)
{
    return sm_submit_one(sm, sm_cmd_resume(sid, stag, retry, abort));
}

bool sm_invalidate_all(struct sm *sm)
{
    struct sm_command commands[3] = {sm_cmd_cfgi_all(), sm_cmd_nsnh_all(), sm_cmd_el2_all()};

    return sm_submit(sm, commands, sm_idr(sm->t, 0, "Hyp") ? 3 : 2);
}

bool sm_cfgi_ste(struct sm *sm, uint32_t sid)
{
    return sm_submit_one(sm, sm_cmd_cfgi_ste(sid, true));
}

bool sm_cfgi_cd(struct sm *sm, uint32_t sid, uint32_t ssid)
{
    return sm_submit_one(sm, sm_cmd_cfgi_cd(sid, ssid, true));
}
