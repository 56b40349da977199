/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_request.c - requests at work: their beginning, their accesses, and how they end (3.12 Fault models, 5.5 Fault
 * configuration).
 *
 * A request is a resumable procedure: one function moves it on from phase to phase until it is finished or waits for the
 * memory port. What the phases do is in smmuv3_translate.c (structures), smmuv3_paging.c (walks) and smmuv3_data.c (the
 * access); the meaning of every entry is in the step functions.
 */
#include "smmuv3/smmuv3_flight.h"

#include <string.h>

#define PREFETCHES_MAX 8u /* of one command */

/* ---- beginning ---- */

static enum walk_progress go_on(struct walk_job *job)
{
    struct smmuv3_flight *flight = (struct smmuv3_flight *)job;
    enum walk_progress progress;
    do
        progress = flight->phase(flight);
    while (progress == WALK_GO);
    return progress;
}

static struct smmuv3_query query_of_request(const struct pcie_request *request)
{
    bool atomic = pcie_is_atomic(request->kind);
    return (struct smmuv3_query){
        .stream_id = request->requester_id,
        .has_substream_id = request->has_pasid,
        .substream_id = request->has_pasid ? request->pasid : 0,
        .privileged = request->has_pasid && request->privileged,
        .instruction = request->has_pasid && request->execute && request->kind == PCIE_READ,
        .read = request->kind != PCIE_WRITE,
        .write = request->kind == PCIE_WRITE || atomic,
        .attributes = smmuv3_pcie_attributes(),
        .address = request->address,
    };
}

struct smmuv3_query smmuv3_query_of_translation(const struct smmuv3_translation *translation)
{
    return (struct smmuv3_query){
        .stream_id = translation->stream_id,
        .has_substream_id = translation->has_substream_id,
        .substream_id = translation->has_substream_id ? translation->substream_id : 0,
        .privileged = translation->privileged,
        .instruction = translation->instruction && !translation->write,
        .read = !translation->write,
        .write = translation->write,
        .attributes = smmuv3_pcie_attributes(),
        .address = translation->address,
    };
}

static enum smmuv3_purpose purpose_of(const struct smmuv3 *smmu, const struct pcie_request *request)
{
    if (request == &smmu->priq.check)
        return SMMUV3_FOR_PPAR;
    if (request && request->at == PCIE_AT_TRANSLATION)
        return SMMUV3_FOR_TRANSLATION;
    return request && request->at == PCIE_AT_TRANSLATED ? SMMUV3_FOR_TRANSLATED : SMMUV3_FOR_ACCESS;
}

static void begin(struct request_work *work)
{
    struct smmuv3_flight *flight = (struct smmuv3_flight *)work;
    struct pcie_request *request = work->request;
    flight->translation = NULL;
    flight->merge = (struct merge_entry){0};
    flight->hazard = (struct hazard_entry){0};
    flight->phase = smmuv3_flight_start;
    flight->was_enabled = flight->smmu->enabled;
    flight->moved = 0;
    flight->source_count = 0;
    flight->recorded = false;
    flight->purpose = purpose_of(flight->smmu, request);
    flight->ste = (struct smmuv3_ste){0};
    flight->regime = (struct smmuv3_regime){.params = &flight->smmu->params};
    smmuv3_stall_recognise(flight);
    if (!request)
        return;
    request->data_bytes = 0;
    flight->query = query_of_request(request);
    SMMUV3_PROBE(flight->smmu, work->job.now_ps, request->id, "request", "begin sid=%x ssid=%x kind=%d address=%llx bytes=%u%s",
                 request->requester_id, request->has_pasid ? request->pasid : UINT32_MAX, (int)request->kind,
                 (unsigned long long)request->address, request->bytes, flight->early ? " early retry" : "");
}

struct prefetch {
    struct smmuv3_query query;
    bool config_only;
};

static void begin_prefetch(struct request_work *work, void *context)
{
    struct smmuv3_flight *flight = (struct smmuv3_flight *)work;
    const struct prefetch *prefetch = context;
    flight->purpose = prefetch->config_only ? SMMUV3_FOR_PREFETCH_CONFIG : SMMUV3_FOR_PREFETCH;
    flight->query = prefetch->query;
}

static void begin_translation(struct request_work *work, void *context)
{
    struct smmuv3_flight *flight = (struct smmuv3_flight *)work;
    flight->translation = context;
    flight->query = smmuv3_query_of_translation(flight->translation);
}

/* ---- accesses ---- */

