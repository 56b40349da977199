/* SPDX-License-Identifier: BSD-2-Clause */
/* qtest.c - spawning QEMU and speaking the qtest line protocol: one line per command, one line per answer. */
#define _GNU_SOURCE
#include "dut/qemu/qtest.h"

#include "dut/dut.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define LINE_BYTES 128u /* more than any command or answer has */
#define OUT_BYTES 16384u
#define EXPECTED_COUNT 1024u
#define TIMEOUT_MS 120000 /* of one exchange; the bench has its own limit for a case */

struct qtest {
    int fd;
    int log_fd;
    pid_t pid;
    int state; /* enum iotb_result */
    size_t out_bytes;
    size_t in_bytes;
    size_t expected_count;
    size_t answered;
    uint64_t *expected[EXPECTED_COUNT]; /* where the answer goes, or NULL */
    char out[OUT_BYTES];
    char in[4096];
};

int qtest_memory_file(const void *data, size_t bytes)
{
    int fd = memfd_create("iotb-qemu", MFD_CLOEXEC);

    if (fd >= 0 && (ftruncate(fd, (off_t)bytes) != 0 || (data != NULL && pwrite(fd, data, bytes, 0) != (ssize_t)bytes))) {
        close(fd);
        return -1;
    }
    return fd;
}

/* What the child inherits: descriptor i of the array becomes number QTEST_FD_SOCKET + i there, with -1 left out. */
enum { FILE_SOCKET, FILE_RAM, FILE_BIOS, FILE_LOG, FILE_COUNT };
#define FD_LAST (QTEST_FD_SOCKET + FILE_COUNT - 1)

/* A copy above those numbers, so that placing one never overwrites another. */
static int above_targets(int fd)
{
    return fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, FD_LAST + 1);
}

static void inherit(int from, int to)
{
    if (from >= 0 && dup2(from, to) < 0)
        _exit(126);
}

