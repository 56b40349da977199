/* SPDX-License-Identifier: BSD-2-Clause */
/* child.c - see child.h. */
#include "bench/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

/* A line of results is some hundred bytes, but the script of a long random run may have millions; a DUT that writes into our
 * pipe must not make us swallow all memory. */
#define LINE_MAX_BYTES (16u << 20)
/* A child writes line by line; waking up for each of them would cost more than most cases do. */
#define LOOK_MS 20u
#define MUCH_BYTES 32768u

extern void __gcov_dump(void) __attribute__((weak)); /* counts of coverage builds are lost by _exit() otherwise */

uint64_t monotonic_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* ---- start ---- */

static void become_child(int words_fd)
{
    int null_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

    setpgid(0, 0);
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    signal(SIGHUP, SIG_DFL);
    signal(SIGPIPE, SIG_DFL);
    signal(SIGXFSZ, SIG_DFL);
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
    if (null_fd >= 0)
        dup2(null_fd, STDIN_FILENO);
    if (words_fd >= 0) {
        dup2(words_fd, STDOUT_FILENO);
        dup2(words_fd, STDERR_FILENO);
        setvbuf(stdout, NULL, _IOLBF, 0);
    }
}

static _Noreturn void run_child(child_body *body, void *context, int lines_fd, int words_fd)
{
    FILE *out;

    become_child(words_fd);
    out = fdopen(lines_fd, "w");
    if (!out)
        _exit(127);
    body(context, out);
    fflush(NULL);
    if (__gcov_dump)
        __gcov_dump();
    _exit(0);
}

static int open_pid(pid_t pid)
{
#ifdef SYS_pidfd_open
    return (int)syscall(SYS_pidfd_open, pid, 0);
#else
    (void)pid;
    return -1;
#endif
}

static int start(struct child *child, child_body *body, void *context, const int lines[2], const int words[2])
{
    fflush(NULL); /* nothing of ours is to be written twice */
    child->pid = fork();
    if (child->pid < 0)
        return -errno;
    if (child->pid == 0)
        run_child(body, context, lines[1], words[1]);
    setpgid(child->pid, child->pid); /* whoever comes first */
    child->pid_fd = open_pid(child->pid);
    return 0;
}

static void close_pair(int pair[2])
{
    for (int i = 0; i < 2; i++)
        if (pair[i] >= 0)
            close(pair[i]);
}

int child_start(struct child *child, child_body *body, void *context, uint64_t timeout_ms, bool words_too)
{
    int lines[2] = {-1, -1}, words[2] = {-1, -1}, result;

    *child = (struct child){.lines_fd = -1, .words_fd = -1, .pid_fd = -1, .timeout_ms = timeout_ms};
    if (pipe2(lines, O_CLOEXEC) || (words_too && pipe2(words, O_CLOEXEC)))
        result = -errno;
    else
        result = start(child, body, context, lines, words);
    if (result) {
        child->pid = 0;
        close_pair(lines);
        close_pair(words);
        return result;
    }
    close(lines[1]);
    child->lines_fd = lines[0];
    fcntl(lines[0], F_SETFL, O_NONBLOCK);
    if (words_too) {
        close(words[1]);
        child->words_fd = words[0];
        fcntl(words[0], F_SETFL, O_NONBLOCK);
    }
    child->deadline_ms = monotonic_ms() + timeout_ms;
    return 0;
}

/* ---- collecting ---- */

static void take_line(struct child *child, char *line, size_t bytes, child_line *on_line, void *context)
{
    json_t *value = json_loadb(line, bytes, 0, NULL);

    if (json_is_object(value))
        on_line(context, value);
    else
        child->garbage = true;
    json_decref(value);
}

static void take_lines(struct child *child, child_line *on_line, void *context)
{
    size_t first = 0;
    char *end;

    while ((end = memchr(child->partial + first, '\n', child->partial_bytes - first)) != NULL) {
        size_t bytes = (size_t)(end - child->partial) - first;

        take_line(child, child->partial + first, bytes, on_line, context);
        first += bytes + 1;
    }
    child->partial_bytes -= first;
    memmove(child->partial, child->partial + first, child->partial_bytes);
    if (child->partial_bytes > LINE_MAX_BYTES) {
        child->garbage = true;
        child->partial_bytes = 0;
    }
}

/* False at the end of the stream. */
static bool read_lines(struct child *child, child_line *on_line, void *context)
{
    size_t taken = 0;

    for (;;) {
        ssize_t got;

        if (child->partial_room - child->partial_bytes < 16384) {
            child->partial_room = child->partial_room * 2 + 32768;
            child->partial = realloc(child->partial, child->partial_room);
            if (!child->partial)
                abort();
        }
        got = read(child->lines_fd, child->partial + child->partial_bytes, child->partial_room - child->partial_bytes);
        child->writes_much = taken > MUCH_BYTES;
        if (got < 0)
            return errno == EAGAIN || errno == EINTR;
        if (got == 0)
            return false;
        taken += (size_t)got;
        child->partial_bytes += (size_t)got;
        take_lines(child, on_line, context);
    }
}

