/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pd_ops.c - what each operation does: lines read, worked on and written in order.
 *
 * A few lines are read ahead; they retire one after the other, so that on a fault all below is done and nothing above is
 * written. A write is started only when what it depends on has been read without fault.
 */
#include "pasid-device/pd_internal.h"

#include <string.h>

#define FLAG(name) (1u << PD_FLAG_##name)
#define OPERAND_SOURCE 0u
#define OPERAND_DESTINATION 1u
#define CRC32C_REVERSED 0x82f63b78u

struct op {
    bool reads_a, reads_b, writes;
};

static struct op op_of(uint8_t opcode)
{
    switch (opcode) {
    case PD_OP_MEMMOVE:
        return (struct op){.reads_a = true, .writes = true};
    case PD_OP_FILL:
        return (struct op){.writes = true};
    case PD_OP_COMPARE:
        return (struct op){.reads_a = true, .reads_b = true};
    case PD_OP_COMPVAL:
    case PD_OP_CRC32C:
    case PD_OP_XFETCH:
        return (struct op){.reads_a = true};
    default:
        return (struct op){0};
    }
}

/* ---- cutting an operand into lines ---- */

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* Bytes from an address to the end of its line, or from the start of the line to the byte before it. */
static uint64_t line_room(struct pasid_device *device, const struct pd_job *job, uint64_t address, bool downwards)
{
    if (downwards)
        return (address - 1u) % PD_LINE + 1u;
    uint64_t room = PD_LINE - address % PD_LINE;
    if (room < PD_LINE && (address + room) % PD_PAGE == 0 && pd_deviates(device, PD_E_H44, &job->work.flow, address, NULL))
        return PD_LINE;
    return room;
}

static void next_chunk(struct pasid_device *device, const struct pd_job *job, const struct op *op, uint64_t *offset,
                       uint32_t *bytes)
{
    uint64_t left = job->size - job->issued, edge = job->downwards ? left : job->issued;
    uint64_t n = left;
    if (job->opcode == PD_OP_XFETCH) {
        uint64_t stride = pd_load(job->work.bytes, PD_DESC_DATA1);
        *offset = job->issued;
        *bytes = (uint32_t)least(left, stride ? stride : PD_PAGE - (job->src + job->issued) % PD_PAGE);
        return;
    }
    n = least(n, PD_LINE);
    if (op->reads_a)
        n = least(n, line_room(device, job, job->src + edge, job->downwards));
    if (op->reads_b || op->writes)
        n = least(n, line_room(device, job, job->dst + edge, job->downwards));
    *bytes = (uint32_t)n;
    *offset = job->downwards ? left - n : job->issued;
}

static void start_line(struct pasid_device *device, struct pd_job *job, const struct op *op)
{
    struct pd_line *line = &job->line[(job->line_first + job->line_count++) % PD_LINES_MAX];
    *line = (struct pd_line){.used = true, .read_a = op->reads_a, .read_b = op->reads_b};
    next_chunk(device, job, op, &line->offset, &line->bytes);
    job->issued += line->bytes;
    uint32_t bytes = (uint32_t)least(line->bytes, PD_LINE);
    if (op->reads_a) {
        pd_access_start(&line->a, PCIE_READ, &job->work.flow, job->src + line->offset, bytes);
        line->a.execute = job->flags & FLAG(XEXEC);
        line->a.translate_only = job->opcode == PD_OP_XFETCH;
        line->a.last = job->downwards ? line->a.address : job->src + job->size - 1u;
    }
    if (op->reads_b) {
        pd_access_start(&line->b, PCIE_READ, &job->work.flow, job->dst + line->offset, bytes);
        line->b.execute = job->flags & FLAG(XEXEC);
        line->b.operand = OPERAND_DESTINATION;
        line->b.last = job->dst + job->size - 1u;
    }
}

static bool step_reads(struct pasid_device *device, struct pd_job *job)
{
    bool moved = false;
    for (uint32_t i = 0; i < job->line_count; i++) {
        struct pd_line *line = &job->line[(job->line_first + i) % PD_LINES_MAX];
        moved |= line->read_a && pd_access_step(device, &line->a);
        moved |= line->read_b && pd_access_step(device, &line->b);
    }
    return moved;
}

/* ---- what is done with a line ---- */

static void pattern_at(const struct pd_job *job, uint32_t field, uint64_t offset, uint8_t *out, uint32_t bytes)
{
    uint64_t pattern = pd_load(job->work.bytes, field);
    for (uint32_t i = 0; i < bytes; i++)
        out[i] = (uint8_t)(pattern >> 8u * ((offset + i) % 8u));
}

