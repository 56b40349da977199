/* SPDX-License-Identifier: BSD-2-Clause */
/* What translation completions and messages have alike, whatever IOMMU sends them. */
#include "build/ats.h"

uint64_t ats_entry_raw(const struct outcome *outcome, uint32_t n)
{
    uint64_t raw = 0;

    for (uint32_t k = 0; k < ATS_ENTRY_BYTES; k++)
        raw |= (uint64_t)outcome->data[ATS_ENTRY_BYTES * n + k] << (8 * k);
    return raw;
}

uint32_t ats_size_lg2(uint64_t raw)
{
    uint32_t lg2 = 12;

    if (!(raw >> 11 & 1))
        return lg2;
    while (lg2 < 64 && raw >> lg2 & 1)
        lg2++;
    return lg2 + (lg2 < 64);
}

bool ats_message(struct test *t, enum iotb_message_kind kind, struct iotb_message *message, uint64_t ps)
{
    for (uint32_t step = 0; step <= 8; step++) {
        while (message_take(t, message))
            if (message->kind == kind)
                return true;
        if (step < 8)
            test_run(t, ps / 8);
    }
    return false;
}

void ats_invalidate_completion(struct test *t, uint16_t requester, uint32_t itags, uint32_t count)
{
    struct iotb_message m = {.size = sizeof m,
                             .kind = IOTB_MSG_INVALIDATE_COMPLETION,
                             .device_id = requester,
                             .itag = itags,
                             .completion_count = (uint8_t)(count & 7)}; /* three bits: 0 stands for 8 */

    message_send(t, &m);
}
