/* SPDX-License-Identifier: BSD-2-Clause */
/* ioasid_kernel.c - modules, failures, what went wrong. */
#include "dut/ioasid/ioasid_breaches.h"
#include "dut/ioasid/ioasid_internal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define QUIET_PS (200 * PS_PER_MS) /* timers that lie further ahead are not waited for */

int uapi_quiesce(struct iotb_dut *dut)
{
    settle(dut, kernel_now_ps() + QUIET_PS);
    return IOTB_OK;
}

static int64_t query(const char *name)
{
    if (kernel_module_loaded(name))
        return 1;
    return 0;
}

/* The drivers of devices come and go with vfio: nobody else needs it. */
static const char *const drivers[] = {"vfio-pci", "pasid-device"};

static int64_t load(const char *name)
{
    int result = kernel_module_load(name, NULL);

    if (!result && strcmp(name, IOTB_UAPI_MODULE_VFIO) == 0)
        result = kernel_module_load(drivers[0], NULL);
    return result;
}

static int64_t unload(const char *name)
{
    int result;

    for (size_t i = 0; strcmp(name, IOTB_UAPI_MODULE_VFIO) == 0 && i < sizeof(drivers) / sizeof(drivers[0]); i++)
        if (kernel_module_loaded(drivers[i]) && kernel_module_unload(drivers[i]))
            return -EBUSY;
    result = kernel_module_unload(name);
    if (result == -EWOULDBLOCK && strcmp(name, IOTB_UAPI_MODULE_VFIO) == 0)
        (void)kernel_module_load(drivers[0], NULL);
    return result == -EWOULDBLOCK ? -EBUSY : result;
}

int64_t uapi_module(struct iotb_dut *dut, const char *name, uint32_t action)
{
    switch (action) {
    case IOTB_UAPI_MODULE_QUERY:
        return query(name);
    case IOTB_UAPI_MODULE_LOAD:
        return breach_module(dut, load(name));
    case IOTB_UAPI_MODULE_UNLOAD:
        return breach_module(dut, unload(name));
    case IOTB_UAPI_MODULE_FORBID:
        return kernel_module_set_state(name, MODULE_FORBIDDEN);
    case IOTB_UAPI_MODULE_REMOVE:
        return kernel_module_set_state(name, MODULE_ABSENT);
    case IOTB_UAPI_MODULE_PERMIT:
    case IOTB_UAPI_MODULE_RESTORE:
        return kernel_module_set_state(name, MODULE_LOADABLE);
    default:
        return IOTB_UAPI_BENCH(IOTB_E_UNSUPPORTED);
    }
}

int64_t uapi_fail_nth(struct iotb_dut *dut, uint32_t process, uint32_t n)
{
    int64_t used;

    if (process >= PROCESSES)
        return -ESRCH;
    used = dut->fail_used[process];
    dut->fail[process] = n;
    dut->fail_used[process] = false;
    return used;
}

static uint64_t sleeping(const struct iotb_dut *dut)
{
    uint64_t count = 0;

    for (uint32_t i = 0; i < TASKS; i++)
        count += dut->tasks[i].used;
    return count;
}

int uapi_audit(struct iotb_dut *dut, uint32_t process, struct iotb_uapi_audit *audit)
{
    struct process *of = process_of(dut, process);
    int64_t pages = of ? process_locked_pages(of) : 0;

    memset(audit, 0, sizeof(*audit));
    audit->size = sizeof(*audit);
    kernel_memory_use(&audit->objects, &audit->object_bytes);
    audit->files = process_open_files();
    audit->address_spaces = process_spaces();
    audit->pinned_pages = process_pinned_pages();
    audit->iommu_domains = audit->stray_dma = audit->driver_breaches = IOTB_UAPI_UNKNOWN;
    audit->memlock_bytes = pages < 0 ? IOTB_UAPI_UNKNOWN : (uint64_t)pages * 4096;
    audit->sleeping_tasks = sleeping(dut);
    audit->log_lines = kernel_print_counts().lines;
    audit->splats = kernel_splat_count();
    for (size_t i = 0; i < audit->splats; i++)
        audit->held_locks += kernel_splat(i)->kind == KERNEL_SPLAT_LOCK;
    if (audit->splats)
        snprintf(audit->text, sizeof(audit->text), "%s", kernel_splat(0)->text);
    return IOTB_OK;
}