static uint32_t crc32c(uint32_t crc, const uint8_t *data, uint32_t bytes)
{
    crc = ~crc;
    for (uint32_t i = 0; i < bytes; i++) {
        crc ^= data[i];
        for (unsigned bit = 0; bit < 8u; bit++)
            crc = crc >> 1 ^ (crc & 1u ? CRC32C_REVERSED : 0);
    }
    return ~crc;
}

/* True: the lines differ, the first difference being at *where. */
static bool compare(const struct pd_job *job, const struct pd_line *line, uint64_t *where)
{
    uint8_t pattern[PD_LINE];
    const uint8_t *other = line->b.data;
    if (job->opcode == PD_OP_COMPVAL) {
        pattern_at(job, PD_DESC_DST, line->offset, pattern, line->bytes);
        other = pattern;
    }
    for (uint32_t i = 0; i < line->bytes; i++) {
        if (line->a.data[i] == other[i])
            continue;
        *where = line->offset + i;
        return true;
    }
    return false;
}

static void start_write(struct pd_job *job, const struct pd_line *line)
{
    struct pd_access *write = &job->write;
    pd_access_start(write, PCIE_WRITE, &job->work.flow, job->dst + line->offset, line->bytes);
    write->operand = OPERAND_DESTINATION;
    write->last = job->downwards ? write->address : job->dst + job->size - 1u;
    if (job->opcode == PD_OP_FILL)
        pattern_at(job, PD_DESC_SRC, line->offset, write->data, line->bytes);
    else
        memcpy(write->data, line->a.data, line->bytes);
    job->writing = true;
}

static void retire(struct pd_job *job)
{
    struct pd_line *line = &job->line[job->line_first];
    job->retired += line->bytes;
    line->used = false;
    job->line_first = (job->line_first + 1u) % PD_LINES_MAX;
    job->line_count--;
}

static void end_run(struct pd_job *job)
{
    uint64_t done = job->retired;
    uint8_t result = (uint8_t)pd_load(job->record, PD_REC_RESULT);
    bool compares = job->opcode == PD_OP_COMPARE || job->opcode == PD_OP_COMPVAL;
    if (compares && result == 0)
        done = job->size;
    if (job->opcode == PD_OP_MEMMOVE)
        pd_store(job->record, PD_REC_RESULT, job->downwards);
    if (job->opcode == PD_OP_CRC32C)
        pd_store(job->record, PD_REC_DATA0, job->crc);
    if (!compares || result == 0)
        pd_store(job->record, PD_REC_DONE, done);
    uint64_t expected = pd_load(job->work.bytes, PD_DESC_DATA0) & 0xffu;
    job->status = compares && (job->flags & FLAG(CR)) && result != expected ? PD_ST_FALSE : PD_ST_OK;
    job->phase = PD_CUT;
}

static void fail_at(struct pd_job *job, const struct pd_access *access)
{
    pd_job_fail(job, access);
    pd_store(job->record, PD_REC_DONE, job->retired);
    job->phase = PD_CUT;
}

static bool step_write(struct pasid_device *device, struct pd_job *job)
{
    bool moved = pd_access_step(device, &job->write);
    if (job->write.state != PD_ACCESS_DONE)
        return moved;
    job->writing = false;
    if (job->early) {
        job->early = false;
        job->flags &= ~(job->write.status == PD_ST_OK ? FLAG(CRAV) : 0);
        start_write(job, &job->line[job->line_first]);
    } else if (job->write.status != PD_ST_OK) {
        fail_at(job, &job->write);
    } else {
        retire(job);
    }
    return true;
}

/* Deviation: the record goes out with the last line still to be written. */
static bool record_early(struct pasid_device *device, struct pd_job *job, const struct pd_line *line)
{
    bool recorded = (job->flags & FLAG(CRAV)) && (job->flags & FLAG(RCR));
    if (!recorded || job->retired + line->bytes < job->size ||
        !pd_deviates(device, PD_E_H42_RECORD, &job->work.flow, job->dst, NULL))
        return false;
    pd_store(job->record, PD_REC_DONE, job->size);
    pd_store(job->record, PD_REC_RESULT, job->downwards);
    job->early = true;
    pd_record_start(job);
    return true;
}