enum walk_progress smmuv3_flight_access(struct smmuv3_flight *flight, const struct smmuv3_port_access *what, smmuv3_phase next)
{
    struct port_request *access = &flight->work.job.access;
    flight->phase = next;
    access->kind = what->kind;
    access->origin = what->origin;
    access->address = what->address;
    access->bytes = what->bytes;
    access->request_id = smmuv3_flight_id(flight);
    smmuv3_port_attributes(what->attributes, access);
    if (what->origin == PORT_DMA)
        smmuv3_port_client(&flight->smmu->params, &flight->query, access);
    return walk_access(&flight->work.job);
}

void smmuv3_flight_source(struct smmuv3_flight *flight, uint64_t address, uint64_t value)
{
    if (flight->smmu->params.provenance && flight->source_count < CACHE_SOURCES_MAX)
        flight->sources[flight->source_count++] = (struct cache_source){address, value};
}

/* ---- faults ---- */

static enum walk_progress ended(struct smmuv3_flight *flight)
{
    return smmuv3_flight_end(flight, flight->end);
}

/*
 * 3.12.2: held until software says what is to become of it. Its record is written when the Event queue is writable; if it is
 * not, the transaction is retried then (7.2.1). Stalls of before SMMUEN was cleared are terminated (6.3.9.6).
 */
static enum walk_progress stall(struct smmuv3_flight *flight)
{
    struct smmuv3 *smmu = flight->smmu;
    flight->end = SMMUV3_END_ABORT;
    if (!flight->work.request || flight->was_enabled != smmu->enabled)
        return ended(flight);
    flight->end = SMMUV3_END_STALL;
    if (flight->early || !smmuv3_stall_take(flight))
        return ended(flight);
    flight->event.stall = true;
    flight->event.stag = flight->stag;
    if (!flight->terms.record) { /* deviation STALL_BY_R */
        flight->recorded = true;
        return ended(flight);
    }
    if (!smmuv3_eventq_writable(smmu))
        return ended(flight);
    flight->recorded = true;
    return smmuv3_event_write(flight, ended);
}

static bool is_prefetch(const struct smmuv3_flight *flight)
{
    return flight->purpose == SMMUV3_FOR_PREFETCH || flight->purpose == SMMUV3_FOR_PREFETCH_CONFIG;
}

/* C_BAD_STREAMID is recorded with CR2.RECINVSID only (6.3.12). An early retry records nothing (3.12.2.2). */
static bool is_recorded(const struct smmuv3_flight *flight)
{
    if (!flight->terms.record || flight->early)
        return false;
    if (flight->purpose != SMMUV3_FOR_ACCESS)
        return smmuv3_ats_recorded(flight);
    bool invalid_sid = SMMUV3_GET(smmuv3_reg(flight->smmu, SMMUV3_REG_CR2), CR2_RECINVSID) != 0;
    return flight->event.type != SMMUV3_C_BAD_STREAMID || invalid_sid || smmuv3_flight_on(flight, SMMUV3_E_RECINVSID_IGNORED);
}

enum walk_progress smmuv3_flight_fault(struct smmuv3_flight *flight, enum smmuv3_condition condition,
                                       const struct smmuv3_fault *fault)
{
    struct smmuv3 *smmu = flight->smmu;
    smmuv3_flight_walked(flight);
    flight->terms = smmuv3_fault_terms(&smmu->params, &flight->regime, condition);
    smmuv3_event_make(&smmu->params, condition, &flight->query, fault->class, fault->ipa, fault->fetch, fault->update,
                      &flight->event);
    SMMUV3_PROBE(smmu, flight->work.job.now_ps, smmuv3_flight_id(flight), "fault", "%s event=%02x%s%s",
                 smmuv3_condition_facts(condition)->name, (unsigned)flight->event.type, flight->terms.stall ? " stall" : "",
                 flight->terms.record ? "" : " not recorded");
    /* 4.2: a prefetch that fails does so silently. */
    if (is_prefetch(flight))
        return smmuv3_flight_end(flight, SMMUV3_END_ABORT);
    if (flight->terms.stall && flight->purpose != SMMUV3_FOR_TRANSLATION)
        return stall(flight);
    flight->end = flight->terms.abort ? SMMUV3_END_ABORT : SMMUV3_END_RAZ_WI;
    if (flight->purpose == SMMUV3_FOR_TRANSLATION)
        flight->end = smmuv3_ats_fault_end(flight);
    return is_recorded(flight) ? smmuv3_event_write(flight, ended) : ended(flight);
}

enum walk_progress smmuv3_flight_refuse(struct smmuv3_flight *flight, const struct smmuv3_event *event)
{
    flight->event = *event;
    flight->end = SMMUV3_END_ABORT;
    return smmuv3_event_write(flight, ended);
}

