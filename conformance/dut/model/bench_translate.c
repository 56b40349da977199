/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bench_translate.c - see bench_translate.h. Compiled once for each library; BENCH_LIBRARY is the table's name, BENCH_NAME
 * what the user calls it.
 */
#include "dut/model/bench_translate.h"

#include "sim/memory.h"
#include "vtd/vtd.h"
#include "vtd/vtd_formats.h"

#include <stdio.h>
#include <stdlib.h>

#define RAM_BYTES UINT64_C(0x4000000)
#define ROOT UINT64_C(0x1000)
#define CONTEXTS UINT64_C(0x2000)
#define DIRECTORY UINT64_C(0x3000)
#define PASIDS UINT64_C(0x4000)
#define TABLES UINT64_C(0x10000) /* and up */
#define DATA UINT64_C(0x1000000)
#define IOVA UINT64_C(0x7000000000)
#define PAGES 16u
#define NESTED_PASID 1u

struct bench_rig {
    struct sim sim;
    struct memory *memory;
    struct memory_port port;
    struct vtd *vtd;
    uint64_t next_table;
    struct vtd_translation what; /* for each translation, but for the address */
    struct bench_counts counts;
    uint64_t events_before, accesses_before;
};

/* Rules of vtd_create, or addresses above, that do not hold are mistakes in this file. */
static void must(int condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "bench_translate: %s\n", what);
    abort();
}

/* ---- tables ---- */

static uint64_t read64(struct bench_rig *rig, uint64_t address)
{
    uint8_t bytes[8];

    must(memory_read(rig->memory, address, bytes, sizeof(bytes)), "read outside of memory");
    return load_le64(bytes);
}

static void write64(struct bench_rig *rig, uint64_t address, uint64_t value)
{
    uint8_t bytes[8];

    store_le64(bytes, value);
    must(memory_write(rig->memory, address, bytes, sizeof(bytes)), "write outside of memory");
}

static uint64_t new_table(struct bench_rig *rig)
{
    rig->next_table += 4096;
    return rig->next_table - 4096;
}

static void map(struct bench_rig *rig, uint64_t table, uint64_t rights, uint64_t address, uint64_t output)
{
    for (unsigned shift = 39; shift > 12; shift -= 9) {
        uint64_t at = table + (address >> shift & 511u) * 8u;

        if (!read64(rig, at))
            write64(rig, at, new_table(rig) | rights);
        table = read64(rig, at) & VTD_PAGING_ADDRESS;
    }
    write64(rig, table + (address >> 12 & 511u) * 8u, output | rights);
}

/*
 * The second stage maps the pages at IOVA for plain requests and, one to one, what the first stage of NESTED_PASID leads to:
 * its own tables and the data.
 */
static void make_tables(struct bench_rig *rig)
{
    const uint64_t first_rights = VTD_FS_P | VTD_FS_RW | VTD_FS_US, second_rights = VTD_SS_R | VTD_SS_W;
    uint64_t first = new_table(rig), first_end, second;

    for (uint64_t at = 0; at < PAGES * 4096u; at += 4096)
        map(rig, first, first_rights, IOVA + at, DATA + at);
    first_end = rig->next_table;
    second = new_table(rig);
    for (uint64_t at = TABLES; at < first_end; at += 4096)
        map(rig, second, second_rights, at, at);
    for (uint64_t at = 0; at < PAGES * 4096u; at += 4096) {
        map(rig, second, second_rights, DATA + at, DATA + at);
        map(rig, second, second_rights, IOVA + at, DATA + at);
    }
    write64(rig, ROOT, CONTEXTS | VTD_SMROOT_P);
    write64(rig, CONTEXTS, DIRECTORY | VTD_SMCONTEXT_W0_P | VTD_SMCONTEXT_W0_PASIDE);
    write64(rig, DIRECTORY, PASIDS | VTD_PASIDDIR_W0_P);
    write64(rig, PASIDS, second | VTD_PASID_W0_P | VTD_FMT_PUT(VTD_PASID_W0_AW, 2u) | VTD_FMT_PUT(VTD_PASID_W0_PGTT, 2u));
    write64(rig, PASIDS + 64, second | VTD_PASID_W0_P | VTD_FMT_PUT(VTD_PASID_W0_AW, 2u) | VTD_FMT_PUT(VTD_PASID_W0_PGTT, 3u));
    for (unsigned pasid = 0; pasid <= NESTED_PASID; pasid++)
        write64(rig, PASIDS + pasid * 64u + 8u, (pasid + 1u) | VTD_PASID_W1_PWSNP);
    write64(rig, PASIDS + 64 + 16, first);
}

