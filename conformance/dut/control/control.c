/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * control.c - the negative controls, as a wrapper around a model: registers, queues and interrupts are the model's, requests
 * never reach it.
 *
 * A request that passes is carried out by the wrapper: with accesses of its own among the model's (memory=bench; their tags
 * have the top bit set), or in the model's memory (memory=dut).
 */
#include "dut/control/control.h"

#include "dut/model/model_dut.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OWN_TAG 0x80000000u
#define PIECES_MAX 2u /* a request of at most 64 bytes touches at most two 64-byte blocks */

enum control { CONTROL_BYPASS, CONTROL_DENY, CONTROL_STUCK, CONTROL_NOISE, CONTROL_COUNT };

/* A request on its way, its accesses, and later its completion. */
struct job {
    struct job *next;
    struct iotb_request request; /* as it is carried out, which need not be as it was sent */
    struct iotb_completion completion;
    struct iotb_access pieces[PIECES_MAX];
    uint32_t piece_count, sent, answered;
    bool complete, spoil;
};

struct iotb_dut {
    enum control control;
    const struct iotb_dut_ops *ops; /* of the model */
    struct iotb_dut *model;
    bool bench_memory;
    uint32_t host_address_bits;
    struct job *jobs; /* oldest first */
    uint32_t next_tag;
    uint64_t now_ps;
    uint64_t random;
};

/* Models by what "model=" selects; the first without it. */
static const struct {
    const char *selection;
    const struct iotb_dut_ops *(*ops)(void);
} models[] = {{"model=vtd", iotb_dut_vtd}, {"model=smmuv3", iotb_dut_smmuv3}};

/* What follows the selection goes to the model. */
static const struct iotb_dut_ops *select_model(const char **parameters)
{
    for (size_t i = 0; i < sizeof(models) / sizeof(models[0]); i++) {
        size_t length = strlen(models[i].selection);

        if (strncmp(*parameters, models[i].selection, length) != 0 || !strchr(",", (*parameters)[length]))
            continue;
        *parameters += length + ((*parameters)[length] == ',');
        return models[i].ops();
    }
    return models[0].ops();
}

/* splitmix64 */
static uint64_t next_random(struct iotb_dut *dut)
{
    uint64_t z = dut->random += 0x9e3779b97f4a7c15ull;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
}

/* ---- carrying out a request ---- */

static bool is_atomic(const struct iotb_request *request)
{
    return request->kind >= IOTB_FETCH_ADD;
}

static void add_piece(struct iotb_dut *dut, struct job *job, uint32_t from, uint32_t bytes)
{
    static const uint8_t kinds[] = {[IOTB_READ] = IOTB_ACC_READ,
                                    [IOTB_WRITE] = IOTB_ACC_WRITE,
                                    [IOTB_FETCH_ADD] = IOTB_ACC_FETCH_ADD,
                                    [IOTB_SWAP] = IOTB_ACC_SWAP,
                                    [IOTB_CAS] = IOTB_ACC_CMPXCHG};
    struct iotb_access *piece = &job->pieces[job->piece_count++];

    *piece = (struct iotb_access){.size = sizeof(*piece),
                                  .tag = OWN_TAG | dut->next_tag++ % OWN_TAG,
                                  .kind = kinds[job->request.kind],
                                  .origin = IOTB_ORIGIN_DMA,
                                  .snoop = !(job->request.flags & IOTB_RQ_NO_SNOOP),
                                  .memory_type = IOTB_ATTR_UNKNOWN,
                                  .request_id = job->request.id,
                                  .address = job->request.address + from,
                                  .issue_ps = dut->now_ps,
                                  .bytes = bytes};
    if (job->request.kind == IOTB_CAS) {
        memcpy(piece->compare, job->request.data, bytes);
        memcpy(piece->data, &job->request.data[bytes], bytes);
    } else if (job->request.kind != IOTB_READ) {
        memcpy(piece->data, &job->request.data[from], bytes);
    }
}

static void complete(struct iotb_dut *dut, struct job *job)
{
    job->complete = true;
    job->completion.done_ps = dut->now_ps;
    if (job->completion.status != IOTB_SC)
        job->completion.bytes = 0;
    for (uint32_t i = 0; job->spoil && i < job->completion.bytes; i++)
        job->completion.data[i] = (uint8_t)(job->completion.data[i] ^ (next_random(dut) | 1));
}