/* The oldest line has been read. */
static void work_on(struct pasid_device *device, struct pd_job *job, const struct op *op)
{
    struct pd_line *line = &job->line[job->line_first];
    uint64_t where = 0;
    if (op->writes) {
        if (!record_early(device, job, line))
            start_write(job, line);
        return;
    }
    if ((job->opcode == PD_OP_COMPARE || job->opcode == PD_OP_COMPVAL) && compare(job, line, &where)) {
        pd_store(job->record, PD_REC_RESULT, 1);
        pd_store(job->record, PD_REC_DONE, where);
        end_run(job);
        return;
    }
    if (job->opcode == PD_OP_CRC32C)
        job->crc = crc32c(job->crc, line->a.data, line->bytes);
    retire(job);
}

static bool done_or_unused(const struct pd_access *access, bool used)
{
    return !used || access->state == PD_ACCESS_DONE;
}

static bool step_oldest(struct pasid_device *device, struct pd_job *job, const struct op *op)
{
    if (job->writing)
        return step_write(device, job);
    struct pd_line *line = &job->line[job->line_first];
    if (!job->line_count || !done_or_unused(&line->a, line->read_a) || !done_or_unused(&line->b, line->read_b))
        return false;
    if (line->read_a && line->a.status != PD_ST_OK)
        fail_at(job, &line->a);
    else if (line->read_b && line->b.status != PD_ST_OK)
        fail_at(job, &line->b);
    else
        work_on(device, job, op);
    return true;
}

/* DRDBK: a byte of the last line written is read through the same translation; what a blocked write does not say the read does.
 */
static void begin_readback(struct pd_job *job)
{
    uint64_t address = job->downwards ? job->dst : job->dst + job->size - 1u;
    pd_access_start(&job->write, PCIE_READ, &job->work.flow, address, 1);
    job->write.operand = OPERAND_DESTINATION;
    job->writing = true;
    job->phase = PD_READBACK;
}

static bool run_lines(struct pasid_device *device, struct pd_job *job)
{
    struct op op = op_of(job->opcode);
    uint32_t lines = pd_serial(device) ? 1 : device->params.engine_reads;
    if (job->issued == 0) {
        job->downwards = job->opcode == PD_OP_MEMMOVE && job->dst > job->src && job->dst - job->src < job->size;
        job->crc = (uint32_t)pd_load(job->work.bytes, PD_DESC_DATA0);
    }
    if (job->line_count < lines && job->issued < job->size)
        start_line(device, job, &op);
    bool moved = step_reads(device, job);
    moved |= step_oldest(device, job, &op);
    if (job->phase == PD_RUN && job->retired == job->size) {
        if (op.writes && (job->flags & FLAG(DRDBK)))
            begin_readback(job);
        else
            end_run(job);
        return true;
    }
    return moved;
}

static bool run_readback(struct pasid_device *device, struct pd_job *job)
{
    bool moved = pd_access_step(device, &job->write);
    if (job->write.state != PD_ACCESS_DONE)
        return moved;
    job->writing = false;
    end_run(job);
    if (job->write.status != PD_ST_OK)
        fail_at(job, &job->write);
    return true;
}

/* ---- operations that are one request ---- */

static void start_atomic(struct pd_job *job)
{
    static const enum pcie_kind kinds[] = {PCIE_FETCH_ADD, PCIE_SWAP, PCIE_CAS};
    const uint8_t *bytes = job->work.bytes;
    uint32_t width = (uint32_t)pd_load(bytes, PD_DESC_DATA2) & 0xffu;
    enum pcie_kind kind = kinds[pd_load(bytes, PD_DESC_DATA2) >> 8 & 3u];
    struct pd_access *access = &job->write;
    pd_access_start(access, kind, &job->work.flow, job->dst, width);
    access->operand = OPERAND_DESTINATION;
    memcpy(access->data, bytes + 40, 8);
    if (kind == PCIE_CAS) { /* compare value, then new value */
        memcpy(access->data, bytes + 48, width);
        memcpy(access->data + width, bytes + 40, width);
    }
    job->writing = true;
}

static bool run_atomic(struct pasid_device *device, struct pd_job *job)
{
    if (!job->writing)
        start_atomic(job);
    bool moved = pd_access_step(device, &job->write);
    if (job->write.state != PD_ACCESS_DONE)
        return moved;
    job->writing = false;
    job->phase = PD_CUT;
    if (job->write.status != PD_ST_OK)
        fail_at(job, &job->write);
    else
        memcpy(job->record + 16, job->write.data, job->write.bytes);
    return true;
}

enum { XLATE_NW = 1, XLATE_EXEC = 2, XLATE_FILL = 4, XLATE_PAGE = 8 };

static bool end_one(struct pd_job *job, uint8_t status)
{
    job->status = status;
    job->phase = PD_CUT;
    if (status != PD_ST_OK)
        pd_store(job->record, PD_REC_ADDRESS, job->src);
    return true;
}

