/* SPDX-License-Identifier: BSD-2-Clause */
/* memory_checks.h - the kernel's side of memory_test.c and file_test.c: functions for tasks, and a device. Both sides include it.
 */
#ifndef MEMORY_CHECKS_H
#define MEMORY_CHECKS_H

/* What was not as it should be, first; NULL: nothing. */
extern const char *checks_failed;

struct check_range {
    unsigned long address, pages; /* in */
    unsigned int write;           /* in */
    long result;                  /* out */
    unsigned long frames[64];
    void *held[64];
    void *mm;
};

/* For kernel_run(), of the kernel: */
void check_frames(void *unused);
void check_page_bugs(void *unused); /* four splats: see there */
void check_full(void *unused);      /* all of the RAM is taken and given back */
/* of a process, with a struct check_range: */
void check_pin(void *range); /* pins pages for long, and holds the mm_struct */
void check_unpin(void *range);
void check_charge(void *range);  /* account_locked_vm(), write: charge, else uncharge */
void check_uaccess(void *range); /* of `pages` mapped pages: a copy across their end stops at each byte position around it */
void check_user_sizes(void *range);
void check_watch(void *range);   /* an mmu_notifier from here on */
void check_watched(void *range); /* result: how often invalidated; frames[0..2]: starts, ends, releases; then it is taken off */
void check_borrow(void *range);  /* holds the mm_struct and a user of it */
void check_lent(void *range);    /* by a kernel task: kthread_use_mm, reads the first byte; gives both back */
void check_fault(void *range);   /* by a kernel task, as a page request does: result of the fault */

void check_give_back(void *range); /* what check_borrow() took */
/* of a process: frames[3..0] are the entries on the way to address */
void check_walk(void *range);

/* /dev/check. ioctl commands; the argument of those that copy is user memory. */
#define CHECK_COPY_IN(bytes) (0x43010000u + (bytes))  /* result: bytes that could not be read */
#define CHECK_COPY_OUT(bytes) (0x43020000u + (bytes)) /* written */
#define CHECK_SLEEP 0x43030000u                       /* until CHECK_WAKE, or a signal: -EINTR */
#define CHECK_WAKE 0x43040000u
#define CHECK_ZAP 0x43050000u    /* mappings of the device go, and access is refused */
#define CHECK_ALLOW 0x43060000u  /* and is let again */
#define CHECK_SIGNAL 0x43070000u /* the eventfd of number argument */
#define CHECK_NAME 0x43080000u   /* the file is called argument */
struct check_device {
    int opens, releases;
    int areas;                 /* mapped */
    unsigned long released[8]; /* names of files in order of their release */
    int sleepers;
};
extern struct check_device check_device;
void check_device_start(void *unused);
void check_device_stop(void *unused);

#define CHECK_REGISTERS 0xfe000000UL

#endif
