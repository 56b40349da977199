/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * qemu_dut.c - a QEMU machine with an IOMMU as a DUT.
 *
 * A cold reset is a new process on the same memory: nothing of the old unit can survive it; a unit that nobody has touched
 * since it was started needs none. Memory is a file that both processes map, so the bench reaches it without QEMU's help.
 * A call returns after QEMU has answered for it, hence nothing is ever on its way between two calls, and a QEMU that has
 * died is noticed by the call that killed it.
 */
#define _GNU_SOURCE
#include "dut/qemu/machine.h"
#include "dut/qemu/pci.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define ARGUMENTS_MAX 128u
#define MIB_LG2 20u

static const struct qemu_source *const sources[] = {&qemu_source_edu};
#define SOURCE_COUNT (sizeof sources / sizeof sources[0])

struct iotb_dut {
    struct qemu_session session;
    const struct qemu_source *source;
    char binary[256];
    char version[64];
    char values[QEMU_PROPERTIES_MAX][16]; /* of the machine's properties; "" leaves the choice to QEMU */
    char parameters[512];
    int ram_fd;
    bool traced; /* interrupt messages are seen */
    bool fresh;  /* nothing was done to the unit since QEMU was started */
    bool complete;
    struct iotb_completion completion;
    uint16_t last_requester;
};

/* ---- sentences ---- */

__attribute__((format(printf, 2, 3))) static int refuse(const struct iotb_open_args *args, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    if (args->error)
        vsnprintf(args->error, args->error_bytes, format, arguments);
    va_end(arguments);
    return IOTB_E_ARGUMENT;
}

/* QEMU has failed: what it said last goes to the log of the case. */
static int gone(struct iotb_dut *dut, int result)
{
    char text[4096], *line, *last = NULL, *rest = text;

    if (result == IOTB_OK)
        return result;
    qtest_log(dut->session.qtest, dut->session.log_read, text, sizeof text);
    while ((line = strsep(&rest, "\n")) != NULL)
        if (strncmp(line, "qemu", 4) == 0)
            last = line;
    fprintf(stderr, "%s: QEMU does not answer any more%s%s\n", dut->session.machine->name, last ? ": " : "", last ? last : "");
    return result;
}

/* ---- parameters ---- */

/* `value` is one of "on|off". */
static bool is_listed(const char *list, const char *value)
{
    size_t length = strlen(value);

    for (const char *at = list; *at; at += strcspn(at, "|") + (at[strcspn(at, "|")] == '|'))
        if (length && strcspn(at, "|") == length && strncmp(at, value, length) == 0)
            return true;
    return false;
}

static int set_source(struct iotb_dut *dut, const struct iotb_open_args *args, const char *value)
{
    for (size_t i = 0; i < SOURCE_COUNT; i++)
        if (strcmp(sources[i]->name, value) == 0) {
            dut->source = sources[i];
            return IOTB_OK;
        }
    return refuse(args, "there is no DMA source named \"%s\"", value);
}

static int set_property(struct iotb_dut *dut, const struct iotb_open_args *args, const char *name, const char *value)
{
    const struct qemu_machine *m = dut->session.machine;

    for (uint32_t i = 0; i < m->property_count; i++) {
        if (strcmp(m->properties[i].name, name) != 0)
            continue;
        if (!is_listed(m->properties[i].values, value))
            return refuse(args, "%s is one of %s, not \"%s\"", name, m->properties[i].values, value);
        snprintf(dut->values[i], sizeof dut->values[i], "%s", value);
        return IOTB_OK;
    }
    return refuse(args, "%s has no parameter \"%s\"", m->name, name);
}

