/* SPDX-License-Identifier: BSD-2-Clause */
/* probe.h - one DUT looked at: description, capability registers by field, findings, and how much of the suite it can run. */
#ifndef BENCH_PROBE_H
#define BENCH_PROBE_H

#include "dut/dut_registry.h"

#include <stdio.h>

struct guard;

/* probe_uapi.c; negative: it cannot be asked. */
int probe_user_interface(struct guard *guard, FILE *out);

/*
 * Opens the DUT in this process. EXIT_CONFORM; EXIT_NOT_CONFORM when a finding is a contradiction; another exit code with a
 * sentence in error when it cannot be opened or read.
 */
int probe_dut(const struct dut_found *found, FILE *out, char *error, size_t error_bytes);

/* The exit code that belongs to a negative enum iotb_result of opening a DUT. */
int probe_exit_code(int result);

/*
 * Findings are judged apart from any DUT, so that they can be tested: from the description and the capability registers as read.
 * Prints them and returns the number of contradictions.
 */
struct probe_facts {
    const struct iotb_desc *desc;
    size_t register_count;
    struct probe_register {
        const char *name; /* of conformance/spec */
        uint64_t value;
    } registers[8];
};
/* Names the registers that say what a unit of the architecture (enum iotb_architecture) can do; none of what is no IOMMU. */
void probe_names(struct probe_facts *facts, uint32_t architecture);
/* Names and reads them, after a reset. IOTB_OK, or the negative enum iotb_result. */
int probe_read(struct guard *guard, struct probe_facts *facts);
/* A field of one of these registers. */
uint64_t probe_field(const struct probe_facts *facts, const char *reg, const char *field);
size_t probe_findings(const struct probe_facts *facts, FILE *out);

#endif
