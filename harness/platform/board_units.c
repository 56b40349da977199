/* SPDX-License-Identifier: BSD-2-Clause */
/* board_units.c - see board_units.h. */
#include "platform/board_units.h"

#include "smmuv3/smmuv3.h"
#include "vtd/vtd.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- parameters ---- */

static int refuse(char *error, size_t error_bytes, const char *text)
{
    snprintf(error, error_bytes, "there is no parameter \"%s\", or its value is out of range", text);
    return -EINVAL;
}

int board_parameters_read(const struct board_parameters *ops, const char *text, void *params, char *error, size_t error_bytes)
{
    while (*text) {
        char word[160];
        size_t length = strcspn(text, ",");
        char *value;

        if (length >= sizeof(word))
            return refuse(error, error_bytes, text);
        memcpy(word, text, length);
        word[length] = '\0';
        value = strchr(word, '=');
        if (!value)
            return refuse(error, error_bytes, word);
        *value++ = '\0';
        if (!(strcmp(word, "preset") ? ops->set(params, word, value) : ops->preset(value, params))) {
            value[-1] = '=';
            return refuse(error, error_bytes, word);
        }
        text += length + (text[length] == ',');
    }
    return 0;
}

/* ---- VT-d ---- */

static bool vtd_preset_of(const char *name, void *params)
{
    return vtd_preset(name, params);
}

static bool vtd_set(void *params, const char *name, const char *value)
{
    return vtd_set_parameter(params, name, value);
}

static int vtd_unit_create(struct sim *sim, const char *parameters, const struct board_ports *ports, void **unit, char *error,
                           size_t error_bytes)
{
    static const struct board_parameters names = {vtd_preset_of, vtd_set};
    struct vtd_ports of_unit = {.memory = ports->memory,
                                .interrupt = ports->interrupt,
                                .device_interrupt = ports->device_interrupt,
                                .message = ports->message,
                                .probe = ports->probe};
    struct vtd_params params = {0};
    struct vtd *vtd;
    int result = board_parameters_read(&names, parameters, &params, error, error_bytes);

    if (!result)
        result = vtd_create(sim, &params, &of_unit, &vtd, error, error_bytes);
    if (!result)
        *unit = vtd;
    return result;
}

static void vtd_unit_destroy(void *unit)
{
    vtd_destroy(unit);
}

static bool vtd_unit_request(void *unit, struct pcie_request *request)
{
    return vtd_request(unit, request);
}

static void vtd_unit_message(void *unit, const struct pcie_message *message)
{
    vtd_message(unit, message);
}

static uint64_t vtd_unit_read(void *unit, uint64_t offset, uint32_t bytes)
{
    return vtd_register_read(unit, offset, bytes);
}

static void vtd_unit_write(void *unit, uint64_t offset, uint32_t bytes, uint64_t value)
{
    vtd_register_write(unit, offset, bytes, value);
}

const struct board_unit_ops board_vtd_ops = {vtd_unit_create,  vtd_unit_destroy, vtd_unit_request,
                                             vtd_unit_message, vtd_unit_read,    vtd_unit_write};

/* ---- SMMUv3 ---- */

struct smmuv3_unit {
    struct smmuv3 *smmu;
    void (*line)(void *context, uint32_t line);
    void *context;
};

static bool smmuv3_preset_of(const char *name, void *params)
{
    return smmuv3_preset(name, params);
}

static bool smmuv3_set(void *params, const char *name, const char *value)
{
    return smmuv3_set_parameter(params, name, value);
}

static void smmuv3_unit_line(void *context, enum smmuv3_line line)
{
    struct smmuv3_unit *unit = context;

    unit->line(unit->context, line);
}

static void no_event(void *context)
{
    (void)context; /* nobody waits with WFE */
}

static int smmuv3_unit_create(struct sim *sim, const char *parameters, const struct board_ports *ports, void **out, char *error,
                              size_t error_bytes)
{
    static const struct board_parameters names = {smmuv3_preset_of, smmuv3_set};
    struct smmuv3_unit *unit = calloc(1, sizeof(*unit));
    struct smmuv3_ports of_unit = {.memory = ports->memory,
                                   .line = smmuv3_unit_line,
                                   .event = no_event,
                                   .context = unit,
                                   .message = ports->message,
                                   .probe = ports->probe};
    struct smmuv3_params params = {0};
    int result;

    if (!unit)
        return -ENOMEM;
    *unit = (struct smmuv3_unit){.line = ports->line, .context = ports->message.context};
    result = board_parameters_read(&names, parameters, &params, error, error_bytes);
    if (!result)
        result = smmuv3_create(sim, &params, &of_unit, &unit->smmu, error, error_bytes);
    if (result)
        free(unit);
    else
        *out = unit;
    return result;
}

static void smmuv3_unit_destroy(void *context)
{
    struct smmuv3_unit *unit = context;

    smmuv3_destroy(unit->smmu);
    free(unit);
}

static bool smmuv3_unit_request(void *context, struct pcie_request *request)
{
    struct smmuv3_unit *unit = context;

    return smmuv3_request(unit->smmu, request);
}

static void smmuv3_unit_message(void *context, const struct pcie_message *message)
{
    struct smmuv3_unit *unit = context;

    smmuv3_message(unit->smmu, message);
}

static uint64_t smmuv3_unit_read(void *context, uint64_t offset, uint32_t bytes)
{
    struct smmuv3_unit *unit = context;

    return smmuv3_register_read(unit->smmu, offset, bytes);
}

static void smmuv3_unit_write(void *context, uint64_t offset, uint32_t bytes, uint64_t value)
{
    struct smmuv3_unit *unit = context;

    smmuv3_register_write(unit->smmu, offset, bytes, value);
}

const struct board_unit_ops board_smmuv3_ops = {smmuv3_unit_create,  smmuv3_unit_destroy, smmuv3_unit_request,
                                                smmuv3_unit_message, smmuv3_unit_read,    smmuv3_unit_write};
