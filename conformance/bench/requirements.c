/* SPDX-License-Identifier: BSD-2-Clause */
#include "bench/requirements.h"

const struct spec_row *requirement_at(size_t n)
{
    for (const char *const *name = spec_architectures(); *name; name++) {
        size_t count = spec_row_count(*name);

        if (n < count)
            return spec_row_at(*name, n);
        n -= count;
    }
    return NULL;
}

const char *requirement_id_at(const void *unused, size_t n)
{
    const struct spec_row *row = requirement_at(n);

    (void)unused;
    return row ? row->id : NULL;
}
