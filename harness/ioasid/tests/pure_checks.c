/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* pure_checks.c - see pure_checks.h. */
#include "pure_checks.h"

#include "ioasid/invalidate.h"
#include "ioasid/ranges.h"
#include "ioasid/rules.h"
#include "ioasid/uapi/iommu.h"

#include <linux/limits.h>
#include <linux/stringify.h>

#define CHECK(condition)                                  \
    do {                                                  \
        if (!(condition))                                 \
            return __stringify(__LINE__) ": " #condition; \
    } while (0)

const char *check_spans(void)
{
    struct ioasid_span spans[] = {{0x9000, 0x9fff}, {0x1000, 0x1fff}, {0x2000, 0x2fff}, {0x1800, 0x27ff}, {0xffff0000, U64_MAX}};
    struct ioasid_span out[6], span;

    CHECK(!ioasid_span_make(0, 0, &span));
    CHECK(!ioasid_span_make(U64_MAX, 2, &span));
    CHECK(ioasid_span_make(U64_MAX, 1, &span) && span.last == U64_MAX);
    CHECK(ioasid_width_last(64) == U64_MAX && ioasid_width_last(39) == (1ULL << 39) - 1 && ioasid_width_last(1) == 1);
    CHECK(ioasid_spans_normalize(spans, 5) == 3);
    CHECK(spans[0].start == 0x1000 && spans[0].last == 0x2fff && spans[1].start == 0x9000 && spans[2].last == U64_MAX);
    CHECK(ioasid_spans_complement(spans, 3, U64_MAX, out) == 3);
    CHECK(out[0].start == 0 && out[0].last == 0xfff && out[2].start == 0xa000 && out[2].last == 0xfffeffff);
    CHECK(ioasid_spans_complement(spans, 3, 0x9fff, out) == 2);
    CHECK(ioasid_spans_complement(spans, 3, 0x8000, out) == 2 && out[1].last == 0x8000);
    CHECK(ioasid_spans_complement(spans, 0, 5, out) == 1 && out[0].start == 0 && out[0].last == 5);
    span = (struct ioasid_span){0x3000, 0x8fff};
    CHECK(!ioasid_spans_hit(spans, 3, &span));
    span.last++;
    CHECK(ioasid_spans_hit(spans, 3, &span));
    return NULL;
}

const char *check_smmu(void)
{
    struct ioasid_operation operation = {
        .cache = 7, .first = 0x3000, .last = 0x4fff, .has_vpasid = true, .vpasid = 5, .leaf = true};
    struct ioasid_smmu_command commands[IOASID_SMMU_COMMANDS];

    CHECK(ioasid_smmu_invalidation(&operation, commands) == 4);
    CHECK(commands[0].word[0] == (0x05 | 5 << 12) && commands[0].word[1] == 1);
    CHECK(commands[1].word[0] == 0x13 && commands[1].word[1] == 0x3001);
    CHECK(commands[2].word[1] == 0x4001);
    CHECK(commands[3].word[0] == (0x40 | 1 << 11 | 5 << 12));
    CHECK(commands[3].word[1] == (0x0000 | 3)); /* pages 3 and 4 have only 0..7 in common */
    operation = (struct ioasid_operation){.cache = 7, .whole = true, .all_pasids = true, .has_archid = true, .archid = 0x1234};
    CHECK(ioasid_smmu_invalidation(&operation, commands) == 4);
    CHECK(commands[0].word[0] == 0x06);
    CHECK(commands[1].word[0] == (0x11 | 0x1234ULL << 48));
    CHECK(commands[2].word[0] == 0x40 && commands[2].word[1] == 52);
    CHECK(commands[3].word[0] == (0x40 | 1 << 11 | 1 << 9));
    operation = (struct ioasid_operation){.cache = 5, .last = U64_MAX};
    CHECK(ioasid_smmu_invalidation(&operation, commands) == 2 && commands[1].word[0] == 0x10);
    operation = (struct ioasid_operation){.cache = 1, .first = U64_MAX - 0x3fff, .last = U64_MAX};
    CHECK(ioasid_smmu_invalidation(&operation, commands) == 4 && commands[3].word[1] == U64_MAX - 0xfff);
    operation.first = 0;
    operation.last = 64 * 4096 - 1;
    CHECK(ioasid_smmu_invalidation(&operation, commands) == 64);
    operation.last++;
    CHECK(ioasid_smmu_invalidation(&operation, commands) == 1);
    return NULL;
}

const char *check_vtd(void)
{
    struct ioasid_operation operation = {.cache = 3, .first = 0x3000, .last = 0x4fff, .leaf = true};
    struct ioasid_vtd_entry entry;

    ioasid_vtd_invalidation(&operation, &entry);
    CHECK(entry.addr == 0x3000 && entry.npages == 2 && entry.flags == 1);
    operation.whole = true;
    ioasid_vtd_invalidation(&operation, &entry);
    CHECK(!entry.addr && entry.npages == U64_MAX && !entry.flags);
    return NULL;
}

const char *check_rules(void)
{
    CHECK(ioasid_rules_find("v2") && ioasid_rules_find("s20") && ioasid_rules_find("up") && !ioasid_rules_find("v1"));
    CHECK(ioasid_rules_find("v2")->several_contexts && !ioasid_rules_find("up")->several_contexts);
    return NULL;
}
