/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * port.c - what wrappers of ports and users of their data share.
 */
#include "sim/port.h"

#include <stdlib.h>

enum port_reply port_pass_on(const struct memory_port *inner, struct port_request *request, uint64_t issue_ps,
                             void (*done)(struct port_request *request), void *owner, uint64_t note)
{
    if (request->layer_count == PORT_LAYERS_MAX)
        abort();
    request->layers[request->layer_count++] = (struct port_layer){request->done, request->owner, request->issue_ps, note};
    request->issue_ps = issue_ps;
    request->done = done;
    request->owner = owner;
    enum port_reply reply = memory_access(inner, request);
    if (reply == PORT_DONE)
        port_returned(request);
    return reply;
}

uint64_t port_returned(struct port_request *request)
{
    if (request->layer_count == 0)
        abort();
    const struct port_layer *layer = &request->layers[--request->layer_count];
    request->done = layer->done;
    request->owner = layer->owner;
    request->issue_ps = layer->issue_ps;
    return layer->note;
}

static uint64_t load(const uint8_t *bytes, unsigned count)
{
    uint64_t value = 0;
    for (unsigned i = count; i-- > 0;)
        value = value << 8 | bytes[i];
    return value;
}

static void store(uint8_t *bytes, unsigned count, uint64_t value)
{
    for (unsigned i = 0; i < count; i++)
        bytes[i] = (uint8_t)(value >> 8u * i);
}

uint64_t load_le64(const uint8_t *bytes)
{
    return load(bytes, 8);
}

uint32_t load_le32(const uint8_t *bytes)
{
    return (uint32_t)load(bytes, 4);
}

void store_le64(uint8_t *bytes, uint64_t value)
{
    store(bytes, 8, value);
}

void store_le32(uint8_t *bytes, uint32_t value)
{
    store(bytes, 4, value);
}
