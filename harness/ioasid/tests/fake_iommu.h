/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fake_iommu.h - for tests of the core alone: devices behind an iommu core and a driver that are as simple as can be: a domain is
 * a list of pages, a user's page table is one page of entries (address | 1 read | 2 write), what is not there is asked for by a
 * page request. Included by hosted and by kernel C.
 */
#ifndef FAKE_IOMMU_H
#define FAKE_IOMMU_H

enum fake_device {
    FAKE_WIDE,   /* PASIDs, page requests, nesting, snoop enforced */
    FAKE_WIDE2,  /* likewise */
    FAKE_PLAIN,  /* no PASIDs, no nesting */
    FAKE_TWIN_A, /* with TWIN_B in a group */
    FAKE_TWIN_B,
    FAKE_NARROW, /* 39 bits, cannot enforce snoop */
    FAKE_RMRR,   /* needs an identity map */
    FAKE_DEVICES,
};
#define FAKE_RESERVED_FIRST 0xfee00000ull
#define FAKE_RESERVED_LAST 0xfeefffffull

/* One call, for kernel_run(). */
struct fake_call {
    enum fake_device device;
    unsigned int slot; /* of bound devices: 0..7 */
    int fd;
    int kind; /* enum ioasid_dev_kind */
    unsigned long long cookie, iova;
    unsigned int ioasid, vpasid, ppasid, flags;
    unsigned char byte;
    long result;
};
void fake_bind(void *call);
void fake_unbind(void *call);
void fake_attach(void *call);
void fake_detach(void *call);
void fake_read(void *call); /* DMA of the device with PASID ppasid (0: none): byte, result 0 or -EFAULT: blocked */
void fake_write(void *call);
void fake_rw(void *call); /* ioasid_rw(): flags 1: write */
void fake_coherent(void *call);
void fake_find_ppasid(void *call);

void fake_start(void);
void fake_stop(void *unused); /* by a task */
/* Nobody owns it, and its domain is the default one. */
int fake_is_free(enum fake_device device);
int fake_is_blocked(enum fake_device device);
/* Page requests without answer; the code of the last answer; how many answers. */
int fake_pending(void);
int fake_last_code(void);
int fake_answers(void);
int fake_invalidations(enum fake_device device);
unsigned long fake_invalidated_pages(enum fake_device device); /* by the last one */
int fake_snoops(enum fake_device device);                      /* what is attached without PASID makes requests snoop */
int fake_domains(void);
int fake_listener_calls(void);
void fake_listen(void *call);
void fake_unlisten(void *call);

#endif
