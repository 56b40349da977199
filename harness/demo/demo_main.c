/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * demo_main.c - two processes hand 2 MiB each to a device under a PASID, with not one page of it mapped. The device asks, the
 * handler brings pages in as they are asked for, the device goes on (docs/page-requests.md).
 */
#include "demo/demo.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SPACES 2u
#define BYTES (UINT32_C(2) << 20)
#define PAGES (BYTES / DEMO_PAGE_BYTES)
#define FROM UINT64_C(0x7f0000000000)
#define TO UINT64_C(0x7f0000400000)
#define RECORD UINT64_C(0x7f0000800000)
#define LIMIT_PS UINT64_C(1000000000000) /* a second */
#define AREA_BASE UINT64_C(0x10000000)

struct space {
    uint32_t pasid;
    uint64_t from[PAGES], to[PAGES], record; /* frames, 0: not there */
};

struct run {
    struct demo demo;
    const struct demo_iommu *ops;
    void *iommu;
    struct space spaces[SPACES];
    uint64_t requests, groups;
};

/* What a process has in its source: no two words of no two processes are alike. */
static uint64_t word_of(const struct space *space, uint64_t offset)
{
    return (space->pasid + UINT64_C(1)) * UINT64_C(0x9e3779b97f4a7c15) ^ offset * UINT64_C(0xd1342543de82ef95);
}

static uint64_t bring_in(struct run *run, const struct space *space, bool source, uint64_t page)
{
    uint64_t frame = demo_frame(&run->demo);

    for (uint64_t at = 0; source && at < DEMO_PAGE_BYTES; at += 8)
        demo_write64(&run->demo, frame + at, word_of(space, page * DEMO_PAGE_BYTES + at));
    return frame;
}

static struct space *space_of(struct run *run, uint32_t pasid)
{
    for (uint32_t i = 0; i < SPACES; i++)
        if (run->spaces[i].pasid == pasid)
            return &run->spaces[i];
    return NULL;
}

static void handle(struct run *run, const struct demo_request *request)
{
    struct space *space = space_of(run, request->pasid);
    bool source = request->address - FROM < BYTES;
    uint64_t page = (request->address - (source ? FROM : TO)) / DEMO_PAGE_BYTES, *frame;

    run->requests++;
    if (!space || page >= PAGES || request->write == source) {
        demo_fail(&run->demo, "the device asks for what it was not given");
        return;
    }
    frame = source ? &space->from[page] : &space->to[page];
    if (!*frame) {
        *frame = bring_in(run, space, source, page);
        run->ops->map(run->iommu, request->pasid, request->address, *frame);
    }
    if (request->last) {
        run->groups++;
        run->ops->respond(run->iommu, request);
    }
}

static bool finished(struct run *run)
{
    for (uint32_t i = 0; i < SPACES; i++)
        if (!(demo_read64(&run->demo, run->spaces[i].record) & 0xff))
            return false;
    return true;
}

static void serve(struct run *run)
{
    struct demo_request request;

    while (!run->demo.failure && !finished(run)) {
        if (!board_step(run->demo.board, LIMIT_PS))
            demo_fail(&run->demo, "the device has stopped before it was done");
        while (!run->demo.failure && run->ops->next(run->iommu, &request))
            handle(run, &request);
    }
}

static void check(struct run *run, const struct space *space)
{
    uint64_t record = demo_read64(&run->demo, space->record);

    if ((record & 0xff) != 1)
        demo_fail(&run->demo, "a completion record does not say success");
    for (uint64_t page = 0; page < PAGES; page++) {
        if (!space->from[page] || !space->to[page]) {
            demo_fail(&run->demo, "the device has not touched all of its pages");
            return;
        }
        for (uint64_t at = 0; at < DEMO_PAGE_BYTES; at += 8)
            if (demo_read64(&run->demo, space->to[page] + at) != word_of(space, page * DEMO_PAGE_BYTES + at))
                demo_fail(&run->demo, "the destination does not hold what the source has");
    }
}

