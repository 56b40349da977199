/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_main.c - without libFuzzer: inputs by chance, or the files that are named. fuzz [count [seed]] or fuzz FILE.. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

#define BYTES 1500u

static void by_chance(unsigned long count, uint64_t seed)
{
    static uint8_t data[BYTES];

    for (unsigned long i = 0; i < count; i++) {
        for (size_t at = 0; at < BYTES; at++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            data[at] = (uint8_t)(seed >> 56);
        }
        LLVMFuzzerTestOneInput(data, BYTES);
    }
}

static int one_file(const char *name)
{
    static uint8_t data[1 << 16];
    FILE *file = fopen(name, "rb");
    size_t bytes;

    if (!file) {
        perror(name);
        return 1;
    }
    bytes = fread(data, 1, sizeof(data), file);
    fclose(file);
    return LLVMFuzzerTestOneInput(data, bytes);
}

int main(int argc, char **argv)
{
    char *end = NULL;
    unsigned long count = argc > 1 ? strtoul(argv[1], &end, 0) : 200;
    int failed = 0;

    if (!end || !*end) {
        by_chance(count, argc > 2 ? strtoull(argv[2], NULL, 0) : 1);
        return 0;
    }
    for (int i = 1; i < argc; i++)
        failed |= one_file(argv[i]);
    return failed;
}
