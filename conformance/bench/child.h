/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * child.h - work in a process of its own: its JSON lines are collected, its last words kept, its death survived.
 *
 * The child is the leader of a process group; whatever it started dies with it. What it writes to stdout and stderr goes
 * into `words`; it reads nothing from stdin.
 */
#ifndef BENCH_CHILD_H
#define BENCH_CHILD_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#define CHILD_WORDS 4096u

struct child {
    pid_t pid; /* 0: not running */
    int lines_fd, words_fd, pid_fd; /* pid_fd: readable when it is over; -1 where the system has none */
    char *partial; /* a line that is not complete yet */
    size_t partial_bytes, partial_room;
    char words[CHILD_WORDS + 1]; /* the last of stdout and stderr */
    size_t words_bytes;
    uint64_t deadline_ms, timeout_ms;
    bool writes_much; /* the pipe was full, or nearly, when it was last read */
    bool garbage;   /* a line was no JSON object */
    bool timed_out; /* killed at its deadline */
    int status;     /* as of waitpid(2), once it is over */
};

typedef void child_body(void *context, FILE *out);
typedef void child_line(void *context, json_t *line); /* borrows the line */

/* 0 or -errno. With `words_too` false stdout and stderr stay the parent's. */
int child_start(struct child *child, child_body *body, void *context, uint64_t timeout_ms, bool words_too);
/* Takes what there is to read and returns true when the process is over (its group killed, everything collected). */
bool child_collect(struct child *child, child_line *on_line, void *context);
/* Sleeps until one of the children is over or may have written something, at most max_ms. Interrupted by signals. */
void child_wait_any(struct child *const *children, size_t count, uint64_t max_ms);
void child_kill(struct child *child); /* and reaps it; child_collect is no longer needed */
/* How it died: a sentence in text; false when it ended by itself with status 0. */
bool child_death(const struct child *child, char *text, size_t text_bytes);
/* The line of its words that says most; "" if it said nothing. */
void child_last_words(const struct child *child, char *text, size_t text_bytes);

uint64_t monotonic_ms(void);

#endif
