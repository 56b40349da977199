/* SPDX-License-Identifier: BSD-2-Clause */
/* endpoint_control.c - see endpoint_control.h. A wrapper: what it does not change goes to the model and comes from it. */
#include "dut/control/endpoint_control.h"

#include "dut/model/model_dut.h"
#include "dut/plugin/plugin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum control { SILENT, NOISE, IDENTITY, HOOKED };

#define COMMAND 0x04u
#define MEMORY_SPACE 2u
#define XKEY 0x000u
#define HOOK_0 0x800u
#define LATE_TICKS 2000000u /* of H03: 2 ms with ticks of 1 ns */
#define USED_TICKS 20000u   /* of H12 */

struct iotb_dut {
    enum control control;
    const struct iotb_dut_ops *ops; /* of the model */
    struct iotb_dut *model;
    uint64_t random;
    uint32_t hook, form, ticks; /* HOOKED; hook 0: none */
    char name[24];
};

/* splitmix64 */
static uint64_t next_random(struct iotb_dut *dut)
{
    uint64_t z = dut->random += 0x9e3779b97f4a7c15ull;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
}

/* ---- open ---- */

static int refuse(const struct iotb_open_args *args, const char *what)
{
    snprintf(args->error, args->error_bytes, "%s", what);
    return IOTB_E_ARGUMENT;
}

/* "H05" or "H05.1". */
static bool parse_hook(struct iotb_dut *dut, const char *name)
{
    char *end;

    if (name[0] != 'H')
        return false;
    dut->hook = (uint32_t)strtoul(name + 1, &end, 10);
    if (*end == '.')
        dut->form = (uint32_t)strtoul(end + 1, &end, 10);
    dut->ticks = dut->hook == 3 ? LATE_TICKS : dut->hook == 12 ? USED_TICKS : 0; /* the others have a form instead */
    snprintf(dut->name, sizeof(dut->name), "%s", name);
    return !*end && dut->hook >= 1 && dut->hook <= 47;
}

static int open_as(enum control control, const struct iotb_open_args *args, struct iotb_dut **out)
{
    struct iotb_dut *dut = calloc(1, sizeof(*dut));
    struct iotb_open_args inner = *args;
    char erratum[64] = "", rest[512];
    int result;

    if (!dut)
        return IOTB_E_NO_MEMORY;
    dut->control = control;
    dut->ops = iotb_dut_pasid_device();
    dut->random = args->seed;
    if (control == HOOKED && parameters_take(args->parameters, "erratum", erratum, sizeof(erratum), rest, sizeof(rest)))
        inner.parameters = rest;
    if (erratum[0] && !parse_hook(dut, erratum)) {
        free(dut);
        return refuse(args, "hooked: erratum is Hnn or Hnn.m, a hook of the exerciser and its parameter");
    }
    result = dut->ops->open(&inner, &dut->model);
    if (result == IOTB_OK)
        *out = dut;
    else
        free(dut);
    return result;
}

static int open_silent(const struct iotb_open_args *args, struct iotb_dut **dut)
{
    return open_as(SILENT, args, dut);
}

static int open_noise(const struct iotb_open_args *args, struct iotb_dut **dut)
{
    return open_as(NOISE, args, dut);
}

static int open_identity(const struct iotb_open_args *args, struct iotb_dut **dut)
{
    return open_as(IDENTITY, args, dut);
}

static int open_hooked(const struct iotb_open_args *args, struct iotb_dut **dut)
{
    return open_as(HOOKED, args, dut);
}

static int describe(struct iotb_dut *dut, struct iotb_desc *desc)
{
    static const char *const names[] = {"endpoint-silent", "endpoint-noise", "endpoint-identity", "hooked"};
    int result = dut->ops->describe(dut->model, desc);
    char parameters[sizeof(desc->parameters)];

    snprintf(desc->name, sizeof(desc->name), "%s", names[dut->control]);
    if (dut->name[0]) {
        memcpy(parameters, desc->parameters, sizeof(parameters));
        snprintf(desc->parameters, sizeof(desc->parameters), "%.400s%serratum=%s", parameters, parameters[0] ? "," : "",
                 dut->name);
    }
    return result;
}

static int reset(struct iotb_dut *dut, uint32_t kind)
{
    return dut->ops->reset(dut->model, kind);
}

static int advance(struct iotb_dut *dut, struct iotb_advance *advance)
{
    return dut->ops->advance(dut->model, advance);
}

static void close_dut(struct iotb_dut *dut)
{
    dut->ops->close(dut->model);
    free(dut);
}

/* ---- host to endpoint ---- */

static int bar4_write(struct iotb_dut *dut, uint64_t offset, uint32_t value)
{
    return dut->ops->endpoint->bar_write(dut->model, 4, offset, &value, sizeof(value));
}

/* Two keys unlock; then hook 0 is {enable, id, form}, no match, for ever. Without a hook it is unlocked all the same. */
static int arm(struct iotb_dut *dut)
{
    int result = bar4_write(dut, XKEY, 0x52455845);

    if (result == IOTB_OK)
        result = bar4_write(dut, XKEY, 0x4b434c55);
    if (result == IOTB_OK)
        result = bar4_write(dut, HOOK_0 + 0x18, dut->ticks ? dut->ticks : dut->form);
    if (result == IOTB_OK && dut->hook)
        result = bar4_write(dut, HOOK_0, dut->hook << 8 | 1);
    return result;
}

