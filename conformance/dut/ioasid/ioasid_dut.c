/* SPDX-License-Identifier: BSD-2-Clause */
/* ioasid_dut.c - parameters, boot and halt, time. */
#include "dut/ioasid/ioasid_dut.h"

#include "dut/ioasid/ioasid_breaches.h"
#include "dut/ioasid/ioasid_internal.h"
#include "dut/plugin/plugin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROBES_AT_FIRST 1024u

/* ---- parameters ---- */

struct reading {
    const struct iotb_open_args *args;
    char rest[512], value[128];
    bool wrong;
};

static bool taken(struct reading *reading, const char *name)
{
    char rest[512];

    if (!parameters_take(reading->rest, name, reading->value, sizeof(reading->value), rest, sizeof(rest)))
        return false;
    memcpy(reading->rest, rest, sizeof(rest));
    return true;
}

/* Index of the value among the words; -1 when the parameter is not there. */
static int choice(struct reading *reading, const char *name, const char *const *words)
{
    if (!taken(reading, name))
        return -1;
    for (int i = 0; words[i]; i++)
        if (strcmp(words[i], reading->value) == 0)
            return i;
    snprintf(reading->args->error, reading->args->error_bytes, "%s=%s: %s is none of its values", name, reading->value,
             reading->value);
    reading->wrong = true;
    return -1;
}

static int read_parameters(struct iotb_dut *dut, const struct iotb_open_args *args)
{
    static const char *const iommus[] = {"vtd", "smmuv3", NULL}, *const backends[] = {"coop", "threads", NULL},
                             *const flags[] = {"0", "1", NULL}, *const profiles[] = {"v2", "s20", "up", NULL};
    struct reading reading = {.args = args};
    int profile;

    snprintf(reading.rest, sizeof(reading.rest), "%s", args->parameters);
    snprintf(dut->parameters, sizeof(dut->parameters), "%s", args->parameters);
    dut->architecture = choice(&reading, "iommu", iommus) == 1 ? PLATFORM_SMMUV3 : PLATFORM_VTD;
    dut->backend = choice(&reading, "backend", backends) == 1 ? KERNEL_THREADS : KERNEL_COOPERATIVE;
    dut->explore = choice(&reading, "explore", flags) == 1;
    profile = choice(&reading, "profile", profiles);
    snprintf(dut->profile, sizeof(dut->profile), "%s", profiles[profile < 0 ? 0 : profile]);
    dut->rules = profile_rules(dut->profile, dut->architecture);
    dut->seed = args->seed;
    if (taken(&reading, "seed"))
        dut->seed = strtoull(reading.value, NULL, 0);
    if (taken(&reading, "latency_ps"))
        dut->latency_ps = strtoull(reading.value, NULL, 0);
    if (taken(&reading, "erratum")) {
        bool bug = strchr(reading.value, '.') != NULL;

        if (!breach_is(reading.value)) {
            snprintf(bug ? dut->bug : dut->erratum, sizeof(dut->bug), "%.60s", reading.value);
        } else if (!breach_choose(dut, reading.value)) {
            snprintf(args->error, args->error_bytes, "ioasid has no erratum %.100s", reading.value);
            reading.wrong = true;
        }
    }
    if (!reading.wrong && reading.rest[0]) {
        snprintf(args->error, args->error_bytes, "ioasid has no parameter %.100s", reading.rest);
        reading.wrong = true;
    }
    return reading.wrong ? IOTB_E_ARGUMENT : IOTB_OK;
}

/* ---- time line ---- */

void note_probe(struct iotb_dut *dut, const char *track, const char *text, uint64_t at_ps, uint64_t duration_ps)
{
    struct iotb_probe *probe;

    if (!atomic_load_explicit(&dut->listened, memory_order_relaxed)) /* no order between tasks that the kernel does not give */
        return;
    pthread_mutex_lock(&dut->probing);
    if (dut->probe_count == dut->probe_room) {
        dut->probe_room = dut->probe_room ? 2 * dut->probe_room : PROBES_AT_FIRST;
        dut->probes = realloc(dut->probes, dut->probe_room * sizeof(*dut->probes));
        if (!dut->probes)
            abort();
    }
    probe = &dut->probes[dut->probe_count++];
    *probe =
        (struct iotb_probe){.size = sizeof(*probe), .request_id = IOTB_NO_REQUEST, .at_ps = at_ps, .duration_ps = duration_ps};
    snprintf(probe->track, sizeof(probe->track), "%s", track);
    snprintf(probe->text, sizeof(probe->text), "%s", text);
    pthread_mutex_unlock(&dut->probing);
}

