/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dma_tests.h - what the program around the tests and the tests, which are compiled as kernel code, know of each other. Each
 * test runs on a standard machine of its own, between dma_begin() and dma_end(). Those named here any driver must pass.
 */
#ifndef DRIVER_DMA_TESTS_H
#define DRIVER_DMA_TESTS_H

/* hardware: a struct hardware. bug: a mistake of the driver that is to be made, or NULL. */
void dma_begin(const void *hardware, const char *bug);
void dma_end(void);

void dma_aliases(void);
void dma_dirty(void);
void dma_identity_and_blocked(void);

#endif