static void answered(struct iotb_dut *dut, struct job *job, const struct iotb_access *piece, const struct iotb_answer *answer)
{
    if (answer->status != IOTB_ACCESS_OK)
        job->completion.status = IOTB_UR;
    if (piece->kind != IOTB_ACC_WRITE)
        memcpy(&job->completion.data[piece->address - job->request.address], answer->data, piece->bytes);
    if (++job->answered == job->piece_count)
        complete(dut, job);
}

/* memory=dut: the model's memory, at once. */
static void carry_out_now(struct iotb_dut *dut, struct job *job)
{
    const struct iotb_iommu_ops *iommu = dut->ops->iommu;

    for (uint32_t i = 0; i < job->piece_count; i++) {
        const struct iotb_access *piece = &job->pieces[i];
        struct iotb_answer answer = {.size = sizeof(answer), .tag = piece->tag};
        uint8_t new[64];
        uint32_t carry = 0;

        if (piece->kind != IOTB_ACC_WRITE && iommu->mem_read(dut->model, piece->address, answer.data, piece->bytes) != IOTB_OK)
            answer.status = IOTB_ACCESS_ABORT;
        memcpy(new, piece->data, sizeof(new));
        for (uint32_t k = 0; piece->kind == IOTB_ACC_FETCH_ADD && k < piece->bytes; k++) {
            carry += (uint32_t)answer.data[k] + piece->data[k];
            new[k] = (uint8_t)carry;
            carry >>= 8;
        }
        if (piece->kind != IOTB_ACC_READ && answer.status == IOTB_ACCESS_OK &&
            (piece->kind != IOTB_ACC_CMPXCHG || memcmp(answer.data, piece->compare, piece->bytes) == 0) &&
            iommu->mem_write(dut->model, piece->address, new, piece->bytes) != IOTB_OK)
            answer.status = IOTB_ACCESS_ABORT;
        answered(dut, job, piece, &answer);
    }
}

static void pass(struct iotb_dut *dut, struct job *job)
{
    const struct iotb_request *request = &job->request;
    uint32_t head = 64 - (uint32_t)(request->address & 63);

    job->completion.bytes = request->kind == IOTB_WRITE ? 0 : request->bytes;
    if (request->bytes <= head || is_atomic(request)) {
        add_piece(dut, job, 0, request->bytes);
    } else {
        add_piece(dut, job, 0, head);
        add_piece(dut, job, head, request->bytes - head);
    }
    if (!dut->bench_memory)
        carry_out_now(dut, job);
}

static void refuse(struct iotb_dut *dut, struct job *job)
{
    job->completion.status = IOTB_UR;
    complete(dut, job);
}

/* Completes as if it had been carried out, and was not; what it reads is noise. */
static void drop(struct iotb_dut *dut, struct job *job)
{
    job->completion.bytes = job->request.kind == IOTB_WRITE ? 0 : job->request.bytes;
    job->spoil = true;
    complete(dut, job);
}

static void make_noise(struct iotb_dut *dut, struct job *job)
{
    uint64_t page_mask = (1ull << dut->host_address_bits) - 1;

    switch (next_random(dut) % 4) {
    case 0: /* spoilt on the way in, and on the way out */
        for (uint32_t i = 0; i < sizeof(job->request.data); i++)
            job->request.data[i] = (uint8_t)(job->request.data[i] ^ (next_random(dut) | 1));
        job->spoil = true;
        pass(dut, job);
        return;
    case 1: /* somewhere else */
        job->request.address = (next_random(dut) & page_mask & ~0xfffull) | (job->request.address & 0xfff);
        job->spoil = true;
        pass(dut, job);
        return;
    case 2:
        refuse(dut, job);
        return;
    default:
        drop(dut, job);
        return;
    }
}

/* ATS: the entry that maps the page to itself with read and write; 8 bytes, most significant first. */
static void translate_to_itself(struct iotb_dut *dut, struct job *job)
{
    uint64_t entry = (job->request.address & ~0xfffull) | 3;

    job->completion.bytes = 8;
    for (uint32_t i = 0; i < 8; i++)
        job->completion.data[i] = (uint8_t)(entry >> (56 - 8 * i));
    complete(dut, job);
}