/* Until somebody asks, nothing is put into words but what devices send (bus_event()). */
static void listen(struct iotb_dut *dut)
{
    kernel_trace_points(true);
    kernel_machine_lock();
    board_trace_all(machine_board(dut->machine));
    kernel_machine_unlock();
}

int uapi_next_probe(struct iotb_dut *dut, struct iotb_probe *probe)
{
    int result = IOTB_NONE;

    if (!atomic_exchange(&dut->listened, true) && dut->booted)
        listen(dut);
    pthread_mutex_lock(&dut->probing);
    if (dut->probe_first < dut->probe_count) {
        *probe = dut->probes[dut->probe_first++];
        result = IOTB_OK;
    } else {
        dut->probe_first = dut->probe_count = 0;
    }
    pthread_mutex_unlock(&dut->probing);
    return result;
}

static void on_board_event(void *context, const char *track, const char *text, uint64_t at_ps, uint64_t duration_ps)
{
    struct iotb_dut *dut = context;

    bus_event(dut, track, text);
    note_probe(dut, track, text, at_ps, duration_ps);
}

/* "vtd_entry kind=pasid address=1000 .." of the system "vtd": a table or queue entry is a write to memory besides. */
static void note_trace_point(struct iotb_dut *dut, const struct kernel_trace_event *event)
{
    size_t length = strlen(event->what);
    const char *text = event->text, *address = strstr(text, "address=");
    char track[24], write[104];

    if (strncmp(text, event->what, length) == 0 && text[length] == '_')
        text += length + 1;
    snprintf(track, sizeof(track), "driver/%.12s", event->what);
    note_probe(dut, track, text, event->at_ps, 0);
    if (address && (strncmp(text, "entry ", 6) == 0 || strncmp(text, "command ", 8) == 0)) {
        snprintf(write, sizeof(write), "write by=driver %.80s", address);
        note_probe(dut, "memory/driver", write, event->at_ps, 0);
    }
}

static void on_kernel_event(void *context, const struct kernel_trace_event *event)
{
    static const char *const kinds[] = {[TRACE_RUN] = "run", [TRACE_WAIT] = "wait", [TRACE_WAKE] = "wake", [TRACE_NOTE] = "note"};
    struct iotb_dut *dut = context;
    char text[160];

    if (!atomic_load_explicit(&dut->listened, memory_order_relaxed))
        return;
    switch (event->kind) {
    case TRACE_POINT:
        note_trace_point(dut, event);
        return;
    case TRACE_PRINT:
        snprintf(text, sizeof(text), "%.100s", event->what);
        note_probe(dut, "driver/log", text, event->at_ps, 0);
        return;
    case TRACE_WAIT:
    case TRACE_WAKE:
    case TRACE_NOTE:
        if (strcmp(event->what, "interrupts") == 0) /* it waits for them all the time */
            return;
        snprintf(text, sizeof(text), "%s %.40s task=%.16s.%d", kinds[event->kind], event->what, event->task, event->pid);
        note_probe(dut, "driver/scheduler", text, event->at_ps, 0);
        return;
    case TRACE_RUN:
    case TRACE_ENTER: /* the bench knows its calls */
    case TRACE_LEAVE:
    default:
        return;
    }
}

/* ---- boot and halt ---- */

static void halt(struct iotb_dut *dut)
{
    if (dut->booted) {
        for (uint32_t i = 0; i < dut->process_count; i++)
            if (dut->processes[i])
                (void)process_exit(dut->processes[i]);
        tasks_forget(dut);
        kernel_halt();
    }
    dut->booted = false;
    memset(dut->processes, 0, sizeof(dut->processes));
    memset(dut->file_kinds, 0, sizeof(dut->file_kinds));
    dut->breach_allocs = dut->breach_mapped = 0;
    dut->process_count = 0;
    dut->mdev_count = 0;
    dma_reset(dut);
    machine_destroy(dut->machine);
    dut->machine = NULL;
}

static int make_machine(struct iotb_dut *dut)
{
    char parameters[2][160], error[256];

    machine_standard(dut->architecture, &dut->description);
    dut->description.seed = dut->seed;
    dut->description.memory_latency_ps = dut->latency_ps;
    dut->description.trace = (struct board_trace){.event = on_board_event, .context = dut};
    for (size_t i = 0; dut->erratum[0] && i < dut->description.iommu_count && i < 2; i++) {
        snprintf(parameters[i], sizeof(parameters[i]), "%s,erratum=%s", dut->description.iommus[i].parameters, dut->erratum);
        dut->description.iommus[i].parameters = parameters[i];
    }
    if (machine_create(&dut->description, &dut->machine, error, sizeof(error)) == 0)
        return IOTB_OK;
    fprintf(stderr, "ioasid: %s\n", error);
    return IOTB_E_ARGUMENT;
}

