/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_FIND_H
#define _LINUX_FIND_H

#include <linux/types.h>

unsigned long find_next_bit(const unsigned long *words, unsigned long bits, unsigned long start);
unsigned long find_next_zero_bit(const unsigned long *words, unsigned long bits, unsigned long start);
unsigned long find_last_bit(const unsigned long *words, unsigned long bits);
#define find_first_bit(words, bits) find_next_bit(words, bits, 0)
#define find_first_zero_bit(words, bits) find_next_zero_bit(words, bits, 0)
#define for_each_set_bit(bit, words, bits) \
    for ((bit) = find_next_bit((words), (bits), 0); (bit) < (bits); (bit) = find_next_bit((words), (bits), (bit) + 1))
#define for_each_set_bit_from(bit, words, bits) \
    for ((bit) = find_next_bit((words), (bits), (bit)); (bit) < (bits); (bit) = find_next_bit((words), (bits), (bit) + 1))
#define for_each_clear_bit(bit, words, bits) \
    for ((bit) = find_next_zero_bit((words), (bits), 0); (bit) < (bits); \
         (bit) = find_next_zero_bit((words), (bits), (bit) + 1))

#endif