static int set_parameter(struct iotb_dut *dut, const struct iotb_open_args *args, char *text)
{
    char *value = strchr(text, '=');

    if (value == NULL)
        return refuse(args, "a parameter is NAME=VALUE, not \"%s\"", text);
    *value++ = '\0';
    if (strcmp(text, "source") == 0)
        return set_source(dut, args, value);
    if (strcmp(text, "binary") != 0)
        return set_property(dut, args, text, value);
    if (!*value || strlen(value) >= sizeof dut->binary)
        return refuse(args, "binary is the path of a QEMU, not \"%s\"", value);
    strcpy(dut->binary, value);
    return IOTB_OK;
}

static int set_parameters(struct iotb_dut *dut, const struct iotb_open_args *args)
{
    char *copy = strdup(args->parameters ? args->parameters : ""), *rest = copy, *text;
    int result = copy ? IOTB_OK : IOTB_E_NO_MEMORY;

    while (result == IOTB_OK && *rest && (text = strsep(&rest, ",")) != NULL) {
        result = set_parameter(dut, args, text);
        if (rest == NULL)
            break;
    }
    free(copy);
    return result;
}

static void defaults(struct iotb_dut *dut)
{
    const struct qemu_machine *m = dut->session.machine;

    dut->source = sources[0];
    snprintf(dut->binary, sizeof dut->binary, "%s", m->binary);
    for (uint32_t i = 0; i < m->property_count; i++)
        if (m->properties[i].initial)
            snprintf(dut->values[i], sizeof dut->values[i], "%s", m->properties[i].initial);
}

/* ",NAME=VALUE" for every property that is set. */
static void append_properties(const struct iotb_dut *dut, char *text, size_t text_bytes)
{
    for (uint32_t i = 0; i < dut->session.machine->property_count; i++)
        if (*dut->values[i])
            snprintf(text + strlen(text), text_bytes - strlen(text), ",%s=%s", dut->session.machine->properties[i].name,
                     dut->values[i]);
}

static void write_parameters(struct iotb_dut *dut)
{
    bool other = strcmp(dut->binary, dut->session.machine->binary) != 0;

    snprintf(dut->parameters, sizeof dut->parameters, "%s%s%ssource=%s", other ? "binary=" : "", other ? dut->binary : "",
             other ? "," : "", dut->source->name);
    append_properties(dut, dut->parameters, sizeof dut->parameters);
}

/* ---- starting ---- */

struct arguments {
    char *list[ARGUMENTS_MAX + 1];
    size_t count;
};

__attribute__((format(printf, 2, 3))) static void add(struct arguments *a, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    if (a->count == ARGUMENTS_MAX || vasprintf(&a->list[a->count], format, arguments) < 0)
        abort();
    va_end(arguments);
    a->count++;
}

static void make_arguments(const struct iotb_dut *dut, struct arguments *a)
{
    static const char *const common[] = {
        /* A reset that nobody asked for ends QEMU instead of passing for a fresh unit. */
        "-nodefaults",
        "-no-user-config",
        "-no-reboot",
        "-display",
        "none",
        "-monitor",
        "none",
        "-serial",
        "none",
        "-parallel",
        "none",
        /* Virtual time that jumps to the next timer while the processor is halted. */
        "-accel",
        "tcg,tb-size=1",
        "-icount",
        "shift=0,sleep=off",
        "-chardev",
        "socket,id=qtest,fd=3",
        "-qtest",
        "chardev:qtest",
        "-qtest-log",
        "none",
    };
    const struct qemu_machine *m = dut->session.machine;
    char properties[512] = "";

    add(a, "%s", dut->binary);
    for (size_t i = 0; i < sizeof common / sizeof common[0]; i++)
        add(a, "%s", common[i]);
    for (size_t i = 0; m->arguments[i]; i++)
        add(a, "%s", m->arguments[i]);
    add(a, "-m");
    add(a, "%" PRIu64 "M", m->ram_bytes >> MIB_LG2);
    add(a, "-object");
    add(a, "memory-backend-file,id=ram,share=on,mem-path=/proc/self/fd/%d,size=%" PRIu64, QTEST_FD_RAM, m->ram_bytes);
    if (m->iommu) {
        append_properties(dut, properties, sizeof properties);
        add(a, "-device");
        add(a, "%s%s", m->iommu, properties);
    }
    for (uint32_t i = 0; !m->iommu && i < m->property_count; i++)
        if (*dut->values[i]) {
            add(a, "-global");
            add(a, "%s.%s=%s", m->iommu_type, m->properties[i].name, dut->values[i]);
        }
    for (uint32_t i = 0; i < m->place_count; i++) {
        add(a, "-device");
        add(a, "%s,%s", dut->source->device, m->places[i].where);
    }
    for (uint32_t i = 0; i < m->trace_count; i++) {
        add(a, "-trace");
        add(a, "%s", m->traces[i].event);
    }
    if (m->read_trace) {
        add(a, "-trace");
        add(a, "%s", m->read_trace);
    }
}