static bool xlate_answered(struct pasid_device *device, struct pd_job *job, uint32_t options)
{
    struct pd_treq *treq = job->treq;
    const struct pd_entry *entry = treq->got ? &treq->entry[0] : NULL;
    uint64_t visible = device->exerciser.unlocked ? UINT64_MAX : PD_PAGE - 1u;
    bool lacks = entry && (!entry->read || (!(options & XLATE_NW) && !entry->write));
    bool again = treq->stale || treq->absorbed;
    uint8_t status = treq->status;
    pd_store(job->record, PD_REC_DATA0, treq->raw[0] & visible);
    pd_store(job->record, PD_REC_DATA1,
             treq->completion | (entry ? (uint64_t)entry->size_lg2 << 8 : 0) | (uint64_t)treq->got << 16);
    pd_treq_leave(treq);
    job->treq = NULL;
    if (again)
        return pd_ats_on(device) ? true : end_one(job, PD_ST_ATS_OFF);
    if (status == PD_ST_OK && lacks && (options & XLATE_PAGE) && !job->retired &&
        pd_prg_get(device, &job->work.flow, job->src, job->src, 1, true, !(options & XLATE_NW), options & XLATE_EXEC,
                   &job->prg) == PD_PRG_SENT) {
        job->retired = 1; /* asked once */
        return true;
    }
    return end_one(job, status);
}

static bool run_xlate(struct pasid_device *device, struct pd_job *job)
{
    const struct pd_flow *flow = &job->work.flow;
    uint32_t options = (uint32_t)pd_load(job->work.bytes, PD_DESC_DATA0);
    if (job->prg) {
        if (job->prg->state != PD_PRG_ANSWERED && !job->prg->status)
            return false;
        uint8_t status = job->prg->status;
        pd_prg_leave(job->prg);
        job->prg = NULL;
        return status == PD_ST_OK ? true : end_one(job, status);
    }
    if (job->treq)
        return job->treq->state == PD_TREQ_ANSWERED && xlate_answered(device, job, options);
    if (flow->has_pasid && !(pd_pasid_control(device) & 1u))
        return end_one(job, PD_ST_PASID_OFF);
    if (!pd_ats_on(device) || flow->untranslated)
        return end_one(job, PD_ST_ATS_OFF);
    if (device->shut)
        return end_one(job, PD_ST_XLAT_UR);
    job->treq =
        pd_treq_send(device, flow, job->src, (uint32_t)job->size, options & XLATE_NW, options & XLATE_EXEC, options & XLATE_FILL);
    return job->treq;
}

static bool run_page_request(struct pasid_device *device, struct pd_job *job)
{
    const struct pd_flow *flow = &job->work.flow;
    uint64_t rights = pd_load(job->work.bytes, PD_DESC_DATA0);
    if (!job->prg) {
        if (flow->has_pasid && !(pd_pasid_control(device) & 1u))
            return end_one(job, PD_ST_PASID_OFF);
        if (pd_command_cuts(device, flow))
            return end_one(job, PD_ST_PRG_TIMEOUT);
        enum pd_prg_answer answer = pd_prg_get(device, flow, job->src, job->src + (job->size - 1u) * PD_PAGE, (uint32_t)job->size,
                                               rights & 1u, rights & 2u, false, &job->prg);
        return answer == PD_PRG_NEVER ? end_one(job, PD_ST_FAULT) : answer == PD_PRG_SENT;
    }
    struct pd_prg *group = job->prg;
    if (group->state != PD_PRG_ANSWERED && !group->status)
        return false;
    uint64_t ticks = group->answered_tick > group->sent_tick ? group->answered_tick - group->sent_tick : 0;
    pd_store(job->record, PD_REC_DATA0, group->response | (uint64_t)group->index << 16 | (ticks & UINT32_MAX) << 32);
    uint8_t status = group->status;
    pd_prg_leave(group);
    job->prg = NULL;
    return end_one(job, status);
}

bool pd_op_run(struct pasid_device *device, struct pd_engine *engine)
{
    struct pd_job *job = &engine->job;
    if (job->phase == PD_READBACK)
        return run_readback(device, job);
    switch (job->opcode) {
    case PD_OP_NOP:
        return end_one(job, PD_ST_OK);
    case PD_OP_DRAIN:
        return !pd_earlier_work(device, job) && end_one(job, PD_ST_OK);
    case PD_OP_ATOMIC:
        return run_atomic(device, job);
    case PD_OP_XLATE:
        return run_xlate(device, job);
    case PD_OP_PAGEREQ:
        return run_page_request(device, job);
    default:
        return run_lines(device, job);
    }
}