static void read_words(struct child *child)
{
    char buffer[CHILD_WORDS];
    ssize_t got;

    while (child->words_fd >= 0 && (got = read(child->words_fd, buffer, sizeof(buffer))) > 0) {
        size_t bytes = (size_t)got, keep = child->words_bytes;

        if (keep + bytes > CHILD_WORDS) {
            size_t drop = keep + bytes - CHILD_WORDS;

            memmove(child->words, child->words + drop, keep - drop);
            keep -= drop;
        }
        for (size_t i = 0; i < bytes; i++) /* it ends up in reports: printable, and no part of a character */
            child->words[keep + i] = (buffer[i] < ' ' || buffer[i] > '~') && buffer[i] != '\n' ? '?' : buffer[i];
        child->words_bytes = keep + bytes;
        child->words[child->words_bytes] = '\0';
    }
}

static void close_pipes(struct child *child)
{
    read_words(child);
    if (child->lines_fd >= 0)
        close(child->lines_fd);
    if (child->words_fd >= 0)
        close(child->words_fd);
    if (child->pid_fd >= 0)
        close(child->pid_fd);
    child->lines_fd = child->words_fd = child->pid_fd = -1;
    free(child->partial);
    child->partial = NULL;
    child->partial_bytes = child->partial_room = 0;
}

void child_kill(struct child *child)
{
    if (!child->pid)
        return;
    kill(-child->pid, SIGKILL);
    kill(child->pid, SIGKILL); /* in case it left its group; a process that is over does not mind */
    while (waitpid(child->pid, &child->status, 0) < 0 && errno == EINTR)
        ;
    close_pipes(child);
    child->pid = 0;
}

/* Is it over? Its number stays its own until it is reaped, so that the group that is killed is its group. */
static bool is_over(const struct child *child)
{
    siginfo_t info = {0};

    return waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == child->pid;
}

bool child_collect(struct child *child, child_line *on_line, void *context)
{
    bool over = is_over(child); /* first, so that the reads below see all that it wrote */

    read_words(child);
    if (child->lines_fd >= 0 && !read_lines(child, on_line, context)) {
        close(child->lines_fd);
        child->lines_fd = -1;
    }
    if (!over && monotonic_ms() < child->deadline_ms)
        return false;
    child->timed_out = !over;
    child_kill(child); /* and what it may have left behind */
    return true;
}

/* Without a pid_fd the end of a child shows as the end of what it writes, and a moment later it is over. */
static nfds_t watch(const struct child *child, struct pollfd *fds, uint64_t *max_ms)
{
    nfds_t used = 0;

    if (child->pid_fd >= 0)
        fds[used++] = (struct pollfd){.fd = child->pid_fd, .events = POLLIN};
    else if (child->lines_fd < 0 && *max_ms > 2)
        *max_ms = 2;
    if (child->pid_fd >= 0 && !child->writes_much)
        *max_ms = *max_ms > LOOK_MS ? LOOK_MS : *max_ms;
    else if (child->lines_fd >= 0)
        fds[used++] = (struct pollfd){.fd = child->lines_fd, .events = POLLIN};
    return used;
}

void child_wait_any(struct child *const *children, size_t count, uint64_t max_ms)
{
    struct pollfd fds[2 * 64];
    uint64_t now = monotonic_ms();
    nfds_t used = 0;

    for (size_t i = 0; i < count && used + 2 <= sizeof(fds) / sizeof(fds[0]); i++) {
        used += watch(children[i], &fds[used], &max_ms);
        if (children[i]->deadline_ms < now + max_ms)
            max_ms = children[i]->deadline_ms > now ? children[i]->deadline_ms - now : 0;
    }
    poll(fds, used, (int)max_ms);
}

/* ---- what became of it ---- */

bool child_death(const struct child *child, char *text, size_t text_bytes)
{
    char words[300];

    child_last_words(child, words, sizeof(words));
    if (child->timed_out)
        snprintf(text, text_bytes, "was not finished within %llu s of wall-clock time, killed",
                 (unsigned long long)(child->timeout_ms / 1000));
    else if (WIFSIGNALED(child->status))
        snprintf(text, text_bytes, "died by signal %d (%s)%s%s", WTERMSIG(child->status), strsignal(WTERMSIG(child->status)),
                 words[0] ? "; last words: " : "", words);
    else if (WEXITSTATUS(child->status))
        snprintf(text, text_bytes, "ended itself with status %d%s%s", WEXITSTATUS(child->status),
                 words[0] ? "; last words: " : "", words);
    else
        return false;
    return true;
}

/* A sanitizer ends with the least of its lines, and its first says what happened. */
static bool tells(const char *line)
{
    return strstr(line, "ERROR:") || strstr(line, "runtime error:") || strstr(line, "Assertion");
}

void child_last_words(const struct child *child, char *text, size_t text_bytes)
{
    char copy[CHILD_WORDS + 1], *save = NULL;
    const char *best = "";

    memcpy(copy, child->words, child->words_bytes);
    copy[child->words_bytes] = '\0';
    for (char *line = strtok_r(copy, "\r\n", &save); line; line = strtok_r(NULL, "\r\n", &save))
        if (!tells(best))
            best = line;
    snprintf(text, text_bytes, "%s", best);
}