uint32_t qemu_bar(const struct qemu_session *session, uint32_t place)
{
    return session->machine->window + (place << MIB_LG2);
}

static void load_code(const struct qemu_session *s)
{
    for (uint32_t i = 0; i < s->machine->code_count; i++) {
        const struct qemu_code *c = &s->machine->code[i];

        for (uint32_t n = 0; n < c->copies; n++)
            memcpy(s->ram + (c->address - s->machine->ram) + n * c->bytes, c->content, c->bytes);
    }
}

static int start(struct iotb_dut *dut, char *error, size_t error_bytes)
{
    struct qemu_session *s = &dut->session;
    const struct qemu_machine *m = s->machine;
    struct arguments a = {.count = 0};
    uint8_t *bios = calloc(1, m->bios_bytes);
    struct pci_host host;
    int result;

    if (bios == NULL)
        return IOTB_E_NO_MEMORY;
    memcpy(bios + m->reset_code_offset, m->reset_code, m->reset_code_bytes);
    load_code(s);
    make_arguments(dut, &a);
    result = qtest_start(a.list, &(struct qtest_files){.ram_fd = dut->ram_fd, .bios = bios, .bios_bytes = m->bios_bytes},
                         &s->qtest, error, error_bytes);
    for (size_t i = 0; i < a.count; i++)
        free(a.list[i]);
    free(bios);
    if (result != IOTB_OK)
        return result;
    s->log_read = 0;
    host = (struct pci_host){s->qtest, m->ecam};
    for (uint32_t i = 0; i < m->bridge_count; i++)
        pci_set_bridge(&host, m->bridges[i].requester_id, m->bridges[i].bus, qemu_bar(s, m->bridges[i].first),
                       qemu_bar(s, m->bridges[i].last));
    for (uint32_t i = 0; i < m->place_count; i++) {
        pci_set_bar(&host, m->places[i].requester_id, dut->source->bar, qemu_bar(s, i));
        pci_enable(&host, m->places[i].requester_id);
    }
    return dut->source->prepare(s, error, error_bytes) ? IOTB_OK : IOTB_E_ENVIRONMENT;
}

/* ---- interrupt messages ---- */

static bool number_after(const char *line, const char *word, uint64_t *value)
{
    const char *last = NULL;

    for (const char *at = strstr(line, word); at != NULL; at = strstr(at + 1, word))
        last = at;
    return last != NULL && sscanf(last + strlen(word), "%" SCNx64, value) == 1;
}

static bool is_message(const struct qemu_machine *m, const char *line, struct iotb_interrupt *interrupt)
{
    for (uint32_t i = 0; i < m->trace_count; i++) {
        size_t length = strlen(m->traces[i].event);
        uint64_t address, data;

        if (strncmp(line, m->traces[i].event, length) != 0 || line[length] != ' ')
            continue;
        if (m->traces[i].wire) {
            address = IOTB_WIRE_ADDRESS;
            if (!number_after(line, m->traces[i].wire, &data))
                continue;
        } else if (!number_after(line, "addr 0x", &address) || !number_after(line, "data 0x", &data)) {
            continue;
        }
        *interrupt = (struct iotb_interrupt){
            .size = sizeof *interrupt, .origin = m->traces[i].origin, .address = address, .data = (uint32_t)data};
        return true;
    }
    return false;
}

