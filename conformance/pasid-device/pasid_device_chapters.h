/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pasid_device_chapters.h - the cases of endpoints, one list for each chapter of the catalogue, and what they share.
 *
 * Cases whose gate has PRODUCT give work to the pasid-device; the others judge any endpoint.
 */
#ifndef PASID_DEVICE_CHAPTERS_H
#define PASID_DEVICE_CHAPTERS_H

#include "bench/case.h"
#include "build/ep.h"

extern const struct iotb_case_list *const pasid_device_case_lists[]; /* NULL at the end */

extern const struct iotb_case_list ep_config_cases;
extern const struct iotb_case_list ep_config_pri_cases;
extern const struct iotb_case_list ep_config_fields_cases;
extern const struct iotb_case_list ep_reset_cases;
extern const struct iotb_case_list ep_requests_cases;
extern const struct iotb_case_list ep_demand_cases;
extern const struct iotb_case_list ep_misses_cases;
extern const struct iotb_case_list ep_completions_cases;
extern const struct iotb_case_list ep_cache_cases;
extern const struct iotb_case_list ep_entries_cases;
extern const struct iotb_case_list ep_invalidation_cases;
extern const struct iotb_case_list ep_invalidation_order_cases;
extern const struct iotb_case_list ep_pages_cases;
extern const struct iotb_case_list ep_pages_responses_cases;
extern const struct iotb_case_list ep_groups_cases;
extern const struct iotb_case_list ep_groups_ends_cases;
extern const struct iotb_case_list ep_spaces_cases;
extern const struct iotb_case_list ep_data_cases;
extern const struct iotb_case_list ep_errors_cases;
extern const struct iotb_case_list ep_submission_cases;
extern const struct iotb_case_list ep_portals_cases;
extern const struct iotb_case_list ep_descriptors_cases;
extern const struct iotb_case_list ep_checks_cases;
extern const struct iotb_case_list ep_commands_cases;
extern const struct iotb_case_list ep_commands_scope_cases;
extern const struct iotb_case_list ep_results_cases;
extern const struct iotb_case_list ep_counters_cases;
extern const struct iotb_case_list ep_records_cases;
extern const struct iotb_case_list ep_drain_cases;
extern const struct iotb_case_list ep_event_fields_cases;
extern const struct iotb_case_list ep_limits_cases;
extern const struct iotb_case_list ep_registers_cases;
extern const struct iotb_case_list ep_exerciser_cases;
extern const struct iotb_case_list ep_exerciser_slots_cases;
extern const struct iotb_case_list ep_exerciser_hold_cases;
extern const struct iotb_case_list ep_exerciser_hooks_cases;
extern const struct iotb_case_list ep_hooks_cases;
extern const struct iotb_case_list ep_hooks_pages_cases;
extern const struct iotb_case_list ep_exerciser_windows_cases;

/* A case that judges configuration space only, and one that makes the endpoint send. */
#define QUIET(name_, run_, rows_, gate_, summary_)                                                                       \
    {                                                                                                                    \
        .name = "pasid-device." name_, .summary = summary_, .run = run_, .rows = rows_, .gate = gate_, .tier = TIER_FULL \
    }
#define SENDS(name_, run_, rows_, gate_, summary_)                                                               \
    {                                                                                                            \
        .name = "pasid-device." name_, .summary = summary_, .run = run_, .rows = rows_, .gate = "PRODUCT" gate_, \
        .functional = true, .tier = TIER_FULL                                                                    \
    }
#define LIST(name_, cases_) const struct iotb_case_list name_ = {cases_, sizeof(cases_) / sizeof((cases_)[0])}

#define VECTOR_ADDRESS(n) (0xfee01000ull + 0x100ull * (n))

/* ep_scene.c */
/* Opens, turns everything on, starts one dedicated queue (block on fault) of the space. */
void ep_scene(struct ep *ep, struct test *t, uint32_t space);
/* The same with queues of the case's own; the capabilities of `on` are turned on. */
enum { ON_ATS = 1, ON_PASID = 2, ON_PRI = 4, ON_ALL = 7 };
void ep_scene_with(struct ep *ep, struct test *t, uint32_t on, const struct ep_wq *wqs, uint32_t count);
/* Runs it and checks the status under the row; the result for more. */
struct ep_result ep_expect(struct ep *ep, const char *row, uint32_t wq, struct ep_work *work, uint32_t status, const char *what);
/* A move of fresh buffers, 3 lines long and not aligned: right status, right data. */
bool ep_expect_move(struct ep *ep, const char *row, uint32_t wq, uint32_t space, const char *what);
/* One 64-byte read of a page, without a record. */
struct ep_work ep_touch(struct ep *ep, uint32_t wq, uint32_t space, uint64_t va);
/* Is a translation for the page cached: a touch of it sends no translation request. Runs a touch. */
bool ep_cached(struct ep *ep, uint32_t wq, uint32_t space, uint64_t va);
/* 4 MiB of addresses that nothing is mapped to, aligned. */
uint64_t ep_region(struct ep *ep);
/* A page with memory of its own; several, one behind the other. */
struct ep_map *ep_map_page(struct ep *ep, uint32_t space, uint64_t va, uint32_t size_lg2, uint32_t rights);
void ep_map_pages(struct ep *ep, uint32_t space, uint64_t va, uint32_t count, uint32_t size_lg2, uint32_t rights);
/* The case needs so many pages in the cache at a time. */
void ep_require_entries(struct ep *ep, uint32_t count);
/* And so many engines that work at once. */
void ep_require_engines(struct ep *ep, uint32_t count);
/* MSI-X on, vectors 0..n-1 unmasked, each with its address and its number as data. */
void ep_vectors(struct ep *ep, uint32_t count);
uint32_t ep_interrupts(struct ep *ep, uint32_t mark, uint32_t vector);

#endif
