/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pasid_device_dut.c - the PASID device as a DUT of kind endpoint. Compiled with IOTB_DUT_PLUGIN this file is a plug-in.
 *
 * The adapter is the link: what the device sends is stamped and waits here until the bench pulls it; block() takes the
 * credits away, so that it stays inside the device. Completions that come in parts are put together here.
 */
#include "dut/model/model_dut.h"

#include "pasid-device/pasid_device.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TLP_BYTES_MAX 64u
#define MEMORY_WRITE_MAX 4096u

/* A first-in first-out list of what was sent. */
struct sent {
    struct sent *next;
    union {
        struct iotb_request tlp;
        struct iotb_message message;
    } as;
};
struct sent_list {
    struct sent *first, **end;
};

/* A non-posted request that the device waits for. */
struct outstanding {
    struct outstanding *next;
    struct pcie_request *request;
    uint32_t bytes; /* of the completion, so far */
    uint8_t data[TLP_BYTES_MAX];
};

struct iotb_dut {
    struct sim sim;
    struct pasid_device_params params;
    struct pasid_device *device;
    struct sent_list tlps, messages;
    struct outstanding *outstanding;
    uint64_t sequence;
    uint32_t blocked; /* IOTB_BLOCK_* */
    char parameters[512];
};

static void *checked(void *memory)
{
    if (!memory)
        abort();
    return memory;
}

/* ---- what the device sends ---- */

static struct sent *append(struct sent_list *list)
{
    struct sent *sent = checked(calloc(1, sizeof(*sent)));

    *list->end = sent;
    list->end = &sent->next;
    return sent;
}

static struct sent *take(struct sent_list *list)
{
    struct sent *sent = list->first;

    if (!sent)
        return NULL;
    list->first = sent->next;
    if (!list->first)
        list->end = &list->first;
    return sent;
}

static void empty(struct sent_list *list)
{
    struct sent *sent;

    while ((sent = take(list)))
        free(sent);
    list->end = &list->first;
}

static const uint8_t kinds[] = {[PCIE_READ] = IOTB_READ,
                                [PCIE_WRITE] = IOTB_WRITE,
                                [PCIE_FETCH_ADD] = IOTB_FETCH_ADD,
                                [PCIE_SWAP] = IOTB_SWAP,
                                [PCIE_CAS] = IOTB_CAS};
static const uint8_t address_types[] = {[PCIE_AT_UNTRANSLATED] = IOTB_AT_UNTRANSLATED,
                                        [PCIE_AT_TRANSLATION] = IOTB_AT_TRANSLATION,
                                        [PCIE_AT_TRANSLATED] = IOTB_AT_TRANSLATED,
                                        [PCIE_AT_RESERVED] = IOTB_AT_RESERVED};

static uint32_t flags_of(const struct pcie_request *r)
{
    return (r->has_pasid ? IOTB_RQ_PASID : 0) | (r->privileged ? IOTB_RQ_PRIVILEGED : 0) | (r->execute ? IOTB_RQ_EXECUTE : 0) |
           (r->no_snoop ? IOTB_RQ_NO_SNOOP : 0) | (r->zero_length ? IOTB_RQ_ZERO_LENGTH : 0) |
           (r->no_write ? IOTB_RQ_NO_WRITE : 0) | (r->relaxed_ordering ? IOTB_RQ_RELAXED : 0) |
           (r->id_ordering ? IOTB_RQ_ID_ORDERED : 0) | (r->poisoned ? IOTB_RQ_POISONED : 0);
}

static bool upstream_request(void *context, struct pcie_request *r)
{
    struct iotb_dut *dut = context;
    struct iotb_request *tlp = &append(&dut->tlps)->as.tlp;
    struct outstanding *outstanding;
    bool posted = r->kind == PCIE_WRITE;

    *tlp = (struct iotb_request){.size = sizeof(*tlp),
                                 .id = posted ? 0 : r->id,
                                 .requester_id = r->requester_id,
                                 .kind = kinds[r->kind],
                                 .address_type = address_types[r->at],
                                 .flags = flags_of(r),
                                 .pasid = r->pasid,
                                 .bytes = r->bytes,
                                 .address = r->address,
                                 .sequence = ++dut->sequence};
    memcpy(tlp->data, r->data, sizeof(tlp->data));
    r->poisoned = false; /* from now on of what comes back */
    if (posted)
        return true;
    outstanding = checked(calloc(1, sizeof(*outstanding)));
    outstanding->request = r;
    outstanding->next = dut->outstanding;
    dut->outstanding = outstanding;
    return false;
}