/* The next message in what QEMU has written; QEMU writes it before it answers the command that caused it. */
static bool next_message(struct qemu_session *s, struct iotb_interrupt *interrupt)
{
    char text[4096], *end;

    while (qtest_log(s->qtest, s->log_read, text, sizeof text) > 0 && (end = strchr(text, '\n')) != NULL) {
        *end = '\0';
        s->log_read += (size_t)(end - text) + 1;
        if (is_message(s->machine, text, interrupt))
            return true;
    }
    return false;
}

static int try_message(struct iotb_dut *dut)
{
    const struct qemu_machine *m = dut->session.machine;
    struct iotb_request request = {.kind = IOTB_WRITE, .address = m->message_address, .bytes = 4, .data = {0x33, 0x44}};
    struct iotb_interrupt interrupt;
    uint8_t data[64];
    int result = dut->source->run(&dut->session, 0, &request, data);

    dut->traced = result == IOTB_OK && next_message(&dut->session, &interrupt) && interrupt.address == m->message_address &&
                  interrupt.data == 0x4433;
    return result;
}

static int try_read(struct iotb_dut *dut)
{
    struct qemu_session *s = &dut->session;
    char text[4096];
    uint64_t value;
    int result;

    qtest_read(s->qtest, s->machine->registers, 4, &value);
    result = qtest_flush(s->qtest);
    qtest_log(s->qtest, s->log_read, text, sizeof text);
    dut->traced = result == IOTB_OK && strstr(text, s->machine->read_trace) != NULL;
    return result;
}

/* This QEMU was built with traces that are written to its log. */
static int try_traces(struct iotb_dut *dut)
{
    return dut->session.machine->message_address ? try_message(dut) : try_read(dut);
}

static int poll_interrupt(struct iotb_dut *dut, struct iotb_interrupt *interrupt)
{
    if (!next_message(&dut->session, interrupt))
        return IOTB_NONE;
    if (interrupt->origin == IOTB_IRQ_DEVICE)
        interrupt->requester_id = dut->last_requester;
    return IOTB_OK;
}

/* ---- life ---- */

static int check_version(struct iotb_dut *dut, char *error, size_t error_bytes)
{
    static const char prefix[] = "QEMU emulator version ";
    const struct qemu_machine *m = dut->session.machine;
    char text[256], reason[192];
    int version = qtest_version(dut->binary, text, sizeof text, reason, sizeof reason);

    if (version < 0) {
        snprintf(error, error_bytes, "%s (Debian package %s)", reason, m->package);
        return version;
    }
    if (version < m->version_first) {
        snprintf(error, error_bytes, "%s is too old: %d.%d is the first that is known to work", text, m->version_first / 1000,
                 m->version_first % 1000);
        return IOTB_E_ENVIRONMENT;
    }
    snprintf(dut->version, sizeof dut->version, "%.*s", (int)sizeof dut->version - 1, text + strlen(prefix));
    return IOTB_OK;
}

static int make_memory(struct iotb_dut *dut)
{
    void *ram;

    dut->ram_fd = qtest_memory_file(NULL, dut->session.machine->ram_bytes);
    if (dut->ram_fd < 0)
        return IOTB_E_NO_MEMORY;
    ram = mmap(NULL, dut->session.machine->ram_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, dut->ram_fd, 0);
    if (ram == MAP_FAILED)
        return IOTB_E_NO_MEMORY;
    dut->session.ram = ram;
    return IOTB_OK;
}

static int bring_up(struct iotb_dut *dut, char *error, size_t error_bytes)
{
    int result = check_version(dut, error, error_bytes);

    if (result == IOTB_OK)
        result = make_memory(dut);
    if (result == IOTB_OK)
        result = start(dut, error, error_bytes);
    if (result == IOTB_OK)
        result = try_traces(dut);
    dut->fresh = result == IOTB_OK;
    if (result == IOTB_E_NO_MEMORY)
        snprintf(error, error_bytes, "no memory for %s", dut->session.machine->name);
    return result;
}