static void report(struct run *run)
{
    struct demo *demo = &run->demo;

    printf("%s: %u processes moved %u bytes each, no page of them mapped at the start\n", run->ops->name, SPACES, BYTES);
    printf("  page requests    %llu in %llu groups, of which the device counts %llu answered with success\n",
           (unsigned long long)run->requests, (unsigned long long)run->groups, (unsigned long long)demo_device_counter(demo, 26));
    printf("  translations     %llu asked for, %llu of them without access at first\n",
           (unsigned long long)demo_device_counter(demo, 14), (unsigned long long)demo_device_counter(demo, 16));
    printf("  translated       %llu reads, %llu writes; untranslated %llu, %llu\n",
           (unsigned long long)demo_device_counter(demo, 34), (unsigned long long)demo_device_counter(demo, 35),
           (unsigned long long)demo_device_counter(demo, 32), (unsigned long long)demo_device_counter(demo, 33));
    printf("  simulated time   %llu us\n", (unsigned long long)(board_now_ps(demo->board) / 1000000));
    printf("  %s\n", demo->failure ? demo->failure : "both records say success, and the data is right");
}

static void start(struct run *run)
{
    static const uint32_t pasids[SPACES] = {5, 0x42};

    for (uint32_t i = 0; i < SPACES; i++)
        run->spaces[i].pasid = pasids[i];
    run->iommu = run->ops->start(&run->demo, pasids, SPACES);
    if (!run->iommu) {
        demo_fail(&run->demo, "out of memory");
        return;
    }
    demo_device_start(&run->demo, pasids, SPACES);
    for (uint32_t i = 0; i < SPACES; i++) {
        run->spaces[i].record = demo_frame(&run->demo);
        run->ops->map(run->iommu, pasids[i], RECORD, run->spaces[i].record);
        demo_device_move(&run->demo, i, FROM, TO, BYTES, RECORD);
    }
}

static int demonstrate(const struct demo_iommu *ops)
{
    static const struct board_ram rams[] = {{AREA_BASE, UINT64_C(16) << 20}, {UINT64_C(0x40000000), UINT64_C(256) << 20}};
    const struct board_iommu iommu = {ops->architecture, ops->parameters};
    const struct board_device device = {.requester_id = DEMO_REQUESTER, .parameters = "preset=product"};
    const struct board_config config = {.seed = 1,
                                        .memory_latency_ps = 80000,
                                        .doorbell = UINT64_MAX,
                                        .rams = rams,
                                        .ram_count = 2,
                                        .iommus = &iommu,
                                        .iommu_count = 1,
                                        .devices = &device,
                                        .device_count = 1};
    struct run *run = calloc(1, sizeof(*run));
    char error[200] = "out of memory";
    int failed;

    if (!run || board_create(&config, &run->demo.board, error, sizeof(error))) {
        fprintf(stderr, "page-requests: %s\n", error);
        free(run);
        return 1;
    }
    run->ops = ops;
    run->demo.area_next = AREA_BASE;
    start(run);
    serve(run);
    for (uint32_t i = 0; i < SPACES && !run->demo.failure; i++)
        check(run, &run->spaces[i]);
    report(run);
    failed = run->demo.failure != NULL;
    if (run->iommu)
        ops->stop(run->iommu);
    board_destroy(run->demo.board);
    free(run);
    return failed;
}

int main(int argc, char **argv)
{
    static const struct demo_iommu *const iommus[] = {&demo_vtd, &demo_smmuv3};
    int failed = 0, run = 0;

    for (size_t i = 0; i < 2; i++)
        if (argc == 1 || (argc == 2 && !strcmp(argv[1], iommus[i]->name))) {
            failed |= demonstrate(iommus[i]);
            run++;
        }
    if (run)
        return failed;
    fprintf(stderr, "usage: page-requests [vtd|smmuv3]\n");
    return 2;
}