static bool well_formed(const struct iotb_request *request)
{
    if (request->kind > IOTB_CAS || !request->bytes || request->bytes > 64)
        return false;
    return !is_atomic(request) || (request->bytes <= 16 && !(request->bytes & (request->bytes - 1)));
}

static int control_submit(struct iotb_dut *dut, const struct iotb_request *request)
{
    struct job *job, **last = &dut->jobs;

    if (!well_formed(request))
        return IOTB_E_ARGUMENT;
    if (dut->control == CONTROL_STUCK)
        return IOTB_OK;
    job = calloc(1, sizeof(*job));
    if (!job)
        return IOTB_E_NO_MEMORY;
    job->request = *request;
    job->completion = (struct iotb_completion){.size = sizeof(job->completion), .id = request->id, .status = IOTB_SC};
    while (*last)
        last = &(*last)->next;
    *last = job;
    if (dut->control == CONTROL_DENY || (is_atomic(request) && (request->address & (request->bytes - 1))))
        refuse(dut, job);
    else if (dut->control == CONTROL_NOISE)
        make_noise(dut, job);
    else if (request->address_type == IOTB_AT_TRANSLATION)
        translate_to_itself(dut, job);
    else
        pass(dut, job);
    return IOTB_OK;
}

static int control_poll_completion(struct iotb_dut *dut, struct iotb_completion *completion)
{
    for (struct job **at = &dut->jobs; *at; at = &(*at)->next) {
        struct job *job = *at;

        if (!job->complete)
            continue;
        *completion = job->completion;
        *at = job->next;
        free(job);
        return IOTB_OK;
    }
    return IOTB_NONE;
}

static int control_next_access(struct iotb_dut *dut, struct iotb_access *access)
{
    for (struct job *job = dut->jobs; job; job = job->next) {
        if (job->complete || job->sent == job->piece_count)
            continue;
        *access = job->pieces[job->sent++];
        return IOTB_OK;
    }
    return dut->ops->iommu->next_access(dut->model, access);
}

static int control_answer_access(struct iotb_dut *dut, const struct iotb_answer *answer)
{
    if (!(answer->tag & OWN_TAG))
        return dut->ops->iommu->answer_access(dut->model, answer);
    for (struct job *job = dut->jobs; job; job = job->next)
        for (uint32_t i = 0; i < job->sent; i++)
            if (job->pieces[i].tag == answer->tag) {
                answered(dut, job, &job->pieces[i], answer);
                return IOTB_OK;
            }
    return IOTB_E_ARGUMENT;
}

/* ---- the rest is the model's ---- */

static void drop_jobs(struct iotb_dut *dut)
{
    while (dut->jobs) {
        struct job *job = dut->jobs;

        dut->jobs = job->next;
        free(job);
    }
}

static int control_open(enum control control, const struct iotb_open_args *args, struct iotb_dut **out)
{
    struct iotb_dut *dut = calloc(1, sizeof(*dut));
    struct iotb_desc desc = {.size = sizeof(desc)};
    struct iotb_open_args inner = *args;
    int result;

    if (!dut)
        return IOTB_E_NO_MEMORY;
    dut->control = control;
    dut->random = args->seed;
    dut->ops = select_model(&inner.parameters);
    result = dut->ops->open(&inner, &dut->model);
    if (result != IOTB_OK) {
        free(dut);
        return result;
    }
    (void)dut->ops->describe(dut->model, &desc);
    dut->bench_memory = (desc.features & IOTB_F_BENCH_MEMORY) != 0;
    dut->host_address_bits = desc.host_address_bits;
    *out = dut;
    return IOTB_OK;
}

static int control_describe(struct iotb_dut *dut, struct iotb_desc *desc)
{
    int result = dut->ops->describe(dut->model, desc);
    char own[sizeof(desc->parameters) - 32];

    if (result != IOTB_OK)
        return result;
    snprintf(desc->name, sizeof(desc->name), "%s", iotb_dut_control_names[dut->control]);
    if (dut->ops == models[0].ops())
        return IOTB_OK;
    snprintf(own, sizeof(own), "%.*s", (int)sizeof(own) - 1, desc->parameters);
    snprintf(desc->parameters, sizeof(desc->parameters), "model=%.20s%s%s", dut->ops->name, own[0] ? "," : "", own);
    return IOTB_OK;
}