int qemu_open(const struct qemu_machine *machine, const struct iotb_open_args *args, struct iotb_dut **out)
{
    struct iotb_dut *dut = calloc(1, sizeof *dut);
    char error[512] = "";
    int result;

    *out = NULL;
    if (dut == NULL)
        return IOTB_E_NO_MEMORY;
    dut->session.machine = machine;
    dut->ram_fd = -1;
    defaults(dut);
    result = set_parameters(dut, args);
    if (result == IOTB_OK) {
        write_parameters(dut);
        result = bring_up(dut, error, sizeof error);
        if (result != IOTB_OK)
            refuse(args, "%s", error);
    }
    if (result != IOTB_OK)
        qemu_close(dut);
    else
        *out = dut;
    return result;
}

void qemu_close(struct iotb_dut *dut)
{
    qtest_stop(dut->session.qtest);
    if (dut->session.ram)
        munmap(dut->session.ram, dut->session.machine->ram_bytes);
    if (dut->ram_fd >= 0)
        close(dut->ram_fd);
    free(dut);
}

pid_t qemu_pid(const struct iotb_dut *dut)
{
    return qtest_pid(dut->session.qtest);
}

int qemu_reset(struct iotb_dut *dut, uint32_t kind)
{
    char error[512] = "";
    int result;

    if (kind != IOTB_RESET_COLD)
        return IOTB_E_UNSUPPORTED;
    if (dut->fresh)
        return IOTB_OK;
    dut->complete = false;
    qtest_stop(dut->session.qtest);
    dut->session.qtest = NULL;
    result = start(dut, error, sizeof error);
    dut->fresh = result == IOTB_OK;
    if (result != IOTB_OK)
        fprintf(stderr, "%s: %s\n", dut->session.machine->name, error);
    return result;
}

int qemu_advance(struct iotb_dut *dut, struct iotb_advance *advance)
{
    (void)dut;
    advance->idle = 1;
    advance->reached_ps = 0;
    return IOTB_OK;
}

static uint32_t host_address_bits(const struct iotb_dut *dut)
{
    const struct qemu_machine *m = dut->session.machine;

    if (!m->host_address_property)
        return m->host_address_bits;
    for (uint32_t i = 0; i < m->property_count; i++)
        if (strcmp(m->properties[i].name, m->host_address_property) == 0)
            return (uint32_t)strtoul(dut->values[i], NULL, 10);
    abort();
}

int qemu_describe(struct iotb_dut *dut, struct iotb_desc *desc)
{
    const struct qemu_machine *m = dut->session.machine;

    *desc = (struct iotb_desc){
        .size = sizeof *desc,
        .kind = IOTB_KIND_IOMMU,
        .architecture = m->architecture,
        .host_address_bits = host_address_bits(dut),
        .features = (dut->traced ? IOTB_F_INTERRUPTS : 0) | (dut->source->address_bits == 64 ? IOTB_F_WIDE_ADDRESS : 0),
        .address_bits = dut->source->address_bits,
        .request_bytes_max = m->request_bytes_max,
        .ram_base = m->ram + m->reserved_bytes,
        .ram_bytes = m->ram_bytes - m->reserved_bytes,
        .hole_address = m->hole,
        .requester_count = m->place_count,
    };
    for (uint32_t i = 0; i < m->place_count; i++)
        desc->requester_ids[i] = m->places[i].requester_id;
    snprintf(desc->name, sizeof desc->name, "%s", m->name);
    snprintf(desc->version, sizeof desc->version, "%s", dut->version);
    snprintf(desc->parameters, sizeof desc->parameters, "%s", dut->parameters);
    return IOTB_OK;
}

/* ---- IOMMU operations ---- */

