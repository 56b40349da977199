/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hash.h - uthash with a hash function for keys of one integer: one multiplication instead of a byte-wise mix.
 */
#ifndef DUT_HASH_H
#define DUT_HASH_H

#include <stdint.h>
#include <string.h>

/* Multiplicative hashing by 2^64 divided by the golden ratio; the high bits are the good ones. */
static inline unsigned hash_of_integer(const void *key, size_t bytes)
{
    uint64_t value = 0;

    memcpy(&value, key, bytes < sizeof(value) ? bytes : sizeof(value));
    return (unsigned)(value * 0x9e3779b97f4a7c15ull >> 32);
}

#define HASH_FUNCTION(key, bytes, hash) ((hash) = hash_of_integer((key), (bytes)))
#include <uthash.h>

#endif
