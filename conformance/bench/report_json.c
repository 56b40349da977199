/* SPDX-License-Identifier: BSD-2-Clause */
/* report_json.c - the results document as it is. */
#include "bench/report_file.h"
#include "bench/results.h"

#include <stdlib.h>

int report_json(const json_t *results, const char *path)
{
    struct report_file file;
    int error = report_file_open(&file, path);

    if (error)
        return error;
    if (json_dumpf(results, file.stream, JSON_INDENT(1)) && !ferror(file.stream))
        abort(); /* every text that goes in was checked */
    fputc('\n', file.stream);
    return report_file_close(&file);
}