/* ---- the unit ---- */

static enum port_reply count_access(void *context, struct port_request *request)
{
    struct bench_rig *rig = context;

    rig->counts.accesses++;
    return memory_access(&rig->port, request);
}

static void ignore_interrupt(void *context, uint64_t address, uint32_t data)
{
    (void)context;
    (void)address;
    (void)data;
}

static int make_unit(struct bench_rig *rig, enum bench_part part)
{
    static const char *const walk_caches[] = {"iotlb.replacement", "first_stage_cache.replacement",
                                              "second_stage_cache.replacement"};
    const struct vtd_ports ports = {.memory = {count_access, rig}, .interrupt = {ignore_interrupt, NULL}};
    struct vtd_params params;
    char error[160] = "";
    int result;

    must(vtd_preset("scalable-nest", &params), "no such preset");
    for (size_t i = 0; part != BENCH_HIT && i < sizeof(walk_caches) / sizeof(walk_caches[0]); i++)
        must(vtd_set_parameter(&params, walk_caches[i], "off"), "no such parameter");
    result = vtd_create(&rig->sim, &params, &ports, &rig->vtd, error, sizeof(error));
    must(!error[0], error);
    if (result)
        return result;
    vtd_register_write(rig->vtd, 0x20, 8, ROOT | VTD_FMT_PUT(VTD_RTADDR_TTM, 1u)); /* 11.4.5 Root Table Address Register */
    vtd_register_write(rig->vtd, 0x18, 4, UINT64_C(1) << 30); /* 11.4.4.1 Global Command Register: SRTP, then TE */
    vtd_register_write(rig->vtd, 0x18, 4, UINT64_C(1) << 31);
    must(vtd_register_read(rig->vtd, 0x1c, 4) >> 31 != 0, "TES is 0");
    return 0;
}

static void close_rig(struct bench_rig *rig)
{
    if (rig->vtd)
        vtd_destroy(rig->vtd);
    if (rig->memory)
        memory_destroy(rig->memory);
    free(rig);
}

/* ---- translations ---- */

static inline void translate(struct bench_rig *rig, uint64_t number)
{
    uint64_t offset = number % PAGES * 4096u + 0x123u;
    struct vtd_translation translation = rig->what;

    translation.address = IOVA + offset;
    vtd_translate(rig->vtd, &translation);
    rig->counts.wrong += !translation.allowed || translation.translated != DATA + offset;
}

void bench_translate_loop(struct bench_rig *rig, uint64_t count);

/* A function of its own, so that a profiler can tell it from the making of the rig. */
__attribute__((noinline)) void bench_translate_loop(struct bench_rig *rig, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++)
        translate(rig, i);
}

static void run(struct bench_rig *rig, uint64_t count)
{
    bench_translate_loop(rig, count);
    rig->counts.translations += count;
}

/* Fills the caches that are on, and sets the accessed flags. */
static void warm(struct bench_rig *rig)
{
    for (uint64_t i = 0; i < PAGES; i++)
        translate(rig, i);
    must(!rig->counts.wrong, "a translation is wrong");
    rig->events_before = rig->sim.scheduled_count;
    rig->accesses_before = rig->counts.accesses;
}

static struct bench_rig *open_rig(enum bench_part part)
{
    struct bench_rig *rig = calloc(1, sizeof(*rig));

    if (!rig)
        return NULL;
    sim_init(&rig->sim, 1);
    rig->next_table = TABLES;
    rig->memory = memory_create();
    if (!rig->memory || memory_add_region(rig->memory, 0, RAM_BYTES)) {
        close_rig(rig);
        return NULL;
    }
    rig->port = memory_port_of(rig->memory);
    make_tables(rig);
    if (make_unit(rig, part)) {
        close_rig(rig);
        return NULL;
    }
    if (part == BENCH_NESTED_MISS)
        rig->what = (struct vtd_translation){.has_pasid = true, .pasid = NESTED_PASID};
    warm(rig);
    return rig;
}

static struct bench_counts counts_of(const struct bench_rig *rig)
{
    struct bench_counts counts = rig->counts;

    counts.events = rig->sim.scheduled_count - rig->events_before;
    counts.accesses -= rig->accesses_before;
    return counts;
}

const struct bench_library BENCH_LIBRARY = {
    .name = BENCH_NAME, .open = open_rig, .run = run, .counts = counts_of, .close = close_rig};
