/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * qtest.h - QEMU as a child process, operated through its qtest line protocol.
 *
 * Commands are queued and go out together: writes are posted, a value that is read is there after qtest_flush(). QEMU
 * executes them one by one in the order in which they were queued, so nothing is reordered by that.
 *
 * The protocol runs over an inherited socket pair and files are inherited memory files, so that nothing of a run is left
 * in any file system, whatever happens to either process.
 */
#ifndef DUT_QEMU_QTEST_H
#define DUT_QEMU_QTEST_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Descriptor numbers in the child. */
#define QTEST_FD_SOCKET 3
#define QTEST_FD_RAM 4
#define QTEST_FD_BIOS 5

struct qtest;

/* What the child inherits besides the socket. The descriptors stay the caller's. */
struct qtest_files {
    int ram_fd;       /* guest memory */
    const void *bios; /* NULL: none */
    size_t bios_bytes;
};

/* A file in memory with this content (NULL: zeros), or -1. */
int qtest_memory_file(const void *data, size_t bytes);

/* The version that BINARY --version reports, as 1000 * major + minor, and its text; or a negative iotb_result. */
int qtest_version(const char *binary, char *text, size_t text_bytes, char *error, size_t error_bytes);

/* argv[0] is the binary; argv names the inherited files by the descriptor numbers above. */
int qtest_start(char *const argv[], const struct qtest_files *inherited, struct qtest **out, char *error, size_t error_bytes);
void qtest_stop(struct qtest *qtest); /* NULL is allowed; kills and reaps */
pid_t qtest_pid(const struct qtest *qtest);

/* All of these queue one or more commands; `bytes` is 4 or 8 for memory and 4 for ports. */
void qtest_write(struct qtest *qtest, uint64_t address, uint32_t bytes, uint64_t value);
void qtest_read(struct qtest *qtest, uint64_t address, uint32_t bytes, uint64_t *value);
void qtest_out32(struct qtest *qtest, uint16_t port, uint32_t value);

/* What QEMU has written to its standard error from `offset` on; NUL-terminated; its length. */
size_t qtest_log(const struct qtest *qtest, size_t offset, char *text, size_t text_bytes);

/* Sends what is queued and waits for all answers: IOTB_OK, IOTB_E_GONE or IOTB_E_PROTOCOL; the latter two are final. */
int qtest_flush(struct qtest *qtest);

#endif