static int reg_read(struct iotb_dut *dut, uint64_t offset, uint32_t bytes, uint64_t *value)
{
    if (bytes != 4 && bytes != 8)
        return IOTB_E_UNSUPPORTED;
    qtest_read(dut->session.qtest, dut->session.machine->registers + offset, bytes, value);
    return gone(dut, qtest_flush(dut->session.qtest));
}

static int reg_write(struct iotb_dut *dut, uint64_t offset, uint32_t bytes, uint64_t value)
{
    if (bytes != 4 && bytes != 8)
        return IOTB_E_UNSUPPORTED;
    dut->fresh = false;
    qtest_write(dut->session.qtest, dut->session.machine->registers + offset, bytes, value);
    return gone(dut, qtest_flush(dut->session.qtest));
}

static uint8_t *memory_at(struct iotb_dut *dut, uint64_t address, uint32_t bytes)
{
    const struct qemu_machine *m = dut->session.machine;
    uint64_t first = m->ram + m->reserved_bytes, last = m->ram + m->ram_bytes - 1;

    if (!bytes || address < first || address > last || bytes - 1 > last - address)
        return NULL;
    return dut->session.ram + (address - m->ram);
}

static int mem_read(struct iotb_dut *dut, uint64_t address, void *data, uint32_t bytes)
{
    const uint8_t *from = memory_at(dut, address, bytes);

    if (from == NULL)
        return IOTB_E_UNSUPPORTED;
    memcpy(data, from, bytes);
    return IOTB_OK;
}

static int mem_write(struct iotb_dut *dut, uint64_t address, const void *data, uint32_t bytes)
{
    uint8_t *to = memory_at(dut, address, bytes);

    if (to == NULL)
        return IOTB_E_UNSUPPORTED;
    memcpy(to, data, bytes);
    return IOTB_OK;
}

static bool place_of(const struct qemu_machine *m, uint16_t requester_id, uint32_t *place)
{
    for (uint32_t i = 0; i < m->place_count; i++)
        if (m->places[i].requester_id == requester_id) {
            *place = i;
            return true;
        }
    return false;
}

static bool is_in_reach(const struct qemu_source *source, const struct iotb_request *request)
{
    uint64_t last = source->address_bits == 64 ? UINT64_MAX : (UINT64_C(1) << source->address_bits) - 1;

    return request->address <= last && request->bytes - 1 <= last - request->address;
}

static int submit(struct iotb_dut *dut, const struct iotb_request *request)
{
    uint32_t place = 0;
    int result;

    if ((request->kind != IOTB_READ && request->kind != IOTB_WRITE) || request->address_type != IOTB_AT_UNTRANSLATED ||
        request->flags || !request->bytes || request->bytes > dut->session.machine->request_bytes_max || dut->complete ||
        !place_of(dut->session.machine, request->requester_id, &place) || !is_in_reach(dut->source, request))
        return IOTB_E_UNSUPPORTED;
    dut->completion = (struct iotb_completion){.size = sizeof dut->completion, .id = request->id, .status = IOTB_SC};
    if (request->kind == IOTB_READ)
        dut->completion.bytes = request->bytes;
    dut->last_requester = request->requester_id;
    dut->fresh = false;
    result = dut->source->run(&dut->session, place, request, dut->completion.data);
    dut->complete = result == IOTB_OK;
    return gone(dut, result);
}

static int poll_completion(struct iotb_dut *dut, struct iotb_completion *completion)
{
    if (!dut->complete)
        return IOTB_NONE;
    *completion = dut->completion;
    dut->complete = false;
    return IOTB_OK;
}

const struct iotb_iommu_ops qemu_iommu_ops = {
    .size = sizeof qemu_iommu_ops,
    .reg_read = reg_read,
    .reg_write = reg_write,
    .submit = submit,
    .poll_completion = poll_completion,
    .mem_read = mem_read,
    .mem_write = mem_write,
    .poll_interrupt = poll_interrupt,
};