/* 7.3.2 F_UUT: with the attributes as they came in. */
enum walk_progress smmuv3_flight_unsupported(struct smmuv3_flight *flight)
{
    const struct smmuv3_query *q = &flight->query;
    const struct smmuv3_event event = {
        .type = SMMUV3_F_UUT,
        .stream_id = q->stream_id,
        .substream_id = q->substream_id,
        .ssv = q->has_substream_id,
        .rnw = !q->write, /* 13.1.1: of an atomic 0 */
        .ind = q->instruction,
        .pnu = q->privileged,
        .input = q->address,
    };
    return smmuv3_flight_refuse(flight, &event);
}

/* ---- the end ---- */

void smmuv3_request_answer(struct smmuv3 *smmu, struct pcie_request *request, enum smmuv3_end end, uint64_t done_ps)
{
    static const enum pcie_status statuses[SMMUV3_ENDS] = {
        [SMMUV3_END_OK] = PCIE_SC,     [SMMUV3_END_ABORT] = PCIE_UR,
        [SMMUV3_END_RAZ_WI] = PCIE_SC, [SMMUV3_END_STALL] = PCIE_CA, /* never answered as such */
        [SMMUV3_END_POISON] = PCIE_CA, [SMMUV3_END_COMPLETER_ABORT] = PCIE_CA,
    };
    SMMUV3_PROBE(smmu, done_ps, request->id, "request", "end result=%d", (int)end);
    request->status = statuses[end];
    request->done_ps = done_ps;
    if (end != SMMUV3_END_RAZ_WI || request->kind == PCIE_WRITE)
        return;
    memset(request->data, 0, sizeof request->data);
    request->data_bytes = request->bytes;
}

static bool answer(struct request_work *work)
{
    struct smmuv3_flight *flight = (struct smmuv3_flight *)work;
    if (flight->translation) {
        flight->translation->allowed = flight->end == SMMUV3_END_OK;
        flight->translation->translated = flight->output;
        flight->translation->done_ps = work->job.now_ps;
        return false;
    }
    if (is_prefetch(flight))
        return false;
    if (flight->end == SMMUV3_END_STALL && smmuv3_stall_hold(flight))
        return false;
    if (flight->early)
        smmuv3_stall_passed(flight);
    smmuv3_request_answer(flight->smmu, work->request, flight->end, work->job.now_ps);
    return true;
}

/* 4.2: as a read that is not carried out. Where there is no place for it, nothing is prefetched. */
void smmuv3_prefetch(struct smmuv3 *smmu, const struct smmuv3_command *command)
{
    struct prefetch prefetch = {
        .query = {.stream_id = command->stream_id,
                  .has_substream_id = command->has_substream_id,
                  .substream_id = command->has_substream_id ? command->substream_id : 0,
                  .read = true,
                  .attributes = smmuv3_pcie_attributes()},
        .config_only = command->opcode == SMMUV3_CMD_PREFETCH_CONFIG,
    };
    uint64_t count = prefetch.config_only ? 1 : command->prefetch_count;
    for (uint64_t i = 0; i < count && i < PREFETCHES_MAX; i++) {
        prefetch.query.address = command->prefetch_address + (i << command->prefetch_stride_lg2);
        if (!request_pool_spawn(&smmu->requests, smmu->sim->now_ps, begin_prefetch, &prefetch))
            return;
    }
}

bool smmuv3_request(struct smmuv3 *smmu, struct pcie_request *request)
{
    return request_pool_take(&smmu->requests, request);
}

void smmuv3_translate(struct smmuv3 *smmu, struct smmuv3_translation *translation)
{
    if (!smmuv3_flight_quick(smmu, translation))
        request_pool_run(&smmu->requests, translation->issue_ps, begin_translation, translation);
}

int smmuv3_requests_init(struct smmuv3 *smmu)
{
    const struct smmuv3_params *p = &smmu->params;
    struct request_pool *pool = &smmu->requests;
    uint32_t max = p->in_flight_max ? p->in_flight_max : 64;
    int error = request_pool_init(pool, smmu->sim, &smmu->ports.memory, p->walkers, max, sizeof(struct smmuv3_flight), go_on);
    if (!error)
        error = lookup_ports_init(&smmu->lookups, p->lookup_ports, p->lookup_ps);
    if (error)
        return error;
    pool->walks.clock_ps = p->clock_ps;
    pool->begin = begin;
    pool->answer = answer;
    for (uint32_t i = 0; i < max; i++)
        ((struct smmuv3_flight *)request_pool_place(pool, i))->smmu = smmu;
    return 0;
}
