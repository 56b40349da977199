/* SPDX-License-Identifier: BSD-2-Clause */
/* guard_internal.h - the inside of struct guard, for guard.c and guard_uapi.c. */
#ifndef DUT_GUARD_INTERNAL_H
#define DUT_GUARD_INTERNAL_H

#include "dut/guard.h"
#include "dut/hash.h"
#include "dut/link.h"

#include <string.h>

#define ROOM_BYTES 1024u /* a newer DUT may write structs that are longer than ours */

/* A request id or an access tag that the DUT may name. */
struct name {
    uint32_t id;
    uint32_t bytes; /* of an access: that the answer carries */
    UT_hash_handle hh;
};

struct guard {
    struct dut_link link;
    struct iotb_desc desc;
    struct name *requests, *accesses;
    uint32_t highest_id;
    uint64_t now_ps;
    bool dead; /* a negative result was returned: only close() may follow */
    char error[256];
};

/* Each keeps a sentence for guard_error() and returns the enum iotb_result that belongs to it. */
int guard_breach(struct guard *guard, const char *format, ...) __attribute__((format(printf, 2, 3)));
int guard_unsupported(struct guard *guard, const char *function);
int guard_refuse_dead(struct guard *guard, const char *function);
/* What the DUT returned, if it may. */
int guard_judge(struct guard *guard, int result, const char *function, bool may_have_none);
bool guard_terminated(const char *text, size_t bytes);

/*
 * Calls an output function with a struct that has room for a newer version, and copies what this version knows; what the
 * DUT's version did not have, from `least` on, is zero. Ends the function with the result unless it is IOTB_OK.
 */
#define TAKE_LEAST(guard, function, call, type, out, least)                                                                   \
    do {                                                                                                                      \
        union {                                                                                                               \
            type item;                                                                                                        \
            uint8_t room[ROOM_BYTES];                                                                                         \
        } box;                                                                                                                \
        type *const item = &box.item;                                                                                         \
        int result_;                                                                                                          \
                                                                                                                              \
        if ((guard)->dead)                                                                                                    \
            return guard_refuse_dead((guard), (function));                                                                    \
        memset(item, 0, sizeof(*item));                                                                                       \
        item->size = sizeof(*item);                                                                                           \
        result_ = guard_judge((guard), (call), (function), true);                                                             \
        if (result_ != IOTB_OK)                                                                                               \
            return result_;                                                                                                   \
        if (item->size < (least) || item->size > ROOM_BYTES)                                                                  \
            return guard_breach((guard), "%s handed out a struct that says it has %u bytes, not at least %zu and at most %u", \
                                (function), item->size, (size_t)(least), ROOM_BYTES);                                         \
        memset(box.room + item->size, 0, ROOM_BYTES - item->size);                                                            \
        *(out) = *item;                                                                                                       \
        (out)->size = sizeof(*(out));                                                                                         \
    } while (0)
#define TAKE(guard, function, call, type, out) TAKE_LEAST(guard, function, call, type, out, sizeof(type))

#endif
