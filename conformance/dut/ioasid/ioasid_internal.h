/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ioasid_internal.h - the inside of the adapter `ioasid`: the harness kernel on the standard machine, in this process.
 *
 * ioasid_dut.c: parameters, boot, halt, time. ioasid_calls.c: system calls, each a task of its process. ioasid_devices.c: what
 * the machine is. ioasid_dma.c: DMA by the exerciser of the devices, which the kernel does not see. ioasid_kernel.c: modules,
 * failures, audit, guests. With backend=threads tasks of the kernel run while this one does: what they share with it is under the
 * machine's lock (kernel_machine_lock()), or told by the end of a task (kernel_poll()).
 */
#ifndef DUT_IOASID_INTERNAL_H
#define DUT_IOASID_INTERNAL_H

#include "dut/dut.h"

#include "kernel/host.h"
#include "kernel/process.h"
#include "platform/machine.h"

#include <pthread.h>
#include <stdatomic.h>

#define MACHINE_DEVICES 8u
#define MDEVS 16u
#define DEVICES (MACHINE_DEVICES + MDEVS)
#define PROCESSES 64u
#define TASKS 256u
#define COMPLETIONS 4096u
#define SLOTS 6u       /* raw slots of a device that single DMAs use */
#define REPEAT_SLOT 6u /* the next one is for device_repeat() */
#define ENQUEUED 7u    /* no slot: what guest_enqcmd() waits for */
#define MASTERS 8u

#define PS_PER_MS 1000000000ull

/* A system call under way. */
struct task {
    bool used, begun;
    struct iotb_uapi_call call;
    struct iotb_dut *dut;
    struct process *process;
    struct task_struct *task;
    uint8_t *argument; /* call.bytes of it */
    uint32_t fail_nth; /* 0: nothing is made to fail */
};

/* A DMA of a device, by a slot of its exerciser or by its engine. */
struct dma {
    bool used;
    uint32_t slot;
    struct iotb_request request;
    bool any_pasid; /* it is the kernel's choice */
    /* What came of it on the bus */
    bool left;
    uint32_t status;
    /* A page that was asked for */
    bool asked, answered;
    uint32_t code, tries;
};

/* With which PASID a translated address was asked for; a translated request need not tell it. */
struct asked {
    bool used, has_pasid;
    uint32_t pasid;
    uint64_t page;
};

/* What was last seen of a device on the bus, from the board's time line. */
struct bus {
    uint64_t count, translations; /* data and translation requests that have ended */
    uint32_t status, pasid;
    bool has_pasid;
    uint8_t address_type;
    uint64_t address;
    struct asked last, pages[16]; /* the last translation request; of pages accessed since, a ring */
    uint32_t page_count;
};

struct device {
    struct dma dmas[MASTERS];
    struct bus bus;
    uint64_t translations_before;
    struct board_dma before; /* of its unit, before the last DMA */
    bool snoop_known, snooped;
    /* The last open of its node, for mdevs. */
    uint32_t process;
    int32_t fd;
    /* device_repeat() */
    bool repeating;
    struct iotb_request repeat;
    uint64_t period_ps, next_ps;
    struct iotb_completion *completions; /* a ring of COMPLETIONS */
    uint32_t first, count;
};

struct breach; /* ioasid_breaches.c */
#define BREACH_FDS 128u

struct iotb_dut {
    /* parameters */
    enum platform_architecture architecture;
    enum kernel_backend backend;
    bool explore;
    uint64_t seed, latency_ps;
    char profile[16], bug[64], erratum[64], parameters[512];
    uint64_t rules;
    const struct breach *breach; /* NULL: none */
    /* of a boot */
    bool booted;
    struct machine_description description;
    struct machine *machine;
    struct process *processes[PROCESSES];
    uint32_t process_count;
    unsigned int fail[PROCESSES]; /* armed; 0: not */
    bool fail_used[PROCESSES];
    struct task tasks[TASKS];
    struct device devices[DEVICES];
    struct {
        char name[32], node[64], parent[32];
        uint32_t kind, vpasid_bits, pasid_flags, group;
    } nodes[DEVICES];      /* as VFIO offers them now */
    char mdevs[MDEVS][32]; /* names, in the order in which they were first seen */
    uint32_t mdev_count;
    uint32_t groups[MACHINE_DEVICES]; /* as seen at boot */
    char module_parameters[4][128];
    /* Of the time line: probes[probe_first..probe_count) were not asked for yet. */
    atomic_bool listened;
    pthread_mutex_t probing; /* of what follows: the machine and the kernel write it, each with its own lock held */
    uint8_t file_kinds[PROCESSES][BREACH_FDS];
    uint32_t breach_allocs, breach_mapped;
    struct iotb_probe *probes;
    size_t probe_first, probe_count, probe_room;
};

/* ioasid_dut.c */
void note_probe(struct iotb_dut *dut, const char *track, const char *text, uint64_t at_ps, uint64_t duration_ps);
struct process *process_of(struct iotb_dut *dut, uint32_t number); /* NULL: there is none */

