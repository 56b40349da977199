/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guard.h - the only way in which the bench reaches a DUT: opens it, calls it, and believes nothing that it hands out.
 *
 * Every call returns an enum iotb_result. What breaks the contract of dut.h (an unknown tag or id, a size that lies, an
 * access across 64 bytes, time that runs back, a string without end ...) becomes IOTB_E_PROTOCOL with one sentence in
 * guard_error(). Structs handed out are complete: what the DUT's version did not have is zero.
 */
#ifndef DUT_GUARD_H
#define DUT_GUARD_H

#include "dut/dut.h"

#include <stdbool.h>
#include <stddef.h>

struct guard;

/*
 * Opens a DUT. On failure *out is NULL and args->error holds the sentence. An ops table is checked before anything in it is
 * called; of the names "plugin" and "socket" the real operations come from the other side.
 */
int guard_open(const struct iotb_dut_ops *ops, const struct iotb_open_args *args, struct guard **out);
void guard_close(struct guard *guard); /* NULL is allowed */

/* The sentence that belongs to the last negative result. */
const char *guard_error(const struct guard *guard);
/* The checked description; valid until the guard is closed. */
const struct iotb_desc *guard_desc(const struct guard *guard);
/* The operations as the guard calls them. */
const struct iotb_dut_ops *guard_ops(const struct guard *guard);
struct iotb_dut *guard_dut(const struct guard *guard);

/* Ends every outstanding request and access: nothing of before is completed, and no answer is owed. */
int guard_reset(struct guard *guard, uint32_t kind);
int guard_advance(struct guard *guard, uint64_t until_ps, uint64_t *reached_ps, bool *idle);

int guard_reg_read(struct guard *guard, uint64_t offset, uint32_t bytes, uint64_t *value);
int guard_reg_write(struct guard *guard, uint64_t offset, uint32_t bytes, uint64_t value);
int guard_submit(struct guard *guard, const struct iotb_request *request);
int guard_poll_completion(struct guard *guard, struct iotb_completion *completion);
int guard_mem_read(struct guard *guard, uint64_t address, void *data, uint32_t bytes);
int guard_mem_write(struct guard *guard, uint64_t address, const void *data, uint32_t bytes);
int guard_next_access(struct guard *guard, struct iotb_access *access);
int guard_answer_access(struct guard *guard, const struct iotb_answer *answer);
int guard_poll_interrupt(struct guard *guard, struct iotb_interrupt *interrupt);
int guard_send_message(struct guard *guard, const struct iotb_message *message);
int guard_poll_message(struct guard *guard, struct iotb_message *message);
int guard_next_probe(struct guard *guard, struct iotb_probe *probe);

/* Endpoints; send_message and poll_message serve both kinds. IOTB_NONE of guard_bar_read: Unsupported Request. */
int guard_config_read(struct guard *guard, uint32_t offset, uint32_t bytes, uint32_t *value);
int guard_config_write(struct guard *guard, uint32_t offset, uint32_t bytes, uint32_t value);
int guard_config_target(struct guard *guard, uint32_t requester_id);
int guard_bar_read(struct guard *guard, uint32_t bar, uint64_t offset, uint32_t bytes, uint64_t *value);
int guard_bar_write(struct guard *guard, uint32_t bar, uint64_t offset, const void *data, uint32_t bytes);
int guard_deferrable_write(struct guard *guard, uint64_t address, const void *data, uint32_t bytes, uint32_t *retry);
int guard_next_tlp(struct guard *guard, struct iotb_request *tlp);
int guard_complete_tlp(struct guard *guard, const struct iotb_completion *completion);
int guard_block(struct guard *guard, uint32_t kinds);

/*
 * User interfaces. Most functions are called through the table, between two checks: guard_callable() before, and guard_call()
 * with what a system call returned, or guard_simple() with the enum iotb_result of another function. Those that hand out a struct
 * are:
 */
const struct iotb_uapi_ops *guard_uapi(const struct guard *guard);
int guard_callable(struct guard *guard, bool there, const char *function);
int guard_call(struct guard *guard, int64_t value, const char *function);
/* A read that says that it brought more than there was room for. */
int guard_too_much(struct guard *guard, const char *function, int64_t value);
int guard_simple(struct guard *guard, int result, const char *function, bool may_have_none);
int guard_machine(struct guard *guard, struct iotb_uapi_machine *machine);
int guard_describe_device(struct guard *guard, uint32_t index, struct iotb_uapi_device *device);
int guard_device_bus(struct guard *guard, uint32_t device, struct iotb_uapi_bus *bus);
int guard_audit(struct guard *guard, uint32_t process, struct iotb_uapi_audit *audit);
/* *value: -errno, 0 with the completion, or 1. */
int guard_device_submit(struct guard *guard, uint32_t device, const struct iotb_request *request,
                        struct iotb_completion *completion, int64_t *value);
int guard_device_poll(struct guard *guard, uint32_t device, struct iotb_completion *completion);
struct guard_enqcmd {
    uint32_t process, device, vpasid;
    int32_t vm;
    const struct iotb_request *request;
};
int guard_guest_enqcmd(struct guard *guard, const struct guard_enqcmd *enqcmd, struct iotb_completion *completion,
                       int64_t *value);
int guard_collect(struct guard *guard, uint32_t task, struct iotb_uapi_call *call);

#endif
