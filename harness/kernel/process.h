/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * process.h - processes of the harness kernel and their system calls, from outside (hosted C) and for tasks.
 *
 * Every function may be called by a task of the process (kernel_spawn): then it runs at once, as one of perhaps several system
 * calls under way in the process. From outside of the kernel it runs a task of the process to its end and returns what that
 * returned, or -ETIMEDOUT when it hung (the hang is on record) and -EIO when it was killed by a BUG. Results are those of system
 * calls: a value, or a negative errno.
 *
 * User addresses are numbers of the process. Addresses that the kernel chooses have a page before and after them that is not
 * mapped.
 */
#ifndef KERNEL_PROCESS_H
#define KERNEL_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct process;
struct task_struct;

/* ---- processes ---- */

struct process_config {
    const char *name;
    uint32_t uid;          /* processes of one uid share what is charged to the user */
    uint64_t capabilities; /* bit per capability: PROCESS_CAP_* */
    uint64_t memlock;      /* bytes; PROCESS_UNLIMITED */
};
#define PROCESS_CAP_IPC_LOCK (UINT64_C(1) << 14)
#define PROCESS_UNLIMITED UINT64_MAX

struct process *process_create(const struct process_config *config); /* NULL: no memory */
/* A child with the memory (copied at the first write), the fds and the limits of its parent. */
struct process *process_fork(struct process *parent);
/*
 * All its other tasks get a fatal signal and end; then memory goes (mmu_notifier release), then fds in ascending order. The
 * pointer is dead afterwards. Not by a task of the process.
 */
int64_t process_exit(struct process *process);
int64_t process_set_memlock(struct process *process, uint64_t bytes);
int process_pid(const struct process *process);

/* ---- memory ---- */

enum { PROCESS_READ = 1, PROCESS_WRITE = 2, PROCESS_EXEC = 4 }; /* protection */
enum {
    PROCESS_SHARED = 0x01,
    PROCESS_PRIVATE = 0x02,
    PROCESS_FIXED = 0x10, /* as mmap's */
    PROCESS_POPULATE = 0x8000,
    PROCESS_HUGE = 0x40000,
    PROCESS_NO_REPLACE = 0x100000
};

/* An address. Of fd -1: zeroed memory whose frames are scattered; they come at first use, or now with PROCESS_POPULATE. */
int64_t process_mmap(struct process *process, uint64_t address, uint64_t bytes, unsigned int protection, unsigned int flags,
                     int fd, uint64_t offset);
/* Private memory, all of it now. */
int64_t process_map(struct process *process, uint64_t bytes, unsigned int protection);
int64_t process_munmap(struct process *process, uint64_t address, uint64_t bytes);
int64_t process_mprotect(struct process *process, uint64_t address, uint64_t bytes, unsigned int protection);
/* As the process' own loads and stores do: registers of devices included. 0, or -EFAULT (where it would get a signal). */
int64_t process_memory_read(struct process *process, uint64_t address, void *data, size_t bytes);
int64_t process_memory_write(struct process *process, uint64_t address, const void *data, size_t bytes);
/* The processor's ENQCMD of 64 bytes to a mapped portal: 0 accepted, 1 to be tried again, -EFAULT. */
int64_t process_enqcmd(struct process *process, uint64_t address, const void *data);
/* Where the page of an address is in physical memory; -EFAULT: nowhere now. */
int64_t process_physical(struct process *process, uint64_t address);
/* Pages charged to the process, and to its user. */
int64_t process_locked_pages(struct process *process);
int64_t process_user_locked_pages(struct process *process);
/* Frames of RAM that nobody has. */
uint64_t process_free_frames(void);
/* For audits, of the whole kernel: pins of pages, open files (of fds, mappings and the kernel), address spaces that somebody
 * holds. */
uint64_t process_pinned_pages(void);
uint64_t process_open_files(void);
uint64_t process_spaces(void);

/* ---- files ---- */

enum { PROCESS_O_RDONLY = 0, PROCESS_O_WRONLY = 1, PROCESS_O_RDWR = 2, PROCESS_O_NONBLOCK = 04000, PROCESS_O_CLOEXEC = 02000000 };

int64_t process_open(struct process *process, const char *path, unsigned int flags); /* "/dev/iommu" */
int64_t process_close(struct process *process, int fd);
int64_t process_dup(struct process *process, int fd);
/* The file of an fd becomes an fd of another process, as through a socket: the new fd. */
int64_t process_send_fd(struct process *process, int fd, struct process *to);
int64_t process_set_nonblock(struct process *process, int fd, bool nonblock);
/*
 * The argument, bytes long, is put where its last byte is the last of a mapped page, and what the kernel left there is copied
 * back, also when the call fails. argument NULL: user address 0. The raw form takes a user address, or a value, as it is.
 */
int64_t process_ioctl(struct process *process, int fd, unsigned int command, void *argument, size_t bytes);
int64_t process_ioctl_raw(struct process *process, int fd, unsigned int command, uint64_t argument);
/* At an offset (pread, pwrite), or with PROCESS_HERE at the position of the file. Buffers as ioctl's arguments. */
#define PROCESS_HERE (-INT64_MAX)
int64_t process_read(struct process *process, int fd, void *data, size_t bytes, int64_t offset);
int64_t process_write(struct process *process, int fd, const void *data, size_t bytes, int64_t offset);
int64_t process_read_raw(struct process *process, int fd, uint64_t address, size_t bytes, int64_t offset);
int64_t process_write_raw(struct process *process, int fd, uint64_t address, size_t bytes, int64_t offset);
struct process_poll {
    int fd;
    short events, revents; /* POLLIN .. as Linux numbers them */
};
/* How many have revents; 0: the time (simulated; -1: no end, 0: none) is over. */
int64_t process_poll(struct process *process, struct process_poll *fds, size_t count, int64_t timeout_ns);
enum { PROCESS_EVENTFD_SEMAPHORE = 1 };
int64_t process_eventfd(struct process *process, unsigned int initial, unsigned int flags); /* that, PROCESS_O_NONBLOCK */

#endif