/* ioasid_calls.c; -ESRCH: no such process */
int64_t dut_call(struct iotb_dut *dut, const struct iotb_uapi_call *call); /* to its end; argument both ways */
void tasks_forget(struct iotb_dut *dut);                                   /* at halt */
extern const struct iotb_uapi_ops ioasid_uapi;
int64_t uapi_open(struct iotb_dut *dut, uint32_t process, const char *path, uint32_t flags);
int64_t uapi_close(struct iotb_dut *dut, uint32_t process, int32_t fd);
int64_t uapi_ioctl(struct iotb_dut *dut, uint32_t process, int32_t fd, uint64_t command, void *argument, uint32_t bytes);
int64_t uapi_ioctl_raw(struct iotb_dut *dut, uint32_t process, int32_t fd, uint64_t command, uint64_t argument);
int64_t uapi_read(struct iotb_dut *dut, uint32_t process, int32_t fd, void *data, uint32_t bytes);
int64_t uapi_write(struct iotb_dut *dut, uint32_t process, int32_t fd, const void *data, uint32_t bytes);
int64_t uapi_poll(struct iotb_dut *dut, uint32_t process, int32_t fd, uint32_t events);
int64_t uapi_eventfd(struct iotb_dut *dut, uint32_t process, uint32_t initial);
int64_t uapi_map_memory(struct iotb_dut *dut, uint32_t process, uint64_t bytes, uint64_t *user_address);
int64_t uapi_unmap_memory(struct iotb_dut *dut, uint32_t process, uint64_t user_address, uint64_t bytes);
int64_t uapi_map_file(struct iotb_dut *dut, uint32_t process, int32_t fd, uint64_t offset, uint64_t bytes, uint32_t protection,
                      uint64_t *user_address);
int64_t uapi_access_memory(struct iotb_dut *dut, uint32_t process, uint64_t user_address, void *data, uint32_t bytes,
                           uint32_t write);
int64_t uapi_fork(struct iotb_dut *dut, uint32_t process);
int64_t uapi_exit(struct iotb_dut *dut, uint32_t process);
int64_t uapi_set_memlock(struct iotb_dut *dut, uint32_t process, uint64_t bytes);
int64_t uapi_share(struct iotb_dut *dut, uint32_t process, int32_t fd, uint32_t to_process);
int64_t uapi_spawn(struct iotb_dut *dut, const struct iotb_uapi_call *call);
int uapi_collect(struct iotb_dut *dut, uint32_t task, struct iotb_uapi_call *call);

/* ioasid_devices.c */
int uapi_machine_facts(struct iotb_dut *dut, struct iotb_uapi_machine *machine);
int uapi_describe_device(struct iotb_dut *dut, uint32_t index, struct iotb_uapi_device *device);
/* The same without the driver that it has now: asks nothing of the kernel. */
int device_facts(struct iotb_dut *dut, uint32_t index, struct iotb_uapi_device *device);
/* Its requests have this requester ID: its own, or that of the bridge above it. Never changes. */
bool device_speaks_as(const struct iotb_dut *dut, uint32_t index, unsigned int requester_id);
void nodes_find(struct iotb_dut *dut);
void groups_find(struct iotb_dut *dut);
uint64_t profile_rules(const char *profile, enum platform_architecture architecture);
void device_opened(struct iotb_dut *dut, uint32_t process, const char *path, int64_t fd);
void device_closed(struct iotb_dut *dut, uint32_t process, int32_t fd);

/* ioasid_dma.c */
void bus_event(struct iotb_dut *dut, const char *track, const char *text);
uint64_t bus_count(struct iotb_dut *dut, uint32_t device); /* requests of a device of the machine that have ended */
void dma_reset(struct iotb_dut *dut);
/* Until nothing can run before that time, with what device_repeat() has due meanwhile. */
void settle(struct iotb_dut *dut, uint64_t until_ps);
/* As the suite wants it, whatever the kernel has made of it: memory space and bus mastering on, the exerciser open. */
void device_unlock(struct iotb_dut *dut, uint32_t device);
void dma_pump(struct iotb_dut *dut); /* takes what has ended, starts what device_repeat() has due */
int64_t uapi_device_submit(struct iotb_dut *dut, uint32_t device, const struct iotb_request *request,
                           struct iotb_completion *completion);
int uapi_device_poll(struct iotb_dut *dut, uint32_t device, struct iotb_completion *completion);
int uapi_device_bus(struct iotb_dut *dut, uint32_t device, struct iotb_uapi_bus *bus);
int uapi_device_repeat(struct iotb_dut *dut, uint32_t device, const struct iotb_request *request, uint64_t period_ps);

/* ioasid_drivers.c */
int64_t uapi_bind_driver(struct iotb_dut *dut, uint32_t device, uint32_t driver);
int64_t uapi_driver_buffer(struct iotb_dut *dut, uint32_t device, uint64_t *bus_address, uint32_t offset, void *data,
                           uint32_t bytes, uint32_t write);
uint32_t driver_of(const char *name); /* enum iotb_uapi_driver */

/* ioasid_guest.c */
int64_t uapi_guest_wbinvd(struct iotb_dut *dut, uint32_t process, int32_t vm);
int64_t uapi_guest_enqcmd(struct iotb_dut *dut, uint32_t process, int32_t vm, uint32_t device, uint32_t vpasid,
                          const struct iotb_request *request, struct iotb_completion *completion);

/* ioasid_mdev.c */
int64_t mdev_submit(struct iotb_dut *dut, uint32_t device, const struct iotb_request *request,
                    struct iotb_completion *completion);
/* What has left the parent since `seen` left it for this mdev. */
void mdev_saw(struct iotb_dut *dut, uint32_t device, uint64_t seen);

/* ioasid_kernel.c */
int uapi_quiesce(struct iotb_dut *dut);
int64_t uapi_module(struct iotb_dut *dut, const char *name, uint32_t action);
int64_t uapi_fail_nth(struct iotb_dut *dut, uint32_t process, uint32_t n);
int uapi_audit(struct iotb_dut *dut, uint32_t process, struct iotb_uapi_audit *audit);
int uapi_next_probe(struct iotb_dut *dut, struct iotb_probe *probe);

#endif
