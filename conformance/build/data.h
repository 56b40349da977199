/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * data.h - the data of a request: operands, what memory must hold afterwards, memory that must stay as it was. The same for
 * every architecture; the builders' expectations (vt_expect_*, sm_expect_*) are made of it.
 */
#ifndef BUILD_DATA_H
#define BUILD_DATA_H

#include "bench/case.h"

#define DATA_BYTES_MAX 64u
#define DATA_PLACES_MAX 8u

void data_random(struct test *t, uint8_t *bytes, uint32_t count);
bool data_is_atomic(const struct iotb_request *request);
const char *data_kind_name(const struct iotb_request *request); /* "read", "write", "atomic" */

/*
 * Fresh operands in request->data and fresh contents at host (0: none), copied to before: a write of other data than are there, a
 * compare that matches.
 */
void data_prepare(struct test *t, struct iotb_request *request, uint64_t host, uint8_t *before);
/* A request that was carried out at host: memory is as the request makes it from before, and what came back is before. */
bool data_check(struct test *t, const char *row, const struct iotb_request *request, uint64_t host, const uint8_t *before,
                const struct outcome *outcome);

/* Memory where a refused request must leave no trace and whose contents it must not return. */
struct data_guard {
    uint64_t address[2];
    uint8_t before[2][DATA_BYTES_MAX];
    uint32_t count;
};
/*
 * Guards `host` (0: none) and the address of the request itself, unless tables or queues live there. Addresses below
 * 2^host_bits are memory where the bench owns it.
 */
void data_guard_set(struct test *t, struct data_guard *guard, const struct iotb_request *request, uint64_t host,
                    uint32_t host_bits);
bool data_guard_check(struct test *t, const char *row, const struct data_guard *guard, const struct iotb_request *request,
                      const struct outcome *outcome);

/* Where did it land? Marks candidate places, then tells which of them a request touched. */
struct data_places {
    uint64_t host[DATA_PLACES_MAX];
    uint8_t before[DATA_PLACES_MAX][DATA_BYTES_MAX];
    uint32_t count;
};
void data_places_mark(struct test *t, struct data_places *places, struct iotb_request *request, const uint64_t *hosts,
                      uint32_t count);
/* Index of the (last) place that was read or changed, -1: none. */
int data_places_hit(struct test *t, const struct data_places *places, const struct iotb_request *request,
                    const struct outcome *outcome);

#endif