static const uint16_t message_kinds[] = {[PCIE_INVALIDATE_REQUEST] = IOTB_MSG_INVALIDATE_REQUEST,
                                         [PCIE_INVALIDATE_COMPLETION] = IOTB_MSG_INVALIDATE_COMPLETION,
                                         [PCIE_PAGE_REQUEST] = IOTB_MSG_PAGE_REQUEST,
                                         [PCIE_PAGE_RESPONSE] = IOTB_MSG_PAGE_RESPONSE};

static void message_send(void *context, const struct pcie_message *m)
{
    struct iotb_dut *dut = context;
    struct iotb_message *message = &append(&dut->messages)->as.message;

    *message = (struct iotb_message){.size = sizeof(*message),
                                     .kind = message_kinds[m->kind],
                                     .device_id = m->device_id,
                                     .flags = (m->has_pasid ? IOTB_RQ_PASID : 0) | (m->privileged ? IOTB_RQ_PRIVILEGED : 0) |
                                              (m->execute ? IOTB_RQ_EXECUTE : 0),
                                     .pasid = m->pasid,
                                     .address = m->address,
                                     .itag = m->itag,
                                     .group_index = m->group_index,
                                     .completion_count = m->completion_count,
                                     .response_code = m->response_code,
                                     .read = m->read,
                                     .write = m->write,
                                     .last = m->last,
                                     .at_ps = dut->sim.now_ps,
                                     .sequence = ++dut->sequence,
                                     .agent_id = m->agent_id};
}

static bool link_ready(void *context, bool posted)
{
    const struct iotb_dut *dut = context;

    return !(dut->blocked & (posted ? IOTB_BLOCK_POSTED : IOTB_BLOCK_NON_POSTED));
}

static int next_tlp(struct iotb_dut *dut, struct iotb_request *tlp)
{
    struct sent *sent = take(&dut->tlps);

    if (!sent)
        return IOTB_NONE;
    *tlp = sent->as.tlp;
    free(sent);
    return IOTB_OK;
}

static int poll_message(struct iotb_dut *dut, struct iotb_message *message)
{
    struct sent *sent = take(&dut->messages);

    if (!sent)
        return IOTB_NONE;
    *message = sent->as.message;
    free(sent);
    return IOTB_OK;
}

static int block(struct iotb_dut *dut, uint32_t blocked)
{
    dut->blocked = blocked;
    pasid_device_resume(dut->device);
    return IOTB_OK;
}

/* ---- completions ---- */

static void finish(struct iotb_dut *dut, struct outstanding **link, const struct iotb_completion *completion)
{
    struct outstanding *outstanding = *link;
    struct pcie_request *r = outstanding->request;

    *link = outstanding->next;
    r->status = (enum pcie_status)(completion->status & 7u);
    r->poisoned |= (completion->flags & IOTB_CPL_POISONED) != 0;
    r->data_bytes = outstanding->bytes;
    r->done_ps = dut->sim.now_ps;
    memcpy(r->data, outstanding->data, sizeof(r->data));
    free(outstanding);
    r->done(r);
}

