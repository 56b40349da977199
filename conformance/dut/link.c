/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * link.c - adopting an ops table: its version, its size, what it must have.
 */
#include "dut/link.h"

#include "dut/plugin/plugin.h"

#include <stdio.h>
#include <string.h>

#define LARGEST_TABLE 65536u /* a size beyond this is no size */

const char *dut_result_text(int result)
{
    switch (result) {
    case IOTB_OK:
        return "done";
    case IOTB_NONE:
        return "nothing to hand out";
    case IOTB_E_UNSUPPORTED:
        return "not supported by the adapter";
    case IOTB_E_ARGUMENT:
        return "bad argument";
    case IOTB_E_ENVIRONMENT:
        return "something that the adapter needs is missing";
    case IOTB_E_GONE:
        return "the DUT is gone";
    case IOTB_E_PROTOCOL:
        return "the DUT broke the contract";
    case IOTB_E_NO_MEMORY:
        return "out of memory";
    default:
        return "a result that the interface does not know";
    }
}

/*
 * Copies a table that says its own size. `least` is where the functions end that every version has had. The largest size
 * that is believed stops a table of garbage from being read far beyond its end.
 */
static bool copy_table(void *to, size_t room, const void *from, size_t least, const char *what, char *error, size_t error_bytes)
{
    uint32_t size;

    memcpy(&size, from, sizeof(size));
    if (size < least || size > LARGEST_TABLE) {
        snprintf(error, error_bytes, "the %s table says that it has %u bytes; it must have at least %zu and at most %u", what,
                 size, least, LARGEST_TABLE);
        return false;
    }
    memset(to, 0, room);
    memcpy(to, from, size < room ? size : room);
    return true;
}

/* Where member `m` of a struct ends. */
#define END_OF(type, m) (offsetof(type, m) + sizeof(((type *)0)->m))

struct required {
    bool present;
    const char *name;
};

static bool all_present(const struct required *required, size_t count, char *error, size_t error_bytes)
{
    for (size_t i = 0; i < count; i++) {
        if (required[i].present)
            continue;
        snprintf(error, error_bytes, "the required function %s is missing", required[i].name);
        return false;
    }
    return true;
}

#define ALL_PRESENT(list, error, error_bytes) all_present((list), sizeof(list) / sizeof((list)[0]), (error), (error_bytes))

static bool adopt_iommu(struct dut_link *link, const struct iotb_iommu_ops *ops, char *error, size_t error_bytes)
{
    struct iotb_iommu_ops *own = &link->iommu;

    if (!copy_table(own, sizeof(*own), ops, END_OF(struct iotb_iommu_ops, poll_completion), "iommu", error, error_bytes))
        return false;
    const struct required required[] = {
        {own->reg_read, "iommu.reg_read"},
        {own->reg_write, "iommu.reg_write"},
        {own->submit, "iommu.submit"},
        {own->poll_completion, "iommu.poll_completion"},
        {(own->mem_read && own->mem_write) || (own->next_access && own->answer_access),
         "iommu.next_access with answer_access, or mem_read with mem_write,"},
    };
    link->ops.iommu = own;
    return ALL_PRESENT(required, error, error_bytes);
}

static bool adopt_endpoint(struct dut_link *link, const struct iotb_endpoint_ops *ops, char *error, size_t error_bytes)
{
    struct iotb_endpoint_ops *own = &link->endpoint;

    if (!copy_table(own, sizeof(*own), ops, END_OF(struct iotb_endpoint_ops, complete_tlp), "endpoint", error, error_bytes))
        return false;
    const struct required required[] = {
        {own->config_read, "endpoint.config_read"}, {own->config_write, "endpoint.config_write"},
        {own->bar_read, "endpoint.bar_read"},       {own->bar_write, "endpoint.bar_write"},
        {own->next_tlp, "endpoint.next_tlp"},       {own->complete_tlp, "endpoint.complete_tlp"},
    };
    link->ops.endpoint = own;
    return ALL_PRESENT(required, error, error_bytes);
}

static bool adopt_uapi(struct dut_link *link, const struct iotb_uapi_ops *ops, char *error, size_t error_bytes)
{
    struct iotb_uapi_ops *own = &link->uapi;

    if (!copy_table(own, sizeof(*own), ops, END_OF(struct iotb_uapi_ops, ioctl), "uapi", error, error_bytes))
        return false;
    const struct required required[] = {
        {own->open, "uapi.open"},
        {own->close, "uapi.close"},
        {own->ioctl, "uapi.ioctl"},
        {own->machine, "uapi.machine"},
        {own->describe_device, "uapi.describe_device"},
    };
    link->ops.uapi = own;
    return ALL_PRESENT(required, error, error_bytes);
}