static int control_reset(struct iotb_dut *dut, uint32_t kind)
{
    drop_jobs(dut);
    return dut->ops->reset(dut->model, kind);
}

static int control_advance(struct iotb_dut *dut, struct iotb_advance *advance)
{
    struct iotb_advance inner = *advance;
    bool output = false;
    int result;

    for (const struct job *job = dut->jobs; job; job = job->next)
        output = output || job->complete || job->sent < job->piece_count;
    if (output)
        inner.until_ps = dut->now_ps;
    result = dut->ops->advance(dut->model, &inner);
    dut->now_ps = inner.reached_ps;
    advance->reached_ps = inner.reached_ps;
    advance->idle = inner.idle && !output;
    return result;
}

static void control_close(struct iotb_dut *dut)
{
    drop_jobs(dut);
    dut->ops->close(dut->model);
    free(dut);
}

static int control_reg_read(struct iotb_dut *dut, uint64_t offset, uint32_t bytes, uint64_t *value)
{
    return dut->ops->iommu->reg_read(dut->model, offset, bytes, value);
}

static int control_reg_write(struct iotb_dut *dut, uint64_t offset, uint32_t bytes, uint64_t value)
{
    return dut->ops->iommu->reg_write(dut->model, offset, bytes, value);
}

static int control_mem_read(struct iotb_dut *dut, uint64_t address, void *data, uint32_t bytes)
{
    return dut->ops->iommu->mem_read(dut->model, address, data, bytes);
}

static int control_mem_write(struct iotb_dut *dut, uint64_t address, const void *data, uint32_t bytes)
{
    return dut->ops->iommu->mem_write(dut->model, address, data, bytes);
}

static int control_poll_interrupt(struct iotb_dut *dut, struct iotb_interrupt *interrupt)
{
    return dut->ops->iommu->poll_interrupt(dut->model, interrupt);
}

static int control_next_probe(struct iotb_dut *dut, struct iotb_probe *probe)
{
    return dut->ops->iommu->next_probe(dut->model, probe);
}

static const struct iotb_iommu_ops iommu_ops = {
    .size = sizeof(iommu_ops),
    .reg_read = control_reg_read,
    .reg_write = control_reg_write,
    .submit = control_submit,
    .poll_completion = control_poll_completion,
    .mem_read = control_mem_read,
    .mem_write = control_mem_write,
    .next_access = control_next_access,
    .answer_access = control_answer_access,
    .poll_interrupt = control_poll_interrupt,
    .next_probe = control_next_probe,
};

/* open() gets no context: the one function that tells the controls apart. */
#define OPEN(function, control)                                                   \
    static int function(const struct iotb_open_args *args, struct iotb_dut **out) \
    {                                                                             \
        return control_open((control), args, out);                                \
    }
OPEN(open_bypass, CONTROL_BYPASS)
OPEN(open_deny, CONTROL_DENY)
OPEN(open_stuck, CONTROL_STUCK)
OPEN(open_noise, CONTROL_NOISE)

#define OPS(name_, open_)                                                                                         \
    {                                                                                                             \
        .size = sizeof(struct iotb_dut_ops), .abi = IOTB_DUT_ABI, .name = (name_), .open = (open_),               \
        .describe = control_describe, .reset = control_reset, .advance = control_advance, .close = control_close, \
        .iommu = &iommu_ops                                                                                       \
    }
static const struct iotb_dut_ops controls[CONTROL_COUNT] = {
    [CONTROL_BYPASS] = OPS("bypass", open_bypass),
    [CONTROL_DENY] = OPS("deny", open_deny),
    [CONTROL_STUCK] = OPS("stuck", open_stuck),
    [CONTROL_NOISE] = OPS("noise", open_noise),
};
const char *const iotb_dut_control_names[] = {"bypass", "deny", "stuck", "noise", NULL};

const struct iotb_dut_ops *iotb_dut_control(const char *name)
{
    for (size_t i = 0; i < CONTROL_COUNT; i++)
        if (strcmp(name, controls[i].name) == 0)
            return &controls[i];
    return NULL;
}