static void run_child(char *const argv[], const int *files, pid_t parent)
{
    sigset_t none;
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    /* QEMU must not outlive a bench that is killed. The parent may already be gone before the request is in force. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(126);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    inherit(null, STDIN_FILENO);
    inherit(null, STDOUT_FILENO);
    inherit(files[FILE_LOG], STDERR_FILENO);
    for (int i = 0; i < FILE_LOG; i++)
        inherit(files[i], QTEST_FD_SOCKET + i);
    closefrom(FD_LAST);
    execvp(argv[0], argv);
    _exit(errno == ENOENT ? 127 : 126);
}

int qtest_version(const char *binary, char *text, size_t text_bytes, char *error, size_t error_bytes)
{
    char output[512] = "";
    unsigned major = 0, minor = 0;
    int pipe_fd[2], status = 0;
    ssize_t count, used = 0;
    pid_t pid, self = getpid();

    if (pipe2(pipe_fd, O_CLOEXEC) != 0)
        return IOTB_E_NO_MEMORY;
    pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != self || dup2(pipe_fd[1], STDOUT_FILENO) < 0)
            _exit(126);
        execlp(binary, binary, "--version", (char *)NULL);
        _exit(127);
    }
    close(pipe_fd[1]);
    while (pid > 0 && (size_t)used < sizeof output - 1) {
        count = read(pipe_fd[0], output + used, sizeof output - 1 - (size_t)used);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            break;
        used += count;
    }
    close(pipe_fd[0]);
    if (pid < 0)
        return IOTB_E_NO_MEMORY;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127) {
        snprintf(error, error_bytes, "QEMU is not installed: cannot run %s", binary);
        return IOTB_E_ENVIRONMENT;
    }
    if (sscanf(output, "QEMU emulator version %u.%u", &major, &minor) != 2) {
        snprintf(error, error_bytes, "%s --version does not say that it is QEMU", binary);
        return IOTB_E_ENVIRONMENT;
    }
    snprintf(text, text_bytes, "%.*s", (int)strcspn(output, "\n"), output);
    return (int)(1000 * major + minor);
}

/* The first line that QEMU wrote to its standard error, as the reason why it ended. */
static void explain(const struct qtest *q, const char *binary, char *error, size_t error_bytes)
{
    char text[256] = "";
    ssize_t count = pread(q->log_fd, text, sizeof text - 1, 0);

    if (count <= 0)
        snprintf(error, error_bytes, "%s ended at once without a message", binary);
    else
        snprintf(error, error_bytes, "QEMU does not start: %.*s", (int)strcspn(text, "\n"), text);
}

static pid_t spawn(char *const argv[], const int *files)
{
    pid_t parent = getpid(), pid;

    for (int i = 0; i < FILE_COUNT; i++)
        if (files[i] < 0 && i != FILE_BIOS)
            return -1;
    pid = fork();
    if (pid == 0)
        run_child(argv, files, parent);
    return pid;
}

int qtest_start(char *const argv[], const struct qtest_files *inherited, struct qtest **out, char *error, size_t error_bytes)
{
    struct qtest *q = calloc(1, sizeof *q);
    int files[FILE_COUNT], pair[2] = {-1, -1}, bios = -1, result;

    *out = NULL;
    if (q == NULL)
        return IOTB_E_NO_MEMORY;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        pair[0] = pair[1] = -1;
    q->fd = pair[0];
    q->log_fd = qtest_memory_file(NULL, 0);
    if (inherited->bios != NULL)
        bios = qtest_memory_file(inherited->bios, inherited->bios_bytes);
    files[FILE_SOCKET] = above_targets(pair[1]);
    files[FILE_RAM] = above_targets(inherited->ram_fd);
    files[FILE_BIOS] = above_targets(bios);
    files[FILE_LOG] = above_targets(q->log_fd);
    q->pid = spawn(argv, files);
    for (int i = 0; i < FILE_COUNT; i++)
        if (files[i] >= 0)
            close(files[i]);
    if (pair[1] >= 0)
        close(pair[1]);
    if (bios >= 0)
        close(bios);
    if (q->pid < 0) {
        snprintf(error, error_bytes, "cannot start %s: %s", argv[0], strerror(errno));
        qtest_stop(q);
        return IOTB_E_NO_MEMORY;
    }
    /* The first answer says that QEMU has accepted its command line. */
    qtest_read(q, 0, 4, NULL);
    result = qtest_flush(q);
    if (result != IOTB_OK) {
        explain(q, argv[0], error, error_bytes);
        qtest_stop(q);
        return IOTB_E_ENVIRONMENT;
    }
    *out = q;
    return IOTB_OK;
}

size_t qtest_log(const struct qtest *q, size_t offset, char *text, size_t text_bytes)
{
    ssize_t count = pread(q->log_fd, text, text_bytes - 1, (off_t)offset);

    text[count > 0 ? count : 0] = '\0';
    return count > 0 ? (size_t)count : 0;
}

void qtest_stop(struct qtest *q)
{
    if (q == NULL)
        return;
    if (q->pid > 0) {
        kill(q->pid, SIGKILL);
        while (waitpid(q->pid, NULL, 0) < 0 && errno == EINTR)
            continue;
    }
    if (q->fd >= 0)
        close(q->fd);
    if (q->log_fd >= 0)
        close(q->log_fd);
    free(q);
}

pid_t qtest_pid(const struct qtest *q)
{
    return q->pid;
}

/* ---- answers ---- */

static int take_answer(uint64_t *value, const char *line)
{
    char *end;

    if (strncmp(line, "OK", 2) != 0)
        return IOTB_E_PROTOCOL;
    if (value != NULL) {
        *value = strtoull(line + 2, &end, 0);
        if (end == line + 2 || *end != '\0')
            return IOTB_E_PROTOCOL;
    }
    return IOTB_OK;
}

/* Consumes all complete lines of the input buffer. */
static int take_lines(struct qtest *q)
{
    char *start = q->in, *newline;
    int result = IOTB_OK;

    while (result == IOTB_OK && (newline = memchr(start, '\n', q->in_bytes - (size_t)(start - q->in))) != NULL) {
        *newline = '\0';
        if (newline > start && newline[-1] == '\r')
            newline[-1] = '\0';
        if (q->answered == q->expected_count)
            result = IOTB_E_PROTOCOL;
        else
            result = take_answer(q->expected[q->answered++], start);
        start = newline + 1;
    }
    q->in_bytes -= (size_t)(start - q->in);
    memmove(q->in, start, q->in_bytes);
    return result != IOTB_OK || q->in_bytes < sizeof q->in ? result : IOTB_E_PROTOCOL;
}

/* Moves bytes in whichever direction is ready; both at once, since QEMU stops reading while its answers are not taken. */
static int exchange(struct qtest *q, size_t *sent)
{
    struct pollfd ready = {q->fd, (short)(*sent < q->out_bytes ? POLLIN | POLLOUT : POLLIN), 0};
    int count = poll(&ready, 1, TIMEOUT_MS);
    ssize_t moved;

    if (count < 0)
        return errno == EINTR ? IOTB_OK : IOTB_E_GONE;
    if (count == 0)
        return IOTB_E_GONE;
    if (ready.revents & POLLOUT) {
        moved = send(q->fd, q->out + *sent, q->out_bytes - *sent, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (moved < 0 && errno != EAGAIN && errno != EINTR)
            return IOTB_E_GONE;
        *sent += moved > 0 ? (size_t)moved : 0;
    }
    if (ready.revents & (POLLIN | POLLHUP | POLLERR)) {
        moved = recv(q->fd, q->in + q->in_bytes, sizeof q->in - q->in_bytes, MSG_DONTWAIT);
        if (moved == 0 || (moved < 0 && errno != EAGAIN && errno != EINTR))
            return IOTB_E_GONE;
        q->in_bytes += moved > 0 ? (size_t)moved : 0;
        return take_lines(q);
    }
    return IOTB_OK;
}

int qtest_flush(struct qtest *q)
{
    size_t sent = 0;

    while (q->state == IOTB_OK && (sent < q->out_bytes || q->answered < q->expected_count))
        q->state = exchange(q, &sent);
    q->out_bytes = q->expected_count = q->answered = 0;
    return q->state;
}

/* ---- commands ---- */

static void command(struct qtest *q, uint64_t *value, const char *verb, uint64_t address, const uint64_t *argument)
{
    char *line;
    int length;

    if (q->expected_count == EXPECTED_COUNT || q->out_bytes + LINE_BYTES > sizeof q->out)
        qtest_flush(q);
    line = q->out + q->out_bytes;
    q->expected[q->expected_count++] = value;
    if (argument != NULL)
        length = snprintf(line, LINE_BYTES, "%s 0x%" PRIx64 " 0x%" PRIx64 "\n", verb, address, *argument);
    else
        length = snprintf(line, LINE_BYTES, "%s 0x%" PRIx64 "\n", verb, address);
    q->out_bytes += (size_t)length;
}

void qtest_write(struct qtest *q, uint64_t address, uint32_t bytes, uint64_t value)
{
    command(q, NULL, bytes == 8 ? "writeq" : "writel", address, &value);
}

void qtest_read(struct qtest *q, uint64_t address, uint32_t bytes, uint64_t *value)
{
    command(q, value, bytes == 8 ? "readq" : "readl", address, NULL);
}

void qtest_out32(struct qtest *q, uint16_t port, uint32_t value)
{
    uint64_t argument = value;

    command(q, NULL, "outl", port, &argument);
}
