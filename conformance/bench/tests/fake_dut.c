/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fake_dut.c - see fake_dut.h. Also the body of the plug-ins that misbehave.
 */
#include "bench/tests/fake_dut.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define JOBS 64u

struct job {
    bool used, sent, complete;
    struct iotb_request request;
    struct iotb_completion completion;
};

struct iotb_dut {
    char mode[32];
    struct job jobs[JOBS];
    uint64_t now_ps, reg;
    uint32_t order[JOBS], first, count; /* jobs whose access is not handed out yet */
};

static bool mode(const struct iotb_dut *dut, const char *name)
{
    return strcmp(dut->mode, name) == 0;
}

static int fake_open(const struct iotb_open_args *args, struct iotb_dut **out)
{
    struct iotb_dut *dut = calloc(1, sizeof(*dut));

    if (!dut)
        return IOTB_E_NO_MEMORY;
    if (sscanf(args->parameters, "mode=%31[a-z_0-9]", dut->mode) != 1 && args->parameters[0]) {
        snprintf(args->error, args->error_bytes, "the fake DUT has no parameter %s", args->parameters);
        free(dut);
        return IOTB_E_ARGUMENT;
    }
    *out = dut;
    return IOTB_OK;
}

static int fake_describe(struct iotb_dut *dut, struct iotb_desc *desc)
{
    *desc = (struct iotb_desc){.size = sizeof(*desc),
                               .kind = IOTB_KIND_IOMMU,
                               .architecture = IOTB_ARCH_VTD,
                               .host_address_bits = 40,
                               .features = IOTB_F_BENCH_MEMORY | IOTB_F_COMPLETION_STATUS | IOTB_F_OVERLAP | IOTB_F_TIME |
                                           IOTB_F_ANY_REQUESTER | IOTB_F_WIDE_ADDRESS | IOTB_F_INTERRUPTS | IOTB_F_PROBES,
                               .request_bytes_max = 64,
                               .hole_address = UINT64_MAX,
                               .name = "fake",
                               .version = "1"};
    if (mode(dut, "no_time"))
        desc->features &= ~IOTB_F_TIME;
    if (mode(dut, "desc_string"))
        memset(desc->name, 'x', sizeof(desc->name));
    if (mode(dut, "desc_kind"))
        desc->kind = IOTB_KIND_ENDPOINT;
    if (mode(dut, "desc_size"))
        desc->size = 8;
    if (mode(dut, "desc_none"))
        return IOTB_NONE;
    return IOTB_OK;
}

static int fake_reset(struct iotb_dut *dut, uint32_t kind)
{
    if (kind != IOTB_RESET_COLD)
        return IOTB_E_UNSUPPORTED;
    memset(dut->jobs, 0, sizeof(dut->jobs));
    dut->first = dut->count = 0;
    return IOTB_OK;
}

static int fake_advance(struct iotb_dut *dut, struct iotb_advance *advance)
{
    dut->now_ps = mode(dut, "time_back") && dut->now_ps ? dut->now_ps - 1 : advance->until_ps;
    if (mode(dut, "time_far"))
        dut->now_ps = advance->until_ps + 1;
    advance->reached_ps = dut->now_ps;
    advance->idle = mode(dut, "never_idle") ? 0 : mode(dut, "idle_2") ? 2 : 1;
    if (mode(dut, "standstill")) {
        advance->reached_ps = 0;
        advance->idle = 0;
    }
    return IOTB_OK;
}

static void fake_close(struct iotb_dut *dut)
{
    free(dut);
}

static int fake_reg_read(struct iotb_dut *dut, uint64_t offset, uint32_t bytes, uint64_t *value)
{
    if (mode(dut, "reg_gone"))
        return IOTB_E_GONE;
    if (mode(dut, "reg_57"))
        return 57;
    *value = mode(dut, "reg_wide") ? UINT64_MAX : (dut->reg + offset) & (bytes == 8 ? UINT64_MAX : UINT32_MAX);
    return IOTB_OK;
}

static int fake_reg_write(struct iotb_dut *dut, uint64_t offset, uint32_t bytes, uint64_t value)
{
    (void)offset;
    (void)bytes;
    dut->reg = value;
    return IOTB_OK;
}

static int fake_submit(struct iotb_dut *dut, const struct iotb_request *request)
{
    if (mode(dut, "crash"))
        abort();
    if (mode(dut, "hang"))
        for (;;)
            pause();
    for (uint32_t i = 0; i < JOBS; i++) {
        if (dut->jobs[i].used)
            continue;
        dut->jobs[i] = (struct job){.used = true, .request = *request};
        dut->jobs[i].completion = (struct iotb_completion){.size = sizeof(struct iotb_completion), .id = request->id};
        if (!mode(dut, "stuck"))
            dut->order[(dut->first + dut->count++) % JOBS] = i;
        return IOTB_OK;
    }
    return IOTB_E_NO_MEMORY;
}

