/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dut_uapi.h - the third kind of DUT: the IOASID user interface of a kernel, on a machine with IOMMUs and devices.
 * A chapter of dut.h, which includes it.
 *
 * The suite plays every program on that machine: it opens the nodes (/dev/ioasid, /dev/iommu, /dev/vfio/devices/vfioN, /dev/kvm)
 * and makes system calls in processes. It does not believe what the calls say: it lets devices do DMA (device_submit) and looks
 * at the memory of the processes (access_memory). So the DUT needs a device that does the DMA it is told to, by a way that the
 * kernel under test does not see.
 *
 * Results
 * -------
 *  - Functions that return int64_t are system calls: -errno (Linux's numbers: -EPERM is -1) or a value >= 0. Everything that a
 *    kernel does is data, panics and warnings too (audit). What the *bench* cannot survive is returned as
 *    IOTB_UAPI_BENCH(IOTB_E_...), a number that no kernel returns; IOTB_UAPI_BENCH(IOTB_E_UNSUPPORTED) and a NULL pointer in the
 *    table both say that this DUT cannot do that.
 *  - Functions that return int give an enum iotb_result, as everywhere.
 *  - A call ends when the system call ends. One that would sleep with nothing left that could wake it is ended by a signal:
 *    -EINTR. To make a call that sleeps while others go on, spawn() it.
 *  - Simulated time and the devices move on while a call runs, and in advance() and quiesce(); so advance() may find that it is
 * later than until_ps already, and says so in reached_ps.
 *
 * Processes
 * ---------
 * A process is a number; 0 exists from the start, fork() hands out others, none is reused before reset(). No process is
 * privileged except in what files permit; RLIMIT_MEMLOCK is at first unlimited. fork() shares open files under the same numbers
 * and copies memory. exit() closes every descriptor (the file lives on while another process has it or a mapping of it), unmaps
 * everything and ends tasks that sleep in the process. Descriptor numbers are the lowest free ones.
 *
 * Devices
 * -------
 * Devices have an index 0, 1, ... describe_device(). The list may grow (a parent driver offers mdevs) and never shrinks: a device
 * that is gone has IOTB_UAPI_GONE. The machine should have: a device with PASID, ATS and PRI, and a second one like it; one with
 * PASID without ATS; one without PASID; two in one group behind a common requester id; one behind another IOMMU that cannot
 * enforce snoop and has fewer address bits; one with a region that must be identity-mapped. The suite looks for a device by what
 * it needs and reports as skipped what needs a device that is missing. Memory of processes should lie in scattered frames.
 */
#ifndef IOTB_DUT_UAPI_H
#define IOTB_DUT_UAPI_H

#ifndef IOTB_DUT_H
#error "include dut/dut.h"
#endif

/* enum iotb_result as the result of a system call; out of the range of errno. */
#define IOTB_UAPI_BENCH(result) ((int64_t)(result)-0x10000)
#define IOTB_UAPI_IS_BENCH(value) ((value) <= -0x10000)
#define IOTB_UAPI_RESULT(value) ((int)((value) + 0x10000))

#define IOTB_UAPI_NO_INDEX 0xffffffffu

/* ---- the machine ---- */

/*
 * Rules on which the texts of 2021 disagree or leave a choice. A set bit is a promise of this implementation; a case that
 * needs the other choice is skipped. In brackets the requirement rows.
 */
#define IOTB_UAPI_RULE_MULTI_BIND (1ull << 0)        /* a device may be bound to several iommu fds [033]; else refused [034] */
#define IOTB_UAPI_RULE_SAME_COOKIE (1ull << 1)       /* devices of one fd may have the same cookie [036]; else -EBUSY */
#define IOTB_UAPI_RULE_REPLACE (1ull << 2)           /* an attach of an attached routing replaces [080]; else -EBUSY [065] */
#define IOTB_UAPI_RULE_ONE_IOASID (1ull << 3)        /* a device is attached to one IOASID at most, PASIDs included [065] */
#define IOTB_UAPI_RULE_MAP_EARLY (1ull << 4)         /* MAP before any attach is accepted [124]; else refused [106] */
#define IOTB_UAPI_RULE_MULTI_UNMAP (1ull << 5)       /* UNMAP may cover several whole mappings [127]; else exactly one */
#define IOTB_UAPI_RULE_AUTO_IOVA (1ull << 6)         /* the kernel can choose the IOVA [126] */
#define IOTB_UAPI_RULE_INVALIDATE_ARRAY (1ull << 7)  /* the array form exists [155] */
#define IOTB_UAPI_RULE_DIRTY (1ull << 8)             /* dirty tracking exists [211]; else it answers 0 [210] */
#define IOTB_UAPI_RULE_SINGLETON (1ull << 9)         /* only devices that are alone in their group can be bound [060] */
#define IOTB_UAPI_RULE_SNOOP_STAGE (1ull << 10)      /* a device that cannot be forced to snoop has no node [180] */
#define IOTB_UAPI_RULE_SNOOP_REQUIRED (1ull << 11)   /* ALLOC without enforce-snoop is refused [176] */
#define IOTB_UAPI_RULE_WBINVD_ONCE (1ull << 12)      /* WBINVD once made effective is never revoked [186]; else [185] */
#define IOTB_UAPI_RULE_BOX4_NO_SNOOP (1ull << 13)    /* a device behind a non-enforcing IOMMU counts as no-snoop [184] */
#define IOTB_UAPI_RULE_S20_EXTENSIONS (1ull << 14)   /* only type1v2 is an extension [016]; else [015] */
#define IOTB_UAPI_RULE_LONG_TAIL (1ull << 15)        /* a longer structure with a zero tail is accepted, else -E2BIG [029] */
#define IOTB_UAPI_RULE_PARENT_UPDATES (1ull << 16)   /* unmapping a shadowed parent updates the children; else refused [134] */
#define IOTB_UAPI_RULE_CACHES_ABSENT (1ull << 17)    /* caching mode: absent to present needs an invalidation [154] */
#define IOTB_UAPI_RULE_PORTABLE_PASID (1ull << 18)   /* whatever the IOMMU, an IOASID with mappings attaches with a PASID [097] */
#define IOTB_UAPI_RULE_LEGACY_CONTAINER (1ull << 19) /* /dev/vfio/vfio and group nodes exist [039] */
#define IOTB_UAPI_RULE_WIDTH_AT_ATTACH (1ull << 20)  /* a device narrower than the IOASID cannot be attached [069] */
#define IOTB_UAPI_RULE_SOFTWARE_NESTING (1ull << 21) /* a kernel-managed child of a kernel-managed parent [133] */
#define IOTB_UAPI_RULE_UNBIND (1ull << 22)           /* an explicit unbind command exists on /dev/ioasid [046] */

struct iotb_uapi_machine {
    uint32_t size;
    uint32_t architecture; /* enum iotb_architecture of all IOMMUs */
    uint32_t device_count; /* as of now */
    uint32_t iommu_count;
    uint32_t page_bytes; /* of the processes */
    uint32_t reserved;
    uint64_t rules;   /* IOTB_UAPI_RULE_* */
    char profile[32]; /* "v2", "s20", "up" or a name of one's own */
};

#define IOTB_UAPI_PASID (1u << 0)          /* can send a PASID */
#define IOTB_UAPI_ATS (1u << 1)            /* can translate first */
#define IOTB_UAPI_PRI (1u << 2)            /* can ask for pages */
#define IOTB_UAPI_NO_SNOOP (1u << 3)       /* can send no-snoop TLPs */
#define IOTB_UAPI_MDEV (1u << 4)           /* a part of device `parent`, isolated by RID and PASID, or by software */
#define IOTB_UAPI_SOFTWARE_MDEV (1u << 5)  /* with MDEV: by its driver; the IOMMU knows nothing of it */
#define IOTB_UAPI_SHARED_QUEUE (1u << 6)   /* takes ENQCMD: guest_enqcmd() */
#define IOTB_UAPI_RMRR (1u << 7)           /* has a region that firmware wants identity-mapped */
#define IOTB_UAPI_ALIAS (1u << 8)          /* the IOMMU sees alias_requester_id, not requester_id */
#define IOTB_UAPI_ENFORCEABLE (1u << 9)    /* its IOMMU can force its DMA to snoop */
#define IOTB_UAPI_DELEGATES (1u << 10)     /* its IOMMU walks PASID tables of users (SMMUv3) */
#define IOTB_UAPI_NESTS (1u << 11)         /* its IOMMU walks page tables of users below a parent */
#define IOTB_UAPI_DIRTY_CAPABLE (1u << 12) /* its IOMMU tracks dirty pages */
#define IOTB_UAPI_GONE (1u << 13)          /* removed; only the index is left */

struct iotb_uapi_region {
    uint64_t base, bytes;
};

struct iotb_uapi_device {
    uint32_t size;
    uint32_t flags; /* IOTB_UAPI_* */
    uint16_t requester_id;
    uint16_t alias_requester_id; /* with IOTB_UAPI_ALIAS */
    uint32_t group;        /* devices with the same number cannot be isolated from one another; /dev/vfio/GROUP if there is one */
    uint32_t iommu;        /* index of the unit in front of it */
    uint32_t architecture; /* of that unit */
    uint32_t parent;       /* index of the parent of an mdev, or IOTB_UAPI_NO_INDEX */
    uint32_t pasid_bits;   /* width of its PASIDs, 0 without PASID */
    uint32_t address_bits; /* width of IOVAs that its IOMMU translates */
    uint32_t driver;       /* enum iotb_uapi_driver that has it now */
    uint32_t reserved_count; /* regions of IOVA space that cannot be mapped, RMRR included */
    uint32_t reserved_word;
    struct iotb_uapi_region reserved[8];
    char node[64]; /* "/dev/vfio/devices/vfio3"; "" while none is offered */
    char name[32]; /* for reports */
};

/* Kernel drivers that bind_driver() can bind, by what they are for. */
enum iotb_uapi_driver {
    IOTB_UAPI_DRIVER_NONE = 0,
    IOTB_UAPI_DRIVER_PASSTHROUGH = 1, /* the VFIO driver, which offers the node. Every device has it at the start */
    IOTB_UAPI_DRIVER_DMA = 2,         /* a kernel driver that does DMA through the kernel's DMA API: driver_buffer() */
    IOTB_UAPI_DRIVER_NO_DMA = 3,      /* a driver that has declared that it does no DMA */
    IOTB_UAPI_DRIVER_PARENT = 4,      /* the device's own driver, which offers mdevs: further devices of the list */
};

/* What the IOMMU was sent and where it led, of the last DMA of a device that left the device. */
struct iotb_uapi_bus {
    uint32_t size;
    uint16_t requester_id;
    uint16_t address_type;  /* enum iotb_address_type of the data's TLP */
    uint32_t pasid_present; /* 0 or 1; of a translated request without, that of the translation request for its page */
    uint32_t pasid;
    uint64_t address;      /* on the bus */
    uint32_t snoop;        /* of the access to memory: 0, 1 or IOTB_ATTR_UNKNOWN; unknown too when none was made */
    uint32_t translations; /* translation requests that this DMA needed */
    uint64_t count;        /* DMAs of the device that left it, since reset */
};

/* ---- system calls that go on while others run ---- */

enum iotb_uapi_call_kind {
    IOTB_UAPI_CALL_OPEN = 1,  /* argument: path; flags */
    IOTB_UAPI_CALL_CLOSE = 2, /* fd */
    IOTB_UAPI_CALL_IOCTL = 3, /* fd, command, argument: both ways */
    IOTB_UAPI_CALL_READ = 4,  /* fd, argument: out */
    IOTB_UAPI_CALL_WRITE = 5, /* fd, argument: in */
    IOTB_UAPI_CALL_POLL = 6,  /* fd, flags: events; sleeps until one is there */
    IOTB_UAPI_CALL_EXIT = 7,
    IOTB_UAPI_CALL_UNMAP = 8, /* address, bytes */
};

struct iotb_uapi_call {
    uint32_t size;
    uint32_t kind; /* enum iotb_uapi_call_kind */
    uint32_t process;
    int32_t fd;
    uint64_t command; /* of an ioctl */
    uint64_t address;
    uint64_t length; /* of an unmap */
    void *argument;  /* at most IOTB_UAPI_ARGUMENT_MAX bytes; what spawn() finds there is copied, collect() fills it. Of a read()
                        spawn() need not have one */
    uint32_t bytes;
    uint32_t flags;
    int64_t result; /* set by collect() */
};

#define IOTB_UAPI_ARGUMENT_MAX 32768u

/* ---- the rest ---- */

enum iotb_uapi_module_action {
    IOTB_UAPI_MODULE_QUERY = 0,  /* 0 not loaded, 1 loaded, 2 built in; -ENOENT: absent */
    IOTB_UAPI_MODULE_LOAD = 1,   /* as modprobe: with what it depends on. 0 if it is loaded already */
    IOTB_UAPI_MODULE_UNLOAD = 2, /* -EBUSY while it is used */
    IOTB_UAPI_MODULE_FORBID = 3, /* "install MODULE /bin/false": a later load by anyone fails */
    IOTB_UAPI_MODULE_PERMIT = 4,
    IOTB_UAPI_MODULE_REMOVE = 5,  /* its file is gone: absent; only while it is not loaded */
    IOTB_UAPI_MODULE_RESTORE = 6, /* the file is back */
};
/* Modules by what they are for; all are loaded at the start. */
#define IOTB_UAPI_MODULE_PROVIDER "ioasid" /* the provider of /dev/ioasid and /dev/iommu */
#define IOTB_UAPI_MODULE_VFIO "vfio"
#define IOTB_UAPI_MODULE_KVM "kvm"

#define IOTB_UAPI_PROT_READ 1u
#define IOTB_UAPI_PROT_WRITE 2u

/* Of the whole machine, but for memlock_bytes. Counts compare with an audit made earlier: what is left over has leaked. */
struct iotb_uapi_audit {
    uint32_t size;
    uint32_t held_locks;     /* by tasks that are not in a system call any more: a defect if not 0 */
    uint64_t objects;        /* live kernel allocations */
    uint64_t object_bytes;   /* IOTB_UAPI_UNKNOWN if not known, as each of these */
    uint64_t files;          /* open struct files */
    uint64_t address_spaces; /* live mm structs */
    uint64_t pinned_pages;   /* pins held, of all processes */
    uint64_t memlock_bytes;  /* charged to the process that was asked for */
    uint64_t iommu_domains;  /* page tables that exist in the IOMMU drivers */
    uint64_t sleeping_tasks; /* in a system call */
    uint64_t log_lines;      /* printed to the kernel log since reset */
    uint64_t splats;         /* WARN, BUG, lock misuse, use after free since reset: a defect if not 0 */
    uint64_t stray_dma;      /* accesses of devices that reached memory which belongs to no process, or to one that had not pinned
                                it: a defect if not 0 */
    uint64_t driver_breaches; /* software rules of the IOMMU broken by its driver, if the machine watches them */
    char text[512];           /* the first splat or breach since reset, "" if none */
};
#define IOTB_UAPI_UNKNOWN UINT64_MAX

/*
 * The table. Required: open, close, ioctl, machine and describe_device; with map_memory, access_memory and device_submit most of
 * the suite can run.
 */
struct iotb_uapi_ops {
    uint32_t size;
    uint32_t reserved;
    /* A descriptor; flags as in Linux: O_RDWR 2, O_NONBLOCK 04000, O_CLOEXEC 02000000. */
    int64_t (*open)(struct iotb_dut *dut, uint32_t process, const char *path, uint32_t flags);
    int64_t (*close)(struct iotb_dut *dut, uint32_t process, int32_t fd);
    /* `argument` is copied to memory of the process before the call and back after it, also when it failed. Pointers inside it
     * are user addresses. bytes 0: the argument of the system call is 0. */
    int64_t (*ioctl)(struct iotb_dut *dut, uint32_t process, int32_t fd, uint64_t command, void *argument, uint32_t bytes);
    int64_t (*read)(struct iotb_dut *dut, uint32_t process, int32_t fd, void *data, uint32_t bytes);
    int64_t (*write)(struct iotb_dut *dut, uint32_t process, int32_t fd, const void *data, uint32_t bytes);
    /* The events of `events` (POLLIN 1, POLLOUT 4, POLLERR 8, POLLHUP 16) that are there now; does not sleep. */
    int64_t (*poll)(struct iotb_dut *dut, uint32_t process, int32_t fd, uint32_t events);
    int64_t (*eventfd)(struct iotb_dut *dut, uint32_t process, uint32_t initial);
    /* Zeroed, private, whole pages, present. *user_address: where (MAP_FIXED_NOREPLACE), or 0 and it is chosen. 0 or -errno. */
    int64_t (*map_memory)(struct iotb_dut *dut, uint32_t process, uint64_t bytes, uint64_t *user_address);
    /* What the program would see or store there; 0 or -EFAULT. In a mapping of a device this is an access to the device's
     * registers of 1, 2, 4 or 8 bytes. */
    int64_t (*access_memory)(struct iotb_dut *dut, uint32_t process, uint64_t user_address, void *data, uint32_t bytes,
                             uint32_t write);
    int64_t (*fork)(struct iotb_dut *dut, uint32_t process); /* the new process */
    int64_t (*exit)(struct iotb_dut *dut, uint32_t process);
    /*
     * Makes a device do a DMA, whoever owns it and whatever its registers say: 0 when it has ended, with what the device saw in
     * *completion, or 1 when it waits for the answer to a page request; then device_poll() hands the completion out later.
     * Of the request count: id, kind, address, bytes, data; IOTB_RQ_PASID and `pasid`, which is what the program writes into the
     * device's registers: of a physical device the PASID on the bus, of an mdev a vPASID (without it, the mdev's default);
     * IOTB_RQ_NO_SNOOP, PRIVILEGED, EXECUTE; and address_type: IOTB_AT_UNTRANSLATED sends the address as it is,
     * IOTB_AT_TRANSLATION lets the device translate it first (ATS), ask for the page when that is refused (PRI), and translate
     * again when the answer is success, IOTB_AT_TRANSLATED sends it as translated, as a device that lies would.
     * -ENODEV: no such device. -EINVAL: it cannot do that (PASID without the capability, a vPASID that the mdev's driver
     * refuses).
     */
    int64_t (*device_submit)(struct iotb_dut *dut, uint32_t device, const struct iotb_request *request,
                             struct iotb_completion *completion);

    /* ---- the machine ---- */
    int (*machine)(struct iotb_dut *dut, struct iotb_uapi_machine *machine);
    int (*describe_device)(struct iotb_dut *dut, uint32_t index, struct iotb_uapi_device *device); /* IOTB_NONE: no more */
    /* A DMA that device_submit() left waiting, or one of device_repeat(): the oldest that has ended; IOTB_NONE. */
    int (*device_poll)(struct iotb_dut *dut, uint32_t device, struct iotb_completion *completion);
    int (*device_bus)(struct iotb_dut *dut, uint32_t device, struct iotb_uapi_bus *bus);
    /* From now on the device does this DMA every period_ps of simulated time, also in the middle of system calls; NULL ends it.
     * The last 4096 completions are kept for device_poll(); id counts up from request->id. */
    int (*device_repeat)(struct iotb_dut *dut, uint32_t device, const struct iotb_request *request, uint64_t period_ps);
    /* 0 or -errno. Binding another driver unbinds the one before; what either refuses is the result. */
    int64_t (*bind_driver)(struct iotb_dut *dut, uint32_t device, uint32_t driver);
    /* The 4096 bytes that IOTB_UAPI_DRIVER_DMA has mapped for its device: where on the bus, and what is in them. 0 or -errno. */
    int64_t (*driver_buffer)(struct iotb_dut *dut, uint32_t device, uint64_t *bus_address, uint32_t offset, void *data,
                             uint32_t bytes, uint32_t write);

    /* ---- processes and their memory ---- */
    int64_t (*unmap_memory)(struct iotb_dut *dut, uint32_t process, uint64_t user_address, uint64_t bytes); /* munmap */
    int64_t (*set_memlock)(struct iotb_dut *dut, uint32_t process, uint64_t bytes);                         /* RLIMIT_MEMLOCK */
    /* The file behind `fd` under a new number in another process, as through a socket. */
    int64_t (*share)(struct iotb_dut *dut, uint32_t process, int32_t fd, uint32_t to_process);
    /* mmap of a file (shared): 0 or -errno, and *user_address. Ends with unmap_memory(). */
    int64_t (*map_file)(struct iotb_dut *dut, uint32_t process, int32_t fd, uint64_t offset, uint64_t bytes, uint32_t protection,
                        uint64_t *user_address);
    /* The argument of the system call as it is: a user address, good or bad, or a number. */
    int64_t (*ioctl_raw)(struct iotb_dut *dut, uint32_t process, int32_t fd, uint64_t command, uint64_t argument);

    /* ---- tasks: races, and calls that sleep ---- */
    int64_t (*spawn)(struct iotb_dut *dut, const struct iotb_uapi_call *call); /* a task, >= 0; it begins in the next call */
    /* IOTB_NONE while it runs or sleeps; then its result and argument, once. */
    int (*collect)(struct iotb_dut *dut, uint32_t task, struct iotb_uapi_call *call);
    int (*quiesce)(struct iotb_dut *dut); /* runs tasks and devices until nothing more happens */

    /* ---- kernel ---- */
    int64_t (*module)(struct iotb_dut *dut, const char *name, uint32_t action); /* enum iotb_uapi_module_action */
    /*
     * n > 0: the n-th call inside the kernel that can fail (allocation, pin, copy, attach ...) fails in the next system call of
     * this process. n = 0: no longer. The result is 1 when the failure armed before has been used, 0 when it has not.
     */
    int64_t (*fail_nth)(struct iotb_dut *dut, uint32_t process, uint32_t n);
    int (*audit)(struct iotb_dut *dut, uint32_t process, struct iotb_uapi_audit *audit);

    /* ---- a guest of a VM descriptor (KVM_CREATE_VM) ---- */
    int64_t (*guest_wbinvd)(struct iotb_dut *dut, uint32_t process, int32_t vm); /* 1 when it had an effect, 0 when it had none */
    /*
     * ENQCMD of a guest process whose IA32_PASID holds `vpasid`, to the portal of `device`, of work that consists of this DMA: a
     * write, whose data may have to repeat its first 8 bytes. The shared queue of a physical device is made ready for it. 0:
     * the queue took it and the DMA has ended, 1: it waits (device_poll); -EAGAIN: the queue was full; -EACCES: the CPU refused
     * (no translation of vpasid), -EFAULT: the portal is closed to the guest.
     */
    int64_t (*guest_enqcmd)(struct iotb_dut *dut, uint32_t process, int32_t vm, uint32_t device, uint32_t vpasid,
                            const struct iotb_request *request, struct iotb_completion *completion);
    /*
     * As of an IOMMU. Tracks are "LAYER/LANE", with the layers process, driver, iommu, device and memory. From the first question
     * on what happens is kept.
     */
    int (*next_probe)(struct iotb_dut *dut, struct iotb_probe *probe);
};

#endif