static int complete_tlp(struct iotb_dut *dut, const struct iotb_completion *completion)
{
    struct outstanding **link = &dut->outstanding;
    uint32_t bytes = completion->bytes;

    while (*link && (*link)->request->id != completion->id)
        link = &(*link)->next;
    if (bytes > TLP_BYTES_MAX)
        return IOTB_E_ARGUMENT;
    if (!*link || (completion->flags & IOTB_CPL_OTHER_REQUESTER)) {
        pasid_device_unexpected_completion(dut->device);
        return IOTB_OK;
    }
    if (bytes > TLP_BYTES_MAX - (*link)->bytes)
        bytes = TLP_BYTES_MAX - (*link)->bytes;
    memcpy((*link)->data + (*link)->bytes, completion->data, bytes);
    (*link)->bytes += bytes;
    (*link)->request->poisoned |= (completion->flags & IOTB_CPL_POISONED) != 0;
    if (completion->status == IOTB_SC && (completion->flags & IOTB_CPL_MORE))
        return IOTB_OK;
    finish(dut, link, completion);
    return IOTB_OK;
}

/* Every request that was taken is answered once, after a reset too; the device drops what comes late. */
static void abort_outstanding(struct iotb_dut *dut)
{
    const struct iotb_completion aborted = {.status = IOTB_CA};

    while (dut->outstanding)
        finish(dut, &dut->outstanding, &aborted);
}

/* ---- requests to the device ---- */

static int config_read(struct iotb_dut *dut, uint32_t offset, uint32_t bytes, uint32_t *value)
{
    if ((bytes != 1 && bytes != 2 && bytes != 4) || offset % bytes || offset >= 4096)
        return IOTB_E_ARGUMENT;
    *value = pasid_device_config_read(dut->device, offset, bytes);
    return IOTB_OK;
}

static int config_write(struct iotb_dut *dut, uint32_t offset, uint32_t bytes, uint32_t value)
{
    if ((bytes != 1 && bytes != 2 && bytes != 4) || offset % bytes || offset >= 4096)
        return IOTB_E_ARGUMENT;
    pasid_device_config_write(dut->device, offset, bytes, value);
    return IOTB_OK;
}

static int config_target(struct iotb_dut *dut, uint32_t requester_id)
{
    pasid_device_config_target(dut->device, (uint16_t)requester_id);
    return IOTB_OK;
}

static int bar_read(struct iotb_dut *dut, uint32_t bar, uint64_t offset, uint32_t bytes, uint64_t *value)
{
    return pasid_device_bar_read(dut->device, bar, offset, bytes, value) == PCIE_SC ? IOTB_OK : IOTB_NONE;
}

static int bar_write(struct iotb_dut *dut, uint32_t bar, uint64_t offset, const void *data, uint32_t bytes)
{
    if (bytes == 0 || bytes > MEMORY_WRITE_MAX)
        return IOTB_E_ARGUMENT;
    pasid_device_bar_write(dut->device, bar, offset, data, bytes);
    return IOTB_OK;
}

static int deferrable_write(struct iotb_dut *dut, uint64_t address, const void *data, uint32_t bytes, uint32_t *retry)
{
    if (bytes == 0 || bytes > MEMORY_WRITE_MAX)
        return IOTB_E_ARGUMENT;
    switch (pasid_device_deferrable_write(dut->device, address, data, bytes)) {
    case PASID_DEVICE_ACCEPTED:
        *retry = 0;
        break;
    case PASID_DEVICE_RETRY:
        *retry = 1;
        break;
    case PASID_DEVICE_UNSUPPORTED:
        *retry = 2;
        break;
    }
    return IOTB_OK;
}

static int send_message(struct iotb_dut *dut, const struct iotb_message *message)
{
    struct pcie_message m = {.kind = message->kind == IOTB_MSG_INVALIDATE_REQUEST ? PCIE_INVALIDATE_REQUEST : PCIE_PAGE_RESPONSE,
                             .device_id = message->device_id,
                             .has_pasid = message->flags & IOTB_RQ_PASID,
                             .privileged = message->flags & IOTB_RQ_PRIVILEGED,
                             .execute = message->flags & IOTB_RQ_EXECUTE,
                             .pasid = message->flags & IOTB_RQ_PASID ? message->pasid & PCIE_PASID_MAX : 0,
                             .address = message->address,
                             .itag = message->itag,
                             .group_index = message->group_index,
                             .response_code = message->response_code,
                             .agent_id = message->agent_id,
                             .payload_bytes = message->payload_bytes,
                             .poisoned = message->flags & IOTB_RQ_POISONED};

    if (message->kind != IOTB_MSG_INVALIDATE_REQUEST && message->kind != IOTB_MSG_PAGE_RESPONSE)
        return IOTB_E_ARGUMENT;
    pasid_device_message(dut->device, &m);
    return IOTB_OK;
}