static int boot_kernel(struct iotb_dut *dut)
{
    const char *driver = dut->architecture == PLATFORM_VTD ? "vtd" : "arm-smmu-v3";
    bool core_bug = strncmp(dut->bug, "core.", 5) == 0;
    const char *bug = strchr(dut->bug, '.');
    struct kernel_module_config modules[2] = {{.name = "ioasid", .state = MODULE_LOADABLE},
                                              {.name = driver, .state = MODULE_BUILTIN}};
    struct kernel_config config = {.backend = dut->backend,
                                   .seed = dut->seed,
                                   .explore = dut->explore,
                                   .hardware = machine_hardware(dut->machine),
                                   .modules = modules,
                                   .module_count = 2,
                                   .trace = on_kernel_event,
                                   .context = dut};

    snprintf(dut->module_parameters[0], sizeof(dut->module_parameters[0]), "profile=%s%s%s", dut->profile,
             core_bug ? " bug=" : "", core_bug ? bug + 1 : "");
    snprintf(dut->module_parameters[1], sizeof(dut->module_parameters[1]), "%s%s", bug && !core_bug ? "bug=" : "",
             bug && !core_bug ? bug + 1 : "");
    modules[0].parameters = dut->module_parameters[0];
    modules[1].parameters = dut->module_parameters[1][0] ? dut->module_parameters[1] : NULL;
    if (kernel_boot(&config))
        return IOTB_E_GONE;
    dut->booted = true;
    if (dut->listened)
        listen(dut);
    return IOTB_OK;
}

static int load_modules(void)
{
    static const char *const names[] = {"ioasid", "vfio", "vfio-pci", "plain", "kvm"};
    int result = 0;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        int error = kernel_module_load(names[i], NULL);

        if (error && error != -2) /* -ENOENT: a build without it */
            result = error;
    }
    return result ? IOTB_E_GONE : IOTB_OK;
}

static int dut_reset(struct iotb_dut *dut, uint32_t kind)
{
    const struct process_config first = {.name = "process 0", .uid = 1000, .memlock = PROCESS_UNLIMITED};
    int result;

    if (kind != IOTB_RESET_COLD)
        return IOTB_E_UNSUPPORTED;
    halt(dut);
    result = make_machine(dut);
    if (result == IOTB_OK)
        result = boot_kernel(dut);
    if (result == IOTB_OK)
        result = load_modules();
    if (result != IOTB_OK)
        return result;
    nodes_find(dut);
    groups_find(dut);
    dut->processes[0] = process_create(&first);
    dut->process_count = 1;
    return dut->processes[0] ? IOTB_OK : IOTB_E_NO_MEMORY;
}

struct process *process_of(struct iotb_dut *dut, uint32_t number)
{
    return number < dut->process_count ? dut->processes[number] : NULL;
}

/* ---- the common part ---- */

static int dut_open(const struct iotb_open_args *args, struct iotb_dut **out)
{
    struct iotb_dut *dut = calloc(1, sizeof(*dut));
    int result;

    if (!dut)
        return IOTB_E_NO_MEMORY;
    result = read_parameters(dut, args);
    if (result != IOTB_OK) {
        free(dut);
        return result;
    }
    pthread_mutex_init(&dut->probing, NULL);
    *out = dut;
    return IOTB_OK;
}

static int dut_describe(struct iotb_dut *dut, struct iotb_desc *desc)
{
    *desc = (struct iotb_desc){.size = sizeof(*desc)};
    desc->kind = IOTB_KIND_UAPI;
    desc->architecture = IOTB_ARCH_IOASID;
    desc->features = IOTB_F_TIME;
    snprintf(desc->name, sizeof(desc->name), "ioasid");
    snprintf(desc->parameters, sizeof(desc->parameters), "%s", dut->parameters);
    return IOTB_OK;
}

static int dut_advance(struct iotb_dut *dut, struct iotb_advance *advance)
{
    settle(dut, advance->until_ps);
    advance->reached_ps = kernel_now_ps();
    advance->idle = 1;
    return IOTB_OK;
}

static void dut_close(struct iotb_dut *dut)
{
    halt(dut);
    pthread_mutex_destroy(&dut->probing);
    free(dut->probes);
    free(dut);
}

const struct iotb_dut_ops *iotb_dut_ioasid(void)
{
    static const struct iotb_dut_ops ops = {
        .size = sizeof(ops),
        .abi = IOTB_DUT_ABI,
        .name = "ioasid",
        .open = dut_open,
        .describe = dut_describe,
        .reset = dut_reset,
        .advance = dut_advance,
        .close = dut_close,
        .uapi = &ioasid_uapi,
    };

    return &ops;
}
