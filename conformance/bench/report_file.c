/* SPDX-License-Identifier: BSD-2-Clause */
/* report_file.c - see report_file.h. */
#include "bench/report_file.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int open_stdout(struct report_file *file)
{
    int copy;

    fflush(stdout);
    copy = dup(STDOUT_FILENO);
    file->stream = copy < 0 ? NULL : fdopen(copy, "w");
    return file->stream ? 0 : -errno;
}

int report_file_open(struct report_file *file, const char *path)
{
    struct stat there, out;
    char resolved[PATH_MAX];
    bool exists = stat(path, &there) == 0;
    const char *target = exists && realpath(path, resolved) ? resolved : path;

    *file = (struct report_file){0};
    if (exists && fstat(STDOUT_FILENO, &out) == 0 && there.st_dev == out.st_dev && there.st_ino == out.st_ino)
        return open_stdout(file);
    if ((size_t)snprintf(file->path, sizeof(file->path), "%s", target) >= sizeof(file->path))
        return -ENAMETOOLONG;
    if (!exists || S_ISREG(there.st_mode))
        if ((size_t)snprintf(file->temporary, sizeof(file->temporary), "%s.new", target) >= sizeof(file->temporary))
            return -ENAMETOOLONG;
    file->stream = fopen(file->temporary[0] ? file->temporary : path, "we");
    return file->stream ? 0 : -errno;
}

static int finish(FILE *stream)
{
    int error = 0;

    if (ferror(stream)) { /* its errno is long gone: ask again */
        clearerr(stream);
        errno = EIO;
        error = fputc('\n', stream) == EOF || fflush(stream) ? -errno : -EIO;
    } else if (fflush(stream)) {
        error = -errno;
    }
    if (fclose(stream) && !error)
        error = -errno;
    return error;
}

bool report_file_in_place(const struct report_file *file)
{
    return !file->temporary[0];
}

int report_file_drop(struct report_file *file)
{
    int error = finish(file->stream);

    if (file->temporary[0] && unlink(file->temporary) && !error)
        error = -errno;
    return error;
}

int report_file_close(struct report_file *file)
{
    int error = finish(file->stream);

    if (!file->temporary[0])
        return error;
    if (!error && rename(file->temporary, file->path))
        error = -errno;
    if (error)
        unlink(file->temporary);
    return error;
}