/* ---- life ---- */

__attribute__((format(printf, 2, 3))) static int refuse(const struct iotb_open_args *args, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    if (args->error && args->error_bytes)
        vsnprintf(args->error, args->error_bytes, format, arguments);
    va_end(arguments);
    return IOTB_E_ARGUMENT;
}

/* "erratum=A+B" stands for two parameters. */
static bool set_errata(struct pasid_device_params *params, char *names)
{
    for (char *name = names, *plus; name; name = plus) {
        plus = strchr(name, '+');
        if (plus)
            *plus++ = '\0';
        if (!pasid_device_set_parameter(params, "erratum", name))
            return false;
    }
    return true;
}

/* Calls for each NAME=VALUE; the preset counts first, wherever it stands. */
static int read_parameters(struct iotb_dut *dut, const struct iotb_open_args *args, bool presets)
{
    char list[sizeof(dut->parameters)];

    memcpy(list, dut->parameters, sizeof(list));
    for (char *name = list, *next, *value; name && *name; name = next) {
        bool preset, good;

        next = strchr(name, ',');
        if (next)
            *next++ = '\0';
        value = strchr(name, '=');
        if (!value)
            return refuse(args, "%s: a parameter is written NAME=VALUE", name);
        *value++ = '\0';
        preset = strcmp(name, "preset") == 0;
        if (preset != presets)
            continue;
        if (preset && !pasid_device_preset(value, &dut->params))
            return refuse(args, "preset=%s: there is no such parameter set", value);
        good = preset || (strcmp(name, "erratum") == 0 ? set_errata(&dut->params, value)
                                                       : pasid_device_set_parameter(&dut->params, name, value));
        if (!good)
            return refuse(args, "%s=%s: there is no such parameter, or its value is out of range", name, value);
    }
    return IOTB_OK;
}

static int create(struct iotb_dut *dut, const struct iotb_open_args *args)
{
    const char *parameters = args->parameters ? args->parameters : "";
    struct pasid_device_ports ports = {
        .upstream = {upstream_request, dut}, .message = {message_send, dut}, .ready = link_ready, .ready_context = dut};
    char error[200] = "";

    if (strlen(parameters) >= sizeof(dut->parameters))
        return refuse(args, "the parameters are longer than %zu characters", sizeof(dut->parameters) - 1);
    strcpy(dut->parameters, parameters);
    (void)pasid_device_preset("max", &dut->params);
    if (read_parameters(dut, args, true) != IOTB_OK || read_parameters(dut, args, false) != IOTB_OK)
        return IOTB_E_ARGUMENT;
    if (pasid_device_create(&dut->sim, &dut->params, &ports, &dut->device, error, sizeof(error)))
        return refuse(args, "%s", error[0] ? error : "the model could not be made");
    return IOTB_OK;
}

static void dut_close(struct iotb_dut *dut)
{
    if (dut->device) {
        abort_outstanding(dut);
        pasid_device_destroy(dut->device);
    }
    empty(&dut->tlps);
    empty(&dut->messages);
    free(dut);
}

static int dut_open(const struct iotb_open_args *args, struct iotb_dut **out)
{
    struct iotb_dut *dut = calloc(1, sizeof(*dut));
    int result;

    if (!dut)
        return IOTB_E_NO_MEMORY;
    sim_init(&dut->sim, args->seed);
    dut->tlps.end = &dut->tlps.first;
    dut->messages.end = &dut->messages.first;
    result = create(dut, args);
    if (result == IOTB_OK)
        *out = dut;
    else
        dut_close(dut);
    return result;
}

