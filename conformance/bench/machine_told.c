/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * machine_told.c - for those who watch: calls of programs and DMA of devices as lines of text (`iotb flow`) and as spans of the
 * time line.
 */
#include "bench/machine.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#define PAUSE_PS 1000000 /* what a program does between two calls; so that each has a place of its own on the time line */
#define TEXT_BYTES 360u

const char *uapi_errno_name(int64_t value)
{
    static const struct {
        int number;
        const char *name;
    } names[] = {{EPERM, "EPERM"},         {ENOENT, "ENOENT"},        {EINTR, "EINTR"},     {EIO, "EIO"},
                 {ENXIO, "ENXIO"},         {E2BIG, "E2BIG"},          {EBADF, "EBADF"},     {EAGAIN, "EAGAIN"},
                 {ENOMEM, "ENOMEM"},       {EACCES, "EACCES"},        {EFAULT, "EFAULT"},   {EBUSY, "EBUSY"},
                 {EEXIST, "EEXIST"},       {ENODEV, "ENODEV"},        {EINVAL, "EINVAL"},   {ENOTTY, "ENOTTY"},
                 {ENOSPC, "ENOSPC"},       {ERANGE, "ERANGE"},        {EDEADLK, "EDEADLK"}, {ENOSYS, "ENOSYS"},
                 {EOVERFLOW, "EOVERFLOW"}, {EOPNOTSUPP, "EOPNOTSUPP"}};

    if (value >= 0)
        return "success";
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (names[i].number == -value)
            return names[i].name;
    return "another errno";
}

/* ---- lines ---- */

bool test_watched(const struct test *t)
{
    return t->setup->narrate || t->setup->trace_path;
}

static void tell(struct test *t, uint64_t at_ps, const char *who, const char *text)
{
    if (t->setup->narrate)
        bench_emit(t, json_pack("{s:s, s:I, s:s, s:s}", "type", "tell", "at_ps", (json_int_t)at_ps, "who", who, "text", text));
}

#define FORMAT(text)                                        \
    do {                                                    \
        va_list arguments;                                  \
                                                            \
        va_start(arguments, format);                        \
        vsnprintf((text), sizeof(text), format, arguments); \
        va_end(arguments);                                  \
    } while (0)

void test_say(struct test *t, const char *format, ...)
{
    char text[TEXT_BYTES];

    if (!test_watched(t))
        return;
    FORMAT(text);
    bench_event(t, t->now_ps, 0, IOTB_NO_REQUEST, "process/steps", text);
    if (t->setup->narrate)
        bench_emit(t, json_pack("{s:s, s:s}", "type", "say", "text", text));
}

void test_tell(struct test *t, const char *who, const char *format, ...)
{
    char text[TEXT_BYTES];

    if (!t->setup->narrate)
        return;
    FORMAT(text);
    tell(t, t->now_ps, who, text);
}

void test_on_ioctl(struct test *t, ioctl_text *describe)
{
    t->describe_ioctl = describe;
}

/* ---- time ---- */

/* Time moves on in calls, and only advance() says where it is. */
static void catch_up(struct test *t)
{
    bool idle;

    bench_require(t, guard_advance(t->guard, t->now_ps, &t->now_ps, &idle), "advance");
}

uint64_t bench_told_begin(struct test *t)
{
    if (!test_watched(t))
        return 0;
    if (t->setup->narrate)
        bench_uapi_run(t, PAUSE_PS);
    else
        catch_up(t);
    return t->now_ps;
}

/* ---- calls ---- */

static void told(struct test *t, uint64_t from_ps, uint32_t process, int64_t result, const char *text)
{
    char who[24], track[24], value[24], line[TEXT_BYTES + 40];

    catch_up(t);
    snprintf(who, sizeof(who), "process %u", process);
    snprintf(track, sizeof(track), "process/%.15s", who);
    if (result < 0)
        snprintf(value, sizeof(value), "%s", uapi_errno_name(result));
    else
        snprintf(value, sizeof(value), "%" PRId64, result);
    snprintf(line, sizeof(line), "%s %s=%s", text, result < 0 ? "errno" : "result", value);
    bench_call_event(t, from_ps, track, line);
    snprintf(line, sizeof(line), "%s = %s", text, value);
    tell(t, from_ps, who, line);
}

void bench_told_call(struct test *t, uint64_t from_ps, uint32_t process, int64_t result, const char *format, ...)
{
    char text[TEXT_BYTES];

    if (!test_watched(t))
        return;
    FORMAT(text);
    told(t, from_ps, process, result, text);
}

void bench_told_ioctl(struct test *t, uint64_t from_ps, uint32_t process, int32_t fd, uint64_t command, const void *argument,
                      uint32_t bytes, int64_t result)
{
    char text[TEXT_BYTES], whole[TEXT_BYTES + 16];
    char *blank;

    if (!test_watched(t))
        return;
    if (!t->describe_ioctl || !t->describe_ioctl(command, argument, bytes, text, sizeof(text)))
        snprintf(text, sizeof(text), "ioctl command=0x%" PRIx64 " bytes=%u", command, bytes);
    blank = strchr(text, ' ');
    snprintf(whole, sizeof(whole), "%.*s fd=%d%s", blank ? (int)(blank - text) : (int)strlen(text), text, fd, blank ? blank : "");
    told(t, from_ps, process, result, whole);
}

/* ---- DMA ---- */

void bench_told_dma(struct test *t, uint64_t from_ps, uint32_t device, const struct iotb_request *request, int64_t result,
                    const struct iotb_completion *completion)
{
    static const char *const kinds[] = {"read", "write", "fetch-add", "swap", "cas"};
    static const char *const ways[] = {"", " translated-first", " translated", ""};
    struct iotb_uapi_device facts;
    char track[24], pasid[24] = "", text[TEXT_BYTES];

    if (!test_watched(t) || !uapi_device(t, device, &facts))
        return;
    catch_up(t);
    if (request->flags & IOTB_RQ_PASID)
        snprintf(pasid, sizeof(pasid), " pasid=0x%x", request->pasid);
    snprintf(track, sizeof(track), "device/%04x work", facts.requester_id);
    snprintf(text, sizeof(text), "%s iova=0x%" PRIx64 "%s bytes=%u%s end=%s", kinds[request->kind % 5], request->address, pasid,
             request->bytes, ways[request->address_type & 3],
             result < 0                      ? uapi_errno_name(result)
             : result == 1                   ? "waits"
             : completion->status == IOTB_SC ? "SC"
             : completion->status == IOTB_UR ? "UR"
                                             : "CA");
    bench_call_event(t, from_ps, track, text);
}
