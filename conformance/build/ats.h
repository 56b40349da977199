/* SPDX-License-Identifier: BSD-2-Clause */
/* ats.h - ATS and PRI messages and completions as PCI Express has them, the same for every IOMMU (PCIe 10 Address Translation
 * Services). */
#ifndef BUILD_ATS_H
#define BUILD_ATS_H

#include "bench/case.h"

#define ATS_ENTRY_BYTES 8u

uint64_t ats_entry_raw(const struct outcome *outcome, uint32_t n); /* n-th entry of a translation completion, as a number */
/* log2 of the bytes that an entry covers: 12 with S = 0; with S = 1 the lowest zero of bits 63:12 gives half of the size; 64 is
 * all. */
uint32_t ats_size_lg2(uint64_t raw);
/* Runs until a message of this kind has come (others are dropped) or `ps` passed without one. */
bool ats_message(struct test *t, enum iotb_message_kind kind, struct iotb_message *message, uint64_t ps);
/* One Invalidate Completion: these ITags, `count` of them altogether (1..8). */
void ats_invalidate_completion(struct test *t, uint16_t requester, uint32_t itags, uint32_t count);

#endif