static int dut_describe(struct iotb_dut *dut, struct iotb_desc *desc)
{
    *desc = (struct iotb_desc){
        .size = sizeof(*desc),
        .kind = IOTB_KIND_ENDPOINT,
        .architecture = IOTB_ARCH_ENDPOINT,
        .host_address_bits = 52,
        .features = IOTB_F_COMPLETION_STATUS | IOTB_F_PASID | IOTB_F_PRIVILEGE | IOTB_F_ATOMIC | IOTB_F_NO_SNOOP | IOTB_F_ATS |
                    IOTB_F_PRI | IOTB_F_OVERLAP | IOTB_F_TIME | IOTB_F_WIDE_ADDRESS,
        .address_bits = 64,
        .request_bytes_max = 64,
        .hole_address = UINT64_MAX,
        .requester_count = 1,
        .requester_ids = {dut->params.requester_id},
        .name = "pasid-device",
        .version = "PASID device 1 model",
    };
    memcpy(desc->parameters, dut->parameters, sizeof(desc->parameters));
    return IOTB_OK;
}

static int dut_reset(struct iotb_dut *dut, uint32_t kind)
{
    if (kind == IOTB_RESET_FUNCTION) {
        pasid_device_reset(dut->device, PASID_DEVICE_FUNCTION);
        return IOTB_OK;
    }
    if (kind != IOTB_RESET_COLD)
        return IOTB_E_UNSUPPORTED;
    pasid_device_reset(dut->device, PASID_DEVICE_COLD);
    abort_outstanding(dut);
    pasid_device_reset(dut->device, PASID_DEVICE_COLD); /* what was aborted has left traces in status registers */
    empty(&dut->tlps);
    empty(&dut->messages);
    dut->blocked = 0;
    return IOTB_OK;
}

static bool has_output(const struct iotb_dut *dut)
{
    return dut->tlps.first || dut->messages.first;
}

static int dut_advance(struct iotb_dut *dut, struct iotb_advance *advance)
{
    uint64_t next_ps;

    while (!has_output(dut) && sim_step(&dut->sim, advance->until_ps))
        ;
    if (!has_output(dut) && advance->until_ps > dut->sim.now_ps)
        sim_run(&dut->sim, advance->until_ps);
    advance->reached_ps = dut->sim.now_ps;
    advance->idle = !has_output(dut) && !sim_next_ps(&dut->sim, &next_ps);
    return IOTB_OK;
}

static const struct iotb_endpoint_ops endpoint_ops = {
    .size = sizeof(endpoint_ops),
    .config_read = config_read,
    .config_write = config_write,
    .bar_read = bar_read,
    .bar_write = bar_write,
    .deferrable_write = deferrable_write,
    .next_tlp = next_tlp,
    .complete_tlp = complete_tlp,
    .send_message = send_message,
    .poll_message = poll_message,
    .config_target = config_target,
    .block = block,
};

static const struct iotb_dut_ops dut_ops = {
    .size = sizeof(dut_ops),
    .abi = IOTB_DUT_ABI,
    .name = "pasid-device",
    .open = dut_open,
    .describe = dut_describe,
    .reset = dut_reset,
    .advance = dut_advance,
    .close = dut_close,
    .endpoint = &endpoint_ops,
};

#ifdef IOTB_DUT_PLUGIN
const struct iotb_dut_ops *iotb_dut_entry(uint32_t abi)
{
    return abi == IOTB_DUT_ABI ? &dut_ops : NULL;
}
#else
const struct iotb_dut_ops *iotb_dut_pasid_device(void)
{
    return &dut_ops;
}

bool iotb_dut_pasid_device_deviation(size_t n, struct dut_deviation *deviation)
{
    static char parameters[128];
    const struct pasid_device_erratum *erratum = &pasid_device_errata[n];

    if (n >= pasid_device_errata_count)
        return false;
    if (erratum->preset)
        snprintf(parameters, sizeof(parameters), "preset=%s", erratum->preset);
    *deviation = (struct dut_deviation){.name = erratum->name,
                                        .rule = erratum->rule,
                                        .source = erratum->source,
                                        .rows = erratum->rows,
                                        .parameters = erratum->preset ? parameters : NULL};
    return true;
}
#endif