static int config_read(struct iotb_dut *dut, uint32_t offset, uint32_t bytes, uint32_t *value)
{
    return dut->ops->endpoint->config_read(dut->model, offset, bytes, value);
}

static int config_write(struct iotb_dut *dut, uint32_t offset, uint32_t bytes, uint32_t value)
{
    int result = dut->ops->endpoint->config_write(dut->model, offset, bytes, value);

    if (result == IOTB_OK && dut->control == HOOKED && offset == COMMAND && value & MEMORY_SPACE)
        result = arm(dut);
    return result;
}

static int bar_read(struct iotb_dut *dut, uint32_t bar, uint64_t offset, uint32_t bytes, uint64_t *value)
{
    return dut->ops->endpoint->bar_read(dut->model, bar, offset, bytes, value);
}

static int bar_write(struct iotb_dut *dut, uint32_t bar, uint64_t offset, const void *data, uint32_t bytes)
{
    return dut->ops->endpoint->bar_write(dut->model, bar, offset, data, bytes);
}

static int deferrable_write(struct iotb_dut *dut, uint64_t address, const void *data, uint32_t bytes, uint32_t *retry)
{
    return dut->ops->endpoint->deferrable_write(dut->model, address, data, bytes, retry);
}

static int complete_tlp(struct iotb_dut *dut, const struct iotb_completion *completion)
{
    return dut->ops->endpoint->complete_tlp(dut->model, completion);
}

static int send_message(struct iotb_dut *dut, const struct iotb_message *message)
{
    return dut->ops->endpoint->send_message(dut->model, message);
}

static int config_target(struct iotb_dut *dut, uint32_t requester_id)
{
    return dut->ops->endpoint->config_target(dut->model, requester_id);
}

static int block(struct iotb_dut *dut, uint32_t kinds)
{
    return dut->ops->endpoint->block(dut->model, kinds);
}

/* ---- endpoint to host ---- */

/* Every byte of the payload is wrong, or the page; a third is dropped. */
static bool spoil(struct iotb_dut *dut, struct iotb_request *tlp)
{
    uint64_t choice = next_random(dut) % 3;

    if (choice == 0)
        return false;
    tlp->address ^= (1 + next_random(dut) % 63) << 12;
    for (uint32_t i = 0; i < tlp->bytes; i++)
        tlp->data[i] = (uint8_t)(tlp->data[i] ^ (next_random(dut) | 1));
    if (choice == 2)
        tlp->requester_id ^= 0x100;
    return true;
}

/* Answers the translation request itself: its address, readable and writable. */
static int grant(struct iotb_dut *dut, const struct iotb_request *tlp)
{
    struct iotb_completion completion = {.size = sizeof(completion), .id = tlp->id, .status = IOTB_SC, .bytes = 8};
    uint64_t entry = (tlp->address & ~0xfffull) | 3;

    memcpy(completion.data, &entry, sizeof(entry));
    return dut->ops->endpoint->complete_tlp(dut->model, &completion);
}

/* IOTB_OK: the TLP goes out. IOTB_NONE: it does not. */
static int change(struct iotb_dut *dut, struct iotb_request *tlp)
{
    int result;

    switch (dut->control) {
    case SILENT:
        return IOTB_NONE;
    case NOISE:
        return spoil(dut, tlp) ? IOTB_OK : IOTB_NONE;
    case IDENTITY:
        if (tlp->address_type == IOTB_AT_TRANSLATION) {
            result = grant(dut, tlp);
            return result == IOTB_OK ? IOTB_NONE : result;
        }
        tlp->address_type = IOTB_AT_TRANSLATED;
        tlp->flags &= ~IOTB_RQ_PASID;
        return IOTB_OK;
    case HOOKED:
        break;
    }
    return IOTB_OK;
}

static int next_tlp(struct iotb_dut *dut, struct iotb_request *tlp)
{
    for (;;) {
        int result = dut->ops->endpoint->next_tlp(dut->model, tlp);

        if (result != IOTB_OK)
            return result;
        result = change(dut, tlp);
        if (result != IOTB_NONE)
            return result;
    }
}

static int poll_message(struct iotb_dut *dut, struct iotb_message *message)
{
    int result;

    do
        result = dut->ops->endpoint->poll_message(dut->model, message);
    while (result == IOTB_OK && dut->control == SILENT);
    if (result == IOTB_OK && dut->control == NOISE) {
        message->address ^= (1 + next_random(dut) % 63) << 12;
        message->itag = message->itag << 7 | message->itag >> 25;
        message->device_id ^= 0x80;
    }
    return result;
}

/* ---- tables ---- */

#define OPS(function, name_, open_)              \
    const struct iotb_dut_ops *function(void)    \
    {                                            \
        static const struct iotb_dut_ops ops = { \
            .size = sizeof(ops),                 \
            .abi = IOTB_DUT_ABI,                 \
            .name = name_,                       \
            .open = open_,                       \
            .describe = describe,                \
            .reset = reset,                      \
            .advance = advance,                  \
            .close = close_dut,                  \
            .endpoint = &endpoint,               \
        };                                       \
                                                 \
        return &ops;                             \
    }

static const struct iotb_endpoint_ops endpoint = {
    .size = sizeof(endpoint),
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

OPS(iotb_dut_endpoint_silent, "endpoint-silent", open_silent)
OPS(iotb_dut_endpoint_noise, "endpoint-noise", open_noise)
OPS(iotb_dut_endpoint_identity, "endpoint-identity", open_identity)
OPS(iotb_dut_hooked, "hooked", open_hooked)