static bool adopt(struct dut_link *link, const struct iotb_dut_ops *ops, char *error, size_t error_bytes)
{
    struct iotb_dut_ops given;

    if (!ops) {
        snprintf(error, error_bytes, "iotb_dut_entry returned NULL: it cannot serve version %u of the interface", IOTB_DUT_ABI);
        return false;
    }
    if (!copy_table(&given, sizeof(given), ops, END_OF(struct iotb_dut_ops, close), "ops", error, error_bytes))
        return false;
    if (given.abi != IOTB_DUT_ABI) {
        snprintf(error, error_bytes, "the DUT has version %u of the interface, this bench version %u", given.abi, IOTB_DUT_ABI);
        return false;
    }
    const struct required required[] = {
        {given.open, "open"},       {given.describe, "describe"}, {given.reset, "reset"},
        {given.advance, "advance"}, {given.close, "close"},
    };
    if (!ALL_PRESENT(required, error, error_bytes))
        return false;
    if ((given.iommu != NULL) + (given.endpoint != NULL) + (given.uapi != NULL) != 1) {
        snprintf(error, error_bytes, "exactly one of the tables iommu, endpoint and uapi must be set");
        return false;
    }
    link->ops = given;
    link->ops.size = sizeof(link->ops);
    if (given.iommu)
        return adopt_iommu(link, given.iommu, error, error_bytes);
    if (given.endpoint)
        return adopt_endpoint(link, given.endpoint, error, error_bytes);
    return adopt_uapi(link, given.uapi, error, error_bytes);
}

int dut_link_adopt(struct dut_link *link, const struct iotb_dut_ops *ops, char *error, size_t error_bytes)
{
    *link = (struct dut_link){0};
    return adopt(link, ops, error, error_bytes) ? IOTB_OK : IOTB_E_ENVIRONMENT;
}

static int open_adopted(struct dut_link *link, const struct iotb_open_args *args)
{
    int result;

    args->error[0] = '\0';
    result = link->ops.open(args, &link->dut);
    args->error[args->error_bytes - 1] = '\0';
    if (result == IOTB_OK && link->dut)
        return IOTB_OK;
    if (result == IOTB_OK || result > 0 || result < IOTB_E_NO_MEMORY) {
        snprintf(args->error, args->error_bytes, "open() returned %d and %s", result, link->dut ? "a DUT" : "no DUT");
        return IOTB_E_PROTOCOL;
    }
    if (!args->error[0])
        snprintf(args->error, args->error_bytes, "the DUT could not be opened: %s", dut_result_text(result));
    return result;
}

/* Of what kind the peer of a socket is shows when it is connected. */
static void adopt_peer(struct dut_link *link)
{
    const struct iotb_endpoint_ops *endpoint = socket_endpoint(link->dut);

    if (socket_uapi(link->dut, &link->uapi)) {
        link->ops.uapi = &link->uapi;
        link->ops.iommu = NULL;
    } else if (endpoint) {
        link->endpoint = *endpoint;
        link->ops.endpoint = &link->endpoint;
        link->ops.iommu = NULL;
    }
}

int dut_link_open(struct dut_link *link, const struct iotb_dut_ops *ops, const struct iotb_open_args *args)
{
    struct iotb_open_args inner = *args;
    char parameters[512];
    int result;

    *link = (struct dut_link){0};
    if (ops == iotb_dut_plugin()) {
        void *library = NULL;

        result = plugin_load(args, &library, &ops, parameters, sizeof(parameters));
        if (result != IOTB_OK)
            return result;
        result = dut_link_adopt(link, ops, args->error, args->error_bytes);
        link->library = library;
        inner.parameters = parameters;
    } else {
        result = dut_link_adopt(link, ops, args->error, args->error_bytes);
    }
    if (result == IOTB_OK)
        result = open_adopted(link, &inner);
    if (result == IOTB_OK && ops == iotb_dut_socket())
        adopt_peer(link);
    if (result != IOTB_OK)
        plugin_unload(link->library);
    return result;
}

void dut_link_close(struct dut_link *link)
{
    if (link->dut)
        link->ops.close(link->dut);
    plugin_unload(link->library);
    *link = (struct dut_link){0};
}