static int fake_poll_completion(struct iotb_dut *dut, struct iotb_completion *completion)
{
    for (uint32_t i = 0; i < JOBS; i++) {
        if (!dut->jobs[i].used || !dut->jobs[i].complete)
            continue;
        *completion = dut->jobs[i].completion;
        dut->jobs[i].used = mode(dut, "completion_twice");
        if (mode(dut, "completion_unknown"))
            completion->id += 7;
        if (mode(dut, "completion_bytes"))
            completion->bytes = 65;
        if (mode(dut, "completion_status"))
            completion->status = 3;
        if (mode(dut, "completion_size"))
            completion->size = 0;
        return IOTB_OK;
    }
    return IOTB_NONE;
}

static int fake_next_access(struct iotb_dut *dut, struct iotb_access *access)
{
    uint32_t index;
    const struct iotb_request *request;

    if (!dut->count)
        return IOTB_NONE;
    index = dut->order[dut->first];
    dut->first = (dut->first + 1) % JOBS;
    dut->count--;
    request = &dut->jobs[index].request;
    *access = (struct iotb_access){
        .size = sizeof(*access),
        .tag = mode(dut, "tag_twice") ? 5 : index,
        .kind = request->kind == IOTB_FETCH_ADD ? IOTB_ACC_FETCH_ADD
                : request->kind == IOTB_SWAP    ? IOTB_ACC_SWAP
                : request->kind == IOTB_CAS     ? IOTB_ACC_CMPXCHG
                                                : request->kind,
        .origin = IOTB_ORIGIN_DMA,
        .snoop = 1,
        .memory_type = IOTB_ATTR_UNKNOWN,
        .request_id = request->id,
        .address = request->address,
        .bytes = request->bytes,
        .issue_ps = dut->now_ps,
    };
    memcpy(access->data, request->kind == IOTB_CAS ? &request->data[request->bytes] : request->data, request->bytes);
    if (request->kind == IOTB_CAS)
        memcpy(access->compare, request->data, request->bytes);
    if (mode(dut, "access_kind"))
        access->kind = 9;
    if (mode(dut, "access_crosses"))
        access->address |= 63;
    if (mode(dut, "access_bytes"))
        access->bytes = 0;
    if (mode(dut, "access_request"))
        access->request_id = 1000;
    if (mode(dut, "access_size"))
        access->size = 100000;
    return IOTB_OK;
}

static int fake_answer_access(struct iotb_dut *dut, const struct iotb_answer *answer)
{
    struct job *job = &dut->jobs[answer->tag % JOBS];

    job->complete = true;
    job->completion.done_ps = dut->now_ps;
    job->completion.status = answer->status == IOTB_ACCESS_OK ? IOTB_SC : IOTB_UR;
    job->completion.bytes = answer->bytes;
    memcpy(job->completion.data, answer->data, answer->bytes);
    return IOTB_OK;
}

static int fake_poll_interrupt(struct iotb_dut *dut, struct iotb_interrupt *interrupt)
{
    interrupt->size = sizeof(*interrupt);
    interrupt->origin = 9;
    return mode(dut, "interrupt_origin") ? IOTB_OK : IOTB_NONE;
}

static int fake_next_probe(struct iotb_dut *dut, struct iotb_probe *probe)
{
    probe->size = sizeof(*probe);
    memset(probe->text, 'x', sizeof(probe->text));
    return mode(dut, "probe_string") ? IOTB_OK : IOTB_NONE;
}

const struct iotb_dut_ops *fake_dut(void)
{
    static const struct iotb_iommu_ops iommu = {
        .size = sizeof(iommu),
        .reg_read = fake_reg_read,
        .reg_write = fake_reg_write,
        .submit = fake_submit,
        .poll_completion = fake_poll_completion,
        .next_access = fake_next_access,
        .answer_access = fake_answer_access,
        .poll_interrupt = fake_poll_interrupt,
        .next_probe = fake_next_probe,
    };
    static const struct iotb_dut_ops ops = {
        .size = sizeof(ops),
        .abi = IOTB_DUT_ABI,
        .name = "fake",
        .open = fake_open,
        .describe = fake_describe,
        .reset = fake_reset,
        .advance = fake_advance,
        .close = fake_close,
        .iommu = &iommu,
    };

    return &ops;
}
