/* SPDX-License-Identifier: BSD-2-Clause */
/* gate.h - the condition of a case on the DUT's capabilities; its grammar is in case.h at struct iotb_case.gate. */
#ifndef BENCH_GATE_H
#define BENCH_GATE_H

#include "bench/case.h"

/* What the DUT says of itself; a function, so that only what a gate asks for is read. */
struct gate_source {
    /* Value of the field; the register is "VER_REG", "CAP_REG", "ECAP_REG", "SMMU_IDR0" ... "SMMU_IDR5" or "SMMU_AIDR". */
    uint64_t (*field)(void *context, const char *reg, const char *field);
    uint64_t haw;
    void *context;
};

enum gate_result { GATE_OPEN, GATE_SHUT, GATE_MALFORMED };
/*
 * With source NULL only the grammar and the names are checked. Text gets the first term that does not hold with the value
 * that it has ("ECAP.SMTS is 0, needs non-zero"), or what is malformed.
 */
enum gate_result gate_judge(const char *gate, const struct gate_source *source, char *text, size_t text_bytes);

/* For test_setup.gate: reads the DUT, ends the case by test_skip(). */
void gate_of_case(struct test *t);

/*
 * Of an endpoint a term is a word, or "!" and a word: a capability or a strap that its configuration space shows. Is the term of
 * this form?
 */
bool gate_endpoint_word(const char *term);
void gate_of_endpoint_case(struct test *t);
/* The same of a user interface: what its machine has, what it has declared. */
bool gate_uapi_word(const char *term);
/* The word of one bit of IOTB_UAPI_RULE_*, and of the flags of a device; NULL: it has none. */
const char *gate_rule_name(uint64_t bit);
const char *gate_property_name(uint64_t bit);
void gate_of_uapi_case(struct test *t);

#endif
