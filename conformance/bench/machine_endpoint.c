/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * machine_endpoint.c - a DUT that is an endpoint: what it sends goes to the case's hooks in the order of sending, what the case
 * answers goes back when it is due.
 */
#include "bench/machine.h"

#include <stdlib.h>

bool bench_is_endpoint(const struct test *t)
{
    return t->desc.kind == IOTB_KIND_ENDPOINT;
}

/* ---- what it sends ---- */

struct arrivals {
    struct bench_array tlps, messages;
};

static void collect(struct test *t, struct arrivals *arrivals)
{
    struct iotb_request tlp;
    struct iotb_message message;
    int result;

    while ((result = guard_next_tlp(t->guard, &tlp)) == IOTB_OK)
        *(struct iotb_request *)bench_array_add(&arrivals->tlps, sizeof(tlp)) = tlp;
    if (result == IOTB_NONE)
        while ((result = guard_poll_message(t->guard, &message)) == IOTB_OK)
            *(struct iotb_message *)bench_array_add(&arrivals->messages, sizeof(message)) = message;
    if (result >= 0 || result == IOTB_E_UNSUPPORTED) /* an endpoint without ATS and PRI has no messages */
        return;
    free(arrivals->tlps.items);
    free(arrivals->messages.items);
    bench_require(t, result, "next_tlp or poll_message");
}

static void tell_tlp(struct test *t, const struct iotb_request *tlp)
{
    char text[96];

    snprintf(text, sizeof(text), "tag %u kind %u AT %u 0x%llx +%u flags 0x%x pasid 0x%x", tlp->id, tlp->kind, tlp->address_type,
             (unsigned long long)tlp->address, tlp->bytes, tlp->flags, tlp->pasid);
    bench_event(t, t->now_ps, 0, IOTB_NO_REQUEST, "tlp", text);
    t->tlp_count++;
    if (t->on_tlp)
        t->on_tlp(t, t->endpoint_context, tlp);
}

static void tell_message(struct test *t, const struct iotb_message *message)
{
    char text[96];

    snprintf(text, sizeof(text), "kind %u 0x%llx itag 0x%x group %u pasid 0x%x", message->kind,
             (unsigned long long)message->address, message->itag, message->group_index, message->pasid);
    bench_event(t, t->now_ps, 0, IOTB_NO_REQUEST, "message", text);
    if (t->on_message)
        t->on_message(t, t->endpoint_context, message);
}

bool bench_endpoint_drain(struct test *t)
{
    struct arrivals arrivals = {0};
    const struct iotb_request *tlps;
    const struct iotb_message *messages;
    size_t i = 0, j = 0;
    bool something;

    collect(t, &arrivals);
    tlps = arrivals.tlps.items;
    messages = arrivals.messages.items;
    something = arrivals.tlps.count + arrivals.messages.count;
    t->in_hook = true;
    while (i < arrivals.tlps.count || j < arrivals.messages.count) {
        if (j == arrivals.messages.count || (i < arrivals.tlps.count && tlps[i].sequence <= messages[j].sequence))
            tell_tlp(t, &tlps[i++]);
        else
            tell_message(t, &messages[j++]);
    }
    t->in_hook = false;
    free(arrivals.tlps.items);
    free(arrivals.messages.items);
    return something;
}

void test_on_tlp(struct test *t, tlp_hook *on_tlp, message_hook *on_message, void *context)
{
    t->on_tlp = on_tlp;
    t->on_message = on_message;
    t->endpoint_context = context;
}

/* ---- what goes to it ---- */

static struct bench_reply *queue(struct test *t, uint64_t delay_ps)
{
    struct bench_reply *reply = bench_array_add(&t->replies, sizeof(*reply));

    reply->due_ps = t->now_ps + delay_ps;
    return reply;
}

void completion_queue(struct test *t, const struct iotb_completion *completion, uint64_t delay_ps)
{
    struct bench_reply *reply = queue(t, delay_ps);

    reply->completion = *completion;
    reply->completion.size = sizeof(*completion);
}

void message_queue(struct test *t, const struct iotb_message *message, uint64_t delay_ps)
{
    struct bench_reply *reply = queue(t, delay_ps);

    reply->is_message = true;
    reply->message = *message;
    reply->message.size = sizeof(*message);
}

bool bench_reply_due(const struct test *t, size_t *index, uint64_t *due_ps)
{
    const struct bench_reply *replies = t->replies.items;
    bool found = false;

    for (size_t i = 0; i < t->replies.count; i++) {
        if (found && replies[i].due_ps >= *due_ps)
            continue;
        *index = i;
        *due_ps = replies[i].due_ps;
        found = true;
    }
    return found;
}

void bench_reply_deliver(struct test *t, size_t index)
{
    struct bench_reply reply = ((struct bench_reply *)t->replies.items)[index];

    bench_array_remove(&t->replies, index);
    if (reply.is_message) {
        bench_require(t, guard_send_message(t->guard, &reply.message), "send_message");
    } else {
        reply.completion.done_ps = t->now_ps;
        bench_require(t, guard_complete_tlp(t->guard, &reply.completion), "complete_tlp");
    }
}

/* ---- requests of the host ---- */

uint32_t config_read(struct test *t, uint32_t offset, uint32_t bytes)
{
    uint32_t value = 0;

    bench_require(t, guard_config_read(t->guard, offset, bytes, &value), "config_read");
    return value;
}

void config_write(struct test *t, uint32_t offset, uint32_t bytes, uint32_t value)
{
    bench_require(t, guard_config_write(t->guard, offset, bytes, value), "config_write");
}

void config_target(struct test *t, uint16_t requester_id)
{
    bench_require(t, guard_config_target(t->guard, requester_id), "config_target");
}

bool bar_read(struct test *t, uint32_t bar, uint64_t offset, uint32_t bytes, uint64_t *value)
{
    int result;

    *value = 0;
    result = guard_bar_read(t->guard, bar, offset, bytes, value);
    bench_require(t, result, "bar_read");
    return result == IOTB_OK;
}

void bar_write(struct test *t, uint32_t bar, uint64_t offset, const void *data, uint32_t bytes)
{
    bench_require(t, guard_bar_write(t->guard, bar, offset, data, bytes), "bar_write");
}

enum deferred deferrable_write(struct test *t, uint64_t address, const void *data, uint32_t bytes)
{
    uint32_t retry = 0;

    bench_require(t, guard_deferrable_write(t->guard, address, data, bytes, &retry), "deferrable_write");
    return (enum deferred)retry;
}

void endpoint_block(struct test *t, uint32_t kinds)
{
    bench_require(t, guard_block(t->guard, kinds), "block");
}

void test_hang(struct test *t, const char *format, ...)
{
    va_list arguments;

    if (t->hang)
        return;
    t->hang = true;
    va_start(arguments, format);
    vsnprintf(t->hang_text, sizeof(t->hang_text), format, arguments);
    va_end(arguments);
}
