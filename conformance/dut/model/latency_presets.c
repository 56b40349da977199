/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * latency_presets.c - five machines of which there are measurements, as data.
 *
 * Measured: R. Neugebauer et al., "Understanding PCIe performance for end host networking", SIGCOMM 2018; raw data
 * github.com/pcie-bench/data at b2abf2f, runs with 4 KiB mappings, 64-byte reads of random lines, cache warm. The fits take the
 * growth that the same machine has without IOMMU off the latencies first. How parameters follow from them: docs/timing.md.
 */
#include "dut/model/latency.h"

#include "xlate/merge.h"

#include <string.h>

#define NS UINT64_C(1000)

/* Walks that end in the same 64 bytes, or in the same page, of paging entries follow one another: log2 of what these map. */
#define PTE_LINE 15u
#define PTE_TABLE 21u

const uint32_t latency_measured_pages[LATENCY_MEASURED_RATES] = {256, 384, 512, 768, 1024, 2048, 4096, 8192, 16384};

/* What all five have; of these the data show only sums, and that none is the bottleneck. */
/* clang-format off */
#define E5_WITH_NFP6000 \
    .clock_ps = 1 * NS, .lookup_ps = 4 * NS, .lookup_ports = 1, .tlb_sets = 1, .table_ps = 4 * NS, .table_entries = 64, \
    .walk_step_ps = 2 * NS, .in_flight = 64, .miss_merge = MERGE_NONE, .invalidate_ps = 10 * NS, .link_ps = 240 * NS, \
    .link_service_ps = 15385, .outstanding = 35
/* clang-format on */

const struct latency_preset latency_presets[] = {
    {
        .name = "snb-e5-2630",
        .title = "Sandy Bridge, Xeon E5-2630, Dell T620",
        .params = {E5_WITH_NFP6000, .tlb_ways = 125, .config_ps = 0 * NS, .walkers = 4, .walk_hazard_lg2 = PTE_TABLE,
                   .fetch_ps = 234 * NS, .data_ps = 69 * NS},
        .measured = {553, 125, 240, 3.9, {7.67, 5.65, 5.00, 6.51, 6.99, 9.89, 12.92, 15.12, 16.54}},
    },
    {
        .name = "ib-e5-2620v2",
        .title = "Ivy Bridge, Xeon E5-2620 v2, Dell T620",
        .params = {E5_WITH_NFP6000, .tlb_ways = 125, .config_ps = 19 * NS, .walkers = 5, .walk_hazard_lg2 = PTE_LINE,
                   .fetch_ps = 275 * NS, .data_ps = 57 * NS},
        .measured = {541, 125, 300, 5.3, {30.06, 24.56, 22.43, 20.52, 19.74, 18.67, 18.20, 18.01, 17.95}},
    },
    {
        .name = "hsw-e5-2620v3",
        .title = "Haswell, Xeon E5-2620 v3, Dell T630",
        .params = {E5_WITH_NFP6000, .tlb_ways = 113, .config_ps = 16 * NS, .walkers = 4, .walk_hazard_lg2 = PTE_LINE,
                   .fetch_ps = 199 * NS, .data_ps = 51 * NS},
        .measured = {535, 113, 221, 4.3, {31.47, 26.22, 24.14, 22.30, 21.53, 20.47, 19.98, 19.75, 19.64}},
    },
    {
        .name = "hsw-e5-2637v3",
        .title = "Haswell, Xeon E5-2637 v3, Supermicro",
        .params = {E5_WITH_NFP6000, .tlb_ways = 126, .config_ps = 17 * NS, .walkers = 5, .walk_hazard_lg2 = PTE_LINE,
                   .fetch_ps = 256 * NS, .data_ps = 75 * NS},
        .measured = {559, 126, 279, 5.3, {30.49, 25.39, 23.37, 21.66, 20.92, 19.97, 19.52, 19.31, 19.21}},
    },
    {
        .name = "bdw-e5-2630v4",
        .title = "Broadwell, Xeon E5-2630 v4, Dell T430",
        .params = {E5_WITH_NFP6000, .tlb_ways = 121, .config_ps = 17 * NS, .walkers = 5, .walk_hazard_lg2 = PTE_LINE,
                   .fetch_ps = 256 * NS, .data_ps = 54 * NS},
        .measured = {538, 121, 279, 5.3, {30.00, 25.66, 23.78, 21.72, 20.95, 19.89, 19.42, 19.26, 19.22}},
    },
};
const size_t latency_preset_count = sizeof(latency_presets) / sizeof(latency_presets[0]);

const struct latency_preset *latency_preset(const char *name)
{
    for (size_t i = 0; i < latency_preset_count; i++)
        if (strcmp(latency_presets[i].name, name) == 0)
            return &latency_presets[i];
    return NULL;
}

const char *latency_preset_name(const void *unused, size_t n)
{
    (void)unused;
    return n < latency_preset_count ? latency_presets[n].name : NULL;
}

/* ---- parameters by name ---- */

/* clang-format off */
#define PARAMETER(name) {#name, offsetof(struct latency_params, name)}
/* clang-format on */

static const struct {
    const char *name;
    size_t offset;
} parameters[] = {
    PARAMETER(clock_ps),        PARAMETER(lookup_ps),       PARAMETER(lookup_ports), PARAMETER(tlb_sets),
    PARAMETER(tlb_ways),        PARAMETER(config_ps),       PARAMETER(table_ps),     PARAMETER(table_entries),
    PARAMETER(walk_step_ps),    PARAMETER(walkers),         PARAMETER(in_flight),    PARAMETER(miss_merge),
    PARAMETER(walk_hazard_lg2), PARAMETER(invalidate_ps),   PARAMETER(fetch_ps),     PARAMETER(fetch_service_ps),
    PARAMETER(data_ps),         PARAMETER(data_service_ps), PARAMETER(link_ps),      PARAMETER(link_service_ps),
    PARAMETER(outstanding),
};
#define PARAMETER_COUNT (sizeof(parameters) / sizeof(parameters[0]))
_Static_assert(sizeof(struct latency_params) == PARAMETER_COUNT * sizeof(uint64_t), "every parameter has a name");

bool latency_set(struct latency_params *params, const char *name, uint64_t value)
{
    for (size_t i = 0; i < PARAMETER_COUNT; i++) {
        if (strcmp(parameters[i].name, name) == 0) {
            memcpy((unsigned char *)params + parameters[i].offset, &value, sizeof(value));
            return true;
        }
    }
    return false;
}

const char *latency_parameter_name(const void *unused, size_t n)
{
    (void)unused;
    return n < PARAMETER_COUNT ? parameters[n].name : NULL;
}
