/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * report_file.h - a report is written beside its place and renamed, so that what was there stays until the new one is whole.
 * What is no regular file (a pipe, a device) is written in place, standard output by whatever name behind what has been printed.
 * A symbolic link stays one: the file that it leads to is replaced.
 */
#ifndef BENCH_REPORT_FILE_H
#define BENCH_REPORT_FILE_H

#include <stdbool.h>
#include <stdio.h>

struct report_file {
    FILE *stream;
    char temporary[4096]; /* "" when written in place */
    char path[4096];      /* where it goes: links resolved */
};

int report_file_open(struct report_file *file, const char *path); /* 0 or -errno */
bool report_file_in_place(const struct report_file *file);
/* Closes it and takes it away again: 0, or -errno if it could not have been written. */
int report_file_drop(struct report_file *file);
/* Everything reached the disk, and the file is in its place: 0; else -errno and the old file as it was. */
int report_file_close(struct report_file *file);

#endif
