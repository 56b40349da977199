/* SPDX-License-Identifier: BSD-2-Clause */
/* data.c - see data.h. */
#include "build/data.h"

#include <string.h>

void data_random(struct test *t, uint8_t *bytes, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        bytes[i] = (uint8_t)test_random(t);
}

bool data_is_atomic(const struct iotb_request *request)
{
    return request->kind >= IOTB_FETCH_ADD;
}

const char *data_kind_name(const struct iotb_request *request)
{
    return request->kind == IOTB_READ ? "read" : request->kind == IOTB_WRITE ? "write" : "atomic";
}

/* What memory holds after an atomic on `before` with the operands in r->data. */
static void atomic_result(const struct iotb_request *r, const uint8_t *before, uint8_t *after)
{
    uint64_t old = 0, operand = 0, sum;

    memcpy(after, before, r->bytes);
    switch (r->kind) {
    case IOTB_SWAP:
        memcpy(after, r->data, r->bytes);
        break;
    case IOTB_CAS:
        if (!memcmp(before, r->data, r->bytes))
            memcpy(after, r->data + r->bytes, r->bytes);
        break;
    default:
        for (uint32_t i = 0; i < r->bytes; i++) {
            old |= (uint64_t)before[i] << (8 * i);
            operand |= (uint64_t)r->data[i] << (8 * i);
        }
        sum = old + operand;
        for (uint32_t i = 0; i < r->bytes; i++)
            after[i] = (uint8_t)(sum >> (8 * i));
    }
}

void data_prepare(struct test *t, struct iotb_request *r, uint64_t host, uint8_t *before)
{
    data_random(t, before, r->bytes);
    data_random(t, r->data, DATA_BYTES_MAX);
    if (r->kind == IOTB_WRITE)
        r->data[0] = (uint8_t)~before[0];
    if (r->kind == IOTB_CAS)
        memcpy(r->data, before, r->bytes);
    if (host)
        mem_write(t, host, before, r->bytes);
}

bool data_check(struct test *t, const char *row, const struct iotb_request *r, uint64_t host, const uint8_t *before,
                const struct outcome *o)
{
    uint8_t after[DATA_BYTES_MAX], seen[DATA_BYTES_MAX];
    bool ok = true;

    if (r->flags & IOTB_RQ_ZERO_LENGTH)
        return true;
    memcpy(after, before, r->bytes);
    if (r->kind == IOTB_WRITE)
        memcpy(after, r->data, r->bytes);
    if (data_is_atomic(r))
        atomic_result(r, before, after);
    mem_read(t, host, seen, r->bytes);
    ok &= CHECK(t, row, !memcmp(seen, after, r->bytes), "%s of %u bytes at 0x%llx: memory at 0x%llx is not what it must be",
                data_kind_name(r), r->bytes, (unsigned long long)r->address, (unsigned long long)host);
    if (r->kind != IOTB_WRITE)
        ok &= CHECK(t, row, !memcmp(o->data, before, r->bytes), "data returned for input 0x%llx is not that of memory at 0x%llx",
                    (unsigned long long)r->address, (unsigned long long)host);
    return ok;
}

/* ---- memory that stays as it is ---- */

static bool in_ram(struct test *t, uint64_t address, uint32_t bytes, uint32_t host_bits)
{
    const struct iotb_desc *d = test_desc(t);

    if (d->features & IOTB_F_BENCH_MEMORY)
        return host_bits >= 64 || address + bytes <= UINT64_C(1) << host_bits;
    return address >= d->ram_base && address + bytes <= d->ram_base + d->ram_bytes;
}

void data_guard_set(struct test *t, struct data_guard *g, const struct iotb_request *r, uint64_t host, uint32_t host_bits)
{
    g->count = 0;
    if (host)
        g->address[g->count++] = host;
    if (r->address != host && in_ram(t, r->address, r->bytes, host_bits) && mem_claim(t, r->address & ~UINT64_C(0xfff), 4096))
        g->address[g->count++] = r->address;
    for (uint32_t i = 0; i < g->count; i++) {
        data_random(t, g->before[i], r->bytes);
        mem_write(t, g->address[i], g->before[i], r->bytes);
    }
}

bool data_guard_check(struct test *t, const char *row, const struct data_guard *g, const struct iotb_request *r,
                      const struct outcome *o)
{
    bool ok = true;

    for (uint32_t i = 0; i < g->count; i++) {
        uint8_t seen[DATA_BYTES_MAX];

        mem_read(t, g->address[i], seen, r->bytes);
        ok &= CHECK(t, row, !memcmp(seen, g->before[i], r->bytes), "refused request at 0x%llx changed memory at 0x%llx",
                    (unsigned long long)r->address, (unsigned long long)g->address[i]);
        if (r->kind != IOTB_WRITE && r->bytes >= 4 && !(r->flags & IOTB_RQ_ZERO_LENGTH) && o->bytes >= r->bytes)
            ok &= CHECK(t, row, memcmp(o->data, g->before[i], r->bytes) != 0,
                        "refused request at 0x%llx returned the contents of 0x%llx", (unsigned long long)r->address,
                        (unsigned long long)g->address[i]);
    }
    return ok;
}

/* ---- where it lands ---- */

void data_places_mark(struct test *t, struct data_places *p, struct iotb_request *r, const uint64_t *hosts, uint32_t count)
{
    if (count > DATA_PLACES_MAX)
        test_abort(t, "at most %u candidate places", DATA_PLACES_MAX);
    p->count = count;
    for (uint32_t i = 0; i < count; i++) {
        p->host[i] = hosts[i];
        data_random(t, p->before[i], r->bytes);
        mem_write(t, hosts[i], p->before[i], r->bytes);
    }
    data_random(t, r->data, DATA_BYTES_MAX);
}

int data_places_hit(struct test *t, const struct data_places *p, const struct iotb_request *r, const struct outcome *o)
{
    int hit = -1;

    for (uint32_t i = 0; i < p->count; i++) {
        uint8_t now[DATA_BYTES_MAX];

        mem_read(t, p->host[i], now, r->bytes);
        if (r->kind == IOTB_READ ? o->bytes >= r->bytes && !memcmp(o->data, p->before[i], r->bytes)
                                 : memcmp(now, p->before[i], r->bytes) != 0)
            hit = (int)i;
    }
    return hit;
}
